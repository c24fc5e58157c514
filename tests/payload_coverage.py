#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""How much of the payloads is understood: the share of their bytes that lie in a named field; TAP.

usage: payload_coverage.py [--table] [CAPTURE...]

Of every payload of MSNP commands and of connections between clients, at least 99 of 100 bytes have to lie in the range of
a field other than those for what is not broken up; for all captures together, and for each. --table prints the shares by
command and content type, and the fields that leave bytes alone, of the captures named or of all.
"""
import collections
import os
import sys

import support
from support import exact_payload, require

SHARED = os.path.join(support.SRCDIR, "..", "shared")
WANTED = 0.99
# Fields whose bytes are shown and not broken up.
OPAQUE = {"payload.data", "payload.secret", "msg.body", "file.reserved", "slp.context_data", "typed.bytes", "p2p.unread",
          "p2p.tlv_value", "routing.trailing", "uun.text", "oim.body"}


def understood(event, length):
    """1 for each byte of the payload that lies in a field."""
    known = bytearray(length)
    # The parts of a split message are broken up when they are joined.
    opaque = OPAQUE if "msg.message_id" in event["fields"] else OPAQUE | {"msg.body_text"}
    for name, source, at, size in event["ranges"]:
        if source == "payload" and name not in opaque:
            require(at + size <= length, f"event {event['id']}: {name} reaches beyond the payload")
            known[at:at + size] = b"\1" * size
    return known


class Count:
    def __init__(self):
        self.all, self.known = collections.Counter(), collections.Counter()
        self.examples = {}

    def add(self, event):
        payload = exact_payload(event)
        kind = " ".join(filter(None, (event["name"], event["fields"].get("msg.content_type"))))
        known = understood(event, len(payload))
        self.all[kind] += len(payload)
        self.known[kind] += sum(known)
        if sum(known) < len(payload) and kind not in self.examples:
            at = known.index(0)
            self.examples[kind] = f"event {event['id']}, offset {at}: {payload[at:at + 40]!r}"

    def share(self):
        total = sum(self.all.values())
        return sum(self.known.values()) / total if total else 1.0

    def table(self):
        rows = [f"{n:10d} {self.known[kind] / n:8.2%} {kind}  {self.examples.get(kind, '')}" for kind, n in self.all.most_common() if n]
        return "\n".join(rows)


def read(path, total):
    count = Count()
    for e in support.read_events(path, "--ranges", status=(0, 3)):
        if e["type"] == "event" and e["protocol"] in ("msnp", "p2p", "msnftp", "webcam") and e["name"] not in ("lost", "skipped") \
                and e.get("payload_base64") and "payload_lost" not in e:
            count.add(e)
            total.add(e)
    return count


def enough(count):
    require(count.share() >= WANTED, f"{count.share():.2%}\n{count.table()}")


def captures():
    yield from support.samples()
    for root, folders, names in os.walk(os.path.join(SHARED, "captures")):
        folders.sort()
        yield from (os.path.join(root, name) for name in sorted(names) if name.endswith((".pcap", ".pcapng")))


def main(argv):
    total = Count()
    if argv[:1] == ["--table"]:
        for path in argv[1:] or captures():
            read(path, total)
        print(total.table(), f"{total.share():.2%}", sep="\n")
        return 0
    tap = support.Tap()
    for path in captures():
        tap.case(f"{os.path.basename(path)}: payloads are understood", lambda p: enough(read(p, total)), path)
    tap.case("all payloads together", enough, total)
    if not os.path.isdir(os.path.join(SHARED, "captures")):
        tap.skip("captures of real clients", "not there")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
