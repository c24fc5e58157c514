#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""`msnscope extract`: what it writes is what was sent, and it harms nothing; TAP.

The objects of the sample come out byte by byte. Names from the wire cannot leave the folder, nothing that is there is
overwritten, what is lost is said, in whatever order the packets come.
"""
import base64
import hashlib
import json
import os
import random
import stat
import sys
import tempfile

import support
from support import require

sys.path.insert(0, os.path.join(support.SRCDIR, "samples"))
mkp2p = support.load_script("samples/mkp2p.py", "mkp2p")
mkpcap = mkp2p.mkpcap
SAMPLE = support.sample("p2p.pcap")
EVIL = ["../../etc/passwd", "/etc/passwd", "..", ".", "", ".bashrc", "-rf", "a\0b", "a\x1b[31mb", "con\\..\\x", "x" * 259, "a b\u202ec.txt",
        "manifest.json", "0001.part", "\u00fc\u00f6.png", "a" * 90 + ".txt", "name.verylongextension", "%2e%2e%2f"]


def extract(capture, folder, *options, status=(0,)):
    """What the program writes to standard output, and the entries of the manifest."""
    if isinstance(capture, bytes):
        result = support.run("extract", "-o", folder, *options, "-", data=capture)
    else:
        result = support.run("extract", "-o", folder, *options, capture)
    require(result.status in status, f"status {result.status}: {result.err.decode('utf-8', 'replace')}")
    names = sorted(name for name in os.listdir(folder) if name.startswith("manifest"))
    newest = max(names, key=lambda name: os.stat(os.path.join(folder, name)).st_mtime_ns)
    with open(os.path.join(folder, newest), encoding="utf-8") as f:
        return result, json.load(f)["files"]


def objects_of_sample():
    """{SHA-1: bytes} of what the script sends."""
    sent = {}
    for name in ("png", "gif", "text_file"):
        def keep(*args, real=getattr(mkp2p, name)):
            data = real(*args)
            sent[hashlib.sha1(data).hexdigest()] = data
            return data
        setattr(mkp2p, name, keep)
    mkp2p.capture()
    return sent


def sample(sent):
    with tempfile.TemporaryDirectory() as folder:
        result, entries = extract(SAMPLE, folder)
        got = {}
        for e in entries:
            require(e["state"] == "complete" and not e["missing"], f"{e['file']} is {e['state']}")
            data = support.read_bytes(os.path.join(folder, e["file"]))
            got[hashlib.sha1(data).hexdigest()] = data
            require(e["sha1"] == hashlib.sha1(data).hexdigest() and e["size"] == e["received"] == len(data), f"{e['file']}: {e}")
            require(e["sha1d"] is None or base64.b64decode(e["sha1d"]).hex() == e["sha1"], f"{e['file']}: SHA1D")
            require(f"{e['file']}  " in result.out.decode(), f"{e['file']} is not listed")
        # The emoticon is offered and never fetched.
        missing = [data for sha1, data in sent.items() if sha1 not in got]
        require([data[:4] for data in missing] == [b"\x89PNG"], f"not there: {[(len(d), d[:20]) for d in missing]}")
        require(len(os.listdir(folder)) == len(entries) + 1, f"other files: {os.listdir(folder)}")
        require({e["transport"] for e in entries} == {"p2p-v1", "p2p-v2", "msnftp", "message"}, "a transport is missing")


def twice():
    """A second run into the same folder changes no file; each is written once more under another name."""
    with tempfile.TemporaryDirectory() as folder:
        extract(SAMPLE, folder)
        before = {name: (support.read_bytes(os.path.join(folder, name)), os.stat(os.path.join(folder, name)).st_mtime_ns)
                  for name in os.listdir(folder)}
        _, entries = extract(SAMPLE, folder)
        for name, (data, time) in before.items():
            path = os.path.join(folder, name)
            require(support.read_bytes(path) == data and os.stat(path).st_mtime_ns == time, f"{name} has changed")
        require(len(os.listdir(folder)) == 2 * len(before), f"{sorted(os.listdir(folder))}")
        for e in entries:
            require(e["file"] not in before and os.path.exists(os.path.join(folder, e["file"])), f"{e['file']}")


def both_ends():
    """The same object twice in one run is one file."""
    with tempfile.TemporaryDirectory() as folder:
        result = support.run("extract", "-o", folder, SAMPLE, SAMPLE)
        require(result.status == 0, f"status {result.status}")
        with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as f:
            entries = json.load(f)["files"]
        files = [e["file"] for e in entries]
        require(len(files) == 2 * len(set(files)), f"{files}")


def offer(name, data, size=None):
    """A capture in which Bob sends Alice a file of that name."""
    steps = [mkp2p.directive("start", mkp2p.START)] + mkpcap.parse(
        "@conn SB1 192.0.2.10:1821 203.0.113.31:1863 sb\n"
        f">>> USR 1 {mkp2p.ALICE} 1254598203.7714.20915\n<<< USR 1 OK {mkp2p.ALICE} Alice\n"
        f">>> CAL 2 {mkp2p.BOB}\n<<< CAL 2 RINGING 7714\n<<< JOI {mkp2p.BOB} Bob\n")
    chat = mkp2p.Chat(steps, "SB1", 3, mkp2p.ALICE, mkp2p.BOB, "Bob")
    transport = mkp2p.Version1(chat, "offer")
    call = mkp2p.Call(transport, chat, False, "offer")
    call.open(mkp2p.FILE, 2, mkp2p.file_context(name, len(data) if size is None else size))
    transport.message(False, call.session, data, 0x30, 2)
    call.bye(True)
    steps.append(mkp2p.directive("close", "SB1", "client"))
    return mkpcap.Capture(steps, "offer").pcap()


def evil(name):
    data = b"harmless " * 40
    with tempfile.TemporaryDirectory() as outside:
        folder = os.path.join(outside, "in")
        result, entries = extract(offer(name, data), folder)
        require(os.listdir(outside) == ["in"], f"outside: {os.listdir(outside)}")
        require(len(entries) == 1 and entries[0]["state"] == "complete", f"{entries}")
        file = entries[0]["file"]
        require(set(file) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@+") and file.startswith("0001-file"),
                f"name {file!r}")
        require(len(file) < 120, f"name of {len(file)} bytes")
        path = os.path.join(folder, file)
        require(stat.S_ISREG(os.lstat(path).st_mode) and not os.stat(path).st_mode & 0o111, "not a plain file")
        require(support.read_bytes(path) == data, "other bytes")
        require(all(c >= 0x20 or c == 0x0a for c in result.out), "control bytes on standard output")


def links():
    """A link that waits under the name is not followed."""
    with tempfile.TemporaryDirectory() as outside:
        folder, target = os.path.join(outside, "in"), os.path.join(outside, "target")
        os.mkdir(folder)
        for name in ("manifest.json", "0001.part", "0001-file-notes.txt"):
            os.symlink(target, os.path.join(folder, name))
        result = support.run("extract", "-o", folder, "-", data=offer("notes.txt", b"bytes" * 20))
        require(result.status == 0, f"status {result.status}")
        with open(os.path.join(folder, "manifest-2.json"), encoding="utf-8") as f:
            entries = json.load(f)["files"]
        require(not os.path.exists(target), "the target of the link was written")
        require(entries[0]["file"] == "0001-file-notes-2.txt", entries[0]["file"])


def lossy(drop):
    """With packets missing the manifest says what is not there, and the rest is right."""
    data = mkp2p.text_file(90)
    whole = support.Pcap(offer("notes.txt", data))
    # The first of the long segments is the invitation.
    pieces = [n for n, (_, frame) in enumerate(whole.packets) if len(support.decode_tcp(frame).data) > 1000][1:]
    lost = {pieces[n % len(pieces)] for n in drop}
    with tempfile.TemporaryDirectory() as folder:
        _, entries = extract(whole.write([p for n, p in enumerate(whole.packets) if n not in lost]), folder)
        require(len(entries) == 1 and entries[0]["state"] == "incomplete", f"{entries}")
        e = entries[0]
        require(e["file"].endswith(".txt.part") and e["missing"] and not e["sha1"], f"{e}")
        got, at = support.read_bytes(os.path.join(folder, e["file"])).ljust(len(data), b"\0"), 0
        for offset, length in e["missing"] + [[len(data), 0]]:
            require(got[at:offset] == data[at:offset], f"bytes {at} to {offset} are not those that were sent")
            at = offset + length
        require(e["received"] + sum(length for _, length in e["missing"]) == len(data), f"{e['received']} bytes, missing {e['missing']}")


def shuffled(seed):
    """Packets out of order and twice give the same file."""
    data = mkp2p.text_file(90)
    whole, dice = support.Pcap(offer("notes.txt", data)), random.Random(seed)
    packets = []
    for n, (time, frame) in enumerate(whole.packets):
        packets.append((time, frame))
        if n > 5 and dice.random() < 0.3:
            packets.append((time, frame))
        if n > 5 and dice.random() < 0.3:
            packets[-1], packets[-2] = packets[-2], packets[-1]
    with tempfile.TemporaryDirectory() as folder:
        _, entries = extract(whole.write(packets), folder)
        require(len(entries) == 1 and entries[0]["state"] == "complete", f"{entries}")
        require(support.read_bytes(os.path.join(folder, entries[0]["file"])) == data, "other bytes")


def cut_everywhere():
    """Captures that end early never crash the program or leave a file without an entry."""
    whole = support.Pcap(offer("notes.txt", mkp2p.text_file(60)))
    for count in range(len(whole.packets)):
        with tempfile.TemporaryDirectory() as folder:
            _, entries = extract(whole.write(whole.packets[:count]), folder)
            files = {e["file"] for e in entries if e["file"]} | {"manifest.json"}
            require(set(os.listdir(folder)) == files, f"{count} packets: {sorted(os.listdir(folder))}, not {sorted(files)}")


def kinds():
    with tempfile.TemporaryDirectory() as folder:
        _, entries = extract(support.sample("oim.pcap"), folder, "--kind=oim,soap")
        what = [e["what"] for e in entries]
        require(what.count("oim") and what.count("soap"), f"{what}")
        mails = [support.read_bytes(os.path.join(folder, e["file"])) for e in entries if e["what"] == "oim"]
        require(any(b"X-OIM-Run-Id" in mail for mail in mails), "no offline message among the mails")
        events = {e["id"]: e for e in support.read_events(support.sample("oim.pcap")) if e["type"] == "event"}
        for e in entries:
            if e["what"] == "soap":
                body = support.read_bytes(os.path.join(folder, e["file"]))
                require(body == support.exact_payload(events[e["event"]]), f"{e['file']} is not the body of event {e['event']}")
    with tempfile.TemporaryDirectory() as folder:
        _, entries = extract(SAMPLE, folder, "--kind=chat")
        require({e["what"] for e in entries} == {"chat"}, f"{entries}")
        text = support.read_bytes(os.path.join(folder, entries[0]["file"])).decode()
        for line in ("] Alice <alice@example.com>: hello, are you there?\n", "] * Bob <bob@example.com> sends a nudge\n",
                     "] * Bob <bob@example.com> sends a wink \"Dancing teapot\"\n", "] * Bob <bob@example.com> sends a drawing\n",
                     "] * Bob <bob@example.com> joins\n"):
            require(line in text, f"no line {line!r} in\n{text}")


def refused():
    result = support.run("extract", SAMPLE)
    require(result.status == 2 and b"-o DIR" in result.err, f"without folder: {result}")
    with tempfile.TemporaryDirectory() as folder:
        result = support.run("extract", "-o", os.path.join(folder, "none/x"), SAMPLE)
        require(result.status == 2 and b"none/x" in result.err, f"folder that cannot be made: {result}")
        path = os.path.join(folder, "file")
        with open(path, "w", encoding="utf-8"):
            pass
        result = support.run("extract", "-o", path, SAMPLE)
        require(result.status == 2 and not support.read_bytes(path), f"a file in place of the folder: {result}")
        result = support.run("extract", "-o", folder, "--kind=pictures", SAMPLE)
        require(result.status == 2 and b"objects, oim, soap, chat, all" in result.err, f"unknown kind: {result}")


def main():
    tap = support.Tap()
    sent = objects_of_sample()
    tap.case("the objects of the sample", sample, sent)
    tap.case("a second run into the same folder", twice)
    tap.case("an object that is there twice", both_ends)
    for name in EVIL:
        tap.case(f"file name {ascii(name[:30])}", evil, name)
    tap.case("links in the folder", links)
    for drop in ((0,), (1,), (2,), (0, 2), (1, 3)):
        tap.case(f"packets {drop} of the file missing", lossy, drop)
    for seed in range(4):
        tap.case(f"packets out of order and twice, {seed}", shuffled, seed)
    tap.case("captures that end early", cut_everywhere)
    tap.case("other kinds", kinds)
    tap.case("what is refused", refused)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
