/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of offline messages: events in, records out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/mime.h"
#include "dissectors/service.h"
#include "session/oim.h"
#include "util/buffer.h"

#define SECOND INT64_C(1000000000)
/* 2007-05-14T15:52:53Z */
#define START (INT64_C(1179157973) * SECOND)

#define SOAP_BEGIN "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'>"
#define RSI "xmlns='http://www.hotmail.msn.com/ws/2004/09/oim/rsi'"
#define PATH "/rsi/rsi.asmx"
#define OIM "xmlns='http://messenger.msn.com/ws/2004/09/oim/'"
#define MAIL(run, number, text) \
	"Content-Type: text/plain; charset=UTF-8\n" run "X-OIM-Sequence-Num: " number "\n\n" text
#define RUN "X-OIM-Run-Id: {7}\n"

/* One run: events, and the records they give as lines. */
struct life {
	struct oim_table *table;
	struct arena arena;
	struct dissection d;
	struct connection connection;
	struct buffer records;
	uint64_t event;
	int64_t time_ns;
};

static void add_step(struct buffer *out, const char *name, const struct offline_step *step)
{
	if (step->event)
		buffer_printf(out, " %s#%llu", name, (unsigned long long)step->event);
}

static void write_record(void *ctx, const struct offline_message *m)
{
	struct life *l = ctx;
	struct buffer *out = &l->records;
	const char *link = offline_link_name(m->linked_by);

	buffer_add_slice(out, m->id.len ? m->id : SLICE_LIT("-"));
	buffer_add_byte(out, ' ');
	buffer_add_slice(out, m->from.len ? m->from : SLICE_LIT("?"));
	buffer_add_byte(out, '>');
	buffer_add_slice(out, m->to.len ? m->to : SLICE_LIT("?"));
	add_step(out, "sent", &m->sent);
	add_step(out, "refused", &m->refused);
	add_step(out, "announced", &m->announced);
	add_step(out, "fetched", &m->fetched);
	add_step(out, "deleted", &m->deleted);
	if (link)
		buffer_printf(out, " by %s", link);
	if (m->has_text) {
		buffer_add_str(out, " \"");
		buffer_add_slice(out, m->text);
		buffer_add_str(out, "\"");
	}
	buffer_add_byte(out, '\n');
}

static void begin(struct life *l)
{
	struct event_sink sink = {.offline_message = write_record, .ctx = l};

	*l = (struct life){.time_ns = START};
	l->table = oim_new(&sink);
	l->connection.id = 1;
	l->connection.client.version = 4;
	l->connection.client.ip[0] = 192;
}

static void end(struct life *l, const char *expected)
{
	oim_finish(l->table);
	buffer_add_byte(&l->records, 0);
	assert_string_equal((const char *)l->records.data, expected);
	buffer_free(&l->records);
	oim_free(l->table);
	arena_free(&l->arena);
}

static uint64_t observe(struct life *l, const char *protocol, const char *name, enum msnp_sender from,
			uint64_t reply_to)
{
	struct event e = {.id = ++l->event,
			  .kind = EVENT_COMMAND,
			  .time_ns = l->time_ns += SECOND,
			  .connection = &l->connection,
			  .from = from,
			  .protocol = protocol,
			  .name = slice_str(name),
			  .reply_to = reply_to,
			  .dissection = &l->d};

	oim_observe(l->table, &e, &l->d.root);
	arena_reset(&l->arena);
	return e.id;
}

static void sign_in(struct life *l, uint64_t connection, const char *account)
{
	l->connection.id = connection;
	dissection_init(&l->d, &l->arena, SLICE_EMPTY, SLICE_EMPTY);
	field_add_text(&l->d, &l->d.root, P_stage, SLICE_LIT("OK"), SOURCE_LINE, 0, 0);
	field_add_text(&l->d, &l->d.root, P_passport, slice_str(account), SOURCE_LINE, 0, 0);
	observe(l, "msnp", "USR", MSNP_SERVER, 0);
}

static void notice(struct life *l, uint64_t connection, const char *list)
{
	l->connection.id = connection;
	struct slice text = arena_printf(
		&l->arena, "Content-Type: text/x-msmsgsinitialmdatanotification\r\n\r\nMail-Data: %s\r\n", list);
	dissection_init(&l->d, &l->arena, SLICE_EMPTY, text);
	mime_message_dissect(&l->d, &l->d.root, SOURCE_PAYLOAD, 0, text.len, NULL);
	observe(l, "msnp", "MSG", MSNP_SERVER, 0);
}

static uint64_t uum(struct life *l, uint64_t connection, const char *to, const char *headers, const char *text)
{
	l->connection.id = connection;
	struct slice payload = arena_printf(&l->arena, "Content-Type: text/plain\r\n%s\r\n%s", headers, text);
	dissection_init(&l->d, &l->arena, SLICE_EMPTY, payload);
	field_add_text(&l->d, &l->d.root, P_passport, slice_str(to), SOURCE_LINE, 0, 0);
	mime_message_dissect(&l->d, &l->d.root, SOURCE_PAYLOAD, 0, payload.len, NULL);
	return observe(l, "msnp", "UUM", MSNP_CLIENT, 0);
}

/* A call, or with reply_to its answer; body is what stands in the SOAP envelope. */
static uint64_t soap(struct life *l, const char *path, const char *body, const char *request, uint64_t reply_to)
{
	l->connection.id = 100;
	struct slice text = arena_printf(&l->arena, SOAP_BEGIN "%s</s:Envelope>", body);
	struct service_message m = {.is_request = !reply_to,
				    .method = SLICE_LIT("POST"),
				    .path = slice_str(path),
				    .status = reply_to ? 200 : 0,
				    .body = text,
				    .lock_challenge = oim_lock_challenge(l->table, &l->connection.client)};
	struct header action = {SLICE_LIT("SOAPAction"), SLICE_LIT("http://messenger.msn.com/ws/2004/09/oim/Store")};
	if (!reply_to && strcmp(path, PATH) != 0) {
		m.headers = &action;
		m.header_count = 1;
	}
	if (request)
		m.request_body = arena_printf(&l->arena, SOAP_BEGIN "%s</s:Envelope>", request);
	dissection_init(&l->d, &l->arena, SLICE_EMPTY, text);
	service_dissect(&l->d, &m);
	return observe(l, "soap", "call", reply_to ? MSNP_SERVER : MSNP_CLIENT, reply_to);
}

static uint64_t store(struct life *l, const char *from, const char *to, const char *mail)
{
	struct slice body = arena_printf(
		&l->arena,
		"<s:Header><From " OIM " memberName='%s'/><To " OIM " memberName='%s'/></s:Header>"
		"<s:Body><MessageType " OIM ">text</MessageType><Content " OIM ">%s</Content></s:Body>%c",
		from, to, mail, 0);

	return soap(l, "/OimWS/oim.asmx", (const char *)body.ptr, NULL, 0);
}

static void stored(struct life *l, uint64_t request)
{
	soap(l, "/OimWS/oim.asmx",
	     "<s:Body><StoreResponse " OIM "><PointsConsumed>0</PointsConsumed></StoreResponse></s:Body>", NULL,
	     request);
}

static void fault(struct life *l, const char *path, uint64_t request)
{
	soap(l, path,
	     "<s:Body><s:Fault><faultcode>q:AuthenticationFailed</faultcode><detail>"
	     "<LockKeyChallenge>123</LockKeyChallenge></detail></s:Fault></s:Body>",
	     NULL, request);
}

#define GET(id) "<s:Body><GetMessage " RSI "><messageId>" id "</messageId></GetMessage></s:Body>"
#define GOT(mail) \
	"<s:Body><GetMessageResponse " RSI "><GetMessageResult>" mail "</GetMessageResult></GetMessageResponse>" \
	"</s:Body>"
#define DELETE(ids) "<s:Body><DeleteMessages " RSI "><messageIds>" ids "</messageIds></DeleteMessages></s:Body>"
#define ID(id) "<messageId>" id "</messageId>"
#define WAITING(id, from, time) "<M><RT>" time "</RT><E>" from "</E><I>" id "</I></M>"
#define FROM_TO "From: &lt;bob@e&gt;\nTo: alice@e\n"

/* Sender and addressee in one capture, and the whole life of a message. */
static void test_whole_life(void **state)
{
	struct life l;

	(void)state;
	begin(&l);
	sign_in(&l, 1, "bob@e");
	uint64_t first = store(&l, "bob@e", "alice@e", MAIL(RUN, "1", "lunch?"));
	fault(&l, "/OimWS/oim.asmx", first);
	assert_true(slice_eq_str(oim_lock_challenge(l.table, &l.connection.client), "123"));
	stored(&l, store(&l, "bob@e", "alice@e", MAIL(RUN, "1", "lunch?")));
	stored(&l, store(&l, "bob@e", "alice@e", MAIL(RUN, "2", "lunch?")));
	sign_in(&l, 2, "alice@e");
	notice(&l, 2, "<MD>" WAITING("A", "bob@e", "2007-05-14T15:52:56Z")
		      WAITING("B", "bob@e", "2007-05-14T15:52:58Z") "</MD>");
	soap(&l, PATH, GOT(FROM_TO MAIL(RUN, "1", "lunch?")), GET("A"), soap(&l, PATH, GET("A"), NULL, 0));
	soap(&l, PATH, GOT(FROM_TO MAIL(RUN, "2", "lunch?")), GET("B"), soap(&l, PATH, GET("B"), NULL, 0));
	soap(&l, PATH, DELETE(ID("A") ID("b")), NULL, 0);
	end(&l, "A bob@e>alice@e sent#4 announced#9 fetched#11 deleted#14 by run \"lunch?\"\n"
		"B bob@e>alice@e sent#6 announced#9 fetched#13 deleted#14 by run \"lunch?\"\n");
}

/* The client numbers the repeated call anew; the service refuses another for good. */
static void test_refused(void **state)
{
	struct life l;

	(void)state;
	begin(&l);
	fault(&l, "/OimWS/oim.asmx", store(&l, "bob@e", "alice@e", MAIL("X-OIM-Run-Id: {8}\n", "1", "a")));
	stored(&l, store(&l, "bob@e", "alice@e", MAIL("X-OIM-Run-Id: {9}\n", "2", "a")));
	fault(&l, "/OimWS/oim.asmx", store(&l, "bob@e", "carol@e", MAIL("X-OIM-Run-Id: {9}\n", "3", "a")));
	soap(&l, PATH, GOT(FROM_TO MAIL("X-OIM-Run-Id: {9}\n", "2", "a")), GET("A"), 99);
	end(&l, "- bob@e>carol@e sent#5 refused#6 \"a\"\n"
		"A bob@e>alice@e sent#3 fetched#7 by run \"a\"\n");
}

/* UUM: no run id on the way there. */
static void test_uum(void **state)
{
	struct life l;

	(void)state;
	begin(&l);
	sign_in(&l, 1, "bob@e");
	uum(&l, 1, "alice@e", "", "now");
	uum(&l, 1, "Alice@e", "Dest-Agent: client\r\n", "later");
	uum(&l, 1, "alice@e", "Dest-Agent: client\r\n", "later");
	uint64_t refused = uum(&l, 1, "alice@e", "Dest-Agent: client\r\n", "never");
	dissection_init(&l.d, &l.arena, SLICE_EMPTY, SLICE_EMPTY);
	field_add_text(&l.d, &l.d.root, F_MSNP_ERROR, SLICE_LIT("x"), SOURCE_LINE, 0, 0);
	observe(&l, "msnp", "217", MSNP_SERVER, refused);
	soap(&l, PATH, GOT(FROM_TO MAIL(RUN, "1", "later")), GET("A"), 99);
	end(&l, "- bob@e>alice@e sent#4 \"later\"\n"
		"- bob@e>alice@e sent#5 refused#6 \"never\"\n"
		"A bob@e>alice@e sent#3 fetched#7 by text \"later\"\n");
}

/* Nothing but the notice is readable: time tells. */
static void test_by_time(void **state)
{
	struct life l;

	(void)state;
	begin(&l);
	sign_in(&l, 1, "bob@e");
	sign_in(&l, 2, "alice@e");
	uum(&l, 1, "alice@e", "Dest-Agent: client\r\n", "one");
	l.time_ns += 100 * SECOND;
	uum(&l, 1, "alice@e", "Dest-Agent: client\r\n", "two");
	notice(&l, 2, "<MD>" WAITING("A", "bob@e", "2007-05-14T15:54:38Z") WAITING("B", "bob@e", "2007-05-14T15:52:56Z")
		      WAITING("C", "bob@e", "2007-05-14T15:52:56Z")
		      WAITING("D", "eve@e", "2007-05-14T15:52:56Z") "</MD>");
	end(&l, "A bob@e>alice@e sent#4 announced#5 by time \"two\"\n"
		"B bob@e>alice@e sent#3 announced#5 by time \"one\"\n"
		"C bob@e>alice@e announced#5\n"
		"D eve@e>alice@e announced#5\n");
}

/* The list by GetMetadata; requests without answers, refused ones, and messages that stay. */
static void test_parts(void **state)
{
	struct life l;

	(void)state;
	begin(&l);
	sign_in(&l, 1, "alice@e");
	notice(&l, 1, "too-large");
	soap(&l, PATH,
	     "<s:Body><GetMetadataResponse " RSI "><MD>" WAITING("A", "bob@e", "") WAITING("B", "bob@e", "") "</MD>"
	     "</GetMetadataResponse></s:Body>",
	     NULL, 99);
	soap(&l, PATH, GET("A"), NULL, 0);
	fault(&l, PATH, soap(&l, PATH, GET("B"), NULL, 0));
	fault(&l, PATH, soap(&l, PATH, DELETE(ID("A") ID("B")), NULL, 0));
	soap(&l, PATH, DELETE(ID("C")), NULL, 0);
	notice(&l, 1, "<MD>" WAITING("A", "bob@e", "") "</MD>");
	end(&l, "A bob@e>alice@e announced#3 fetched#4\nB bob@e>? announced#3\nC ?>? deleted#9\n");
}

static void test_limit(void **state)
{
	struct life l;
	size_t records = 0;

	(void)state;
	begin(&l);
	for (unsigned i = 0; i < OIM_MESSAGES_MAX + 3; i++) {
		struct slice list = arena_printf(&l.arena, "<MD><M><I>%u</I></M></MD>%c", i, 0);

		notice(&l, 1, (const char *)list.ptr);
	}
	for (size_t i = 0; i < l.records.len; i++)
		records += l.records.data[i] == '\n';
	assert_int_equal(records, 3);
	for (unsigned i = 0; i < OIM_USERS_MAX + 3; i++)
		sign_in(&l, 10 + i, "x@e");
	for (unsigned i = 0; i < OIM_CHALLENGES_MAX + 3; i++) {
		l.connection.client.ip[1] = (uint8_t)i;
		fault(&l, PATH, 99);
	}
	assert_int_equal(oim_lock_challenge(l.table, &l.connection.client).len, 3);
	l.connection.client.ip[1] = 0;
	assert_int_equal(oim_lock_challenge(l.table, &l.connection.client).len, 0);
	oim_free(l.table);
	buffer_free(&l.records);
	arena_free(&l.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_life), cmocka_unit_test(test_refused), cmocka_unit_test(test_uum),
		cmocka_unit_test(test_by_time),    cmocka_unit_test(test_parts),   cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
