/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TUI without a terminal: keys go in, a canvas comes out.  It holds what
 * the panels share: the view of the events, the event under the cursor, what
 * is looked for, what is asked in the last line.
 */
#ifndef MSNSCOPE_TUI_APP_H
#define MSNSCOPE_TUI_APP_H

#include "output/mask.h"
#include "timeline/view.h"
#include "tui/canvas.h"
#include "tui/keys.h"
#include "tui/list.h"
#include "tui/prompt.h"
#include "tui/tui.h"

struct app;
struct panel;

/* --- panels --- */

/* What a panel is; called with the store locked. */
struct panel_class {
	const char *title;
	/* Actions named in the last line while it has the keys; ended by ACTION_NONE. */
	const enum action *hints;
	/* Draws into the area, which is blank. */
	void (*draw)(struct panel *p, struct canvas *c, struct area a, bool focused);
	/* Returns false when the action is none of this panel's. */
	bool (*act)(struct panel *p, enum action a);
	/*
	 * Moves to the next place (else the one before) that has the text, from the
	 * cursor on; not the cursor's own place.  NULL: the events are searched.
	 */
	bool (*find)(struct panel *p, struct slice text, bool forward);
	/* A line of the area was clicked; may be NULL. */
	void (*click)(struct panel *p, int line);
	void (*free)(struct panel *p);
};

/* First member of each panel's own struct. */
struct panel {
	const struct panel_class *class;
	struct app *app;
};

/* One function for each panel that there is; all that a panel needs to know stands in app. */
struct panel *panel_sessions_new(struct app *app);
struct panel *panel_session_report_new(struct app *app);
struct panel *panel_timeline_new(struct app *app);
struct panel *panel_detail_new(struct app *app);
struct panel *panel_bytes_new(struct app *app);
struct panel *panel_ladder_new(struct app *app);
struct panel *panel_conversations_new(struct app *app);
struct panel *panel_chat_new(struct app *app);
struct panel *panel_findings_new(struct app *app);
struct panel *panel_statistics_new(struct app *app);
struct panel *panel_reference_new(struct app *app);
struct panel *panel_reference_text_new(struct app *app);
struct panel *panel_help_new(struct app *app);

enum panel_id {
	PANEL_SESSIONS,
	PANEL_SESSION_REPORT,
	PANEL_TIMELINE,
	PANEL_DETAIL,
	PANEL_BYTES,
	PANEL_LADDER,
	PANEL_CONVERSATIONS,
	PANEL_CHAT,
	PANEL_FINDINGS,
	PANEL_STATISTICS,
	PANEL_REFERENCE,
	PANEL_REFERENCE_TEXT,
	PANEL_HELP,
	PANEL_COUNT,
	PANEL_NONE = PANEL_COUNT
};

enum screen_id {
	SCREEN_SESSIONS,
	SCREEN_TIMELINE,
	SCREEN_LADDER,
	SCREEN_CHAT,
	SCREEN_FINDINGS,
	SCREEN_STATISTICS,
	SCREEN_REFERENCE,
	SCREEN_HELP,
	SCREEN_COUNT
};

#define SCREEN_PANES 3

/* Screens left behind, that "back" returns to. */
#define SCREENS_BACK 16

/* --- the event under the cursor --- */

struct current {
	uint32_t row;          /* it was made for; STORE_NONE: none */
	uint64_t made;         /* counts up whenever the event is made anew: pointers into the one before are void */
	bool there;            /* event and masks are filled in */
	struct arena arena;
	struct buffer packed;
	struct event event;
	struct masks masks;
	const struct field *field; /* selected in the detail, or NULL */
	unsigned source;       /* that the bytes are shown of */
};

/* --- the application --- */

enum time_mode { TIME_OF_DAY, TIME_SINCE_START, TIME_SINCE_PREVIOUS, TIME_MODES };

/* Columns of the timeline, as bits. */
enum {
	COLUMN_NUMBER = 1,
	COLUMN_TIME = 2,
	COLUMN_CONNECTION = 4,
	COLUMN_SESSION = 8,
	COLUMN_FRAME = 16,
	COLUMN_LATENCY = 32,
	COLUMN_LENGTH = 64,
	COLUMN_COMMAND = 128,
	COLUMN_SUMMARY = 256,
	COLUMN_BITS = 9,
};

/* What the line at the bottom asks for. */
enum asked { ASK_NOTHING, ASK_FILTER, ASK_SEARCH, ASK_SEARCH_BACK, ASK_GO_TO, ASK_FILE, ASK_COUNT };

struct menu;
struct row_texts;
struct save;

struct finding_place {
	bool forward;          /* direction of the search */
	bool ahead;            /* direction of this step: N goes against the search */
	bool running;          /* more of the events is to be searched */
	bool placed;           /* at is set */
	bool beyond;           /* begins behind the row where it starts, not at it */
	bool wrapped;          /* went on at the other end */
	bool failed;           /* nowhere */
	uint32_t at;           /* place in the view */
	uint32_t start;        /* row, STORE_NONE: the first */
	uint32_t origin;       /* row that the cursor was on before; STORE_NONE: none */
	struct buffer text;
};

struct app {
	const struct tui_options *options;
	struct store *store;
	struct canvas canvas;
	struct theme theme;
	struct keymap keymap;
	struct buffer settings_folder;   /* where theme and keys lie; empty: nowhere */
	struct buffer settings_wrong;    /* what is wrong in them, a line each, escaped */
	struct panel *panels[PANEL_COUNT];

	enum screen_id screen;
	enum screen_id back[SCREENS_BACK];
	size_t back_count;
	size_t focus[SCREEN_COUNT];      /* pane that has the keys */
	bool detail_open, zoomed;

	struct view *view;
	uint32_t only_session, only_connection; /* numbers, or STORE_NONE */
	struct buffer filter_text;       /* of the filter in force; empty: none */
	bool viewing;                    /* rows are left to be looked at */
	bool follow;                     /* the cursor stays at the end */
	bool paused;
	uint32_t row;                    /* under the cursor; STORE_NONE: none */
	uint32_t session;                /* under the cursor of the sessions */
	uint32_t conversation;           /* under the cursor of the conversations */
	struct current current;
	struct row_texts *row_texts;
	uint32_t *marks;                 /* rows, ascending */
	size_t mark_count, mark_capacity;

	enum time_mode time_mode;
	unsigned columns;                /* COLUMN_ bits */
	int shift;                       /* columns that texts of the timeline are scrolled to the left */

	enum asked asked;
	struct prompt prompt;
	struct line_history history[ASK_COUNT];
	struct finding_place find;
	struct menu *menu;               /* that is open, or NULL */
	struct save *save;               /* that waits for a file name or is being written, or NULL */
	struct slice look_up;            /* what the reference is to show next, or empty */

	struct tui_status status;
	uint64_t generation;             /* of the store when it was drawn last */
	enum look message_look;
	char message[TUI_MESSAGE_MAX];   /* in the last line until the next key, escaped; empty: none */
	bool redraw;                     /* the terminal is to be drawn anew */
	bool suspend;
	bool mouse, mouse_changed;       /* clicks and the wheel are wanted */
	uint32_t key;                    /* the latest */
	int64_t asked_ns;                /* when the reader was asked last for its status */
	bool interrupted;                /* reading was ended by the user */
	bool done;
};

/* options outlives it.  The size of the canvas is set by app_resize.  Ends with app_free. */
struct app *app_new(const struct tui_options *options);
void app_free(struct app *app);

void app_resize(struct app *app, int rows, int columns);
void app_key(struct app *app, uint32_t key);
void app_act(struct app *app, enum action a);
/* A click into a cell. */
void app_click(struct app *app, int row, int column);

/*
 * Goes on with what takes longer: filtering, searching, saving; for about
 * budget_ns.  Returns whether there is more to be done.
 */
bool app_step(struct app *app, int64_t budget_ns);

/* Has anything changed that is to be seen? */
bool app_changed(struct app *app);

/* Draws everything into app->canvas.  Locks the store. */
void app_draw(struct app *app);

/* --- for panels; with the store locked --- */

/* The event under the cursor, or NULL when there is none or it cannot be read back. */
const struct event *app_current(struct app *app);

/* Puts the cursor on a row, and shows it: when the filter hides it, says so and returns false. */
bool app_go_to_row(struct app *app, uint32_t row);

/* Shows another screen; back returns. */
void app_show(struct app *app, enum screen_id screen);

/* Only this session, or this connection, or all (STORE_NONE). */
void app_only(struct app *app, uint32_t session, uint32_t connection);

/* Takes a filter; false when it is wrong, with *error filled in.  Empty: none. */
bool app_filter(struct app *app, struct slice expression, struct filter_error *error);

/* Says something in the last line. */
void app_say(struct app *app, enum look look, const char *format, ...) __attribute__((format(printf, 3, 4)));

bool app_is_marked(const struct app *app, uint32_t row);

#endif
