/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of a store that a filter wants, found bit by bit: a step takes a
 * limited time, and rows that come later are looked at by later steps.
 */
#ifndef MSNSCOPE_TIMELINE_VIEW_H
#define MSNSCOPE_TIMELINE_VIEW_H

#include "timeline/filter.h"
#include "timeline/store.h"

struct view;

/* All rows.  Ends with view_free. */
struct view *view_new(struct store *s);
void view_free(struct view *v);

/*
 * From now on only rows that filter wants, of the given session (STORE_NONE:
 * any) and connection (STORE_NONE: any).  filter may be NULL, and becomes the view's.
 */
void view_set(struct view *v, struct filter *filter, uint32_t session, uint32_t connection);

/*
 * Looks at further rows for about that long, some at least.  Locks the store.
 * Returns whether there are rows left to look at.  When earlier rows turn out
 * to be of the session, or not to be, begins anew: count may be less than before.
 */
bool view_step(struct view *v, int64_t budget_ns);

/* Rows looked at so far. */
uint32_t view_looked(const struct view *v);

/* Rows found so far, and the i-th of them. */
uint32_t view_count(const struct view *v);
uint32_t view_row(const struct view *v, uint32_t i);

/* Place of the row in the view, or of the next one behind it that is; view_count when there is none. */
uint32_t view_place(const struct view *v, uint32_t row);

/* Bytes in memory. */
uint64_t view_bytes(const struct view *v);

/* --- looking for text --- */

/* Bytes of a text that is looked for. */
#define VIEW_TEXT_MAX 256u

enum view_found { VIEW_FOUND, VIEW_NOT_FOUND, VIEW_SEARCHING };

/*
 * Looks for text from place *at on (forward; there as well) or back, for about
 * that long.  The text is found in the command line, the summary, texts, bytes
 * and keys of fields, findings and the ids of their rules; ASCII case is
 * ignored unless the text has capitals.  *at moves along, up to where it was
 * found; VIEW_SEARCHING: call again.  Locks the store.
 */
enum view_found view_find(struct view *v, struct slice text, bool forward, uint32_t *at, int64_t budget_ns);

/* Does the event hold the text, as view_find looks for it? */
bool view_holds(const struct event *e, struct slice text);

#endif
