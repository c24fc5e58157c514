#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Do the TLS samples hold what their manifest says? TAP. The plaintext is read by tshark; skipped without it."""
import collections
import concurrent.futures
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

import support
from support import require

FOLDER = support.sample("tls")
TSHARK = shutil.which("tshark")
# Which captures tshark 4.0 does not open, with no secret or not with that, and why.
CANNOT = {"tls13-late-client-certificate.pcap": "reads nothing of a client that answered a late request for its certificate",
          "tls13-early-data-refused.pcap": "shows the early data that the server did not read, too",
          "tls12-secrets-late.pcapng": "takes no secrets after the handshake",
          "tls13-secrets-late.pcapng": "takes no secrets after the handshake",
          "tls10-export1024-des.pcap": "takes 7 bytes of the key block for a key where the draft and OpenSSL of its time took 8",
          "tls12-certificate-lost.pcap with rsa2048.pem": "asks the certificate which key to use",
          "tls12-certificate-lost-ems.pcap with tls12-certificate-lost-ems.keylog":
          "takes the pre-master secret of the log, which is not enough, before the master secret",
          "tls12-rsa-aria128-gcm.pcap": "has no ARIA", "tls12-ecdhe-aria256-gcm.pcap": "has no ARIA"}


def read_manifest():
    """{capture: rows}, each row by the names of its columns."""
    with open(os.path.join(FOLDER, "MANIFEST.tsv"), encoding="utf-8") as f:
        names, *rows = (line.split("\t") for line in f.read().splitlines())
    captures = collections.OrderedDict()
    for row in rows:
        require(len(row) == len(names), f"{row[0]} has {len(row)} columns")
        captures.setdefault(row[0], []).append(dict(zip(names, row)))
    return captures


def options(secret):
    path = os.path.join(FOLDER, secret)
    if secret.endswith(".keylog"):
        return ["-o", f"tls.keylog_file:{path}"]
    if secret.endswith(".pem"):
        return ["-o", f'uat:rsa_keys:"{path}",""']
    return []


def follow(home, capture, rows, secret):
    """What tshark finds in each connection: (client's bytes, server's bytes)."""
    streams = [arg for n in range(len(rows)) for arg in ("-z", f"follow,tls,raw,{n}")]
    ports = {row["server"].rpartition(":")[2] for row in rows} - {"443"}
    kinds = [arg for port in sorted(ports) for arg in ("-d", f"tcp.port=={port},tls") if "tunnel" not in rows[0]["features"]]
    p = subprocess.run([TSHARK, *options(secret), *kinds, "-r", os.path.join(FOLDER, capture), "-q", *streams], capture_output=True,
                       text=True, check=False, env=support.environment(HOME=home), stdin=subprocess.DEVNULL)
    require(p.returncode == 0, p.stderr)
    found = {}
    for part in p.stdout.split("Follow: tls,raw\n")[1:]:
        number, node, *sides = read_sides(part)
        found[number] = sides if node == rows[number]["client"].replace("[", "").replace("]", "") else sides[::-1]
    return [found[n] for n in range(len(rows))]


def read_sides(part):
    """The number of the stream, who spoke first, what both said; the lines of the second are indented."""
    number = node = None
    sides = [b"", b""]
    for line in part.splitlines():
        text = line.strip()
        if text.startswith("Filter: tcp.stream eq "):
            number = int(text.rpartition(" ")[2])
        elif text.startswith("Node 0: "):
            node = text.partition(": ")[2]
        elif text and not text.startswith(("Node ", "===")):
            sides[line.startswith("\t")] += bytes.fromhex(text)
    return number, node, *sides


def compare(followed, capture, rows, secret):
    found = followed.result()
    for row, sides in zip(rows, found):
        for name, data in zip(("c2s", "s2c"), sides):
            told = f"{capture} {row['client']} {name}: tshark finds {len(data)} bytes"
            if row["opens"] in ("none", "plain") or secret.startswith("!"):
                require(not data, told)
            elif row["damage"].startswith(name):
                # A reader that is thrown off stops there, one that finds its way again goes on after it.
                plain = support.read_bytes(os.path.join(FOLDER, f"{capture.rpartition('.')[0]}.{name}"))
                first, end = map(int, row["damage"][4:].split("-"))
                require(data in (plain[:first], plain[:first] + plain[end:]), told)
            else:
                require(len(data) == int(row[f"{name}_bytes"]), f"{told}, {row[f'{name}_bytes']} were sent")
                require(hashlib.sha256(data).hexdigest() == row[f"{name}_sha256"], f"{told}, but others than were sent")


def main():
    tap, cases = support.Tap(), []
    with tempfile.TemporaryDirectory() as home, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for capture, rows in read_manifest().items():
            for secret in rows[0]["secrets"].split(","):
                name = f"{capture} with {secret}"
                cannot = CANNOT.get(capture) or CANNOT.get(name)
                why = "no tshark" if not TSHARK else cannot and f"tshark {cannot}"
                cases.append((name, why, why or pool.submit(follow, home, capture, rows, secret), capture, rows, secret))
        for name, why, *case in cases:
            if why:
                tap.skip(name, why)
            else:
                tap.case(name, compare, *case)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
