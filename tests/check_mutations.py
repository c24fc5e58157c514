#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""One violation each: samples are changed in one place, and `msnscope check` must report that and nothing else; TAP.

A row of MUTATIONS: name, sample, changes, rules. A change is a pair of texts: in the dialogue of the sample the first one,
which must be there, is replaced by the second; of a sample without dialogue (NAME.pcap) bytes are replaced by as many
others, in the whole file. Transaction ids are those of the dialogue; 12.5 is between 12 and 13. rules are the ids of the findings that the changed capture has more than the sample, in their
order; a violation that stands twice on the wire (what one client sends, another is sent) is found twice.
"""
import collections
import os
import re
import sys

import support
from check_rules import findings
from support import require

sys.path.insert(0, os.path.join(support.SRCDIR, "samples"))
sys.dont_write_bytecode = True
import mkpcap  # noqa: E402

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
    ("line that is too long", "msnp11-login", [("<<< FLN bob@example.com\n<<< OUT", "<<< FLN " + 17000 * "b" + "\n<<< OUT")], ["msnp.skipped"]),
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
]


def path_of(sample):
    return os.path.join(support.SRCDIR, "samples", sample if sample.endswith(".pcap") else sample + ".dialogue")


def change(data, changes, same_length):
    for old, new in changes:
        require(old in data, f"the sample does not hold {old!r}")
        require(not same_length or len(old) == len(new), "bytes of another number")
        data = data.replace(old, new) if same_length else data.replace(old, new, 1)
    return data


TRID = re.compile(r"^(>>>|<<<) (?!QNG|RNG|LSG|LST|BPR)(\w{3}) (\d+(?:\.\d)?)(?= |$)", re.MULTILINE)


def tenfold(text):
    """Transaction ids of a dialogue times ten, so that there is room between them: 12.5 becomes 125. Without what is expected."""
    text = re.sub(r"^\?.*\n", "", text, flags=re.MULTILINE)
    return TRID.sub(lambda m: f"{m[1]} {m[2]} {round(float(m[3]) * 10)}", text)


def capture_of(sample, changes=()):
    """The bytes of a capture."""
    if sample.endswith(".pcap"):
        return change(support.read_bytes(path_of(sample)), changes, True)
    with open(path_of(sample), encoding="utf-8", newline="") as f:
        text = change(f.read(), changes, False)
    return mkpcap.Capture(mkpcap.parse(tenfold(text), sample), sample).pcap()


def rules_of(capture):
    return collections.Counter(f["rule"] for f in findings("-", data=capture, status=(0, 1, 3)))


def mutate(sample, changes, rules, known):
    if sample not in known:
        known[sample] = rules_of(capture_of(sample))
    got = rules_of(capture_of(sample, changes))
    got.subtract(known[sample])
    more = sorted((rule, n) for rule, n in got.items() if n)
    require(more == sorted(collections.Counter(rules).items()), f"found {more}")


def main():
    tap, known = support.Tap(), {}
    for name, sample, changes, rules in MUTATIONS:
        tap.case(f"{sample}: {name}: {' '.join(rules)}", mutate, sample, changes, rules, known)
    kinds = {rule for row in MUTATIONS for rule in row[3]}
    tap.report(f"{len(MUTATIONS)} mutations find {len(kinds)} rules", None if len(MUTATIONS) >= 60 else "fewer than 60")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
