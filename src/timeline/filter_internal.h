/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files of the filter. */
#ifndef MSNSCOPE_TIMELINE_FILTER_INTERNAL_H
#define MSNSCOPE_TIMELINE_FILTER_INTERNAL_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "timeline/filter.h"
#include "util/arena.h"

/* --- values --- */

enum value_type { VALUE_NUMBER, VALUE_TEXT };

struct value {
	enum value_type type;
	bool whole;                 /* VALUE_NUMBER: integer holds it exactly */
	uint64_t integer;
	double decimal;
	struct slice text;          /* VALUE_TEXT; of literals always, as it was written */
	const struct enum_set *set; /* known values, which have names, or NULL */
};

struct value value_integer(uint64_t n);
struct value value_decimal(double d);
struct value value_text(struct slice s);

/* --- tokens --- */

enum token_type {
	TOKEN_END,
	TOKEN_WORD,   /* name, or value without quotation marks */
	TOKEN_STRING,
	TOKEN_NUMBER,
	TOKEN_OPERATOR, /* == != < <= > >= ~ and their words, contains, matches, in */
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_OPEN,   /* ( */
	TOKEN_CLOSE,
	TOKEN_SET,    /* { */
	TOKEN_SET_END,
	TOKEN_RANGE,  /* .. */
	TOKEN_COMMA,
	TOKEN_BAD,    /* the lexer has told the error */
};

enum filter_operator { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_CONTAINS, OP_MATCHES, OP_IN };

struct token {
	enum token_type type;
	enum filter_operator op; /* TOKEN_OPERATOR */
	size_t at, end;          /* in the expression */
	struct slice text;       /* decoded */
	struct value value;      /* TOKEN_NUMBER */
};

struct lexer {
	struct slice input;
	size_t at;
	struct arena *arena;
	struct filter_error *error; /* text empty: none yet */
};

struct token lexer_next(struct lexer *l);

/* Tells the first error only. */
void filter_fail(struct lexer *l, size_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* --- operands --- */

/* Called for each value; true ends the walk. */
typedef bool value_visit(void *ctx, const struct value *v);

enum property_type {
	PROPERTY_NUMBER,
	PROPERTY_TEXT,
	PROPERTY_TIME,    /* nanoseconds since 1970 */
	PROPERTY_SECONDS,
	PROPERTY_WORDS,   /* one of some words */
	PROPERTY_ORDER,   /* one of some words that have an order: the value is the place in the list */
};

struct property {
	struct filter_property_info info;
	enum property_type type;
	bool (*each)(const struct event *e, value_visit *visit, void *ctx);
};

const struct property *property_find(struct slice name);
/* Place of a word in the words of a property, or -1; case is ignored, and made right. */
int property_word(const struct property *p, struct slice *word);

enum operand_type { OPERAND_PROPERTY, OPERAND_FIELD, OPERAND_PREFIX, OPERAND_LITERAL };

struct operand {
	enum operand_type type;
	const struct property *property;
	const struct field_def *field;
	struct slice prefix;  /* with its dot */
	struct value literal;
};

/* Walks the values of an operand; true when a visit ended it. */
bool operand_each(const struct operand *o, const struct event *e, value_visit *visit, void *ctx);

/* --- tree --- */

enum node_type { NODE_AND, NODE_OR, NODE_NOT, NODE_EXISTS, NODE_COMPARE, NODE_IN };

struct range {
	struct value low, high; /* the same for a single value */
	bool single;
	struct range *next;
};

struct node {
	enum node_type type;
	const struct node *left, *right;
	struct operand lhs, rhs;
	enum filter_operator op;
	pcre2_code *pattern;  /* OP_MATCHES */
	pcre2_match_data *match;
	const struct range *ranges;
	struct node *next_pattern; /* all nodes with a pattern, for freeing */
};

struct filter {
	struct arena arena;
	const struct node *root;
	struct node *patterns;
};

/* Does v stand to w as the operator says? */
bool value_compare(const struct value *v, enum filter_operator op, const struct value *w);

#endif
