#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Captures of real clients, which lie beside the source tree and not in it; TAP.

For every capture: the output is valid; every command that the server's own log has comes out exactly; captures of other
protocols give nothing. Every SOAP message has its operation named and holds what Python's XML parser finds in it; there
are as many calls of web services as the server saw; offline messages are told from sending to deletion. When tshark is
installed, the bytes of every connection, put together from the events, are those that Wireshark's reassembly gives.
What is not there is skipped.
"""
import collections
import html
import os
import re
import shutil
import subprocess
import sys

import support
import web_support
from support import exact_line, exact_payload, require

SHARED = os.path.join(support.SRCDIR, "..", "shared")
# Tokens are asked for without SOAPAction; the call is named after its path.
TOKENS = {"RequestMultipleSecurityTokens", "RequestSecurityToken"}
# Captures of the clients' side only, with the web services inside TLS: nothing of them can be seen.
HIDDEN = "impaired",
OFFLINE = "offline message for bob, read later"
# The text that was sent to somebody who was not there, and what of its life the capture holds.
OFFLINE_MESSAGES = {
    "pidgin-2.5.5_msnp15_tcp": [(OFFLINE, ("sent", "announced", "fetched", "deleted"))],
    "pidgin-2.5.5_msnp15_gw": [(OFFLINE, ("sent",))],
    "msnpsharp-3.2.1_msnp18_tcp": [("offline message via MSNPSharp", ("sent", "announced"))],
    "bitlbee-3.2_msnp18_tcp": [("are you there? offline test", ("sent",))],
    "bitlbee-3.2_msnp18_tcp_tls13": [("are you there? offline test", ("sent",))],
    "mixed_bitlbee3.2-msnp18_bitlbee1.0-msnp8_tcp": [("are you there? offline test", ("sent",))],
}


def captures():
    folder = os.path.join(SHARED, "captures")
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.endswith((".pcap", ".pcapng", ".pcap.gz")):
                yield os.path.join(root, name)


def read(path, found):
    """The records of a capture: a known status, valid JSON."""
    found[path] = support.read_events(path, status=(0, 3))
    require(found[path][0]["type"] in ("capture", "notice"), "does not begin with the capture")
    summary = found[path][-1]
    require(summary["type"] == "summary", "does not end with the summary")
    require(summary["events"] == sum(r["type"] == "event" for r in found[path]), "the summary counts other events")
    if os.path.basename(path).startswith("NEGATIVE"):
        require(summary["events"] == 0, f"{summary['events']} events, but it holds no MSNP")


def truth(path):
    p = subprocess.run([sys.executable, os.path.join(SHARED, "check/truth.py"), "--transport", "all", support.MSNSCOPE, path],
                       capture_output=True, text=True, timeout=120, check=False)
    require(p.returncode == 0 or p.stdout.startswith("0 of 0 commands"), f"{p.stdout}{p.stderr}")


# ------------------------------------------------------------------ web services

def operation(request):
    """The name of a SOAP call, going by the request."""
    action = request.headers.get("soapaction", "").strip('"')
    if action:
        return action.rpartition("/")[2]
    body = next(e for e in web_support.ElementTree.fromstring(request.body) if web_support.local(e.tag) == "Body")
    name = web_support.local(body[0].tag)
    return re.search(r"(RST2?)\.srf", request.start)[1] if name in TOKENS else name


def said_by_soap(path):
    """{(client, server): [(frame it ends in, side, operation, body)]} of calls and what was answered, by Python's means."""
    out = collections.defaultdict(list)
    for x in web_support.exchanges(support.Pcap(support.read_bytes(path))):
        if not web_support.is_soap(x.request.body):
            continue
        said, name = out[x.client, x.server], operation(x.request)
        said.append((x.request.frames[-1], "client", name, x.request.body))
        if x.response:
            said.append((x.response.frames[-1], "server", name, x.response.body))
    return {ends: sorted(said) for ends, said in out.items()}


def soap_events(records):
    ends = {r["id"]: (r["client"], r["server"]) for r in records if r["type"] == "connection"}
    out = collections.defaultdict(list)
    for e in records:
        if e["type"] == "event" and e["protocol"] == "soap":
            out[ends[e["connection"]]].append(e)
    return out


def texts(event):
    """What stands in the ranges of the leaves of the document, in their order, without their tags."""
    payload = exact_payload(event)
    leaves = sorted((r for r in event["ranges"] if r[0] in ("xml.text", "xml.secret") and r[1] == "payload"), key=lambda r: r[2])
    inner = (re.sub(r"^<[^>]*>|</[^>]*>$", "", payload[at:at + length].decode()) for _, _, at, length in leaves)
    return [html.unescape(text.replace("\r\n", "\n")) for text in inner]


def same_document(event, body):
    where = f"event {event['id']}, {event['name']}"
    problem = web_support.difference(web_support.tree(body), event["fields"].get("xml.document"))
    require(not problem, f"{where}: {problem}")
    plain = b"<![CDATA[" not in body and b"<!--" not in body
    require(not plain or texts(event) == web_support.leaf_texts(body), f"{where}: texts in another order")


def soap(path):
    wanted, got = said_by_soap(path), soap_events(support.read_events(path, "--ranges", status=(0, 3)))
    require(wanted or not got, f"SOAP on {list(got)}, where Python finds none")
    for ends, said in wanted.items():
        events = got.get(ends, [])
        found = [(e["frames"][-1], e["from"], e["name"], exact_payload(e)) for e in events]
        for n in range(max(len(said), len(found))):
            a, b = (x[n] if n < len(x) else None for x in (said, found))
            require(a == b, f"{ends[0]}: message {n + 1} is {b and b[:3]}, not {a and a[:3]}")
        for event, (_, _, _, body) in zip(events, said):
            if web_support.is_soap(body):
                same_document(event, body)


def server_counts():
    """{capture: {("SOAP", operation) or (method, path): how often the server saw it}}"""
    out, name = {}, None
    with open(os.path.join(SHARED, "captures/made/INDEX.md"), encoding="utf-8") as f:
        for line in f:
            if line.startswith("## "):
                name = line[3:].strip()
            elif line.startswith("- HTTP/SOAP requests seen by the server: "):
                out[name] = {(kind, what): int(n) for kind, what, n in re.findall(r"([A-Z]+) (\S+) x(\d+)", line)}
    return out


def counts(records, wanted):
    requests = [e for e in records if e["type"] == "event" and support.is_web(e) and e["from"] == "client"]
    got = collections.Counter()
    for e in requests:
        target = re.sub(r"^http://[^/]*|\?.*$", "", e["fields"]["http.target"])
        got[e["fields"]["http.method"], target] += 1
        got["SOAP", e["name"]] += 1
    problems = [f"{kind} {what}: {got[kind, what]}, not {n}" for (kind, what), n in wanted.items() if got[kind, what] != n]
    require(not problems, "\n".join(problems))


def offline_messages(records, wanted):
    got = [r for r in records if r["type"] == "offline_message"]
    for text, steps in wanted:
        found = [r for r in got if r["text"] == text]
        require(len(found) == 1, f"{len(found)} offline messages {text!r} among {[r['text'] for r in got]}")
        for step in ("sent", "announced", "fetched", "deleted"):
            require((found[0][step] is not None) == (step in steps), f"{step} is {found[0][step]}")
        require(found[0]["from"] and found[0]["to"], f"from {found[0]['from']} to {found[0]['to']}")
        times = [found[0][step]["time"] for step in steps]
        require(times == sorted(times), f"not in order: {times}")


# ------------------------------------------------------------------ tshark

def tshark(*args):
    return subprocess.run(["tshark", *args], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120, check=True).stdout.decode()


def streams(path):
    """{frame: number of its TCP stream}"""
    rows = tshark("-r", path, "-Y", "tcp", "-T", "fields", "-e", "frame.number", "-e", "tcp.stream").split("\n")
    return {int(frame): int(stream.split(",")[-1]) for frame, stream in (row.split("\t") for row in rows if row)}


def followed(path, numbers):
    """{stream: {address: bytes it sent, or None when the capture lacks some}}"""
    args = [arg for n in numbers for arg in ("-z", f"follow,tcp,raw,{n}")]
    out = {}
    for part in tshark("-q", "-r", path, *args).split("Filter: ")[1:]:
        number, nodes = int(re.match(r"tcp\.stream eq (\d+)", part)[1]), re.findall(r"^Node [01]: (.*)$", part, re.M)
        lines = part.split("\n")
        data = ["", ""]
        for line in lines[lines.index(f"Node 1: {nodes[1]}") + 1:]:
            if re.fullmatch(r"\t?[0-9a-f]+", line):
                data[line.startswith("\t")] += line.strip()
        sent = [bytes.fromhex(d) for d in data]
        out[number] = {node: None if b"bytes missing in capture file]" in d else d for node, d in zip(nodes, sent)}
    return out


def rebuilt(events):
    """The bytes of one side, or None when some were lost or skipped."""
    if any(e["name"] in ("lost", "skipped") or "payload_lost" in e for e in events):
        return None
    return b"".join(exact_line(e) + b"\r\n" + exact_payload(e) for e in events)


def comparable(records):
    """Conversations of MSNP that stand in TCP as they are."""
    return {key: c for key, c in support.conversations(support.without_web(records)).items()
            if c.connections["transport"] == "tcp" and "tls" not in c.connections["outer"]}


def same_bytes(path, records):
    conversations = comparable(records)
    stream_of = streams(path)
    numbers = {key: stream_of[c.connections["first_frame"]] for key, c in conversations.items()}
    require(len(set(numbers.values())) == len(numbers), "two connections are one stream of tshark")
    sent, compared, problems = followed(path, sorted(numbers.values())), 0, []
    for key, conversation in conversations.items():
        for side, address in (("client", key[0]), ("server", key[1])):
            ours = rebuilt([e for e in conversation.events if e["from"] == side])
            wanted = sent[numbers[key]].get(address)
            if ours is None or wanted is None:
                continue
            compared += 1
            if ours != wanted:
                at = next((n for n, (a, b) in enumerate(zip(ours, wanted)) if a != b), min(len(ours), len(wanted)))
                problems.append(f"{key[0]} -> {key[1]}, {side}: {len(ours)} bytes, not {len(wanted)}; from {at} on {ours[at:at + 40]!r}, "
                                f"not {wanted[at:at + 40]!r}")
    require(not problems, "\n".join(problems))
    require(compared, "nothing could be compared")


def check_web(tap, path, records, seen):
    name = os.path.basename(path).partition(".pcap")[0]
    if name in seen:
        if name.endswith(HIDDEN):
            tap.skip(f"{name}: number of calls", "the web services are inside TLS")
        else:
            tap.case(f"{name}: SOAP", soap, path)
            tap.case(f"{name}: number of calls", counts, records, seen[name])
    if name in OFFLINE_MESSAGES:
        tap.case(f"{name}: offline messages", offline_messages, records, OFFLINE_MESSAGES[name])


def main():
    if not os.path.isdir(os.path.join(SHARED, "captures")):
        print("1..0 # SKIP the captures of real clients are not beside the source tree")
        return 0
    tap, found, seen = support.Tap(), {}, server_counts()
    for path in captures():
        name = os.path.basename(path)
        tap.case(f"{name}: output", read, path, found)
        if os.path.exists(re.sub(r"\.pcap.*$", ".truth.jsonl", path)):
            tap.case(f"{name}: commands", truth, path)
            check_web(tap, path, found.get(path, []), seen)
        if not comparable(found.get(path, [])):
            continue
        if shutil.which("tshark"):
            tap.case(f"{name}: bytes", same_bytes, path, found[path])
        else:
            tap.skip(f"{name}: bytes", "tshark is not installed")
        found.pop(path)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
