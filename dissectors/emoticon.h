/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of emoticons of the sender's own, sent ahead of the text that uses them. */
#ifndef MSNSCOPE_DISSECTORS_EMOTICON_H
#define MSNSCOPE_DISSECTORS_EMOTICON_H

#include "dissectors/payload.h"

/* Pairs of one list that are shown; five are usual.  What follows becomes an F_MSG_BODY, with a finding. */
#define EMOTICONS_MAX 40u

/* Body of text/x-mms-emoticon. */
payload_dissector emoticon_dissect;

/* Body of text/x-mms-animemoticon. */
payload_dissector emoticon_animated_dissect;

#endif
