#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the corpora of fuzz_slp and fuzz_slp_context beside itself."""

import base64
import pathlib
import shutil
import struct

HERE = pathlib.Path(__file__).resolve().parent

OBJECT = (
    '<msnobj Creator="bob@example.com" Size="33" Type="3" Location="pic1.tmp" Friendly="AAA=" '
    'SHA1D="vEvOi/JX7oAzLReF9a0sn5oMVNg=" SHA1C="XisBNgnVhPuzIRajJmR39yg7bwQ="/>'
)
WEBCAM = "{B8BE70DE-E2CA-4400-AE03-88FF85B9F4E8}"
PRODUCER = (
    "<producer><version>2.0</version><rid>104</rid><session>7216</session><tcp><tcpport>6891</tcpport>"
    "<tcpipaddress1>192.0.2.1</tcpipaddress1></tcp></producer>\r\n\r\n"
)


def b64(data):
    return base64.b64encode(data).decode()


def message(start, kind, *lines):
    body = "".join(line + "\r\n" for line in (*lines, "")) + "\0"
    head = (
        f"{start}\r\nTo: <msnmsgr:bob@example.com;{{d9fd161b-d4d8-4ca7-8a68-c70feb39a330}}>\r\n"
        "From: <msnmsgr:alice@example.com>\r\nVia: MSNSLP/1.0/TLP ;branch={B0B0CAFE-0001-4002-8003-000400050006}\r\n"
        "CSeq: 0 \r\nCall-ID: {0C0FFEE0-1234-4ABC-8DEF-0123456789AB}\r\nMax-Forwards: 0\r\n"
        f"Content-Type: application/x-msnmsgr-{kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


def file_context(version, length, kind, name, background=b"", mark=0xFFFFFFFF, preview=b""):
    fixed = struct.pack("<IIQI", length, version, 4096, kind) + name.encode("utf-16le").ljust(520, b"\0")
    fixed += background.ljust(30, b"\0") + struct.pack("<I", mark)
    return fixed + bytes(64 if version == 3 else 0) + preview


def typed(text):
    data = (text + "\0").encode("utf-16le")
    return b"\x80\x3f\x14\x05" + struct.pack("<HI", 8, len(data)) + data


FILE = file_context(2, 574, 1, "notes.txt")
INVITE = "INVITE MSNMSGR:bob@example.com MSNSLP/1.0"
ACK = "ACK MSNMSGR:bob@example.com MSNSLP/1.0"
BYE = "BYE MSNMSGR:bob@example.com MSNSLP/1.0"
OK = "MSNSLP/1.0 200 OK"

CORPORA = {
    "slp": {
        "object": message(
            INVITE, "sessionreqbody", "EUF-GUID: {A4268EEC-FEC5-49E5-95C3-F126696BDBF6}", "SessionID: 1", "AppID: 12",
            "Context: " + b64(OBJECT.encode() + b"\0"),
        ),
        "file": message(INVITE, "sessionreqbody", "SessionID: 2", "AppID: 2", "Context: " + b64(FILE)),
        "webcam": message(
            INVITE, "sessionreqbody", "EUF-GUID: {4BD96FC0-AB17-4425-A14A-439185962DC8}",
            "Context: " + b64((WEBCAM + "\0").encode("utf-16le")),
        ),
        "activity": message(
            INVITE, "sessionreqbody", "EUF-GUID: {6A13AF9C-5308-4F35-923A-67E8DDA40C2F}",
            "Context: " + b64("99;1;Tic Tac\0".encode("utf-16le")),
        ),
        "ok": message(OK, "sessionreqbody", "SessionID: 1", "SChannelState: 0"),
        "bye": message(BYE, "sessionclosebody", "SessionID: 1", "Context: dAMAgQ=="),
        "request": message(
            INVITE, "transreqbody", "Bridges: TRUDPv1 TCPv1", "NetID: -1409286004", "Conn-Type: Firewall",
            "Hashed-Nonce: {13CD194D-0BFE-C64C-727A-1372D8765403}",
        ),
        "answer": message(
            OK, "transrespbody", "Bridge: TCPv1", "Listening: true", "Nonce: {01234567-89AB-CDEF-0123-456789ABCDEF}",
            "IPv4Internal-Addrs: 192.0.2.1 192.0.2.2", "IPv4Internal-Port: 1 2",
        ),
        "backwards": message(
            ACK, "transdestaddrupdate", "stroPdnAsrddAlanretxE4vPI: 4962:52.001.15.891",
            "IPv6AddrsAndPorts: [2001:db8::1]:5",
        ),
        "turn": message(ACK, "turnsetup", "ServerAddress: 192.0.2.9", "SessionUsername: u", "SessionPassword: p"),
    },
    "slp_context": {
        "v2": FILE,
        "v3": file_context(3, 638, 0, "a.png", preview=b"\x89PNG\r\n\x1a\n"),
        "background": file_context(2, 574, 4, "sky.jpg", b"UwBrAHkA", 0xFFFFFFFE),
        "long_name": file_context(2, 574, 1, "n" * 260),
        "syn": typed("syn"),
        "reflector": typed("ReflData:72753d"),
        "producer": typed(PRODUCER),
        "text": typed("move 3"),
    },
}


def main():
    for name, inputs in CORPORA.items():
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for case, data in inputs.items():
            (folder / case).write_bytes(data)


if __name__ == "__main__":
    main()
