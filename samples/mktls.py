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
import hashlib
import os
import subprocess
import sys
import tempfile

import mkgateway
import mkpcap
import tls_texts as texts
from mkservices import Raw, directive

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "tls")
START = "2009-06-01T17:20:00Z"
CLIENT, SERVER = "192.0.2.10:3601", "203.0.113.62:443"
COLUMNS = ("capture", "client", "server", "version", "suite", "features", "secrets", "opens", "c2s_bytes", "c2s_sha256", "s2c_bytes",
           "s2c_sha256", "sha256")
PASSWORD = "msnscope"


class Connection:
    """A TCP connection of a sample: a Talk, and what stands around it."""

    def __init__(self, talk, features="", client=CLIENT, server=SERVER, before=(), directives=(), opens="all", close="client"):
        self.talk, self.features, self.client, self.server = talk, features, client, server
        self.before, self.directives, self.opens, self.close = before, directives, opens, close

    def steps(self, name):
        yield directive("conn", name, self.client, self.server)
        yield from (directive(*d) for d in self.directives)
        for client, data in [*self.before, *self.talk.flights]:
            yield Raw(name, client, data)
        yield directive("close", name, self.close)


class Sample:
    """A capture. Secrets: keylog, rsa1024 or rsa2048 (the server's key), before or within (Decryption Secrets Blocks); what
    opens nothing by itself stands behind an exclamation mark. Keylog replaces the lines of the key log."""

    def __init__(self, connections, secrets=("keylog",), keylog=None):
        self.connections, self.secrets, self.log = connections, secrets, keylog

    def keylog(self):
        if self.log is not None:
            return self.log
        lines = dict.fromkeys(line for c in self.connections for line in c.talk.secrets)
        return "".join(f"{line}\n" for line in lines).encode()

    def capture(self, name):
        steps = [directive("start", START)]
        for n, c in enumerate(self.connections):
            steps += [*c.steps(f"{name}.{n}"), directive("at", "+1")]
        return mkpcap.Capture(steps, name)

    def files(self, name):
        """The file names of the sample, the capture first, with their bytes."""
        capture = self.capture(name)
        if {"before", "within"} & set(self.secrets):
            files = {f"{name}.pcapng": with_secrets(capture, self.keylog(), "before" in self.secrets)}
        else:
            files = {f"{name}.pcap": capture.pcap()}
        if any(s.strip("!") == "keylog" for s in self.secrets):
            files[f"{name}.keylog"] = self.keylog()
        return files

    def rows(self, name):
        files = self.files(name)
        capture, data = next(iter(files.items()))
        named = {"keylog": f"{name}.keylog", "before": "inside", "within": "inside", "rsa512": "rsa512.pem", "rsa1024": "rsa1024.pem",
                 "rsa2048": "rsa2048.pem"}
        secrets = ",".join("!" * s.startswith("!") + named[s.strip("!")] for s in self.secrets) or "-"
        for c in self.connections:
            yield [capture, c.client, c.server, c.talk.version or "-", c.talk.suite or "-", c.features or "-", secrets, c.opens,
                   *(f(c.talk.plain[side]) for side in (True, False) for f in (lambda d: str(len(d)), digest)), digest(data)]


def digest(data):
    return hashlib.sha256(data).hexdigest()


def with_secrets(capture, log, before):
    """As pcapng, with the secrets before the first frame, or each line before the last third of the frames."""
    sys.path.append(os.path.join(HERE, "..", "tests", "captures"))
    import make                                  # the writer of pcapng
    frames = list(capture.frames())
    p = make.Pcapng().interface(1)
    for n, (stamp, frame) in enumerate(frames):
        if n == (0 if before else len(frames) * 2 // 3):
            p.secrets(log)
        p.enhanced(frame, stamp)
    return p.data


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

def sources():
    """{name: function that gives the Sample}"""
    import tls_samples
    return tls_samples.SAMPLES


def manifest():
    """{capture without its ending: rows}"""
    path, out = os.path.join(FOLDER, "MANIFEST.tsv"), {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            for line in f.read().splitlines()[1:]:
                row = line.split("\t")
                out.setdefault(row[0].rpartition(".")[0], []).append(row)
    return out


def build(names):
    import tls_samples
    told = manifest()
    with tempfile.TemporaryDirectory() as scratch:
        make_certificate(os.path.join(scratch, "ecdsa"), "login.live.com", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
        make_certificate(os.path.join(scratch, "client"), "alice@example.com", "rsa:1024")
        tls_samples.KEYS.update(ecdsa=os.path.join(scratch, "ecdsa"), client=os.path.join(scratch, "client"))
        for name in names:
            sample = tls_samples.SAMPLES[name]()
            for file, data in sample.files(name).items():
                with open(os.path.join(FOLDER, file), "wb") as f:
                    f.write(data)
            told[name] = list(sample.rows(name))
    with open(os.path.join(FOLDER, "MANIFEST.tsv"), "w", encoding="utf-8") as f:
        for row in [COLUMNS, *(row for name in tls_samples.SAMPLES if name in told for row in told[name])]:
            f.write("\t".join(row) + "\n")


def main(argv):
    if not argv or any(a.startswith("-") and a not in ("--all", "--keys", "--check") for a in argv):
        print(__doc__, file=sys.stderr)
        return 2
    os.makedirs(FOLDER, exist_ok=True)
    if argv == ["--check"]:
        return check()
    if argv == ["--keys"]:
        make_keys()
    build(list(sources()) if argv[0].startswith("--") else argv)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
