# SPDX-License-Identifier: BSD-2-Clause
"""TLS samples with something wrong: lost segments, broken records, secrets that do not fit, handshakes that are not whole.

SAMPLES is {name: function that gives the Sample}.
"""
import struct

import tls_openssl as lib
import tls_texts as texts
from tls_capture import Connection, Sample
from tls_openssl import NO_EMS, NO_ETM, TLS10, TLS12, TLS13, Pair
from tls_old_samples import write
from tls_samples import contexts, talk
from tls_talk import HANDSHAKE, Talk, record

SAMPLES = {}
MSS = 1460


def sample(function):
    SAMPLES[function.__name__.replace("_", "-")] = function
    return function


# ------------------------------------------------------------------ lost and broken bytes

def damage(done, client, hit):
    """The plaintext of the records that share bytes with a range of a side's stream."""
    touched = [text for side, wire, text in done.pieces if side == client and wire.start < hit.stop and hit.start < wire.stop]
    return f"{'c2s' if client else 's2c'}:{touched[0].start}-{touched[-1].stop}" if touched else ""


def segments(done, mss):
    """(number, is it the client's?, range in the side's stream)"""
    number, at = 0, {True: 0, False: 0}
    for client, data in done.flights:
        for i in range(0, len(data), mss):
            number += 1
            yield number, client, range(at[client] + i, at[client] + min(i + mss, len(data)))
        at[client] += len(data)


def lost_segment(done, feature, secrets=("keylog",)):
    """The second segment of the longest answer is missing."""
    longest = max(done.flights, key=lambda flight: (not flight[0], len(flight[1])))[1]
    start = done.stream(False).index(longest)
    number, _, hit = next(s for s in segments(done, MSS) if not s[1] and s[2].start == start + MSS)
    return Sample([Connection(done, f"{feature},lost-segment", directives=(("lose", str(number)),), opens="part",
                              damage=damage(done, False, hit))], secrets)


def corrupt_record(done, feature, secrets=("keylog",)):
    """One bit of a record in the middle of the answers is wrong."""
    answers = [p for p in done.pieces if not p[0]]
    _, wire, _ = answers[len(answers) // 2]
    at, flights = wire.stop - 40, []
    for client, data in done.flights:
        if not client:
            if 0 <= at < len(data):
                data = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
            at -= len(data)
        flights.append((client, data))
    done.flights = flights
    return Sample([Connection(done, f"{feature},corrupt-record", opens="part", damage=damage(done, False, wire))], secrets)


def long_and_short():
    """A long answer, and a request and an answer after it."""
    return texts.tokens()[2:] + texts.nexus()


def damaged(name, make):
    """Make gives a connection with those texts, in records of that size."""
    SAMPLES[f"{name}-lost-in-record"] = lambda: lost_segment(make(long_and_short, None), "large-records")
    SAMPLES[f"{name}-lost-records"] = lambda: lost_segment(make(long_and_short, 300), "small-records")
    SAMPLES[f"{name}-corrupt"] = lambda: corrupt_record(make(texts.passport, 100), "small-records")


def openssl(version, ciphers, **more):
    return lambda turns, pieces: talk(contexts(version, ciphers, "rsa1024", **more), turns(), pieces)


GCM, CBC = "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA256"
damaged("tls10-cbc", openssl(TLS10, "AES128-SHA", options=NO_ETM | NO_EMS))
damaged("tls12-cbc", openssl(TLS12, CBC))
damaged("tls12-gcm", openssl(TLS12, GCM))
damaged("tls12-chacha20", openssl(TLS12, "ECDHE-RSA-CHACHA20-POLY1305"))
damaged("tls12-rc4", lambda turns, pieces: write("broken", TLS12, "RSA_WITH_RC4_128_SHA", "rsa1024", turns(), pieces))
damaged("tls13", openssl(TLS13, "ALL"))


# ------------------------------------------------------------------ handshakes that are not whole

def lost_certificate(options, feature, secrets):
    """The second segment of the server's first flight, in the middle of the certificate, is missing."""
    def make():
        done = talk(contexts(TLS12, "AES128-GCM-SHA256", "rsa2048", options=options), texts.passport())
        return Sample([Connection(done, feature, directives=(("mss", "536"), ("lose", "3")))], secrets)
    return make


def part_of(flights, feature, close="none", directives=()):
    """A capture with some of the flights of a session alone, by numbers."""
    def make():
        done = talk(contexts(TLS12, GCM), texts.passport())
        done.flights = done.flights[flights]
        return Sample([Connection(done, feature, opens="none", close=close, directives=directives)])
    return make


SAMPLES.update({
    "tls12-certificate-lost": lost_certificate(NO_EMS, "lost-certificate", ("keylog", "rsa2048")),
    "tls12-certificate-lost-ems": lost_certificate(0, "lost-certificate", ("keylog", "!rsa2048")),
    "tls12-only-client-hello": part_of(slice(0, 1), "truncated-handshake"),
    "tls12-no-finished": part_of(slice(0, 2), "truncated-handshake"),
    "tls12-no-client-hello": part_of(slice(1, None), "no-client-hello", "client", (("midstream", "tls12-no-client-hello.0"),)),
    "tls12-midstream": part_of(slice(4, None), "midstream", "client", (("midstream", "tls12-midstream.0"),)),
})


@sample
def tls12_alert():
    """No suite that both sides have."""
    client, server = contexts(TLS12, GCM)[0], contexts(TLS12, CBC)[1]
    pair = Pair(client, server, "login.live.com")
    pair.client.handshake()
    pair.carry(True)
    for side in (False, True):
        try:
            pair.ends[side].handshake()
        except lib.SslError:
            pass
        pair.carry(side)
    pair.talk.version = "TLSv1.2"
    return Sample([Connection(pair.talk, "alert", opens="none", close="server")], ())


def hostile(data, feature):
    """Bytes that no library writes, from the client at first and from the server after the handshake."""
    def make():
        done = Talk()
        for client, flight in data:
            done.wrote(client, flight)
        return Sample([Connection(done, feature, opens="none", close="rst client")], ())
    return make


HELLO = bytes.fromhex("0303") + bytes(32) + b"\0\0\2\xc0\x2f\1\0"
SAMPLES.update({
    "hostile-record-length": hostile([(True, b"\x16\x03\x01\xff\xff" + bytes(3000)), (False, b"\x15\x03\x01\0\2\2\x16")], "length-65535"),
    "hostile-message-length": hostile([(True, record(HANDSHAKE, 0x301, b"\1\xff\xff\xff" + HELLO + bytes(1000)) * 3)], "message-16777215"),
    "hostile-many-extensions": hostile([(True, record(HANDSHAKE, 0x301, b"\1" + struct.pack("!I", len(HELLO) + 2 + 16000)[1:] + HELLO
                                                      + struct.pack("!H", 16000) + bytes(16000)))], "empty-extensions"),
})


@sample
def hostile_length_later():
    """A record of 65535 bytes in the middle of a session that opens."""
    done = talk(contexts(TLS12, GCM), texts.passport())
    at = next(n for n, (client, _) in enumerate(done.flights) if not client and n > 4)
    done.flights.insert(at, (False, b"\x17\x03\x03\xff\xff" + bytes(200)))
    first = next(text for side, _, text in done.pieces if not side)
    return Sample([Connection(done, "length-65535", opens="part", damage=f"s2c:{first.start}-{len(done.plain[False])}")])


# ------------------------------------------------------------------ secrets that do not fit

def other_secrets(make, feature, change, secrets=("!keylog",), opens="none"):
    """Change: from the lines of the key log to the bytes of the file."""
    def build():
        done = make()
        return Sample([Connection(done, feature, opens=opens)], secrets, change and change(done.secrets))
    return build


def log_of(*lines):
    return "".join(f"{line}\n" for line in lines).encode()


def wrong(line):
    """The same line with the last digit of the secret changed."""
    return line[:-1] + ("0" if line[-1] != "0" else "1")


def odd(lines):
    """A key log as people put them together: comments, garbage, NUL bytes, CR LF, capital digits, repeated and long lines, no
    end of the last."""
    label, random, secret = lines[0].split(" ")
    return (b"\xef\xbb\xbf# SSL/TLS secrets log file, generated by NSS\r\n\r\n   \r\nCLIENT_RANDOM\r\nCLIENT_RANDOM " + random.encode()
            + b"\nCLIENT_RANDOM " + random[:-1].encode() + b" " + secret.encode() + b"\nCLIENT_RANDOM zz" + random[2:].encode() + b" "
            + secret.encode() + b"\nSOMETHING_ELSE " + b"00" * 32 + b" " + b"11" * 32 + b"\n\0\0\0garbage\0\xff\xfe\n"
            + b"x" * 5000 + b"\nCLIENT_RANDOM " + b"ab" * 32 + b" " + b"cd" * 2000 + b"\n"
            + f"{label} {random.upper()} {secret.upper()}\r\n".encode() * 2 + f"{label} {random} {secret}".encode())


def tls12():
    return talk(contexts(TLS12, GCM), texts.nexus())


def tls12_rsa():
    return talk(contexts(TLS12, "AES256-SHA256", "rsa1024"), texts.nexus())


def tls13():
    return talk(contexts(TLS13), texts.nexus())


SAMPLES.update({
    "tls12-no-secret": other_secrets(tls12, "", None, ()),
    "tls13-no-secret": other_secrets(tls13, "", None, ()),
    "tls12-other-keylog": other_secrets(tls12, "", lambda lines: log_of(*tls12().secrets)),
    "tls13-other-keylog": other_secrets(tls13, "", lambda lines: log_of(*tls13().secrets)),
    "tls12-wrong-secret": other_secrets(tls12, "", lambda lines: log_of(*map(wrong, lines))),
    "tls13-wrong-secret": other_secrets(tls13, "", lambda lines: log_of(*map(wrong, lines))),
    "tls12-wrong-rsa-key": other_secrets(tls12_rsa, "", None, ("!wrong", "rsa1024"), "all"),
    "tls12-odd-keylog": other_secrets(tls12, "odd-key-log", odd, ("keylog",), "all"),
})
