# SPDX-License-Identifier: BSD-2-Clause
"""The TLS samples of versions and suites that libraries have given up: SAMPLES is {name: function that gives the Sample}."""
import os

import tls_texts as texts
from tls_capture import FOLDER, Connection, Sample
from tls_writer import SSL3, TLS10, TLS11, TLS12, Session

SAMPLES = {}


def write(name, version, suite, key, turns, pieces=None, **options):
    """A whole connection."""
    session = Session(version, os.path.join(FOLDER, key), name, texts.server_name(turns), **options)
    session.handshake(suite)
    session.say_all(turns, pieces)
    return session.close()


def row(name, version, suite, turns=texts.passport, key="rsa1024", feature="", pieces=None, **options):
    def make():
        return Sample([Connection(write(name, version, suite, key, turns(), pieces, **options), feature)], ("keylog", key))
    SAMPLES[name] = make


row("ssl3-rc4-md5", SSL3, "RSA_WITH_RC4_128_MD5", feature="many-messages-in-a-record", together=True)
row("ssl3-rc4-sha", SSL3, "RSA_WITH_RC4_128_SHA", texts.nexus, feature="v2-hello", v2_hello=True, together=True)
row("ssl3-des", SSL3, "RSA_WITH_DES_CBC_SHA", texts.nexus)
row("ssl3-3des", SSL3, "RSA_WITH_3DES_EDE_CBC_SHA", feature="v2-hello", v2_hello=True)
row("ssl3-aes128", SSL3, "RSA_WITH_AES_128_CBC_SHA", texts.nexus, "rsa2048")
row("ssl3-aes256-no-certificate", SSL3, "RSA_WITH_AES_256_CBC_SHA", texts.nexus, feature="no-certificate-alert", ask_client=True)
row("ssl3-export-rc4-40", SSL3, "RSA_EXPORT_WITH_RC4_40_MD5", texts.nexus, "rsa512", "export")
row("ssl3-export-rc2-40", SSL3, "RSA_EXPORT_WITH_RC2_CBC_40_MD5", texts.nexus, "rsa512", "export")
row("ssl3-export-des40", SSL3, "RSA_EXPORT_WITH_DES40_CBC_SHA", texts.nexus, "rsa512", "export")
row("ssl3-export1024-rc4-56", SSL3, "RSA_EXPORT1024_WITH_RC4_56_SHA", texts.nexus, "rsa1024", "export")
row("tls10-rc4-md5", TLS10, "RSA_WITH_RC4_128_MD5", feature="v2-hello", v2_hello=True, together=True)
row("tls10-rc4-sha", TLS10, "RSA_WITH_RC4_128_SHA", texts.tokens, "rsa2048")
row("tls10-des", TLS10, "RSA_WITH_DES_CBC_SHA", texts.nexus)
row("tls10-3des", TLS10, "RSA_WITH_3DES_EDE_CBC_SHA", feature="first-byte-split", split=1)
row("tls10-aes128-long-padding", TLS10, "RSA_WITH_AES_128_CBC_SHA", texts.nexus, feature="long-padding", more_padding=7)
row("tls10-export-rc4-40", TLS10, "RSA_EXPORT_WITH_RC4_40_MD5", texts.nexus, "rsa512", "export")
row("tls10-export-des40", TLS10, "RSA_EXPORT_WITH_DES40_CBC_SHA", texts.nexus, "rsa512", "export")
row("tls10-export1024-des", TLS10, "RSA_EXPORT1024_WITH_DES_CBC_SHA", texts.nexus, "rsa1024", "export")
row("tls10-seed", TLS10, "RSA_WITH_SEED_CBC_SHA", texts.nexus)
row("tls10-compressed", TLS10, "RSA_WITH_AES_128_CBC_SHA", texts.tokens, feature="compressed", compress=True)
row("tls11-rc4-sha", TLS11, "RSA_WITH_RC4_128_SHA", texts.nexus)
row("tls11-3des", TLS11, "RSA_WITH_3DES_EDE_CBC_SHA", texts.nexus, feature="long-padding", more_padding=3)
row("tls12-rc4-sha", TLS12, "RSA_WITH_RC4_128_SHA", feature="small-records", pieces=50)
row("tls12-3des", TLS12, "RSA_WITH_3DES_EDE_CBC_SHA", texts.address_book)


def resumption(name, version, first, feature, turns=texts.nexus, **options):
    """Two connections, the second of which resumes the session of the first by its id."""
    def make():
        key = os.path.join(FOLDER, "rsa1024")
        one = Session(version, key, name, texts.server_name(turns()), **options)
        other = Session(version, key, f"{name} again", texts.server_name(turns()), **options)
        session = one.handshake(first)
        other.handshake(first, session)
        for s in (one, other):
            s.say_all(turns())
        return Sample([Connection(one.close(), feature), Connection(other.close(), "resumed-by-id", client="192.0.2.10:3602")],
                      ("keylog", "rsa1024"))
    SAMPLES[name] = make


resumption("ssl3-resume-id", SSL3, "RSA_WITH_RC4_128_MD5", "")
resumption("tls10-rc4-resume-id", TLS10, "RSA_WITH_RC4_128_SHA", "v2-hello", v2_hello=True)


def step_up(name, version, first, second):
    """Server gated cryptography: an export suite, and at once a second handshake for a strong one."""
    def make():
        session = Session(version, os.path.join(FOLDER, "rsa512"), name, only=True)
        session.handshake(first)
        session.handshake(second)
        session.say_all(texts.passport())
        return Sample([Connection(session.close(), "renegotiation-by-client,export")], ("keylog", "rsa512"))
    SAMPLES[name] = make


step_up("ssl3-step-up", SSL3, "RSA_EXPORT_WITH_RC4_40_MD5", "RSA_WITH_RC4_128_MD5")
step_up("tls10-step-up", TLS10, "RSA_EXPORT_WITH_DES40_CBC_SHA", "RSA_WITH_3DES_EDE_CBC_SHA")


def other_lines(name, form):
    """A key log with another kind of line."""
    def make():
        session = Session(TLS10, os.path.join(FOLDER, "rsa1024"), name, texts.server_name(texts.nexus()))
        session_id, master = session.handshake("RSA_WITH_RC4_128_SHA")
        session.say_all(texts.nexus())
        line = form.format(id=session_id.hex(), master=master.hex(), random=session.client_random.hex(), secret=session.secret.hex())
        return Sample([Connection(session.close(), "key-log-form")], ("keylog",), f"{line}\n".encode())
    SAMPLES[name] = make


other_lines("tls10-log-session-id", "RSA Session-ID:{id} Master-Key:{master}")
other_lines("tls10-log-pre-master", "PMS_CLIENT_RANDOM {random} {secret}")
