# SPDX-License-Identifier: BSD-2-Clause
"""The encrypted handshake messages of a recorded TLS 1.3 session in records of another size.

How messages lie in records is no part of what the two sides prove to each other, so the session stays right. For sessions of
TLS_AES_128_GCM_SHA256 without early data.
"""
import ctypes
import hmac
import struct

import tls_crypto
from tls_talk import APPLICATION, HANDSHAKE, record, records

FINISHED = 20
SET_TAG, GET_TAG = 0x11, 0x10


def expand_label(secret, label, size):
    """HKDF-Expand-Label of RFC 8446 with no context, for no more than a hash gives."""
    label = b"tls13 " + label
    info = struct.pack("!HB", size, len(label)) + label + b"\0"
    return hmac.new(secret, info + b"\1", "sha256").digest()[:size]


class Keys:
    """One direction under one traffic secret."""

    def __init__(self, secret):
        self.key, self.vector, self.count = expand_label(secret, b"key", 16), expand_label(secret, b"iv", 12), 0

    def gcm(self, encrypt, header, data, tag):
        """(the other text, the tag that belongs to it)"""
        nonce = (int.from_bytes(self.vector, "big") ^ self.count).to_bytes(12, "big")
        self.count += 1
        lib = tls_crypto.library()
        context = ctypes.c_void_p(lib.EVP_CIPHER_CTX_new())
        out, count = ctypes.create_string_buffer(len(data) + 16), ctypes.c_int()
        good = lib.EVP_CipherInit_ex(context, ctypes.c_void_p(lib.EVP_aes_128_gcm()), None, self.key, nonce, int(encrypt))
        good = good and (encrypt or lib.EVP_CIPHER_CTX_ctrl(context, SET_TAG, 16, tag))
        good = good and lib.EVP_CipherUpdate(context, None, ctypes.byref(count), header, len(header))
        good = good and lib.EVP_CipherUpdate(context, out, ctypes.byref(count), data, len(data))
        end = ctypes.create_string_buffer(16)
        good = good and lib.EVP_CipherFinal_ex(context, end, ctypes.byref(count))
        made = ctypes.create_string_buffer(16)
        if not good or encrypt and not lib.EVP_CIPHER_CTX_ctrl(context, GET_TAG, 16, made):
            raise OSError("a record is not under these keys")
        return out.raw[:len(data)], made.raw

    def open(self, body):
        """(type, contents) of a record."""
        text, _ = self.gcm(False, struct.pack("!BHH", APPLICATION, 0x303, len(body)), body[:-16], body[-16:])
        text = text.rstrip(b"\0")
        return text[-1], text[:-1]

    def close(self, kind, text):
        text += bytes([kind])
        header = struct.pack("!BHH", APPLICATION, 0x303, len(text) + 16)
        closed, tag = self.gcm(True, header, text, None)
        return record(APPLICATION, 0x303, closed + tag)


def ended(messages):
    """Is the last of these handshake messages a Finished, and whole?"""
    at = 0
    while at + 4 <= len(messages):
        kind, at = messages[at], at + 4 + int.from_bytes(messages[at + 1:at + 4], "big")
        if kind == FINISHED:
            return at == len(messages)
    return False


def rewrapped(done, size):
    """The session with the encrypted messages of the handshake in records of that many bytes, or all of a side in one."""
    secrets = {line.split(" ")[0]: bytes.fromhex(line.split(" ")[2]) for line in done.secrets}
    keys = {client: [Keys(secrets[f"{'CLIENT' if client else 'SERVER'}_HANDSHAKE_TRAFFIC_SECRET"]) for _ in range(2)]
            for client in (True, False)}
    held, over, flights = {True: b"", False: b""}, {True: False, False: False}, []
    for client, data in done.flights:
        new = b""
        for kind, version, body in records(data):
            if kind != APPLICATION or over[client]:
                new += record(kind, version, body)
                continue
            held[client] += keys[client][0].open(body)[1]
            if ended(held[client]):
                over[client], text = True, held[client]
                new += b"".join(keys[client][1].close(HANDSHAKE, text[i:i + size]) for i in range(0, len(text), size))
        flights.append((client, new))
    done.flights = flights
    return done
