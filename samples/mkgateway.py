#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the gateway captures: MSNP inside HTTP, and inside SOCKS and CONNECT tunnels.

usage: mkgateway.py [--truth DIR] SCRIPT [PCAP]    write one capture (default: beside the script)
       mkgateway.py --all [--truth DIR]            write every samples/gateway-*.pcap anew
       mkgateway.py --check                        are the committed captures up to date, and the scripts right?

A script, NAME.gateway, says which commands share which HTTP exchange; README.md describes the format. Output depends on
the scripts, this file and mkpcap.py alone. --truth writes a copy of each capture and, beside it, NAME.truth.jsonl: every
command as it was put on the wire, for checking a decoder (those of lost exchanges are left out).
"""
import base64
import ipaddress
import json
import os
import struct
import sys
import zlib

import mkpcap
from mkpcap import DialogueError

PATH = "/gateway/gateway.dll"
MSS = 1460
OFFICIAL = ("Accept: */*\r\nAccept-Language: en-us\r\nAccept-Encoding: gzip, deflate\r\nUser-Agent: MSMSGS\r\nHost: {host}\r\n"
            "Proxy-Connection: Keep-Alive\r\nConnection: Keep-Alive\r\nPragma: no-cache\r\n"
            "Content-Type: application/x-msn-messenger\r\n")
STYLES = {       # request headers, absolute URI?, server headers
    "msmsgs": (OFFICIAL, True, "Server: Microsoft-IIS/6.0\r\nCache-Control: no-cache\r\n"),
    "proxy": (OFFICIAL, True, "Server: Microsoft-IIS/5.0\r\nX-Cache: MISS from proxy.example.net\r\n"
              "Via: 1.0 proxy.example.net:3128 (squid/2.5.STABLE1)\r\n"),
    "bitlbee": ("Host: {host}\r\nAccept: */*\r\nUser-Agent: BitlBee 3.2\r\nContent-Type: text/xml; charset=utf-8\r\n", False,
                "Server: Microsoft-IIS/7.5\r\n"),
}


def gzip_of(data):
    """As gzip writes it; without searching for repeats, so that every zlib gives the same bytes."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_HUFFMAN_ONLY)
    return (b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + deflate.compress(data) + deflate.flush()
            + struct.pack("<II", zlib.crc32(data), len(data)))


class Raw(mkpcap.Command):
    """Bytes of one side that are no command."""

    def __init__(self, conn, client, data, number):
        super().__init__(conn, client, "", number)
        self.data = data

    def wire(self):
        return self.data


class Session:
    """A gateway session: its changing id, the machine that has it, bytes the server has not sent yet."""

    def __init__(self, name, stem, server, ip, host):
        self.name, self.stem, self.server, self.ip, self.host = name, stem, server, ip, host
        self.gw_ip, self.msn_host, self.count, self.kept = ip, None, 0, b""
        self.id, self.opener = None, None

    def next_id(self):
        if "-" in self.stem:
            return self.stem
        self.count += 1
        return f"{self.stem}.{zlib.crc32(f'{self.stem} {self.count}'.encode())}"


class Block:
    """A directive with the commands behind it."""

    def __init__(self, name, args, number):
        self.name, self.number, self.commands = name, number, []
        self.args = [a for a in args if "=" not in a]
        self.options = dict(a.split("=", 1) for a in args if "=" in a)

    def has(self, flag):
        return flag in self.args or flag in self.options


def read_blocks(text, name):
    """A script is a dialogue with other directives."""
    blocks, rows = [], []
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("@"):
            word, *args = line[1:].split()
            blocks.append(Block(word, args, number))
            rows.append("")
        else:
            rows.append(line)
    steps = mkpcap.parse("@conn x\n" + "\n".join(rows), name)
    for c in mkpcap.commands(steps):
        c.number -= 1
        before = [b for b in blocks if b.number < c.number]
        if not before or before[-1].name not in ("send", "answer", "raw"):
            raise DialogueError(f"{name}:{c.number}: command outside an exchange")
        before[-1].commands.append(c)
        c.conn = before[-1].args[0]
    return blocks


class Script:
    """Turns blocks into steps of mkpcap, and keeps the truth."""

    def __init__(self, text, name):
        self.name, self.steps, self.sessions, self.parked, self.unseen = name, [], {}, {}, set()
        self.said, self.truth_records, self.style, self.client = [], [], "msmsgs", {}
        for block in read_blocks(text, name):
            handler = getattr(self, "do_" + block.name, None)
            if handler is None:
                raise DialogueError(f"{name}:{block.number}: unknown directive @{block.name}")
            try:
                handler(block)
            except (KeyError, IndexError, ValueError) as e:
                raise DialogueError(f"{name}:{block.number}: bad @{block.name}: {e!r}") from e

    def step(self, name, *args, number=0):
        self.steps.append(mkpcap.Directive(name, list(args), number))

    def raw(self, tcp, client, data, number, lost=False):
        self.step("conn", tcp)
        if lost:
            for n in range(-(-len(data) // MSS)):
                self.step("lose", str(n + 1))
        self.steps.append(Raw(tcp, client, data, number))

    def tell(self, commands):
        for c in commands:
            record = {"conn": c.conn, "dir": "C>S" if c.client else "S>C", "line": c.line}
            if c.payload:
                record["payload_base64"] = base64.b64encode(c.payload).decode()
            self.truth_records.append(record)

    # connections and time
    def do_start(self, block):
        self.step("start", block.args[0])

    def do_at(self, block):
        self.step("at", block.args[0])

    def do_style(self, block):
        self.style = block.args[0]
        STYLES[self.style]

    def do_tcp(self, block):
        name, client, server = block.args[:3]
        self.step("conn", name, client, server)
        if block.has("midstream"):
            self.step("midstream", name)
        if block.has("unseen"):
            self.unseen.add(mkpcap.endpoint(client))
        self.client[name] = client

    def do_close(self, block):
        self.step("close", *block.args)

    # tunnels
    def do_socks5(self, block):
        tcp, target = block.args
        host, _, port = target.rpartition(":")
        if block.has("password"):
            user, _, word = block.options["password"].partition(":")
            self.raw(tcp, True, b"\x05\x02\x00\x02", block.number)
            self.raw(tcp, False, b"\x05\x02", block.number)
            self.raw(tcp, True, b"\x01" + bytes([len(user)]) + user.encode() + bytes([len(word)]) + word.encode(), block.number)
            self.raw(tcp, False, b"\x01\x00", block.number)
        else:
            self.raw(tcp, True, b"\x05\x01\x00", block.number)
            self.raw(tcp, False, b"\x05\x00", block.number)
        try:
            address = b"\x01" + ipaddress.IPv4Address(host).packed
        except ValueError:
            address = b"\x03" + bytes([len(host)]) + host.encode()
        self.raw(tcp, True, b"\x05\x01\x00" + address + struct.pack("!H", int(port)), block.number)
        self.raw(tcp, False, b"\x05\x00\x00\x01" + bytes([192, 0, 2, 1]) + struct.pack("!H", 40000), block.number)

    def do_socks4(self, block):
        tcp, target = block.args
        host, _, port = target.rpartition(":")
        self.raw(tcp, True, b"\x04\x01" + struct.pack("!H", int(port)) + ipaddress.IPv4Address(host).packed + b"alice\0",
                 block.number)
        self.raw(tcp, False, b"\x00\x5a" + bytes(6), block.number)

    def do_connect(self, block):
        tcp, target = block.args
        self.raw(tcp, True, (f"CONNECT {target} HTTP/1.1\r\nProxy-Connection: Keep-Alive\r\nPragma: no-cache\r\n"
                             f"User-Agent: MSMSGS\r\nHost: {target}\r\n\r\n").encode(), block.number)
        self.raw(tcp, False, b"HTTP/1.0 200 Connection established\r\nVia: 1.0 proxy.example.net\r\n\r\n", block.number)

    def do_raw(self, block):
        tcp = block.args[0]
        if not any(r.get("conn") == tcp for r in self.truth_records):
            ip, port = mkpcap.endpoint(self.client[tcp])
            self.truth_records.append({"conn": tcp, "event": "open", "via": "tcp",
                                       "peer": [str(ipaddress.IPv4Address(ip)), port]})
        self.step("conn", tcp)
        self.step("join")
        for c in block.commands:
            self.steps.append(c)
            self.said.append(c)
        self.step("flush")
        self.tell(block.commands)

    # the gateway
    def do_session(self, block):
        name, stem, server, ip = block.args[:4]
        self.sessions[name] = Session(name, stem, server, ip, block.options.get("host", ip))

    def do_gw(self, block):
        """The session goes to another machine with its next answer."""
        session = self.sessions[block.args[0]]
        session.gw_ip = block.options.get("ip", session.gw_ip)
        session.msn_host = block.options.get("host", session.msn_host)

    def query(self, session, block):
        bitlbee = self.style == "bitlbee"
        if block.has("open"):
            if bitlbee:
                return f"SessionID=&Action=open&Server={session.server}"
            return f"Action=open&Server={session.server}&IP={session.ip}"
        if session.id is None:
            session.id = session.next_id()
        if "lifespan" in block.options:
            return f"Action=poll&Lifespan={block.options['lifespan']}&SessionID={session.id}"
        if not [c for c in block.commands if c.client]:
            return f"Action=poll&SessionID={session.id}"
        return f"SessionID={session.id}" + ("&" if bitlbee else "")

    def request(self, session, block):
        headers, absolute, _ = STYLES[self.style]
        body = b"".join(c.wire() for c in block.commands if c.client)
        target = (f"http://{session.host}" if absolute else "") + f"{PATH}?{self.query(session, block)}"
        head = f"POST {target} HTTP/1.1\r\n{headers.format(host=session.host)}"
        if "auth" in block.options:
            head += f"Proxy-Authorization: Basic {base64.b64encode(block.options['auth'].encode()).decode()}\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    def answer(self, session, block):
        """The bytes of the answer, which also moves the session's id on."""
        if "status" in block.options:
            status, page = block.options["status"], b"<html><head><title>Error</title></head></html>"
            reason = {"400": "Bad Request", "407": "Proxy Authentication Required"}[status]
            more = 'Proxy-Authenticate: Basic realm="proxy"\r\n' if status == "407" else ""
            return (f"HTTP/1.1 {status} {reason}\r\n{more}Content-Type: text/html\r\nContent-Length: {len(page)}\r\n\r\n").encode() + page
        body = session.kept + b"".join(c.wire() for c in block.commands if not c.client)
        keep = int(block.options.get("keep", 0))
        body, session.kept = (body[:-keep], body[-keep:]) if keep else (body, b"")
        session.id = session.next_id()
        parts = [f"SessionID={session.id}", f"GW-IP={session.gw_ip}"] + (["Session=close"] if block.has("close") else [])
        head = f"HTTP/1.1 200 OK\r\n{STYLES[self.style][2]}X-MSN-Messenger: {'; '.join(parts)}\r\n"
        if session.msn_host:
            head += f"X-MSN-Host: {session.msn_host}\r\n"
        session.host = session.msn_host or session.gw_ip
        head += "Content-Type: application/x-msn-messenger\r\n"
        if block.has("gzip"):
            body = gzip_of(body)
            head += "Content-Encoding: gzip\r\n"
        if not block.has("chunked"):
            return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        half = len(body) // 2
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in (body[:half], body[half:]) if c)
        return f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunks + b"0\r\n\r\n"

    def do_send(self, block):
        session, tcp = self.sessions[block.args[0]], block.args[1]
        lost = block.has("lost")
        request = self.request(session, block)
        if not session.opener:
            session.opener = {"conn": session.name, "event": "open", "via": "gateway", "session_id": session.stem,
                              "server": session.server, "ip": session.ip}
            self.truth_records.append(session.opener)
        self.raw(tcp, True, request, block.number, lost)
        if block.has("again"):
            # nothing came back; the same once more
            self.step("at", "+5")
            self.raw(block.options["again"], True, request, block.number)
            tcp = block.options["again"]
        asked = [c for c in block.commands if c.client]
        seen = not lost and mkpcap.endpoint(self.client[tcp]) not in self.unseen
        self.said += block.commands
        if block.has("park"):
            self.parked[block.options["park"]] = (session, tcp)
            self.tell(asked)
            return
        if block.has("continue"):
            self.raw(tcp, False, b"HTTP/1.1 100 Continue\r\n\r\n", block.number)
        self.raw(tcp, False, self.answer(session, block), block.number, lost)
        if seen and "status" not in block.options:
            self.tell(block.commands)

    def do_answer(self, block):
        session, tcp = self.parked.pop(block.args[1])
        self.said += block.commands
        self.raw(tcp, False, self.answer(session, block), block.number)
        self.tell(block.commands)

    # output
    def pcap(self):
        capture = mkpcap.Capture(self.steps, self.name)
        capture.packets = [p for p in capture.packets if p[2] not in self.unseen and p[3] not in self.unseen]
        return capture.pcap()


# ------------------------------------------------------------------ command line

def load(path):
    name = os.path.basename(path)
    with open(path, encoding="utf-8", newline="") as f:
        return Script(f.read(), name)


def problems(path, script):
    for number, problem in mkpcap.lint(script.said):
        yield f"{os.path.basename(path)}:{number}: {problem}"


def build(path, target, truth_dir):
    script = load(path)
    for problem in problems(path, script):
        print(problem, file=sys.stderr)
    data = script.pcap()
    if target:
        with open(target, "wb") as f:
            f.write(data)
    if truth_dir:
        base = os.path.join(truth_dir, os.path.basename(path)[:-len(".gateway")])
        with open(base + ".pcap", "wb") as f:
            f.write(data)
        with open(base + ".truth.jsonl", "w", encoding="utf-8") as f:
            for record in script.truth_records:
                f.write(json.dumps(record, ensure_ascii=False) + "\n")


def check(paths):
    bad = 0
    for path in paths:
        script = load(path)
        for problem in problems(path, script):
            print(problem)
            bad += 1
        target = path[:-len(".gateway")] + ".pcap"
        try:
            with open(target, "rb") as f:
                same = f.read() == script.pcap()
        except FileNotFoundError:
            same = False
        if not same:
            print(f"{os.path.basename(target)} is not what its script gives; run mkgateway.py --all")
            bad += 1
    return 1 if bad else 0


def main(argv):
    here = os.path.dirname(os.path.abspath(__file__))
    every = sorted(os.path.join(here, f) for f in os.listdir(here) if f.endswith(".gateway"))
    args, truth_dir, mode, argv = [], None, None, list(argv)
    while argv:
        a = argv.pop(0)
        if a == "--truth" and argv:
            truth_dir = argv.pop(0)
            os.makedirs(truth_dir, exist_ok=True)
        elif a in ("--all", "--check"):
            mode = a
        elif a.startswith("-"):
            print(__doc__, file=sys.stderr)
            return 2
        else:
            args.append(a)
    try:
        if mode == "--check":
            return check(args or every)
        if mode == "--all":
            for path in every:
                build(path, path[:-len(".gateway")] + ".pcap", truth_dir)
            return 0
        if not 1 <= len(args) <= 2 or not args[0].endswith(".gateway"):
            print(__doc__, file=sys.stderr)
            return 2
        build(args[0], args[1] if len(args) == 2 else None if truth_dir else args[0][:-len(".gateway")] + ".pcap", truth_dir)
        return 0
    except DialogueError as e:
        print(e, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
