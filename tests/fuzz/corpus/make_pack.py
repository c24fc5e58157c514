#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the corpus of fuzz_pack beside itself: packed events, as src/timeline/pack_format.h lays them out."""

import pathlib
import shutil

HERE = pathlib.Path(__file__).resolve().parent
NAMES = [None, "line", "payload", "msnp", "tcp", "http", "trid", "order", "link"]
EMPTY, BYTES, SOURCE = 0, 1, 2
CHILD, UP, OTHER_SOURCE, SYNTAX, KEY, VALUE, RANGE = (1 << n for n in range(7))


def number(n):
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes(out + bytes([n]))


def signed(n):
    return number(2 * n if n >= 0 else -2 * n - 1)


def numbers(*values):
    return b"".join(number(n) for n in values)


def name(text):
    if text in NAMES:
        return number(NAMES.index(text))
    return number(len(NAMES) + len(text) + 1) + text.encode() + b"\0"


def text(data):
    return numbers(BYTES, len(data)) + data if data else number(EMPTY)


def inside(source, offset, length):
    return numbers(SOURCE + source, offset, length)


def field(flags, definition, offset, length, rest=b""):
    return numbers(flags, definition) + signed(offset) + number(length) + rest


def event(flags, kind, flagged, sources, texts, fields=(), findings=(), protocol="msnp", frames=(3, 1)):
    out = numbers(flags, kind, 7) + signed(1313000000 * 10**9)
    out += number(len(frames)) + b"".join(signed(n) for n in frames) + name(protocol) + flagged
    out += number(len(sources)) + b"".join(name(n) + data for n, data in sources) + b"".join(texts)
    out += number(len(fields)) + b"".join(fields) + number(len(findings)) + b"".join(findings)
    return out


LINE = b"MSG 7 N 5"
SOURCES = [("line", text(LINE)), ("payload", text(b"hello")), ("decoded", inside(1, 1, 3)), ("apart", text(b"other bytes"))]
LINE_TEXTS = [inside(0, 0, 9), inside(1, 0, 5), inside(0, 0, 3), numbers(4 << 1 | 1, 3, 1, 1, 1), text(b"a summary")]
OTHER_TEXTS = [number(EMPTY)] * 2 + [text(b"lost"), numbers(2 << 1) + text(b"of its own") + inside(0, 0, 3), number(EMPTY)]
FIELDS = [
    field(CHILD | VALUE | RANGE, 2, 4, 1),
    field(CHILD | VALUE | KEY | OTHER_SOURCE | SYNTAX, 2, 1, 2, numbers(2, 1, 300) + text(b"key") + text(b"value")),
    field(CHILD | VALUE | OTHER_SOURCE, 1, 0, 4, numbers(3, 77)),
    field(UP, 0, -0, 0, number(2)),
]
ALL_FLAGS = (1 << 13) - 1
ALL = number(7) + signed(3) + signed(-5) + name("by hand") + numbers(2, 1, 1, 1, 9, 2**64 - 1, 5)
INPUTS = {
    "command": event(2 | 4, 0, number(7), SOURCES, LINE_TEXTS),
    "fields": event(0, 4, b"", SOURCES, LINE_TEXTS, FIELDS, [numbers(1, 3) + text(b"odd"), numbers(0, 1) + inside(3, 0, 5)]),
    "every-flag": event(ALL_FLAGS, 5, ALL, SOURCES[:2], LINE_TEXTS, protocol="of its own"),
    "lost": event(1 << 11, 1, number(2**64 - 1), SOURCES[:2], OTHER_TEXTS, protocol="tcp", frames=()),
    "deep": event(0, 0, b"", SOURCES, LINE_TEXTS, [field(CHILD, n % 40, 1, n) for n in range(60)]),
    "many-fields-claimed": event(0, 0, b"", SOURCES, LINE_TEXTS)[:-2] + number(2**40) + b"\1" * 40,
    "far-up": event(0, 0, b"", SOURCES, LINE_TEXTS, [field(CHILD, 1, 0, 0), field(UP, 1, 0, 0, number(2**63))]),
    "source-in-later": event(0, 0, b"", [("line", inside(1, 0, 1)), SOURCES[1]], LINE_TEXTS),
    "name-without-end": event(0, 0, b"", SOURCES[:2], LINE_TEXTS, protocol="of its own").replace(b"own\0", b"ownx"),
}


def main():
    folder = HERE / "pack"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for title, data in INPUTS.items():
        (folder / title).write_bytes(data)
        print(title, len(data))


if __name__ == "__main__":
    main()
