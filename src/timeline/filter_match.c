/* SPDX-License-Identifier: BSD-2-Clause */
/* Holds events against a compiled filter. */
#include "timeline/filter_internal.h"

#include <inttypes.h>
#include <stdio.h>

struct value value_integer(uint64_t n)
{
	return (struct value){.type = VALUE_NUMBER, .whole = true, .integer = n, .decimal = (double)n};
}

struct value value_decimal(double d)
{
	return (struct value){.type = VALUE_NUMBER, .decimal = d};
}

struct value value_text(struct slice s)
{
	return (struct value){.type = VALUE_TEXT, .text = s};
}

/* --- operands --- */

static bool field_value(const struct field *f, struct value *v)
{
	if (!f->has_value)
		return false;
	switch (f->def->type) {
	case FIELD_UINT:
	case FIELD_HEX:
	case FIELD_BOOL:
		*v = value_integer(f->value.number);
		break;
	case FIELD_TEXT:
	case FIELD_BYTES:
		*v = value_text(f->value.text);
		break;
	default:
		return false;
	}
	v->set = f->def->values;
	return true;
}

static bool operand_has(const struct operand *o, const struct field *f)
{
	return o->type == OPERAND_FIELD ? f->def == o->field
					: slice_has_prefix(slice_str(f->def->name), o->prefix);
}

/* The node after f in order of the tree, or NULL. */
static const struct field *next_node(const struct field *f, const struct field *root)
{
	if (f->first)
		return f->first;
	while (f != root && !f->next)
		f = f->parent;
	return f == root ? NULL : f->next;
}

/* A branch has no value but is there: it is visited as an empty text. */
static bool fields_each(const struct operand *o, const struct field *root, value_visit *visit, void *ctx)
{
	for (const struct field *f = next_node(root, root); f; f = next_node(f, root)) {
		struct value v = value_text(SLICE_EMPTY);

		if (!operand_has(o, f))
			continue;
		field_value(f, &v);
		if (visit(ctx, &v))
			return true;
	}
	return false;
}

bool operand_each(const struct operand *o, const struct event *e, value_visit *visit, void *ctx)
{
	switch (o->type) {
	case OPERAND_LITERAL:
		return visit(ctx, &o->literal);
	case OPERAND_PROPERTY:
		return o->property->each(e, visit, ctx);
	case OPERAND_FIELD:
	case OPERAND_PREFIX:
		break;
	}
	return fields_each(o, &e->dissection->root, visit, ctx);
}

/* --- comparing --- */

static int order_texts(struct slice a, struct slice b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int r = n ? memcmp(a.ptr, b.ptr, n) : 0;

	return r ? r : a.len < b.len ? -1 : a.len > b.len;
}

static int order_numbers(const struct value *a, const struct value *b)
{
	if (a->whole && b->whole)
		return a->integer < b->integer ? -1 : a->integer > b->integer;
	return a->decimal < b->decimal ? -1 : a->decimal > b->decimal;
}

/* A text that is a decimal number, as parameters often are. */
static bool as_number(const struct value *v, struct value *number)
{
	uint64_t n;

	if (v->type == VALUE_NUMBER) {
		*number = *v;
		return true;
	}
	if (!slice_u64(v->text, &n))
		return false;
	*number = value_integer(n);
	return true;
}

/* Is the text what a known value is called? */
static bool is_named(const struct value *v, struct slice name)
{
	const struct enum_row *row = NULL;

	if (!v->set || name.len == 0)
		return false;
	row = v->type == VALUE_NUMBER ? enum_find_number(v->set, v->integer) : enum_find(v->set, v->text);
	return row && (slice_eq_str(name, row->name) || slice_eq_str(name, row->value));
}

static bool order_holds(int order, enum filter_operator op)
{
	switch (op) {
	case OP_EQ:
		return order == 0;
	case OP_LT:
		return order < 0;
	case OP_LE:
		return order <= 0;
	case OP_GT:
		return order > 0;
	case OP_GE:
		return order >= 0;
	default:
		return false;
	}
}

/* The text that another is looked for in: of numbers their digits. */
static struct slice text_of(const struct value *v, char *room, size_t size)
{
	if (v->type == VALUE_TEXT)
		return v->text;
	int len = v->whole ? snprintf(room, size, "%" PRIu64, v->integer) : snprintf(room, size, "%.9g", v->decimal);
	return slice_of(room, len < 0 ? 0 : (size_t)len < size ? (size_t)len : size - 1);
}

static bool contains(const struct value *v, const struct value *w)
{
	char room[2][32];
	struct slice text = text_of(v, room[0], sizeof(room[0])), part = text_of(w, room[1], sizeof(room[1]));

	return part.len == 0 || slice_find(text, part) < text.len;
}

bool value_compare(const struct value *v, enum filter_operator op, const struct value *w)
{
	struct value a, b;

	if (op == OP_CONTAINS)
		return contains(v, w);
	if (op == OP_EQ && (is_named(v, w->text) || is_named(w, v->text)))
		return true;
	if (v->type == VALUE_TEXT && w->type == VALUE_TEXT)
		return order_holds(order_texts(v->text, w->text), op);
	if (as_number(v, &a) && as_number(w, &b))
		return order_holds(order_numbers(&a, &b), op);
	return false;
}

struct comparison {
	const struct node *node;
	const struct event *event;
	const struct value *value;
};

static bool visit_right(void *ctx, const struct value *w)
{
	const struct comparison *c = ctx;
	enum filter_operator op = c->node->op == OP_NE ? OP_EQ : c->node->op;

	return value_compare(c->value, op, w);
}

static bool matches(const struct node *n, const struct value *v)
{
	char room[32];
	struct slice text = text_of(v, room, sizeof(room));

	return pcre2_match(n->pattern, text.len ? text.ptr : (PCRE2_SPTR) "", text.len, 0, 0, n->match, NULL) >= 0;
}

static bool in_ranges(const struct node *n, const struct value *v)
{
	for (const struct range *r = n->ranges; r; r = r->next) {
		if (r->single ? value_compare(v, OP_EQ, &r->low)
			      : value_compare(v, OP_GE, &r->low) && value_compare(v, OP_LE, &r->high))
			return true;
	}
	return false;
}

static bool visit_left(void *ctx, const struct value *v)
{
	struct comparison *c = ctx;

	if (c->node->type == NODE_IN)
		return in_ranges(c->node, v);
	if (c->node->op == OP_MATCHES)
		return matches(c->node, v);
	c->value = v;
	return operand_each(&c->node->rhs, c->event, visit_right, c);
}

static bool visit_any(void *ctx, const struct value *v)
{
	(void)ctx;
	(void)v;
	return true;
}

/* Depth is limited by the parser. */
static bool holds(const struct node *n, const struct event *e)
{
	struct comparison c = {n, e, NULL};

	switch (n->type) {
	case NODE_AND:
		return holds(n->left, e) && holds(n->right, e);
	case NODE_OR:
		return holds(n->left, e) || holds(n->right, e);
	case NODE_NOT:
		return !holds(n->left, e);
	case NODE_EXISTS:
		return operand_each(&n->lhs, e, visit_any, NULL);
	case NODE_COMPARE:
	case NODE_IN:
		break;
	}
	bool any = operand_each(&n->lhs, e, visit_left, &c);
	/* "!=": there is a value, and none is the same. */
	if (n->type == NODE_COMPARE && n->op == OP_NE)
		return !any && operand_each(&n->lhs, e, visit_any, NULL);
	return any;
}

bool filter_matches(const struct filter *f, const struct event *e)
{
	return holds(f->root, e);
}
