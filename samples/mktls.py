#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the captures of TLS in the folder tls, their secrets, and MANIFEST.tsv, which says what is inside.

usage: mktls.py --all          write every capture anew
       mktls.py NAME...        write those
       mktls.py --keys         make new keys of the servers, too; then everything
       mktls.py --check        are the captures those of the manifest, and those without chance what this script writes?

Most sessions are OpenSSL's, with new keys every time, so a capture is as good as the next but never the same; README.md
describes the samples. tests/tls_samples.py compares them with another program. Needs OpenSSL 3 and GnuTLS as libraries, and
openssl; --check needs Python alone.
"""
import os
import subprocess
import sys
import tempfile

import tls_old_samples
from tls_capture import COLUMNS, FOLDER, digest
from tls_crypto import Unavailable

PASSWORD = "msnscope"


# ------------------------------------------------------------------ keys

def openssl(*args):
    subprocess.run(["openssl", *args], check=True, capture_output=True)


def make_certificate(path, name, *key):
    openssl("req", "-x509", "-newkey", *key, "-nodes", "-keyout", f"{path}.pem", "-out", f"{path}.crt", "-days", "9000", "-subj",
            f"/O=Example/CN={name}", "-addext", "subjectKeyIdentifier=none", "-addext", "basicConstraints=CA:false")


def make_keys():
    """The RSA keys of servers in the forms that people have them."""
    for bits in ("512", "1024", "2048"):
        make_certificate(os.path.join(FOLDER, f"rsa{bits}"), "login.live.com", f"rsa:{bits}")
    old, new = os.path.join(FOLDER, "rsa1024"), os.path.join(FOLDER, "rsa2048")
    openssl("rsa", "-traditional", "-in", f"{old}.pem", "-out", f"{old}.pem")
    openssl("rsa", "-traditional", "-aes128", "-passout", f"pass:{PASSWORD}", "-in", f"{old}.pem", "-out", f"{old}-password.pem")
    openssl("pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", f"pass:{PASSWORD}", "-in", f"{new}.pem", "-out", f"{new}-password.pem")
    for key, more in ((old, ["-legacy"]), (new, [])):
        openssl("pkcs12", "-export", *more, "-inkey", f"{key}.pem", "-in", f"{key}.crt", "-passout", f"pass:{PASSWORD}", "-out",
                f"{key}.p12")
    openssl("pkcs12", "-export", "-inkey", f"{new}.pem", "-in", f"{new}.crt", "-passout", "pass:", "-out", f"{new}-empty-password.p12")
    make_certificate(os.path.join(FOLDER, "wrong"), "login.live.com", "rsa:1024")
    os.remove(os.path.join(FOLDER, "wrong.crt"))


# ------------------------------------------------------------------ command line

def manifest():
    """{name of a sample: its rows}"""
    path, out = os.path.join(FOLDER, "MANIFEST.tsv"), {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            for line in f.read().splitlines()[1:]:
                row = line.split("\t")
                out.setdefault(row[0].rpartition(".")[0], []).append(row)
    return out


def build(names):
    """Write the captures of these names; all without names."""
    import tls_broken_samples
    import tls_samples
    told, samples = manifest(), {**tls_old_samples.SAMPLES, **tls_samples.SAMPLES, **tls_broken_samples.SAMPLES}
    with tempfile.TemporaryDirectory() as scratch:
        for name, owner, *key in (("ecdsa", "login.live.com", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
                                  ("client", "alice@example.com", "rsa:1024")):
            tls_samples.KEYS[name] = os.path.join(scratch, name)
            make_certificate(tls_samples.KEYS[name], owner, *key)
        for name in names or samples:
            sample = samples[name]()
            for file, data in sample.files(name).items():
                with open(os.path.join(FOLDER, file), "wb") as f:
                    f.write(data)
            told[name] = list(sample.rows(name))
    with open(os.path.join(FOLDER, "MANIFEST.tsv"), "w", encoding="utf-8") as f:
        for row in [COLUMNS, *(row for name in samples for row in told.get(name, ()))]:
            f.write("\t".join(row) + "\n")


def problems():
    """Files that are not those of the manifest, and captures that are not what their script gives."""
    told, expected = manifest(), {"MANIFEST.tsv"}
    for name, rows in told.items():
        capture, secrets, damage = rows[0][0], rows[0][6], rows[0][8]
        expected |= {capture} | {s.strip("!") for s in secrets.split(",") if s.endswith(".keylog")}
        expected |= {f"{name}.c2s", f"{name}.s2c"} if damage != "-" else set()
        try:
            with open(os.path.join(FOLDER, capture), "rb") as f:
                same = digest(f.read()) == rows[0][-1]
        except FileNotFoundError:
            same = False
        if not same:
            yield f"{capture} is not that of the manifest"
    keys = ("512", "1024", "2048")
    expected |= {f"rsa{n}{end}" for n in keys for end in (".pem", ".crt")} | {f"rsa{n}{end}" for n in keys[1:] for end in (
        ".p12", "-password.pem")} | {"rsa2048-empty-password.p12", "wrong.pem"}
    for name in expected ^ set(os.listdir(FOLDER)):
        yield f"{name}: {'is missing' if name in expected else 'nothing is known about it'}"
    for name, make in tls_old_samples.SAMPLES.items():
        try:
            sample = make()
        except Unavailable:                      # it cannot be compared on this machine
            continue
        for file, data in sample.files(name).items():
            with open(os.path.join(FOLDER, file), "rb") as f:
                if f.read() != data:
                    yield f"{file} is not what mktls.py gives"
        if list(sample.rows(name)) != told.get(name):
            yield f"{name}: the manifest has other rows"


def main(argv):
    if argv == ["--check"]:
        found = list(problems())
        print("".join(f"{problem}\n" for problem in found), end="")
        return 1 if found else 0
    if not argv or argv[0].startswith("-") and argv not in (["--all"], ["--keys"]):
        print(__doc__, file=sys.stderr)
        return 2
    os.makedirs(FOLDER, exist_ok=True)
    if argv == ["--keys"]:
        make_keys()
    build([] if argv[0].startswith("-") else argv)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
