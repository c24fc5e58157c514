#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Hold the keys and looks of the manual page against the tables that the program has them from; TAP.

A difference is shown as the lines that the page has to hold between its marks.
"""
import difflib
import os
import re
import sys

import support
from support import require

STRING = r'"((?:[^"\\]|\\.)*)"'
SIGNS = {"\\": r"\e", "'": r"\(aq", "-": r"\-"}


def table(name, macro, columns):
    """The strings of each line of a table."""
    with open(os.path.join(support.SRCDIR, "src/tui", name), encoding="utf-8") as f:
        text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
    rows = [re.findall(STRING, line) for line in re.findall(rf"^{macro}\((.*)\)$", text, re.M)]
    require(rows and all(len(row) == columns for row in rows), f"{name} is not as it was")
    return [[re.sub(r"\\(.)", r"\1", word) for word in row] for row in rows]


def argument(word):
    """A word of a macro's line that is neither a macro nor punctuation to mdoc."""
    return r"\&" + "".join(SIGNS.get(c, c) for c in word)


def sentence(text):
    return (text[0].upper() + text[1:] + ".").replace("\\", r"\e")


def keys():
    group = None
    for name, bound, part, text in table("actions.def", "ACTION", 4):
        if part != group:
            if group:
                yield ".El"
            yield from (".Pp", f"{part}:", ".Bl -tag -width Ds -compact")
        group = part
        yield f".It Ic {' '.join(argument(k) for k in bound.split())} Pq Cm {name}"
        yield sentence(text)
    yield ".El"


def looks():
    yield ".Bl -tag -width selected-aside -compact"
    for name, theme, meaning in table("looks.def", "LOOK", 3):
        yield f".It Cm {name}"
        yield f"{meaning}:"
        yield f".Ql {theme}"
    yield ".El"


def check(mark, wanted):
    with open(os.path.join(support.SRCDIR, "man/msnscope.1"), encoding="utf-8") as f:
        parts = re.findall(rf'^\.\\" {mark}: begin$\n(.*?)^\.\\" {mark}: end$', f.read(), re.M | re.S)
    require(len(parts) == 1, f"the page has {len(parts)} parts marked '{mark}'")
    diff = difflib.unified_diff(parts[0].splitlines(), list(wanted), "man/msnscope.1", "tables", n=0, lineterm="")
    text = "\n".join(diff)
    require(not text, text)


def main():
    tap = support.Tap()
    tap.case("keys of the TUI in the manual page", lambda: check("keys", keys()))
    tap.case("looks of the TUI in the manual page", lambda: check("looks", looks()))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
