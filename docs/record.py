#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Record the TUI as an animated SVG: docs/tui.svg of the README.

usage: record.py PROGRAM CAPTURE OUTPUT.svg

Starts the program in tmux, types the keys of STEPS, and makes each screen a frame with its colours.
"""
import html
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
import unicodedata

COLUMNS, ROWS = 110, 30
CELL_WIDTH, CELL_HEIGHT, FONT = 7.2, 15, 12
# Keys, and how many seconds their screen is shown.
STEPS = [
    ([], 3.0),
    (["Down"] * 8, 1.5),
    (["/", "Q", "R", "Y"], 1.5),
    (["Enter", "Enter"], 3.0),
    (["Down", "Down", "Down"], 2.5),
    (["q", "3"], 3.5),
    (["4"], 3.5),
    (["1"], 3.0),
]
PALETTE = ["#1d2021", "#cc241d", "#98971a", "#d79921", "#458588", "#b16286", "#689d6a", "#d5c4a1",
           "#928374", "#fb4934", "#b8bb26", "#fabd2f", "#83a598", "#d3869b", "#8ec07c", "#fbf1c7"]
FOREGROUND, BACKGROUND = "#ebdbb2", "#1d2021"
SGR = re.compile(r"\x1b\[([0-9;]*)m")


def tmux(socket, *args):
    return subprocess.run(["tmux", "-u", "-S", socket, "-f", "/dev/null", *args], capture_output=True, check=True).stdout.decode()


def record(program, capture):
    frames = []
    with tempfile.TemporaryDirectory() as folder:
        socket = os.path.join(folder, "tmux")
        command = f"cd {shlex.quote(os.path.dirname(os.path.abspath(capture)))}; LC_ALL=C.UTF-8 TERM=screen-256color " \
                  f"{shlex.quote(os.path.abspath(program))} tui {shlex.quote(os.path.basename(capture))}"
        tmux(socket, "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), command)
        try:
            time.sleep(1)
            for keys, seconds in STEPS:
                for key in keys:
                    tmux(socket, "send-keys", key)
                    time.sleep(0.1)
                time.sleep(0.4)
                frames.append((tmux(socket, "capture-pane", "-p", "-e", "-N").split("\n")[:ROWS], seconds))
        finally:
            subprocess.run(["tmux", "-S", socket, "kill-server"], capture_output=True, check=False)
    return frames


class Style:
    def __init__(self):
        self.fg, self.bg, self.bold, self.dim, self.underline, self.reverse = None, None, False, False, False, False

    def take(self, codes):
        numbers = [int(n or 0) for n in codes.split(";")]
        while numbers:
            n = numbers.pop(0)
            if n == 0:
                self.__init__()
            elif n in (1, 2, 4, 7):
                setattr(self, {1: "bold", 2: "dim", 4: "underline", 7: "reverse"}[n], True)
            elif n in (38, 48) and numbers[:1] == [5]:
                setattr(self, "fg" if n == 38 else "bg", PALETTE[numbers[1] % 16])
                del numbers[:2]
            elif 30 <= n <= 37 or 40 <= n <= 47:
                setattr(self, "fg" if n < 40 else "bg", PALETTE[n % 10])
            elif n in (39, 49):
                setattr(self, "fg" if n == 39 else "bg", None)

    def colours(self):
        fg, bg = self.fg or FOREGROUND, self.bg or BACKGROUND
        return (bg, fg) if self.reverse else (fg, bg)


def spans(line):
    """(text, style) for each run of one style."""
    style, at = Style(), 0
    for match in list(SGR.finditer(line)) + [None]:
        end = match.start() if match else len(line)
        if end > at:
            yield line[at:end], style
        if match:
            style.take(match[1])
            at = match.end()


def columns(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def line_svg(row, line):
    parts, column = [], 0
    for text, style in spans(line):
        fg, bg = style.colours()
        x, y, width = column * CELL_WIDTH, row * CELL_HEIGHT, columns(text) * CELL_WIDTH
        if bg != BACKGROUND:
            parts.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{CELL_HEIGHT}" fill="{bg}"/>')
        if text.strip():
            extra = ' font-weight="bold"' * style.bold + ' text-decoration="underline"' * style.underline + ' opacity="0.7"' * style.dim
            parts.append(f'<text x="{x:.1f}" y="{y + FONT - 0.5}" fill="{fg}" textLength="{width:.1f}"{extra}>{html.escape(text)}</text>')
        column += columns(text)
    return "".join(parts)


def frame_svg(number, lines, begin, seconds, total):
    body = "\n".join(line_svg(row, line) for row, line in enumerate(lines))
    times = f"0;{begin / total:.4f};{(begin + seconds) / total:.4f}"
    values = "hidden;visible;hidden" if number else "visible;visible;hidden"
    return f'<g visibility="{"hidden" if number else "visible"}"><animate attributeName="visibility" calcMode="discrete" ' \
           f'values="{values}" keyTimes="{times}" dur="{total}s" repeatCount="indefinite"/>\n{body}\n</g>'


def main(argv):
    if len(argv) != 3:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    frames, begin, parts = record(argv[0], argv[1]), 0.0, []
    total = sum(seconds for _, seconds in frames)
    for number, (lines, seconds) in enumerate(frames):
        parts.append(frame_svg(number, lines, begin, seconds, total))
        begin += seconds
    width, height = COLUMNS * CELL_WIDTH, ROWS * CELL_HEIGHT
    with open(argv[2], "w", encoding="utf-8") as out:
        out.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" font-family="monospace" font-size="{FONT}" '
                  f'xml:space="preserve">\n<!-- made by docs/record.py -->\n<rect width="100%" height="100%" fill="{BACKGROUND}"/>\n')
        out.write("\n".join(parts) + "\n</svg>\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
