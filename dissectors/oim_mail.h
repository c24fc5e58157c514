/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stored offline messages: mails (RFC 2822, 2045, 2047) with X-OIM headers, as
 * GetMessage gives them and Store takes them.
 */
#ifndef MSNSCOPE_DISSECTORS_OIM_MAIL_H
#define MSNSCOPE_DISSECTORS_OIM_MAIL_H

#include "dissectors/dissection.h"

/* Parts of a multipart mail that are broken up. */
#define OIM_PARTS_MAX 16u

/*
 * Adds an F_OIM_MAIL under parent for the mail that a whole source of the
 * dissection holds, and returns it.  Decoded bodies become sources of their own.
 */
struct field *oim_mail_dissect(struct dissection *d, struct field *parent, unsigned source);

/* The F_OIM_TEXT of a mail: of itself, or of the first part that has one; NULL when there is none. */
const struct field *oim_mail_text(const struct field *mail);

/*
 * Adds name and account of a From header, "=?utf-8?B?...?= <account>", as
 * F_OIM_FROM_NAME and F_OIM_FROM; the account may be missing.
 */
void oim_sender(struct dissection *d, struct field *parent, const struct field *header);

/* The text with encoded words decoded; a finding tells of what could not be. */
struct slice oim_decode_words(struct dissection *d, struct slice text);

#endif
