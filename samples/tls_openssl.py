# SPDX-License-Identifier: BSD-2-Clause
"""TLS sessions of OpenSSL's library with itself, both sides in this process. Needs OpenSSL 3 as libssl.so.3.

Through ctypes rather than Python's ssl, which has no key update, early data, renegotiation or choice of TLS 1.3 suites.
"""
import ctypes
from ctypes import byref, c_char_p, c_int, c_long, c_size_t, c_uint64, c_void_p

from tls_talk import Talk

TLS10, TLS11, TLS12, TLS13 = range(0x301, 0x305)
NO_EMS, NO_ETM, NO_TICKET, MIDDLEBOX = 1 << 0, 1 << 19, 1 << 14, 1 << 20
CLIENT_MAY_RENEGOTIATE, RENEGOTIATE_IN_FULL = 1 << 8, 1 << 16
WANT_READ = 2
VERIFY_PEER = 1
FILETYPE_PEM = 1
CTRL_MIN, CTRL_MAX, CTRL_FRAGMENT, CTRL_NAME, CTRL_GROUPS, CTRL_DH_AUTO = 123, 124, 52, 55, 92, 118
KEYLOG = ctypes.CFUNCTYPE(None, c_void_p, c_char_p)
VERIFY = ctypes.CFUNCTYPE(c_int, c_int, c_void_p)


class SslError(Exception):
    pass


def prototypes(lib, rows):
    for name, result, *arguments in rows:
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments


crypto = ctypes.CDLL("libcrypto.so.3")
ssl = ctypes.CDLL("libssl.so.3")
P = c_void_p
prototypes(crypto, [("BIO_new", P, P), ("BIO_s_mem", P), ("BIO_read", c_int, P, P, c_int), ("BIO_write", c_int, P, c_char_p, c_int),
                    ("ERR_get_error", ctypes.c_ulong), ("ERR_error_string_n", None, ctypes.c_ulong, c_char_p, c_size_t)])
prototypes(ssl, [
    ("TLS_method", P), ("SSL_CTX_new", P, P), ("SSL_CTX_free", None, P), ("SSL_CTX_ctrl", c_long, P, c_int, c_long, c_char_p),
    ("SSL_CTX_set_options", c_uint64, P, c_uint64), ("SSL_CTX_set_cipher_list", c_int, P, c_char_p),
    ("SSL_CTX_set_ciphersuites", c_int, P, c_char_p), ("SSL_CTX_set_keylog_callback", None, P, KEYLOG),
    ("SSL_CTX_use_certificate_chain_file", c_int, P, c_char_p), ("SSL_CTX_use_PrivateKey_file", c_int, P, c_char_p, c_int),
    ("SSL_CTX_set_verify", None, P, c_int, VERIFY), ("SSL_CTX_set_max_early_data", c_int, P, ctypes.c_uint32),
    ("SSL_CTX_set_session_id_context", c_int, P, c_char_p, ctypes.c_uint), ("SSL_CTX_set_num_tickets", c_int, P, c_size_t),
    ("SSL_new", P, P), ("SSL_free", None, P), ("SSL_set_bio", None, P, P, P), ("SSL_set_accept_state", None, P),
    ("SSL_set_connect_state", None, P), ("SSL_do_handshake", c_int, P), ("SSL_read", c_int, P, P, c_int),
    ("SSL_write", c_int, P, c_char_p, c_int), ("SSL_get_error", c_int, P, c_int), ("SSL_shutdown", c_int, P),
    ("SSL_ctrl", c_long, P, c_int, c_long, c_char_p), ("SSL_get1_session", P, P), ("SSL_set_session", c_int, P, P),
    ("SSL_session_reused", c_int, P), ("SSL_get_version", c_char_p, P), ("SSL_get_current_cipher", P, P),
    ("SSL_CIPHER_standard_name", c_char_p, P), ("SSL_key_update", c_int, P, c_int), ("SSL_renegotiate", c_int, P),
    ("SSL_write_early_data", c_int, P, c_char_p, c_size_t, P), ("SSL_read_early_data", c_int, P, P, c_size_t, P),
    ("SSL_verify_client_post_handshake", c_int, P), ("SSL_CTX_set_post_handshake_auth", None, P, c_int),
    ("SSL_CTX_clear_options", c_uint64, P, c_uint64), ("SSL_CTX_set_block_padding", c_int, P, c_size_t),
    ("SSL_set_verify", None, P, c_int, VERIFY), ("SSL_set_cipher_list", c_int, P, c_char_p)])


def check(result, what):
    if result <= 0:
        text = ctypes.create_string_buffer(200)
        crypto.ERR_error_string_n(crypto.ERR_get_error(), text, 200)
        raise SslError(f"{what}: {text.value.decode()}")
    return result


class Context:
    """The settings of one side."""

    def __init__(self, low=TLS10, high=TLS13, ciphers="ALL", suites=None, options=0, without=0, key=None, groups=None,
                 fragment=None, padding=0, ask_client=False, early_data=0):
        self.handle = ssl.SSL_CTX_new(ssl.TLS_method())
        self.lines = []
        self.keylog = KEYLOG(lambda _, line: self.lines.append(line.decode()))     # kept, since the library keeps its address
        self.verify = VERIFY(lambda ok, store: 1)
        ssl.SSL_CTX_set_keylog_callback(self.handle, self.keylog)
        ssl.SSL_CTX_set_options(self.handle, options)
        ssl.SSL_CTX_clear_options(self.handle, without)
        check(ssl.SSL_CTX_set_cipher_list(self.handle, f"{ciphers}:@SECLEVEL=0".encode()), ciphers)
        if suites:
            check(ssl.SSL_CTX_set_ciphersuites(self.handle, suites.encode()), suites)
        self.control(CTRL_MIN, low)
        self.control(CTRL_MAX, high)
        self.control(CTRL_DH_AUTO, 1)
        if groups:
            self.control(CTRL_GROUPS, 0, groups)
        if fragment:
            self.control(CTRL_FRAGMENT, fragment)
        if key:
            check(ssl.SSL_CTX_use_certificate_chain_file(self.handle, f"{key}.crt".encode()), key)
            check(ssl.SSL_CTX_use_PrivateKey_file(self.handle, f"{key}.pem".encode(), FILETYPE_PEM), key)
        if ask_client:
            ssl.SSL_CTX_set_verify(self.handle, VERIFY_PEER, self.verify)
        check(ssl.SSL_CTX_set_session_id_context(self.handle, b"msn", 3), "session id context")
        ssl.SSL_CTX_set_max_early_data(self.handle, early_data)
        ssl.SSL_CTX_set_post_handshake_auth(self.handle, 1)
        if padding:
            check(ssl.SSL_CTX_set_block_padding(self.handle, padding), "padding")

    def control(self, what, number, text=None):
        check(ssl.SSL_CTX_ctrl(self.handle, what, number, text.encode() if text else None), f"control {what}")


class Peer:
    """One side of a connection."""

    def __init__(self, context, client, server_name=None, session=None):
        self.context = context
        self.handle = ssl.SSL_new(context.handle)
        self.input, self.output = crypto.BIO_new(crypto.BIO_s_mem()), crypto.BIO_new(crypto.BIO_s_mem())
        ssl.SSL_set_bio(self.handle, self.input, self.output)
        (ssl.SSL_set_connect_state if client else ssl.SSL_set_accept_state)(self.handle)
        if server_name:
            check(ssl.SSL_ctrl(self.handle, CTRL_NAME, 0, server_name.encode()), "server name")
        if session:
            check(ssl.SSL_set_session(self.handle, session), "session")

    def step(self, result, what):
        """Did that call end, or does it wait for the other side?"""
        if result > 0:
            return True
        if ssl.SSL_get_error(self.handle, result) != WANT_READ:
            check(0, what)
        return False

    def handshake(self):
        return self.step(ssl.SSL_do_handshake(self.handle), "handshake")

    def write(self, data):
        check(ssl.SSL_write(self.handle, data, len(data)), "write")

    def read(self):
        """What came, which also answers what the other side asks for."""
        buffer, out = ctypes.create_string_buffer(20000), b""
        while self.step(result := ssl.SSL_read(self.handle, buffer, 20000), "read"):
            out += buffer.raw[:result]
        return out

    def written(self):
        buffer, out = ctypes.create_string_buffer(20000), b""
        while (count := crypto.BIO_read(self.output, buffer, 20000)) > 0:
            out += buffer.raw[:count]
        return out

    def take(self, data):
        if data:
            check(crypto.BIO_write(self.input, data, len(data)), "take")


class Pair:
    """A client and a server, and the record of what they wrote."""

    def __init__(self, client, server, server_name=None, session=None):
        self.talk = Talk()
        self.seen = len(client.lines)
        self.ends = {True: Peer(client, True, server_name, session), False: Peer(server, False)}

    @property
    def client(self):
        return self.ends[True]

    @property
    def server(self):
        return self.ends[False]

    def carry(self, client):
        """What that side has written goes to the other."""
        data = self.ends[client].written()
        self.talk.wrote(client, data)
        self.ends[not client].take(data)
        return bool(data)

    def handshake(self):
        done = {True: False, False: False}
        for _ in range(20):
            for client in (True, False):
                done[client] = self.ends[client].handshake()
                self.carry(client)
            if all(done.values()):
                break
        else:
            raise SslError("the handshake does not end")
        self.client.read()                      # tickets of TLS 1.3
        self.note()

    def note(self):
        cipher = ssl.SSL_get_current_cipher(self.client.handle)
        self.talk.version = ssl.SSL_get_version(self.client.handle).decode()
        self.talk.suite = ssl.SSL_CIPHER_standard_name(cipher).decode()

    def say(self, client, data, pieces=None):
        """Application data in one call, or in pieces of that size, a record each."""
        size, flight, at, told = pieces or len(data), b"", self.talk.size(client), len(self.talk.plain[client])
        for i in range(0, len(data), size):
            self.ends[client].write(data[i:i + size])
            new = self.ends[client].written()
            self.talk.pieces.append((client, range(at + len(flight), at + len(flight) + len(new)),
                                     range(told + i, min(told + i + size, told + len(data)))))
            flight += new
        self.talk.wrote(client, flight)
        self.ends[not client].take(flight)
        self.hear(not client, data)

    def hear(self, client, data):
        got = self.ends[client].read()
        if got != data:
            raise SslError(f"{len(data)} bytes were sent, {len(got)} came")
        self.talk.said(not client, data)
        self.carry(client)

    def say_all(self, turns, pieces=None):
        for client, data in turns:
            self.say(client, data, pieces)

    def early(self, data, refused=False):
        """A handshake with application data before its end, from the client. The server may refuse to read it."""
        count, buffer = c_size_t(), ctypes.create_string_buffer(20000)
        check(ssl.SSL_write_early_data(self.client.handle, data, len(data), byref(count)), "early data")
        self.carry(True)
        if refused:
            self.handshake()
            return
        got = b""
        while ssl.SSL_read_early_data(self.server.handle, buffer, 20000, byref(count)) == 1:
            got += buffer.raw[:count.value]
        if got != data:
            raise SslError("early data did not come")
        self.talk.said(True, data)
        self.carry(False)
        self.handshake()

    def update_keys(self, client, ask_other=True):
        """The next record of that side is under new keys; the other's too if asked."""
        check(ssl.SSL_key_update(self.ends[client].handle, int(ask_other)), "key update")
        check(ssl.SSL_do_handshake(self.ends[client].handle), "key update")
        self.carry(client)
        self.ends[not client].read()

    def renegotiate(self, client):
        """A second handshake inside the first session."""
        check(ssl.SSL_renegotiate(self.ends[client].handle), "renegotiation")
        for _ in range(20):
            moved = False
            for side in (client, not client):
                self.ends[side].handshake()
                self.ends[side].read()
                moved = self.carry(side) or moved
            if not moved:
                return
        raise SslError("the renegotiation does not end")

    def authenticate_late(self):
        """The server of TLS 1.3 asks for a certificate after the handshake."""
        check(ssl.SSL_verify_client_post_handshake(self.server.handle), "late authentication")
        check(ssl.SSL_do_handshake(self.server.handle), "late authentication")
        self.carry(False)
        self.client.read()
        self.carry(True)
        self.server.read()
        self.carry(False)
        self.client.read()

    def session(self):
        return ssl.SSL_get1_session(self.client.handle)

    def close(self, *sides):
        """close_notify by the client, then by the server, unless other sides are named."""
        for client in sides or (True, False):
            ssl.SSL_shutdown(self.ends[client].handle)
            self.carry(client)
        self.talk.secrets = self.client.context.lines[self.seen:]
        return self.talk
