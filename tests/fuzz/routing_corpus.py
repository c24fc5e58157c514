#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the inputs of tests/fuzz/fuzz_routing.c into corpus/routing, from the rows of the unit tests.

usage: routing_corpus.py
"""
import pathlib
import re
import shutil

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE / "corpus" / "routing"
STRING = r'"((?:[^"\\]|\\.)*)"'


def value(text, names):
    """The characters of adjacent C literals and names of literals."""
    parts = re.findall(STRING + r"|\b([A-Z]+)\b", text)
    return "".join(names[name] if name else part.encode().decode("unicode_escape") for part, name in parts)


def rows(path):
    text = path.read_text()
    names = {k: v.encode().decode("unicode_escape") for k, v in re.findall(r"^#define (\w+) " + STRING, text, re.M)}
    for line, rest in re.findall(r"^\t\{\d+, " + STRING + r",\s+(.*?)\},$", text, re.M | re.S):
        payload = re.match(r"(?:\s*(?:" + STRING + r"|[A-Z]+))+", rest).group(0)
        yield line.encode().decode("unicode_escape"), value(payload, names).replace("\n", "\r\n")


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name in ["routing", "msnp24"]:
        for i, (line, payload) in enumerate(rows(HERE.parent / "unit" / f"test_{name}.c")):
            (FOLDER / f"{name}_{i}").write_bytes(f"{line}\n{payload}".encode("latin-1"))


if __name__ == "__main__":
    main()
