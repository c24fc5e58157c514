#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the transcripts that hold bytes as hex digits, in the layouts of tshark and Wireshark."""
import base64
import os

CLIENT = [b"VER 1 MSNP8 CVR0\r\n", b"USR 2 TWN I alice@example.com\r\n",
          b"QRY 3 PROD0038W!61ZTF9 32\r\n8f2f5a91b72102cd28355e9fc9000d6e"]
SERVER = [b"VER 1 MSNP8\r\n", b"USR 2 OK alice@example.com Al\xc3\xacce 1 0\r\n", b"OUT SSD\r\n"]
HEAD = ("=" * 67 + "\nFollow: tcp,%s\nFilter: tcp.stream eq 0\n"
        "Node 0: 192.0.2.10:1038\nNode 1: 198.51.100.20:1863\n")


def shown(data):
    return "".join(chr(c) if 32 <= c < 127 else "." for c in data)


def rows(data, start, indent):
    text = ""
    for at in range(0, len(data), 16):
        row = data[at:at + 16]
        digits = " ".join(f"{c:02x}" for c in row[:8]) + "  " + " ".join(f"{c:02x}" for c in row[8:])
        text += f"{indent}{start + at:08X}  {digits:<49} {shown(row[:8])} {shown(row[8:])}\n"
    return text


def dialogue(piece, indents):
    text, at = "", [0, 0]
    for client, server in zip(CLIENT, SERVER):
        for side, data in ((0, client), (1, server)):
            text += piece(data, at[side], indents[side])
            at[side] += len(data)
    return text


def ascii_piece(data, _start, indent):
    kept = "".join(chr(c) if 32 <= c < 127 or c in b"\r\n" else "." for c in data)
    return f"{indent}{len(data)}\n{kept}\n"


def yaml():
    text, packet = "peers:\n", 4
    for peer, (host, port) in enumerate((("192.0.2.10", 1038), ("198.51.100.20", 1863))):
        text += f"  - peer: {peer}\n    host: {host}\n    port: {port}\n"
    text += "packets:\n"
    for exchange in zip(CLIENT, SERVER):
        for peer, data in enumerate(exchange):
            code = base64.b64encode(data).decode()
            rows = "".join(f"      {code[at:at + 76]}\n" for at in range(0, len(code), 76))
            text += f"  - packet: {packet}\n    peer: {peer}\n    timestamp: {1053111731 + packet}.042459965\n    data: !!binary |\n{rows}"
            packet += 1
    return text


def write(name, text):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), "w", newline="") as out:
        out.write(text)


write("follow-hex.txt", "\n" + HEAD % "hex" + dialogue(rows, ("", "\t")) + "=" * 67 + "\n")
write("follow-ascii.txt", "\n" + HEAD % "ascii" + dialogue(ascii_piece, ("", "\t")) + "=" * 67 + "\n")
write("follow-raw.txt", "\n" + HEAD % "raw" + dialogue(lambda d, _s, i: f"{i}{d.hex()}\n", ("", "\t")) + "=" * 67 + "\n")
write("follow-yaml.txt", yaml())
write("hex-dump.txt", dialogue(rows, ("", "    ")))
