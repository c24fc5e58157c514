#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Captures from an interface (-i): what is read is what the file holds, -w and -W keep it, signals end it, privileges go; TAP.

The script runs itself in a network of its own, with a pair of interfaces: frames sent to one are captured at the other.
"""
import os
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import support
from support import Wrong, require

PROGRAM = os.path.abspath(support.MSNSCOPE)
SENDS, SEES = "msnsend", "msnsee"
INSIDE = "MSNSCOPE_LIVE_TEST"
USER, UID = "nobody", 65534


def own_network():
    """Starts the script again in a network of its own; returns when that is not possible."""
    for options in (["-n"], ["-Urn"]):
        if subprocess.run(["unshare", *options, "true"], capture_output=True, check=False).returncode == 0:
            os.execvpe("unshare", ["unshare", *options, sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})


def make_pair():
    """None, or why there is no pair of interfaces."""
    for command in (f"link add {SENDS} type veth peer name {SEES}", f"link set {SENDS} up", f"link set {SEES} up", "link set lo up"):
        for name in (SENDS, SEES):     # no packets but ours
            path = f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6"
            if os.path.exists(path):
                try:
                    with open(path, "w", encoding="ascii") as f:
                        f.write("1")
                except OSError:
                    pass
        result = subprocess.run(["ip", *command.split()], capture_output=True, text=True, check=False)
        if result.returncode:
            return f"ip {command}: {result.stderr.strip()}"
    return None


class Skip(Exception):
    """A case cannot be run here; the text says why."""


def case(tap, name, function, *args):
    try:
        tap.case(name, function, *args)
    except Skip as skip:
        tap.skip(name, str(skip))


class Live:
    """The program at work on an interface; from when its first record is there."""

    running = []

    def __init__(self, subcommand, *arguments, interface=SEES, env=None, program=(PROGRAM,)):
        self.err = tempfile.TemporaryFile()
        self.process = subprocess.Popen([*program, subcommand, "-i", interface, *arguments], stdin=subprocess.DEVNULL,
                                        env=env or support.environment(), stdout=subprocess.PIPE, stderr=self.err)
        self.running.append(self.process)
        self.out = b""
        os.set_blocking(self.process.stdout.fileno(), False)
        self.wait_for(b"\n")

    def read(self):
        self.out += self.process.stdout.read() or b""

    def messages(self):
        self.err.seek(0)
        return self.err.read().decode("utf-8", "replace")

    def wait_for(self, pattern, seconds=support.SECONDS):
        end = time.monotonic() + seconds
        while not re.search(pattern, self.out):
            if time.monotonic() > end or self.process.poll() is not None:
                self.process.kill()
                self.process.wait()
                self.read()
                raise Wrong(f"no {pattern!r} in:\n{self.out.decode()}{self.messages()}")
            time.sleep(0.02)
            self.read()

    def settle(self, events):
        """Waits for so many events, and for packets behind them."""
        end = time.monotonic() + support.SECONDS
        while self.out.count(b'"type":"event"') < events and time.monotonic() < end:
            time.sleep(0.02)
            self.read()
        end = time.monotonic() + 0.4
        while time.monotonic() < end:
            time.sleep(0.02)
            self.read()

    def end(self, number=signal.SIGINT):
        """All output; the status must be 0."""
        self.process.send_signal(number)
        os.set_blocking(self.process.stdout.fileno(), True)
        try:
            rest, _ = self.process.communicate(timeout=support.SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise Wrong(f"not ended by signal {number}") from None
        self.out += rest or b""
        require(self.process.returncode == 0, f"status {self.process.returncode}: {self.messages()}")
        require("Sanitizer" not in self.messages() and "runtime error" not in self.messages(), self.messages())
        return self.out


def send(frames, interface=SENDS):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind((interface, 0))
        for frame in frames:
            s.send(frame)


def frames_of(name):
    return [frame for _, frame in support.Pcap(support.read_bytes(support.sample(name))).packets]


def said(records):
    """What was said on each connection, without what depends on the time of day: {(client, server): [...]}."""
    ends = {r["id"]: (r["client"], r["server"], r["version"], r["version_from"]) for r in records if r["type"] == "connection"}
    out = {}
    for r in records:
        if r["type"] == "event":
            out.setdefault(ends[r["connection"]], []).append((r["name"], r["line"], r["from"], r["summary"], r["payload_base64"]))
    return out


def of_file(path, *arguments):
    result = support.run("json", "--payload", *arguments, path)
    require(result.status == 0, f"status {result.status}: {result.err.decode()}")
    return support.parse_json(result.out)


def require_same(live, wanted, what):
    for ends, events in wanted.items():
        for n, event in enumerate(events):
            got = live.get(ends, [])
            require(len(got) > n and got[n] == event, f"{what}: {ends}: {got[n] if len(got) > n else 'nothing'}, not {event}")
    require(live == wanted, f"{what}: more than in the file")


def capture_all(frames, events, *arguments):
    """The records of a capture of frames, ended when there were so many events."""
    live = Live("json", *arguments)
    send(frames)
    live.settle(events)
    return support.parse_json(live.end())


def same_as_file(name):
    wanted = of_file(support.sample(name))
    live = capture_all(frames_of(name), wanted[-1]["events"], "--payload")
    require_same(said(live), said(wanted), "live")
    require([r["name"] for r in live if r["type"] == "event"] == [r["name"] for r in wanted if r["type"] == "event"], "another order")
    require(live[0]["type"] == "capture" and live[0]["file"] == SEES and live[0]["format"] == "live", f"{live[0]}")
    require(live[-1]["type"] == "summary" and live[-1]["packets"] == wanted[-1]["packets"], f"{live[-1]}")
    frames = [r["frames"] for r in live if r["type"] == "event"]
    require(frames == [r["frames"] for r in wanted if r["type"] == "event"], "other frame numbers")


def text_while_it_runs(number):
    """Events are there before the capture ends; then the summary."""
    live = Live("text")
    send(frames_of("msnp8-login.pcap"))
    live.wait_for(rb"USR 3 TWN")
    require(b" packets, " not in live.out, "the summary came too early")
    require(re.search(rb"\n\d+ packets, \d+ connections, [1-9]\d* events", live.end(number)), live.out.decode())


def last_packets():
    """What came before the signal is read, though the kernel had not handed it over."""
    live = Live("json", "--payload")
    send(frames_of("msnp8-login.pcap"))
    records = support.parse_json(live.end())
    require_same(said(records), said(of_file(support.sample("msnp8-login.pcap"))), "live")


def filtered():
    records = capture_all(frames_of("msnp8-login.pcap"), 0, "-f", "udp")
    require(records[-1]["packets"] == 0, f"{records}")
    records = capture_all(frames_of("msnp8-login.pcap"), 4, "-Y", "name == USR")
    require({r["name"] for r in records if r["type"] == "event"} == {"USR"}, f"{records}")


def wrong_filter():
    result = support.run("text", "-i", SEES, "-f", "no such thing")
    require(result.status == 2 and b"capture filter 'no such thing'" in result.err, f"{result}")


def noise(count):
    """Frames of connections that are not MSN: copies of those of a sample, the ports changed, the data made nonsense."""
    out = []
    for n in range(count):
        for frame in frames_of("msnp8-login.pcap"):
            data = support.decode_tcp(frame).data
            head = bytearray(frame[:len(frame) - len(data)])
            for at in (34, 36):
                if head[at:at + 2] == b"\x07\x47":
                    head[at:at + 2] = (5000 + n).to_bytes(2, "big")
            out.append(bytes(head) + b"\x16\x03\x01" + b"\xaa" * (len(data) - 3) if len(data) > 3 else bytes(head) + data)
    return out


def mixed(frames, other):
    """One of each in turn."""
    out = []
    for n, frame in enumerate(frames):
        out += [frame] + other[n * len(other) // len(frames):(n + 1) * len(other) // len(frames)]
    return out


def kept_files(name, folder):
    """-W keeps every frame as it came, -w those of the MSN connections."""
    frames, other = frames_of(name), noise(5)
    both, msn = os.path.join(folder, "all"), os.path.join(folder, "msn")
    wanted = of_file(support.sample(name))
    live = capture_all(mixed(frames, other), wanted[-1]["events"], "--payload", "-w", msn, "-W", both)
    require_same(said(live), said(wanted), "beside the noise")
    kept = [frame for _, frame in support.Pcap(support.read_bytes(both)).packets]
    require(kept == mixed(frames, other), f"-W kept {len(kept)} of {len(frames) + len(other)} packets, or other ones")
    kept = [frame for _, frame in support.Pcap(support.read_bytes(msn)).packets]
    require(sorted(kept) == sorted(frames), f"-w kept {len(kept)} packets, not {len(frames)}")
    for connection in {frozenset(support.decode_tcp(f)[:2]) for f in frames}:
        require([f for f in kept if frozenset(support.decode_tcp(f)[:2]) == connection] ==
                [f for f in frames if frozenset(support.decode_tcp(f)[:2]) == connection], "-w changed the order within a connection")
    for path in (both, msn):
        require_same(said(of_file(path)), said(wanted), path)
    # The clock of the file is that of the capture.
    times = sorted(r["time"] for r in live if r["type"] == "event")
    require(times == sorted(r["time"] for r in of_file(both) if r["type"] == "event"), "other times")


def middle_is_shown():
    """Events of a connection whose version is not known are not held until the end."""
    live = Live("json")
    send(frames_of("midstream-nocookie.pcap"))
    live.wait_for(rb'"type":"event"')
    live.end()


def second_signal():
    """A signal ends the capture while nothing comes; the end is quick."""
    live = Live("text")
    before = time.monotonic()
    live.end(signal.SIGTERM)
    require(time.monotonic() - before < 5, "ended too late")


def interface_goes():
    """An interface that is taken away is damage, with all that was read."""
    subprocess.run("ip link add msngo type veth peer name msngone".split(), check=True)
    for name in ("msngo", "msngone"):
        subprocess.run(["ip", "link", "set", name, "up"], check=True)
    live = Live("text", interface="msngone")
    send(frames_of("msnp8-login.pcap"), "msngo")
    live.wait_for(rb"USR 3 TWN")
    subprocess.run("ip link del msngo".split(), check=True)
    live.process.wait(support.SECONDS)
    live.read()
    require(live.process.returncode == 3, f"status {live.process.returncode}")
    require(re.search(rb"\n\d+ packets, ", live.out) and live.messages(), live.out.decode() + live.messages())


def status_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)


def require_no_capabilities(status):
    for name in ("CapEff", "CapPrm", "CapInh"):
        require(int(status[name], 16) == 0, f"{name}: {status[name]}")


def dropped(folder, *arguments, env=None):
    """The program has become nobody, for good, in all respects; and the file is his."""
    os.chmod(folder, 0o777)
    path = os.path.join(folder, "kept")
    live = Live("text", "-W", path, *arguments, env=env)
    status = status_of(live.process.pid)
    live.end()
    for name in ("Uid", "Gid"):
        require(status[name].split() == [str(UID)] * 4, f"{name}: {status[name]}")
    require(set(status["Groups"].split()) <= {str(UID)}, f"Groups: {status['Groups']}")
    require_no_capabilities(status)
    require(os.stat(path).st_uid == UID, "the file is not his")
    os.unlink(path)


def protected_files(folder):
    """What he may not write is not written, though the program was started by root."""
    os.chmod(folder, 0o755)
    result = support.run("text", "-i", SEES, "--user", USER, "-w", os.path.join(folder, "kept"))
    require(result.status == 2 and b"ermission denied" in result.err, f"{result}")
    result = support.run("text", "-i", SEES, "--user", USER, "-o", os.path.join(folder, "kept"))
    require(result.status == 2 and b"ermission denied" in result.err, f"{result}")
    require(not os.listdir(folder), "a file was made")


def drops():
    """Packets that come while the program cannot take them are told, while it runs and not only at the end."""
    live = Live("text")
    live.process.send_signal(signal.SIGSTOP)
    send([b"\xff" * 12 + b"\x08\x00" + bytes(1500)] * 30000)
    live.process.send_signal(signal.SIGCONT)
    live.wait_for(rb"! warning .*: (\d+) packets were dropped, .*\(\1 in all\)")
    require(live.end().count(b" were dropped") < 3, "told too often")


def full_disk():
    """Packets that cannot be written end the capture, behind what was read."""
    live = Live("text", "-W", "/dev/full")
    send(frames_of("msnp8-login.pcap"))
    live.process.wait(support.SECONDS)
    live.read()
    require(live.process.returncode == 2, f"status {live.process.returncode}")
    require("/dev/full: No space left" in live.messages(), live.messages())
    require(b"USR 3 TWN" in live.out and re.search(rb"\n\d+ packets, ", live.out), live.out.decode())


def number_of_interface():
    listing = support.run("text", "-D").out.decode()
    number = re.search(rf"^(\d+)\. {SEES}( |$)", listing, re.M)
    require(number, listing)
    live = Live("text", interface=number[1])
    send(frames_of("msnp8-login.pcap"))
    live.wait_for(rb"USR 3 TWN")
    live.end()


def any_interface():
    live = Live("text", interface="any")
    send(frames_of("msnp8-login.pcap"))
    live.wait_for(rb"USR 3 TWN")
    live.end()


def without_privilege():
    p = subprocess.run(["setpriv", f"--reuid={UID}", "--clear-groups", "--bounding-set=-all", PROGRAM, "text", "-i", SEES],
                       capture_output=True, text=True, timeout=support.SECONDS, check=False)
    if p.returncode in (126, 127):
        raise Wrong(f"setpriv: {p.stderr}")
    require(p.returncode == 2 and "no permission to capture" in p.stderr and "setcap" in p.stderr, f"{p}")


def capable_program(folder):
    """A program that has the right to capture from its file loses it."""
    if not shutil.which("setcap") or os.statvfs(folder).f_flag & os.ST_NOSUID:
        raise Skip("files cannot be given capabilities here")
    os.chmod(folder, 0o755)
    program = os.path.join(folder, "msnscope")
    shutil.copy(PROGRAM, program)
    if subprocess.run(["setcap", "cap_net_raw,cap_net_admin+ep", program], capture_output=True, check=False).returncode:
        raise Skip("setcap does not work here")
    live = Live("text", program=("setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups", program))
    try:
        status = status_of(live.process.pid)
    finally:
        live.end()
    require(status["Uid"].split() == [str(UID)] * 4, status["Uid"])
    require_no_capabilities(status)


def screen_ends(number):
    """The TUI: packets come while it runs; a signal ends it at once, and nothing is left of the packets it kept."""
    with tempfile.TemporaryDirectory() as folder:
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(PROGRAM, [PROGRAM, "-i", SEES], support.environment(TERM="xterm", TMPDIR=folder))
        out, sent, ended = b"", False, None
        end = time.monotonic() + support.SECONDS
        while ended is None and time.monotonic() < end:
            if select.select([terminal], [], [], 0.02)[0]:
                try:
                    out += os.read(terminal, 65536)
                except OSError:
                    break
            if out and not sent:
                send(frames_of("msnp8-login.pcap"))
                sent = True
            if b">>>" in out:
                time.sleep(0.3)
                ended = time.monotonic()
                os.kill(pid, number)
        if ended is None:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise Wrong(f"no command on the screen: {out[-500:]!r}")
        while os.waitpid(pid, os.WNOHANG)[0] == 0:
            require(time.monotonic() < ended + support.SECONDS, "does not end")
            if select.select([terminal], [], [], 0.02)[0]:
                try:
                    out += os.read(terminal, 65536)
                except OSError:
                    pass
        took = time.monotonic() - ended
        os.close(terminal)
        require(b"Sanitizer" not in out and b"runtime error" not in out, out[-2000:].decode("utf-8", "replace"))
        require(took < 2, f"took {took:.1f} s to end")
        require(not os.listdir(folder), f"left behind: {os.listdir(folder)}")


def is_real_root():
    """Can other users be had?  Not in a user namespace of one user."""
    with open("/proc/self/uid_map", encoding="ascii") as f:
        return os.geteuid() == 0 and int(f.read().split()[2]) > UID


def cases(tap):
    for name in ("msnp8-login.pcap", "p2p.pcap", "services.pcap", "gateway-msnp18.pcap"):
        tap.case(f"{name}: as the file", same_as_file, name)
        with tempfile.TemporaryDirectory() as folder:
            tap.case(f"{name}: -w and -W", kept_files, name, folder)
    tap.case("text while it runs, SIGINT", text_while_it_runs, signal.SIGINT)
    tap.case("text while it runs, SIGTERM", text_while_it_runs, signal.SIGTERM)
    tap.case("packets before the signal", last_packets)
    tap.case("filters", filtered)
    tap.case("wrong capture filter", wrong_filter)
    tap.case("begun in the middle", middle_is_shown)
    tap.case("nothing comes", second_signal)
    tap.case("the interface goes away", interface_goes)
    tap.case("dropped packets", drops)
    tap.case("-W to a full disk", full_disk)
    tap.case("-D and its numbers", number_of_interface)
    tap.case("-i any", any_interface)
    tap.case("the TUI: SIGTERM", screen_ends, signal.SIGTERM)
    tap.case("the TUI: SIGHUP", screen_ends, signal.SIGHUP)
    users = ("privileges: --user", "privileges: sudo", "privileges: files", "privileges: setcap", "privileges: none")
    if not is_real_root():
        for name in users:
            tap.skip(name, "only for root")
        return
    with tempfile.TemporaryDirectory() as folder:
        tap.case(users[0], dropped, folder, "--user", USER)
        tap.case(users[1], lambda: dropped(folder, env=support.environment(SUDO_UID=str(UID), SUDO_GID=str(UID))))
        tap.case(users[2], protected_files, folder)
    with tempfile.TemporaryDirectory() as folder:
        case(tap, users[3], capable_program, folder)
    if os.access(PROGRAM, os.X_OK) and subprocess.run(
            ["setpriv", f"--reuid={UID}", "--clear-groups", PROGRAM, "--version"], capture_output=True, check=False).returncode == 0:
        tap.case(users[4], without_privilege)
    else:
        tap.skip(users[4], "the program cannot be run by others here, or there is no setpriv")


def main():
    tap = support.Tap()
    if INSIDE not in os.environ:
        if shutil.which("unshare") and shutil.which("ip"):
            own_network()
        tap.skip("captures from an interface", "no network namespace can be made here (needs unshare and ip)")
        return tap.done()
    problem = make_pair()
    if problem:
        tap.skip("captures from an interface", problem)
        return tap.done()
    try:
        cases(tap)
    finally:
        for process in Live.running:    # those of cases that failed
            process.kill()
            process.wait()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
