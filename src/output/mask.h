/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which bytes of an event are secret.  Made once for each event from the
 * fields that are marked FIELD_SECRET; empty when secrets are to be shown.
 */
#ifndef MSNSCOPE_OUTPUT_MASK_H
#define MSNSCOPE_OUTPUT_MASK_H

#include "dissectors/dissection.h"
#include "util/buffer.h"

/* What stands in place of a secret. */
#define MASK_TEXT "***"

struct mask_range {
	size_t begin, end;
};

/* Secret bytes of one buffer: ascending, not overlapping. */
struct mask {
	struct mask_range *ranges;
	size_t count, capacity;
};

/* Shortest secret that is looked for in free text; shorter ones would hide unrelated words. */
#define MASK_WORD_MIN 4u
/* Most secrets of one event that are looked for in free text. */
#define MASK_WORDS_MAX 64u

struct masks {
	struct mask source[DISSECTION_SOURCES_MAX];
	size_t source_count; /* those that the event has */
	struct slice words[MASK_WORDS_MAX];
	size_t word_count;
	bool show; /* nothing is secret */
};

/* Freed with masks_free; d may be gone then. */
void masks_init(struct masks *m, bool show_secrets);
void masks_free(struct masks *m);

/* Takes the secrets of another event. */
void masks_set(struct masks *m, const struct dissection *d);

/* A run of this many bytes without a blank in data that nobody understood may be a ticket. */
#define MASK_RUN_MIN 20u

/* Takes such runs of the payload of an event that was not dissected; after masks_set. */
void masks_set_unknown(struct masks *m, struct slice payload);

/* Is the value of this field secret, itself or because of a part of it? */
bool masks_hide_field(const struct masks *m, const struct field *f);

/* Is the byte at that offset secret? */
bool mask_has(const struct mask *mask, size_t offset);

/* Adds bytes of a source, escaped, with MASK_TEXT in place of each secret range. */
void mask_add_bytes(struct buffer *out, struct slice bytes, const struct mask *mask);

/* The same for the bytes of a source from begin to end alone. */
void mask_add_part(struct buffer *out, struct slice bytes, size_t begin, size_t end, const struct mask *mask);

/* Adds free text (a summary, the text of a finding), escaped, with MASK_TEXT wherever it repeats a secret. */
void masks_add_text(struct buffer *out, struct slice text, const struct masks *m);

#endif
