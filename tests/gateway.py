#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Gateway sessions and web services in captures that are damaged, TAP.

Packets that are missing, swapped or sent twice: nothing but what the lost messages carried may be missing, and the loss is
told. The captures of real clients beside the source tree are used when they are there.
"""
import collections
import os
import sys

import support
import web_support
from robustness import check_each, doubled, same, said, swapped
from support import exact_line, is_command, require

MADE = os.path.join(support.SRCDIR, "..", "shared/captures/made")
DROPS = 60          # packets of each capture that are dropped, one at a time
BURSTS = 12         # places where five packets in a row are dropped

Piece = collections.namedtuple("Piece", "start end frames")


# ------------------------------------------------------------------ what the streams should be

def stem(text):
    return text.partition(".")[0]


def session_of(exchange):
    """The part of the gateway's session id that stays, or None when it is no exchange with the gateway."""
    if "/gateway/gateway.dll" not in exchange.request.start:
        return None
    query = exchange.request.start.partition("?")[2].partition(" ")[0]
    parts = [p.partition("=") for p in query.split("&")]
    if exchange.response:
        parts += [p.strip().partition("=") for p in exchange.response.headers.get("x-msn-messenger", "").split(";")]
    ids = [value for name, _, value in parts if name.lower() == "sessionid" and value]
    return stem(ids[0]) if ids else None


def bodies(pcap):
    """{session: {side: [(body, frames)]}} in the order they were sent, for clients that wait for each answer."""
    out = collections.defaultdict(lambda: {"client": [], "server": []})
    for x in web_support.exchanges(pcap):
        session = session_of(x)
        if session:
            out[session]["client"].append((x.request.frames[0], x.request.body, x.request.frames))
            if x.response and x.response.start.split()[1] == "200":
                out[session]["server"].append((x.response.frames[0], x.response.body, x.response.frames))
    return {session: {side: [m[1:] for m in sorted(sent)] for side, sent in sides.items()} for session, sides in out.items()}


def gateway_events(records):
    """{session: {side: events}}; a session whose id was lost stands with the one that the same client goes on with."""
    connections = [r for r in records if r["type"] == "connection" and r["transport"] == "http-gateway"]
    known = {r["client"]: r["gateway_session"] for r in connections if r["gateway_session"]}
    names = {r["id"]: r["gateway_session"] or known.get(r["client"], r["client"]) for r in connections}
    out = {name: {"client": [], "server": []} for name in names.values()}
    for r in records:
        if r["type"] == "event" and r["connection"] in names:
            out[names[r["connection"]]][r["from"]].append(r)
    return out


class Session:
    """A capture with gateway sessions: the streams, and which messages carry which part of them."""

    def __init__(self, path):
        self.name, self.pcap = os.path.basename(path), support.Pcap(support.read_bytes(path))
        self.records = support.read_events(path, status=(0, 3))
        self.events = gateway_events(self.records)
        self.pieces = {}
        for session, sides in bodies(self.pcap).items():
            for side, sent in sides.items():
                self.take(session, side, sent)

    def take(self, session, side, sent):
        commands = [e for e in self.events[session][side] if is_command(e)]
        ours = b"".join(exact_line(e) + b"\r\n" + support.exact_payload(e) for e in commands)
        wanted = b"".join(body for body, _ in sent)
        require(ours == wanted, f"{self.name}: session {session}, {side}: {len(ours)} bytes, not {len(wanted)}, or others")
        at, pieces = 0, []
        for body, frames in sent:
            pieces.append(Piece(at, at + len(body), set(frames)))
            at += len(body)
        self.pieces[session, side] = pieces

    def frames(self):
        """Frames of messages of the gateway."""
        return sorted({frame for pieces in self.pieces.values() for p in pieces for frame in p.frames})

    def unharmed(self, session, side, missing):
        """The commands that no message with a missing frame carries a byte of; and those of which one does."""
        harmed = [p for p in self.pieces.get((session, side), []) if p.frames & missing]
        whole, at = [], 0
        for e in self.events[session][side]:
            if not is_command(e):
                continue
            end = at + len(exact_line(e)) + 2 + len(support.exact_payload(e))
            whole.append((not any(p.start < end and at < p.end for p in harmed), e))
            at = end
        return whole


# ------------------------------------------------------------------ missing packets

def is_told(records, session):
    """Is there a word about losses of the gateway session, or about exchanges that make no sense?"""
    ours = {r["id"] for r in records if r["type"] == "connection" and r["gateway_session"] == session}
    for r in records:
        if r["type"] == "notice" or r["type"] == "event" and r["connection"] in ours and (
                not is_command(r) or "payload_lost" in r or any(f["id"].startswith(("gateway.", "http.")) for f in r["findings"])):
            return True
    return False


def check_missing(capture, missing):
    """missing: numbers of frames, from 1."""
    where = f"without frames {sorted(missing)}"
    packets = [p for n, p in enumerate(capture.pcap.packets, 1) if n not in missing]
    records = support.read_events(capture.pcap.write(packets))
    events = gateway_events(records)
    for session, sides in capture.events.items():
        for side in sides:
            whole = capture.unharmed(session, side, missing)
            kept, harmed = [e for good, e in whole if good], [e for good, e in whole if not good]
            got = said(events.get(session, {side: []})[side])
            lost = collections.Counter(said(harmed))
            found, n = said(kept), 0
            for command in got:
                if n < len(found) and command == found[n]:
                    n += 1
                elif lost[command]:
                    lost[command] -= 1
                else:
                    cut = [c for c in said(harmed) if command[0] == c[0] and (command[1] == c[1] or c[1].endswith(command[1]))]
                    expected = found[n][1][:60] if n < len(found) else None
                    require(cut, f"{where}: {session} {side}: {command[1][:60]!r} and {len(command[2])} bytes, not {expected!r}")
            require(n == len(found), f"{where}: {session} {side}: {found[n][1][:60]!r} is missing" if n < len(found) else "")
            # Behind the last commands nothing comes that would show that they are missing.
            if sum(lost.values()) and not all(good for good, _ in whole[:len(whole) - len(harmed)]):
                require(is_told(records, session), f"{where}: {session} {side}: {sum(lost.values())} commands missing without a word")


def every(items, count):
    return items[::max(1, len(items) // count)]


def dropped(capture):
    check_each(lambda n: check_missing(capture, {n}), every(capture.frames(), DROPS))


def bursts(capture):
    check_each(lambda n: check_missing(capture, set(range(n, n + 5))), every(capture.frames(), BURSTS))


def lost_connections(capture):
    """All packets of one side of a TCP connection for a while, then all of both sides."""
    frames = capture.frames()
    for part in range(4):
        chosen = frames[part::37][:6]
        check_missing(capture, set(chosen))


# ------------------------------------------------------------------ web services

WEB_DROPS = 40


def web_said(records, missing=frozenset()):
    """What web services say, without the messages that have a missing frame."""
    return collections.Counter((e["from"], e["name"], support.exact_payload(e)) for e in records
                               if e["type"] == "event" and support.is_web(e) and not missing & set(e["frames"]))


def is_nameless(body):
    """Is it a fault that does not say what it answers? Without its request it can be of any service."""
    return b":Fault>" in body and not any(name in body for name in (b"http://www.msn.com/", b"/oim/"))


def check_web(pcap, whole, n):
    where = f"without frame {n}"
    records = support.read_events(pcap.write(pcap.packets[:n - 1] + pcap.packets[n:]))
    gone, new = web_said(whole, {n}) - web_said(records), web_said(records) - web_said(whole)
    harmed = {e["from"] for e in whole if e["type"] == "event" and n in e["frames"]}
    for side, name, body in gone:
        # Without its request an answer goes by what it says: StoreResponse, also of Store2.
        others = [x for x in new if x[0] == side == "server" and x[2] == body and (x[1] == "Fault" or name.startswith(x[1]))]
        require("client" in harmed and (others or is_nameless(body)), f"{where}: {side} {name} with {len(body)} bytes is not there")
        for other in others:
            del new[other]
    require({side for side, _, _ in new} <= harmed, f"{where}: {[(side, name, len(body)) for side, name, body in new]} is new")
    told = [e for e in records if e["type"] == "event" and support.is_web(e) and
            (e["from"], e["name"], support.exact_payload(e)) in new and not e["findings"]]
    require(not told, f"{where}: nothing is said of what {[(e['from'], e['name']) for e in told]} lacks")


def web_dropped(path):
    pcap, whole = support.Pcap(support.read_bytes(path)), support.read_events(path)
    frames = sorted({n for e in whole if e["type"] == "event" and support.is_web(e) for n in e["frames"]})
    check_each(lambda n: check_web(pcap, whole, n), every(frames, WEB_DROPS))


def web_same(path, change):
    pcap, whole = support.Pcap(support.read_bytes(path)), support.read_events(path)
    wanted, got = web_said(whole), web_said(support.read_events(pcap.write(change(pcap.packets))))
    require(got == wanted, f"{[x[:2] for x in wanted - got]} are missing, {[x[:2] for x in got - wanted]} are new")


# ------------------------------------------------------------------ other orders

def check_same(capture, change):
    records = support.read_events(capture.pcap.write(change(capture.pcap.packets)))
    events = gateway_events(records)
    require(set(events) == set(capture.events), f"sessions {sorted(events)}, not {sorted(capture.events)}")
    for session, sides in capture.events.items():
        for side, wanted in sides.items():
            same(said(wanted), said(events[session][side]), f"{session} {side}")
            lost, known = ([e["summary"] for e in x if not is_command(e)] for x in (events[session][side], wanted))
            require(lost == known, f"{session} {side}: {lost}, not {known}")


def paths():
    if not os.path.isdir(MADE):
        return []
    return [os.path.join(MADE, name) for name in sorted(os.listdir(MADE)) if name.endswith("_gw.pcap")]


def web_paths():
    names = "pidgin-2.5.5_msnp15_tcp.pcap", "msnpsharp-3.2.1_msnp18_tcp.pcap"
    return [path for path in (os.path.join(MADE, name) for name in names) if os.path.exists(path)]


def main():
    tap = support.Tap()
    for path in paths():
        name, loaded = os.path.basename(path), []
        tap.case(f"{name}: streams are the bodies", lambda path=path, loaded=loaded: loaded.append(Session(path)))
        if not loaded:
            continue
        capture, = loaded
        tap.case(f"{name}: even neighbours swapped", check_same, capture, lambda p: swapped(p, 0))
        tap.case(f"{name}: odd neighbours swapped", check_same, capture, lambda p: swapped(p, 1))
        tap.case(f"{name}: every packet twice", check_same, capture, doubled)
        tap.case(f"{name}: packets dropped", dropped, capture)
        tap.case(f"{name}: five packets in a row dropped", bursts, capture)
        tap.case(f"{name}: scattered packets dropped", lost_connections, capture)
    for path in [support.sample("oim.pcap")] + web_paths():
        name = os.path.basename(path)
        tap.case(f"{name}: web services, even neighbours swapped", web_same, path, lambda p: swapped(p, 0))
        tap.case(f"{name}: web services, odd neighbours swapped", web_same, path, lambda p: swapped(p, 1))
        tap.case(f"{name}: web services, every packet twice", web_same, path, doubled)
        tap.case(f"{name}: web services, packets dropped", web_dropped, path)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
