#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What opens TLS shows nowhere; TAP.

Every output of samples that are decrypted is searched for the secrets of their key logs and the numbers of their private
keys, as bytes, in hexadecimal of either case and in Base64, in the text and in the bytes of hex dumps; so are messages
about secrets that cannot be used.
"""
import base64
import os
import re
import subprocess
import sys
import tempfile

import support
import tls_samples
import wire_text
from support import require

# (sample, key or None: its key log)
SAMPLES = (("ssl3-rc4-md5", None), ("ssl3-rc4-md5", "rsa1024.pem"), ("tls10-log-pre-master", None), ("tls10-log-session-id", None),
           ("tls12-wrong-secret", None), ("tls12-gcm-corrupt", None), ("tls12-resume-ticket-first-secret", None),
           ("tls12-small-segments", "rsa2048.pem"), ("tls12-msnp", None), ("tls12-odd-keylog", None), ("tls12-wrong-rsa-key", "wrong.pem"),
           ("tls13-early-data", None), ("tls13-key-update", None))
INSIDE = ("tls12-secrets-before.pcapng", "tls13-secrets-late.pcapng")
COMMANDS = (["text", "-vv", "--show-secrets"], ["json", "--payload", "--ranges"], ["stats"], ["stats", "--json"], ["check"],
            ["sessions", "-v"], ["sessions", "--json"], ["chat", "--json"], ["transcript"], ["tables", "values", "tls."])
# Part of a secret that is looked for: what is shown shortened would be found, too.
PIECE = 12


def path(name):
    return os.path.join(tls_samples.FOLDER, name)


def key_log_secrets(data):
    """The last word of each line that is hexadecimal, but for client randoms, which anybody sees."""
    lines = [line.split() for line in data.split(b"\n")]
    return {bytes.fromhex(words[2].decode().rpartition(":")[2]) for words in lines
            if len(words) == 3 and re.fullmatch(rb"(Master-Key:)?([0-9a-fA-F]{2}){32,}", words[2])}


def private_numbers(pem):
    """The integers of a private key but for modulus and public exponent."""
    p = subprocess.run(["openssl", "rsa", "-in", pem, "-noout", "-text"], capture_output=True, text=True, check=True,
                       stdin=subprocess.DEVNULL)
    parts = re.split(r"^(\w+):", p.stdout, flags=re.M)
    numbers = dict(zip(parts[1::2], parts[2::2]))
    return {bytes.fromhex(re.sub(r"[\s:]", "", numbers[name])).lstrip(b"\0")
            for name in ("privateExponent", "prime1", "prime2", "exponent1", "exponent2", "coefficient")}


def forms(secret):
    for at in range(0, len(secret) - PIECE + 1, PIECE):
        piece = secret[at:at + PIECE]
        yield piece
        yield piece.hex().encode()
        yield piece.hex().upper().encode()
        yield piece.hex(" ").encode()
        for shift in range(3):    # as it may stand in Base64
            yield base64.b64encode(b"\0" * shift + piece)[4 if shift else 0:-4]


def search(output, secrets, where):
    for secret in secrets:
        for form in forms(secret):
            require(form not in output, f"{where}: {form!r} of a secret")


def outputs(arguments):
    for command in COMMANDS:
        result = support.run(*command, *arguments)
        yield " ".join(command), result.out + result.err
        if "-vv" in command:
            yield "hex dump", wire_text.hex_dump_bytes(result.out)
    with tempfile.TemporaryDirectory() as folder:
        result = support.run("extract", "-o", os.path.join(folder, "out"), *arguments)
        yield "extract", result.out + result.err
        for root, _, names in os.walk(folder):
            for name in names:
                yield f"extract: {name}", support.read_bytes(os.path.join(root, name)) + name.encode()


def check(arguments, secrets):
    require(secrets, "no secret is looked for")
    found = dict(outputs(arguments))
    require(any(found.values()), "no output")
    for where, output in found.items():
        search(output, secrets, where)


def check_sample(name, key):
    secrets = private_numbers(path(key)) if key else key_log_secrets(support.read_bytes(path(f"{name}.keylog")))
    check([f"--rsa-key={path(key)}" if key else f"--keylog={path(name)}.keylog", path(f"{name}.pcap")], secrets)


def check_inside(name):
    """Lines of a key log stand in the capture itself."""
    data = support.read_bytes(path(name))
    start = min(data.index(word) for word in (b"CLIENT_", b"SERVER_") if word in data)
    check([path(name)], key_log_secrets(data[start:]))


def check_messages():
    """A file that is no key log, one that is no key, and passphrases."""
    secret = bytes(range(100, 148))
    with tempfile.TemporaryDirectory() as folder:
        key_log, passphrase = os.path.join(folder, "log"), os.path.join(folder, "passphrase")
        with open(key_log, "w", encoding="ascii") as f:
            f.write(f"CLIENT_RANDOMS {secret.hex()} {secret.hex()}\n")
        with open(passphrase, "w", encoding="ascii") as f:
            f.write(secret.hex() + "\n")
        capture = path("ssl3-rc4-md5.pcap")
        for arguments in ([f"--keylog={key_log}"], [f"--rsa-key={key_log}"],
                          [f"--rsa-key={path('rsa1024-password.pem')}", f"--rsa-passphrase={passphrase}"]):
            result = support.run("text", *arguments, capture)
            require(result.err, f"{arguments}: no message")
            search(result.out + result.err, [secret], " ".join(arguments))


def main():
    tap = support.Tap()
    for name, key in SAMPLES:
        tap.case(f"{name} with {key or 'its key log'}", check_sample, name, key)
    for name in INSIDE:
        tap.case(f"{name} with what is inside", check_inside, name)
    tap.case("messages", check_messages)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
