/* SPDX-License-Identifier: BSD-2-Clause */
/* An HTTP message in the making. */
#ifndef MSNSCOPE_TRANSPORT_HTTP_DRAFT_H
#define MSNSCOPE_TRANSPORT_HTTP_DRAFT_H

#include "transport/budget.h"
#include "transport/http.h"
#include "util/arena.h"
#include "util/buffer.h"

struct http_draft {
	struct http_message m;  /* as the consumer gets it */
	struct arena arena;     /* of what m points to */
	struct buffer head, body;
	struct budget *budget;
	uint64_t charged;
	uint64_t first_frame;   /* of the first byte */
	uint64_t latest_frame;
	struct http_draft *next_spare;
};

/* Drafts kept to be used again, and how large their buffers may be: making one anew costs as much as a small message. */
#define HTTP_SPARES_MAX 32u
#define HTTP_SPARE_BYTES_MAX 131072u

/* What a draft costs of the budget beside its bytes. */
#define HTTP_DRAFT_COST (sizeof(struct http_draft) + 8192u)

/* NULL when the budget does not allow it. */
struct http_draft *http_draft_new(struct budget *budget, const struct stream_origin *origin);
void http_draft_free(struct http_draft *d);
/* Frees the spare ones. */
void http_drafts_free(struct budget *budget);

/* A frame that holds bytes of the message. */
void http_draft_frame(struct http_draft *d, const struct stream_origin *origin);

/* Returns false when HTTP_HEAD_MAX or HTTP_TOTAL_MAX do not allow it. */
bool http_draft_head(struct http_draft *d, struct slice data);

void http_draft_body(struct http_draft *d, struct slice data);

/* len bytes of the message were lost. */
void http_draft_lost(struct http_draft *d, uint64_t len);

/* The same, inside of the body. */
void http_draft_hole(struct http_draft *d, uint64_t len);

/* No more bytes come: undoes content codings and sets m.body. */
void http_draft_finish(struct http_draft *d);

#endif
