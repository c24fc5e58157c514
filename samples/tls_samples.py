# SPDX-License-Identifier: BSD-2-Clause
"""The TLS samples: SAMPLES is {name: function that gives the Sample}."""
import os

import tls_openssl as lib
import tls_rewrap
import tls_talk
import tls_texts as texts
from tls_capture import FOLDER, Connection, Sample
from tls_openssl import NO_EMS, NO_ETM, NO_TICKET, TLS10, TLS11, TLS12, TLS13, Context, Pair

SAMPLES = {}
KEYS = {name: os.path.join(FOLDER, name) for name in ("rsa512", "rsa1024", "rsa2048")}
OLD = NO_ETM | NO_EMS


def sample(function):
    SAMPLES[function.__name__.replace("_", "-")] = function
    return function


def contexts(version, ciphers="ALL", key="rsa2048", client_key=None, options=0, groups=None, server_groups=None, **more):
    """The settings of a client and of a server with that key."""
    common = {"low": version, "high": version, "ciphers": ciphers, "options": options, **more}
    return (Context(key=KEYS[client_key] if client_key else None, groups=groups, **common),
            Context(key=KEYS[key], groups=server_groups, ask_client=bool(client_key), **common))


def talk(ends, turns, pieces=None):
    """A whole connection."""
    pair = Pair(*ends, texts.server_name(turns))
    pair.handshake()
    pair.say_all(turns, pieces)
    return pair.close()


# ------------------------------------------------------------------ versions and suites

def row(version, ciphers, turns=texts.passport, key="rsa1024", options=0, secrets=("keylog",), suites=None):
    def make():
        done = talk(contexts(version, ciphers, key, options=options, suites=suites), turns())
        return Sample([Connection(done)], secrets)
    return make


RSA = ("keylog", "rsa1024")
SAMPLES.update({
    "tls10-rsa-aes128-sha": row(TLS10, "AES128-SHA", secrets=RSA),
    "tls10-rsa-aes256-sha-old": row(TLS10, "AES256-SHA", secrets=RSA, options=OLD),
    "tls10-dhe-aes256-sha-no-etm": row(TLS10, "DHE-RSA-AES256-SHA", texts.nexus, options=NO_ETM),
    "tls10-ecdhe-aes128-sha-no-ems": row(TLS10, "ECDHE-RSA-AES128-SHA", options=NO_EMS),
    "tls10-ecdsa-aes256-sha": row(TLS10, "ECDHE-ECDSA-AES256-SHA", texts.nexus, key="ecdsa"),
    "tls10-rsa-camellia128-sha": row(TLS10, "CAMELLIA128-SHA", texts.nexus, secrets=RSA),
    "tls10-rsa-null-md5": row(TLS10, "NULL-MD5", texts.nexus, secrets=RSA, options=OLD),
    "tls11-rsa-aes256-sha": row(TLS11, "AES256-SHA", secrets=RSA),
    "tls11-rsa-aes128-sha-old": row(TLS11, "AES128-SHA", secrets=RSA, options=OLD),
    "tls11-dhe-aes128-sha-no-ems": row(TLS11, "DHE-RSA-AES128-SHA", texts.nexus, options=NO_EMS),
    "tls11-dhe-camellia256-sha": row(TLS11, "DHE-RSA-CAMELLIA256-SHA", texts.nexus, options=NO_ETM),
    "tls12-rsa-aes128-sha": row(TLS12, "AES128-SHA", secrets=RSA),
    "tls12-rsa-aes128-sha256": row(TLS12, "AES128-SHA256", secrets=("keylog", "rsa2048"), key="rsa2048"),
    "tls12-rsa-aes256-sha256-old": row(TLS12, "AES256-SHA256", secrets=RSA, options=OLD),
    "tls12-dhe-aes256-sha256": row(TLS12, "DHE-RSA-AES256-SHA256", texts.nexus),
    "tls12-ecdhe-aes256-sha384": row(TLS12, "ECDHE-RSA-AES256-SHA384", texts.address_book),
    "tls12-ecdhe-aes256-sha384-no-etm": row(TLS12, "ECDHE-RSA-AES256-SHA384", texts.nexus, options=NO_ETM),
    "tls12-ecdsa-aes128-sha256": row(TLS12, "ECDHE-ECDSA-AES128-SHA256", texts.nexus, key="ecdsa"),
    "tls12-rsa-aes128-gcm": row(TLS12, "AES128-GCM-SHA256", texts.tokens, secrets=("keylog", "rsa2048"), key="rsa2048"),
    "tls12-rsa-aes256-gcm-no-ems": row(TLS12, "AES256-GCM-SHA384", texts.profile, secrets=RSA, options=NO_EMS),
    "tls12-dhe-aes128-gcm": row(TLS12, "DHE-RSA-AES128-GCM-SHA256", texts.nexus),
    "tls12-ecdhe-aes256-gcm": row(TLS12, "ECDHE-RSA-AES256-GCM-SHA384", texts.gateway),
    "tls12-ecdsa-aes128-gcm": row(TLS12, "ECDHE-ECDSA-AES128-GCM-SHA256", key="ecdsa"),
    "tls12-rsa-aes128-ccm": row(TLS12, "AES128-CCM", secrets=RSA),
    "tls12-rsa-aes256-ccm8": row(TLS12, "AES256-CCM8", secrets=RSA),
    "tls12-dhe-aes256-ccm": row(TLS12, "DHE-RSA-AES256-CCM", texts.nexus),
    "tls12-ecdsa-aes128-ccm8": row(TLS12, "ECDHE-ECDSA-AES128-CCM8", texts.nexus, key="ecdsa"),
    "tls12-ecdhe-chacha20": row(TLS12, "ECDHE-RSA-CHACHA20-POLY1305"),
    "tls12-dhe-chacha20": row(TLS12, "DHE-RSA-CHACHA20-POLY1305", texts.nexus, options=NO_EMS),
    "tls12-rsa-camellia256-sha256": row(TLS12, "CAMELLIA256-SHA256", texts.nexus, secrets=RSA),
    "tls12-ecdhe-camellia256-sha384": row(TLS12, "ECDHE-RSA-CAMELLIA256-SHA384", texts.nexus, options=NO_ETM),
    "tls12-rsa-aria128-gcm": row(TLS12, "ARIA128-GCM-SHA256", texts.nexus, secrets=RSA),
    "tls12-ecdhe-aria256-gcm": row(TLS12, "ECDHE-ARIA256-GCM-SHA384", texts.nexus),
    "tls12-rsa-null-sha256": row(TLS12, "NULL-SHA256", texts.nexus, secrets=RSA, options=OLD),
    **{f"tls13-{short}": row(TLS13, "ALL", turns, suites=suite) for short, suite, turns in (
        ("aes128-gcm", "TLS_AES_128_GCM_SHA256", texts.passport), ("aes256-gcm", "TLS_AES_256_GCM_SHA384", texts.gateway),
        ("chacha20", "TLS_CHACHA20_POLY1305_SHA256", texts.passport), ("aes128-ccm", "TLS_AES_128_CCM_SHA256", texts.nexus),
        ("aes128-ccm8", "TLS_AES_128_CCM_8_SHA256", texts.nexus))},
})


def gnutls(version, cipher, mac, exchange, turns=texts.nexus, key="rsa1024", options=0, pieces=None):
    """What OpenSSL has given up or never had, by GnuTLS."""
    priority = (f"NONE:+VERS-{version}:+{cipher}:+{mac}:+{exchange}:+COMP-NULL:+SIGN-ALL:+SIGN-RSA-SHA1:+GROUP-ALL:+CTYPE-X509:"
                "%PROFILE_VERY_WEAK" + ":%NO_ETM" * bool(options & NO_ETM) + ":%NO_SESSION_HASH" * bool(options & NO_EMS))

    def make():
        import tls_gnutls                         # not everybody has it
        done = tls_gnutls.talk(priority, KEYS[key], turns(), texts.server_name(turns()), pieces)
        return Sample([Connection(done)], RSA if exchange == "RSA" else ("keylog",))
    return make


SAMPLES.update({
    "gnutls-tls10-rsa-rc4-md5": gnutls("TLS1.0", "ARCFOUR-128", "MD5", "RSA", texts.passport, options=NO_EMS),
    "gnutls-tls10-dhe-3des": gnutls("TLS1.0", "3DES-CBC", "SHA1", "DHE-RSA"),
    "gnutls-tls10-rsa-3des-old": gnutls("TLS1.0", "3DES-CBC", "SHA1", "RSA", options=OLD),
    "gnutls-tls11-ecdhe-rc4": gnutls("TLS1.1", "ARCFOUR-128", "SHA1", "ECDHE-RSA"),
    "gnutls-tls12-rsa-rc4-sha": gnutls("TLS1.2", "ARCFOUR-128", "SHA1", "RSA", texts.address_book),
    "gnutls-tls12-ecdhe-3des": gnutls("TLS1.2", "3DES-CBC", "SHA1", "ECDHE-RSA", texts.passport),
    "gnutls-tls12-rsa-3des-old": gnutls("TLS1.2", "3DES-CBC", "SHA1", "RSA", options=OLD),
    "gnutls-tls12-rsa-camellia256-gcm": gnutls("TLS1.2", "CAMELLIA-256-GCM", "AEAD", "RSA"),
    "gnutls-tls13-aes256-gcm": gnutls("TLS1.3", "AES-256-GCM", "AEAD", "ECDHE-RSA", texts.passport),
})


# ------------------------------------------------------------------ resumption and early data

def sessions(ends, turns, later_turns, early=False):
    """Two connections, the second of which resumes the session of the first."""
    name = texts.server_name(turns)
    first = Pair(*ends, name)
    first.handshake()
    first.say_all(turns)
    session = first.session()
    first.close()
    second = Pair(*ends, name, session)
    if early:
        (_, data), *later_turns = later_turns
        second.early(data)
    else:
        second.handshake()
    second.say_all(later_turns)
    second.close()
    if not lib.ssl.SSL_session_reused(second.client.handle):
        raise lib.SslError("the session was not resumed")
    return first.talk, second.talk


def resumption(version, ciphers, how, secrets, options=0, first_only=False, **more):
    def make():
        talks = sessions(contexts(version, ciphers, "rsa1024", options=options, **more), texts.nexus(), texts.nexus())
        connections = [Connection(done, how if n else "", f"192.0.2.10:{3601 + n}")
                       for n, done in enumerate(talks)]
        log = "".join(f"{line}\n" for line in talks[0].secrets).encode() if first_only else None
        return Sample(connections, secrets, log)
    return make


SAMPLES.update({
    "tls10-resume-id": resumption(TLS10, "AES128-SHA", "resumed-by-id", RSA, NO_TICKET | OLD),
    "tls12-resume-id": resumption(TLS12, "ECDHE-RSA-AES128-GCM-SHA256", "resumed-by-id", ("keylog",), NO_TICKET),
    "tls12-resume-ticket": resumption(TLS12, "AES256-SHA256", "resumed-by-ticket", RSA),
    "tls12-resume-id-first-secret": resumption(TLS12, "ECDHE-RSA-AES256-GCM-SHA384", "resumed-by-id", ("keylog",), NO_TICKET,
                                               first_only=True),
    "tls12-resume-ticket-first-secret": resumption(TLS12, "ECDHE-RSA-AES128-SHA256", "resumed-by-ticket", ("keylog",),
                                                   first_only=True),
    "tls13-resume-psk": resumption(TLS13, "ALL", "resumed-by-psk", ("keylog",), suites="TLS_AES_128_GCM_SHA256"),
})


@sample
def tls13_early_data():
    ends = contexts(TLS13, early_data=4096)
    first, second = sessions(ends, texts.nexus(), texts.passport(), early=True)
    return Sample([Connection(first), Connection(second, "resumed-by-psk,early-data", "192.0.2.10:3602")])


@sample
def tls13_early_data_chacha20():
    ends = contexts(TLS13, early_data=4096, suites="TLS_CHACHA20_POLY1305_SHA256")
    first, second = sessions(ends, texts.nexus(), texts.address_book(), early=True)
    return Sample([Connection(first), Connection(second, "resumed-by-psk,early-data", "192.0.2.10:3602")])


@sample
def tls13_early_data_refused():
    """The server does not read the early data of the second connection, and the client says it again."""
    ends = contexts(TLS13, early_data=4096)
    turns = texts.nexus()
    first = Pair(*ends, texts.server_name(turns))
    first.handshake()
    first.say_all(turns)
    session = first.session()
    first.close()
    lib.ssl.SSL_CTX_set_max_early_data(ends[1].handle, 0)
    second = Pair(*ends, texts.server_name(turns), session)
    second.early(turns[0][1], refused=True)
    second.say_all(turns)
    return Sample([Connection(first.talk), Connection(second.close(), "resumed-by-psk,early-data-refused", "192.0.2.10:3602")])


# ------------------------------------------------------------------ a client that could do more

def lowered(version, ciphers, secrets=("keylog",)):
    """The client offers TLS 1.3 and all below, the server has that version at most."""
    def make():
        client, server = Context(ciphers=f"{ciphers}:ALL"), Context(high=version, ciphers=ciphers, key=KEYS["rsa1024"])
        return Sample([Connection(talk((client, server), texts.nexus()), "lowered")], secrets)
    return make


SAMPLES.update({
    "tls10-lowered": lowered(TLS10, "AES128-SHA", RSA),
    "tls11-lowered": lowered(TLS11, "ECDHE-RSA-AES256-SHA"),
    "tls12-lowered": lowered(TLS12, "AES256-GCM-SHA384", RSA),
})


# ------------------------------------------------------------------ more than one handshake, more keys, certificates of clients

@sample
def tls13_hello_retry():
    done = talk(contexts(TLS13, groups="P-256:P-384", server_groups="P-384"), texts.passport())
    return Sample([Connection(done, "hello-retry-request")])


@sample
def tls13_key_update():
    """The client updates, then the server alone, then both; several times."""
    pair = Pair(*contexts(TLS13), "login.live.com")
    pair.handshake()
    turns = texts.tokens()
    pair.say(*turns[0])
    pair.update_keys(True, ask_other=False)
    pair.say(*turns[1])
    pair.update_keys(False, ask_other=False)
    pair.update_keys(False, ask_other=False)
    pair.say(*turns[2])
    pair.update_keys(True, ask_other=True)
    pair.say(*turns[3])
    pair.update_keys(False, ask_other=True)
    pair.say_all(texts.nexus())
    return Sample([Connection(pair.close(), "key-update")])


def renegotiation(version, before, after, secrets, by_client, in_full=True):
    """A second handshake, for which the server wants a certificate; not in full, it resumes the session of the first."""
    def make():
        ends = contexts(version, f"{before}:{after}", "rsa1024", "client",
                        options=lib.CLIENT_MAY_RENEGOTIATE | lib.RENEGOTIATE_IN_FULL * in_full)
        pair = Pair(*ends, "login.live.com")
        lib.ssl.SSL_set_verify(pair.server.handle, 0, ends[1].verify)
        lib.ssl.SSL_set_cipher_list(pair.client.handle, f"{before}:@SECLEVEL=0".encode())
        pair.handshake()
        features = f"renegotiation-by-{'client' if by_client else 'server'},{'client-certificate' if in_full else 'resumed-by-ticket'}"
        suite = pair.talk.suite
        turns = texts.passport()
        pair.say_all(turns[:2])
        lib.ssl.SSL_set_verify(pair.server.handle, lib.VERIFY_PEER, ends[1].verify)
        lib.ssl.SSL_set_cipher_list(pair.client.handle, f"{after}:{before}:@SECLEVEL=0".encode())
        pair.renegotiate(by_client)
        pair.note()
        pair.talk.suite = f"{suite},{pair.talk.suite}"
        pair.say_all(turns[2:])
        return Sample([Connection(pair.close(), features)], secrets)
    return make


def client_certificate(version, ciphers, secrets=("keylog",)):
    def make():
        done = talk(contexts(version, ciphers, "rsa1024", "client"), texts.passport())
        return Sample([Connection(done, "client-certificate")], secrets)
    return make


SAMPLES.update({
    "tls10-renegotiation": renegotiation(TLS10, "AES256-SHA", "AES128-SHA", RSA, False),
    "tls12-renegotiation": renegotiation(TLS12, "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-SHA384", ("keylog",), False),
    "tls12-renegotiation-resumed": renegotiation(TLS12, "ECDHE-RSA-AES256-SHA384", "AES128-SHA256", ("keylog",), False, False),
    "tls12-renegotiation-by-client": renegotiation(TLS12, "AES128-SHA256", "AES256-GCM-SHA384", RSA, True),
    "tls11-client-certificate": client_certificate(TLS11, "AES256-SHA", RSA),
    "tls12-client-certificate": client_certificate(TLS12, "ECDHE-RSA-AES128-GCM-SHA256"),
    "tls13-client-certificate": client_certificate(TLS13, "ALL"),
})


@sample
def tls13_late_client_certificate():
    ends = contexts(TLS13, client_key="client")
    pair = Pair(*ends, "login.live.com")
    lib.ssl.SSL_set_verify(pair.server.handle, 0, ends[1].verify)
    pair.handshake()
    turns = texts.passport()
    pair.say_all(turns[:2])
    lib.ssl.SSL_set_verify(pair.server.handle, lib.VERIFY_PEER, ends[1].verify)
    pair.authenticate_late()
    pair.say_all(turns[2:])
    return Sample([Connection(pair.close(), "late-client-certificate")])


# ------------------------------------------------------------------ records

def in_records(version, size, feature, secrets=RSA, ciphers="AES128-SHA256"):
    """The handshake messages that are not encrypted in records of another size."""
    def make():
        done = talk(contexts(version, ciphers, "rsa1024"), texts.passport())
        done.flights = tls_talk.fragmented(done.flights, size)
        return Sample([Connection(done, feature)], secrets)
    return make


def in_encrypted_records(size, feature):
    """The same of TLS 1.3, with those that are encrypted."""
    def make():
        done = talk(contexts(TLS13, suites="TLS_AES_128_GCM_SHA256"), texts.passport())
        return Sample([Connection(tls_rewrap.rewrapped(done, size), feature)])
    return make


def in_pieces(version, ciphers, size, feature, turns=texts.passport, **more):
    def make():
        done = talk(contexts(version, ciphers, **more), turns(), size)
        return Sample([Connection(done, feature)])
    return make


def long_turns():
    """Four requests at once, and their answers at once: more than a record holds."""
    (_, ask), (_, answer) = texts.tokens()[2:]
    return [(True, ask * 4), (False, answer * 4)]


SAMPLES.update({
    "tls12-handshake-in-pieces": in_records(TLS12, 11, "handshake-messages-over-records"),
    "tls12-handshake-in-one": in_records(TLS12, 16384, "many-messages-in-a-record", ("keylog",), "ECDHE-RSA-AES256-GCM-SHA384"),
    "tls13-hello-in-pieces": in_records(TLS13, 17, "handshake-messages-over-records", ("keylog",), "ALL"),
    "tls13-handshake-in-one": in_encrypted_records(16000, "many-messages-in-a-record"),
    "tls13-handshake-in-pieces": in_encrypted_records(21, "handshake-messages-over-records"),
    "tls12-small-records": in_pieces(TLS12, "ECDHE-RSA-AES128-GCM-SHA256", 7, "small-records", texts.nexus),
    "tls10-small-records": in_pieces(TLS10, "ECDHE-RSA-AES128-SHA", 13, "small-records,empty-records", texts.nexus, options=OLD),
    "tls13-small-records": in_pieces(TLS13, "ALL", 11, "small-records", texts.nexus),
    "tls13-fragments": in_pieces(TLS13, "ALL", None, "handshake-messages-over-records", fragment=512),
    "tls12-full-records": in_pieces(TLS12, "ECDHE-RSA-AES256-GCM-SHA384", None, "full-records", long_turns),
    "tls13-padding": in_pieces(TLS13, "ALL", None, "padding", padding=512),
    "tls13-no-change-cipher-spec": in_pieces(TLS13, "ALL", None, "no-change-cipher-spec", without=lib.MIDDLEBOX),
})


# ------------------------------------------------------------------ where the session stands, and what is in it

CONNECT = [(True, b"CONNECT loginnet.passport.com:443 HTTP/1.0\r\nUser-Agent: MSMSGS\r\nHost: loginnet.passport.com:443\r\n"
            b"Proxy-Connection: Keep-Alive\r\nPragma: no-cache\r\n\r\n"),
           (False, b"HTTP/1.0 200 Connection established\r\nVia: 1.0 proxy.example.net\r\n\r\n")]
SOCKS5 = [(True, b"\x05\x01\x00"), (False, b"\x05\x00"), (True, b"\x05\x01\x00\x03\x15loginnet.passport.com\x01\xbb"),
          (False, b"\x05\x00\x00\x01\xc0\x00\x02\x01\x9c\x40")]


def placed(version, ciphers, turns, feature, secrets=("keylog",), **where):
    def make():
        done = talk(contexts(version, ciphers), turns())
        return Sample([Connection(done, feature, **where)], secrets)
    return make


SAMPLES.update({
    "tls12-connect": placed(TLS12, "ECDHE-RSA-AES128-GCM-SHA256", texts.passport, "tunnel-connect", server="203.0.113.8:3128",
                            before=CONNECT),
    "tls13-socks5": placed(TLS13, "ALL", texts.passport, "tunnel-socks5", server="203.0.113.9:1080", before=SOCKS5),
    "tls12-odd-port": placed(TLS12, "AES128-SHA256", texts.passport, "odd-port", ("keylog", "rsa2048"), server="203.0.113.62:8843"),
    "tls13-ipv6": placed(TLS13, "ALL", texts.profile, "ipv6", client="[2001:db8::10]:3601", server="[2001:db8:62::1]:443"),
    "tls12-msnp": placed(TLS12, "ECDHE-RSA-AES256-GCM-SHA384", texts.msnp, "msnp", server="198.51.100.20:443"),
    "tls13-msnp": placed(TLS13, "ALL", texts.msnp, "msnp,odd-port", server="198.51.100.20:1863"),
    "tls12-secrets-before": placed(TLS12, "ECDHE-RSA-AES128-GCM-SHA256", texts.passport, "secrets-before", ("before",)),
    "tls12-secrets-within": placed(TLS12, "ECDHE-RSA-AES256-SHA384", texts.passport, "secrets-within", ("within",)),
    "tls13-secrets-before": placed(TLS13, "ALL", texts.address_book, "secrets-before", ("before",)),
    "tls13-secrets-within": placed(TLS13, "ALL", texts.passport, "secrets-within", ("within",)),
    "tls12-secrets-late": placed(TLS12, "ECDHE-RSA-AES128-GCM-SHA256", texts.passport, "secrets-late", ("late",)),
    "tls13-secrets-late": placed(TLS13, "ALL", texts.passport, "secrets-late", ("late",)),
    "tls12-small-segments": placed(TLS12, "AES128-SHA256", texts.nexus, "small-segments", ("keylog", "rsa2048"),
                                   directives=(("mss", "60"),)),
    "tls13-small-segments": placed(TLS13, "ALL", texts.nexus, "small-segments", directives=(("mss", "60"),)),
    "tls12-reset": placed(TLS12, "ECDHE-RSA-AES128-GCM-SHA256", texts.passport, "reset", close="rst server"),
    "tls12-anonymous": placed(TLS12, "ADH-AES128-SHA256", texts.nexus, "anonymous"),
})


@sample
def plain_port_443():
    """MSNP on the port of TLS, without TLS."""
    done = tls_talk.Talk()
    for client, data in texts.msnp():
        done.wrote(client, data)
        done.said(client, data)
    return Sample([Connection(done, "no-tls", server="198.51.100.20:443", opens="plain")], ())


@sample
def mixed():
    """Four connections at the same time, and one key log."""
    kinds = ((TLS10, "ECDHE-RSA-AES128-SHA", texts.passport), (TLS12, "ECDHE-RSA-AES256-GCM-SHA384", texts.address_book),
             (TLS13, "ALL", texts.profile), (TLS12, "AES256-SHA256", texts.msnp))
    connections = [Connection(talk(contexts(version, ciphers), turns()), "at-the-same-time", f"192.0.2.10:{3601 + n}",
                              f"203.0.113.{60 + n}:443") for n, (version, ciphers, turns) in enumerate(kinds)]
    return Sample(connections, at_once=True)
