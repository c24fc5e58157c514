/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of the timeline that are no events: offline messages, and objects that users sent each other, user sessions. */
#ifndef MSNSCOPE_OUTPUT_TEXT_RECORDS_H
#define MSNSCOPE_OUTPUT_TEXT_RECORDS_H

#include "output/text.h"

/* For struct event_sink; ctx is a struct text_events. */
void text_offline_message(void *ctx, const struct offline_message *m);
void text_object(void *ctx, const struct object *o);
void text_session(void *ctx, const struct user_session *s);

/*
 * Adds what is known of an object, without line end: "display picture pic1.tmp
 * from bob@example.com to alice@example.com: complete, 14369 bytes, image/png,
 * SHA1D matches".
 */
void text_add_object(struct buffer *out, const struct object *o);

#endif
