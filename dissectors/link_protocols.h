/* SPDX-License-Identifier: BSD-2-Clause */
/* What link.c asks of each protocol between clients. */
#ifndef MSNSCOPE_DISSECTORS_LINK_PROTOCOLS_H
#define MSNSCOPE_DISSECTORS_LINK_PROTOCOLS_H

#include "dissectors/link.h"

/* No message begins like that. */
#define LINK_NO_MESSAGE SIZE_MAX

struct link_operations {
	const char *name;
	/* Rule for messages that are broken or out of order. */
	enum finding_rule_id rule;
	/* As link_recognise. */
	enum link_guess (*recognise)(struct slice first);
	/* As link_may_answer. */
	bool (*may_answer)(struct slice first);
	/* As link_recognise_middle. */
	bool (*recognise_middle)(struct slice piece);
	/*
	 * Bytes of the message that begins there, at most LINK_MESSAGE_MAX; 0 when
	 * too few are there to tell.  What the other side says changes nothing.
	 */
	size_t (*length)(const struct link_framer *f, struct slice pending);
	/* Does a message surely begin there?  fresh: right behind a gap or line end. */
	enum link_guess (*resume)(const struct link_framer *f, struct slice pending, bool fresh);
	/* The place in the stream is lost. */
	void (*lost)(struct link_framer *f);
	/* Fills in what m is, from its bytes, and goes on in the dialogue. */
	void (*note)(struct link_framer *f, struct link_message *m, struct slice bytes);
	/* All but LINK_BROKEN; returns the name of the event. */
	const char *(*dissect)(struct dissection *d, const struct link_message *m);
};

extern const struct link_operations link_p2p, link_msnftp, link_webcam;

/* Is the beginning of s, as far as it goes, that of prefix?  NO, MORE (s is shorter), YES. */
enum link_guess link_prefix(struct slice s, struct slice prefix);

#endif
