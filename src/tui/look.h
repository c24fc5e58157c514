/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How things look, by what they are.  A theme gives each look colours and
 * attributes.  The file `theme` of the configuration folder changes them:
 *
 *	client = cyan bold
 *	selected = black on cyan
 *	error = 196 on default underline
 */
#ifndef MSNSCOPE_TUI_LOOK_H
#define MSNSCOPE_TUI_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/slice.h"

#define LOOK(identifier, name, theme, meaning) LOOK_##identifier,
enum look {
#include "tui/looks.def"
	LOOK_COUNT
};
#undef LOOK

enum {
	PAINT_BOLD = 1,
	PAINT_DIM = 2,
	PAINT_UNDERLINE = 4,
	PAINT_REVERSE = 8,
};

struct look_style {
	int16_t foreground, background; /* 0 to 255; -1: the terminal's own */
	uint8_t attributes;
	uint8_t plain;                  /* attributes that stand for it where there are no colours */
};

struct theme {
	struct look_style look[LOOK_COUNT];
};

/* "client"; meaning: one line. */
const char *look_name(enum look l);
const char *look_meaning(enum look l);

void theme_default(struct theme *t);

/* Reads one line of a theme: "name = colours and attributes", a comment or nothing.  Returns NULL, or what is wrong. */
const char *theme_line(struct theme *t, struct slice line);

#endif
