#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the corpora of fuzz_framer and fuzz_dissect from the dialogues in samples/ and tests/dialogues/."""
import glob
import hashlib
import os
import re
import sys

here = os.path.dirname(os.path.abspath(__file__))
top = os.path.join(here, "..", "..", "..")
sys.path.insert(0, os.path.join(top, "samples"))


def commands(path):
    """(from client, line, payload) of every command of a dialogue, {len} filled in."""
    found = []
    for raw in open(path, "rb").read().split(b"\n"):
        if raw[:4] in (b">>> ", b"<<< "):
            found.append([raw[:1] == b">", raw[4:], b""])
        elif raw[:2] == b"|x" and found:
            found[-1][2] += bytes.fromhex(raw[2:].decode())
        elif raw[:2] == b"|-" and found:
            found[-1][2] += raw[3:]
        elif raw[:1] == b"|" and found:
            found[-1][2] += raw[2:] + b"\r\n"
    for c in found:
        c[1] = c[1].replace(b"{len}", str(len(c[2])).encode())
    return found


def write(target, data):
    folder = os.path.join(here, target)
    os.makedirs(folder, exist_ok=True)
    name = hashlib.sha1(data).hexdigest()[:12]
    open(os.path.join(folder, name), "wb").write(data)


seen = set()
for path in sorted(glob.glob(os.path.join(top, "samples", "*.dialogue")) +
                   glob.glob(os.path.join(top, "tests", "dialogues", "*.dialogue"))):
    number = re.search(r"msnp(\d+)", path)
    version = int(number[1]) if number else 12
    sides = {True: b"", False: b""}
    for client, line, payload in commands(path):
        sides[client] += line + b"\r\n" + payload
        shape = (client, line[:3], line.count(b" "))
        if shape not in seen and len(line) + len(payload) < 2000:
            seen.add(shape)
            write("dissect", bytes([0 if client else 1, version]) + line + b"\n" + payload)
    for client, stream in sides.items():
        # Pieces that fuzzers can work with, one of them from the middle of a command, one with a gap.
        first = 0 if client else 1
        write("framer", bytes([first | 2]) + stream[:2000])
        write("framer", bytes([first]) + stream[30:700])
        write("framer", bytes([first | 2]) + stream[:300] + b"\xff\xfe\x40" + stream[340:900])
