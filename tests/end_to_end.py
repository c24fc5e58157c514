#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Run the rows of tests/TESTLIST; TAP.

Each row runs the program in the source folder and compares status, standard output and standard error with the row and
its files in tests/golden. A file that is not there stands for no output. This script never writes one:
tests/update-goldens does, and shows what changes, to be read.
"""
import collections
import difflib
import os
import shlex
import sys
import tempfile

import support
from support import require

TESTS = os.path.join(support.SRCDIR, "tests")
DIFFERENCES = 40    # lines shown of a golden file that differs

Row = collections.namedtuple("Row", "name golden status environment stdin args")


def parse_row(line):
    """NAME[=GOLDEN] STATUS [VARIABLE=VALUE...] [<FILE] ARGUMENT..."""
    name, status, *words = shlex.split(line)
    name, _, golden = name.partition("=")
    changes, stdin = {}, None
    while words and words[0].partition("=")[0].isupper():
        variable, _, value = words.pop(0).partition("=")
        changes[variable] = value
    if words and words[0].startswith("<"):
        stdin = words.pop(0)[1:]
    return Row(name, golden or name, int(status), changes, stdin, words)


def read_rows():
    with open(os.path.join(TESTS, "TESTLIST"), encoding="utf-8") as f:
        rows = [parse_row(line) for line in f if line.strip() and not line.startswith("#")]
    names = collections.Counter(row.name for row in rows)
    double = [name for name, count in names.items() if count > 1]
    require(not double, f"rows of the same name: {double}")
    return rows


def run_row(row):
    """Status, standard output (or the file written with -o {out}, when it is used) and standard error."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        data = support.read_bytes(os.path.join(support.SRCDIR, row.stdin)) if row.stdin else None
        result = support.run(*(arg.replace("{out}", out).replace("{folder}", folder) for arg in row.args), data=data,
                             env=support.environment(**row.environment), cwd=support.SRCDIR)
        written = support.read_bytes(out) if os.path.exists(out) else b""
        require(not (written and result.out), f"{row.name}: -o FILE, but standard output, too")
        return support.Result(result.status, written or result.out, result.err.replace(folder.encode(), b"{folder}"))


def golden_path(row, ending):
    return os.path.join(TESTS, "golden", f"{row.golden}.{ending}")


def golden(row, ending):
    path = golden_path(row, ending)
    return support.read_bytes(path) if os.path.exists(path) else b""


def difference(wanted, got, path):
    """A unified diff, with no control characters."""
    lines = [data.decode("utf-8", "backslashreplace").splitlines() for data in (wanted, got)]
    diff = difflib.unified_diff(*lines, os.path.relpath(path, support.SRCDIR), "what the program writes", n=1, lineterm="")
    return [line.replace("\x1b", "\\x1b") for line in diff]


def check_row(row):
    result = run_row(row)
    require(result.status == row.status, f"status {result.status}, not {row.status}: {result.err.decode('utf-8', 'replace')}")
    for ending, got in (("out", result.out), ("err", result.err)):
        wanted = golden(row, ending)
        if wanted != got:
            diff = difference(wanted, got, golden_path(row, ending))
            rest = [f"... {len(diff) - DIFFERENCES} more lines"] if len(diff) > DIFFERENCES else []
            raise support.Wrong("\n".join(diff[:DIFFERENCES] + rest))


def check_files(rows):
    """Every golden file belongs to a row."""
    folder = os.path.join(TESTS, "golden")
    wanted = {os.path.basename(golden_path(row, ending)) for row in rows for ending in ("out", "err")}
    stray = sorted(set(os.listdir(folder)) - wanted)
    require(not stray, f"golden files of no row: {stray}")


def check_several():
    """Files that cannot be read do not keep the others from being read."""
    good, bad = "tests/captures/ethernet.pcap", "tests/captures/foreign/snoop.snoop"
    cut = "tests/captures/cut.pcap"
    for files, status in (((good, bad, good), 2), ((bad, cut, good), 2), ((cut, good), 3), ((good, good), 0)):
        result = support.run("json", *files, cwd=support.SRCDIR)
        require(result.status == status, f"{files}: status {result.status}, not {status}")
        records = support.parse_json(result.out)
        read = [r["file"] for r in records if r["type"] == "capture"]
        require(read == [f for f in files if f != bad], f"{files}: read {read}")
        events = [r for r in records if r["type"] == "event"]
        require([e["id"] for e in events] == [1, 2, 3] * len(read), f"{files}: events {[e['id'] for e in events]}")
        require({e["connection"] for e in events} == {1}, f"{files}: connections are mixed up")
        require(records[-1]["type"] == "summary" and records[-1]["events"] == len(events), f"{files}: summary {records[-1]}")
        require(all(name.encode() in result.err for name in set(files) & {bad, cut}), f"{files}: {result.err!r} names not all")


def check_pipe():
    """A pipe gives what the file gives, but for its name."""
    path = support.sample("msnp8-login.pcap")
    file, pipe = support.run("json", path).out, support.run("json", "-", data=support.read_bytes(path)).out
    require(file.replace(path.encode(), b"-") == pipe, "standard input gives other records")


def main():
    tap = support.Tap()
    rows = read_rows()
    for row in rows:
        tap.case(row.name, check_row, row)
    tap.case("every golden file is used", check_files, rows)
    tap.case("several files, some of which cannot be read", check_several)
    tap.case("standard input gives the same records", check_pipe)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
