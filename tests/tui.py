#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The TUI and its terminal: it is given back however the program ends, any size and kind will do, no key does harm; TAP."""
import fcntl
import glob
import os
import pty
import random
import re
import select
import signal
import struct
import sys
import termios
import time

import support
from support import Wrong, require

PROGRAM = os.path.abspath(support.MSNSCOPE)
SAMPLE = support.sample("msnp8-login.pcap")
CAPTURES = os.path.join(support.SRCDIR, "..", "shared", "captures")
SECONDS = 20      # for anything to happen, sanitizers included
CPU_SECONDS = 3   # that a program may take which has nothing to do
LEAVES = b"\x1b[?1049l"
COLOURS = re.compile(rb"\x1b\[[0-9;]*\b(?:3[0-7]|4[0-7]|38;|48;|9[0-7])[0-9;]*m")


class Terminal:
    """The program in a pseudo terminal."""

    def __init__(self, *command, size=(24, 80), **environment):
        self.out = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
                os.execvpe(command[0], command, support.environment(TERM="xterm-256color", **environment)
                           if "TERM" not in environment else support.environment(**environment))
            finally:
                os._exit(127)
        self.status = None
        self.before = termios.tcgetattr(self.fd)

    def read(self, seconds=0.05):
        """Reads what comes within that time; False when the terminal is gone."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.out += data
        return bool(data)

    def wait_for(self, text, what=None):
        end = time.monotonic() + SECONDS
        while text not in self.out:
            require(time.monotonic() < end, f"{what or text!r} does not come: {self.out[-300:]!r}")
            if not self.read():
                require(text in self.out, f"the program ended before {what or text!r}: {self.out[-600:]!r}")

    def type(self, text, pause=0.0):
        for key in [text] if pause == 0 else [text[i:i + 1] for i in range(len(text))]:
            os.write(self.fd, key)
            self.read(pause or 0.05)

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def ended(self, seconds=SECONDS):
        """Status of the program, as os.wait gives it, and its seconds of processor time."""
        end = time.monotonic() + seconds
        while self.status is None:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self.status, self.usage = status, usage
                break
            require(time.monotonic() < end, f"the program does not end: {self.out[-300:]!r}")
            self.read(0.02) if self.fd is not None else time.sleep(0.02)
        while self.fd is not None and select.select([self.fd], [], [], 0)[0] and self.read(0):
            pass
        return self.status, self.usage.ru_utime + self.usage.ru_stime

    def close(self):
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass
        if self.fd is not None:
            os.close(self.fd)


def with_terminal(function, *command, **options):
    terminal = Terminal(*command, **options)
    try:
        return function(terminal)
    finally:
        terminal.close()


def check_clean(status, out):
    code = os.waitstatus_to_exitcode(status)
    require(code == 0, f"ended with {code}: {out[-1500:].decode('utf-8', 'replace')}")


def restored(t):
    """The terminal's modes are those of before, and the screen was left."""
    require(LEAVES in t.out, f"the screen was not left: {t.out[-200:]!r}")
    now = termios.tcgetattr(t.fd)
    require(now[:4] == t.before[:4], f"modes before {t.before[:4]}, now {now[:4]}")


def check_quit(key):
    def run(t):
        t.wait_for(b"VER 1")
        t.type(key)
        check_clean(t.ended()[0], t.out)
        restored(t)
    with_terminal(run, PROGRAM, "tui", SAMPLE)


def check_signal(number):
    def run(t):
        t.wait_for(b"VER 1")
        os.kill(t.pid, number)
        check_clean(t.ended()[0], t.out)
        restored(t)
    with_terminal(run, PROGRAM, "tui", SAMPLE)


def has_sanitizer():
    """Sanitizers have handlers of their own, which the program leaves alone."""
    return b"__asan_init" in support.read_bytes(PROGRAM)


def check_crash():
    def run(t):
        t.wait_for(b"VER 1")
        os.kill(t.pid, signal.SIGSEGV)
        status, _ = t.ended()
        require(os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGSEGV, f"status {status}")
        require(LEAVES in t.out, "the screen was not left")
        lflag = termios.tcgetattr(t.fd)[3]
        require(lflag & termios.ECHO and lflag & termios.ICANON, "the terminal is still raw")
    with_terminal(run, PROGRAM, "tui", SAMPLE)


def check_hangup():
    """A known failure of such programs: they outlive their terminal and spin."""
    def run(t):
        t.wait_for(b"VER 1")
        os.close(t.fd)
        t.fd = None
        _, cpu = t.ended(5)
        require(cpu < CPU_SECONDS, f"{cpu} s of processor time")
    with_terminal(run, "sh", "-c", f"trap '' HUP; exec {PROGRAM} tui {SAMPLE}")


def check_idle():
    """Nothing to do takes no processor time."""
    def run(t):
        t.wait_for(b"VER 1")
        end = time.monotonic() + 3
        while time.monotonic() < end:
            t.read(0.1)
        with open(f"/proc/{t.pid}/stat", encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        before = sum(map(int, fields[11:13]))
        time.sleep(2)
        with open(f"/proc/{t.pid}/stat", encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        ticks = sum(map(int, fields[11:13])) - before
        require(ticks <= os.sysconf("SC_CLK_TCK") / 5, f"{ticks} ticks in two idle seconds")
    with_terminal(run, PROGRAM, "tui", SAMPLE)


def check_suspend():
    """From a shell with job control, as programs are suspended."""
    def run(t):
        t.wait_for(b"READY")
        t.type(f"{PROGRAM} tui {SAMPLE}\n".encode())
        t.wait_for(b"VER 1")
        t.out = b""
        t.type(b"\x1a")
        t.wait_for(b"READY", "the shell's prompt after ^Z")
        require(LEAVES in t.out, "the screen was not left")
        require(b"Stopped" in t.out, "the program did not stop")
        t.out = b""
        t.type(b"fg\n")
        t.wait_for(b"VER 1", "the screen after fg")
        t.out = b""
        t.type(b"q")
        t.wait_for(b"READY", "the shell's prompt after q")
        t.type(b"exit\n")
        check_clean(t.ended()[0], t.out)
    with_terminal(run, "bash", "--norc", "--noprofile", "-i", PS1="READY ")


def check_sizes():
    def run(t):
        t.wait_for(b"VER 1")
        for size in ((1, 1), (2, 3), (5, 20), (24, 80), (3, 200), (90, 10), (60, 300), (24, 80)):
            for key in (b"1", b"2", b"\r", b"3", b"4", b"5", b"6", b"7", b"?", b"2"):
                t.resize(*size)
                t.type(key)
        t.out = b""
        t.type(b"\x0c")
        t.wait_for(b"VER 1")
        t.type(b"Q")
        check_clean(t.ended()[0], t.out)
    with_terminal(run, PROGRAM, "tui", SAMPLE)


def check_colours(wanted, *options, **environment):
    def run(t):
        t.wait_for(b"VER 1")
        t.type(b"Q")
        check_clean(t.ended()[0], t.out)
        found = COLOURS.search(t.out)
        require(bool(found) == wanted, f"colours: {found}")
    with_terminal(run, PROGRAM, "tui", *options, SAMPLE, **environment)


def check_kinds():
    """Kinds of terminals, and locales: something readable comes, and the program ends well."""
    for kind in ("vt100", "xterm", "linux", "screen-256color"):
        for locale in ("C.UTF-8", "C"):
            def run(t):
                t.wait_for(b"VER 1", f"{kind} {locale}")
                for key in (b"3", b"4", b"2", b"\r", b"Q"):
                    t.type(key)
                check_clean(t.ended()[0], t.out)
                if locale == "C":
                    high = [b for b in t.out if b >= 0x80]
                    require(not high, f"{kind}: bytes beyond ASCII {high[:10]}")
            with_terminal(run, PROGRAM, "tui", SAMPLE, TERM=kind, LC_ALL=locale)


def check_default():
    """Without a subcommand: the TUI in a terminal, text elsewhere and where the terminal can do nothing."""
    def in_terminal(t):
        t.wait_for(b"\x1b[?1049h")
        t.wait_for(b"VER 1")
        t.type(b"q")
        check_clean(t.ended()[0], t.out)

    def as_text(t):
        check_clean(t.ended()[0], t.out)
        require(b"\x1b[?1049h" not in t.out and b"VER 1 MSNP8" in t.out, f"no text: {t.out[:200]!r}")
    with_terminal(in_terminal, PROGRAM, SAMPLE)
    with_terminal(as_text, PROGRAM, SAMPLE, TERM="dumb")
    with_terminal(as_text, PROGRAM, "-v", SAMPLE)
    with_terminal(as_text, "sh", "-c", f"{PROGRAM} {SAMPLE} | cat")
    require(b"VER 1 MSNP8" in support.run(SAMPLE).out, "no text without a terminal")


def check_stdin():
    """A capture from a pipe, keys from the terminal."""
    def run(t):
        t.wait_for(b"VER 1")
        t.type(b"q")
        check_clean(t.ended()[0], t.out)
    with_terminal(run, "sh", "-c", f"cat {SAMPLE} | {PROGRAM} tui -")


def check_endless(*keys, number=None):
    """A pipe that nothing comes through any more: reading can be ended."""
    def run(t):
        t.wait_for(b"VER 1")
        for key in keys:
            t.type(key)
            time.sleep(0.2)
        if number:
            os.kill(t.pid, number)
        check_clean(t.ended(5)[0], t.out)
    with_terminal(run, "bash", "-c", f"exec {PROGRAM} tui <(cat {SAMPLE}; sleep 30)")


def check_unreadable():
    def run(t):
        status, _ = t.ended()
        require(os.waitstatus_to_exitcode(status) == 2, f"status {status}")
        require(b"\x1b[?1049h" not in t.out and b"no-such-file" in t.out, f"{t.out!r}")
    with_terminal(run, PROGRAM, "tui", "no-such-file.pcap")


KEYS = [b"j", b"k", b" ", b"b", b"g", b"G", b"h", b"l", b"\t", b"\r", b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"1", b"2", b"3", b"4",
        b"5", b"6", b"7", b"?", b"e", b"E", b"*", b"#", b"<", b">", b"m", b"'", b"%", b"t", b"z", b"i", b"I", b"u", b"n", b"N", b"K", b"+",
        b"-", b"\x04", b"\x15", b"\x0c", b"c", b"\x1b", b"/MSG\r", b"\\USR\r", b":5\r", b":+1\r", b"&name == MSG\r", b"&\x15\r", b"s\x1b",
        b"&nonsense ==\r\x1b", b"/caf\xc3\xa9\r", b"M", b"p"]


def check_walk(path):
    """All screens, then keys at random (the same ones each time)."""
    chance = random.Random(os.path.basename(path))

    def run(t):
        t.wait_for(b"\x1b[?1049h")
        t.type(b"11 22\r\t\tj+l\t\x1b33\rq44\tjj55jj\r2667/LST\r\tj??")
        for _ in range(150):
            t.type(chance.choice(KEYS))
            if chance.random() < 0.03:
                t.resize(chance.randint(1, 60), chance.randint(1, 220))
        t.type(b"\x1b\x1bQ")
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and t.read(0.3) and os.waitid(os.P_PID, t.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            t.type(b"\x1b")
            t.type(b"Q")
        check_clean(t.ended()[0], t.out)
    with_terminal(run, PROGRAM, "tui", path, size=(30, 100))


def main():
    tap = support.Tap()
    for key in (b"q", b"Q", b"\x03\x03"):
        tap.case(f"key {key!r} ends the program, the terminal is as before", check_quit, key)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        tap.case(f"{signal.Signals(number).name} ends the program, the terminal is as before", check_signal, number)
    if has_sanitizer():
        tap.skip("a crash leaves the terminal usable", "the sanitizer's handlers are in place")
    else:
        tap.case("a crash leaves the terminal usable", check_crash)
    tap.case("the program ends with its terminal", check_hangup)
    tap.case("idle it takes no time", check_idle)
    tap.case("suspended and continued", check_suspend)
    tap.case("any size", check_sizes)
    tap.case("colours", check_colours, True)
    tap.case("no colours: NO_COLOR", lambda: check_colours(False, NO_COLOR="1"))
    tap.case("no colours: --color=never", check_colours, False, "--color=never")
    tap.case("no colours: the terminal has none", lambda: check_colours(False, TERM="vt100"))
    tap.case("kinds of terminals and locales", check_kinds)
    tap.case("TUI or text without a subcommand", check_default)
    tap.case("capture from a pipe", check_stdin)
    tap.case("a pipe that does not end: interrupted", check_endless, b"\x03", b"\x03")
    tap.case("a pipe that does not end: q", check_endless, b"q")
    tap.case("a pipe that does not end: SIGTERM", lambda: check_endless(number=signal.SIGTERM))
    tap.case("a file that cannot be read", check_unreadable)
    for path in sorted(glob.glob(support.sample("*.pcap"))):
        tap.case(f"walk over {os.path.basename(path)}", check_walk, path)
    real = sorted(glob.glob(os.path.join(CAPTURES, "*", "*.pcap")))
    for path in real:
        tap.case(f"walk over {os.path.basename(path)}", check_walk, path)
    if not real:
        tap.skip("walk over real captures", "they are not here")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
