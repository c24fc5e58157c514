/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MSNSLP: the start line, the headers, and what holds for every message.
 *
 *	INVITE MSNMSGR:bob@example.com MSNSLP/1.0      or   MSNSLP/1.0 200 OK
 *	To: <msnmsgr:bob@example.com;{endpoint}>
 *	From: <msnmsgr:alice@example.com;{endpoint}>
 *	Via: MSNSLP/1.0/TLP ;branch={GUID}
 *	CSeq: 0
 *	Call-ID: {GUID}
 *	Max-Forwards: 0
 *	Content-Type: application/x-msnmsgr-sessionreqbody
 *	Content-Length: 315
 *
 *	EUF-GUID: {GUID}
 *	SessionID: 1234
 *	...
 *
 * A blank line ends the body too.  Content-Length counts the NUL byte behind
 * it, which is missing where the message travels outside of P2P packets.
 */
#include <inttypes.h>

#include "dissectors/headers.h"
#include "dissectors/slp_parts.h"
#include "util/utf8.h"

/* Longest word that is taken for a method. */
#define METHOD_MAX 16u

static bool is_method(struct slice word)
{
	if (word.len == 0 || word.len > METHOD_MAX)
		return false;
	for (size_t i = 0; i < word.len; i++)
		if (word.ptr[i] < 'A' || word.ptr[i] > 'Z')
			return false;
	return true;
}

bool slp_looks_like(struct slice text)
{
	size_t blank = slice_find_byte(slice_sub(text, 0, METHOD_MAX + 1), ' ');

	if (slice_has_prefix(text, SLICE_LIT("MSNSLP/1.0 ")))
		return true;
	return is_method(slice_sub(text, 0, blank)) &&
	       slice_case_has_prefix(slice_sub(text, blank, text.len), SLICE_LIT(" MSNMSGR:"));
}

/* --- start line --- */

static struct field *add_word(const struct slp *m, enum field_id id, const struct field *start, struct slice word)
{
	return field_add_text(m->d, m->message, id, word, m->source,
			      start->offset + (size_t)(word.ptr - start->value.text.ptr), word.len);
}

static void add_status(const struct slp *m, const struct field *start, struct slice rest)
{
	struct slice word = slp_word(&rest);
	struct field *f = field_add(m->d, m->message, F_SLP_STATUS, m->source,
				    start->offset + (size_t)(word.ptr - start->value.text.ptr), word.len);

	f->has_value = slice_u64(word, &f->value.number);
	if (!f->has_value)
		finding_add(m->d, RULE_SLP_BROKEN, f, "no status: \"%.*s\"",
			    SLICE_ARG(utf8_cut(start->value.text, SLP_FINDING_MAX)));
	else if (!field_enum(f))
		finding_add(m->d, RULE_SLP_UNKNOWN, f, "status %" PRIu64, f->value.number);
	rest = slice_trim(rest);
	if (rest.len)
		add_word(m, F_SLP_REASON, start, rest);
}

static void add_request(const struct slp *m, const struct field *start, struct slice method, struct slice rest)
{
	const struct field *f = add_word(m, F_SLP_METHOD, start, method);
	struct slice uri = slp_word(&rest), protocol = slp_word(&rest);

	if (!field_enum(f))
		finding_add(m->d, RULE_SLP_UNKNOWN, f, "method %.*s", SLICE_ARG(utf8_cut(method, SLP_FINDING_MAX)));
	if (uri.len)
		add_word(m, F_SLP_URI, start, uri);
	if (protocol.len)
		add_word(m, F_SLP_PROTOCOL, start, protocol);
	if (!slice_case_has_prefix(protocol, SLICE_LIT("MSNSLP/")) || slp_word(&rest).len)
		finding_add(m->d, RULE_SLP_BROKEN, start, "start line is not METHOD MSNMSGR:account MSNSLP/1.0");
}

/* Returns the bytes of the line with its end. */
static size_t start_line(const struct slp *m, size_t offset, struct slice text)
{
	size_t len = 0, end;

	while (len < text.len && text.ptr[len] != '\r' && text.ptr[len] != '\n')
		len++;
	end = len;
	if (end < text.len)
		end += slice_has_prefix(slice_sub(text, end, 2), SLICE_LIT("\r\n")) ? 2 : 1;
	struct field *start = field_add_range(m->d, m->message, F_SLP_START, m->source, offset, len);
	field_syntax(start, 0, end - len);
	struct slice rest = start->value.text;
	struct slice word = slp_word(&rest);
	if (slice_case_has_prefix(word, SLICE_LIT("MSNSLP/"))) {
		add_word(m, F_SLP_PROTOCOL, start, word);
		add_status(m, start, rest);
	} else if (is_method(word)) {
		add_request(m, start, word, rest);
	} else {
		finding_add(m->d, RULE_SLP_BROKEN, start, "no start line of MSNSLP");
	}
	return end;
}

/* --- headers --- */

/* "<msnmsgr:account;{endpoint}>": what stands inside. */
static void add_party(const struct slp *m, enum field_id id, const char *name)
{
	struct slp_line l = slp_header(m, name);
	struct slice inside = l.value;

	if (!l.field)
		return;
	if (inside.len && inside.ptr[0] == '<')
		inside = slice_sub(inside, 1, slice_find_byte(inside, '>') - 1);
	if (slice_case_has_prefix(inside, SLICE_LIT("msnmsgr:")))
		inside = slice_sub(inside, strlen("msnmsgr:"), inside.len);
	struct field *f = slp_add_part(m, m->message, id, &l, inside);
	if (inside.len)
		address_dissect(m->d, f, slp_range(&l, inside));
	else
		finding_add(m->d, RULE_SLP_BROKEN, f, "%s names nobody", name);
}

static void add_branch(const struct slp *m)
{
	struct slp_line l = slp_header(m, "Via");
	size_t at = slice_find(l.value, SLICE_LIT("branch="));

	if (at == l.value.len)
		return;
	struct slice branch = slice_sub(l.value, at + strlen("branch="), l.value.len);
	branch = slice_trim(slice_sub(branch, 0, slice_find_byte(branch, ';')));
	slp_add_guid(m, F_SLP_BRANCH, &l, branch);
}

static void add_header_number(const struct slp *m, enum field_id id, const char *name)
{
	struct slp_line l = slp_header(m, name);

	if (l.field)
		slp_add_number(m, id, &l, UINT32_MAX);
}

static void add_content_type(const struct slp *m)
{
	struct slp_line l = slp_header(m, "Content-Type");

	if (!l.field)
		return;
	const struct field *f = slp_add_text(m, F_SLP_CONTENT_TYPE, &l);
	if (!field_enum(f))
		finding_add(m->d, RULE_SLP_UNKNOWN, f, "body of type %.*s",
			    SLICE_ARG(utf8_cut(l.value, SLP_FINDING_MAX)));
}

static void check_required(const struct slp *m)
{
	static const char *const required[] = {"To", "From", "Via", "CSeq", "Call-ID"};
	struct slice missing = SLICE_EMPTY;

	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
		if (!slp_header(m, required[i]).field)
			missing = arena_printf(m->d->arena, "%.*s %s", SLICE_ARG(missing), required[i]);
	if (missing.len)
		finding_add(m->d, RULE_SLP_BROKEN, m->message, "lacks%.*s", SLICE_ARG(missing));
}

static void lift_headers(const struct slp *m)
{
	struct slp_line call = slp_header(m, "Call-ID"), behalf = slp_header(m, "On-Behalf");

	add_party(m, F_SLP_TO, "To");
	add_party(m, F_SLP_FROM, "From");
	add_branch(m);
	add_header_number(m, F_SLP_CSEQ, "CSeq");
	if (call.field)
		slp_add_guid(m, F_SLP_CALL_ID, &call, call.value);
	add_header_number(m, F_SLP_MAX_FORWARDS, "Max-Forwards");
	if (behalf.field)
		slp_add_text(m, F_SLP_ON_BEHALF, &behalf);
	add_content_type(m);
	add_header_number(m, F_SLP_CONTENT_LENGTH, "Content-Length");
	check_required(m);
}

/* Returns the bytes of the block with its blank line. */
static size_t add_headers(const struct slp *m, size_t offset, size_t length)
{
	struct field *headers = field_add(m->d, m->message, F_SLP_HEADERS, m->source, offset, 0);
	bool ended;
	size_t block = headers_dissect(m->d, headers, F_SLP_HEADER, m->source, offset, length, &ended);

	if (!ended)
		finding_add(m->d, RULE_SLP_BROKEN, headers, "no blank line behind the headers");
	lift_headers(m);
	return block;
}

/* --- the whole --- */

static void check_content_length(const struct slp *m, size_t body, bool nul)
{
	const struct field *f = field_child(m->message, &field_defs[F_SLP_CONTENT_LENGTH]);

	if (!f || !f->has_value || f->value.number == body + 1 || (f->value.number == body && (!nul || body == 0)))
		return;
	finding_add(m->d, RULE_SLP_BROKEN, f, "Content-Length is %" PRIu64 ", the body with its NUL has %zu bytes",
		    f->value.number, body + 1);
}

/* From the NUL on. */
static void add_end(const struct slp *m, size_t offset, struct slice rest)
{
	size_t nuls = 0;

	while (nuls < rest.len && rest.ptr[nuls] == 0)
		nuls++;
	if (nuls)
		field_add_range(m->d, m->message, F_SLP_NUL, m->source, offset, nuls);
	if (nuls == rest.len)
		return;
	const struct field *f = field_add_range(m->d, m->message, F_PAYLOAD_DATA, m->source, offset + nuls,
						rest.len - nuls);
	finding_add(m->d, RULE_SLP_BROKEN, f, "%zu bytes behind the NUL that ends the message", rest.len - nuls);
}

void slp_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length)
{
	struct slp m = {d, field_add(d, parent, F_SLP, source, offset, length), source, NULL, 0};
	struct slice whole = slice_sub(d->sources[source].data, offset, length);
	struct slice text = slice_sub(whole, 0, slice_find_byte(whole, 0));
	size_t at = start_line(&m, offset, text);

	at += add_headers(&m, offset + at, text.len - at);
	check_content_length(&m, text.len - at, text.len < whole.len);
	slp_body_dissect(&m, offset + at, text.len - at);
	add_end(&m, offset + text.len, slice_sub(whole, text.len, whole.len));
	slp_summary(&m);
}

void slp_payload_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			 const struct msnp_context *context)
{
	(void)context;
	slp_dissect(d, parent, source, offset, length);
}
