#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write oim.pcap: offline messages over their whole life, the web services in plain HTTP.

usage: mkoim.py [PCAP]     default: oim.pcap beside this script
       mkoim.py --check    is the committed capture up to date?

Bob sends two messages while Alice is away: the service asks for a lock key, Bob's client repeats the call. Alice signs in,
is told of three messages, fetches and deletes them; the third is from a telephone. Another message comes in while she
appears offline; she does not fetch it. Dave has so many messages that the notice is too large: his client asks for the
list, and fetches one message, which the service has no more. The output depends on this file and mkpcap.py alone.
"""
import base64
import datetime
import sys
from xml.sax.saxutils import escape, quoteattr

import mkpcap

START = "2008-03-04T18:05:00Z"
PRODUCT = "PROD0119GSJUC$18"
CHALLENGE = "1487265390"
RUN = "{5C0A6E14-93B2-4F0E-8D57-21B6C4A9E3F8}"
TICKET = "t=EwDoAW+jAAAUkziuZjm/9Zr0pFv1c2Bqx3sYd0wAAJ8J2hX&p="
LUNCH = "1A2B3C4D-0001-4F00-8000-00000000A001"
KEYS = "1A2B3C4D-0002-4F00-8000-00000000A002"
PHONE = "1A2B3C4D-0003-4F00-8000-00000000A003"
LATE = "1A2B3C4D-0004-4F00-8000-00000000A004"
OIM = 'xmlns="http://messenger.msn.com/ws/2004/09/oim/"'
RSI = "http://www.hotmail.msn.com/ws/2004/09/oim/rsi"


class Raw(mkpcap.Command):
    """Bytes of one side that are no command: an HTTP message."""

    def __init__(self, conn, client, data):
        super().__init__(conn, client, "", 0)
        self.data = data

    def wire(self):
        return self.data


def command(conn, client, line, payload=None):
    c = mkpcap.Command(conn, client, line if payload is None else f"{line} {{len}}", 0)
    c.parts = [payload.encode()] if payload else []
    return c


def directive(name, *args):
    return mkpcap.Directive(name, list(args), 0)


# ------------------------------------------------------------------ web services

def http(conn, host, path, action, request, response, status="200 OK"):
    """One exchange; the bodies stand in SOAP envelopes."""
    head = (f"POST {path} HTTP/1.1\r\nSOAPAction: \"{action}\"\r\nContent-Type: text/xml; charset=utf-8\r\n"
            f"User-Agent: MSN Explorer/9.0 (MSN 8.0; TmstmpExt)\r\nHost: {host}\r\nContent-Length: %d\r\n"
            "Connection: Keep-Alive\r\nCache-Control: no-cache\r\n\r\n")
    answer = (f"HTTP/1.1 {status}\r\nServer: Microsoft-IIS/6.0\r\nCache-Control: private, max-age=0\r\n"
              "Content-Type: text/xml; charset=utf-8\r\nContent-Length: %d\r\n\r\n")
    out = []
    for client, lines, body in ((True, head, request), (False, answer, response)):
        data = ('<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
                + body + "</soap:Envelope>").encode()
        out.append(Raw(conn, client, (lines % len(data)).encode() + data))
    return out


def content(text, number):
    return ("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n"
            f"X-OIM-Message-Type: OfflineMessage\r\nX-OIM-Run-Id: {RUN}\r\nX-OIM-Sequence-Num: {number}\r\n\r\n"
            + base64.b64encode(text.encode()).decode() + "\r\n")


def store(to, text, number, key, response, status="200 OK"):
    request = (f"<soap:Header><From memberName=\"bob@example.com\" friendlyName=\"=?utf-8?B?Qm9iIPCfkrs=?=\" xml:lang=\"en-US\""
               f" proxy=\"MSNMSGR\" {OIM} msnpVer=\"MSNP15\" buildVer=\"8.5.1302\"/><To memberName={quoteattr(to)} {OIM}/>"
               f"<Ticket passport={quoteattr(TICKET)} appid=\"{PRODUCT}\" lockkey=\"{key}\" {OIM}/>"
               "<Sequence xmlns=\"http://schemas.xmlsoap.org/ws/2003/03/rm\"><Identifier "
               "xmlns=\"http://schemas.xmlsoap.org/ws/2002/07/utility\">http://messenger.msn.com</Identifier>"
               f"<MessageNumber>{number}</MessageNumber></Sequence></soap:Header><soap:Body><MessageType {OIM}>text"
               f"</MessageType><Content {OIM}>{content(text, number)}</Content></soap:Body>")
    return http("OWS", "ows.messenger.msn.com", "/OimWS/oim.asmx", "http://messenger.live.com/ws/2006/09/oim/Store2",
                request, response, status)


def fault(code, text, detail=""):
    return ("<soap:Body><soap:Fault><faultcode xmlns:q0=\"http://messenger.msn.com/ws/2004/09/oim/\">"
            f"{code}</faultcode><faultstring>{text}</faultstring>{detail}</soap:Fault></soap:Body>")


def lock_key():
    detail = ("<detail><TweenerChallenge xmlns=\"http://messenger.msn.com/ws/2004/09/oim/\">lc=1033,id=507"
              f"</TweenerChallenge><LockKeyChallenge {OIM}>{CHALLENGE}</LockKeyChallenge></detail>")
    return fault("q0:AuthenticationFailed", "Exception of type 'System.Web.Services.Protocols.SoapException' was thrown.",
                 detail)


def stored(number):
    return ("<soap:Header><SequenceAcknowledgment xmlns=\"http://schemas.xmlsoap.org/ws/2003/03/rm\"><Identifier "
            "xmlns=\"http://schemas.xmlsoap.org/ws/2002/07/utility\">http://messenger.msn.com</Identifier>"
            f"<AcknowledgmentRange Upper=\"{number}\" Lower=\"{number}\"/></SequenceAcknowledgment></soap:Header><soap:Body>"
            f"<StoreResponse {OIM}><PointsConsumed>0</PointsConsumed></StoreResponse></soap:Body>")


def rsi(conn, operation, request, response, status="200 OK"):
    header = f"<soap:Header><PassportCookie xmlns=\"{RSI}\"><t>EwBQAoRSIticketOf{conn}</t><p></p></PassportCookie></soap:Header>"
    body = f"<soap:Body><{operation} xmlns=\"{RSI}\">{request}</{operation}></soap:Body>"
    return http(conn, "rsi.hotmail.com", "/rsi/rsi.asmx", f"{RSI}/{operation}", header + body, response, status)


def answer(operation, inner):
    return f"<soap:Body><{operation}Response xmlns=\"{RSI}\">{inner}</{operation}Response></soap:Body>"


def filetime(time):
    ticks = round((time - datetime.datetime(1601, 1, 1)).total_seconds() * 1000) * 10000
    return f"{ticks & 0xFFFFFFFF:08X}:{ticks >> 32:08X}"


def mail(seconds, sender, to, origin, body, extra):
    """A stored message that came that long after START."""
    time = datetime.datetime.strptime(START, "%Y-%m-%dT%H:%M:%SZ") + datetime.timedelta(seconds=seconds)
    local = time - datetime.timedelta(hours=8)
    return (f"X-Message-Info: R00BdL5giqoKyS3xm9AXK1Q3Nv3vXo2u\r\nReceived: from relay.example.com ([203.0.113.55]) by "
            f"store.example.com with SMTP;\r\n\t {local:%a, %d %b %Y %H:%M:%S} -0800\r\nFrom: {sender}\r\nTo: {to}\r\n"
            f"Subject: \r\nX-OIM-originatingSource: {origin}\r\nX-OIMProxy: MSNMSGR\r\nMIME-Version: 1.0\r\n{extra}"
            "X-OIM-Message-Type: OfflineMessage\r\n"
            f"Message-ID: <STORE{seconds:05d}x0001@store.example.com>\r\nX-OriginalArrivalTime: {time:%d %b %Y %H:%M:%S}.0000 "
            f"(UTC) FILETIME=[{filetime(time)}]\r\nDate: {local:%d %b %Y %H:%M:%S} -0800\r\n"
            f"Return-Path: ndr@oim.example.com\r\n\r\n{body}")


def bobs_mail(seconds, text, number):
    extra = ("Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n"
             f"X-OIM-Run-Id: {RUN}\r\nX-OIM-Sequence-Num: {number}\r\n")
    return mail(seconds, "=?utf-8?B?Qm9iIPCfkrs=?= <bob@example.com>", "alice@example.com", "192.0.2.20",
                base64.b64encode(text.encode()).decode(), extra)


def telephone_mail():
    body = ("\r\n--=_oim\r\nContent-Type: text/plain; charset=\"iso-8859-1\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            "At the caf=E9 =\r\nnow\r\n--=_oim\r\nContent-Type: application/vnd.ms-msnipg\r\n\r\n1\r\n--=_oim--\r\n")
    return mail(-3600, "=?iso-8859-1?Q?Ren=E9e?=", "alice@example.com", "tel:+15550100", body,
                "Content-Type: multipart/mixed; boundary=\"=_oim\"\r\n")


def got(text):
    return answer("GetMessage", f"<GetMessageResult>{escape(text)}</GetMessageResult>")


def fetch(conn, guid, response, status="200 OK"):
    return rsi(conn, "GetMessage", f"<messageId>{guid}</messageId><alsoMarkAsRead>false</alsoMarkAsRead>", response, status)


# ------------------------------------------------------------------ notification server

def waiting(guid, seconds, sender, name, size, folder="00000000-0000-0000-0000-000000000009"):
    time = datetime.datetime.strptime(START, "%Y-%m-%dT%H:%M:%SZ") + datetime.timedelta(seconds=seconds or 0)
    received = f"<RT>{time:%Y-%m-%dT%H:%M:%S}.000Z</RT>" if seconds is not None else ""
    return (f"<M><T>11</T><S>6</S>{received}<RS>0</RS><SZ>{size}</SZ><E>{sender}</E><I>{guid}</I><F>{folder}</F>"
            f"<N>{name}</N></M>")


def metadata(messages, inbox="<E><I>4</I><IU>1</IU><O>0</O><OU>0</OU></E><Q><QTM>409600</QTM><QNM>204800</QNM></Q>"):
    return f"<MD>{inbox}{messages}</MD>"


def notice(conn, kind, *lines):
    text = "".join(line + "\r\n" for line in ("MIME-Version: 1.0", f"Content-Type: text/x-msmsgs{kind}; charset=UTF-8", "",
                                              *lines))
    return command(conn, False, "MSG Hotmail Hotmail", text)


def sign_in(conn, account):
    return [command(conn, True, "VER 1 MSNP15 CVR0"), command(conn, False, "VER 1 MSNP15"),
            command(conn, True, f"CVR 2 0x0409 winnt 6.0.0 i386 MSNMSGR 8.5.1302 msmsgs {account}"),
            command(conn, False, "CVR 2 8.5.1302 8.5.1302 8.0.0812 http://messenger.example.com/setup.exe "
                                 "http://messenger.example.com"),
            command(conn, True, f"USR 3 SSO I {account}"),
            command(conn, False, "USR 3 SSO S MBI_KEY_OLD 8ZyrfoE9XZGvXA8kgHyXj1WKzyrcLlXxDYtl8S0rRmL5YEYAXcAKXXcoPi9kmDGi"),
            command(conn, True, "USR 4 SSO S t=EwCoAnotATicketOf" + conn + "&p= HAAAAAEAAAADZgAABIAAAAgAAAAUAAAASAAAAA=="),
            command(conn, False, f"USR 4 OK {account} 1 0")]


# ------------------------------------------------------------------ the story

def bob():
    key = mkpcap.answer_new(CHALLENGE, PRODUCT, mkpcap.PRODUCT_KEYS[PRODUCT])
    lunch, keys = "lunch tomorrow? \N{SLICE OF PIZZA}", "and bring the keys, please"
    return [directive("conn", "OWS", "192.0.2.20:3301", "203.0.113.40:80"),
            *store("alice@example.com", lunch, 1, "", lock_key(), "500 Internal Server Error"),
            *store("alice@example.com", lunch, 1, key, stored(1)), directive("at", "+8"),
            *store("alice@example.com", keys, 2, key, stored(2)), directive("at", "+5"),
            *store("nobody@example.com", "are you there?", 3, key,
                   fault("q0:SystemUnavailable", "the recipient is not available"), "500 Internal Server Error"),
            directive("close", "OWS", "client")], lunch, keys


def alice(lunch, keys):
    bobs_name = "=?utf-8?B?Qm9iIPCfkrs=?="
    messages = (waiting(PHONE, -3600, "tel:+15550100", "=?iso-8859-1?Q?Ren=E9e?=", 1104)
                + waiting(LUNCH, 1, "bob@example.com", bobs_name, 1012) + waiting(KEYS, 9, "bob@example.com", bobs_name, 1008))
    ids = "".join(f"<messageId>{guid}</messageId>" for guid in (PHONE, LUNCH, KEYS))
    return [directive("conn", "NS", "192.0.2.10:3110", "198.51.100.20:1863", "ns"), *sign_in("NS", "alice@example.com"),
            notice("NS", "initialmdatanotification", f"Mail-Data: {metadata(messages)}", "Inbox-URL: /cgi-bin/HoTMaiL",
                   "Folders-URL: /cgi-bin/folders", "Post-URL: http://mail.example.com"),
            command("NS", True, "CHG 5 HDN 0"), command("NS", False, "CHG 5 HDN 0"),
            directive("conn", "AliceRSI", "192.0.2.10:3111", "203.0.113.41:80"),
            *fetch("AliceRSI", PHONE, got(telephone_mail())), *fetch("AliceRSI", LUNCH, got(bobs_mail(1, lunch, 1))),
            *fetch("AliceRSI", KEYS, got(bobs_mail(9, keys, 2))), directive("at", "+2"),
            *rsi("AliceRSI", "DeleteMessages", f"<messageIds>{ids}</messageIds>", answer("DeleteMessages", "")),
            directive("conn", "NS"),
            notice("NS", "activemailnotification", "Src-Folder: .!!OIM", "Dest-Folder: .!!trAsH", "Message-Delta: 3"),
            directive("at", "+20"),
            notice("NS", "oimnotification", "Mail-Data: " + metadata(
                waiting(LATE, None, "carol@example.com", "=?utf-8?B?Q2Fyb2w= ?=", 970, ".!!OIM"), inbox="")),
            directive("close", "AliceRSI", "server")]


def dave():
    guids = [f"1A2B3C4D-{n:04d}-4F00-8000-00000000D{n:03d}" for n in range(101, 127)]
    every = "".join(waiting(guid, -86400 + 60 * n, "carol@example.com", "=?utf-8?B?Q2Fyb2w=?=", 900 + n)
                    for n, guid in enumerate(guids))
    return [directive("conn", "NS2", "192.0.2.40:3400", "198.51.100.20:1863", "ns"), *sign_in("NS2", "dave@example.com"),
            notice("NS2", "initialmdatanotification", "Mail-Data: too-large"),
            directive("conn", "DaveRSI", "192.0.2.40:3401", "203.0.113.41:80"),
            *rsi("DaveRSI", "GetMetadata", "", answer("GetMetadata", metadata(every))),
            *fetch("DaveRSI", guids[0], fault("soap:Client", "Schema validation error"), "500 Internal Server Error"),
            directive("close", "DaveRSI", "client")]


def capture():
    sent, lunch, keys = bob()
    steps = [directive("start", START), *sent, directive("at", "+90"), *alice(lunch, keys), directive("at", "+30"), *dave()]
    return mkpcap.Capture(steps, "oim").pcap()


if __name__ == "__main__":
    sys.exit(mkpcap.write_one(__file__, capture, sys.argv[1:], __doc__))
