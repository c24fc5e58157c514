/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/secrets.h"

/* Dissectors put passwords at the top of the tree, or one branch below. */
static const struct field *password_in(const struct field *parent, unsigned depth)
{
	for (const struct field *f = parent->first; f; f = f->next) {
		const struct field_def *def = f->def;

		if (def == &field_defs[P_password] || def == &field_defs[F_PASSPORT_PASSWORD] || def == &field_defs[F_RST_PASSWORD])
			return f;
		const struct field *inner = depth ? password_in(f, depth - 1) : NULL;
		if (inner)
			return inner;
	}
	return NULL;
}

void secrets_observe(const struct event *e, struct dissection *d)
{
	bool signs_in = e->kind == EVENT_EXCHANGE || (e->kind == EVENT_COMMAND && slice_eq_str(e->name, "USR"));

	if (e->from != MSNP_CLIENT || !signs_in || connection_in_tls(e->connection))
		return;
	const struct field *f = password_in(&d->root, 1);
	if (f && f->has_value && f->length)
		finding_add(d, RULE_SECRET_PASSWORD, f, "password in the clear");
}
