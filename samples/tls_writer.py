# SPDX-License-Identifier: BSD-2-Clause
"""TLS sessions that no library of today speaks: SSL 3.0 to TLS 1.2 with RC4, DES, triple DES, SEED and export suites.

Both sides are written from RFC 6101, 2246, 4346 and 5246; the key exchange is RSA. The bytes follow from the seed and the key.
"""
import hashlib
import hmac
import itertools
import struct
import zlib

import tls_crypto as crypto
from tls_crypto import number24
from tls_talk import ALERT, APPLICATION, CHANGE_CIPHER_SPEC, HANDSHAKE, Talk, record

SSL3, TLS10, TLS11, TLS12 = 0x300, 0x301, 0x302, 0x303
VERSIONS = {SSL3: "SSLv3", TLS10: "TLSv1", TLS11: "TLSv1.1", TLS12: "TLSv1.2"}
# name: number, cipher, bytes of the key in the key block, of the key in use, of the block, MAC
SUITES = {
    "RSA_EXPORT_WITH_RC4_40_MD5": (0x0003, "rc4", 5, 16, 0, "md5"),
    "RSA_WITH_RC4_128_MD5": (0x0004, "rc4", 16, 16, 0, "md5"),
    "RSA_WITH_RC4_128_SHA": (0x0005, "rc4", 16, 16, 0, "sha1"),
    "RSA_EXPORT_WITH_RC2_CBC_40_MD5": (0x0006, "rc2", 5, 16, 8, "md5"),
    "RSA_EXPORT_WITH_DES40_CBC_SHA": (0x0008, "des", 5, 8, 8, "sha1"),
    "RSA_WITH_DES_CBC_SHA": (0x0009, "des", 8, 8, 8, "sha1"),
    "RSA_WITH_3DES_EDE_CBC_SHA": (0x000A, "3des", 24, 24, 8, "sha1"),
    "RSA_WITH_AES_128_CBC_SHA": (0x002F, "aes", 16, 16, 16, "sha1"),
    "RSA_WITH_AES_256_CBC_SHA": (0x0035, "aes", 32, 32, 16, "sha1"),
    "RSA_WITH_SEED_CBC_SHA": (0x0096, "seed", 16, 16, 16, "sha1"),
    "RSA_EXPORT1024_WITH_DES_CBC_SHA": (0x0062, "des", 8, 8, 8, "sha1"),
    "RSA_EXPORT1024_WITH_RC4_56_SHA": (0x0064, "rc4", 7, 16, 0, "sha1"),
}
HASH_SIZE = {"md5": 16, "sha1": 20}
CLIENT_HELLO, SERVER_HELLO, CERTIFICATE, CERTIFICATE_REQUEST, HELLO_DONE, CLIENT_KEY, FINISHED = 1, 2, 11, 13, 14, 16, 20
NO_CERTIFICATE = 41


class Protection:
    """One direction under one set of keys."""

    def __init__(self, version, suite, mac_key, key, vector, numbers):
        _, cipher, _, _, self.block, self.mac = SUITES[suite]
        self.version, self.mac_key, self.numbers, self.count, self.more_padding = version, mac_key, numbers, 0, 0
        self.cipher = crypto.Rc4(key) if cipher == "rc4" else crypto.Cbc(cipher, key, vector)

    def protect(self, kind, data):
        header = struct.pack("!QB", self.count, kind)
        self.count += 1
        if self.version == SSL3:
            data += crypto.old_mac(self.mac, self.mac_key, header + struct.pack("!H", len(data)), data)
        else:
            data += hmac.new(self.mac_key, header + struct.pack("!HH", self.version, len(data)) + data, self.mac).digest()
        if not self.block:
            return self.cipher.encrypt(data)
        filling = self.block - 1 - len(data) % self.block
        if self.version == SSL3:
            data += self.numbers.take(filling) + bytes([filling])
        else:
            filling += self.more_padding * self.block
            data += bytes([filling]) * (filling + 1)
        if self.version < TLS11:
            return self.cipher.encrypt(data)
        self.cipher.vector = vector = self.numbers.take(self.block)
        return vector + self.cipher.encrypt(data)


class Session:
    """A connection as both sides write it.

    Options: v2_hello, the first message in the form of SSL 2.0; together, the messages of a flight in one record; split, bytes of
    the first record of each piece of data; more_padding, blocks of it; ask_client, for a certificate that it has not; compress, records with DEFLATE."""

    def __init__(self, version, key, seed, server_name=None, **options):
        self.version, self.key, self.server_name, self.options = version, key, server_name, options
        self.public, self.certificate = crypto.RsaKey(f"{key}.pem"), crypto.pem(f"{key}.crt")
        self.numbers, self.talk = crypto.Numbers(seed), Talk()
        self.protection = {True: None, False: None}
        self.deflate = {True: None, False: None}
        self.next = {}
        self.pending, self.messages = [], b""
        self.talk.version, self.talk.suite = VERSIONS[version], ""

    # records
    def put(self, client, kind, data):
        """A record."""
        keys, deflate = self.protection[client], self.deflate[client]
        if deflate:
            data = deflate.compress(data) + deflate.flush(zlib.Z_SYNC_FLUSH)
        body = keys.protect(kind, data) if keys else data
        self.pending.append((client, record(kind, self.version, body)))

    def flush(self):
        """What was put becomes flights, one for each turn."""
        for client, several in itertools.groupby(self.pending, lambda p: p[0]):
            self.talk.wrote(client, b"".join(data for _, data in several))
        self.pending = []

    def tell(self, client, *messages):
        """Handshake messages, each (type, body)."""
        data = [struct.pack("!B", kind) + number24(len(body)) + body for kind, body in messages]
        self.messages += b"".join(data)
        for part in [b"".join(data)] if self.options.get("together") else data:
            self.put(client, HANDSHAKE, part)

    # the handshake
    def hello(self, suite, session_id):
        self.client_random = struct.pack("!I", 1243876800) + self.numbers.take(28)
        suites = [SUITES[suite][0], 0x000A, 0x0005] if not self.options.get("only") else [SUITES[suite][0]]
        if self.options.get("v2_hello") and not session_id:
            challenge = self.numbers.take(16)
            self.client_random = bytes(16) + challenge
            specs = b"".join(b"\0" + struct.pack("!H", s) for s in suites) + b"\x01\0\x80\x07\0\xc0"
            hello = struct.pack("!BHHHH", 1, self.version, len(specs), 0, len(challenge)) + specs + challenge
            self.messages += hello
            self.pending.append((True, struct.pack("!H", 0x8000 | len(hello)) + hello))
            return
        body = (struct.pack("!H", self.version) + self.client_random + bytes([len(session_id)]) + session_id
                + struct.pack("!H", 2 * len(suites)) + b"".join(struct.pack("!H", s) for s in suites)
                + (b"\x02\x01\0" if self.options.get("compress") else b"\x01\0"))
        if self.version > SSL3 and self.server_name:
            name = self.server_name.encode()
            entry = struct.pack("!HBH", len(name) + 3, 0, len(name)) + name
            extension = struct.pack("!HH", 0, len(entry)) + entry
            body += struct.pack("!H", len(extension)) + extension
        self.tell(True, (CLIENT_HELLO, body))

    def server_hello(self, suite, session_id):
        self.server_random = struct.pack("!I", 1243876801) + self.numbers.take(28)
        return SERVER_HELLO, (struct.pack("!H", self.version) + self.server_random + bytes([len(session_id)]) + session_id
                              + struct.pack("!HB", SUITES[suite][0], bool(self.options.get("compress"))))

    def handshake(self, suite, resume=None):
        """Resume: a session that had one before. Returns what another can resume: session id, master secret."""
        self.messages, self.suite = b"", suite
        self.talk.suite += ("," if self.talk.suite else "") + f"{'SSL' if self.version == SSL3 else 'TLS'}_{suite}"
        self.hello(suite, resume[0] if resume else b"")
        if resume:
            session_id, master = resume
            self.tell(False, self.server_hello(suite, session_id))
            self.keys(master)
            self.finish(False, master)
            self.finish(True, master)
        else:
            session_id = self.numbers.take(32)
            master = self.exchange(suite, session_id)
            self.keys(master)
            self.finish(True, master)
            self.finish(False, master)
        self.talk.secrets.append(f"CLIENT_RANDOM {self.client_random.hex()} {master.hex()}")
        self.flush()
        return session_id, master

    def exchange(self, suite, session_id):
        chain = number24(len(self.certificate)) + self.certificate
        asked = [(CERTIFICATE_REQUEST, b"\x01\x01\0\0")] if self.options.get("ask_client") else []
        self.tell(False, self.server_hello(suite, session_id), (CERTIFICATE, number24(len(chain)) + chain), *asked, (HELLO_DONE, b""))
        if asked:
            self.put(True, ALERT, bytes([1, NO_CERTIFICATE]))
        secret = struct.pack("!H", self.version) + self.numbers.take(46)
        closed = self.public.encrypt(secret, self.numbers)
        self.tell(True, (CLIENT_KEY, closed if self.version == SSL3 else struct.pack("!H", len(closed)) + closed))
        self.talk.secrets.append(f"RSA {closed[:8].hex()} {secret.hex()}")
        self.secret = secret
        seed = self.client_random + self.server_random
        if self.version == SSL3:
            return crypto.old_expand(secret, seed, 48)
        return crypto.prf(self.version, secret, b"master secret", seed, 48)

    def keys(self, master):
        """The keys that the next ChangeCipherSpec of each side brings into use."""
        _, cipher, material, size, block, mac = SUITES[self.suite]
        both, export = self.client_random + self.server_random, "EXPORT" in self.suite
        back = self.server_random + self.client_random
        total = 2 * (HASH_SIZE[mac] + material + block)
        if self.version == SSL3:
            stream = crypto.old_expand(master, back, total)
        else:
            stream = crypto.prf(self.version, master, b"key expansion", back, total)
        parts, at = [], 0
        for length in (HASH_SIZE[mac], material, block):
            parts.append((stream[at:at + length], stream[at + length:at + 2 * length]))
            at += 2 * length
        for n, client in enumerate((True, False)):
            mac_key, key, vector = (part[n] for part in parts)
            if export and self.version == SSL3:
                seed = both if client else back
                key, vector = hashlib.md5(key + seed).digest()[:size], hashlib.md5(seed).digest()[:block]
            elif export:
                label = b"client write key" if client else b"server write key"
                key = crypto.prf(self.version, key, label, both, size)
                vector = crypto.prf(self.version, b"", b"IV block", both, 2 * block)[n * block:(n + 1) * block]
            self.next[client] = Protection(self.version, self.suite, mac_key, key, vector, self.numbers)
            self.next[client].more_padding = self.options.get("more_padding", 0)

    def finish(self, client, master):
        self.put(client, CHANGE_CIPHER_SPEC, b"\x01")
        self.protection[client] = self.next[client]
        self.deflate[client] = zlib.compressobj() if self.options.get("compress") else None
        if self.version == SSL3:
            said = self.messages + (b"CLNT" if client else b"SRVR")
            proof = crypto.old_hash("md5", master, said) + crypto.old_hash("sha1", master, said)
        else:
            digest = (hashlib.sha256(self.messages).digest() if self.version == TLS12 else
                      hashlib.md5(self.messages).digest() + hashlib.sha1(self.messages).digest())
            proof = crypto.prf(self.version, master, b"client finished" if client else b"server finished", digest, 12)
        self.tell(client, (FINISHED, proof))

    # after it
    def say(self, client, data, pieces=None):
        """Application data, in records of that size if one is given."""
        cuts = [0, *([self.options["split"]] if "split" in self.options else [])]
        cuts += range(cuts[-1] + (pieces or 16384), len(data), pieces or 16384)
        told, at = len(self.talk.plain[client]), self.talk.size(client)
        for first, end in zip(cuts, [*cuts[1:], len(data)]):
            self.put(client, APPLICATION, data[first:end])
            size = len(self.pending[-1][1])
            self.talk.pieces.append((client, range(at, at + size), range(told + first, told + end)))
            at += size
        self.talk.said(client, data)
        self.flush()

    def say_all(self, turns, pieces=None):
        for client, data in turns:
            self.say(client, data, pieces)

    def close(self):
        for client in (True, False):
            self.put(client, ALERT, b"\x01\0")
            self.flush()
        return self.talk
