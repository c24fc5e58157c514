# SPDX-License-Identifier: BSD-2-Clause
"""The rows of check_mutations.py: name, sample, changes, rules, and options of `msnscope check` where it needs any.

A change is a pair of texts: in the source of the sample (NAME.dialogue, NAME.gateway) the first one, which must be there, is
replaced by the second; of a sample written by a script (NAME.pcap) bytes are replaced by as many others, in the whole file.
Or it is a function: of the capture, a support.Pcap, which gives the bytes of another. Transaction ids of dialogues are those of
the dialogue; 12.5 is between 12 and 13. rules are the ids of the findings that the changed capture has more than the
sample; a violation that stands twice on the wire (what one client sends, another is sent) is found twice, and one whose
cause takes away what follows is found with that.
"""
import base64
import os
import struct
import sys
import uuid

import support
from support import decode_tcp

sys.path.insert(0, os.path.join(support.SRCDIR, "samples"))
sys.dont_write_bytecode = True
import mkp2p  # noqa: E402


# Rules whose violation takes more than a change of a sample, and the test that holds it.
NOT_SEEDED = {
    "tcp.buffer_limit": "unit/test_link.c: more waiting bytes than a sample has",
    "p2p.incomplete": "unit/test_p2p_life.c: the last packet of a message comes without the others, and nothing was lost",
    "http.limit": "web_edges.py: a body of 10 MB",
    "tls.lost_track": "unit/test_tls.c: no record is found in a megabyte behind a hole",
    "tls.limit": "unit/test_tls.c: more waits than may",
    "tls.alert": "end_to_end.py: tls-alert",
    "gateway.unopened": "unit/test_gateway.c: known before any MSNP was seen, so that it is told of the file",
}


# ------------------------------------------------------------------ changes of packets

def data_packets(pcap):
    """Places of the packets that carry data."""
    return [i for i, (_, frame) in enumerate(pcap.packets) if decode_tcp(frame).data]


def resend(pcap, number=20):
    """A data packet comes once more with another byte."""
    at = data_packets(pcap)[number]
    time, frame = pcap.packets[at]
    return pcap.write(pcap.packets[:at + 1] + [(time + 10, frame[:-3] + bytes([frame[-3] ^ 1]) + frame[-2:])] + pcap.packets[at + 1:])


def spoil_checksum(pcap, number=20):
    at = data_packets(pcap)[number]
    time, frame = pcap.packets[at]
    place = 14 + (frame[14] & 15) * 4 + 16
    return pcap.write(pcap.packets[:at] + [(time, frame[:place] + bytes([frame[place] ^ 1]) + frame[place + 1:])] + pcap.packets[at + 1:])


def cut_packet(pcap, number=20):
    """The capture holds all but the last four bytes of a packet."""
    out = [pcap.header]
    for i, (time, frame) in enumerate(pcap.packets):
        kept = frame[:-4] if i == data_packets(pcap)[number] else frame
        out.append(struct.pack("<IIII", time // 1000000, time % 1000000, len(kept), len(frame)) + kept)
    return b"".join(out)


def drop_packet(pcap):
    """The fourth full packet is not in the capture."""
    at = [i for i in data_packets(pcap) if len(decode_tcp(pcap.packets[i][1]).data) >= 1400][3]
    return pcap.write(pcap.packets[:at] + pcap.packets[at + 1:])


def flip(number, place=-1, bits=1):
    """A bit of a data packet is wrong: place counts in its data."""
    def change(pcap):
        at = data_packets(pcap)[number]
        time, frame = pcap.packets[at]
        data = decode_tcp(frame).data
        where = len(frame) - len(data) + place if place >= 0 else len(frame) + place
        spoilt = frame[:where] + bytes([frame[where] ^ bits]) + frame[where + 1:]
        return pcap.write(pcap.packets[:at] + [(time, spoilt)] + pcap.packets[at + 1:])
    return change


def drop_data(number):
    def change(pcap):
        at = data_packets(pcap)[number]
        return pcap.write(pcap.packets[:at] + pcap.packets[at + 1:])
    return change


def tls(name, change, rules):
    """A change of a TLS session whose key log is at hand."""
    return (name, "tls/tls12-dhe-aes128-gcm.pcap", [change], rules, "--keylog=" + support.sample("tls/tls12-dhe-aes128-gcm.keylog"))


# ------------------------------------------------------------------ parts of p2p.pcap

FILE = mkp2p.file_context("notes.txt", len(mkp2p.text_file(90)))
NONCE_1 = uuid.UUID(mkp2p.guid("direct")).bytes_le
NONCE_2 = {side: uuid.UUID(mkp2p.guid("nonce", side)).bytes_le for side in (True, False)}


def context(at, data):
    """The description of a file with other bytes at that place."""
    return base64.b64encode(FILE), base64.b64encode(FILE[:at] + data + FILE[at + len(data):])


def other(data):
    return data, bytes([data[0] ^ 1]) + data[1:]


def utf16(old, new):
    return old.encode("utf-16-le"), new.encode("utf-16-le")


def typed(text, length):
    return struct.pack("<HI", 8, 2 * len(text) + 2) + text.encode("utf-16-le"), struct.pack("<HI", 8, length) + text.encode("utf-16-le")


# ------------------------------------------------------------------ parts of dialogues

CHAT = "| X-MMS-IM-Format: FN=Tahoma; EF=S; CO=0; CS=0; PF=22"
CAROL = "<<< MSG carol@example.com Carol {len}\n| MIME-Version: 1.0\n| Content-Type: text/plain; charset=UTF-8\n| X-MMS-IM-Format: FN=Arial; EF=; CO=0; CS=b1"
YAWN = "| ID: 4\n| Data: yawns"
MAIL = "<M><T>11</T><S>6</S><RS>0</RS><SZ>901</SZ><E>bob@example.com</E><I>6F2A1D30-9B4C-4E57-8A21-0C3D5E7F9103</I><F>.!!OIM</F><N>=?utf-8?B?Qm9i?=</N></M>"
RTC = ">>> UUN 20 bob@example.com 11 {len}\n|- 1 0 0 1"
PAGE = '|- <TEXT xml:space="preserve" enc="utf-8">Are you coming?</TEXT>'
BRIDGED = "| Options: 0\n| Service-Channel: PE\n"


def mood(changed):
    return CHAT, CHAT.replace("EF=S; CO=0; CS=0; PF=22", changed)


MUTATIONS = [
    # --- lines ---
    ("unknown command", "msnp11-login", [(">>> PNG\n", ">>> PNX\n")], ["msnp.unknown_command"]),
    ("unknown command, lower case", "msnp11-login", [(">>> PNG\n", ">>> png\n")], ["msnp.skipped"]),
    ("a parameter too many", "msnp11-login", [(">>> GCF 9 Shields.xml", ">>> GCF 9 Shields.xml extra")], ["msnp.unknown_form"]),
    ("a parameter too few", "msnp9-login", [(">>> REG 30 2 Artists 0", ">>> REG 30 2")], ["msnp.unknown_form"]),
    ("command of the other side", "msnp11-login", [("<<< OUT RCT 5", ">>> FLN bob@example.com\n<<< OUT RCT 5")], ["msnp.unknown_form"]),
    ("form of a later version", "msnp15-login", [(">>> CHG 11 NLN 2153775148 ", ">>> CHG 11 NLN 2153775148:0 ")],
     ["msnp.wrong_version"]),
    ("command on the wrong kind of server", "msnp11-login",
     [(">>> OUT\n@close SB1", ">>> CHG 24.5 NLN 0\n<<< CHG 24.5 NLN 0\n>>> OUT\n@close SB1")], ["msnp.wrong_role", "msnp.wrong_role"]),
    ("command that the version has no more", "msnp15-login", [(">>> PNG\n", ">>> SYN 13.5 0 0\n<<< 502 13.5\n>>> PNG\n")],
     ["msnp.not_in_version"]),
    ("command that the version does not have yet", "msnp9-login", [("<<< FLN bob@example.com\n", "<<< FLN bob@example.com\n<<< UBX bob@example.com 0\n")],
     ["msnp.not_in_version"]),
    ("unknown error", "msnp15-login", [("<<< 217 25", "<<< 999 25")], ["msnp.unknown_error"]),
    ("unknown status", "msnp11-login", [("<<< ILN 11 BSY carol", "<<< ILN 11 QQQ carol")], ["msnp.unknown_value"]),
    ("unknown property", "msnp11-login", [("<<< PRP WWE 0", "<<< PRP WWX 0")], ["msnp.unknown_value"]),
    ("percent sign without digits", "msnp9-login", [("<<< NLN NLN carol@example.com Carol%20%26%20cat", "<<< NLN NLN carol@example.com Carol%20%2")],
     ["msnp.bad_value"]),
    ("name that is not UTF-8", "msnp9-login", [("<<< NLN NLN carol@example.com Carol%20%26%20cat", "<<< NLN NLN carol@example.com Carol%E9")],
     ["msnp.bad_value"]),
    ("group that is no GUID", "msnp11-login", [("<<< LSG Friends d3a1c7f0-52be-4c11-9e0d-6f0a1b2c3d01", "<<< LSG Friends d3a1c7f0-52be")],
     ["msnp.bad_value"]),
    ("blank at the end", "msnp11-login", [(">>> PNG\n", ">>> PNG \n")], ["msnp.blanks"]),
    ("two blanks", "msnp11-login", [("<<< FLN bob@example.com\n<<< OUT", "<<< FLN bob@example.com  \n<<< OUT")], ["msnp.blanks"]),
    ("control character", "msnp9-login", [("<<< ILN 9 IDL carol@example.com Carol", "<<< ILN 9 IDL carol@example.com Ca\x01rol")], ["msnp.control"]),
    ("transaction id that does not count up", "msnp11-login", [(">>> PRP 16 MFN", ">>> PRP 14 MFN"), ("<<< PRP 16 MFN", "<<< PRP 14 MFN")],
     ["msnp.trid"]),
    ("line that is too long", "msnp11-login", [("<<< FLN bob@example.com\n<<< OUT", "<<< FLN " + 17000 * "b" + "\n<<< OUT")], ["msnp.line_too_long"]),
    ("payload without length", "msnp11-login", [("|- <Data><PSM>singing &amp; dancing</PSM><CurrentMedia></CurrentMedia></Data>\n", ""),
                                                (">>> UUX 10 {len}", ">>> UUX 10")], ["msnp.unknown_form", "msnp.length_absent"]),
    ("length beyond the limit", "msnp11-login", [("|- <Data><PSM>singing &amp; dancing</PSM><CurrentMedia></CurrentMedia></Data>\n", ""),
                                                 (">>> UUX 10 {len}", ">>> UUX 10 999999")], ["msnp.length_limit"]),
    ("length that is too large", "msnp11-login", [("<<< MSG carol@example.com Carol {len}\n| MIME-Version: 1.0\n| Content-Type: text/plain; charset=UTF-8\n| X-MMS-IM-Format: FN=Arial", "<<< MSG carol@example.com Carol 170\n| MIME-Version: 1.0\n| Content-Type: text/plain; charset=UTF-8\n| X-MMS-IM-Format: FN=Arial")], ["msnp.length_wrong"]),
    ("payload that is cut", "msnp11-login", [("<<< OUT RCT 5", "<<< UBX bob@example.com 50\n|- <Data></Data>\n")], ["msnp.payload_cut"]),
    ("bytes that are no command", "msnp11-login", [("<<< FLN bob@example.com\n<<< OUT", "<<< \x02\x03rubbish\n<<< FLN bob@example.com\n<<< OUT")],
     ["msnp.skipped"]),
    # --- challenges ---
    ("wrong answer to the challenge", "msnp11-login", [("|- 85ecb0db8f32113df79ce0892b9a102c", "|- 85ecb0db8f32113df79ce0892b9a102d")],
     ["msnp.challenge_wrong"]),
    ("answer of 31 digits", "msnp11-login", [("|- 85ecb0db8f32113df79ce0892b9a102c", "|- 85ecb0db8f32113df79ce0892b9a102")],
     ["msnp.challenge_form"]),
    ("answer that is not hexadecimal", "msnp11-login", [("|- 85ecb0db8f32113df79ce0892b9a102c", "|- 85ecb0db8f32113df79ce0892b9a102x")],
     ["msnp.challenge_form"]),
    ("unknown product", "msnp11-login", [(">>> QRY 12 PROD0090YUAUV{2B", ">>> QRY 12 PROD9999YUAUV{2B")], ["msnp.challenge_unknown"]),
    # --- order ---
    ("CVR before VER", "msnp11-login", [(">>> VER 4 MSNP11 MSNP10 CVR0\n<<< VER 4 MSNP11\n", "")], ["order.no_version"]),
    ("command of the client before the sign-in", "msnp11-login",
     [(">>> USR 6 TWN I alice@example.com\n", ">>> URL 5.5 INBOX\n<<< 715 5.5\n>>> USR 6 TWN I alice@example.com\n")], ["order.sign_in"]),
    ("presence before the sign-in", "msnp11-login", [(">>> USR 6 TWN I alice@example.com\n", "<<< FLN bob@example.com\n>>> USR 6 TWN I alice@example.com\n")],
     ["order.sign_in"]),
    ("invitation before the switchboard is entered", "msnp15-login",
     [(">>> USR 24 alice@example.com", ">>> CAL 23.5 carol@example.com\n<<< 217 23.5\n>>> USR 24 alice@example.com")], ["order.sign_in"]),
    ("second sign-in on a switchboard", "msnp15-login",
     [(">>> CAL 26 bob@example.com\n", ">>> USR 25.5 alice@example.com 17262746.1202239230.9182\n<<< USR 25.5 OK alice@example.com Alice\n>>> CAL 26 bob@example.com\n")],
     ["order.signed_in"]),
    ("VER once more", "msnp11-login", [(">>> PNG\n", ">>> VER 12.5 MSNP11 CVR0\n<<< VER 12.5 MSNP11\n>>> PNG\n")], ["order.repeated"]),
    ("status before the lists", "msnp11-login", [(">>> SYN 8 0 0\n", ">>> CHG 0 NLN 0\n<<< CHG 0 NLN 0\n>>> SYN 8 0 0\n")], ["order.lists"]),
    ("messages to nobody", "msnp15-login", [("<<< JOI bob@example.com Bob%20(phone) 2153775148\n", "")], ["order.alone", "order.alone"]),
    ("command behind OUT", "msnp15-login", [(">>> OUT\n@close SB1", ">>> OUT\n>>> CAL 28.5 carol@example.com\n>>> CAL 28.6 carol@example.com\n@close SB1")], ["order.after_out"]),
    ("request without reply", "msnp15-login", [("<<< RML 31 OK\n", "")], ["pair.unanswered"]),
    ("reply without request", "msnp15-login", [("<<< FLN bob@example.com 1 2153775148\n", "<<< FLN bob@example.com 1 2153775148\n<<< RML 777 OK\n")],
     ["pair.unrequested"]),
    # --- messages ---
    ("no blank line", "msnp15-login", [("| TypingUser: alice@example.com\n|\n|\n? msnp.message_type = 2", "| TypingUser: alice@example.com")],
     ["msg.no_blank_line"]),
    ("header without colon", "msnp11-login", [("| Wallet:\n", "| Wallet\n")], ["msg.bad_header"]),
    ("no content type", "msnp15-login", [("| Content-Type: text/plain; charset=UTF-8\n| X-MMS-IM-Format: FN=Tahoma; EF=S", "| X-MMS-IM-Format: FN=Tahoma; EF=S")],
     ["msg.no_content_type"]),
    ("unknown content type", "msnp15-login", [("| Content-Type: text/plain; charset=UTF-8\n| X-MMS-IM-Format: FN=Tahoma; EF=S", "| Content-Type: text/x-news\n| X-MMS-IM-Format: FN=Tahoma; EF=S")],
     ["msg.unknown_type"]),
    ("unknown header", "msnp15-login", [("| X-MMS-IM-Format: FN=Tahoma; EF=S", "| X-Mood: grim\n| X-MMS-IM-Format: FN=Tahoma; EF=S")], ["msg.unknown_header"]),
    ("message that is too long", "msnp15-login", [("|- forget it", "|- forget it " + 1700 * "!")], ["msg.too_long"]),
    ("profile from somebody", "msnp11-login", [("<<< MSG Hotmail Hotmail {len}\n| MIME-Version: 1.0\n| Content-Type: text/x-msmsgsprofile", "<<< MSG bob@example.com Hotmail {len}\n| MIME-Version: 1.0\n| Content-Type: text/x-msmsgsprofile")],
     ["msg.carrier"]),
    ("number that does not fit the message", "msnp15-login", [(">>> UUM 18 dave@yahoo.example.com 32 1", ">>> UUM 18 dave@yahoo.example.com 32 3")], ["msg.carrier"]),
    ("typing notice that names nobody", "msnp15-login", [("| TypingUser: alice@example.com\n|\n|\n? msnp.message_type = 2", "|\n|")], ["msg.control"]),
    ("typing notice in another name", "msnp11-login", [("<<< MSG carol@example.com Carol {len}\n| MIME-Version: 1.0\n| Content-Type: text/plain", "<<< MSG carol@example.com Carol {len}\n| MIME-Version: 1.0\n| Content-Type: text/x-msmsgscontrol\n| TypingUser: bob@example.com\n|\n<<< MSG carol@example.com Carol {len}\n| MIME-Version: 1.0\n| Content-Type: text/plain")],
     ["msg.control"]),
    ("text that is not UTF-8", "msnp15-login", [("|- forget it", "|x 66 ff 67")], ["msg.not_utf8"]),
    ("colour that is none", "msnp15-login", [("EF=; CO=400080; CS=0; PF=0\n|\n|- Chess later?", "EF=; CO=4z0080; CS=0; PF=0\n|\n|- Chess later?")], ["msg.format"]),
    ("effect that is none", "msnp15-login", [("FN=Tahoma; EF=S;", "FN=Tahoma; EF=X;")], ["msg.format"]),
    ("sign-in time that is no number", "msnp11-login", [("| LoginTime: 1112899514", "| LoginTime: yesterday")], ["msg.bad_value"]),
    ("address that is none", "msnp11-login", [("| ClientIP: 192.0.2.10", "| ClientIP: 192.0.2.")], ["msg.bad_value"]),
    ("part number beyond the message", "msnp11-login", [("| Chunk: 1\n", "| Chunk: 7\n")], ["msg.chunk", "msg.incomplete"]),
    ("part missing", "msnp11-login", [("| Chunks: 2\n", "| Chunks: 3\n")], ["msg.incomplete"]),
    ("second profile", "msnp11-login", [("<<< SBS 0 null\n? msnp.trid = 0\n? msnp.value = null\n", "<<< MSG Hotmail Hotmail {len}\n| MIME-Version: 1.0\n| Content-Type: text/x-msmsgsprofile; charset=UTF-8\n| LoginTime: 1112899514\n|\n")],
     ["msg.second_profile"]),
    ("no mail moved", "msnp11-login", [("| Message-Delta: 2", "| Message-Delta: 0")], ["msg.delta"]),
    ("mails moved backwards", "msnp11-login", [("| Message-Delta: 2", "| Message-Delta: -2")], ["msg.delta"]),
    ("unread mails that are no number", "msnp9-login", [("| Inbox-Unread: 1", "| Inbox-Unread: some")], ["msg.bad_value"]),
    ("moved mails that are no number", "msnp11-login", [("| Message-Delta: 2", "| Message-Delta: two")], ["msg.bad_value"]),
    ("stored message without id", "msnp11-login", [("<I>6F2A1D30-9B4C-4E57-8A21-0C3D5E7F9103</I>", "")], ["oim.metadata"]),
    ("invitation without cookie", "msnp9-login", [("| Invitation-Cookie: 90017\n", "")], ["invite.broken"]),
    ("answer to no invitation", "msnp5-login", [("| Invitation-Command: CANCEL\n| Invitation-Cookie: 51423", "| Invitation-Command: CANCEL\n| Invitation-Cookie: 51424")],
     ["invite.cookie"]),
    ("address of a private network", "msnp7-login", [("| IP-Address: 192.0.2.10", "| IP-Address: 192.168.1.10")], ["invite.private_address"]),
    ("address for a file without AuthCookie", "msnp5-login", [("| Invitation-Command: CANCEL\n| Invitation-Cookie: 51423\n| Cancel-Code: REJECT", "| Invitation-Command: ACCEPT\n| Invitation-Cookie: 51423\n| IP-Address: 192.0.2.99\n| Port: 6891")],
     ["invite.broken"]),
    ("datacast without number", "msnp11-login", [("| ID: 1\n", "| ID: x\n")], ["datacast.broken"]),
    ("nudge with data", "msnp11-login", [("| ID: 1\n", "| ID: 1\n| Data: hm\n")], ["datacast.broken"]),
    ("nudges one after the other", "msnp11-login", [("| ID: 1\n|\n|\n", "| ID: 1\n|\n|\n>>> MSG 23.5 N {len}\n| MIME-Version: 1.0\n| Content-Type: text/x-msnmsgr-datacast\n|\n| ID: 1\n|\n|\n")],
     ["datacast.rate"]),
    ("emoticon of somebody else", "msnp9-login", [('|- (hi)\t<msnobj Creator="bob@example.com" Size="13" Type="2" Location="emo3.tmp" Friendly="AAA=" SHA1D="T2XZ/+2NlbQuAj81iZmSS4KBdWs=" SHA1C="uHEI3NTbGnM9QLXqyfEU4csFbsc="', '|- (hi)\t<msnobj Creator="eve@example.com" Size="13" Type="2" Location="emo3.tmp" Friendly="AAA=" SHA1D="T2XZ/+2NlbQuAj81iZmSS4KBdWs="')],
     ["emoticon.creator"]),
    ("shortcut that nobody can type", "msnp9-login", [("|- (hi)\t<msnobj", "|- (hihihi)\t<msnobj")], ["emoticon.long"]),
    ("emoticon without shortcut", "msnp9-login", [("|- (hi)\t<msnobj", "|- \t<msnobj")], ["emoticon.broken"]),
    ("drawing that is no base64", "msnp11-login", [("|- base64:R0lGODlhAQAB", "|- base64:R0l*ODlhAQAB")], ["ink.broken"]),
    ("client-to-client notification", "msnp15-login", [(">>> UUN 20 bob@example.com 11 {len}\n|- 1 0 0 1", ">>> UUN 20 bob@example.com 1 {len}\n|- one")], ["uun.broken"]),
    # --- XML ---
    ("another first element", "msnp11-login", [("|- <Data><PSM>singing &amp; dancing</PSM><CurrentMedia></CurrentMedia></Data>", "|- <Date><PSM>singing</PSM></Date>")],
     ["xml.wrong_root"]),
    ("end tag missing", "msnp11-login", [("<PSM>be right back...</PSM>", "<PSM>be right back...")], ["xml.broken"]),
    ("bare ampersand", "msnp11-login", [("singing &amp; dancing", "singing & dancing")], ["xml.broken"]),
    ("on allow and block list", "msnp15-login", [('<c n="bob" l="3" t="1"/>', '<c n="bob" l="6" t="1"/>')], ["list.bad_value"]),
    ("on no list", "msnp15-login", [('<c n="bob" l="3" t="1"/>', '<c n="bob" l="0" t="1"/>')], ["list.bad_value"]),
    ("on the reverse list by the client", "msnp15-login", [('<c n="bob" l="3" t="1"/>', '<c n="bob" l="11" t="1"/>')], ["list.server_bits"]),
    ("on the pending list by the client", "msnp21-login", [('<c n="carol" t="1"><s l="3" n="IM"/>', '<c n="carol" t="1"><s l="19" n="IM"/>')], ["list.server_bits"]),
    ("question about two addresses", "msnp15-login", [('|- <ml><d n="yahoo.example.com"><c n="erin"/></d></ml>', '|- <ml><d n="yahoo.example.com"><c n="erin"/><c n="fred"/></d></ml>')],
     ["list.query"]),
    ("bits of no list", "msnp15-login", [('<c n="bob" l="3" t="1"/>', '<c n="bob" l="4096" t="1"/>')], ["msnp.unknown_value"]),
    ("contact without name", "msnp15-login", [('<c n="bob" l="3" t="1"/>', '<c n="" l="3" t="1"/>')], ["list.bad_value"]),
    ("too many contacts", "msnp15-login", [('<c n="bob" l="3" t="1"/>', "".join(f'<c n="b{i}" l="3" t="1"/>' for i in range(150)))], ["list.too_long"]),
    ("media without its parts", "msnp11-login", [("<CurrentMedia>\\0Music\\01\\0{0} - {1}\\0Tune\\0Band\\0Disc\\0\\0</CurrentMedia>", "<CurrentMedia>\\0Music\\01</CurrentMedia>")],
     ["presence.bad_value"]),
    ("checksum that is none", "msnp15-login", [('checksum="D9705A71BA841CB38955822E048970C3"', 'checksum="D9705A71BA841CB38955822E048970"')], ["policy.bad_value"]),
    ("notification of no site", "msnp9-login", [('siteid="0"', 'siteid="none"')], ["notification.bad_value"]),
    ("page without text", "msnp11-login", [('|- <TEXT xml:space="preserve" enc="utf-8">Are you coming?</TEXT>', "|- <PHONE pri=\"1\"></PHONE>")], ["page.bad_value"]),
    ("page that is too long", "msnp11-login", [("Are you coming?", 114 * "?")], ["page.bad_value"]),
    # --- routed payloads ---
    ("block missing", "msnp21-login", [("| Options: 0\n| Service-Channel: IM/Online\n|\n| Reliability: 1.0\n|\n", "| Options: 0\n| Service-Channel: IM/Online\n|\n")], ["routing.blocks"]),
    ("no addressee", "msnp21-login", [("| To: 1:bob@example.com\n| From: 1:alice@example.com;epid={4f6c1e2a-9b3d-4c57-8a10-2e4d6f8091a2}\n| Options: 0", "| From: 1:alice@example.com;epid={4f6c1e2a-9b3d-4c57-8a10-2e4d6f8091a2}\n| Options: 0")],
     ["routing.address"]),
    ("in another name", "msnp21-login", [("| From: 1:alice@example.com;epid={4f6c1e2a-9b3d-4c57-8a10-2e4d6f8091a2}\n| Options: 0\n| Service-Channel: IM/Online", "| From: 1:bob@example.com;epid={4f6c1e2a-9b3d-4c57-8a10-2e4d6f8091a2}\n| Options: 0\n| Service-Channel: IM/Online")],
     ["routing.sender"]),
    ("another length", "msnp21-login", [("| Content-Length: 23", "| Content-Length: 24")], ["routing.length"]),
    ("unknown kind of message", "msnp21-login", [("| Message-Type: Text\n| Content-Type: text/plain; charset=UTF-8\n| Content-Length: 23", "| Message-Type: Song\n| Content-Type: text/plain; charset=UTF-8\n| Content-Length: 23")],
     ["routing.unknown"]),
    ("no kind of message", "msnp21-login", [("| Message-Type: Text\n| Content-Type: text/plain; charset=UTF-8\n| Content-Length: 23", "| Content-Type: text/plain; charset=UTF-8\n| Content-Length: 23")],
     ["routing.body"]),
    # --- objects and peer-to-peer ---
    ("object with another SHA1C", "msnp9-login", [("SHA1C%3D%22rRn9", "SHA1C%3D%22rRn8")], ["msnobj.sha1c"]),
    ("object without Size", "msnp9-login", [("%20Size%3D%22463%22", "")], ["msnobj.broken"]),
    ("packet for nobody", "msnp9-login", [("| P2P-Dest: bob@example.com\n|\n|x 00 00 00 00 f9 68 49 00", "|\n|x 00 00 00 00 f9 68 49 00")], ["p2p.carrier", "p2p.ack_unknown"]),
    ("unknown flag", "msnp9-login", [("|x 00 00 00 00 fd 68 49 00 00 00 00 00 00 00 00 00 48 01 00 00 00 00 00 00 48 01 00 00 00 00 00 00",
                                      "|x 00 00 00 00 fd 68 49 00 00 00 00 00 00 00 00 00 48 01 00 00 00 00 00 00 48 01 00 00 00 04 00 00")], ["p2p.unknown_bits"]),
    ("packet with another length", "msnp9-login", [("|x 00 00 00 00 fd 68 49 00 00 00 00 00 00 00 00 00 48 01 00 00 00 00 00 00 48 01 00 00",
                                                    "|x 00 00 00 00 fd 68 49 00 00 00 00 00 00 00 00 00 48 01 00 00 00 00 00 00 47 01 00 00")], ["p2p.broken"]),
    ("unknown method", "msnp9-login", [("|x 7c 11 01 00 00 00 00 00 00 00 00 00 00 00 00 00 42 59 45 20", "|x 7c 11 01 00 00 00 00 00 00 00 00 00 00 00 00 00 42 59 46 20")],
     ["slp.unknown"]),
    ("length of an MSNSLP body", "msnp9-login", [("20 33 0d 0a 0d 0a 0d 0a 00 00 00 00 00\n<<< ACK 17", "20 34 0d 0a 0d 0a 0d 0a 00 00 00 00 00\n<<< ACK 17")], ["slp.broken"]),
    ("picture with a changed byte", "msnp9-login", [("|x 25 fe 00 00 00 01", "|x 26 fe 00 00 00 01")], ["object.sha1d"]),
    # --- web services ---
    ("operation that nobody described", "services.pcap", [(b"ABGroupAdd", b"ABGroupXdd")], ["soap.unknown_operation"]),
    ("XML of a service", "services.pcap", [(b"</ABGroupAddResponse>", b"</ABGroupAddResponsX>")], ["xml.broken"]),
    ("lock key", "oim.pcap", [(b'lockkey="bf240cf7ae4e54887eef0d2426aa8204"', b'lockkey="bf240cf7ae4e54887eef0d2426aa8205"')], 3 * ["oim.lock_key_wrong"]),
    ("content coding", "services.pcap", [(b"Content-Encoding: gzip", b"Content-Encoding: gz?p")], ["http.undecoded"]),
    ("sequence number of a stored message", "oim.pcap", [(b"X-OIM-Sequence-Num: 3", b"X-OIM-Sequence-Num: x")], ["oim.mail"]),
    # --- transport ---
    ("lost segment", "msnp11-login", [("<<< FLN bob@example.com\n<<< OUT", "@lose 1\n<<< FLN bob@example.com\n<<< OUT")], ["tcp.lost"]),
    # --- more of the lines ---
    ("length that is no number", "msnp11-login", [(CAROL, CAROL.replace("{len}", "12x"))],
     ["msnp.unknown_form", "msnp.bad_value", "msnp.length_absent", "msnp.skipped"]),
    ("message to the notification server", "msnp11-login",
     [(">>> PNG\n", ">>> MSG 12.5 N {len}\n| MIME-Version: 1.0\n| Content-Type: text/plain; charset=UTF-8\n|\n|- hi\n>>> PNG\n")], ["msnp.wrong_role"]),
    ("line that ends in LF", "msnp11-login", [(">>> QRY 12 PROD0090YUAUV{2B {len}", ">>> QRY 12 PROD0090YUAUV{2B 32"),
                                              ("|- 85ecb0db8f32113df79ce0892b9a102c", "|- 85ecb0db8f32113df79ce0892b9a102c\n|x 50 4e 47 0a\n<<< QNG 47")],
     ["msnp.bare_lf"]),
    ("command of versions long before", "midstream-nocookie", [("<<< QRY 32\n", "<<< QRY 32\n<<< ADD 0 RL 58 carol@example.com Carol\n")],
     ["msnp.not_in_version", "msnp.version_conflict"]),
    ("password instead of its digest", "msnp2-login", [("<<< USR 6 MD5 S 932661600.1185419201\n", "<<< USR 6 CTP S\n"), (">>> USR 6 MD5 I", ">>> USR 6 CTP I"),
                                                       (">>> USR 7 MD5 S 0802ffa766b657d32f518fb0f0438d22", ">>> USR 7 CTP S sesame")],
     ["secret.password"]),
    ("more findings than one event may have", "msnp15-login", [('<c n="bob" l="3" t="1"/>', "".join(f'<c n="b{i}" l="0" t="1"/>' for i in range(120)))],
     99 * ["list.bad_value"] + ["limit.fields"]),
    # --- more of the messages ---
    ("text of somebody on the notification server", "msnp11-login",
     [("<<< FLN bob@example.com\n<<< OUT", "<<< MSG bob@example.com Bob {len}\n| MIME-Version: 1.0\n| Content-Type: text/plain; charset=UTF-8\n|\n|- hi\n<<< FLN bob@example.com\n<<< OUT")],
     ["msg.carrier"]),
    ("profile on a switchboard", "msnp11-login", [("| Content-Type: text/x-msnmsgr-datacast\n|\n" + YAWN, "| Content-Type: text/x-msmsgsprofile; charset=UTF-8\n| LoginTime: 1112899514")],
     ["msg.carrier"]),
    ("pitch of three digits", "msnp15-login", [mood("EF=S; CO=0; CS=0; PF=222")], ["msg.format"]),
    ("family that is none", "msnp15-login", [mood("EF=S; CO=0; CS=0; PF=62")], ["msg.format"]),
    ("pitch that is none", "msnp15-login", [mood("EF=S; CO=0; CS=0; PF=23")], ["msg.format"]),
    ("direction that is none", "msnp15-login", [mood("EF=S; CO=0; CS=0; PF=22; RL=2")], ["msg.format"]),
    ("colour of seven digits", "msnp15-login", [mood("EF=S; CO=1234567; CS=0; PF=22")], ["msg.format"]),
    ("font that is not encoded", "msnp15-login", [(CHAT, CHAT.replace("Tahoma", "Tah%zzoma"))], ["msg.format"]),
    ("zero byte in a text", "msnp15-login", [("|- forget it", "|x 66 00 67")], ["msg.bad_value"]),
    ("typing notice with a body", "msnp15-login", [("| TypingUser: alice@example.com\n|\n|\n? msnp.message_type = 2", "| TypingUser: alice@example.com\n|\n| hm")], ["msg.control"]),
    ("typing notice of the client in another name", "msnp11-login", [("| TypingUser: alice@example.com", "| TypingUser: bob@example.com")], ["msg.control"]),
    ("member id that is no number", "msnp11-login", [("| MemberIdHigh: 98304", "| MemberIdHigh: x")], ["msg.bad_value"]),
    ("subject that nobody can decode", "msnp8-login", [("| Subject: =?utf-8?Q?Caf=C3=A9?=", "| Subject: =?utf-8?X?Caf=C3=A9?=")], ["msg.bad_value"]),
    ("kind of system message", "msnp5-login", [("| Type: 1\n", "| Type: x\n")], ["msg.bad_value"]),
    ("system message without kind", "msnp5-login", [("| Type: 1\n", "")], ["msg.bad_value"]),
    ("shutdown without time", "msnp5-login", [("| Arg1: 5\n", "")], ["msg.bad_value"]),
    ("list of stored messages that is none", "msnp15-login", [("| Mail-Data: too-large", "| Mail-Data: plenty")], ["oim.metadata"]),
    ("stored message of nobody", "msnp11-login", [("<E>bob@example.com</E>", "")], ["oim.metadata"]),
    ("size that is no number", "msnp11-login", [("<SZ>901</SZ>", "<SZ>x</SZ>")], ["oim.metadata"]),
    ("count that is no number", "msnp11-login", [("<IU>2</IU>", "<IU>x</IU>")], ["oim.metadata"]),
    ("time that is none", "msnp11-login", [("<RT>2005-04-07T12:00:05.353Z</RT>", "<RT>noon</RT>")], ["oim.metadata"]),
    ("too many stored messages", "msnp11-login", [(MAIL, 26 * MAIL)], ["oim.metadata", "msg.too_long"]),
    ("invitation without command", "msnp9-login", [("| Invitation-Command: INVITE\n", "")], ["invite.broken"]),
    ("invitation to nothing", "msnp9-login", [("| Application-GUID: {1DF57D09-637A-4ca5-91B9-2C3EDAAF62FE}\n", "")], ["invite.broken"]),
    ("file without name", "msnp5-login", [("| Application-File: notes.txt\n", "")], ["invite.broken"]),
    ("file without size", "msnp5-login", [("| Application-FileSize: 4096\n", "")], ["invite.broken"]),
    ("file with a path", "msnp5-login", [("| Application-File: notes.txt\n", "| Application-File: ..\\notes.txt\n")], ["invite.broken"]),
    ("port beyond all ports", "msnp7-login", [("| IP-Address: 192.0.2.10", "| IP-Address: 192.0.2.10\n| Port: 70000")], ["invite.broken"]),
    ("wink that is no object", "msnp11-login", [(YAWN, "| ID: 2\n| Data: yawns")], ["datacast.broken"]),
    ("wink without object", "msnp11-login", [(YAWN, "| ID: 2")], ["datacast.broken"]),
    ("datacast without kind", "msnp11-login", [(YAWN, "| Data: yawns")], ["datacast.broken"]),
    ("wink with an object of another kind", "p2p.pcap", [(b'Type="8"', b'Type="9"')], ["datacast.broken", "msnobj.sha1c"]),
    ("emoticon of another kind", "msnp9-login", [('Size="13" Type="2"', 'Size="13" Type="3"')], ["emoticon.broken", "msnobj.sha1c"]),
    ("drawing without its prefix", "msnp11-login", [("|- base64:R0lG", "|- R0lG")], ["ink.broken"]),
    ("drawing that is no GIF", "msnp11-login", [("|- base64:R0lGODlh", "|- base64:R1lGODlh")], ["ink.broken"]),
    ("part without a first one", "msnp11-login", [("| Chunks: 2\n", "")], ["msg.chunk", "msg.incomplete"]),
    ("part that comes twice", "msnp11-login",
     [("| Chunks: 2\n", "| Chunks: 3\n"), ("|- every word of it.\n", "|- every word of it.\n<<< MSG bob@example.com Bob {len}\n| Message-ID: {6B1D2C3F-55A0-4F7E-9D31-7C8E9FA0B1C2}\n| Chunk: 1\n|\n|- every word of it.\n")],
     ["msg.chunk", "msg.incomplete"]),
    ("message of no parts", "msnp11-login", [("| Chunks: 2\n", "| Chunks: 0\n")], ["msg.chunk", "msg.chunk", "msg.incomplete"]),
    ("message of too many parts", "msnp11-login", [("| Chunks: 2\n", "| Chunks: 99999\n")], ["msg.chunk", "msg.chunk", "msg.incomplete"]),
    ("type of a later part", "msnp11-login", [("| Chunk: 1\n", "| Content-Type: text/plain\n| Chunk: 1\n")], ["msg.part_type"]),
    ("unknown number of a message", "msnp15-login", [(">>> UUM 18 dave@yahoo.example.com 32 1", ">>> UUM 18 dave@yahoo.example.com 32 5")], ["msnp.unknown_value"]),
    ("nudge that calls itself text", "msnp15-login", [("<<< UBM dave@yahoo.example.com 32 3", "<<< UBM dave@yahoo.example.com 32 1")], ["msg.carrier"]),
    ("notification of no known kind", "msnp15-login", [(RTC, RTC.replace(" 11 ", " 77 "))], ["msnp.unknown_value"]),
    ("offer of a shared folder", "msnp13-login", [("<SNM", "<SNX")], ["uun.broken"]),
    ("word that signs nobody out", "msnp16-login", [("|- goawyplzthxbye", "|- goaway")], ["msnp.unknown_value"]),
    ("notification that is no MSNSLP", "msnp15-login", [(RTC, RTC.replace(" 11 ", " 3 "))], ["uun.broken"]),
    ("SIP that is not base64", "msnp15-login", [(RTC, RTC[:-7].replace(" 11 ", " 12 ") + '<sip e="base64" fid="1" i="7"><msg>*</msg></sip>')], ["sip.broken"]),
    ("SIP without start line", "msnp15-login", [(RTC, RTC[:-7].replace(" 11 ", " 12 ") + '<sip e="base64" fid="1" i="7"><msg>aGVsbG8=</msg></sip>')], ["sip.broken"]),
    # --- more of the XML ---
    ("domain without name", "msnp15-login", [('<d n="example.com"><c n="bob" l="3"', '<d n=""><c n="bob" l="3"')], ["list.bad_value"]),
    ("contact with an @", "msnp15-login", [('<c n="bob" l="3" t="1"/>', '<c n="bob@example.org" l="3" t="1"/>')], ["list.bad_value"]),
    ("media neither on nor off", "msnp11-login", [("Music\\01\\0{0}", "Music\\02\\0{0}")], ["presence.bad_value"]),
    ("media without what it names", "msnp11-login", [("{0} - {1}", "{0} - {7}")], ["presence.bad_value"]),
    ("capabilities that are no number", "msnp16-login", [("<Capabilities>", "<Capabilities>x")], ["msnp.bad_value"]),
    ("unknown state of an endpoint", "msnp16-login", [("<State>NLN</State>", "<State>QQQ</State>")], ["msnp.unknown_value"]),
    ("endpoint that is no GUID", "msnp16-login", [('<EndpointData id="{', '<EndpointData id="{zz')], ["presence.bad_value"]),
    ("private endpoint of somebody else", "msnp16-login",
     [("<<< UBX bob@example.com 1 {len}\n|- <Data>", '<<< UBX bob@example.com 1 {len}\n|- <Data><PrivateEndpointData id="{4f6c1e2a-9b3d-4c57-8a10-2e4d6f8091a2}"><EpName>x</EpName></PrivateEndpointData>')],
     ["presence.private"]),
    ("unknown policy", "msnp15-login", [('<Policy type="SHIELDS"', '<Policy type="NEWS"')], ["msnp.unknown_value"]),
    ("version that is no number", "msnp15-login", [('maj="7"', 'maj="x"')], ["policy.bad_value"]),
    ("expression that is not base64", "msnp11-login", [('value="LipcLnBpZiQ="', 'value="Lip*LnBpZiQ="')], ["policy.bad_value"]),
    ("notification that is too long", "msnp9-login", [("<TEXT>EXMP: +2 %</TEXT>", "<TEXT>" + 1100 * "x" + "</TEXT>")], ["notification.bad_value"]),
    ("notification of a change that is broken", "msnp11-login", [("&lt;Service&gt;ABCHInternal&lt;/Service&gt;", "&lt;Service&gt;ABCHInternal")], ["notification.bad_value"]),
    ("page in another character set", "msnp11-login", [(PAGE, PAGE.replace("utf-8", "latin1"))], ["page.bad_value"]),
    ("page of two texts", "msnp11-login", [(PAGE, PAGE + PAGE[3:])], ["page.bad_value"]),
    # --- more of the routed payloads ---
    ("length that is too short", "msnp21-login", [("| Content-Length: 84\n|\n|- <user>", "| Content-Length: 80\n|\n|- <user>")], ["routing.length", "xml.broken"]),
    ("block that nobody knows", "msnp21-login", [("| Options: 0\n| Service-Channel: IM/Online\n|\n| Reliability: 1.0\n|\n| Messaging: 2.0", "| Options: 0\n| Service-Channel: IM/Online\n|\n| Reliability: 1.0\n|\n| Chatting: 2.0")],
     ["routing.blocks", "routing.blocks"]),
    ("type that does not fit the place", "msnp21-login", [("| Uri: /user\n| Content-Type: application/user+xml\n| Content-Length: 784", "| Uri: /user\n| Content-Type: application/circles+xml\n| Content-Length: 784")],
     ["routing.body", "xml.wrong_root"]),
    ("unknown service", "msnp21-login", [('<Status>FLN</Status></s><s n="PF"', '<Status>FLN</Status></s><s n="QQ"')], ["routing.unknown"]),
    ("unknown status of somebody", "msnp21-login", [('<user><s n="IM"><Status>FLN</Status>', '<user><s n="IM"><Status>QQQ</Status>')], ["msnp.unknown_value"]),
    ("member without network", "msnp21-login", [("<user><id>1:bob@example.com</id></user>", "<user><id>x:bob@example.com</id></user>")], ["routing.body"]),
    ("group of another domain", "msnp21-login", [("2b2b00000000@live.com;path=IM", "2b2b00000000@evil.com;path=IM")], ["routing.address"]),
    ("packet beyond the body", "msnp21-login", [("| Bridging-Offsets: 0", "| Bridging-Offsets: 0,99")], ["p2p.carrier"]),
    ("packet in another queue", "msnp21-login", [(BRIDGED, BRIDGED.replace("PE", "IM/Online"))], ["p2p.carrier"]),
    # --- more of peer-to-peer ---
    ("chunk beyond its message", "msnp9-login", [("|x 3f b9 2c 00 c0 2a 8b 00 b2 04", "|x 3f b9 2c 00 c0 2a 8b 00 b3 04")], ["p2p.broken"]),
    ("chunk of a longer message", "msnp9-login", [("|x 3f b9 2c 00 c0 2a 8b 00 b2 04 00 00 00 00 00 00 1c 07", "|x 3f b9 2c 00 c0 2a 8b 00 b2 04 00 00 00 00 00 00 1d 07")],
     ["p2p.bad_chunk"]),
    ("BYE for another call", "msnp9-login", [("|x 65 71 3a 20 30 20 0d 0a 43 61 6c 6c 2d 49 44 3a 20 7b 35 45", "|x 65 71 3a 20 30 20 0d 0a 43 61 6c 6c 2d 49 44 3a 20 7b 36 45")],
     ["slp.dialogue"]),
    ("acknowledgement of nothing", "msnp9-login", [("|x fd 68 49 00 7c 11 01 00 48 01", "|x fe 68 49 00 7c 11 01 00 48 01")], ["p2p.ack_unknown"]),
    ("footer of another application", "msnp9-login", [("|x d6 57 01 00" + 19 * " 00" + " 01", "|x d6 57 01 00" + 19 * " 00" + " 02")], ["p2p.carrier"]),
    ("no data where some is announced", "msnp9-login", [("|x 00 00 00 00 c1 2a 8b 00" + 8 * " 00" + " 48 01 00 00 00 00 00 00 00 00 00 00 02", "|x 00 00 00 00 c1 2a 8b 00" + 8 * " 00" + " 48 01 00 00 00 00 00 00 00 00 00 00 00")],
     ["p2p.broken"]),
    ("unknown status of MSNSLP", "p2p.pcap", [(b"MSNSLP/1.0 200 OK", b"MSNSLP/1.0 999 OK")], 7 * ["slp.unknown"]),
    ("calls without Via", "p2p.pcap", [(b"Via: MSNSLP", b"Vib: MSNSLP")], 19 * ["slp.broken"]),
    ("session that is no number", "p2p.pcap", [(b"\nSessionID: 1", b"\nSessionID: x")], 4 * ["slp.broken"]),
    ("context that is not base64", "p2p.pcap", [(b"Context: P", b"Context: *")], 4 * ["slp.broken"]),
    ("file of an unknown version", "p2p.pcap", [context(4, struct.pack("<I", 7))], ["file.context"]),
    ("file of no bytes", "p2p.pcap", [context(8, struct.pack("<Q", 0))], ["file.context", "object.size"]),
    ("file that is longer than was said", "p2p.pcap", [context(8, struct.pack("<Q", len(mkp2p.text_file(90)) - 1))], ["object.size"]),
    ("file whose name is a path", "p2p.pcap", [context(20, "n/tes".encode("utf-16-le"))], ["file.context"]),
    ("file whose name has no end", "p2p.pcap", [context(20, ("n" * 275).encode("utf-16-le"))], ["file.context"]),
    ("nonce of another call", "p2p.pcap", [other(NONCE_1)], 2 * ["p2p.handshake"]),
    ("nonce of who connects", "p2p.pcap", [other(NONCE_2[False])], ["p2p.handshake"]),
    ("nonce of who listens", "p2p.pcap", [other(NONCE_2[True])], ["p2p.handshake"]),
    ("file of another size", "p2p.pcap", [(b"FIL 3060", b"FIL 3061")], ["object.size"]),
    ("command in the wrong place", "p2p.pcap", [(b"TFR\r\n", b"XFR\r\n")], ["msnftp.broken"]),
    ("code that is no number", "p2p.pcap", [(b"BYE 16777989", b"BYE 1677798x")], ["msnftp.broken"]),
    ("unknown code", "p2p.pcap", [(b"BYE 16777989", b"BYE 16777777")], ["msnp.unknown_value"]),
    ("guest with another cookie", "p2p.pcap", [(b"USR alice@example.com 40961", b"USR alice@example.com 40962")], ["msnftp.guest"]),
    ("guest who was not invited", "p2p.pcap", [(b"USR alice@example.com 40961", b"USR eliza@example.com 40961")], ["msnftp.guest"]),
    ("webcam without number", "p2p.pcap", [utf16("<rid>164</rid>", "<rix>164</rix>")], ["webcam.broken"]),
    ("description that is cut", "p2p.pcap", [utf16("</producer>", "</producex>")], ["webcam.broken"]),
    ("webcam that says a wrong length", "p2p.pcap", [typed("ack", 9)], 2 * ["webcam.broken"]),
    ("pictures of another codec", "p2p.pcap", [(b"ML20", b"ML21")], 2 * ["webcam.broken"]),
    ("pictures without size", "p2p.pcap", [(struct.pack("<BBHH", 24, 0, 320, 240), struct.pack("<BBHH", 24, 0, 0, 0))], 2 * ["webcam.broken"]),
    ("webcam that is opened wrongly", "p2p.pcap", [(b"recipientid=164&sessionid=7791", b"recipientid=164&sessionxx=7791")], ["webcam.broken"]),
    ("too many packets in one body", "msnp21-login", [("| Bridging-Offsets: 0", "| Bridging-Offsets: 0" + 65 * ",0")], ["p2p.limit"] + 63 * ["p2p.carrier"]),
    # --- more of the web services ---
    ("error of HTTP", "services.pcap", [(b"HTTP/1.1 200 OK\r\nServer: Microsoft-IIS/6.0\r\nContent-Type: text/xml\r\nContent-Length: 233",
                                         b"HTTP/1.1 500 OK\r\nServer: Microsoft-IIS/6.0\r\nContent-Type: text/xml\r\nContent-Length: 233")], ["http.error_status"]),
    ("operation that is refused", "services.pcap", [(b'<ABContactDeleteResponse xmlns="http://www.msn.com/webservices/AddressBook"></ABContactDeleteResponse>',
                                                     b"<soap:Fault><faultcode>soap:Client</faultcode></soap:Fault>".ljust(102))], ["soap.fault"]),
    ("sign-in that is refused", "services.pcap", [(b"Authentication-Info: ", b"WWW-Authenticate:    ")], ["passport.failed"]),
    ("answer that ends early", "services.pcap", [(b"Content-Length: 5205\r\n", b"Content-Length: 5212\r\n")], ["http.incomplete"]),
    ("answer of which bytes are lost", "services.pcap", [drop_packet], ["http.lost", "xml.broken"]),
    ("unknown character set", "oim.pcap", [(b'charset="iso-8859-1"', b'charset="iso-9999-1"')], ["oim.charset"]),
    ("another number of a message", "oim.pcap", [(b"<MessageNumber>3<", b"<MessageNumber>7<")], ["oim.number"]),
    ("lock key of an unknown product", "oim.pcap", [(b"PROD0119GSJUC$18", b"PROD9999GSJUC$18")], 3 * ["oim.lock_key_unknown"]),
    # --- the gateway ---
    ("exchange that is lost", "gateway-msnp9.gateway", [("@send SB1 c\n>>> CAL 2 bob", "@send SB1 c lost\n>>> CAL 2 bob")], 3 * ["gateway.lost"]),
    ("request that is sent twice", "gateway-msnp9.gateway", [("@tcp c ", "@tcp e 192.0.2.10:1309 203.0.113.44:80\n@tcp c "), ("@send SB1 c\n>>> CAL 2 bob", "@send SB1 c again=e\n>>> CAL 2 bob")],
     ["gateway.unanswered", "gateway.repeated"]),
    ("error of the gateway", "gateway-msnp9.gateway", [("@send NS a\n@close a server", "@send NS a status=400\n>>> PNG\n@close a server")], ["gateway.error"]),
    ("request behind the end", "gateway-msnp9.gateway", [("@send SB1 c close\n>>> OUT\n", "@send SB1 c close\n>>> OUT\n@send SB1 c\n>>> PNG\n")], ["gateway.after_close"]),
    # --- more of the transport ---
    ("another copy of a segment", "msnp11-login", [resend], ["tcp.overlap_conflict"]),
    ("wrong checksum", "msnp11-login", [spoil_checksum], ["tcp.bad_checksum"], "--verify-checksums"),
    ("segment that is cut", "msnp11-login", [cut_packet], ["tcp.cut_segment", "tcp.lost", "msnp.skipped"]),
    # --- TLS ---
    tls("session that is not in the key log", flip(0, 11), ["tls.not_decrypted"]),
    tls("handshake that does not fit the secret", flip(3), ["tls.wrong_secret"]),
    tls("record that is changed on the way", flip(5), ["tls.bad_record"]),
    tls("cipher suite that OpenSSL has not", (b"\x00\x9e\x00\x00", b"\xc0\x7c\x00\x00"), ["tls.unsupported"]),
    tls("record that is lost", drop_data(5), ["tls.lost"]),
    tls("record of no known type", flip(5, 0, 0x40), ["tls.broken"]),
    tls("certificate that is no DER", flip(1, 77), ["tls.bad_certificate"]),
]
