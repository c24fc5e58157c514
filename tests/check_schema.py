#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Hold the JSON of all captures in the tree against docs/msnscope.schema.json; TAP.

Each capture is written twice: plain, and with all that options add; those of TLS without and with their secrets. Beside
the schema: no key is repeated within an object, no control character or U+FFFD without line_base64, ids count from 1,
every event's connection has a record, --pretty holds the same records, the values of the fields are what their
descriptions say.
"""
import base64
import json
import os
import subprocess
import sys

MSNSCOPE = os.environ.get("MSNSCOPE", "./msnscope")
SRCDIR = os.environ.get("srcdir", ".")
# Long captures are checked to this many records against the schema, which is slow; the rest only by the other checks.
VALIDATED = 2000


class Wrong(Exception):
    pass


def require(condition, text):
    if not condition:
        raise Wrong(text)


def members(pairs):
    require(len(dict(pairs)) == len(pairs), f"repeated key among {[key for key, _ in pairs]}")
    return dict(pairs)


def run(*args):
    """The output of the program, as bytes."""
    p = subprocess.run([MSNSCOPE, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    require(p.returncode in (0, 2, 3), f"{' '.join(args)}: ended with status {p.returncode}: {p.stderr.decode()}")
    require(p.returncode != 2 or not p.stdout, f"status 2 but output: {p.stderr.decode()}")
    return p.stdout


def parse(output):
    text = output.decode("utf-8")
    require(all(c == "\n" or " " <= c < "\x7f" or c >= "\xa0" for c in text), "control character in the output")
    return [json.loads(line, object_pairs_hook=members) for line in text.split("\n")[:-1]]


def check_value(value, field):
    """Does a value have the type of its description?"""
    if field["type"] in ("number", "hexadecimal"):
        return isinstance(value, int) and not isinstance(value, bool)
    if field["type"] == "boolean":
        return isinstance(value, bool)
    if field["type"] == "text":
        return isinstance(value, str)
    if field["type"] == "bytes":
        return "hex" in value or value["length"] > 64
    return False


def check_field(name, value, fields):
    field = fields.get(name)
    require(field, f"field {name} is not described")
    if field["repeats"]:
        require(isinstance(value, list), f"{name} repeats but is no array")
        for item in value:
            check_one(name, item, field, fields)
    else:
        check_one(name, value, field, fields)


def check_one(name, value, field, fields):
    if field["type"] == "dictionary":
        require(isinstance(value, dict), f"{name} is no dictionary")
    elif field["children"]:
        require(isinstance(value, dict), f"{name} has children but is no object")
        for key, child in value.items():
            if key == "value":
                require(child is None or check_value(child, field), f"{name} has the value {child!r}")
            else:
                check_field(key, child, fields)
    else:
        require(value is None or check_value(value, field), f"{name} has the value {value!r}")


def check_event(e, fields):
    for name, value in e["fields"].items():
        check_field(name, value, fields)
    if e["line"] is not None:
        exact = base64.b64decode(e["line_base64"]) if "line_base64" in e else e["line"].encode()
        require(exact.decode("utf-8", "replace") == e["line"], "line and line_base64 differ")
        require("line_base64" in e or "\n" not in e["line"], "line has a line end")
        require(e["role"] in ("WS", "P2P") or e["line"].split(" ")[0] == e["name"], "name is not the first word")
    if "payload_base64" in e:
        require(len(base64.b64decode(e["payload_base64"])) == e["payload_length"], "payload_length is wrong")
    for field, source, offset, length in e.get("ranges", []):
        require(source in e["sources"], f"range of {field} is in an unknown source")
        require(offset + length <= e["sources"][source], f"range of {field} ends beyond {source}")


def check_records(records, fields):
    events = [r for r in records if r["type"] == "event"]
    connections = {r["id"]: r for r in records if r["type"] == "connection"}
    require([e["id"] for e in events] == list(range(1, len(events) + 1)), "event ids are not consecutive")
    for e in events:
        require(e["connection"] in connections, f"event {e['id']}: no record of connection {e['connection']}")
        require((e["role"] == "WS") == (connections[e["connection"]]["role"] == "WS"), f"event {e['id']}: role {e['role']}")
        require(e["reply_to"] is None or e["reply_to"] < e["id"], f"event {e['id']} answers a later one")
        try:
            check_event(e, fields)
        except Wrong as wrong:
            raise Wrong(f"event {e['id']} ({e['name']}): {wrong}") from None
    sessions = {r["id"]: r for r in records if r["type"] == "session"}
    require(sorted(sessions) == list(range(1, len(sessions) + 1)), "session ids are not consecutive")
    for r in [*events, *connections.values()]:
        require(r["session"] is None or r["session"] in sessions, f"{r['type']} {r['id']}: no record of session {r['session']}")
    for s in sessions.values():
        require(s["connections"] == [l["connection"] for l in s["links"]], f"session {s['id']}: links are of other connections")
        require(set(s["connections"]) <= set(connections), f"session {s['id']}: no record of a connection")
    if records:
        require(records[0]["type"] in ("capture", "notice"), "does not begin with the capture")
        last = records[-1]
        require(last["type"] == "summary", "does not end with the summary")
        require(last["events"] == len(events), "summary counts other events")
        for severity, count in last["findings"].items():
            seen = sum(f["severity"] == severity for e in events for f in e["findings"])
            require(seen == count, f"summary counts {count} findings of severity {severity}, events have {seen}")


def check_chat(path, secrets, validator):
    records = parse(run("chat", "--json", *secrets, path))
    ends = [r["id"] for r in records if r["type"] == "conversation"]
    require(len(ends) == len(set(ends)), "a conversation ends twice")
    require({r["conversation"] for r in records if r["type"] == "talk"} <= set(ends), "a conversation has no end")
    for record in records[:VALIDATED]:
        for error in validator.iter_errors(record):
            raise Wrong(f"{error.json_path}: {error.message[:300]} in {json.dumps(record)[:300]}")


def check_capture(path, secrets, validator, fields):
    check_chat(path, secrets, validator)
    plain = parse(run("json", *secrets, path))
    full = parse(run("json", "--payload", "--ranges", *secrets, path))
    require(len(plain) == len(full), "options change the number of records")
    check_records(full, fields)
    for a, b in zip(plain, full):
        require(a == {k: v for k, v in b.items() if k not in ("payload_base64", "ranges", "sources")},
                "options change other keys")
    for record in full[:VALIDATED]:
        for error in validator.iter_errors(record):
            raise Wrong(f"{error.json_path}: {error.message[:300]} in {json.dumps(record)[:300]}")
    if plain:
        pretty = json.loads(run("json", "--pretty", *secrets, path), object_pairs_hook=members)
        require(pretty == plain, "--pretty holds other records")


def captures():
    """Paths, and options that decrypt: some captures of TLS are read with their key logs, some without.

    Those differ in ciphers, which JSON does not show; tests/tls.py reads them all."""
    number = 0
    for folder in ("samples", "tests/captures", "tests/transcripts"):
        for root, _, names in sorted(os.walk(os.path.join(SRCDIR, folder))):
            for name in sorted(names):
                if name.endswith((".pcap", ".pcapng", ".gz", ".cap")) or (folder == "tests/transcripts" and name.endswith(".txt")):
                    path = os.path.join(root, name)
                    key_log = path.rpartition(".")[0] + ".keylog"
                    number += os.path.exists(key_log)
                    if not os.path.exists(key_log) or number % 8 == 0:
                        yield path, []
                    if os.path.exists(key_log) and number % 4 == 0:
                        yield path, ["--keylog", key_log]


def main():
    try:
        import jsonschema
    except ImportError:
        print("1..0 # SKIP the Python module jsonschema is missing (Debian package: python3-jsonschema)")
        return 0
    with open(os.path.join(SRCDIR, "docs/msnscope.schema.json"), encoding="utf-8") as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    fields = {f["name"]: f for f in parse(run("fields", "--json"))}
    failed = count = 0
    for path, secrets in captures():
        count += 1
        name = os.path.relpath(path, SRCDIR) + (" with its key log" if secrets else "")
        try:
            check_capture(path, secrets, validator, fields)
            print(f"ok {count} - {name}")
        except (Wrong, ValueError) as wrong:
            failed += 1
            print(f"not ok {count} - {name}\n# {wrong}")
    print(f"1..{count}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
