#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write inputs for fuzz targets of TLS: corpus/tls_record, what one side of a connection wrote; corpus/tls_handshake, handshake
messages without records; corpus/tls_keylog, the texts of key logs.

usage: tls_corpus.py

The output depends on this file and the captures in samples/tls.
"""
import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
os.environ.setdefault("srcdir", os.path.join(HERE, "..", ".."))
sys.path.append(os.path.join(HERE, ".."))
import support  # noqa: E402

LIMIT = 3000                                     # bytes of a connection's side
HANDSHAKE, CHANGE_CIPHER_SPEC, ALERT, APPLICATION = 22, 20, 21, 23
SERVER_PORT = 443
STREAMS = ("ssl3-rc4-md5", "ssl3-3des", "ssl3-aes256-no-certificate", "ssl3-export-rc4-40", "tls10-ecdhe-aes128-sha-no-ems",
           "tls10-small-records", "tls11-client-certificate", "tls12-rsa-aes128-sha256", "tls12-ecdsa-aes128-gcm",
           "tls12-dhe-chacha20", "tls12-handshake-in-pieces", "tls12-handshake-in-one", "tls12-renegotiation", "tls12-resume-ticket",
           "tls12-alert", "tls12-midstream", "tls12-anonymous", "tls13-aes128-gcm", "tls13-hello-retry", "tls13-early-data",
           "tls13-hello-in-pieces", "tls13-key-update", "gnutls-tls13-aes256-gcm", "hostile-record-length", "hostile-message-length",
           "plain-port-443")


def streams(name):
    """(bytes of the client, bytes of the server) of the last connection of a sample."""
    sides, last = {}, None
    for _, frame in support.Pcap(support.read_bytes(support.sample(f"tls/{name}.pcap"))).packets:
        tcp = support.decode_tcp(frame)
        client = tcp.target[1] == SERVER_PORT
        last = (tcp.source if client else tcp.target)[1]
        sides[last, client] = sides.get((last, client), b"") + tcp.data
    return sides.get((last, True), b""), sides.get((last, False), b"")


def messages(stream):
    """The handshake messages that stand in the clear at the beginning, in one piece."""
    out, at = b"", 0
    while at + 5 <= len(stream):
        kind, _, length = struct.unpack_from("!BHH", stream, at)
        if kind not in (HANDSHAKE, ALERT):
            break
        out += stream[at + 5:at + 5 + length] if kind == HANDSHAKE else b""
        at += 5 + length
    return out


def record(kind, body, version=0x303):
    return struct.pack("!BHH", kind, version, len(body)) + body


def message(kind, body):
    return struct.pack("!I", kind << 24 | len(body)) + body


def vector(size, body):
    return len(body).to_bytes(size, "big") + body


def extension(number, body=b""):
    return struct.pack("!H", number) + vector(2, body)


def hello(kind, *extensions, session=bytes(32), suites=b"\x13\x01\x13\x02\xc0\x2f\0\x0a", version=0x303, cut=0):
    """A ClientHello (1) or ServerHello (2)."""
    body = struct.pack("!H", version) + bytes(range(32)) + vector(1, session)
    body += vector(2, suites) + b"\1\0" if kind == 1 else suites[:2] + b"\0"
    body += vector(2, b"".join(extensions)) if extensions else b""
    return message(kind, body[:len(body) - cut])


NAME = extension(0, vector(2, b"\0" + vector(2, b"loginnet.passport.com")))
VERSIONS = extension(43, vector(1, b"\x03\x04\x03\x03"))
SHARE = extension(51, vector(2, b"\0\x1d" + vector(2, bytes(32))))
PSK = extension(41, vector(2, vector(2, bytes(40)) + bytes(4)) + vector(2, vector(1, bytes(32))))
TICKET = message(4, b"\0\0\x1c\x20" + b"\1\2\3\4" + vector(1, bytes(8)) + vector(2, bytes(64)) + vector(2, extension(42, b"\0\0\x10\0")))
MADE_MESSAGES = {
    "client-hello-13": hello(1, NAME, VERSIONS, SHARE, extension(42), PSK),
    "client-hello-12": hello(1, NAME, extension(22), extension(23), extension(35, bytes(60)), extension(0xFF01, b"\0")),
    "client-hello-old": hello(1, session=b"", suites=b"\0\4\0\5\0\x0a", version=0x300),
    "client-hello-cut": hello(1, NAME, VERSIONS, cut=9),
    "client-hello-no-name": hello(1, extension(0)),
    "server-hello-13": hello(2, extension(43, b"\x03\x04"), extension(51, b"\0\x1d" + vector(2, bytes(32))), extension(41, b"\0\0")),
    "server-hello-12": hello(2, extension(22), extension(23), extension(35), suites=b"\xc0\x27"),
    "encrypted-13": message(8, vector(2, extension(42) + extension(0))) + message(13, b"\0" + vector(2, extension(13, b"\0\2\4\3")))
    + message(11, b"\0" + vector(3, vector(3, b"\x30\x03\2\1\0") + b"\0\0")) + message(15, b"\4\3" + vector(2, bytes(70)))
    + message(20, bytes(32)),
    "after-13": TICKET + message(24, b"\0") + message(24, b"\1") + message(5, b""),
    "ticket-12": message(4, b"\0\0\x1c\x20" + vector(2, bytes(160))),
    "hello-request": message(0, b""),
    "client-key": message(16, vector(2, bytes(128))) + message(16, bytes(64)) + message(15, bytes(2)) + message(20, bytes(12)),
    "length-16777215": b"\1\xff\xff\xff" + bytes(60),
    "empty-messages": bytes(4) * 30,
    "v2-hello": bytes.fromhex("0103000012000000100000040000050000 0a010080 0700c0030080".replace(" ", "")) + bytes(16),
}
V2 = MADE_MESSAGES["v2-hello"]
MADE_RECORDS = {
    "empty-records": record(APPLICATION, b"") * 40,
    "change-cipher-spec": record(CHANGE_CIPHER_SPEC, b"\1") * 3 + record(HANDSHAKE, bytes(40)),
    "too-long": record(APPLICATION, bytes(20))[:3] + b"\x48\x01" + bytes(200),
    "odd-versions": record(HANDSHAKE, hello(1), 0x300) + record(HANDSHAKE, hello(1), 0x3FF) + record(HANDSHAKE, hello(1), 0x200),
    "odd-types": b"".join(record(kind, b"x") for kind in range(19, 27)),
    "cut-header": record(HANDSHAKE, hello(1))[:4],
    "cut-body": record(HANDSHAKE, hello(1, NAME))[:-7],
    "v2-hello": struct.pack("!H", 0x8000 | len(V2)) + V2 + record(HANDSHAKE, MADE_MESSAGES["client-key"], 0x300),
    "v2-hello-padded": struct.pack("!HB", len(V2), 0) + V2,
    "alerts": record(ALERT, b"\2\x28") + record(ALERT, b"\1\0") + record(ALERT, b"\2"),
    "one-byte-records": b"".join(record(HANDSHAKE, bytes([b])) for b in hello(1, NAME)[:80]),
}
RANDOM, MASTER, SECRET = "0123456789abcdef" * 4, "ab" * 48, "cd" * 32
LINE = f"CLIENT_RANDOM {RANDOM} {MASTER}\n"
MADE_LOGS = {
    "labels-13": "".join(f"{label} {RANDOM} {SECRET}\n" for label in (
        "CLIENT_EARLY_TRAFFIC_SECRET", "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0",
        "SERVER_TRAFFIC_SECRET_0", "EXPORTER_SECRET", "EARLY_EXPORTER_SECRET", "CLIENT_TRAFFIC_SECRET_1", "ECH_SECRET")),
    "rsa": f"RSA 0123456789abcdef {MASTER}\n",
    "session-id": f"RSA Session-ID:{'5a' * 32} Master-Key:{MASTER}\n",
    "pre-master": f"PMS_CLIENT_RANDOM {RANDOM} {MASTER}\n",
    "crlf": LINE.replace("\n", "\r\n") * 2,
    "no-end": LINE[:-1],
    "capitals": LINE.upper(),
    "comment": "# SSL/TLS secrets log file\n\n \n" + LINE,
    "short": f"CLIENT_RANDOM {RANDOM[:-2]} {MASTER}\nCLIENT_RANDOM {RANDOM} {MASTER[:-1]}\nCLIENT_RANDOM {RANDOM}\nCLIENT_RANDOM\n",
    "long": f"CLIENT_RANDOM {RANDOM} {MASTER * 12}\nCLIENT_RANDOM {RANDOM * 9} {MASTER}\n",
    "blanks": f"  CLIENT_RANDOM  {RANDOM}\t{MASTER}  \n",
    "not-hex": LINE.replace("ab", "xy"),
    "nul": f"\0{LINE}CLIENT_RANDOM\0{RANDOM} {MASTER}\n\0\0\n",
    "same-random": LINE + LINE.replace("ab" * 48, "ba" * 48),
    "no-label": f" {RANDOM} {MASTER}\n{RANDOM} {MASTER}\n",
}


def write(kind, seeds):
    folder = os.path.join(HERE, "corpus", kind)
    os.makedirs(folder, exist_ok=True)
    for name, data in seeds.items():
        if data:
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)


def main():
    both = {f"{name}-{side}": data for name in STREAMS for side, data in zip(("client", "server"), (stream[:LIMIT] for stream in streams(name)))}
    write("tls_record", {**both, **MADE_RECORDS})
    write("tls_handshake", {**{name: messages(data) for name, data in both.items()}, **MADE_MESSAGES})
    folder = support.sample("tls")
    logs = ("tls12-odd-keylog", "tls12-rsa-aes128-gcm", "tls12-resume-ticket", "tls13-early-data", "tls13-chacha20")
    write("tls_keylog", {**{name: support.read_bytes(os.path.join(folder, f"{name}.keylog")) for name in logs},
                         **{name: text.encode() for name, text in MADE_LOGS.items()}})


if __name__ == "__main__":
    main()
