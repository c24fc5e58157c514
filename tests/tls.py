#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Is what TLS connections hold decrypted as the manifest of the samples says, and as tshark does? TAP."""
import collections
import hashlib
import os
import re
import shutil
import subprocess
import sys

import support
import tls_samples
from support import require

PLAIN = os.environ.get("TLS_PLAIN", "tests/tls_plain")
GAP = "gap"


def options(secret):
    if secret in ("-", "inside"):
        return []
    path = os.path.join(tls_samples.FOLDER, secret.lstrip("!"))
    return ["--keylog" if secret.endswith(".keylog") else "--rsa-key", path]


def plain(capture, secret_options):
    """What is inside of each connection: {number: {"c": pieces, "s": pieces, "notices": lines}}; None is a hole."""
    p = subprocess.run([PLAIN, *secret_options, capture], capture_output=True, text=True, check=False,
                       env=support.environment(), stdin=subprocess.DEVNULL, timeout=60)
    require(p.returncode == 0, p.stderr)
    found = collections.OrderedDict()
    for line in p.stdout.splitlines():
        number, what, rest = (line + " ").split(" ", 2)
        c = found.setdefault(int(number), {"c": [], "s": [], "notices": []})
        if what in "cs":
            c[what].append(None if rest.startswith(GAP) else bytes.fromhex(rest.strip()))
        else:
            c["notices"].append(f"{what} {rest.strip()}")
    return found


def joined(pieces):
    require(None not in pieces, "there is a hole")
    return b"".join(pieces)


def digest(data):
    return len(data), hashlib.sha256(data).hexdigest()


def check_whole(rows, found):
    rows = [row for row in rows if row["opens"] != "plain"]
    require(len(found) == len(rows), f"{len(found)} connections, not {len(rows)}")
    # Connections are told apart by what they hold: captures do not number them in the order of the manifest.
    wanted = collections.Counter()
    for row in rows:
        wanted[(row["c2s_bytes"], row["c2s_sha256"], row["s2c_bytes"], row["s2c_sha256"])] += 1
    have = collections.Counter()
    for c in found.values():
        sent, answered = digest(joined(c["c"])), digest(joined(c["s"]))
        have[(str(sent[0]), sent[1], str(answered[0]), answered[1])] += 1
    require(have == wanted, f"inside: {dict(have)}, not {dict(wanted)}")


def check_nothing(rows, found):
    for c in found.values():
        require(not c["c"] and not c["s"], "something was decrypted")


def check_part(rows, found):
    """All but the damaged part, which the manifest names, is there, in order, and a hole is told."""
    require(len(found) == 1, f"{len(found)} connections")
    row, c = rows[0], found[1]
    side, _, damaged = row["damage"].partition(":")
    begin, end = map(int, damaged.split("-"))
    base = os.path.join(tls_samples.FOLDER, row["capture"].rpartition(".")[0])
    with open(base + ".c2s", "rb") as f, open(base + ".s2c", "rb") as g:
        whole = {"c": f.read(), "s": g.read()}
    hurt = "c" if side == "c2s" else "s"
    unhurt = "s" if hurt == "c" else "c"
    require(joined(c[unhurt]) == whole[unhurt], "the other side is not whole")
    pieces = c[hurt]
    before = b"".join(pieces[:pieces.index(None)]) if None in pieces else b"".join(pieces)
    after = b"".join(p for p in pieces[pieces.index(None):] if p) if None in pieces else b""
    require(whole[hurt].startswith(before) and whole[hurt].endswith(after), "what is there is not what was sent")
    require(len(before) >= begin, f"{len(before)} bytes in front of the damage, not {begin}")
    require(len(after) >= len(whole[hurt]) - end, f"{len(after)} bytes behind the damage, not {len(whole[hurt]) - end}")
    require(before + after != whole[hurt] or row["opens"] == "all", "nothing is damaged")


def check(rows, secret):
    found = plain(os.path.join(tls_samples.FOLDER, rows[0]["capture"]), options(secret))
    opens = rows[0]["opens"] if not secret.startswith("!") else "none"
    if opens == "none":
        check_nothing(rows, found)
    elif opens == "part":
        check_part(rows, found)
    else:
        check_whole(rows, found)


def main():
    tap = support.Tap()
    for capture, rows in tls_samples.read_manifest().items():
        for secret in rows[0]["secrets"].split(","):
            tap.case(f"{capture} with {secret}", check, rows, secret)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
