/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/order.h"

#include <inttypes.h>

enum {
	ORDER_OPENED = 1,
	ORDER_GREETED = 2,
	ORDER_SIGNED_IN = 4,
	ORDER_SYNCHRONISED = 8,
	ORDER_SWITCHBOARD = 16,
	ORDER_ENTERED = 32,
	ORDER_JOINED = 64,
};
#define SIGNED_IN (ORDER_SIGNED_IN | ORDER_SYNCHRONISED)
#define BEFORE_SIGN_IN (ORDER_OPENED | ORDER_GREETED)
#define INSIDE (ORDER_ENTERED | ORDER_JOINED)
#define ALWAYS (~0u)

/* Last version whose lists come with SYN. */
#define SYN_LAST 12

/* What commands mean for the order.  The first row that fits counts. */
struct order_row {
	unsigned roles;
	enum msnp_sender from;
	const char *names;    /* parted by blanks; "" for all others */
	const char *word;     /* that must be among the parameters, or NULL */
	unsigned states;      /* in which it may come */
	unsigned next;        /* state that it leads to; 0: none */
	enum finding_rule_id rule; /* when it comes in another state */
};

#define DS_NS (MSNP_DS | MSNP_NS)

static const struct order_row rows[] = {
	{MSNP_ANY_ROLE, MSNP_CLIENT, "OUT PNG", NULL, ALWAYS, 0, RULE_COUNT},
	{MSNP_ANY_ROLE, MSNP_SERVER, "OUT QNG", NULL, ALWAYS, 0, RULE_COUNT},

	{DS_NS, MSNP_CLIENT, "VER CNT", NULL, ORDER_OPENED, ORDER_GREETED, RULE_ORDER_REPEATED},
	{DS_NS, MSNP_CLIENT, "CVR CVQ", NULL, ORDER_GREETED | SIGNED_IN, 0, RULE_ORDER_NO_VERSION},
	{DS_NS, MSNP_CLIENT, "INF", NULL, ORDER_GREETED, 0, RULE_ORDER_NO_VERSION},
	{DS_NS, MSNP_CLIENT, "USR", "SHA", SIGNED_IN, 0, RULE_ORDER_SIGN_IN},
	{DS_NS, MSNP_CLIENT, "USR ATH", NULL, ORDER_GREETED, 0, RULE_ORDER_SIGNED_IN},
	{DS_NS, MSNP_CLIENT, "SYN", NULL, SIGNED_IN, ORDER_SYNCHRONISED, RULE_ORDER_SIGN_IN},
	{DS_NS, MSNP_CLIENT, "", NULL, SIGNED_IN, 0, RULE_ORDER_SIGN_IN},
	{DS_NS, MSNP_SERVER, "USR", "OK", ALWAYS, ORDER_SIGNED_IN, RULE_COUNT},
	{DS_NS, MSNP_SERVER, "ATH", NULL, ALWAYS, ORDER_SIGNED_IN, RULE_COUNT},
	{DS_NS, MSNP_SERVER, "XFR", "NS", ALWAYS, ORDER_OPENED, RULE_COUNT},
	{DS_NS, MSNP_SERVER, "VER CVR CVQ INF USR XFR CHL GCF SBS CNT", NULL, ALWAYS, 0, RULE_COUNT},
	{DS_NS, MSNP_SERVER, "", NULL, SIGNED_IN, 0, RULE_ORDER_SIGN_IN},

	{MSNP_SB, MSNP_CLIENT, "USR ANS", NULL, ORDER_SWITCHBOARD, 0, RULE_ORDER_SIGNED_IN},
	{MSNP_SB, MSNP_CLIENT, "MSG", NULL, ORDER_JOINED, 0, RULE_ORDER_ALONE},
	{MSNP_SB, MSNP_CLIENT, "", NULL, INSIDE, 0, RULE_ORDER_SIGN_IN},
	{MSNP_SB, MSNP_SERVER, "USR ANS", "OK", ORDER_SWITCHBOARD | INSIDE, ORDER_ENTERED, RULE_COUNT},
	{MSNP_SB, MSNP_SERVER, "IRO", NULL, ALWAYS, ORDER_JOINED, RULE_COUNT},
	{MSNP_SB, MSNP_SERVER, "JOI", NULL, INSIDE, ORDER_JOINED, RULE_ORDER_SIGN_IN},
	{MSNP_SB, MSNP_SERVER, "", NULL, INSIDE, 0, RULE_ORDER_SIGN_IN},
};

/* Names have three bytes each; those of other lengths are none of these. */
static bool names_hold(const char *names, struct slice name)
{
	if (!*names)
		return true;
	for (; name.len == 3; names += 4) {
		if (memcmp(names, name.ptr, 3) == 0)
			return true;
		if (!names[3])
			break;
	}
	return false;
}

static bool words_hold(const struct event *e, const char *word)
{
	for (size_t i = 1; i < e->words.count; i++)
		if (slice_eq_str(e->words.word[i], word))
			return true;
	return false;
}

static const struct order_row *row_of(const struct event *e)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].from == e->from && rows[i].roles & e->connection->role && names_hold(rows[i].names, e->name) &&
		    (!rows[i].word || words_hold(e, rows[i].word)))
			return &rows[i];
	return NULL;
}

static const char *side_name(const struct event *e)
{
	return e->from == MSNP_CLIENT ? "client" : "server";
}

/* The same mistake is made with every command until the sign-in: the first one is told. */
static void tell(struct order *o, const struct event *e, struct dissection *d, const struct order_row *row)
{
	enum finding_rule_id rule = row->rule;

	/* What nothing was said before. */
	if (rule == RULE_ORDER_SIGNED_IN && o->state == ORDER_OPENED)
		rule = RULE_ORDER_NO_VERSION;
	if (rule == RULE_ORDER_ALONE && o->state == ORDER_SWITCHBOARD)
		rule = RULE_ORDER_SIGN_IN;
	if (rule == RULE_ORDER_SIGN_IN || rule == RULE_ORDER_NO_VERSION) {
		if (o->told_early[e->from])
			return;
		o->told_early[e->from] = true;
	}
	switch (rule) {
	case RULE_ORDER_REPEATED:
		finding_add(d, rule, NULL, "%.*s opened the connection already", SLICE_ARG(e->name));
		break;
	case RULE_ORDER_NO_VERSION:
		finding_add(d, rule, NULL, "%.*s of the %s before VER", SLICE_ARG(e->name), side_name(e));
		break;
	case RULE_ORDER_SIGNED_IN:
		finding_add(d, rule, NULL, "%.*s, though the sign-in is done", SLICE_ARG(e->name));
		break;
	case RULE_ORDER_ALONE:
		finding_add(d, rule, NULL, "nobody has joined the switchboard yet");
		break;
	default:
		finding_add(d, rule, NULL, "%.*s of the %s before the sign-in", SLICE_ARG(e->name), side_name(e));
		break;
	}
}

/* Before MSNP13 a client asks for its lists before it shows its status. */
static void check_lists(const struct order *o, const struct event *e, struct dissection *d)
{
	if (o->state == ORDER_SIGNED_IN && e->from == MSNP_CLIENT && e->connection->versions.hi <= SYN_LAST &&
	    slice_eq_str(e->name, "CHG"))
		finding_add(d, RULE_ORDER_LISTS, NULL, "CHG before SYN");
}

static void check_left(struct order *o, const struct event *e, struct dissection *d)
{
	if (o->left[e->from] && !o->told[e->from]) {
		finding_add(d, RULE_ORDER_AFTER_OUT, NULL, "the %s said OUT before", side_name(e));
		o->told[e->from] = true;
	}
	if (slice_eq_str(e->name, "OUT"))
		o->left[e->from] = true;
}

/* Numbers of a client count up; 0 and none do not count. */
static void check_trid(struct order *o, const struct event *e, struct dissection *d)
{
	if (e->from != MSNP_CLIENT || !e->has_trid || e->trid == 0)
		return;
	if (o->has_trid && e->trid <= o->trid)
		finding_add(d, RULE_MSNP_TRID, field_child(&d->root, &field_defs[F_MSNP_TRID]),
			    "%" PRIu64 " after %" PRIu64, e->trid, o->trid);
	o->trid = o->has_trid && o->trid > e->trid ? o->trid : e->trid;
	o->has_trid = true;
}

/* Through the gateway it may show only later that the beginning is missing: a client begins with one of these. */
static bool seen_from_start(const struct event *e)
{
	const struct connection *c = e->connection;

	if (c->direction_from == DIRECTION_HTTP)
		return e->from == MSNP_CLIENT && names_hold("VER CNT USR ANS", e->name);
	return c->direction_from == DIRECTION_SYN;
}

static bool is_damage(const struct event *e, const struct dissection *d)
{
	return e->kind == EVENT_LOST || e->kind == EVENT_SKIPPED || (e->kind == EVENT_GATEWAY && d->findings) || e->lost_bytes;
}

void order_observe(struct order *o, const struct event *e, struct dissection *d)
{
	const struct order_row *row;

	o->blind |= (!o->state && !seen_from_start(e)) || is_damage(e, d);
	if (o->blind || e->kind != EVENT_COMMAND || !e->connection->role)
		return;
	if (!o->state)
		o->state = e->connection->role == MSNP_SB ? ORDER_SWITCHBOARD : ORDER_OPENED;
	check_left(o, e, d);
	check_trid(o, e, d);
	check_lists(o, e, d);
	row = msnp_is_error_name(e->name) ? NULL : row_of(e);
	if (!row)
		return;
	if (!(row->states & o->state) && row->rule != RULE_COUNT)
		tell(o, e, d, row);
	/* A second USR OK (of a circle) or ANS OK behind IRO takes nothing back; XFR NS does (XFR 0 NS 0 starts over). */
	if (row->next > o->state || row->next == ORDER_OPENED)
		o->state = row->next;
}
