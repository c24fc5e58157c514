#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Captures of real clients, which lie beside the source tree and not in it; TAP.

For every capture: the output is valid; every command that the server's own log has comes out exactly; captures of other
protocols give nothing. When tshark is installed, the bytes of every connection, put together from the events, are those
that Wireshark's reassembly gives. What is not there is skipped.
"""
import os
import re
import shutil
import subprocess
import sys

import support
from support import exact_line, exact_payload, require

SHARED = os.path.join(support.SRCDIR, "..", "shared")


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
    p = subprocess.run([sys.executable, os.path.join(SHARED, "check/truth.py"), "--transport", "tcp", support.MSNSCOPE, path],
                       capture_output=True, text=True, timeout=120, check=False)
    require(p.returncode == 0 or p.stdout.startswith("0 of 0 commands"), f"{p.stdout}{p.stderr}")


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


def same_bytes(path, records):
    conversations = support.conversations([r for r in records if r["type"] != "connection" or r["transport"] == "tcp"])
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


def main():
    if not os.path.isdir(os.path.join(SHARED, "captures")):
        print("1..0 # SKIP the captures of real clients are not beside the source tree")
        return 0
    tap, found = support.Tap(), {}
    for path in captures():
        name = os.path.basename(path)
        tap.case(f"{name}: output", read, path, found)
        if os.path.exists(re.sub(r"\.pcap.*$", ".truth.jsonl", path)):
            tap.case(f"{name}: commands", truth, path)
        if not any(r["type"] == "connection" and r["transport"] == "tcp" for r in found.get(path, [])):
            continue
        if shutil.which("tshark"):
            tap.case(f"{name}: bytes", same_bytes, path, found[path])
        else:
            tap.skip(f"{name}: bytes", "tshark is not installed")
        found.pop(path)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
