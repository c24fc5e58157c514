/* SPDX-License-Identifier: BSD-2-Clause */
/* The events that may answer the questions of a list: how many, and the first of them. */
#ifndef MSNSCOPE_OUTPUT_ANSWERS_H
#define MSNSCOPE_OUTPUT_ANSWERS_H

#include "output/output.h"
#include "output/sighting.h"
#include "timeline/wanted.h"

/* Events of each question that are shown. */
#define ANSWERS_SHOWN 5u

struct answers;

/* The list outlives them.  Ends with answers_free. */
struct answers *answers_new(const struct wanted *list, bool show_secrets);
void answers_free(struct answers *a);

struct event_sink answers_sink(struct answers *a);

/* Takes over what another has seen of later files with the same list; from stays the caller's, to be freed. */
void answers_join(struct answers *a, const struct answers *from);

/* Writes the questions in the order of the list, those without answer last; as text or as JSON objects. */
void answers_write(const struct answers *a, struct output *out, bool json);

#endif
