# SPDX-License-Identifier: BSD-2-Clause
"""A recorded TLS session, and what can be done to its records."""
import struct

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION = 20, 21, 22, 23


class Talk:
    """What both sides of one connection wrote, what they meant by it, and the secrets, as lines of a key log."""

    def __init__(self):
        self.flights = []                        # (is it the client?, bytes)
        self.plain = {True: b"", False: b""}
        self.pieces = []                         # (side, where its record lies in the side's stream, in its plaintext) as ranges
        self.secrets = []
        self.version = self.suite = ""

    def wrote(self, client, data):
        if data:
            self.flights.append((client, data))

    def said(self, client, data):
        self.plain[client] += data

    def size(self, client):
        return sum(len(data) for side, data in self.flights if side == client)

    def stream(self, client):
        return b"".join(data for side, data in self.flights if side == client)


def record(kind, version, body):
    return struct.pack("!BHH", kind, version, len(body)) + body


def records(data):
    """The records in a flight, as (type, version, body); every flight ends with a record."""
    out, at = [], 0
    while at < len(data):
        kind, version, length = struct.unpack_from("!BHH", data, at)
        out.append((kind, version, data[at + 5:at + 5 + length]))
        at += 5 + length
    assert at == len(data)
    return out


def fragmented(flights, size):
    """The flights with the handshake messages before the first ChangeCipherSpec of each side in records of that many bytes:
    many records for one message when it is small, one for many messages when it is large."""
    out, clear = [], {True: True, False: True}
    for client, data in flights:
        new, body, version = b"", b"", 0
        for kind, this_version, text in [*records(data), (None, 0, b"")]:
            if clear[client] and kind == HANDSHAKE:
                body, version = body + text, this_version
                continue
            new += b"".join(record(HANDSHAKE, version, body[i:i + size]) for i in range(0, len(body), size))
            body = b""
            if kind is not None:
                clear[client] = clear[client] and kind == ALERT
                new += record(kind, this_version, text)
        out.append((client, new))
    return out


def server_extensions(flights):
    """The numbers of the extensions in the first ServerHello; None without one."""
    first = next((records(data) for client, data in flights if not client and data[:1] == bytes([HANDSHAKE])), [])
    body = b"".join(text for kind, _, text in first if kind == HANDSHAKE)
    if body[:1] != b"\x02":
        return None
    hello, out = body[4:4 + int.from_bytes(body[1:4], "big")], set()
    at = 35 + hello[34] + 3 + 2
    while at < len(hello):
        number, length = struct.unpack_from("!HH", hello, at)
        out.add(number)
        at += 4 + length
    return out
