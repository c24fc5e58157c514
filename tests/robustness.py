#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Damage captures in every way that captures are damaged; TAP.

Cut files, flipped bits and random bytes must never crash the program or keep it busy. Packets that are swapped, sent
twice or on another port must give the same conversation; packets that are missing must give `lost` events, and every
command that they did not carry unharmed.
"""
import concurrent.futures
import os
import random
import struct
import sys

import support
from support import Wrong, exact_line, exact_payload, is_command, require

FLIPPED = 240       # files with flipped bits
RANDOM = 60         # files of random bytes
DROPS = 12          # packets of each sample that are dropped, one at a time
STARTS = 8          # places in each sample where the capture begins
PORTS = (443, 50001)


def said(events):
    """What can be compared between captures of the same conversation: side, line and payload of commands."""
    return [(e["from"], exact_line(e), exact_payload(e)) for e in events if is_command(e)]


def of_side(events, side):
    return [e for e in events if e["from"] == side]


def check_each(check, items):
    """Runs a check for each item, several at a time; what is wrong with any of them is Wrong."""
    def problem(item):
        try:
            check(item)
        except Wrong as wrong:
            return str(wrong)
        return None

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        problems = [text for text in pool.map(problem, items) if text]
    require(not problems, "\n".join(problems))


def missing(events):
    return [(e["name"], e.get("lost_bytes"), e.get("skipped_bytes")) for e in events
            if not is_command(e) and "about" not in e]


def brief(item):
    return "nothing" if item is None else f"{item[0]}: {(item[1] or b'')[:70]!r} with {len(item[2])} bytes"


def same(wanted, got, where):
    """Are two lists of said() equal?"""
    for n in range(max(len(wanted), len(got))):
        a, b = (x[n] if n < len(x) else None for x in (wanted, got))
        require(a == b, f"{where}: command {n + 1} should be {brief(a)}, is {brief(b)}")


# ------------------------------------------------------------------ cut files

def cut_offsets(pcap, size):
    """All record boundaries, their neighbours, and offsets in between."""
    edges = pcap.offsets()
    chosen = set(range(0, 60)) | set(range(60, size, 701))
    for edge in edges[::4] + edges[-4:]:
        chosen |= {edge - 1, edge, edge + 1, edge + 15, edge + 16, edge + 17}
    return sorted(n for n in chosen if 0 <= n <= size)


def cut_status(n, edges):
    if n < 24:
        return 2
    return 0 if n in edges else 3


def check_cut(data, n, edges, whole):
    result = support.run("json", "--payload", "-", data=data[:n])
    require(result.status == cut_status(n, edges), f"cut at {n}: status {result.status}, not {cut_status(n, edges)}")
    require((result.status == 0) == (not result.err), f"cut at {n}: status {result.status} and message {result.err!r}")
    records = support.parse_json(result.out)
    if result.status == 2:
        require(not records, f"cut at {n}: records although the file cannot be read")
        return
    if result.status == 3:
        place = f"frame {sum(edge <= n for edge in edges)}"
        require(place.encode() in result.err, f"cut at {n}: the message does not name {place}: {result.err!r}")
        require(any(r["type"] == "notice" and r["severity"] == "error" for r in records), f"cut at {n}: no notice of it")
    for key, conversation in support.conversations(records).items():
        require(key in whole, f"cut at {n}: connection {key} is not in the whole capture")
        for side in ("client", "server"):
            wanted, got = said(of_side(whole[key].events, side)), said(of_side(conversation.events, side))
            # A payload of which the end is missing is the last of its side.
            if got and got[-1] not in wanted:
                require(any("payload_lost" in e or "declared_length" in e for e in conversation.events),
                        f"cut at {n}: {brief(got[-1])} is not in the whole capture")
                got.pop()
            same(wanted[:len(got)], got, f"cut at {n}")


def check_cuts(data, offsets, edges, whole):
    check_each(lambda n: check_cut(data, n, edges, whole), offsets)


def cut_files(tap):
    path = support.sample("msnp8-login.pcap")
    data = support.read_bytes(path)
    pcap, whole = support.Pcap(data), support.conversations(support.read_events(path))
    edges = pcap.offsets()
    offsets = cut_offsets(pcap, len(data))
    for part in range(4):
        chosen = offsets[part::4]
        tap.case(f"cut at {len(chosen)} offsets ({part + 1} of 4)", check_cuts, data, chosen, edges, whole)


# ------------------------------------------------------------------ noise

def check_noise(data, name, text):
    """Whatever the bytes: a known status, valid JSON, and no control bytes in text."""
    result = support.run("json", "--payload", "--ranges", "-", data=data)
    try:
        support.parse_json(result.out)
    except ValueError as wrong:
        raise Wrong(f"{name}: {wrong}") from None
    if text:
        out = support.run("text", "-vv", "-", data=data).out
        require(all(c == 10 or c >= 32 and c != 127 for c in out), f"{name}: control bytes in text")
        out.decode("utf-8")
        for arguments in (("sessions", "-v"), ("chat", "-v"), ("stats",), ("tables", "values", "m", "xml.")):
            out = support.run(*arguments, "-", data=data).out
            require(all(c == 10 or c >= 32 and c != 127 for c in out), f"{name}: control bytes in {arguments[0]}")
            out.decode("utf-8")
            if arguments[0] != "tables":
                support.parse_json(support.run(arguments[0], "--json", "-", data=data).out)


def flip(rng, data):
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20, 100))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def noisy_inputs():
    folder = os.path.join(support.SRCDIR, "tests/captures")
    small = [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith((".pcap", ".pcapng", ".gz"))]
    return [(path, support.read_bytes(path)) for path in support.samples() + small]


def flipped_bits(seed):
    rng, inputs = random.Random(seed), noisy_inputs()
    chosen = [(n, path, flip(rng, data)) for n in range(FLIPPED // 4) for path, data in (rng.choice(inputs),)]
    check_each(lambda item: check_noise(item[2], f"{os.path.basename(item[1])}, seed {seed}, file {item[0]}", item[0] % 3 == 0), chosen)


def flipped_payload(seed):
    """Bits of the conversation only, so that the packets still are packets."""
    rng, paths = random.Random(seed), support.samples()
    for n in range(FLIPPED // 16):
        path = rng.choice(paths)
        pcap = support.Pcap(support.read_bytes(path))
        # Headers of 54 bytes; a shorter frame has none or little data, and padding.
        chosen = [len(support.decode_tcp(frame).data) > 6 and rng.random() < 0.2 for _, frame in pcap.packets]
        packets = [(time, frame[:54] + flip(rng, frame[54:]) if change else frame)
                   for (time, frame), change in zip(pcap.packets, chosen)]
        check_noise(pcap.write(packets), f"{os.path.basename(path)}, seed {seed}, file {n}", True)


def random_bytes():
    rng = random.Random(7)
    section = struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
    heads = b"", support.read_bytes(support.sample("msnp3.pcap"))[:24], section, b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    for n in range(RANDOM):
        check_noise(rng.choice(heads) + rng.randbytes(rng.choice((1, 40, 5000, 200000))), f"file {n}", n % 4 == 0)


# ------------------------------------------------------------------ packets in other orders

def swapped(packets, first):
    """Neighbours change places, the clock goes on as before."""
    frames = [frame for _, frame in packets]
    for n in range(first, len(frames) - 1, 2):
        frames[n], frames[n + 1] = frames[n + 1], frames[n]
    return [(time, frame) for (time, _), frame in zip(packets, frames)]


def doubled(packets):
    return [packet for packet in packets for _ in range(2)]


def check_same(path, change):
    pcap = support.Pcap(support.read_bytes(path))
    whole = support.conversations(support.read_events(path))
    other = support.conversations(support.read_events(pcap.write(change(pcap.packets))))
    require(set(whole) == set(other), f"connections {sorted(other)}, not {sorted(whole)}")
    for key, conversation in whole.items():
        for side in ("client", "server"):
            wanted, got = of_side(conversation.events, side), of_side(other[key].events, side)
            same(said(wanted), said(got), f"{key[0]} {side}")
            # What is said about exchanges that are missing depends on when others come.
            if conversation.connections["transport"] == "tcp":
                require(missing(got) == missing(wanted), f"{key[0]} {side}: {missing(got)}, not {missing(wanted)}")
        # Behind a lost segment it is a matter of time whether the notification server's version is known soon enough.
        lost = any(c.connections["lost_bytes_from_server"] for c in whole.values())
        for name in ("role", "bytes_from_client", "bytes_from_server") + (() if lost else ("version",)):
            a, b = conversation.connections[name], other[key].connections[name]
            require(a == b, f"{key[0]}: {name} is {b}, not {a}")


def other_port(port):
    def change(packets):
        return [(time, frame[:34] + frame[34:38].replace(b"\x07\x47", struct.pack("!H", port)) + frame[38:]) for time, frame in packets]
    return change


def check_port(path, port):
    pcap = support.Pcap(support.read_bytes(path))
    whole = support.read_events(path)
    other = support.read_events(pcap.write(other_port(port)(pcap.packets)))
    a, b = ([[e[key] for key in ("from", "role", "version", "name", "trid", "params", "payload_base64")]
             for e in records if e["type"] == "event"] for records in (whole, other))
    for n in range(max(len(a), len(b))):
        x, y = (z[n] if n < len(z) else None for z in (a, b))
        require(x == y, f"event {n + 1} is {y}, not {x}")


# ------------------------------------------------------------------ packets that are missing

def true_versions(whole):
    """The version of each connection, where it is known for certain."""
    return {key: c.connections["version"] for key, c in whole.items() if c.connections["version_from"] == "negotiated"}


def check_versions(whole, other, where):
    for key, version in true_versions(whole).items():
        if key in other:
            low, high = other[key].connections["version_range"]
            require(low <= version <= high, f"{where}: {key[0]} speaks MSNP{version}, which is not in {low} to {high}")
            for e in other[key].events:
                require(low <= e["version"] <= high, f"{where}: event {e['id']} has version {e['version']}, not in {low} to {high}")


def opens_in_middle(pcap, n):
    """Is frame n the first data of its side on a connection that was open before the capture began?"""
    packet = support.decode_tcp(pcap.packets[n - 1][1])
    earlier = [support.decode_tcp(frame) for _, frame in pcap.packets[:n - 1]]
    same_side = [p for p in earlier if (p.source, p.target) == (packet.source, packet.target)]
    return not any(p.data or p.flags & 2 for p in same_side)


def check_dropped(pcap, whole, n):
    """Without frame n (from 1) its bytes are lost, and the commands it did not carry are all there."""
    packet = support.decode_tcp(pcap.packets[n - 1][1])
    records = support.read_events(pcap.write(pcap.packets[:n - 1] + pcap.packets[n:]))
    other = support.conversations(records)
    lost = 0
    for key, conversation in whole.items():
        require(key in other, f"without frame {n}: no connection {key[0]}, {key[1]}")
        for side in ("client", "server"):
            wanted = [e for e in of_side(conversation.events, side) if n not in e["frames"] and "payload_lost" not in e]
            got = [e for e in of_side(other[key].events, side) if "payload_lost" not in e]
            same(said(wanted), said(got), f"without frame {n}: {key[0]} {side}")
        lost += sum(other[key].connections[f"lost_bytes_from_{side}"] - conversation.connections[f"lost_bytes_from_{side}"]
                    for side in ("client", "server"))
        shown = sum(e.get("lost_bytes", 0) for e in other[key].events)
        require(shown == sum(other[key].connections[f"lost_bytes_from_{side}"] for side in ("client", "server")),
                f"without frame {n}: events say that {shown} bytes are lost, the connection another number")
    unseen = opens_in_middle(pcap, n)  # nobody can know of bytes in front of the first that were captured
    require(lost == len(packet.data) or unseen and not lost, f"without frame {n}: {lost} bytes lost, not {len(packet.data)}")
    check_versions(whole, other, f"without frame {n}")


def data_frames(pcap):
    return [n for n, (_, frame) in enumerate(pcap.packets, 1) if support.decode_tcp(frame).data]


def dropped_packets(path):
    pcap = support.Pcap(support.read_bytes(path))
    whole = support.conversations(support.read_events(path))
    # Of a payload that lost bytes before, the command line must be there: else the rest can be taken for anything.
    broken = {n for c in whole.values() for e in c.events if "payload_lost" in e for n in e["frames"]}
    frames = [n for n in data_frames(pcap) if n not in broken]
    check_each(lambda n: check_dropped(pcap, whole, n), frames[::max(1, len(frames) // DROPS)])


def check_late_start(pcap, whole, first):
    """The capture begins with frame number first."""
    packets = pcap.packets[first - 1:]
    records = support.read_events(pcap.write(packets))
    other = support.conversations(records)
    for key, conversation in whole.items():
        wanted = [e for e in conversation.events if e["frames"] and min(e["frames"]) >= first]
        if not [e for e in wanted if is_command(e)]:
            continue
        require(key in other, f"from frame {first}: no connection {key[0]}, {key[1]}")
        for side in ("client", "server"):
            same(said(of_side(wanted, side)), said(of_side(other[key].events, side)), f"from frame {first}: {key[0]} {side}")
    check_versions(whole, other, f"from frame {first}")


def late_starts(path):
    pcap = support.Pcap(support.read_bytes(path))
    whole = support.conversations(support.read_events(path))
    frames = data_frames(pcap)
    check_each(lambda first: check_late_start(pcap, whole, first), frames[1::max(1, len(frames) // STARTS)])


def wrong_checksums(path):
    """Wrong checksums change nothing, and are findings when asked for."""
    pcap = support.Pcap(support.read_bytes(path))
    changed = [(time, frame[:50] + bytes((frame[50] ^ 0x55,)) + frame[51:] if support.decode_tcp(frame).data else frame)
               for time, frame in pcap.packets]
    plain, bad = support.read_events(path), pcap.write(changed)
    for options, wanted in ((), False), (("--verify-checksums",), True):
        events = [e for e in support.read_events(bad, *options) if e["type"] == "event"]
        same(said(events), said([e for e in plain if e["type"] == "event"]), f"options {options}")
        told = any(f["id"] == "tcp.bad_checksum" for e in events for f in e["findings"])
        require(told == wanted, f"options {options}: findings about checksums: {told}")


def is_http(path):
    records = support.read_events(path)
    return any(r["type"] == "event" and support.is_web(r) or r.get("transport") == "http-gateway" for r in records)


def main():
    tap = support.Tap()
    cut_files(tap)
    for seed in range(1, 5):
        tap.case(f"flipped bits, seed {seed}", flipped_bits, seed)
    for seed in range(5, 9):
        tap.case(f"flipped bits of the conversation, seed {seed}", flipped_payload, seed)
    tap.case("random bytes", random_bytes)
    tap.case("wrong checksums", wrong_checksums, support.sample("msnp8-login.pcap"))
    for path in support.samples():
        name = os.path.basename(path)
        # What a proxy's handshake or exchanges around a loss come to depends on their order.
        fragile = name in ("gateway-lost.pcap", "gateway-tunnels.pcap")
        if not fragile:
            tap.case(f"{name}: even neighbours swapped", check_same, path, lambda p: swapped(p, 0))
            tap.case(f"{name}: odd neighbours swapped", check_same, path, lambda p: swapped(p, 1))
        tap.case(f"{name}: every packet twice", check_same, path, doubled)
        if not fragile and not is_http(path):    # gateway.py and gateway_samples.py do that
            tap.case(f"{name}: packets dropped", dropped_packets, path)
            tap.case(f"{name}: begins in the middle", late_starts, path)
        for port in PORTS:
            tap.case(f"{name}: port {port}", check_port, path, port)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
