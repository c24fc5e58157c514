/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/msnp_line.h"

enum msnp_candidate msnp_name_plausible(struct slice s)
{
	bool digits = s.len && s.ptr[0] >= '0' && s.ptr[0] <= '9';

	for (size_t i = 0; i < 3; i++) {
		if (i == s.len)
			return CANDIDATE_MORE;
		if (digits ? s.ptr[i] < '0' || s.ptr[i] > '9' : s.ptr[i] < 'A' || s.ptr[i] > 'Z')
			return CANDIDATE_NO;
	}
	if (s.len == 3)
		return CANDIDATE_MORE;
	return s.ptr[3] == ' ' || s.ptr[3] == '\r' || s.ptr[3] == '\n' ? CANDIDATE_YES : CANDIDATE_NO;
}

enum msnp_line_result msnp_line_find(struct slice s, size_t max, size_t scanned, struct msnp_line *line)
{
	size_t limit = s.len < max + 2 ? s.len : max + 2;
	size_t lf = scanned + slice_find_byte(slice_sub(s, scanned, limit - (scanned < limit ? scanned : limit)), '\n');

	if (lf >= limit)
		return limit == max + 2 ? LINE_NONE : LINE_MORE;
	line->total = lf + 1;
	line->bare_lf = lf == 0 || s.ptr[lf - 1] != '\r';
	line->text = slice_sub(s, 0, line->bare_lf ? lf : lf - 1);
	return LINE_FOUND;
}

bool msnp_has_control_bytes(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < 0x20 || s.ptr[i] == 0x7f)
			return true;
	return false;
}

enum msnp_candidate msnp_candidate(struct slice data, enum msnp_sender sender, const struct msnp_context *context,
				   struct arena *arena)
{
	enum msnp_candidate name = msnp_name_plausible(data);
	const struct msnp_form *first;
	struct msnp_line line;

	if (name != CANDIDATE_YES)
		return name;
	struct slice word = slice_sub(data, 0, 3);
	size_t forms = msnp_forms_named(word, &first);
	bool mine = false;
	for (size_t i = 0; i < forms; i++)
		mine |= first[i].sender == sender;
	if (!mine)
		return CANDIDATE_NO;
	switch (msnp_line_find(data, CANDIDATE_LINE_MAX, 0, &line)) {
	case LINE_NONE:
		return CANDIDATE_NO;
	case LINE_MORE:
		/* A line end cut between CR and LF is no control byte. */
		if (data.len && data.ptr[data.len - 1] == '\r')
			data.len--;
		return msnp_has_control_bytes(data) ? CANDIDATE_NO : CANDIDATE_MORE;
	case LINE_FOUND:
		break;
	}
	if (line.bare_lf || msnp_has_control_bytes(line.text))
		return CANDIDATE_NO;
	struct msnp_words words = msnp_split(line.text, arena);
	if (words.count > CANDIDATE_WORDS_MAX)
		return CANDIDATE_NO;
	struct msnp_match match = msnp_match(words, sender, context, arena);
	return match.fit == FIT_EXACT || match.fit == FIT_OTHER ? CANDIDATE_YES : CANDIDATE_NO;
}

/* Does any form of this command from this sender carry a payload? */
static bool may_carry_payload(struct slice name, enum msnp_sender sender)
{
	const struct msnp_form *form;
	size_t forms = msnp_forms_named(name, &form);

	for (size_t i = 0; i < forms; i++)
		if (form[i].sender == sender && form[i].payload != PAYLOAD_NONE)
			return true;
	return false;
}

static bool has_length(const struct msnp_form *form)
{
	for (const struct msnp_param *p = form->params; p->rule != WORD_END; p++)
		if (p->field == P_length)
			return true;
	return false;
}

bool msnp_never_payload(struct slice name, enum msnp_sender sender)
{
	const struct msnp_form *form;
	size_t forms = msnp_forms_named(name, &form);
	bool known = false;

	for (size_t i = 0; i < forms; i++) {
		if (form[i].sender != sender)
			continue;
		if (form[i].payload != PAYLOAD_NONE || has_length(&form[i]))
			return false;
		known = true;
	}
	return known;
}

/* Lines that fit no form go by their last word, as a command that can carry a payload most likely does. */
void msnp_read_length(struct msnp_message *m, struct msnp_words words, const struct msnp_match *match)
{
	bool number = words.count > 1 && slice_u64(words.word[words.count - 1], &m->declared);

	if (match->fit == FIT_EXACT || match->fit == FIT_OTHER) {
		const struct msnp_binding *last = &match->bindings[match->binding_count - (match->binding_count ? 1 : 0)];

		m->has_payload = match->binding_count && last->field == P_length;
		if (m->has_payload)
			slice_u64(words.word[last->word], &m->declared);
	} else if (may_carry_payload(words.word[0], m->sender)) {
		m->has_payload = number && words.count > (match->has_trid ? 2 : 1);
		m->length_absent = !m->has_payload && match->form && match->form->payload != PAYLOAD_NONE;
	}
	if (!m->has_payload)
		m->declared = 0;
	if (m->declared > MSNP_PAYLOAD_MAX) {
		m->length_limit = true;
		m->has_payload = false;
	}
}
