#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the corpora of fuzz_xml and fuzz_service beside itself."""

import pathlib
import shutil

HERE = pathlib.Path(__file__).resolve().parent

AB = "http://www.msn.com/webservices/AddressBook"
PPCRL = "http://schemas.microsoft.com/Passport/SoapServices/PPCRL"
STORAGE = "http://www.msn.com/webservices/storage/w10"
CONFIG = "http://www.msn.com/webservices/Messenger/Client"
SPACES = "http://www.msn.com/webservices/spaces/v1"
RSI = "http://www.hotmail.msn.com/ws/2004/09/oim/rsi"
OIM = "http://messenger.msn.com/ws/2004/09/oim/"

DOCUMENTS = {
    "element": '<a x="1">t<b/><b>2</b></a>',
    "entities": "<a>1 &amp; &#x7b;&#233;<![CDATA[<b>]]>&x; & 2</a>",
    "namespaces": '<s:a xmlns:s="u:1"><c xmlns="u:2" s:d="3"/></s:a>',
    "doctype": '<!DOCTYPE a [<!ENTITY x "&y;&y;"><!ENTITY % p SYSTEM "file:///p">%p;<!ATTLIST a b CDATA "c">]><a>&x;</a>',
    "cut": "<a><b>1</b><c>2",
    "mismatch": "<a><b></a></b>",
    "latin1": b'<?xml version="1.0" encoding="iso-8859-1"?><a>\xe9</a>',
    "broken": b"<a>\xe9\xc3</a>",
    "utf16": '<?xml version="1.0" encoding="utf-16"?><a>1</a>'.encode("utf-16"),
    "utf16be": "<a>1</a>".encode("utf-16-be"),
    "secrets": "<a><Password>1</Password><PassportCookie><t>2</t><p>3</p></PassportCookie></a>",
}


def envelope(body, header="", version="http://schemas.xmlsoap.org/soap/envelope/"):
    return f'<e:Envelope xmlns:e="{version}"><e:Header>{header}</e:Header><e:Body>{body}</e:Body></e:Envelope>'


def post(path, action, xml):
    head = f"POST {path} HTTP/1.1\r\nHost: h\r\nSOAPAction: \"{action}\"\r\nContent-Type: text/xml\r\n\r\n"
    return head + xml


def answer(xml, status="200 OK"):
    return f"HTTP/1.1 {status}\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n" + xml


def soap(path, namespace, operation, ask, give):
    """A request and its answer, each with the content of the element in the body."""
    head = "<ABApplicationHeader><PartnerScenario>Timer</PartnerScenario></ABApplicationHeader>"
    return (
        post(path, f"{namespace.rstrip('/')}/{operation}",
             envelope(f'<{operation} xmlns="{namespace}">{ask}</{operation}>', head)),
        answer(envelope(f'<{operation}Response xmlns="{namespace}">{give}</{operation}Response>')),
    )


CONTACT = (
    "<Contact><contactId>c</contactId><contactInfo><contactType>Regular</contactType><passportName>b@c</passportName>"
    "<annotations><Annotation><Name>MSN.IM.InviteMessage</Name><Value>v</Value></Annotation></annotations>"
    "<emails><ContactEmail><email>y@z</email><Capability>32</Capability></ContactEmail></emails>"
    "<NetworkInfoList><NetworkInfo><DomainId>1</DomainId></NetworkInfo></NetworkInfoList>"
    "<groupIds><guid>g</guid></groupIds></contactInfo><propertiesChanged>a b</propertiesChanged></Contact>"
)
MEMBERSHIP = (
    "<Membership><MemberRole>Allow</MemberRole><Members><Member type='PassportMember'><PassportName>b@c</PassportName>"
    "</Member></Members></Membership>"
)
TOKEN = (
    "<RequestSecurityTokenResponse><AppliesTo><EndpointReference><Address>a</Address></EndpointReference></AppliesTo>"
    "<LifeTime><Expires>2010</Expires></LifeTime><RequestedSecurityToken><BinarySecurityToken>t=1</BinarySecurityToken>"
    "</RequestedSecurityToken></RequestSecurityTokenResponse>"
)
FAULT = (
    "<e:Fault><faultcode>e:Client</faultcode><faultstring>s</faultstring><detail><errorcode>E</errorcode>"
    "<additionalDetails><conflictObjectId>1</conflictObjectId></additionalDetails></detail></e:Fault>"
)

ASMX = "/abservice/abservice.asmx"
SHARING = "/abservice/SharingService.asmx"
STORE = "/storageservice/SchematizedStore.asmx"
BOOK = (
    f"<R><contacts>{CONTACT}</contacts><groups><Group><groupId>g</groupId><groupInfo><name>n</name></groupInfo></Group>"
    "</groups><CircleResult><Circles><CircleInverseInfo><Content><Handle><Id>1</Id></Handle></Content></CircleInverseInfo>"
    "</Circles><CircleTicket>t</CircleTicket></CircleResult><ab><abId>0</abId></ab></R>"
)
PROFILE = (
    "<ResourceID>1</ResourceID><ExpressionProfile><DisplayName>n</DisplayName><Photo><DocumentStreams><DocumentStream>"
    "<DataSize>1</DataSize></DocumentStream></DocumentStreams></Photo></ExpressionProfile>"
)

EXCHANGES = {
    "nexus": ("GET /rdr/pprdr.asp HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\nPassportURLs: DARealm=P,DALogin=l/x\r\n\r\n"),
    "login": (
        "GET /l HTTP/1.1\r\nAuthorization: Passport1.4 OrgVerb=GET,sign-in=a%40b,pwd=p,lc=1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nAuthentication-Info: Passport1.4 da-status=success,from-PP='t=1,2&p=',ru=x\r\n\r\n",
    ),
    "failed": (
        "GET /login2.srf HTTP/1.1\r\n\r\n",
        "HTTP/1.1 401 No\r\nWWW-Authenticate: Passport1.4 da-status=failed,prompt,cbtxt=a%20b\r\n\r\n",
    ),
    "rst": (
        post("//RST.srf", "", envelope(
            f"<R xmlns='{PPCRL}'><RequestSecurityToken><AppliesTo><EndpointReference><Address>a</Address>"
            "</EndpointReference></AppliesTo><PolicyReference URI='MBI'/></RequestSecurityToken></R>",
            "<AuthInfo><RequestParams>AQAAAAIAAABsYwQAAAAxMDMz</RequestParams></AuthInfo><Security><UsernameToken>"
            "<Username>a@b</Username><Password>p</Password></UsernameToken></Security>")),
        answer(envelope(
            f"<C>{TOKEN}{TOKEN}</C>",
            f"<p:pp xmlns:p='{PPCRL}'><PUID>1</PUID><credProperties><credProperty Name='CID'>1</credProperty>"
            "</credProperties></p:pp>")),
    ),
    "rst2": (
        post("/RST2.srf", "", envelope("<RequestSecurityToken/>", version="http://www.w3.org/2003/05/soap-envelope")),
        answer(envelope(
            "<e:Fault><e:Code><e:Value>v</e:Value><e:Subcode><e:Value>w</e:Value></e:Subcode></e:Code><e:Reason><e:Text>t"
            "</e:Text></e:Reason><e:Detail><error><value>0x80048821</value></error></e:Detail></e:Fault>",
            version="http://www.w3.org/2003/05/soap-envelope"), "500 Internal Server Error"),
    ),
    "findall": soap(ASMX, AB, "ABFindAll", "<abId>0</abId><deltasOnly>true</deltasOnly><lastChange>l</lastChange>", BOOK),
    "contactadd": soap(ASMX, AB, "ABContactAdd", f"<contacts>{CONTACT}</contacts>", "<R><guid>1</guid></R>"),
    "groupadd": soap(ASMX, AB, "ABGroupAdd", "<groupInfo><GroupInfo><name>n</name></GroupInfo></groupInfo>", "<R/>"),
    "connection": soap(ASMX, AB, "ManageWLConnection", "<contactId>c</contactId><action>1</action>", f"{CONTACT}"),
    "refused": (post(ASMX, AB + "/ABContactAdd", envelope("")), answer(envelope(FAULT), "500 Internal Server Error")),
    "membership": soap(
        SHARING, AB, "FindMembership", "<serviceFilter><Types><ServiceType>Messenger</ServiceType></Types></serviceFilter>",
        f"<R><Services><Service><Memberships>{MEMBERSHIP}</Memberships><Info><Handle><Type>Messenger</Type></Handle></Info>"
        "</Service></Services></R>"),
    "addmember": soap(SHARING, AB, "AddMember", f"<memberships>{MEMBERSHIP}</memberships>", ""),
    "circle": soap(SHARING, AB, "CreateCircle", "<properties><DisplayName>n</DisplayName></properties>", "<R><Id>1</Id></R>"),
    "profile": soap(STORE, STORAGE, "GetProfile", "<profileHandle><Alias><Name>1</Name></Alias></profileHandle>",
                    f"<R>{PROFILE}</R>"),
    "update": soap(STORE, STORAGE, "UpdateProfile", f"<profile>{PROFILE}</profile>", ""),
    "directory": soap("/p", "http://profile.live.com/", "Get", "<request><Id><V1>1</V1></Id></request>",
                      "<R><A><N>n</N><V>v</V></A></R>"),
    "config": soap("/Config/MsgrConfig.asmx", CONFIG, "GetClientConfig", "<clientinfo><Country>US</Country></clientinfo>",
                   "<GetClientConfigResult>&lt;MsgrConfig>&lt;LocalizedConfig Market='m'/>&lt;/MsgrConfig>"
                   "</GetClientConfigResult>"),
    "configget": ("GET /Config/MsgrConfig.asmx?Country=US&ver=8.5 HTTP/1.1\r\n\r\n", answer("<MsgrConfig/>")),
    "tabs": ("GET /svcs/mms/tabs.asp HTTP/1.1\r\n\r\n", answer("<tabs><tab><name>n</name></tab></tabs>")),
    "advert": ("GET /etc/text-ad-service HTTP/1.1\r\n\r\n", answer("<TEXTAD><adtext>a</adtext></TEXTAD>")),
    "news": soap("/whatsnew/whatsnewservice.asmx", AB, "GetContactsRecentActivity", "<count>1</count>",
                 "<R><Activities><ActivityDetails><OwnerCID>1</OwnerCID></ActivityDetails></Activities></R>"),
    "card": soap("/c", SPACES, "GetXmlFeed", "<refreshInformation><cid>1</cid></refreshInformation>",
                 "<R><contactCard><title>t</title><elements><element/></elements></contactCard></R>"),
    "read": soap("/rsi/rsi.asmx", RSI, "GetMessage", "<messageId>1</messageId>",
                 "<GetMessageResult>From: a\r\n\r\nb</GetMessageResult>"),
    "store": soap("/OimWS/oim.asmx", OIM, "Store", "<MessageType>text</MessageType><Content>X: y\n\nz</Content>", ""),
    "form": ("POST /ppsecure/sha1auth.srf HTTP/1.1\r\n\r\ntoken=t&ru=http%3A%2F%2Fx", "HTTP/1.1 302 Found\r\n\r\n"),
    "picture": ("GET /storage/usertile/1/small?t=1 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n\x7f"),
}


def write(name, inputs):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for key, data in inputs.items():
        (folder / key).write_bytes(data if isinstance(data, bytes) else data.encode())


write("xml", DOCUMENTS)
write("service", {name: "\n=====\n".join(exchange) for name, exchange in EXCHANGES.items()})
