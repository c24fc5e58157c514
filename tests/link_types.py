#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The same conversation in every format and link type of tests/captures gives the same events; TAP.

What ethernet.pcap gives is the measure. Frame numbers are held against those of tshark when that is installed.
"""
import os
import shutil
import subprocess
import sys

import support
from support import exact_line, exact_payload, require

FOLDER = os.path.join(support.SRCDIR, "tests/captures")
SIX = {"fragments-ipv6.pcap", "ipv6-extensions.pcap", "ipv6-null.pcap", "ipv6.pcap", "raw-ipv6.pcap"}
# Captures that are damaged on purpose: how many events there are all the same.
DAMAGED = {"bad-length.pcapng": 3, "corrupt.pcap.gz": 3, "cut-in-header.pcap": 3, "cut.pcap": 3, "cut.pcap.gz": 2, "cut.pcapng": 3}
# Other times than ethernet.pcap, in nanoseconds behind 12:00:00.
TIMES = {
    "nanoseconds.pcap": [300000003, 400000004, 500000005],
    "nanoseconds-big-endian.pcap": [300000003, 400000004, 500000005],
    "interfaces.pcapng": [300000003, 400000572, 500000005],          # the server's clock ticks 2^20 times a second
    "exported.pcap": [0, 100000000, 200000000],                      # has no packets without data
    "exported-table.pcap": [0, 100000000, 200000000],
    "blocks.pcapng": [200000000, 400000000, 500000000],              # a simple packet block has no time: that of the packet before
    "fragments.pcap": [1100000000, 1500000000, 1800000000],          # more packets, a tenth of a second each
    "fragments-ipv6.pcap": [800000000, 1100000000, 1300000000],
}
# Checked by a golden output of its own: the packets are cut.
OTHERS = {"snaplen.pcap"}


def summary_of(records):
    return [(e["from"], e["role"], e["version"], e["name"], e["trid"], e["params"], exact_line(e), exact_payload(e), e["fields"],
             e["findings"], e["reply_to"], e["connection"]) for e in records if e["type"] == "event"]


def nanoseconds(time):
    minutes, _, fraction = time[len("2003-01-01T12:"):-1].partition(".")
    minute, second = minutes.split(":")
    return (int(minute) * 60 + int(second)) * 10**9 + int(fraction.ljust(9, "0"))


def check(name, measure):
    records = support.read_events(os.path.join(FOLDER, name), status=(3,) if name in DAMAGED else (0,))
    events, wanted = summary_of(records), summary_of(measure)
    require(len(wanted) == 3, "ethernet.pcap has not 3 events")
    wanted = wanted[:DAMAGED.get(name, 3)]
    require(events == wanted, f"{events}\nnot\n{wanted}")
    times = [nanoseconds(e["time"]) for e in records if e["type"] == "event"]
    expected = TIMES.get(name, [300000000, 400000000, 500000000])[:len(wanted)]
    require(times == expected, f"times {times}, not {expected}")
    connection, = [r for r in records if r["type"] == "connection"]
    ends = ("[2001:db8::10]:1043", "[2001:db8::80]:1863") if name in SIX else ("192.0.2.10:1043", "192.0.2.80:1863")
    require((connection["client"], connection["server"]) == ends, f"{connection['client']} to {connection['server']}")


def tshark_frames(name):
    """Numbers of the frames with TCP data, in order."""
    wanted = "tcp.len > 0 || (exported_pdu && !ip)"
    p = subprocess.run(["tshark", "-r", os.path.join(FOLDER, name), "-Y", wanted, "-T", "fields", "-e", "frame.number"],
                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, timeout=60)
    return [int(line) for line in p.stdout.decode().split()]


def check_frames(name):
    records = support.read_events(os.path.join(FOLDER, name), status=(0, 3))
    ours = [e["frames"] for e in records if e["type"] == "event"]
    wanted = [[n] for n in tshark_frames(name)][:len(ours)]
    require(ours == wanted, f"frames {ours}, tshark says {wanted}")


def main():
    tap = support.Tap()
    measure = support.read_events(os.path.join(FOLDER, "ethernet.pcap"))
    for name in sorted(os.listdir(FOLDER)):
        if not name.endswith((".pcap", ".pcapng", ".gz")) or name in OTHERS:
            continue
        tap.case(name, check, name, measure)
        if not shutil.which("tshark"):
            tap.skip(f"{name}: frame numbers", "tshark is not installed")
        else:
            tap.case(f"{name}: frame numbers", check_frames, name)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
