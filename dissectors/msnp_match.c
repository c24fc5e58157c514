/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Holds a command line against the forms of the table.  A form fits when every
 * word finds a parameter that could look like it; among the forms that fit,
 * those of the connection's version and role come first, then the one whose
 * words look most like what the parameters should be.
 */
#include "dissectors/msnp_table.h"

/* How well a word looks like a parameter: 0 not at all. */
enum { LOOKS_WRONG = 0, LOOKS_POSSIBLE = 1, LOOKS_RIGHT = 2, LOOKS_CERTAIN = 3, LOOKS_LITERAL = 5 };

struct msnp_words msnp_split(struct slice line, struct arena *arena)
{
	size_t count = 1, n = 0;

	for (size_t at = slice_find_byte(line, ' '); at < line.len; count++)
		at += 1 + slice_find_byte(slice_sub(line, at + 1, line.len), ' ');
	struct slice *word = arena_alloc_raw(arena, count * sizeof(*word));
	for (struct slice rest = line; n < count; n++) {
		size_t end = slice_find_byte(rest, ' ');

		word[n] = slice_sub(rest, 0, end);
		rest = slice_sub(rest, end + 1, rest.len);
	}
	return (struct msnp_words){word, count};
}

static bool all_digits(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return s.len > 0;
}

static bool contains(struct slice s, char c)
{
	return slice_find_byte(s, (uint8_t)c) < s.len;
}

/* "1:" or "10:" in front of an account. */
static bool has_network_prefix(struct slice s)
{
	size_t colon = slice_find_byte(s, ':');

	return colon < s.len && colon <= 2 && all_digits(slice_sub(s, 0, colon));
}

static int looks_like_address(struct slice w)
{
	if (slice_find(w, SLICE_LIT(";{")) < w.len || has_network_prefix(w))
		return LOOKS_WRONG;
	if (contains(w, '@') || slice_has_prefix(w, SLICE_LIT("tel:")))
		return LOOKS_RIGHT;
	return w.len ? LOOKS_POSSIBLE : LOOKS_WRONG;
}

static int looks_like_guid(struct slice w)
{
	if (w.len == 38 && w.ptr[0] == '{' && w.ptr[37] == '}')
		w = slice_sub(w, 1, 36);
	if (w.len == 36 && w.ptr[8] == '-' && w.ptr[13] == '-' && w.ptr[18] == '-' && w.ptr[23] == '-')
		return LOOKS_CERTAIN;
	/* Contacts and groups of accounts that were not migrated have numbers in the places of GUIDs. */
	if (all_digits(w))
		return LOOKS_RIGHT;
	return w.len && !contains(w, '@') ? LOOKS_POSSIBLE : LOOKS_WRONG;
}

static int looks_like_id_list(struct slice w)
{
	for (size_t i = 0; i < w.len; i++)
		if (!strchr("0123456789abcdefABCDEF-,{}", w.ptr[i]) || !w.ptr[i])
			return LOOKS_WRONG;
	return w.len ? LOOKS_POSSIBLE : LOOKS_WRONG;
}

static int looks_like_host_port(struct slice w)
{
	size_t colon = w.len;

	while (colon > 0 && w.ptr[colon - 1] != ':')
		colon--;
	if (colon > 1 && all_digits(slice_sub(w, colon, w.len)))
		return LOOKS_RIGHT;
	return w.len && !all_digits(w) ? LOOKS_POSSIBLE : LOOKS_WRONG;
}

static int looks_like_capabilities_pair(struct slice w)
{
	size_t colon = slice_find_byte(w, ':');

	if (!all_digits(slice_sub(w, 0, colon)))
		return LOOKS_WRONG;
	if (colon == w.len)
		return LOOKS_POSSIBLE;
	return all_digits(slice_sub(w, colon + 1, w.len)) ? LOOKS_CERTAIN : LOOKS_WRONG;
}

static int looks_like_msnobject(struct slice w)
{
	if (slice_case_has_prefix(w, SLICE_LIT("%3c")) || slice_has_prefix(w, SLICE_LIT("<")))
		return LOOKS_CERTAIN;
	return slice_eq_str(w, "0") ? LOOKS_POSSIBLE : LOOKS_WRONG;
}

static int looks_like(enum field_id param, struct slice w)
{
	switch (msnp_param_kind(param)) {
	case PARAM_NUMBER:
	case PARAM_LENGTH:
	case PARAM_ENUM_NUMBER:
	case PARAM_LIST_BITS:
	case PARAM_CAPABILITIES:
		return all_digits(w) ? LOOKS_RIGHT : LOOKS_WRONG;
	case PARAM_NUMBER_LOOSE:
		return all_digits(w) ? LOOKS_RIGHT : w.len ? LOOKS_POSSIBLE : LOOKS_WRONG;
	case PARAM_ENUM:
		return enum_find(field_defs[param].values, w) ? LOOKS_RIGHT : LOOKS_POSSIBLE;
	case PARAM_ADDRESS:
		return looks_like_address(w);
	case PARAM_ADDRESS_OR_GUID:
		return contains(w, '@') ? LOOKS_RIGHT : looks_like_guid(w);
	case PARAM_ENDPOINT:
		return slice_find(w, SLICE_LIT(";{")) < w.len ? LOOKS_CERTAIN : w.len ? LOOKS_POSSIBLE : LOOKS_WRONG;
	case PARAM_HANDLE:
		return has_network_prefix(w) ? LOOKS_CERTAIN : LOOKS_WRONG;
	case PARAM_GUID:
		return looks_like_guid(w);
	case PARAM_ID_LIST:
		return looks_like_id_list(w);
	case PARAM_HOST_PORT:
		return looks_like_host_port(w);
	case PARAM_CAPABILITIES_PAIR:
		return looks_like_capabilities_pair(w);
	case PARAM_MSNOBJECT:
		return looks_like_msnobject(w);
	case PARAM_STAMP:
		return all_digits(w) || (w.len > 10 && contains(w, 'T') && contains(w, ':')) ? LOOKS_RIGHT : LOOKS_WRONG;
	case PARAM_PROTOCOL:
		return slice_has_prefix(w, SLICE_LIT("MSNP")) || slice_has_prefix(w, SLICE_LIT("CVR")) ? LOOKS_RIGHT :
													 LOOKS_POSSIBLE;
	case PARAM_SECRET:
	case PARAM_HOP_INFO:
		return w.len ? LOOKS_POSSIBLE : LOOKS_WRONG;
	case PARAM_TEXT:
	case PARAM_ENCODED:
	case PARAM_WORD:
		break;
	}
	return LOOKS_POSSIBLE;
}

static int is_literal(const char *words, struct slice w)
{
	struct slice rest = slice_str(words);

	while (rest.len) {
		size_t bar = slice_find_byte(rest, '|');

		if (slice_eq(slice_sub(rest, 0, bar), w))
			return LOOKS_LITERAL;
		rest = slice_sub(rest, bar + 1, rest.len);
	}
	return LOOKS_WRONG;
}

static int param_looks(const struct msnp_param *p, struct slice w, size_t *skip)
{
	struct slice tag;

	*skip = 0;
	switch (p->rule) {
	case WORD_LITERAL:
	case WORD_OPTIONAL_LITERAL:
		return is_literal(p->words, w);
	case WORD_TAGGED:
	case WORD_OPTIONAL_TAGGED:
		tag = slice_str(p->words);
		if (!slice_has_prefix(w, tag))
			return LOOKS_WRONG;
		*skip = tag.len;
		return LOOKS_CERTAIN;
	default:
		return looks_like(p->field, w);
	}
}

static bool is_optional(const struct msnp_param *p)
{
	return p->rule == WORD_OPTIONAL || p->rule == WORD_OPTIONAL_LITERAL || p->rule == WORD_OPTIONAL_TAGGED;
}

struct trial {
	struct msnp_words words;
	struct msnp_binding *bindings;
	size_t count;
	int score;
};

static bool fit_params(struct trial *t, const struct msnp_param *p, size_t at);

/* A repeated param takes all words it can; in a loop, as lines may have thousands. */
static bool fit_many(struct trial *t, const struct msnp_param *p, size_t at)
{
	size_t skip;

	for (; at < t->words.count && param_looks(p, t->words.word[at], &skip) != LOOKS_WRONG; at++)
		t->bindings[t->count++] = (struct msnp_binding){p->field, at, skip};
	return fit_params(t, p + 1, at);
}

/* Do the words from at on fit the params from p on?  Fills bindings. */
static bool fit_params(struct trial *t, const struct msnp_param *p, size_t at)
{
	size_t saved_count = t->count, skip;
	int saved_score = t->score, looks;

	if (p->rule == WORD_END) {
		/* Some clients leave spaces behind the last parameter. */
		while (at < t->words.count && t->words.word[at].len == 0)
			at++;
		return at == t->words.count;
	}
	if (at < t->words.count && (looks = param_looks(p, t->words.word[at], &skip)) != LOOKS_WRONG) {
		t->bindings[t->count++] = (struct msnp_binding){p->field, at, skip};
		t->score += looks;
		if (p->rule == WORD_MANY)
			return fit_many(t, p, at + 1);
		if (fit_params(t, p + 1, at + 1))
			return true;
		t->count = saved_count;
		t->score = saved_score;
	}
	return is_optional(p) && fit_params(t, p + 1, at);
}

/* Word 1 as TrID; 0 when the form has none or the word is no number. */
static size_t trid_words(const struct msnp_form *form, struct msnp_words words)
{
	return form->trid != TRID_NO && words.count > 1 && all_digits(words.word[1]) ? 1 : 0;
}

static bool fit_form(struct trial *t, const struct msnp_form *form)
{
	size_t trid = trid_words(form, t->words);

	t->count = 0;
	t->score = 0;
	if (!trid && (form->trid == TRID_YES || form->trid == TRID_ZERO))
		return false;
	if (trid) {
		t->score += LOOKS_RIGHT;
		if (fit_params(t, form->params, 2))
			return true;
		if (form->trid != TRID_MAYBE)
			return false;
		t->count = 0;
		t->score = 0;
	}
	return fit_params(t, form->params, 1);
}

/* Names words by position as far as the params go, for lines that fit no form. */
static void bind_by_position(struct trial *t, const struct msnp_form *form)
{
	size_t at = 1 + trid_words(form, t->words), skip;

	t->count = 0;
	for (const struct msnp_param *p = form->params; p->rule != WORD_END && at < t->words.count; p++) {
		int looks = param_looks(p, t->words.word[at], &skip);

		if (is_optional(p) && looks == LOOKS_WRONG)
			continue;
		if (p->rule != WORD_LITERAL || looks != LOOKS_WRONG)
			t->bindings[t->count++] = (struct msnp_binding){p->field, at, skip};
		at++;
	}
}

/* The smaller, the closer; for lines that fit no form: words too many or too few, literals that differ. */
static size_t distance(const struct msnp_form *form, struct msnp_words words, bool in_context)
{
	size_t first = 1 + trid_words(form, words), params = 0, given = words.count - first, skip;
	size_t d = (in_context ? 0u : 1u) + (form->trid == TRID_YES && first == 1 ? 2u : 0u);

	for (const struct msnp_param *p = form->params; p->rule != WORD_END; p++, params++)
		if (p->rule == WORD_LITERAL && params < given && !param_looks(p, words.word[first + params], &skip))
			d += 3;
	return d + (params > given ? params - given : given - params) * 4;
}

static bool in_context(const struct msnp_form *form, const struct msnp_context *context)
{
	return msnp_versions_overlap(form->versions, context->versions) &&
	       (!context->roles || (form->roles & context->roles));
}

bool msnp_replies_to(const struct msnp_form *form, struct slice request)
{
	struct slice rest = slice_str(form->reply_to);

	while (rest.len) {
		size_t comma = slice_find_byte(rest, ',');

		if (slice_eq(slice_sub(rest, 0, comma), request))
			return true;
		rest = slice_sub(rest, comma + 1, rest.len);
	}
	return false;
}

static void take(struct msnp_match *best, const struct trial *t, const struct msnp_form *form, enum msnp_fit fit,
		 struct msnp_binding *bindings)
{
	memcpy(bindings, t->bindings, t->count * sizeof(*bindings));
	best->fit = fit;
	best->form = form;
	best->bindings = bindings;
	best->binding_count = t->count;
}

/* The form a line is nearest to that fits none, or NULL when the sender has no form of that name. */
static const struct msnp_form *closest_form(const struct msnp_form *form, size_t forms, struct msnp_words words,
					    enum msnp_sender sender, const struct msnp_context *context)
{
	const struct msnp_form *closest = NULL;
	size_t nearest = SIZE_MAX;

	for (size_t i = 0; i < forms; i++, form++) {
		size_t d = distance(form, words, in_context(form, context));

		if (form->sender != sender || d >= nearest)
			continue;
		nearest = d;
		closest = form;
	}
	return closest;
}

/* How many versions lie between a form and those of the connection. */
static int versions_between(const struct msnp_form *form, const struct msnp_context *context)
{
	int before = form->versions.lo - context->versions.hi, behind = context->versions.lo - form->versions.hi;

	return before > behind ? before : behind;
}

static bool is_nearer(const struct msnp_form *form, const struct msnp_form *than, const struct msnp_context *context)
{
	return versions_between(form, context) <= versions_between(than, context);
}

struct msnp_match msnp_match(struct msnp_words words, enum msnp_sender sender, const struct msnp_context *context,
			     struct arena *arena)
{
	struct msnp_match best = {.fit = FIT_NONE};
	const struct msnp_form *first = NULL;
	size_t forms = msnp_forms_named(words.word[0], &first);
	struct msnp_binding *bindings = arena_alloc_raw(arena, words.count * sizeof(*bindings));
	struct trial t = {words, arena_alloc_raw(arena, words.count * sizeof(*bindings)), 0, 0};
	int best_score = -1;

	for (size_t i = 0; i < forms; i++) {
		const struct msnp_form *form = &first[i];
		bool here = in_context(form, context);

		if (form->sender != sender || (best.fit == FIT_EXACT && !here) || !fit_form(&t, form))
			continue;
		/* Of forms that look alike the one counts that answers what was asked. */
		t.score = t.score * 2 + (context->request.len && msnp_replies_to(form, context->request));
		bool better = t.score > best_score || (t.score == best_score && (here || is_nearer(form, best.form, context)));
		if ((here && best.fit != FIT_EXACT) || better) {
			take(&best, &t, form, here ? FIT_EXACT : FIT_OTHER, bindings);
			best_score = t.score;
		}
	}
	if (best.fit == FIT_NONE) {
		const struct msnp_form *closest = closest_form(first, forms, words, sender, context);

		if (closest) {
			bind_by_position(&t, closest);
			take(&best, &t, closest, FIT_CLOSEST, bindings);
		}
	}
	/* With a TrID rule of MAYBE the number may have been taken for the first parameter. */
	bool bound = best.binding_count && best.bindings[0].word == 1;
	if (best.form && !bound && trid_words(best.form, words))
		best.has_trid = slice_u64(words.word[1], &best.trid);
	return best;
}

struct msnp_evidence msnp_evidence(struct msnp_words words, enum msnp_sender sender, struct arena *arena)
{
	struct msnp_evidence e = {0, {MSNP_NEWEST, MSNP_FIRST}};
	const struct msnp_form *form;
	size_t forms = msnp_forms_named(words.word[0], &form);
	struct trial t = {words, arena_alloc_raw(arena, words.count * sizeof(struct msnp_binding)), 0, 0};
	int best = -1;

	for (size_t i = 0; i < forms; i++)
		if (form[i].sender == sender && fit_form(&t, &form[i]) && t.score > best)
			best = t.score;
	for (size_t i = 0; i < forms; i++, form++) {
		if (form->sender != sender || !fit_form(&t, form) || t.score < best)
			continue;
		e.roles |= form->roles;
		/* What the sources do not agree on says nothing about the version. */
		if (form->confidence == CONFIDENCE_DISPUTED) {
			e.versions = (struct msnp_versions){MSNP_FIRST, MSNP_NEWEST};
			break;
		}
		if (form->versions.lo < e.versions.lo)
			e.versions.lo = form->versions.lo;
		if (form->versions.hi > e.versions.hi)
			e.versions.hi = form->versions.hi;
	}
	return e;
}
