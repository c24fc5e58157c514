# SPDX-License-Identifier: BSD-2-Clause
"""What old TLS is made of: RC4, RC2, block ciphers in CBC (from libcrypto), MACs, key derivation, RSA encryption, and numbers that
look random but are the same every time."""
import base64
import ctypes
import ctypes.util
import functools
import hashlib
import hmac
import re
import struct


class Numbers:
    """Bytes that follow from a seed."""

    def __init__(self, seed):
        self.seed, self.count = seed.encode(), 0

    def take(self, size):
        out = b""
        while len(out) < size:
            self.count += 1
            out += hashlib.sha256(b"%s %d" % (self.seed, self.count)).digest()
        return out[:size]


# ------------------------------------------------------------------ ciphers

class Rc4:
    """A key stream that goes on from record to record."""

    def __init__(self, key):
        self.s, self.i, self.j, j = list(range(256)), 0, 0, 0
        for i in range(256):
            j = (j + self.s[i] + key[i % len(key)]) % 256
            self.s[i], self.s[j] = self.s[j], self.s[i]

    def encrypt(self, data):
        out = bytearray()
        for byte in data:
            self.i = (self.i + 1) % 256
            self.j = (self.j + self.s[self.i]) % 256
            self.s[self.i], self.s[self.j] = self.s[self.j], self.s[self.i]
            out.append(byte ^ self.s[(self.s[self.i] + self.s[self.j]) % 256])
        return bytes(out)


# name: bytes of a block, what libcrypto calls it
CIPHERS = {"des": (8, "DES-EDE3-CBC"), "3des": (8, "DES-EDE3-CBC"), "aes": (16, "AES-{}-CBC"), "rc2": (8, "RC2-CBC"),
           "seed": (16, "SEED-CBC")}


class Unavailable(Exception):
    """This machine has no libcrypto, or one that lacks a cipher."""


@functools.cache
def library():
    """libcrypto, with the ciphers that are called legacy where it has them."""
    path = ctypes.util.find_library("crypto")
    if path is None:
        raise Unavailable("no libcrypto")
    lib = ctypes.CDLL(path)
    for name in ("EVP_CIPHER_fetch", "EVP_CIPHER_CTX_new", "EVP_aes_128_gcm", "OSSL_PROVIDER_load"):
        getattr(lib, name).restype = ctypes.c_void_p
    for provider in (b"default", b"legacy"):
        lib.OSSL_PROVIDER_load(None, provider)
    return lib


class Cbc:
    """A block cipher whose last block is the next vector, unless another is given."""

    def __init__(self, cipher, key, vector):
        self.block, name = CIPHERS[cipher]
        self.vector, self.key = vector, key * 3 if cipher == "des" else key      # DES is triple DES with one key
        self.cipher = library().EVP_CIPHER_fetch(None, name.format(len(key) * 8).encode(), None)
        if not self.cipher:
            raise Unavailable(f"no {name}")
        self.context = ctypes.c_void_p(library().EVP_CIPHER_CTX_new())

    def encrypt(self, data):
        assert len(data) % self.block == 0
        lib, out, count = library(), ctypes.create_string_buffer(len(data) + 32), ctypes.c_int()
        good = (lib.EVP_EncryptInit_ex(self.context, ctypes.c_void_p(self.cipher), None, self.key, self.vector)
                and lib.EVP_CIPHER_CTX_set_padding(self.context, 0)
                and lib.EVP_EncryptUpdate(self.context, out, ctypes.byref(count), data, len(data)))
        if not good or count.value != len(data):
            raise Unavailable("libcrypto does not encrypt")
        self.vector = out.raw[len(data) - self.block:len(data)]
        return out.raw[:len(data)]


# ------------------------------------------------------------------ RSA

def der(data, at=0):
    """(tag, contents, where the next begins) of a DER value."""
    length, at = data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length, at = int.from_bytes(data[at:at + count], "big"), at + count
    return data[at:at + length], at + length


def pem(path):
    with open(path, encoding="ascii") as f:
        return base64.b64decode(re.search(r"-----BEGIN [A-Z ]+-----(.*?)-----END", f.read(), re.S)[1])


class RsaKey:
    """The public half of a private key, PKCS#1 or PKCS#8, in a PEM file."""

    def __init__(self, path):
        body = der(pem(path))[0]
        _, at = der(body)
        if body[at] == 0x30:                 # PKCS#8: version, algorithm, and the key in an octet string
            _, at = der(body, at)
            body = der(der(body, at)[0])[0]
            _, at = der(body)
        modulus, at = der(body, at)
        self.n, self.e = int.from_bytes(modulus, "big"), int.from_bytes(der(body, at)[0], "big")
        self.size = (self.n.bit_length() + 7) // 8

    def encrypt(self, data, numbers):
        filling = bytes(b or 1 for b in numbers.take(self.size - len(data) - 3))
        return pow(int.from_bytes(b"\0\2" + filling + b"\0" + data, "big"), self.e, self.n).to_bytes(self.size, "big")


# ------------------------------------------------------------------ SSL 3.0 (RFC 6101)

def old_expand(secret, seed, size):
    """Key derivation of SSL 3.0, for the master secret and the keys."""
    out, n = b"", 0
    while len(out) < size:
        n += 1
        out += hashlib.md5(secret + hashlib.sha1(bytes([0x40 + n]) * n + secret + seed).digest()).digest()
    return out[:size]


PADS = {"md5": 48, "sha1": 40}


def old_hash(name, secret, inner):
    """The nested hash of a Finished message."""
    first = hashlib.new(name, inner + secret + b"\x36" * PADS[name]).digest()
    return hashlib.new(name, secret + b"\x5c" * PADS[name] + first).digest()


def old_mac(name, secret, header, data):
    """Header: sequence number, type and length, without the version."""
    first = hashlib.new(name, secret + b"\x36" * PADS[name] + header + data).digest()
    return hashlib.new(name, secret + b"\x5c" * PADS[name] + first).digest()


# ------------------------------------------------------------------ TLS 1.0 to 1.2 (RFC 2246, RFC 5246)

def p_hash(name, secret, seed, size):
    out, a = b"", seed
    while len(out) < size:
        a = hmac.new(secret, a, name).digest()
        out += hmac.new(secret, a + seed, name).digest()
    return out[:size]


def prf(version, secret, label, seed, size):
    seed = label + seed
    if version >= 0x303:
        return p_hash("sha256", secret, seed, size)
    half = (len(secret) + 1) // 2
    pairs = zip(p_hash("md5", secret[:half], seed, size), p_hash("sha1", secret[len(secret) - half:], seed, size))
    return bytes(a ^ b for a, b in pairs)


def number24(n):
    return struct.pack("!I", n)[1:]
