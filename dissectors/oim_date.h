/* SPDX-License-Identifier: BSD-2-Clause */
/* Times as offline messages have them. */
#ifndef MSNSCOPE_DISSECTORS_OIM_DATE_H
#define MSNSCOPE_DISSECTORS_OIM_DATE_H

#include "util/arena.h"

/* ISO 8601 in UTC, "2007-05-14T15:52:53.377Z" (RT of the metadata); fraction and Z may be missing. */
bool oim_date_iso(struct slice text, int64_t *ns);

/* A Date header, "14 May 2007 08:52:53 -0700"; a weekday may stand before. */
bool oim_date_mail(struct slice text, int64_t *ns);

/*
 * X-OriginalArrivalTime: "FILETIME=[LLLLLLLL:HHHHHHHH]" somewhere in the text,
 * low and high word of the number of 100 ns since 1601.
 */
bool oim_date_filetime(struct slice text, int64_t *ns);

/* "2007-05-14T15:52:53.377Z": digits of the fraction as far as they are needed. */
struct slice oim_date_text(struct arena *arena, int64_t ns);

#endif
