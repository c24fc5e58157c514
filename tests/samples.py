#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Is every sample capture what the script that wrote it gives? TAP."""
import os
import subprocess
import sys

import support
from support import require

SAMPLES = os.path.join(support.SRCDIR, "samples")


def check(script):
    p = subprocess.run([sys.executable, "-B", os.path.join(SAMPLES, script), "--check"], capture_output=True, text=True,
                       check=False)
    require(p.returncode == 0, p.stdout + p.stderr)


def main():
    tap = support.Tap()
    for script in sorted(name for name in os.listdir(SAMPLES) if name.startswith("mk") and name.endswith(".py")):
        tap.case(script, check, script)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
