#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""msnscope stats: its tables against what Python counts in the records of msnscope json; TAP.

CSV and text hold the numbers of JSON; several files are the sum of each; a filter counts what it lets through.
"""
import collections
import csv
import io
import os
import re
import statistics
import sys
import tempfile

import support
from support import require

TABLES = ["files", "versions", "roles", "transports", "connections", "commands", "content-types", "operations", "errors", "findings"]
SOME = ["msnp8-login.pcap", "oim.pcap", "revival-quirks.pcap", "gateway-lost.pcap", "p2p.pcap"]
PRECISION = 1 / 64    # of median and 95th percentile, as the manual says
MICROSECOND = 1.5e-6  # what rounding to written digits may take away
WIDTH = 100


def stats(*args, status=(0,)):
    result = support.run("stats", *args)
    require(result.status in status, f"status {result.status}: {result.err.decode('utf-8', 'replace')}")
    return result.out


def tables(*args, **kwargs):
    """{table: rows} of --json."""
    out = collections.defaultdict(list)
    for row in support.parse_json(stats("--json", *args, **kwargs)):
        out[row.pop("table")].append(row)
    return out


# ------------------------------------------------------------------ what Python counts

def values(tree, name):
    """All values of a field of that name, not below msg.joined."""
    out = []
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        if key == name:
            out += value if isinstance(value, list) else [value]
        elif key != "msg.joined":
            out += values(value, name)
    return out


def is_msnp_error(e):
    return e["protocol"] == "msnp" and re.fullmatch(r"\d{3}", e["name"]) is not None


def is_error(e):
    if support.is_web(e) and e["role"] == "WS":
        status = e["fields"].get("http.status")
        return status is not None and status >= 400 or "soap.fault" in e["fields"]
    return is_msnp_error(e)


class Oracle:
    """The tables that can be counted in the records of files."""

    def __init__(self, files, predicate=lambda e: True):
        self.commands, self.errors, self.findings, self.types = (collections.Counter() for _ in range(4))
        self.bytes, self.lines, self.failed = collections.Counter(), collections.Counter(), collections.Counter()
        self.latencies, self.operations, self.first = collections.defaultdict(list), collections.Counter(), {}
        self.waits, self.refused = collections.defaultdict(list), collections.Counter()
        self.sent, self.connections = collections.Counter(), []
        result = support.run("json", "--payload", *files)
        require(result.status in (0, 3), f"status {result.status}")
        records = support.parse_json(result.out)
        begins = [i for i, r in enumerate(records) if r["type"] == "capture"] + [len(records)]
        for number, (begin, end) in enumerate(zip(begins, begins[1:]), 1):
            self.count(number, records[begin:end], predicate)
        self.packets = records[-1]["packets"]

    def count(self, number, records, predicate):
        events = {e["id"]: e for e in records if e["type"] == "event" and predicate(e)}
        for e in events.values():
            self.event(number, e, events.get(e["reply_to"]))
        seen = {e["connection"] for e in events.values()}
        self.connections += [dict(c, file=number) for c in records if c["type"] == "connection" and c["id"] in seen]

    @staticmethod
    def key(e):
        return e["protocol"], e["name"], e["from"], e["role"]

    def event(self, number, e, request):
        key = self.key(e)
        self.commands[key] += 1
        self.bytes[key] += e["payload_length"]
        self.lines[key] += len(support.exact_line(e) or b"")
        if request:
            self.latencies[self.key(request)].append(e["latency"])
            self.failed[self.key(request)] += is_error(e)
        if is_msnp_error(e):
            self.errors[int(e["name"]), request and request["name"]] += 1
        for f in e["findings"]:
            self.findings[f["id"], f["severity"]] += 1
            self.first.setdefault(f["id"], (number, e["id"]))
        for value in values(e["fields"], "msg.content_type")[:1]:
            self.types[value] += 1
        if e["role"] == "WS" and support.is_command(e):
            self.operations[e["protocol"], e["name"], e["from"]] += 1
            if e["from"] == "server" and e["reply_to"]:
                self.waits[e["protocol"], e["name"]].append(e["latency"])
            self.refused[e["protocol"], e["name"]] += e["from"] == "server" and is_error(e)
        if support.is_command(e):
            self.sent[number, e["connection"], e["from"]] += 1


def near(got, exact, digits=MICROSECOND, relative=0.0):
    return abs(got - exact) <= digits + relative * exact


def check_latencies(row, spans, digits=MICROSECOND):
    what = f"{row['protocol']} {row['name']}: "
    require(row["replies"] == len(spans), what + f"{row['replies']} replies, not {len(spans)}")
    if not spans:
        require(all(row["latency_" + n] is None for n in ("min", "median", "p95", "max", "mean")), what + "latencies of nothing")
        return
    spans = sorted(spans)
    for name, exact, relative in (("min", spans[0], 0), ("max", spans[-1], 0), ("mean", statistics.fmean(spans), 0),
                                  ("median", statistics.median_low(spans), PRECISION),
                                  ("p95", spans[-(-95 * len(spans) // 100) - 1], PRECISION)):
        got = row["latency_" + name]
        require(near(got, exact, digits, relative), what + f"{name} {got}, not {exact} of {spans[:20]}")


def equal(what, got, wanted):
    missing = {k: v for k, v in wanted.items() if got.get(k) != v}
    more = {k: v for k, v in got.items() if wanted.get(k) != v}
    require(not missing and not more, f"{what}: {more}, not {missing}")


def check_commands(t, o):
    rows = {Oracle.key(r): r for r in t["commands"]}
    require(len(rows) == len(t["commands"]), "rows that are there twice")
    total = sum(o.commands.values())
    equal("counts", {k: r["count"] for k, r in rows.items()}, o.commands)
    for key, r in rows.items():
        require((r["payload_bytes"], r["line_bytes"]) == (o.bytes[key], o.lines[key]), f"bytes of {r}")
        require(near(r["share"], r["count"] / total), f"share of {r}")
        require(r["errors"] == o.failed[key], f"{o.failed[key]} errors, not as in {r}")
        check_latencies(r, o.latencies[key])


def check_rest(t, o):
    equal("errors", {(r["error"], r["answers"]): r["count"] for r in t["errors"]}, o.errors)
    equal("findings", {(r["finding"], r["severity"]): r["count"] for r in t["findings"]}, o.findings)
    equal("first findings", {r["finding"]: (r["first_file_number"], r["first_event"]) for r in t["findings"]}, o.first)
    equal("content types", {r["content_type"]: r["count"] for r in t["content-types"]}, o.types)
    equal("operations", {(r["protocol"], r["operation"], side): r[n] for r in t["operations"]
                         for side, n in (("client", "requests"), ("server", "responses")) if r[n]}, o.operations)
    require(sum(r["packets"] for r in t["files"]) == o.packets, "packets")


def check_operations(t, o):
    for r in t["operations"]:
        check_latencies(dict(r, name=r["operation"]), o.waits[r["protocol"], r["operation"]])
        require(r["errors"] == o.refused[r["protocol"], r["operation"]], f"errors of {r}")


def check_connections(t, o):
    got = {(r["file_number"], r["id"]): r for r in t["connections"]}
    require(sorted(got) == sorted((c["file"], c["id"]) for c in o.connections), f"connections {sorted(got)}")
    for c in o.connections:
        r = got[c["file"], c["id"]]
        for name in ("client", "server", "role", "version", "version_from", "transport", "start", "end_reason",
                     "bytes_from_client", "bytes_from_server"):
            require(r[name] == c[name], f"{name} of connection {c['id']}: {r[name]}, not {c[name]}")
        require(r["lost_bytes"] == c["lost_bytes_from_client"] + c["lost_bytes_from_server"], "lost bytes")
        require(r["outer"] == ("/".join(c["outer"]) or None), f"outer {r['outer']}")
        for side in ("client", "server"):
            require(r["commands_from_" + side] == o.sent[c["file"], c["id"], side], f"commands from {side}: {r}")
    for table, name in (("versions", "version"), ("roles", "role"), ("transports", "transport")):
        wanted = collections.Counter(c[name] for c in o.connections)
        have, size = collections.Counter(), collections.Counter()
        for r in t[table]:
            have[r[name]] += r["connections"]
            size[r[name]] += r["bytes_from_client"]
        equal(table, +have, wanted)
        for c in o.connections:
            size[c[name]] -= c["bytes_from_client"]
        require(not any(size.values()), f"bytes of {table}")
        require(sum(r["events"] for r in t[table]) == sum(o.commands.values()), f"events of {table}")


def check(t, o):
    check_commands(t, o)
    check_connections(t, o)
    check_rest(t, o)
    check_operations(t, o)


def counted(path):
    check(tables(path, status=(0, 3)), Oracle([path]))


def sorted_rows():
    t = tables(*(support.sample(n) for n in SOME))
    for table, count in (("commands", "count"), ("versions", "connections"), ("findings", "count"), ("content-types", "count")):
        keys = [-r[count] for r in t[table]]
        require(keys == sorted(keys), f"{table}: {keys}")
    names = [(-r["count"], r["name"], r["protocol"], r["from"]) for r in t["commands"]]
    require(names == sorted(names), "commands of the same count are not sorted by name")
    require([r["number"] for r in t["files"]] == list(range(1, len(SOME) + 1)), "numbers of files")


# ------------------------------------------------------------------ other formats

def parse_csv(data):
    """Lines as dictionaries; all have the same number of fields and end as RFC 4180 wants."""
    text = data.decode("utf-8")
    require(text.endswith("\r\n") and text.count("\r\n") == text.count("\n"), "line ends")
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise support.Wrong(f"no CSV: {error}") from None
    require(len({len(line) for line in lines}) == 1, "lines of different lengths")
    require(len(set(lines[0])) == len(lines[0]), "a column is there twice")
    return [dict(zip(lines[0], line)) for line in lines[1:]]


def as_csv(value):
    return "" if value is None else value if isinstance(value, str) else None


def same_values(row, line):
    for name, value in row.items():
        text = as_csv(value)
        require(line[name] == text if text is not None else float(line[name]) == value, f"{name}: {line[name]!r}, not {value!r}")


def csv_like_json(paths):
    t = tables(*paths)
    lines = parse_csv(stats("--csv", *paths))
    require([line["table"] for line in lines] == [name for name in TABLES for _ in t[name]], "order of tables")
    rows = [row for name in TABLES for row in t[name]]
    for row, line in zip(rows, lines):
        same_values(row, line)
        require(not any(line[name] for name in line if name not in row and name != "table"), f"more in {line}")
    for name in TABLES:
        lines = parse_csv(stats("--csv", "--table=" + name, *paths))
        require(len(lines) == len(t[name]), f"{len(lines)} lines of {name}")
        for row, line in zip(t[name], lines):
            require("table" not in line and list(line) == list(row), f"columns {list(line)}")
            same_values(row, line)


HEADINGS = {
    "commands": {"count": "count", "payload": "payload_bytes", "lines": "line_bytes", "errors": "errors"},
    "connections": {"id": "id", "cmds >>>": "commands_from_client", "cmds <<<": "commands_from_server",
                    "bytes >>>": "bytes_from_client", "bytes <<<": "bytes_from_server", "lost": "lost_bytes", "findings": "findings"},
    "versions": {"version": "version", "connections": "connections", "events": "events", "bytes >>>": "bytes_from_client"},
    "content-types": {"content type": "content_type", "count": "count", "payload": "payload_bytes"},
    "errors": {"error": "error", "name": "name", "answers": "answers", "count": "count"},
    "findings": {"finding": "finding", "severity": "severity", "count": "count", "first event": "first_event"},
    "files": {"packets": "packets", "events": "events", "connections": "connections", "name": "file"},
    "operations": {"operation": "operation", "requests": "requests", "responses": "responses", "bytes <<<": "bytes_from_server"},
    "roles": {"role": "role", "connections": "connections", "bytes >>>": "bytes_from_client"},
    "transports": {"transport": "transport", "outer": "outer", "connections": "connections"},
}
ALL_HEADINGS = ["cmds >>>", "cmds <<<", "bytes >>>", "bytes <<<", "content type", "first event", "in file", "min ms"]


def parse_block(lines):
    """A block of a table as dictionaries: no cell of the columns that are looked at holds a blank."""
    pattern = "|".join(map(re.escape, ALL_HEADINGS)) + r"|\S+"
    names = re.findall(pattern, lines[0])
    ends = [m.end() for m in re.finditer(pattern, lines[0])]
    out = []
    for line in lines[1:]:
        cells = line.split()
        require(len(cells) == len(names), f"{len(cells)} cells below {names}: {line}")
        for name, m, end in zip(names, re.finditer(r"\S+", line), ends):
            require(not re.fullmatch(r"[\d.]+", m[0]) or name in ("name", "role", "start") or m.end() == end,
                    f"{name} is not aligned to the right: {line}")
        out.append(dict(zip(names, cells)))
    return out


def text_like_json(paths, width=WIDTH):
    t = tables(*paths)
    text = stats(*paths).decode("utf-8")
    blocks = {}
    for block in text.split("\n\n"):
        lines = block.strip("\n").split("\n")
        if lines[0] in TABLES:
            name = lines.pop(0)
            blocks[name] = [{} for _ in lines[1:]]
        if lines[0]:
            for row, more in zip(blocks[name], parse_block(lines)):
                row.update(more)
    require(all(len(line) <= width for line in text.split("\n")), "a line is wider than the terminal")
    require(list(blocks) == [name for name in TABLES if t[name]], f"tables {list(blocks)}")
    for name, rows in blocks.items():
        require(len(rows) == len(t[name]), f"{len(rows)} rows of {name}")
        for shown, row in zip(rows, t[name]):
            for heading, key in HEADINGS[name].items():
                wanted = "-" if row[key] is None else str(row[key])
                require(shown[heading] == wanted, f"{name}, {heading}: {shown[heading]}, not {wanted}")
            for heading, key in (("min ms", "latency_min"), ("median", "latency_median"), ("mean", "latency_mean")):
                if shown.get(heading, "-") != "-":
                    require(near(float(shown[heading]), row[key] * 1000, 0.06), f"{heading}: {shown[heading]}, not {row[key]}")


# ------------------------------------------------------------------ several files

def several():
    paths = [support.sample(n) for n in SOME]
    check(tables(*paths), Oracle(paths))


def each():
    paths = [support.sample(n) for n in SOME]
    together = collections.defaultdict(list)
    for number, path in enumerate(paths, 1):
        for name, rows in tables(path).items():
            for row in rows:
                for key in ("number", "file_number", "first_file_number"):
                    if key in row:
                        row[key] = number
                together[path, name].append(row)
    got = collections.defaultdict(list)
    for name, rows in tables("--each", *paths).items():
        for row in rows:
            got[row.pop("set"), name].append(row)
    # Ids may go on from one file to the next, or begin anew.
    for row in [r for rows in (*got.values(), *together.values()) for r in rows]:
        row.pop("id", None)
        row.pop("first_event", None)
    equal("--each", got, together)
    lines = parse_csv(stats("--csv", "--each", "--table=files,roles", *paths))
    require({line["set"] for line in lines} == set(paths), "sets of CSV")
    require([line["table"] for line in lines[:2]] == ["files", "roles"], "tables of CSV")
    require(stats("--each", *paths).count(b"commands\n") == len(paths), "tables of text")


def twice():
    path = support.sample(SOME[0])
    once, double = tables(path), tables(path, path)
    for a, b in zip(once["commands"], double["commands"]):
        require(b["count"] == 2 * a["count"] and b["replies"] == 2 * a["replies"] and b["share"] == a["share"], f"{a}, {b}")
    require(len(double["connections"]) == 2 * len(once["connections"]), "connections")


def damaged():
    with tempfile.TemporaryDirectory() as folder:
        cut = os.path.join(folder, "cut, \"short\".pcap")
        with open(cut, "wb") as f:
            f.write(support.read_bytes(support.sample(SOME[0]))[:4000])
        check(tables(cut, status=(3,)), Oracle([cut]))
        lines = parse_csv(stats("--csv", cut, os.path.join(folder, "none.pcap"), status=(2,)))
        require(lines[0]["file"] == cut and lines[0]["number"] == "1", f"{lines[0]}")
        require(stats(os.path.join(folder, "none.pcap"), status=(2,)) == b"", "tables of nothing")


# ------------------------------------------------------------------ options

def filtered(expression, predicate):
    paths = [support.sample(n) for n in SOME]
    oracle = Oracle(paths, predicate)
    require(oracle.commands, "no event of the samples matches")
    check(tables("-Y", expression, *paths), oracle)


def chosen():
    path = support.sample(SOME[0])
    out = stats("--table=errors,operations,commands", path).decode()
    require(re.findall(r"^(?:[a-z-]+)(?=\n|: none)", out, re.M) == ["commands", "operations", "errors"], out[:300])
    require("operations: none\n" in out, "a table that was asked for and is empty")
    require(list(tables("--table", "roles", path)) == ["roles"], "JSON of one table")


def refused():
    path = support.sample(SOME[0])
    for args, text in ((("--table=comands",), b"commands"), (("--table=",), b"list"), (("--json", "--csv"), b"one or the other"),
                       (("-Y", "nam == 1", "--csv"), b"did you mean 'name'")):
        result = support.run("stats", *args, path)
        require(result.status == 2 and not result.out and text in result.err, f"{args}: {result}")


def main():
    tap = support.Tap()
    for path in support.samples():
        tap.case(f"{os.path.basename(path)} as Python counts it", counted, path)
    tap.case("order of rows", sorted_rows)
    for name in SOME:
        tap.case(f"{name}: CSV", csv_like_json, [support.sample(name)])
        tap.case(f"{name}: text", text_like_json, [support.sample(name)])
    tap.case("CSV of several files", csv_like_json, [support.sample(n) for n in SOME])
    tap.case("several files are the sum of each", several)
    tap.case("tables for each file", each)
    tap.case("a file that is there twice", twice)
    tap.case("damaged and missing files", damaged)
    tap.case("filter by side", filtered, "from == client", lambda e: e["from"] == "client")
    tap.case("filter by name", filtered, "name in {MSG, USR, CAL, 217}", lambda e: e["name"] in ("MSG", "USR", "CAL", "217"))
    tap.case("filter by role", filtered, "role == WS", lambda e: e["role"] == "WS")
    tap.case("chosen tables", chosen)
    tap.case("what is refused", refused)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
