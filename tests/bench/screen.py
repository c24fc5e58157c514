#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""How long the TUI lets its user wait, and how much memory an event takes there.

usage: screen.py PROGRAM CAPTURE EVENTS

Opens a large capture of that many events in a pseudo terminal of 160x50 and prints a line for each figure: when the first
event can be seen, when all are there, how long keys take until the screen stands still, memory without the program's own.
"""
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time

QUIET = 0.15      # seconds without output: the screen stands still
FILTER = b'&name == MSG and msg.text contains "e"\r'
SEARCH = b"u/no such text at all\r"
IDLE = 0.02       # seconds of processor time in half a second: nothing is left to be done


class Screen:
    def __init__(self, program, capture):
        self.begin = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
            os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8")
            os.execv(program, [program, "tui", capture])
        self.last = b""

    def read(self, seconds):
        """Reads what comes within that time; returns the time of the last byte or None."""
        end, seen = time.monotonic() + seconds, None
        while (left := end - time.monotonic()) > 0:
            if select.select([self.fd], [], [], left)[0]:
                self.last = (self.last + os.read(self.fd, 65536))[-200000:]
                seen = time.monotonic()
        return seen

    def cpu(self):
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Bytes of anonymous memory."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as f:
            return int(re.search(r"RssAnon:\s+(\d+)", f.read())[1]) * 1024

    def wait_idle(self):
        while True:
            before = self.cpu()
            self.read(0.5)
            if self.cpu() - before <= IDLE:
                return

    def first_event(self):
        while b"VER 1" not in self.last:
            self.read(0.01)
        return time.monotonic() - self.begin

    def key(self, keys):
        """Seconds from the key until the screen stands still."""
        begin = time.monotonic()
        os.write(self.fd, keys)
        while not (last := self.read(0.01)):
            pass
        while time.monotonic() - last < QUIET:
            last = self.read(0.01) or last
        return last - begin

    def work(self, keys):
        """Seconds of processor time that something in the background takes."""
        before = self.cpu()
        os.write(self.fd, keys)
        self.wait_idle()
        return self.cpu() - before

    def close(self):
        os.write(self.fd, b"\x1b\x1bQ")
        try:
            self.read(5)
        except OSError:
            pass    # it has ended
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def main(argv):
    if len(argv) != 3:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    events = int(argv[2])
    screen = Screen(argv[0], argv[1])
    print(f"first event on the screen: {screen.first_event():.2f} s")
    screen.wait_idle()
    print(f"all read: {screen.cpu():.1f} s of processor time")
    for keys, what in ((b"G", "to the end"), (b"g", "to the beginning"), (b" ", "a page"), (b"3", "ladder"), (b"2", "timeline"),
                       (b"\r", "detail"), (b"q", "without detail"), (b"5", "findings"), (b"1", "sessions"), (b"2", "timeline")):
        print(f"{what}: {1000 * screen.key(keys):.0f} ms")
    print(f"filter over all events: {screen.work(FILTER):.1f} s of processor time")
    print(f"search through all events in vain: {screen.work(SEARCH):.1f} s of processor time")
    print(f"memory: {screen.memory() / 1e6:.0f} MB, {screen.memory() / events:.0f} bytes an event, 32 MB of spilled data included")
    screen.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
