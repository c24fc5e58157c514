/* SPDX-License-Identifier: BSD-2-Clause */
/* Is it MSNP?  Told by content, on any port. */
#ifndef MSNSCOPE_DISSECTORS_MSNP_DETECT_H
#define MSNSCOPE_DISSECTORS_MSNP_DETECT_H

#include "dissectors/msnp_table.h"

/* IANA: msnp 1863/tcp. */
#define MSNP_PORT 1863u

enum msnp_detect {
	DETECT_NO,
	DETECT_YES,
	DETECT_MORE, /* the bytes so far could be the beginning of a command */
};

/*
 * Do these bytes, sent by this side, begin with a command?  Commands that
 * other protocols could well send (a bare word, an error number) need a second
 * one behind them, unless likely says that the port speaks for MSNP.
 */
enum msnp_detect msnp_detect(struct slice data, enum msnp_sender sender, bool likely, struct arena *arena);

#endif
