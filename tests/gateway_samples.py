#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Hold the gateway samples against the commands their scripts say, whole and with each packet missing; TAP."""
import base64
import collections
import os
import re
import sys

import support
from support import Wrong, require

SAMPLES = os.path.join(support.SRCDIR, "samples")
# Findings that tell that bytes are missing, or that exchanges are.
TOLD = {"tcp.lost", "msnp.skipped", "msnp.payload_cut", "msnp.length_wrong"}


def load_mkgateway():
    sys.path.insert(0, SAMPLES)
    sys.dont_write_bytecode = True
    import mkgateway
    return mkgateway


def expected(script):
    """{session id or client address: {sender: [(line, payload)]}}"""
    names, out = {}, {}
    for r in script.truth_records:
        if r.get("event") == "open":
            names[r["conn"]] = r["session_id"] if r["via"] == "gateway" else "%s:%d" % tuple(r["peer"])
            out[names[r["conn"]]] = {"client": [], "server": []}
        else:
            sender = "client" if r["dir"] == "C>S" else "server"
            out[names[r["conn"]]][sender].append((r["line"].encode(), base64.b64decode(r.get("payload_base64", ""))))
    return out


def recovered(records):
    """The same from what the program says; and is there a word of anything missing?"""
    connections = {r["id"]: r["gateway_session"] or r["client"] for r in records if r["type"] == "connection"}
    out = collections.defaultdict(lambda: {"client": [], "server": []})
    told = any(r["type"] == "notice" for r in records)
    for r in records:
        if r["type"] != "event":
            continue
        ids = {f["id"] for f in r["findings"]}
        told = told or bool(ids & TOLD) or any(i.startswith("gateway.") for i in ids)
        if r["protocol"] == "msnp" and r["line"] is not None:
            whole = not ids & {"msnp.payload_cut", "msnp.length_wrong"}
            out[connections[r["connection"]]][r["from"]].append(
                (support.exact_line(r), support.exact_payload(r) if whole else None))
    return out, told


def check_whole(script, path):
    with open(path, "rb") as f:
        require(f.read() == script.pcap(), "the capture is not what its script gives; run samples/mkgateway.py --all")
    got, _ = recovered(support.read_events(path))
    for name, sides in expected(script).items():
        for sender, commands in sides.items():
            require(got[name][sender] == commands,
                    f"{name}, {sender}: {len(got[name][sender])} commands, not the {len(commands)} of the script")


def is_in_order(part, whole):
    """Does part follow from whole by leaving out? A payload that is None was cut."""
    rest = iter(whole)
    return all(any(line == other and payload in (None, all_of_it) for other, all_of_it in rest) for line, payload in part)


def strangers(part, whole):
    """Commands of part that whole does not have, or not as often."""
    known = collections.Counter(whole)
    cut = collections.Counter(line for line, payload in part if payload is None)
    out = collections.Counter(c for c in part if c[1] is not None) - known
    return out or cut - collections.Counter(line for line, _ in whole)


def packets_of(capture):
    """Header and packets of a pcap file; which of them carry data."""
    packets, at = [], 24
    while at < len(capture):
        length = int.from_bytes(capture[at + 8:at + 12], "little")
        packets.append(capture[at:at + 16 + length])
        at += 16 + length
    return capture[:24], packets


def has_data(packet):
    ip = packet[16 + 14:]
    return int.from_bytes(ip[2:4], "big") > 20 + (ip[20 + 12] >> 4) * 4


def check_without(script, head, packets, missing):
    got, told = recovered(support.read_events(head + b"".join(p for i, p in enumerate(packets) if i != missing)))
    want = expected(script)
    lost = 0
    for name, sides in want.items():
        for sender, commands in sides.items():
            require(not strangers(got[name][sender], commands), f"frame {missing + 1} missing: {name}, {sender} has others")
            # What waits behind the hole in one TCP connection may come later than what other connections carry.
            require(told or is_in_order(got[name][sender], commands),
                    f"frame {missing + 1} missing: {name}, {sender} is out of order")
            lost += len(commands) - len(got[name][sender])
    require(lost == 0 or told, f"frame {missing + 1} missing: {lost} commands are missing and nothing tells it")
    require(lost <= 12, f"frame {missing + 1} missing: {lost} commands lost")


def check_each_missing(script, path):
    head, packets = packets_of(support.read_bytes(path))
    for i, packet in enumerate(packets):
        if has_data(packet):
            check_without(script, head, packets, i)


def main():
    tap, mkgateway = support.Tap(), load_mkgateway()
    for name in sorted(n for n in os.listdir(SAMPLES) if n.endswith(".gateway")):
        path = os.path.join(SAMPLES, re.sub("gateway$", "pcap", name))
        try:
            script = mkgateway.load(os.path.join(SAMPLES, name))
            problems = list(mkgateway.problems(name, script))
            require(not problems, "\n".join(problems))
        except (Wrong, mkgateway.DialogueError) as wrong:
            tap.report(name, str(wrong))
            continue
        tap.case(f"{name}: every command", check_whole, script, path)
        if "tunnels" not in name:    # nobody can know a tunnel whose beginning is missing
            tap.case(f"{name}: each packet missing", check_each_missing, script, path)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
