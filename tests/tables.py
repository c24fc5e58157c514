#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""msnscope tables: against the command table, against what Python counts in msnscope json, and as what its formats are; TAP.

MediaWiki and Markdown are held against a strict grammar, Markdown also against cmark-gfm where that is installed. What is
private in a capture must not be in a table, unless asked for. Real captures lie beside the source tree; without them
those cases are skipped.
"""
import collections
import csv
import functools
import html.parser
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import support
from support import require

FORMATS = ("mediawiki", "markdown", "csv", "json")
FIRST, LAST, NEWEST = 2, 21, 24
KIND_COLUMNS = {
    "commands": "command version version_from role from manner client form payload specified count first_file first_frame",
    "wiki": "command payload client_to_server server_to_client originating_version changed",
    "values": "command from field value meaning count first_file first_frame first_event",
    "types": "type field value meaning count first_file first_frame",
    "coverage": "coverage command from roles versions form count first_file first_frame",
}
CUT = 96            # bytes of a value that are kept
KEPT = 1024         # values of a field that are
SHARED = os.path.join(support.SRCDIR, "..", "shared", "captures")


def tables(*args, status=(0,)):
    result = support.run("tables", *args)
    require(result.status in status, f"{args}: status {result.status}: {result.err.decode('utf-8', 'replace')}")
    return result.out


def rows(*args, **kwargs):
    return json.loads(tables(*args, "--format=json", **kwargs))


def equal(what, got, wanted):
    missing = {k: v for k, v in wanted.items() if got.get(k) != v}
    more = {k: v for k, v in got.items() if wanted.get(k) != v}
    require(not missing and not more, f"{what}: {dict(list(more.items())[:8])}, not {dict(list(missing.items())[:8])}")


# ------------------------------------------------------------------ the command table

@functools.lru_cache(None)
def forms():
    return support.parse_json(support.run("commands", "--json").out)


def side(form):
    return "C>S" if form["from"] == "client" else "S>C"


def has(form, version):
    return form["versions"][0] <= version <= form["versions"][1]


def alike(form):
    return form["from"], form["syntax"], form["payload"], json.dumps(form["params"])


def only(group, version, without):
    """The forms of a version that are not those of another, each once, in order."""
    there = {alike(f) for f in group if has(f, without)}
    out = {}
    for f in group:
        if has(f, version) and alike(f) not in there:
            out.setdefault(alike(f), f)
    return list(out.values())


def by_command():
    out = {}
    for f in forms():
        out.setdefault(f["name"], []).append(f)
    return out


def spec_row(name, group, version):
    """What the table must say of a command."""
    lo, hi = min(f["versions"][0] for f in group), max(f["versions"][1] for f in group)
    wanted = [f for f in group if not version or has(f, version)]
    changed = []
    for v in range(lo + 1, (hi + 1 if hi < LAST else hi) + 1):
        if version and v != version:
            continue
        came, went = only(group, v, v - 1), only(group, v - 1, v) if v != LAST + 1 else []
        for f in group:
            changed += [f"MSNP{v}: new {side(f)} {f['syntax']}"] * any(f is c for c in came)
            changed += [f"MSNP{v}: gone {side(f)} {f['syntax']}"] * any(f is w for w in went)
    lines = []
    for f in wanted:
        roles = "any" if len(f["roles"]) == 3 else "/".join(f["roles"])
        a, b = f["versions"]
        lines.append(f"{side(f)} {roles} {a if a == b else f'{a}-{b}'}: {f['syntax']}")
    roles = [r for r in ("DS", "NS", "SB") if any(r in f["roles"] for f in wanted)]
    yes = {True: "Y", False: "N"}
    return {"command": name, "payload": yes[any(f["payload"] for f in wanted)],
            "client_to_server": yes[any(f["from"] == "client" for f in wanted)],
            "server_to_client": yes[any(f["from"] == "server" for f in wanted)],
            "roles": "any" if len(roles) == 3 else "/".join(roles), "originating_version": f"MSNP{lo}",
            "last_version": f"MSNP{hi}", "changed": "\n".join(changed) or None, "forms": "\n".join(lines)}


def spec(version=0):
    wanted = [spec_row(n, g, version) for n, g in by_command().items() if not version or any(has(f, version) for f in g)]
    got = rows("spec", *([f"--version={version}"] if version else []))
    require(len(got) > 60 or version, f"{len(got)} commands")
    for a, b in zip(got, wanted):
        equal(a["command"], a, b)
    require(len(got) == len(wanted), f"{len(got)} commands, not {len(wanted)}")


def whole_spec():
    spec()
    for version in range(FIRST, NEWEST + 1):
        spec(version)


@functools.lru_cache(None)
def enums():
    """(meaning of the set, value, name, meaning, first version) of all values on the wire, as the source of the table has them."""
    out, text = [], support.read_bytes(os.path.join(support.SRCDIR, "dissectors", "msnp_enums.def")).decode()
    string = r'"((?:[^"\\]|\\.)*)"'
    for line in re.sub(r"\n\t+", " ", text).split("\n"):
        head, row = re.match(rf"ENUM_SET\(\w+, {string}", line), re.match(rf"ENUM_ROW\({string}, {string}, {string}, (\d+)\)", line)
        if head:
            meaning = head[1]
        elif row and not meaning.startswith("how commands that are no request"):
            out.append((meaning, *(g.replace('\\"', '"').replace("\\\\", "\\") for g in row.groups()[:3]), int(row[4])))
    require(len(out) > 500, f"{len(out)} values")
    return out


def servers(group, form, version):
    return {r for f in group if has(f, version) and alike(f) == alike(form) for r in f["roles"]}


def other_servers(group, form, old, new):
    """The rows for a form that both versions have, on other servers."""
    first = next((g for g in group if has(g, old) and alike(g) == alike(form)), None)
    before, after = servers(group, form, old), servers(group, form, new)
    if first is not form or not after:
        return
    for change, roles in (("server gone", before - after), ("new server", after - before)):
        if roles:
            yield change, [r for r in ("DS", "NS", "SB") if r in roles]


def diff(old, new):
    wanted = []
    for name, group in by_command().items():
        gone, come = only(group, old, new), only(group, new, old)
        for f in group:
            if any(f is g for g in gone):
                change = "form gone" if any(has(g, new) for g in group) else "command gone"
            elif any(f is c for c in come):
                change = "new form" if any(has(g, old) for g in group) else "new command"
            else:
                wanted += [(c, name, side(f), "/".join(roles), f["syntax"], f["payload"], f["meaning"])
                           for c, roles in other_servers(group, f, old, new)]
                continue
            roles = "any" if len(f["roles"]) == 3 else "/".join(f["roles"])
            wanted.append((change, name, side(f), roles, f["syntax"], f["payload"], f["meaning"]))
    change = "new value" if old < new else "value gone"
    wanted += [(change, None, None, None, f"{of}: {value} ({name})", None, meaning) for of, value, name, meaning, first in enums()
               if min(old, new) < first <= max(old, new)]
    got = [tuple(r.values()) for r in rows("diff", str(old), f"MSNP{new}")]
    require(got == wanted, f"{old} to {new}: {set(got) ^ set(wanted)}")
    return len(got)


def diffs():
    counts = [diff(v, v + 1) for v in range(FIRST, NEWEST)]
    require(sum(counts) > 100, f"only {counts} differences")
    diff(12, 11)
    got = rows("diff", "5", "6")
    require([(r["change"], r["roles"], r["form"]) for r in got if "server" in r["change"]] ==
            [("server gone", "NS", "USR trid OK passport friendly_name")], "MSNP6 has a form of USR on the switchboard alone")
    got = [r["form"] for r in rows("diff", "9", "10") if r["change"] == "new value"]
    require(any(v.endswith(": MFN (friendly_name)") for v in got), f"values of MSNP10: {got}")
    diff(2, 21)
    require(diff(8, 8) == 0, "a version differs from itself")


# ------------------------------------------------------------------ formats

ENTITY = re.compile(r"&#(\d+);")


def unescape_mediawiki(cell):
    """The text of a cell. Nothing in it may mean anything to MediaWiki but line breaks and character references."""
    out = []
    for part in cell.split("<br />"):
        plain = ENTITY.sub("", part)
        require(not re.search(r"[&<>|{}\[\]~]|''|__", plain), f"markup in {part!r}")
        require(not re.match(r"[-+*#;:=!\s]", part) and not re.search(r"\s$|  ", part), f"beginning or blanks of {part!r}")
        require(not re.search(r"[A-Za-z]:\S", plain), f"an address in {part!r}")
        out.append(ENTITY.sub(lambda m: chr(int(m[1])), part))
    return "\n".join(out)


def parse_mediawiki(text):
    """Headings and rows of a table that is nothing but a table."""
    lines = text.split("\n")
    require(re.fullmatch(r'\{\| class="[a-z ]+"', lines[0]), lines[0])
    require(lines[1].startswith("|+ ") and unescape_mediawiki(lines[1][3:]), lines[1])
    require(lines[-2:] == ["|}", ""], f"ends in {lines[-2:]}")
    at, headings, out = 2, [], []
    while lines[at].startswith("! "):
        headings.append(unescape_mediawiki(lines[at][2:]))
        at += 1
    for line in lines[at:-2]:
        if line == "|-":
            out.append([])
        else:
            require(out and line.startswith("| "), f"neither row nor cell: {line!r}")
            out[-1].append(unescape_mediawiki(line[2:]))
    require(all(len(r) == len(headings) for r in out), "rows of different length")
    return headings, out


def unescape_markdown(cell):
    out = []
    for part in cell.split("<br>"):
        plain = re.sub(r"\\[|`*_\[\]~$]|&#\d+;|(?<=\w)_(?=\w)", "", part)
        require(not re.search(r"[\\|`*_\[\]~$<>&]", plain), f"markup in {part!r}")
        require(not re.search(r"^\s|\s$|  ", part), f"blanks of {part!r}")
        out.append(ENTITY.sub(lambda m: chr(int(m[1])), re.sub(r"\\([|`*_\[\]~$])", r"\1", part)))
    return "\n".join(out)


def split_markdown(line):
    require(line.startswith("| ") and line.endswith(" |"), f"no row: {line!r}")
    return [unescape_markdown(c) for c in re.split(r"(?<!\\) \| ", line[2:-2])]


def parse_markdown(text):
    lines = text.split("\n")
    require(lines[0] and lines[1] == "" and lines[-1] == "", f"begins with {lines[:2]}")
    headings = split_markdown(lines[2])
    require(re.fullmatch(r"\|( --- \|)+", lines[3]) and lines[3].count("---") == len(headings), lines[3])
    out = [split_markdown(line) for line in lines[4:-1]]
    require(all(len(r) == len(headings) for r in out), "rows of different length")
    return headings, out


class Rendered(html.parser.HTMLParser):
    """The cells of the only table of a page."""

    def __init__(self):
        super().__init__()
        self.rows, self.cell, self.tables = [], None, 0

    def handle_starttag(self, tag, attrs):
        self.tables += tag == "table"
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.cell = ""
        elif tag == "br":
            self.cell += "\n"
        else:
            require(tag in ("p", "table", "thead", "tbody"), f"<{tag}> in the page")

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.rows[-1].append(self.cell)
            self.cell = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data


def render(text):
    page = subprocess.run(["cmark-gfm", "--unsafe", "-e", "table"], input=text, capture_output=True, text=True, check=True).stdout
    parser = Rendered()
    parser.feed(page)
    require(parser.tables == 1, f"{parser.tables} tables")
    return parser.rows[0], parser.rows[1:]


def broken():
    """The renderer tells a table that is none, and cells that are others, from what they should be."""
    text = tables("values", "IMS", "URL", support.sample("msnp3.pcap"), "--format=markdown").decode()
    good, lines = render(text), text.split("\n")
    require(len(good[1]) == len(lines) - 5 and good[0][:2] == ["Command", "From"], f"{good[0]}, {len(good[1])} rows")
    for what, bad in (("no line below the headings", lines[:3] + lines[4:]), ("another number of headings", lines[:3] + ["| --- |"] + lines[4:]),
                      ("text in the midst", lines[:5] + ["", "text", ""] + lines[5:])):
        try:
            seen = render("\n".join(bad))
        except support.Wrong:
            continue
        require(seen != good, f"{what}: nothing was found")
    for what, old, new in (("a bar", "| IMS |", "| I|MS |"), ("emphasis", "| IMS |", "| *IMS* |"), ("code", "| IMS |", "| `IMS` |")):
        require(old in text, f"{old} is not in the table")
        try:
            seen = render(text.replace(old, new))
        except support.Wrong:
            continue
        require(seen != good, f"{what}: nothing was found")


def parse_csv(text):
    require(text.count("\n") >= 1 and text.endswith("\r\n"), "line ends")
    table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    require(all(len(r) == len(table[0]) for r in table), "rows of different length")
    return table[0], table[1:]


def escaped(text):
    """As text of the wire stands in all formats but JSON."""
    out = ""
    for i, c in enumerate(text):
        if c < " " or 0x7f <= ord(c) < 0xa0 or c in "\xad\u200b\u202e\u2028\ufeff":
            out += "".join(f"\\x{b:02x}" for b in c.encode())
        else:
            out += c
            follows = text[i + 1:i + 2]
            out += "\\" if c == "\\" and follows and (follows in "x\\" or not " " <= follows < "\x7f") else ""
    return out


def cells(table):
    """What the other formats hold of rows of JSON: own texts may have lines, texts of the wire not."""
    def one(value):
        return "" if value is None else str(value)
    return [[one(v) for v in row.values()] for row in table]


def same_formats(wire, *args):
    """All formats hold the same; with wire, texts are those of a capture."""
    wanted = rows(*args)
    names = list(wanted[0])
    want = cells(wanted)
    if wire:
        want = [[escaped(c) for c in row] for row in want]
    out = {f: tables(*args, f"--format={f}").decode() for f in FORMATS}
    require(out["mediawiki"] == tables(*args).decode(), "MediaWiki is not what is written without --format")
    parsers = [("csv", parse_csv), ("mediawiki", parse_mediawiki), ("markdown", parse_markdown)]
    if shutil.which("cmark-gfm"):
        parsers.append(("markdown", render))
    for name, parse in parsers:
        headings, got = parse(out[name])
        require(headings == names if name == "csv" else len(headings) == len(names), f"{name}: {headings}")
        for a, b in zip(got, want):
            require(a == b, f"{name} ({parse.__name__}): {a}, not {b}")
        require(len(got) == len(want), f"{name}: {len(got)} rows, not {len(want)}")
    require(not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", out["mediawiki"] + out["markdown"]), "control characters")


NASTY = ["|}", "|", "||", "|-", "-", "+1", "}", "{{x}}", "{|", "[[x]]", "<b>&lt;&amp;<!-- -->", "''x'''", "~~~~", "__TOC__", "_", "a_b",
         "= x =", ";x:y", "*x*", "# x", "\\", "\\|", "|\\", "`x`", "$x$", "x  y", "http://x.y/", "mailto:x", 'a,"b"', '"', ",", "!x!!",
         "café ☕", "\\x41", "\x1b[31m", "\u202e", "a\tb", "<nowiki>", "-{x}-", "x" * 90, "&#124;", "1. x", "~", "=1+1"]


def nasty_capture(folder):
    """A capture whose names are what would break tables."""
    mkpcap = support.load_script("samples/mkpcap.py", "mkpcap")
    quoted = ["".join(f"%{b:02X}" for b in text.encode()) for text in NASTY]
    steps = ["@start 2003-07-11T09:00:00Z", "@conn NS 192.0.2.10:1039 198.51.100.20:1863 ns", ">>> VER 1 MSNP8 CVR0",
             "<<< VER 1 MSNP8", ">>> CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 6.0.0602 MSMSGS alice@example.com",
             "<<< CVR 2 6.0.0602 6.0.0602 1.0.0000 http://a.example.com http://b.example.com"]
    steps += [f"<<< NLN NLN user{i}@example.org {q} 0" for i, q in enumerate(quoted)]
    path = os.path.join(folder, "na|st[y].pcap")
    with open(path, "wb") as f:
        f.write(mkpcap.Capture(mkpcap.parse("\n".join(steps) + "\n"), "nasty").pcap())
    return path


def nasty():
    with tempfile.TemporaryDirectory() as folder:
        path = nasty_capture(folder)
        got = [r["value"] for r in rows("values", "msnp.friendly_name", "--verbatim", path)]
        require(sorted(got) == sorted(NASTY), f"{set(got) ^ set(NASTY)}")
        same_formats(True, "values", "msnp.friendly_name", "--verbatim", path)
        for kind in KIND_COLUMNS:
            same_formats(False, kind, path)
        hidden = rows("values", "nln", path)
        names = [r["value"] for r in hidden if r["field"] == "msnp.friendly_name"]
        require(sorted(names) == sorted(f"Name {i}" for i in range(1, len(NASTY) + 1)), names)


# ------------------------------------------------------------------ what Python counts

def captures():
    for root, folders, names in os.walk(SHARED):
        folders.sort()
        for name in sorted(names):
            if name.endswith((".pcap", ".pcapng", ".pcap.gz")):
                yield os.path.join(root, name)


FIELDS = support.parse_json(support.run("fields", "--json").out)


def fields_of(*types_wanted):
    return {f["name"] for f in FIELDS if f["type"] in types_wanted}


# Children of dictionaries have names of their own; bytes are written otherwise.
DICTIONARIES = fields_of("dictionary", "bytes")


def walk(tree):
    """(name, value) of all fields, but for those within dictionaries and bytes."""
    for name, value in tree.items():
        if name in DICTIONARIES or name == "value":
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                if one.get("value") is not None:
                    yield name, one["value"]
                yield from walk(one)
            elif one is not None:
                yield name, one


class Seen:
    """What is in the records of captures, by file."""

    def __init__(self, paths):
        self.files, self.versions = [], set()
        result = support.run("json", *paths)
        require(result.status in (0, 3), f"status {result.status}")
        for r in support.parse_json(result.out):
            if r["type"] == "capture":
                self.files.append((r["file"], [], {}))
            elif r["type"] == "event":
                self.files[-1][1].append(r)
            elif r["type"] == "session":
                self.files[-1][2][r["id"]] = r
            elif r["type"] == "connection":
                self.versions.add((r["role"], r["version"], r["version_from"]))
        self.events = [(file, e, sessions) for file, events, sessions in self.files for e in events]


HEX = fields_of("hexadecimal")


def text_of(name, value):
    """A value as the table has it: None where JSON does not have it exactly."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"0x{value:x}" if name in HEX else str(value)
    if "\ufffd" in value:
        return None
    raw = value.encode()
    return value if len(raw) <= CUT else utf8_cut(raw, CUT) + "..."


def utf8_cut(raw, most):
    return raw[:most].decode("utf-8", "ignore")


@functools.lru_cache(2)
def seen_in(*paths):
    return Seen(paths)


def count_values(seen, wanted):
    """{(command, from, field, value): [count, first]}; the property of a value stands behind its field."""
    out = {}
    for file, e, _ in seen.events:
        for name, value in walk(e["fields"]):
            shown = text_of(name, value)
            if not wanted(name) or shown is None:
                continue
            prop = e["fields"].get("msnp.property") if name == "msnp.value" else None
            key = e["name"], e["from"], name + (f" ({prop})" if prop else ""), shown
            out.setdefault(key, [0, file, e["frames"][0] if e["frames"] else None, e["id"]])[0] += 1
    return out


def check_values(paths, names, wanted):
    got = {}
    for r in rows("values", *names, "--verbatim", *paths, status=(0, 3)):
        # Values of which JSON holds replacement characters, or that two long ones share, are not compared.
        if r["command"] == "(others)" or "\ufffd" in (r["value"] or ""):
            continue
        key = r["command"], r["from"], r["field"], r["value"]
        found = [r["count"], r["first_file"], r["first_frame"], r["first_event"]]
        if key in got and r["value"].endswith("..."):
            found = [got[key][0] + found[0], *min(got[key][1:], found[1:], key=lambda p: (paths.index(p[0]), p[2]))]
        require(key not in got or r["value"].endswith("..."), f"{key} is there twice")
        got[key] = found
    want = count_values(Seen(paths), wanted)
    distinct = collections.Counter(k[2] for k in want)
    full = {field for field, n in distinct.items() if n >= KEPT}
    equal("values", {k: v for k, v in got.items() if k[2] not in full}, {k: v for k, v in want.items() if k[2] not in full})

def params(paths):
    """The parameters of every command."""
    known = {"msnp." + p for p in ("trid", "name", "error", "error_meaning", "failed_command", "challenge_verdict",
                                   "challenge_method", "product_client", "plain_name")}
    got = {}
    for r in rows("values", "--verbatim", *paths, status=(0, 3)):
        key = r["command"], r["from"], re.sub(r" \(.*", "", r["field"])
        got[key] = got.get(key, 0) + r["count"]
    want = collections.Counter()
    for _, e, _ in seen_in(*paths).events:
        if e["protocol"] != "msnp" or not support.is_command(e):
            continue
        for name, value in e["fields"].items():
            if not name.startswith("msnp.") or name in known:
                continue
            for one in value if isinstance(value, list) else [value]:
                one = one.get("value") if isinstance(one, dict) else one
                want[e["name"], e["from"], name] += one is not None
    others = {k[2] for k in got if k[0] == "(others)"}
    equal("parameters", {k: v for k, v in got.items() if k[2] not in others},
          {k: v for k, v in want.items() if v and k[2] not in others})


TABLE = {}


def form_of(name, sender, syntax):
    """The form of the table, by what is printed of it."""
    if not TABLE:
        for f in forms():
            TABLE.setdefault((f["name"], f["from"], f["syntax"]), f)
    return TABLE.get((name, sender, syntax))


FITS = {"msnp.unknown_command": "no such command", "msnp.unknown_form": "no such form", "msnp.wrong_version": "other version",
        "msnp.not_in_version": "other version",
        "msnp.wrong_role": "other server"}


def count_commands(seen):
    out = {}
    for file, e, sessions in seen.events:
        if e["protocol"] != "msnp" or not support.is_command(e):
            continue
        client = (sessions.get(e["session"]) or {}).get("client_name")
        fits = [FITS[f["id"]] for f in e["findings"] if f["id"] in FITS]
        key = ("NNN" if re.fullmatch(r"\d{3}", e["name"]) else e["name"], e["version"] or None, e["role"], e["from"],
               "unknown" if not client else "official" if client in ("MSMSGS", "MSNMSGR") else "other", (fits or ["yes"])[0])
        row = out.setdefault(key, {"count": 0, "first": (file, e["frames"][0]), "replies": 0})
        row["count"] += 1
        row["replies"] += e["reply_to"] is not None
    return out


def commands(paths):
    got, names = {}, [os.path.basename(p) for p in paths]
    for r in rows("commands", *paths, status=(0, 3)):
        require(" ".join(r) == KIND_COLUMNS["commands"], f"columns {list(r)}")
        key = tuple(r[k] for k in ("command", "version", "role", "from", "client", "specified"))
        row = got.setdefault(key, {"count": 0, "first": [], "replies": 0})
        row["count"] += r["count"]
        row["first"].append((names.index(r["first_file"]), r["first_frame"]))
        row["replies"] += r["count"] if r["manner"] == "reply" else 0
        how = r["role"], r["version"], r["version_from"]
        require(how in seen_in(*paths).versions, f"no connection is {how}")
        form = form_of(r["command"], r["from"], r["form"])
        require(form or r["specified"] in ("no such form", "no such command"), f"no such form: {r}")
        require((r["manner"] == "initiated") <= (r["from"] == "client"), f"{r}")
        require((r["manner"] == "unsolicited") <= (r["from"] == "server"), f"{r}")
    for row in got.values():
        file, frame = min(row["first"])
        row["first"] = paths[file], frame
    want = count_commands(seen_in(*paths))
    # Replies whose request is not there are known by their form.
    for key, row in got.items():
        require(key in want and row.pop("replies") >= want[key]["replies"], f"replies of {key}")
    for row in want.values():
        row.pop("replies")
    equal("commands", got, want)
    return want


def manners():
    """Initiated, reply and unsolicited of a sample, as its dialogue has them."""
    got = collections.Counter()
    for r in rows("commands", support.sample("msnp8-login.pcap")):
        got[r["command"], r["from"], r["manner"]] += r["count"]
    for key in (("VER", "client", "initiated"), ("VER", "server", "reply"), ("CHL", "server", "unsolicited"),
                ("QRY", "client", "reply"), ("QRY", "server", "reply"), ("LST", "server", "reply"), ("NLN", "server", "unsolicited"),
                ("RNG", "server", "unsolicited"), ("ACK", "server", "reply")):
        require(got[key] or not any(k[:2] == key[:2] for k in got), f"{key} is missing of {[k for k in got if k[0] == key[0]]}")
    require(got["CHL", "server", "unsolicited"] and got["VER", "server", "reply"], "the sample has changed")


TYPED = {"content type": ("msg.content_type", "routing.content_type", "slp.content_type", "http.content_type", "oim.content_type"),
         "operation": ("soap.action", "soap.operation"), "application": ("slp.euf_guid", "invite.application_guid"),
         "capability": ("capabilities.bit", "capabilities.bit2", "capabilities.client")}


def without_joined(tree):
    if isinstance(tree, list):
        return [without_joined(t) for t in tree]
    return {k: without_joined(v) for k, v in tree.items() if k != "msg.joined"} if isinstance(tree, dict) else tree


def types(paths):
    got, want = collections.Counter(), collections.Counter()
    for r in rows("types", "--verbatim", *paths, status=(0, 3)):
        require(" ".join(r) == KIND_COLUMNS["types"], f"columns {list(r)}")
        if r["type"] in (*TYPED, "HTTP status") or r["field"] == "msnp.name":
            got[r["type"], r["field"], r["value"]] += r["count"]
        if r["field"] == "msnp.client_version":
            got["client", r["value"].split(" ")[0], r["value"].split(" ")[1]] += r["count"]
    for _, e, _ in seen_in(*paths).events:
        for name, value in walk(without_joined(e["fields"])):
            want.update((t, name, text_of(name, value)) for t, names in TYPED.items() if name in names)
        if e["protocol"] == "msnp" and re.fullmatch(r"\d{3}", e["name"]):
            want["error", "msnp.name", e["name"]] += 1
        if e["fields"].get("http.status"):
            status, reason = e["fields"]["http.status"], e["fields"].get("http.reason")
            want["HTTP status", "http.status", f"{status} {reason}" if reason else str(status)] += 1
        if e["name"] in ("CVR", "CVQ") and e["fields"].get("msnp.client_version"):
            want["client", e["fields"].get("msnp.client_name", "-"), e["fields"]["msnp.client_version"]] += 1
    equal("types", got, want)


def coverage(paths):
    seen = {(r["command"], r["from"], r["form"]) for r in rows("commands", *paths, status=(0, 3))}
    want = collections.Counter((f["name"], f["from"], f["syntax"]) for f in forms())
    unseen, lacking = collections.Counter(), collections.Counter()
    for r in rows("coverage", *paths, status=(0, 3)):
        require(" ".join(r) == KIND_COLUMNS["coverage"], f"columns {list(r)}")
        if r["coverage"] == "not seen":
            unseen[r["command"], r["from"], r["form"]] += 1
        else:
            lacking[r["coverage"], r["command"], r["from"], r["roles"]] += r["count"]
    # Several forms may look alike; not all of them need be seen.
    for key, n in want.items():
        require(unseen[key] < n if key in seen else unseen[key] == n, f"{key}: {unseen[key]} of {n} not seen")
    missing = collections.Counter()
    for key, row in count_commands(seen_in(*paths)).items():
        if key[5] != "yes":
            missing[key[5], key[0], key[3], key[2]] += row["count"]
    equal("what the specification lacks", lacking, missing)


def wiki(paths):
    """Each cell is what the table of the specification says, and in brackets what was counted."""
    counted = collections.defaultdict(collections.Counter)
    for (name, version, _, sender, _, _), row in count_commands(seen_in(*paths)).items():
        counted[name][sender] += row["count"]
        if version:
            counted[name]["from"] = min(version, counted[name]["from"] or 99)
    got = rows("wiki", *paths, status=(0, 3))
    spec_rows = {r["command"]: r for r in rows("spec")}
    require([r["command"] for r in got][:len(spec_rows)] == list(spec_rows), "order of commands")
    for r in got:
        name, s = r["command"], spec_rows.get(r["command"])
        if not s:
            require(r["originating_version"].startswith("not in the specification"), f"{r}")
            s = {"client_to_server": "N", "server_to_client": "N"}
        for column, sender in (("client_to_server", "client"), ("server_to_client", "server")):
            n = counted[name][sender]
            said = s[column]
            wanted = f"{said} (seen {n}" if n else said + (" (not seen)" if said == "Y" else "")
            require(r[column] == wanted + ")" if n and said == "Y" else r[column].startswith(wanted), f"{name} {column}: {r[column]}, not {wanted}")
            require((", first in " in r[column]) == (said == "N" and n > 0), f"{name}: {r[column]}")
        if name in spec_rows:
            require(r["originating_version"].startswith(s["originating_version"] + " ("), f"{r}")
            new = [line[:line.index(":")] + ":" + line.split(": new", 1)[1] for line in (s["changed"] or "").split("\n") if ": new " in line]
            have = [re.sub(r" \((not seen|seen \d+)\)$", "", line) for line in (r["changed"] or "").split("\n")]
            require([h for h in have if h in new] == new, f"{name}: {have}, not {new}")
    require({r["command"] for r in got} >= set(counted), "commands are missing")


def counted(paths):
    commands(paths)
    types(paths)
    coverage(paths)
    wiki(paths)
    params(paths)
    check_values(paths, ["msnp."], lambda n: n.startswith("msnp."))
    check_values(paths, ["presence.", "msg.content_type", "capabilities.", "address."],
                 lambda n: n.startswith(("presence.", "msg.content_type", "capabilities.", "address.")))


# ------------------------------------------------------------------ privacy

MAIL = re.compile(r"[^\s\"'<>;:,/=()]+@[A-Za-z0-9.-]+\.[A-Za-z]+")
PLACEHOLDER_HOSTS = re.compile(r"192\.0\.2\.\d+|198\.1[89]\.\d+\.\d+")
PRIVATE_NAMES = ("msnp.friendly_name", "msnp.sender_name", "msnp.group_name", "presence.friendly_name", "msg.text", "msg.plain_text",
                 "presence.psm", "oim.text", "msnp.ticket", "msnp.cookie", "msnp.password", "msnp.digest", "msnp.response", "rst.ticket",
                 "oim.ticket", "passport.ticket", "ab.display_name", "ab.quick_name", "ab.network_name", "oim.subject", "oim.from_name", "ab.first_name", "file.name", "invite.file_name", "list.nickname",
                 "presence.machine_guid", "presence.endpoint_id", "msnobj.friendly", "profile.preferred_email", "profile.country", "profile.postal_code", "media.text", "msnp.plain_name", "msg.nick", "invite.ip_address")


def private(paths):
    """Texts that must not be in a table: as they are, or within others when they are longer than seven characters."""
    out = set()
    for _, e, _ in seen_in(*paths).events:
        out.update(MAIL.findall(json.dumps(e["fields"], ensure_ascii=False)))
        out.update(v for n, v in walk(e["fields"]) if n in PRIVATE_NAMES and isinstance(v, str) and len(v) >= 3)
        out.update(v for n, v in walk(e["fields"]) if n == "host.name" and re.fullmatch(r"[\d.]+", v) and not PLACEHOLDER_HOSTS.fullmatch(v))
    # Placeholders that the capture has by chance, accounts of the service itself, the first id of a product.
    return {v for v in out if not re.fullmatch(r"user\d+@example\.com|Name \d+|Hotmail|msmsgs@msnmsgr\.com", v)}


def nothing_private(paths):
    hidden = private(paths)
    words = {w for f in forms() for p in f["params"] for w in p["words"]}
    hidden -= words
    prefixes = sorted({f["name"].split(".")[0] + "." for f in FIELDS})
    for args in ([k] for k in KIND_COLUMNS), [["values", *prefixes]]:
        for one in args:
            out = tables(*one, "--format=json", *paths, status=(0, 3)).decode()
            values = set()
            for r in json.loads(out):
                for k, v in r.items():
                    if isinstance(v, str) and k in ("command", "value", "payload", "client_to_server", "originating_version", "changed"):
                        values.add(v)
            for v in values:
                found = [h for h in hidden if h == v or (len(h) > 7 and h in v)]
                require(not found, f"tables {one[0]}: {found[:3]} in {v!r}")
    shown = json.dumps(rows("values", *prefixes, "--verbatim", *paths, status=(0, 3)), ensure_ascii=False)
    found = sum(h in shown for h in hidden)
    require(not hidden or found > len(hidden) // 3, f"--verbatim shows {found} of {len(hidden)} texts")


def consistent():
    """The same account has the same placeholder in both captures of a run, and different ones have different ones."""
    paths = [support.sample("msnp8-login.pcap"), support.sample("msnp9-login.pcap")]
    pairs = collections.defaultdict(set)
    for a, b in zip(rows("values", "msnp.passport", "--verbatim", *paths), rows("values", "msnp.passport", *paths)):
        pairs[a["value"].lower()].add(b["value"])
    require(len(pairs) > 1 and all(len(v) == 1 for v in pairs.values()), f"{pairs}")
    require(len({v for s in pairs.values() for v in s}) == len(pairs), f"{pairs}")


def files():
    """Names of files: without folders, and with placeholders as in texts; --verbatim leaves them alone."""
    with tempfile.TemporaryDirectory() as folder:
        home = os.path.join(folder, "John Smith", "dave@example.org")
        os.makedirs(home)
        shown = {"dave@example.org": "user1@example.com", "log-64.4.61.92_1.pcap": "log-192.0.2.1_1.pcap",
                 "2002:5ce1::5ce1.pcap": "2001:db8::1.pcap", "5.1.2600.pcap": "5.1.2600.pcap",
                 "msnp8-login.pcap": "msnp8-login.pcap"}
        for name in shown:
            shutil.copy(support.sample("msnp8-login.pcap"), os.path.join(home, name))
            path = os.path.join(home, name)
            for kind in KIND_COLUMNS:
                out = tables(kind, path, "--format=json").decode()
                require(not re.search(r"John|Smith|dave|64\.4|5ce1|" + re.escape(folder), out), f"tables {kind} of {name}")
            require({r["first_file"] for r in rows("commands", path)} == {shown[name]}, f"{name}: {rows('commands', path)[0]}")
            require({r["first_file"] for r in rows("commands", "--verbatim", path)} == {path}, "with --verbatim")
            text = support.run("transcript", path).out.decode()
            require(text.startswith(f"# capture {shown[name]}\n"), text[:80])
            text = support.run("transcript", "--verbatim", path).out.decode()
            require(text.startswith(f"# capture {path}\n"), text[:80])


# ------------------------------------------------------------------ options

def several():
    paths = support.samples()
    for kind in KIND_COLUMNS:
        one = tables(kind, *paths, "--format=csv", status=(0, 3))
        for jobs in ("2", "0"):
            require(tables(kind, "-j", jobs, *paths, "--format=csv", status=(0, 3)) == one, f"{kind} with -j {jobs}")


def filtered():
    path = support.sample("msnp12-login.pcap")
    got = rows("commands", "-Y", "name == CHG and from == client", path)
    require({(r["command"], r["from"], r["client"]) for r in got} == {("CHG", "client", "official")}, f"{got}")
    require(rows("commands", "-Y", "name == XYZ", path) == [], "rows of nothing")
    same_formats(False, "coverage", "--version=8", "-Y", "name == XYZ", path)


def names():
    path = support.sample("msnp3.pcap")
    want = rows("values", "IMS", path)
    require(rows("values", "ims", path) == want and want, "lower case")
    require([(r["field"], r["value"]) for r in want if r["field"] == "msnp.unknown_zero"] == [("msnp.unknown_zero", "0")], f"{want}")
    require(rows("values", "msnp.ims_setting", path) == [r for r in want if r["field"] == "msnp.ims_setting"], "a field")
    require(rows("values", "QQQ", path) == [], "a command that is not there")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(path, os.path.join(folder, "IMS"))
        result = support.run("tables", "values", "IMS", "./IMS", "--format=csv", cwd=folder)
        require(result.status == 0 and b",IMS,32" in result.out, f"{result}")


def limit():
    """More values than are kept: the others are told in a row."""
    mkpcap = support.load_script("samples/mkpcap.py", "mkpcap")
    steps = ["@start 2003-07-11T09:00:00Z", "@conn NS 192.0.2.10:1039 198.51.100.20:1863 ns", ">>> VER 1 MSNP8 CVR0", "<<< VER 1 MSNP8"]
    steps += [f"<<< FLN user{i:05}@example.org" for i in range(1500)]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "many.pcap")
        with open(path, "wb") as f:
            f.write(mkpcap.Capture(mkpcap.parse("\n".join(steps) + "\n"), "many").pcap())
        got = rows("values", "FLN", "--verbatim", path)
        require(len(got) == KEPT + 1 and got[-1]["command"] == "(others)" and got[-1]["count"] == 1500 - KEPT, f"{len(got)}: {got[-1]}")
        require(got[-1]["field"] == "msnp.passport" and got[0]["value"] == "user00000@example.org", f"{got[0]} {got[-1]}")


def telling_forms():
    """Forms that together have many parameters, each with one that those before did not have."""
    known, chosen = set(), []
    rest = [f for f in forms() if not f["payload"] and f["name"] != "NNN"]
    while True:
        best = max(rest, key=lambda f: len({p["field"] for p in f["params"]} - known))
        if not {p["field"] for p in best["params"]} - known - {None}:
            return chosen
        known |= {p["field"] for p in best["params"]}
        chosen.append(best)


def line_of(form, n):
    words = [form["name"]] + ([str(n + 1)] if form["trid"] in ("yes", "maybe") else ["0"] if form["trid"] == "zero" else [])
    for i, p in enumerate(form["params"]):
        words.append((p["tag"] or "") + (p["words"][0] if p["words"] else f"{n + 1}{i}"))
    return (">>> " if form["from"] == "client" else "<<< ") + " ".join(words)


def all_values():
    """So many values of so many parameters that fewer are kept of each: the message says so, and the rows are not more."""
    chosen = telling_forms()
    text = ">>> VER 1 MSNP12 CVR0\n<<< VER 1 MSNP12\n" + "".join(line_of(f, n) + "\n" for n in range(1100) for f in chosen)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "many.txt")
        with open(path, "w", encoding="ascii") as out:
            out.write(text)
        result = support.run("tables", "values", *sorted({f["name"].split(".")[0] + "." for f in FIELDS}), "--verbatim", "--format=json", path)
        got = collections.Counter(re.sub(r" .*", "", r["field"]) for r in json.loads(result.out) if r["command"] != "(others)")
        said = re.search(rb"more than 65536 values in all: only (\d+) are kept of each field", result.err)
        require(said, f"{len(got)} fields, {sum(got.values())} values, and no message: {result.err[:200]}")
        require(sum(got.values()) <= 65536 < sum(got.values()) + len(got) and max(got.values()) == int(said[1]) < KEPT,
                f"{sum(got.values())} values, at most {max(got.values())} of a field; {said[0]}")


def refused():
    path = support.sample("msnp3.pcap")
    for args, text in ((["comands", path], b"did you mean 'commands'"), ([], b"wants a kind"), (["spec", path], b"reads no file"),
                       (["diff", "11"], b"two versions"), (["diff", "11", "99"], b"'99' is not a protocol version"),
                       (["values", "--format=html", path], b"mediawiki, markdown, csv or json"), (["values", "IMSX"], b"IMSX"),
                       (["commands", "-Y", "nmae == 1", path], b"did you mean 'name'")):
        result = support.run("tables", *args)
        require(result.status == 2 and text in result.err, f"{args}: {result}")


def main():
    tap = support.Tap()
    tap.case("spec is the command table, of all versions and each", whole_spec)
    tap.case("diff is what the command table says", diffs)
    tap.case("formats of spec", same_formats, False, "spec")
    tap.case("formats of diff", same_formats, False, "diff", "2", "12")
    for kind in KIND_COLUMNS:
        tap.case(f"formats of {kind}", same_formats, False, kind, *support.samples())
    tap.case("names that would break tables", nasty)
    if shutil.which("cmark-gfm"):
        tap.case("cmark-gfm finds what is broken", broken)
    else:
        tap.skip("Markdown as cmark-gfm renders it", "cmark-gfm is not installed")
    tap.case("who asked whom", manners)
    for path in support.samples():
        tap.case(f"{os.path.basename(path)} as Python counts it", counted, [path])
    tap.case("all samples as Python counts them", counted, support.samples())
    for path in support.samples():
        tap.case(f"{os.path.basename(path)}: nothing private", nothing_private, [path])
    tap.case("placeholders are the same for the same", consistent)
    tap.case("names of files", files)
    tap.case("several files at a time", several)
    tap.case("a filter", filtered)
    tap.case("names of commands and fields", names)
    tap.case("a limit", limit)
    tap.case("a limit of all values", all_values)
    tap.case("what is refused", refused)
    real = list(captures())
    if not real:
        tap.skip("real captures", "not here")
    for path in real:
        if os.path.basename(path).startswith("NEGATIVE"):
            continue
        tap.case(f"{os.path.basename(path)} as Python counts it", counted, [path])
        tap.case(f"{os.path.basename(path)}: nothing private", nothing_private, [path])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
