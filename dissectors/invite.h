/* SPDX-License-Identifier: BSD-2-Clause */
/* Invitations to file transfers, voice conversations and other applications (before P2P). */
#ifndef MSNSCOPE_DISSECTORS_INVITE_H
#define MSNSCOPE_DISSECTORS_INVITE_H

#include "dissectors/payload.h"

/* Body of text/x-msmsgsinvite. */
payload_dissector invite_dissect;

#endif
