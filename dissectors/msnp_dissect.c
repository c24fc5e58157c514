/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/msnp_dissect.h"

#include <ctype.h>
#include <inttypes.h>

#include "dissectors/challenge.h"
#include "dissectors/contact_list.h"
#include "dissectors/error_detail.h"
#include "dissectors/msnp_value.h"
#include "dissectors/payload.h"
#include "dissectors/summary.h"
#include "util/utf8.h"

/* Longest piece of a text that a finding quotes, in bytes. */
#define QUOTED_MAX 60u
/* Length of an answer to a challenge. */
#define CHALLENGE_DIGITS 32u

static size_t offset_in_line(const struct msnp_message *m, struct slice word)
{
	return (size_t)(word.ptr - m->line.ptr);
}

static struct slice clip(struct slice s)
{
	return utf8_cut(s, QUOTED_MAX);
}

static void add_params(struct dissection *d, const struct msnp_message *m, const struct msnp_dissected *r)
{
	size_t next = r->match.has_trid ? 2 : 1;

	for (size_t i = 0; i < r->match.binding_count; i++) {
		const struct msnp_binding *b = &r->match.bindings[i];
		struct slice word = r->words.word[b->word];

		msnp_value(d, b->field, offset_in_line(m, word) + b->skip, word.len - b->skip);
		next = b->word + 1;
	}
	for (; next < r->words.count; next++)
		if (r->words.word[next].len)
			field_add_range(d, &d->root, F_MSNP_EXTRA, SOURCE_LINE, offset_in_line(m, r->words.word[next]),
					r->words.word[next].len);
}

/* Known by the TrID, which is where its bytes are. */
static void add_failed(struct dissection *d, struct slice request)
{
	const struct field *trid = field_child(&d->root, &field_defs[F_MSNP_TRID]);

	field_add_text(d, &d->root, F_MSNP_FAILED, request, SOURCE_LINE, trid ? trid->offset : 0, trid ? trid->length : 0);
}

static void add_error(struct dissection *d, struct slice name, const struct msnp_context *context)
{
	const struct msnp_error *error = NULL;
	uint64_t number;

	if (slice_u64(name, &number))
		error = msnp_error_find(number);
	if (context->request.len)
		add_failed(d, context->request);
	if (!error) {
		finding_add(d, RULE_MSNP_UNKNOWN_ERROR, NULL, "error %.*s is not in the table of errors", SLICE_ARG(name));
		dissection_summarise(d, "error %.*s, meaning not known", SLICE_ARG(name));
	} else {
		field_add_text(d, &d->root, F_MSNP_ERROR, slice_str(error->name), SOURCE_LINE, 0, name.len);
		field_add_text(d, &d->root, F_MSNP_ERROR_MEANING, slice_str(error->meaning), SOURCE_LINE, 0, name.len);
		dissection_summarise(d, "error %s: %s", error->name, error->meaning);
	}
	if (context->request.len)
		dissection_summary_add(d, "answers %.*s", SLICE_ARG(context->request));
}

static void add_verdict(struct dissection *d, const char *verdict)
{
	size_t length = d->sources[SOURCE_PAYLOAD].data.len;

	field_add_text(d, &d->root, F_MSNP_CHALLENGE_VERDICT, slice_str(verdict), SOURCE_PAYLOAD, 0, length);
	dissection_summary_add(d, "the answer is %s", verdict);
}

static bool all_hexadecimal(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!isxdigit(s.ptr[i]))
			return false;
	return true;
}

/* QRY from the client: is it what the product id should answer? */
static void check_challenge(struct dissection *d, const struct msnp_hints *hints)
{
	const struct field *id = field_child(&d->root, &field_defs[P_product_id]);
	struct slice response = d->sources[SOURCE_PAYLOAD].data;
	enum challenge_method method;

	if (!id || !id->has_value)
		return;
	const struct challenge_key *key = challenge_key_find(id->value.text);
	if (key)
		field_add_text(d, &d->root, F_MSNP_PRODUCT_CLIENT, slice_str(key->client), id->source, id->offset, id->length);
	if (hints->challenge.len == 0) {
		add_verdict(d, "not checked: no challenge seen");
		return;
	}
	if (response.len != CHALLENGE_DIGITS || !all_hexadecimal(response)) {
		add_verdict(d, "wrong");
		finding_add(d, RULE_MSNP_CHALLENGE_FORM, NULL, "%zu bytes: \"%.*s\"", response.len, SLICE_ARG(clip(response)));
		return;
	}
	switch (challenge_verify(hints->challenge, id->value.text, response, &method)) {
	case CHALLENGE_RIGHT:
		field_add_text(d, &d->root, F_MSNP_CHALLENGE_METHOD,
			       method == CHALLENGE_MD5 ? SLICE_LIT("md5") : SLICE_LIT("msnp11"), SOURCE_PAYLOAD, 0,
			       response.len);
		add_verdict(d, "right");
		break;
	case CHALLENGE_WRONG:
		add_verdict(d, "wrong");
		finding_add(d, RULE_MSNP_CHALLENGE_WRONG, id, "the answer to challenge %.*s is wrong for %.*s",
			    SLICE_ARG(clip(hints->challenge)), SLICE_ARG(clip(id->value.text)));
		break;
	case CHALLENGE_UNKNOWN_KEY:
		add_verdict(d, "not checked: key not known");
		finding_add(d, RULE_MSNP_CHALLENGE_UNKNOWN, id, "no key is known for product id %.*s",
			    SLICE_ARG(clip(id->value.text)));
		break;
	}
}

static void add_payload(struct dissection *d, const struct msnp_message *m, const struct msnp_match *match,
			const struct msnp_context *context)
{
	payload_dissector *dissect = match->form ? payload_find(match->form->payload, SLICE_EMPTY) : NULL;

	if (m->payload.len == 0)
		return;
	if (!dissect)
		dissect = payload_other_dissect;
	dissect(d, &d->root, SOURCE_PAYLOAD, 0, m->payload.len, context);
}

/* The versions in which the sender has any form of that name. */
static struct msnp_versions versions_of(struct slice name, enum msnp_sender sender)
{
	const struct msnp_form *form;
	struct msnp_versions v = {MSNP_NEWEST + 1, 0};

	for (size_t n = msnp_forms_named(name, &form); n > 0; n--, form++) {
		if (form->sender != sender)
			continue;
		v.lo = form->versions.lo < v.lo ? form->versions.lo : v.lo;
		v.hi = form->versions.hi > v.hi ? form->versions.hi : v.hi;
	}
	return v;
}

static void wrong_version(struct dissection *d, struct slice name, struct msnp_versions v)
{
	if (v.lo == v.hi)
		finding_add(d, RULE_MSNP_WRONG_VERSION, NULL, "this form of %.*s belongs to MSNP%d", SLICE_ARG(name), v.lo);
	else
		finding_add(d, RULE_MSNP_WRONG_VERSION, NULL, "this form of %.*s belongs to MSNP%d to MSNP%d", SLICE_ARG(name), v.lo,
			    v.hi);
}

/* A form of another version, or a command that the version has in no form. */
static void check_version(struct dissection *d, struct slice name, const struct msnp_form *form,
			  const struct msnp_context *context)
{
	struct msnp_versions v = versions_of(name, form->sender);
	const char *who = form->sender == MSNP_CLIENT ? "client" : "server";

	if (v.hi < context->versions.lo)
		finding_add(d, RULE_MSNP_NOT_IN_VERSION, NULL, "%.*s of the %s ended with MSNP%d", SLICE_ARG(name), who, v.hi);
	else if (v.lo > context->versions.hi)
		finding_add(d, RULE_MSNP_NOT_IN_VERSION, NULL, "%.*s of the %s begins with MSNP%d", SLICE_ARG(name), who, v.lo);
	else
		wrong_version(d, name, form->versions);
}

/* Findings about the form of the line. */
static void check_form(struct dissection *d, const struct msnp_message *m, const struct msnp_dissected *r,
		       const struct msnp_context *context)
{
	const char *sender = m->sender == MSNP_CLIENT ? "client" : "server";
	struct slice name = r->words.word[0];
	const struct msnp_form *form = r->match.form;

	switch (r->match.fit) {
	case FIT_NONE:
		if (msnp_forms_named(name, &form))
			finding_add(d, RULE_MSNP_UNKNOWN_FORM, NULL, "%.*s is not known from the %s", SLICE_ARG(name), sender);
		else
			finding_add(d, RULE_MSNP_UNKNOWN_COMMAND, NULL, "%.*s is not in the command table", SLICE_ARG(clip(name)));
		break;
	case FIT_CLOSEST:
		finding_add(d, RULE_MSNP_UNKNOWN_FORM, NULL, "parameters fit no known form of %.*s from the %s",
			    SLICE_ARG(name), sender);
		break;
	case FIT_OTHER:
		if (msnp_versions_overlap(form->versions, context->versions))
			finding_add(d, RULE_MSNP_WRONG_ROLE, NULL, "this form of %.*s is not known from a connection of this role",
				    SLICE_ARG(name));
		else
			check_version(d, name, form, context);
		break;
	case FIT_EXACT:
		break;
	}
}

/* Findings about how the command was cut out of the stream. */
static void check_framing(struct dissection *d, const struct msnp_message *m, const struct msnp_hints *hints)
{
	if (m->bare_lf)
		finding_add(d, RULE_MSNP_BARE_LF, NULL, "line ends in LF without CR");
	if (m->length_absent)
		finding_add(d, RULE_MSNP_LENGTH_ABSENT, NULL, "payload length is absent; no payload was taken");
	if (m->length_limit)
		finding_add(d, RULE_MSNP_LENGTH_LIMIT, NULL, "payload length %" PRIu64 " is beyond the limit of %u bytes",
			    m->declared, MSNP_PAYLOAD_MAX);
	if (m->recovered)
		finding_add(d, RULE_MSNP_LENGTH_WRONG, NULL,
			    "found inside the payload of an earlier command, which declares %" PRIu64
			    " bytes and seems to end after %" PRIu64,
			    hints->wrong_declared, hints->wrong_actual);
	if (m->unreliable & (MSNP_UNRELIABLE_PAYLOAD | MSNP_UNRELIABLE_ABSENT))
		return;
	if (hints->length_wrong)
		finding_add(d, RULE_MSNP_LENGTH_WRONG, NULL,
			    "declares %" PRIu64 " bytes of payload, but other commands follow after %zu", m->declared,
			    m->payload.len);
	else if (m->has_payload && m->payload.len < m->declared)
		finding_add(d, RULE_MSNP_PAYLOAD_CUT, NULL, "payload has %zu of %" PRIu64 " bytes", m->payload.len, m->declared);
	if (m->lost_bytes)
		finding_add(d, RULE_MSNP_PAYLOAD_CUT, NULL, "%" PRIu64 " bytes of the payload were lost and stand as zeros",
			    m->lost_bytes);
}

/* Words are parted by single blanks; a parameter may be sent empty (the last one of CVQ). */
static size_t count_blanks(const struct msnp_dissected *r)
{
	size_t blanks = 0, next = 0;

	for (size_t i = 1; i < r->words.count; i++) {
		while (next < r->match.binding_count && r->match.bindings[next].word < i)
			next++;
		blanks += r->words.word[i].len == 0 && !(next < r->match.binding_count && r->match.bindings[next].word == i);
	}
	return blanks;
}

static void check_bytes(struct dissection *d, const struct msnp_message *m, const struct msnp_dissected *r)
{
	size_t blanks = count_blanks(r), control = m->line.len;

	for (size_t i = m->line.len; i > 0; i--)
		if (m->line.ptr[i - 1] < 0x20 || m->line.ptr[i - 1] == 0x7f)
			control = i - 1;
	/* Part of a word that is told to be wrong. */
	bool told = d->findings != NULL;
	if (blanks)
		finding_add(d, RULE_MSNP_BLANKS, NULL, "%zu empty word%s", blanks, blanks == 1 ? "" : "s");
	if (control < m->line.len && !told)
		finding_add(d, RULE_MSNP_CONTROL, NULL, "byte 0x%02x at %zu", m->line.ptr[control], control);
}

struct msnp_dissected msnp_dissect(struct dissection *d, const struct msnp_message *m,
				   const struct msnp_context *context, const struct msnp_hints *hints)
{
	struct msnp_dissected r;

	r.words = msnp_split(m->line, d->arena);
	r.match = msnp_match(r.words, m->sender, context, d->arena);
	struct slice name = r.words.word[0];
	field_add_range(d, &d->root, F_MSNP_NAME, SOURCE_LINE, 0, name.len);
	if (r.match.fit == FIT_NONE && r.words.count > 1)
		r.match.has_trid = slice_u64(r.words.word[1], &r.match.trid);
	if (r.match.has_trid)
		field_add_number(d, &d->root, F_MSNP_TRID, r.match.trid, SOURCE_LINE, offset_in_line(m, r.words.word[1]),
				 r.words.word[1].len);
	d->unreliable = m->unreliable & MSNP_UNRELIABLE_LINE;
	add_params(d, m, &r);
	if (msnp_is_error_name(name))
		add_error(d, name, context);
	else if (r.match.form)
		summary_render(d, r.match.form->summary);
	else
		dissection_summarise(d, "unknown command");
	check_form(d, m, &r, context);
	check_bytes(d, m, &r);
	check_framing(d, m, hints);
	d->unreliable |= (m->unreliable & MSNP_UNRELIABLE_PAYLOAD) != 0;
	add_payload(d, m, &r.match, context);
	if (m->sender == MSNP_CLIENT && m->payload.len && slice_eq_str(name, "QRY"))
		check_challenge(d, hints);
	if (m->sender == MSNP_CLIENT)
		contact_list_check_client(d, &d->root, name);
	d->unreliable = false;
	return r;
}
