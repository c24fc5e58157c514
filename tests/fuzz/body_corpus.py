#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the inputs of tests/fuzz/fuzz_body.c into corpus/body.

usage: body_corpus.py

The first byte of an input is the number of a dissector below, or UUN and the type of a notification.
"""
import base64
import pathlib

INVITE, DATACAST, EMOTICON, ANIMATED, GIF, ISF, INK_P2P, UUN = range(8)

OBJECT = (
    '<msnobj Creator="alice@example.com" Size="33" Type="{}" Location="e.tmp" Friendly="AAA=" '
    'SHA1D="vEvOi/JX7oAzLReF9a0sn5oMVNg=" SHA1C="towi4N9BOxox+uhBfPDEW+J2BaM="/>'
)
DRAWING = "base64:R0lGODlhLAEUAAAAACw="
BYE = "BYE sip:bob@example.com SIP/2.0\r\nCSeq: 2 BYE\r\n\r\n"

INPUTS = {
    "invite": (
        INVITE,
        "Application-Name: File Transfer\r\nApplication-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\r\n"
        "Invitation-Command: INVITE\r\nInvitation-Cookie: 51423\r\nApplication-File: notes.txt\r\n"
        "Application-FileSize: 4096\r\nConnectivity: N\r\n\r\n",
    ),
    "accept": (
        INVITE,
        "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 51423\r\nIP-Address: 192.0.2.1\r\nPort: 6891\r\n"
        "PortX: 11178\r\nIP-Address-Enc64: MTkyLjAuMi4xOjY4OTE=\r\nSender-Connect: TRUE\r\nAuthCookie: 1\r\n\r\n",
    ),
    "cancel": (INVITE, "Invitation-Command: CANCEL\r\nInvitation-Cookie: 51423\r\nCancel-Code: REJECT\r\n\r\nx"),
    "nudge": (DATACAST, "ID: 1\r\n\r\n"),
    "wink": (DATACAST, "ID: 2\r\nData: " + OBJECT.format(8) + "\r\n\r\n"),
    "action": (DATACAST, "ID: 4\r\nData: waves\r\n\r\n"),
    "emoticon": (EMOTICON, "(hi)\t" + OBJECT.format(2) + "\tx\t%3Cmsnobj%20/%3E\t"),
    "animated": (ANIMATED, "(hi)\t" + OBJECT.format(2) + "\t"),
    "gif": (GIF, DRAWING),
    "isf": (ISF, "base64:AIUBAAAAAAAAAAAA"),
    "ink_p2p": (INK_P2P, ("Content-Type: image/gif\r\n\r\n\0" + DRAWING).encode("utf-16-le").decode("latin-1")),
    "invite_broken": (
        INVITE,
        "Application-GUID: 5D3E\r\nInvitation-Command: INVITE\r\nInvitation-Cookie: x\r\nApplication-File: ../a\r\nno colon",
    ),
    "accept_broken": (
        INVITE,
        "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 1\r\nPort: 0\r\nPortX: 99999\r\nIP-Address-Enc64: *\r\n"
        "Sender-Connect: maybe\r\nAuthCookie: \r\n",
    ),
    "voice": (DATACAST, "ID: 3\r\nData: " + OBJECT.format(11) + "\r\n\r\n"),
    "object_alone": (DATACAST, OBJECT.format(8) + "\r\n"),
    "wink_type": (DATACAST, "ID: 2\r\nData: " + OBJECT.format(3) + "\r\n\r\n"),
    "wink_text": (DATACAST, "ID: 2\r\nData: none\r\n\r\n"),
    "nudge_data": (DATACAST, "ID: 1\r\nData: x\r\n\r\n"),
    "datacast_other": (DATACAST, "ID: 77\r\n\r\n"),
    "datacast_no_id": (DATACAST, "Data: x\r\n"),
    "datacast_bad_id": (DATACAST, "ID: x\r\n"),
    "emoticon_odd": (EMOTICON, "(hi)\t" + OBJECT.format(3) + "\t\t\tx"),
    "gif_no_prefix": (GIF, "R0lGODlh"),
    "gif_other": (GIF, "base64:iVBORw0KGgo="),
    "isf_broken": (ISF, "base64:A*"),
    "uun_1_broken": (UUN + 1, "<SNM/><x>"),
    "uun_2_broken": (UUN + 2, "hello"),
    "uun_3": (UUN + 3, "MSNSLP/1.0 200 OK\r\nTo: <msnmsgr:a@example.com>\r\nContent-Length: 0\r\n\r\n"),
    "uun_3_broken": (UUN + 3, "foo"),
    "uun_4_broken": (UUN + 4, "stay"),
    "uun_5_broken": (UUN + 5, ";:"),
    "uun_6_broken": (UUN + 6, "<State><Service/>"),
    "uun_10": (UUN + 10, "turn"),
    "uun_12_broken": (UUN + 12, '<sip e="base64"><msg>*</msg></sip>'),
    "uun_binary": (UUN + 9, "\xff\xfe"),
    "uun_1": (UUN + 1, '<SNM opcode="NAK" csid="{0000aaaa-1111-2222-3333-44445555ffff}" reason="0x80070490"/>'),
    "uun_2": (UUN + 2, BYE + "v=0\r\n"),
    "uun_2_sdp": (UUN + 2, "SIP/2.0 200 OK\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nm=audio 1 RTP/AVP 0\r\n"),
    "uun_4": (UUN + 4, "goawyplzthxbye"),
    "uun_5": (UUN + 5, "12345;192.0.2.1:1863"),
    "uun_6": (UUN + 6, '<State><Service type="ab"/></State>'),
    "uun_11": (UUN + 11, "1 22 3"),
    "uun_12": (
        UUN + 12,
        f'<sip e="base64" fid="1" i="0@192.0.2.1"><msg>{base64.b64encode(BYE.encode()).decode()}</msg></sip>',
    ),
}


def main():
    folder = pathlib.Path(__file__).resolve().parent / "corpus" / "body"
    folder.mkdir(exist_ok=True)
    for name, (kind, text) in INPUTS.items():
        (folder / name).write_bytes(bytes([kind]) + text.encode("latin-1"))


if __name__ == "__main__":
    main()
