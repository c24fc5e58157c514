/* SPDX-License-Identifier: BSD-2-Clause */
/* From text to tree. */
#include <stdlib.h>

#include "timeline/filter_internal.h"
#include "util/memory.h"
#include "util/nearest.h"
#include "util/utf8.h"

/* The last whole year that nanoseconds since 1970 can count. */
#define YEAR_MAX 2261u

struct parser {
	struct lexer lexer;
	struct token token; /* the next one, not yet taken */
	struct filter *filter;
	unsigned depth;
};

static const struct node *parse_or(struct parser *p);

static void advance(struct parser *p)
{
	p->token = lexer_next(&p->lexer);
}

static bool take(struct parser *p, enum token_type type)
{
	if (p->token.type != type)
		return false;
	advance(p);
	return true;
}

static struct node *node_new(struct parser *p, enum node_type type)
{
	struct node *n = ARENA_NEW(&p->filter->arena, struct node);

	n->type = type;
	return n;
}

/* For "%.*s": what was written there. */
static struct slice shown(const struct parser *p, const struct token *t)
{
	return utf8_cut(slice_sub(p->lexer.input, t->at, t->end - t->at), 60);
}

/* --- names --- */

static bool prefix_known(struct slice prefix)
{
	for (size_t i = 0; i < field_defs_count; i++)
		if (slice_has_prefix(slice_str(field_defs[i].name), prefix))
			return true;
	return false;
}

static bool name_known(struct parser *p, struct slice name, struct operand *o)
{
	*o = (struct operand){.type = OPERAND_PROPERTY, .property = property_find(name)};
	if (o->property)
		return true;
	*o = (struct operand){.type = OPERAND_FIELD, .field = field_def_find(name)};
	if (o->field)
		return true;
	uint8_t *prefix = arena_alloc_raw(&p->filter->arena, name.len + 1);
	memcpy(prefix, name.ptr, name.len);
	prefix[name.len] = '.';
	*o = (struct operand){.type = OPERAND_PREFIX, .prefix = slice_of(prefix, name.len + 1)};
	return prefix_known(o->prefix);
}

static const char *nearest_of_all(struct slice name)
{
	struct nearest n = nearest_begin(name);

	for (size_t i = 0; filter_property(i); i++)
		nearest_try(&n, filter_property(i)->name);
	for (size_t i = 0; i < field_defs_count; i++)
		nearest_try(&n, field_defs[i].name);
	return n.best;
}

static void unknown_name(struct parser *p, const struct token *t)
{
	const char *nearest = nearest_of_all(t->text);

	if (nearest)
		filter_fail(&p->lexer, t->at, "unknown field '%.*s'; did you mean '%s'?", SLICE_ARG(shown(p, t)), nearest);
	else
		filter_fail(&p->lexer, t->at, "unknown field '%.*s'", SLICE_ARG(shown(p, t)));
}

static bool parse_name(struct parser *p, struct operand *o)
{
	struct token t = p->token;

	if (t.type != TOKEN_WORD) {
		if (t.type == TOKEN_END)
			filter_fail(&p->lexer, t.at, "the expression ends where a field is wanted");
		else
			filter_fail(&p->lexer, t.at, "a field is wanted, not '%.*s'", SLICE_ARG(shown(p, &t)));
		return false;
	}
	if (!name_known(p, t.text, o)) {
		unknown_name(p, &t);
		return false;
	}
	advance(p);
	return true;
}

/* --- values --- */

/* Two digits at a place; false when there are none. */
static bool two_digits(struct slice s, size_t at, uint64_t *n)
{
	return s.len >= at + 2 && slice_u64(slice_sub(s, at, 2), n);
}

/* Days since 1970 (proleptic Gregorian). */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month <= 2 ? year - 1 : year, era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* ".123456" as nanoseconds. */
static bool fraction(struct slice s, int64_t *ns)
{
	int64_t unit = 100000000;

	*ns = 0;
	if (s.len < 2 || s.ptr[0] != '.')
		return s.len == 0;
	for (size_t i = 1; i < s.len; i++, unit /= 10) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		*ns += (s.ptr[i] - '0') * unit;
	}
	return true;
}

/* "2011-08-10", with "T03:17", ":00", ".123456", "Z" or not. */
static bool time_of(struct slice s, uint64_t *ns)
{
	uint64_t year, month, day, hour = 0, minute = 0, second = 0;
	int64_t rest = 0;

	if (s.len && s.ptr[s.len - 1] == 'Z')
		s.len--;
	if (s.len < 10 || !slice_u64(slice_sub(s, 0, 4), &year) || s.ptr[4] != '-' || !two_digits(s, 5, &month) ||
	    s.ptr[7] != '-' || !two_digits(s, 8, &day) || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	if (s.len > 10 && ((s.ptr[10] != 'T' && s.ptr[10] != ' ') || !two_digits(s, 11, &hour) || s.len < 16 ||
			   s.ptr[13] != ':' || !two_digits(s, 14, &minute)))
		return false;
	if (s.len > 16 && (s.ptr[16] != ':' || !two_digits(s, 17, &second) || !fraction(slice_sub(s, 19, s.len), &rest)))
		return false;
	if (year < 1970 || year > YEAR_MAX || hour > 23 || minute > 59 || second > 60)
		return false;
	int64_t seconds = days_of((int64_t)year, (int64_t)month, (int64_t)day) * 86400 + (int64_t)(hour * 3600 + minute * 60 + second);
	*ns = (uint64_t)(seconds * 1000000000 + rest);
	return true;
}

/* The words a property can be are told when another is written. */
static bool property_value(struct parser *p, const struct property *property, const struct token *t, struct value *v)
{
	uint64_t ns;

	if (property->type == PROPERTY_TIME && v->type == VALUE_TEXT) {
		if (!time_of(v->text, &ns)) {
			filter_fail(&p->lexer, t->at, "'%.*s' is no time; write \"2011-08-10T03:17:00\"", SLICE_ARG(shown(p, t)));
			return false;
		}
		*v = value_integer(ns);
		return true;
	}
	if (property->type != PROPERTY_WORDS && property->type != PROPERTY_ORDER)
		return true;
	int word = property_word(property, &v->text);
	if (word < 0) {
		filter_fail(&p->lexer, t->at, "'%.*s' is none of %s", SLICE_ARG(shown(p, t)), property->info.kind);
		return false;
	}
	if (property->type == PROPERTY_ORDER)
		*v = value_integer((uint64_t)word);
	return true;
}

static bool is_true(struct slice s)
{
	return slice_eq_str(s, "true");
}

/* A value that stands to the right of an operator behind lhs. */
static bool parse_literal(struct parser *p, const struct operand *lhs, enum filter_operator op, struct value *v)
{
	struct token t = p->token;
	bool text_only = op == OP_CONTAINS || op == OP_MATCHES;

	if (t.type == TOKEN_NUMBER) {
		*v = t.value;
	} else if (t.type == TOKEN_STRING || t.type == TOKEN_WORD) {
		*v = value_text(t.text);
	} else {
		filter_fail(&p->lexer, t.at, t.type == TOKEN_END ? "the expression ends where a value is wanted"
								 : "a value is wanted here");
		return false;
	}
	advance(p);
	if (t.type == TOKEN_WORD && lhs->type == OPERAND_FIELD && lhs->field->type == FIELD_BOOL &&
	    (is_true(t.text) || slice_eq_str(t.text, "false")))
		*v = value_integer(is_true(t.text));
	return lhs->type != OPERAND_PROPERTY || text_only || property_value(p, lhs->property, &t, v);
}

/* A name with a dot that is known is a field, anything else a value. */
static bool parse_right(struct parser *p, const struct operand *lhs, enum filter_operator op, struct operand *rhs)
{
	struct slice text = p->token.text;
	bool dotted = slice_find_byte(text, '.') < text.len;

	if (p->token.type == TOKEN_WORD && dotted && name_known(p, text, rhs) && rhs->type != OPERAND_PREFIX) {
		advance(p);
		return true;
	}
	*rhs = (struct operand){.type = OPERAND_LITERAL};
	return parse_literal(p, lhs, op, &rhs->literal);
}

/* --- comparisons --- */

static bool compile_pattern(struct parser *p, struct node *n, const struct token *t)
{
	struct slice text = n->rhs.literal.text;
	uint32_t options = PCRE2_CASELESS | PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_UCP;
	PCRE2_SIZE at;
	int code;
	PCRE2_UCHAR why[120];

	n->pattern = pcre2_compile(text.len ? text.ptr : (PCRE2_SPTR) "", text.len, options, &code, &at, NULL);
	if (!n->pattern) {
		pcre2_get_error_message(code, why, sizeof(why));
		filter_fail(&p->lexer, t->at, "pattern: %s, at its character %zu", (const char *)why, at + 1);
		return false;
	}
	pcre2_jit_compile(n->pattern, PCRE2_JIT_COMPLETE);
	n->match = pcre2_match_data_create(1, NULL);
	n->next_pattern = p->filter->patterns;
	p->filter->patterns = n;
	return n->match != NULL;
}

static bool parse_range(struct parser *p, struct node *n, const struct range ***end)
{
	struct range *r = ARENA_NEW(&p->filter->arena, struct range);

	if (!parse_literal(p, &n->lhs, OP_IN, &r->low))
		return false;
	r->single = !take(p, TOKEN_RANGE);
	if (!r->single && !parse_literal(p, &n->lhs, OP_IN, &r->high))
		return false;
	**end = r;
	*end = (const struct range **)&r->next;
	return true;
}

static const struct node *parse_set(struct parser *p, struct node *n)
{
	const struct range **end = &n->ranges;

	n->type = NODE_IN;
	if (!take(p, TOKEN_SET)) {
		filter_fail(&p->lexer, p->token.at, "a set is wanted: in {8..12, 15}");
		return NULL;
	}
	while (p->token.type != TOKEN_SET_END) {
		if (p->token.type == TOKEN_END) {
			filter_fail(&p->lexer, p->token.at, "the set has no end: '}'");
			return NULL;
		}
		if (!parse_range(p, n, &end))
			return NULL;
		take(p, TOKEN_COMMA);
	}
	advance(p);
	return n;
}

/* Times and severities are numbers inside, which nobody writes. */
static bool is_compared_only(const struct operand *o)
{
	return o->type == OPERAND_PROPERTY && (o->property->type == PROPERTY_TIME || o->property->type == PROPERTY_ORDER);
}

static const struct node *parse_comparison(struct parser *p)
{
	struct node *n = node_new(p, NODE_EXISTS);

	if (!parse_name(p, &n->lhs))
		return NULL;
	if (p->token.type != TOKEN_OPERATOR)
		return n;
	struct token sign = p->token;
	n->op = sign.op;
	if (n->lhs.type == OPERAND_PREFIX) {
		filter_fail(&p->lexer, sign.at, "'%.*s' stands for many fields and has no value",
			    SLICE_ARG(slice_sub(n->lhs.prefix, 0, n->lhs.prefix.len - 1)));
		return NULL;
	}
	if ((n->op == OP_CONTAINS || n->op == OP_MATCHES) && is_compared_only(&n->lhs)) {
		filter_fail(&p->lexer, sign.at, "'%s' has no text to look in; compare it", n->lhs.property->info.name);
		return NULL;
	}
	advance(p);
	if (n->op == OP_IN)
		return parse_set(p, n);
	struct token value = p->token;
	n->type = NODE_COMPARE;
	if (!parse_right(p, &n->lhs, n->op, &n->rhs))
		return NULL;
	if (n->op != OP_MATCHES)
		return n;
	if (n->rhs.type != OPERAND_LITERAL) {
		filter_fail(&p->lexer, value.at, "a pattern is wanted, in quotation marks");
		return NULL;
	}
	return compile_pattern(p, n, &value) ? n : NULL;
}

/* --- and, or, not --- */

static const struct node *parse_inner(struct parser *p)
{
	const struct node *n = parse_or(p);

	if (n && !take(p, TOKEN_CLOSE)) {
		filter_fail(&p->lexer, p->token.at, "')' is wanted");
		return NULL;
	}
	return n;
}

static const struct node *parse_not(struct parser *p)
{
	const struct node *n;

	if (++p->depth > FILTER_DEPTH_MAX) {
		filter_fail(&p->lexer, p->token.at, "more than %u levels of parentheses and nots", FILTER_DEPTH_MAX);
		return NULL;
	}
	if (take(p, TOKEN_NOT)) {
		struct node *not = node_new(p, NODE_NOT);

		not->left = parse_not(p);
		n = not->left ? not : NULL;
	} else if (take(p, TOKEN_OPEN)) {
		n = parse_inner(p);
	} else {
		n = parse_comparison(p);
	}
	p->depth--;
	return n;
}

static const struct node *join(struct parser *p, enum node_type type, const struct node *left, const struct node *right)
{
	struct node *n = node_new(p, type);

	n->left = left;
	n->right = right;
	return n;
}

static const struct node *parse_and(struct parser *p)
{
	const struct node *n = parse_not(p);

	while (n && take(p, TOKEN_AND)) {
		const struct node *right = parse_not(p);

		n = right ? join(p, NODE_AND, n, right) : NULL;
	}
	return n;
}

static const struct node *parse_or(struct parser *p)
{
	const struct node *n = parse_and(p);

	while (n && take(p, TOKEN_OR)) {
		const struct node *right = parse_and(p);

		n = right ? join(p, NODE_OR, n, right) : NULL;
	}
	return n;
}

void filter_free(struct filter *f)
{
	for (struct node *n = f ? f->patterns : NULL; n; n = n->next_pattern) {
		pcre2_match_data_free(n->match);
		pcre2_code_free(n->pattern);
	}
	if (f)
		arena_free(&f->arena);
	free(f);
}

struct filter *filter_compile(const char *expression, struct filter_error *error)
{
	struct filter *f = memory_zalloc(sizeof(*f));
	struct parser p = {.filter = f};

	*error = (struct filter_error){.column = 1};
	p.lexer = (struct lexer){.arena = &f->arena, .error = error};
	p.lexer.input = arena_copy(&f->arena, slice_of(expression, strnlen(expression, FILTER_LENGTH_MAX + 1)));
	if (p.lexer.input.len > FILTER_LENGTH_MAX) {
		filter_fail(&p.lexer, 0, "longer than %u bytes", FILTER_LENGTH_MAX);
	} else {
		advance(&p);
		f->root = parse_or(&p);
		if (f->root && p.token.type != TOKEN_END)
			filter_fail(&p.lexer, p.token.at, "'%.*s' is too much; 'and' or 'or' is missing", SLICE_ARG(shown(&p, &p.token)));
	}
	if (error->text[0] || !f->root) {
		if (!error->text[0])
			filter_fail(&p.lexer, 0, "not an expression");
		filter_free(f);
		return NULL;
	}
	return f;
}
