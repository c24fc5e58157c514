/* SPDX-License-Identifier: BSD-2-Clause */
/* Contact lists, groups and presence: commands and web services in, what is known out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/msnp_dissect.h"
#include "dissectors/service.h"
#include "session/roster.h"
#include "session/roster_internal.h"
#include "util/buffer.h"

#define SECOND INT64_C(1000000000)
#define ME "alice@example.com"
#define SOAP_BEGIN \
	"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><%s%s xmlns=" \
	"'http://www.msn.com/webservices/AddressBook'>"
#define GUID_1 "11111111-1111-4111-8111-111111111111"
#define GUID_2 "22222222-2222-4222-8222-222222222222"
#define GROUP_1 "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define GROUP_2 "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"

/* One session of alice's. */
struct life {
	struct roster *roster;
	struct arena arena;
	struct dissection d;
	struct connection connection;
	struct msnp_context context;
	uint64_t event;
	const char *user;
};

static void begin(struct life *l, int version)
{
	*l = (struct life){.roster = roster_new(), .user = ME};
	l->connection = (struct connection){.id = 1, .transport = "tcp", .role = MSNP_NS};
	l->context = (struct msnp_context){MSNP_NS, {version, version}, {NULL, 0}};
}

static void end(struct life *l)
{
	roster_free(l->roster);
	arena_free(&l->arena);
}

/* --- events --- */

static uint64_t observe(struct life *l, struct event e)
{
	e.id = ++l->event;
	e.time_ns = (int64_t)l->event * SECOND;
	e.connection = &l->connection;
	e.dissection = &l->d;
	roster_observe(l->roster, &e, &l->d.root, slice_str(l->user));
	arena_reset(&l->arena);
	return e.id;
}

static uint64_t command(struct life *l, enum msnp_sender from, const char *line, const char *payload,
			uint64_t reply_to)
{
	struct msnp_message m = {.sender = from,
				 .line = slice_str(line),
				 .payload = slice_str(payload),
				 .has_payload = payload != NULL,
				 .declared = slice_str(payload).len};
	struct msnp_hints hints = {.challenge = SLICE_EMPTY};
	struct msnp_dissected r;
	uint64_t trid = 0;
	bool has_trid;

	dissection_init(&l->d, &l->arena, m.line, m.payload);
	r = msnp_dissect(&l->d, &m, &l->context, &hints);
	has_trid = r.words.count > 1 && slice_u64(r.words.word[1], &trid);
	return observe(l, (struct event){.kind = EVENT_COMMAND,
					 .from = from,
					 .protocol = "msnp",
					 .name = slice_sub(m.line, 0, 3),
					 .has_trid = has_trid,
					 .trid = trid,
					 .payload = m.payload,
					 .has_payload = m.has_payload,
					 .declared_length = m.declared,
					 .reply_to = reply_to});
}

static void server(struct life *l, const char *line)
{
	command(l, MSNP_SERVER, line, NULL, 0);
}

/* The line without its last word, the length, which is put in. */
static uint64_t with(struct life *l, enum msnp_sender from, const char *line, const char *payload)
{
	char whole[128];

	snprintf(whole, sizeof(whole), "%s %zu", line, strlen(payload));
	return command(l, from, whole, payload, 0);
}

/* A request with payload, answered by that line; NULL: by nothing. */
static void ask(struct life *l, const char *line, const char *payload, const char *answer)
{
	uint64_t request = with(l, MSNP_CLIENT, line, payload);

	if (answer)
		command(l, MSNP_SERVER, answer, NULL, request);
}

static uint64_t soap(struct life *l, const char *operation, const char *body, uint64_t reply_to, int status)
{
	static const char service[] = "http://www.msn.com/webservices/AddressBook/";
	struct slice text = SLICE_EMPTY;
	char action[128];
	struct header header = {SLICE_LIT("SOAPAction"), SLICE_EMPTY};
	const char *sharing = strstr(operation, "Member") ? "/abservice/SharingService.asmx" :
							    "/abservice/abservice.asmx";
	struct service_message m = {.is_request = !reply_to, .method = SLICE_LIT("POST"),
				    .path = slice_str(sharing), .status = status};

	snprintf(action, sizeof(action), "%s%s", service, operation);
	header.value = slice_str(action);
	if (body)
		text = arena_printf(&l->arena, SOAP_BEGIN "%s</%s%s></s:Body></s:Envelope>", operation,
				    reply_to ? "Response" : "", body, operation, reply_to ? "Response" : "");
	m.body = text;
	*(reply_to ? &m.request_headers : &m.headers) = &header;
	*(reply_to ? &m.request_header_count : &m.header_count) = 1;
	dissection_init(&l->d, &l->arena, SLICE_EMPTY, text);
	struct service_result r = service_dissect(&l->d, &m);
	assert_true(slice_eq_str(r.operation, operation));
	return observe(l, (struct event){.kind = EVENT_EXCHANGE,
					 .from = reply_to ? MSNP_SERVER : MSNP_CLIENT,
					 .protocol = "soap",
					 .name = r.operation,
					 .reply_to = reply_to});
}

/* A call and its answer. */
static void call(struct life *l, const char *operation, const char *request, const char *response)
{
	soap(l, operation, response, soap(l, operation, request, 0, 0), 200);
}

/* --- what is known --- */

static void add(struct buffer *b, const char *before, struct slice s, const char *behind)
{
	if (s.len == 0)
		return;
	buffer_add_str(b, before);
	buffer_add_slice(b, s);
	buffer_add_str(b, behind);
}

/* One line each: account[*network] "name" lists (removed) [groups] status <message> {media} */
static void expect_contacts(struct life *l, const char *expected)
{
	struct roster_view v = roster_view(l->roster);
	struct buffer b = {0};

	for (size_t i = 0; i < v.contact_count; i++) {
		const struct contact *c = &v.contacts[i];

		buffer_add_slice(&b, c->account);
		if (c->network)
			buffer_printf(&b, "*%u", c->network);
		add(&b, " \"", c->name, "\"");
		buffer_printf(&b, " %u%s", c->lists, c->removed ? " removed" : "");
		for (size_t n = 0; n < c->group_count; n++) {
			const struct group *g = &v.groups[c->groups[n]];

			add(&b, n ? ", " : " [", g->name.len ? g->name : g->id, n + 1 == c->group_count ? "]" : "");
		}
		add(&b, " ", c->status, "");
		add(&b, " <", c->message, ">");
		add(&b, " {", c->media, "}");
		buffer_add_byte(&b, '\n');
	}
	buffer_add_byte(&b, 0);
	assert_string_equal((const char *)b.data, expected);
	buffer_free(&b);
}

static void expect_groups(struct life *l, const char *expected)
{
	struct roster_view v = roster_view(l->roster);
	struct buffer b = {0};

	for (size_t i = 0; i < v.group_count; i++) {
		add(&b, "", v.groups[i].id, "");
		add(&b, " \"", v.groups[i].name, "\"");
		buffer_add_str(&b, v.groups[i].removed ? " removed\n" : "\n");
	}
	buffer_add_byte(&b, 0);
	assert_string_equal((const char *)b.data, expected);
	buffer_free(&b);
}

/* #event who: status "name" <message> {media} cleared */
static void expect_presence(struct life *l, const char *expected)
{
	struct roster_view v = roster_view(l->roster);
	struct buffer b = {0};

	for (size_t i = 0; i < v.presence_count; i++) {
		const struct presence_change *c = &v.presence[i];

		assert_int_equal(c->time_ns, (int64_t)c->event * SECOND);
		buffer_printf(&b, "#%llu ", (unsigned long long)c->event);
		buffer_add_slice(&b, c->who.len ? c->who : SLICE_LIT("own"));
		add(&b, " ", c->status, "");
		add(&b, " \"", c->name, "\"");
		add(&b, " <", c->message, ">");
		add(&b, " {", c->media, "}");
		buffer_add_str(&b, c->cleared ? " cleared\n" : "\n");
	}
	buffer_add_byte(&b, 0);
	assert_string_equal((const char *)b.data, expected);
	buffer_free(&b);
}

static void expect_name(struct life *l, const char *account, const char *expected)
{
	struct slice name = roster_name(l->roster, slice_str(account));

	assert_int_equal(name.len, strlen(expected));
	assert_memory_equal(name.len ? name.ptr : (const uint8_t *)"", expected, name.len);
}

static void expect_own_name(struct life *l, const char *expected)
{
	assert_true(slice_eq_str(roster_own_name(l->roster), expected));
}

/* --- lists by commands --- */

static void test_lists_one_by_one(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 5);
	server(&l, "SYN 3 13");
	assert_false(roster_view(l.roster).has_lists);
	server(&l, "LST 3 FL 13 1 1 bob@example.com Bob%20B");
	server(&l, "LST 3 AL 13 1 2 bob@example.com Old%20Bob");
	server(&l, "LST 3 AL 13 2 2 carol@example.com Carol");
	server(&l, "LST 3 BL 13 0 0");
	server(&l, "LST 3 RL 13 1 1 BOB@example.com Bob");
	expect_contacts(&l, "bob@example.com \"Bob B\" 11\ncarol@example.com \"Carol\" 2\n");
	assert_true(roster_view(l.roster).has_lists);
	expect_name(&l, "Carol@Example.com", "Carol");
	expect_name(&l, "dave@example.com", "");
	end(&l);
}

static void test_lists_7(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 7);
	server(&l, "LSG 3 13 1 2 0 Other%20Contacts 0");
	server(&l, "LSG 3 13 2 2 4 Pals 0");
	server(&l, "LST 3 FL 13 1 1 bob@example.com Bob 0,4");
	server(&l, "LST 3 RL 13 0 0");
	expect_groups(&l, "0 \"Other Contacts\"\n4 \"Pals\"\n");
	expect_contacts(&l, "bob@example.com \"Bob\" 1 [Other Contacts, Pals]\n");
	end(&l);
}

static void test_lists_8(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 8);
	server(&l, "SYN 3 27 2 1");
	assert_true(roster_view(l.roster).has_lists);
	/* A contact's line before that of its group. */
	server(&l, "LST bob@example.com Bob 11 4,9");
	server(&l, "LSG 4 Pals%20%26%20co 0");
	server(&l, "LST carol@example.com Carol 4");
	server(&l, "BPR MOB Y");
	expect_contacts(&l, "bob@example.com \"Bob\" 11 [Pals & co, 9]\ncarol@example.com \"Carol\" 4\n");
	/* Sent anew: what stands there holds. */
	server(&l, "LST bob@example.com Bob 3");
	expect_contacts(&l, "bob@example.com \"Bob\" 3\ncarol@example.com \"Carol\" 4\n");
	end(&l);
}

static void test_lists_up_to_date(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 8);
	server(&l, "SYN 3 27");
	assert_false(roster_view(l.roster).has_lists);
	end(&l);
}

static void test_lists_12(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 12);
	server(&l, "SYN 3 2005-04-23T18:57:44.8130000-07:00 2005-04-23T18:57:54.2070000-07:00 2 1");
	server(&l, "PRP MFN Alice%20A");
	server(&l, "LSG Pals " GROUP_1);
	server(&l, "LST N=bob@example.com F=Bob%20B C=" GUID_1 " 11 1 " GROUP_1);
	server(&l, "LST N=carol@example.com 24 32");
	expect_contacts(&l, "bob@example.com*1 \"Bob B\" 11 [Pals]\ncarol@example.com*32 24\n");
	expect_own_name(&l, "Alice A");
	expect_presence(&l, "");
	end(&l);
}

static void test_changes_7(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 7);
	/* What is asked for does not count, the answer does. */
	command(&l, MSNP_CLIENT, "ADD 5 FL bob@example.com bob@example.com 4", NULL, 0);
	expect_contacts(&l, "");
	command(&l, MSNP_SERVER, "216 5", NULL, 1);
	expect_contacts(&l, "");
	server(&l, "ADG 6 14 Pals 4 0");
	server(&l, "ADD 7 FL 15 bob@example.com Bob 4");
	server(&l, "ADD 0 RL 16 bob@example.com Bob");
	server(&l, "ADD 8 FL 17 bob@example.com Bob 5");
	expect_contacts(&l, "bob@example.com \"Bob\" 9 [Pals, 5]\n");
	server(&l, "REG 9 18 4 Friends 0");
	server(&l, "REM 10 FL 19 bob@example.com 5");
	expect_contacts(&l, "bob@example.com \"Bob\" 9 [Friends]\n");
	server(&l, "REA 11 20 bob@example.com Bobby");
	server(&l, "RMG 12 21 4");
	expect_contacts(&l, "bob@example.com \"Bobby\" 9\n");
	expect_groups(&l, "4 \"Friends\" removed\n5\n");
	/* The number again, for another group. */
	server(&l, "ADG 13 22 New 4 0");
	expect_contacts(&l, "bob@example.com \"Bobby\" 9\n");
	server(&l, "REM 0 RL 23 bob@example.com");
	server(&l, "REM 14 FL 24 bob@example.com");
	expect_contacts(&l, "bob@example.com \"Bobby\" 0 removed\n");
	/* Somebody whose lists were not seen. */
	server(&l, "REM 0 RL 25 carol@example.com");
	expect_contacts(&l, "bob@example.com \"Bobby\" 0 removed\ncarol@example.com 0 removed\n");
	end(&l);
}

static void test_changes_10(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 11);
	server(&l, "ADG 5 Pals " GROUP_1);
	server(&l, "ADC 6 FL N=bob@example.com F=Bob C=" GUID_1);
	server(&l, "ADC 7 FL C=" GUID_1 " " GROUP_1);
	server(&l, "ADC 8 AL N=bob@example.com");
	server(&l, "ADC 0 RL N=bob@example.com F=Bob");
	expect_contacts(&l, "bob@example.com \"Bob\" 11 [Pals]\n");
	/* Ids that nobody has; names in other letters. */
	server(&l, "ADC 9 FL C=" GUID_2 " " GROUP_1);
	server(&l, "SBP 10 " GUID_2 " MFN Nobody");
	server(&l, "SBP 11 " GUID_1 " MFN Bob%20B");
	server(&l, "SBP 12 " GUID_1 " HSB 1");
	server(&l, "REG 13 " GROUP_1 " Friends");
	server(&l, "REM 14 AL Bob@Example.com");
	expect_contacts(&l, "bob@example.com \"Bob B\" 9 [Friends]\n");
	server(&l, "REM 15 FL " GUID_1 " " GROUP_1);
	expect_contacts(&l, "bob@example.com \"Bob B\" 9\n");
	server(&l, "ADC 16 FL C=" GUID_1 " " GROUP_1);
	server(&l, "REM 17 FL " GUID_1);
	expect_contacts(&l, "bob@example.com \"Bob B\" 8\n");
	server(&l, "RMG 18 " GROUP_1);
	expect_groups(&l, GROUP_1 " \"Friends\" removed\n");
	end(&l);
}

static void test_adl(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 18);
	ask(&l, "ADL 5",
	    "<ml l=\"1\"><d n=\"example.com\"><c n=\"bob\" l=\"3\" t=\"1\"/><c n=\"carol\" l=\"5\" t=\"32\"/></d></ml>",
	    NULL);
	expect_contacts(&l, "");
	assert_false(roster_view(l.roster).has_lists);
	command(&l, MSNP_SERVER, "ADL 5 OK", NULL, 1);
	expect_contacts(&l, "bob@example.com*1 3\ncarol@example.com*32 5\n");
	assert_true(roster_view(l.roster).has_lists);
	ask(&l, "ADL 6", "<ml><d n=\"example.com\"><c n=\"eve\" l=\"3\" t=\"1\"/></d></ml>", "241 6");
	with(&l, MSNP_SERVER, "ADL 0",
	     "<ml l=\"1\"><d n=\"example.com\"><c n=\"bob\" l=\"8\" t=\"1\" f=\"Bob%20B\"/></d></ml>");
	ask(&l, "RML 7", "<ml><d n=\"example.com\"><c n=\"carol\" l=\"4\" t=\"32\"/></d></ml>", "RML 7 OK");
	ask(&l, "ADL 8", "<ml><t><c n=\"tel:+15550100\" l=\"1\" t=\"4\"/></t></ml>", "ADL 8 OK");
	with(&l, MSNP_SERVER, "FQY 9",
	     "<ml><d n=\"example.com\"><c n=\"carol\" t=\"1\"/><c n=\"eve\" t=\"32\" f=\"Eve\"/></d></ml>");
	expect_name(&l, "eve@example.com", "");
	expect_contacts(&l, "bob@example.com*1 \"Bob B\" 11\ncarol@example.com*1 1\ntel:+15550100*4 1\n");
	with(&l, MSNP_SERVER, "RML 0", "<ml><d n=\"example.com\"><c n=\"bob\" l=\"8\" t=\"1\"/></d></ml>");
	expect_contacts(&l, "bob@example.com*1 \"Bob B\" 3\ncarol@example.com*1 1\ntel:+15550100*4 1\n");
	end(&l);
}

static void test_adl_services(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 21);
	ask(&l, "ADL 5",
	    "<ml l=\"1\"><d n=\"example.com\"><c n=\"bob\" t=\"1\"><s l=\"3\" n=\"IM\"/><s l=\"7\" n=\"PE\"/></c></d></ml>",
	    "ADL 5 OK");
	expect_contacts(&l, "bob@example.com*1 3\n");
	end(&l);
}

/* --- presence --- */

static void test_presence_8(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 8);
	server(&l, "USR 4 OK " ME " Alice%20A 1 0");
	server(&l, "LST bob@example.com Bob 11 0");
	command(&l, MSNP_CLIENT, "CHG 5 AWY 0", NULL, 0);
	server(&l, "CHG 5 NLN 0");
	server(&l, "ILN 5 AWY bob@example.com Bob 0");
	server(&l, "NLN AWY bob@example.com Bob 0");
	server(&l, "NLN NLN bob@example.com Bobby 0");
	server(&l, "NLN NLN bob@example.com Bob%21 0");
	server(&l, "FLN bob@example.com");
	server(&l, "FLN bob@example.com");
	server(&l, "REA 6 28 " ME " Alice%20B");
	server(&l, "CHG 7 NLN 0");
	server(&l, "CHG 8 HDN 0");
	expect_presence(&l, "#4 own NLN\n"
			    "#5 bob@example.com AWY\n"
			    "#7 bob@example.com NLN \"Bobby\"\n"
			    "#8 bob@example.com \"Bob!\"\n"
			    "#9 bob@example.com FLN\n"
			    "#11 own \"Alice B\"\n"
			    "#13 own HDN\n");
	expect_contacts(&l, "bob@example.com \"Bob!\" 11 [0] FLN\n");
	assert_int_equal(roster_view(l.roster).contacts[0].status_ns, 10 * SECOND);
	assert_true(slice_eq_str(roster_view(l.roster).status, "HDN"));
	expect_own_name(&l, "Alice B");
	expect_name(&l, "ALICE@example.com", "Alice B");
	end(&l);
}

static void test_message_13(void **state)
{
	static const char music[] = "<Data><PSM>at &lt;work&gt;</PSM><CurrentMedia>\\0Music\\01\\0{0} - "
				    "{1}\\0Tune\\0Band\\0\\0\\0</CurrentMedia></Data>";
	static const char stopped[] = "<Data><PSM>at &lt;work&gt;</PSM><CurrentMedia>\\0Music\\00\\0{0} - "
				      "{1}\\0Tune\\0Band\\0\\0\\0</CurrentMedia></Data>";
	struct life l;

	(void)state;
	begin(&l, 13);
	with(&l, MSNP_SERVER, "UBX bob@example.com", music);
	with(&l, MSNP_SERVER, "UBX bob@example.com", music);
	with(&l, MSNP_SERVER, "UBX bob@example.com", stopped);
	command(&l, MSNP_SERVER, "UBX bob@example.com 0", "", 0);
	command(&l, MSNP_SERVER, "UBX bob@example.com 0", "", 0);
	ask(&l, "UUX 6", music, NULL);
	command(&l, MSNP_SERVER, "UUX 6 0", NULL, 6);
	ask(&l, "UUX 7", music, "UUX 7 0");
	ask(&l, "UUX 8", "<Data><PSM>x</PSM></Data>", "217 8");
	ask(&l, "UUX 9", "<EndpointData><Capabilities>1:0</Capabilities></EndpointData>", "UUX 9 0");
	server(&l, "PRP 10 MFN Alice%20C");
	server(&l, "PRP 11 MFN Alice%20C");
	server(&l, "PRP 12 PHH 555");
	expect_presence(&l, "#1 bob@example.com <at <work>> {Tune - Band}\n"
			    "#3 bob@example.com cleared\n"
			    "#4 bob@example.com cleared\n"
			    "#7 own <at <work>> {Tune - Band}\n"
			    "#14 own \"Alice C\"\n");
	assert_true(slice_eq_str(roster_view(l.roster).message, "at <work>"));
	assert_true(slice_eq_str(roster_view(l.roster).media, "Tune - Band"));
	end(&l);
}

static void test_endpoints_18(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 18);
	server(&l, "NLN NLN 1:bob@example.com Bob 2788999228:48 0");
	/* A member of a circle is no contact; of a connected network one. */
	server(&l, "NLN BSY 1:dan@example.com;via=9:0000-1@live.com Dan 0:0 0");
	server(&l, "NLN NLN 13:77;via=14:fb Fay 0:0 0");
	server(&l, "NLN IDL 1:alice@example.com Alice%20E 0:0 0");
	server(&l, "FLN 1:bob@example.com;via=9:0000-1@live.com 0:0");
	with(&l, MSNP_SERVER, "UBX 1:alice@example.com", "<Data><PSM>mine</PSM></Data>");
	expect_presence(&l, "#1 bob@example.com NLN \"Bob\"\n"
			    "#2 dan@example.com BSY \"Dan\"\n"
			    "#3 77 NLN \"Fay\"\n"
			    "#4 own IDL \"Alice E\"\n"
			    "#5 bob@example.com FLN\n"
			    "#6 own <mine>\n");
	expect_contacts(&l, "bob@example.com*1 \"Bob\" 0 FLN\n77*13 \"Fay\" 0 NLN\n");
	expect_name(&l, "dan@example.com", "Dan");
	end(&l);
}

#define FROM_BOB "Routing: 1.0\r\nTo: 1:alice@example.com\r\nFrom: 1:bob@example.com;epid={" GUID_1 "}\r\n\r\n" \
		 "Reliability: 1.0\r\n\r\n"
#define NOTICE "Notification: 1.0\r\nNotifNum: 0\r\nUri: /user\r\nNotifType: Partial\r\n" \
	       "Content-Type: application/user+xml\r\nContent-Length: "

static void notify(struct life *l, const char *verb, const char *user)
{
	char line[16];
	struct slice payload = arena_printf(&l->arena, FROM_BOB NOTICE "%zu\r\n\r\n%s", strlen(user), user);
	struct buffer b = {0};

	/* The arena is emptied behind each event. */
	buffer_add_slice(&b, payload);
	buffer_add_byte(&b, 0);
	snprintf(line, sizeof(line), "NFY %s", verb);
	with(l, MSNP_SERVER, line, (const char *)b.data);
	buffer_free(&b);
}

static void test_presence_21(void **state)
{
	static const char online[] =
		"<user><s n=\"IM\"><Status>BSY</Status><CurrentMedia></CurrentMedia></s><s n=\"PE\"><FriendlyName>Bob "
		"B</FriendlyName><PSM>hi</PSM></s><sep n=\"IM\" epid=\"{" GUID_1
		"}\"><Capabilities>0:0</Capabilities></sep></user>";
	static const char own[] =
		"Routing: 1.0\r\nTo: 1:alice@example.com\r\nFrom: 1:alice@example.com;epid={" GUID_2 "}\r\n\r\n"
		"Reliability: 1.0\r\nStream: 1\r\nFlags: ACK\r\nSegment: 0\r\n\r\nPublication: 1.0\r\nUri: /user\r\n"
		"Content-Type: application/user+xml\r\nContent-Length: 54\r\n\r\n"
		"<user><s n=\"IM\"><Status>AWY</Status></s></user>       ";
	struct life l;

	(void)state;
	begin(&l, 21);
	notify(&l, "PUT", online);
	notify(&l, "PUT", online);
	/* One place is gone; all are gone. */
	notify(&l, "DEL", "<user><sep n=\"IM\" epid=\"{" GUID_1 "}\"/></user>");
	notify(&l, "DEL", "<user><s n=\"IM\"/></user>");
	ask(&l, "PUT 9", own, "PUT 9 OK 0");
	expect_presence(&l, "#1 bob@example.com BSY \"Bob B\" <hi>\n"
			    "#4 bob@example.com FLN\n"
			    "#6 own AWY\n");
	expect_contacts(&l, "bob@example.com*1 \"Bob B\" 0 FLN <hi>\n");
	end(&l);
}

static void test_skype_24(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 24);
	l.user = "ana";
	uint64_t request = with(&l, MSNP_CLIENT, "PUT 5 MSGR\\CONTACTS",
				"\n<ml l=\"1\"><skp><c n=\"bo\" t=\"8\"><s l=\"3\" n=\"IM\"/></c></skp></ml>");
	command(&l, MSNP_SERVER, "PUT 5 MSGR 1", "\n", request);
	with(&l, MSNP_SERVER, "NFY 1 MSGR\\PUT",
	     "\nRouting: 1.0\nTo: 8:ana\nFrom: 8:bo\n\nReliability: 1.0\n\nNotification: 1.0\nUri: /user\nNotifType: Full\n"
	     "Content-Type: application/user+xml\n\n<user><s n=\"IM\"><Status>AWY</Status></s><s n=\"SKP\"><Mood>tired"
	     "</Mood></s></user>");
	expect_contacts(&l, "bo*8 1 AWY <tired>\n");
	expect_presence(&l, "#3 bo AWY <tired>\n");
	with(&l, MSNP_SERVER, "NFY 4 MSGR\\DEL",
	     "\nRouting: 1.0\nTo: 8:ana\nFrom: 8:bo\n\nReliability: 1.0\n\nNotification: 1.0\nUri: /user\n"
	     "Content-Type: application/user+xml\n\n<user><s n=\"IM\"/></user>");
	expect_presence(&l, "#3 bo AWY <tired>\n#4 bo FLN\n");
	end(&l);
}

static void test_names(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 18);
	l.connection.role = MSNP_SB;
	l.context.roles = MSNP_SB;
	server(&l, "USR 1 OK alice@example.com;{" GUID_1 "} Alice%20S");
	server(&l, "IRO 2 1 2 bob@example.com;{" GUID_1 "} Bob%20S 0:0");
	server(&l, "JOI carol@example.com Carol 0:0");
	server(&l, "JOI alice@example.com;{" GUID_2 "} Alice%20T 0:0");
	expect_name(&l, "bob@example.com", "Bob S");
	expect_name(&l, "CAROL@example.com", "Carol");
	expect_own_name(&l, "Alice T");
	expect_contacts(&l, "");
	expect_presence(&l, "");
	end(&l);
}

/* --- web services --- */

#define BOOK "<abId>00000000-0000-0000-0000-000000000000</abId>"
#define CONTACT(id, type, account, name, messenger, more) \
	"<Contact><contactId>" id "</contactId><contactInfo>" more "<contactType>" type "</contactType><passportName>" \
	account "</passportName><displayName>" name "</displayName><isMessengerUser>" messenger \
	"</isMessengerUser></contactInfo></Contact>"
#define IN(group) "<groupIds><guid>" group "</guid></groupIds>"
#define NAMED(name) "<groupInfo><name>" name "</name></groupInfo>"

static void read_book(struct life *l)
{
	call(l, "ABFindAll", BOOK "<abView>Full</abView>",
	     "<ABFindAllResult><groups><Group><groupId>" GROUP_1 "</groupId>" NAMED("Pals") "</Group></groups>"
	     "<contacts>" CONTACT(GUID_1, "Regular", "bob@example.com", "Bob", "true", IN(GROUP_1))
	     CONTACT(GUID_2, "Regular", "mail@example.com", "Mail only", "false", "")
	     CONTACT("33333333-3333-4333-8333-333333333333", "Me", ME, "Alice", "true", "")
	     "</contacts><ab><abId>00000000-0000-0000-0000-000000000000</abId></ab></ABFindAllResult>");
}

static void test_book(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 15);
	read_book(&l);
	expect_groups(&l, GROUP_1 " \"Pals\"\n");
	expect_contacts(&l, "bob@example.com*1 \"Bob\" 1 [Pals]\n");
	expect_own_name(&l, "Alice");
	expect_name(&l, "mail@example.com", "Mail only");
	assert_true(roster_view(l.roster).has_lists);
	/* The book of a circle. */
	call(&l, "ABFindContactsPaged", "<abView>MessengerClient8</abView>",
	     "<ABFindContactsPagedResult><Contacts>"
	     CONTACT("44444444-4444-4444-8444-444444444444", "Regular", "dan@example.com", "Dan", "true", "")
	     "</Contacts><Ab><abId>00000000-0000-0000-0009-123456789012</abId></Ab></ABFindContactsPagedResult>");
	expect_contacts(&l, "bob@example.com*1 \"Bob\" 1 [Pals]\n");
	expect_name(&l, "dan@example.com", "Dan");
	end(&l);
}

static void test_book_networks(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 15);
	call(&l, "ABFindAll", BOOK,
	     "<ABFindAllResult><contacts><Contact><contactId>" GUID_1 "</contactId><contactInfo><emails><ContactEmail>"
	     "<contactEmailType>Messenger2</contactEmailType><email>yan@example.com</email><isMessengerEnabled>true"
	     "</isMessengerEnabled><Capability>32</Capability></ContactEmail></emails></contactInfo></Contact>"
	     CONTACT("00000000-0000-0000-0009-123456789012", "Circle", "00000000-0000-0000-0009-123456789012", "Team",
		     "false", "")
	     "</contacts></ABFindAllResult>");
	expect_contacts(&l, "yan@example.com*32 1\n00000000-0000-0000-0009-123456789012@live.com*9 \"Team\" 1\n");
	end(&l);
}

static void test_book_changes(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 15);
	read_book(&l);
	call(&l, "ABContactAdd",
	     BOOK "<contacts><Contact><contactInfo><passportName>carol@example.com</passportName><isMessengerUser>true"
		  "</isMessengerUser></contactInfo></Contact></contacts>",
	     "<ABContactAddResult><guid>55555555-5555-4555-8555-555555555555</guid></ABContactAddResult>");
	call(&l, "ABGroupAdd", BOOK "<groupInfo><GroupInfo><name>Work</name></GroupInfo></groupInfo>",
	     "<ABGroupAddResult><guid>" GROUP_2 "</guid></ABGroupAddResult>");
	expect_groups(&l, GROUP_1 " \"Pals\"\n" GROUP_2 " \"Work\"\n");
	call(&l, "ABGroupContactAdd",
	     BOOK "<groupFilter><groupIds><guid>" GROUP_2 "</guid></groupIds></groupFilter><contacts><Contact>"
		  "<contactId>55555555-5555-4555-8555-555555555555</contactId></Contact></contacts>",
	     "<ABGroupContactAddResult><guid>55555555-5555-4555-8555-555555555555</guid></ABGroupContactAddResult>");
	call(&l, "ABGroupUpdate",
	     BOOK "<groups><Group><groupId>" GROUP_2 "</groupId>" NAMED("Job") "</Group></groups>", "");
	expect_contacts(&l, "bob@example.com*1 \"Bob\" 1 [Pals]\ncarol@example.com*1 1 [Job]\n");
	call(&l, "ABGroupContactDelete",
	     BOOK "<contacts><Contact><contactId>" GUID_1 "</contactId></Contact></contacts><groupFilter><groupIds><guid>"
		  GROUP_1 "</guid></groupIds></groupFilter>", "");
	call(&l, "ABGroupDelete", BOOK "<groupFilter><groupIds><guid>" GROUP_2 "</guid></groupIds></groupFilter>", "");
	expect_groups(&l, GROUP_1 " \"Pals\"\n" GROUP_2 " \"Job\" removed\n");
	expect_contacts(&l, "bob@example.com*1 \"Bob\" 1\ncarol@example.com*1 1\n");
	call(&l, "ABContactUpdate",
	     BOOK "<contacts><Contact><contactId>" GUID_1 "</contactId><contactInfo><isMessengerUser>false"
		  "</isMessengerUser></contactInfo><propertiesChanged>IsMessengerUser</propertiesChanged></Contact>"
		  "</contacts>", "");
	call(&l, "ABContactDelete",
	     BOOK "<contacts><Contact><contactId>55555555-5555-4555-8555-555555555555</contactId></Contact></contacts>",
	     "");
	expect_contacts(&l, "bob@example.com*1 \"Bob\" 0 removed\ncarol@example.com*1 0 removed\n");
	call(&l, "ABContactUpdate",
	     BOOK "<contacts><Contact><contactInfo><contactType>Me</contactType><displayName>Alice X</displayName>"
		  "</contactInfo><propertiesChanged>DisplayName</propertiesChanged></Contact></contacts>", "");
	expect_own_name(&l, "Alice X");
	expect_presence(&l, "#20 own \"Alice X\"\n");
	end(&l);
}

/* What was refused, or not answered, did not happen. */
static void test_book_refused(void **state)
{
	static const char add_carol[] =
		BOOK "<contacts><Contact><contactInfo><passportName>carol@example.com</passportName><isMessengerUser>true"
		     "</isMessengerUser></contactInfo></Contact></contacts>";
	struct life l;
	uint64_t request;

	(void)state;
	begin(&l, 15);
	request = soap(&l, "ABContactAdd", add_carol, 0, 0);
	expect_contacts(&l, "");
	soap(&l, "ABContactAdd", NULL, request, 500);
	soap(&l, "ABContactAdd", "", request, 200);
	expect_contacts(&l, "");
	request = soap(&l, "ABContactAdd", add_carol, 0, 0);
	soap(&l, "ABContactAdd", "", request, 200);
	expect_contacts(&l, "carol@example.com*1 1\n");
	end(&l);
}

#define MEMBER(type, rest) \
	"<Member xmlns:x='http://www.w3.org/2001/XMLSchema-instance' x:type='" type "Member'>" rest "</Member>"
#define BOB_MEMBER "<MembershipId>Allow/" GUID_1 "</MembershipId><Type>Passport</Type><State>Accepted</State>" \
		   "<DisplayName>Bob B</DisplayName><PassportName>bob@example.com</PassportName>"
#define HANDLE "<Info><Handle><Id>1</Id><Type>Messenger</Type></Handle></Info>"
#define TO_HANDLE "<serviceHandle><Id>0</Id><Type>Messenger</Type></serviceHandle>"

static void test_memberships(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 15);
	call(&l, "FindMembership", "<deltasOnly>false</deltasOnly>",
	     "<FindMembershipResult><Services><Service><Memberships>"
	     "<Membership><MemberRole>Allow</MemberRole><Members>" MEMBER("Passport", BOB_MEMBER) "</Members></Membership>"
	     "<Membership><MemberRole>Pending</MemberRole><Members>"
	     MEMBER("Email", "<Type>Email</Type><Email>eve@example.com</Email>")
	     MEMBER("Phone", "<Type>Phone</Type><PhoneNumber>+15550100</PhoneNumber>") "</Members></Membership>"
	     "</Memberships>" HANDLE "</Service><Service><Memberships><Membership><MemberRole>Allow</MemberRole><Members>"
	     MEMBER("Passport", "<Type>Passport</Type><PassportName>space@example.com</PassportName>")
	     "</Members></Membership></Memberships><Info><Handle><Type>Space</Type></Handle></Info></Service></Services>"
	     "</FindMembershipResult>");
	expect_contacts(&l, "bob@example.com*1 \"Bob B\" 2\neve@example.com 16\ntel:+15550100*4 16\n");
	assert_true(roster_view(l.roster).has_lists);
	call(&l, "DeleteMember",
	     TO_HANDLE "<memberships><Membership><MemberRole>Allow</MemberRole><Members>"
		       MEMBER("Passport", "<MembershipId>Allow/" GUID_1 "</MembershipId>") "</Members></Membership></memberships>",
	     "");
	call(&l, "AddMember",
	     TO_HANDLE "<memberships><Membership><MemberRole>Block</MemberRole><Members>"
		       MEMBER("Passport", "<MembershipId>0</MembershipId><PassportName>bob@example.com</PassportName>")
		       "</Members></Membership></memberships>",
	     "");
	call(&l, "DeleteMember",
	     TO_HANDLE "<memberships><Membership><MemberRole>Block</MemberRole><Members>"
		       MEMBER("Passport", "<MembershipId>0</MembershipId>") "</Members></Membership></memberships>",
	     "");
	call(&l, "AddMember",
	     "<serviceHandle><Id>2</Id><Type>Space</Type></serviceHandle><memberships><Membership><MemberRole>Allow"
	     "</MemberRole><Members>" MEMBER("Passport", "<Type>Passport</Type><PassportName>eve@example.com</PassportName>")
	     "</Members></Membership></memberships>",
	     "");
	expect_contacts(&l, "bob@example.com*1 \"Bob B\" 4\neve@example.com 16\ntel:+15550100*4 16\n");
	end(&l);
}

/* --- limits --- */

static void test_limit_contacts(void **state)
{
	struct life l;
	char line[64];

	(void)state;
	begin(&l, 8);
	for (unsigned i = 0; i < SESSION_CONTACTS_MAX + 3; i++) {
		snprintf(line, sizeof(line), "LST u%u@example.com U%u 3 %u", i, i, i % 300);
		server(&l, line);
		server(&l, line);
	}
	struct roster_view v = roster_view(l.roster);
	assert_int_equal(v.contact_count, SESSION_CONTACTS_MAX);
	assert_int_equal(v.contacts_omitted, 3);
	assert_int_equal(v.group_count, SESSION_GROUPS_MAX);
	assert_true(slice_eq_str(v.contacts[SESSION_CONTACTS_MAX - 1].account, "u4095@example.com"));
	expect_name(&l, "u4098@example.com", "U4098");
	end(&l);
}

static void test_limit_presence(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 8);
	for (unsigned i = 0; i < SESSION_PRESENCE_MAX / 2 + 2; i++) {
		server(&l, "CHG 5 NLN 0");
		server(&l, "CHG 6 AWY 0");
	}
	struct roster_view v = roster_view(l.roster);
	assert_int_equal(v.presence_count, SESSION_PRESENCE_MAX);
	assert_int_equal(v.presence_omitted, 4);
	assert_true(slice_eq_str(v.status, "AWY"));
	end(&l);
}

/* Texts are cut, and do not grow without end; what is said last stays known. */
static void test_limit_texts(void **state)
{
	static char line[3000];
	struct life l;

	(void)state;
	begin(&l, 8);
	for (unsigned i = 0; i < 20000; i++) {
		int n = snprintf(line, sizeof(line), "NLN NLN bob@example.com %06u", i);

		memset(line + n, 'x', 2000);
		line[n + 2000] = 0;
		server(&l, line);
	}
	struct roster_view v = roster_view(l.roster);
	assert_true(l.roster->text_bytes <= ROSTER_LOG_TEXTS_MAX + 4 * ROSTER_TEXT_MAX);
	assert_true(v.presence_count > 4000 && v.presence_count + v.presence_omitted == 20000);
	assert_int_equal(v.contacts[0].name.len, ROSTER_TEXT_MAX);
	assert_memory_equal(v.contacts[0].name.ptr, "019999xx", 8);
	end(&l);
}

/* Very many long names and accounts. */
static void test_limit_all_texts(void **state)
{
	static char line[3000];
	struct life l;

	(void)state;
	begin(&l, 8);
	assert_true(roster_bytes(l.roster) < 4096);
	l.connection.role = MSNP_SB;
	l.context.roles = MSNP_SB;
	for (unsigned i = 0; i < ROSTER_PEOPLE_MAX + 10; i++) {
		snprintf(line, sizeof(line), "JOI %01000u@example.com %01000u", i, i);
		server(&l, line);
	}
	assert_true(l.roster->text_bytes <= ROSTER_TEXTS_MAX);
	assert_true(l.roster->text_bytes > ROSTER_TEXTS_MAX - 2 * ROSTER_TEXT_MAX);
	assert_true(roster_bytes(l.roster) > l.roster->text_bytes + HASH_COUNT(l.roster->people) * sizeof(struct person));
	for (unsigned i = 0; i < ROSTER_PEOPLE_MAX + 10; i++) {
		snprintf(line, sizeof(line), "JOI %u@example.com %u", i, i);
		server(&l, line);
	}
	assert_true(HASH_COUNT(l.roster->people) <= ROSTER_PEOPLE_MAX);
	end(&l);
}

/* Requests that are never answered. */
static void test_limit_pending(void **state)
{
	struct life l;

	(void)state;
	begin(&l, 18);
	for (unsigned i = 0; i < ROSTER_PENDING_MAX + 1; i++)
		with(&l, MSNP_CLIENT, "ADL 5", "<ml><d n=\"example.com\"><c n=\"bob\" l=\"3\" t=\"1\"/></d></ml>");
	assert_int_equal(HASH_COUNT(l.roster->pending), ROSTER_PENDING_MAX);
	command(&l, MSNP_SERVER, "ADL 5 OK", NULL, 1);
	expect_contacts(&l, "");
	command(&l, MSNP_SERVER, "ADL 5 OK", NULL, 2);
	expect_contacts(&l, "bob@example.com*1 3\n");
	end(&l);
}

/* Other commands, words that are missing, values that are none. */
static void test_broken(void **state)
{
	static const char *const lines[] = {
		"LST",          "LST N= F= 3",     "LST bob@example.com Bob x",   "ADC 0 RL",        "REM 1 FL",
		"ADD 1 XX 2 b", "RMG 1",           "REG 1 2",                     "LSG",             "NLN NLN",
		"FLN",          "ILN 3 NLN",       "CHG 5",                       "PRP 1 MFN",       "PRP MFN",
		"SBP 1 x MFN",  "BPR",             "BPR 1 bob@example.com MFN x", "USR 1 OK",        "SYN",
		"JOI",          "IRO 1 1 1",       "NLN NLN 1: x 0:0 0",          "NLN NLN ; x 0:0", "QNG 5",
	};
	struct life l;

	(void)state;
	for (int version = 2; version <= 21; version++) {
		begin(&l, version);
		l.user = "";
		for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
			server(&l, lines[i]);
		with(&l, MSNP_SERVER, "ADL 0", "<ml><d><c l=\"8\"/><c n=\"\"/></d></ml");
		with(&l, MSNP_SERVER, "UBX bob@example.com", "<Data><PSM>x");
		with(&l, MSNP_SERVER, "NFY PUT", "Routing: 1.0\r\n\r\n");
		ask(&l, "PUT 5", "x", "PUT 5 OK 0");
		roster_view(l.roster);
		end(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists_one_by_one),
		cmocka_unit_test(test_lists_7),
		cmocka_unit_test(test_lists_8),
		cmocka_unit_test(test_lists_up_to_date),
		cmocka_unit_test(test_lists_12),
		cmocka_unit_test(test_changes_7),
		cmocka_unit_test(test_changes_10),
		cmocka_unit_test(test_adl),
		cmocka_unit_test(test_adl_services),
		cmocka_unit_test(test_presence_8),
		cmocka_unit_test(test_message_13),
		cmocka_unit_test(test_endpoints_18),
		cmocka_unit_test(test_presence_21),
		cmocka_unit_test(test_skype_24),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_book),
		cmocka_unit_test(test_book_networks),
		cmocka_unit_test(test_book_changes),
		cmocka_unit_test(test_book_refused),
		cmocka_unit_test(test_memberships),
		cmocka_unit_test(test_limit_contacts),
		cmocka_unit_test(test_limit_presence),
		cmocka_unit_test(test_limit_texts),
		cmocka_unit_test(test_limit_all_texts),
		cmocka_unit_test(test_limit_pending),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
