#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the corpora of fuzz_decode and fuzz_pcapng from the captures that tests/captures/make.py knows.

usage: capture_corpus.py [DIR]     write DIR/decode and DIR/pcapng (default: corpus beside this script)
"""
import importlib.util
import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
LINKTYPES = [1, 0, 9, 50, 51, 101, 104, 105, 108, 113, 119, 127, 163, 204, 228, 229, 252, 276, 12]   # as in fuzz_decode.c
PACKETS = 14                  # of each capture; enough for every kind of packet and of fragment
HEAD = 24


def captures():
    spec = importlib.util.spec_from_file_location("make", os.path.join(HERE, "..", "captures", "make.py"))
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    return make.files()


def decode_input(pcap):
    """The packets of a little-endian pcap file as fuzz_decode takes them, or None."""
    magic, linktype = struct.unpack_from("<I", pcap)[0], struct.unpack_from("<I", pcap, 20)[0]
    if magic != 0xA1B2C3D4 or linktype not in LINKTYPES:
        return None
    out, at = bytes([0x80 | LINKTYPES.index(linktype)]), HEAD
    for _ in range(PACKETS):
        if at + 16 > len(pcap):
            break
        captured, original = struct.unpack_from("<II", pcap, at + 8)
        out += struct.pack(">HB", captured, original - captured) + pcap[at + 16:at + 16 + captured]
        at += 16 + captured
    return out


def write(folder, name, data):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data)


def main(argv):
    target = argv[1] if len(argv) > 1 else os.path.join(HERE, "corpus")
    for name, data in captures().items():
        base, kind = os.path.splitext(name)
        if "/" in name:
            continue
        if kind == ".pcapng":
            write(os.path.join(target, "pcapng"), base, data)
        elif kind == ".pcap" and decode_input(data):
            write(os.path.join(target, "decode"), base, decode_input(data))


if __name__ == "__main__":
    main(sys.argv)
