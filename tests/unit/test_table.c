/* SPDX-License-Identifier: BSD-2-Clause */
/* The command table and how lines are held against it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "dissectors/msnp_state.h"
#include "dissectors/msnp_table.h"

static void table_is_sorted(void **state)
{
	(void)state;
	for (size_t i = 1; i < msnp_forms_count; i++)
		assert_true(strcmp(msnp_forms[i - 1].name, msnp_forms[i].name) <= 0);
}

static void rows_are_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < msnp_forms_count; i++) {
		const struct msnp_form *f = &msnp_forms[i];
		const struct msnp_param *last = NULL;

		assert_int_equal(strlen(f->name), 3);
		assert_true(f->versions.lo >= MSNP_FIRST && f->versions.lo <= f->versions.hi && f->versions.hi <= MSNP_NEWEST);
		for (const struct msnp_param *p = f->params; p->rule != WORD_END; p++)
			last = p;
		/* A payload comes with a length at the end. */
		assert_true(f->payload == PAYLOAD_NONE || (last && last->field == P_length));
		assert_true(f->meaning[0] && f->sources[0]);
	}
}

static void errors_are_sorted(void **state)
{
	(void)state;
	for (size_t i = 1; i < msnp_errors_count; i++)
		assert_true(msnp_errors[i - 1].number < msnp_errors[i].number);
	assert_string_equal(msnp_error_find(217)->name, "not_online");
	assert_null(msnp_error_find(1));
}

static void words_are_cut_at_single_spaces(void **state)
{
	struct arena a = {0};
	struct msnp_words w = msnp_split(SLICE_LIT("CVQ 1  x "), &a);

	(void)state;
	assert_int_equal(w.count, 5);
	assert_true(slice_eq_str(w.word[0], "CVQ"));
	assert_true(slice_eq_str(w.word[1], "1"));
	assert_int_equal(w.word[2].len, 0);
	assert_true(slice_eq_str(w.word[3], "x"));
	assert_int_equal(w.word[4].len, 0);
	arena_free(&a);
}

/* One line: which versions does it speak for?  From the rules of the versions page. */
static const struct {
	const char *line;
	enum msnp_sender sender;
	unsigned roles;
	int lo, hi;
} evidence[] = {
	{"INF 1", MSNP_CLIENT, MSNP_DS | MSNP_NS, 2, 7},
	{"USR 2 MD5 I alice@example.com", MSNP_CLIENT, MSNP_DS | MSNP_NS, 2, 7},
	{"USR 2 CTP I alice@example.com", MSNP_CLIENT, MSNP_DS | MSNP_NS, 2, 2},
	{"USR 2 TWN I alice@example.com", MSNP_CLIENT, MSNP_DS | MSNP_NS, 8, 14},
	{"USR 2 SSO S t=abc&p= HAAAAAEA", MSNP_CLIENT, MSNP_NS, 15, 15},
	{"USR 2 SSO S t=abc&p= HAAAAAEA {01234567-89ab-cdef-0123-456789abcdef}", MSNP_CLIENT, MSNP_NS, 16, 21},
	{"USR 2 SHA A dGlja2V0", MSNP_CLIENT, MSNP_NS, 18, 21},
	{"USR 2 WEB {01234567-89ab-cdef-0123-456789abcdef}", MSNP_CLIENT, MSNP_NS, 22, 22},
	{"GTC A", MSNP_SERVER, MSNP_NS, 8, 12},
	{"GTC 5 17 A", MSNP_SERVER, MSNP_NS, 2, 12},
	{"LSG 0 Other%20Contacts 0", MSNP_SERVER, MSNP_NS, 8, 9},
	{"SYN 5 2005-04-23T18:57:44.8130000-07:00 2005-04-23T18:57:54.2070000-07:00 1 2", MSNP_SERVER, MSNP_NS, 10, 12},
	{"LST N=bob@example.com F=Bob C=01234567-89ab-cdef-0123-456789abcdef 11 1 "
	 "01234567-89ab-cdef-0123-456789abcdef", MSNP_SERVER, MSNP_NS, 12, 12},
	{"ADC 9 FL N=bob@example.com F=Bob", MSNP_CLIENT, MSNP_NS, 10, 12},
	{"ADD 9 AL bob@example.com Bob", MSNP_CLIENT, MSNP_NS, 2, 9},
	{"CHG 9 NLN 0 %3Cmsnobj%20Creator%3D%22a%22%2F%3E", MSNP_CLIENT, MSNP_NS, 9, 20},
	{"QNG", MSNP_SERVER, MSNP_NS, 2, 8},
	{"QNG 45", MSNP_SERVER, MSNP_NS, 9, 21},
	{"PAG 7 bob@example.com 50", MSNP_CLIENT, MSNP_NS, 5, 8},
	{"PGD 7 bob@example.com 1 50", MSNP_CLIENT, MSNP_NS, 9, 20},
	{"UBX bob@example.com 0", MSNP_SERVER, MSNP_NS, 11, 13},
	{"UBX bob@example.com 1 0", MSNP_SERVER, MSNP_NS, 14, 17},
	{"UBX 1:bob@example.com 0", MSNP_SERVER, MSNP_NS, 18, 20},
	{"JOI bob@example.com Bob", MSNP_SERVER, MSNP_SB, 2, 11},
	{"JOI bob@example.com Bob 1342177280", MSNP_SERVER, MSNP_SB, 12, 15},
	{"JOI bob@example.com;{01234567-89ab-cdef-0123-456789abcdef} Bob 2788999228:48", MSNP_SERVER, MSNP_SB, 16, 20},
	{"XFR 5 SB 203.0.113.31:1863 CKI 1.2.3", MSNP_SERVER, MSNP_NS, 2, 12},
	{"XFR 5 SB 203.0.113.31:1863 CKI 1.2.3 U messenger.msn.com", MSNP_SERVER, MSNP_NS, 13, 13},
	{"XFR 5 SB 203.0.113.31:1863 CKI 1.2.3 U messenger.msn.com 1", MSNP_SERVER, MSNP_NS, 14, 20},
	{"NLN NLN bob@example.com 1 Bob 1342558260 0", MSNP_SERVER, MSNP_NS, 14, 15},
	{"NLN NLN 1:bob@example.com Bob 2788999228:48 0", MSNP_SERVER, MSNP_NS, 18, 20},
	{"FQY 7 50", MSNP_CLIENT, MSNP_NS, 14, 20},
	{"NFY PUT 300", MSNP_SERVER, MSNP_NS, 18, 21},
	{"CNT 1 CON 100", MSNP_CLIENT, MSNP_NS, 24, 24},
	{"XYZ 1", MSNP_CLIENT, 0, MSNP_NEWEST, MSNP_FIRST},
};

static void lines_speak_for_versions(void **state)
{
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(evidence) / sizeof(evidence[0]); i++) {
		struct msnp_evidence e = msnp_evidence(msnp_split(slice_str(evidence[i].line), &a), evidence[i].sender, &a);

		if (e.roles != evidence[i].roles || e.versions.lo != evidence[i].lo || e.versions.hi != evidence[i].hi)
			fail_msg("%s: roles %u, MSNP%d to MSNP%d", evidence[i].line, e.roles, e.versions.lo, e.versions.hi);
	}
	arena_free(&a);
}

/* Lines, the version they are read by, and how the params are named. */
static const struct {
	const char *line;
	enum msnp_sender sender;
	int version;
	enum msnp_fit fit;
	const char *names; /* joined by blanks; the TrID is not among them */
} matches[] = {
	{"USR 6 OK alice@example.com Alice 1 0", MSNP_SERVER, 8, FIT_EXACT,
	 "msnp.stage msnp.passport msnp.friendly_name msnp.verified msnp.restricted"},
	{"USR 6 OK alice@example.com 1 0", MSNP_SERVER, 12, FIT_EXACT,
	 "msnp.stage msnp.passport msnp.verified msnp.restricted"},
	{"BPR MOB Y", MSNP_SERVER, 8, FIT_EXACT, "msnp.property msnp.value"},
	{"BPR bob@example.com MOB Y", MSNP_SERVER, 11, FIT_EXACT, "msnp.passport msnp.property msnp.value"},
	{"LST N=bob@example.com F=Bob 11", MSNP_SERVER, 11, FIT_EXACT, "msnp.passport msnp.friendly_name msnp.list_bits"},
	{"CHL 0 1234567890", MSNP_SERVER, 9, FIT_EXACT, "msnp.challenge"},
	{"CHL 1234567890", MSNP_SERVER, 9, FIT_EXACT, "msnp.challenge"},
	{"OUT", MSNP_SERVER, 9, FIT_EXACT, ""},
	{"OUT OTH", MSNP_SERVER, 9, FIT_EXACT, "msnp.out_reason"},
	{"OUT MIG", MSNP_SERVER, 8, FIT_OTHER, "msnp.out_reason"},
	{"VER 1 MSNP9 MSNP8 CVR0", MSNP_CLIENT, 9, FIT_EXACT, "msnp.protocol msnp.protocol msnp.protocol"},
	{"CHG 5 AWY 0", MSNP_CLIENT, 2, FIT_OTHER, "msnp.status msnp.capabilities"},
	{"CHG 5", MSNP_CLIENT, 9, FIT_CLOSEST, ""},
	{"CHG", MSNP_CLIENT, 9, FIT_CLOSEST, ""},
	{"217 14", MSNP_SERVER, 9, FIT_EXACT, ""},
	{"241 14 60", MSNP_SERVER, 15, FIT_EXACT, "msnp.length"},
	{"ACK 5 ", MSNP_SERVER, 9, FIT_EXACT, ""},
	{"XYZ 5", MSNP_SERVER, 9, FIT_NONE, ""},
	{"ILN 5 NLN a@example.com A 0", MSNP_CLIENT, 9, FIT_NONE, ""},
};

static void lines_find_their_form(void **state)
{
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(matches) / sizeof(matches[0]); i++) {
		struct msnp_context c = {.versions = {matches[i].version, matches[i].version}};
		struct msnp_words w = msnp_split(slice_str(matches[i].line), &a);
		struct msnp_match m = msnp_match(w, matches[i].sender, &c, &a);
		char names[512] = "";

		for (size_t b = 0; b < m.binding_count; b++) {
			strcat(names, b ? " " : "");
			strcat(names, field_defs[m.bindings[b].field].name);
		}
		if (m.fit != matches[i].fit || strcmp(names, matches[i].names) != 0)
			fail_msg("%s: fit %d, %s", matches[i].line, (int)m.fit, names);
	}
	arena_free(&a);
}

static void observe(struct msnp_state *s, enum msnp_sender sender, const char *line)
{
	struct arena a = {0};
	struct msnp_message m = {.sender = sender, .line = slice_str(line)};

	msnp_state_observe(s, &m, msnp_split(m.line, &a), &a);
	arena_free(&a);
}

static void negotiation_settles_the_version(void **state)
{
	struct msnp_state s;

	(void)state;
	msnp_state_init(&s);
	observe(&s, MSNP_CLIENT, "VER 1 MSNP9 MSNP8 CVR0");
	assert_false(msnp_state_decided(&s));
	observe(&s, MSNP_SERVER, "VER 1 MSNP8");
	assert_int_equal(msnp_state_version(&s), 8);
	assert_int_equal(s.how, STATE_NEGOTIATED);
	/* A form of another version does not move what was agreed on. */
	observe(&s, MSNP_SERVER, "QNG 45");
	assert_int_equal(msnp_state_version(&s), 8);
}

static void one_odd_line_is_outvoted(void **state)
{
	struct msnp_state s;

	(void)state;
	msnp_state_init(&s);
	observe(&s, MSNP_SERVER, "LST N=bob@example.com F=Bob 11");
	observe(&s, MSNP_SERVER, "GTC A");
	observe(&s, MSNP_CLIENT, "ADC 9 FL N=bob@example.com F=Bob");
	assert_int_equal(s.versions.lo, 10);
	observe(&s, MSNP_SERVER, "QNG");
	assert_true(s.conflict);
	assert_int_equal(s.versions.lo, 10);
	assert_int_equal(s.how, STATE_INFERRED);
}

static void dispatch_server_sends_on(void **state)
{
	struct msnp_state s;

	(void)state;
	msnp_state_init(&s);
	observe(&s, MSNP_CLIENT, "VER 1 MSNP8");
	observe(&s, MSNP_CLIENT, "USR 3 TWN I alice@example.com");
	assert_int_equal(s.roles, MSNP_DS | MSNP_NS);
	observe(&s, MSNP_SERVER, "XFR 3 NS 198.51.100.20:1863 0 198.51.100.5:1863");
	assert_int_equal(s.roles, MSNP_DS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_sorted),
		cmocka_unit_test(rows_are_sound),
		cmocka_unit_test(errors_are_sorted),
		cmocka_unit_test(words_are_cut_at_single_spaces),
		cmocka_unit_test(lines_speak_for_versions),
		cmocka_unit_test(lines_find_their_form),
		cmocka_unit_test(negotiation_settles_the_version),
		cmocka_unit_test(one_odd_line_is_outvoted),
		cmocka_unit_test(dispatch_server_sends_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
