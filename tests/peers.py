#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Connections between clients in samples/p2p.pcap: in other segments, with packets missing, from the middle on; TAP."""
import collections
import sys

import support
from support import require

SAMPLE = support.sample("p2p.pcap")
# Client's port and protocol of each such connection, in order.
PEERS = {1830: "p2p", 1831: "msnftp", 1832: "webcam", 49530: "p2p"}
LOSSES = {"tcp.lost", "p2p.incomplete", "p2p.handshake", "msnftp.broken", "webcam.broken"}


def port_of(address):
    return int(address.rpartition(":")[2])


def peers(records):
    """{client's port: [(sender, name, line, payload)]} of whole messages; the ids of findings on these connections."""
    ports, turned = {}, {"client": "server", "server": "client"}
    for r in records:
        if r["type"] == "connection" and r["transport"] == "p2p":
            # Without the start the client is a guess.
            right = port_of(r["client"]) in PEERS
            ports[r["id"]] = port_of(r["client" if right else "server"]), right
    out, findings = collections.defaultdict(list), collections.defaultdict(set)
    for r in records:
        if r["type"] != "event" or r["connection"] not in ports:
            continue
        port, right = ports[r["connection"]]
        ids = {f["id"] for f in r["findings"]}
        findings[port] |= ids
        if r["name"] not in ("lost", "BROKEN") and not ids & LOSSES:
            out[port].append((r["from"] if right else turned[r["from"]], r["name"], r["line"], r["payload_base64"]))
    return out, findings


def check_protocols(records):
    shown = {port_of(r["client"]): (r["role"], r["version"]) for r in records
             if r["type"] == "connection" and r["transport"] == "p2p"}
    require(shown == {port: ("P2P", None) for port in PEERS}, f"connections {shown}")
    for r in records:
        if r["type"] == "event" and r["role"] == "P2P":
            require(r["findings"] == [], f"findings {r['findings']}")
    messages, _ = peers(records)
    require([len(messages[port]) for port in PEERS] == [10, 9, 5, 11], f"{ {p: len(m) for p, m in messages.items()} } messages")
    protocols = {r["protocol"] for r in records if r["type"] == "event" and r["role"] == "P2P"}
    require(protocols == set(PEERS.values()), f"protocols {protocols}")


def check_segments(mkp2p, mss, whole):
    steps = [mkp2p.directive("start", mkp2p.START), mkp2p.directive("mss", mss), *mkp2p.alice(), mkp2p.directive("at", "+30"),
             *mkp2p.dave()]
    messages, _ = peers(support.read_events(mkp2p.mkpcap.Capture(steps, "p2p").pcap()))
    require(messages == whole, "other messages")


def without(pcap, port, dropped):
    """The packets but for those that dropped(n, tcp) names among the packets of the connection with that port."""
    out, n = [], 0
    for time, frame in pcap.packets:
        tcp = support.decode_tcp(frame)
        if port in (tcp.source[1], tcp.target[1]):
            n += 1
            if dropped(n, tcp):
                continue
        out.append((time, frame))
    return pcap.write(out)


def strangers(got, whole):
    return collections.Counter(got) - collections.Counter(whole)


def count(pcap, port):
    return sum(port in (t.source[1], t.target[1]) for t in (support.decode_tcp(frame) for _, frame in pcap.packets))


def check_missing(pcap, port, whole):
    for missing in range(1, count(pcap, port) + 1):
        data = []

        def dropped(n, tcp, missing=missing, data=data):
            if n == missing:
                data.append(tcp.data)
            return n == missing

        capture = without(pcap, port, dropped)
        messages, findings = peers(support.read_events(capture))
        require(not strangers(messages[port], whole[port]), f"packet {missing} missing: {strangers(messages[port], whole[port])}")
        if not messages[port]:
            # Nobody knows a connection whose first words are missing.
            require(data[0] and missing <= 5, f"packet {missing} missing: the connection is not recognised")
        elif data[0]:
            require(findings[port] & LOSSES, f"packet {missing} missing: nothing tells it")
            # Without FIL nobody knows where the blocks of a file begin, and at its end the file is not whole.
            few = 5 if PEERS[port] == "msnftp" else 3
            require(len(messages[port]) >= len(whole[port]) - few, f"packet {missing} missing: {len(messages[port])} messages")
        else:
            require(messages[port] == whole[port], f"packet {missing} without data missing: other messages")


def check_middle(pcap, port, whole):
    """The capture begins behind any packet of the connection."""
    for first in range(1, count(pcap, port) + 1):
        messages, _ = peers(support.read_events(without(pcap, port, lambda n, _, first=first: n <= first)))
        require(not strangers(messages[port], whole[port]), f"from packet {first + 1} on: {strangers(messages[port], whole[port])}")
        if PEERS[port] == "p2p" and first <= 8:
            require(len(messages[port]) >= 4, f"from packet {first + 1} on: {len(messages[port])} messages")


def main():
    tap, pcap = support.Tap(), support.Pcap(support.read_bytes(SAMPLE))
    records = support.read_events(SAMPLE)
    whole, _ = peers(records)
    mkp2p = support.load_script("samples/mkp2p.py", "mkp2p")
    tap.case("protocols", check_protocols, records)
    for mss in (1, 2, 7, 100, 536):
        tap.case(f"segments of {mss} bytes", check_segments, mkp2p, mss, whole)
    for port, protocol in PEERS.items():
        tap.case(f"{protocol}, port {port}: each packet missing", check_missing, pcap, port, whole)
        tap.case(f"{protocol}, port {port}: from the middle on", check_middle, pcap, port, whole)
    return tap.done()


if __name__ == "__main__":
    sys.path.insert(0, support.sample(""))
    sys.dont_write_bytecode = True
    sys.exit(main())
