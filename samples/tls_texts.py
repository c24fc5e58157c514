# SPDX-License-Identifier: BSD-2-Clause
"""What is said inside the TLS samples: lists of (is it the client?, bytes), taken from the other samples."""
import os
import re

import mkgateway
import mkpcap
import mkservices

HERE = os.path.dirname(os.path.abspath(__file__))
HOSTS = {"login.example.com": "loginnet.passport.com", "nexus.example.com": "nexus.passport.com", "contacts.example.com": "contacts.msn.com",
         "storage.example.com": "storage.msn.com", "gateway.example.com": "gateway.messenger.hotmail.com"}


def said(steps, conn, count):
    """The first messages of a connection."""
    return [(s.client, s.wire()) for s in steps if isinstance(s, mkpcap.Command) and s.conn == conn][:count]


def renamed(turns, hosts=None):
    """With the hosts of their time in the heads of requests."""
    out = []
    for client, data in turns:
        head, blank, body = data.partition(b"\r\n\r\n")
        for old, new in {**HOSTS, **(hosts or {})}.items():
            head = head.replace(f"Host: {old}\r\n".encode(), f"Host: {new}\r\n".encode()).replace(
                f"http://{old}/".encode(), f"https://{new}/".encode())
        out.append((client, head + blank + body))
    return out


def passport():
    """A refused Passport 1.4 sign-in, then one that is right."""
    return renamed(said(mkservices.carol(), "Login", 4))


def nexus():
    return renamed(said(mkservices.carol(), "Nexus", 2))


def tokens():
    """RST.srf: a refused request, then tokens; the longest of these texts."""
    return renamed(said(mkservices.tokens(), "BobRST", 4), {"login.example.com": "login.live.com"})


def address_book():
    """ABFindAll, answered in chunks."""
    return renamed(said(mkservices.bobs_book(), "BobAB", 4)[2:])


def profile():
    return renamed(said(mkservices.bobs_profile(), "BobStore", 4))


def gateway():
    """MSNP in HTTP: sign-in, polls, a chunked and a gzip-coded answer."""
    with open(os.path.join(HERE, "gateway-msnp9.gateway"), encoding="utf-8", newline="") as f:
        steps = mkgateway.Script(f.read(), "gateway-msnp9.gateway").steps
    return renamed(said(steps, "a", 15))


def msnp(count=24):
    """The sign-in of a notification server, one command or burst of commands a turn."""
    with open(os.path.join(HERE, "msnp8-login.dialogue"), encoding="utf-8", newline="") as f:
        steps = mkpcap.parse(f.read(), "msnp8-login.dialogue")
    turns = []
    for client, data in said(steps, "NS", count):
        if turns and turns[-1][0] == client:
            data = turns.pop()[1] + data
        turns.append((client, data))
    return turns


def server_name(turns):
    """The host that the client asks for, or None."""
    found = re.search(rb"\r\nHost: ([^\r]*)", turns[0][1])
    return found and found[1].decode()
