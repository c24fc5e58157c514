/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The columns of the ladder: who sends to whom on the connections of the
 * events in view.  Found bit by bit as the view grows.
 */
#ifndef MSNSCOPE_TUI_LADDER_PARTIES_H
#define MSNSCOPE_TUI_LADDER_PARTIES_H

#include "tui/app.h"

/* Columns; beyond, all further parties of a kind share one. */
#define PARTIES_MAX 1000u

/* In the order of their columns, from left to right. */
enum party_kind {
	PARTY_CLIENT,
	PARTY_DISPATCH,
	PARTY_NOTIFICATION,
	PARTY_SERVER,          /* which is not known */
	PARTY_SWITCHBOARD,
	PARTY_GATEWAY,
	PARTY_WEB,
	PARTY_PEER,
};

struct party {
	enum party_kind kind;
	uint32_t use;          /* connections; 0: has no column */
	uint32_t first_row, last_row; /* of those, STORE_NONE: still open */
	struct buffer name;    /* account, address or host, escaped */
	struct buffer key;     /* what tells it from others of its kind */
	uint64_t hash;         /* of the key */
	struct address address;
	const char *role;      /* of a gateway's server, or NULL */
	int column;
};

struct parties;

/* Ends with parties_free. */
struct parties *parties_new(void);
void parties_free(struct parties *p);

/*
 * Takes what is new in the view and the store; with the store locked.  Returns
 * whether there is more to be looked at.
 */
bool parties_refresh(struct parties *p, struct app *app);

/* Columns, and who has the i-th. */
int parties_count(const struct parties *p);
const struct party *parties_at(const struct parties *p, int column);

/* Columns of sender and receiver of a row; false while they are not known. */
bool parties_of_row(const struct parties *p, const struct store_row *row, int *sender, int *receiver);

/* "notification" */
const char *party_kind_name(enum party_kind kind);

#endif
