#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Is what TLS connections hold decrypted as the manifest of the samples says, and in real captures as tshark does? TAP.

In the real captures, which lie beside the source tree and not in it, each exchange with web services is there twice, inside
TLS and behind the terminator in the clear: both must be the same.
"""
import base64
import collections
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

import support
import tls_samples
from real_captures import captures
from support import require

PLAIN = os.environ.get("TLS_PLAIN", "tests/tls_plain")
GAP = "gap"
TSHARK = shutil.which("tshark")
# What this OpenSSL cannot do.
CANNOT = {"gnutls-tls12-rsa-camellia256-gcm.pcap": "OpenSSL has no Camellia in GCM"}
# The link where packets were lost on purpose does not see the clear side.
ONE_SIDE = ("impaired",)
# Where the server of the captures lay was replaced in what can be read, and nowhere else.
PLACE = re.compile(rb"/[a-z]+/[a-z]+/run/server")


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
    opens = rows[0]["opens"] if not secret.startswith("!") and rows[0]["capture"] not in CANNOT else "none"
    if opens == "none":
        check_nothing(rows, found)
    elif opens == "part":
        check_part(rows, found)
    else:
        check_whole(rows, found)


# ------------------------------------------------------------------ events

RESUMED = {"resumed-by-id": "session-id", "resumed-by-ticket": "ticket", "resumed-by-psk": "psk"}
EARLY = {"early-data": "accepted", "early-data-refused": "rejected"}
# What the client sends after the handshake that is told.
LATER = {"renegotiation-by-server", "renegotiation-by-client"}


def named(table, features):
    return next((table[f] for f in features if f in table), None)


def check_handshake(row, event):
    """The fields are those of the manifest, and the bytes at their ranges are their values."""
    features, fields, payload = set(row["features"].split(",")), event["fields"], support.exact_payload(event)
    version = row["version"].replace("TLSv1.", "TLS 1.").replace("TLSv1", "TLS 1.0").replace("SSLv3", "SSL 3.0")
    suite = row["suite"].split(",")[0].replace("SSL_", "TLS_")    # the names of the registry
    wanted = {"tls.version": version, "tls.suite": suite, "tls.early_data": named(EARLY, features)}
    if not features & LATER:
        # The server that refuses early data takes up no session, either.
        wanted["tls.resumed"] = None if "early-data-refused" in features else named(RESUMED, features)
        wanted["tls.client_certificate"] = True if "client-certificate" in features else None
    for name, value in wanted.items():
        require(fields.get(name) == value, f"{row['client']}: {name} is {fields.get(name)}, not {value}")
    require("tls.client_random" in fields and "tls.server_random" in fields, f"{row['client']}: no randoms")
    for name, source, offset, length in event["ranges"]:
        value = fields.get(name)
        if source == "payload" and name in ("tls.server_name", "tls.client_random", "tls.server_random", "tls.session_id"):
            value = bytes.fromhex(value["hex"]) if isinstance(value, dict) else value.encode()
            require(payload[offset:offset + length] == value, f"{row['client']}: {name} is not at its range")


def check_handshakes(rows, secret):
    events = support.read_events(os.path.join(tls_samples.FOLDER, rows[0]["capture"]), *options(secret), "--ranges")
    clients = {r["id"]: r["client"] for r in events if r["type"] == "connection"}
    told = {clients[e["connection"]]: e for e in events if e["type"] == "event" and e["protocol"] == "tls" and e["name"] == "handshake"}
    require(set(told) == {row["client"] for row in rows}, f"handshakes of {sorted(told)}")
    for row in rows:
        check_handshake(row, told[row["client"]])


# ------------------------------------------------------------------ real captures

def key_log(path):
    return path.rpartition(".")[0] + ".keylog"


def tshark_streams(path):
    """Numbers of the streams in which tshark finds a ServerHello."""
    p = subprocess.run([TSHARK, "-r", path, "-Y", "tls.handshake.type == 2", "-T", "fields", "-e", "tcp.stream"],
                       capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return sorted({int(n) for n in p.stdout.split()})


def tshark_plain(path, streams):
    with tempfile.TemporaryDirectory() as home:
        p = subprocess.run([TSHARK, "-o", f"tls.keylog_file:{key_log(path)}", "-r", path, "-q",
                            *(arg for n in streams for arg in ("-z", f"follow,tls,raw,{n}"))], capture_output=True, text=True,
                           check=False, env=support.environment(HOME=home), stdin=subprocess.DEVNULL)
    require(p.returncode == 0, p.stderr)
    found = collections.Counter()
    for part in p.stdout.split("Follow: tls,raw\n")[1:]:
        sides = tls_samples.read_sides(part)[2:]
        found[tuple(sorted(digest(side) for side in sides))] += 1
    return found


def same_as_tshark(path):
    wanted = tshark_plain(path, tshark_streams(path))
    have = collections.Counter(tuple(sorted(digest(joined(c[side])) for side in "cs"))
                               for c in plain(path, ["--keylog", key_log(path)]).values())
    require(wanted, "tshark finds nothing")
    require(have == wanted, f"{sum(have.values())} connections, {sum((have & wanted).values())} of them as the "
            f"{sum(wanted.values())} of tshark")


def same_as_clear(path):
    records = support.read_events(path, "--keylog", key_log(path), "--payload", status=(0, 3))
    outer = {r["id"]: r["outer"] for r in records if r["type"] == "connection"}
    inside, clear = collections.Counter(), collections.Counter()
    for r in records:
        if r["type"] == "event" and r["protocol"] in ("soap", "http") and r["role"] == "WS":
            where = inside if "tls" in outer[r["connection"]] else clear
            body = PLACE.sub(b"", base64.b64decode(r["payload_base64"]))
            where[(r["from"], r["name"], r["line"], body)] += 1
    require(inside, "no exchange inside TLS")
    require(not inside - clear, f"{sum((inside - clear).values())} exchanges are not those in the clear")


def same_commands(path):
    """The MSNP commands are the same with and without a key log."""
    def commands(*options):
        return [(e["from"], e["line"]) for e in support.read_events(path, *options, status=(0, 3))
                if e["type"] == "event" and e["protocol"] == "msnp" and support.is_command(e)]

    with_log = commands("--keylog", key_log(path))
    require(collections.Counter(commands()) == collections.Counter(with_log), "the commands differ")


def whole(path):
    found = plain(path, ["--keylog", key_log(path)])
    for c in found.values():
        require(joined(c["c"]) and joined(c["s"]), "a side is not there")
        require(not any(line.startswith("failed") for line in c["notices"]), "something failed")
    require(found, "no connection")


def real(tap):
    paths = [path for path in captures() if os.path.exists(key_log(path))]
    if not paths:
        tap.skip("real captures", "no captures with key logs beside the source tree")
    for path in paths:
        name = os.path.basename(path)
        tap.case(f"{name}: the same commands", same_commands, path)
        if not any(word in name for word in ONE_SIDE):
            tap.case(f"{name}: exchanges inside TLS are those in the clear", same_as_clear, path)
        if any(word in name for word in ONE_SIDE):
            # tshark gives up at retransmissions inside records.
            tap.case(f"{name}: inside is whole", whole, path)
        elif TSHARK:
            tap.case(f"{name}: inside is what tshark finds", same_as_tshark, path)
        else:
            tap.skip(f"{name}: inside is what tshark finds", "tshark is missing (Debian package: tshark)")


def main():
    tap = support.Tap()
    for capture, rows in tls_samples.read_manifest().items():
        for secret in rows[0]["secrets"].split(","):
            tap.case(f"{capture} with {secret}", check, rows, secret)
        if rows[0]["opens"] == "all" and capture not in CANNOT:
            secret = [s for s in rows[0]["secrets"].split(",") if not s.startswith("!")][0]
            tap.case(f"{capture}: the handshake", check_handshakes, rows, secret)
    real(tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
