#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the captures of this folder: one short conversation in every format and link type that is read.

usage: make.py [DIR]     write all files (default: beside this script)
       make.py --check   are the committed files what this script writes?

The conversation is the same everywhere: the client 192.0.2.10:1043 (2001:db8::10 in IPv6) opens a connection to
192.0.2.80:1863 (2001:db8::80), offers MSNP8, the server agrees, the client signs out. Packet N is sent at
2003-01-01 12:00:00 UTC plus N tenths of a second, N from 0. Files of foreign formats are the first bytes of such
files and nothing more.
"""
import os
import struct
import sys
import zlib

FIN, SYN, PSH, ACK = 0x01, 0x02, 0x08, 0x10
START = 1041422400
TENTH = 100_000_000           # nanoseconds
CLIENT, SERVER = 0, 1
V4 = (bytes([192, 0, 2, 10]), bytes([192, 0, 2, 80]))
V6 = (bytes.fromhex("20010db8000000000000000000000010"), bytes.fromhex("20010db8000000000000000000000080"))
PORT = (1043, 1863)
FIRST_SEQ = (1000, 5000)
MAC = (bytes.fromhex("020000000010"), bytes.fromhex("020000000080"))
AP = bytes.fromhex("0200000000aa")

CONVERSATION = [
    (CLIENT, SYN, b""),
    (SERVER, SYN | ACK, b""),
    (CLIENT, ACK, b""),
    (CLIENT, PSH | ACK, b"VER 1 MSNP8 CVR0\r\n"),
    (SERVER, PSH | ACK, b"VER 1 MSNP8\r\n"),
    (CLIENT, PSH | ACK, b"OUT\r\n"),
    (CLIENT, FIN | ACK, b""),
    (SERVER, FIN | ACK, b""),
    (CLIENT, ACK, b""),
]


# ------------------------------------------------------------------ TCP and IP

def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def tcp(side, seq, ack, flags, data, ip):
    head = struct.pack("!HHIIBBHHH", PORT[side], PORT[1 - side], seq, ack, 5 << 4, flags, 65535, 0, 0)
    pseudo = ip[side] + ip[1 - side] + struct.pack("!II", len(head) + len(data), 6)
    return head[:16] + struct.pack("!H", checksum(pseudo + head + data)) + head[18:] + data


def segments(ip=V4):
    """(side, TCP header and data) of each packet, and the data."""
    seq = list(FIRST_SEQ)
    for side, flags, data in CONVERSATION:
        yield side, tcp(side, seq[side], seq[1 - side] if flags & ACK else 0, flags, data, ip), data
        seq[side] += len(data) + bool(flags & (SYN | FIN))


def ipv4(side, payload, number=0, offset=0, more=False, options=b"", total=None, protocol=6):
    length = 20 + len(options) + len(payload) if total is None else total
    head = struct.pack("!BBHHHBBH4s4s", 0x45 + len(options) // 4, 0, length, number, more << 13 | offset // 8, 64,
                       protocol, 0, V4[side], V4[1 - side]) + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ipv6(side, payload, extensions=b"", next_header=6):
    return struct.pack("!IHBB16s16s", 6 << 28, len(extensions) + len(payload), next_header, 64, V6[side],
                       V6[1 - side]) + extensions + payload


def packets():
    return [(side, ipv4(side, data, n)) for n, (side, data, _) in enumerate(segments())]


def packets6():
    return [(side, ipv6(side, data)) for side, data, _ in segments(V6)]


# ------------------------------------------------------------------ link layers

def ethernet(side, ip, ethertype=0x0800, tags=b"", shortest=60):
    frame = MAC[1 - side] + MAC[side] + tags + struct.pack("!H", ethertype) + ip
    return frame + b"\xee" * max(0, shortest - len(frame))  # padding that is not 0, to be seen if it is taken for data


def ethernet_llc(side, ip):
    body = b"\xaa\xaa\x03\0\0\0\x08\0" + ip
    return ethernet(side, body, len(body))


def vlan(*types):
    """802.1Q tags; each type announces a tag."""
    return lambda side, ip: ethernet(side, ip, 0x0800, b"".join(struct.pack("!HH", t, 0x2064) for t in types))


def pppoe(side, ip):
    return struct.pack("!BBHHH", 0x11, 0, 7, len(ip) + 2, 0x0021) + ip


def sll(side, ip):
    return struct.pack("!HHH8sH", 4 if side == CLIENT else 0, 1, 6, MAC[side], 0x0800) + ip


def sll2(side, ip):
    return struct.pack("!HHIHBB8s", 0x0800, 0, 2, 1, 4 if side == CLIENT else 0, 6, MAC[side]) + ip


def wifi(side, ip, qos=b"", flags=0, four=False, pad=False):
    """802.11 data: the client to the access point, the server from it."""
    to_from = 3 if four else 1 if side == CLIENT else 2
    addresses = {1: (AP, MAC[side], MAC[1 - side]), 2: (MAC[1 - side], AP, MAC[side]),
                 3: (AP, MAC[0], MAC[1 - side], MAC[side])}[to_from]
    head = struct.pack("<BBH", 0x88 if qos else 0x08, to_from | flags, 0) + b"".join(addresses[:3])
    head += struct.pack("<H", 0x0010) + b"".join(addresses[3:]) + qos
    if pad:
        head += bytes(-len(head) % 4)
    return head + b"\xaa\xaa\x03\0\0\0\x08\0" + ip


def radiotap(side, ip):
    """TSFT, flags (padded header, frame check sequence) and rate; the frame is QoS, so that it is padded."""
    head = struct.pack("<BBHIQBB", 0, 0, 18, 0x7, 0x1122334455667788, 0x30, 2)
    return head + wifi(side, ip, qos=b"\0\0", pad=True) + b"\xee" * 4


def radiotap_plain(side, ip):
    return struct.pack("<BBHIIBB", 0, 0, 14, 0x80000006, 0, 0, 2) + wifi(side, ip)


def prism(side, ip):
    return struct.pack("<II16s", 0x41, 144, b"wlan0") + bytes(120) + wifi(side, ip)


def avs(side, ip):
    return struct.pack("!II", 0x80211001, 64) + bytes(56) + wifi(side, ip)


def tag(code, value):
    value += bytes(-len(value) % 4)
    return struct.pack("!HH", code, len(value)) + value


def exported(side, data, dissector=b"msnms", code=12):
    return (tag(code, dissector) + tag(20, V4[side]) + tag(21, V4[1 - side]) + tag(24, struct.pack("!I", 2))
            + tag(25, struct.pack("!I", PORT[side])) + tag(26, struct.pack("!I", PORT[1 - side]))
            + tag(30, struct.pack("!I", 1)) + tag(0, b"") + data)


LINKS = {                     # file name: link type, how a packet is wrapped
    "ethernet": (1, ethernet),
    "ethernet-llc": (1, ethernet_llc),
    "vlan": (1, vlan(0x8100)),
    "vlan-stacked": (1, vlan(0x88A8, 0x8100)),
    "vlan-9100": (1, vlan(0x9100, 0x8100)),
    "ethernet-pppoe": (1, lambda side, ip: ethernet(side, pppoe(side, ip), 0x8864)),
    "sll": (113, sll),
    "sll2": (276, sll2),
    "raw": (101, lambda side, ip: ip),
    "raw-12": (12, lambda side, ip: ip),
    "raw-14": (14, lambda side, ip: ip),
    "raw-ipv4": (228, lambda side, ip: ip),
    "null-le": (0, lambda side, ip: struct.pack("<I", 2) + ip),
    "null-be": (0, lambda side, ip: struct.pack(">I", 2) + ip),
    "loop": (108, lambda side, ip: struct.pack(">I", 2) + ip),
    "ppp": (9, lambda side, ip: b"\xff\x03\0\x21" + ip),
    "ppp-plain": (9, lambda side, ip: b"\0\x21" + ip),
    "ppp-compressed": (9, lambda side, ip: b"\x21" + ip),
    "ppp-hdlc": (50, lambda side, ip: b"\xff\x03\0\x21" + ip),
    "ppp-hdlc-cisco": (50, lambda side, ip: b"\x0f\0\x08\0" + ip),
    "cisco-hdlc": (104, lambda side, ip: b"\x0f\0\x08\0" + ip),
    "ppp-direction": (204, lambda side, ip: bytes([1 - side]) + b"\xff\x03\0\x21" + ip),
    "pppoe": (51, pppoe),
    "wifi": (105, wifi),
    "wifi-qos": (105, lambda side, ip: wifi(side, ip, qos=b"\x06\0")),
    "wifi-four-addresses": (105, lambda side, ip: wifi(side, ip, four=True)),
    "wifi-ht": (105, lambda side, ip: wifi(side, ip, qos=b"\0\0\0\0\0\0", flags=0x80)),
    "radiotap": (127, radiotap),
    "radiotap-plain": (127, radiotap_plain),
    "prism": (119, prism),
    "avs": (163, avs),
    "exported-ip": (252, lambda side, ip: tag(12, b"ip") + tag(0, b"") + ip),
    "exported-ethernet": (252, lambda side, ip: tag(12, b"eth_withoutfcs") + tag(0, b"") + ethernet(side, ip)),
}


# ------------------------------------------------------------------ pcap

def time_ns(n):
    return START * 10**9 + n * TENTH


def pcap(linktype, frames, order="<", nanoseconds=False, snaplen=65535, first=0):
    out = struct.pack(order + "IHHiIII", 0xA1B23C4D if nanoseconds else 0xA1B2C3D4, 2, 4, 0, 0, snaplen, linktype)
    for n, frame in enumerate(frames, first):
        cut = frame[:snaplen]
        second, rest = divmod(time_ns(n) + (n if nanoseconds else 0), 10**9)
        out += struct.pack(order + "IIII", second, rest if nanoseconds else rest // 1000, len(cut), len(frame)) + cut
    return out


def modified_pcap(linktype, frames):
    """The variant of Alexey Kuznetzov, with interface, protocol and packet type in each record."""
    out = struct.pack("<IHHiIII", 0xA1B2CD34, 2, 4, 0, 0, 65535, linktype)
    for n, frame in enumerate(frames):
        second, rest = divmod(time_ns(n), 10**9)
        out += struct.pack("<IIIIIHBx", second, rest // 1000, len(frame), len(frame), 2, 0x0800, 0) + frame
    return out


def gzip(data):
    """One gzip member of stored blocks, the same with every zlib."""
    blocks = [data[i:i + 65535] for i in range(0, len(data), 65535)]
    body = b"".join(struct.pack("<BHH", n + 1 == len(blocks), len(b), len(b) ^ 0xFFFF) + b for n, b in enumerate(blocks))
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


# ------------------------------------------------------------------ pcapng

class Pcapng:
    """Blocks of one section, in one byte order."""

    def __init__(self, order="<"):
        self.order, self.data = order, b""
        self.block(0x0A0D0D0A, self.pack("IHHq", 0x1A2B3C4D, 1, 0, -1))

    def pack(self, form, *values):
        return struct.pack(self.order + form, *values)

    def block(self, kind, body):
        body += bytes(-len(body) % 4)
        length = self.pack("I", len(body) + 12)
        self.data += self.pack("I", kind) + length + body + length
        return self

    def options(self, *options):
        out = b"".join(self.pack("HH", code, len(v)) + v + bytes(-len(v) % 4) for code, v in options)
        return out + bytes(4) if options else out

    def interface(self, linktype, *options, snaplen=0):
        return self.block(1, self.pack("HHI", linktype, 0, snaplen) + self.options(*options))

    def enhanced(self, frame, units, interface=0, options=(), original=None):
        return self.block(6, self.pack("IIIII", interface, units >> 32, units & 0xFFFFFFFF, len(frame), original or len(frame))
                          + frame + bytes(-len(frame) % 4) + self.options(*options))

    def simple(self, frame):
        return self.block(3, self.pack("I", len(frame)) + frame)

    def obsolete(self, frame, units):
        return self.block(2, self.pack("HHIIII", 0, 0xFFFF, units >> 32, units & 0xFFFFFFFF, len(frame), len(frame)) + frame)

    def secrets(self, keys=b"CLIENT_RANDOM " + b"00" * 32 + b" " + b"11" * 48 + b"\n"):
        return self.block(10, self.pack("II", 0x544C534B, len(keys)) + keys)

    def names(self):
        record = V4[SERVER] + b"messenger.example.com\0"
        return self.block(4, self.pack("HH", 1, len(record)) + record + bytes(-len(record) % 4) + bytes(4))

    def statistics(self):
        return self.block(5, self.pack("III", 0, 0, 0))


def microseconds(n):
    return time_ns(n) // 1000


def pcapng_plain(frames, order="<"):
    p = Pcapng(order).interface(1, (2, b"eth0"))
    for n, frame in enumerate(frames):
        p.enhanced(frame, microseconds(n), options=((1, b"a comment"),) if n == 3 else ())
    return p.statistics().data


def pcapng_interfaces(frames):
    """Client packets on Ethernet in nanoseconds, server packets as raw IP in units of 2^-20 s, 1000 s ahead."""
    p = Pcapng().interface(1, (9, b"\x09"), snaplen=65535)
    p.interface(101, (9, bytes([0x80 | 20])), (14, struct.pack("<q", 1000)), snaplen=96)
    for n, (side, ip) in enumerate(frames):
        if side == CLIENT:
            p.enhanced(ethernet(side, ip), time_ns(n) + n)
        else:
            p.enhanced(ip, -(-(time_ns(n) - 1000 * 10**9) * 2**20 // 10**9), interface=1)
    return p.data


def pcapng_blocks(frames):
    """All that may stand between packets: secrets, names, statistics, a journal entry and custom blocks, which have
    frame numbers, and a block of unknown type, which has not; simple and obsolete packet blocks."""
    p = Pcapng().secrets().interface(1).names()
    p.enhanced(frames[0], microseconds(0)).block(9, b"__REALTIME_TIMESTAMP=1041422400000000\nMESSAGE=x\n")
    p.enhanced(frames[1], microseconds(1)).secrets()
    p.obsolete(frames[2], microseconds(2)).block(0x0BAD, struct.pack("<I", 32473) + b"custom")
    p.simple(frames[3]).block(0x7FFFFFFF, b"unknown").statistics()
    for n, frame in enumerate(frames[4:], 4):
        p.enhanced(frame, microseconds(n))
    return p.data


def pcapng_sections(frames):
    """Three sections: little-endian Ethernet, big-endian cooked, little-endian raw IP in units of 10^-12 s."""
    out = Pcapng().interface(1)
    for n, (side, ip) in enumerate(frames[:3]):
        out.enhanced(ethernet(side, ip), microseconds(n))
    second = Pcapng(">").interface(113)
    for n, (side, ip) in enumerate(frames[3:6], 3):
        second.enhanced(sll(side, ip), microseconds(n))
    third = Pcapng().interface(101, (9, b"\x0c"), (14, struct.pack("<q", START)))
    for n, (side, ip) in enumerate(frames[6:], 6):
        third.enhanced(ip, n * TENTH * 1000)
    return out.data + second.data + third.data


# ------------------------------------------------------------------ the files

def fragments():
    """Each packet in fragments of 16 bytes, the last first, one of them twice."""
    for n, (side, data, _) in enumerate(segments()):
        pieces = [ipv4(side, data[i:i + 16], n + 1, i, i + 16 < len(data)) for i in range(0, len(data), 16)]
        yield from (ethernet(side, piece) for piece in pieces[::-1] + pieces[1:2] if len(pieces) > 1)


def fragments6():
    for n, (side, data, _) in enumerate(segments(V6)):
        pieces = [(data[i:i + 16], i) for i in range(0, len(data), 16)]
        for piece, at in pieces[::-1]:
            head = struct.pack("!BBHI", 6, 0, at | (at + 16 < len(data)), n + 1)
            yield ethernet(side, ipv6(side, piece, head, 44), 0x86DD)


def extensions6():
    """Hop-by-hop options, routing, destination options and an authentication header before TCP."""
    for side, data, _ in segments(V6):
        head = (b"\x2b\0\x01\x04\0\0\0\0" + b"\x3c\0\0\0\0\0\0\0" + b"\x33\x01\x01\x0c" + bytes(12)
                + b"\x06\x04\0\0\0\0\0\x01\0\0\0\x01" + bytes(12))
        yield ethernet(side, ipv6(side, data, head, 0), 0x86DD)


def files():
    both, both6 = packets(), packets6()
    frames = [ethernet(side, ip) for side, ip in both]
    plain, big = pcap(1, frames), pcap(1, frames, order=">")
    out = {name + ".pcap": pcap(linktype, [wrap(side, ip) for side, ip in both]) for name, (linktype, wrap) in LINKS.items()}
    out.update({
        "ipv6.pcap": pcap(1, [ethernet(side, ip, 0x86DD) for side, ip in both6]),
        "ipv6-extensions.pcap": pcap(1, extensions6()),
        "ipv6-null.pcap": pcap(0, [struct.pack("<I", 30) + ip for _, ip in both6]),
        "raw-ipv6.pcap": pcap(229, [ip for _, ip in both6]),
        "exported.pcap": pcap(252, [exported(side, data) for side, _, data in segments() if data]),
        "exported-table.pcap": pcap(252, [tag(32, struct.pack("!I", 1863)) + exported(side, data, b"tcp.port", 14)
                                          for side, _, data in segments() if data]),
        "ipv4-options.pcap": pcap(1, [ethernet(side, ipv4(side, data, n, options=b"\x94\x04\0\0"))
                                      for n, (side, data, _) in enumerate(segments())]),
        "offload.pcap": pcap(1, [ethernet(side, ipv4(side, data, n, total=0), shortest=0)
                                 for n, (side, data, _) in enumerate(segments())]),
        "fragments.pcap": pcap(1, fragments()),
        "fragments-ipv6.pcap": pcap(1, fragments6()),
        "big-endian.pcap": big,
        "nanoseconds.pcap": pcap(1, frames, nanoseconds=True),
        "nanoseconds-big-endian.pcap": pcap(1, frames, order=">", nanoseconds=True),
        "modified.pcap": modified_pcap(1, frames),
        "ethernet.pcap.gz": gzip(plain),
        "two-members.pcap.gz": gzip(plain[:200]) + gzip(plain[200:]),
        "snaplen.pcap": pcap(1, frames, snaplen=60),
        "short-snaplen.pcap": plain[:16] + struct.pack("<I", 40) + plain[20:],      # the packets are whole all the same
        "short-snaplen-big-endian.pcap": big[:16] + struct.pack(">I", 40) + big[20:],
        "cut.pcap": plain[:-30],
        "cut-in-header.pcap": plain[:-65],
        "cut.pcap.gz": gzip(plain)[:500],
        "corrupt.pcap.gz": gzip(plain)[:-8] + b"\0" * 8,
        "plain.pcapng": pcapng_plain(frames),
        "big-endian.pcapng": pcapng_plain(frames, ">"),
        "interfaces.pcapng": pcapng_interfaces(both),
        "blocks.pcapng": pcapng_blocks(frames),
        "sections.pcapng": pcapng_sections(both),
        "plain.pcapng.gz": gzip(pcapng_plain(frames)),
        "cut.pcapng": pcapng_plain(frames)[:-60],
        "bad-length.pcapng": pcapng_plain(frames)[:-112] + b"\x07" + pcapng_plain(frames)[-111:],
    })
    out.update({"foreign/" + name: data for name, data in FOREIGN.items()})
    return out


FOREIGN = {
    "netmon1.cap": b"RTSS\x01\x01\x01\0" + bytes(24),
    "netmon2.cap": b"GMBU\0\x02\x01\0" + bytes(24),
    "snoop.snoop": b"snoop\0\0\0" + struct.pack("!II", 2, 4),
    "sniffer.enc": b"TRSNIFF data    \x1a" + bytes(15),
    "netxray.cap": b"XCP\x00002.002" + bytes(20),
    "iptrace1": b"iptrace 1.0" + bytes(8),
    "iptrace2": b"iptrace 2.0" + bytes(8),
    "lanalyzer.tr1": bytes.fromhex("01104c000105") + b"Trace Display Trace File" + bytes(52),
    "visual": b"\x05VNF" + bytes(28),
    "omnipeek.pkt": b"\x7fver\0\0\0\x04\0\0\0\x09",
    "k12.txt": b"+---------+---------------+----------+\r\n12:00:00,000,000   ETHER\r\n",
    "k12.rf5": bytes.fromhex("0000020012050010") + bytes(8),
    "btsnoop.log": b"btsnoop\0" + struct.pack("!II", 1, 1002),
    "compressed.xz": b"\xfd7zXZ\0" + bytes(6),
    "compressed.bz2": b"BZh91AY&SY",
    "compressed.zst": bytes.fromhex("28b52ffd2400"),
    "compressed.lz4": bytes.fromhex("04224d186440"),
    "compressed.zip": b"PK\x03\x04" + bytes(26),
    "text.txt": b"Notes about MSNP.\r\nVER comes first, OUT comes last.\r\n",
    "short": b"\xd4\xc3",
    "cut-header.pcap": struct.pack("<IHHi", 0xA1B2C3D4, 2, 4, 0),
    "cut-header.pcapng": struct.pack("<III", 0x0A0D0D0A, 28, 0x1A2B3C4D),
    "empty.pcap": b"",
    "netmon2.cap.gz": gzip(b"GMBU\0\x02\x01\0" + bytes(24)),
    "empty.pcap.gz": b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x01\0\0\xff\xff" + bytes(8),
}


def main(argv):
    here = os.path.dirname(os.path.abspath(__file__))
    check = argv[1:] == ["--check"]
    folder = here if check or len(argv) < 2 else argv[1]
    differing = []
    for name, data in files().items():
        path = os.path.join(folder, name)
        if check:
            try:
                with open(path, "rb") as f:
                    same = f.read() == data
            except FileNotFoundError:
                same = False
            differing += [] if same else [name]
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)
    for name in differing:
        print(f"{name} is not what make.py writes", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
