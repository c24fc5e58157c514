#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Hostile and secret text on the wire; TAP.

People choose their names, so names hold escape sequences, control bytes, broken UTF-8 and characters that turn text
around, as they are and percent-encoded. None of it may reach a terminal; JSON must be valid and lose nothing; secrets
must not be in what a person reads.
"""
import re
import sys
import urllib.parse

import support
from support import exact_line, exact_payload, require

OURS = re.compile(rb"\x1b\[[0-9;]*m")
LEVELS = ("text", "text -v", "text -vv")
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"

# What a name, a header or a text may hold; none of it has a line end or a blank, so that it stands in a line, too.
HOSTILE = {
    "escape sequence": b"\x1b[31mred\x1b]0;title\x07\x1b[2J",
    "operating system command": b"\x1b]52;c;ZXZpbA==\x1b\\",
    "C0": bytes(n for n in range(1, 32) if n not in (10, 13)),
    "DEL": b"a\x7f\x7fb",
    "C1 as bytes": bytes(range(0x80, 0xA0)),
    "C1 as UTF-8": b"\xc2\x9b31m\xc2\x90q\xc2\x9c",
    "NUL": b"a\0b",
    "overlong": b"\xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf",
    "surrogate": b"\xed\xa0\x80\xed\xbf\xbf",
    "beyond Unicode": b"\xf4\x90\x80\x80\xff\xfe",
    "cut character": b"caf\xc3",
    "turning": TURNING.encode(),
    "line separators": "a\u2028b\u2029c\u0085d".encode(),
    "byte order marks": b"\xef\xbb\xbf\xff\xfe",
    "backslashes": b"\\x1b[31m\\",
    "percent signs": b"%1B[31m%%0A%zz%",
    "stars and quotes": b'***"\'"***',
    "long": b"x" * 5000,
    "long and wide": "\u6587".encode() * 300,
}
ENCODED_LINES = b"one%0Atwo%0D%0A%1B%5B31mthree%00%9B%E2%80%AE"

SECRETS = {
    "password": "open.sesame.1999",
    "digest": "5f48bc62d5c54edb2cc778989c5214f1",
    "ticket": "t=9aKxPq77ZZticketTWN&p=profileTWNpart",
    "cookie": "17262740.1053111760.1325",
    "second cookie": "2042110.1053111903.17",
    "profile ticket": "MSPAuthSecretValue0123456789",
    "SSO ticket": "t=SSOticketSecretValue&p=",
    "SSO response": "HAAAAAEAAAADZgAABIAAAAgAAAAUAAAASAAAAAsecretblob==",
    "UIC": "c2FtcGxlIHNpZ25lZCBjcmVkZW50aWFs",
    "registration": "cmVnaXN0cmF0aW9uIG9uZSBvbmx5",
    "circle ticket": "PFNpZ25lZFRpY2tldD5jaXJjbGVzZWNyZXQ8L1NpZ25lZFRpY2tldD4=",
}


def build(mkpcap, steps):
    """A capture of [(connection, is it the client, line, payload)], all in bytes; a str is a directive of the dialogue format."""
    class Raw(mkpcap.Command):
        def wire(self):
            return self.template + b"\r\n" + self.payload

    out = []
    for step in steps:
        if isinstance(step, str):
            out += mkpcap.parse(step)
        else:
            command = Raw(step[0], step[1], step[2], 0)
            command.parts.append(step[3])
            out.append(command)
    return mkpcap.Capture(out, "hostile").pcap()


def mime(headers, body):
    return b"MIME-Version: 1.0\r\n" + b"".join(b"%s: %s\r\n" % h for h in headers) + b"\r\n" + body


def message(text, *headers):
    return mime([(b"Content-Type", b"text/plain; charset=UTF-8"), *headers], text)


NS, SB = "@conn NS 192.0.2.10:1038 198.51.100.20:1863 ns", "@conn SB 192.0.2.10:1041 203.0.113.31:1863 sb"


MSNP8 = [NS, ("NS", True, b"VER 1 MSNP8 CVR0", b""), ("NS", False, b"VER 1 MSNP8", b"")]


def hostile_steps(text):
    quoted = urllib.parse.quote(text).encode()
    steps = [NS, ("NS", True, b"VER 1 MSNP11 CVR0", b""), ("NS", False, b"VER 1 MSNP11", b""),
             ("NS", False, b"NLN NLN eve@example.com %s 0" % quoted, b""), ("NS", False, b"XYZ 7 " + quoted, b"")]
    for name in (text, quoted):
        steps += [("NS", False, b"NLN NLN eve@example.com %s 0 %s" % (name, name), b""),
                  ("NS", True, b"CVR 2 0x0409 %s 5.1 i386 %s 1.0 msmsgs alice@example.com" % (name, name), b""),
                  ("NS", False, b"RNG 1 203.0.113.31:1863 CKI 1.2 %s %s" % (name, name), b"")]
    psm = b"<Data><PSM>%s</PSM></Data>" % text
    steps += [("NS", False, b"UBX eve@example.com %d" % len(psm), psm),
              SB, ("SB", True, b"USR 3 alice@example.com 1.2", b""), ("SB", False, b"USR 3 OK alice@example.com %s" % quoted, b"")]
    header = (b"X-%s" % text.replace(b":", b""), text)
    for body in (message(text), message(b"hi", header, (b"P4-Context", text)),
                 mime([(b"Content-Type", b"text/%s; charset=%s" % (text, text))], text + b"\r\n" + text),
                 mime([(b"Content-Type", b"text/x-msmsgscontrol"), (b"TypingUser", text)], b"\r\n"),
                 b"%s\r\n%s" % (text, text), text):
        steps.append(("SB", False, b"MSG eve@example.com %s %d" % (quoted, len(body)), body))
    # no command at all; nothing follows, so that it is told from one
    return steps + [("SB", False, text, b""), ("SB", False, quoted, b"")]


def check_terminal(out, where):
    """Only printable characters and line ends, all of it UTF-8."""
    try:
        text = out.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise support.Wrong(f"{where}: {wrong}") from None
    for number, line in enumerate(text.split("\n"), 1):
        bad = [c for c in line if ord(c) < 32 or 127 <= ord(c) < 160 or c in TURNING + "\u2028\u2029\ufeff"]
        require(not bad, f"{where}, line {number}: {bad[0]!r} in {line[:100]!r}" if bad else "")


def check_text(capture):
    for level in LEVELS:
        for secrets in ([], ["--show-secrets"]):
            plain = support.run(*level.split(), *secrets, "--color=never", "-", data=capture)
            coloured = support.run(*level.split(), *secrets, "--color=always", "-", data=capture)
            require(plain.status == coloured.status == 0, f"{level}: status {plain.status}, {coloured.status}")
            check_terminal(plain.out, level)
            require(OURS.sub(b"", coloured.out) == plain.out, f"{level}: colours change the text")
            require(OURS.search(coloured.out), f"{level}: no colours")


def check_json(capture, steps):
    """JSON is valid, and no command is lost or changed."""
    for options in ([], ["--pretty"], ["--ranges"]):
        out = support.run("json", *options, "-", data=capture).out.decode("utf-8")
        require(all(c == "\n" or " " <= c < "\x7f" or c >= "\xa0" for c in out), f"json {options}: control character")
    events = [r for r in support.read_events(capture) if r["type"] == "event"]
    wanted = {side: [(line, payload) for where, client, line, payload in (s for s in steps if not isinstance(s, str))
                     if (where, client) == side] for side in (("NS", True), ("NS", False), ("SB", True), ("SB", False))}
    for (where, client), said in wanted.items():
        port = {"NS": ":1038", "SB": ":1041"}[where]
        got = [(exact_line(e), exact_payload(e)) for e in events if e["from"] == ("client" if client else "server")
               and connection_of(capture, e).endswith(port)]
        commands = [g for g in got if g[0] is not None]
        if (where, client) == ("SB", False):
            noise = b"".join(line + b"\r\n" for line, _ in said[-2:])
            said = said[:-2]
            skipped = b"".join(payload for line, payload in got if line is None)
            require(skipped and noise.startswith(skipped), f"{noise[:60]!r} became {skipped[:60]!r}")
        for n in range(max(len(said), len(commands))):
            a, b = (x[n] if n < len(x) else None for x in (said, commands))
            require(a == b, f"{where} {'client' if client else 'server'}: {a!r:.80} became {b!r:.80}")


CONNECTIONS = {}


def connection_of(capture, event):
    key = hash(capture)
    if key not in CONNECTIONS:
        CONNECTIONS[key] = {r["id"]: r["client"] for r in support.read_events(capture) if r["type"] == "connection"}
    return CONNECTIONS[key][event["connection"]]


def check_names(mkpcap):
    """Line ends that are percent-encoded, in every level: one event stays one line."""
    steps = [NS, ("NS", True, b"VER 1 MSNP8 CVR0", b""), ("NS", False, b"VER 1 MSNP8", b""),
             ("NS", False, b"NLN NLN eve@example.com %s 0" % ENCODED_LINES, b"")]
    capture = build(mkpcap, steps)
    lines = support.run("text", "-", data=capture).out.decode("utf-8").split("\n")
    shown = [line for line in lines if "<<< NLN" in line]
    require(len(shown) == 1 and "three" in shown[0], f"not one line: {lines}")
    check_text(capture)
    event = [r for r in support.read_events(capture) if r.get("name") == "NLN"][0]
    require(event["fields"]["msnp.friendly_name"].startswith("one\ntwo\r\n\x1b[31mthree\0"), event["fields"]["msnp.friendly_name"])


# ------------------------------------------------------------------ secrets

def secret_steps(s):
    profile = mime([(b"Content-Type", b"text/x-msmsgsprofile; charset=UTF-8"), (b"LoginTime", b"1"), (b"MSPAuth", s["profile ticket"])], b"")
    authenticate = b"\r\n<user><uic>%s</uic><id>alice.example</id></user>" % s["UIC"]
    registration = b"Set-Registration: %s\r\n\r\n<auth-response/>" % s["registration"]
    return {
        "MSNP2": [NS, ("NS", True, b"VER 1 MSNP2 CVR0", b""), ("NS", False, b"VER 1 MSNP2", b""),
                  ("NS", True, b"USR 2 CTP I alice@example.com", b""), ("NS", False, b"USR 2 CTP S", b""),
                  ("NS", True, b"USR 3 CTP S " + s["password"], b""),
                  ("NS", True, b"USR 4 MD5 S " + s["digest"], b"")],
        "MSNP8": [*MSNP8, ("NS", True, b"USR 3 TWN S " + s["ticket"], b""), ("NS", False, b"USR 3 OK alice@example.com Alice 1 0", b""),
                  ("NS", False, b"MSG Hotmail Hotmail %d" % len(profile), profile),
                  ("NS", True, b"XFR 4 SB", b""), ("NS", False, b"XFR 4 SB 203.0.113.31:1863 CKI " + s["cookie"], b""),
                  ("NS", False, b"RNG 5 203.0.113.32:1863 CKI %s bob@example.com Bob" % s["second cookie"], b""),
                  SB, ("SB", True, b"USR 5 alice@example.com " + s["cookie"], b""),
                  ("SB", True, b"ANS 6 alice@example.com %s 5" % s["second cookie"], b"")],
        "MSNP18": [NS, ("NS", True, b"VER 1 MSNP18 CVR0", b""), ("NS", False, b"VER 1 MSNP18", b""),
                   ("NS", True, b"USR 3 SSO S %s %s {0a1b2c3d-0000-4000-8000-000000000001}" % (s["SSO ticket"], s["SSO response"]), b""),
                   ("NS", True, b"USR 4 SHA A " + s["circle ticket"], b""),
                   ("NS", False, b"RNG 5 203.0.113.32:1863 CKI %s bob@example.com Bob U messenger.msn.com 1" % s["second cookie"], b""),
                   ("NS", False, b"MSG Hotmail Hotmail %d" % len(profile), profile)],
        "MSNP24": [NS, ("NS", True, b"CNT 1 CON 2", b"\r\n"),
                   ("NS", True, b"ATH 2 CON\\USER %d" % len(authenticate), authenticate),
                   ("NS", False, b"ATH 2 CON %d" % len(registration), registration)],
        # deviations: a parameter more, the form of another version
        "a ticket and a word more": [*MSNP8, ("NS", True, b"USR 3 TWN S %s more" % s["ticket"], b"")],
        "a digest and words more": [*MSNP8, ("NS", True, b"USR 7 MD5 S %s extra words" % s["digest"], b"")],
        "SSO in MSNP8": [*MSNP8, ("NS", True, b"USR 4 SSO S %s %s" % (s["SSO ticket"], s["SSO response"]), b"")],
        "MD5 in MSNP8": [*MSNP8, ("NS", True, b"USR 5 MD5 S " + s["digest"], b"")],
        "a cookie and a word more": [*MSNP8, ("NS", False, b"XFR 6 SB 203.0.113.31:1863 CKI %s more" % s["cookie"], b"")],
        "an answer and words more": [*MSNP8, SB, ("SB", True, b"ANS 6 alice@example.com %s 5 and more" % s["cookie"], b""),
                                     ("SB", False, b"ANS 6 OK", b"")],
        "a profile that is cut": [*MSNP8, ("NS", False, b"MSG Hotmail Hotmail %d" % (len(profile) + 50), profile)],
    }


def hex_dump_bytes(out):
    """All bytes that the hex dumps of text -vv show, in order."""
    rows = re.findall(rb"^ +[0-9a-f]{4,}  ((?:(?:[0-9a-f]{2}|\*\*) ?){1,17})", out, re.M)
    return bytes(int(b, 16) if b != b"**" else 0 for row in rows for b in row.split())


def check_secrets(capture, name, steps, secrets):
    said = [step for step in steps if not isinstance(step, str)]
    lines, payloads = b"\n".join(step[2] for step in said), b"\n".join(step[3] for step in said)
    used = {n: value for n, value in secrets.items() if value in lines or value in payloads}
    require(used, f"{name}: tests nothing")
    for level in LEVELS:
        masked = support.run(*level.split(), "-", data=capture).out
        shown = support.run(*level.split(), "--show-secrets", "-", data=capture).out
        dumped = hex_dump_bytes(masked)
        for secret, value in used.items():
            for part in (value[i:i + 8] for i in range(len(value) - 7)):
                require(part not in masked, f"{level}: {part!r} of the {secret} shows")
                require(part not in dumped, f"{level}: {part!r} of the {secret} shows in a hex dump")
            # The text alone has no payloads.
            if level == "text -v" or value in lines:
                require(value in shown or name in ("a profile that is cut", "MSNP24"), f"{level} --show-secrets: the {secret} does not show")
        require(b"***" in masked or level != "text -vv" and not any(value in lines for value in used.values()), f"{level}: nothing is masked")
    events = [r for r in support.read_events(capture) if r["type"] == "event"]
    whole = b"\n".join((exact_line(e) or b"") + exact_payload(e) for e in events)
    for secret, value in used.items():
        require(value in whole, f"JSON lacks the {secret}")


def main():
    tap, mkpcap = support.Tap(), support.load_script("samples/mkpcap.py", "mkpcap")
    for name, text in HOSTILE.items():
        steps = hostile_steps(text)
        capture = build(mkpcap, steps)
        tap.case(f"{name}: text", check_text, capture)
        tap.case(f"{name}: JSON", check_json, capture, steps)
    tap.case("percent-encoded line ends", check_names, mkpcap)
    secrets = {name: value.encode() for name, value in SECRETS.items()}
    for name, steps in secret_steps(secrets).items():
        tap.case(f"secrets: {name}", check_secrets, build(mkpcap, steps), name, steps, secrets)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
