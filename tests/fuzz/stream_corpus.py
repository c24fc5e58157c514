#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the inputs of tests/fuzz/fuzz_stream.c into corpus/stream: conversations as segments.

usage: stream_corpus.py

The output depends on this file alone. The record format stands in fuzz_stream.c.
"""
import os
import struct

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
FROM_B, OTHER_PORTS, ORDERED = 0x20, 0x40, 0x80
NEAR, NEXT, LOW, HIGH = 0, 1, 2, 3
MILLISECOND, LONG, IDLE = 0x04, 0x08, 0x0c
CUT, BAD_CHECKSUM, OTHER_BYTES, REFUSE = 0x10, 0x20, 0x40, 0x80


def record(flags, mode=NEXT, seq=0, ack=0, length=0):
    return struct.pack("<BBHbB", flags, mode, seq & 0xFFFF, ack, length)


def a(flags=PSH | ACK, **rest):
    return record(flags, **rest)


def b(flags=PSH | ACK, **rest):
    return record(flags | FROM_B, **rest)


OPEN = [a(SYN, mode=LOW, seq=0x3FF0), b(SYN | ACK, mode=HIGH, seq=0x8000), a(ACK)]
CLOSE = [a(FIN | ACK), b(FIN | ACK), a(ACK)]
SKIPPED = [a(mode=NEAR, seq=20, length=30)]     # 20 bytes before it are missing
WAIT = [b(ACK)] * 17

CASES = {
    "conversation": OPEN + [a(length=19), b(length=13), a(length=200), b(ACK)] + CLOSE,
    "middle": [a(length=19), b(length=13), a(length=5)],
    "hole": OPEN + [a(length=10)] + SKIPPED + WAIT + [a(length=7)] + CLOSE,
    "filled": OPEN + [a(length=10)] + SKIPPED + [b(ACK), a(mode=NEAR, seq=-50, length=20), a(mode=NEAR, seq=30, length=4)],
    "overlap": OPEN + [a(length=30), a(mode=NEAR, seq=-20, length=40), a(mode=NEAR, seq=5, length=10),
                       a(mode=NEAR, seq=-18, length=30)],
    "conflict": OPEN + [a(length=30), a(mode=NEAR | OTHER_BYTES, seq=-20, length=40)],
    "reset": OPEN + [a(length=30), b(RST), a(length=10), a(ACK, mode=NEXT | LONG), a(ACK, mode=NEXT | LONG)],
    "fin-lost-data": OPEN + [a(length=5)] + SKIPPED + CLOSE + WAIT,
    "reuse": OPEN + [a(length=9), a(SYN, mode=HIGH, seq=0x1234), b(SYN | ACK, mode=HIGH, seq=0x4321), a(length=9)] + CLOSE,
    "cut": OPEN + [a(mode=NEXT | CUT, length=100), a(length=10)] + WAIT + CLOSE,
    "keep-alive": OPEN + [a(length=9), a(ACK, mode=NEAR, seq=-1, length=1), b(ACK), a(length=9)],
    "refused": OPEN + [a(mode=NEXT | REFUSE, length=9), b(length=9)] + CLOSE + OPEN + [a(length=3)],
    "ordered": [a(ORDERED, length=10), b(ORDERED, length=20), a(ORDERED, mode=NEXT | CUT, length=10)],
    "two-flows": OPEN + [a(length=9), a(PSH | OTHER_PORTS, length=8), b(length=3), b(PSH | OTHER_PORTS, length=2)],
    "idle": OPEN + [a(length=9), a(mode=NEXT | IDLE, length=3)],
    "checksum": OPEN + [a(mode=NEXT | BAD_CHECKSUM, length=9)],
    "cookies": [a(SYN), b(SYN | ACK, mode=HIGH, seq=0x7000), b(SYN | ACK, mode=HIGH, seq=1), a(ACK), a(length=9), b(length=4)],
    "syn-data": [a(SYN, length=10), b(SYN | ACK), a(mode=NEAR, seq=-10, length=20)],
}
LIMITS = {"filled": 2, "hole": 4, "two-flows": 1, "idle": 8, "overlap": 6}


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus", "stream")
    os.makedirs(folder, exist_ok=True)
    for name, records in CASES.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(bytes([LIMITS.get(name, 0)]) + b"".join(records))


if __name__ == "__main__":
    main()
