#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the inputs of tests/fuzz/fuzz_http.c into corpus/http: dialogues of HTTP, SOCKS and what lies inside.

usage: http_corpus.py

The output depends on this file alone. The format of the records stands in fuzz_http.c.
"""
import os
import zlib

CLIENT, SERVER = 0, 1
DATA, GAP, ANOMALY, CLOSE = 0, 1, 2, 3
NOT_SEEN, UNWANTED, REFUSE = 3, 4, 8


def record(side, kind, length):
    return bytes([side | kind << 1 | length >> 5 & 0xF8, length & 0xFF])


def data(side, payload):
    return record(side, DATA, len(payload)) + payload


def c(text):
    return data(CLIENT, text.replace("\n", "\r\n").encode("latin-1"))


def s(text):
    return data(SERVER, text.replace("\n", "\r\n").encode("latin-1"))


def coded(coding, body):
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n"
    return data(SERVER, head.encode() + body)


def packed(window):
    z = zlib.compressobj(9, zlib.DEFLATED, window)
    return z.compress(b"hello " * 20) + z.flush()


GET = c("GET /a HTTP/1.1\nHost: a.example.com\n\n")
OK = s("HTTP/1.1 200 OK\nContent-Length: 2\n\nok")
CONNECT = c("CONNECT ns.example.com:1863 HTTP/1.0\nProxy-Connection: Keep-Alive\n\n")
CONNECTED = s("HTTP/1.0 200 Connection established\n\n")
SOCKS5 = (data(CLIENT, b"\5\2\0\2") + data(SERVER, b"\5\2") + data(CLIENT, b"\1\3ana\2pw") + data(SERVER, b"\1\0") +
          data(CLIENT, b"\5\1\0\3\13example.com\7\107") + data(SERVER, b"\5\0\0\1\300\0\2\1\20\0"))
SOCKS4 = data(CLIENT, b"\4\1\7\107\0\0\0\1ana\0example.com\0") + data(SERVER, b"\0\132\0\0\0\0\0\0")
MSNP = c("VER 1 MSNP12 CVR0\n") + s("VER 1 MSNP12\n")
GATEWAY = (c("POST http://gw.example.com/gateway/gateway.dll?Action=open&Server=NS&IP=a HTTP/1.1\nContent-Length: 19\n\n"
             "VER 1 MSNP12 CVR0\n") +
           s("HTTP/1.1 200 OK\nX-MSN-Messenger: SessionID=1.2; GW-IP=192.0.2.1\nContent-Length: 14\n\nVER 1 MSNP12\n"))

CASES = {
    "keep-alive": GET + OK + GET + OK,
    "pipelined": GET + GET + GET + OK + OK + OK,
    "post": c("POST http://h/x?y HTTP/1.1\nContent-Length: 3\n\nabc") + OK,
    "chunked": c("POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n3\nabc\n10;x=y\n0123456789abcdef\n0\n\n") +
    s("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabc\n0\nTrailer: x\n\n"),
    "continue": c("POST / HTTP/1.1\nExpect: 100-continue\nContent-Length: 1\n\n") + s("HTTP/1.1 100 Continue\n\n") + c("a") + OK,
    "no-body": c("HEAD / HTTP/1.1\n\n") + s("HTTP/1.1 200 OK\nContent-Length: 5\n\n") + GET +
    s("HTTP/1.1 304 Not Modified\nContent-Length: 5\n\n"),
    "close": GET + s("HTTP/1.0 200 OK\n\nabc") + record(SERVER, CLOSE, 0) + s("def"),
    "nexus": c("GET /rdr/pprdr.asp\n\n") + s("HTTP/0.9 200 OK\nPassportURLs: DALogin=x\nContent-Length: 0\n\n"),
    "folded": c("GET / HTTP/1.1\nX: a\n b\n\tc\nX: d\nY\n: z\n\n") + OK,
    "gzip": GET + coded("gzip", packed(31)) + GET + coded("deflate", packed(15)) + GET + coded("deflate", packed(-15)),
    "coded": GET + coded("gzip, br", b"abc") + GET + coded("gzip", packed(31)[:-9]) + GET + coded("gzip", b"abc"),
    "gap-body": GET + s("HTTP/1.1 200 OK\nContent-Length: 9\n\nab") + record(SERVER, GAP, 4) + s("ghi") + GET + OK,
    "gap-chunk": GET + s("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n6\nab") + record(SERVER, GAP, 3) + s("f\n0\n\n"),
    "gap-head": c("GET /a HTTP/1.1\nHost: a\nX-") + record(CLIENT, GAP, 7) + OK + GET + OK,
    "gap-end": GET + s("HTTP/1.1 200 OK\nContent-Length: 9\n\nab") + record(SERVER, GAP, 400) + s("rest") + GET + OK,
    "lost-response": GET + record(SERVER, GAP, 100) + GET + OK,
    "lost-request": OK + record(CLIENT, GAP, 100) + GET + OK,
    "broken": c("POST / HTTP/1.1\nContent-Length: x\n\nabc") + s("HTTP/1.1 400 Bad\nContent-Length: 0\n\njunk") + GET + OK,
    "broken-chunk": GET + s("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabcd\n") + GET + OK,
    "connect": CONNECT + CONNECTED + MSNP,
    "connect-refused": CONNECT + GET + s("HTTP/1.1 407 No\nContent-Length: 0\n\n") + OK,
    "connect-eager": CONNECT + c("VER 1 MSNP12 CVR0\n") + CONNECTED + s("VER 1 MSNP12\n"),
    "connect-http": CONNECT + CONNECTED + GET + OK,
    "upgrade": GET + s("HTTP/1.1 101 Switching Protocols\n\n") + s("x") + c("y"),
    "socks5": SOCKS5 + MSNP,
    "socks4": SOCKS4 + MSNP,
    "nested": SOCKS5 + CONNECT + CONNECTED + SOCKS4 + CONNECT + CONNECTED + SOCKS4 + GET,
    "gateway": GATEWAY,
    "gateway-socks": SOCKS5 + GATEWAY,
    "msnp": MSNP + c("PUT 12 34\n"),
    "like-http": c("GE") + s("HT") + c("T x"),
    "like-socks": data(CLIENT, b"\5\1\1") + data(SERVER, b"\5\2") + c("x") + record(CLIENT, ANOMALY, 0) + s("y"),
}
CHOICES = {
    "middle": bytes([NOT_SEEN]) + s("middle of a body") + GET + OK,
    "middle-refused": bytes([NOT_SEEN | REFUSE]) + s("middle of a body") + c("x") + GET + OK,
    "unwanted": bytes([UNWANTED]) + GET + OK + GET + s("HTTP/1.0 200 OK\n\nabc"),
    "refused": bytes([REFUSE]) + record(CLIENT, ANOMALY, 0) + MSNP,
}


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus", "http")
    os.makedirs(folder, exist_ok=True)
    cases = {name: b"\0" + case for name, case in CASES.items()}
    for name, case in {**cases, **CHOICES}.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(case)


if __name__ == "__main__":
    main()
