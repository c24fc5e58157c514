# SPDX-License-Identifier: BSD-2-Clause
"""TLS sessions of GnuTLS with itself, both sides in this process: it still has RC4 and triple DES. Needs libgnutls.so.30."""
import ctypes
from ctypes import byref, c_char_p, c_int, c_size_t, c_ssize_t, c_uint, c_void_p

from tls_talk import Talk

SERVER, CLIENT, NONBLOCK = 1, 2, 8
AGAIN, EAGAIN = -28, 11
PEM, CERTIFICATE, NAME_DNS, HALF_CLOSE = 1, 1, 1, 1
VERSIONS = {1: "SSLv3", 2: "TLSv1", 3: "TLSv1.1", 4: "TLSv1.2", 5: "TLSv1.3"}


class Datum(ctypes.Structure):
    _fields_ = [("data", c_void_p), ("size", c_uint)]

    def bytes(self):
        return ctypes.string_at(self.data, self.size)


PUSH = ctypes.CFUNCTYPE(c_ssize_t, c_void_p, c_void_p, c_size_t)
KEYLOG = ctypes.CFUNCTYPE(c_int, c_void_p, c_char_p, ctypes.POINTER(Datum))
tls = ctypes.CDLL("libgnutls.so.30")
for name in ("record_send", "record_recv"):
    getattr(tls, f"gnutls_{name}").restype = c_ssize_t
tls.gnutls_ciphersuite_get.restype = tls.gnutls_strerror.restype = c_char_p


class TlsError(Exception):
    pass


def check(result, what):
    if result < 0:
        raise TlsError(f"{what}: {tls.gnutls_strerror(c_int(result)).decode()}")
    return result


class Peer:
    """One side of a connection."""

    def __init__(self, client, priority, key=None, server_name=None):
        self.inbox, self.outbox, self.lines = b"", b"", []
        self.session, self.credentials = c_void_p(), c_void_p()
        check(tls.gnutls_init(byref(self.session), (CLIENT if client else SERVER) | NONBLOCK), "init")
        check(tls.gnutls_priority_set_direct(self.session, priority.encode(), None), priority)
        check(tls.gnutls_certificate_allocate_credentials(byref(self.credentials)), "credentials")
        if key:
            check(tls.gnutls_certificate_set_x509_key_file(self.credentials, f"{key}.crt".encode(), f"{key}.pem".encode(), PEM), key)
        check(tls.gnutls_credentials_set(self.session, CERTIFICATE, self.credentials), "credentials")
        if server_name:
            text = server_name.encode()
            check(tls.gnutls_server_name_set(self.session, NAME_DNS, text, c_size_t(len(text))), "server name")
        # Kept, since the library keeps their addresses.
        self.callbacks = PUSH(self.push), PUSH(self.pull), KEYLOG(self.log)
        for function, callback in zip(("transport_set_push_function", "transport_set_pull_function", "session_set_keylog_function"),
                                      self.callbacks):
            getattr(tls, f"gnutls_{function}")(self.session, callback)

    def push(self, _, data, size):
        self.outbox += ctypes.string_at(data, size)
        return size

    def pull(self, _, target, size):
        if not self.inbox:
            tls.gnutls_transport_set_errno(self.session, EAGAIN)
            return -1
        data, self.inbox = self.inbox[:size], self.inbox[size:]
        ctypes.memmove(target, data, len(data))
        return len(data)

    def log(self, _, label, secret):
        mine, other = Datum(), Datum()
        tls.gnutls_session_get_random(self.session, byref(mine), byref(other))
        self.lines.append(f"{label.decode()} {mine.bytes().hex()} {secret.contents.bytes().hex()}")
        return 0

    def read(self):
        buffer, out = ctypes.create_string_buffer(20000), b""
        while (count := tls.gnutls_record_recv(self.session, buffer, c_size_t(20000))) > 0:
            out += buffer.raw[:count]
        return out


def talk(priority, key, turns, server_name, pieces=None):
    """A whole connection."""
    ends = {True: Peer(True, priority, None, server_name), False: Peer(False, priority, key)}
    out = Talk()

    def carry(client):
        data, ends[client].outbox = ends[client].outbox, b""
        out.wrote(client, data)
        ends[not client].inbox += data

    done = {True: False, False: False}
    while not all(done.values()):
        for client in (True, False):
            if not done[client]:
                result = tls.gnutls_handshake(ends[client].session)
                done[client] = result == 0
                if result not in (0, AGAIN):
                    check(result, "handshake")
            carry(client)
    for client, data in turns:
        size = pieces or len(data)
        for i in range(0, len(data), size):
            piece = data[i:i + size]
            check(tls.gnutls_record_send(ends[client].session, piece, c_size_t(len(piece))), "write")
        carry(client)
        if ends[not client].read() != data:
            raise TlsError("other data came than were sent")
        out.said(client, data)
    for client in (True, False):
        check(tls.gnutls_bye(ends[client].session, HALF_CLOSE), "close")
        carry(client)
    out.version = VERSIONS[tls.gnutls_protocol_get_version(ends[True].session)]
    out.suite = tls.gnutls_ciphersuite_get(ends[True].session).decode()
    out.secrets = ends[True].lines
    return out
