#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""One violation each: samples are changed in one place, and `msnscope check` must report that and nothing else; TAP.

The violations stand in mutations.py. Every rule has one, or a reason there why it cannot have one.
"""
import collections
import os
import re
import sys

import support
from check_rules import findings, table
from mutations import MUTATIONS, NOT_SEEDED
from support import require

sys.path.insert(0, os.path.join(support.SRCDIR, "samples"))
sys.dont_write_bytecode = True
import mkgateway  # noqa: E402
import mkpcap  # noqa: E402

TRID = re.compile(r"^(>>>|<<<) (?!QNG|RNG|LSG|LST|BPR)(\w{3}) (\d+(?:\.\d)?)(?= |$)", re.MULTILINE)


def path_of(sample):
    return os.path.join(support.SRCDIR, "samples", sample if "." in sample else sample + ".dialogue")


def change(data, changes, same_length):
    for old, new in changes:
        require(old in data, f"the sample does not hold {old!r}")
        require(not same_length or len(old) == len(new), "bytes of another number")
        data = data.replace(old, new) if same_length else data.replace(old, new, 1)
    return data


def tenfold(text):
    """Transaction ids of a dialogue times ten, so that there is room between them: 12.5 becomes 125. Without what is expected."""
    text = re.sub(r"^\?.*\n", "", text, flags=re.MULTILINE)
    return TRID.sub(lambda m: f"{m[1]} {m[2]} {round(float(m[3]) * 10)}", text)


def capture_of_texts(sample, changes):
    """The bytes of a capture, its source changed."""
    path = path_of(sample)
    if sample.endswith(".pcap"):
        return change(support.read_bytes(path), changes, True)
    with open(path, encoding="utf-8", newline="") as f:
        text = change(f.read(), changes, False)
    if sample.endswith(".gateway"):
        return mkgateway.Script(text, sample).pcap()
    return mkpcap.Capture(mkpcap.parse(tenfold(text), sample), sample).pcap()


def capture_of(sample, changes=()):
    data = capture_of_texts(sample, [c for c in changes if not callable(c)])
    for c in changes:
        if callable(c):
            data = c(support.Pcap(data))
    return data


def rules_of(capture, options):
    return collections.Counter(f["rule"] for f in findings("-", *options, data=capture, status=(0, 1, 3)))


def mutate(known, sample, changes, rules, *options):
    if (sample, options) not in known:
        known[sample, options] = rules_of(capture_of(sample), options)
    got = rules_of(capture_of(sample, changes), options)
    got.subtract(known[sample, options])
    more = sorted((rule, n) for rule, n in got.items() if n)
    require(more == sorted(collections.Counter(rules).items()), f"found {more}")


def complete():
    """A rule that is new must be seeded, too."""
    kinds = {rule for row in MUTATIONS for rule in row[3]}
    rules = [row[1] for row in table()]
    require(not kinds & set(NOT_SEEDED), f"seeded all the same: {sorted(kinds & set(NOT_SEEDED))}")
    without = [rule for rule in rules if rule not in kinds and rule not in NOT_SEEDED]
    require(not without, f"no violation of {without}")


def main():
    tap, known = support.Tap(), {}
    for name, sample, *row in MUTATIONS:
        tap.case(f"{sample}: {name}: {' '.join(row[1])}", mutate, known, sample, *row)
    tap.case("every rule", complete)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
