/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files of transcript/: what the forms make of a line. */
#ifndef MSNSCOPE_TRANSCRIPT_FORMS_H
#define MSNSCOPE_TRANSCRIPT_FORMS_H

#include "transcript/transcript.h"
#include "util/buffer.h"

enum form_id {
	FORM_MSNSCOPE,
	FORM_PIDGIN,
	FORM_AMSN,
	FORM_PAPYON,
	FORM_ESCARGOT,
	FORM_MIRANDA,
	FORM_MSNPSHARP,
	FORM_ARROWS,
	FORM_LETTERS,
	FORM_SINGLE_ARROWS,
	FORM_DOUBLE_ARROWS,
	FORM_PACKET_LIST,
	FORM_LINES,
	FORM_HEX_DUMP,
	FORM_FOLLOW_ASCII,
	FORM_FOLLOW_RAW,
	FORM_FOLLOW_YAML,
	FORM_COUNT
};
extern const struct transcript_form transcript_forms[FORM_COUNT];

/* What a mark at the beginning of a line says. */
enum mark_kind {
	MARK_COMMAND, /* text is a command */
	MARK_NEXT,    /* the command stands on the next line */
	MARK_CHUNK,   /* bytes of that side follow, line by line */
	MARK_CONTINUE, /* text belongs to the line before */
	MARK_OTHER,
	MARK_OPEN,
	MARK_CLOSE,
};

struct mark {
	enum mark_kind kind;
	enum transcript_side side;
	enum transcript_role role;
	int version;
	struct slice key;
	struct address address[2];
	int64_t time_ns;      /* of the day, or TIME_NONE */
	struct slice text;
	bool escaped;         /* HTML: "&gt;" for ">" */
	bool foreign;         /* what follows is of a connection that is none of MSNP */
};

/* Reads the mark of a form; false: the line has none.  Lines come without their ends. */
bool mark_read(enum form_id form, struct slice line, struct mark *m);

/* The first form that finds a mark; FORM_COUNT: none. */
enum form_id mark_find(struct slice line, struct mark *m);

/* Has it the look of a command: three capitals or digits, then a blank or nothing? */
bool looks_like_command(struct slice text);

/* Does the command table know it, from client or server? */
bool is_known_command(struct slice text);

/*
 * Takes mark-up of forums and pages out of a command line: [email], links,
 * colours, and HTML entities.  Returns text itself when there is none.
 */
struct slice strip_markup(struct buffer *scratch, struct slice text, bool escaped);

/* Do these bytes say that something was left out? */
bool has_omission(struct slice text);

/* What stands in front of each line of a text that begins so: blanks, a tab, or nothing. */
const char *find_margin(struct slice beginning);

/* --- dump.c: streams and packets as Wireshark and tshark write them --- */

/* A row of a hex dump: where it begins, its bytes (at most 16), and whether it is indented. */
struct dump_row {
	size_t offset;
	uint8_t bytes[16];
	size_t count;
	bool indented;
	bool masked; /* bytes stand as "**" (0 here) */
};

/* "00000010  56 45 52 ...", as Wireshark writes it. */
bool dump_row_read(struct slice line, struct dump_row *row);

/* "    0010  56 45 52 ... |VER...|", as msnscope writes it. */
bool dump_own_row_read(struct slice line, struct dump_row *row);

/* Only hex digits, an even number of them: appended to out. */
bool dump_hex_read(struct slice line, struct buffer *out);

/* A line of the packet list. */
struct packet_row {
	struct slice source, destination, protocol, info;
	int64_t time_ns;
};
bool packet_row_read(struct slice line, struct packet_row *row);

/* "0.845273": nanoseconds */
bool read_seconds(struct slice word, int64_t *ns);

/* Octal and other escapes of the packet list are made bytes again. */
struct slice packet_info_bytes(struct buffer *scratch, struct slice info);

/* Which form has such a line: "Follow: tcp,hex", "    data: !!binary |"; FORM_COUNT: none. */
enum form_id follow_form(struct slice line);

/* --- scan.c: small pieces of lines --- */

/* Takes a prefix off; false: it is not there. */
bool take(struct slice *rest, const char *prefix);

/* Takes what stands before the byte, and the byte. */
bool take_until(struct slice *rest, uint8_t end, struct slice *part);

/* "12:34:56" or "12:34:56.789": nanoseconds of the day. */
bool take_clock(struct slice *rest, int64_t *ns);

/* Takes blanks off; returns how many. */
size_t take_blanks(struct slice *rest);

/* Bytes of indentation in front: a tab, or four blanks. */
size_t indentation(struct slice line);

/* "192.0.2.1:1863" or "[2001:db8::1]:1863"; without port it is 0.  False: no address. */
bool scan_address(struct slice text, struct address *a);

#endif
