#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Run the examples of docs/json.md: each must end well and print something; TAP."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

MSNSCOPE = os.path.abspath(os.environ.get("MSNSCOPE", "./msnscope"))
SRCDIR = os.environ.get("srcdir", ".")


def examples():
    """The indented blocks of the chapter."""
    with open(os.path.join(SRCDIR, "docs/json.md"), encoding="utf-8") as f:
        chapter = f.read().split("## Examples\n")[1]
    return [re.sub("^    ", "", block, flags=re.M) for block in re.findall(r"(?:^    .*\n)+", chapter, re.M)]


def main():
    if not shutil.which("jq"):
        print("1..0 # SKIP jq is missing (Debian package: jq)")
        return 0
    failed = 0
    blocks = examples()
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(MSNSCOPE, os.path.join(folder, "msnscope"))
        env = dict(os.environ, PATH=folder + os.pathsep + os.environ["PATH"])
        for n, block in enumerate(blocks, 1):
            p = subprocess.run(["bash", "-o", "pipefail", "-c", block], cwd=SRCDIR, env=env, capture_output=True,
                               text=True, check=False)
            good = p.returncode == 0 and p.stdout and not p.stderr
            failed += not good
            print(f"{'ok' if good else 'not ok'} {n} - {' '.join(block.split())[:100]}".replace("#", ""))
            if not good:
                print(f"# status {p.returncode}, {len(p.stdout)} characters: {p.stderr.strip()}")
    print(f"1..{len(blocks)}")
    return 1 if failed or not blocks else 0


if __name__ == "__main__":
    sys.exit(main())
