#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What `msnscope check` finds in captures of real clients, which lie beside the source tree and not in it; TAP.

tests/check_captures.tsv has how many findings of each rule there are in each capture. They were read one by one: none is an
error, as these clients and servers did understand each other; what the captures have by themselves is

    msnp.wrong_version, msnp.not_in_version   aMSN 0.90 made to sign in with older protocols than it was written for, and
                              aMSN sending CHG of MSNP16 in MSNP15; the server answers in kind
    msnp.blanks               aMSN 0.90 ends INF in a blank; the server ends LST in one where a contact is in no group
    msnp.bad_value            a display name that is no UTF-8 (official server of 2009)
    invite.broken             aMSN 0.90 sends an empty Invitation-Cookie
    p2p.broken                aMSN puts the session id where the data should be (version 2); libpurple 2.10.9 announces
                              lengths that are not those of the packets
    p2p.ack_unknown           aMSN acknowledges what fits none of these packets
    slp.broken                aMSN writes a GUID that is too short
    xml.broken                aMSN does not escape the ampersand of a personal message, and the server passes it on
    secret.password           web services in plain HTTP, so that they could be recorded
    tls.not_decrypted         each TLS connection; as many as tshark finds ServerHellos in
    soap.fault, http.error_status, gateway.unanswered   answers, or none, as they came

check_captures.py --write writes the file anew. Skips when the captures are not there.
"""
import collections
import os
import sys

import support
from check_rules import findings
from real_captures import captures
from support import require

GOLDEN = os.path.join(support.SRCDIR, "tests/check_captures.tsv")
HEAD = "# SPDX-License-Identifier: BSD-2-Clause\n# capture\trule\tfindings; see check_captures.py\n"


def golden():
    out = collections.defaultdict(dict)
    with open(GOLDEN, encoding="utf-8") as f:
        for line in f:
            if not line.startswith("#"):
                name, rule, count = line.rstrip("\n").split("\t")
                out[name][rule] = int(count)
    return out


def found_in(path):
    found = findings(path, status=(0, 3))
    require(not any(f["severity"] == "error" for f in found), "an error")
    return dict(collections.Counter(f["rule"] for f in found))


def same(path, wanted):
    got = found_in(path)
    require(got == wanted, f"found {sorted(got.items() ^ wanted.items())}")


def write():
    with open(GOLDEN, "w", encoding="utf-8") as f:
        f.write(HEAD)
        for path in captures():
            for rule, count in sorted(found_in(path).items()):
                f.write(f"{os.path.basename(path)}\t{rule}\t{count}\n")


def main():
    if sys.argv[1:] == ["--write"]:
        write()
        return 0
    tap, paths, wanted = support.Tap(), list(captures()), golden()
    if not paths:
        tap.skip("findings of real captures", "no captures beside the source tree")
    for path in paths:
        name = os.path.basename(path)
        tap.case(f"findings of {name}", same, path, wanted.get(name, {}))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
