#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""`msnscope check` and `msnscope rules`: their forms of output, options and exit status; TAP.

The rules stand in dissectors/findings.def. What the program lists and what the manual says are held against that table;
check_rules.py --write writes the section of the manual anew. SARIF is held against the parts of the schema of SARIF 2.1.0
that are used (tests/sarif-2.1.0-parts.json). Findings of the samples are those that `msnscope json` has.
"""
import collections
import json
import os
import re
import subprocess
import sys

import support
from support import require

MANUAL = os.path.join(support.SRCDIR, "man/msnscope.1")
BEGIN = '.\\" What follows is made of dissectors/findings.def by tests/check_rules.py --write.\n'
END = ".Sh SCREENS\n"
SEVERITIES = ["note", "warning", "error"]
VERDICTS = {"CONTRADICTS": "contradicts", "UNCOVERED": "not covered", "REMARK": "remark"}
ROW = re.compile(r'^RULE\((\w+), "([^"]+)", (\w+), (\w+), "([^"]+)", "([^"]*)"\)$')


def table():
    """The rows of findings.def: identifier, id, severity, verdict, explanation, reference."""
    with open(os.path.join(support.SRCDIR, "dissectors/findings.def"), encoding="utf-8") as f:
        lines = [line.rstrip("\n") for line in f if line.startswith("RULE(")]
    rows = [ROW.match(line) for line in lines]
    require(all(rows), f"not a row: {[line for line, row in zip(lines, rows) if not row]}")
    return [(m[1], m[2], m[3].lower(), VERDICTS[m[4]], m[5], m[6]) for m in rows]


def manual_section():
    out = BEGIN + ".Bl -tag -width Ds\n"
    for _, name, severity, verdict, explanation, _ in table():
        text = explanation[0].upper() + explanation[1:]
        out += f".It Cm {name} Pq {severity}, {verdict}\n{text}.\n"
    return out + ".El\n"


def with_section(text):
    return text[:text.index(BEGIN)] + manual_section() + text[text.index(END):]


def read_manual():
    with open(MANUAL, encoding="utf-8") as f:
        return f.read()


def check(*args, status=(0, 1), data=None):
    """Runs `msnscope check`; support.run does not know its status 1."""
    p = subprocess.run([os.path.abspath(support.MSNSCOPE), "check", *args], input=data, capture_output=True, check=False,
                       timeout=support.SECONDS, env=support.environment(),
                       **({"stdin": subprocess.DEVNULL} if data is None else {}))
    err = p.stderr.decode("utf-8", "replace")
    require(p.returncode in status, f"check {' '.join(args)}: status {p.returncode}: {err}")
    require("runtime error" not in err and "Sanitizer" not in err, err)
    return support.Result(p.returncode, p.stdout, p.stderr)


def findings(*args, **options):
    return [r for r in support.parse_json(check("--json", *args, **options).out) if r["type"] == "finding"]


# ------------------------------------------------------------------ rules

def manual():
    text = read_manual()
    require(with_section(text) == text, "the section is not that of the table; run tests/check_rules.py --write")


def listing():
    lines = support.run("rules").out.decode().splitlines()
    wanted = [f"{name:<24}{severity:<9}{verdict:<13}{explanation}" for _, name, severity, verdict, explanation, _ in table()]
    require(lines == wanted, f"differs: {[pair for pair in zip(lines, wanted) if pair[0] != pair[1]][:3]}")


def listing_json():
    rows = support.parse_json(support.run("rules", "--json").out)
    wanted = [dict(zip(("id", "severity", "verdict", "explanation", "reference"), row[1:])) for row in table()]
    require(rows == wanted, "the rows are not those of the table")


def one_rule():
    text = support.run("rules", "order.sign_in").out.decode()
    require(text.startswith("order.sign_in\n    command before the sign-in"), text)
    require("severity: error (the other side" in text and "reference: login sequences" in text, text)
    require(support.run("rules", "order.").out.decode().count("\n") == sum(r[1].startswith("order.") for r in table()), "group")
    wrong = support.run("rules", "order.sign_on")
    require(wrong.status == 2 and b"did you mean 'order.sign_in'?" in wrong.err, wrong.err)


# ------------------------------------------------------------------ findings

def same_as_json(path):
    """Each finding of the events, in order, and nothing else; places and counts right."""
    wanted, about, notices = [], {}, []
    for r in support.read_events(path):
        if r["type"] == "notice":
            notices.append((r["file"], r["severity"], r["text"]))
        if r["type"] != "event":
            continue
        frame = r["frames"][0] if r["frames"] else None
        if frame is None and r.get("about"):
            frame = about.get(r["about"])
        about[r["id"]] = frame
        wanted += [(frame, r["id"], r["connection"], r["from"], r["role"], r["name"], f["id"], f["severity"], f["verdict"],
                    f["field"]) for f in r["findings"]]
    records = support.parse_json(check("--json", path).out)
    got = [(f["frame"], f["event"], f["connection"], f["from"], f["role"], f["name"], f["rule"], f["severity"], f["verdict"],
            f["field"])
           for f in records if f["type"] == "finding"]
    told = [(r["file"], r["severity"], r["text"]) for r in records if r["type"] == "notice"]
    require(told == notices, f"notices: {told}")
    require(got == wanted, f"differs: {[p for p in zip(got, wanted) if p[0] != p[1]][:2]} {len(got)} {len(wanted)}")
    counts = collections.Counter(f[6] for f in wanted)
    require({r["rule"]: r["count"] for r in records[-1]["rules"]} == counts, "the counts at the end are others")


def status_of(path):
    severe = any(f["severity"] == "error" for f in findings(path))
    require(check(path).status == (1 if severe else 0), "status")


def text_form():
    path = support.sample("msnp9-login.pcap")
    lines = check("-v", path).out.decode().split("\n")
    shown = [line for line in lines if line.startswith(path + ":")]
    require(len(shown) == len(findings(path)), "a line for each finding")
    wrong = [line for line in shown if ", error msnp.challenge_wrong: the answer to challenge 33120571057914100177 is wrong" in line]
    require(len(wrong) == 1 and re.match(re.escape(path) + r":\d+: event 114, ", wrong[0]) and
            wrong[0].endswith(" [msnp.product_id]"), wrong)
    head = lines.index("   count  files  severity rule                     explanation")
    require(lines[head + 1].split()[:4] == ["1", "1", "error", "msnp.challenge_wrong"], lines[head + 1])


def repeated():
    path = support.sample("revival-quirks.pcap")
    many = collections.Counter(f["rule"] for f in findings(path, path))
    rule, count = many.most_common(1)[0]
    short = check("--only=" + rule, path).out.decode()
    most = count // 2
    require(most <= 10 or f": and {most - 10} more of {rule}\n" in short, short)
    require(check("--only=" + rule, "-v", path).out.decode().count(f" {rule}") >= most, "-v shows all")


def choice():
    path = support.sample("revival-quirks.pcap")
    every = findings(path)
    for least in SEVERITIES:
        got = findings("--severity=" + least, path)
        require(got == [f for f in every if SEVERITIES.index(f["severity"]) >= SEVERITIES.index(least)], least)
    require(findings("--only=xml.,msnp.bad_value", path) ==
            [f for f in every if f["rule"].startswith("xml.") or f["rule"] == "msnp.bad_value"], "--only")
    require(findings("--ignore=msnp.", path) == [f for f in every if not f["rule"].startswith("msnp.")], "--ignore")
    require(findings("--only=msnp.", "--ignore=msnp.bad_value", path) ==
            [f for f in every if f["rule"].startswith("msnp.") and f["rule"] != "msnp.bad_value"], "both")
    require(all(f["from"] == "server" for f in findings("-Y", "from == server", path)), "-Y")


def wrong_usage():
    for args, said in [(["--severity=bad"], b"'bad' is not note, warning or error"),
                       (["--only=xml"], b"no rule 'xml' is known"),
                       (["--ignore=msnp.bad_valeu"], b"did you mean 'msnp.bad_value'?"),
                       (["--only=msnp.bad_value,,xml."], b"no rule '' is known"),
                       (["--json", "--sarif"], b"one or the other"), (["--new", "--wanted"], b"one or the other"),
                       (["--new", "--sarif"], b"--sarif is for findings"),
                       (["--wanted", "--only=xml."], b"--wanted asks for events")]:
        p = check(*args, support.sample("msnp8-login.pcap"), status=(2,))
        require(said in p.err and not p.out, f"{args}: {p.err}")


def damaged():
    with open(support.sample("msnp9-login.pcap"), "rb") as f:
        data = f.read()
    require(check("-", data=data, status=(1,)).status == 1, "errors")
    require(check("-", data=data[:-5], status=(3,)).out, "damage outweighs errors")
    require(check("/nonexistent.pcap", support.sample("msnp9-login.pcap"), status=(2,)).out, "unreadable outweighs both")


def workers():
    files = support.samples()
    for mode in ([], ["--json"], ["--sarif"], ["--new"], ["--new", "--json"], ["-v"]):
        one, many = check(*mode, *files), check(*mode, "-j", "3", *files)
        require((one.status, one.out) == (many.status, many.out), f"{mode}: -j 3 writes something else")


# ------------------------------------------------------------------ SARIF

def validate(value, schema, where="$"):
    """The few words of JSON Schema that the parts use."""
    kinds = {"object": dict, "array": list, "string": str, "integer": int}
    require(isinstance(value, kinds[schema["type"]]), f"{where} is no {schema['type']}")
    require("enum" not in schema or value in schema["enum"], f"{where} is {value!r}")
    require("minimum" not in schema or value >= schema["minimum"], f"{where} is {value!r}")
    require("pattern" not in schema or re.fullmatch(schema["pattern"], value), f"{where} is {value!r}")
    for key in schema.get("required", []):
        require(key in value, f"{where} lacks {key}")
    if schema["type"] == "object":
        for key, member in value.items():
            require(key in schema["properties"] or schema.get("open"), f"{where} has {key}")
            if key in schema["properties"]:
                validate(member, schema["properties"][key], f"{where}.{key}")
    if schema["type"] == "array":
        for i, item in enumerate(value):
            validate(item, schema["items"], f"{where}[{i}]")


def sarif(*paths):
    with open(os.path.join(support.SRCDIR, "tests/sarif-2.1.0-parts.json"), encoding="utf-8") as f:
        schema = json.load(f)
    log = json.loads(check("--sarif", *paths).out)
    validate(log, schema)
    run = log["runs"][0]
    require([r["id"] for r in run["tool"]["driver"]["rules"]] == [row[1] for row in table()], "the rules")
    wanted = findings(*paths)
    results = [r for r in run["results"] if "ruleId" in r]
    require(len(results) == len(wanted), "as many results as findings")
    require(len(run["results"]) - len(results) == check(*paths).out.count(b".pcap: warning: "), "notices are results without rule")
    for result, f in zip(results, wanted):
        place = result["locations"][0]["physicalLocation"]
        require(run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == f["rule"], "rule")
        require((result["level"], result["message"]["text"], place.get("region", {}).get("startLine"),
                 result["properties"]["event"]) == (f["severity"], f["text"], f["frame"], f["event"]), "result")


def sarif_names():
    """Names of files become URI references."""
    odd = os.path.join(os.getcwd(), "odd name %é#.pcap")
    with open(support.sample("msnp9-login.pcap"), "rb") as f, open(odd, "wb") as copy:
        copy.write(f.read())
    try:
        log = json.loads(check("--sarif", odd).out)
    finally:
        os.unlink(odd)
    uri = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    require(uri.startswith("file:///") and uri.endswith("/odd%20name%20%25%C3%A9%23.pcap"), uri)


# ------------------------------------------------------------------ what is new, what is wanted

def news():
    path = support.sample("revival-quirks.pcap")
    things = support.parse_json(check("--new", "--json", path, path).out)
    wanted = [f for f in findings(path) if f["verdict"] == "not covered"]
    require(wanted and things, "the sample has some")
    require(sum(t["count"] for t in things) == 2 * len(wanted), "each finding counts for one thing")
    require({t["rule"] for t in things} == {f["rule"] for f in wanted}, "rules")
    require(all(t["files"] == 2 for t in things), "in both files")
    first = {(t["event"], t["rule"]) for t in things}
    require(len(first) == len(things) and first <= {(f["event"], f["rule"]) for f in wanted}, "first sightings")
    text = check("--new", path).out.decode()
    require(re.search(r": event 20, msnp\.unknown_command: XYZ is not in the command table\n    XYZ 6 what is this\n", text), text)
    require(check("--new", support.sample("msnp2-login.pcap"), "--only=xml.").out == b"nothing that the specification does not cover\n",
            "nothing")


LIST = """# a list
two\tname == VER and from == client\tWhich versions are offered?

none\tname == IMS\tIs there any IMS?
"""


def wanted_list(text, *args, status=(0, 1)):
    name = os.path.join(os.getcwd(), f"wanted-{os.getpid()}.txt")
    with open(name, "w", encoding="utf-8") as f:
        f.write(text)
    try:
        return check(f"--wanted={name}", *args, status=status)
    finally:
        os.unlink(name)


def wanted():
    path = support.sample("msnp8-login.pcap")
    events = [e for e in support.read_events(path) if e["type"] == "event" and e["name"] == "VER" and e["from"] == "client"]
    rows = support.parse_json(wanted_list(LIST, "--json", path, path).out)
    require([r["id"] for r in rows] == ["two", "none"] and rows[1]["count"] == 0, "those without answer come last")
    require((rows[0]["count"], rows[0]["files"]) == (2 * len(events), 2), "counts")
    require([(f["event"], f["line"]) for f in rows[0]["first"]][:len(events)] == [(e["id"], e["line"]) for e in events], "events")
    text = wanted_list(LIST, path).out.decode()
    require(text.startswith("two: Which versions are offered?\n    " + path + ":") and
            text.endswith("none: Is there any IMS?\n    nothing in these captures\n"), text)
    for wrong, said in [("a\tname ==\tq\n", b".txt:1: column 8 of the expression"), ("a\tname == X\n", b":1: is not id, expression"),
                        ("a\tid\tq\na\tid\tq\n", b":2: has an id that another line has")]:
        require(said in wanted_list(wrong, path, status=(2,)).err, wanted_list(wrong, path, status=(2,)).err)
    require(b"No such file" in check("--wanted=/nonexistent", path, status=(2,)).err, "no list")


def installed_list():
    """The list that comes with the program is right, and what is used without a name."""
    folder = os.path.join(support.SRCDIR, "share/msnscope")
    path = support.sample("msnp8-login.pcap")
    named = check("--wanted=" + os.path.join(folder, "wanted.txt"), "--json", path)
    p = subprocess.run([os.path.abspath(support.MSNSCOPE), "check", "--wanted", "--json", path], capture_output=True, check=False,
                       env=support.environment(MSNSCOPE_DATADIR=os.path.abspath(folder)))
    require(p.returncode == 0 and p.stdout == named.out, p.stderr)
    rows = support.parse_json(named.out)
    require(len(rows) >= 20 and len({r["id"] for r in rows}) == len(rows), "questions")


def secrets():
    path = support.sample("msnp2-login.pcap")
    line = next(f for f in findings(path) if f["rule"] == "secret.password")
    require(line["field"] == "msnp.password", "the field is named")
    shown = check("--only=secret.", path).out.decode()
    require("password in the clear" in shown, shown)


def main():
    if sys.argv[1:] == ["--write"]:
        text = with_section(read_manual())
        with open(MANUAL, "w", encoding="utf-8") as f:
            f.write(text)
        return 0
    tap = support.Tap()
    tap.case("rules: the manual's section is that of the table", manual)
    tap.case("rules: the list is that of the table", listing)
    tap.case("rules: as JSON", listing_json)
    tap.case("rules: one rule, a group, an unknown one", one_rule)
    for path in support.samples():
        tap.case(f"check: findings of {os.path.basename(path)}", same_as_json, path)
        tap.case(f"check: status for {os.path.basename(path)}", status_of, path)
    tap.case("check: text", text_form)
    tap.case("check: many findings of one rule", repeated)
    tap.case("check: --severity, --only, --ignore, -Y", choice)
    tap.case("check: wrong usage", wrong_usage)
    tap.case("check: damaged input", damaged)
    tap.case("check: several files at a time", workers)
    tap.case("check: SARIF", sarif, *support.samples())
    tap.case("check: SARIF of another file", sarif, support.sample("msnp10-login.pcap"))
    tap.case("check: SARIF, names of files", sarif_names)
    tap.case("check: what is new", news)
    tap.case("check: what is wanted", wanted)
    tap.case("check: the list that is installed", installed_list)
    tap.case("check: secrets", secrets)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
