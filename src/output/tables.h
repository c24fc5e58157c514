/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Collects what captures say about the protocol: which forms of commands were
 * seen, by whom, in which versions, and which values fields had.  Holds a
 * bounded number of rows, whatever comes; see stats_rows.h for what happens
 * beyond.  tables_write.h writes it.
 */
#ifndef MSNSCOPE_OUTPUT_TABLES_H
#define MSNSCOPE_OUTPUT_TABLES_H

#include "output/placeholder.h"
#include "output/stats_rows.h"
#include "session/event.h"

/* Rows of commands: by version, kind of server, sender and so on. */
#define TABLES_COMMANDS_MAX 16384u
/* Distinct values kept of each field, over all commands, and of all fields together. */
#define TABLES_VALUES_MAX 1024u
#define TABLES_ALL_VALUES_MAX 65536u
/* Distinct content types, operations, clients and so on. */
#define TABLES_TYPES_MAX 8192u
/* User sessions of one file whose client is remembered. */
#define TABLES_SESSIONS_MAX 1048576u
/* Bytes kept of the name of an event, and of a key within a field. */
#define TABLES_NAME_MAX 32u
#define TABLES_KEY_MAX 48u
/* Bytes kept of a value; longer ones are told apart all the same. */
#define TABLES_VALUE_MAX STATS_TEXT_MAX

/* Who asked whom. */
enum tables_manner { MANNER_INITIATED, MANNER_REPLY, MANNER_UNSOLICITED, MANNERS };
const char *tables_manner_name(enum tables_manner m); /* "initiated", "reply", "unsolicited" */

/* Whose client it is, by the name it gives in CVR. */
enum tables_client { CLIENT_UNKNOWN, CLIENT_OFFICIAL, CLIENT_OTHER, CLIENTS };
const char *tables_client_name(enum tables_client c); /* "unknown", "official", "other" */

/* What the command table says of a command. */
enum tables_fit { FIT_SPECIFIED, FIT_VERSION, FIT_ROLE, FIT_UNKNOWN_FORM, FIT_UNKNOWN_COMMAND, TABLES_FITS };
const char *tables_fit_name(enum tables_fit f); /* "yes", "other version", "other server", "no such form", "no such command" */

/* Parts of the keys of the rows. */
enum {
	COMMAND_UNKNOWN, /* 1 when the table has no such command: those come last */
	COMMAND_NAME,
	COMMAND_VERSION,
	COMMAND_VERSION_FROM,
	COMMAND_FROM,
	COMMAND_FORM,    /* index into msnp_forms and 1; 0: none */
	COMMAND_SHAPE,   /* of what has no form */
	COMMAND_ROLE,
	COMMAND_MANNER,
	COMMAND_CLIENT,
	COMMAND_FIT,
	COMMAND_PAYLOAD,
	COMMAND_SESSION, /* of rows that wait; else 0 */
};
enum { VALUE_NAME, VALUE_FROM, VALUE_KEY, VALUE_TEXT, VALUE_HASH, VALUE_KIND };
enum { TYPE_OF, TYPE_FIELD, TYPE_TEXT_PART, TYPE_HASH, TYPE_KIND };

/* What the table of types tells apart. */
enum tables_type {
	TYPES_CONTENT,
	TYPES_OPERATION,
	TYPES_STATUS, /* of web services */
	TYPES_APPLICATION,
	TYPES_ERROR,
	TYPES_CAPABILITY,
	TYPES_CLIENT,
	TYPES_COUNT
};

/* What is collected. */
struct tables_wanted {
	bool commands, types, values;
	const char *const *names;  /* values: parameters of these commands */
	size_t name_count;
	bool every;                /* of all commands */
	bool field[FIELD_COUNT];   /* and these fields wherever they are */
};

struct tables {
	const struct tables_wanted *wanted;
	struct stats_rows commands; /* COMMAND_ keys; those with a session wait until its client is known */
	struct stats_rows types;    /* TYPE_ keys */
	struct stats_rows *values[FIELD_COUNT]; /* VALUE_ keys; NULL: none */
	size_t value_count;         /* rows of all of them */
	size_t value_limit;         /* rows that each may have now: at most TABLES_VALUES_MAX */
	uint64_t events, lost;      /* lost: bytes, as far as it is known how many */
	char **files;               /* their names; numbers in rows count from 1 */
	size_t file_count, file_room;
	struct stats_rows waiting;  /* commands of sessions whose client is not known yet */
	uint8_t *clients;           /* enum tables_client by session, of the file being read */
	size_t client_room;
};

/* wanted outlives it.  Ends with tables_free. */
struct tables *tables_new(const struct tables_wanted *wanted);
void tables_free(struct tables *t);

struct event_sink tables_sink(struct tables *t);

/* Adds what from has collected of the files that follow. */
void tables_append(struct tables *to, struct tables *from);

#endif
