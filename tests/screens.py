#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Run the rows of tests/SCREENS in tmux and compare the screens; TAP.

This script never writes a file: tests/update-goldens does, and shows what changes, to be read.
"""
import collections
import difflib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

import support
from support import Wrong, require

TESTS = os.path.join(support.SRCDIR, "tests")
KEY_PAUSE = 0.06      # between looks at the screen
PATIENCE = 10         # seconds for a screen to become what it should be
SETTLED = 4           # looks in a row that show the same

Row = collections.namedtuple("Row", "name sizes files options keys")


def parse_row(line):
    head, _, keys = line.partition(" : ") if " : " in line else (line.rstrip().removesuffix(":"), "", "")
    name, sizes, *words = shlex.split(head)
    # Quotes tell text from names of keys, so they stay.
    lexer = shlex.shlex(keys, posix=False)
    lexer.whitespace_split, lexer.commenters, lexer.quotes = True, "", '"'
    return Row(name, sizes.split(","), [w for w in words if not w.startswith("-")], [w for w in words if w.startswith("-")],
               list(lexer))


def read_rows():
    with open(os.path.join(TESTS, "SCREENS"), encoding="utf-8") as f:
        return [parse_row(line.rstrip("\n")) for line in f if line.strip() and not line.startswith("#")]


def golden_path(row, size):
    return os.path.join(TESTS, "screens", f"{row.name}-{size}.screen")


class Tmux:
    """One window of a server of its own."""

    def __init__(self, size, command, folder):
        columns, rows = size.split("x")
        self.socket = os.path.join(folder, "tmux")
        environment = {**support.environment(HOME=folder, XDG_CONFIG_HOME=folder, TMPDIR=folder), "PATH": os.environ["PATH"]}
        environment.pop("TMUX", None)
        for name in ("LSAN_OPTIONS",):
            environment.pop(name, None)
        self.environment = environment
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", columns, "-y", rows,
                  "-c", os.path.abspath(os.path.join(support.SRCDIR, "samples")), shlex.join(command) + "; echo; echo status $?; sleep 60")

    def tmux(self, *args):
        result = subprocess.run(["tmux", "-u", "-S", self.socket, *args], capture_output=True, env=self.environment, check=False)
        require(result.returncode == 0, f"tmux {args[0]}: {result.stderr.decode('utf-8', 'replace')}")
        return result.stdout.decode("utf-8", "replace")

    def screen(self, colours):
        lines = self.tmux("capture-pane", "-p", *(["-e"] if colours else []), "-t", "0").split("\n")
        return "".join(line.rstrip() + "\n" for line in lines[:-1]).replace("\x1b", "\\e")

    def settle(self, colours, unlike=None):
        """The screen when it no longer changes (and is not unlike any more)."""
        last, same, end = None, 0, time.monotonic() + PATIENCE
        while time.monotonic() < end and same < SETTLED:
            time.sleep(KEY_PAUSE)
            now = self.screen(colours)
            same = same + 1 if now == last and now.strip() and now != unlike else 0
            last = now
        return last

    def type(self, key):
        if key.startswith('"'):
            self.tmux("send-keys", "-l", "-t", "0", key.strip('"'))
        else:
            self.tmux("send-keys", "-t", "0", key)

    def close(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], capture_output=True, check=False)


def run_row(row, size):
    colours = row.name.startswith("colour-")
    with tempfile.TemporaryDirectory() as folder:
        window = Tmux(size, [os.path.abspath(support.MSNSCOPE), "tui", *row.options, *row.files], folder)
        try:
            screen = window.settle(colours)
            for key in row.keys:
                window.type(key)
                screen = window.settle(colours)
            return screen
        finally:
            window.close()


def check_row(row, size):
    path = golden_path(row, size)
    require(os.path.exists(path), f"{os.path.relpath(path, support.SRCDIR)} is not there: tests/update-goldens writes it")
    wanted, got = support.read_bytes(path).decode("utf-8"), run_row(row, size)
    if wanted != got:
        raise Wrong("\n".join(difflib.unified_diff(wanted.splitlines(), got.splitlines(), "golden", "screen", n=0, lineterm="")))


def check_files(rows):
    wanted = {os.path.basename(golden_path(row, size)) for row in rows for size in row.sizes}
    stray = sorted(set(os.listdir(os.path.join(TESTS, "screens"))) - wanted)
    require(not stray, f"screens of no row: {stray}")


def main():
    tap = support.Tap()
    rows = read_rows()
    if not shutil.which("tmux"):
        tap.skip("screens", "tmux is not installed")
        return tap.done()
    for row in rows:
        for size in row.sizes:
            tap.case(f"{row.name} {size}", check_row, row, size)
    tap.case("every screen is used", check_files, rows)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
