#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the inputs of tests/fuzz/fuzz_gateway.c into corpus/gateway: sessions as steps.

usage: gateway_corpus.py

The output depends on this file alone. The format of the steps stands in fuzz_gateway.c.
"""
import os

NOTHING, OWN, SAME, REFUSED = 0, 1, 2, 3          # bodies
ERROR, TORN = 0x30, 0x38
SECOND, MINUTE, HOUR, BACK = 0xC1, 0xC2, 0xC3, 0xC4
CLOSE = 0x7F                                      # the id that comes with Session=close


def request(used, tcp=0, body=OWN, torn=0):
    return bytes([tcp | body << 2 | torn << 4, used])


def opening(tcp=0):
    return bytes([0x20 | tcp | OWN << 2, 0])


def unseen(tcp=0):
    return bytes([0x30 | tcp, 0])


def answer(which, issued, form=OWN << 3):
    return bytes([0x40 | which % 8 | form, issued])


def over(which):
    return bytes([0x80 | which % 8])


def exchange(which, used, issued, tcp=0, body=OWN, form=OWN << 3):
    return request(used, tcp, body) + answer(which, issued, form) + over(which)


OPEN = opening() + answer(0, 1) + over(0)
UUID = 0xC0
CASES = {
    "plain": OPEN + exchange(1, 1, 2) + exchange(2, 2, 3, body=NOTHING, form=0) + exchange(3, 3, CLOSE),
    "overlap": OPEN + request(1, body=NOTHING) + exchange(2, 1, 2, tcp=1) + answer(1, 3) + over(1) + exchange(3, 3, 4),
    "constant": opening() + answer(0, UUID) + over(0) + exchange(1, UUID, UUID) + request(UUID, body=SAME) + over(2) +
    exchange(3, UUID, UUID, body=SAME),
    "late": OPEN + request(1) + request(2, tcp=1) + answer(2, 3) + over(2) + answer(1, 2) + over(1),
    "late-open": opening() + request(1, tcp=1) + answer(1, 2) + over(1) + answer(0, 1) + over(0),
    "lost": OPEN + exchange(1, 2, 3) + exchange(2, 3, 4) + bytes([MINUTE]) + exchange(3, 4, 5),
    "lost-request": OPEN + unseen() + answer(1, 2) + over(1) + exchange(2, 2, 3),
    "unanswered": OPEN + request(1) + over(1) + exchange(2, 2, 3),
    "repeated": OPEN + exchange(1, 1, 2, body=SAME, form=SAME << 3) + exchange(2, 1, 3, body=SAME, form=SAME << 3),
    "torn": OPEN + request(1, torn=1) + answer(1, 2, TORN) + over(1),
    "error": OPEN + exchange(1, 1, 0, form=ERROR) + exchange(2, 1, 2) + exchange(3, 2, 1, form=ERROR),
    "after-close": OPEN + exchange(1, 1, CLOSE) + exchange(2, CLOSE, 0, form=ERROR) + exchange(3, CLOSE, 4),
    "unopened": exchange(0, 0x15, 0x16) + exchange(1, 0x16, 0x17, tcp=2),
    "reuse": OPEN + opening() + answer(1, 1) + over(1),
    "refused": OPEN + exchange(1, 1, 2, body=REFUSED) + exchange(2, 2, 3),
    "idle": OPEN + bytes([HOUR]) + opening(2) + answer(1, 0x21) + over(1) + bytes([BACK | 2]) + exchange(2, 1, 2),
}


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus", "gateway")
    os.makedirs(folder, exist_ok=True)
    for name, steps in CASES.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(steps)


if __name__ == "__main__":
    main()
