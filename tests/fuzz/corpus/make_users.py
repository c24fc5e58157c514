#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the inputs of tests/fuzz/fuzz_users.c into corpus/users."""
import pathlib

DS, NS, NS18, SB, SB18, WEB, WEB2, NS24 = range(8)
SERVER, LATER = 8, 16
RST = (b"/RST.srf\n<Envelope><Body><RequestSecurityTokenResponseCollection><RequestSecurityTokenResponse><RequestedSecurityToken>"
       b"<BinarySecurityToken>t=tick&amp;p=</BinarySecurityToken></RequestedSecurityToken></RequestSecurityTokenResponse>"
       b"</RequestSecurityTokenResponseCollection></Body></Envelope>")
BOOK = (b"/abservice/abservice.asmx\n<Envelope><Header><ABAuthHeader><TicketToken>t=tick&amp;p=</TicketToken></ABAuthHeader></Header>"
        b"<Body><ABFindAll/></Body></Envelope>")
A = b"alice@example.com"
INPUTS = {
    "sign_in": [(DS, b"VER 1 MSNP8 CVR0"), (DS, b"USR 2 TWN I " + A), (DS | SERVER, b"XFR 2 NS 192.0.2.250:1863 0 192.0.2.1:1863"),
                (DS, b""), (NS, b"VER 1 MSNP8 CVR0"), (NS, b"USR 2 TWN I " + A), (NS | SERVER, b"USR 2 TWN S ct=1"),
                (WEB | SERVER, RST), (NS, b"USR 3 TWN S t=tick&p="), (NS | SERVER, b"USR 3 OK " + A + b" Alice 1 0"), (WEB2, BOOK),
                (WEB2, b""), (NS | SERVER, b"XFR 4 SB 192.0.2.250:1863 CKI c1"), (SB, b"USR 1 " + A + b" c1"), (SB, b""), (NS, b"OUT"),
                (NS, b"")],
    "ring": [(NS | SERVER, b"RNG 7 192.0.2.250:1863 CKI c2 bob@example.com Bob"), (SB, b"ANS 1 " + A + b" c2 7"), (SB | SERVER, b"")],
    "late": [(SB, b"USR 1 " + A + b" c3"), (NS, b"PNG"), (NS | SERVER, b"XFR 4 SB 192.0.2.250:1863 CKI c3"), (NS | LATER, b"")],
    "alone": [(SB18, b"USR 1 " + A + b";{11111111-2222-4333-8444-555555555555} c4"), (SB18 | LATER, b""), (WEB, BOOK), (WEB, b"")],
    "msnp24": [(NS24, b"CNT 1 CON 60\n\r\n<connect><ver>2</ver><agent><os>winnt</os></agent></connect>"),
               (NS24 | SERVER, b"XFR 1 CON 40\n\r\n<xfr><target>192.0.2.250:1863</target></xfr>"), (NS24, b""),
               (NS24, b"ATH 2 CON\\USER 40\n\r\n<user><id>alice</id></user>"), (NS24 | SERVER, b"OUT 0 CON 0")],
}

folder = pathlib.Path(__file__).resolve().parent / "users"
folder.mkdir(exist_ok=True)
for name, steps in INPUTS.items():
    (folder / name).write_bytes(b"\xff".join(bytes([where]) + step for where, step in steps))
