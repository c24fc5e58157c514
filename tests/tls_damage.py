#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Damage captures of TLS connections; TAP.

Packets that are swapped, sent twice or on another port must give the same plaintext. Of a packet that is missing, what is
there must be pieces of the true plaintext, in order, with a hole told where something is missing, or the connection told
as one that failed; never other bytes, never joined in silence. Cut files and flipped bits must not crash the program.
"""
import collections
import os
import random
import struct
import sys
import tempfile

import robustness
import support
import tls
import tls_samples
from support import require

# Each cipher with its own way to go on behind a hole, and what lies between a connection and its records.
SAMPLES = (
    "ssl3-rc4-md5", "ssl3-export-des40", "ssl3-resume-id", "tls10-aes128-long-padding", "tls10-rsa-null-md5",
    "tls10-small-records", "tls10-step-up", "tls11-rsa-aes128-sha-old", "tls12-connect", "tls12-ecdhe-chacha20",
    "tls12-handshake-in-pieces", "tls10-compressed", "tls12-rc4-sha", "tls12-renegotiation", "tls12-resume-ticket-first-secret",
    "tls12-rsa-aes128-gcm", "tls12-rsa-aes128-sha256", "tls12-rsa-aes256-ccm8", "tls13-aes128-gcm", "tls13-early-data",
    "tls13-key-update", "tls13-small-records", "tls13-socks5")
PORTS = (1863, 50001)
FLIPPED, CUTS = 60, 25      # files with flipped bits, and cut ones
DROPS = 24                  # packets of a sample that are dropped, one at a time


def read(name):
    with open(os.path.join(tls_samples.FOLDER, name), "rb") as f:
        return f.read()


def key_log(name):
    return ["--keylog", os.path.join(tls_samples.FOLDER, f"{name}.keylog")]


def plain(name, data):
    """As tls.plain, of the bytes of a capture."""
    with tempfile.NamedTemporaryFile(suffix=".pcap") as f:
        f.write(data)
        f.flush()
        return list(tls.plain(f.name, key_log(name)).values())


def whole(connections):
    """What both sides sent, for each connection, in any order of connections."""
    return collections.Counter((tls.joined(c["c"]), tls.joined(c["s"])) for c in connections)


def true_plain(name):
    found = plain(name, read(f"{name}.pcap"))
    require(found and all(c["c"] and c["s"] for c in found), "the sample itself is not decrypted")
    return found


def runs(pieces):
    """The bytes between holes: with holes in front and behind, empty ones are there."""
    out = [b""]
    for piece in pieces:
        if piece is None:
            out.append(b"")
        else:
            out[-1] += piece
    return out


def fits(pieces, true):
    """Are these bytes those of true, in order, the first run at its beginning, and a hole wherever something is left out?"""
    first, *others = runs(pieces)
    if not true.startswith(first):
        return False
    at = len(first)
    for run in others:
        found = true.find(run, at)
        if found < 0:
            return False
        at = found + len(run)
    return True


def told(connection):
    """Is a failure told, or why it is not decrypted?"""
    return any(line.split()[0] == "failed" or line.split()[3] != "0" for line in connection["notices"])


def check_side(true, pieces, excused, where):
    require(fits(pieces, true), f"{where}: what is there is not what was sent, or has no hole where it should")
    missing = len(true) - sum(len(piece) for piece in pieces if piece)
    require(not missing or None in pieces or excused, f"{where}: {missing} bytes are missing, and nothing tells of it")


# ------------------------------------------------------------------ packets

def check_same(name, true, change):
    pcap = support.Pcap(read(f"{name}.pcap"))
    have = whole(plain(name, pcap.write(change(pcap.packets))))
    require(have == whole(true), f"inside: {[tuple(map(len, sides)) for sides in have]} bytes, not "
            f"{[tuple(map(len, sides)) for sides in whole(true)]}, or others")


def check_swapped(name, true, first):
    """A segment that comes too late is a hole by the rules of the stream stage: then that is told."""
    pcap = support.Pcap(read(f"{name}.pcap"))
    found = plain(name, pcap.write(robustness.swapped(pcap.packets, first)))
    check_damaged(true, found, "swapped")


def check_damaged(true, found, where):
    require(len(found) <= len(true), f"{where}: {len(found)} connections, not {len(true)}")
    left = list(true)
    for c in found:
        of = [t for t in left if fits(c["c"], tls.joined(t["c"])) and fits(c["s"], tls.joined(t["s"]))]
        require(of, f"{where}: {[c['c'], c['s']]!r:.300} is not what was sent, or has no hole where it should")
        for side in "cs":
            check_side(tls.joined(of[0][side]), c[side], told(c), where)
        left.remove(of[0])


def other_port(port):
    def change(packets):
        out = []
        for time, frame in packets:
            source, target = struct.unpack_from("!HH", frame, 34)
            out.append((time, frame[:34] + struct.pack("!HH", *(port if p == 443 else p for p in (source, target))) + frame[38:]))
        return out
    return change


def check_dropped(name, true):
    pcap = support.Pcap(read(f"{name}.pcap"))
    frames = [n for n, (_, frame) in enumerate(pcap.packets) if support.decode_tcp(frame).data]

    def one(n):
        check_damaged(true, plain(name, pcap.write(pcap.packets[:n] + pcap.packets[n + 1:])), f"without frame {n + 1}")

    robustness.check_each(one, frames[::max(1, len(frames) // DROPS)])


# ------------------------------------------------------------------ noise

def check_noise(name, data, where):
    with tempfile.NamedTemporaryFile(suffix=".pcap") as f:
        f.write(data)
        f.flush()
        for arguments in (["json", "--payload", "--ranges"], ["text", "-vv"]):
            result = support.run(*arguments, *key_log(name), f.name)
            if arguments[0] == "json":
                support.parse_json(result.out)
            else:
                require(all(c == 10 or c >= 32 and c != 127 for c in result.out), f"{where}: control bytes in text")
                result.out.decode("utf-8")


def cut_files(name):
    data = read(f"{name}.pcap")
    robustness.check_each(lambda n: check_noise(name, data[:n], f"cut at {n}"), range(24, len(data), len(data) // CUTS))


def flipped_bits(seed):
    rng = random.Random(seed)
    chosen = []
    for n in range(FLIPPED):
        name = rng.choice(SAMPLES)
        pcap = support.Pcap(read(f"{name}.pcap"))
        packets = [(time, frame[:54] + robustness.flip(rng, frame[54:]) if len(frame) > 60 and rng.random() < 0.15 else frame)
                   for time, frame in pcap.packets]
        chosen.append((name, pcap.write(packets), f"{name}, seed {seed}, file {n}"))
    robustness.check_each(lambda item: check_noise(*item), chosen)


def check_flipped(name, true):
    """A bit of a record is wrong: what is there is still what was sent. Not so without authentication."""
    pcap = support.Pcap(read(f"{name}.pcap"))
    rng = random.Random(name)
    frames = [n for n, (_, frame) in enumerate(pcap.packets) if len(support.decode_tcp(frame).data) > 40]

    def one(n):
        time, frame = pcap.packets[n]
        at = rng.randrange(60, len(frame))
        changed = frame[:at] + bytes((frame[at] ^ 1 << rng.randrange(8),)) + frame[at + 1:]
        check_damaged(true, plain(name, pcap.write(pcap.packets[:n] + [(time, changed)] + pcap.packets[n + 1:])),
                      f"byte {at} of frame {n + 1} is wrong")

    robustness.check_each(one, rng.sample(frames, min(len(frames), DROPS)))


def main():
    tap = support.Tap()
    for name in SAMPLES:
        true = true_plain(name)
        tap.case(f"{name}: even neighbours swapped", check_swapped, name, true, 0)
        tap.case(f"{name}: odd neighbours swapped", check_swapped, name, true, 1)
        tap.case(f"{name}: every packet twice", check_same, name, true, robustness.doubled)
        for port in PORTS:
            tap.case(f"{name}: port {port}", check_same, name, true, other_port(port))
        tap.case(f"{name}: packets dropped", check_dropped, name, true)
        tap.case(f"{name}: wrong bits", check_flipped, name, true)
    for name in SAMPLES[::4]:
        tap.case(f"{name}: cut files", cut_files, name)
    for seed in (1, 2):
        tap.case(f"flipped bits, seed {seed}", flipped_bits, seed)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
