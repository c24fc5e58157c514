#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Dialogues kept as text, both ways; TAP.

What `msnscope transcript` writes of a sample is read back to the same commands, in both styles: sender, line and payload to
the byte. With placeholders every payload has the length that its line declares, and nothing private is left. Logs of real
clients, which lie beside the source tree, hold as many commands as their index says, and those of runs that were captured,
too, the same commands in the same order. Texts that no log should be are read without harm.
"""
import collections
import html
import os
import re
import sys
import tempfile

import support
from support import exact_line, exact_payload, require

SHARED = os.path.join(support.SRCDIR, "..", "shared", "captures")
LOGS = os.path.join(SHARED, "transcripts")
STYLES = "arrows", "cs"
# From the client and from the server, or all together.
COUNTS = {
    "pidgin-2.3.0_msnp9_tcp.alice-debug.txt": (131, 185),
    "pidgin-2.10.9_msnp18_tcp.alice-debug.txt": (77, 158),
    "msnpsharp-3.2.1_msnp18_tcp.alice-debug.txt": 118,
    "buzzler__as3msnp__trace.txt": 369,
    "buzzler__as3msnp__capture.txt": 35,
    "emesene1__MSNP13-login__transcribed.txt": 20,
    # The index counts 56, one of them the line of the heading that explains the arrows.
    "revival-server__MSNP8-MSNP10-signins__transcribed.txt": 55,
    "l7-filter__l7-protocols__msn_chat_and_file_transfer.txt": 23,
}
# What a log lacks of the capture of the same run: it ends before the connection does.
LACKING = {"pidgin-2.10.9_msnp18_tcp": 1}


def commands(records):
    """By connection: sender, line and payload of each command."""
    found = collections.defaultdict(list)
    for r in records:
        if r["type"] == "event" and r["protocol"] == "msnp" and r["line"] is not None:
            found[r["connection"]].append(r)
    return [found[c] for c in sorted(found)]


def exact(events):
    return [(e["from"], exact_line(e), exact_payload(e)) for e in events]


def reading(text):
    """The records of a text."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "transcript.txt")
        with open(path, "wb") as out:
            out.write(text)
        return support.read_events(path, "--payload")


def written(sample, *options):
    result = support.run("transcript", *options, support.sample(sample) if "/" not in sample else sample)
    require(result.status in (0, 3), f"status {result.status}")
    return result.out


def round_trip(sample, style):
    want = commands(support.read_events(support.sample(sample), "--payload", status=(0, 3)))
    text = written(sample, "--verbatim", "--show-secrets", f"--style={style}")
    got = commands(reading(text)) if want else []
    require(len(got) == len(want), f"{len(got)} connections, not {len(want)}")
    for number, (a, b) in enumerate(zip(want, got)):
        for x, y in zip(exact(a), exact(b)):
            require(x == y, f"connection {number + 1}: {x[0]} {x[1]!r} {x[2][:200]!r}\nis read as {y[0]} {y[1]!r} {y[2][:200]!r}")
        require(len(a) == len(b), f"connection {number + 1}: {len(b)} commands, not {len(a)}")
        whole = {exact_line(e) for e in a if "payload_lost" not in e and e.get("declared_length", 0) == 0}
        marked = [e["line"] for e in b if e.get("unreliable") and exact_line(e) in whole]
        require(not marked, f"connection {number + 1}: marked as unreliable: {marked[:3]}")


def placeholders(sample):
    """Lengths are right, and what was private in the sample is not there."""
    records = support.read_events(support.sample(sample), "--payload", status=(0, 3))
    text = written(sample)
    for r in commands(reading(text)) if commands(records) else []:
        for e in r:
            require("line" not in e.get("unreliable", ()) or b"..." in text or b"***" in text, f"altered: {e['line']}")
    secret = {v for r in records if r["type"] == "event" for v in secrets(r["fields"])}
    for value in secret:
        require(value.encode() not in text, f"{value} is in the text")
    for value in {v for r in records if r["type"] == "event" for v in private_texts(r["fields"])}:
        require(html.escape(value, False).encode() not in text and value.encode() not in text, f"{value} is in the text")
    require(content_lengths(text) or sample not in ("services.pcap", "msnp21-login.pcap", "msnp18-login.pcap"), "no Content-Length")
    for r in records:
        if r["type"] == "session" and r["user"] and not r["user"].startswith("user"):
            require(r["user"].encode() not in text, f"{r['user']} is in the text")
        for who in (c["account"] for c in r.get("contacts", ())):
            require(who.startswith("user") or who.encode() not in text, f"{who} is in the text")


PRIVATE_KEY = re.compile(r"ticket|token|secret|password|cachekey|(display|quick|passport|friendly|first|last|member)name|^email$|nickname", re.I)


def private_texts(tree, key=""):
    """Texts of fields and of elements and attributes in XML whose names say that they are somebody's."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from private_texts(value, key if name in ("value", "#text") else name.rpartition(".")[2])
    elif isinstance(tree, list):
        for value in tree:
            yield from private_texts(value, key)
    elif isinstance(tree, str) and len(tree) > 6 and PRIVATE_KEY.search(key.replace("_", "")) and not PUBLIC_TEXT.match(tree):
        yield tree


# Types and addresses of services have such names, too.
PUBLIC_TEXT = re.compile(r"https?:|urn:|wsse:|\[|user\d+@example\.com|messenger|\w+\.(msn|live)\.com$|#")


def content_lengths(text):
    """Content-Length is the length of what stands indented below the next empty line: line ends at its end are not told."""
    checked = 0
    for part in re.split(rb"^(?=[<>]{3} |#)", text, flags=re.M):
        found = re.search(rb"^    Content-Length: (\d+)\n(?:    .*\n)*\n((?:    .*\n|\n)*)", part, re.M | re.I)
        if found and b"-Encoding: " not in part and b"not shown" not in part:
            # Lines that end in LF alone say so.
            lines = [line[4:-2] + b"\n" if line.endswith(b"\\n") else line[4:] + b"\r\n" for line in found[2].split(b"\n")]
            data, length = b"".join(lines).rstrip(b"\r\n"), int(found[1])
            require(len(data) <= length <= len(data) + 4, f"Content-Length {length} of {len(data)} bytes {data[:80]!r}")
            checked += 1
    return checked


def secrets(fields):
    for name in ("msnp.ticket", "msnp.cookie", "msnp.ticket_response"):
        values = fields.get(name, [])
        for v in values if isinstance(values, list) else [values]:
            v = v.get("value") if isinstance(v, dict) else v
            if isinstance(v, str) and len(v) > 8:
                yield v


def log_events(name):
    return [e for c in commands(support.read_events(os.path.join(LOGS, name))) for e in c]


def count(name):
    events = log_events(name)
    sides = collections.Counter(e["from"] for e in events)
    want = COUNTS[name]
    got = (sides["client"], sides["server"]) if isinstance(want, tuple) else len(events)
    require(got == want, f"{got} commands, not {want}")
    wrong = [f["id"] for e in events for f in e["findings"] if f["severity"] == "error"]
    require(not wrong, f"errors in a log: {wrong}")


def same_run(run):
    """The commands of that user in the capture, by connection and sender: the log tells of both sides when it sees them."""
    records = support.read_events(os.path.join(SHARED, "made", run + ".pcap"))
    users = {r["id"]: r["user"] or "" for r in records if r["type"] == "session"}
    capture = [[e for e in c if users.get(e["session"], "").startswith("alice")] for c in commands(records)]
    capture = [c for c in capture if c]
    log = commands(support.read_events(os.path.join(LOGS, run + ".alice-debug.txt")))
    require(len(capture) == len(log), f"{len(log)} connections, not {len(capture)}")
    lacking = 0
    for a, b in zip(capture, log):
        for side in ("client", "server"):
            want = [e["name"] for e in a if e["from"] == side]
            got = [e["name"] for e in b if e["from"] == side]
            require(got == want[:len(got)], f"connection {b[0]['connection']}, {side}: other commands")
            lacking += len(want) - len(got)
    require(lacking == LACKING.get(run, 0), f"{lacking} commands are not in the log")


def wrapped():
    """What a page has wrapped is not what was sent: nothing is found wrong with it."""
    mark = b"(11:44:12) msn: S: NS 000: "
    head = b"(11:44:11) msn: C: NS 000: VER 1 MSNP15 CVR0\n(11:44:11) msn: S: NS 000: VER 1 MSNP15\n"
    cut, rest = b"ILN 9 NLN bob@example.com 1 Bob 2684354604 %3Cmsnobj%20Creator%3D%22bob%40", b"example.com%22%20Size%3D%221820%22/%3E\n"
    for behind, reliable in ((rest, False), (b"SIGNEDON alice\n", False), (b"", True), (b"(11:44:13) prefs: saved\n", True)):
        events = [e for c in commands(reading(head + mark + cut + b"\n" + behind + b"(11:44:13) msn: C: NS 000: OUT\n")) for e in c]
        iln = next(e for e in events if e["name"] == "ILN")
        require(("line" in iln.get("unreliable", ())) is not reliable, f"{behind}: {iln.get('unreliable')}")
        require(bool([f for f in iln["findings"] if f["id"] == "msnobj.broken"]) is reliable, f"{behind}: {iln['findings']}")
    events = [e for c in commands(reading(head + mark + cut.split(b" %3C")[0] + b"\nSIGNEDON alice\n")) for e in c]
    require(not events[-1].get("unreliable"), "a line of another program is taken for a part of the command")
    # With line ends in place of the wraps the length would be right, too.
    xml = b"<connect><ver>2</ver><agent><os>winnt</os><osVer>5.2</osVer><proc>x86</proc><lcid>en-us</l", b"cid></agent></connect>"
    net = (b"[21:21:15 05B0] [MSN_1] (00E13870:1240) Data sent\nCNT 1 CON 116\n\n" + xml[0] + b"\n" + xml[1] +
           b"\n\n[21:21:15 05B0] [MSN_1] Entering main recv loop\n")
    event, = [e for c in commands(reading(net)) for e in c]
    require(exact_payload(event) == b"\r\n" + xml[0] + xml[1] + b"\r\n" and event["unreliable"] == ["payload"] and not event["findings"],
            f"{exact_payload(event)} {event.get('unreliable')} {event['findings']}")


def margins():
    """Examples as MediaWiki and Markdown have them, all lines behind blanks; prose between them is none of it."""
    example = (b">>> VER 1 MSNP8 CVR0\n<<< VER 1 MSNP8\n>>> MSG 3 N 21\nA: b\n\n   indented\n<<< ACK 3\n")
    want = [("client", b"VER 1 MSNP8 CVR0", b""), ("server", b"VER 1 MSNP8", b""),
            ("client", b"MSG 3 N 21", b"A: b\r\n\r\n   indented\r\n"), ("server", b"ACK 3", b"")]
    for margin in (b"", b" ", b"    ", b"\t", b"  "):
        lines = b"".join(margin + line + b"\n" if line else b"\n" for line in example.split(b"\n")[:-1])
        got = [e for c in commands(reading(b"A client begins:\n\n" + lines + b"\nand goes on.\n")) for e in exact(c)]
        require(got == want, f"behind {margin!r}: {got}")
    letters = b" C: VER 1 MSNP8 CVR0\n S: VER 1 MSNP8\n C: CVR 2 0x0409 winnt 5.1 i386 MSNMSGR\n .. 6.0.0602 MSMSGS alice@example.com\nprose\n"
    got = [[e["line"] for e in c] for c in commands(reading(letters))]
    require(got == [["VER 1 MSNP8 CVR0", "VER 1 MSNP8", "CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 6.0.0602 MSMSGS alice@example.com"]], f"{got}")


def hostile():
    head = b">>> VER 1 MSNP8 CVR0\n<<< VER 1 MSNP8\n"
    events = [e for c in commands(reading(head + b">>> " + b"A" * (3 << 20) + b"\n<<< OUT SSD\n")) for e in c]
    require([e["name"] for e in events] == ["VER", "VER", "OUT"], "what stands beside a long line is lost")
    events = [e for c in commands(reading(b"# padding\n" * 40 + head + b">>> MSG 3 N 9\n\0\xff\xfe\0\n<<< OUT \0\xff\n")) for e in c]
    require([e["name"] for e in events] == ["VER", "VER", "MSG", "OUT"], "what stands beside zeros is lost")
    many = b"".join(b"NS/%04x >>> VER 1 MSNP8 CVR0\nNS/%04x <<< VER 1 MSNP8\n" % (i, i) for i in range(2000))
    require(len(commands(reading(many))) == 2000, "connections are missing")
    for text in (b"\0" * 100 + head, b"just words\n" * 1000, b"> a quoted OUT\n> THE END\n", b"VER\n"):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "text")
            with open(path, "wb") as out:
                out.write(text)
            result = support.run("text", path)
            require(result.status == 2 and b"not a capture file" in result.err, f"{text[:20]!r} is taken: {result.err!r}")


def main():
    tap = support.Tap()
    for path in support.samples():
        name = os.path.basename(path)
        for style in STYLES:
            tap.case(f"{name} there and back, {style}", round_trip, name, style)
        tap.case(f"{name} with placeholders", placeholders, name)
    tap.case("lines that a page has wrapped", wrapped)
    tap.case("examples of pages, behind blanks", margins)
    tap.case("texts that no log should be", hostile)
    here = os.path.isdir(LOGS)
    for name in sorted(COUNTS):
        if here:
            tap.case(f"{name}: commands", count, name)
        else:
            tap.skip(f"{name}: commands", "not there")
    for run in ("pidgin-2.3.0_msnp9_tcp", "pidgin-2.10.9_msnp18_tcp", "msnpsharp-3.2.1_msnp18_tcp"):
        if here:
            tap.case(f"{run}: log and capture", same_run, run)
        else:
            tap.skip(f"{run}: log and capture", "not there")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
