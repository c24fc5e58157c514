/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/live.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command/message.h"
#include "command/privileges.h"
#include "output/escape.h"
#include "util/memory.h"

/* --- options --- */

static bool is_stdio(const char *name)
{
	return name && strcmp(name, "-") == 0;
}

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

bool live_check(const struct options *o)
{
	if (!o->interface && (o->capture_filter || o->write_msn || o->write_all || o->user)) {
		message("-f, -w, -W and --user want an interface: -i IFACE%s",
			o->capture_filter ? " (-Y chooses among what files hold)" : "");
		return false;
	}
	if (o->interface && o->operand_count) {
		message("-i %s and the file %s: either an interface or files", o->interface, o->operands[0]);
		return false;
	}
	if (is_stdio(o->write_msn) || is_stdio(o->write_all)) {
		message("-w and -W want a file; packets are not written to standard output");
		return false;
	}
	if (same(o->write_msn, o->write_all) || same(o->write_msn, o->output) || same(o->write_all, o->output)) {
		message("-o, -w and -W want a file each");
		return false;
	}
	return true;
}

/* --- signals --- */

static volatile sig_atomic_t stopping;

static void on_signal(int number)
{
	(void)number;
	stopping = 1;
}

void live_end_by_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static bool go_on(void *ctx)
{
	(void)ctx;
	return !stopping;
}

/* --- interfaces --- */

struct listing {
	struct buffer *out; /* or NULL */
	uint64_t count, wanted;
	struct buffer name; /* of the wanted one, with its final 0 */
};

static void list_one(void *ctx, const char *name, const char *description)
{
	struct listing *l = ctx;

	if (++l->count == l->wanted)
		buffer_add_slice(&l->name, slice_of(name, strlen(name) + 1));
	if (!l->out)
		return;
	buffer_printf(l->out, "%llu. ", (unsigned long long)l->count);
	escape_add_str(l->out, name);
	if (description) {
		buffer_add_str(l->out, " (");
		escape_add_str(l->out, description);
		buffer_add_byte(l->out, ')');
	}
	buffer_add_byte(l->out, '\n');
}

bool live_list(struct buffer *out)
{
	char reason[CAPTURE_MESSAGE_MAX];
	struct listing l = {.out = out};

	if (capture_interfaces(list_one, &l, reason))
		return true;
	message("%s", reason);
	return false;
}

/* As tshark takes them: a name, or a number of -D. */
static struct capture *open_interface(const struct options *o, char *reason)
{
	struct listing l = {.wanted = 0};
	const char *name = o->interface;

	if (slice_u64(slice_str(name), &l.wanted) && capture_interfaces(list_one, &l, reason) && l.name.len)
		name = (const char *)l.name.data;
	struct capture *c = capture_open_live(name, o->capture_filter, reason);
	buffer_free(&l.name);
	return c;
}

/* --- beginning and end --- */

static bool make_file(struct pipeline_live *live, const char *path, struct capture_dump **dump)
{
	char reason[CAPTURE_MESSAGE_MAX];

	if (!path)
		return true;
	*dump = capture_dump_open(live->capture, path, reason);
	if (!*dump)
		message("%s", reason);
	return *dump != NULL;
}

struct pipeline_live *live_begin(const struct options *o)
{
	struct pipeline_live *live = memory_zalloc(sizeof(*live));
	char reason[CAPTURE_MESSAGE_MAX];

	live->name = o->interface;
	live->go_on = go_on;
	live->capture = open_interface(o, reason);
	if (!live->capture)
		message("%s: %s", o->interface, reason);
	if (live->capture && privileges_drop(o->user) && make_file(live, o->write_msn, &live->msn) &&
	    make_file(live, o->write_all, &live->all))
		return live;
	live_end(live);
	return NULL;
}

/* Unlinked at once: however the program ends, nothing is left. */
bool live_keep(struct pipeline_live *live, struct live_kept *kept)
{
	const char *folder = getenv("TMPDIR");
	struct buffer name = {NULL, 0, 0};

	buffer_printf(&name, "%s/msnscope-XXXXXX", folder && *folder ? folder : "/tmp");
	buffer_add_byte(&name, 0);
	char *path = (char *)name.data;
	kept->fd = mkstemp(path);
	snprintf(kept->path, sizeof(kept->path), "/dev/fd/%d", kept->fd);
	if (kept->fd < 0)
		message("%s: %s", path, strerror(errno));
	else if (unlink(path) == 0 && make_file(live, kept->path, &live->msn))
		capture_dump_limit(live->msn, LIVE_KEPT_MAX);
	buffer_free(&name);
	return live->msn != NULL;
}

void live_kept_close(struct live_kept *kept)
{
	if (kept->fd >= 0)
		close(kept->fd);
	kept->fd = -1;
}

void live_end(struct pipeline_live *live)
{
	if (!live)
		return;
	capture_dump_close(live->msn);
	capture_dump_close(live->all);
	capture_close(live->capture);
	free(live);
}
