/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stored message, as GetMessage gives it:
 *
 *	X-Message-Info: ...
 *	Received: from relay.example.com ... ; Mon, 14 May 2007 08:52:53 -0700
 *	From: =?utf-8?B?Qm8=?= <bo@example.com>
 *	To: ana@example.com
 *	Subject:
 *	X-OIM-originatingSource: 192.0.2.77
 *	X-OIMProxy: MSNMSGR
 *	MIME-Version: 1.0
 *	Content-Type: text/plain; charset=UTF-8
 *	Content-Transfer-Encoding: base64
 *	X-OIM-Message-Type: OfflineMessage
 *	X-OIM-Run-Id: {77777777-8888-4999-aaaa-bbbbbbbbbbbb}
 *	X-OIM-Sequence-Num: 1
 *	Message-ID: <STOREexample0001@store.example.com>
 *	X-OriginalArrivalTime: 14 May 2007 15:52:53.0377 (UTC) FILETIME=[EE69F930:01C7963F]
 *	Date: 14 May 2007 08:52:53 -0700
 *	Return-Path: ndr@oim.example.com
 *
 *	bGF0ZSBhZ2Fpbiwgc3RhcnQgd2l0aG91dCBtZQ==
 *
 * What a client stores has the MIME and X-OIM headers only.  Lines end in LF
 * once XML was parsed.  Messages from telephones are multipart: text/plain and
 * data of the telephone network.
 */
#include "dissectors/oim_mail.h"

#include "dissectors/charset.h"
#include "dissectors/encoded_word.h"
#include "dissectors/headers.h"
#include "dissectors/oim_date.h"
#include "util/encoding.h"

/* What the body of the mail or of a part is. */
struct body {
	struct slice type;     /* lower case, without parameters */
	struct slice charset, boundary, encoding;
	unsigned source;
	size_t offset, length; /* of the encoded body */
};

struct slice oim_decode_words(struct dissection *d, struct slice text)
{
	bool sound;
	struct slice decoded = encoded_words_decode(d->arena, text, &sound);

	if (!sound)
		finding_add(d, RULE_OIM_CHARSET, NULL, "encoded words that could not be decoded in full: \"%.*s\"",
			    SLICE_ARG(slice_sub(text, 0, 80)));
	return decoded;
}

/* Adds what a header says under a description of its own; the range is that of the header. */
static void add_text(struct dissection *d, struct field *parent, enum field_id id, struct slice text,
		     const struct field *header)
{
	field_add_text(d, parent, id, text, header->source, header->offset, header->length);
}

/* "<" and ">", or "&lt;" and "&gt;" after a careless encoding: the part between them, and what stands before. */
static bool between(struct slice s, struct slice open, struct slice close, struct slice *before, struct slice *inside)
{
	size_t at = slice_find(s, open);
	struct slice rest = slice_sub(s, at + open.len, s.len);

	if (at == s.len)
		return false;
	*before = slice_trim(slice_sub(s, 0, at));
	*inside = slice_trim(slice_sub(rest, 0, slice_find(rest, close)));
	return true;
}

void oim_sender(struct dissection *d, struct field *parent, const struct field *header)
{
	struct slice value = header->value.text, name = SLICE_EMPTY, account = SLICE_EMPTY;

	if (!between(value, SLICE_LIT("<"), SLICE_LIT(">"), &name, &account) &&
	    !between(value, SLICE_LIT("&lt;"), SLICE_LIT("&gt;"), &name, &account)) {
		if (slice_find_byte(value, '@') < value.len)
			account = value;
		else
			name = value;
	}
	if (name.len >= 2 && name.ptr[0] == '"' && name.ptr[name.len - 1] == '"')
		name = slice_sub(name, 1, name.len - 2);
	if (account.len)
		add_text(d, parent, F_OIM_FROM, account, header);
	if (name.len)
		add_text(d, parent, F_OIM_FROM_NAME, oim_decode_words(d, name), header);
}

static void add_sequence(struct dissection *d, struct field *mail, const struct field *header)
{
	uint64_t number;

	if (slice_u64(header->value.text, &number))
		field_add_number(d, mail, F_OIM_SEQUENCE, number, header->source, header->offset, header->length);
	else
		finding_add(d, RULE_OIM_MAIL, header, "X-OIM-Sequence-Num is no number");
}

static void add_date(struct dissection *d, struct field *mail, const struct field *header)
{
	int64_t ns;

	if (oim_date_mail(header->value.text, &ns))
		add_text(d, mail, F_OIM_DATE, oim_date_text(d->arena, ns), header);
	else
		finding_add(d, RULE_OIM_MAIL, header, "Date has not the form of a date");
}

static void add_arrived(struct dissection *d, struct field *mail, const struct field *header)
{
	int64_t ns;

	if (oim_date_filetime(header->value.text, &ns))
		add_text(d, mail, F_OIM_ARRIVED, oim_date_text(d->arena, ns), header);
	else
		finding_add(d, RULE_OIM_MAIL, header, "X-OriginalArrivalTime without FILETIME");
}

static void add_subject(struct dissection *d, struct field *mail, const struct field *header)
{
	add_text(d, mail, F_OIM_SUBJECT, oim_decode_words(d, header->value.text), header);
}

struct known_header {
	const char *name;
	enum field_id id; /* the text as it stands; unless add is there */
	void (*add)(struct dissection *d, struct field *mail, const struct field *header);
};

static const struct known_header known_headers[] = {
	{"From", FIELD_COUNT, oim_sender},
	{"To", F_OIM_TO, NULL},
	{"Subject", FIELD_COUNT, add_subject},
	{"X-OIM-originatingSource", F_OIM_ORIGIN, NULL},
	{"X-OIMProxy", F_OIM_PROXY, NULL},
	{"X-OIM-Message-Type", F_OIM_MESSAGE_TYPE, NULL},
	{"X-OIM-Run-Id", F_OIM_RUN_ID, NULL},
	{"X-OIM-Sequence-Num", FIELD_COUNT, add_sequence},
	{"Message-ID", F_OIM_MESSAGE_ID, NULL},
	{"X-OriginalArrivalTime", FIELD_COUNT, add_arrived},
	{"Date", FIELD_COUNT, add_date},
};

static void add_known_headers(struct dissection *d, struct field *mail, const struct field *headers)
{
	for (size_t i = 0; i < sizeof(known_headers) / sizeof(known_headers[0]); i++) {
		const struct known_header *known = &known_headers[i];
		const struct field *f = headers_find(headers, known->name);

		if (!f || !f->has_value)
			continue;
		if (known->add)
			known->add(d, mail, f);
		else
			add_text(d, mail, known->id, f->value.text, f);
	}
}

static struct slice lower_case(struct arena *arena, struct slice s)
{
	uint8_t *out = arena_alloc_raw(arena, s.len);

	for (size_t i = 0; i < s.len; i++)
		out[i] = (uint8_t)(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] + 32 : s.ptr[i]);
	return slice_of(out, s.len);
}

/* The value of a parameter behind a media type, without quotation marks; empty when there is none. */
static struct slice parameter(struct slice value, const char *name)
{
	size_t at = slice_find_byte(value, ';');

	while (at < value.len) {
		struct slice rest = slice_sub(value, at + 1, value.len);
		size_t equals = slice_find_byte(rest, '='), end;
		struct slice found = slice_sub(rest, equals + 1, rest.len);
		bool quoted = found.len && found.ptr[0] == '"';

		if (quoted)
			found = slice_sub(found, 1, found.len);
		end = slice_find_byte(found, quoted ? '"' : ';');
		if (slice_case_eq(slice_trim(slice_sub(rest, 0, equals)), slice_str(name)))
			return slice_trim(slice_sub(found, 0, end));
		if (equals == rest.len)
			break;
		at = (size_t)(found.ptr - value.ptr) + end;
		at += slice_find_byte(slice_sub(value, at, value.len), ';');
	}
	return SLICE_EMPTY;
}

/* Media type and encoding, as fields and for the body. */
static void content(struct dissection *d, struct field *parent, const struct field *headers, struct body *body)
{
	const struct field *type = headers_find(headers, "Content-Type");
	const struct field *encoding = headers_find(headers, "Content-Transfer-Encoding");

	body->type = SLICE_LIT("text/plain");
	if (type && type->has_value) {
		struct slice value = type->value.text;

		body->type = lower_case(d->arena, slice_trim(slice_sub(value, 0, slice_find_byte(value, ';'))));
		body->charset = parameter(value, "charset");
		body->boundary = parameter(value, "boundary");
		add_text(d, parent, F_OIM_CONTENT_TYPE, body->type, type);
		if (body->charset.len)
			add_text(d, parent, F_OIM_CHARSET, body->charset, type);
	}
	if (encoding && encoding->has_value) {
		body->encoding = encoding->value.text;
		add_text(d, parent, F_OIM_ENCODING, body->encoding, encoding);
	}
}

static bool is_base64(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/* Base64 up to where it breaks off: whole groups of four digits. */
static struct slice base64_beginning(struct arena *arena, struct slice s)
{
	struct slice out = SLICE_EMPTY;
	size_t digits = 0, whole = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (is_base64(s.ptr[i])) {
			if (++digits % 4 == 0)
				whole = i + 1;
		} else if (s.ptr[i] != ' ' && s.ptr[i] != '\t' && s.ptr[i] != '\r' && s.ptr[i] != '\n') {
			break;
		}
	}
	base64_decode(arena, slice_sub(s, 0, whole), &out);
	return out;
}

/* Undoes the transfer encoding; what was decoded becomes a source, and the body lies there then. */
static void decode(struct dissection *d, const struct field *parent, struct body *body)
{
	struct slice raw = slice_sub(d->sources[body->source].data, body->offset, body->length), out;
	bool sound = true;

	if (slice_case_eq(body->encoding, SLICE_LIT("base64"))) {
		sound = base64_decode(d->arena, raw, &out);
		if (!sound)
			out = base64_beginning(d->arena, raw);
	} else if (slice_case_eq(body->encoding, SLICE_LIT("quoted-printable"))) {
		out = quoted_printable_decode(d->arena, raw, &sound);
	} else {
		return;
	}
	if (!sound)
		finding_add(d, RULE_OIM_MAIL, parent, "body is not %.*s throughout", SLICE_ARG(body->encoding));
	body->source = dissection_add_source(d, "oim-body", out);
	body->offset = 0;
	body->length = out.len;
}

static void leaf(struct dissection *d, struct field *parent, struct body *body)
{
	struct slice text;
	bool sound;

	decode(d, parent, body);
	if (!slice_has_prefix(body->type, SLICE_LIT("text/"))) {
		field_add_range(d, parent, F_OIM_BODY, body->source, body->offset, body->length);
		return;
	}
	struct slice bytes = slice_sub(d->sources[body->source].data, body->offset, body->length);
	bool known = charset_decode(d->arena, body->charset, bytes, &text, &sound);
	const struct field *f = field_add_text(d, parent, F_OIM_TEXT, text, body->source, body->offset, body->length);
	if (!known)
		finding_add(d, RULE_OIM_CHARSET, f, "character set %.*s is not known, or the text too long",
			    SLICE_ARG(slice_sub(body->charset, 0, 40)));
	else if (!sound)
		finding_add(d, RULE_OIM_CHARSET, f, "text is not %.*s throughout",
			    SLICE_ARG(body->charset.len ? slice_sub(body->charset, 0, 40) : SLICE_LIT("UTF-8")));
}

/* Headers of the mail or of a part; what follows them is the body. */
static struct body head(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length)
{
	struct field *headers = field_add(d, parent, F_OIM_HEADERS, source, offset, 0);
	struct body body = {.source = source};
	bool ended;
	size_t block = headers_dissect(d, headers, F_OIM_HEADER, source, offset, length, &ended);

	if (!ended)
		finding_add(d, RULE_OIM_MAIL, headers, "no blank line behind the headers");
	body.offset = offset + block;
	body.length = length - block;
	content(d, parent, headers, &body);
	return body;
}

/* Does a line that begins at that place hold the delimiter "--boundary"? */
static bool is_delimiter(struct slice s, size_t at, struct slice boundary)
{
	struct slice line = slice_sub(s, at, boundary.len + 2);

	return slice_has_prefix(line, SLICE_LIT("--")) && slice_eq(slice_sub(line, 2, boundary.len), boundary) &&
	       (at == 0 || s.ptr[at - 1] == '\n' || s.ptr[at - 1] == '\r');
}

/* The next delimiter line from that place on: where it begins, or the length. */
static size_t delimiter(struct slice s, size_t at, struct slice boundary)
{
	struct slice mark = SLICE_LIT("--");

	for (at += slice_find(slice_sub(s, at, s.len), mark); at < s.len;
	     at += 1 + slice_find(slice_sub(s, at + 1, s.len), mark))
		if (is_delimiter(s, at, boundary))
			return at;
	return s.len;
}

/* The place behind the line end at or after that place. */
static size_t next_line(struct slice s, size_t at)
{
	at += slice_find_byte(slice_sub(s, at, s.len), '\n');
	return at < s.len ? at + 1 : s.len;
}

/* The line end before a delimiter belongs to it. */
static size_t without_line_end(struct slice s, size_t begin, size_t end)
{
	if (end > begin && end < s.len && s.ptr[end - 1] == '\n')
		end--;
	if (end > begin && end < s.len && s.ptr[end - 1] == '\r')
		end--;
	return end;
}

static void parts(struct dissection *d, struct field *mail, const struct body *whole)
{
	struct slice s = slice_sub(d->sources[whole->source].data, whole->offset, whole->length);
	size_t at = delimiter(s, 0, whole->boundary);

	for (unsigned count = 0; at < s.len; count++) {
		size_t begin = next_line(s, at), end = delimiter(s, begin, whole->boundary);

		if (slice_has_prefix(slice_sub(s, at + 2 + whole->boundary.len, 2), SLICE_LIT("--")))
			return;
		if (count == OIM_PARTS_MAX) {
			finding_add(d, RULE_LIMIT_FIELDS, mail, "more than %u parts", OIM_PARTS_MAX);
			return;
		}
		size_t length = without_line_end(s, begin, end) - begin;
		struct field *part = field_add(d, mail, F_OIM_PART, whole->source, whole->offset + begin, length);
		struct body body = head(d, part, whole->source, whole->offset + begin, length);
		leaf(d, part, &body);
		at = end;
	}
	finding_add(d, RULE_OIM_MAIL, mail, "multipart without the delimiter that ends it");
}

struct field *oim_mail_dissect(struct dissection *d, struct field *parent, unsigned source)
{
	size_t length = d->sources[source].data.len;
	struct field *mail = field_add(d, parent, F_OIM_MAIL, source, 0, length);
	struct body body = head(d, mail, source, 0, length);

	add_known_headers(d, mail, field_child(mail, &field_defs[F_OIM_HEADERS]));
	if (slice_has_prefix(body.type, SLICE_LIT("multipart/")) && body.boundary.len)
		parts(d, mail, &body);
	else
		leaf(d, mail, &body);
	return mail;
}

const struct field *oim_mail_text(const struct field *mail)
{
	const struct field *text = field_child(mail, &field_defs[F_OIM_TEXT]);

	for (const struct field *f = mail->first; f && !text; f = f->next)
		if (f->def == &field_defs[F_OIM_PART])
			text = field_child(f, &field_defs[F_OIM_TEXT]);
	return text;
}
