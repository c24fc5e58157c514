/* SPDX-License-Identifier: BSD-2-Clause */
#include "secrets/tls_secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "secrets/secret_table.h"
#include "util/memory.h"

#define READ_BYTES 65536u

struct key_log_file {
	char *path;
	int fd;       /* -1: read to its end, which stays */
	off_t offset; /* of what was read */
	struct key_log parser;
};

struct private_key {
	EVP_PKEY *key;
	char host[TLS_HOST_MAX]; /* "": any */
	uint16_t port;           /* 0: any */
};

struct tls_secrets {
	pthread_mutex_t lock;    /* of the key logs */
	struct key_log_file logs[TLS_KEY_LOGS_MAX];
	size_t log_count;
	struct secret_table table;
	struct crypto *crypto;   /* NULL before the first private key */
	struct private_key keys[TLS_PRIVATE_KEYS_MAX];
	size_t key_count;
};

struct tls_secrets *tls_secrets_new(void)
{
	struct tls_secrets *s = memory_zalloc(sizeof(*s));

	pthread_mutex_init(&s->lock, NULL);
	s->table.max = TLS_SECRETS_MAX;
	return s;
}

void tls_secrets_free(struct tls_secrets *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->log_count; i++) {
		if (s->logs[i].fd >= 0)
			close(s->logs[i].fd);
		key_log_free(&s->logs[i].parser);
		free(s->logs[i].path);
	}
	for (size_t i = 0; i < s->key_count; i++)
		EVP_PKEY_free(s->keys[i].key);
	crypto_free(s->crypto);
	secret_table_free(&s->table);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static void on_entry(void *ctx, const struct key_log_entry *e)
{
	struct tls_secrets *s = ctx;

	secret_table_add(&s->table, e->kind, e->key, e->secret, false);
}

/* What the file has beyond what was read.  False with errno set when it cannot be read. */
static bool read_on(struct key_log_file *f)
{
	uint8_t *data = memory_alloc(READ_BYTES);
	ssize_t n;

	while ((n = read(f->fd, data, READ_BYTES)) > 0 || (n < 0 && errno == EINTR)) {
		if (n < 0)
			continue;
		key_log_data(&f->parser, slice_of(data, (size_t)n));
		f->offset += n;
	}
	int error = errno;
	memset(data, 0, READ_BYTES);
	free(data);
	errno = error;
	key_log_pause(&f->parser);
	return n == 0;
}

bool tls_secrets_add_key_log(struct tls_secrets *s, const char *path, char *message)
{
	struct key_log_file *f = &s->logs[s->log_count];
	struct stat st;

	if (s->log_count == TLS_KEY_LOGS_MAX) {
		snprintf(message, TLS_SECRETS_MESSAGE_MAX, "is one key log more than the %u that can be read", TLS_KEY_LOGS_MAX);
		return false;
	}
	*f = (struct key_log_file){.parser = {.entry = on_entry, .ctx = s}};
	f->fd = open(path, O_RDONLY | O_CLOEXEC);
	bool good = f->fd >= 0 && fstat(f->fd, &st) == 0 && read_on(f);
	if (!good)
		snprintf(message, TLS_SECRETS_MESSAGE_MAX, "%s", strerror(errno));
	if (f->fd >= 0 && (!good || !S_ISREG(st.st_mode))) {
		close(f->fd);
		f->fd = -1;
	}
	if (!good) {
		key_log_free(&f->parser);
		return false;
	}
	f->path = memory_alloc(strlen(path) + 1);
	strcpy(f->path, path);
	s->log_count++;
	return true;
}

/* "HOST:PORT" into its parts; false when it is none. */
static bool host_and_port(struct slice text, struct private_key *k)
{
	size_t colon = text.len;
	uint64_t port;

	while (colon > 0 && text.ptr[colon - 1] != ':')
		colon--;
	if (colon < 2 || !slice_u64(slice_sub(text, colon, text.len), &port) || port == 0 || port > UINT16_MAX)
		return false;
	struct slice host = slice_sub(text, 0, colon - 1);
	if (host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
		host = slice_sub(host, 1, host.len - 2);
	if (host.len == 0 || host.len >= TLS_HOST_MAX)
		return false;
	memcpy(k->host, host.ptr, host.len);
	k->host[host.len] = '\0';
	k->port = (uint16_t)port;
	return true;
}

bool tls_secrets_add_private_key(struct tls_secrets *s, const char *text, const char *passphrase, const char **path,
				 char *message)
{
	struct private_key *k = &s->keys[s->key_count];
	const char *equals = strchr(text, '=');

	*path = text;
	if (s->key_count == TLS_PRIVATE_KEYS_MAX) {
		snprintf(message, TLS_SECRETS_MESSAGE_MAX, "is one key more than the %u that can be used", TLS_PRIVATE_KEYS_MAX);
		return false;
	}
	*k = (struct private_key){.port = 0};
	if (equals && host_and_port(slice_of(text, (size_t)(equals - text)), k))
		*path = equals + 1;
	if (!s->crypto)
		s->crypto = crypto_new();
	k->key = private_key_read(s->crypto, *path, passphrase, message);
	if (!k->key)
		return false;
	s->key_count++;
	return true;
}

struct tls_secrets_counters tls_secrets_counters(struct tls_secrets *s)
{
	struct tls_secrets_counters c = {0, 0, 0, NULL, 0};

	pthread_mutex_lock(&s->lock);
	c.entries = s->table.count;
	c.refused = s->table.refused;
	for (size_t i = 0; i < s->log_count; i++) {
		const struct key_log *k = &s->logs[i].parser;

		c.malformed += k->malformed;
		if (k->malformed && !c.malformed_in) {
			c.malformed_in = s->logs[i].path;
			c.malformed_line = k->first_malformed;
		}
	}
	pthread_mutex_unlock(&s->lock);
	return c;
}

bool tls_secrets_has_logs(const struct tls_secrets *s)
{
	return s && s->log_count;
}

bool tls_secrets_has_keys(const struct tls_secrets *s)
{
	return s && s->key_count;
}

/* Reads on what has grown; returns whether there is more now. */
static bool read_news(struct tls_secrets *s)
{
	bool news = false;

	for (size_t i = 0; i < s->log_count; i++) {
		struct key_log_file *f = &s->logs[i];
		struct stat st;

		if (f->fd < 0 || fstat(f->fd, &st) != 0 || st.st_size <= f->offset)
			continue;
		news = true;
		if (!read_on(f)) {
			close(f->fd);
			f->fd = -1;
		}
	}
	return news;
}

size_t tls_secrets_find(struct tls_secrets *s, enum key_log_kind kind, struct slice key, uint8_t *out)
{
	if (!s || !s->log_count)
		return 0;
	pthread_mutex_lock(&s->lock);
	struct slice found = secret_table_find(&s->table, kind, key);
	if (!found.len && read_news(s))
		found = secret_table_find(&s->table, kind, key);
	if (found.len)
		memcpy(out, found.ptr, found.len);
	pthread_mutex_unlock(&s->lock);
	return found.len;
}

/* Does the host in front of the key name this server, by name or by number? */
static bool is_for(const struct private_key *k, const struct tls_server *server)
{
	char text[TLS_HOST_MAX + 10];
	struct private_key other = {.port = 0};

	if (!k->host[0])
		return true;
	if (server->target && host_and_port(slice_str(server->target), &other) && other.port == k->port &&
	    slice_case_eq(slice_str(other.host), slice_str(k->host)))
		return true;
	if (server->address.port != k->port)
		return false;
	if (slice_case_eq(server->name, slice_str(k->host)))
		return true;
	address_text(&server->address, text);
	return host_and_port(slice_str(text), &other) && slice_case_eq(slice_str(other.host), slice_str(k->host));
}

enum private_key_result tls_secrets_decrypt(struct tls_secrets *s, const struct tls_server *server, struct slice encrypted,
					    uint8_t out[48])
{
	enum private_key_result result = PRIVATE_KEY_NONE;

	for (size_t i = 0; s && i < s->key_count && result != PRIVATE_KEY_FOUND; i++) {
		EVP_PKEY *key = s->keys[i].key;

		if (!is_for(&s->keys[i], server))
			continue;
		/* Without a certificate, as it was lost, each key is tried. */
		if (server->certificate.len && !private_key_fits(key, crypto_library(s->crypto), server->certificate)) {
			if (result == PRIVATE_KEY_NONE)
				result = PRIVATE_KEY_OTHER;
			continue;
		}
		result = private_key_decrypt(key, crypto_library(s->crypto), encrypted, out) ? PRIVATE_KEY_FOUND :
										       PRIVATE_KEY_REFUSED;
	}
	return result;
}
