/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exchanges in, fields and summaries out; then each message cut at every byte.
 * Whatever is secret in them is spelt s3cret, so that it is seen where it
 * should not be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "http_text.h"
#include "tree.h"

#define AB_NS "http://www.msn.com/webservices/AddressBook"
#define SOAP11 "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\">"
#define SOAP12 "<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\">"
#define END "</e:Body></e:Envelope>"
#define XML "Content-Type: text/xml; charset=utf-8\r\n\r\n"
#define OK_XML "HTTP/1.1 200 OK\r\n" XML

#define POST(path, action) \
	"POST " path " HTTP/1.1\r\nHost: host.example.com\r\nCookie: MSPAuth=s3cret\r\nSOAPAction: \"" action \
	"\"\r\n" XML SOAP11

#define AB_HEADER(scenario) \
	"<e:Header><ABApplicationHeader xmlns=\"" AB_NS "\"><ApplicationId>CFE80F9D</ApplicationId>" \
	"<IsMigration>false</IsMigration><PartnerScenario>" scenario "</PartnerScenario></ABApplicationHeader>" \
	"<ABAuthHeader xmlns=\"" AB_NS "\"><TicketToken>t=s3cret&amp;p=</TicketToken></ABAuthHeader></e:Header>"

#define AB(service, operation, scenario, inner) \
	POST("/abservice/" service ".asmx", AB_NS "/" operation) AB_HEADER(scenario) \
	"<e:Body><" operation " xmlns=\"" AB_NS "\">" inner "</" operation ">" END

#define AB_ANSWER(operation, inner) \
	OK_XML SOAP11 "<e:Header><ServiceHeader xmlns=\"" AB_NS "\"><Version>15.01</Version>" \
	"<PreferredHostName>ab.example.com</PreferredHostName></ServiceHeader></e:Header><e:Body><" operation \
	"Response xmlns=\"" AB_NS "\">" inner "</" operation "Response>" END

struct row {
	const char *service, *operation;
	const char *request, *response; /* or NULL */
	const char *request_summary, *response_summary;
	const char *request_fields, *response_fields; /* stand in the trees, parted by line ends; or NULL */
};

static const struct row rows[] = {
	{"nexus", "nexus",
	 "GET /rdr/pprdr.asp HTTP/1.0\r\n\r\n",
	 "HTTP/1.1 200 OK\r\nPassportURLs: DARealm=Passport.Net,DALogin=login.example.com/login2.srf,"
	 "DAReg=http://r.example.com/,ConfigVersion=11\r\n\r\n",
	 "nexus: GET /rdr/pprdr.asp", "nexus: sign in at login.example.com/login2.srf",
	 "http.method=\"GET\" http.target=\"/rdr/pprdr.asp\"",
	 "passport.urls{[DARealm]=\"Passport.Net\" [DAReg]=\"http://r.example.com/\" [ConfigVersion]=\"11\"} "
	 "passport.da_login=\"login.example.com/login2.srf\""},
	{"login", "login",
	 "GET /login HTTP/1.1\r\nHost: login.example.com\r\nAuthorization: Passport1.4 OrgVerb=GET,"
	 "OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom,sign-in=bo%40example.com,pwd=s3cret%2C,lc=1033,ct=1\r\n\r\n",
	 "HTTP/1.1 200 OK\r\nSet-Cookie: MSPAuth=s3cret\r\nAuthentication-Info: Passport1.4 da-status=success,"
	 "tname=MSPAuth,from-PP='t=s3cret,x&p=',ru=http://messenger.msn.com\r\n\r\n",
	 "login: as bo@example.com", "login: success, with a ticket",
	 "passport.parameters{[OrgVerb]=\"GET\" [OrgURL]=\"http://messenger.msn.com\" [lc]=\"1033\" [ct]=\"1\"} "
	 "passport.sign_in=\"bo@example.com\" passport.password=\"s3cret,\"",
	 "passport.da_status=\"success\"\npassport.ticket=\"t=s3cret,x&p=\" "
	 "passport.return_url=\"http://messenger.msn.com\""},
	{"login", "login",
	 "GET /login2.srf HTTP/1.1\r\nAuthorization: Passport1.4 pwd=s3cret,pwd=s3cret\r\n\r\n",
	 "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Passport1.4 da-status=failed,srealm=Passport.NET,prompt,"
	 "cburl=http://x.example.com,cbtxt=Wrong%20password\r\n\r\n",
	 "login: GET /login2.srf", "login: failed, Wrong password", NULL,
	 "passport.da_status=\"failed\"\npassport.reason=\"Wrong password\"\n[prompt]=\"\"\n!passport.failed\n"
	 "!http.error_status"},
	{"login", "login", NULL,
	 "HTTP/1.1 302 Found\r\nLocation: https://loginnet.example.com/login2.srf?lc=1033\r\n"
	 "Authentication-Info: Passport1.4 da-status=redir\r\n\r\n",
	 NULL, "login: redir, go to https://loginnet.example.com/login2.srf", NULL,
	 "http.location=\"https://loginnet.example.com/login2.srf?lc=1033\""},
	{"rst", "RST",
	 "POST //RST.srf HTTP/1.1\r\n" XML SOAP11
	 "<e:Header><ps:AuthInfo xmlns:ps=\"http://schemas.microsoft.com/Passport/SoapServices/PPCRL\">"
	 "<ps:HostingApp>{7108E71A}</ps:HostingApp><ps:BinaryVersion>4</ps:BinaryVersion><ps:Cookies>s3cret</ps:Cookies>"
	 "<ps:RequestParams>AQAAAAIAAABsYwQAAAAxMDMz</ps:RequestParams></ps:AuthInfo><Security><UsernameToken Id=\"user\">"
	 "<Username>bo@example.com</Username><Password>s3cret</Password></UsernameToken></Security></e:Header><e:Body>"
	 "<ps:RequestMultipleSecurityTokens xmlns:ps=\"http://schemas.microsoft.com/Passport/SoapServices/PPCRL\">"
	 "<RequestSecurityToken Id=\"RST0\"><AppliesTo><EndpointReference><Address>http://Passport.NET/tb</Address>"
	 "</EndpointReference></AppliesTo></RequestSecurityToken><RequestSecurityToken Id=\"RST1\"><AppliesTo>"
	 "<EndpointReference><Address>messengerclear.live.com</Address></EndpointReference></AppliesTo>"
	 "<PolicyReference URI=\"MBI_KEY_OLD\"/></RequestSecurityToken></ps:RequestMultipleSecurityTokens>" END,
	 OK_XML SOAP11
	 "<e:Header><psf:pp xmlns:psf=\"http://schemas.microsoft.com/Passport/SoapServices/SOAPFault\">"
	 "<psf:PUID>000112233</psf:PUID><psf:reqstatus>0x0</psf:reqstatus><psf:serverInfo ServerTime=\"2010-02-03T04:05:06Z\">"
	 "LOGN1</psf:serverInfo><psf:cookies>s3cret</psf:cookies><psf:credProperties><psf:credProperty Name=\"CID\">12ab"
	 "</psf:credProperty></psf:credProperties></psf:pp></e:Header><e:Body><RequestSecurityTokenResponseCollection>"
	 "<RequestSecurityTokenResponse><AppliesTo><EndpointReference><Address>http://Passport.NET/tb</Address>"
	 "</EndpointReference></AppliesTo><LifeTime><Expires>2010-02-04T00:00:00Z</Expires></LifeTime>"
	 "<RequestedSecurityToken><EncryptedData><CipherData><CipherValue>s3cret</CipherValue></CipherData></EncryptedData>"
	 "</RequestedSecurityToken></RequestSecurityTokenResponse><RequestSecurityTokenResponse><TokenType>"
	 "urn:passport:compact</TokenType><AppliesTo><EndpointReference><Address>messengerclear.live.com</Address>"
	 "</EndpointReference></AppliesTo><LifeTime><Expires>2010-02-03T12:00:00Z</Expires></LifeTime>"
	 "<RequestedSecurityToken><BinarySecurityToken Id=\"Compact1\">t=s3cret&amp;p=</BinarySecurityToken>"
	 "</RequestedSecurityToken><RequestedProofToken><BinarySecret>s3cret</BinarySecret></RequestedProofToken>"
	 "</RequestSecurityTokenResponse></RequestSecurityTokenResponseCollection>" END,
	 "RST: tickets for http://Passport.NET/tb, messengerclear.live.com (MBI_KEY_OLD) as bo@example.com",
	 "tokens: http://Passport.NET/tb until 2010-02-04T00:00:00Z, messengerclear.live.com until 2010-02-03T12:00:00Z",
	 "rst.username=\"bo@example.com\" rst.password=\"s3cret\" rst.request_params{[lc]=\"1033\"} "
	 "rst.site{rst.address=\"http://Passport.NET/tb\"} "
	 "rst.site{rst.address=\"messengerclear.live.com\" rst.policy=\"MBI_KEY_OLD\"}",
	 "rst.puid=\"000112233\" rst.req_status=\"0x0\" rst.server_info=\"LOGN1\" "
	 "rst.server_time=\"2010-02-03T04:05:06Z\" rst.properties{[CID]=\"12ab\"}\n"
	 "rst.expires=\"2010-02-03T12:00:00Z\" rst.ticket=\"t=s3cret&p=\" rst.secret=\"s3cret\""},
	/* A fault beside the body, with status 200. */
	{"rst", "RST", NULL,
	 OK_XML SOAP11 "<e:Header><psf:pp xmlns:psf=\"http://schemas.microsoft.com/Passport/SoapServices/SOAPFault\">"
	 "<psf:reqstatus>0x80048821</psf:reqstatus></psf:pp></e:Header><e:Fault><faultcode>wsse:FailedAuthentication"
	 "</faultcode><faultstring>Authentication Failure</faultstring></e:Fault></e:Envelope>",
	 NULL, "RST: fault wsse:FailedAuthentication, 0x80048821", NULL,
	 "soap.fault{soap.fault_code=\"wsse:FailedAuthentication\" soap.fault_string=\"Authentication Failure\"}\n"
	 "!soap.fault"},
	{"rst2", "RST2", "POST /RST2.srf HTTP/1.1\r\nContent-Type: application/soap+xml\r\n\r\n" SOAP12 "<e:Header><Action>"
	 "http://x/RST/Issue</Action><To>HTTPS://127.0.0.1:80//RST2.srf</To><MessageID>1265000000</MessageID><Security>"
	 "<Timestamp><Created>2010-02-01T04:53:20Z</Created></Timestamp></Security></e:Header><e:Body>"
	 "<RequestSecurityToken><AppliesTo><EndpointReference><ServiceName>p2pslc.messenger.msn.com</ServiceName>"
	 "</EndpointReference></AppliesTo><PolicyReference URI=\"MBI_X509_CID\"/></RequestSecurityToken>" END,
	 "HTTP/1.1 500 x\r\n" XML SOAP12 "<e:Body><e:Fault><e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>"
	 "wst:FailedAuthentication</e:Value></e:Subcode></e:Code><e:Reason><e:Text>Authentication Failure</e:Text></e:Reason>"
	 "<e:Detail><error><value>0x80048821</value></error></e:Detail></e:Fault>" END,
	 "RST2: tickets for p2pslc.messenger.msn.com (MBI_X509_CID)",
	 "RST2: fault wst:FailedAuthentication, 0x80048821",
	 "soap.version=\"1.2\"\nrst.message_id=\"1265000000\"\nrst.timestamp_created=\"2010-02-01T04:53:20Z\"",
	 "soap.fault_code=\"e:Sender\" soap.fault_subcode=\"wst:FailedAuthentication\" "
	 "soap.fault_string=\"Authentication Failure\" soap.error_code=\"0x80048821\""},
	{"abservice", "ABFindAll",
	 AB("abservice", "ABFindAll", "Initial",
	    "<abId>0</abId><abView>Full</abView><deltasOnly>true</deltasOnly><lastChange>2007-01-02</lastChange>"),
	 AB_ANSWER("ABFindAll",
		   "<ABFindAllResult><groups><Group><groupId>g1</groupId><groupInfo><name>Work</name></groupInfo></Group>"
		   "</groups><contacts><Contact><contactId>c1</contactId><contactInfo><contactType>Me</contactType>"
		   "<annotations><Annotation><Name>MSN.IM.BLP</Name><Value>1</Value></Annotation></annotations></contactInfo>"
		   "</Contact><Contact><contactId>c2</contactId><contactInfo><passportName>bo@example.com</passportName>"
		   "<CID>-5</CID><isMessengerUser>true</isMessengerUser><groupIds><guid>g1</guid><guid>g2</guid></groupIds>"
		   "<emails><ContactEmail><contactEmailType>Messenger2</contactEmailType><email>y@example.com</email>"
		   "<Capability>32</Capability></ContactEmail></emails><NetworkInfoList><NetworkInfo><DomainId>1</DomainId>"
		   "<RelationshipState>3</RelationshipState></NetworkInfo></NetworkInfoList></contactInfo></Contact>"
		   "</contacts><ab><abId>0</abId><abInfo><ownerEmail>al@example.com</ownerEmail></abInfo></ab>"
		   "</ABFindAllResult>"),
	 "ABFindAll (Initial): ask for the address book, deltas since 2007-01-02", "2 contacts, 1 group",
	 "soap.action=\"" AB_NS "/ABFindAll\" soap.namespace=\"" AB_NS "\" soap.operation=\"ABFindAll\"\n"
	 "ab.scenario=\"Initial\" ab.ticket=\"t=s3cret&p=\" ab.book_id=\"0\" ab.view=\"Full\" ab.deltas_only=1",
	 "ab.preferred_host=\"ab.example.com\"\nab.contact{ab.contact_id=\"c1\" ab.contact_type=\"Me\" "
	 "ab.annotations{[MSN.IM.BLP]=\"1\"}} ab.contact{ab.contact_id=\"c2\" ab.account=\"bo@example.com\" ab.cid=\"-5\" "
	 "ab.is_messenger_user=1 ab.group_id=\"g1\" ab.group_id=\"g2\" ab.email{ab.email_type=\"Messenger2\" "
	 "ab.email_address=\"y@example.com\" ab.email_capability=32} ab.network{ab.network_domain=1 "
	 "ab.relationship_state=3}} ab.group{ab.group_id=\"g1\" ab.group_name=\"Work\"} ab.book_id=\"0\" "
	 "ab.owner=\"al@example.com\""},
	/* Refused because it is there. */
	{"abservice", "ABContactAdd",
	 AB("abservice", "ABContactAdd", "ContactSave",
	    "<abId>0</abId><contacts><Contact><contactInfo><contactType>LivePending</contactType><passportName>bo@example.com"
	    "</passportName><isMessengerUser>true</isMessengerUser><MessengerMemberInfo><PendingAnnotations><Annotation><Name>"
	    "MSN.IM.InviteMessage</Name><Value>Hi!</Value></Annotation></PendingAnnotations></MessengerMemberInfo>"
	    "</contactInfo></Contact></contacts>"),
	 "HTTP/1.1 500 Internal Server Error\r\n" XML SOAP11 "<e:Body><e:Fault><faultcode>e:Client</faultcode><faultstring>exists"
	 "</faultstring><detail><errorcode xmlns=\"" AB_NS "\">ContactAlreadyExists</errorcode><additionalDetails>"
	 "<conflictObjectId>33333333</conflictObjectId></additionalDetails></detail></e:Fault>" END,
	 "ABContactAdd (ContactSave): bo@example.com, LivePending",
	 "ABContactAdd: fault ContactAlreadyExists, 33333333",
	 "ab.annotations{[MSN.IM.InviteMessage]=\"Hi!\"} ab.invite_message=\"Hi!\"",
	 "soap.fault{soap.fault_code=\"e:Client\" soap.fault_string=\"exists\" soap.error_code=\"ContactAlreadyExists\" "
	 "soap.conflict_id=\"33333333\"}"},
	{"abservice", "ABGroupContactAdd",
	 AB("abservice", "ABGroupContactAdd", "GroupSave",
	    "<groupFilter><groupIds><guid>g1</guid></groupIds></groupFilter><contacts><Contact><contactId>c1</contactId>"
	    "</Contact></contacts>"),
	 AB_ANSWER("ABGroupContactAdd", "<ABGroupContactAddResult><guid>c1</guid></ABGroupContactAddResult>"),
	 "ABGroupContactAdd (GroupSave): c1, group g1", "id c1",
	 "ab.group_id=\"g1\"", "ab.result_id=\"c1\""},
	{"abservice", "ABGroupUpdate",
	 AB("abservice", "ABGroupUpdate", "GroupSave",
	    "<groups><Group><groupId>g1</groupId><groupInfo><name>Job</name></groupInfo></Group></groups>"),
	 AB_ANSWER("ABGroupUpdate", ""), "ABGroupUpdate (GroupSave): g1 is \"Job\"", "ABGroupUpdate: done",
	 "ab.group{ab.group_id=\"g1\" ab.group_name=\"Job\"}", NULL},
	{"abservice", "ManageWLConnection",
	 AB("abservice", "ManageWLConnection", "CircleInvite",
	    "<contactId>c1</contactId><connection>true</connection><presence>true</presence><action>1</action>"
	    "<relationshipType>5</relationshipType>"),
	 NULL, "ManageWLConnection (CircleInvite): c1", NULL,
	 "ab.connection=1 ab.presence=1 ab.action=1 ab.relationship_type=5", NULL},
	/* Neither path nor SOAPAction: the first element of the body names it. */
	{"sharing", "AddMember",
	 "POST / HTTP/1.1\r\n" XML SOAP11 "<e:Body><AddMember xmlns=\"" AB_NS "\"><memberships><Membership><MemberRole>Allow"
	 "</MemberRole><Members><Member xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"PassportMember\">"
	 "<Type>Passport</Type><PassportName>bo@example.com</PassportName></Member></Members></Membership></memberships>"
	 "</AddMember>" END,
	 AB_ANSWER("AddMember", ""), "AddMember: allow bo@example.com", "AddMember: done",
	 "sharing.membership{sharing.role=\"Allow\" sharing.member{sharing.member_kind=\"PassportMember\" "
	 "sharing.member_type=\"Passport\" sharing.account=\"bo@example.com\"}}",
	 NULL},
	{"sharing", "FindMembership", NULL,
	 AB_ANSWER("FindMembership",
		   "<FindMembershipResult><Services><Service><Memberships><Membership><MemberRole>Pending</MemberRole><Members>"
		   "<Member><MembershipId>Pending/1</MembershipId><PassportName>bo@example.com</PassportName><Annotations>"
		   "<Annotation><Name>MSN.IM.InviteMessage</Name><Value>me</Value></Annotation></Annotations></Member></Members>"
		   "</Membership></Memberships><Info><Handle><Id>1</Id><Type>Messenger</Type></Handle></Info></Service>"
		   "</Services></FindMembershipResult>"),
	 NULL, "1 pending", NULL,
	 "sharing.service{sharing.service_id=\"1\" sharing.service_type=\"Messenger\" sharing.membership{"
	 "sharing.role=\"Pending\" sharing.member{sharing.membership_id=\"Pending/1\" sharing.account=\"bo@example.com\" "
	 "sharing.invite_message=\"me\"}}}"},
	{"sharing", "CreateCircle",
	 AB("SharingService", "CreateCircle", "CircleSave",
	    "<properties><DisplayName>Hikers</DisplayName></properties><callerInfo><PublicDisplayName>Al</PublicDisplayName>"
	    "</callerInfo>"),
	 AB_ANSWER("CreateCircle", "<CreateCircleResult><Id>00000009</Id></CreateCircleResult>"),
	 "CreateCircle (CircleSave): \"Hikers\"", "circle 00000009",
	 "sharing.circle_name=\"Hikers\" sharing.caller_name=\"Al\"", "sharing.circle_id=\"00000009\""},
	{"storage", "GetProfile",
	 POST("/storageservice/SchematizedStore.asmx", "http://www.msn.com/webservices/storage/w10/GetProfile")
	 "<e:Header><StorageUserHeader><TicketToken>s3cret</TicketToken></StorageUserHeader></e:Header><e:Body><GetProfile>"
	 "<profileHandle><Alias><Name>-77</Name></Alias></profileHandle></GetProfile>" END,
	 OK_XML SOAP11 "<e:Body><GetProfileResponse><GetProfileResult><ResourceID>77!106</ResourceID><ExpressionProfile>"
	 "<DisplayName>Al</DisplayName><PersonalStatus>here</PersonalStatus><Photo><DocumentStreams><DocumentStream>"
	 "<MimeType>image/png</MimeType><DataSize>123</DataSize></DocumentStream></DocumentStreams></Photo>"
	 "</ExpressionProfile></GetProfileResult></GetProfileResponse>" END,
	 "GetProfile: profile of -77", "name \"Al\", personal message \"here\", a picture",
	 "storage.ticket=\"s3cret\" storage.cid=\"-77\"",
	 "storage.display_name=\"Al\" storage.personal_status=\"here\" storage.stream{storage.mime_type=\"image/png\" "
	 "storage.size=123}"},
	{"directory", "Get",
	 POST("/profile/profile.asmx", "http://profile.live.com/Get") "<e:Body><Get><request><Id><Ns1>Cid</Ns1><V1>77</V1>"
	 "</Id><ViewName>WLX.DC.CoreProfile</ViewName></request></Get>" END,
	 OK_XML SOAP11 "<e:Body><GetResponse><GetResult><View><Attributes><A><N>ExpressionProfile.DisplayName</N><V>Al</V></A>"
	 "</Attributes></View></GetResult></GetResponse>" END,
	 "Get: profile of 77", "1 attribute", "storage.view=\"WLX.DC.CoreProfile\"",
	 "storage.attributes{[ExpressionProfile.DisplayName]=\"Al\"}"},
	{"picture", "picture", "GET /storage/usertile/12/small?t=s3cret HTTP/1.1\r\n\r\n",
	 "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG", "picture: GET /storage/usertile/12/small",
	 "picture: 4 bytes", "http.secret_target=\"/storage/usertile/12/small?t=s3cret\"", "http.body=4"},
	{"config", "GetClientConfig",
	 "GET /Config/MsgrConfig.asmx?op=GetClientConfig&Country=US&CLCID=0409&ver=8.5.1302 HTTP/1.1\r\n"
	 "Host: config.messenger.msn.com\r\n\r\n",
	 OK_XML "<?xml version=\"1.0\"?><MsgrConfig><AbchCfg><abchconfig><url>http://ab.example.com/x.asmx</url></abchconfig>"
	 "</AbchCfg><LocalizedConfig Market=\"en-us\"/></MsgrConfig>",
	 "GetClientConfig: version 8.5.1302, country US", "market en-us, address book at http://ab.example.com/x.asmx",
	 "config.country=\"US\" config.client_locale=\"0409\" config.client_version=\"8.5.1302\"",
	 "config.address_book_url=\"http://ab.example.com/x.asmx\" config.market=\"en-us\""},
	{"config", "GetClientConfig",
	 POST("/Config/MsgrConfig.asmx", "http://www.msn.com/webservices/Messenger/Client/GetClientConfig")
	 "<e:Body><GetClientConfig><clientinfo><Country>DE</Country></clientinfo></GetClientConfig>" END,
	 OK_XML SOAP11 "<e:Body><GetClientConfigResponse><GetClientConfigResult><![CDATA[<MsgrConfig><Config>"
	 "<ExpiresInDays>3</ExpiresInDays></Config><LocalizedConfig Market=\"de-de\"/></MsgrConfig>]]>"
	 "</GetClientConfigResult></GetClientConfigResponse>" END,
	 "GetClientConfig: country DE", "market de-de", "config.country=\"DE\"",
	 "config.expires_in_days=3 config.market=\"de-de\" config.document{[MsgrConfig]{[Config]{[ExpiresInDays]=\"3\"} "
	 "[LocalizedConfig]{[@Market]=\"de-de\"}}}"},
	{"whatsnew", "GetContactsRecentActivity",
	 AB("x/whatsnew/whatsnewservice", "GetContactsRecentActivity", "", "<entityHandle><Cid>77</Cid></entityHandle>"
	    "<locales><string>en-US</string></locales><count>50</count>"),
	 AB_ANSWER("GetContactsRecentActivity",
		   "<GetContactsRecentActivityResult><FeedUrl>http://f.example.com</FeedUrl><Activities><ActivityDetails>"
		   "<OwnerCID>5</OwnerCID><ActivityDate>2010-01-01</ActivityDate></ActivityDetails></Activities>"
		   "</GetContactsRecentActivityResult>"),
	 "GetContactsRecentActivity: news for 77", "1 activity", "feed.cid=\"77\" feed.locale=\"en-US\" feed.count=50",
	 "feed.url=\"http://f.example.com\" feed.activity{feed.owner_cid=\"5\" feed.date=\"2010-01-01\"}"},
	{"spaces", "GetXmlFeed",
	 POST("/contactcard/contactcardservice.asmx", "http://www.msn.com/webservices/spaces/v1/GetXmlFeed")
	 "<e:Header><AuthTokenHeader><Token>s3cret</Token></AuthTokenHeader></e:Header><e:Body><GetXmlFeed>"
	 "<refreshInformation><cid>5</cid><storageAuthCache>s3cret</storageAuthCache></refreshInformation></GetXmlFeed>" END,
	 OK_XML SOAP11 "<e:Body><GetXmlFeedResponse><GetXmlFeedResult><contactCard><title>Bo</title><elements><element>"
	 "<title>Post</title></element></elements></contactCard></GetXmlFeedResult></GetXmlFeedResponse>" END,
	 "GetXmlFeed: contact card of 5", "\"Bo\"", "feed.cid=\"5\"",
	 "feed.card_title=\"Bo\" feed.item{feed.item_title=\"Post\"}"},
	/* What nobody has described. */
	{"soap", "Frobnicate",
	 POST("/new/service.asmx", "http://www.msn.com/webservices/New/Frobnicate") "<e:Body><Frobnicate><x>1</x></Frobnicate>"
	 END,
	 "HTTP/1.1 500 Internal Server Error\r\n\r\n", "Frobnicate", "Frobnicate: 500 Internal Server Error",
	 "[Frobnicate]{[x]=\"1\"}", "!http.error_status"},
	{"sha1auth", "sha1auth", "POST /ppsecure/sha1auth.srf HTTP/1.1\r\n\r\ntoken=s3cret&ru=http%3A%2F%2Fx.example.com%2F%3Fa",
	 "HTTP/1.1 302 Found\r\nLocation: http://x.example.com/then?t=s3cret\r\n\r\n",
	 "sha1auth: then http://x.example.com/", "sha1auth: 302 Found",
	 "passport.return_url=\"http://x.example.com/?a\"", "[Location]="},
	{"notrst", "NotRST", "POST /NotRST.srf HTTP/1.1\r\nX-User: bo@example.com\r\nX-Password: s3cret\r\n\r\n",
	 "HTTP/1.1 200 OK\r\nX-Token: s3cret\r\n\r\n", "NotRST: POST /NotRST.srf", "NotRST: done", "[X-User]=\"bo@example.com\"",
	 "[X-Token]=\"s3cret\""},
	/* XML that ends too soon. */
	{"abservice", "ABGroupDelete",
	 POST("/abservice/abservice.asmx", AB_NS "/ABGroupDelete")
	 "<e:Body><ABGroupDelete xmlns=\"" AB_NS "\"><groupFilter><groupIds><guid>g1</guid>",
	 NULL, "ABGroupDelete: g1", NULL, "ab.group_id=\"g1\"\n!xml.broken", NULL},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* --- dissecting copies without room behind them --- */

struct exchange {
	struct arena arena;
	struct http_text request, response;
	struct dissection d; /* of the latest message */
};

static struct service_result dissect(struct exchange *x, const struct http_text *t)
{
	dissection_init(&x->d, &x->arena, t->head, t->message.body);
	struct service_result result = service_dissect(&x->d, &t->message);
	tree_check(&x->d);
	return result;
}

static void has(struct slice text, const char *expected)
{
	while (expected && *expected) {
		size_t len = strcspn(expected, "\n");

		if (slice_find(text, slice_of(expected, len)) == text.len)
			fail_msg("%.*s\nis not in\n%.*s", (int)len, expected, (int)text.len, (const char *)text.ptr);
		expected += len + (expected[len] == '\n');
	}
}

static void check_message(struct exchange *x, const struct row *row, const struct http_text *t)
{
	struct service_result result = dissect(x, t);
	const char *summary = t->message.is_request ? row->request_summary : row->response_summary;
	struct buffer tree = {0};

	assert_non_null(result.service);
	assert_string_equal(result.service->name, row->service);
	assert_true(slice_eq_str(result.operation, row->operation));
	if (!slice_eq_str(x->d.summary, summary))
		fail_msg("\"%.*s\" instead of \"%s\"", SLICE_ARG(x->d.summary), summary);
	tree_write(&x->d, &tree);
	has(buffer_slice(&tree), t->message.is_request ? row->request_fields : row->response_fields);
	assert_int_equal(result.fault, slice_find(buffer_slice(&tree), SLICE_LIT("soap.fault{")) < tree.len);
	buffer_free(&tree);
}

/* --- secrets: nowhere but in fields that say so --- */

static void no_secret(struct slice text)
{
	if (slice_find(text, SLICE_LIT("s3cret")) < text.len)
		fail_msg("secret in %.*s", SLICE_ARG(text));
}

static void no_secret_below(const struct field *f)
{
	for (; f; f = f->next) {
		if (f->has_value && (f->def->type == FIELD_TEXT || f->def->type == FIELD_BYTES) &&
		    !(f->def->flags & FIELD_SECRET))
			no_secret(f->value.text);
		no_secret_below(f->first);
	}
}

static void check_secrets(const struct dissection *d)
{
	no_secret(d->summary);
	no_secret_below(d->root.first);
	for (const struct finding *f = d->findings; f; f = f->next)
		no_secret(f->text);
}

/* --- tests --- */

static void test_exchanges(void **state)
{
	static struct exchange x;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *row = &rows[i];

		if (row->request) {
			http_text_parse(&x.request, slice_str(row->request), NULL, true);
			assert_true(service_wanted(&x.request.message));
			check_message(&x, row, &x.request);
			check_secrets(&x.d);
		}
		if (row->response) {
			http_text_parse(&x.response, slice_str(row->response), row->request ? &x.request : NULL, false);
			check_message(&x, row, &x.response);
			check_secrets(&x.d);
		}
		arena_reset(&x.arena);
	}
	arena_free(&x.arena);
}

static void cut(struct exchange *x, const char *text, bool is_request)
{
	for (size_t len = 0; text && len < strlen(text); len++) {
		uint8_t *copy = malloc(len ? len : 1);
		struct http_text *t = is_request ? &x->request : &x->response;

		assert_non_null(copy);
		memcpy(copy, text, len);
		http_text_parse(t, slice_of(copy, len), is_request ? NULL : &x->request, is_request);
		t->message.body_cut = true;
		service_wanted(&t->message);
		dissect(x, t);
		check_secrets(&x->d);
		arena_reset(&x->arena);
		free(copy);
	}
}

static void test_exchanges_cut(void **state)
{
	static struct exchange x;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		cut(&x, rows[i].request, true);
		if (rows[i].request)
			http_text_parse(&x.request, slice_str(rows[i].request), NULL, true);
		else
			memset(&x.request, 0, sizeof(x.request));
		cut(&x, rows[i].response, false);
	}
	arena_free(&x.arena);
}

/* Values stand where their ranges say. */
static void test_ranges(void **state)
{
	static struct exchange x;
	static const char *const names[] = {"http.method", "http.target", "http.host", "http.content_type", "http.header",
					    "http.secret_header", "soap.action", "ab.scenario", "ab.is_messenger_user",
					    "ab.account", "xml.text", "xml.secret"};

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		if (!rows[i].request || strcmp(rows[i].operation, "ABContactAdd") != 0)
			continue;
		http_text_parse(&x.request, slice_str(rows[i].request), NULL, true);
		dissect(&x, &x.request);
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
			const struct field *f = field_find(&x.d.root, slice_str(names[k]));

			assert_non_null(f);
			struct slice bytes = slice_sub(x.d.sources[f->source].data, f->offset, f->length);
			assert_true(bytes.len > 0);
			if (f->def->type == FIELD_TEXT && strcmp(names[k], "soap.action") != 0 &&
			    strcmp(names[k], "xml.secret") != 0)
				assert_true(slice_eq(bytes, f->value.text));
		}
	}
	arena_free(&x.arena);
}

static void test_wanted(void **state)
{
	static const struct {
		const char *message;
		bool is_request, wanted;
	} messages[] = {
		{"GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n", true, false},
		{"GET /index.html HTTP/1.1\r\nHost: www.msn.com\r\n\r\n", true, false},
		{"POST /form HTTP/1.1\r\nHost: www.example.com\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=1",
		 true, false},
		{"GET /feed.xml HTTP/1.1\r\nHost: www.example.com\r\n\r\n", true, false},
		{"POST /upnp HTTP/1.1\r\nSOAPAction: \"urn:schemas-upnp-org:service:X#Y\"\r\n" XML "<x/>", true, false},
		{"POST /xmlrpc HTTP/1.1\r\n" XML "<methodCall/>", true, false},
		{"POST /any HTTP/1.1\r\n" XML "<a xmlns='" AB_NS "'/>", true, true},
		/* The body is not there yet. */
		{"POST /any HTTP/1.1\r\n" XML, true, true},
		{"POST //ABSERVICE/abservice.asmx HTTP/1.1\r\n\r\n", true, true},
		{"POST /x/pp900/RST.srf HTTP/1.1\r\n\r\n", true, true},
		{"POST /xRST.srf HTTP/1.1\r\n\r\n", true, false},
		{"POST / HTTP/1.1\r\nHost: login.live.com\r\n\r\n", true, true},
		{"GET / HTTP/1.1\r\nHost: login.live.com\r\n\r\n", true, false},
		{"GET /5meen_us/1 HTTP/1.1\r\nHost: g.msn.com\r\n\r\n", true, true},
		{"GET /0AD0000/1 HTTP/1.1\r\nHost: g.msn.com\r\n\r\n", true, false},
		{"GET /a.png HTTP/1.1\r\nHost: byfiles.storage.msn.com\r\n\r\n", true, true},
		{"GET /a HTTP/1.1\r\nHost: SVCS.microsoft.com\r\n\r\n", true, true},
		{"POST /x HTTP/1.1\r\nSOAPAction: http://www.msn.com/webservices/Any/Thing\r\n\r\n", true, true},
		{"HTTP/1.1 200 OK\r\nPassportURLs: a=b\r\n\r\n", false, true},
		{"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", false, false},
		{OK_XML "<rss/>", false, false},
		{OK_XML, false, true},
	};
	static struct http_text t;

	(void)state;
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		http_text_parse(&t, slice_str(messages[i].message), NULL, messages[i].is_request);
		if (service_wanted(&t.message) != messages[i].wanted)
			fail_msg("%s", messages[i].message);
	}
}

/* A body that was looked at and is none of ours gives no service, and nothing else. */
static void test_not_ours(void **state)
{
	static struct exchange x;

	(void)state;
	http_text_parse(&x.request, SLICE_LIT("POST /x HTTP/1.1\r\n" XML "<methodCall><a/></methodCall>"), NULL, true);
	assert_null(dissect(&x, &x.request).service);
	assert_null(x.d.root.first);
	http_text_parse(&x.response, SLICE_LIT(OK_XML "<x>" AB_NS "</x>"), NULL, false);
	assert_null(dissect(&x, &x.response).service);
	arena_free(&x.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exchanges), cmocka_unit_test(test_exchanges_cut), cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_wanted),    cmocka_unit_test(test_not_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
