/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int folder_open(struct folder *f, const char *path)
{
	f->fd = -1;
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		return errno;
	f->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return f->fd < 0 ? errno : 0;
}

void folder_close(struct folder *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

static bool may_stay(uint8_t c, bool first)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '@' || c == '+')
		return true;
	return !first && (c == '.' || c == '-');
}

void folder_add_name(struct buffer *out, struct slice name)
{
	size_t begin = out->len;
	bool replaced = false;

	for (size_t i = 0; i < name.len && out->len - begin < FOLDER_NAME_MAX; i++) {
		bool stays = may_stay(name.ptr[i], out->len == begin);

		if (stays)
			buffer_add_byte(out, name.ptr[i]);
		else if (!replaced)
			buffer_add_byte(out, '_');
		replaced = !stays;
	}
}

static void make_name(struct buffer *name, struct slice base, unsigned try, const char *extension)
{
	name->len = 0;
	buffer_add_slice(name, base);
	if (try > 1)
		buffer_printf(name, "-%u", try);
	buffer_add_str(name, extension);
	buffer_add_byte(name, 0);
	name->len--;
}

int folder_create(struct folder *f, struct slice base, const char *extension, struct buffer *name)
{
	for (unsigned try = 1; try <= FOLDER_TRIES_MAX; try++) {
		make_name(name, base, try, extension);
		int fd = openat(f->fd, (const char *)name->data, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);

		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

int folder_rename(struct folder *f, const char *from, struct slice base, const char *extension, struct buffer *name)
{
	/* The name is taken by an empty file of our own first: rename would go over one of somebody else's. */
	int fd = folder_create(f, base, extension, name);

	if (fd < 0)
		return errno;
	close(fd);
	if (renameat(f->fd, from, f->fd, (const char *)name->data) == 0)
		return 0;
	int error = errno;
	unlinkat(f->fd, (const char *)name->data, 0);
	return error;
}

int folder_reopen(struct folder *f, const char *name)
{
	return openat(f->fd, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
}

void folder_remove(struct folder *f, const char *name)
{
	unlinkat(f->fd, name, 0);
}

int folder_write_at(int fd, uint64_t offset, struct slice data)
{
	while (data.len) {
		ssize_t n = pwrite(fd, data.ptr, data.len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : EIO;
		data = slice_sub(data, (size_t)n, data.len);
		offset += (size_t)n;
	}
	return 0;
}
