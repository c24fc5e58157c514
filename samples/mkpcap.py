#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the sample captures from their dialogues.

usage: mkpcap.py [--truth DIR] DIALOGUE [PCAP]     write one capture (default: beside the dialogue)
       mkpcap.py --all [--truth DIR]               write every samples/*.pcap anew
       mkpcap.py --check                           are the committed captures up to date, and the dialogues right?
       mkpcap.py --list DIALOGUE                   print the commands with their lengths filled in

A dialogue is the readable source of a capture; README.md describes the format. Output depends on the
dialogue alone, so a capture can be compared byte by byte. --truth writes a copy of each capture and, beside
it, NAME.truth.jsonl: every command as it was put on the wire, for checking a decoder (those that a lost segment
touches are left out).

As a module: parse(text, name) gives a list of steps, Capture(steps).pcap() the bytes.
"""
import base64
import datetime
import hashlib
import ipaddress
import json
import os
import struct
import sys
import zlib

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
LATENCY = 0.042          # seconds between a client and a server, as the client sees it
DELAYED_ACK = 0.150      # a receiver that has nothing to say acknowledges after this
WINDOW = 64240


class DialogueError(Exception):
    pass


# ------------------------------------------------------------------ dialogue

class Command:
    """One command: who says it on which connection, its line (no CR LF) and its payload."""

    def __init__(self, conn, client, line, number):
        self.conn, self.client, self.template, self.number = conn, client, line, number
        self.parts, self.expect, self.lost = [], [], False

    @property
    def payload(self):
        return b"".join(self.parts)

    @property
    def line(self):
        return self.template.replace("{len}", str(len(self.payload)))

    def wire(self):
        return self.line.encode("utf-8") + b"\r\n" + self.payload


class Directive:
    def __init__(self, name, args, number):
        self.name, self.args, self.number = name, args, number


DIRECTIVES = {"conn": (1, 4), "at": (1, 1), "start": (1, 1), "close": (2, 3), "midstream": (1, 1),
              "mss": (1, 1), "join": (0, 0), "flush": (0, 0), "lose": (1, 1)}


def payload_part(line):
    if line.startswith("|x"):
        return bytes.fromhex(line[2:])
    if line.startswith("|-"):
        return (line[3:] if line.startswith("|- ") else line[2:]).encode("utf-8")
    return (line[2:] if line.startswith("| ") else line[1:]).encode("utf-8") + b"\r\n"


def parse(text, name="dialogue"):
    """Return the steps of a dialogue, Commands and Directives, in order."""
    steps, conn, command = [], None, None
    for number, line in enumerate(text.split("\n"), 1):
        def bad(why):
            raise DialogueError(f"{name}:{number}: {why}: {line}")
        if line.endswith("\r"):
            bad("line ends in CR")
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("@"):
            word, *args = line[1:].split()
            if word not in DIRECTIVES:
                bad("unknown directive")
            low, high = DIRECTIVES[word]
            if not low <= len(args) <= high:
                bad("wrong number of arguments")
            if word == "conn":
                conn = args[0]
            steps.append(Directive(word, args, number))
            command = None
        elif line[:3] in (">>>", "<<<"):
            if line[3:4] != " ":
                bad("a blank must follow the arrow")
            if conn is None:
                bad("command before @conn")
            command = Command(conn, line[0] == ">", line[4:], number)
            steps.append(command)
        elif line.startswith("|"):
            if command is None:
                bad("payload without a command")
            if command.expect:
                bad("payload after an expectation")
            try:
                command.parts.append(payload_part(line))
            except ValueError:
                bad("not hexadecimal")
        elif line.startswith("?"):
            key, equals, value = line[1:].partition("=")
            if command is None or not equals:
                bad("expectation must be '? key = value' after a command")
            command.expect.append((key.strip(), value.strip()))
        else:
            bad("unknown kind of line")
    return steps


def commands(steps):
    return [s for s in steps if isinstance(s, Command)]


# ------------------------------------------------------------------ packets

def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def endpoint(text):
    """The address and port of IPV4:PORT or [IPV6]:PORT."""
    host, _, port = text.rpartition(":")
    return ipaddress.ip_address(host.strip("[]")).packed, int(port)


def mac(ip):
    return b"\x02\x00" + ip[-4:]     # locally administered, told apart by the address


def frame(src, dst, seq, ack, flags, data, ip_id, mss):
    options = struct.pack("!BBHBBBB", 2, 4, mss, 1, 1, 4, 2) if flags & SYN else b""
    head = struct.pack("!HHIIBBHHH", src[1], dst[1], seq, ack, (20 + len(options)) // 4 << 4, flags, WINDOW, 0, 0)
    tcp = head + options + data
    pseudo = src[0] + dst[0] + struct.pack("!BBH", 0, 6, len(tcp))
    tcp = tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]
    if len(src[0]) == 16:
        kind, ip = b"\x86\xdd", struct.pack("!IHBB", 0x60000000, len(tcp), 6, 64) + src[0] + dst[0]
    else:
        kind, ip = b"\x08\x00", struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), ip_id, 0x4000, 128, 6, 0) + src[0] + dst[0]
        ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    whole = mac(dst[0]) + mac(src[0]) + kind + ip + tcp
    return whole + bytes(max(0, 60 - len(whole)))


class Connection:
    """Both ends of one TCP connection; index True is the client, False the server."""

    def __init__(self, capture, name, client, server):
        self.capture, self.name = capture, name
        self.address = {True: endpoint(client), False: endpoint(server)}
        seed = zlib.crc32(f"{name} {client} {server}".encode())
        self.seq = {True: seed, False: seed * 2654435761 % 2**32}
        self.acked = dict(self.seq)      # how far each side's bytes were acknowledged by the other
        self.owed = {True: None, False: None}    # when a delayed acknowledgement by that side is due
        self.open = self.closed = self.midstream = False
        self.end = "client"

    def put(self, time, client, flags, data=b"", written=True):
        """One segment. The acknowledgement it carries settles what this side owed."""
        other = not client
        if flags & ACK:
            self.acked[other] = self.seq[other]
            self.owed[client] = None
        if written:
            self.capture.put(time, self.address[client], self.address[other], self.seq[client],
                             self.seq[other] if flags & ACK else 0, flags, data)
        self.seq[client] = (self.seq[client] + len(data) + bool(flags & (SYN | FIN))) % 2**32

    def handshake(self):
        self.open = True
        if self.midstream:
            self.seq = {k: (v + 0x1234567) % 2**32 for k, v in self.seq.items()}
            self.acked = dict(self.seq)
            return
        clock = self.capture
        self.put(clock.now, True, SYN)
        self.put(clock.wait(LATENCY), False, SYN | ACK)
        self.put(clock.wait(0.00006), True, ACK)
        clock.wait(0.0004)

    def settle(self, until):
        """Send the delayed acknowledgements that fall due before a moment."""
        for side in (True, False):
            if self.owed[side] is not None and self.owed[side] <= until:
                self.put(self.owed[side], side, ACK)

    def write(self, client, data, mss, lose):
        """Data of one side, cut into segments. lose(): is the next segment to be left out?
        Returns the offsets of those that were."""
        clock, lost = self.capture, []
        pieces = [data[i:i + mss] for i in range(0, len(data), mss)]
        for n, piece in enumerate(pieces):
            self.settle(clock.now)
            last = n + 1 == len(pieces)
            if lose():
                lost.append(n * mss)
            self.put(clock.now, client, ACK | (PSH if last else 0), piece, n * mss not in lost)
            if n % 2:
                self.put(clock.wait(0.00008), not client, ACK)
            else:
                self.owed[not client] = clock.now + DELAYED_ACK
            if not last:
                clock.wait(0.00045)
        return lost

    def finish(self):
        if not self.open or self.closed:
            return
        self.closed = True
        clock = self.capture
        self.settle(float("inf") if self.end == "none" else clock.now)
        if self.end == "none":
            return
        who, _, how = self.end.partition(" ")
        client = who != "server"
        if how == "rst":
            self.put(clock.now, client, RST | ACK)
            return
        there, back = (LATENCY, 0.00006) if client else (0.0003, LATENCY)
        self.put(clock.now, client, FIN | ACK)
        self.put(clock.wait(there), not client, FIN | ACK)
        self.put(clock.wait(back), client, ACK)


# ------------------------------------------------------------------ capture

class Capture:
    """Plays the steps of a dialogue and keeps the frames."""

    def __init__(self, steps, name="dialogue"):
        self.name, self.packets, self.conns, self.order = name, [], {}, []
        self.now, self.last, self.mss, self.losses = 0.0, None, 1460, []
        self.start = datetime.datetime(2003, 1, 1, tzinfo=datetime.timezone.utc).timestamp()
        self.random = zlib.crc32(name.encode()) or 1
        self.joining, self.pending = False, None
        self.current = None
        for step in steps:
            if isinstance(step, Command):
                self.say(step)
            else:
                getattr(self, "do_" + step.name)(step)
        self.flush()
        for conn in self.order:
            conn.finish()
            self.wait(0.01)

    # time
    def wait(self, seconds):
        self.now += seconds
        return self.now

    def jitter(self):
        self.random = (self.random * 1103515245 + 12345) % 2**31
        return self.random / 2**31

    def put(self, time, src, dst, seq, ack, flags, data):
        self.packets.append((round(time * 1e6), len(self.packets), src, dst, seq, ack, flags, data))

    # commands
    def say(self, command):
        conn = self.conns[command.conn]
        if conn.closed:
            raise DialogueError(f"{self.name}:{command.number}: {conn.name} is closed")
        key = (conn, command.client)
        if self.pending and self.pending[:2] != key:
            self.flush()
        if self.pending:
            self.pending[2].append(command)
        else:
            self.pending = key + ([command],)
        if not self.joining:
            self.flush()

    def flush(self):
        if not self.pending:
            return
        conn, client, said = self.pending
        self.pending = None
        if self.last is not None:
            turn = self.last != (conn, client)
            if turn and not client:
                self.wait(LATENCY + 0.020 * self.jitter())
            elif turn:
                self.wait(0.003 + 0.010 * self.jitter())
            else:
                self.wait(0.0008 + 0.004 * self.jitter())
        if not conn.open:
            conn.handshake()
        lost = conn.write(client, b"".join(c.wire() for c in said), self.mss, self.lose)
        self.last = (conn, client)
        start = 0
        for command in said:
            end = start + len(command.wire())
            command.lost = any(at < end and start < at + self.mss for at in lost)
            start = end

    def lose(self):
        self.losses = [n - 1 for n in self.losses]
        if 0 in self.losses:
            self.losses.remove(0)
            return True
        return False

    # directives
    def do_start(self, step):
        if self.packets or self.pending:
            raise DialogueError(f"{self.name}:{step.number}: @start must come first")
        when = datetime.datetime.strptime(step.args[0], "%Y-%m-%dT%H:%M:%SZ")
        self.start = when.replace(tzinfo=datetime.timezone.utc).timestamp()

    def do_conn(self, step):
        name, rest = step.args[0], step.args[1:]
        self.flush()
        if rest:
            if name in self.conns or len(rest) < 2:
                raise DialogueError(f"{self.name}:{step.number}: bad @conn {name}")
            self.conns[name] = Connection(self, name, rest[0], rest[1])
            self.order.append(self.conns[name])
        elif name not in self.conns:
            raise DialogueError(f"{self.name}:{step.number}: @conn {name} needs addresses")

    def do_at(self, step):
        self.flush()
        if not step.args[0].startswith("+"):
            raise DialogueError(f"{self.name}:{step.number}: @at takes +SECONDS")
        self.wait(float(step.args[0]))
        for conn in self.order:
            if conn.open and not conn.closed:
                conn.settle(self.now)

    def do_close(self, step):
        self.flush()
        conn, how = self.conns[step.args[0]], step.args[1:]
        if how[0] not in ("client", "server", "rst", "none") or how[1:] not in ([], ["client"], ["server"]):
            raise DialogueError(f"{self.name}:{step.number}: bad @close")
        conn.end = f"{(how[1:] or ['client'])[0]} rst" if how[0] == "rst" else how[0]
        self.wait(0.002 if conn.end.startswith("client") else LATENCY)
        conn.finish()

    def do_midstream(self, step):
        conn = self.conns[step.args[0]]
        if conn.open:
            raise DialogueError(f"{self.name}:{step.number}: @midstream after the first command")
        conn.midstream = True

    def do_mss(self, step):
        self.flush()
        self.mss = int(step.args[0])

    def do_join(self, step):
        self.flush()
        self.joining = True

    def do_flush(self, step):
        self.flush()
        self.joining = False

    def do_lose(self, step):
        self.flush()
        self.losses.append(int(step.args[0]))

    # output
    def frames(self):
        """Yields the time in microseconds and the bytes of each frame."""
        counters = {}
        for micro, _, src, dst, seq, ack, flags, data in sorted(self.packets, key=lambda p: p[:2]):
            counters[src[0]] = (counters.get(src[0], zlib.crc32(src[0]) % 60000) + 1) % 65536
            yield int(self.start) * 1000000 + micro, frame(src, dst, seq, ack, flags, data, counters[src[0]], 1460)

    def pcap(self):
        out = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)]
        for stamp, raw in self.frames():
            out.append(struct.pack("<IIII", stamp // 1000000, stamp % 1000000, len(raw), len(raw)) + raw)
        return b"".join(out)

    def truth(self, steps):
        for conn in self.order:
            ip, port = conn.address[True]
            yield {"conn": conn.name, "event": "open", "via": "tcp", "peer": [str(ipaddress.IPv4Address(ip)), port]}
        for c in commands(steps):
            if c.lost:
                continue
            record = {"conn": c.conn, "dir": "C>S" if c.client else "S>C", "line": c.line}
            if c.payload:
                record["payload_base64"] = base64.b64encode(c.payload).decode()
            yield record


# ------------------------------------------------------------------ are the dialogues right?

PRODUCT_KEYS = {          # the public name a client sends in QRY, and the published key that belongs to it
    "msmsgs@msnmsgr.com": "Q1P7W2E4J9R8U3S5",
    "PROD0038W!61ZTF9": "VT6PX?UQTM4WM%YR",
    "PROD0058#7IL2{QD": "QHDCY@7R1TB6W?5B",
    "PROD0061VRRZH@4F": "JXQ6J@TUOGYV@N0M",
    "PROD0090YUAUV{2B": "YMM8C_H7KCQ2S_KL",
    "PROD0101{0RM?UBW": "CFHUR$52U_{VIX5T",
    "PROD0104U6VVM{UJ": "VK67B}379XYM5}$T",
    "PROD01065C%ZFN6F": "O4BG@C7BWLYQX?5G",
    "PROD0112J1LW7%NB": "RH96F{PHI8PPX_TJ",
    "PROD0114ES4Z%Q5W": "PK}_A_0N_K%O?A9S",
    "PROD0118R6%2WYOS": "YIXPX@5I2P0UT*LK",
    "PROD0119GSJUC$18": "ILTXC!4IXB5FB*PX",
    "PROD0120PW!CCV9@": "C1BX{V4W}Q3*10SM",
}
WRONG = ("msnp.challenge_verdict", "wrong")      # the expectation that marks an answer as wrong on purpose
PASSWORDS = {"alice@example.com": "wonderland", "bob@example.com": "builder", "carol@example.com": "singer"}


def answer_old(challenge, key):
    """Challenge answer of MSNP6 to MSNP10, and with a password for a key the MD5 sign-in."""
    return hashlib.md5((challenge + key).encode()).hexdigest()


def answer_new(challenge, product, key):
    """Challenge answer of MSNP11 and later."""
    d = struct.unpack("<4I", hashlib.md5((challenge + key).encode()).digest())
    k = [x & 0x7FFFFFFF for x in d]
    s = challenge + product
    s += "0" * (8 - len(s) % 8)
    w = struct.unpack("<%dI" % (len(s) // 4), s.encode())
    m, high, low = 0x7FFFFFFF, 0, 0
    for a, b in zip(w[0::2], w[1::2]):
        t = (k[0] * ((0x0E79A9C1 * a) % m + high) + k[1]) % m
        high = (k[2] * ((b + t) % m) + k[3]) % m
        low += high + t
    high, low = (high + k[1]) % m, (low + k[3]) % m
    return struct.pack("<4I", d[0] ^ high, d[1] ^ low, d[2] ^ high, d[3] ^ low).hex()


def lint(steps):
    """Yields (line number, problem) for what must be right in a sample: answers, digests, lengths."""
    version, challenge, salt, user = {}, {}, {}, {}
    for c in commands(steps):
        field = c.line.split(" ")
        if not c.client and field[0] == "VER" and len(field) > 2 and field[2].startswith("MSNP"):
            version[c.conn] = int(field[2][4:])
        elif not c.client and field[0] == "CHL":
            challenge[c.conn] = field[2]
        elif field[:1] == ["USR"] and field[2:4] == ["MD5", "I"]:
            user[c.conn] = field[4]
        elif field[:1] == ["USR"] and field[2:4] == ["MD5", "S"]:
            if not c.client:
                salt[c.conn] = field[4]
            elif field[4] != answer_old(salt[c.conn], PASSWORDS[user[c.conn]]):
                yield c.number, f"MD5 digest should be {answer_old(salt[c.conn], PASSWORDS[user[c.conn]])}"
        elif c.client and field[0] == "QRY" and c.conn in challenge and WRONG not in c.expect:
            key = PRODUCT_KEYS[field[2]]
            if version.get(c.conn, 8 if field[2] == "msmsgs@msnmsgr.com" else 15) < 11:
                right = answer_old(challenge[c.conn], key)
            else:
                right = answer_new(challenge[c.conn], field[2], key)
            if c.payload.decode() != right:
                yield c.number, f"answer to the challenge should be {right}"
        if c.payload and "{len}" not in c.template and field[-1] != str(len(c.payload)):
            yield c.number, f"payload has {len(c.payload)} bytes"
        at = c.payload.lower().find(b"\r\ncontent-length:")
        if at >= 0 and field[0] in ("SDG", "PUT", "DEL", "NFY"):
            told = int(c.payload[at + 17:].split(b"\r\n")[0])
            body = c.payload[c.payload.index(b"\r\n\r\n", at) + 4:]
            if told != len(body):
                yield c.number, f"Content-Length says {told}, body has {len(body)} bytes"


# ------------------------------------------------------------------ command line

def load(path):
    name = os.path.basename(path)
    with open(path, encoding="utf-8", newline="") as f:
        steps = parse(f.read(), name)
    return steps, Capture(steps, name)


def build(path, target, truth_dir):
    steps, capture = load(path)
    for number, problem in lint(steps):
        print(f"{os.path.basename(path)}:{number}: {problem}", file=sys.stderr)
    data = capture.pcap()
    if target:
        with open(target, "wb") as f:
            f.write(data)
    if truth_dir:
        base = os.path.join(truth_dir, os.path.basename(path)[:-len(".dialogue")])
        with open(base + ".pcap", "wb") as f:
            f.write(data)
        with open(base + ".truth.jsonl", "w", encoding="utf-8") as f:
            for record in capture.truth(steps):
                f.write(json.dumps(record, ensure_ascii=False) + "\n")


def check(paths):
    bad = 0
    for path in paths:
        steps, capture = load(path)
        for number, problem in lint(steps):
            print(f"{os.path.basename(path)}:{number}: {problem}")
            bad += 1
        target = path[:-len(".dialogue")] + ".pcap"
        try:
            with open(target, "rb") as f:
                same = f.read() == capture.pcap()
        except FileNotFoundError:
            same = False
        if not same:
            print(f"{os.path.basename(target)} is not what its dialogue gives; run mkpcap.py --all")
            bad += 1
    return 1 if bad else 0


def write_one(script, capture, argv, usage):
    """What a script does that writes one capture, mkNAME.py beside NAME.pcap; capture() gives its bytes."""
    folder, name = os.path.split(os.path.abspath(script))
    target = os.path.join(folder, name[len("mk"):-len(".py")] + ".pcap")
    if argv == ["--check"]:
        with open(target, "rb") as f:
            if f.read() == capture():
                return 0
        print(f"{os.path.basename(target)} is not what {name} gives; run it")
        return 1
    if len(argv) > 1 or (argv and argv[0].startswith("-")):
        print(usage, file=sys.stderr)
        return 2
    with open(argv[0] if argv else target, "wb") as f:
        f.write(capture())
    return 0


def main(argv):
    here = os.path.dirname(os.path.abspath(__file__))
    every = sorted(os.path.join(here, f) for f in os.listdir(here) if f.endswith(".dialogue"))
    args, truth_dir, mode = [], None, None
    argv = list(argv)
    while argv:
        a = argv.pop(0)
        if a == "--truth" and argv:
            truth_dir = argv.pop(0)
            os.makedirs(truth_dir, exist_ok=True)
        elif a in ("--all", "--check", "--list"):
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
                build(path, path[:-len(".dialogue")] + ".pcap", truth_dir)
            return 0
        if mode == "--list" and args:
            for path in args:
                for c in commands(load(path)[0]):
                    print(f"{c.conn} {'>>>' if c.client else '<<<'} {c.line}")
            return 0
        if not 1 <= len(args) <= 2 or not args[0].endswith(".dialogue"):
            print(__doc__, file=sys.stderr)
            return 2
        target = args[1] if len(args) == 2 else None if truth_dir else args[0][:-len(".dialogue")] + ".pcap"
        build(args[0], target, truth_dir)
        return 0
    except DialogueError as e:
        print(e, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
