# SPDX-License-Identifier: BSD-2-Clause
"""The TLS samples: SAMPLES is {name: function that gives the Sample}."""
import os

import mktls
import tls_openssl as lib
import tls_talk
import tls_texts as texts
from mktls import Connection, Sample
from tls_openssl import NO_EMS, NO_ETM, NO_TICKET, TLS10, TLS11, TLS12, TLS13, Context, Pair

SAMPLES = {}
KEYS = {name: os.path.join(mktls.FOLDER, name) for name in ("rsa512", "rsa1024", "rsa2048")}
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

def marks(done, options=0):
    """Which extensions that change the keys or the records are in use."""
    if done.version == "TLSv1.3":
        return ""
    return ("no-ems" if options & NO_EMS else "ems") + (
        ",no-etm" if options & NO_ETM else ",etm") * ("_CBC_" in done.suite or "_NULL_" in done.suite)


def row(version, ciphers, turns=texts.passport, key="rsa1024", options=0, secrets=("keylog",), suites=None):
    def make():
        done = talk(contexts(version, ciphers, key, options=options, suites=suites), turns())
        return Sample([Connection(done, marks(done, options))], secrets)
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
    "tls11-ecdhe-camellia256-sha": row(TLS11, "DHE-RSA-CAMELLIA256-SHA", texts.nexus, options=NO_ETM),
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
