#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Secrets of web services and gateway sessions in what a person reads; TAP.

Of every capture, all that is marked as secret anywhere is collected: passwords, tickets, tokens, cookies, keys. None of it
may show in text, text -v or text -vv without --show-secrets, neither where it is marked nor anywhere else, nor in the
bytes of a hex dump; with --show-secrets it does show. Captures of real clients are read when they lie beside the source
tree.
"""
import os
import re
import sys

import support
import wire_text
from support import require

SHARED = os.path.join(support.SRCDIR, "..", "shared", "captures")
# Shorter secrets would be found in unrelated words; of longer ones, pieces of this length are looked for.
SHORTEST, PIECE = 6, 12
# Parts of a secret that are none by themselves: a whole header, or a token that is XML, is marked as one.
COMMON = re.compile(rb"</?[A-Za-z:]+|/>|xmlns(:\w+)?|https?://[^\s\"'<,&]+|urn:[^\s\"'<]+|[\w.+-]+(@|%40)[\w.-]+|"
                    rb"\d{4}-\d\d-\d\dT[\d:]+Z?|\w{3}, ?\d\d[ -]\w{3}[ -]\d{4} [\d:]+( GMT)?|Passport1\.4|\b[a-z-]+=")
XML = re.compile(rb"&(amp|lt|gt|quot|apos);")
ENTITIES = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}


def captures():
    for path in support.samples():
        if os.path.basename(path).startswith(("gateway-", "oim", "web-", "services")):
            yield path
    for root, folders, names in os.walk(SHARED):
        folders.sort()
        for name in sorted(names):
            # The largest holds the same again and again.
            if name.endswith(".pcap") and os.path.getsize(os.path.join(root, name)) < 4 << 20:
                yield os.path.join(root, name)


def secret_fields():
    return {f["name"] for f in support.parse_json(support.run("fields", "--json").out) if f["secret"]}


def named(value, secret, name=None):
    """Values of the fields that are described as secret, wherever in the tree."""
    if isinstance(value, dict):
        if name in secret and "hex" in value:
            yield bytes.fromhex(value["hex"])
        for key, child in value.items():
            yield from named(child, secret, name if key == "value" else key)
    elif isinstance(value, list):
        for child in value:
            yield from named(child, secret, name)
    elif isinstance(value, str) and name in secret:
        yield value.encode()


def ranged(event, secret):
    """Bytes of such fields as they stand in the payload; those of dictionaries, too."""
    payload = support.exact_payload(event)
    for name, source, offset, length in event["ranges"]:
        if name in secret and source == "payload":
            yield payload[offset:offset + length]


def from_json(path, secret):
    for event in support.read_events(path, "--ranges", status=(0, 3)):
        if event["type"] == "event":
            yield from named(event["fields"], secret)
            yield from ranged(event, secret)


def from_text(masked, shown):
    """What stands in place of *** when secrets are shown, a field a line."""
    a, b = masked.split(b"\n"), shown.split(b"\n")
    require(len(a) == len(b), f"{len(a)} lines without secrets, {len(b)} with them")
    for x, y in zip(a, b):
        if x != y and x.endswith(b": ***"):
            value = y[len(x) - 3:]
            yield value[1:-1] if value[:1] == b'"' else b""


def pieces(value):
    """Parts of a secret that must not show.  Without a digit it may be a word like "success" within a secret header."""
    for part in re.split(rb"[\0\s,;\"'<>]+", COMMON.sub(b"\0", value)):
        if len(part) >= SHORTEST and re.search(rb"\d", part):
            for at in range(max(len(part) - PIECE, 0) + 1):
                yield part[at:at + PIECE]


def windows(text, lengths):
    """All pieces of a text, by their length: quicker than looking for thousands one by one."""
    return {length: {text[at:at + length] for at in range(len(text) - length + 1)} for length in lengths}


def check_level(level, path, wanted):
    shown = support.run(*level.split(), path).out
    for what, text in (("text", shown), ("hex dump", wire_text.hex_dump_bytes(shown))):
        parts = windows(text, {len(piece) for piece in wanted})
        for piece in sorted(wanted):
            require(piece not in parts[len(piece)], f"{level}: {piece!r} of a secret shows in the {what}")


def check_capture(path, secret):
    masked, shown = (support.run("text", "-v", *options, path).out for options in ([], ["--show-secrets"]))
    values = set(from_text(masked, shown)) | set(from_json(path, secret))
    values |= {XML.sub(lambda m: ENTITIES[m[1]], value) for value in values}
    wanted = {piece for value in values for piece in pieces(value)}
    for level in wire_text.LEVELS:
        check_level(level, path, wanted)
    if wanted:
        require(any(piece in shown for piece in wanted), "--show-secrets shows none")


def main():
    tap, secret = support.Tap(), secret_fields()
    for path in captures():
        tap.case(os.path.relpath(path, support.SRCDIR), check_capture, path, secret)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
