/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The main function of a fuzz target that is built without libFuzzer: runs the
 * target once over nothing and once over each file given, or found in a folder
 * given, and prints TAP. Each input ends at an unreadable page, so that a read
 * past its end is a crash, with or without a sanitizer.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv);

struct input {
	uint8_t *map; /* whole pages and one more that cannot be read */
	size_t map_size;
	uint8_t *data;
	size_t size;
};

struct progress {
	unsigned count;
	unsigned failed;
};

static bool input_new(struct input *in, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t body = (size + page - 1) / page * page;

	in->map_size = body + page;
	in->size = size;
	in->map = mmap(NULL, in->map_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (in->map == MAP_FAILED)
		return false;
	if (mprotect(in->map + body, page, PROT_NONE) != 0) {
		munmap(in->map, in->map_size);
		return false;
	}
	in->data = in->map + body - size;
	return true;
}

static bool read_all(int fd, uint8_t *to, size_t size)
{
	while (size > 0) {
		ssize_t n = read(fd, to, size);

		if (n <= 0) {
			errno = n == 0 ? EIO : errno;
			return false;
		}
		to += n;
		size -= (size_t)n;
	}
	return true;
}

static bool input_read(struct input *in, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return false;
	ok = fstat(fd, &st) == 0 && input_new(in, (size_t)st.st_size);
	if (ok && !read_all(fd, in->data, in->size)) {
		munmap(in->map, in->map_size);
		ok = false;
	}
	close(fd);
	return ok;
}

/* The name is printed first: it is the last line when the target crashes. */
static void run(struct input *in, const char *name, struct progress *p)
{
	printf("# %s, %zu bytes\n", name, in->size);
	fflush(stdout);
	LLVMFuzzerTestOneInput(in->data, in->size);
	munmap(in->map, in->map_size);
	printf("ok %u - %s\n", ++p->count, name);
}

static void fail(const char *name, struct progress *p)
{
	printf("not ok %u - %s: %s\n", ++p->count, name, strerror(errno));
	p->failed++;
}

static void run_path(const char *path, struct progress *p);

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void run_folder(const char *path, struct progress *p)
{
	struct dirent **entries;
	int n = scandir(path, &entries, visible, alphasort);

	if (n < 0) {
		fail(path, p);
		return;
	}
	for (int i = 0; i < n; i++) {
		size_t size = strlen(path) + strlen(entries[i]->d_name) + 2;
		char *child = malloc(size);

		if (child == NULL)
			abort();
		snprintf(child, size, "%s/%s", path, entries[i]->d_name);
		run_path(child, p);
		free(child);
		free(entries[i]);
	}
	free(entries);
}

static void run_path(const char *path, struct progress *p)
{
	struct stat st;
	struct input in;

	if (stat(path, &st) != 0)
		fail(path, p);
	else if (S_ISDIR(st.st_mode))
		run_folder(path, p);
	else if (!input_read(&in, path))
		fail(path, p);
	else
		run(&in, path, p);
}

int main(int argc, char **argv)
{
	struct progress p = {0, 0};
	struct input nothing;

	if (LLVMFuzzerInitialize != NULL)
		LLVMFuzzerInitialize(&argc, &argv);
	if (input_new(&nothing, 0))
		run(&nothing, "no bytes", &p);
	else
		fail("no bytes", &p);
	for (int i = 1; i < argc; i++)
		run_path(argv[i], &p);
	printf("1..%u\n", p.count);
	return p.failed > 0;
}
