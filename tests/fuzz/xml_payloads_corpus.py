#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the inputs of tests/fuzz/fuzz_xml_payloads.c into corpus/xml_payloads.

usage: xml_payloads_corpus.py

The first byte of an input is the number of a kind of payload in fuzz_xml_payloads.c.
"""
import pathlib
import shutil

LIST, PRESENCE, CONFIG, POLICIES, NOTIFICATION, PAGE, ERROR = range(7)

GUID = "{01234567-89ab-cdef-0123-456789abcdef}"
SHIELDS = (
    '<config> <shield><cli maj="7" min="0" minbld="0" maxbld="9" deny="winks ddp"/></shield>'
    '<block><regexp><imtext value="{}"/></regexp></block></config>'
)

INPUTS = {
    "list": (
        LIST,
        '<ml l="1"><d n="example.com"><c n="alice" l="3" t="1" f="A%20B"/><c n="bob" t="1"><s n="IM" l="3"/></c></d>'
        '<t><c n="tel:+15550100" l="1"/></t></ml>',
    ),
    "list_broken": (LIST, '<ml l="x"><d n=""><c n="a@b" l="7" t="999" f="%"/><c l="64" z="1"/></d>stray<new/>'),
    "presence": (
        PRESENCE,
        "<Data><PSM>at lunch &lt;3</PSM><CurrentMedia>\\0Music\\01\\0{0} - {1}\\0Tune\\0Band\\0</CurrentMedia>"
        "<MachineGuid>&#x7B;01234567-89ab-cdef-0123-456789abcdef&#x7D;</MachineGuid>"
        '<Scene>&lt;msnobj Creator="a" Size="1" Type="16"/&gt;</Scene><ColorScheme>-1</ColorScheme>'
        f'<EndpointData id="{GUID}"><Capabilities>1:2</Capabilities></EndpointData></Data>',
    ),
    "presence_broken": (
        PRESENCE,
        "<Data><CurrentMedia>a\\0b\\02\\0{0} {9999999999}</CurrentMedia><Scene>none</Scene><ColorScheme>x</ColorScheme>"
        '<EndpointData id="1"><Capabilities>1:2:x</Capabilities></EndpointData><MachineGuid>1</MachineGuid></Data>',
    ),
    "private": (
        PRESENCE,
        f'<PrivateEndpointData id="{GUID}"><EpName>desk</EpName><Idle>true</Idle><ClientType>1</ClientType>'
        "<State>NLN</State></PrivateEndpointData>",
    ),
    "unescaped": (PRESENCE, '<Data><PSM>a <b> & c</PSM><UserTileLocation><msnobj Creator="a"/></UserTileLocation></Data>'),
    "wrong_root": (PRESENCE, "<Other>1</Other>"),
    "config": (CONFIG, '<?xml version="1.0"?>\n' + SHIELDS.format("XC5waWY=")),
    "config_broken": (CONFIG, SHIELDS.format("*").replace('maj="7"', 'maj="x"').replace("</block>", "<hashes/>")),
    "policies": (
        POLICIES,
        '<Policies><Policy type="ABCH" checksum="03DC55910A9CB79133F1576221A80346"><policy>'
        '<set id="push" service="ABCH" priority="200"><r id="p" threshold="1"/></set><c id="P">100</c></policy></Policy>'
        '<Policy type="ERRORRESPONSETABLE"><Policy><Feature type="3" name="P2P"><Entry hr="0x81000398" action="3"/></Feature>'
        '</Policy></Policy><Policy type="P2P"><ObjStr SndDly="1"/></Policy></Policies>',
    ),
    "policies_broken": (
        POLICIES,
        '<Policies><Policy checksum="zz"><x/></Policy><Policy type="NEW"/>' f'<Policy type="SHIELDS">{SHIELDS.format("*")}</Policy>',
    ),
    "notification": (
        NOTIFICATION,
        '<NOTIFICATION id="0" siteid="45705" siteurl="http://contacts.example.com"><TO pid="0x1:0x2" name="alice@example.com">'
        '<VIA agent="messenger"/></TO><MSG pri="1" id="0"><ACTION url="a.htm?x=1&y=2"/><BODY>&lt;NotificationData&gt;'
        "&lt;Service&gt;ABCHInternal&lt;/Service&gt;&lt;/NotificationData&gt;</BODY></MSG></NOTIFICATION>",
    ),
    "notification_text": (
        NOTIFICATION,
        '<NOTIFICATION id="407" siteid="111100400"><FROM name="tel:+15550100"/><MSG id="407"><BODY lcid="1033"><TEXT>hi</TEXT>'
        "</BODY></MSG></NOTIFICATION>",
    ),
    "notification_broken": (
        NOTIFICATION,
        '<NOTIFICATION siteid="45705"><MSG><BODY>&lt;NotificationData&gt;&lt;Service</BODY></MSG></NOTIFICATION>',
    ),
    "alert": (NOTIFICATION, '<Notify id="1"><x/></Notify>'),
    "page": (
        PAGE,
        '<PHONE pri="1"><LOC>1</LOC><NUM>5550100</NUM></PHONE><TEXT xml:space="preserve" enc="utf-8">running late</TEXT>',
    ),
    "page_broken": (PAGE, '<TEXT enc="latin1">a</TEXT><TEXT>' + "x" * 120 + "</TEXT><OTHER/>"),
    "error": (ERROR, '<ml><d n="example.com"><c n="carol" t="1"/></d></ml>'),
    "error_text": (ERROR, "bad list"),
    "error_xml": (ERROR, "<error>busy</error>"),
    "error_binary": (ERROR, "\xff\0"),
}


def main():
    folder = pathlib.Path(__file__).resolve().parent / "corpus" / "xml_payloads"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, (kind, text) in INPUTS.items():
        (folder / name).write_bytes(bytes([kind]) + text.encode("latin-1"))


if __name__ == "__main__":
    main()
