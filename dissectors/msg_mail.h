/* SPDX-License-Identifier: BSD-2-Clause */
/* What the server tells about the mailbox; for moved mails see oim_metadata.h. */
#ifndef MSNSCOPE_DISSECTORS_MSG_MAIL_H
#define MSNSCOPE_DISSECTORS_MSG_MAIL_H

#include "dissectors/payload.h"

/* Body of text/x-msmsgsinitialemailnotification. */
payload_dissector mail_counts_dissect;

/* Body of text/x-msmsgsemailnotification and of its forerunner application/x-msmsgsemailnotification. */
payload_dissector mail_new_dissect;

#endif
