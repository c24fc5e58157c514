#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""`msnscope chat`: who said what to whom, held against the logs of the servers that made the captures, and against samples.

Real captures are not part of the sources; MSNSCOPE_CAPTURES names a folder of them. Each NAME.pcap comes with
NAME.truth.jsonl, what the server saw: a JSON object a line with conn, dir, line, payload_base64; INDEX.md lists the texts.
"""
import base64
import glob
import os
import re
import sys
import tempfile

import support
from support import require

CAPTURES = os.environ.get("MSNSCOPE_CAPTURES", os.path.join(support.SRCDIR, "..", "shared/captures/made"))
SAMPLES = os.path.join(support.SRCDIR, "samples")


def chat(*args, **kw):
    result = support.run("chat", *args, **kw)
    require(result.status == 0, f"status {result.status}: {result.err.decode('utf-8', 'replace')}")
    return result.out


def records(*args, **kw):
    """Lines and conversations, by the id of the conversation."""
    lines, conversations = {}, {}
    for r in support.parse_json(chat("--json", *args, **kw)):
        if r["type"] == "talk":
            require(r["conversation"] not in conversations, "a line behind the end of its conversation")
            lines.setdefault(r["conversation"], []).append(r)
        elif r["type"] == "conversation":
            conversations[r["id"]] = r
    require(set(lines) <= set(conversations), "a conversation without end")
    return lines, conversations


# ------------------------------------------------------------------ what the server saw

def account(word):
    return word.split(";")[0].lower()


def text_of(payload):
    """The text of a MIME message, or None."""
    head, _, body = payload.partition(b"\r\n\r\n")
    kind = re.search(rb"(?im)^content-type:\s*([^;\r\n]*)", head)
    if not kind or kind.group(1).strip().lower() != b"text/plain":
        return None
    return body.decode("utf-8", "replace")


class Seen:
    """One connection as the server saw it: its user, who else was there, and the texts that went over it."""

    def __init__(self):
        self.user, self.people, self.texts = None, set(), []


def server_log(path):
    connections, sent = {}, []
    for r in support.parse_json(support.read_bytes(path)):
        if "line" not in r:
            continue
        c = connections.setdefault(r["conn"], Seen())
        words, mine = r["line"].split(" "), r["dir"] == "C>S"
        if mine and words[0] in ("USR", "ANS"):
            name = next((w for w in words[2:] if "@" in w), None)
            c.user = c.user or (account(name) if name else None)
        if not mine and words[0] in ("IRO", "JOI"):
            c.people.add(account(words[4 if words[0] == "IRO" else 1]))
        text = text_of(base64.b64decode(r.get("payload_base64", "")))
        if text is None or words[0] not in ("MSG", "UUM", "UBM") or r["conn"][:2] == "NS" and words[0] == "MSG":
            continue
        who = c.user if mine else account(words[1])
        c.texts.append((who, text))
        if mine:
            sent.append((who, text))
    return connections, sent


def index_texts(name):
    """The texts of a capture as INDEX.md lists them: sender and text, long ones abbreviated."""
    entry = support.read_bytes(os.path.join(CAPTURES, "INDEX.md")).decode().split(f"\n## {name}\n")[1].split("\n## ")[0]
    line = re.search(r"(?m)^- text messages in order \(conn, sender: text\): (.*)$", entry)
    return [re.match(r"\S+ (\S+?)(?:;\S+)?: (.*)$", item).groups() for item in line.group(1).split(" | ")] if line else []


def agrees(listed, text):
    cut = re.match(r"(.*)\.\.\.\((\d+) chars\)$", listed)
    return text.startswith(cut.group(1)) and len(text) == int(cut.group(2)) if cut else text == listed


# ------------------------------------------------------------------ real captures

def texts_of(lines):
    return [(r["who"], r["text"]) for r in lines if r["kind"] == "text"]


def against_server(name):
    lines, conversations = records(os.path.join(CAPTURES, name + ".pcap"))
    seen, sent = server_log(os.path.join(CAPTURES, name + ".truth.jsonl"))
    live = {i: c for i, c in conversations.items() if c["kind"] != "offline"}
    said = [texts_of(sorted(lines[i], key=lambda r: r["event"] or 0)) for i in live]
    saw = [c.texts for c in seen.values()]
    if name.endswith("_gw"):
        # Through the gateway the two directions are not seen in the order in which the server had them.
        said, saw = ([sorted(t, key=lambda pair: pair[0]) for t in texts] for texts in (said, saw))
    require(sorted(filter(None, said)) == sorted(filter(None, saw)), f"texts of connections: {said}\nthe server saw: {saw}")
    own = sorted((r for i in live for r in lines[i] if r["kind"] == "text" and r["own"]), key=lambda r: r["event"])
    require(texts_of(own) == sent, f"texts sent: {texts_of(own)}\nthe server saw: {sent}")
    boards = sorted((c["user"], sorted(c["participants"])) for c in live.values() if c["kind"] == "switchboard")
    rooms = sorted((c.user, sorted(c.people | {c.user})) for n, c in seen.items() if n.startswith("SB") and c.user)
    require(boards == rooms, f"participants: {boards}\nthe server saw: {rooms}")
    listed = index_texts(name)
    require(len(listed) == len(own) and all(w == r["who"] and agrees(t, r["text"]) for (w, t), r in zip(listed, own)),
            f"texts sent: {texts_of(own)}\nthe index lists: {listed}")


def shown(text):
    """Control characters (in texts that were encoded twice) are shown as bytes."""
    return "".join("".join(f"\\x{b:02x}" for b in c.encode()) if "\x7f" <= c <= "\x9f" else c for c in text)


def in_order(lines, texts):
    """Each line that ends in a text, in the order of the texts?"""
    at = 0
    for line in lines:
        found = next((i for i in range(at, len(texts)) if line.endswith(": " + shown(texts[i]))), None)
        if found is None and any(line.endswith(": " + shown(t)) for t in texts):
            return False
        at = at if found is None else found + 1
    return True


def once(name):
    """Seen from both ends, each text that was sent is there once; and in the order in which the server had them."""
    _, sent = server_log(os.path.join(CAPTURES, name + ".truth.jsonl"))
    log = chat(os.path.join(CAPTURES, name + ".pcap")).decode()
    blocks = [block.split("\n") for block in log.split("\n\n") if ": offline messages, " not in block]
    lines = [line for block in blocks for line in block]
    for text in {t for _, t in sent}:
        want = sum(t == text for _, t in sent)
        found = sum(line.endswith(": " + shown(text)) for line in lines)
        require(found == want, f"{text!r} stands there {found} times, not {want}")
    # Through the gateway one side sees what the other said only when it asks.
    for block in blocks if not name.endswith("_gw") else ():
        require(in_order(block, [t for _, t in sent]), f"order of {block}")


# ------------------------------------------------------------------ samples

def summary(lines):
    """"text alice: hello", "join bob" """
    short = lambda s: s.split("@")[0] if s else "-"
    return [" ".join(filter(None, (r["kind"], short(r["who"]), short(r["whom"]) if r["whom"] else ""))) +
            (": " + r["text"] if r["text"] else "") for r in lines if r["kind"] not in ("typing", "closed", "object")]


EXPECTED = {
    # kind, user, other participants, lines
    "msnp21-login.pcap": [
        ("direct", "alice@example.com", ["bob@example.com"],
         ["text alice: Are you still up there?", "text bob: Nice view! ☀", "nudge bob"]),
        ("direct", "alice@example.com", ["dave@example.com"], ["text dave: Written yesterday, read today"]),
        ("direct", "alice@example.com", ["tel:+445550122"],
         ["text alice: Choir at eight", "failed alice: error 591, no route to the carrier"]),
        ("group", "alice@example.com", ["bob@example.com"],
         ["join alice", "invite alice bob", "invite alice carol", "join bob", "text alice: Welcome, all",
          "text bob: Where is Carol?", "leave bob", "leave alice"]),
        ("group", "alice@example.com", [],
         ["text alice: Too late", "failed alice: error 801, datagram or conversation could not be delivered"]),
        ("direct", "alice@example.com", ["100200300"], ["text 100200300: hi from the other side"]),
    ],
    "msnp18-login.pcap": [
        ("circle", "alice@example.com", ["carol@example.com"],
         ["join alice", "join carol", "text alice: Good evening, choir", "text carol: ♪ Good evening ♪", "nudge carol",
          "leave carol", "leave alice"]),
        ("direct", "alice@example.com", ["dave@example.com"], ["text alice: Call me when you are back."]),
        ("direct", "alice@example.com", ["bob@example.com"], ["nudge bob"]),
        ("switchboard", "alice@example.com", ["bob@example.com"],
         ["join alice", "invite alice bob", "join bob", "text alice: Here are my notes.",
          "text bob: Not now, I have no hands free ☕"]),
        ("switchboard", "alice@example.com", ["bob@example.com"], ["join bob", "join alice", "leave bob"]),
    ],
    "oim.pcap": [
        ("offline", "bob@example.com", ["nobody@example.com"],
         ["text bob: are you there?", "failed bob: the service refuses it"]),
        ("offline", "alice@example.com", ["tel:+15550100"], ["text tel:+15550100: At the café now"]),
        ("offline", "bob@example.com", ["alice@example.com"],
         ["text bob: lunch tomorrow? 🍕", "text bob: and bring the keys, please"]),
    ],
    "midstream-nocookie.pcap": [
        # The session of the same host: known when the connection ends, so that lines do not name the user.
        ("switchboard", "alice@example.com", ["carol@example.com", "dave@example.com"],
         ["text carol: as I was saying", "text -: go on", "join dave", "leave carol"]),
    ],
}


def sample(name, expected):
    lines, conversations = records(os.path.join(SAMPLES, name))
    found = [(c["kind"], c["user"], [p for p in c["participants"] if p != c["user"]], summary(lines[i]))
             for i, c in sorted(conversations.items())]
    for was, want in zip(found, expected):
        require(was == want, f"{was}\nand not {want}")
    require(len(found) == len(expected), f"{len(found)} conversations")


def as_text():
    log = chat(os.path.join(SAMPLES, "p2p.pcap")).decode()
    for line in ("conversation 1: switchboard, alice@example.com with bob@example.com; 2009-10-03 19:30:00 to 19:30:23\n",
                 "19:30:01  Alice <alice@example.com>: hello, are you there?\n",
                 '19:30:01  * Bob <bob@example.com> sends a wink "Dancing teapot"\n',
                 "19:30:01  * Alice <alice@example.com> uses emoticons: (tea)\n",
                 "19:30:01  * Bob <bob@example.com> sends a drawing\n",
                 '19:30:15  * Bob <bob@example.com> offers: File Transfer "recipes.txt", 3060 bytes\n',
                 "19:30:10  * file notes.txt from alice@example.com to bob@example.com: complete, 4590 bytes, text/plain\n"):
        require(line in log, f"no line {line!r} in\n{log}")
    typing = chat("-v", os.path.join(SAMPLES, "msnp13-login.pcap")).decode()
    require("is typing" in typing and "is typing" not in chat(os.path.join(SAMPLES, "msnp13-login.pcap")).decode(), typing)


def filtered():
    log = chat("-Y", 'msnp.name == "MSG"', os.path.join(SAMPLES, "msnp13-login.pcap")).decode()
    require("How is the beta?" in log and "joins" not in log, log)


def several():
    one, other = (os.path.join(SAMPLES, n) for n in ("msnp13-login.pcap", "p2p.pcap"))
    serial = chat(one, other)
    require(serial.count(b"\ncapture ") == 1 and serial.startswith(b"capture "), "captures are not named")
    require(serial == chat("-j", "2", one, other), "-j changes what is written")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log")
        chat("-o", path, one, other)
        require(support.read_bytes(path) == serial, "-o writes something else")


def main():
    tap = support.Tap()
    for name, expected in EXPECTED.items():
        tap.case(f"sample {name}", sample, name, expected)
    tap.case("the log as text", as_text)
    tap.case("a filter", filtered)
    tap.case("several captures", several)
    names = sorted(os.path.basename(p)[:-len(".truth.jsonl")] for p in glob.glob(os.path.join(CAPTURES, "*.truth.jsonl")))
    if not names:
        tap.skip("real captures", "they are not here")
    for name in names:
        tap.case(f"{name}: what the server saw", against_server, name)
        tap.case(f"{name}: each text once", once, name)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
