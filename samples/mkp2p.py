#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write p2p.pcap: what users send each other beside text: pictures, files, drawings, video.

usage: mkp2p.py [PCAP]     default: p2p.pcap beside this script
       mkp2p.py --check    is the committed capture up to date?

Alice has an old client (MSNP9), her chat with Bob goes through a switchboard: nudge, wink, custom emoticon, a drawing in two
parts; she fetches his display picture (P2P version 1), sends him a file over a direct connection, gets one from him by
MSNFTP, and watches his webcam. Dave and Erin have Windows Live Messenger 2009 (MSNP18): a display picture by P2P version 2,
then a file over a direct connection of version 2. The output depends on this file and mkpcap.py alone.
"""
import base64
import hashlib
import struct
import sys
import uuid
import zlib

import mkpcap

START = "2009-10-03T19:30:00Z"
ALICE, BOB, DAVE, ERIN = (name + "@example.com" for name in ("alice", "bob", "dave", "erin"))
DAVE_PLACE = "{3b1f0a52-6c7d-4e8f-9a01-b2c3d4e5f607}"
ERIN_PLACE = "{c4d5e6f7-0819-4a2b-8c3d-4e5f60718293}"
OBJECT, FILE = "{A4268EEC-FEC5-49E5-95C3-F126696BDBF6}", "{5D3E02AB-6190-11D3-BBBB-00C04F795683}"
WEBCAM = "{4BD96FC0-AB17-4425-A14A-439185962DC8}"
WEBCAM_CONTEXT = "{B8BE70DE-E2CA-4400-AE03-88FF85B9F4E8}"
SB_BODY, DIRECT_BODY, SB_BODY_2 = 1202, 1352, 1222      # bytes of a message in one packet
PEER_INFO = bytes.fromhex("0002" "0000" "000e" "0000" "0f010000")
FLAG_ACK, FLAG_OBJECT, FLAG_FILE, FLAG_HANDSHAKE = 2, 0x20, 0x30, 0x100


class Raw(mkpcap.Command):
    """Bytes of one side that are no command."""

    def __init__(self, conn, client, data):
        super().__init__(conn, client, "", 0)
        self.data = data

    def wire(self):
        return self.data


def command(conn, client, line, payload=None):
    c = mkpcap.Command(conn, client, line if payload is None else f"{line} {{len}}", 0)
    c.parts = [payload] if payload else []
    return c


def directive(name, *args):
    return mkpcap.Directive(name, list(args), 0)


def number(*seed):
    """A number that looks random and never changes."""
    return zlib.crc32(" ".join(map(str, seed)).encode()) | 1


def guid(*seed):
    return "{%s}" % str(uuid.UUID(bytes=hashlib.md5(" ".join(map(str, seed)).encode()).digest(), version=4)).upper()


# ------------------------------------------------------------------ things to send

def png(width, height, colour):
    """Without compression, so that every zlib gives the same bytes."""
    rows = b"".join(b"\0" + bytes(v for x in range(width) for v in colour(x, y)) for y in range(height))
    stored = b"\x78\x01\x01" + struct.pack("<HH", len(rows), len(rows) ^ 0xFFFF) + rows + struct.pack(">I", zlib.adler32(rows))
    out = b"\x89PNG\r\n\x1a\n"
    for kind, data in ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", stored), (b"IEND", b"")):
        out += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return out


def gif(width, height, pixel):
    """128 grey tones, 8-bit codes throughout as the table is cleared before it grows."""
    pixels = bytes(pixel(x, y) for y in range(height) for x in range(width))
    codes = b"".join(b"\x80" + pixels[i:i + 120] for i in range(0, len(pixels), 120)) + b"\x81"
    blocks = b"".join(bytes([len(codes[i:i + 255])]) + codes[i:i + 255] for i in range(0, len(codes), 255))
    return (b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF6, 0, 0) + bytes(v for i in range(128) for v in [2 * i] * 3)
            + b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x07" + blocks + b"\0;")


def text_file(lines):
    return "".join(f"{n:4d}  the quick brown fox jumps over the lazy dog\r\n" for n in range(1, lines + 1)).encode()


def b64(data):
    return base64.b64encode(data).decode()


def msnobject(creator, data, kind, location, friendly=""):
    name = b64(friendly.encode("utf-16-le") + b"\0\0")
    pairs = [("Creator", creator), ("Size", len(data)), ("Type", kind), ("Location", location), ("Friendly", name),
             ("SHA1D", b64(hashlib.sha1(data).digest()))]
    pairs.append(("SHA1C", b64(hashlib.sha1("".join(f"{k}{v}" for k, v in pairs).encode()).digest())))
    return "<msnobj " + " ".join(f'{k}="{v}"' for k, v in pairs) + "/>"


def file_context(name, size):
    return (struct.pack("<IIQI", 574, 2, size, 1) + name.encode("utf-16-le").ljust(520, b"\0") + b"\0" * 30
            + struct.pack("<I", 0xFFFFFFFF))


def typed(text):
    """Text in a session of webcams."""
    data = text.encode("utf-16-le") + b"\0\0"
    return b"\x80" + struct.pack("<I", number("typed", text))[:3] + struct.pack("<HI", 8, len(data)) + data


# ------------------------------------------------------------------ chats

class Chat:
    """A switchboard as its client sees it; steps go to a list."""

    def __init__(self, steps, conn, trid, me, peer, nick, places=("", "")):
        self.steps, self.conn, self.trid = steps, conn, trid
        self.me, self.peer, self.nick, self.places = me, peer, nick, places

    def address(self, client):
        """Account and place of the client, or of who it talks to."""
        place = self.places[not client]
        return (self.me if client else self.peer) + (";" + place if place else "")

    def say(self, client, headers, body, letter="N"):
        payload = "".join(f"{k}: {v}\r\n" for k, v in headers).encode() + b"\r\n" + body
        if not client:
            self.steps.append(command(self.conn, False, f"MSG {self.peer} {self.nick}", payload))
            return
        self.steps.append(command(self.conn, True, f"MSG {self.trid} {letter}", payload))
        if letter in "AD":
            self.steps.append(command(self.conn, False, f"ACK {self.trid}"))
        self.trid += 1

    def mime(self, client, kind, body, *more, letter="N"):
        self.say(client, [("MIME-Version", "1.0"), ("Content-Type", kind), *more], body.encode(), letter)

    def text(self, client, text):
        self.mime(client, "text/plain; charset=UTF-8", text, ("X-MMS-IM-Format", "FN=MS%20Shell%20Dlg; EF=; CO=0; CS=0; PF=0"))

    def p2p(self, client, packet, footer):
        headers = [("MIME-Version", "1.0"), ("Content-Type", "application/x-msnmsgrp2p"), ("P2P-Dest", self.address(not client))]
        if self.places[0]:
            headers.append(("P2P-Src", self.address(client)))
        self.say(client, headers, packet + struct.pack(">I", footer), "D")


class Link:
    """A direct connection; accepts the same packets as a chat."""

    def __init__(self, steps, conn, opener):
        self.steps, self.conn, self.opener = steps, conn, opener      # opener: does the client of the chat connect?

    def frame(self, client, data):
        self.steps.append(Raw(self.conn, client == self.opener, struct.pack("<I", len(data)) + data))

    def p2p(self, client, packet, footer):
        self.frame(client, packet)


class Version1:
    """Packets of version 1 over a carrier."""

    def __init__(self, carrier, name, limit=SB_BODY):
        self.carrier, self.name, self.limit = carrier, name, limit
        self.identifier = {side: number(name, side) >> 2 for side in (True, False)}

    def header(self, client, session, offset, total, length, flags, *ack):
        return struct.pack("<IIQQIIIIQ", session, self.identifier[client], offset, total, length, flags, *ack)

    def message(self, client, session, data, flags=0, footer=0):
        """All packets of a message, and the other side's acknowledgement."""
        ack = number(self.name, client, self.identifier[client])
        self.identifier[client] += 1
        for at in range(0, len(data), self.limit):
            part = data[at:at + self.limit]
            self.carrier.p2p(client, self.header(client, session, at, len(data), len(part), flags, ack, 0, 0) + part, footer)
        self.identifier[not client] += 1
        self.carrier.p2p(not client, self.header(not client, session, 0, 0, 0, FLAG_ACK, self.identifier[client], ack, len(data)),
                         footer)

    def slp(self, client, text):
        self.message(client, 0, text)


class Version2:
    """Packets of version 2 over a carrier; a bridge of its own, which its first packet opens."""

    def __init__(self, carrier, name, limit=SB_BODY_2):
        self.carrier, self.limit = carrier, limit
        self.base = {side: number(name, side) >> 1 for side in (True, False)}
        self.package, self.opened = 1, False

    def packet(self, client, operation, tlvs, message=b""):
        head = b"".join(bytes([kind, len(value)]) + value for kind, value in tlvs)
        head += b"\0" * (-len(head) % 4)
        start = struct.pack(">BBHI", 8 + len(head), operation, len(message), self.base[client])
        self.carrier.p2p(client, start + head + message, 0)
        self.base[client] += len(message)

    def acknowledge(self, client, operation=0, *tlvs):
        self.packet(client, operation, [(2, struct.pack(">I", self.base[not client])), *tlvs])

    def message(self, client, session, data, tf=0, acked=True):
        parts = [data[at:at + self.limit] for at in range(0, len(data), self.limit)]
        left = len(data)
        for n, part in enumerate(parts):
            left -= len(part)
            more = b"\x01\x08" + struct.pack(">Q", left) + b"\0\0" if left else b""
            head = struct.pack(">BBHI", 8 + len(more), tf + (n == 0), self.package if len(parts) > 1 else 0, session) + more
            opening = not self.opened
            self.packet(client, 3 if opening else 0, [(1, PEER_INFO)] if opening else [], head + part)
            self.opened = True
            if opening:
                self.acknowledge(not client, 3, (1, PEER_INFO))
                self.acknowledge(client)
                acked = acked and len(parts) > 1
        self.package += len(parts) > 1
        if acked:
            self.acknowledge(not client)

    def ask(self, client):
        """A bare request for an acknowledgement, and that."""
        self.packet(client, 2, [])
        self.acknowledge(not client)

    def slp(self, client, text):
        self.message(client, 0, text)


class Call:
    """A dialogue of MSNSLP over a transport."""

    def __init__(self, transport, chat, caller, name):
        self.transport, self.chat, self.caller, self.name = transport, chat, caller, name
        self.call_id, self.branch, self.session = guid(name, "call"), guid(name, "branch"), number(name, "session") >> 4

    def send(self, client, start, cseq, kind, lines):
        to, sender = self.chat.address(not client), self.chat.address(client)
        body = "".join(f"{k}: {v}\r\n" for k, v in lines) + "\r\n\0"
        head = (f"{start}\r\nTo: <msnmsgr:{to}>\r\nFrom: <msnmsgr:{sender}>\r\nVia: MSNSLP/1.0/TLP ;branch={self.branch}\r\n"
                f"CSeq: {cseq} \r\nCall-ID: {self.call_id}\r\nMax-Forwards: 0\r\n"
                f"Content-Type: application/x-msnmsgr-{kind}\r\nContent-Length: {len(body)}\r\n\r\n")
        self.transport.slp(client, (head + body).encode())

    def request(self, client, method, kind, *lines):
        self.branch = guid(self.name, method, kind)
        self.send(client, f"{method} MSNMSGR:{self.chat.address(not client)} MSNSLP/1.0", 0, kind, lines)

    def accept(self, client, kind, *lines):
        self.send(client, "MSNSLP/1.0 200 OK", 1, kind, lines)

    def open(self, application, number_of, context, *more):
        self.request(self.caller, "INVITE", "sessionreqbody", ("EUF-GUID", application), ("SessionID", self.session),
                     *more, ("AppID", number_of), ("Context", b64(context)))
        self.accept(not self.caller, "sessionreqbody", ("SessionID", self.session))

    def bye(self, client):
        self.request(client, "BYE", "sessionclosebody")


# ------------------------------------------------------------------ Alice and Bob

def sign_in(conn, trid, account, version, build, scheme):
    return mkpcap.parse(
        f"@conn {conn}\n"
        f">>> VER {trid} {version} CVR0\n<<< VER {trid} {version}\n"
        f">>> CVR {trid + 1} 0x0409 winnt 5.1 i386 MSNMSGR {build} MSMSGS {account}\n"
        f"<<< CVR {trid + 1} {build} {build} 1.0.0000 http://messenger.example.com/setup.exe http://messenger.example.com\n"
        f">>> USR {trid + 2} {scheme} I {account}\n")


def rich_messages(chat):
    """What travels in messages of its own: a nudge, a wink, an emoticon, a drawing."""
    chat.text(True, "hello, are you there?")
    chat.mime(False, "text/x-msnmsgr-datacast", "ID: 1\r\n\r\n")
    wink = msnobject(BOB, b"MSCF" + bytes(range(200)), 8, "TFR5A.tmp", "Dancing teapot")
    chat.mime(False, "text/x-msnmsgr-datacast", f"ID: 2\r\nData: {wink}\r\n\r\n")
    tea = png(19, 19, lambda x, y: (255, 0, 0) if abs(x - 9) + abs(y - 9) < 9 else (255, 255, 255))
    chat.mime(True, "text/x-mms-emoticon", f"(tea)\t{msnobject(ALICE, tea, 2, 'TFR21.tmp', 'tea')}\t", letter="A")
    chat.text(True, "a cup of (tea)?")
    drawing = "base64:" + b64(gif(40, 30, lambda x, y: 127 if (x - 20) ** 2 + 2 * (y - 15) ** 2 > 300 else 10))
    chat.mime(False, "image/gif", drawing[:1260], ("Message-ID", guid("drawing")), ("Chunks", 2))
    chat.say(False, [("Message-ID", guid("drawing")), ("Chunk", 1)], drawing[1260:].encode())


def picture_1(chat):
    """Alice fetches Bob's display picture."""
    picture = png(32, 32, lambda x, y: (8 * x, 8 * y, 128))
    call = Call(Version1(chat, "picture"), chat, True, "picture")
    context = msnobject(BOB, picture, 3, "TFR1B.tmp").encode() + b"\0"
    call.open(OBJECT, 12, context)
    call.transport.message(False, call.session, b"\0" * 4, 0, 12)
    call.transport.message(False, call.session, picture, FLAG_OBJECT, 12)
    call.bye(True)


def direct_lines(nonce, address, port):
    return (("Bridge", "TCPv1"), ("Listening", "true"), ("Nonce", nonce), ("IPv4Internal-Addrs", address),
            ("IPv4Internal-Port", port), ("SessionID", "0"), ("SChannelState", "0"))


def net_id(address):
    return struct.unpack("<I", bytes(map(int, address.split("."))))[0]


def file_1(steps, chat):
    """Alice sends Bob a file; they agree on a direct connection, which she opens."""
    data = text_file(90)
    nonce = guid("direct")
    call = Call(Version1(chat, "file"), chat, True, "file")
    call.open(FILE, 2, file_context("notes.txt", len(data)))
    call.request(True, "INVITE", "transreqbody", ("Bridges", "TCPv1"), ("NetID", net_id("192.0.2.10")),
                 ("Conn-Type", "Direct-Connect"), ("UPnPNat", "false"), ("ICF", "false"))
    call.accept(False, "transrespbody", *direct_lines(nonce, "192.0.2.20", 6895))
    steps.append(directive("conn", "Direct1", "192.0.2.10:1830", "192.0.2.20:6895"))
    link = Link(steps, "Direct1", True)
    packets = Version1(link, "direct", DIRECT_BODY)
    packets.identifier = call.transport.identifier
    link.frame(True, b"foo\0")
    for client in (True, False):
        packets.identifier[client] += 1
        link.frame(client, packets.header(client, 0, 0, 0, 0, FLAG_HANDSHAKE, 0, 0, 0)[:32] + uuid.UUID(nonce).bytes_le)
    packets.message(True, call.session, data, FLAG_FILE)
    call.transport = packets
    call.bye(False)
    steps.append(directive("close", "Direct1", "client"))


def msnftp(steps, chat):
    """Bob sends Alice a file the old way; she connects to him."""
    data = text_file(60)
    kind, cookie, auth = "text/x-msmsgsinvite; charset=UTF-8", 51423, 40961

    def invitation(client, *lines):
        chat.mime(client, kind, "".join(f"{k}: {v}\r\n" for k, v in lines) + "\r\n", letter="N")

    invitation(False, ("Application-Name", "File Transfer"), ("Application-GUID", FILE.lower()), ("Invitation-Command", "INVITE"),
               ("Invitation-Cookie", cookie), ("Application-File", "recipes.txt"), ("Application-FileSize", len(data)))
    invitation(True, ("Invitation-Command", "ACCEPT"), ("Invitation-Cookie", cookie), ("Launch-Application", "FALSE"),
               ("Request-Data", "IP-Address:"))
    invitation(False, ("Invitation-Command", "ACCEPT"), ("Invitation-Cookie", cookie), ("IP-Address", "192.0.2.20"),
               ("Port", 6891), ("AuthCookie", auth), ("Launch-Application", "FALSE"), ("Request-Data", "IP-Address:"))
    steps.append(directive("conn", "FTP", "192.0.2.10:1831", "192.0.2.20:6891"))

    def line(client, text):
        steps.append(Raw("FTP", client, text.encode() + b"\r\n"))

    line(True, "VER MSNFTP")
    line(False, "VER MSNFTP")
    line(True, f"USR {ALICE} {auth}")
    line(False, f"FIL {len(data)}")
    line(True, "TFR")
    for at in range(0, len(data), 2045):
        part = data[at:at + 2045]
        steps.append(Raw("FTP", False, b"\0" + struct.pack("<H", len(part)) + part))
    steps.append(Raw("FTP", False, b"\x01\0\0"))
    line(True, "BYE 16777989")
    steps.append(directive("close", "FTP", "client"))


def webcam(steps, chat):
    """Bob shows himself; Alice connects to him for the video."""
    call = Call(Version1(chat, "webcam"), chat, False, "webcam")
    call.open(WEBCAM, 4, WEBCAM_CONTEXT.encode("utf-16-le") + b"\0\0")

    def say(client, text):
        call.transport.message(client, call.session, typed(text), 0, 4)

    def document(role, address, port, rid):
        return (f"<{role}><version>2.0</version><rid>{rid}</rid><session>7791</session><ctypes>0</ctypes><cpu>2394</cpu><tcp>"
                f"<tcpport>{port}</tcpport><tcplocalport>{port}</tcplocalport><tcpexternalport>{port}</tcpexternalport>"
                f"<tcpipaddress1>{address}</tcpipaddress1></tcp><codec></codec><channelmode>1</channelmode></{role}>\r\n\r\n")

    say(False, "syn")
    say(True, "syn")
    say(True, "ack")
    say(False, "ack")
    say(False, document("producer", "192.0.2.20", 6897, 164))
    say(True, "receivedViewerData")
    say(True, document("viewer", "192.0.2.10", 6899, 165))
    steps.append(directive("conn", "Video", "192.0.2.10:1832", "192.0.2.20:6897"))
    steps.append(Raw("Video", True, b"recipientid=164&sessionid=7791\r\n\r\n"))
    steps.append(Raw("Video", False, b"connected\r\n\r\n"))
    steps.append(Raw("Video", True, b"connected\r\n\r\n"))
    for n, key in enumerate((1, 0)):
        picture = bytes((i * 7 + n) % 251 for i in range(1800 - 1100 * n))
        steps.append(Raw("Video", False, struct.pack("<BBHHHI4sII", 24, 0, 320, 240, key, len(picture), b"ML20", 0x2E4D6F80,
                                                     123456 + 500 * n) + picture))
    steps.append(directive("close", "Video", "client"))
    call.bye(True)


def alice():
    ticket = "t=7QmXb0nq8TLC2hU5xYpDg3!Wz6&p=9eRkVt4"
    steps = [directive("conn", "NS1", "192.0.2.10:1820", "198.51.100.20:1863", "ns"),
             *sign_in("NS1", 1, ALICE, "MSNP9", "6.2.0205", "TWN")]
    steps += mkpcap.parse(
        "@conn NS1\n<<< USR 3 TWN S lc=1033,id=507,tw=40,fs=1,ct=1254598200,kpp=1,kv=7,ver=2.1.6000.1\n"
        f">>> USR 4 TWN S {ticket}\n<<< USR 4 OK {ALICE} Alice 1 0\n"
        ">>> XFR 5 SB\n<<< XFR 5 SB 203.0.113.31:1863 CKI 1254598203.7714.20915\n"
        "@conn SB1 192.0.2.10:1821 203.0.113.31:1863 sb\n"
        f">>> USR 1 {ALICE} 1254598203.7714.20915\n<<< USR 1 OK {ALICE} Alice\n"
        f">>> CAL 2 {BOB}\n<<< CAL 2 RINGING 7714\n@at +0.7\n<<< JOI {BOB} Bob\n")
    chat = Chat(steps, "SB1", 3, ALICE, BOB, "Bob")
    rich_messages(chat)
    steps.append(directive("at", "+3"))
    picture_1(chat)
    steps.append(directive("at", "+5"))
    file_1(steps, chat)
    steps.append(directive("at", "+5"))
    msnftp(steps, chat)
    steps.append(directive("at", "+5"))
    webcam(steps, chat)
    steps += mkpcap.parse("@conn SB1\n@at +2\n>>> OUT\n@close SB1 client\n@conn NS1\n>>> OUT\n@close NS1 client\n")
    return steps


# ------------------------------------------------------------------ Dave and Erin

def picture_2(chat):
    """Dave fetches Erin's display picture."""
    picture = png(30, 30, lambda x, y: (255 - 8 * x, 255 - 8 * y, 64))
    transport = Version2(chat, "chat of Dave")
    call = Call(transport, chat, True, "picture 2")
    call.open(OBJECT, 12, msnobject(ERIN, picture, 3, "TFR3C.tmp").encode() + b"\0", ("RequestFlags", 18), ("SChannelState", 0),
              ("Capabilities-Flags", 1))
    transport.message(False, call.session, b"\0" * 4, 0, False)
    transport.message(False, call.session, picture, 4)
    transport.ask(True)
    call.bye(True)
    return transport


def hashed(nonce):
    return "{%s}" % str(uuid.UUID(bytes_le=hashlib.sha1(nonce).digest()[:16])).upper()


def file_2(steps, chat, transport):
    """Erin sends Dave a file; Dave listens, each side says its own nonce."""
    data = text_file(70)
    nonces = {side: uuid.UUID(guid("nonce", side)).bytes_le for side in (True, False)}
    call = Call(transport, chat, False, "file 2")
    call.open(FILE, 2, file_context("album list.txt", len(data)), ("RequestFlags", 16), ("SChannelState", 0),
              ("Capabilities-Flags", 1))
    call.request(False, "INVITE", "transreqbody", ("Bridges", "TRUDPv1 TCPv1 SBBridge TURNv1"), ("NetID", net_id("192.0.2.50")),
                 ("Conn-Type", "Direct-Connect"), ("TCP-Conn-Type", "Direct-Connect"), ("UPnPNat", "false"), ("ICF", "false"),
                 ("IPv6-global", "?"), ("Hashed-Nonce", hashed(nonces[False])), ("SessionID", call.session), ("SChannelState", 0),
                 ("Capabilities-Flags", 1))
    call.accept(True, "transrespbody", ("Bridge", "TCPv1"), ("Listening", "true"), ("Conn-Type", "Direct-Connect"),
                ("TCP-Conn-Type", "Direct-Connect"), ("Hashed-Nonce", hashed(nonces[True])), ("IPv4Internal-Addrs", "192.0.2.40"),
                ("IPv4Internal-Port", 49211), ("SessionID", call.session), ("SChannelState", 0), ("Capabilities-Flags", 1))
    steps.append(directive("conn", "Direct2", "192.0.2.50:49530", "192.0.2.40:49211"))
    link = Link(steps, "Direct2", False)
    link.frame(False, b"foo\0")
    link.frame(False, nonces[False])
    link.frame(True, nonces[True])
    direct = Version2(link, "direct of Erin", DIRECT_BODY)
    direct.message(False, call.session, data, 6)
    call.transport = direct
    call.bye(True)
    steps.append(directive("close", "Direct2", "client"))


def dave():
    cookie, nick = "1254598290.4471.17262748", "Erin%20%E2%98%95"
    joined = f"{nick} 2788999228:48"
    steps = [directive("conn", "NS2", "192.0.2.40:49200", "198.51.100.20:1863", "ns"),
             *sign_in("NS2", 1, DAVE, "MSNP18", "14.0.8089.0726", "SSO")]
    steps += mkpcap.parse(
        "@conn NS2\n<<< USR 3 SSO S MBI_KEY_OLD cWhqYXZtZ2Jyd2t6dWF4\n"
        f">>> USR 4 SSO S t=Wm3nTq0xPz8Yb1&p= HAAAAAEAAAADZgAABIAAAAgAAAAUAAAASAAAAGZpY3Rpb24= {DAVE_PLACE}\n"
        f"<<< USR 4 OK {DAVE} 1 0\n"
        f">>> XFR 5 SB\n<<< XFR 5 SB 203.0.113.32:1863 CKI {cookie} U messenger.msn.com 1\n"
        "@conn SB2 192.0.2.40:49201 203.0.113.32:1863 sb\n"
        f">>> USR 1 {DAVE};{DAVE_PLACE} {cookie}\n<<< USR 1 OK {DAVE};{DAVE_PLACE} Dave\n"
        f">>> CAL 2 {DAVE}\n<<< CAL 2 RINGING 4471\n>>> CAL 3 {ERIN}\n<<< CAL 3 RINGING 4471\n@at +0.5\n"
        f"<<< JOI {ERIN};{ERIN_PLACE} {joined}\n<<< JOI {ERIN} {joined}\n")
    chat = Chat(steps, "SB2", 4, DAVE, ERIN, nick, (DAVE_PLACE, ERIN_PLACE))
    chat.text(True, "new picture?")
    transport = picture_2(chat)
    steps.append(directive("at", "+4"))
    file_2(steps, chat, transport)
    steps += mkpcap.parse("@conn SB2\n@at +2\n>>> OUT\n@close SB2 client\n@conn NS2\n>>> OUT\n@close NS2 client\n")
    return steps


def capture():
    steps = [directive("start", START), *alice(), directive("at", "+30"), *dave()]
    return mkpcap.Capture(steps, "p2p").pcap()


if __name__ == "__main__":
    sys.exit(mkpcap.write_one(__file__, capture, sys.argv[1:], __doc__))
