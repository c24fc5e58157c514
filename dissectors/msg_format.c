/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a text is shown.  Parts stand in any order, may be missing or empty.
 *
 *	X-MMS-IM-Format: FN=Segoe%20UI; EF=BI; CO=ff; CS=0; PF=22; RL=1
 *
 *	FN  font, percent-encoded          CS  Windows character set, hexadecimal
 *	EF  letters of B, I, U, S          PF  family and pitch, a digit each; one digit is the pitch
 *	CO  BBGGRR, without leading zeros  RL  1: from right to left
 *
 * One client writes CS in decimal; it cannot be told from the number, so that
 * hexadecimal is taken for all.
 */
#include "dissectors/mime.h"
#include "dissectors/msg_text.h"
#include "util/encoding.h"
#include "util/utf8.h"

/* Bytes of a value that its finding shows. */
#define SHOWN_MAX 60u
/* Letters of EF that are looked at. */
#define EFFECTS_MAX 8u

/* One part of the line: its value, and where it lies. */
struct part {
	struct dissection *d;
	struct field *parent;
	const struct field *header;
	struct slice value;
	struct range at;
};

static void bad(const struct part *p, const struct field *f, const char *what)
{
	finding_add(p->d, RULE_MSG_FORMAT, f, "%s: \"%.*s\"", what, SLICE_ARG(utf8_cut(p->value, SHOWN_MAX)));
}

static struct field *add_field(const struct part *p, enum field_id id)
{
	return field_add(p->d, p->parent, id, p->at.source, p->at.offset, p->at.length);
}

static struct field *add_text(const struct part *p, enum field_id id, struct slice text)
{
	return field_add_text(p->d, p->parent, id, text, p->at.source, p->at.offset, p->at.length);
}

static void font(const struct part *p)
{
	const struct field *f = add_text(p, F_FORMAT_FONT, percent_decode(p->d->arena, p->value));

	if (!percent_is_sound(p->value))
		bad(p, f, "percent sign without two hexadecimal digits in the font");
}

static void effects(const struct part *p)
{
	bool known = true;

	if (p->value.len > EFFECTS_MAX) {
		bad(p, add_text(p, F_FORMAT_OTHER, p->value), "effects that are not known");
		return;
	}
	for (size_t i = 0; i < p->value.len; i++) {
		struct slice letter = slice_sub(p->value, i, 1);
		struct range at = mime_piece(p->d, p->header, letter);
		const struct enum_row *row = enum_find(&enum_sets[SET_im_effect], letter);

		field_add_text(p->d, p->parent, F_FORMAT_EFFECT, row ? slice_str(row->name) : letter, at.source, at.offset,
			       at.length);
		known &= row != NULL;
	}
	if (!known)
		bad(p, NULL, "effects that are not known");
}

/* BBGGRR with zeros in front as far as they are missing. */
static void colour(const struct part *p)
{
	struct field *f = add_field(p, F_FORMAT_COLOUR);
	uint64_t n;

	if (p->value.len > 6 || !slice_hex_u64(p->value, &n)) {
		bad(p, f, "colour is not one to six hexadecimal digits");
		return;
	}
	f->has_value = true;
	f->value.text = arena_printf(p->d->arena, "#%02x%02x%02x", (unsigned)(n & 0xff), (unsigned)(n >> 8 & 0xff),
				     (unsigned)(n >> 16 & 0xff));
}

static void charset(const struct part *p)
{
	struct field *f = add_field(p, F_FORMAT_CHARSET);

	f->has_value = slice_hex_u64(p->value, &f->value.number);
	if (!f->has_value)
		bad(p, f, "character set is not a hexadecimal number");
}

static void add_digit(const struct part *p, enum field_id id, unsigned digit, size_t at)
{
	struct range r = mime_piece(p->d, p->header, slice_sub(p->value, at, 1));
	const struct field *f = field_add_number(p->d, p->parent, id, digit, r.source, r.offset, r.length);

	if (!field_enum(f))
		bad(p, f, "not a known family and pitch");
}

static void family_pitch(const struct part *p)
{
	uint64_t n;

	if (p->value.len > 2 || !slice_hex_u64(p->value, &n)) {
		bad(p, add_text(p, F_FORMAT_OTHER, p->value), "family and pitch are not one or two digits");
		return;
	}
	if (p->value.len == 2)
		add_digit(p, F_FORMAT_FAMILY, (unsigned)(n >> 4), 0);
	add_digit(p, F_FORMAT_PITCH, (unsigned)(n & 15), p->value.len - 1);
}

static void right_to_left(const struct part *p)
{
	struct field *f = add_field(p, F_FORMAT_RIGHT_TO_LEFT);

	f->has_value = slice_u64(p->value, &f->value.number) && f->value.number <= 1;
	if (!f->has_value)
		bad(p, f, "neither 0 nor 1 for right to left");
}

static const struct {
	const char *name;
	void (*add)(const struct part *p);
} kinds[] = {
	{"FN", font}, {"EF", effects}, {"CO", colour}, {"CS", charset}, {"PF", family_pitch}, {"RL", right_to_left},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

void msg_format_dissect(struct dissection *d, struct field *parent, const struct field *header)
{
	struct part p = {.d = d, .header = header};
	struct slice rest = header->value.text, part;
	bool seen[KINDS] = {false};

	p.parent = field_add(d, parent, F_FORMAT, header->source, header->offset, header->length);
	while (mime_next_part(&rest, &part)) {
		size_t equals = slice_find_byte(part, '='), i = 0;
		struct slice name = slice_trim(slice_sub(part, 0, equals));

		while (i < KINDS && !slice_case_eq(name, slice_str(kinds[i].name)))
			i++;
		bool known = i < KINDS && !seen[i] && equals < part.len;
		p.value = known ? slice_trim(slice_sub(part, equals + 1, part.len)) : part;
		p.at = mime_piece(d, header, p.value);
		if (known)
			seen[i] = true;
		if (p.value.len && known)
			kinds[i].add(&p);
		else if (p.value.len)
			bad(&p, add_text(&p, F_FORMAT_OTHER, part), "part that is not known");
	}
}
