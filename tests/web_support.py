# SPDX-License-Identifier: BSD-2-Clause
"""HTTP and XML read once more, by Python alone, for the test scripts of this folder to compare with.

Only for captures as support.Pcap reads them: Ethernet, IPv4, TCP.
"""
import collections
import ipaddress
import re
import zlib
import xml.etree.ElementTree as ElementTree

import support
from support import require

METHODS = b"GET ", b"POST ", b"HEAD ", b"PUT ", b"OPTIONS "

Message = collections.namedtuple("Message", "start headers body frames")
Exchange = collections.namedtuple("Exchange", "client server request response")


def name_of(end):
    return f"{ipaddress.IPv4Address(end[0])}:{end[1]}"


# ------------------------------------------------------------------ TCP

class Side:
    """What one end sends: segments by their offset, the first copy of every byte."""

    def __init__(self, first):
        self.first, self.segments = first, []

    def put(self, sequence, data, frame):
        offset = (sequence - self.first) % 2**32
        if data and offset < 2**31:
            self.segments.append((offset, data, frame))

    def joined(self):
        """The bytes up to the first that is missing, and (offset, frame) for each segment that added some."""
        out, marks, waiting = bytearray(), [], sorted(self.segments, key=lambda s: s[0])
        for offset, data, frame in waiting:
            if offset > len(out):
                break
            new = data[len(out) - offset:]
            if new:
                marks.append((len(out), frame))
                out += new
        return bytes(out), marks


def tcp_connections(pcap):
    """[(client, server, {end: Side})] of all connections whose beginning was captured."""
    out, current = [], {}
    for number, (_, frame) in enumerate(pcap.packets, 1):
        if frame[12:14] != b"\x08\x00" or frame[23] != 6:
            continue
        p = support.decode_tcp(frame)
        key = frozenset((p.source, p.target))
        if p.flags & 0x12 == 2:
            old = current.get(key)
            if not old or old[2][p.source].first != (p.sequence + 1) % 2**32:
                current[key] = (p.source, p.target, {p.source: Side((p.sequence + 1) % 2**32)})
                out.append(current[key])
        elif key in current:
            sides = current[key][2]
            if p.flags & 2:
                sides.setdefault(p.source, Side((p.sequence + 1) % 2**32))
            elif p.source in sides:
                sides[p.source].put(p.sequence, p.data, number)
    return out


# ------------------------------------------------------------------ HTTP

def dechunk(data, at):
    body = b""
    while True:
        end = data.index(b"\r\n", at)
        size = int(data[at:end].split(b";")[0], 16)
        at = end + 2
        if not size:
            while data.index(b"\r\n", at) != at:
                at = data.index(b"\r\n", at) + 2
            return body, at + 2
        require(at + size + 2 <= len(data), "chunk is cut")
        body += data[at:at + size]
        at += size + 2


def decoded(body, coding):
    if coding in ("gzip", "x-gzip"):
        return zlib.decompress(body, 31)
    if coding == "deflate":
        try:
            return zlib.decompress(body)
        except zlib.error:
            return zlib.decompress(body, -15)
    return body


def messages(data, marks, responses):
    """The complete messages of one direction; 1xx responses are left out."""
    out, at = [], 0
    while True:
        head = re.compile(rb"\r\n\r\n").search(data, at)
        if not head:
            return out
        start, *lines = data[at:head.start()].decode("latin-1").split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers.setdefault(name.strip().lower(), value.strip())
        begin, end = at, head.end()
        if headers.get("transfer-encoding", "").lower() == "chunked":
            try:
                body, end = dechunk(data, end)
            except (ValueError, support.Wrong):
                return out
        else:
            open_ended = responses and not re.match(r"HTTP/1.. (1|204|304)", start)
            length = int(headers.get("content-length", len(data) - end if open_ended else 0))
            if end + length > len(data):
                return out
            body, end = data[end:end + length], end + length
        ends = [offset for offset, _ in marks[1:]] + [len(data)]
        frames = [frame for (offset, frame), after in zip(marks, ends) if offset < end and after > begin]
        if not (responses and re.match(r"HTTP/1.. 1", start)):
            out.append(Message(start, headers, decoded(body, headers.get("content-encoding", "").lower()), frames))
        at = end


def exchanges(pcap):
    """All HTTP exchanges, in the order of their requests on each connection; response None when there is none."""
    out = []
    for client, server, sides in tcp_connections(pcap):
        if server not in sides or client not in sides:
            continue
        data, marks = sides[client].joined()
        if not data.startswith(METHODS):
            continue
        answers = messages(*sides[server].joined(), True)
        for n, request in enumerate(messages(data, marks, False)):
            out.append(Exchange(name_of(client), name_of(server), request, answers[n] if n < len(answers) else None))
    return out


# ------------------------------------------------------------------ XML

def local(name):
    return name.rpartition("}")[2]


def namespace(name):
    return name[1:].partition("}")[0] if name.startswith("{") else ""


def is_soap(body):
    return re.match(rb"\s*(<\?xml[^>]*\?>)?\s*<([\w-]+:)?Envelope\b", body.removeprefix(b"\xef\xbb\xbf")) is not None


def tree(body):
    """The value that the program should give for the document: {name of the root: value}."""
    root = ElementTree.fromstring(body)
    return {local(root.tag): value(root, "")}


def value(element, outer):
    """Of an element in the namespace outer. Children of one name stand together, in order."""
    text = (element.text or "") + "".join(child.tail or "" for child in element)
    if not len(element) and not element.attrib:
        return text
    out = collections.OrderedDict()
    inner = namespace(element.tag)
    if inner and inner != outer:
        out["@xmlns"] = inner
    for name, attribute in element.attrib.items():
        add(out, "@" + local(name), attribute)
    if text.strip(" \t\r\n"):
        out["#text"] = text
    for child in element:
        add(out, local(child.tag), value(child, inner))
    return out


def add(out, name, item):
    if name not in out:
        out[name] = item
    elif isinstance(out[name], list):
        out[name].append(item)
    else:
        out[name] = [out[name], item]


def difference(wanted, got, where=""):
    """Where the two trees differ, names in order, or None."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        if list(wanted) != list(got):
            return f"{where}: members {list(got)}, not {list(wanted)}"
        found = (difference(wanted[name], got[name], f"{where}/{name}") for name in wanted)
    elif isinstance(wanted, list) and isinstance(got, list):
        if len(wanted) != len(got):
            return f"{where}: {len(got)} elements, not {len(wanted)}"
        found = (difference(a, b, f"{where}[{n}]") for n, (a, b) in enumerate(zip(wanted, got), 1))
    else:
        return None if wanted == got else f"{where}: {got!r:.200}, not {wanted!r:.200}"
    return next((text for text in found if text), None)


def leaf_texts(body):
    """The texts of all elements without children, in the order of the document; of those with attributes if there is one."""
    leaves = (e for e in ElementTree.fromstring(body).iter() if not len(e))
    return [e.text or "" for e in leaves if not e.attrib or (e.text or "").strip()]
