#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The command line: exit status, what goes to standard output and what to standard error; TAP.

A row: name, arguments, status, a pattern that standard output must hold, one that standard error must hold; an empty
pattern wants nothing there. {sample}, {cut}, {copy} are a capture, one cut short, and a copy in a folder of its own,
{folder} that folder.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

MSNSCOPE = os.path.abspath(os.environ.get("MSNSCOPE", "./msnscope"))
SRCDIR = os.path.abspath(os.environ.get("srcdir", "."))

ROWS = [
    ("help", ["--help"], 0, r"usage: msnscope .*\n(.*\n)*  json ", ""),
    ("version", ["--version"], 0, r"^msnscope \d", ""),
    ("help of a subcommand", ["help", "json"], 0, r"--payload", ""),
    ("the same as an option", ["json", "--help"], 0, r"--payload", ""),
    ("help about limits", ["help", "limits"], 0, r"flow-bytes", ""),
    ("unknown subcommand", ["jsno", "{sample}"], 2, "", r"unknown subcommand 'jsno'; did you mean 'json'\?"),
    ("neither subcommand nor file", ["nothing"], 2, "", r"'nothing' is neither"),
    ("unknown option", ["json", "--paylod", "{sample}"], 2, "", r"'--paylod'; did you mean '--payload'\?"),
    ("unknown letter", ["json", "-x"], 2, "", r"unknown option '-x'; see 'msnscope help json'"),
    ("option of another subcommand", ["text", "--payload"], 2, "", r"unknown option '--payload'"),
    ("option lacks its value", ["-o"], 2, "", r"'-o' wants a value"),
    ("option takes no value", ["json", "--payload=1"], 2, "", r"'--payload' takes no value"),
    ("wrong colour", ["--color=blue"], 2, "", r"'blue' is not auto, always or never"),
    ("unknown limit", ["--limit=flow=1"], 2, "", r"did you mean 'flows'\?"),
    ("limit of nothing", ["--limit=flows=0"], 2, "", r"flows wants a number"),
    ("limit too large", ["--limit=flows=8G"], 2, "", r"flows wants a number"),
    ("limit with a unit", ["--limit", "total-bytes=1M", "{sample}"], 0, r"\d+ packets", ""),
    ("text is the default", ["{sample}"], 0, r"^capture (.*\n)*\d+ packets", ""),
    ("tui without a terminal", ["tui", "{sample}"], 2, "", r"tui wants a terminal: .* 'msnscope text' prints"),
    ("tui: wrong filter", ["tui", "-Y", "nmae == USR", "{sample}"], 2, "", r"unknown field 'nmae'; did you mean 'name'\?"),
    ("tui: interface and file", ["tui", "-i", "lo", "{sample}"], 2, "", r"either an interface or files"),
    ("tui writes nowhere", ["tui", "-o", "{folder}/out", "{sample}"], 2, "", r"unknown option '-o'; see 'msnscope help tui'"),
    ("help of tui", ["help", "tui"], 0, r"--show-secrets", ""),
    ("several captures", ["-r", "{sample}", "{sample}"], 0, r"(capture (.*\n)*){2}\d+ packets", ""),
    ("option before the subcommand", ["--color=never", "json", "{sample}"], 0, r'^\{"type":"capture"', ""),
    ("pretty", ["json", "--pretty", "{sample}"], 0, r'^\[\n  \{\n    "type": "capture"', ""),
    ("file does not exist", ["{folder}/none.pcap"], 2, "", r"none\.pcap: No such file or directory"),
    ("others are read all the same", ["{folder}/none.pcap", "{sample}"], 2, r"\d+ packets", r"No such file"),
    ("folder", ["{folder}"], 2, "", r"directory"),
    ("no capture", ["{copy}.py"], 2, "", r"copy\.pcap\.py: "),
    ("damaged", ["{cut}"], 3, r"\d+ packets", r"cut\.pcap: "),
    ("unreadable outweighs damaged", ["{cut}", "{folder}/none.pcap"], 2, r"\d+ packets", r"No such file"),
    ("damage outweighs nothing", ["{cut}", "{sample}"], 3, r"\d+ packets", r"cut\.pcap: "),
    ("control characters in an argument", ["{folder}/\x1b[31m"], 2, "", r"\\x1b\[31m: No such file"),
    ("output is the input", ["-o", "{copy}", "{copy}"], 2, "", r"is the capture to be read"),
    ("output cannot be made", ["-o", "{folder}/none/x", "{sample}"], 2, "", r"none/x: No such file"),
    ("output to a file", ["-o", "{folder}/out", "{sample}"], 0, "", ""),
    ("colour", ["--color=always", "{sample}"], 0, "\x1b\\[36m", ""),
    ("no colour in a pipe", ["{sample}"], 0, r"^[^\x1b]*$", ""),
    ("ticket masked", ["{sample}"], 0, r"TWN S \*\*\*", ""),
    ("ticket shown", ["--show-secrets", "{sample}"], 0, r"TWN S t=", ""),
    ("fields", ["-v", "{sample}"], 0, r'\n    msnp\.auth_package: "TWN" \(', ""),
    ("bytes", ["-vv", "{sample}"], 0, r"\n      0000  56 45 52 20 31 ", ""),
    ("filter", ["-Y", "name == USR", "{sample}"], 0, r"USR 3 TWN", ""),
    ("wrong filter", ["-Y", "nmae == USR", "{sample}"], 2, "", r"unknown field 'nmae'; did you mean 'name'\?"),
    ("interfaces", ["-D"], 0, r"^1\. \S", ""),
    ("interface that is not there", ["-i", "msnnone0"], 2, "", r"msnnone0: (no such interface; -D lists|no permission to capture)"),
    ("interface and file", ["-i", "lo", "{sample}"], 2, "", r"either an interface or files"),
    ("two interfaces", ["-i", "lo", "-i", "any"], 2, "", r"one interface at a time"),
    ("capture filter without interface", ["-f", "tcp", "{sample}"], 2, "", r"want an interface: -i IFACE \(-Y chooses"),
    ("packets of files", ["-w", "{folder}/out", "{sample}"], 2, "", r"want an interface"),
    ("packets to standard output", ["-i", "lo", "-w", "-"], 2, "", r"-w and -W want a file"),
    ("one file for two things", ["-i", "lo", "-w", "{folder}/x", "-W", "{folder}/x"], 2, "", r"a file each"),
    ("no interfaces for extract", ["extract", "-i", "lo", "-o", "{folder}/x"], 2, "", r"unknown option '-i'"),
    ("several at a time", ["-j", "2", "{sample}", "{cut}"], 3, r"(capture (.*\n)*){2}\d+ packets", r"cut\.pcap: "),
    ("tables", ["stats", "{sample}"], 0, r"^files\n(.*\n)*commands\n(.*\n)*errors\n", ""),
    ("tables of damaged input", ["stats", "--table=files", "{cut}"], 3, r"^files\n", r"cut\.pcap: "),
    ("tables as CSV", ["stats", "--csv", "--table=errors", "{sample}"], 0, r"^error,name,answers,count\r\n217,not_online,CAL,1\r\n", ""),
    ("tables as JSON", ["stats", "--json", "{sample}"], 0, r'^\{"table":"files","number":1', ""),
    ("unknown table", ["stats", "--table=command", "{sample}"], 2, "", r"'command' is not a list of files, "),
    ("two formats", ["stats", "--json", "--csv", "{sample}"], 2, "", r"one or the other"),
    ("conversations", ["chat", "{sample}"], 0, r"^conversation 1: switchboard, \S+ with [^;]+; (.*\n)+\d\d:\d\d:\d\d  ", ""),
    ("conversations as JSON", ["chat", "--json", "{sample}"], 0, r'^\{"type":"capture"(.*\n)*\{"type":"talk"(.*\n)*\{"type":"conversation"', ""),
    ("both sides, of chat only", ["text", "--both", "{sample}"], 2, "", r"unknown option '--both'"),
    ("findings", ["check", "{sample}"], 0, r"^nothing found\n|  count  files  severity rule", ""),
    ("findings of damaged input", ["check", "{cut}"], 3, r".", r"cut\.pcap: "),
    ("unknown rule", ["check", "--only=order.sign_on", "{sample}"], 2, "", r"--only: no rule 'order\.sign_on' is known; did you mean 'order\.sign_in'\?"),
    ("list of questions does not exist", ["check", "--wanted={folder}/none", "{sample}"], 2, "", r"none: No such file"),
    ("list of questions is next to the capture", ["check", "--wanted", "{folder}/none", "-r", "{sample}"], 2, r"list-outside-syn", r"none: No such file"),
    ("one rule", ["rules", "xml.broken"], 0, r"^xml\.broken\n    XML that is not well-formed", ""),
    ("list of commands", ["commands"], 0, r"^ACK S>C(.*\n)*USR C>S", ""),
    ("one command", ["commands", "usr"], 0, r"USR trid TWN I passport\n(.*\n)*values of auth_package", ""),
    ("filter", ["commands", "--version", "8", "--role", "SB", "--direction", "C>S", "MSG"], 0, r"^MSG trid ", ""),
    ("filter leaves nothing", ["commands", "--role", "DS", "MSG"], 2, "", r"no form"),
    ("unknown command", ["commands", "USQ"], 2, "", r"did you mean 'USR'\?"),
    ("error number", ["commands", "911"], 0, r"^911 auth_failed", ""),
    ("unknown error number", ["commands", "999"], 2, "", r"no error 999"),
    ("list of errors", ["commands", "errors"], 0, r"\n911  auth_failed", ""),
    ("commands as JSON", ["commands", "--json", "PNG"], 0, r'^\{"name":"PNG","from":"client"', ""),
    ("wrong version", ["commands", "--version", "1"], 2, "", r"'1' is not a protocol version"),
    ("fields by prefix", ["fields", "msg."], 0, r"^msg\.", ""),
    ("one field", ["fields", "msnp.status"], 0, r"\n    NLN ", ""),
    ("unknown field", ["fields", "msnp.statsu"], 2, "", r"did you mean 'msnp\.status'\?"),
]


def prepare(folder):
    """The captures that rows name."""
    sample = os.path.join(SRCDIR, "samples/msnp8-login.pcap")
    names = {"sample": sample, "folder": folder, "cut": os.path.join(folder, "cut.pcap"),
             "copy": os.path.join(folder, "copy.pcap")}
    shutil.copy(sample, names["copy"])
    shutil.copy(__file__, names["copy"] + ".py")
    with open(sample, "rb") as f, open(names["cut"], "wb") as cut:
        cut.write(f.read()[:2000])
    return names


def holds(pattern, text):
    return re.search(pattern, text) if pattern else not text


def problem(names, args, status, out, err):
    p = subprocess.run([MSNSCOPE, *(a.format(**names) for a in args)], stdin=subprocess.DEVNULL, capture_output=True,
                       check=False)
    stdout, stderr = p.stdout.decode(), p.stderr.decode()
    if p.returncode != status:
        return f"status {p.returncode}, wanted {status}: {stderr}"
    if not holds(out, stdout):
        return f"standard output: {stdout[:300]!r}"
    if not holds(err, stderr) or stderr.count("\n") > 3:
        return f"standard error: {stderr[:300]!r}"
    return None


def shell(names, script):
    p = subprocess.run(["bash", "-c", script.format(program=MSNSCOPE, **names)], capture_output=True, check=False)
    return p.returncode, p.stdout.decode(), p.stderr.decode()


def full_disk(names):
    status, _, err = shell(names, "{program} {sample} >/dev/full")
    return None if (status, err) == (2, "msnscope: standard output: No space left on device\n") else f"{status} {err}"


def closed_pipe(names):
    status, out, err = shell(names, "{program} json {sample} {sample} {sample} | head -n 1; echo ${{PIPESTATUS[0]}}")
    return None if out.endswith("\n141\n") and not err else f"{status} {out[-50:]} {err}"


def ignored_pipe(names):
    """Where the signal is ignored the program ends as quietly."""
    reader, writer = os.pipe()
    os.close(reader)
    p = subprocess.run([MSNSCOPE, names["sample"]], stdout=writer, stderr=subprocess.PIPE, restore_signals=False,
                       check=False, preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN))
    os.close(writer)
    return None if p.returncode == -signal.SIGPIPE and not p.stderr else f"{p.returncode} {p.stderr}"


def appended(names):
    before = os.path.getsize(names["copy"])
    status, _, err = shell(names, "{program} {copy} >>{copy}")
    return None if status == 2 and os.path.getsize(names["copy"]) == before else f"{status} {err}"


def standard_input(names):
    _, wanted, _ = shell(names, "{program} {sample} | tail -n +2")
    for script in ("{program} <{sample} | tail -n +2", "cat {sample} | {program} - | tail -n +2"):
        if shell(names, script)[1] != wanted:
            return script
    return None


def nothing_secret(names):
    """No 8 characters of a secret are left in the most verbose output."""
    _, shown, _ = shell(names, "{program} json {sample}")
    _, masked, _ = shell(names, "{program} -vv {sample}")
    secrets = re.findall(r'"msnp\.(?:ticket|cookie)":"([^"]{8,})"', shown)
    return None if secrets and not any(s in masked for s in secrets) else "a secret shows"


CASES = [
    ("full disk", full_disk),
    ("reader goes away", closed_pipe),
    ("the same with the signal ignored", ignored_pipe),
    ("output appended to the input", appended),
    ("standard input", standard_input),
    ("nothing secret", nothing_secret),
]


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        names = prepare(folder)
        cases = [(name, lambda n, row=row: problem(n, *row)) for name, *row in ROWS] + CASES
        for count, (name, case) in enumerate(cases, 1):
            wrong = case(names)
            failed += wrong is not None
            print(f"{'not ok' if wrong else 'ok'} {count} - {name}")
            if wrong:
                print("# " + wrong.replace("\n", " "))
    print(f"1..{len(cases)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
