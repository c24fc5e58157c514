#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""HTTP, proxies and tunnels at their edges, in captures made here; TAP.

Codings, pipelining, connections that end or begin in the middle, tunnels around tunnels: the same conversation must come
out. Floods and bombs: bounded memory and time, and a finding. The rest of the web: not one event.
"""
import gzip
import os
import struct
import subprocess
import sys
import threading
import time
import zlib

import support
from support import exact_line, exact_payload, is_command, require

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(support.SRCDIR, "samples"))
mkpcap = support.load_script("samples/mkpcap.py", "mkpcap")

CLIENT, SERVER = "192.0.2.10:1301", "198.51.100.80:80"
MEMORY = 192 << 20      # bytes that a flood may take at most above what an ordinary sample takes
SECONDS = 10            # that it may take


class Raw(mkpcap.Command):
    """Bytes of one side."""

    def __init__(self, conn, client, data):
        super().__init__(conn, client, "", 0)
        self.data = data

    def wire(self):
        return self.data


def pcap(*parts, client=CLIENT, server=SERVER, midstream=False, end="client"):
    """A capture of one TCP connection. Parts are (side, bytes) or (side, bytes, number of a segment that is lost)."""
    steps = [mkpcap.Directive("conn", ["x", client, server], 0)]
    if midstream:
        steps.append(mkpcap.Directive("midstream", ["x"], 0))
    for side, data, *lost in parts:
        steps += [mkpcap.Directive("lose", [str(n)], 0) for n in lost]
        steps.append(Raw("x", side == "client", data))
    steps.append(mkpcap.Directive("close", ["x", end], 0))
    return mkpcap.Capture(steps).pcap()


def packets_of(*captures):
    """The packets of several captures in one, one capture after the other."""
    out, first = [], None
    for data in captures:
        p = support.Pcap(data)
        first = first or p
        shift = out[-1][0] + 1000 - p.packets[0][0] if out else 0
        out += [(at + shift, frame) for at, frame in p.packets]
    return first.write(out)


def events(data, *options):
    return [r for r in support.read_events(data, *options) if r["type"] == "event"]


def findings(es):
    return {f["id"] for e in es for f in e["findings"]}


def brief(es):
    return [(e["from"], e["protocol"], e["name"], sorted(findings([e]))) for e in es]


# ------------------------------------------------------------------ HTTP messages

def request(body, target="/gateway/gateway.dll?Action=open&Server=NS&IP=messenger.example.com", headers="", method="POST",
            host="gateway.example.com", version="1.1", length=True):
    head = f"{method} {target} HTTP/{version}\r\nHost: {host}\r\n{headers}"
    if length:
        head += f"Content-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


def response(body, headers="", status="200 OK", version="1.1", length=True):
    head = f"HTTP/{version} {status}\r\n{headers}"
    if length:
        head += f"Content-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


def chunked(body, sizes=(1, 7, 1000), trailer=b""):
    out, at, n = b"", 0, 0
    while at < len(body):
        piece = body[at:at + sizes[n % len(sizes)]]
        out += b"%x;part=%d\r\n%s\r\n" % (len(piece), n, piece)
        at, n = at + len(piece), n + 1
    return out + b"0\r\n" + trailer + b"\r\n"


def raw_deflate(data):
    c = zlib.compressobj(wbits=-15)
    return c.compress(data) + c.flush()


CODINGS = {"identity": lambda d: d, "gzip": lambda d: gzip.compress(d, mtime=0), "x-gzip": lambda d: gzip.compress(d, mtime=0),
           "deflate": zlib.compress, "deflate without header": raw_deflate}


# ------------------------------------------------------------------ a conversation through the gateway

def text_message(text):
    body = f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n{text}".encode()
    return b"MSG Hotmail Hotmail %d\r\n%s" % (len(body), body)


# What goes each way in each exchange; the message in the middle is cut over two answers.
MESSAGE = text_message("line after line " * 40)
TALK = [
    (b"VER 1 MSNP9 CVR0\r\n", b"VER 1 MSNP9\r\n"),
    (b"CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 6.0.0602 MSMSGS alice@example.com\r\n",
     b"CVR 2 6.0.0602 6.0.0602 1.0.0000 http://a.example.com http://b.example.com\r\n"),
    (b"USR 3 TWN I alice@example.com\r\n", b"USR 3 TWN S lc=1033,id=507\r\n"),
    (b"USR 4 TWN S t=abc&p=def\r\n", b"USR 4 OK alice@example.com Alice 1 0\r\n" + MESSAGE[:300]),
    (b"", MESSAGE[300:]),
    (b"CHG 5 NLN 0\r\n", b"CHG 5 NLN 0\r\nILN 5 NLN bob@example.com Bob 0\r\n"),
    (b"OUT\r\n", b""),
]


def split(stream):
    """[(line, payload)]"""
    out = []
    while stream:
        line, _, stream = stream.partition(b"\r\n")
        size = int(line.split()[-1]) if line.startswith(b"MSG") else 0
        out.append((line, stream[:size]))
        stream = stream[size:]
    return out


WANTED = {"client": split(b"".join(a for a, _ in TALK)), "server": split(b"".join(b for _, b in TALK))}


def session_header(n, last=False):
    return f"X-MSN-Messenger: SessionID=700100200.{n * 7919 + 11}; GW-IP=198.51.100.80{'; Session=close' if last else ''}\r\n"


def target(n, start="/gateway/gateway.dll?"):
    if n == 0:
        return f"{start}Action=open&Server=NS&IP=messenger.example.com"
    poll = "" if TALK[n][0] else "Action=poll&"
    return f"{start}{poll}SessionID=700100200.{(n - 1) * 7919 + 11}"


def gateway_parts(ask=request, answer=response, start="/gateway/gateway.dll?"):
    """The conversation, each exchange after the other. ask(body, target), answer(body, headers) make the messages."""
    parts = []
    for n, (said, heard) in enumerate(TALK):
        parts.append(("client", ask(said, target=target(n, start))))
        parts.append(("server", answer(heard, headers=session_header(n, n == len(TALK) - 1))))
    return parts


def streams(es):
    return {side: [(exact_line(e), exact_payload(e)) for e in es if e["from"] == side and is_command(e)] for side in WANTED}


def check_talk(data, wanted=None, outer=None):
    records = support.read_events(data)
    es = [r for r in records if r["type"] == "event" and r["protocol"] == "msnp"]
    connections = [r for r in records if r["type"] == "connection"]
    require(streams(es) == (wanted or WANTED), f"{streams(es)}\nnot\n{wanted or WANTED}")
    require(len(connections) == 1, f"{len(connections)} connections")
    require(outer is None or connections[0]["outer"] == outer, f"around it {connections[0]['outer']}, not {outer}")
    bad = [f for r in records if r["type"] == "event" for f in r["findings"] if f["severity"] != "note"]
    require(not bad, f"findings {bad}")
    return connections[0]


def answer_coded(coding, form):
    def make(body, headers=""):
        if coding != "identity":
            body, headers = CODINGS[coding](body), headers + f"Content-Encoding: {coding.split()[0]}\r\n"
        if form == "chunked":
            return response(chunked(body), headers + "Transfer-Encoding: chunked\r\n", length=False)
        return response(body, headers)
    return make


def ask_chunked(body, target):
    return request(chunked(body), target=target, headers="Transfer-Encoding: chunked\r\n", length=False)


def answer_with_trailer(body, headers=""):
    data = chunked(body, trailer=b"X-Sum: 1\r\nX-End: 2\r\n")
    return response(data, headers + "Transfer-Encoding: chunked\r\n", length=False)


def ask_to_continue(body, target):
    return request(body, target, "Expect: 100-continue\r\n")


def answer_continued(body, headers=""):
    return b"HTTP/1.1 100 Continue\r\n\r\n" + response(body, headers)


def ask_in_other_case(body, target):
    data = request(body, target.replace("SessionID", "sessionid").replace("Action", "ACTION"))
    return data.replace(b"Content-Length", b"content-LENGTH")


def answer_in_other_case(body, headers=""):
    return response(body, headers.replace("X-MSN-Messenger", "x-msn-messenger"))


def answer_without_cr(body, headers=""):
    head, _, rest = response(body, headers).partition(b"\r\n\r\n")
    return head.replace(b"\r\n", b"\n") + b"\n\n" + rest


def byte_by_byte():
    parts = gateway_parts()
    check_talk(pcap(*[(side, bytes([byte])) for side, data in parts[:4] for byte in data], *parts[4:]))


def through_gateway(tap, name, **how):
    tap.case(f"gateway, {name}", lambda: check_talk(pcap(*gateway_parts(**how))))


def codings(tap):
    for coding in CODINGS:
        for form in ("length", "chunked"):
            through_gateway(tap, f"answers {coding}, {form}", answer=answer_coded(coding, form))
    through_gateway(tap, "requests chunked", ask=ask_chunked)
    through_gateway(tap, "chunks with trailer", answer=answer_with_trailer)
    through_gateway(tap, "100-continue", ask=ask_to_continue, answer=answer_continued)
    through_gateway(tap, "absolute URI", start="http://gateway.example.com/gateway/gateway.dll?")
    through_gateway(tap, "names in other case", ask=ask_in_other_case, answer=answer_in_other_case)
    through_gateway(tap, "line ends without CR", answer=answer_without_cr)
    tap.case("gateway, one byte at a time", byte_by_byte)


def connection_per_exchange(version, end, length):
    """Every exchange on a connection of its own; without length the answer ends with the connection."""
    parts = gateway_parts(ask=lambda body, target: request(body, target, version=version),
                          answer=lambda body, headers="": response(body, headers, version=version, length=length))
    captures = [pcap(*parts[n:n + 2], client=f"192.0.2.10:{1301 + n}", end=end) for n in range(0, len(parts), 2)]
    check_talk(packets_of(*captures))


def connections(tap):
    tap.case("gateway, a connection for each exchange", connection_per_exchange, "1.1", "client", True)
    tap.case("gateway, HTTP/1.0, answers end with the connection", connection_per_exchange, "1.0", "server", False)
    tap.case("gateway, HTTP/1.0 with length", connection_per_exchange, "1.0", "server", True)


# ------------------------------------------------------------------ tunnels

def socks4(host, port, name=None, user=b"alice"):
    address = bytes((0, 0, 0, 7)) if name else bytes(int(n) for n in host.split("."))
    end = name.encode() + b"\0" if name else b""
    return [("client", b"\x04\x01" + struct.pack("!H", port) + address + user + b"\0" + end), ("server", b"\0\x5a" + bytes(6))]


def socks5(address, port, password=None):
    parts = [("client", b"\x05\x02\0\x02" if password else b"\x05\x01\0"), ("server", b"\x05\x02" if password else b"\x05\0")]
    if password:
        parts += [("client", b"\x01\x05alice" + bytes([len(password)]) + password), ("server", b"\x01\0")]
    return parts + [("client", b"\x05\x01\0" + address + struct.pack("!H", port)), ("server", b"\x05\0\0\x01" + bytes(6))]


def connect(to, headers="", answer=b"HTTP/1.0 200 Connection established\r\n\r\n"):
    return [("client", f"CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{headers}\r\n".encode()), ("server", answer)]


NAME = b"\x03\x15messenger.example.com"
SIX = b"\x04" + bytes.fromhex("20010db8000000000000000000000080")
LOGIN = "Proxy-Authorization: Basic YTpi\r\n"
NO_LOGIN = response(b"<html>", status="407 Proxy Authentication Required")
TUNNELS = {
    "SOCKS4": (lambda port: socks4("198.51.100.7", port), ["socks4"], "198.51.100.7"),
    "SOCKS4 without user": (lambda port: socks4("198.51.100.7", port, user=b""), ["socks4"], "198.51.100.7"),
    "SOCKS4a": (lambda port: socks4("", port, "messenger.example.com"), ["socks4"], "messenger.example.com"),
    "SOCKS5": (lambda port: socks5(b"\x01" + bytes((198, 51, 100, 7)), port), ["socks5"], "198.51.100.7"),
    "SOCKS5 with a name": (lambda port: socks5(NAME, port), ["socks5"], "messenger.example.com"),
    "SOCKS5 with IPv6": (lambda port: socks5(SIX, port), ["socks5"], "[2001:db8::80]"),
    "SOCKS5 with password": (lambda port: socks5(NAME, port, b"wonderland"), ["socks5"], "messenger.example.com"),
    "CONNECT": (lambda port: connect(f"messenger.example.com:{port}"), ["http-connect"], "messenger.example.com"),
    "CONNECT with login": (lambda port: connect(f"messenger.example.com:{port}", LOGIN), ["http-connect"], "messenger.example.com"),
    "CONNECT after 407": (lambda port: connect(f"messenger.example.com:{port}", answer=NO_LOGIN) + connect(
        f"messenger.example.com:{port}", LOGIN), ["http-connect"], "messenger.example.com"),
    "SOCKS5 around CONNECT": (lambda port: socks5(NAME, 8080) + connect(f"messenger.example.com:{port}"),
                              ["socks5", "http-connect"], "messenger.example.com"),
}


def raw_talk():
    return [(side, data) for pair in TALK for side, data in zip(("client", "server"), pair) if data]


def tunnel(name, inner):
    parts, outer, to = TUNNELS[name]
    port = 1863 if inner == "MSNP" else 80
    talk = raw_talk() if inner == "MSNP" else gateway_parts()
    c = check_talk(pcap(*parts(port), *talk, server="192.0.2.1:1080"), outer=outer)
    wanted = f"{to}:{port}" if inner == "MSNP" else "messenger.example.com"
    require(c["target"] == wanted, f"target {c['target']}, not {wanted}")


def refused(parts):
    es = events(pcap(*parts, server="192.0.2.1:1080"))
    require(not es, f"{brief(es)} of a tunnel that was refused")


def tunnels(tap):
    for name in TUNNELS:
        for inner in ("MSNP", "gateway"):
            tap.case(f"{name}, {inner} inside", tunnel, name, inner)
    tap.case("SOCKS4 refused", refused, socks4("198.51.100.7", 1863)[:1] + [("server", b"\0\x5b" + bytes(6))])
    tap.case("SOCKS5 refused", refused, socks5(NAME, 1863)[:1] + [("server", b"\x05\xff")])
    tap.case("CONNECT refused", refused, connect("messenger.example.com:1863", answer=response(b"no", status="403 Forbidden")))


# ------------------------------------------------------------------ web services

SPACE = "http://www.msn.com/webservices/AddressBook"
GROUP = "<groupInfo><GroupInfo><name>Friends</name></GroupInfo></groupInfo>"


def envelope(body):
    return (f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
            f"<s:Body>{body}</s:Body></s:Envelope>").encode()


def call(name="ABGroupAdd", inner=GROUP, headers="", **options):
    body = envelope(f'<{name} xmlns="{SPACE}">{inner}</{name}>')
    headers = f'Content-Type: text/xml; charset=utf-8\r\nSOAPAction: "{SPACE}/{name}"\r\n{headers}'
    return request(body, options.pop("target", "/abservice/abservice.asmx"), headers, host="contacts.example.com", **options)


def result(name="ABGroupAdd", inner="<ABGroupAddResult><guid>7</guid></ABGroupAddResult>", headers="", **options):
    body = envelope(f'<{name}Response xmlns="{SPACE}">{inner}</{name}Response>')
    return response(body, f"Content-Type: text/xml\r\n{headers}", **options)


def check_calls(data, wanted, ids=()):
    es = [e for e in events(data) if support.is_web(e)]
    got = [(e["from"], e["name"]) for e in es]
    require(got == wanted, f"{brief(es)}, not {wanted}")
    require(set(ids) <= findings(es), f"findings {findings(es)}, not {ids}")
    return es


BOTH = [("client", "ABGroupAdd"), ("server", "ABGroupAdd")]
NEXT = [("client", "ABGroupDelete"), ("server", "ABGroupDelete")]
LONG = "".join(f"<Contact><n>{n}</n></Contact>" for n in range(400))


def next_call():
    return ("client", call("ABGroupDelete")), ("server", result("ABGroupDelete"))


def pipelined():
    names = [f"ABGroup{what}" for what in ("Add", "Delete", "Update", "ContactAdd", "ContactDelete")]
    data = pcap(("client", b"".join(call(n) for n in names)), ("server", b"".join(result(n) for n in names)))
    es = check_calls(data, [("client", n) for n in names] + [("server", n) for n in names])
    asked = {e["id"]: e["name"] for e in es if e["from"] == "client"}
    require([asked.get(e["reply_to"]) for e in es if e["from"] == "server"] == names, "answers belong to other requests")


def lost_in_body():
    data = pcap(("client", call()), ("server", result(inner=LONG), 3), *next_call())
    es = [e for e in events(data) if support.is_web(e)]
    require(sorted((e["from"], e["name"]) for e in es) == sorted(BOTH + NEXT), f"{brief(es)}")
    harmed = [(e["from"], e["name"]) for e in es if findings([e])]
    require(harmed == BOTH[1:] and "http.lost" in findings(es), f"{brief(es)}")


def lost_in_head():
    """The first segment of an answer, its head within, is lost; what follows is not harmed."""
    data = pcap(("client", call()), ("server", result(inner=LONG), 1), *next_call())
    es = [e for e in events(data) if support.is_web(e)]
    require([e["name"] for e in es if e["from"] == "client"] == ["ABGroupAdd", "ABGroupDelete"], f"{brief(es)}")
    require(("server", "ABGroupDelete") in [(e["from"], e["name"]) for e in es], f"{brief(es)}")


def lost_request_head():
    data = pcap(("client", call(inner=LONG), 1), ("server", result()), *next_call())
    es = [e for e in events(data) if support.is_web(e)]
    require([(e["from"], e["name"]) for e in es][-3:] == BOTH[1:] + NEXT, f"{brief(es)}")


def middle():
    """The capture begins in the body of an answer."""
    data = pcap(("server", result(inner=LONG)[4000:]), ("client", call()), ("server", result()), midstream=True)
    check_calls(data, BOTH)


def huge_length():
    length = "Content-Length: 99999999999999\r\n"
    data = pcap(("client", call()), ("server", result(headers=length, length=False)))
    check_calls(data, BOTH, ["http.incomplete"])


def absurd_length(value):
    data = pcap(("client", call()), ("server", result(headers=f"Content-Length: {value}\r\n", length=False)))
    names = [(e["from"], e["name"]) for e in events(data) if support.is_web(e)]
    require(names[:1] == BOTH[:1], f"{names}")


def failure(inner):
    body = envelope(f'<s:Fault xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">{inner}</s:Fault>')
    return response(body, "Content-Type: text/xml\r\n", "500 Internal Server Error")


def fault():
    answer = failure("<faultcode>s:Client</faultcode><faultstring>exists</faultstring><detail>"
                     f'<errorcode xmlns="{SPACE}">ContactAlreadyExists</errorcode></detail>')
    data = pcap(("client", call("ABContactAdd")), ("server", answer))
    es = check_calls(data, [("client", "ABContactAdd"), ("server", "ABContactAdd")])
    require("ContactAlreadyExists" in str(es[1]["fields"]), f"{es[1]['fields']}")


def lone_fault():
    """Faults whose request was not captured."""
    space = "http://messenger.msn.com/ws/2004/09/oim/"
    detail = f'<faultcode>Client</faultcode><detail><LockKeyChallenge xmlns="{space}">123</LockKeyChallenge></detail>'
    for inner in (detail, f'<faultcode xmlns:q="{space}">q:X</faultcode>'):
        check_calls(pcap(("server", failure(inner)), midstream=True), [("server", "Fault")])
    actor = f"<faultcode>Client</faultcode><faultactor>{SPACE}/ABGroupAdd</faultactor>"
    check_calls(pcap(("server", failure(actor)), midstream=True), BOTH[1:])


def answer_first():
    """The packets of an answer stand in front of those of its request."""
    data = support.Pcap(pcap(("client", call()), ("server", response(b"<html>", status="500 Internal Server Error"))))
    frames = [support.decode_tcp(frame) for _, frame in data.packets]
    asked, answered = (next(n for n, f in enumerate(frames) if f.data and f.source[1] == port) for port in (1301, 80))
    data.packets[asked:answered + 1] = [data.packets[answered]] + data.packets[asked:answered]
    check_calls(data.write(), BOTH)


def unknown_call():
    inner = '<deep a="1"><er>text</er><er>more</er></deep>'
    es = check_calls(pcap(("client", call("NeverHeardOf", inner)), ("server", result("NeverHeardOf", inner))),
                     [("client", "NeverHeardOf"), ("server", "NeverHeardOf")])
    tree = es[0]["fields"]["xml.document"]["Envelope"]["Body"]["NeverHeardOf"]["deep"]
    require(tree == {"@a": "1", "er": ["text", "more"]}, f"{tree}")


def broken_xml():
    data = pcap(("client", call(inner="<a><b>text</c></a>")), ("server", result()))
    es = check_calls(data, BOTH)
    require(findings(es[:1]), "no finding")
    require("text" in str(es[0]["fields"]["xml.document"]), "what could be parsed is not shown")


def entities():
    """Neither files nor entities that grow are expanded."""
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "boom" * 10}">' for n in range(10))
    for declaration, use in ((f"<!DOCTYPE a [{bomb}]>", "&e9;"), ('<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]>', "&f;")):
        body = declaration.encode() + envelope(f'<ABGroupAdd xmlns="{SPACE}"><name>{use}</name></ABGroupAdd>').partition(b"?>")[2]
        headers = f'Content-Type: text/xml\r\nSOAPAction: "{SPACE}/ABGroupAdd"\r\n'
        started = time.monotonic()
        es = events(pcap(("client", request(body, "/abservice/abservice.asmx", headers))))
        require(time.monotonic() - started < SECONDS, "takes too long")
        require([e["name"] for e in es] == ["ABGroupAdd"], f"{brief(es)}")
        require("root:" not in str(es) and len(str(es)) < 100000, "entities were expanded")


def one_call(tap, name, *before, asked=None, answered=None, **options):
    parts = *before, ("client", asked or call()), *(answered or [("server", result())])
    tap.case(f"SOAP, {name}", lambda: check_calls(pcap(*parts, **options), BOTH))


def services(tap):
    one_call(tap, "one call")
    one_call(tap, "answer ends with the connection", asked=call(version="1.0"),
             answered=[("server", result(version="1.0", length=False))], end="server")
    one_call(tap, "100-continue", asked=call(headers="Expect: 100-continue\r\n"),
             answered=[("server", b"HTTP/1.1 100 Continue\r\n\r\n"), ("server", result())])
    one_call(tap, "absolute URI", asked=call(target="http://contacts.example.com/abservice/abservice.asmx"), server="192.0.2.1:3128")
    for name in ("SOCKS5 with password", "CONNECT", "SOCKS4a"):
        one_call(tap, f"inside {name}", *TUNNELS[name][0](80), server="192.0.2.1:1080")
    one_call(tap, "port 11866", server="127.0.0.1:11866")
    tap.case("SOAP, several requests at once", pipelined)
    tap.case("SOAP, loss in the body", lost_in_body)
    tap.case("SOAP, loss of the head of an answer", lost_in_head)
    tap.case("SOAP, loss of the head of a request", lost_request_head)
    tap.case("SOAP, capture begins in an answer", middle)
    tap.case("SOAP, request without answer", lambda: check_calls(pcap(("client", call())), BOTH[:1]))
    tap.case("SOAP, answer without request", lambda: check_calls(pcap(("server", result()), midstream=True), BOTH[1:]))
    tap.case("SOAP, fault", fault)
    tap.case("SOAP, fault without request", lone_fault)
    tap.case("SOAP, error that stands in front of its request", answer_first)
    tap.case("SOAP, unknown operation", unknown_call)
    tap.case("SOAP, broken XML", broken_xml)
    tap.case("SOAP, entities", entities)
    tap.case("Content-Length of 99999999999999", huge_length)
    for value in ("-1", "99999999999999999999999999", "0x10", "12, 13", ""):
        tap.case(f"Content-Length of '{value}'", absurd_length, value)


# ------------------------------------------------------------------ floods

def measure(data):
    """Output, seconds and bytes of memory of `msnscope json` for a capture."""
    started = time.monotonic()
    with subprocess.Popen([os.path.abspath(support.MSNSCOPE), "json", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          env=support.environment()) as p:
        writer = threading.Thread(target=lambda: (p.stdin.write(data), p.stdin.close()))
        writer.start()
        out = p.stdout.read()
        writer.join()
        _, status, usage = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
    require(p.returncode == 0, f"status {p.returncode}")
    return support.parse_json(out), time.monotonic() - started, usage.ru_maxrss * 1024


def bounded(data, ids=(), count=None):
    _, _, usual = measure(support.read_bytes(support.sample("msnp8-login.pcap")))
    records, seconds, memory = measure(data)
    es = [r for r in records if r["type"] == "event"]
    require(seconds < SECONDS, f"takes {seconds:.1f} s")
    require(memory - usual < MEMORY, f"takes {memory >> 20} MB, an ordinary capture {usual >> 20} MB")
    require(set(ids) <= findings(es), f"findings {findings(es)}, not {ids}")
    require(count is None or len(es) == count, f"{len(es)} events, not {count}: {brief(es)[:5]}")


def gzip_bomb(size, first=b""):
    """size zero bytes behind the first ones, gzip-coded: one compressed block many times."""
    block = bytes(1 << 20)
    c = zlib.compressobj(9, wbits=-15)
    start = c.compress(first) + c.flush(zlib.Z_FULL_FLUSH)
    repeated = c.compress(block) + c.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08" + bytes(6) + b"\x03" + start + repeated * (size >> 20) + b"\x03\0" + bytes(8)


def bomb(service):
    if service == "gateway":
        heard = TALK[0][1]
        parts = gateway_parts()[:1] + [("server", answer_bomb(heard, session_header(0)))] + gateway_parts()[2:]
    else:
        parts = [("client", call()), ("server", answer_bomb(envelope("<x/>")[:-20], "Content-Type: text/xml\r\n"))]
    bounded(pcap(*parts), ["http.limit"] if service == "SOAP" else [])


def answer_bomb(first, headers):
    return response(gzip_bomb(1 << 30, first), headers + "Content-Encoding: gzip\r\n")


def many_pipelined():
    bounded(pcap(("client", call() * 3000)))


def header_flood(lines, length):
    flood = "".join(f"X-{n}: {'x' * length}\r\n" for n in range(lines))
    data = pcap(("client", call(headers=flood)), ("server", result(headers=flood)), ("client", call()), ("server", result()))
    bounded(data)
    notices = [r["text"] for r in support.read_events(data) if r["type"] == "notice"]
    require(any("HTTP connections could not be read" in text for text in notices), f"nothing tells of the flood: {notices}")


def endless_line():
    bounded(pcap(("client", b"POST /abservice/abservice.asmx?" + b"a" * (8 << 20)), ("server", result())))


def endless_chunks():
    body = b"".join(b"1\r\n<\r\n" for _ in range(500000))
    bounded(pcap(("client", call()), ("server", response(body, "Content-Type: text/xml\r\nTransfer-Encoding: chunked\r\n", length=False))))


def large_body():
    """More than is kept of a body."""
    filling = "<Contact>" + "x" * 1000 + "</Contact>"
    bounded(pcap(("client", call()), ("server", result(inner=filling * 12000))), ["http.limit"])


def deep_xml():
    bounded(pcap(("client", call(inner="<a>" * 20000 + "</a>" * 20000)), ("server", result())))


def many_sessions():
    """Sessions that are opened and never used again."""
    parts = []
    for n in range(6000):
        parts.append(("client", request(TALK[0][0], target(0))))
        parts.append(("server", response(TALK[0][1], f"X-MSN-Messenger: SessionID={n}.1; GW-IP=192.0.2.1\r\n")))
    bounded(pcap(*parts))


def floods(tap):
    tap.case("SOAP, gzip of 1 GB", bomb, "SOAP")
    tap.case("gateway, gzip of 1 GB", bomb, "gateway")
    tap.case("header flood, 10000 lines", header_flood, 10000, 10)
    tap.case("header flood, 8 MB", header_flood, 8, 1 << 20)
    tap.case("request line of 8 MB", endless_line)
    tap.case("500000 chunks", endless_chunks)
    tap.case("body of 12 MB", large_body)
    tap.case("elements 20000 deep", deep_xml)
    tap.case("3000 requests without answer", many_pipelined)
    tap.case("6000 gateway sessions", many_sessions)


# ------------------------------------------------------------------ the rest of the web

PAGE = b"<!DOCTYPE html><html><head><title>Messages</title></head><body>" + b"MSG SessionID VER 1 MSNP9 Envelope " * 100 + b"</body></html>"
UPNP = (b'<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><u:GetExternalIPAddress '
        b'xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1"/></s:Body></s:Envelope>')
EXCHANGE = (b'<?xml version="1.0"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><GetItem '
            b'xmlns="http://schemas.microsoft.com/exchange/services/2006/messages"/></soap:Body></soap:Envelope>')
SHOP = (b'<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"><Body><Store xmlns="http://shop.example.com/">'
        b"<From>a</From></Store></Body></Envelope>")
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(3000)
JSON = "Content-Type: application/json\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
SOAP_ACTION = 'Content-Type: text/xml\r\nSOAPAction: "%s"\r\n'
ELSEWHERE = [
    ("www.example.com", "GET", "/", b"", "", PAGE, "text/html"),
    ("news.example.org", "GET", "/messenger/index.asp?SessionID=700.1&Action=open", b"", "Cookie: a=b\r\n", PAGE, "text/html"),
    ("www.example.com", "GET", "/logo.png", b"", "Referer: http://www.example.com/\r\n", PICTURE, "image/png"),
    ("api.example.net", "POST", "/v1/session", b'{"action":"open","SessionID":"1.2"}', JSON, b'{"msn":["a"]}', "application/json"),
    ("api.example.net", "PUT", "/v1/gateway", b'{"a":1}', JSON, b"{}", "application/json"),
    ("search.example.com", "GET", "/search?q=msn+messenger+gateway.dll", b"", "User-Agent: Mozilla/4.0\r\n", PAGE, "text/html"),
    ("feeds.example.com", "GET", "/rss.xml", b"", "", b'<?xml version="1.0"?><rss><title>MSN</title></rss>', "text/xml"),
    ("192.0.2.1:5000", "POST", "/upnp/control", UPNP,
     SOAP_ACTION % "urn:schemas-upnp-org:service:WANIPConnection:1#GetExternalIPAddress", UPNP, "text/xml"),
    ("mail.example.com", "POST", "/EWS/Exchange.asmx", EXCHANGE,
     SOAP_ACTION % "http://schemas.microsoft.com/exchange/services/2006/messages/GetItem", EXCHANGE, "text/xml"),
    ("shop.example.com", "POST", "/store.asmx", SHOP, "Content-Type: application/soap+xml\r\n", SHOP, "application/soap+xml"),
    ("forum.example.com", "POST", "/login", b"user=a&password=b", FORM, b"", "text/html"),
    ("cdn.example.com", "GET", "/gateway/gateway.js", b"", "", b"function MSN() {}", "text/javascript"),
    ("update.example.com", "HEAD", "/file.cab", b"", "", b"", "application/octet-stream"),
]


def elsewhere():
    captures = []
    for n, (host, method, path, sent, headers, page, kind) in enumerate(ELSEWHERE * 2):
        body, more = (chunked(page), "Transfer-Encoding: chunked\r\n") if n % 2 and method != "HEAD" else (page, "")
        answer = response(body, f"Content-Type: {kind}\r\nSet-Cookie: SessionID=1.2\r\n{more}", length=not more)
        captures.append(pcap(("client", request(sent, path, headers, method, host)), ("server", answer),
                             client=f"192.0.2.10:{2000 + n}", server=f"203.0.113.{n + 1}:80"))
    records = support.read_events(packets_of(*captures))
    es = [r for r in records if r["type"] in ("event", "connection", "notice", "offline_message")]
    require(not es, f"{[(e['type'], e.get('fields', {}).get('http.host'), e.get('name')) for e in es]}")


def browsing_with_service():
    """Among other requests of one connection a call is found."""
    parts = []
    for host, method, path, sent, headers, page, kind in ELSEWHERE[:6]:
        parts += [("client", request(sent, path, headers, method, host)), ("server", response(page, f"Content-Type: {kind}\r\n"))]
    check_calls(pcap(*parts[:6], ("client", call()), ("server", result()), *parts[6:]), BOTH)


def other_traffic(tap):
    tap.case("the rest of the web gives nothing", elsewhere)
    tap.case("a call among other requests", browsing_with_service)


def main():
    tap = support.Tap()
    for part in (codings, connections, tunnels, services, floods, other_traffic):
        part(tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
