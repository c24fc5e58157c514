/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells media types by the first bytes, for what peers send each other. */
#ifndef MSNSCOPE_UTIL_MEDIA_TYPE_H
#define MSNSCOPE_UTIL_MEDIA_TYPE_H

#include "util/slice.h"

/* First bytes that are enough to tell; of shorter data all. */
#define MEDIA_TYPE_HEAD 64u

/* "image/png", or NULL when it cannot be told.  Text is UTF-8 or has the byte order mark of UTF-16. */
const char *media_type_sniff(struct slice head);

/* Usual ending of file names, with the dot; NULL when there is none or type is NULL. */
const char *media_type_extension(const char *type);

#endif
