/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fields of an event as lines that can be folded.  What is folded is
 * remembered by the names of fields, so that it holds for the next event, too.
 */
#ifndef MSNSCOPE_TUI_FIELD_TREE_H
#define MSNSCOPE_TUI_FIELD_TREE_H

#include "dissectors/dissection.h"

/* Number of no node. */
#define TREE_NONE UINT32_MAX

struct tree_node {
	const struct field *field;
	uint32_t end;              /* number of the first node behind those below it */
	uint32_t depth;
};

struct fold;

struct field_tree {
	struct tree_node *nodes;   /* all fields, parents before children */
	uint32_t count, capacity;
	uint32_t *lines;           /* numbers of the nodes that are not hidden, ascending; room for capacity */
	uint32_t line_count;
	bool folded;               /* fields with children are, but for those in folds */
	struct fold *folds;        /* names of fields that are not as folded says */
};

/* Zero-initialised memory is an empty tree. */
void field_tree_free(struct field_tree *t);

/* Takes the fields below root, which must stay until the next call; NULL: none. */
void field_tree_set(struct field_tree *t, const struct field *root);

static inline bool tree_has_children(const struct field_tree *t, uint32_t node)
{
	return t->nodes[node].field->first != NULL;
}

bool field_tree_is_folded(const struct field_tree *t, uint32_t node);

/* Folds or unfolds all fields of that node's name. */
void field_tree_fold(struct field_tree *t, uint32_t node, bool folded);
void field_tree_fold_all(struct field_tree *t, bool folded);

/* Unfolds what hides a node. */
void field_tree_reveal(struct field_tree *t, uint32_t node);

/* The node above, or TREE_NONE. */
uint32_t field_tree_parent(const struct field_tree *t, uint32_t node);

/* The line of a node; of the field that hides it when it is folded away. */
uint32_t field_tree_line(const struct field_tree *t, uint32_t node);

#endif
