#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Texts that tshark writes of captures are read as the captures themselves; TAP.

A stream followed as hex, raw or YAML gives the same commands, byte for byte, from the same sides as the capture; as ASCII
the same but for the dots in the place of other bytes. Packets as text (-x, -V -x, what text2pcap reads, tcpdump -xx) give
the same commands, with times (-V) the same records. Skipped without tshark.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import support
from support import exact_line, exact_payload, require

SHARED = os.path.join(support.SRCDIR, "..", "shared", "captures")
FOLLOWED = "yaml", "hex", "raw", "ascii"
# Streams that are followed of one capture.
STREAMS_MAX = 3
# Bytes of captures whose packets are dumped.
DUMPED_MAX = 150000
LOSSES = "lost", "skipped"


def tshark(*args):
    return subprocess.run(["tshark", *args], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120, check=True).stdout


def captures():
    for path in support.samples():
        yield path
    for root, folders, names in os.walk(SHARED):
        folders.sort()
        yield from (os.path.join(root, n) for n in sorted(names) if n.endswith(".pcap"))


def reading(text, status=(0,)):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "text.txt")
        with open(path, "wb") as out:
            out.write(text)
        return support.read_events(path, status=status)


def plain_connections(records):
    """Connections of MSNP over TCP alone, of which nothing is missing."""
    lacking = {r["connection"] for r in records if r["type"] == "event" and (r["name"] in LOSSES or "payload_lost" in r)}
    web = {r["id"] for r in records if r["type"] == "connection"} - {r["id"] for r in support.without_web(records)
                                                                     if r["type"] == "connection"}
    return [r for r in records if r["type"] == "connection" and r["transport"] == "tcp" and not r.get("outer")
            and r["id"] not in lacking | web and r["bytes_from_client"] and r["bytes_from_server"]]


def commands(records, connection):
    return [r for r in records if r["type"] == "event" and r["connection"] == connection and r["protocol"] == "msnp"
            and r["line"] is not None]


def exact(e):
    return e["from"], exact_line(e), exact_payload(e)


def dotted(e):
    """What is left of it where other bytes than printable ones, CR and LF are dots."""
    def dots(data):
        return bytes(c if 32 <= c < 127 or c in b"\r\n" else 46 for c in data)
    return e["from"], dots(exact_line(e)), dots(exact_payload(e))


def stream_numbers(path):
    rows = tshark("-r", path, "-Y", "tcp", "-T", "fields", "-e", "frame.number", "-e", "tcp.stream").decode().split("\n")
    return {int(frame): int(stream.split(",")[-1]) for frame, stream in (row.split("\t") for row in rows if row)}


def compare(got, want, what):
    for a, b in zip(got, want):
        require(a == b, f"{what}: {a[0]} {a[1]!r} {a[2][:200]!r}, not {b[0]} {b[1]!r} {b[2][:200]!r}")
    require(len(got) == len(want), f"{what}: {len(got)} commands, not {len(want)}")


def followed(path, mode, numbers):
    """What tshark writes of each of these streams."""
    out = tshark("-q", "-r", path, *(arg for n in numbers for arg in ("-z", f"follow,tcp,{mode},{n}")))
    # Streams come in reverse order; each begins with a rule or, in YAML, with the peers.
    begin = re.compile(rb"^peers:\n" if mode == "yaml" else rb"^=+\nFollow: ", re.M)
    places = [m.start() for m in begin.finditer(out)] + [len(out)]
    return [out[i:j] for i, j in zip(places, places[1:])]


def same_stream(records, c, connection, wanted, mode):
    """Connection c as read from a text holds the commands of that of the capture."""
    look = dotted if mode == "ascii" else exact
    events, want = commands(records, c["id"]), commands(wanted, connection["id"])
    what = f"connection {connection['id']}"
    compare([look(e) for e in events], [look(e) for e in want], what)
    if mode == "yaml":
        require(all(abs(seconds(a) - seconds(b)) < 1e-4 for a, b in zip(events, want)), f"times of {what}")
    require(mode == "ascii" or not any(e.get("unreliable") for e in events), f"{what} is marked as unreliable")


def follow(path, records, mode):
    numbers = stream_numbers(path)
    connections = plain_connections(records)[:STREAMS_MAX]
    texts = followed(path, mode, [numbers[c["first_frame"]] for c in connections])
    require(len(texts) == len(connections), f"{len(texts)} streams, not {len(connections)}")
    got = reading(b"".join(texts))
    found = {(c["client"], c["server"]): c for c in got if c["type"] == "connection"}
    require(len(found) == len(connections), f"{list(found)} in one text")
    for c in connections:
        same_stream(got, found.get((c["client"], c["server"]), {"id": 0}), c, records, mode)
    for text in texts[:1]:
        got = reading(text)
        ends = [r for r in got if r["type"] == "connection"]
        require(len(ends) == 1, f"{len(ends)} connections")
        wanted = next(c for c in connections if (c["client"], c["server"]) == (ends[0]["client"], ends[0]["server"]))
        same_stream(got, ends[0], wanted, records, mode)


def seconds(event):
    clock = re.search(r"T(\d\d):(\d\d):(\d\d\.\d+)Z", event["time"])
    return int(clock[1]) * 3600 + int(clock[2]) * 60 + float(clock[3])


# ------------------------------------------------------------------ packets as text

def without_capture(records):
    """Events and connections without what only tells of the file; the same times."""
    return [{k: v for k, v in r.items() if k not in ("latency", "duration")} for r in records if r["type"] in ("event", "connection")]


def same_records(got, want):
    for a, b in zip(without_capture(got), without_capture(want)):
        require(a == b, f"{[(k, v, b.get(k)) for k, v in a.items() if v != b.get(k)]} of {a.get('type')} {a.get('id')}")
    require(len(without_capture(got)) == len(without_capture(want)), "number of records")


def by_side(records):
    """Without times what is paired or ordered by them is not the same; what each side sends is."""
    ids = [r["id"] for r in records if r["type"] == "connection"]
    return [[exact(e) + (e["frames"], e["version"], e["role"]) for e in commands(records, i) if e["from"] == side]
            for i in sorted(ids) for side in ("client", "server")]


def same_commands(got, want):
    for i, (a, b) in enumerate(zip(by_side(got), by_side(want))):
        compare(a, b, f"connection {i // 2 + 1}")
    require(len(by_side(got)) == len(by_side(want)), "number of connections")
    require(all(r["time"] is None and r["latency"] is None for r in got if r["type"] == "event"), "times from nowhere")


def packets(path, records, *options):
    got = reading(tshark("-r", path, *options), status=(0, 3))
    require(got[0]["format"] == "hex-dump", f"read as {got[0]}")
    if "-V" in options:
        same_records(got, records)
    else:
        same_commands(got, records)


def packet_list(path, records):
    """Of each packet the list has the first command, not more; those of one connection from one side in order."""
    rows = tshark("-r", path, "-Y", "msnms").decode().split("\n")
    shown = [m for m in (re.match(r"\s*\d+ +\S+ +(\S+) (?:\u2192|->) (\S+) +MSNMS \d+ ([A-Z0-9]{3}(?: .*)?)$", r) for r in rows) if m]
    got = reading("\n".join(rows).encode())
    events = [e for e in got if e["type"] == "event" and e["protocol"] == "msnp" and e["line"]]
    require(shown and len(events) == len(shown), f"{len(events)} commands of {len(shown)} rows")
    lines = {e["line"] for e in records if e["type"] == "event" and e["line"]}
    for side, column in (("client", 1), ("server", 2)):
        known = [e for e in events if e["from"] == side and e["line"] in lines]
        require(len(known) > 3, f"{len(known)} lines of the {side}")


def od(path, records, row):
    """What text2pcap's manual asks for: the packets as od -Ax -tx1 writes them."""
    frames = support.Pcap(support.read_bytes(path)).packets
    text = "".join(row(frame) + "\n" for _, frame in frames)
    same_commands(reading(text.encode()), records)
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, n) for n in ("in.txt", "out.pcap")]
        with open(names[0], "w", encoding="ascii") as out:
            out.write(text)
        subprocess.run(["text2pcap", "-q", "-F", "pcap", *names], check=True, capture_output=True)
        require([f for _, f in support.Pcap(support.read_bytes(names[1])).packets] == [f for _, f in frames], "text2pcap reads other bytes")


def od_rows(frame):
    rows = [f"{at:06x} " + " ".join(f"{c:02x}" for c in frame[at:at + 16]) for at in range(0, len(frame), 16)]
    return "\n".join(rows + [f"{len(frame):06x}"])


def tcpdump_rows(frame):
    rows = []
    for at in range(0, len(frame), 16):
        part = frame[at:at + 16]
        words = " ".join(part[i:i + 2].hex() for i in range(0, len(part), 2))
        rows.append(f"\t0x{at:04x}:  {words:<39}  {''.join(chr(c) if 32 < c < 127 else '.' for c in part)}")
    return "12:00:00.000000 IP 192.0.2.10.1037 > 198.51.100.5.1863: Flags [P.], length 18\n" + "\n".join(rows)


def only_tcpdump(path, records):
    frames = support.Pcap(support.read_bytes(path)).packets
    same_commands(reading("".join(tcpdump_rows(f) + "\n" for _, f in frames).encode()), records)


def main():
    if not shutil.which("tshark") or not shutil.which("text2pcap"):
        print("1..0 # SKIP tshark or text2pcap is not installed")
        return 0
    tap, samples = support.Tap(), support.samples()
    for path in captures():
        name = os.path.basename(path)
        records = support.read_events(path, status=(0, 3))
        events = [r for r in records if r["type"] == "event"]
        if plain_connections(records):
            for mode in FOLLOWED if path in samples else FOLLOWED[:1]:
                tap.case(f"{name}: followed as {mode}", follow, path, records, mode)
        if events and os.path.getsize(path) < DUMPED_MAX:
            if not any(r["name"] in LOSSES for r in events):
                tap.case(f"{name}: -x", packets, path, records, "-x")
            tap.case(f"{name}: -V -x", packets, path, records, "-V", "-x")
    for name in ("msnp8-login.pcap", "msnp18-login.pcap"):
        path = support.sample(name)
        records = support.read_events(path)
        tap.case(f"{name}: list of packets", packet_list, path, records)
        tap.case(f"{name}: as od writes it", od, path, records, od_rows)
        tap.case(f"{name}: as tcpdump writes it", only_tcpdump, path, records)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
