#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the corpus of fuzz_p2p beside itself: a byte of how (see there), then a packet or a payload of MSG."""

import pathlib
import shutil
import struct

HERE = pathlib.Path(__file__).resolve().parent
VERSION_2, FOOTER, PAYLOAD = 1, 2, 4
SLP = b"BYE MSNMSGR:bob@example.com MSNSLP/1.0\r\nContent-Length: 3\r\n\r\n\r\n\0"
PEER_INFO = bytes.fromhex("010c00020000000e00000f010000")
AMSN_INFO = bytes.fromhex("010c020000000e0000000000010f")
TYPE = b"Content-Type: application/x-msnmsgrp2p\r\n"
TO, FROM = b"bob@example.com", b"alice@example.com"
GUID = b";{66666666-7777-8888-9999-aaaaaaaaaaaa}"


def v1(session, data, flags=0, offset=0, total=None, acks=(1, 0, 0), footer=b"\0\0\0\0"):
    total = len(data) if total is None else total
    return struct.pack("<IIQQIIIIQ", session, 99, offset, total, len(data), flags, *acks) + data + footer


def tlv(kind, value):
    return bytes([kind, len(value)]) + value


def padded(header):
    return header + bytes(-len(header) % 4)


def v2(op, tlvs=b"", session=0, tf=1, data_tlvs=b"", data=None, footer=b"\0\0\0\0"):
    tlvs, data_tlvs = padded(tlvs), padded(data_tlvs)
    body = b"" if data is None else struct.pack(">BBHI", 8 + len(data_tlvs), tf, 1, session) + data_tlvs + data
    return struct.pack(">BBHI", 8 + len(tlvs), op, len(body), 1000) + tlvs + body + footer


PACKETS_1 = {
    "slp": v1(0, SLP),
    "chunk": v1(7, b"abcd", flags=0x20, offset=4, total=12),
    "preparation": v1(7, bytes(4), footer=b"\0\0\0\x0c"),
    "ack": v1(7, b"", flags=2, acks=(98, 1, 33)),
    "nak": v1(7, b"", flags=1),
    "cancel": v1(7, b"", flags=0x80, acks=(0, 0x8200000F, 0)),
    "typed": v1(7, bytes.fromhex("80010203080004000000") + "a\0".encode("utf-16le"), footer=b"\0\0\0\x04"),
    "ink": v1(64, "MIME-Version: 1.0\r\n\r\n\0base64:AAAA\0".encode("utf-16le"), footer=b"\0\0\0\x03"),
    "handshake": struct.pack("<IIQQII", 0, 99, 0, 0, 0, 0x100) + bytes(range(16)),
}
PACKETS_2 = {
    "syn": v2(3, PEER_INFO, data=SLP),
    "synack": v2(3, tlv(2, struct.pack(">I", 1034)) + PEER_INFO),
    "ack": v2(0, tlv(2, struct.pack(">I", 1034))),
    "nak": v2(0, tlv(3, struct.pack(">I", 1034))),
    "rak": v2(2),
    "first": v2(0, session=7, tf=5, data_tlvs=tlv(1, struct.pack(">Q", 4)), data=b"abcd"),
    "last": v2(0, session=7, tf=4, data=b"efgh"),
    "preparation": v2(0, session=7, data=bytes(4)),
    "amsn": v2(1, AMSN_INFO, data=bytes(4) + SLP),
    "amsn_data": v2(1, AMSN_INFO, data=b"\0\0\0\x07abcd"),
}
PAYLOADS = {
    "msg_1": TYPE + b"P2P-Dest: " + TO + b"\r\n\r\n" + PACKETS_1["slp"],
    "msg_2": TYPE + b"P2P-Dest: " + TO + GUID + b"\r\nP2P-Src: " + FROM + GUID + b"\r\n\r\n" + PACKETS_2["syn"],
    "bridged": TYPE + b"P2P-Dest: " + TO + GUID + b"\r\nBridging-Offsets: 0,%d,7,x\r\n\r\n" % len(PACKETS_2["first"])
    + PACKETS_2["first"] + PACKETS_2["last"],
}


def main():
    folder = HERE / "p2p"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, packet in PACKETS_1.items():
        how = 0 if name == "handshake" else FOOTER
        (folder / f"v1_{name}").write_bytes(bytes([how]) + packet)
    for name, packet in PACKETS_2.items():
        (folder / f"v2_{name}").write_bytes(bytes([VERSION_2 | FOOTER]) + packet)
    for name, payload in PAYLOADS.items():
        (folder / name).write_bytes(bytes([PAYLOAD]) + payload)


main()
