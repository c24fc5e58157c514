/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the specification does not know: findings of that verdict, each distinct
 * thing once, with where it was seen first.  Collectors that saw different files
 * can be joined in the order of the files.
 */
#ifndef MSNSCOPE_OUTPUT_NOVELTY_H
#define MSNSCOPE_OUTPUT_NOVELTY_H

#include "output/output.h"
#include "output/rule_set.h"
#include "output/sighting.h"

/* Distinct things that are kept; further ones are counted only. */
#define NOVELTIES_MAX 16384u

struct novelties;

/* Findings of the given rules count.  Ends with novelties_free. */
struct novelties *novelties_new(const struct rule_set *rules, bool show_secrets);
void novelties_free(struct novelties *n);

struct event_sink novelties_sink(struct novelties *n);

/* Takes over what another has seen of later files; from stays the caller's, to be freed. */
void novelties_join(struct novelties *n, const struct novelties *from);

/* Writes them in the order of their first sightings, as text or as JSON objects. */
void novelties_write(const struct novelties *n, struct output *out, bool json);

#endif
