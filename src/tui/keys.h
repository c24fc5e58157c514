/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys and what they ask for.  The file `keys` of the configuration folder
 * gives actions other keys:
 *
 *	next-finding = e ]
 *	page-down = Space C-f PgDn
 */
#ifndef MSNSCOPE_TUI_KEYS_H
#define MSNSCOPE_TUI_KEYS_H

#include "util/buffer.h"

/* A key: a character, control characters among them, or one of these. */
enum key {
	KEYS_NONE = 0x110000,
	KEYS_UP, KEYS_DOWN, KEYS_LEFT, KEYS_RIGHT,
	KEYS_PAGE_UP, KEYS_PAGE_DOWN, KEYS_HOME, KEYS_END,
	KEYS_BACKSPACE, KEYS_DELETE, KEYS_BACK_TAB,
	KEYS_F1, /* and so on */
	KEYS_F12 = KEYS_F1 + 11,
};

enum { KEYS_TAB = 9, KEYS_ENTER = 13, KEYS_ESCAPE = 27 };

#define ACTION(identifier, name, keys, group, help) ACTION_##identifier,
enum action {
#include "tui/actions.def"
	ACTION_COUNT,
	ACTION_NONE = ACTION_COUNT
};
#undef ACTION

struct action_info {
	const char *name, *keys, *group, *help;
};
const struct action_info *action_info(enum action a);

/* Keys of one action. */
#define KEYMAP_KEYS 4u

struct keymap {
	uint32_t key[ACTION_COUNT][KEYMAP_KEYS]; /* 0: none */
};

void keymap_default(struct keymap *m);

/* Reads one line of the file: "action = key key", a comment or nothing.  Returns NULL, or what is wrong. */
const char *keymap_line(struct keymap *m, struct slice line);

/* What a key asks for. */
enum action keymap_action(const struct keymap *m, uint32_t key);

/* Adds the name of a key: "a", "C-d", "PgUp". */
void key_add_name(struct buffer *out, uint32_t key);

/* Adds the names of an action's keys, with a blank between. */
void keymap_add_names(struct buffer *out, const struct keymap *m, enum action a);

#endif
