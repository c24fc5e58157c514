#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""User sessions: each rule by which connections are recognised as those of one user, and captures of real clients; TAP.

In the captures of real clients, which lie beside the source tree, every connection of a session is one of the user
that the list of the captures names, and every sign-in is one session. What is not there is skipped.
"""
import os
import re
import sys

import support
from support import require

sys.path.insert(0, os.path.join(support.SRCDIR, "samples"))
mkservices = support.load_script("samples/mkservices.py", "mkservices")
mkpcap = mkservices.mkpcap
REAL = os.path.join(support.SRCDIR, "..", "shared", "captures", "made")
INFERRED = {"account", "address"}


# ------------------------------------------------------------------ scenes

class Scene:
    """What a capture shows; connections are named by the client's port."""

    def __init__(self, *parts, change=None, status=(0,)):
        steps = []
        for part in parts:
            steps += mkpcap.parse(part) if isinstance(part, str) else part
        data = mkpcap.Capture(steps).pcap()
        if change:
            pcap = support.Pcap(data)
            data = pcap.write([p for p in pcap.packets if change(support.decode_tcp(p[1]))])
        result = support.run("json", "-", data=data)
        require(result.status in status, result.err.decode())
        self.data, self.records = data, support.parse_json(result.out)
        self.ports = {r["id"]: int(r["client"].rpartition(":")[2]) for r in self.records if r["type"] == "connection"}
        self.sessions = [r for r in self.records if r["type"] == "session"]
        for s in self.sessions:
            require(s["connections"] == [l["connection"] for l in s["links"]], f"links of session {s['id']}")
            require(all(l["inferred"] == (l["how"] in INFERRED) for l in s["links"]), f"inferred links of session {s['id']}")

    def links(self, session):
        return {self.ports[l["connection"]]: l["how"] for l in self.sessions[session - 1]["links"]}

    def expect(self, *wanted):
        """(user, {port: how}) of each session; the records of events and connections say the same."""
        got = [(s["user"], self.links(s["id"])) for s in self.sessions]
        require(got == list(wanted), f"sessions {got}")
        of_port = {}
        for number, (_, links) in enumerate(wanted, 1):
            for port in links:
                of_port.setdefault(port, number)
        for r in self.records:
            if r["type"] == "connection":
                require(r["session"] == of_port.get(self.ports[r["id"]]), f"connection {self.ports[r['id']]}: session {r['session']}")
            elif r["type"] == "event":
                require(r["session"] in (None, of_port.get(self.ports[r["connection"]])),
                        f"event {r['id']}: session {r['session']}")
        return self

    def all_known(self, *ports):
        """From the first event on."""
        for r in self.records:
            if r["type"] == "event" and self.ports[r["connection"]] in ports:
                require(r["session"], f"event {r['id']} ({r['name']}) has no session")
        return self


def greet(account, version=8):
    return f""">>> VER 1 MSNP{version} CVR0
<<< VER 1 MSNP{version}
>>> CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 5.0.0544 MSMSGS {account}
<<< CVR 2 5.0.0544 5.0.0544 1.0.0863 http://download.example.com/x http://www.example.com
"""


def dispatch(port, account, host="192.0.2.10", to="198.51.100.20:1863"):
    return f"@conn DS{port} {host}:{port} 198.51.100.5:1863\n" + greet(account) + f""">>> USR 3 TWN I {account}
<<< XFR 3 NS {to} 0 198.51.100.5:1863
@close DS{port} server
"""


def challenge(port, account, host="192.0.2.10", server="198.51.100.20:1863"):
    """A notification server up to the question for a ticket."""
    return f"@conn NS{port} {host}:{port} {server}\n" + greet(account) + f""">>> USR 3 TWN I {account}
<<< USR 3 TWN S lc=1033,id=507,tw=40
"""


def accept(port, account, ticket="t=4711Ticket{0}&p=4711Profile"):
    return f"""@conn NS{port}
>>> USR 4 TWN S {ticket.format(port)}
<<< USR 4 OK {account} {account.split("@")[0].title()} 1 0
>>> CHG 5 NLN 0
<<< CHG 5 NLN 0
"""


def sign_in(port, account, host="192.0.2.10", **more):
    return challenge(port, account, host, **more) + accept(port, account)


def call(ns, port, account, cookie, host="192.0.2.10", session="7001", whom="zoe@example.com"):
    return f"""@conn NS{ns}
>>> XFR 6 SB
<<< XFR 6 SB 203.0.113.31:1863 CKI {cookie}
@conn SB{port} {host}:{port} 203.0.113.31:1863
>>> USR 1 {account} {cookie}
<<< USR 1 OK {account} Name
>>> CAL 2 {whom}
<<< CAL 2 RINGING {session}
"""


def answer(ns, port, account, cookie, host="192.0.2.10", session="7001", caller="alice@example.com"):
    return f"""@conn NS{ns}
<<< RNG {session} 203.0.113.31:1863 CKI {cookie} {caller} Caller
@conn SB{port} {host}:{port} 203.0.113.31:1863
>>> ANS 1 {account} {cookie} {session}
<<< IRO 1 1 1 {caller} Caller
<<< ANS 1 OK
"""


def text(conn, said, client=True, sender="bob@example.com"):
    head = ">>> MSG 9 N {len}" if client else f"<<< MSG {sender} Name {{len}}"
    return f"@conn {conn}\n{head}\n| MIME-Version: 1.0\n| Content-Type: text/plain; charset=UTF-8\n|\n|- {said}\n"


def leave(port):
    return f"@conn NS{port}\n>>> OUT\n@close NS{port} client\n"


ALICE, BOB = "alice@example.com", "bob@example.com"


# ------------------------------------------------------------------ rules

def redirect():
    s = Scene(dispatch(1100, ALICE), sign_in(1101, ALICE), leave(1101))
    s.expect((ALICE, {1100: "sign-in", 1101: "redirect"})).all_known(1100, 1101)
    r = s.sessions[0]
    require((r["client"], r["client_name"], r["client_version"], r["os"]) == ("MSNMSGR 5.0.0544", "MSNMSGR", "5.0.0544", "winnt 5.1"), f"client {r['client']}")
    require((r["version"], r["sign_in"], r["signed_in"], r["began_before"]) == (8, "TWN", True, False), "sign-in")
    require((r["end_reason"], r["name"]) == ("signed-out", "Alice"), f"{r['end_reason']}, {r['name']}")
    require(r["events"] == sum(e["type"] == "event" for e in s.records), f"{r['events']} events")


def redirect_elsewhere():
    """Who connects to another server than the one named was not sent there."""
    Scene(dispatch(1100, ALICE), sign_in(1101, BOB, server="198.51.100.77:1863")).expect(
        (ALICE, {1100: "sign-in"}), (BOB, {1101: "sign-in"}))


def redirect_two_users():
    """Two users of one host are sent on at once: the account tells them apart."""
    Scene(dispatch(1100, ALICE), dispatch(1102, BOB), sign_in(1103, BOB), sign_in(1101, ALICE)).expect(
        (ALICE, {1100: "sign-in", 1101: "redirect"}), (BOB, {1102: "sign-in", 1103: "redirect"}))


def redirect_taken():
    """The first to come looks like the one that was sent on, until it names its account."""
    s = Scene(dispatch(1100, ALICE), sign_in(1103, BOB), sign_in(1101, ALICE))
    got = [(r["user"], s.links(r["id"])) for r in s.sessions]
    require(got == [(ALICE, {1100: "sign-in", 1101: "redirect"}), (BOB, {1103: "sign-in"})], f"sessions {got}")
    # The same number in all: what was counted for the wrong one is counted for the right one.
    for r in s.sessions:
        require(r["events"] == sum(e["type"] == "event" and e["connection"] in r["connections"] for e in s.records),
                f"{r['events']} events of session {r['id']}")


def cookie():
    s = Scene(sign_in(1101, ALICE), call(1101, 1201, ALICE, "17262740.1.1"), text("SB1201", "hello"),
              text("SB1201", "hi", False), leave(1101))
    s.expect((ALICE, {1101: "sign-in", 1201: "cookie"})).all_known(1101, 1201)
    r = s.sessions[0]
    require((r["messages_sent"], r["messages_received"]) == (1, 1), f"{r['messages_sent']}, {r['messages_received']} messages")


def cookie_same():
    """The same cookie given to two users: whose account is shown."""
    first, second = call(1101, 1201, ALICE, "same"), call(1102, 1202, BOB, "same", "192.0.2.20", "7002")
    given, opened = first.split("@conn SB1201", 1)
    Scene(sign_in(1101, ALICE), sign_in(1102, BOB, "192.0.2.20"), given, second, "@conn SB1201" + opened).expect(
              (ALICE, {1101: "sign-in", 1201: "cookie"}), (BOB, {1102: "sign-in", 1202: "cookie"}))


def ring():
    Scene(sign_in(1102, BOB), answer(1102, 1202, BOB, "849102291.520491113")).expect(
        (BOB, {1102: "sign-in", 1202: "ring"})).all_known(1202)


def other_end():
    s = Scene(sign_in(1101, ALICE), sign_in(1102, BOB, "192.0.2.20"), call(1101, 1201, ALICE, "a.1", whom=BOB),
              answer(1102, 1202, BOB, "b.1", "192.0.2.20"))
    s.expect((ALICE, {1101: "sign-in", 1201: "cookie"}), (BOB, {1102: "sign-in", 1202: "ring"}))
    require(all(r["other_end"] for r in s.sessions), "the other end was not found")
    s = Scene(sign_in(1101, ALICE), sign_in(1102, BOB, "192.0.2.20"), call(1101, 1201, ALICE, "a.1"),
              answer(1102, 1202, BOB, "b.1", "192.0.2.20", session="7002", caller="zoe@example.com"))
    require(not any(r["other_end"] for r in s.sessions), "another conversation was taken for the other end")


def nexus(port, host="192.0.2.10"):
    return [mkservices.directive("conn", f"WS{port}", f"{host}:{port}", "203.0.113.61:80"),
            *mkservices.Talker(f"WS{port}", "nexus.example.com", "MSMSGS").get(
                "/rdr/pprdr.asp", "", answer=["PassportURLs: DARealm=Passport.Net,DALogin=login.example.com/login2.srf"])]


def login(port, account, ticket, host="192.0.2.10"):
    name = account.replace("@", "%40")
    ask = f"Authorization: Passport1.4 OrgVerb=GET,OrgURL=http%3A%2F%2Fm,sign-in={name},pwd=x7teapot,lc=1033,id=507"
    return [mkservices.directive("conn", f"WS{port}", f"{host}:{port}", "203.0.113.62:80"),
            *mkservices.Talker(f"WS{port}", "login.example.com", "MSMSGS").get(
                "/login2.srf", "", ask, answer=[f"Authentication-Info: Passport1.4 da-status=success,from-PP='{ticket}',ru=http://m"]),
            mkservices.directive("close", f"WS{port}", "client")]


def tokens(port, account, secret, host="192.0.2.10"):
    talker = mkservices.Talker(f"WS{port}", "login.example.com", "Explorer")
    header = mkservices.account_header(False, "0003BFFD8E5A1B2C", account, "df7279779ec8f52e", "A", "B", "2009-06-01T17:20:59Z")
    return [mkservices.directive("conn", f"WS{port}", f"{host}:{port}", "203.0.113.62:80"),
            *talker.post("/RST.srf", None, mkservices.ask_for_tokens(False, account, "right8Chair", mkservices.SITES),
                         mkservices.give_tokens(False, header, secret, mkservices.SITES, "2009-06-01T17:20:59Z",
                                                "2009-06-02T01:20:59Z"))]


def book(port, token, host="192.0.2.10", owner=None):
    b = mkservices.Book(mkservices.Talker(f"WS{port}", "contacts.example.com", "MSMSGS"), "app", token, "key")
    result = mkservices.el("ab", mkservices.el("abInfo", mkservices.els(ownerEmail=owner))) if owner else None
    return [mkservices.directive("conn", f"WS{port}", f"{host}:{port}", "203.0.113.63:80"),
            *b.call("ABFindAll", "Initial", mkservices.els(abId="00000000-0000-0000-0000-000000000000"), result)]


def ticket():
    """Two users of one host sign in at the same time; only the tickets tell whose exchanges these are."""
    one, two = "t=11alice&p=", "t=22bob&p="
    s = Scene(challenge(1101, ALICE), challenge(1102, BOB), login(1301, ALICE, one), login(1302, BOB, two),
              accept(1102, BOB, two), accept(1101, ALICE, one))
    s.expect((ALICE, {1101: "sign-in", 1301: "ticket"}), (BOB, {1102: "sign-in", 1302: "ticket"}))


def ticket_of_site():
    """The ticket for the address book is another one than that shown at the sign-in; both came in one answer."""
    # The third ticket is for messenger.msn.com, the fourth for contacts.msn.com.
    s = Scene(challenge(1101, ALICE), challenge(1102, BOB), tokens(1301, ALICE, "8alice"), tokens(1302, BOB, "8bob"),
              accept(1101, ALICE, "t=8aliceToken27Compact&p="), accept(1102, BOB, "t=8bobToken27Compact&p="),
              book(1303, "8bobToken37Compact"), book(1304, "8aliceToken37Compact"))
    s.expect((ALICE, {1101: "sign-in", 1301: "ticket", 1304: "ticket"}), (BOB, {1102: "sign-in", 1302: "ticket", 1303: "ticket"}))


def ticket_twice():
    """One ticket for two sign-ins, as clients keep it: exchanges belong to the latest."""
    kept = "t=33kept&p="
    s = Scene(sign_in(1101, ALICE).replace("t=4711Ticket1101&p=4711Profile", kept), book(1301, "33kept"), leave(1101),
              "@at +30\n", sign_in(1102, ALICE).replace("t=4711Ticket1102&p=4711Profile", kept), book(1302, "33kept"))
    s.expect((ALICE, {1101: "sign-in", 1301: "ticket"}), (ALICE, {1102: "sign-in", 1302: "ticket"}))


def account():
    """An unknown ticket, but the address book names its owner."""
    s = Scene(sign_in(1101, ALICE), sign_in(1102, BOB), book(1301, "unseen77", owner=BOB), book(1302, "unseen77"))
    require(s.links(2) == {1102: "sign-in", 1301: "account", 1302: "ticket"}, f"links {s.links(2)}")
    require(s.links(1) == {1101: "sign-in"}, f"links {s.links(1)}")


def address():
    Scene(challenge(1101, ALICE), nexus(1301), accept(1101, ALICE)).expect((ALICE, {1101: "sign-in", 1301: "address"}))
    # Of two users of the host only one waits for a ticket.
    Scene(sign_in(1101, ALICE), challenge(1102, BOB), nexus(1301), accept(1102, BOB)).expect(
        (ALICE, {1101: "sign-in"}), (BOB, {1102: "sign-in", 1301: "address"}))
    # Both do: nobody knows.
    Scene(challenge(1101, ALICE), challenge(1102, BOB), nexus(1301), accept(1102, BOB)).expect(
        (ALICE, {1101: "sign-in"}), (BOB, {1102: "sign-in"}))
    # Another host, or long before, though the connection stayed open.
    Scene(challenge(1101, ALICE), nexus(1301, "192.0.2.99"), accept(1101, ALICE)).expect((ALICE, {1101: "sign-in"}))
    Scene(nexus(1301), "@at +900\n", sign_in(1101, ALICE), "@close WS1301 client\n").expect((ALICE, {1101: "sign-in"}))
    Scene(nexus(1301), "@at +20\n", sign_in(1101, ALICE), "@close WS1301 client\n").expect((ALICE, {1101: "sign-in", 1301: "address"}))


def account_in_time():
    """Of two sessions of an account the one that is on."""
    s = Scene(sign_in(1101, ALICE), sign_in(1102, ALICE), leave(1102), f"""@conn SB1201 192.0.2.10:1201 203.0.113.31:1863
>>> USR 1 {ALICE} unseen
<<< USR 1 OK {ALICE} Alice
""")
    s.expect((ALICE, {1101: "sign-in", 1201: "account"}), (ALICE, {1102: "sign-in"}))


def between_clients():
    records = support.parse_json(support.run("json", support.sample("p2p.pcap")).out)
    ports = {r["id"]: int(r["client"].rpartition(":")[2]) for r in records if r["type"] == "connection"}
    got = [{ports[l["connection"]]: l["how"] for l in r["links"]} for r in records if r["type"] == "session"]
    require(got == [{1820: "sign-in", 1821: "cookie", 1830: "call", 1831: "call", 1832: "address"},
                    {49200: "sign-in", 49201: "cookie", 49530: "call"}], f"links {got}")


def second_sign_in():
    s = Scene(sign_in(1101, ALICE), call(1101, 1201, ALICE, "one"), leave(1101), "@at +20\n", sign_in(1102, ALICE),
              call(1102, 1202, ALICE, "two"), "@conn NS1102\n<<< OUT OTH\n@close NS1102 server\n")
    s.expect((ALICE, {1101: "sign-in", 1201: "cookie"}), (ALICE, {1102: "sign-in", 1202: "cookie"}))
    require([r["end_reason"] for r in s.sessions] == ["signed-out", "other-place"], "why they ended")
    require(s.sessions[0]["end"] < s.sessions[1]["start"], "times")


def endpoints():
    """One user at two places at once."""
    def sso(port, guid):
        return (f"@conn NS{port} 192.0.2.10:{port} 198.51.100.20:1863\n" + greet(ALICE, 18) + f""">>> USR 3 SSO I {ALICE}
<<< USR 3 SSO S MBI_KEY_OLD bm9uY2U=
>>> USR 4 SSO S t=kept{port}& cmVzcG9uc2U= {guid}
<<< USR 4 OK {ALICE} 1 0
""")

    def board(port, guid):
        return f"""@conn SB{port} 192.0.2.10:{port} 203.0.113.31:1863
>>> USR 1 {ALICE};{guid} unseen{port}
<<< USR 1 OK {ALICE};{guid} Alice
"""
    first, second = "{11111111-2222-4333-8444-555555555555}", "{99999999-2222-4333-8444-555555555555}"
    s = Scene(sso(1101, first), sso(1102, second), board(1201, first), board(1202, second))
    s.expect((ALICE, {1101: "sign-in", 1201: "account"}), (ALICE, {1102: "sign-in", 1202: "account"}))
    require([r["endpoint"] for r in s.sessions] == [first, second], "endpoints")


def refused():
    s = Scene(challenge(1101, ALICE), "@conn NS1101\n>>> USR 4 TWN S t=wrong\n<<< 911 4\n@close NS1101 server\n")
    s.expect((ALICE, {1101: "sign-in"}))
    r = s.sessions[0]
    require((r["end_reason"], r["signed_in"]) == ("refused", False) and r["end_text"].startswith("911"), f"{r['end_text']}")


def refused_first():
    """Refused, and then accepted as somebody else on the same connection."""
    s = Scene(challenge(1101, ALICE), f"""@conn NS1101
>>> USR 4 TWN S t=wrong
<<< 911 4
>>> USR 5 TWN I {BOB}
<<< USR 5 TWN S ct=1
>>> USR 6 TWN S t=right
<<< USR 6 OK {BOB} Bob 1 0
""")
    s.expect((BOB, {1101: "sign-in"}))
    r = s.sessions[0]
    require((r["end_reason"], r["end_text"], r["signed_in"]) == ("closed", None, True), f"{r['end_reason']}, {r['end_text']}")


def ends():
    for how, wanted in (("client", "closed"), ("server", "closed"), ("rst", "reset"), ("none", "capture")):
        s = Scene(sign_in(1101, ALICE), f"@close NS1101 {how}\n")
        require(s.sessions[0]["end_reason"] == wanted, f"{how}: {s.sessions[0]['end_reason']}")
    s = Scene(sign_in(1101, ALICE), "@conn NS1101\n<<< OUT SSD\n>>> OUT\n@close NS1101 server\n")
    require((s.sessions[0]["end_reason"], s.sessions[0]["end_text"]) == ("shutdown", "SSD"), f"{s.sessions[0]['end_reason']}")


def middle():
    """The capture begins behind the sign-in: the switchboard teaches whose connections these are."""
    ns = "@conn NS1101 192.0.2.10:1101 198.51.100.20:1863\n@midstream NS1101\n>>> CHG 20 AWY 0\n<<< CHG 20 AWY 0\n"
    s = Scene(ns, call(1101, 1201, ALICE, "17262740.9.9"))
    s.expect((ALICE, {1101: "sign-in", 1201: "cookie"}))
    require(s.sessions[0]["began_before"] and not s.sessions[0]["signed_in"], "it began before")
    # Without the cookie the address has to do.
    s = Scene(ns, f"""@conn SB1201 192.0.2.10:1201 203.0.113.31:1863
>>> USR 1 {ALICE} unseen
<<< USR 1 OK {ALICE} Alice
@close SB1201 client
""", leave(1101))
    s.expect((ALICE, {1101: "sign-in", 1201: "address"}))
    # Of two users of the host it is the one who does not speak to it.
    s = Scene(sign_in(1101, ALICE), sign_in(1102, BOB), "@conn SB1201 192.0.2.10:1201 203.0.113.31:1863\n@midstream SB1201\n",
              text("SB1201", "hello"), text("SB1201", "hi", False, BOB))
    s.expect((ALICE, {1101: "sign-in", 1201: "address"}), (BOB, {1102: "sign-in"}))


def alone():
    """Only switchboards are in the capture: one session of their account."""
    def board(port):
        return f"""@conn SB{port} 192.0.2.10:{port} 203.0.113.31:1863
>>> ANS 1 {ALICE} cookie{port} 70{port}
<<< IRO 1 1 1 {BOB} Bob
<<< ANS 1 OK
""" + text(f"SB{port}", "hello") + f"@close SB{port} client\n"
    s = Scene(board(1201), board(1202))
    s.expect((ALICE, {1201: "account", 1202: "account"}))
    r = s.sessions[0]
    require((r["began_before"], r["messages_sent"]) == (True, 2), f"{r}")
    ends = [c["end"] for c in s.records if c["type"] == "connection"]
    require((r["end"], r["end_reason"]) == (max(ends), "closed"), f"{r['end']}, {r['end_reason']}")


def any_cut():
    """Whatever part of the capture is there: no connection of one user becomes one of the other."""
    parts = (dispatch(1100, ALICE), sign_in(1101, ALICE), sign_in(1102, BOB, "192.0.2.20"), call(1101, 1201, ALICE, "a.1", whom=BOB),
             answer(1102, 1202, BOB, "b.1", "192.0.2.20"), text("SB1201", "hello"), leave(1101))
    users = {1100: ALICE, 1101: ALICE, 1201: ALICE, 1102: BOB, 1202: BOB}
    steps = [step for part in parts for step in mkpcap.parse(part)]
    whole = support.Pcap(mkpcap.Capture(steps).pcap())
    for first in range(0, len(whole.packets), 3):
        records = support.parse_json(support.run("json", "-", data=whole.write(whole.packets[first:])).out)
        ports = {r["id"]: int(r["client"].rpartition(":")[2]) for r in records if r["type"] == "connection"}
        for r in records:
            if r["type"] == "session":
                of = {users.get(ports[c]) for c in r["connections"]} - {None}
                require(len(of) <= 1, f"from packet {first}: {of} in session {r['id']}")
                require(r["user"] is None or r["user"] in of, f"from packet {first}: {r['user']} in {of}")


def subcommand():
    s = Scene(dispatch(1100, ALICE), sign_in(1101, ALICE), nexus(1301), leave(1101))
    out = support.run("sessions", "-", data=s.data).out.decode()
    require(f'session 1: {ALICE} "Alice"' in out and "same address, inferred" in out and "Passport sign-in accepted" in out, out)
    require("signed out" in out and "1 (began here), 2 (sent on here)" in out, out)
    records = support.parse_json(support.run("sessions", "--json", "-", data=s.data).out)
    require(records == s.sessions, "sessions --json is not the record")
    line = [x for x in support.run("text", "-", data=s.data).out.decode().splitlines() if x.startswith("session 1: ")]
    require(len(line) == 1 and "(MSNMSGR 5.0.0544, MSNP8, Passport sign-in), 2003-01-01 00:00:00 to 00:00:0" in line[0] and
            line[0].endswith("signed out; connections 1-3"), f"{line}")
    out = support.run("sessions", "-Y", "msnp.name == \"OUT\"", "-", data=s.data).out.decode()
    require("session 1: " in out, "-Y with an event of the session")
    require(not support.run("sessions", "-Y", "msnp.name == \"RNG\"", "-", data=s.data).out, "-Y without")
    for option in (("--json",), ()):
        out = support.run("sessions", "-v", *option, "-", data=s.data).out
        require(b"4711" not in out, "a ticket is shown")


def unsure():
    """What is only inferred of a session that began before says so."""
    ns = "@conn NS1101 192.0.2.10:1101 198.51.100.20:1863\n@midstream NS1101\n>>> CHG 20 AWY 0\n<<< CHG 20 AWY 0\n"
    s = Scene(ns)
    require(s.sessions[0]["version_from"] in ("inferred", "assumed"), f"{s.sessions[0]['version_from']}")
    out = support.run("sessions", "-", data=s.data).out.decode()
    require(f"MSNP{s.sessions[0]['version']} {s.sessions[0]['version_from']}, began before the capture" in out, out)
    require("1 (notification server)" in out and "began here" not in out, out)


def many_files():
    path = support.sample("msnp8-login.pcap")
    records = support.parse_json(support.run("sessions", "--json", path, path).out)
    require([r["id"] for r in records] == [1, 1], "ids count in each file")
    for r in records:
        r.pop("first_event"), r.pop("last_event")
        r.pop("connections"), r.pop("links"), r.pop("presence")
    out = [support.run("sessions", *option, path, support.sample("p2p.pcap")).out.decode() for option in ((), ("-j2",))]
    require(out[0] == out[1] and out[0].startswith(f"{path}\n\nsession 1: ") and f"\n\n{support.sample('p2p.pcap')}\n\n" in out[0],
            out[0][:300])
    require(records[0] == records[1], "a file changes what is said of the next")


# ------------------------------------------------------------------ captures of real clients

def listed():
    """{capture: {client's port, or gateway session: (name, user)}}"""
    out = {}
    with open(os.path.join(REAL, "INDEX.md"), encoding="utf-8") as f:
        sections = re.split(r"^## ", f.read(), flags=re.M)[1:]
    for section in sections:
        line = re.search(r"^- connections.*?: (NS-1 .*)$", section, re.M)
        who = {}
        for part in line.group(1).split("; ") if line else ():
            found = re.match(r"((?:NS|SB)-\d+) (\S*?)(?:;\{\S*)? ?(?:port|gw session) (\d+)", part)
            if found:
                who[found.group(3)] = found.group(1), found.group(2)
        out[section.split("\n")[0].strip()] = who
    return out


def real(name, who):
    records = support.parse_json(support.run("json", os.path.join(REAL, name + ".pcap")).out)
    sessions = {r["id"]: r for r in records if r["type"] == "session"}
    signed_in = set()
    for r in records:
        if r["type"] != "connection":
            continue
        key = r["gateway_session"] or r["client"].rpartition(":")[2]
        server, user = who.get(key.partition(".")[0], (None, None))
        require(r["session"] or r["role"] == "WS", f"connection {r['id']} has no session")
        if user:
            got = sessions[r["session"]]["user"]
            require(got == user, f"{server} of {user} in a session of {got}")
        if user and server.startswith("NS"):
            require(r["session"] not in signed_in, f"two sign-ins in session {r['session']}")
            signed_in.add(r["session"])
    require(signed_in == set(sessions), f"sessions {sorted(sessions)}, sign-ins {sorted(signed_in)}")
    for s in sessions.values():
        require(not any(l["inferred"] for l in s["links"] if next(r for r in records if r["type"] == "connection" and
                                                                  r["id"] == l["connection"])["role"] != "WS"),
                f"session {s['id']}: a connection is only inferred")
        require(s["other_end"] or not any(l["how"] == "ring" for l in s["links"]), f"session {s['id']}: no other end")
    return sessions


def main():
    tap = support.Tap()
    for function in (redirect, redirect_elsewhere, redirect_two_users, redirect_taken, cookie, cookie_same, ring, other_end,
                     ticket, ticket_of_site, ticket_twice, account, account_in_time, address, between_clients, second_sign_in, endpoints, refused, refused_first, ends, middle,
                     alone, any_cut, subcommand, unsure, many_files):
        tap.case(function.__name__.replace("_", " "), function)
    if os.path.isdir(REAL):
        for name, who in sorted(listed().items()):
            if os.path.exists(os.path.join(REAL, name + ".pcap")):
                tap.case(name, real, name, who)
    else:
        tap.skip("captures of real clients", f"{REAL} is not there")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
