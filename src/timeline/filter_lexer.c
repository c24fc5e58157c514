/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "timeline/filter_internal.h"
#include "util/utf8.h"

/* Digits of a number. */
#define NUMBER_MAX 64u

static size_t column_of(struct slice input, size_t at)
{
	size_t column = 1;

	for (size_t i = 0; i < at && i < input.len; i++)
		column += (input.ptr[i] & 0xc0) != 0x80;
	return column;
}

void filter_fail(struct lexer *l, size_t at, const char *format, ...)
{
	va_list ap;

	if (l->error->text[0])
		return;
	l->error->column = column_of(l->input, at);
	va_start(ap, format);
	vsnprintf(l->error->text, sizeof(l->error->text), format, ap);
	va_end(ap);
}

static uint8_t peek(const struct lexer *l, size_t ahead)
{
	return l->at + ahead < l->input.len ? l->input.ptr[l->at + ahead] : 0;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '@' || c == '-' || c >= 0x80;
}

/* A dot is part of a word between two of its characters, and no range. */
static bool goes_on(const struct lexer *l)
{
	uint8_t c = peek(l, 0);

	return is_word(c) || ((c == '.' || c == '/' || c == ':') && is_word(peek(l, 1)));
}

static struct token token(const struct lexer *l, enum token_type type, size_t from)
{
	return (struct token){.type = type, .at = from, .end = l->at, .text = slice_sub(l->input, from, l->at - from)};
}

static struct token bad(struct lexer *l, size_t at, const char *why)
{
	filter_fail(l, at, "%s", why);
	return token(l, TOKEN_BAD, at);
}

static int hex_digit(uint8_t c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One character behind a backslash; -1 when there is no such escape. */
static int escaped(struct lexer *l)
{
	uint8_t c = peek(l, 0);

	l->at++;
	switch (c) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case '0':
		return 0;
	case '\\':
	case '"':
	case '\'':
		return c;
	case 'x': {
		int high = hex_digit(peek(l, 0)), low = hex_digit(peek(l, 1));

		l->at += 2;
		return high < 0 || low < 0 ? -1 : high * 16 + low;
	}
	default:
		return -1;
	}
}

/* In patterns backslashes mean more than here: a string in / / or behind r is taken as it stands. */
static struct token string(struct lexer *l, bool raw)
{
	size_t from = l->at;
	uint8_t quote = peek(l, 0);
	uint8_t *out = arena_alloc_raw(l->arena, l->input.len - from + 1);
	size_t len = 0;

	for (l->at++; l->at < l->input.len && peek(l, 0) != quote;) {
		uint8_t c = peek(l, 0);

		l->at++;
		if (c == '\\' && raw) {
			out[len++] = c;
			if (l->at < l->input.len)
				out[len++] = l->input.ptr[l->at++];
		} else if (c == '\\') {
			int code = escaped(l);

			if (code < 0)
				return bad(l, l->at - 2, "unknown escape; known are \\n \\r \\t \\0 \\xNN \\\\ \\\" \\'");
			out[len++] = (uint8_t)code;
		} else {
			out[len++] = c;
		}
	}
	if (l->at >= l->input.len)
		return bad(l, from, "string without end");
	l->at++;
	struct token t = token(l, TOKEN_STRING, from);
	t.text = slice_of(out, len);
	return t;
}

/* Decimal, 0x hexadecimal, or with a fraction; what has letters behind its digits is a word. */
static bool number(struct lexer *l, struct token *t)
{
	struct slice text = t->text;
	char digits[NUMBER_MAX + 1];
	uint64_t n;
	char *end;

	if (slice_case_has_prefix(text, SLICE_LIT("0x")) && slice_hex_u64(slice_sub(text, 2, text.len), &n)) {
		t->value = value_integer(n);
	} else if (slice_u64(text, &n)) {
		t->value = value_integer(n);
	} else {
		if (!is_digit(text.ptr[0]) || text.len > NUMBER_MAX)
			return false;
		for (size_t i = 0; i < text.len; i++)
			if (!is_digit(text.ptr[i]) && text.ptr[i] != '.')
				return false;
		memcpy(digits, text.ptr, text.len);
		digits[text.len] = 0;
		double d = strtod(digits, &end);
		if (*end)
			return false;
		t->value = value_decimal(d);
	}
	t->value.text = text;
	t->type = TOKEN_NUMBER;
	(void)l;
	return true;
}

static const struct {
	const char *text;
	enum token_type type;
	enum filter_operator op;
} signs[] = {
	{"==", TOKEN_OPERATOR, OP_EQ}, {"!=", TOKEN_OPERATOR, OP_NE}, {"<=", TOKEN_OPERATOR, OP_LE},
	{">=", TOKEN_OPERATOR, OP_GE}, {"&&", TOKEN_AND, OP_EQ},      {"||", TOKEN_OR, OP_EQ},
	{"..", TOKEN_RANGE, OP_EQ},    {"<", TOKEN_OPERATOR, OP_LT},  {">", TOKEN_OPERATOR, OP_GT},
	{"~", TOKEN_OPERATOR, OP_MATCHES}, {"!", TOKEN_NOT, OP_EQ},   {"(", TOKEN_OPEN, OP_EQ},
	{")", TOKEN_CLOSE, OP_EQ},     {"{", TOKEN_SET, OP_EQ},       {"}", TOKEN_SET_END, OP_EQ},
	{",", TOKEN_COMMA, OP_EQ},
};

static const struct {
	const char *text;
	enum token_type type;
	enum filter_operator op;
} words[] = {
	{"and", TOKEN_AND, OP_EQ},          {"or", TOKEN_OR, OP_EQ},       {"not", TOKEN_NOT, OP_EQ},
	{"in", TOKEN_OPERATOR, OP_IN},      {"eq", TOKEN_OPERATOR, OP_EQ}, {"ne", TOKEN_OPERATOR, OP_NE},
	{"lt", TOKEN_OPERATOR, OP_LT},      {"le", TOKEN_OPERATOR, OP_LE}, {"gt", TOKEN_OPERATOR, OP_GT},
	{"ge", TOKEN_OPERATOR, OP_GE},      {"contains", TOKEN_OPERATOR, OP_CONTAINS},
	{"matches", TOKEN_OPERATOR, OP_MATCHES},
};

static struct token word(struct lexer *l)
{
	size_t from = l->at;

	while (goes_on(l))
		l->at++;
	struct token t = token(l, TOKEN_WORD, from);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (slice_eq_str(t.text, words[i].text)) {
			t.type = words[i].type;
			t.op = words[i].op;
			return t;
		}
	}
	number(l, &t);
	return t;
}

struct token lexer_next(struct lexer *l)
{
	while (peek(l, 0) == ' ' || peek(l, 0) == '\t' || peek(l, 0) == '\n')
		l->at++;
	if (l->at >= l->input.len)
		return token(l, TOKEN_END, l->at);
	if (peek(l, 0) == '"' || peek(l, 0) == '\'')
		return string(l, false);
	if (peek(l, 0) == 'r' && (peek(l, 1) == '"' || peek(l, 1) == '\'')) {
		l->at++;
		return string(l, true);
	}
	if (is_word(peek(l, 0)))
		return word(l);
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		struct slice sign = slice_str(signs[i].text);

		if (!slice_has_prefix(slice_sub(l->input, l->at, l->input.len), sign))
			continue;
		l->at += sign.len;
		struct token t = token(l, signs[i].type, l->at - sign.len);
		t.op = signs[i].op;
		return t;
	}
	if (peek(l, 0) == '=')
		return bad(l, l->at, "\"=\" is no operator; \"==\" compares");
	return bad(l, l->at, "unexpected character");
}
