/* SPDX-License-Identifier: BSD-2-Clause */
/* Datacasts: nudges, winks, voice clips, actions. */
#ifndef MSNSCOPE_DISSECTORS_DATACAST_H
#define MSNSCOPE_DISSECTORS_DATACAST_H

#include "dissectors/payload.h"

/* Body of text/x-msnmsgr-datacast, and of nudges, winks and voice clips in SDG. */
payload_dissector datacast_dissect;

#endif
