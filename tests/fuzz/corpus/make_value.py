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
    "capabilities_ext": ["2788999228:48", "4", "1:2:3", "1:2:x"],
    "hop_info": ["VmVyc2lvbjogMQ0KWGZyQ291bnQ6IDINCg==", "0"],
    "msnobj": [quote(CLASSIC, safe="."), "0"],
}

OBJECTS = [
    CLASSIC,
    OBJECT.format("gfQsg18FAogTz5ypCKQcySI+I94=").replace("pic1", "pic%31"),
    "<msnobj Size='2' Creator='a&amp;b&#x41;' Type=\"2\" stamp='MII' Friendly=\"aABpAA==\"></msnobj>\0",
]

PLAIN = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
PROFILE = "Content-Type: text/x-msmsgsprofile\r\n"


def mime(kind, more=""):
    return f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\n{more}\r\n"


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
    "profile_full": PROFILE + "LoginTime: 1178974800\r\nMemberIdHigh: 100\r\nMemberIdLow: -5\r\nKid: 0\r\n"
    "ClientIP: 192.0.2.7\r\nClientPort: 61956\r\n\r\n",
    "profile_broken": PROFILE + "LoginTime: 18446744073709551615\r\nEmailEnabled: 2\r\nMemberIdHigh: 4294967296\r\n"
    "MemberIdLow: -\r\nClientIP: here\r\nClientPort: 65536\r\n\r\nx",
    "client_caps": mime("text/x-clientcaps") + "Client-Name: ExampleIM/1.0\r\nChat-Logging: Y\r\n",
    "client_caps_empty": mime("text/x-clientinfo") + "Chat-Logging: ?\r\n",
    "keepalive": mime("text/x-keepalive") + "\r\n",
    "mail_counts": mime("text/x-msmsgsinitialemailnotification") + "Inbox-Unread: 1\r\nFolders-Unread: 0\r\n"
    "Inbox-URL: /i\r\nFolders-URL: /f\r\nPost-URL: http://www.example.com\r\n",
    "mail_counts_broken": mime("text/x-msmsgsinitialemailnotification") + "Inbox-Unread: some\r\nno colon",
    "mail_moved": mime("text/x-msmsgsactivemailnotification") + "Src-Folder: ACTIVE\r\nDest-Folder: trAsH\r\nMessage-Delta: 2\r\n",
    "mail_moved_broken": mime("text/x-msmsgsactivemailnotification") + "Message-Delta: -2\r\n",
    "mail_new": mime("text/x-msmsgsemailnotification") + "From: =?utf-8?B?Qm8=?=\r\nSubject: =?utf-8?Q?lunch=3F?=\r\n"
    "Dest-Folder: ACTIVE\r\nFrom-Addr: bo@example.com\r\nid: 2\r\n",
    "mail_new_broken": mime("text/x-msmsgsemailnotification") + "From: =?x-none?B?Qm8=?=\r\nSubject: =?utf-8?Q?=Z?=\r\nid: x\r\n",
    "oim": mime("text/x-msmsgsinitialmdatanotification") + "Mail-Data: <MD><E><I>1</I></E><M><T>11</T><SZ>9</SZ>"
    "<E>bo@example.com</E><I>1</I><N>=?utf-8?B?Qm8=?=</N></M></MD>\r\n",
    "oim_broken": mime("text/x-msmsgsoimnotification") + "Mail-Data: <MD><M><SZ>x</SZ></M>\r\n",
    "plus": mime("text/plain") + "\xc2\xb7$4a\xc2\xb7$(001,002,003)b\xc2\xb7#c\xc2\xb70[c=#aabbcc]d[/c=5][a=red]e[/a][b]f[/b]",
    "format_broken": mime("text/plain", "X-MMS-IM-Format: FN=%2G; EF=BX; CO=fffffff; CS=zz; PF=93; RL=2; =;;\r\n") + "a\0b",
    "roster": mime("text/plain", "P4-Context: \xc2\xb7$#ff0000Bo\r\nUser-Agent: pidgin\r\nDest-Agent: client\r\n"
                   "Roster: 12;192.0.2.1:1863\r\nX-MMS-IM-Format: FN=A%20B; EF=BIUS; CO=1ff; CS=ee; PF=22; RL=1; XX=1\r\n") + "hi",
    "search": mime("text/search-query") + "pizza",
    "search_binary": mime("text/search-query") + "\0\1",
    "system": mime("application/x-msmsgssystemmessage") + "Type: 1\r\nArg1: 5\r\n",
    "system_broken": mime("application/x-msmsgssystemmessage") + "Type: 1\r\n",
    "system_other": mime("application/x-msmsgssystemmessage") + "Arg1: x\r\n",
    "typing_nobody": "Content-Type: text/x-msmsgscontrol\r\n\r\n",
    "no_type": "A: b\r\n\r\n\0",
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
    messages = folder("mime")
    for name, text in MESSAGES.items():
        (messages / name).write_bytes(text.encode("latin-1"))


if __name__ == "__main__":
    main()
