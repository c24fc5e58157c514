#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Several files read at a time (-j): the same bytes, messages and status as one after the other; TAP."""
import os
import sys
import tempfile

import support
from support import require


def files(folder):
    """All samples, some of them twice; a cut one, one that is no capture, one that is not there."""
    paths = support.samples()
    cut, text = os.path.join(folder, "cut.pcap"), os.path.join(folder, "text.pcap")
    with open(cut, "wb") as f:
        f.write(support.read_bytes(paths[0])[:-5])
    with open(text, "wb") as f:
        f.write(b"no capture\n")
    return paths[:4] + [cut] + paths[4:] + [text, os.path.join(folder, "none.pcap")] + paths[:3]


def same(folder, *arguments):
    paths = files(folder)
    one = support.run(*arguments, *paths)
    require(one.status == 2 and one.out.count(b"\n") > len(paths), f"one by one: status {one.status}")
    for jobs, times in (("1", 1), ("2", 2), ("7", 2), ("0", 1), ("100", 1)):
        for _ in range(times):
            several = support.run(*arguments, "-j", jobs, *paths)
            require(several.out == one.out, f"-j {jobs}: other output, first at byte "
                    f"{next((n for n, (a, b) in enumerate(zip(one.out, several.out)) if a != b), min(len(one.out), len(several.out)))}")
            require(several.err == one.err, f"-j {jobs}: {several.err.decode()}, not {one.err.decode()}")
            require(several.status == one.status, f"-j {jobs}: status {several.status}")


def each_alone():
    """What is written of a file depends on it alone: ids begin anew, nothing is remembered."""
    paths = support.samples()
    together = support.parse_json(support.run("json", *paths).out)
    alone = [r for path in paths for r in support.parse_json(support.run("json", path).out) if r["type"] != "summary"]
    require(together[:-1] == alone, "records differ from those of each file alone")
    events = sum(r["type"] == "event" for r in alone)
    require(together[-1]["events"] == events, f"the summary counts {together[-1]['events']} events, not {events}")


def wrong():
    for value in ("-1", "x", "1025", ""):
        result = support.run("json", "-j", value, support.samples()[0])
        require(result.status == 2 and b"-j" in result.err, f"-j {value!r}: {result}")
    result = support.run("json", "-j", "2", "-Y", "nam == 1", *support.samples()[:2])
    require(result.status == 2 and result.err.count(b"did you mean 'name'") == 1 and not result.out, f"{result}")


def main():
    tap = support.Tap()
    with tempfile.TemporaryDirectory() as folder:
        for arguments in (["text"], ["text", "-v"], ["json"], ["json", "--ranges", "--payload"], ["json", "-Y", "name == MSG"],
                          ["text", "-Y", "finding"], ["json", "--pretty"], ["text", "--color=always"],
                          ["sessions", "-v"], ["chat", "-v"], ["stats"], ["stats", "--csv", "--each"],
                          ["stats", "--json", "-Y", "from == client"],
                          ["tables", "commands"], ["tables", "values"], ["tables", "types", "--format=json"]):
            tap.case(" ".join(arguments), same, folder, *arguments)
    tap.case("each file alone", each_alone)
    tap.case("wrong numbers", wrong)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
