#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write services.pcap: the web services beside MSNP, in plain HTTP.

usage: mkservices.py [PCAP]     default: services.pcap beside this script
       mkservices.py --check    is the committed capture up to date?

Carol has a client of 2003: tabs, a text advertisement, the configuration by GET, Passport sign-in, at first with a wrong
password. Bob has one of 2008 (RST, address book and lists as they were then, the profile), Alice one of 2009 (RST2, circles,
What's New, the directory). One answer comes in chunks, one gzip-coded, one holds a bare ampersand, one is cut. The output
depends on this file, mkpcap.py and mkgateway.py alone.
"""
import base64
import struct
import sys
import zlib
from xml.sax.saxutils import escape

import mkgateway
import mkpcap

START = "2009-06-01T17:20:00Z"
AB = "http://www.msn.com/webservices/AddressBook"
STORAGE = "http://www.msn.com/webservices/storage/w10"
SPACES = "http://www.msn.com/webservices/spaces/v1"
CLIENT = "http://www.msn.com/webservices/Messenger/Client"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
OWN = "00000000-0000-0000-0000-000000000000"
DAVE, ERIN = "33333333-4444-4555-8666-777777777777", "5a0c7d1e-2b63-4f08-9c41-0d2e6f7a8b90"
MADE = "6b1d8e2f-3c74-4a19-8d52-1e3f708b9ca1"
FRIENDS, WORK = "8f21c3d4-0a5b-4c6d-9e7f-102132435465", "a1b2c3d4-1111-4222-8333-444455556666"
CIRCLE = "00000000-0000-0000-0009-4b1ec0de0042"
MESSENGER_GROUP = "C8529CE2-6EAD-434d-881F-341E17DB3FF8"
ALICE_CID, BOB_CID, DAVE_CID, ERIN_CID = "1234567890123456789", "-2345678901234567890", "3456789012345678901", "4567890123456789012"
NEVER = "0001-01-01T00:00:00.0000000-08:00"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")


class Raw(mkpcap.Command):
    """Bytes of one side that are no command: an HTTP message."""

    def __init__(self, conn, client, data):
        super().__init__(conn, client, "", 0)
        self.data = data

    def wire(self):
        return self.data


def directive(name, *args):
    return mkpcap.Directive(name, list(args), 0)


# ------------------------------------------------------------------ HTTP and SOAP

def el(name, *inner, **attributes):
    """An element; what stands in it is XML already."""
    head = name + "".join(f' {key.replace("_", ":")}="{value}"' for key, value in attributes.items())
    return f"<{head}>{''.join(inner)}</{name.split()[0]}>" if inner else f"<{head}/>"


def els(**texts):
    """Elements that hold a text each."""
    return "".join(el(name, escape(str(text))) for name, text in texts.items())


def envelope(header, body, space=SOAP11):
    return ('<?xml version="1.0" encoding="utf-8"?>' + el(f'soap:Envelope xmlns:soap="{space}" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
            el("soap:Header", header) if header else "", el("soap:Body", body)))


def coded(lines, body, coding):
    if coding == "gzip":
        body = mkgateway.gzip_of(body)
        lines.append("Content-Encoding: gzip")
    if coding == "chunked":
        cuts = [body[i:i + 400] for i in range(0, len(body), 400)]
        lines.append("Transfer-Encoding: chunked")
        return b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in cuts) + b"0\r\n\r\n"
    lines.append(f"Content-Length: {len(body)}")
    return body


def message(conn, client, lines, body, coding=None):
    body = coded(lines, body.encode(), coding)
    return Raw(conn, client, "".join(line + "\r\n" for line in [*lines, ""]).encode() + body)


class Talker:
    """A client on one connection."""

    def __init__(self, conn, host, agent):
        self.conn, self.host, self.agent = conn, host, agent

    def get(self, target, response, *headers, status="200 OK", kind="text/xml", answer=(), coding=None):
        lines = [f"GET {target} HTTP/1.1", *headers, f"User-Agent: {self.agent}", f"Host: {self.host}",
                 "Connection: Keep-Alive", "Cache-Control: no-cache"]
        return [Raw(self.conn, True, "".join(line + "\r\n" for line in [*lines, ""]).encode()),
                message(self.conn, False, [f"HTTP/1.1 {status}", "Server: Microsoft-IIS/6.0", *answer,
                                           f"Content-Type: {kind}"], response, coding)]

    def post(self, path, action, request, response, status="200 OK", coding=None, kind="text/xml"):
        lines = [f"POST {path} HTTP/1.1", *([f'SOAPAction: "{action}"'] if action else []),
                 f"Content-Type: {kind}; charset=utf-8", f"User-Agent: {self.agent}", f"Host: {self.host}"]
        rest = ["Connection: Keep-Alive", "Cache-Control: no-cache"]
        return [message(self.conn, True, lines + rest, request),
                message(self.conn, False, [f"HTTP/1.1 {status}", "Server: Microsoft-IIS/6.0", "Cache-Control: private, max-age=0",
                                           f"Content-Type: {kind}; charset=utf-8"], response, coding)]


# ------------------------------------------------------------------ Carol, 2003: configuration, Passport 1.4

TABS = el("msntabdata", el("tab", els(name="Stocks", contenturl="http://stocks.example.com/tab", tooltip="Stocks & shares")),
          el("tab", els(name="Weather", contenturl="http://weather.example.com/tab")))
ADVERT = el("TEXTAD", els(adtext="Autumn tyres, half price", hiturl="http://ads.example.com/click?id=7&c=2", tab="0", ct="1",
                          flag="0"))
BROKEN_ADVERT = ("<TEXTAD><adtext>Bed & breakfast by the sea</adtext><hiturl>http://ads.example.com/click?id=8</hiturl>"
              "<tab>0</tab></TEXTAD>")


def configuration(market, ab):
    return el("MsgrConfig", el("Config", els(ExpiresInDays="7"), el("P2PConfig", el("ObjectStore", els(SendDelay="0"))),
                               el("TrustedDomains", '<domain name="example.com"/><domain name="example.net"/>')),
              el("TabConfig", el("msntabsettings", els(oemtotal="1")),
                 el("msntabdata", el("tab", els(type="page", contenturl="http://weather.example.com/tab", name="Weather")))),
              el("AbchCfg", el("abchconfig", els(url=ab))) if ab else "",
              el("LocalizedConfig", el("AdMainConfig", els(
                  TextAdRefresh="1", TextAdServer="http://config.example.com/etc/text-ad-service")),
                 el("AppDirConfig", els(AppDirPageURL="http://appdirectory.example.com/page")),
                 el("MsnTodayConfig", els(MsnTodayURL="http://today.example.com/")), Market=market))


def passport(challenge, password):
    return (f"Authorization: Passport1.4 OrgVerb=GET,OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom,sign-in=carol%40example.com,"
            f"pwd={password},{challenge}")


def carol():
    agent = "MSMSGS"
    config = Talker("Config", "config.example.com", agent)
    nexus = Talker("Nexus", "nexus.example.com", agent)
    login = Talker("Login", "login.example.com", agent)
    challenge = "lc=1033,id=507,tw=40,fs=1,ru=http%3A%2F%2Fmessenger%2Emsn%2Ecom,ct=1243876802,kpp=1,kv=5,ver=2.1.0173.1,tpf=0c1f"
    urls = ("DARealm=Passport.Net,DALogin=login.example.com/login2.srf,DAReg=https://register.example.com/default.srf,"
            "Properties=https://register.example.com/editprof.srf,Privacy=https://www.example.com/privacy.asp,"
            "GeneralRedir=http://nexus.example.com/redir.asp,Help=http://www.example.com/help.asp,ConfigVersion=11")
    failed = ("WWW-Authenticate: Passport1.4 da-status=failed,srealm=Passport.NET,ts=-3,prompt,cburl=http://www.example.com/logo.gif,"
              "cbtxt=The%20e-mail%20address%20or%20password%20is%20incorrect")
    ticket = "t=7carolTicket41Blue93Kettle&p=7carolProfile52Green18Lamp"
    cookies = ["Set-Cookie: MSPAuth=7carolAuth64Cookie85Spoon; path=/; domain=.example.com; HTTPOnly",
               "Set-Cookie: MSPProf=7carolProf21Cookie37Fork; path=/; domain=.example.com"]
    return [directive("conn", "Config", "192.0.2.30:2101", "203.0.113.60:80"),
            *config.get("/svcs/mms/tabs.asp?plcid=0409&clcid=0409&country=US&clientver=5.0.0544", TABS),
            *config.get("/Config/MsgrConfig.asmx?op=GetClientConfig&Country=US&CLCID=0409&PLCID=0409&GeoID=f4&ver=6.0.0602",
                        configuration("en-us", "")),
            *config.get("/etc/text-ad-service", ADVERT), *config.get("/etc/text-ad-service", BROKEN_ADVERT),
            directive("close", "Config", "client"), directive("at", "+2"),
            directive("conn", "Nexus", "192.0.2.30:2102", "203.0.113.61:80"),
            *nexus.get("/rdr/pprdr.asp", "", kind="text/html", answer=[f"PassportURLs: {urls}"]),
            directive("conn", "Login", "192.0.2.30:2103", "203.0.113.62:80"),
            *login.get("/login2.srf", "", passport(challenge, "wrong7Umbrella"), status="401 Unauthorized", kind="text/html",
                       answer=["PPServer: H: LAW01", failed]), directive("at", "+15"),
            *login.get("/login2.srf", "", passport(challenge, "right7Teapot"), kind="text/html",
                       answer=["PPServer: H: LAW01", f"Authentication-Info: Passport1.4 da-status=success,tname=MSPAuth,"
                               f"tname=MSPProf,tname=MSPSec,from-PP='{ticket}',ru=http://messenger.msn.com", *cookies]),
            directive("close", "Login", "client"), directive("close", "Nexus", "server")]


# ------------------------------------------------------------------ security tokens

PPCRL = "http://schemas.microsoft.com/Passport/SoapServices/PPCRL"
FIRST = {"wsse": "http://schemas.xmlsoap.org/ws/2003/06/secext", "wsp": "http://schemas.xmlsoap.org/ws/2002/12/policy",
         "wsa": "http://schemas.xmlsoap.org/ws/2004/03/addressing", "wst": "http://schemas.xmlsoap.org/ws/2004/04/trust"}
SECOND = {"wsse": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
          "wsp": "http://schemas.xmlsoap.org/ws/2004/09/policy", "wsa": "http://www.w3.org/2005/08/addressing",
          "wst": "http://schemas.xmlsoap.org/ws/2005/02/trust"}
COMMON = {"wsu": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
          "ps": PPCRL, "psf": "http://schemas.microsoft.com/Passport/SoapServices/SOAPFault"}
SITES = [("http://Passport.NET/tb", None), ("messengerclear.live.com", "MBI_KEY_OLD"), ("messenger.msn.com", "?id=507"),
         ("contacts.msn.com", "MBI"), ("storage.msn.com", "MBI"), ("messengersecure.live.com", "MBI_SSL")]


def names(spaces):
    return " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in {**spaces, **COMMON}.items())


def token_envelope(second, header, body):
    space = SOAP12 if second else SOAP11
    spaces = names(SECOND if second else FIRST)
    return f'<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="{space}" {spaces}>{header}{body}</S:Envelope>'


def params(**pairs):
    words = b"".join(struct.pack("<I", len(w)) + w.encode() for pair in pairs.items() for w in pair)
    return base64.b64encode(struct.pack("<I", len(pairs)) + words).decode()


def applies(site):
    return el("wsp:AppliesTo", el("wsa:EndpointReference", el("wsa:Address", site)))


def ask_for_tokens(second, account, password, sites):
    policy = "wsp:PolicyReference" if second else "wsse:PolicyReference"
    trust = (SECOND if second else FIRST)["wst"]
    head = ""
    if second:
        head = (el("wsa:Action", f"{trust}/RST/Issue", S_mustUnderstand="1")
                + el("wsa:To", "http://login.example.com:80/RST2.srf", S_mustUnderstand="1") + el("wsa:MessageID", "1243876879"))
    head += el("ps:AuthInfo", els(**{"ps:HostingApp": "{7108E71A-9926-4FCB-BCC9-9A9D3F32E423}", "ps:BinaryVersion": 5 if second else 4,
                                     "ps:UIVersion": 1}), "<ps:Cookies/>", el("ps:RequestParams", params(lc="1033")), Id="PPAuthInfo")
    head += el("wsse:Security", el("wsse:UsernameToken", els(**{"wsse:Username": account, "wsse:Password": password}), Id="user"),
               el("wsu:Timestamp", els(**{"wsu:Created": "2009-06-01T17:21:19Z", "wsu:Expires": "2009-06-01T17:26:19Z"}),
                  Id="Timestamp") if second else "")
    asked = "".join(el("wst:RequestSecurityToken", el("wst:RequestType", f"{trust}/Issue"), applies(site),
                       f'<{policy} URI="{uri}"/>' if uri else "", Id=f"RST{n}") for n, (site, uri) in enumerate(sites))
    return token_envelope(second, el("S:Header", head), el("S:Body", el("ps:RequestMultipleSecurityTokens", asked, Id="RSTS")))


def account_header(second, puid, account, cid, first, last, time):
    properties = "".join(el("psf:credProperty", value, Name=name) for name, value in (
        ("MainBrandID", "MSFT"), ("IsWinLiveUser", "true"), ("CID", cid), ("AuthMembername", account), ("Country", "US"),
        ("Language", "1033"), ("FirstName", first), ("LastName", last), ("ChildFlags", "00000001"), ("Flags", "40100643")))
    return el("S:Header", el("psf:pp", el("psf:serverVersion", "1"), el("psf:PUID", puid), el("psf:configVersion", "5.0.20130.0"),
                             el("psf:uiVersion", "3.100.2179.0"), el("psf:mobileConfigVersion", "6.0.7232.0") if second else "",
                             el("psf:authstate", "0x48803"), el("psf:reqstatus", "0x0"),
                             el("psf:serverInfo", "BAYPPLOGN2B12 2009.05.12.14.02.11", Path="Live1", RollingUpgradeState="ExclusiveNew",
                                LocVersion="0", ServerTime=time),
                             el("psf:credProperties", properties), "<psf:response/>"))


def give_tokens(second, header, secret, sites, created, expires):
    life = "wst:Lifetime" if second else "wst:LifeTime"
    out = ""
    for n, (site, _) in enumerate(sites):
        if n == 0:
            kind = "urn:passport:legacy"
            token = el("EncryptedData", el("CipherData", el("CipherValue", f"{secret}Tgt71Cipher")), Id="BinaryDAToken0",
                       xmlns="http://www.w3.org/2001/04/xmlenc#")
        else:
            kind = "urn:passport:compact"
            token = el("wsse:BinarySecurityToken", f"t={secret}Token{n}7Compact&amp;p=", Id=f"Compact{n}")
        proof = el("wst:RequestedProofToken", el("wst:BinarySecret", base64.b64encode(f"{secret}-proof-{n}-binary!".encode()).decode()))
        out += el("wst:RequestSecurityTokenResponse", el("wst:TokenType", kind), applies(site),
                  el(life, els(**{"wsu:Created": created, "wsu:Expires": expires})), el("wst:RequestedSecurityToken", token),
                  proof if n < 2 else "")
    return token_envelope(second, header, el("S:Body", el("wst:RequestSecurityTokenResponseCollection", out)))


def refused(time):
    return el("psf:pp", el("psf:serverVersion", "1"), el("psf:authstate", "0x80048800"), el("psf:reqstatus", "0x80048821"),
              el("psf:serverInfo", "BAYPPLOGN2B12 2009.05.12.14.02.11", Path="Live1", ServerTime=time), "<psf:cookies/>",
              "<psf:response/>")


def first_fault():
    return token_envelope(False, el("S:Header", refused("2009-06-01T17:20:47Z")),
                          el("S:Fault", el("faultcode", "wsse:FailedAuthentication"), el("faultstring", "Authentication Failure")))


def second_fault():
    fault = el("S:Fault", el("S:Code", el("S:Value", "S:Sender"), el("S:Subcode", el("S:Value", "wst:FailedAuthentication"))),
               el("S:Reason", el("S:Text", "Authentication Failure", xml_lang="en-US")),
               el("S:Detail", el("psf:error", el("psf:value", "0x80048821"),
                                 el("psf:internalerror", el("psf:code", "0x80041012"),
                                    el("psf:text", "The entered and stored passwords do not match.&#13;&#10;")))))
    return token_envelope(True, el("S:Header", refused("2009-06-01T17:21:19Z")), el("S:Body", fault))


def tokens():
    agent = "MSN Explorer/9.0 (MSN 8.0; TmstmpExt)"
    bob, alice = Talker("BobRST", "login.example.com", agent), Talker("AliceRST", "login.example.com", agent)
    soap12 = "application/soap+xml"
    new = [*SITES[:2], ("contacts.msn.com", "MBI"), ("sup.live.com", "MBI")]
    return [directive("at", "+30"), directive("conn", "BobRST", "192.0.2.20:3401", "203.0.113.62:80"),
            *bob.post("/RST.srf", None, ask_for_tokens(False, "bob@example.com", "wrong8Window", SITES), first_fault()),
            directive("at", "+12"),
            *bob.post("/RST.srf", None, ask_for_tokens(False, "bob@example.com", "right8Chair", SITES),
                      give_tokens(False, account_header(False, "0003BFFD8E5A1B2C", "bob@example.com", "df7279779ec8f52e", "Bob",
                                                        "Example",
                                                        "2009-06-01T17:20:59Z"), "8bob", SITES, "2009-06-01T17:20:59Z",
                                  "2009-06-02T01:20:59Z")),
            directive("close", "BobRST", "client"), directive("at", "+20"),
            directive("conn", "AliceRST", "192.0.2.10:3501", "203.0.113.62:80"),
            *alice.post("/RST2.srf", None, ask_for_tokens(True, "alice@example.com", "wrong9Carpet", new), second_fault(), kind=soap12),
            directive("at", "+9"),
            *alice.post("/RST2.srf", None, ask_for_tokens(True, "alice@example.com", "right9Curtain", new),
                        give_tokens(True, account_header(True, "00034001A2B3C4D5", "alice@example.com", "112210f47de98115", "Alice",
                                                         "Example", "2009-06-01T17:21:28Z"), "9alice", new,
                                    "2009-06-01T17:21:28Z", "2009-06-02T17:21:28Z"), kind=soap12),
            directive("close", "AliceRST", "client")]


# ------------------------------------------------------------------ address book and lists

class Book:
    """A client that talks to the address book and the sharing service."""

    def __init__(self, talker, application, token, cache):
        self.talker, self.application, self.token, self.cache = talker, application, token, cache

    def call(self, operation, scenario, request, result=None, service="abservice", path=None, fault=None, coding=None):
        header = (el("ABApplicationHeader", els(ApplicationId=self.application, IsMigration="false", PartnerScenario=scenario,
                                                CacheKey=self.cache), xmlns=AB)
                  + el("ABAuthHeader", els(ManagedGroupRequest="false", TicketToken=f"t={self.token}&p="), xmlns=AB))
        answer = el("ServiceHeader", els(Version="12.01.1111.0000", CacheKey=self.cache, CacheKeyChanged="true",
                                         PreferredHostName="byrdr.contacts.example.com",
                                         SessionId="c0ffee00-1234-4abc-8def-0123456789ab"), xmlns=AB)
        if fault is None:
            inner = "" if result is None else el(f"{operation}Result", result)
            body = el(f"{operation}Response", inner, xmlns=AB)
        else:
            code, text, more = fault
            body = el("soap:Fault", el("faultcode", "soap:Client"), el("faultstring", text), el("faultactor", f"{AB}/{operation}"),
                      el("detail", *(el(name, value, xmlns=AB) for name, value in (
                          ("errorcode", code), ("errorstring", text), ("machineName", "BYABC01"), ("additionalDetails", more)))))
        return self.talker.post(path or f"/abservice/{service}.asmx", f"{AB}/{operation}",
                                envelope(header, el(operation, request, xmlns=AB)), envelope(answer, body),
                                "200 OK" if fault is None else "500 Internal Server Error", coding)

    def share(self, operation, scenario, request, result=None, **more):
        return self.call(operation, scenario, request, result, service="SharingService", **more)


def one(contact_id=None, info="", changed=None):
    return el("contacts", el("Contact", els(contactId=contact_id) if contact_id else "", el("contactInfo", info) if info else "",
                             els(propertiesChanged=changed) if changed else "", xmlns=AB))


def annotation(name, value):
    return el("Annotation", els(Name=name, Value=value))


def group_filter(guid):
    return el("groupFilter", el("groupIds", els(guid=guid)))


def contact(guid, kind, account, name, cid, groups="", more=""):
    info = (els(contactType=kind, quickName=name, passportName=account, displayName=name, puid="0", CID=cid,
                IsNotMobileVisible="false", isMobileIMEnabled="false", isMessengerUser="true", isFavorite="false", isSmtp="false",
                hasSpace="true", spotWatchState="NoDevice", birthdate="0001-01-01T00:00:00", primaryEmailType="ContactEmailPersonal",
                Gender="Unspecified")
            + (el("groupIds", els(guid=groups)) if groups else "") + more)
    return el("Contact", els(contactId=guid), el("contactInfo", info), "<propertiesChanged/>",
              els(fDeleted="false", lastChange="2009-05-30T09:12:44.1230000-07:00", CreateDate="2008-02-11T00:00:00"))


def group(guid, name, favorite="false"):
    return el("Group", els(groupId=guid), el("groupInfo", els(groupType=MESSENGER_GROUP, name=name, IsNotMobileVisible="false",
                                                              IsPrivate="false", IsFavorite=favorite)),
              "<propertiesChanged/>", els(fDeleted="false", lastChange="2009-05-30T09:12:44.1230000-07:00"))


def book(cid, account):
    return (els(abId="11111111-2222-4333-8444-555555555555")
            + el("abInfo", els(ownerPuid="0", OwnerCID=cid, ownerEmail=account, fDefault="true", joinedNamespace="false"))
            + els(lastChange="2009-06-01T17:02:11.3470000Z", DynamicItemLastChanged=NEVER, createDate="2006-01-20T10:00:00Z"))


def find_all():
    yahoo = el("emails", el("ContactEmail", els(contactEmailType="Messenger2", email="erin@example.net", isMessengerEnabled="true",
                                                Capability="32", MessengerEnabledExternally="false"), "<propertiesChanged/>"))
    me = el("annotations", annotation("MSN.IM.MBEA", "0"), annotation("MSN.IM.GTC", "1"), annotation("MSN.IM.BLP", "0"))
    people = (contact("22222222-3333-4444-8555-666666666666", "Me", "bob@example.com", "Bob", BOB_CID, more=me)
              + contact(DAVE, "Regular", "dave@example.com", "Dave", DAVE_CID, FRIENDS)
              + el("Contact", els(contactId=ERIN), el("contactInfo", yahoo, els(contactType="Regular", quickName="Erin", CID="0",
                                                                                isMessengerUser="false")),
                   "<propertiesChanged/>", els(fDeleted="false", lastChange="2009-05-01T10:00:00Z")))
    return (el("groups", group(FRIENDS, "Friends & family"), group(WORK, "Work")) + el("contacts", people)
            + el("ab", book(BOB_CID, "bob@example.com")))


def find_paged():
    network = el("NetworkInfoList", el("NetworkInfo", els(DomainId="1", SourceId="WL", DisplayName="Dave", RelationshipType="3",
                                                          RelationshipState="3", RelationshipStateDate="2009-04-02T08:00:00Z",
                                                          RelationshipRole="0", NDRCount="0", InviterCID=ALICE_CID)))
    circle = el("CircleInverseInfo",
                el("Content", el("Handle", els(Id=CIRCLE)),
                   el("Info", els(Domain="1", HostedDomain="live.com", Type="2", MembershipAccess="0", IsPresenceEnabled="true",
                                  RequestMembershipOption="0", DisplayName="Book club", CreateDate="2009-03-01T12:00:00Z"))),
                el("PersonalInfo", el("MembershipInfo", el("CirclePersonalMembership", els(Role="Admin", State="Accepted"))),
                   els(Name="Alice", IsNotMobileVisible="false", IsFavorite="false")), els(Deleted="false"))
    ticket = "<SignedTicket><Data>9aliceCircle44Data</Data><Sig>9aliceCircle55Sig</Sig></SignedTicket>"
    return (el("Groups", group("c3d4e5f6-2222-4333-8444-555566667777", "Favorites", "true"))
            + el("Contacts", contact("44444444-5555-4666-8777-888888888888", "Me", "alice@example.com", "Alice", ALICE_CID)
                 + contact(DAVE, "Live", "dave@example.com", "Dave", DAVE_CID, more=network)
                 + contact("77777777-8888-4999-8aaa-bbbbbbbbbbbb", "Circle", f"{CIRCLE}@live.com", "Book club", "0"))
            + el("CircleResult", el("Circles", circle), els(CircleTicket=ticket)) + el("Ab", book(ALICE_CID, "alice@example.com")))


def member(kind, account, role, more="", state="Accepted"):
    field, word = {"PassportMember": ("PassportName", "Passport"), "EmailMember": ("Email", "Email"),
                   "PhoneMember": ("PhoneNumber", "Phone")}[kind]
    return (f'<Member xsi:type="{kind}">'
            + (els(MembershipId=f"{role}/5d1c1a2b-0000-4000-8000-{zlib.crc32(account.encode()):012x}") if role else "")
            + els(Type=word, State=state, Deleted="false") + more + els(**{field: account}) + "</Member>")


def membership(role, *members, complete=True):
    return el("Membership", els(MemberRole=role), el("Members", *members), els(MembershipIsComplete="true") if complete else "")


def find_membership():
    dates = els(LastChanged="2009-05-02T10:00:00Z", JoinedDate="2008-02-11T00:00:00Z", ExpirationDate="0001-01-01T00:00:00")
    buddy = el("Annotations", annotation("MSN.IM.BuddyType", "32:"))
    pending = el("Annotations", annotation("MSN.IM.InviteMessage", "Hi, it is Frank from the choir")) + els(DisplayName="Frank")
    lists = (membership("Allow", member("PassportMember", "dave@example.com", "Allow", dates + els(CID=DAVE_CID)),
                        member("EmailMember", "erin@example.net", "Allow", buddy + dates))
             + membership("Block", member("PassportMember", "mallory@example.com", "Block", dates))
             + membership("Reverse", member("PassportMember", "dave@example.com", "Reverse", dates),
                          member("EmailMember", "erin@example.net", "Reverse", buddy + dates))
             + membership("Pending", member("PassportMember", "frank@example.com", "Pending", pending + dates, "Pending")))
    handle = el("Info", el("Handle", els(Id="1", Type="Messenger"), "<ForeignId/>"), els(InverseRequired="false", IsBot="false"))
    invitation = el("Service", el("Memberships"), el("Info", el("Handle", els(Id="2", Type="Invitation"), "<ForeignId/>")), "<Changes/>",
                    els(LastChange="2008-02-11T00:00:00Z", Deleted="false"))
    owner = el("OwnerNamespace", el("Info", el("Handle", els(Id=OWN, IsPassportNameHidden="false", CID="0")),
                                    els(CreatorPuid="0", CreatorCID=BOB_CID, CreatorPassportName="bob@example.com")), "<Changes/>",
               els(CreateDate="2006-01-20T10:00:00Z", LastChange="2009-05-30T09:12:44Z"))
    return (el("Services", el("Service", el("Memberships", lists), handle, "<Changes/>",
                              els(LastChange="2009-05-30T09:12:44.1230000-07:00", Deleted="false")), invitation) + owner)


def change_list(role, account):
    return (el("serviceHandle", els(Id="0", Type="Messenger"), "<ForeignId/>")
            + el("memberships", membership(role, member("PassportMember", account, ""), complete=False)))


def bobs_book():
    talker = Talker("BobAB", "contacts.example.com", "MSN Explorer/9.0 (MSN 8.0; TmstmpExt)")
    ab = Book(talker, "CFE80F9D-180F-4399-82AB-413F33A1FA11", "8bobToken37Compact", "12r1;8bobCacheKey")
    own = els(abId=OWN)
    invite = el("MessengerMemberInfo", el("PendingAnnotations", annotation("MSN.IM.InviteMessage", "Hello, this is Bob")),
                els(DisplayName="Bob"))
    allow = el("options", els(EnableAllowListManagement="true"))
    add = els(contactType="LivePending", passportName="gina@example.com", isMessengerUser="true") + invite
    again = els(contactType="LivePending", passportName="dave@example.com", isMessengerUser="true") + invite
    types = el("Types", *(els(ServiceType=t) for t in ("Messenger", "Invitation", "SocialNetwork", "Space", "Profile")))
    group_info = el("groupAddOptions", els(fRenameOnMsgrConflict="false")) + el("groupInfo", el("GroupInfo", els(
        name="Choir", groupType=MESSENGER_GROUP, fMessenger="false"), el("annotations", annotation("MSN.IM.Display", "1"))))
    choir = "b7c8d9e0-3333-4444-8555-666677778888"
    rename = el("groups", el("Group", els(groupId=choir), el("groupInfo", els(name="Choir & band")), els(propertiesChanged="GroupName")))
    return [directive("at", "+5"), directive("conn", "BobAB", "192.0.2.20:3402", "203.0.113.63:80"),
            *ab.share("FindMembership", "Initial", el("serviceFilter", types) + els(View="Full", deltasOnly="false", lastChange=NEVER),
                      find_membership(), coding="gzip"),
            *ab.call("ABFindAll", "Initial", own + els(abView="Full", deltasOnly="false", lastChange=NEVER, dynamicItemView="Gleam",
                                                       dynamicItemLastChange=NEVER), find_all(), coding="chunked"),
            directive("at", "+8"),
            *ab.call("ABContactAdd", "ContactSave", own + one(info=add) + allow, els(guid=MADE)),
            *ab.call("ABContactAdd", "ContactSave", own + one(info=again) + allow,
                     fault=("ContactAlreadyExists", "The contact already exists", els(conflictObjectId=DAVE))),
            *ab.share("AddMember", "ContactSave", change_list("Allow", "gina@example.com")),
            *ab.share("DeleteMember", "BlockUnblock", change_list("Block", "mallory@example.com")),
            *ab.call("ABContactUpdate", "Timer", own + one(DAVE, els(displayName="Dave at sea", isMessengerUser="true"),
                                                           "DisplayName IsMessengerUser")),
            directive("at", "+4"),
            *ab.call("ABGroupAdd", "GroupSave", own + group_info, els(guid=choir)),
            *ab.call("ABGroupUpdate", "GroupSave", own + rename),
            *ab.call("ABGroupContactAdd", "GroupSave", own + group_filter(choir) + one(DAVE), els(guid=DAVE)),
            *ab.call("ABGroupContactDelete", "GroupSave", own + group_filter(choir) + one(DAVE)),
            *ab.call("ABGroupDelete", "GroupSave", own + group_filter(choir)),
            *ab.call("ABContactDelete", "Timer", own + one(MADE)),
            directive("close", "BobAB", "server")]


def alices_book():
    talker = Talker("AliceAB", "contacts.example.com", "Windows Live Communications Platform")
    ab = Book(talker, "AAD9B99B-58E6-4F23-B975-D9EC1F9EC24A", "9aliceToken27Compact", "14r2;9aliceCacheKey")
    handle = el("ABHandle", els(ABId=OWN))
    ask = (el("filterOptions", els(DeltasOnly="true", LastChanged="2009-05-30T09:12:44.1230000-07:00"),
              el("ContactFilter", els(IncludeHiddenContacts="true")))
           + els(abView="MessengerClient8", extendedContent="AB AllGroups CircleResult")
           + el("pageContext", els(PageSize="1500", Direction="Forward")) + handle)
    hello = el("annotations", annotation("MSN.IM.InviteMessage", "Please join"))
    manage = (handle + els(contactId=ERIN, connection="true", presence="true", action="1", relationshipType="3", relationshipRole="0")
              + hello)
    accepted = (els(contactId=ERIN) + el("contactInfo", els(contactType="Live", passportName="erin@example.com", CID=ERIN_CID,
                                                            isMessengerUser="true"),
                el("NetworkInfoList", el("NetworkInfo", els(DomainId="1", SourceId="WL", RelationshipType="3", RelationshipState="1",
                                                            RelationshipRole="0", InviterMessage="Please join")))))
    new = el("properties", els(Domain="1", HostedDomain="live.com", Type="2", MembershipAccess="0", IsPresenceEnabled="true",
                               RequestMembershipOption="0", DisplayName="Film night")) + el("callerInfo", els(PublicDisplayName="Alice"))
    people = (el("contactHandle", els(Email="erin@example.com", Puid="0", Cid="0", CircleId=OWN)))
    activity = el("ActivityDetails", els(OwnerCID=DAVE_CID, ObjectId="1A!120", ApplicationId="6262816084389410",
                                         ActivityDate="2009-05-31T20:15:00Z"),
                  el("TemplateVariables",
                     '<TemplateVariable xsi:type="PublisherIdTemplateVariable">' + els(Name="publisher", Id=DAVE_CID, NameHint="Dave")
                     + "</TemplateVariable>",
                     '<TemplateVariable xsi:type="TextTemplateVariable">' + els(Name="text", Value="out sailing & fishing")
                     + "</TemplateVariable>"))
    news = (els(FeedUrl="http://home.example.com/cid-112210f47de98115/") + el("Activities", activity))
    other = els(domain="1") + el("contactHandle", els(Email="dave@example.com")) + els(maxResults="5")
    return [directive("at", "+20"), directive("conn", "AliceAB", "192.0.2.10:3502", "203.0.113.63:80"),
            *ab.call("ABFindContactsPaged", "Initial", ask, find_paged()),
            *ab.call("CreateContact", "ContactSave", handle + people, els(contactId=ERIN) + el("contactInfo", els(
                contactType="LivePending", passportName="erin@example.com", CID=ERIN_CID, isMessengerUser="false"))),
            *ab.call("ManageWLConnection", "ContactSave", manage, accepted),
            *ab.call("BreakConnection", "BlockUnblock", handle + els(contactId=DAVE, blockContact="true", deleteContact="false")),
            directive("at", "+6"),
            *ab.share("CreateCircle", "CircleSave", new, els(Id="00000000-0000-0000-0009-4b1ec0de0077")),
            *ab.share("FindFriendsInCommon", "Timer", other, el("MatchedList") + el("UnmatchedList")),
            *ab.call("GetContactsRecentActivity", "Initial", el("entityHandle", els(Cid=ALICE_CID)) + el("locales", els(string="en-US"))
                     + els(count="50"), news, path="/whatsnew/whatsnewservice.asmx"),
            directive("close", "AliceAB", "client")]


# ------------------------------------------------------------------ profile, directory, cards, configuration

def storage(talker, operation, scenario, request, response, token="8bobToken47Compact"):
    header = (el("AffinityCacheHeader", els(CacheKey="8bobStoreKey"), xmlns=STORAGE)
              + el("StorageApplicationHeader", els(ApplicationID="Messenger Client 8.5", Scenario=scenario), xmlns=STORAGE)
              + el("StorageUserHeader", els(Puid="0", TicketToken=f"t={token}&p="), xmlns=STORAGE))
    answer = el("StorageUserHeader", els(Puid="0", Cid=BOB_CID, ApplicationId="0", DeviceId="0"), xmlns=STORAGE)
    return talker.post("/storageservice/SchematizedStore.asmx", f"{STORAGE}/{operation}",
                       envelope(header, el(operation, request, xmlns=STORAGE)),
                       envelope(answer, el(f"{operation}Response", response, xmlns=STORAGE)))


def alias(space="MyCidStuff"):
    return el("Alias", els(Name=BOB_CID, NameSpace=space))


def profile():
    stream = ('<DocumentStream xsi:type="PhotoStream">'
              + els(DocumentStreamName="UserTileStatic", MimeType="image/png", DataSize="1847",
                    PreAuthURL="http://storage.example.com/bob.png",
                    PreAuthURLPartner="http://storage.example.com/bob-partner.png", DocumentStreamType="Static", WriteMode="Overwrite")
              + "</DocumentStream>")
    return (els(ResourceID="DF7279779EC8F52E!106", DateModified="2009-05-28T11:00:00Z")
            + el("ExpressionProfile", els(ResourceID="DF7279779EC8F52E!118", Version="205",
                                             DateModified="2009-05-28T11:00:00Z", FreeText=""),
                 el("Photo", els(ItemType="Photo", ResourceID="DF7279779EC8F52E!205", DateModified="2009-05-20T11:00:00Z",
                                  Name="bob.png"),
                    el("DocumentStreams", stream)),
                 els(PersonalStatus="cooking & reading", PersonalStatusLastModified="2009-05-28T11:00:00Z", DisplayName="Bob",
                     DisplayNameLastModified="2009-01-10T08:30:00Z", StaticUserTilePublicURL="http://storage.example.com/bob-public.png",
                     Flags="0")))


def bobs_profile():
    agent = "MSN Explorer/9.0 (MSN 8.0; TmstmpExt)"
    talker = Talker("BobStore", "storage.example.com", agent)
    spaces = Talker("BobSpaces", "services.example.com", agent)
    wanted = el("profileAttributes", els(ResourceID="true", DateModified="true"),
                el("ExpressionProfileAttributes", els(DisplayName="true", PersonalStatus="true", Photo="true")))
    update = el("profile", els(ResourceID="DF7279779EC8F52E!106"),
                el("ExpressionProfile", els(FreeText="Update", DisplayName="Bob the cook", PersonalStatus="soup's on", Flags="0")))
    document = ('<document xsi:type="Photo">' + els(Name="cook.png")
                + el("DocumentStreams", '<DocumentStream xsi:type="PhotoStream">'
                     + els(DocumentStreamType="UserTileStatic", MimeType="image/png", Data=base64.b64encode(PNG).decode(), DataSize="0")
                     + "</DocumentStream>") + "</document>")
    card_header = el("AuthTokenHeader", els(Token="t=8bobToken57Compact&p=", AuthenticationPolicy="MBI"), xmlns=SPACES)
    card_ask = el("GetXmlFeed", el("refreshInformation", els(cid=DAVE_CID, storageAuthCache="", market="en-US", brand="",
                                                             maxElementCount="6", maxCharacterCount="200", maxImageCount="6")),
                  xmlns=SPACES)
    card = el("GetXmlFeedResponse", el("GetXmlFeedResult", el(
        "contactCard", els(title="Dave's space", url="http://dave.spaces.example.com/"),
        el("elements", '<element xsi:type="SpaceContactCardElement">' + els(
            title="A day on the water", url="http://dave.spaces.example.com/blog/1", published="2009-05-31T20:00:00Z") + "</element>"))),
        xmlns=SPACES)
    config_ask = el("GetClientConfig", el("clientinfo", els(Country="US", CLCID="0409", PLCID="0409", GeoID="244", ver="8.5.1302")),
                    xmlns=CLIENT)
    text = configuration("en-us", "http://contacts.example.com/abservice/abservice.asmx")
    config = el("GetClientConfigResponse", el("GetClientConfigResult", f"<![CDATA[{text}]]>"), xmlns=CLIENT)
    cut = envelope("", config)
    return [directive("at", "+7"), directive("conn", "BobStore", "192.0.2.20:3403", "203.0.113.64:80"),
            *storage(talker, "GetProfile", "Initial", el("profileHandle", alias(), els(RelationshipName="MyProfile")) + wanted,
                     el("GetProfileResult", profile())),
            *storage(talker, "UpdateProfile", "RoamingIdentityChanged", update, ""),
            *storage(talker, "CreateDocument", "RoamingIdentityChanged",
                     el("parentHandle", els(RelationshipName="/UserTiles"), alias()) + document
                     + els(relationshipName="Messenger User Tile"), els(CreateDocumentResult="DF7279779EC8F52E!310")),
            directive("close", "BobStore", "client"), directive("at", "+3"),
            directive("conn", "BobSpaces", "192.0.2.20:3404", "203.0.113.65:80"),
            *spaces.post("/Config/MsgrConfig.asmx", f"{CLIENT}/GetClientConfig", envelope("", config_ask), envelope("", config)),
            *spaces.post("/Config/MsgrConfig.asmx", f"{CLIENT}/GetClientConfig", envelope("", config_ask), cut[:len(cut) * 2 // 3]),
            *spaces.post("/contactcard/contactcardservice.asmx", f"{SPACES}/GetXmlFeed", envelope(card_header, card_ask),
                         envelope("", card)),
            *spaces.post("/games/lobby.asmx", "http://www.msn.com/webservices/games/2009/ListTables", envelope("", el(
                "ListTables", els(game="checkers", level="easy"), xmlns="http://www.msn.com/webservices/games/2009")), envelope("", el(
                    "ListTablesResponse", el("ListTablesResult", el("Table", els(id="12", seats="2"))),
                    xmlns="http://www.msn.com/webservices/games/2009"))),
            directive("close", "BobSpaces", "client")]


def alices_profile():
    space = "http://profile.live.com/"
    talker = Talker("AliceDirectory", "directory.example.com", "Windows Live Communications Platform")
    ask = el("Get", el("request", el("Id", els(Ns1="Cid", V1=DAVE_CID)), els(ViewName="WLX.DC.CoreProfile")), xmlns=space)
    pairs = (("ExpressionProfile.DisplayName", "Dave at sea"), ("ExpressionProfile.DisplayName.LastModified", "2009-05-31T20:10:00Z"),
             ("ExpressionProfile.PersonalStatus", "wind & waves"), ("UserTileStaticUrl", "http://storage.example.com/dave.png"),
             ("UserTileStaticSize", "2048"))
    view = el("View", el("Attributes", *(el("A", els(N=n, V=v)) for n, v in pairs)))
    user = el("ApplicationHeader", els(Id="3B119D87-1D76-4474-91AD-0D7267E86D04"), xmlns=space)
    user += el("UserHeader", els(TicketToken="t=9aliceToken67Compact&p="), xmlns=space)
    return [directive("at", "+4"), directive("conn", "AliceDirectory", "192.0.2.10:3503", "203.0.113.66:80"),
            *talker.post("/profile/profile.asmx", f"{space}Get", envelope(user, ask),
                         envelope("", el("GetResponse", el("GetResult", view), xmlns=space)))]


def capture():
    steps = [directive("start", START), *carol(), *tokens(), *bobs_book(), *alices_book(), *bobs_profile(), *alices_profile()]
    return mkpcap.Capture(steps, "services").pcap()


if __name__ == "__main__":
    sys.exit(mkpcap.write_one(__file__, capture, sys.argv[1:], __doc__))
