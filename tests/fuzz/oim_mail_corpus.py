#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the inputs of tests/fuzz/fuzz_oim_mail.c into corpus/oim_mail: mails and notices.

usage: oim_mail_corpus.py

The output depends on this file alone.
"""
import base64
import os

TEXT = "late again, start without me \N{WHITE SMILING FACE}"
HEADERS = """Received: from relay.example.com ([192.0.2.55]) by store.example.com;
\tMon, 14 May 2007 08:52:53 -0700
From: =?utf-8?B?Qm8=?= <bo@example.com>
To: ana@example.com
Subject: =?iso-8859-1?Q?caf=E9?=
X-OIM-originatingSource: 192.0.2.77
X-OIMProxy: MSNMSGR
MIME-Version: 1.0
Content-Type: {type}
Content-Transfer-Encoding: {encoding}
X-OIM-Message-Type: OfflineMessage
X-OIM-Run-Id: {{77777777-8888-4999-aaaa-bbbbbbbbbbbb}}
X-OIM-Sequence-Num: 1
Message-ID: <STOREexample0001@store.example.com>
X-OriginalArrivalTime: 14 May 2007 15:52:53.0377 (UTC) FILETIME=[EE69F930:01C7963F]
Date: 14 May 2007 08:52:53 -0700
Return-Path: ndr@oim.example.com

"""


def mail(body, kind="text/plain; charset=UTF-8", encoding="base64"):
    return HEADERS.format(type=kind, encoding=encoding).encode() + body


def b64(text, charset="utf-8"):
    return base64.encodebytes(text.encode(charset))


PARTS = b"""for old programs
--b
Content-Type: text/plain; charset="windows-1251"
Content-Transfer-Encoding: quoted-printable

=CF=F0=E8=
=E2=E5=F2
--b
Content-Type: application/vnd.ms-msnipg

1234
--b--
"""

MAILS = {
    "base64": mail(b64(TEXT)),
    "base64-cut": mail(b64(TEXT)[:-7]),
    "crlf": mail(b64(TEXT)).replace(b"\n", b"\r\n"),
    "quoted-printable": mail(b"caf=E9 at=\n five=", "text/plain; charset=iso-8859-15", "quoted-printable"),
    "japanese": mail(b64("\u65e5\u672c", "iso-2022-jp"), "text/plain; charset=iso-2022-jp"),
    "chinese": mail(b64("\u4e2d\u6587", "big5"), "text/plain; charset=Big5"),
    "hebrew": mail(b"\xe9\xd1\xc4\xff", "text/plain; charset=windows-1255", "8bit"),
    "unknown-charset": mail(b64(TEXT), "text/plain; charset=x-none"),
    "multipart": mail(PARTS, 'multipart/mixed; type="x;y"; boundary="b"', "7bit"),
    "multipart-open": mail(PARTS[:-6], "multipart/mixed; boundary=b", "7bit"),
    "words": b"From: =?utf-8?B?4pg=?= =?UTF-8?B?ug== ?= =?x?Q?a?=\t=?koi8-r*ru?q?=C1_b?= &lt;a@b&gt;\n\n",
    "telephone": b"From: Bo\nX-OIM-originatingSource: tel:+15550100\n\nhi",
    "no-blank-line": b"From: a@b\nDate: 15 Nov 2005 14:24:27 -0800",
    "broken-numbers": b"X-OIM-Sequence-Num: x\nDate: 99 Foo\nX-OriginalArrivalTime: FILETIME=[0:0]\n\n",
}

MD = ("<MD><E><I>12</I><IU>3</IU><O>4</O><OU>1</OU></E><Q><QTM>409600</QTM><QNM>204800</QNM></Q><M><T>11</T><S>6</S>"
      "<RT>2008-02-03T04:05:06.700Z</RT><RS>0</RS><SZ>987</SZ><E>bob@example.com</E>"
      "<I>01234567-0000-4000-8000-0123456789ab</I><F>.!!OIM</F><N>=?utf-8?B?Qm9iIOKYug== ?=</N></M><SU> </SU></MD>")


def notice(kind, *lines):
    return "".join(line + "\r\n" for line in ("MIME-Version: 1.0", f"Content-Type: text/x-msmsgs{kind}; charset=UTF-8",
                                              "", *lines)).encode()


NOTICES = {
    "notice-list": notice("initialmdatanotification", "Mail-Data: " + MD, "Inbox-URL: /cgi-bin/inbox"),
    "notice-folded": notice("oimnotification", "Mail-Data:", " " + MD),
    "notice-too-large": notice("initialmdatanotification", "Mail-Data: too-large"),
    "notice-broken": notice("initialmdatanotification", "Mail-Data: <MD><M><SZ>x</SZ><RS>2</RS><RT>noon</RT><ZZ/></M>"),
    "notice-moved": notice("activemailnotification", "Src-Folder: .!!OIM", "Dest-Folder: .!!trAsH", "Message-Delta: 1"),
}


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus", "oim_mail")
    os.makedirs(folder, exist_ok=True)
    for name, data in {**MAILS, **NOTICES}.items():
        with open(os.path.join(folder, name), "wb") as out:
            out.write(data)


if __name__ == "__main__":
    main()
