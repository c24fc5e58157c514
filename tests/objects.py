#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Pictures and files come out of captures of real clients byte by byte; TAP.

What was transferred, with sizes and SHA-1, and which client got it whole, is told by the index of the captures; they lie
beside the source tree, and without them all is skipped.
"""
import base64
import collections
import hashlib
import json
import os
import re
import sys
import tempfile

import support
from support import require

CAPTURES = os.path.join(support.SRCDIR, "..", "shared", "captures")


def known_objects():
    """{SHA-1: (bytes, what)} of the table of the index."""
    with open(os.path.join(CAPTURES, "INDEX.md"), encoding="utf-8") as f:
        rows = re.findall(r"^\| ([^|]+) \| (\d+) \| ([0-9a-f]{40}) \|$", f.read(), re.M)
    return {sha1: (int(size), what) for what, size, sha1 in rows}


def received():
    """{capture: Counter of the bytes of what clients say they got whole}"""
    out, name = {}, None
    with open(os.path.join(CAPTURES, "made/INDEX.md"), encoding="utf-8") as f:
        for line in f:
            if line.startswith("## "):
                name = line[3:].strip()
            elif line.startswith("- client side results: "):
                sizes = [int(n) for n in re.findall(r"display picture of \S+ \((\d+) bytes\) received", line)]
                out[name] = collections.Counter(sizes + [10665] * line.count("file received completely"))
    return out


def extract(path, folder, *options):
    """The entries of the manifest."""
    result = support.run("extract", "-o", folder, *options, path)
    require(result.status in (0, 3), f"status {result.status}: {result.err.decode('utf-8', 'replace')}")
    with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as f:
        return json.load(f)["files"]


def same(path, known, wanted):
    """Complete objects are those of the index, byte by byte, and as many as the clients got."""
    with tempfile.TemporaryDirectory() as folder:
        entries = extract(path, folder)
        got = collections.Counter()
        for e in entries:
            if e["state"] != "complete":
                continue
            data = support.read_bytes(os.path.join(folder, e["file"]))
            sha1 = hashlib.sha1(data).hexdigest()
            what = f"{e['kind']} {e['name']} from {e['from']} to {e['to']}"
            require(len(data) == e["received"] == e["size"], f"{what}: {len(data)} bytes")
            require(e["sha1"] == sha1, f"{what}: SHA-1 is said to be {e['sha1']}")
            # aMSN converts the pictures it is given: only their own SHA1D is known.
            if "amsn" in path and e["kind"] != "file":
                require(base64.b64encode(bytes.fromhex(sha1)).decode() == e["sha1d"], f"{what}: SHA-1 {sha1}, SHA1D {e['sha1d']}")
            else:
                require(sha1 in known, f"{what}: {len(data)} bytes with SHA-1 {sha1} are none of the index")
            require(e["kind"] == "file" or e["sha1d_verdict"] == "match", f"{what}: SHA1D {e['sha1d_verdict']}")
            require(e["from"] and e["to"], f"{what}: parties are not known")
            got[len(data)] += 1
        for size, n in wanted.items():
            require(got[size] >= n, f"{got[size]} objects of {size} bytes, but clients got {n}:\n" +
                    "\n".join(f"{e['kind']} {e['state']} {e['received']} of {e['size']} {e['cause']}" for e in entries))


def main():
    tap = support.Tap()
    if not os.path.isdir(os.path.join(CAPTURES, "made")):
        tap.skip("objects of captures of real clients", "the captures are not there")
        return tap.done()
    known, wanted = known_objects(), received()
    for name in sorted(os.listdir(os.path.join(CAPTURES, "made"))):
        if name.endswith(".pcap"):
            stem = name[:-len(".pcap")]
            tap.case(f"{stem}: objects", same, os.path.join(CAPTURES, "made", name), known, wanted.get(stem, {}))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
