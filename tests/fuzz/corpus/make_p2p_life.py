#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the inputs of fuzz_p2p_life: transfers as records (see there)."""
import base64
import hashlib
import pathlib
import struct

CLIENT, SECOND, DIRECT, BODY, LOST, END = 1, 2, 4, 8, 0x40, 0x80
INVITATION, INK, MSNFTP, NONCE = 0, 0x10, 0x20, 0x30
OBJECTS, FILES = "{A4268EEC-FEC5-49E5-95C3-F126696BDBF6}", "{5D3E02AB-6190-11D3-BBBB-00C04F795683}"
CALL, GUID = "{F9BDC9D4-6C1A-4F9B-9B8C-0123456789AB}", "{01234567-89AB-CDEF-0123-456789ABCDEF}"
PICTURE = b"this stands in for a tiny picture"
CHUNK = 180


def record(flags, data):
    assert len(data) < 256
    return bytes([flags, len(data)]) + data


class V1:
    def __init__(self):
        self.number = 100

    def packet(self, flags, session, at, total, data, kind=0, ack=(1, 0, 0)):
        head = struct.pack("<IIQQIIIIQ", session, self.number, at, total, len(data), kind, *ack)
        return record(flags, head + data + (b"" if flags & DIRECT else bytes([0, 0, 0, 12])))

    def message(self, flags, session, data, kind=0):
        self.number += 1
        return [self.packet(flags, session, i, len(data), data[i:i + CHUNK], kind) for i in range(0, len(data), CHUNK)]


class V2:
    def __init__(self):
        self.base, self.package = 1000, 0

    def packet(self, flags, body, ack=None):
        tlvs = b"" if ack is None else b"\2\4" + struct.pack(">I", ack) + b"\0\0"
        head = struct.pack(">BBHI", 8 + len(tlvs), 0, len(body), self.base) + tlvs
        self.base += len(body)
        return record(flags | SECOND, head + body + (b"" if flags & DIRECT else bytes(4)))

    def message(self, flags, session, data, kind=0):
        self.package += 1
        out = []
        for i in range(0, len(data), CHUNK):
            piece = data[i:i + CHUNK]
            left = len(data) - i - len(piece)
            tlv = b"\1\x08" + struct.pack(">Q", left) + b"\0\0" if left else b""
            tf = (4 if kind else 0) | (i == 0)
            out.append(self.packet(flags, struct.pack(">BBHI", 8 + len(tlv), tf, self.package, session) + tlv + piece))
        return out


def slp(client, start, kind, body):
    to, sender = ("b", "a") if client else ("a", "b")
    if not start.startswith("MSNSLP"):
        start += f" MSNMSGR:{to}@example.com MSNSLP/1.0"
    return (f"{start}\r\nTo: <msnmsgr:{to}@example.com>\r\nFrom: <msnmsgr:{sender}@example.com>\r\nCall-ID: {CALL}\r\n"
            f"CSeq: 0\r\nContent-Type: application/x-msnmsgr-{kind}\r\nContent-Length: {len(body) + 1}\r\n\r\n{body}\0").encode()


def call(t, direct):
    sha1d = base64.b64encode(hashlib.sha1(PICTURE * 12).digest()).decode()
    context = f'<msnobj Creator="b@example.com" Size="{len(PICTURE) * 12}" Type="3" Location="p" SHA1D="{sha1d}"/>\0'
    context = base64.b64encode(context.encode()).decode()
    out = t.message(CLIENT, 0, slp(True, "INVITE", "sessionreqbody",
                                   f"EUF-GUID: {OBJECTS}\r\nSessionID: 77\r\nAppID: 12\r\nContext: {context}\r\n\r\n"))
    out += t.message(0, 0, slp(False, "MSNSLP/1.0 200 OK", "sessionreqbody", "SessionID: 77\r\n\r\n"))
    out += t.message(0, 77, bytes(4))
    if direct:
        out += t.message(0, 0, slp(False, "INVITE", "transreqbody", f"Bridges: TCPv1\r\nHashed-Nonce: {GUID}\r\n\r\n"))
        out += [record(DIRECT | BODY | NONCE, GUID.encode())]
    data = t.message(DIRECT if direct else 0, 77, PICTURE * 12, 0x20)
    return out, data, t.message(CLIENT, 0, slp(True, "BYE", "sessionclosebody", "SessionID: 77\r\n\r\n"))


def inputs():
    for name, transport in ("v1", V1), ("v2", V2):
        head, data, tail = call(transport(), False)
        yield name, head + data + tail
        yield name + "_reversed", head + data[::-1] + tail
        yield name + "_hole", head + data[:1] + [record(LOST, b"")] + data[2:] + tail
        yield name + "_data_only", data + data
        head, data, tail = call(transport(), True)
        yield name + "_direct", head + data[:-1] + [record(DIRECT | END, b"")] + tail
    t = V2()
    yield "acks", [t.packet(CLIENT * (i % 2), b"", t.base) for i in range(20)]
    t = V1()
    yield "file", t.message(CLIENT, 0, slp(True, "INVITE", "sessionreqbody", f"EUF-GUID: {FILES}\r\nSessionID: 5\r\n\r\n")) + \
        t.message(0, 0, slp(False, "MSNSLP/1.0 603 Decline", "sessionreqbody", "SessionID: 5\r\n\r\n"))
    offer = b"Invitation-Command: INVITE\r\nInvitation-Cookie: 7\r\nApplication-File: a\r\nApplication-FileSize: 9\r\n\r\n"
    yield "msnftp", [record(BODY | INVITATION, offer), record(BODY | MSNFTP, b"\2\x09x"), record(BODY | MSNFTP, b"\0\0abcde"),
                     record(BODY | MSNFTP, b"\0\5fghi")]
    yield "ink", [record(BODY | INK, b"base64:R0lGODlhAQABAAAAACw=")]


if __name__ == "__main__":
    folder = pathlib.Path(__file__).parent / "p2p_life"
    folder.mkdir(exist_ok=True)
    for name, records in inputs():
        (folder / name).write_bytes(b"".join(records))
