/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSI, SOAP calls of the reader; the header is PassportCookie(t, p), the two
 * halves of a ticket:
 *
 *	GetMetadata                                       GetMetadataResponse/MD
 *	GetMessage(messageId, alsoMarkAsRead)             GetMessageResponse/GetMessageResult: a mail
 *	DeleteMessages(messageIds/messageId ...)          DeleteMessagesResponse
 *
 * OWS, of the sender; Store2 is the same under another name:
 *
 *	From@memberName @friendlyName @xml:lang @proxy @msnpVer @buildVer
 *	To@memberName
 *	Ticket@passport @appid @lockkey
 *	Sequence(Identifier, MessageNumber)               Body: MessageType, Content: a mail
 *
 *	SequenceAcknowledgment(Identifier, AcknowledgmentRange@Upper @Lower)
 *	                                                  StoreResponse(PointsConsumed)
 *
 * The first Store has an empty lockkey and is answered by the fault
 * AuthenticationFailed, whose detail holds LockKeyChallenge; the client answers
 * it as it answers CHL, and repeats the call.  The same key serves for the rest
 * of its session.
 */
#include "dissectors/service_oim.h"

#include "dissectors/challenge.h"
#include "dissectors/oim_mail.h"
#include "dissectors/oim_metadata.h"
#include "dissectors/xml_add.h"

static struct xml_origin body_xml(const struct service_call *c)
{
	return (struct xml_origin){c->d, c->source, 0, RULE_OIM_MAIL};
}

static struct slice value(const struct field *f)
{
	return f && f->has_value ? f->value.text : SLICE_EMPTY;
}

static struct slice child_value(const struct field *parent, enum field_id id)
{
	return parent ? value(field_child(parent, &field_defs[id])) : SLICE_EMPTY;
}

/* --- mails --- */

/* The mail that an element holds, as a source of its own; NULL when it is empty. */
static const struct field *add_mail(const struct service_call *c, const struct xml_element *e)
{
	struct slice text = e ? e->text : SLICE_EMPTY;

	while (text.len && (text.ptr[0] == '\n' || text.ptr[0] == '\r' || text.ptr[0] == ' ' || text.ptr[0] == '\t'))
		text = slice_sub(text, 1, text.len);
	if (text.len == 0) {
		finding_add(c->d, RULE_OIM_MAIL, NULL, "no message in the call");
		return NULL;
	}
	return oim_mail_dissect(c->d, &c->d->root, dissection_add_source(c->d, "oim-mail", text));
}

static void summarise_text(struct dissection *d, const struct field *mail)
{
	const struct field *text = mail ? oim_mail_text(mail) : NULL;

	if (text)
		dissection_summary_add(d, "\"%.*s\"", SLICE_ARG(service_shown(text->value.text)));
}

/* --- RSI --- */

void oim_rsi_request(const struct service_call *c)
{
	const struct xml_element *cookie = xml_child(c->header, "PassportCookie");
	struct xml_origin x = body_xml(c);

	xml_add_text(&x, &c->d->root, F_OIM_COOKIE_T, xml_child(cookie, "t"));
	xml_add_text(&x, &c->d->root, F_OIM_COOKIE_P, xml_child(cookie, "p"));
}

static void metadata_request(const struct service_call *c)
{
	dissection_summary_add(c->d, "which offline messages wait?");
}

static void metadata_response(const struct service_call *c)
{
	struct xml_origin x = body_xml(c);
	const struct xml_element *md = xml_child(c->content, "MD");

	x.rule = RULE_OIM_METADATA;
	if (!md)
		finding_add(c->d, x.rule, NULL, "no MD in the answer");
	oim_metadata_dissect(&x, &c->d->root, md);
}

static void message_request(const struct service_call *c)
{
	struct xml_origin x = body_xml(c);
	const struct field *id = xml_add_text(&x, &c->d->root, F_OIM_ID, xml_child(c->content, "messageId"));

	xml_add_bool(&x, &c->d->root, F_OIM_MARK_READ, xml_child(c->content, "alsoMarkAsRead"));
	dissection_summary_add(c->d, "fetch offline message %.*s", SLICE_ARG(service_shown(value(id))));
}

/* The answer does not name the message: the request does. */
static void add_requested_id(const struct service_call *c)
{
	struct xml_document request;
	struct slice id;

	if (c->m->request_body.len == 0)
		return;
	request = xml_parse(c->d->arena, c->m->request_body);
	id = xml_text(request.root, "Body/GetMessage/messageId");
	if (id.len)
		field_add_text(c->d, &c->d->root, F_OIM_ID, id, c->source, 0, 0);
}

static void message_response(const struct service_call *c)
{
	const struct field *mail, *arrived;
	struct slice from;

	add_requested_id(c);
	mail = add_mail(c, xml_child(c->content, "GetMessageResult"));
	if (!mail)
		return;
	from = child_value(mail, F_OIM_FROM);
	arrived = field_child(mail, &field_defs[F_OIM_ARRIVED]);
	if (!arrived)
		arrived = field_child(mail, &field_defs[F_OIM_DATE]);
	if (from.len == 0)
		from = child_value(mail, F_OIM_ORIGIN);
	dissection_summary_add(c->d, "offline message from %.*s", SLICE_ARG(service_shown(from)));
	if (arrived)
		dissection_summary_add(c->d, "of %.*s", SLICE_ARG(service_shown(value(arrived))));
	summarise_text(c->d, mail);
}

static void delete_request(const struct service_call *c)
{
	const struct xml_element *id = xml_path(c->content, "messageIds/messageId");
	struct xml_origin x = body_xml(c);
	struct slice first = xml_text(id, "");
	size_t count = 0;

	for (; id; id = xml_same(id), count++)
		xml_add_text(&x, &c->d->root, F_OIM_DELETED_ID, id);
	if (count == 0)
		finding_add(c->d, RULE_OIM_MAIL, NULL, "no message to be deleted");
	else if (count == 1)
		dissection_summary_add(c->d, "delete offline message %.*s", SLICE_ARG(service_shown(first)));
	else
		dissection_summary_add(c->d, "delete %zu offline messages", count);
}

const struct service_operation oim_rsi_operations[] = {
	{"GetMetadata", metadata_request, metadata_response},
	{"GetMessage", message_request, message_response},
	{"DeleteMessages", delete_request, NULL},
	{NULL, NULL, NULL},
};

/* --- OWS --- */

static void add_verdict(struct dissection *d, const struct field *key, const char *verdict)
{
	field_add_text(d, &d->root, F_OIM_LOCK_KEY_VERDICT, slice_str(verdict), key->source, key->offset, 0);
	dissection_summary_add(d, "lock key %s", verdict);
}

/* The lock key answers the challenge as QRY answers CHL. */
static void check_lock_key(const struct service_call *c, const struct field *key, const struct field *product)
{
	enum challenge_method method;
	struct dissection *d = c->d;

	if (!key || key->value.text.len == 0) {
		dissection_summary_add(d, "without lock key");
		return;
	}
	if (c->m->lock_challenge.len == 0) {
		add_verdict(d, key, "not checked: no challenge seen");
		return;
	}
	switch (challenge_verify(c->m->lock_challenge, value(product), key->value.text, &method)) {
	case CHALLENGE_RIGHT:
		add_verdict(d, key, "right");
		break;
	case CHALLENGE_WRONG:
		add_verdict(d, key, "wrong");
		finding_add(d, RULE_OIM_LOCK_KEY_WRONG, key, "not the answer to challenge %.*s with this product's key",
			    SLICE_ARG(service_shown(c->m->lock_challenge)));
		break;
	case CHALLENGE_UNKNOWN_KEY:
		add_verdict(d, key, "unknown product id");
		finding_add(d, RULE_OIM_LOCK_KEY_UNKNOWN, product, "the key of %.*s is not known",
			    SLICE_ARG(service_shown(value(product))));
		break;
	}
}

static void add_from(const struct xml_origin *x, const struct xml_element *from)
{
	struct field *root = &x->d->root;
	struct field *name;

	xml_add_attribute(x, root, F_OIM_FROM, from, "memberName");
	name = xml_add_attribute(x, root, F_OIM_FROM_NAME, from, "friendlyName");
	if (name)
		name->value.text = oim_decode_words(x->d, name->value.text);
	xml_add_attribute(x, root, F_OIM_LANGUAGE, from, "lang");
	xml_add_attribute(x, root, F_OIM_PROXY, from, "proxy");
	xml_add_attribute(x, root, F_OIM_PROTOCOL, from, "msnpVer");
	xml_add_attribute(x, root, F_OIM_CLIENT_BUILD, from, "buildVer");
}

/* The call and the mail in it have the same number. */
static void check_number(struct dissection *d, const struct field *number, const struct field *mail)
{
	const struct field *sequence = mail ? field_child(mail, &field_defs[F_OIM_SEQUENCE]) : NULL;

	if (number && number->has_value && sequence && sequence->value.number != number->value.number)
		finding_add(d, RULE_OIM_NUMBER, number, "MessageNumber %llu, X-OIM-Sequence-Num %llu",
			    (unsigned long long)number->value.number, (unsigned long long)sequence->value.number);
}

static void add_product_client(struct dissection *d, const struct field *product)
{
	const struct challenge_key *known = product ? challenge_key_find(product->value.text) : NULL;

	if (known)
		field_add_text(d, &d->root, F_OIM_PRODUCT_CLIENT, slice_str(known->client), product->source,
			       product->offset, product->length);
}

static void store_request(const struct service_call *c)
{
	const struct xml_element *ticket = xml_child(c->header, "Ticket");
	const struct xml_element *sequence = xml_child(c->header, "Sequence");
	struct field *root = &c->d->root;
	struct xml_origin x = body_xml(c);

	add_from(&x, xml_child(c->header, "From"));
	const struct field *to = xml_add_attribute(&x, root, F_OIM_TO, xml_child(c->header, "To"), "memberName");
	const struct field *product = xml_add_attribute(&x, root, F_OIM_PRODUCT_ID, ticket, "appid");
	add_product_client(c->d, product);
	const struct field *key = xml_add_attribute(&x, root, F_OIM_LOCK_KEY, ticket, "lockkey");
	xml_add_attribute(&x, root, F_OIM_TICKET, ticket, "passport");
	xml_add_text(&x, root, F_OIM_SEQUENCE_ID, xml_child(sequence, "Identifier"));
	const struct field *number =
		xml_add_number(&x, root, F_OIM_MESSAGE_NUMBER, xml_child(sequence, "MessageNumber"));
	xml_add_text(&x, root, F_OIM_KIND, xml_child(c->body, "MessageType"));
	dissection_summary_add(c->d, "offline message to %.*s",
			       SLICE_ARG(to ? service_shown(to->value.text) : SLICE_LIT("?")));
	const struct field *mail = add_mail(c, xml_child(c->body, "Content"));
	summarise_text(c->d, mail);
	check_number(c->d, number, mail);
	check_lock_key(c, key, product);
}

static void store_response(const struct service_call *c)
{
	const struct xml_element *acknowledgment = xml_child(c->header, "SequenceAcknowledgment");
	const struct xml_element *range = xml_child(acknowledgment, "AcknowledgmentRange");
	struct field *root = &c->d->root;
	struct xml_origin x = body_xml(c);

	xml_add_text(&x, root, F_OIM_SEQUENCE_ID, xml_child(acknowledgment, "Identifier"));
	xml_add_number_attribute(&x, root, F_OIM_ACK_LOWER, range, "Lower");
	const struct field *upper = xml_add_number_attribute(&x, root, F_OIM_ACK_UPPER, range, "Upper");
	xml_add_number(&x, root, F_OIM_POINTS, xml_child(c->content, "PointsConsumed"));
	if (upper && upper->has_value)
		dissection_summary_add(c->d, "message %llu of the sender is stored",
				       (unsigned long long)upper->value.number);
	else
		dissection_summary_add(c->d, "the message is stored");
}

const struct service_operation oim_ows_operations[] = {
	{"Store", store_request, store_response},
	{"Store2", store_request, store_response},
	{NULL, NULL, NULL},
};

/* --- faults --- */

static const char *const fault_meanings[][2] = {
	{"AuthenticationFailed", "ticket or lock key is not accepted"},
	{"BadContextToken", "ticket is not accepted"},
	{"InvalidContent", "header or message number is wrong"},
	{"SenderThrottleLimitExceeded", "messages come too fast"},
	{"SystemUnavailable", "addressee is not known, or does not allow the sender"},
};

static void summarise_fault(struct dissection *d, struct slice code, const struct field *challenge)
{
	if (challenge) {
		dissection_summary_add(d, "lock key challenge %.*s", SLICE_ARG(service_shown(value(challenge))));
		return;
	}
	for (size_t i = 0; i < sizeof(fault_meanings) / sizeof(fault_meanings[0]); i++)
		if (slice_eq_str(code, fault_meanings[i][0]))
			dissection_summary_add(d, "%s", fault_meanings[i][1]);
}

void oim_fault(const struct service_call *c)
{
	const struct xml_element *code = xml_child(c->fault, "faultcode");
	const struct xml_element *detail = xml_child(c->fault, "detail");
	struct slice name = xml_text(code, "");
	struct field *root = &c->d->root;
	struct xml_origin x = body_xml(c);
	size_t colon = slice_find_byte(name, ':');

	if (colon < name.len)
		name = slice_sub(name, colon + 1, name.len);
	xml_add_decoded(&x, root, F_OIM_FAULT, code, name);
	const struct field *challenge =
		xml_add_text(&x, root, F_OIM_LOCK_CHALLENGE, xml_child(detail, "LockKeyChallenge"));
	xml_add_text(&x, root, F_OIM_TICKET_CHALLENGE, xml_child(detail, "TweenerChallenge"));
	xml_add_text(&x, root, F_OIM_AUTH_POLICY, xml_child(detail, "RequiredAuthPolicy"));
	summarise_fault(c->d, name, challenge);
}
