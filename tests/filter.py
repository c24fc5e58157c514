#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The filter language: what -Y lets through is what a Python predicate picks out of the unfiltered records; TAP.

Errors point at the right column and suggest what was meant.
"""
import re
import sys

import support
from support import require

FILES = ["msnp8-login.pcap", "msnp9-login.pcap", "msnp18-login.pcap", "revival-quirks.pcap", "services.pcap", "gateway-msnp9.pcap",
         "lost-segment.pcap"]
SEVERITY = ("note", "warning", "error")


def values(tree, name):
    """All values of a field of that name, anywhere in the tree."""
    out = []
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key == name:
                for v in value if isinstance(value, list) else [value]:
                    out.append(v.get("value") if isinstance(v, dict) else v)
            out += values(value, name)
    elif isinstance(tree, list):
        for value in tree:
            out += values(value, name)
    return out


def field(name):
    return lambda e: values(e["fields"], name)


def has(name):
    return lambda e: bool(values(e["fields"], name))


def any_of(name, test):
    return lambda e: any(v is not None and test(v) for v in values(e["fields"], name))


def severities(e):
    return [SEVERITY.index(f["severity"]) for f in e["findings"]]


CASES = [
    ('name == "MSG"', lambda e: e["name"] == "MSG"),
    ("name == MSG", lambda e: e["name"] == "MSG"),
    ("name eq MSG", lambda e: e["name"] == "MSG"),
    ("name != MSG", lambda e: e["name"] != "MSG"),
    ("not name == MSG", lambda e: e["name"] != "MSG"),
    ("!(name == MSG or name == ACK)", lambda e: e["name"] not in ("MSG", "ACK")),
    ("name in {MSG, ACK, USR}", lambda e: e["name"] in ("MSG", "ACK", "USR")),
    ("name in {MSG ACK}", lambda e: e["name"] in ("MSG", "ACK")),
    ("name matches \"^[JB]\"", lambda e: re.search("^[JB]", e["name"], re.I)),
    ("name ~ r\"^\\d{3}$\"", lambda e: re.search(r"^\d{3}$", e["name"])),
    ("name matches \"^msg$\"", lambda e: e["name"].lower() == "msg"),
    ("from == client and role == SB", lambda e: e["from"] == "client" and e["role"] == "SB"),
    ("from == client && role == sb || name == VER",
     lambda e: e["from"] == "client" and e["role"] == "SB" or e["name"] == "VER"),
    ("name == VER or from == client and role == SB",
     lambda e: e["name"] == "VER" or (e["from"] == "client" and e["role"] == "SB")),
    ("(name == VER or from == client) and role == SB",
     lambda e: (e["name"] == "VER" or e["from"] == "client") and e["role"] == "SB"),
    ("role == WS", lambda e: e["role"] == "WS"),
    ("version in {8..12}", lambda e: e["version"] is not None and 8 <= e["version"] <= 12),
    ("version in {2..7, 18}", lambda e: e["version"] is not None and (2 <= e["version"] <= 7 or e["version"] == 18)),
    ("version >= 9", lambda e: e["version"] is not None and e["version"] >= 9),
    ("trid > 5 and trid le 9", lambda e: e["trid"] is not None and 5 < e["trid"] <= 9),
    ("trid contains 1", lambda e: e["trid"] is not None and "1" in str(e["trid"])),
    ("trid matches r\"^1.$\"", lambda e: e["trid"] is not None and 10 <= e["trid"] <= 19),
    ("msnobj.size contains \"8\"", any_of("msnobj.size", lambda v: "8" in str(v))),
    ("trid", lambda e: e["trid"] is not None),
    ("not trid", lambda e: e["trid"] is None),
    ("trid != 7", lambda e: e["trid"] is not None and e["trid"] != 7),
    ("payload_length > 0x80", lambda e: e["payload_length"] > 128),
    ("connection == 2", lambda e: e["connection"] == 2),
    ("frame == 7", lambda e: 7 in e["frames"]),
    ("id in {10..20}", lambda e: 10 <= e["id"] <= 20),
    ("latency > 0.04", lambda e: e["latency"] is not None and e["latency"] > 0.04),
    ("reply_to", lambda e: e["reply_to"] is not None),
    ("reply_by == order", lambda e: e["reply_by"] == "order"),
    ("reply_by in {trid, link} and session == 1", lambda e: e["reply_by"] in ("trid", "link") and e["session"] == 1),
    ("param == NLN", lambda e: e["params"] is not None and "NLN" in e["params"]),
    ("line contains \"example.com\"", lambda e: e["line"] is not None and "example.com" in e["line"]),
    ("line contains Example", lambda e: e["line"] is not None and "Example" in e["line"]),
    ("summary contains 'signed in'", lambda e: "signed in" in e["summary"]),
    ("payload contains \"\\r\\n\\r\\n\"", lambda e: b"\r\n\r\n" in support.exact_payload(e)),
    ("finding.severity >= warning", lambda e: any(s >= 1 for s in severities(e))),
    ("finding.severity == note", lambda e: 0 in severities(e)),
    ("finding.verdict == contradicts", lambda e: any(f["verdict"] == "contradicts" for f in e["findings"])),
    ("finding.verdict == \"not covered\"", lambda e: any(f["verdict"] == "not covered" for f in e["findings"])),
    ("finding.id contains \"msnp.\"", lambda e: any("msnp." in f["id"] for f in e["findings"])),
    ("not finding.id", lambda e: not e["findings"]),
    ("time >= \"2003-05-16T19:02:13.1\" and time < \"2019-08-01\"",
     lambda e: "2003-05-16T19:02:13.100000Z" <= e["time"] < "2019-08-01T00:00:00.000000Z"),
    ("msg.text", has("msg.text")),
    ("msg.text contains 'l'", any_of("msg.text", lambda v: "l" in v)),
    ("msg.content_type contains \"p2p\"", any_of("msg.content_type", lambda v: "p2p" in v)),
    ("msnp.status == busy or msnp.status == NLN", any_of("msnp.status", lambda v: v in ("BSY", "NLN"))),
    ("msnobj.type == display_picture", any_of("msnobj.type", lambda v: v == 3)),
    ("msnobj.size > 1000", any_of("msnobj.size", lambda v: v > 1000)),
    ("msnp.index == 2", any_of("msnp.index", lambda v: v == 2)),
    ("msnp.passport == bob@example.com", any_of("msnp.passport", lambda v: v == "bob@example.com")),
    ("msnp.passport != bob@example.com", lambda e: has("msnp.passport")(e) and not any_of("msnp.passport", lambda v: v == "bob@example.com")(e)),
    ("http.status in {400..599}", any_of("http.status", lambda v: 400 <= v <= 599)),
    ("soap.operation", has("soap.operation")),
    ("msnobj", lambda e: "\"msnobj." in str(e["fields"]).replace("'", '"')),
    ("protocol == soap or lost_bytes > 0", lambda e: e["protocol"] == "soap" or (e.get("lost_bytes") or e.get("payload_lost") or 0) > 0),
]

WRONG = [
    ("nam == 1", 1, "did you mean 'name'"),
    ("from == clent", 9, "client, server"),
    ("msg.txt", 1, "did you mean 'msg.text'"),
    ("(name == MSG", 13, "')'"),
    ("name = MSG", 6, "=="),
    ("time > yesterday", 8, "2011-08-10"),
    ("time contains \"2003\"", 6, "'time' has no text"),
    ("finding.severity matches war", 18, "no text"),
    ("name matches \"a(\"", 14, "pattern"),
    ("version in 8", 12, "a set is wanted"),
    ("version in {8", 14, "no end"),
    ("finding.severity >= bad", 21, "note, warning, error"),
    ("name == \"MSG", 9, "without end"),
    ("name == MSG trid", 13, "'and' or 'or'"),
    ("name == MSG and", 16, "ends where a field"),
    ("name ==", 8, "ends where a value"),
    ("é == 1 and nme == 2", 1, "unknown field"),
    ("name == \"é\" and nme == 2", 17, "did you mean 'name'"),
    ("name == \"\\q\"", 10, "escape"),
    ("p2p == 3", 5, "many fields"),
    ("(" * 200 + "name", 101, "levels"),
    ("", 1, "ends"),
]


def filtered(path, expression, predicate):
    every = support.read_events(path, status=(0, 3))
    some = support.read_events(path, "-Y", expression, status=(0, 3))
    wanted = [e for e in every if e["type"] == "event" and predicate(e)]
    got = [e for e in some if e["type"] == "event"]
    require([e["id"] for e in got] == [e["id"] for e in wanted],
            f"{path}: events {[e['id'] for e in got][:20]}, not {[e['id'] for e in wanted][:20]}")
    require(got == wanted, f"{path}: the filter changes events")
    require({c["id"] for c in some if c["type"] == "connection"} == {e["connection"] for e in wanted}, f"{path}: other connections")
    summary = some[-1]
    require(summary["events"] == len(wanted), f"{path}: the summary counts {summary['events']}")
    return len(wanted)


def case(expression, predicate):
    total = sum(filtered(support.sample(name), expression, predicate) for name in FILES)
    require(total, "no event of the samples matches, so nothing was tested")


def wrong(expression, column, text):
    result = support.run("json", "-Y", expression, support.sample(FILES[0]))
    require(result.status == 2 and not result.out, f"status {result.status}")
    lines = result.err.decode().split("\n")
    require(text in lines[0], lines[0])
    require(lines[2] == "msnscope:     " + " " * (column - 1) + "^", f"column {len(lines[2]) - 14}, not {column}")


def main():
    tap = support.Tap()
    for expression, predicate in CASES:
        tap.case(expression, case, expression, predicate)
    for expression, column, text in WRONG:
        tap.case(f"wrong: {expression[:40]}", wrong, expression, column, text)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
