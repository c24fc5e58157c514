/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/keys.h"

#include "util/utf8.h"

static const struct action_info actions[] = {
#define ACTION(identifier, name, keys, group, help) {name, keys, group, help},
#include "tui/actions.def"
#undef ACTION
};

static const struct {
	const char *name;
	uint32_t key;
} named_keys[] = {
	{"Up", KEYS_UP},         {"Down", KEYS_DOWN},       {"Left", KEYS_LEFT},     {"Right", KEYS_RIGHT},
	{"PgUp", KEYS_PAGE_UP},  {"PgDn", KEYS_PAGE_DOWN},  {"Home", KEYS_HOME},     {"End", KEYS_END},
	{"Enter", KEYS_ENTER},   {"Esc", KEYS_ESCAPE},      {"Tab", KEYS_TAB},       {"S-Tab", KEYS_BACK_TAB},
	{"Space", ' '},          {"Backspace", KEYS_BACKSPACE}, {"Del", KEYS_DELETE},
};

#define NAMED_KEYS (sizeof(named_keys) / sizeof(named_keys[0]))

const struct action_info *action_info(enum action a)
{
	return &actions[a];
}

/* 0 when it is no key. */
static uint32_t parse_key(struct slice word)
{
	uint64_t number;
	uint32_t character;
	bool valid;

	for (size_t i = 0; i < NAMED_KEYS; i++)
		if (slice_case_eq(word, slice_str(named_keys[i].name)))
			return named_keys[i].key;
	if (word.len == 3 && slice_has_prefix(word, SLICE_LIT("C-")) && word.ptr[2] > '@' && word.ptr[2] < 0x7f)
		return word.ptr[2] & 0x1fu;
	if (word.len > 1 && word.ptr[0] == 'F' && slice_u64(slice_sub(word, 1, word.len), &number) && number >= 1 && number <= 12)
		return KEYS_F1 + (uint32_t)number - 1;
	/* Of control characters the names are to be given. */
	return utf8_next(word, 0, &character, &valid) == word.len && valid && character > ' ' &&
		       (character < 0x7f || character >= 0xa0) ? character : 0;
}

/* Keys parted by blanks.  Returns false when one of them is none, or there are too many. */
static bool parse_keys(struct slice text, uint32_t keys[KEYMAP_KEYS])
{
	size_t count = 0;

	memset(keys, 0, KEYMAP_KEYS * sizeof(*keys));
	for (text = slice_trim(text); text.len; text = slice_trim(text)) {
		size_t blank = slice_find_byte(text, ' '), tab = slice_find_byte(text, '\t'), end = blank < tab ? blank : tab;
		uint32_t key = parse_key(slice_sub(text, 0, end));

		if (!key || count == KEYMAP_KEYS)
			return false;
		keys[count++] = key;
		text = slice_sub(text, end, text.len);
	}
	return true;
}

void keymap_default(struct keymap *m)
{
	for (size_t i = 0; i < ACTION_COUNT; i++)
		parse_keys(slice_str(actions[i].keys), m->key[i]);
}

/* No other action keeps keys that one was given. */
static void take_away(struct keymap *m, size_t owner)
{
	for (size_t i = 0; i < ACTION_COUNT; i++)
		for (size_t k = 0; i != owner && k < KEYMAP_KEYS; k++)
			for (size_t n = 0; n < KEYMAP_KEYS; n++)
				if (m->key[i][k] == m->key[owner][n])
					m->key[i][k] = 0;
}

const char *keymap_line(struct keymap *m, struct slice line)
{
	/* A '#' is a key, too, unless it begins the line. */
	struct slice text = slice_trim(line);
	size_t equals = slice_find_byte(text, '=');
	struct slice name = slice_trim(slice_sub(text, 0, equals));
	uint32_t keys[KEYMAP_KEYS];

	if (text.len == 0 || text.ptr[0] == '#')
		return NULL;
	if (equals == text.len)
		return "wants ACTION = KEYS";
	if (!parse_keys(slice_sub(text, equals + 1, text.len), keys))
		return "not keys, at most four: a character, C-x, F1 to F12, Up, Down, Left, Right, PgUp, PgDn, Home, End, "
		       "Enter, Esc, Tab, S-Tab, Space, Backspace, Del";
	for (size_t i = 0; i < ACTION_COUNT; i++) {
		if (!slice_eq_str(name, actions[i].name))
			continue;
		memcpy(m->key[i], keys, sizeof(keys));
		take_away(m, i);
		return NULL;
	}
	return "no such action";
}

enum action keymap_action(const struct keymap *m, uint32_t key)
{
	for (size_t i = 0; key && i < ACTION_COUNT; i++)
		for (size_t k = 0; k < KEYMAP_KEYS; k++)
			if (m->key[i][k] == key)
				return (enum action)i;
	return ACTION_NONE;
}

void key_add_name(struct buffer *out, uint32_t key)
{
	uint8_t text[UTF8_MAX];

	for (size_t i = 0; i < NAMED_KEYS; i++) {
		if (named_keys[i].key == key) {
			buffer_add_str(out, named_keys[i].name);
			return;
		}
	}
	if (key >= KEYS_F1 && key <= KEYS_F12)
		buffer_printf(out, "F%u", (unsigned)(key - KEYS_F1 + 1));
	else if (key < ' ')
		buffer_printf(out, "C-%c", (int)(key <= 'z' - 'a' + 1 ? key + 'a' - 1 : key + '@'));
	else
		buffer_add(out, text, utf8_put(key, text));
}

void keymap_add_names(struct buffer *out, const struct keymap *m, enum action a)
{
	bool first = true;

	for (size_t k = 0; k < KEYMAP_KEYS; k++) {
		if (!m->key[a][k])
			continue;
		if (!first)
			buffer_add_byte(out, ' ');
		key_add_name(out, m->key[a][k]);
		first = false;
	}
}
