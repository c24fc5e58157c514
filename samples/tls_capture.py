# SPDX-License-Identifier: BSD-2-Clause
"""What a TLS sample consists of: connections, the secrets that open them, and its rows in the manifest."""
import hashlib
import itertools
import os
import sys

import mkpcap
from mkservices import Raw, directive
from tls_talk import server_extensions

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "tls")
START = "2009-06-01T17:20:00Z"
CLIENT, SERVER = "192.0.2.10:3601", "203.0.113.62:443"
BLOCKS = ("before", "within", "late")
COLUMNS = ("capture", "client", "server", "version", "suite", "features", "secrets", "opens", "damage", "c2s_bytes", "c2s_sha256",
           "s2c_bytes", "s2c_sha256", "sha256")


class Connection:
    """A TCP connection of a sample: a Talk, and what stands around it. Opens: all, part, none, or plain where it is no TLS.
    Damage: which bytes of the plaintext nobody can read, as s2c:FIRST-END."""

    def __init__(self, talk, features="", client=CLIENT, server=SERVER, before=(), directives=(), opens="all", damage="",
                 close="client"):
        self.talk, self.features, self.client, self.server = talk, features, client, server
        self.before, self.directives, self.opens, self.damage, self.close = before, directives, opens, damage, close

    def marks(self):
        """The features, and which extensions that change the keys or the records are in use."""
        given = server_extensions(self.talk.flights) if self.talk.version in ("TLSv1", "TLSv1.1", "TLSv1.2") else None
        if given is not None and self.talk.suite:
            yield "ems" if 23 in given else "no-ems"
            if any(word in self.talk.suite.split(",")[0] for word in ("_CBC_", "_NULL_")):
                yield "etm" if 22 in given else "no-etm"
        if self.features:
            yield self.features

    def turns(self, name):
        """Lists of steps: what one side sends at a time."""
        yield [directive("conn", name, self.client, self.server), *(directive(*d) for d in self.directives)]
        for client, data in [*self.before, *self.talk.flights]:
            yield [directive("conn", name), Raw(name, client, data)]
        yield [directive("close", name, *self.close.split()), directive("at", "+1")]


class Sample:
    """A capture and what opens it, each by itself: keylog, rsa1024 and the like (a server's key), before, within or late
    (Decryption Secrets Blocks); what opens nothing stands behind an exclamation mark. Keylog replaces the lines of the log.
    At once: the connections go on side by side instead of one after the other."""

    def __init__(self, connections, secrets=("keylog",), keylog=None, at_once=False):
        self.connections, self.secrets, self.log, self.at_once = connections, secrets, keylog, at_once

    def keylog(self):
        if self.log is not None:
            return self.log
        lines = dict.fromkeys(line for c in self.connections for line in c.talk.secrets)
        return "".join(f"{line}\n" for line in lines).encode()

    def capture(self, name):
        turns = [list(c.turns(f"{name}.{n}")) for n, c in enumerate(self.connections)]
        if self.at_once:
            turns = itertools.zip_longest(*turns, fillvalue=[])
        steps = itertools.chain([directive("start", START)], *(step for several in turns for step in several))
        return mkpcap.Capture(list(steps), name)

    def files(self, name):
        """The file names of the sample, the capture first, with their bytes."""
        capture = self.capture(name)
        if self.secrets and self.secrets[0] in BLOCKS:
            files = {f"{name}.pcapng": with_secrets(capture, self.keylog(), self.secrets[0])}
        else:
            files = {f"{name}.pcap": capture.pcap()}
        if any(s.strip("!") == "keylog" for s in self.secrets):
            files[f"{name}.keylog"] = self.keylog()
        for c in self.connections:
            if c.damage:
                files.update({f"{name}.c2s": c.talk.plain[True], f"{name}.s2c": c.talk.plain[False]})
        return files

    def rows(self, name):
        files = self.files(name)
        capture, data = next(iter(files.items()))
        named = {"keylog": f"{name}.keylog", **dict.fromkeys(BLOCKS, "inside")}
        secrets = ",".join("!" * s.startswith("!") + named.get(s.strip("!"), s.strip("!") + ".pem") for s in self.secrets) or "-"
        for c in self.connections:
            plain = [f(c.talk.plain[side]) for side in (True, False) for f in (lambda d: str(len(d)), digest)]
            yield [capture, c.client, c.server, c.talk.version or "-", c.talk.suite or "-", ",".join(c.marks()) or "-", secrets,
                   c.opens, c.damage or "-", *plain, digest(data)]


def digest(data):
    return hashlib.sha256(data).hexdigest()


def with_secrets(capture, log, place):
    """As pcapng, with the secrets before the first frame, after the first with data, or when two thirds are over."""
    sys.path.append(os.path.join(HERE, "..", "tests", "captures"))
    import make                                  # the writer of pcapng
    frames = list(capture.frames())
    at = {"before": 0, "within": 4, "late": len(frames) * 2 // 3}[place]
    p = make.Pcapng().interface(1)
    for n, (stamp, frame) in enumerate(frames):
        if n == at:
            p.secrets(log)
        p.enhanced(frame, stamp)
    return p.data
