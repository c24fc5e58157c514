/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/look.h"

#define COLOUR_DEFAULT (-1)
#define COLOUR_UNKNOWN (-2)

static const struct {
	const char *name, *theme, *meaning;
} looks[] = {
#define LOOK(identifier, name, theme, meaning) {name, theme, meaning},
#include "tui/looks.def"
#undef LOOK
};

const char *look_name(enum look l)
{
	return looks[l].name;
}

const char *look_meaning(enum look l)
{
	return looks[l].meaning;
}

/* The next word of *rest, which loses it; empty at the end. */
static struct slice next_word(struct slice *rest)
{
	*rest = slice_trim(*rest);
	size_t end = 0;
	while (end < rest->len && rest->ptr[end] != ' ' && rest->ptr[end] != '\t')
		end++;
	struct slice word = slice_sub(*rest, 0, end);
	*rest = slice_sub(*rest, end, rest->len);
	return word;
}

static int colour_of(struct slice word)
{
	static const char *const names[] = {"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"};
	uint64_t number;

	if (slice_eq_str(word, "default"))
		return COLOUR_DEFAULT;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_eq_str(word, names[i]))
			return (int)i;
	return slice_u64(word, &number) && number < 256 ? (int)number : COLOUR_UNKNOWN;
}

static unsigned attribute_of(struct slice word)
{
	static const struct {
		const char *name;
		unsigned bit;
	} names[] = {{"bold", PAINT_BOLD}, {"dim", PAINT_DIM}, {"underline", PAINT_UNDERLINE}, {"reverse", PAINT_REVERSE}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_eq_str(word, names[i].name))
			return names[i].bit;
	return 0;
}

/* "black on cyan bold" */
static const char *parse_style(struct slice text, struct look_style *style)
{
	bool background = false;

	*style = (struct look_style){COLOUR_DEFAULT, COLOUR_DEFAULT, 0, 0};
	for (struct slice word = next_word(&text); word.len; word = next_word(&text)) {
		unsigned attribute = attribute_of(word);
		int colour = colour_of(word);

		if (slice_eq_str(word, "on")) {
			background = true;
		} else if (attribute) {
			style->attributes |= (uint8_t)attribute;
		} else if (colour == COLOUR_UNKNOWN) {
			return "not a colour (black, red, green, yellow, blue, magenta, cyan, white, default, 0 to 255) "
			       "or bold, dim, underline, reverse";
		} else if (background) {
			style->background = (int16_t)colour;
			background = false;
		} else {
			style->foreground = (int16_t)colour;
		}
	}
	return background ? "a colour is missing behind 'on'" : NULL;
}

static const char *parse_look(struct slice text, struct look_style *style)
{
	size_t slash = slice_find_byte(text, '/');
	struct look_style plain;
	const char *wrong = parse_style(slice_sub(text, 0, slash), style);

	style->plain = style->attributes;
	if (wrong || slash == text.len)
		return wrong;
	wrong = parse_style(slice_sub(text, slash + 1, text.len), &plain);
	style->plain = plain.attributes;
	return wrong;
}

void theme_default(struct theme *t)
{
	for (size_t i = 0; i < LOOK_COUNT; i++)
		parse_look(slice_str(looks[i].theme), &t->look[i]);
}

const char *theme_line(struct theme *t, struct slice line)
{
	struct slice text = slice_trim(slice_sub(line, 0, slice_find_byte(line, '#')));
	size_t equals = slice_find_byte(text, '=');
	struct slice name = slice_trim(slice_sub(text, 0, equals));
	struct look_style style;

	if (text.len == 0)
		return NULL;
	if (equals == text.len)
		return "wants NAME = COLOURS";
	for (size_t i = 0; i < LOOK_COUNT; i++) {
		if (!slice_eq_str(name, looks[i].name))
			continue;
		const char *wrong = parse_look(slice_sub(text, equals + 1, text.len), &style);
		if (!wrong)
			t->look[i] = style;
		return wrong;
	}
	return "no such thing is shown";
}
