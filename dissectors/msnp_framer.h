/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cuts one direction of an MSNP stream into commands.  Works on any split of
 * the bytes with the same result, goes on after lost bytes, and finds back
 * when a payload length was wrong.  Rules: "Framing in one place" of the
 * specification's versions page; lengths come from the command table.
 */
#ifndef MSNSCOPE_DISSECTORS_MSNP_FRAMER_H
#define MSNSCOPE_DISSECTORS_MSNP_FRAMER_H

#include "dissectors/msnp_table.h"
#include "util/buffer.h"

/* Skipped bytes that are kept to be shown. */
#define FRAMER_SKIPPED_SHOWN 1024u
/* Wrong lengths per direction that are mended by looking into the payload; later ones only by skipping. */
#define FRAMER_RECOVERIES_MAX 256u

enum framed_kind { FRAMED_COMMAND, FRAMED_SKIPPED };

/* One piece of the stream; its slices are valid during the callback. */
struct framed {
	enum framed_kind kind;
	enum msnp_sender sender;
	struct msnp_message message; /* FRAMED_COMMAND */
	/* The payload was cut short because other commands follow in what the declared length covers. */
	bool length_wrong;
	/* For message.recovered: what the earlier command declared, and where its payload really seems to end. */
	uint64_t wrong_declared, wrong_actual;
	struct slice skipped;        /* FRAMED_SKIPPED: the first FRAMER_SKIPPED_SHOWN bytes */
	uint64_t skipped_bytes;      /* FRAMED_SKIPPED */
	bool over_budget;            /* FRAMED_SKIPPED because the budget was used up */
	bool line_too_long;          /* FRAMED_SKIPPED: begins as a command whose line is longer than MSNP_LINE_MAX */
	uint64_t start, end;         /* offsets in the direction's stream, lost bytes counted */
};

/* Memory shared by the framers of all connections. */
struct framer_budget {
	size_t used, max; /* bytes */
};
#define FRAMER_BUDGET_DEFAULT (16u << 20)

typedef void framer_output(void *ctx, const struct framed *f);

struct msnp_framer {
	enum msnp_sender sender;
	const struct msnp_context *context; /* the owner's; may change between commands */
	struct framer_budget *budget;
	framer_output *output;
	void *ctx;
	struct arena arena;      /* words and bindings of the line in work */
	struct buffer pending;   /* bytes of the stream from offset base on */
	uint64_t base;
	size_t want;             /* pending is not looked at before it has that many bytes */
	size_t scanned;          /* no line end before this offset of pending */
	uint64_t lost;           /* of the bytes in pending, lost ones (zeros) */
	struct buffer kept;      /* last payload, when nothing has come after it yet */
	bool after_payload;      /* the bytes to come follow a payload directly */
	struct slice last_payload; /* that payload: in kept, or in the bytes being worked on */
	uint64_t last_declared;
	uint64_t recovered_until;  /* commands starting before this offset were found inside a payload */
	uint64_t wrong_declared, wrong_actual;
	unsigned recoveries;
	bool synced;
	struct buffer skipped;   /* first bytes of the run being skipped */
	uint64_t skipped_bytes, skipped_start;
	bool line_too_long;      /* the run began with such a line */
};

/*
 * context, budget, and ctx are kept.  synced: the first byte starts a command;
 * else commands are looked for.  Ends with msnp_framer_free.
 */
void msnp_framer_init(struct msnp_framer *f, enum msnp_sender sender, bool synced, const struct msnp_context *context,
		      struct framer_budget *budget, framer_output *output, void *ctx);

/* The next bytes of the stream. */
void msnp_framer_data(struct msnp_framer *f, struct slice data);

/* The next len bytes of the stream were lost. */
void msnp_framer_gap(struct msnp_framer *f, uint64_t len);

/*
 * Nobody knows how many of the next bytes were lost.  Hands over what is
 * pending, a payload in progress as one that was cut, and looks for the next
 * command.
 */
void msnp_framer_cut(struct msnp_framer *f);

/* No bytes will follow: hands over what is left. */
void msnp_framer_end(struct msnp_framer *f);

void msnp_framer_free(struct msnp_framer *f);

#endif
