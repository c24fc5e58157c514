/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A folder that files are written to: never outside it, never over a file that
 * is there, under names that no byte from the wire can do harm in.
 */
#ifndef MSNSCOPE_OUTPUT_FOLDER_H
#define MSNSCOPE_OUTPUT_FOLDER_H

#include "util/buffer.h"

/* Bytes of a wire name that go into a file name. */
#define FOLDER_NAME_MAX 80u
/* Files "name-2", "name-3", ... that are tried when "name" is there. */
#define FOLDER_TRIES_MAX 9999u

struct folder {
	int fd;
};

/* Opens the folder, which is made when it is not there (its parents are not).  Returns 0 or an errno. */
int folder_open(struct folder *f, const char *path);
void folder_close(struct folder *f);

/*
 * Adds what can be kept of a name: ASCII letters, digits, "." (not first),
 * "-" (not first), "_", "@", "+"; each run of anything else becomes one "_".
 */
void folder_add_name(struct buffer *out, struct slice name);

/*
 * Makes a new empty file and opens it for writing.  Its name is base and
 * extension (".png", or ""), with "-2", "-3", ... between when there is such a
 * file.  The name, with a NUL behind it that does not count, goes to name.
 * Returns the descriptor, or -1 with errno set.
 */
int folder_create(struct folder *f, struct slice base, const char *extension, struct buffer *name);

/*
 * Gives a file of this folder another name, made as by folder_create.  Returns
 * 0 or an errno; then the file keeps its old name.
 */
int folder_rename(struct folder *f, const char *from, struct slice base, const char *extension, struct buffer *name);

/* Opens a file that was made here, for appending or for writing at any place; -1 with errno set. */
int folder_reopen(struct folder *f, const char *name);

/* Removes a file that was made here. */
void folder_remove(struct folder *f, const char *name);

/* Writes all bytes at that offset.  Returns 0 or an errno. */
int folder_write_at(int fd, uint64_t offset, struct slice data);

#endif
