#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the corpus of fuzz_transcript: the transcripts of the tests, whose form is told by their text (first byte 31)."""
import os

HERE = os.path.dirname(os.path.abspath(__file__))
TEXTS = os.path.join(HERE, "..", "transcripts")
CORPUS = os.path.join(HERE, "corpus", "transcript")
# Read in another form than their own: the byte chooses it.
ODD = {"letters-as-lines": (12, "letters.txt"), "lines-as-ascii": (14, "lines.txt"), "hex-as-raw": (15, "hex-dump.txt"),
       "arrows-as-own": (0, "arrows.txt")}
OWN = (b"# capture a.pcap\n\n# connection 1: 192.0.2.1:1037 -> 192.0.2.2:1863 NS MSNP8\n>>> MSG 1 N 12\n    A: b\n\n"
       b"    0008  78 00 01 ff                                      |x...|\n>>> QRY 1 a\\x1bb\\\\xc 3\n    a\\n\n    b\n"
       b"\n# connection 2: 192.0.2.1:1040 -> 192.0.2.3:80 WS\n>>> POST /a HTTP/1.1\n    Host: example.com\n")


def read(name):
    with open(os.path.join(TEXTS, name), "rb") as f:
        return f.read()


def write(name, data):
    with open(os.path.join(CORPUS, name), "wb") as out:
        out.write(data)


os.makedirs(CORPUS, exist_ok=True)
for text in sorted(os.listdir(TEXTS)):
    if text.endswith(".txt"):
        write(text[:-4], b"\x1f" + read(text))
for odd, (form, text) in ODD.items():
    write(odd, bytes([form]) + read(text))
write("own", b"\x1f" + OWN)
