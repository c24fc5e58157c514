/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/field_tree.h"

#include <stdlib.h>

#include "util/buffer.h"
#include "util/memory.h"

#define uthash_malloc(n) memory_alloc(n)
#include <uthash.h>

struct fold {
	struct buffer name;
	UT_hash_handle hh;
};

/* --- what is folded --- */

/* Children of a dictionary have one description: their keys tell them apart. */
static void name_of(const struct field *f, struct buffer *name)
{
	name->len = 0;
	buffer_add_str(name, f->def->name);
	buffer_add_byte(name, 0);
	buffer_add_slice(name, f->key);
}

static struct fold *find_fold(const struct field_tree *t, const struct buffer *name)
{
	struct fold *fold;

	HASH_FIND(hh, t->folds, name->data, name->len, fold);
	return fold;
}

static void forget_fold(struct field_tree *t, struct fold *fold)
{
	HASH_DEL(t->folds, fold);
	buffer_free(&fold->name);
	free(fold);
}

static void forget_folds(struct field_tree *t)
{
	while (t->folds)
		forget_fold(t, t->folds);
}

static bool is_folded(const struct field_tree *t, const struct field *f, struct buffer *name)
{
	if (!t->folds)
		return t->folded;
	name_of(f, name);
	return find_fold(t, name) ? !t->folded : t->folded;
}

bool field_tree_is_folded(const struct field_tree *t, uint32_t node)
{
	struct buffer name = {NULL, 0, 0};
	bool folded = is_folded(t, t->nodes[node].field, &name);

	buffer_free(&name);
	return folded;
}

static void set_fold(struct field_tree *t, const struct field *f, bool folded)
{
	struct buffer name = {NULL, 0, 0};

	name_of(f, &name);
	struct fold *fold = find_fold(t, &name);
	if (fold && folded == t->folded) {
		forget_fold(t, fold);
	} else if (!fold && folded != t->folded) {
		fold = memory_zalloc(sizeof(*fold));
		fold->name = name;
		name = (struct buffer){NULL, 0, 0};
		HASH_ADD_KEYPTR(hh, t->folds, fold->name.data, fold->name.len, fold);
	}
	buffer_free(&name);
}

/* --- nodes and lines --- */

static void add_node(struct field_tree *t, const struct field *f, uint32_t depth)
{
	if (t->count == t->capacity) {
		t->capacity = t->capacity ? 2 * t->capacity : 64;
		t->nodes = memory_realloc(t->nodes, t->capacity * sizeof(*t->nodes));
		t->lines = memory_realloc(t->lines, t->capacity * sizeof(*t->lines));
	}
	t->nodes[t->count++] = (struct tree_node){f, 0, depth};
}

static void add_children(struct field_tree *t, const struct field *parent, uint32_t depth)
{
	for (const struct field *f = parent->first; f; f = f->next) {
		uint32_t node = t->count;

		add_node(t, f, depth);
		add_children(t, f, depth + 1);
		t->nodes[node].end = t->count;
	}
}

static void list_lines(struct field_tree *t)
{
	struct buffer name = {NULL, 0, 0};
	uint32_t node = 0;

	t->line_count = 0;
	while (node < t->count) {
		t->lines[t->line_count++] = node;
		node = tree_has_children(t, node) && is_folded(t, t->nodes[node].field, &name) ? t->nodes[node].end : node + 1;
	}
	buffer_free(&name);
}

void field_tree_set(struct field_tree *t, const struct field *root)
{
	t->count = 0;
	if (root)
		add_children(t, root, 0);
	list_lines(t);
}

void field_tree_free(struct field_tree *t)
{
	forget_folds(t);
	free(t->nodes);
	free(t->lines);
	*t = (struct field_tree){.nodes = NULL};
}

/* --- folding --- */

void field_tree_fold(struct field_tree *t, uint32_t node, bool folded)
{
	set_fold(t, t->nodes[node].field, folded);
	list_lines(t);
}

void field_tree_fold_all(struct field_tree *t, bool folded)
{
	forget_folds(t);
	t->folded = folded;
	list_lines(t);
}

void field_tree_reveal(struct field_tree *t, uint32_t node)
{
	bool changed = false;

	for (const struct field *f = t->nodes[node].field->parent; f && f->def; f = f->parent) {
		set_fold(t, f, false);
		changed = true;
	}
	if (changed)
		list_lines(t);
}

/* --- finding nodes --- */

uint32_t field_tree_parent(const struct field_tree *t, uint32_t node)
{
	uint32_t depth = t->nodes[node].depth;

	while (node > 0 && t->nodes[node].depth >= depth)
		node--;
	return depth > 0 ? node : TREE_NONE;
}

uint32_t field_tree_line(const struct field_tree *t, uint32_t node)
{
	uint32_t low = 0, high = t->line_count;

	/* The last line whose node does not stand behind it. */
	while (low + 1 < high) {
		uint32_t middle = low + (high - low) / 2;

		if (t->lines[middle] <= node)
			low = middle;
		else
			high = middle;
	}
	return low;
}
