#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes tests/fuzz/corpus/talks: a conversation of each kind, as fuzz_talks reads them."""
import os

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "talks")
CLIENT, NS, V21, REFUSES, ENDS = 1, 8, 16, 32, 64


def mime(kind, body=""):
    return f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\n{body}"


def text(body):
    return mime("text/plain; charset=UTF-8", "\r\n" + body)


def record(flags, line, payload=None, connection=0):
    return bytes([flags | connection << 1]) + line.encode() + (b"" if payload is None else
           f" {len(payload.encode())}\n{payload}".encode()) + b"\0"


def routed(to, sender, block, body=""):
    return f"Routing: 1.0\r\nTo: {to}\r\nFrom: {sender}\r\n\r\nReliability: 1.0\r\n\r\n{block}Content-Length: {len(body)}\r\n\r\n{body}"


ALICE, BOB = "1:alice@example.com;epid={4f6c1e2a-9b3d-4c57-8a10-2e4d6f8091a2}", "1:bob@example.com"
SAY = "Messaging: 2.0\r\nMessage-Type: Text\r\nContent-Type: text/plain; charset=UTF-8\r\n"


def in_group(to):
    roster = "<circle><roster><id>IM</id><user><id>1:{}@example.com</id></user></roster></circle>"
    block = "{}: 1.0\r\nUri: {}\r\nContent-Type: application/{}+xml\r\n"
    here, bob = "/circle", "/circle/roster(IM)/user(1:bob@example.com)"
    return b"".join((
        record(CLIENT | NS | V21, "PUT 1", routed(to, ALICE, block.format("Publication", here, "circles"), roster.format("alice"))),
        record(CLIENT | NS | V21, "PUT 2", routed(to, ALICE, block.format("Publication", here, "multiparty"), roster.format("bob"))),
        record(NS | V21, "NFY PUT", routed(ALICE, to, block.format("Notification", here, "circles"), roster.format("bob"))),
        record(NS | V21, "SDG 0", routed(to, BOB, SAY, "hi")),
        record(NS | V21, "NFY DEL", routed(ALICE, to, block.format("Notification", bob, "circles"))),
        record(CLIENT | NS | V21 | ENDS, "DEL 3",
               routed(to, ALICE, block.format("Publication", bob.replace("bob", "alice"), "circles")))))


FILES = {
    "switchboard": b"".join((
        record(CLIENT, "USR 1 alice@example.com 1"), record(0, "USR 1 OK alice@example.com Alice"),
        record(CLIENT, "CAL 2 bob@example.com"), record(0, "CAL 2 RINGING 7"),
        record(CLIENT, "ANS 1 bob@example.com;{1} 1 7", connection=1), record(0, "IRO 1 1 1 alice@example.com Alice 0:0", connection=1),
        record(0, "ANS 1 OK", connection=1), record(0, "JOI bob@example.com;{1} Bob 0:0"), record(0, "JOI bob@example.com Bob 0:0"),
        record(CLIENT, "MSG 3 U", mime("text/x-msmsgscontrol", "TypingUser: alice@example.com\r\n\r\n\r\n")),
        record(CLIENT, "MSG 4 N", text("hello")), record(0, "MSG alice@example.com Alice", text("hello"), connection=1),
        record(0, "NAK 4"), record(0, "MSG bob@example.com Bob", mime("text/x-msnmsgr-datacast", "\r\nID: 1\r\n\r\n")),
        record(0, "BYE bob@example.com;{1} 1"), record(ENDS, "BYE bob@example.com 1"))),
    "refused": record(CLIENT, "CAL 1 bob@example.com") + record(REFUSES, "217 1"),
    "direct": b"".join((
        record(NS, "USR 1 OK alice@example.com 1 0"), record(NS, "USR 1 OK bob@example.com 1 0", connection=1),
        record(CLIENT | NS, "UUM 2 bob@example.com 32 1", text("hi")),
        record(NS, "UBM alice@example.com 32 bob@example.com 1 1", text("hi"), connection=1),
        record(CLIENT | NS | V21, "SDG 3", routed(BOB, ALICE, SAY, "hi")), record(NS | REFUSES | V21, "801 3"))),
    "group": in_group("10:5d5d5d5d-3c3c-0001-4444-2b2b00000000@live.com"),
    "circle": in_group("9:00000000-0000-0000-0009-5f1e2d3c4b5a@live.com"),
}


def main():
    os.makedirs(FOLDER, exist_ok=True)
    for name, data in FILES.items():
        with open(os.path.join(FOLDER, name), "wb") as f:
            f.write(data)


if __name__ == "__main__":
    main()
