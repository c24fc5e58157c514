/* SPDX-License-Identifier: BSD-2-Clause */
/* Before anything else: ncurses with wide characters wants to know the standard. */
#include "config.h"

#include "tui/terminal.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "tui/keys.h"
#include "util/memory.h"
#include "util/utf8.h"

/* How long the bytes of one key may come apart. */
#define ESCAPE_MS 50
/* Times that the terminal may say there is a key and have none. */
#define EMPTY_READS_MAX 16
/* Lines that one notch of the wheel moves. */
#define WHEEL_LINES 3

struct terminal {
	FILE *keys, *tty;       /* tty: opened here, else NULL */
	SCREEN *screen;
	bool colour, ascii;
	struct theme theme;
	int wake[2];            /* written by signals */
	int rows, columns;
	int pending_wheel;      /* further key presses of the wheel */
	uint32_t wheel_key;
	int empty_reads;
	struct sigaction before_term, before_hup, before_int, before_winch;
};

/* --- signals --- */

static volatile sig_atomic_t wake_fd = -1, ending, resized, output_fd = -1;

static void on_signal(int number)
{
	int error = errno;
	char byte = 0;

	if (number == SIGWINCH)
		resized = 1;
	else
		ending = 1;
	/* A full pipe wakes as well as another byte in it. */
	if (wake_fd >= 0 && write((int)wake_fd, &byte, 1) < 0)
		byte = 1;
	errno = error;
}

/* What a shell wants of a terminal; with calls that a signal handler may make. */
static void rescue_terminal(void)
{
	static const char sequence[] = "\033[?1000l\033[?1002l\033[0m\033[?25h\033[?1049l\r\n";
	struct termios mode;

	if (output_fd < 0)
		return;
	if (write((int)output_fd, sequence, sizeof(sequence) - 1) < 0)
		return;
	if (tcgetattr((int)output_fd, &mode) != 0)
		return;
	mode.c_iflag |= ICRNL | IXON;
	mode.c_oflag |= OPOST | ONLCR;
	mode.c_lflag |= ISIG | ICANON | ECHO | ECHOE | ECHOK | IEXTEN;
	tcsetattr((int)output_fd, TCSANOW, &mode);
}

static void on_crash(int number)
{
	rescue_terminal();
	signal(number, SIG_DFL);
	raise(number);
}

static void catch(int number, struct sigaction *before)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigemptyset(&action.sa_mask);
	sigaction(number, &action, before);
}

/* A handler that is there already (of a sanitizer, say) has more to tell. */
static void catch_crashes(void)
{
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT};
	struct sigaction action = {.sa_handler = on_crash, .sa_flags = (int)SA_RESETHAND}, now;

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		if (sigaction(crashes[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
			sigaction(crashes[i], &action, NULL);
}

static void catch_signals(struct terminal *t)
{
	ending = resized = 0;
	output_fd = STDOUT_FILENO;
	wake_fd = t->wake[1];
	catch(SIGTERM, &t->before_term);
	catch(SIGHUP, &t->before_hup);
	catch(SIGINT, &t->before_int);
	catch(SIGWINCH, &t->before_winch);
	catch_crashes();
}

static void release_signals(struct terminal *t)
{
	sigaction(SIGTERM, &t->before_term, NULL);
	sigaction(SIGHUP, &t->before_hup, NULL);
	sigaction(SIGINT, &t->before_int, NULL);
	sigaction(SIGWINCH, &t->before_winch, NULL);
	wake_fd = output_fd = -1;
}

/* --- beginning and end --- */

static bool open_keys(struct terminal *t, char *message)
{
	if (!isatty(STDOUT_FILENO)) {
		snprintf(message, TERMINAL_MESSAGE_MAX, "standard output is no terminal");
		return false;
	}
	if (isatty(STDIN_FILENO)) {
		t->keys = stdin;
		return true;
	}
	t->keys = t->tty = fopen("/dev/tty", "r");
	if (!t->tty)
		snprintf(message, TERMINAL_MESSAGE_MAX, "/dev/tty: %s", strerror(errno));
	return t->tty != NULL;
}

static bool open_pipe(struct terminal *t, char *message)
{
	if (pipe(t->wake) != 0) {
		snprintf(message, TERMINAL_MESSAGE_MAX, "pipe: %s", strerror(errno));
		t->wake[0] = t->wake[1] = -1;
		return false;
	}
	for (int i = 0; i < 2; i++) {
		fcntl(t->wake[i], F_SETFL, O_NONBLOCK);
		fcntl(t->wake[i], F_SETFD, FD_CLOEXEC);
	}
	return true;
}

/* A look is a pair of colours of the same number, from 1. */
static void set_colours(const struct terminal *t)
{
	start_color();
	use_default_colors();
	for (int i = 0; i < LOOK_COUNT && i + 1 < COLOR_PAIRS; i++) {
		const struct look_style *s = &t->theme.look[i];

		init_pair((short)(i + 1), s->foreground < COLORS ? s->foreground : -1, s->background < COLORS ? s->background : -1);
	}
}

static void set_modes(struct terminal *t)
{
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESCAPE_MS);
	t->colour = t->colour && has_colors();
	if (t->colour)
		set_colours(t);
	getmaxyx(stdscr, t->rows, t->columns);
}

struct terminal *terminal_open(const struct theme *theme, bool colour, char *message)
{
	struct terminal *t = memory_zalloc(sizeof(*t));

	t->theme = *theme;
	t->colour = colour;
	t->wake[0] = t->wake[1] = -1;
	setlocale(LC_CTYPE, "");
	t->ascii = MB_CUR_MAX == 1;
	if (open_keys(t, message) && open_pipe(t, message)) {
		t->screen = newterm(NULL, stdout, t->keys);
		if (!t->screen)
			snprintf(message, TERMINAL_MESSAGE_MAX, "the terminal '%s' cannot be used", getenv("TERM") ? getenv("TERM") : "");
	}
	if (!t->screen) {
		terminal_close(t);
		return NULL;
	}
	set_modes(t);
	catch_signals(t);
	return t;
}

void terminal_close(struct terminal *t)
{
	if (!t)
		return;
	if (t->screen) {
		endwin();
		release_signals(t);
		delscreen(t->screen);
	}
	if (t->tty)
		fclose(t->tty);
	for (int i = 0; i < 2; i++)
		if (t->wake[i] >= 0)
			close(t->wake[i]);
	free(t);
}

void terminal_size(const struct terminal *t, int *rows, int *columns)
{
	*rows = t->rows;
	*columns = t->columns;
}

/* --- showing --- */

/* What stands for a character where the terminal knows only ASCII. */
static wchar_t ascii_of(uint32_t character)
{
	if (character < 0x80)
		return (wchar_t)character;
	if (character == 0x2500 || character == 0x2550 || character == 0x2508 || character == 0x254c)
		return L'-';
	if (character == 0x2502 || character == 0x250a || character == 0x2506)
		return L'|';
	if (character >= 0x2500 && character < 0x2580)
		return L'+';
	if (character == 0x25b6 || character == 0x25ba || character == 0x2192)
		return L'>';
	if (character == 0x25c0 || character == 0x25c4 || character == 0x2190)
		return L'<';
	if (character == 0x25be || character == 0x25bc)
		return L'v';
	return character == 0x2026 ? L'~' : L'?';
}

/* The character of a cell with what joins it, as ncurses wants it. */
static void wide_of(const struct terminal *t, const struct cell *cell, wchar_t wide[CCHARW_MAX + 1])
{
	struct slice text = slice_of(cell->text, cell->len);
	size_t count = 0, n;
	uint32_t character;
	bool valid;

	for (size_t at = 0; (n = utf8_next(text, at, &character, &valid)) != 0 && count < CCHARW_MAX; at += n) {
		if (t->ascii && count)
			break;
		wide[count++] = t->ascii ? ascii_of(character) : (wchar_t)character;
	}
	wide[count] = 0;
}

static attr_t attributes_of(const struct terminal *t, enum look look)
{
	const struct look_style *s = &t->theme.look[look];
	unsigned bits = t->colour ? s->attributes : s->plain;
	attr_t a = A_NORMAL;

	if (bits & PAINT_BOLD)
		a |= A_BOLD;
	if (bits & PAINT_DIM)
		a |= A_DIM;
	if (bits & PAINT_UNDERLINE)
		a |= A_UNDERLINE;
	if (bits & PAINT_REVERSE)
		a |= A_REVERSE;
	return a;
}

static void show_cell(const struct terminal *t, int row, int column, const struct cell *cell)
{
	wchar_t wide[CCHARW_MAX + 1];
	cchar_t c;

	if (cell->len == 0)
		return;
	wide_of(t, cell, wide);
	short pair = t->colour && cell->look + 1 < COLOR_PAIRS ? (short)(cell->look + 1) : 0;
	if (setcchar(&c, wide, attributes_of(t, (enum look)cell->look), pair, NULL) == OK)
		mvadd_wch(row, column, &c);
}

void terminal_show(struct terminal *t, const struct canvas *c, bool anew)
{
	if (anew)
		clearok(stdscr, TRUE);
	for (int row = 0; row < c->rows && row < t->rows; row++)
		for (int column = 0; column < c->columns && column < t->columns; column++)
			show_cell(t, row, column, &c->cells[(size_t)row * (size_t)c->columns + (size_t)column]);
	curs_set(c->cursor_row >= 0 ? 1 : 0);
	if (c->cursor_row >= 0)
		move(c->cursor_row, c->cursor_column);
	refresh();
}

/* --- keys --- */

static uint32_t key_of(wint_t code, bool special)
{
	static const struct {
		wint_t code;
		uint32_t key;
	} keys[] = {
		{KEY_UP, KEYS_UP},         {KEY_DOWN, KEYS_DOWN},   {KEY_LEFT, KEYS_LEFT},  {KEY_RIGHT, KEYS_RIGHT},
		{KEY_PPAGE, KEYS_PAGE_UP}, {KEY_NPAGE, KEYS_PAGE_DOWN}, {KEY_HOME, KEYS_HOME}, {KEY_END, KEYS_END},
		{KEY_BACKSPACE, KEYS_BACKSPACE}, {KEY_DC, KEYS_DELETE}, {KEY_BTAB, KEYS_BACK_TAB}, {KEY_ENTER, KEYS_ENTER},
	};

	if (!special)
		return code == 127 || code == 8 ? KEYS_BACKSPACE : code == '\n' ? KEYS_ENTER : code == 0 ? KEYS_NONE : (uint32_t)code;
	if (code >= KEY_F(1) && code <= KEY_F(12))
		return KEYS_F1 + (code - KEY_F(1));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].code == code)
			return keys[i].key;
	return KEYS_NONE;
}

static struct terminal_event nothing(void)
{
	return (struct terminal_event){TERMINAL_NOTHING, 0, 0, 0};
}

static struct terminal_event key_event(uint32_t key)
{
	return (struct terminal_event){TERMINAL_KEY, key, 0, 0};
}

static struct terminal_event read_mouse(struct terminal *t)
{
	MEVENT m;

	if (getmouse(&m) != OK)
		return nothing();
	if (m.bstate & (BUTTON4_PRESSED | BUTTON5_PRESSED)) {
		t->wheel_key = m.bstate & BUTTON4_PRESSED ? KEYS_UP : KEYS_DOWN;
		t->pending_wheel = WHEEL_LINES - 1;
		return key_event(t->wheel_key);
	}
	if (m.bstate & BUTTON1_PRESSED)
		return (struct terminal_event){TERMINAL_CLICK, 0, m.y, m.x};
	return nothing();
}

static struct terminal_event read_key(struct terminal *t)
{
	wint_t code;
	int result = wget_wch(stdscr, &code);

	if (result == ERR) {
		t->empty_reads++;
		return nothing();
	}
	t->empty_reads = 0;
	if (result == KEY_CODE_YES && code == KEY_MOUSE)
		return read_mouse(t);
	uint32_t key = key_of(code, result == KEY_CODE_YES);
	return key == KEYS_NONE ? nothing() : key_event(key);
}

static struct terminal_event take_size(struct terminal *t)
{
	struct winsize size;

	resized = 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
	getmaxyx(stdscr, t->rows, t->columns);
	return (struct terminal_event){TERMINAL_RESIZE, 0, 0, 0};
}

static void drain(int fd)
{
	char bytes[64];

	while (read(fd, bytes, sizeof(bytes)) > 0)
		continue;
}

struct terminal_event terminal_read(struct terminal *t, int timeout_ms)
{
	struct pollfd fds[2] = {{fileno(t->keys), POLLIN, 0}, {t->wake[0], POLLIN, 0}};
	static const struct terminal_event end = {TERMINAL_END, 0, 0, 0};

	if (t->pending_wheel > 0) {
		t->pending_wheel--;
		return key_event(t->wheel_key);
	}
	/* Bytes that ncurses has read already do not show in poll(). */
	struct terminal_event event = read_key(t);
	if (event.kind != TERMINAL_NOTHING)
		return event;
	t->empty_reads = t->empty_reads > 0 ? t->empty_reads - 1 : 0;
	int ready = ending || resized ? 0 : poll(fds, 2, timeout_ms);
	drain(t->wake[0]);
	if (ending)
		return end;
	if (resized)
		return take_size(t);
	if (ready <= 0)
		return nothing();
	if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		return end;
	/* A terminal that hung up can look as if it had keys for ever. */
	event = fds[0].revents & POLLIN ? read_key(t) : nothing();
	return t->empty_reads > EMPTY_READS_MAX ? end : event;
}

void terminal_mouse(struct terminal *t, bool on)
{
	(void)t;
	mousemask(on ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
	mouseinterval(0);
}

/* ncurses' own handler gives the terminal back, stops, and takes it again. */
void terminal_suspend(struct terminal *t)
{
	raise(SIGTSTP);
	resized = 1;
	(void)t;
}
