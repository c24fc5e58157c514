#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the corpora of fuzz_value and fuzz_mime beside itself, from the rows of the unit tests.

An input of fuzz_value is a byte that numbers the parameter, then the word: the numbers are those of
dissectors/msnp_params.def, so run this again after a parameter was added there.
"""

import pathlib
import re
import shutil
from urllib.parse import quote

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent

GUID = "0000aaaa-1111-2222-3333-44445555ffff"
OBJECT = (
    '<msnobj Creator="bob@example.com" Size="33" Type="3" Location="pic1.tmp" Friendly="AAA=" '
    'SHA1D="vEvOi/JX7oAzLReF9a0sn5oMVNg=" SHA1C="{}"/>'
)
CLASSIC = OBJECT.format("XisBNgnVhPuzIRajJmR39yg7bwQ=")

VALUES = {
    "client_name": ["MSMSGS"],
    "friendly_name": ["Bob%20%E2%82%AC%25", "100%", "%E2%82"],
    "length": ["133", "12x"],
    "status": ["NLN", "XYZ"],
    "property": ["PHH", "UTL"],
    "network_id": ["32", "77"],
    "machine_guid": ["{" + GUID + "}", GUID],
    "group_ids": ["1,22,,3"],
    "list_stamp": ["2004-07-09T21:12:45.3330000-07:00", "0"],
    "protocol": ["MSNP8", "CVR0", "0"],
    "host_port": ["207.46.104.20:1863", "[2001:db8::1]:1863", "2001:db8::1", "a:65536"],
    "passport_epid": ["a@example.com;{" + GUID + "}"],
    "network_passport": [
        f"1:a@b;via=9:{GUID}@live.com;epid={{{GUID}}}",
        "10:x@live.com;path=IM",
        "4:tel:+15550100",
    ],
    "list_bits": ["11", "128"],
    "capabilities": ["2147483692", "4026531840"],
    "capabilities_ext": ["2788999228:48", "4"],
    "hop_info": ["VmVyc2lvbjogMQ0KWGZyQ291bnQ6IDINCg==", "0"],
    "msnobj": [quote(CLASSIC, safe="."), "0"],
}

OBJECTS = [
    CLASSIC,
    OBJECT.format("gfQsg18FAogTz5ypCKQcySI+I94=").replace("pic1", "pic%31"),
    "<msnobj Size='2' Creator='a&amp;b&#x41;' Type=\"2\" stamp='MII' Friendly=\"aABpAA==\"></msnobj>\0",
]

PLAIN = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
MESSAGES = {
    "plain": PLAIN + "X-MMS-IM-Format: FN=Segoe%20UI; EF=B; CO=ff; CS=0; PF=22\r\n\r\nlunch at one?",
    "cr": PLAIN.replace("\r\n", "\r") + "\rhi",
    "lf": PLAIN.replace("\r\n", "\n") + "\nhi",
    "folded": PLAIN + "A: 1\r\n\tand 2\r\n  3\r\na: 4\r\n\r\n",
    "chunks": PLAIN + "Message-ID: {" + GUID + "}\r\nChunks: 2\r\n\r\n\xc3",
    "chunk": "Message-ID: {" + GUID + "}\r\nChunk: 1\r\n\r\n\xa4.",
    "typing": "Content-Type: text/x-msmsgscontrol\r\nTypingUser: alice@example.com\r\n\r\n\r\n",
    "recording": "Content-Type: text/x-msmsgscontrol\r\nRecordingUser: a@b\r\n\r\nx",
    "profile": "Content-Type: text/x-msmsgsprofile\r\nMSPAuth: 7x\r\nsid: 507\r\n\r\n",
    "p2p": "Content-Type: application/x-msnmsgrp2p\r\nP2P-Dest: a@b\r\n\r\n" + "\0" * 52,
    "no_colon": PLAIN + "no colon\r\n\r\nhi",
    "no_blank_line": PLAIN,
}


def parameters():
    text = (ROOT / "dissectors" / "msnp_params.def").read_text()
    return re.findall(r"^PARAM\((\w+),", text, re.M)


def folder(name):
    path = HERE / name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    return path


def main():
    names = parameters()
    value = folder("value")
    for name, words in VALUES.items():
        for i, word in enumerate(words):
            (value / f"{name}_{i}").write_bytes(bytes([names.index(name)]) + word.encode())
    for i, text in enumerate(OBJECTS):
        (value / f"object_{i}").write_bytes(b"\xff" + text.encode())
    mime = folder("mime")
    for name, text in MESSAGES.items():
        (mime / name).write_bytes(text.encode("latin-1"))


if __name__ == "__main__":
    main()
