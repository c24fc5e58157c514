/* SPDX-License-Identifier: BSD-2-Clause */
/* Templates of the command table, and what they make of lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/msnp_dissect.h"
#include "dissectors/summary.h"
#include "util/buffer.h"

/* Characters of a template outside braces. */
#define WORDS_MAX 70

#define EPID "{0000aaaa-1111-2222-3333-44445555ffff}"
#define THIRTY "123456789012345678901234567890"

/* --- templates --- */

static bool is_more(struct slice name)
{
	return name.len > 3 && memcmp(name.ptr + name.len - 3, "...", 3) == 0;
}

/* A param of that form, given once or, with "...", more than once, and no secret. */
static void check_param(const struct msnp_form *form, struct slice name)
{
	bool more = is_more(name);
	size_t times = 0;

	if (more)
		name = slice_sub(name, 0, name.len - 3);
	for (const struct msnp_param *p = form->params; p->rule != WORD_END; p++) {
		if (!slice_eq(slice_str(field_defs[p->field].name + strlen("msnp.")), name))
			continue;
		if (field_defs[p->field].flags & FIELD_SECRET)
			fail_msg("%s: %s: inserts a secret", form->name, form->summary);
		times += p->rule == WORD_MANY ? 2 : 1;
	}
	if (times == 0 || (times > 1) != more)
		fail_msg("%s: %s: the form has %.*s %zu times", form->name, form->summary, SLICE_ARG(name), times);
}

static void check_template(const struct msnp_form *form)
{
	struct slice s = slice_str(form->summary);
	bool inside = false, sound = s.len > 0;
	size_t words = 0;

	for (size_t at = 0; at < s.len && sound; at++) {
		struct slice name = slice_sub(s, at + 1, s.len);
		uint8_t c = s.ptr[at];

		if (c == '[' || c == ']') {
			sound = inside == (c == ']');
			inside = !inside;
		} else if (c == '{') {
			name = slice_sub(name, 0, slice_find_byte(name, '}'));
			at += name.len + 1;
			sound = at < s.len;
			check_param(form, name);
		} else {
			sound = c >= ' ' && c < 0x7f && c != '}';
			words++;
		}
	}
	if (!sound || inside)
		fail_msg("%s: %s: braces or brackets", form->name, form->summary);
	if (words > WORDS_MAX)
		fail_msg("%s: %s: too long", form->name, form->summary);
	if (s.ptr[s.len - 1] == '.' || (s.ptr[0] >= 'A' && s.ptr[0] <= 'Z'))
		fail_msg("%s: %s: capital or full stop", form->name, form->summary);
}

static void test_templates(void **state)
{
	(void)state;
	for (size_t i = 0; i < msnp_forms_count; i++)
		check_template(&msnp_forms[i]);
}

/* --- lines --- */

static const struct {
	enum msnp_sender sender;
	unsigned role;
	int version;
	const char *line;
	const char *summary;
} lines[] = {
	{MSNP_CLIENT, MSNP_NS, 8, "VER 1 MSNP8 CVR0", "offer protocols MSNP8 CVR0"},
	{MSNP_SERVER, MSNP_NS, 8, "VER 1 MSNP8", "protocol is MSNP8"},
	{MSNP_SERVER, MSNP_DS, 8, "XFR 3 NS 198.51.100.20:1863 0 198.51.100.5:1863",
	 "go to notification server 198.51.100.20:1863"},
	{MSNP_SERVER, MSNP_DS, 21, "XFR 3 NS 198.51.100.20:443 G D VmVyc2lvbjogMQ0K",
	 "go to notification server 198.51.100.20:443 (gateway)"},
	{MSNP_CLIENT, MSNP_NS, 8, "USR 7 TWN S t=secret&p=secret", "sign in with a Passport ticket"},
	{MSNP_SERVER, MSNP_NS, 8, "USR 7 OK alice@example.com Alice%20%E2%98%BA 1 0",
	 "signed in as alice@example.com \"Alice \xe2\x98\xba\""},
	{MSNP_CLIENT, MSNP_NS, 8, "SYN 8 0", "ask for everything newer than list version 0"},
	{MSNP_SERVER, MSNP_NS, 8, "SYN 8 27 8 3", "contact list is at version 27, 8 LST and 3 LSG lines follow"},
	{MSNP_SERVER, MSNP_NS, 8, "SYN 8 27", "contact list is at version 27"},
	{MSNP_SERVER, MSNP_NS, 8, "LST bob@example.com Bob%20(at%20work) 11 1",
	 "contact bob@example.com \"Bob (at work)\" on FL+AL+RL, groups: 1"},
	{MSNP_SERVER, MSNP_NS, 8, "LST bob@example.com Bob 0", "contact bob@example.com \"Bob\""},
	{MSNP_SERVER, MSNP_NS, 10, "LST N=frank@example.com 8", "contact frank@example.com on RL"},
	{MSNP_SERVER, MSNP_NS, 5, "LST 8 BL 12 0 0", "block list is empty"},
	{MSNP_SERVER, MSNP_NS, 8, "PRP PHH 555%200100", "own home phone: \"555 0100\""},
	{MSNP_CLIENT, MSNP_NS, 8, "PRP 9 PHH", "set own home phone: \"\""},
	{MSNP_CLIENT, MSNP_NS, 8, "CHG 9 BRB 0", "set own status: be right back"},
	{MSNP_SERVER, MSNP_NS, 8, "CHG 9 AWY 0", "own status is now away"},
	{MSNP_SERVER, MSNP_NS, 8, "CHG 9 XYZ 0", "own status is now XYZ"},
	{MSNP_SERVER, MSNP_NS, 8, "ILN 9 NLN bob@example.com Bob 0", "bob@example.com \"Bob\" is online"},
	{MSNP_SERVER, MSNP_NS, 18, "NLN IDL 1:bob@example.com Bob 2788999228:48 0",
	 "1:bob@example.com \"Bob\" is now idle"},
	{MSNP_SERVER, MSNP_NS, 9, "QNG 45", "keep-alive answer, next in 45 s"},
	{MSNP_SERVER, MSNP_NS, 8, "XFR 12 SB 203.0.113.31:1863 CKI 1.2.3", "switchboard 203.0.113.31:1863 is ready to be joined"},
	{MSNP_SERVER, MSNP_SB, 18, "JOI bob@example.com;" EPID " Bob 0:0", "bob@example.com;" EPID " joined as \"Bob\""},
	{MSNP_SERVER, MSNP_SB, 8, "BYE bob@example.com 1", "bob@example.com left, idle time-out: 1"},
	{MSNP_CLIENT, MSNP_SB, 8, "OUT", "leave the switchboard"},
	{MSNP_CLIENT, MSNP_NS, 8, "OUT", "sign out"},
	{MSNP_SERVER, MSNP_NS, 8, "OUT OTH", "server closes the connection: other location"},
	{MSNP_CLIENT, MSNP_NS, 24, "GET 7 MSGR\\MESSAGESBYCONVERSATION 0", "fetch messages by conversation"},
	{MSNP_CLIENT, MSNP_NS, 15, "UUM 18 dave@yahoo.example.com 32 1 0", "text to dave@yahoo.example.com (yahoo)"},
	/* a number that is none shows as it stands, a value that is missing as a question mark */
	{MSNP_SERVER, MSNP_NS, 8, "SYN 8 x 1 2", "contact list is at version x, 1 LST and 2 LSG lines follow"},
	{MSNP_CLIENT, MSNP_SB, 8, "CAL 14", "invite ?"},
	/* others */
	{MSNP_CLIENT, MSNP_NS, 8, "XYZ 1", "unknown command"},
	{MSNP_SERVER, MSNP_SB, 8, "217 14", "error not_online: contact is offline, hidden or not taking messages"},
};

static void test_lines(void **state)
{
	struct arena arena = {0};
	const struct msnp_hints hints = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const struct msnp_context context = {lines[i].role, {lines[i].version, lines[i].version}, {NULL, 0}};
		const struct msnp_message m = {.sender = lines[i].sender, .line = slice_str(lines[i].line)};
		struct dissection d;

		dissection_init(&d, &arena, m.line, m.payload);
		msnp_dissect(&d, &m, &context, &hints);
		if (!slice_eq_str(d.summary, lines[i].summary))
			fail_msg("%s: %.*s", lines[i].line, SLICE_ARG(d.summary));
		arena_reset(&arena);
	}
	arena_free(&arena);
}

/* --- rendering --- */

static void add(struct dissection *d, enum field_id id, const char *text)
{
	field_add_text(d, &d->root, id, slice_str(text), SOURCE_LINE, 0, 0);
}

static void check(struct dissection *d, const char *template, const char *expected)
{
	summary_render(d, template);
	if (!slice_eq_str(d->summary, expected))
		fail_msg("%s: %.*s", template, SLICE_ARG(d->summary));
}

static void test_rendering(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	dissection_init(&d, &arena, SLICE_LIT("line"), SLICE_EMPTY);
	check(&d, "", "");
	check(&d, "words", "words");
	add(&d, P_passport, "bob@example.com");
	add(&d, P_friendly_name, "");
	add(&d, P_ticket, "secret");
	add(&d, P_value, "[{value}]");
	field_add_number(&d, &d.root, P_total, UINT64_MAX, SOURCE_LINE, 0, 0);
	field_add_number(&d, &d.root, P_minutes, 0, SOURCE_LINE, 0, 0);
	field_add_number(&d, &d.root, P_network_id, 32, SOURCE_LINE, 0, 0);
	field_add_number(&d, &d.root, P_dest_network_id, 77, SOURCE_LINE, 0, 0);
	field_add(&d, &d.root, P_index, SOURCE_LINE, 0, 4);
	check(&d, "{passport}[ \"{friendly_name}\"][ in {group_id}]!", "bob@example.com!");
	check(&d, "[{passport} {group_id}][{group_id} {passport}]", "");
	check(&d, "{friendly_name} {group_id} {pass} {passports}", "? ? ? ?");
	check(&d, "{ticket}[ {ticket}] {value}", "? [{value}]");
	check(&d, "{total} {minutes} {network_id} {dest_network_id} {index}", "18446744073709551615 0 yahoo 77 line");
	check(&d, "{passport...}[ {group_id...}]", "bob@example.com");
	arena_free(&arena);
}

static void test_long_values(void **state)
{
	struct arena arena = {0};
	struct dissection d;
	struct buffer expected = {0};

	(void)state;
	dissection_init(&d, &arena, SLICE_EMPTY, SLICE_EMPTY);
	add(&d, P_passport, THIRTY THIRTY);
	add(&d, P_friendly_name, THIRTY THIRTY "1");
	/* the snowman's last byte is byte 61 */
	add(&d, P_value, THIRTY "1234567890123456789012345678\xe2\x98\x83");
	check(&d, "{passport}", THIRTY THIRTY);
	check(&d, "{friendly_name}", THIRTY THIRTY "...");
	check(&d, "{value}", THIRTY "1234567890123456789012345678...");
	for (int i = 0; i < 1000; i++)
		add(&d, P_protocol, "MSNP123456789");
	for (int i = 0; i < 12; i++)
		buffer_add_str(&expected, "MSNP123456789 ");
	buffer_add_str(&expected, "...");
	buffer_add_byte(&expected, '\0');
	check(&d, "{protocol...}", (const char *)expected.data);
	buffer_free(&expected);
	arena_free(&arena);
}

/* Texts that are appended by many small steps, and one that is longer than the room there was. */
static void test_appending(void **state)
{
	struct arena arena = {0};
	struct dissection d;
	struct buffer expected = {0};

	(void)state;
	dissection_init(&d, &arena, SLICE_EMPTY, SLICE_EMPTY);
	summary_render(&d, "start");
	buffer_add_str(&expected, "start");
	for (int i = 0; i < 500; i++) {
		dissection_summary_add(&d, "part %d", i);
		buffer_printf(&expected, ", part %d", i);
		assert_true(slice_eq(d.summary, buffer_slice(&expected)));
	}
	dissection_summary_add(&d, "%05000d", 7);
	buffer_printf(&expected, ", %05000d", 7);
	assert_true(slice_eq(d.summary, buffer_slice(&expected)));
	dissection_summarise(&d, "%s", "anew");
	assert_true(slice_eq_str(d.summary, "anew"));
	dissection_summarise(&d, "%s", "");
	dissection_summary_add(&d, "first");
	assert_true(slice_eq_str(d.summary, "first"));
	buffer_free(&expected);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_templates),    cmocka_unit_test(test_lines),     cmocka_unit_test(test_rendering),
		cmocka_unit_test(test_long_values), cmocka_unit_test(test_appending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
