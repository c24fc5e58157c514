# SPDX-License-Identifier: BSD-2-Clause
"""What the test scripts of this folder share: TAP, running the program, reading and rewriting captures."""
import base64
import collections
import importlib.util
import json
import os
import struct
import subprocess
import sys

MSNSCOPE = os.environ.get("MSNSCOPE", "./msnscope")
SRCDIR = os.environ.get("srcdir", ".")
SECONDS = 20    # in which the program must be done with any small capture


class Wrong(Exception):
    """A test case failed; the text says why."""


def require(condition, text):
    if not condition:
        raise Wrong(text)


class Tap:
    """Prints test cases as they end."""

    def __init__(self):
        self.count = self.failed = 0

    def report(self, name, problem=None):
        self.count += 1
        self.failed += problem is not None
        print(f"{'ok' if problem is None else 'not ok'} {self.count} - {name}")
        if problem is not None:
            print("".join(f"# {line}\n" for line in str(problem).splitlines() or [""]), end="")
        sys.stdout.flush()

    def case(self, name, function, *args):
        """Runs a function that raises Wrong when the case fails."""
        try:
            function(*args)
        except (Wrong, ValueError, OSError, KeyError) as wrong:
            self.report(name, str(wrong) if isinstance(wrong, Wrong) else repr(wrong))
        else:
            self.report(name)

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}")

    def done(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0


# ------------------------------------------------------------------ the program

Result = collections.namedtuple("Result", "status out err")


def environment(**changes):
    env = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "CLICOLOR_FORCE", "COLUMNS")}
    env.update({"LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "xterm"}, **changes)
    return env


def run(*args, data=None, env=None, cwd=None):
    """Runs the program. A crash, a report of a sanitizer, or taking too long is Wrong; any known status is returned."""
    try:
        p = subprocess.run([os.path.abspath(MSNSCOPE), *args], input=data, capture_output=True, timeout=SECONDS, check=False,
                           env=env or environment(), cwd=cwd, **({"stdin": subprocess.DEVNULL} if data is None else {}))
    except subprocess.TimeoutExpired:
        raise Wrong(f"msnscope {' '.join(args)} runs longer than {SECONDS} s") from None
    messages = p.stderr[:2000].decode("utf-8", "replace")
    require(p.returncode in (0, 2, 3), f"msnscope {' '.join(args)} ended with status {p.returncode}: {messages}")
    require("runtime error" not in messages and "Sanitizer" not in messages, messages)
    return Result(p.returncode, p.stdout, p.stderr)


def parse_json(output):
    """Records of JSON Lines, which must be valid UTF-8."""
    return [json.loads(line) for line in output.decode("utf-8").split("\n")[:-1]]


def read_events(capture, *options, status=(0,)):
    """The records of `msnscope json --payload` for a file name, or for the bytes of a capture."""
    if isinstance(capture, bytes):
        result = run("json", "--payload", *options, "-", data=capture)
    else:
        result = run("json", "--payload", *options, capture)
    require(result.status in status, f"status {result.status}: {result.err.decode('utf-8', 'replace')}")
    return parse_json(result.out)


def exact_line(event):
    if event["line"] is None:
        return None
    return base64.b64decode(event["line_base64"]) if "line_base64" in event else event["line"].encode()


def exact_payload(event):
    return base64.b64decode(event["payload_base64"])


def is_web(event):
    """Is it a request or response of a web service?"""
    return event["protocol"] not in ("msnp", "tcp") and is_command(event)


def is_command(event):
    return event["protocol"] != "tls" and event["name"] not in (
        "lost", "skipped", "gateway", "unanswered", "unrequested", "incomplete")


def without_web(records):
    """The records but for connections that carry web services, or TLS."""
    web = {r["connection"] for r in records if r["type"] == "event" and (is_web(r) or r["protocol"] == "tls")}
    return [r for r in records if r.get("id" if r["type"] == "connection" else "connection") not in web or r["type"] == "offline_message"]


Conversation = collections.namedtuple("Conversation", "connections events")


def conversations(records):
    """{(client, server, nth of these addresses): Conversation}, connections by first frame, events of each as they come."""
    connections = {r["id"]: r for r in records if r["type"] == "connection"}
    keys, seen = {}, collections.Counter()
    for c in sorted(connections.values(), key=lambda c: c["first_frame"]):
        ends = c["client"], c["server"]
        keys[c["id"]] = ends + (seen[ends],)
        seen[ends] += 1
    out = {key: Conversation(connections[i], []) for i, key in keys.items()}
    for r in records:
        if r["type"] == "event":
            out[keys[r["connection"]]].events.append(r)
    return out


# ------------------------------------------------------------------ captures

def sample(name):
    return os.path.join(SRCDIR, "samples", name)


def samples():
    """Paths of all sample captures."""
    folder = os.path.join(SRCDIR, "samples")
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(".pcap")]


def read_bytes(path):
    with open(path, "rb") as f:
        return f.read()


def load_script(path, name):
    """A script of the source tree as a module."""
    spec = importlib.util.spec_from_file_location(name, os.path.join(SRCDIR, path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Pcap:
    """A little-endian pcap file in microseconds, as the samples are: packets are (time in microseconds, frame)."""

    def __init__(self, data):
        self.header, self.packets = data[:24], []
        at = 24
        while at < len(data):
            second, micro, length, _ = struct.unpack_from("<IIII", data, at)
            self.packets.append((second * 1000000 + micro, data[at + 16:at + 16 + length]))
            at += 16 + length

    def offsets(self):
        """Where each record begins, and the end of the file."""
        out = [len(self.header)]
        for _, frame in self.packets:
            out.append(out[-1] + 16 + len(frame))
        return out

    def write(self, packets=None):
        out = [self.header]
        for time, frame in self.packets if packets is None else packets:
            out.append(struct.pack("<IIII", time // 1000000, time % 1000000, len(frame), len(frame)) + frame)
        return b"".join(out)


Tcp = collections.namedtuple("Tcp", "source target sequence flags data")


def decode_tcp(frame):
    """Addresses as (ip, port), sequence number, flags and data of an Ethernet frame with IPv4."""
    total, = struct.unpack_from("!H", frame, 16)
    at = 14 + (frame[14] & 15) * 4
    source, target, sequence, _, offset, flags = struct.unpack_from("!HHIIBB", frame, at)
    return Tcp((frame[26:30], source), (frame[30:34], target), sequence, flags, frame[at + (offset >> 4) * 4:14 + total])
