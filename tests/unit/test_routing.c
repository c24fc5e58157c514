/* SPDX-License-Identifier: BSD-2-Clause */
/* SDG, PUT, DEL and NFY of MSNP18 and MSNP21: examples of the specification, then what is broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/routing.h"
#include "routing_rows.h"
#include "tree.h"

static const struct routing_row rows[] = {
	/* Messages. */
	{21, ">>> SDG 31 331",
	 "Routing: 1.0\nTo: 1:bo@example.com\nFrom: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\n"
	 "Options: 0\nService-Channel: IM/Online\n\nReliability: 1.0\n\nMessaging: 2.0\nMessage-Type: Text\n"
	 "Content-Type: text/plain; charset=UTF-8\nContent-Length: 14\n"
	 "X-MMS-IM-Format: FN=Arial; EF=B; CO=0; CS=0; PF=0\n\nare you there?",
	 "text from 1:ana@example.com to 1:bo@example.com: \"are you there?\"", ""},
	{21, ">>> SDG 58 298",
	 "Routing: 1.0\nTo: 13:100200300;via=14:fb\n"
	 "From: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\n\nReliability: 1.0\n\nMessaging: 2.0\n"
	 "Message-Type: Text\nContent-Length: 15\nContent-Type: text/plain; charset=UTF-8\n"
	 "X-MMS-IM-Format: FN=Arial; EF=B; CO=0; CS=0; PF=0\n\nfacebook it is.",
	 "text from 1:ana@example.com to 13:100200300 via 14:fb: \"facebook it is.\"", ""},
	{21, "<<< SDG 0 265",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:bo@example.com;epid={11111111-2222-4333-8444-555555555555}\n"
	 "Service-Channel: IM/Offline\n\nReliability: 1.0\n\nMessaging: 2.0\nMessage-Type: Text\n"
	 "Content-Type: text/plain; charset=UTF-8\nContent-Length: 10\n\nlate\nline",
	 "stored text from 1:bo@example.com to 1:ana@example.com: \"late\nline\"", ""},
	{21, ">>> SDG 32 254",
	 "Routing: 1.0\nTo: 4:tel:+15550100\nFrom: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\n"
	 "Service-Channel: IM/Mobile\n\nReliability: 1.0\n\nMessaging: 2.0\nMessage-Type: Text\n"
	 "Content-Type: text/plain; charset=UTF-8\nContent-Length: 2\n\nhi",
	 "mobile text from 1:ana@example.com to 4:tel:+15550100: \"hi\"", ""},
	{21, ">>> SDG 33 263",
	 "Routing: 1.0\nTo: 1:bo@example.com\nFrom: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\n"
	 "Service-Channel: IM/Online\n\nReliability: 1.0\n\nMessaging: 2.0\nMessage-Type: Control/Typing\n"
	 "Content-Type: text/plain; charset=UTF-8\nContent-Length: 0\n\n",
	 "typing from 1:ana@example.com to 1:bo@example.com", ""},
	{18, ">>> SDG 34 346",
	 "Routing: 1.0\nTo: 9:00000000-0000-0000-0009-aabbccddeeff@live.com;path=IM\n"
	 "From: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\n\nReliability: 1.0\nStream: 0\n"
	 "Segment: 0\n\nMessaging: 1.0\nMessage-Type: Control\nMessage-Subtype: Typing\nTypingUser: ana@example.com\n"
	 "Content-Type: Text/plain; charset=UTF-8\nContent-Length: 2\n\n\n",
	 "typing from 1:ana@example.com to circle 9:00000000-0000-0000-0009-aabbccddeeff@live.com", ""},
	{18, ">>> SDG 35 254",
	 "Routing: 1.0\nTo: 9:00000000-0000-0000-0009-aabbccddeeff@live.com;path=IM\n"
	 "From: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\n\nReliability: 1.0\nStream: 0\n"
	 "Segment: 0\n\nMessaging: 1.0\nMessage-Type: Nudge\nContent-Length: 7\n\nID: 1\n",
	 "nudge from 1:ana@example.com to circle 9:00000000-0000-0000-0009-aabbccddeeff@live.com", ""},
	{21, ">>> SDG 0 210",
	 "Routing: 1.0\nTo: 1:bo@example.com\nFrom: 1:ana@example.com\n\nReliability: 1.0\n\nMessaging: 2.0\n"
	 "Message-Type: Nudge\nContent-Type: text/plain; charset=UTF-8\nContent-Length: 0\n"
	 "Service-Channel: IM/Online\n\n",
	 "nudge from 1:ana@example.com to 1:bo@example.com", ""},
	{21, "<<< SDG 0 329",
	 "Routing: 1.0\nTo: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\n"
	 "From: 1:bo@example.com;epid={11111111-2222-4333-8444-555555555555}\nOptions: 0\nService-Channel: PE\n\n"
	 "Reliability: 1.0\n\nMessaging: 2.0\nMessage-Type: Mystery\nContent-Type: application/x-mystery\n"
	 "Content-Length: 18\nPipe: 1\n\n\001\002Routing: 1.0\n\n",
	 "Mystery from 1:bo@example.com to 1:ana@example.com, application/x-mystery, 18 bytes", "routing.unknown"},
	{21, "<<< SDG 0 310",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\n"
	 "Options: 0\nService-Channel: PD\n\nReliability: 1.0\n\nMessaging: 2.0\nMessage-Type: Signal/CloseIMWindow\n"
	 "Content-Type: text/plain; charset=UTF-8\nContent-Length: 34\n\n1:ana@example.com/1:bo@example.com",
	 "endpoint {0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0} of 1:ana@example.com closed the window with "
	 "1:bo@example.com", ""},
	{21, "<<< SDG 0 331",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\n"
	 "Options: 0\nService-Channel: PD\n\nReliability: 1.0\n\nMessaging: 2.0\nMessage-Type: Signal/CloseIMWindow\n"
	 "Content-Type: text/plain; charset=UTF-8\nContent-Length: 55\n\n"
	 "9:00000000-0000-0000-0009-aabbccddeeff@live.com;path=IM",
	 "endpoint {0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0} of 1:ana@example.com closed the window with circle "
	 "9:00000000-0000-0000-0009-aabbccddeeff@live.com", ""},
	{21, "<<< SDG 0 257",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:ana@example.com\nService-Channel: PD\n\nReliability: 1.0\n\n"
	 "Messaging: 2.0\nMessage-Type: Signal/MarkIMWindowRead\nContent-Type: text/plain; charset=UTF-8\n"
	 "Content-Length: 34\n\n1:ana@example.com/1:bo@example.com",
	 "1:ana@example.com has read the window with 1:bo@example.com", ""},
	{21, "<<< SDG 0 178",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:ana@example.com\nService-Channel: PD\n\nReliability: 1.0\n\n"
	 "Messaging: 2.0\nMessage-Type: Signal/ForceAbchSync\nContent-Length: 0\n\n",
	 "1:ana@example.com asks 1:ana@example.com to fetch the address book", ""},
	{21, "<<< SDG 0 209",
	 "Routing: 1.0\nTo: 1:ana@example.com,1:bo@example.com;path=IM\nFrom: 1:bo@example.com\n\nReliability: 1.0\n\n"
	 "Messaging: 2.0\nMessage-Type: Text\nContent-Type: text/plain; charset=UTF-8\nContent-Length: 3\n\nall",
	 "text from 1:bo@example.com to 1:ana@example.com and others: \"all\"", ""},
	/* Presence. */
	{21, "<<< NFY PUT 422",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:bo@example.com\n\nReliability: 1.0\n\nNotification: 1.0\n"
	 "NotifNum: 0\nUri: /user\nNotifType: Partial\nContent-Type: application/user+xml\nContent-Length: 216\n\n"
	 "<user><s n=\"IM\"><Status>BSY</Status></s><s n=\"PE\"><FriendlyName>Bo</FriendlyName><PSM>at work</PSM>"
	 "</s><sep n=\"IM\" epid=\"{11111111-2222-4333-8444-555555555555}\"><Capabilities>2788999228:48"
	 "</Capabilities></sep></user>",
	 "presence of 1:bo@example.com: busy, named \"Bo\", \"at work\"", ""},
	{21, "<<< NFY PUT 768",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:bo@example.com\n\nReliability: 1.0\n\nNotification: 1.0\n"
	 "NotifNum: 0\nUri: /user\nNotifType: Partial\nContent-Type: application/user+xml\nContent-Length: 562\n\n"
	 "<user><s n=\"IM\">\n<Status>NLN</Status>\n</s><s n=\"PE\">\n"
	 "<UserTileLocation><msnobj Creator=\"bob@example.com\" \nSize=\"33\" Type=\"3\" Location=\"pic1.tmp\" \n"
	 "Friendly=\"AAA=\" SHA1D=\"vEvOi/JX7oAzLReF9a0sn5oMVNg=\"\n"
	 " SHA1C=\"XisBNgnVhPuzIRajJmR39yg7bwQ=\"/></UserTileLocation>\n<FriendlyName>(#)ICS - Live</FriendlyName>\n"
	 "<PSM></PSM></s>\n<sep n=\"IM\" epid=\"{00000000-0000-0000-0000-000000000000}\">\n"
	 "<Capabilities>1074249760:2281833472</Capabilities>\n</sep>\n"
	 "<sep n=\"PE\" epid=\"{00000000-0000-0000-0000-000000000000}\">\n<Capabilities>0:1073856512</Capabilities>\n"
	 "</sep></user>",
	 "presence of 1:bo@example.com: online, named \"(#)ICS - Live\", a picture", ""},
	{21, "<<< NFY PUT 331",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\n\n"
	 "Reliability: 1.0\n\nNotification: 1.0\nNotifNum: 0\nUri: /user\nNotifType: Full\n"
	 "Content-Type: application/user+xml\nContent-Length: 84\n\n"
	 "<user><s n=\"IM\"><Status>FLN</Status></s><s n=\"PF\" ts=\"2011-05-19T10:00:00Z\"/></user>",
	 "own presence: offline", ""},
	{21, "<<< NFY PUT 307",
	 "Routing: 1.0\nTo: 1:ana@example.com\n"
	 "From: 1:bo@example.com;via=9:00000000-0000-0000-0009-aabbccddeeff@live.com\n\nReliability: 1.0\n\n"
	 "Notification: 1.0\nNotifNum: 0\nUri: /user\nNotifType: Partial\nContent-Type: application/user+xml\n"
	 "Content-Length: 50\n\n<user><s n=\"PF\" ts=\"2011-05-19T10:00:00Z\"/></user>",
	 "presence of 1:bo@example.com via 9:00000000-0000-0000-0009-aabbccddeeff@live.com: profile changed "
	 "2011-05-19T10:00:00Z", ""},
	{21, "<<< NFY PUT 232",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 9:00000000-0000-0000-0009-aabbccddeeff@live.com\n\n"
	 "Reliability: 1.0\n\nNotification: 1.0\nNotifNum: 0\nUri: /user\nNotifType: Sync\n"
	 "Content-Type: application/user+xml\nContent-Length: 0\n\n",
	 "circle 9:00000000-0000-0000-0009-aabbccddeeff@live.com asks for presence anew", ""},
	{21, ">>> PUT 5 573",
	 "Routing: 1.0\nFrom: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\nTo: 1:ana@example.com\n\n"
	 "Reliability: 1.0\nStream: 1\nSegment: 0\nFlags: ACK\n\nPublication: 1.0\nUri: /user\n"
	 "Content-Type: application/user+xml\nContent-Length: 321\n\n"
	 "<user><s n=\"IM\"><Status>HDN</Status></s><s n=\"PE\"><PSM>hm</PSM></s><sep n=\"IM\"><Capabilities>0:48"
	 "</Capabilities></sep><sep n=\"PE\"><VER>MSNMSGR:15.4.3508.1109</VER><TYP>1</TYP><Capabilities>0:0"
	 "</Capabilities></sep><sep n=\"PD\"><ClientType>1</ClientType><EpName>DESK</EpName><Idle>false</Idle>"
	 "<State>HDN</State></sep></user>",
	 "publishes own presence: hidden, \"hm\", endpoint \"DESK\"", ""},
	{21, "<<< NFY DEL 229",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:bo@example.com\n\nReliability: 1.0\n\nNotification: 1.0\n"
	 "NotifNum: 0\nUri: /user\nNotifType: Partial\nContent-Type: application/user+xml\nContent-Length: 24\n\n"
	 "<user><s n=\"IM\"/></user>",
	 "1:bo@example.com is offline", ""},
	{21, "<<< NFY DEL 278",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:ana@example.com\n\nReliability: 1.0\n\nNotification: 1.0\n"
	 "NotifNum: 0\nUri: /user\nNotifType: Partial\nContent-Type: application/user+xml\nContent-Length: 72\n\n"
	 "<user><sep n=\"IM\" epid=\"{0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\"/></user>",
	 "endpoint {0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0} of 1:ana@example.com signed out", ""},
	{21, ">>> DEL 6 288",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\n\n"
	 "Reliability: 1.0\n\nPublication: 1.0\nUri: /user\nContent-Type: application/user+xml\nContent-Length: 72\n\n"
	 "<user><sep n=\"IM\" epid=\"{0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\"/></user>",
	 "signs out endpoint {0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}", ""},
	{21, "<<< NFY PUT 286",
	 "Routing: 1.0\nTo: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\nFrom: 14:fb\n\n"
	 "Reliability: 1.0\n\nNotification: 1.0\nNotifNum: 1\nUri: /network\nNotifType: Full\n"
	 "Content-Type: application/network+xml\nContent-Length: 45\n\n<network><status>SigningIn</status></network>",
	 "network fb signing in", ""},
	/* Groups. */
	{21, ">>> PUT 40 254",
	 "Routing: 1.0\nTo: 10:00000000-0000-0000-0000-000000000000@live.com\n"
	 "From: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\n\nReliability: 1.0\n\n"
	 "Publication: 1.0\nUri: /circle\nContent-Type: application/multiparty+xml\nContent-Length: 0\n\n",
	 "asks for a new group", ""},
	{21, "<<< PUT 40 OK 159",
	 "Routing: 1.0\nTo: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\n"
	 "From: 10:aaaaaaaa-bbbb-0001-4444-cccc00000000@live.com\n\nReliability: 1.0\n\n",
	 "group 10:aaaaaaaa-bbbb-0001-4444-cccc00000000@live.com created", ""},
	{21, "<<< PUT 41 OK 128",
	 "Routing: 1.0\nTo: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\nFrom: 1:ana@example.com\n\n"
	 "Reliability: 1.0\n\n",
	 "accepted, from 1:ana@example.com", ""},
	{21, ">>> PUT 41 336",
	 "Routing: 1.0\nTo: 10:aaaaaaaa-bbbb-0001-4444-cccc00000000@live.com\n"
	 "From: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\n\nReliability: 1.0\n\n"
	 "Publication: 1.0\nUri: /circle\nContent-Type: application/circles+xml\nContent-Length: 84\n\n"
	 "<circle><roster><id>IM</id><user><id>1:ana@example.com</id></user></roster></circle>",
	 "joins group 10:aaaaaaaa-bbbb-0001-4444-cccc00000000@live.com", ""},
	{21, ">>> PUT 42 346",
	 "Routing: 1.0\nTo: 10:aaaaaaaa-bbbb-0001-4444-cccc00000000@live.com;path=IM\n"
	 "From: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\n\nReliability: 1.0\n\n"
	 "Publication: 1.0\nUri: /circle\nContent-Type: application/multiparty+xml\nContent-Length: 83\n\n"
	 "<circle><roster><id>IM</id><user><id>1:bo@example.com</id></user></roster></circle>",
	 "invites 1:bo@example.com to group 10:aaaaaaaa-bbbb-0001-4444-cccc00000000@live.com", ""},
	{21, "<<< NFY PUT 358",
	 "Routing: 1.0\nTo: 1:bo@example.com\nFrom: 10:aaaaaaaa-bbbb-0001-4444-cccc00000000@live.com\n\n"
	 "Reliability: 1.0\nStream: 0\n\nNotification: 1.0\nNotifNum: 0\nUri: /circle\nNotifType: Partial\n"
	 "Content-Type: application/circles+xml\nContent-Length: 105\n\n"
	 "<circle><roster><id>IM</id><user><id>1:bo@example.com</id><state>pending</state></user></roster></circle>",
	 "1:bo@example.com is invited to group 10:aaaaaaaa-bbbb-0001-4444-cccc00000000@live.com", ""},
	{21, "<<< NFY PUT 441",
	 "Routing: 1.0\nTo: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\n"
	 "From: 10:aaaaaaaa-bbbb-0001-4444-cccc00000000@live.com\n\nReliability: 1.0\nStream: 0\n\nNotification: 1.0\n"
	 "NotifNum: 0\nUri: /circle\nNotifType: Partial\nContent-Type: application/circles+xml\nContent-Length: 143\n"
	 "\n<circle><roster><id>IM</id><user><id>1:bo@example.com</id></user><user><id>1:al@example.com</id>"
	 "<state>pending</state></user></roster></circle>",
	 "1:bo@example.com joined group 10:aaaaaaaa-bbbb-0001-4444-cccc00000000@live.com, 1:al@example.com is "
	 "invited", ""},
	{21, ">>> DEL 44 286",
	 "Routing: 1.0\nTo: 10:aaaaaaaa-bbbb-0001-4444-cccc00000000@live.com\n"
	 "From: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\n\nReliability: 1.0\n\n"
	 "Publication: 1.0\nUri: /circle/roster(IM)/user(1:ana@example.com)\nContent-Type: application/circles+xml\n"
	 "Content-Length: 0\n\n",
	 "leaves group 10:aaaaaaaa-bbbb-0001-4444-cccc00000000@live.com", ""},
	{21, ">>> DEL 45 285",
	 "Routing: 1.0\nTo: 10:aaaaaaaa-bbbb-0001-4444-cccc00000000@live.com\n"
	 "From: 1:ana@example.com;epid={0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}\n\nReliability: 1.0\n\n"
	 "Publication: 1.0\nUri: /circle/roster(IM)/user(1:bo@example.com)\nContent-Type: application/circles+xml\n"
	 "Content-Length: 0\n\n",
	 "removes 1:bo@example.com from group 10:aaaaaaaa-bbbb-0001-4444-cccc00000000@live.com", ""},
	{21, "<<< NFY DEL 286",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 10:aaaaaaaa-bbbb-0001-4444-cccc00000000@live.com\n\n"
	 "Reliability: 1.0\nStream: 0\n\nNotification: 1.0\nNotifNum: 2\n"
	 "Uri: /circle/roster(IM)/user(1:bo@example.com)\nNotifType: Partial\nContent-Type: application/circles+xml\n"
	 "Content-Length: 0\n\n",
	 "1:bo@example.com left group 10:aaaaaaaa-bbbb-0001-4444-cccc00000000@live.com", ""},
	{18, "<<< NFY PUT 370",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 9:00000000-0000-0000-0009-aabbccddeeff@live.com\n\n"
	 "Reliability: 1.0\nStream: 1\nSegment: 0\n\nPublication: 1.0\nUri: /circle\nNotifType: Full\n"
	 "Content-Type: application/circles+xml\nContent-Length: 122\n\n"
	 "<circle><roster><id>IM</id><user><id>1:ana@example.com</id></user><user><id>1:bo@example.com</id></user>"
	 "</roster></circle>",
	 "1:ana@example.com, 1:bo@example.com are in circle 9:00000000-0000-0000-0009-aabbccddeeff@live.com", ""},
	{18, "<<< NFY PUT 255",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 9:00000000-0000-0000-0009-aabbccddeeff@live.com\n\n"
	 "Reliability: 1.0\n\nNotification: 1.0\nNotifNum: 0\nUri: /circle\nNotifType: Full\n"
	 "Content-Type: application/circles+xml\nContent-Length: 17\n\n<circle></circle>",
	 "circle 9:00000000-0000-0000-0009-aabbccddeeff@live.com is online", ""},
	{18, "<<< NFY PUT 388",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 9:00000000-0000-0000-0009-aabbccddeeff@live.com\n\n"
	 "Reliability: 1.0\n\nNotification: 1.0\nNotifNum: 0\nUri: /circle\nNotifType: Partial\n"
	 "Content-Type: application/circles+xml\nContent-Length: 146\n\n"
	 "<circle><props><presence dtype=\"xml\"><Data><UTL></UTL><MFN>hikers</MFN><PSM></PSM><CurrentMedia>"
	 "</CurrentMedia></Data></presence></props></circle>",
	 "properties of circle 9:00000000-0000-0000-0009-aabbccddeeff@live.com, named \"hikers\"", ""},
	/* What is broken. */
	{21, "<<< SDG 0 196",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:bo@example.com\n\nReliability: 1.0\n\nMessaging: 2.0\n"
	 "Message-Type: Text\nContent-Type: text/plain; charset=UTF-8\nContent-Length: 3\n\ntoo long a text",
	 "text from 1:bo@example.com to 1:ana@example.com: \"too\"", "routing.length"},
	{21, "<<< SDG 0 196",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:bo@example.com\n\nReliability: 1.0\n\nMessaging: 2.0\n"
	 "Message-Type: Text\nContent-Type: text/plain; charset=UTF-8\nContent-Length: 99999999999\n\nshort",
	 "text from 1:bo@example.com to 1:ana@example.com: \"short\"", "routing.length"},
	{21, "<<< SDG 0 185",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:bo@example.com\n\nReliability: 1.0\n\nMessaging: 2.0\n"
	 "Message-Type: Text\nContent-Type: text/plain; charset=UTF-8\nContent-Length: many\n\nx",
	 "text from 1:bo@example.com to 1:ana@example.com: \"x\"", "msnp.bad_value"},
	{21, "<<< SDG 0 40",
	 "Messaging: 2.0\nMessage-Type: Text\n\nhi",
	 "text from ? to ?: \"hi\"", "routing.blocks routing.blocks"},
	{21, "<<< SDG 0 123",
	 "Messaging: 2.0\nMessage-Type: Text\n\nRouting: 1.0\nTo: 1:ana@example.com\nFrom: 1:bo@example.com\n\n"
	 "Reliability: 1.0\n\nhi",
	 "text from 1:bo@example.com to 1:ana@example.com: \"hi\"", ""},
	{21, "<<< SDG 0 93",
	 "Routing: 1.0\nFrom: 1:bo@example.com\n\nSpeed: 2.0\n\nMessaging: 2.0\nMessage-Type: Nudge\n\n",
	 "nudge from 1:bo@example.com to ?", "routing.blocks routing.blocks routing.address"},
	{21, "<<< SDG 0 83",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:bo@example.com\n\nReliability: 1.0\n\n",
	 "incoming message, from 1:bo@example.com", "routing.blocks"},
	{21, "<<< SDG 0 59",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:bo@example.com",
	 "incoming message, from 1:bo@example.com", "routing.blocks routing.blocks routing.blocks"},
	{21, "<<< SDG 0 130",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 10:group\n\nRouting: 1.0\n\nReliability: 1.0\n\nMessaging: 2.0\n"
	 "Message-Type: Text\n\nx",
	 "text from group 10:group to 1:ana@example.com: \"x\"", "routing.blocks routing.address"},
	{21, "<<< SDG 0 19",
	 "nothing of the kind",
	 "incoming message, 19 bytes", "routing.blocks routing.blocks routing.blocks"},
	{21, "<<< SDG 0 121",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:bo@example.com\n\nReliability: 1.0\n\nMessaging: 2.0\n"
	 "Content-Length: 1\n\nx",
	 "message from 1:bo@example.com to 1:ana@example.com, 1 bytes", "routing.body"},
	{21, "<<< SDG 0 199",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:bo@example.com\n\nReliability: 1.0\n\nMessaging: 2.0\n"
	 "Message-Type: Signal/CloseIMWindow\nContent-Type: text/plain; charset=UTF-8\nContent-Length: 2\n\n\n",
	 "1:bo@example.com closed the window with ?", "routing.body"},
	{21, "<<< SDG 0 138",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:bo@example.com\n\nReliability: 1.0\n\nMessaging: 2.0\n"
	 "Message-Type: ;\n\nReliability: 1.0\n\n",
	 "; from 1:bo@example.com to 1:ana@example.com, 20 bytes", "routing.unknown"},
	{21, "<<< NFY PUT 291",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:bo@example.com\n\nReliability: 1.0\n\nNotification: 1.0\n"
	 "NotifNum: 0\nUri: /user\nNotifType: Partial\nContent-Type: application/circles+xml\nContent-Length: 83\n\n"
	 "<circle><roster><id>IM</id><user><id>1:bo@example.com</id></user></roster></circle>",
	 "presence of 1:bo@example.com", "routing.body"},
	{21, "<<< NFY PUT 241",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:bo@example.com\n\nReliability: 1.0\n\nNotification: 1.0\n"
	 "NotifNum: 0\nUri: /user\nNotifType: Half\nContent-Type: application/user+xml\nContent-Length: 39\n\n"
	 "<user><s n=\"ZZ\"/><sep epid=\"1\"/></user>",
	 "presence of 1:bo@example.com: endpoints only", "routing.unknown routing.unknown presence.bad_value presence.bad_value"},
	{21, "<<< NFY PUT 232",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:bo@example.com\n\nReliability: 1.0\n\nNotification: 1.0\n"
	 "NotifNum: 0\nUri: /user\nNotifType: Partial\nContent-Type: application/user+xml\nContent-Length: 27\n\n"
	 "<user><s n=\"IM\"><Status>AWY",
	 "presence of 1:bo@example.com: away", "xml.broken"},
	{21, "<<< NFY PUT 196",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:bo@example.com\n\nReliability: 1.0\n\nNotification: 1.0\n"
	 "NotifNum: 0\nUri: /tea\nNotifType: Partial\nContent-Type: text/x-tea\nContent-Length: 3\n\nhot",
	 "state of a contact or circle, \"hot\", /tea from 1:bo@example.com", "routing.unknown routing.unknown"},
	{21, "<<< NFY PUT 215",
	 "Routing: 1.0\nTo: 1:ana@example.com\nFrom: 1:bo@example.com\n\nReliability: 1.0\n\nNotification: 1.0\n"
	 "NotifNum: 0\nUri: /circle\nNotifType: Partial\nContent-Type: application/circles+xml\nContent-Length: 6\n\n"
	 "<tea/>",
	 "state of 1:bo@example.com", "xml.wrong_root"},
};

static void test_rows(void **state)
{
	(void)state;
	routing_rows_check(rows, sizeof(rows) / sizeof(rows[0]));
}

/* --- trees --- */

static void check_tree(const char *payload, const char *expected)
{
	struct arena arena = {0};
	struct buffer out = {0};
	struct dissection d;

	dissection_init(&d, &arena, SLICE_EMPTY, slice_str(payload));
	routing_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, strlen(payload), NULL);
	tree_check(&d);
	tree_write(&d, &out);
	buffer_add_byte(&out, 0);
	assert_string_equal((const char *)out.data, expected);
	buffer_free(&out);
	arena_free(&arena);
}

#define EPID "{0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0}"

static void test_message_tree(void **state)
{
	(void)state;
	check_tree("Routing: 1.0\r\nTo: 1:bo@example.com\r\nFrom: 1:ana@example.com\r\nOptions: 0\r\n"
		   "Service-Channel: IM/Online\r\n\r\nReliability: 1.0\r\nStream: 1\r\nSegment: 2\r\nFlags: ACK\r\n\r\n"
		   "Messaging: 2.0\r\nMessage-Type: Text\r\nContent-Type: text/plain;\r\n charset=UTF-8\r\n"
		   "Content-Length: 2\r\nPipe: x\r\n\r\nhi, all",
		   "routing.block{routing.headers{[Routing]=\"1.0\" [To]=\"1:bo@example.com\" "
		   "[From]=\"1:ana@example.com\" [Options]=\"0\" [Service-Channel]=\"IM/Online\"} "
		   "routing.to=\"1:bo@example.com\"{address.network=1 address.account=\"bo@example.com\"} "
		   "routing.from=\"1:ana@example.com\"{address.network=1 address.account=\"ana@example.com\"} "
		   "routing.options=0 routing.service_channel=\"IM/Online\"} "
		   "routing.reliability{routing.headers{[Reliability]=\"1.0\" [Stream]=\"1\" [Segment]=\"2\" "
		   "[Flags]=\"ACK\"} routing.stream=1 routing.segment=2 routing.flags=\"ACK\"} "
		   "routing.messaging{routing.message_type=\"Text\" routing.content_length=2 routing.pipe} "
		   "msg.headers{[Messaging]=\"2.0\" [Message-Type]=\"Text\" [Content-Type]=\"text/plain; charset=UTF-8\" "
		   "[Content-Length]=\"2\" [Pipe]=\"x\"} msg.content_type=\"text/plain\" msg.charset=\"UTF-8\" "
		   "routing.trailing=5 msg.text=\"hi\" !msnp.bad_value !routing.length");
}

static void test_window_tree(void **state)
{
	(void)state;
	check_tree("Messaging: 2.0\r\nMessage-Type: Signal/CloseIMWindow\r\n\r\n1:a@example.com/1:b@example.com\r\n",
		   "routing.messaging{routing.message_type=\"Signal/CloseIMWindow\"} "
		   "msg.headers{[Messaging]=\"2.0\" [Message-Type]=\"Signal/CloseIMWindow\"} "
		   "routing.window=\"1:a@example.com\"{address.network=1 address.account=\"a@example.com\"} "
		   "routing.window=\"1:b@example.com\"{address.network=1 address.account=\"b@example.com\"} "
		   "!routing.blocks !routing.blocks");
}

#define MESSAGE(type) "Messaging: 2.0\r\nMessage-Type: " type "\r\n\r\n"
#define MESSAGE_TREE(type) \
	"routing.messaging{routing.message_type=\"" type "\"} " \
	"msg.headers{[Messaging]=\"2.0\" [Message-Type]=\"" type "\"} "
#define OBJECT(type) \
	"<msnobj Creator=\"a\" Size=\"1\" Type=\"" type "\" SHA1D=\"vEvOi/JX7oAzLReF9a0sn5oMVNg=\" Friendly=\"SABpAA==\"/>"
#define OBJECT_TREE(type) \
	"{msnobj.xml=\"" OBJECT(type) "\" msnobj.creator=\"a\" msnobj.size=1 msnobj.type=" type \
	" msnobj.sha1d=\"vEvOi/JX7oAzLReF9a0sn5oMVNg=\" msnobj.friendly=\"Hi\"} "

/* Objects stand alone or in a datacast; what is not known is text or bytes. */
static void test_kinds_tree(void **state)
{
	(void)state;
	check_tree(MESSAGE("Wink") OBJECT("8") "\r\n",
		   MESSAGE_TREE("Wink") "datacast.object" OBJECT_TREE("8") "!routing.blocks !routing.blocks");
	check_tree(MESSAGE("Voice") OBJECT("11"),
		   MESSAGE_TREE("Voice") "datacast.object" OBJECT_TREE("11") "!routing.blocks !routing.blocks");
	check_tree(MESSAGE("Wink") "ID: 2\r\nData: x\r\n\r\n",
		   MESSAGE_TREE("Wink") "datacast.fields{[ID]=\"2\" [Data]=\"x\"} datacast.id=2 datacast.text=\"x\" "
					"!routing.blocks !routing.blocks !datacast.broken");
	check_tree(MESSAGE("Mystery") "tea", MESSAGE_TREE("Mystery") "msg.body_text=\"tea\" "
								     "!routing.unknown !routing.blocks !routing.blocks");
	check_tree(MESSAGE("Mystery") "\1\2", MESSAGE_TREE("Mystery") "msg.body=2 "
								      "!routing.unknown !routing.blocks !routing.blocks");
	check_tree(MESSAGE("Control/Typing") "\r\n", "routing.messaging{routing.message_type=\"Control/Typing\"} "
						     "msg.headers{[Messaging]=\"2.0\" [Message-Type]=\"Control/Typing\"} "
						     "!routing.blocks !routing.blocks");
}

/* The body in SOURCE_PAYLOAD alone, through the registry. */
static void check_body(const char *type, const char *body, const char *expected)
{
	struct arena arena = {0};
	struct buffer out = {0};
	struct dissection d;

	dissection_init(&d, &arena, SLICE_EMPTY, slice_str(body));
	payload_find(PAYLOAD_ROUTING, slice_str(type))(&d, &d.root, SOURCE_PAYLOAD, 0, strlen(body), NULL);
	tree_check(&d);
	tree_write(&d, &out);
	buffer_add_byte(&out, 0);
	assert_string_equal((const char *)out.data, expected);
	buffer_free(&out);
	arena_free(&arena);
}

static void test_user_tree(void **state)
{
	(void)state;
	check_body("application/user+xml",
		   "<user x=\"1\"><s n=\"IM\"><Status>BSY</Status><New>1</New></s><s n=\"PF\" ts=\"2011-05-19\"/>stray"
		   "<sep n=\"PD\" epid=\"" EPID "\"><EpName>DESK</EpName><EpName>TWO</EpName></sep>"
		   "<s n=\"SKP\"><Skypename>bo</Skypename><Mood>so &amp; so</Mood></s></user>",
		   "user.state{xml.other{[@x]=\"1\" [#text]=\"stray\"} "
		   "user.service{user.service_name=\"IM\" presence.status=\"BSY\" xml.other{[New]=\"1\"}} "
		   "user.service{user.service_name=\"PF\" user.changed=\"2011-05-19\"} "
		   "user.endpoint{user.service_name=\"PD\" user.epid=\"" EPID "\" "
		   "presence.endpoint_name=\"DESK\" xml.other{[EpName]=\"TWO\"}} "
		   "user.service{user.service_name=\"SKP\" user.skype_name=\"bo\" user.mood=\"so & so\"}}");
}

static void test_circle_tree(void **state)
{
	(void)state;
	check_body("application/circles+xml",
		   "<circle><roster><id>IM</id><id>?</id><user><id>9:g@live.com;path=IM</id><state>pending</state></user>"
		   "<user><id>bo</id><state>odd</state></user></roster><props><a/></props></circle>",
		   "circle.state{circle.roster{circle.roster_id=\"IM\" xml.other{[id]=\"?\"} "
		   "circle.member{circle.member_id=\"9:g@live.com;path=IM\"{address.network=9 "
		   "address.account=\"g@live.com\" address.path=\"IM\"} circle.member_state=\"pending\"} "
		   "circle.member{circle.member_id=\"bo\"{address.account=\"bo\"} circle.member_state=\"odd\"}} "
		   "xml.other{[props]{[a]=\"\"}}} !routing.body !routing.unknown");
	check_body("application/multiparty+xml",
		   "<circle><props><presence dtype=\"xml\"><Data><MFN>hikers</MFN></Data></presence></props></circle>",
		   "circle.state{circle.presence{presence.friendly_name=\"hikers\"}}");
	check_body("application/network+xml", "<network><status>Asleep</status><b>1</b></network>",
		   "network.state{network.status=\"Asleep\" xml.other{[b]=\"1\"}} !routing.unknown");
}

static void test_uri_tree(void **state)
{
	(void)state;
	check_tree("Publication: 1.0\r\nUri: /circle/roster(IM)/user(1:bo@example.com)\r\n\r\n",
		   "routing.publication{routing.headers{[Publication]=\"1.0\" "
		   "[Uri]=\"/circle/roster(IM)/user(1:bo@example.com)\"} "
		   "routing.uri=\"/circle/roster(IM)/user(1:bo@example.com)\"{routing.uri_roster=\"IM\" "
		   "routing.uri_user=\"1:bo@example.com\"{address.network=1 address.account=\"bo@example.com\"}}} "
		   "!routing.blocks !routing.blocks");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),      cmocka_unit_test(test_message_tree), cmocka_unit_test(test_window_tree),
		cmocka_unit_test(test_user_tree), cmocka_unit_test(test_circle_tree),  cmocka_unit_test(test_uri_tree),
		cmocka_unit_test(test_kinds_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
