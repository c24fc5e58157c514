#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the inputs of tests/fuzz/fuzz_link.c into corpus/link: streams between clients.

usage: link_corpus.py

The output depends on this file alone.
"""
import os
import struct

P2P, MSNFTP, WEBCAM = b"\0", b"\1", b"\2"
TURN = b"\xff\xfd"
NONCE = bytes(range(1, 17))


def gap(n):
    return b"\xff\xfe" + bytes([n])


def frame(data):
    return struct.pack("<I", len(data)) + data


def v1(session, identifier, offset, total, flags, data=b"", ack=(7, 0, 0)):
    return frame(struct.pack("<IIQQIIIIQ", session, identifier, offset, total, len(data), flags, *ack) + data)


def v2(base, session, tf, data, tlvs=b"", more=b""):
    head = struct.pack(">BBHI", 8 + len(more), tf, 1, session) + more
    return frame(struct.pack(">BBHI", 8 + len(tlvs), 0, len(head + data), base) + tlvs + head + data)


def block(data, kind=0):
    return struct.pack("<BH", kind, len(data)) + data


def picture(data, codec=b"ML20", header=24, paused=0):
    return struct.pack("<BBHHHI4sII", header, paused, 320, 240, 1, len(data), codec, 5, 6) + data


FOO = frame(b"foo\0")
NONCE_1 = v1(0, 9, 0, 0, 0x100)[:-16] + NONCE
DATA_1 = v1(7, 10, 0, 33, 0x20, b"this stands in for a tiny picture")
SLP_1 = v1(0, 11, 0, 60, 0, b"BYE MSNMSGR:a@example.com MSNSLP/1.0\r\nCall-ID: {1}\r\n\r\n\0".ljust(60, b" "))
ACK_1 = v1(7, 12, 0, 0, 2, b"", (10, 7, 33))
NONCE_2 = frame(NONCE)
PIECE_2 = v2(1000, 7, 5, b"this stands in ", b"", b"\1\x08\0\0\0\0\0\0\0\x0d\0\0")
ACK_2 = frame(bytes.fromhex("10000000000013880204000004320000"))
START = b"VER MSNFTP\r\n"
CONNECT = b"recipientid=1&sessionid=2\r\n\r\n"
CONNECTED = b"connected\r\n\r\n"

INPUTS = {
    "p2p-1": P2P + FOO + NONCE_1 + TURN + NONCE_1 + TURN + DATA_1 + SLP_1 + TURN + ACK_1,
    "p2p-2": P2P + FOO + NONCE_2 + TURN + NONCE_2 + TURN + PIECE_2 + v2(1043, 7, 4, b"for a picture") + TURN + ACK_2,
    "p2p-gap": P2P + FOO + NONCE_1 + DATA_1[:60] + gap(9) + DATA_1[69:] + gap(40) + b"xy" + ACK_1 + gap(0) + DATA_1[:20],
    "p2p-lies": P2P + FOO + b"\xff\xff\0\xff" + DATA_1 + frame(b"") + frame(b"hello") + b"\xff\xff\0\0",
    "p2p-unopened": P2P + DATA_1 + PIECE_2 + FOO,
    "msnftp": MSNFTP + START + TURN + START + TURN + b"USR bob@example.com 40961\r\n" + TURN + b"FIL 13\r\n" + TURN + b"TFR\r\n" +
              TURN + block(b"hello from us") + block(b"", 1) + TURN + b"BYE 16777989\r\n",
    "msnftp-cancelled": MSNFTP + START + TURN + START + b"FIL 99\r\n" + block(b"hello") + block(b"", 1) + TURN + b"CCL\r\n",
    "msnftp-gap": MSNFTP + START + b"FIL 20\r\n" + block(b"hello from us")[:9] + gap(3) + b"rom us" + block(b"again") + gap(9) +
                  b"abc\r\nBYE 1\r\n",
    "msnftp-broken": MSNFTP + b"VER A  MSNFTP \nXYZ\r\nTFR x\r\nFIL -1\r\nUSR\r\n" + block(b"z", 1) + b"BYE 7\r\n" + b"VER " + b"y" * 600,
    "webcam": WEBCAM + CONNECT + TURN + CONNECTED + TURN + CONNECTED + TURN + picture(b"\1\2\3") + picture(b"", b"\0\0\0\0", 24, 1),
    "webcam-broken": WEBCAM + b"recipientid=1\r\n\r\n" + picture(b"x", b"WMV3") + b"\x18\0" + b"\xff" * 30 + picture(b"abc") + gap(5) +
                     b"zz" + picture(b"def") + picture(b"ghi", b"ML20", 25),
}


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus", "link")
    os.makedirs(folder, exist_ok=True)
    for name, data in INPUTS.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)


if __name__ == "__main__":
    main()
