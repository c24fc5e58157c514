/* SPDX-License-Identifier: BSD-2-Clause */
#include "secrets/key_log.h"

#include <openssl/crypto.h>

/* Labels whose key is a client random; kind -1: known, but nothing here needs it. */
static const struct {
	const char *name;
	int kind;
	size_t least, most; /* bytes of the secret */
} labels[] = {
	{"CLIENT_RANDOM", KEY_LOG_MASTER, 48, 48},
	{"PMS_CLIENT_RANDOM", KEY_LOG_PRE_MASTER, 1, KEY_LOG_SECRET_MAX},
	{"CLIENT_EARLY_TRAFFIC_SECRET", KEY_LOG_EARLY, 32, 64},
	{"CLIENT_HANDSHAKE_TRAFFIC_SECRET", KEY_LOG_CLIENT_HANDSHAKE, 32, 64},
	{"SERVER_HANDSHAKE_TRAFFIC_SECRET", KEY_LOG_SERVER_HANDSHAKE, 32, 64},
	{"CLIENT_TRAFFIC_SECRET_0", KEY_LOG_CLIENT_TRAFFIC, 32, 64},
	{"SERVER_TRAFFIC_SECRET_0", KEY_LOG_SERVER_TRAFFIC, 32, 64},
	{"CLIENT_TRAFFIC_SECRET_N", -1, 32, 64}, /* OpenSSL's, behind a key update */
	{"SERVER_TRAFFIC_SECRET_N", -1, 32, 64},
	{"EARLY_EXPORTER_SECRET", -1, 32, 64},
	{"EARLY_EXPORTER_MASTER_SECRET", -1, 32, 64},
	{"EXPORTER_SECRET", -1, 32, 64},
	{"ECH_SECRET", -1, 1, KEY_LOG_SECRET_MAX},
	{"ECH_CONFIG", -1, 1, KEY_LOG_SECRET_MAX},
};

/* Decodes hexadecimal digits of either case; returns the number of bytes, 0 when it is none or more than max. */
static size_t unhex(struct slice text, uint8_t *out, size_t max)
{
	uint64_t byte;

	if (text.len % 2 || text.len / 2 > max)
		return 0;
	for (size_t i = 0; i < text.len / 2; i++) {
		if (!slice_hex_u64(slice_sub(text, 2 * i, 2), &byte))
			return 0;
		out[i] = (uint8_t)byte;
	}
	return text.len / 2;
}

static struct slice next_word(struct slice *line)
{
	*line = slice_trim(*line);
	size_t blank = slice_find_byte(*line, ' '), tab = slice_find_byte(*line, '\t');
	size_t end = blank < tab ? blank : tab;
	struct slice word = slice_sub(*line, 0, end);

	*line = slice_sub(*line, end, line->len);
	return word;
}

/* Takes a prefix off. */
static bool named(struct slice *word, const char *prefix)
{
	struct slice p = slice_str(prefix);

	if (!slice_has_prefix(*word, p))
		return false;
	*word = slice_sub(*word, p.len, word->len);
	return true;
}

static bool hand_over(const struct key_log *k, int kind, const uint8_t *key, size_t key_len, const uint8_t *secret,
		      size_t secret_len)
{
	struct key_log_entry e = {(enum key_log_kind)kind, slice_of(key, key_len), slice_of(secret, secret_len)};

	if (kind >= 0)
		k->entry(k->ctx, &e);
	return true;
}

/* Returns false when the line is malformed. */
static bool entry(const struct key_log *k, struct slice line)
{
	struct slice label = next_word(&line), key_text = next_word(&line), secret_text = next_word(&line);
	uint8_t key[KEY_LOG_KEY_MAX], secret[KEY_LOG_SECRET_MAX];

	if (slice_trim(line).len)
		return false;
	if (slice_eq_str(label, "RSA")) {
		bool session = named(&key_text, "Session-ID:") && named(&secret_text, "Master-Key:");
		size_t key_len = unhex(key_text, key, sizeof(key)), secret_len = unhex(secret_text, secret, 48);

		return secret_len == 48 && (session ? key_len > 0 : key_len == 8) &&
		       hand_over(k, session ? KEY_LOG_MASTER_BY_SESSION : KEY_LOG_PRE_MASTER_BY_RSA, key, key_len, secret,
				 secret_len);
	}
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		if (!slice_eq_str(label, labels[i].name))
			continue;
		size_t key_len = unhex(key_text, key, sizeof(key)), secret_len = unhex(secret_text, secret, labels[i].most);

		return key_len == 32 && secret_len >= labels[i].least &&
		       hand_over(k, labels[i].kind, key, key_len, secret, secret_len);
	}
	return false;
}

static bool is_comment(struct slice line)
{
	return line.len == 0 || line.ptr[0] == '#';
}

static struct slice without_end(struct slice line)
{
	if (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	return slice_trim(line);
}

/* Some editors put a mark of the byte order in front of a text. */
static struct slice without_mark(const struct key_log *k, struct slice line)
{
	struct slice mark = SLICE_LIT("\xef\xbb\xbf");

	return k->lines == 0 && slice_has_prefix(line, mark) ? slice_trim(slice_sub(line, mark.len, line.len)) : line;
}

static void end_line(struct key_log *k)
{
	struct slice line = without_mark(k, without_end(buffer_slice(&k->line)));

	k->lines++;
	if (k->overlong || (!is_comment(line) && !entry(k, line))) {
		k->malformed++;
		if (!k->first_malformed)
			k->first_malformed = k->lines;
	}
	k->line.len = 0;
	k->overlong = false;
}

static void add(struct key_log *k, struct slice part)
{
	if (part.len > KEY_LOG_LINE_MAX - k->line.len) {
		k->overlong = true;
		k->line.len = 0;
	}
	if (!k->overlong)
		buffer_add_slice(&k->line, part);
}

void key_log_data(struct key_log *k, struct slice data)
{
	while (data.len) {
		size_t end = slice_find_byte(data, '\n');

		add(k, slice_sub(data, 0, end));
		if (end == data.len)
			return;
		end_line(k);
		data = slice_sub(data, end + 1, data.len);
	}
}

void key_log_pause(struct key_log *k)
{
	struct slice line = without_mark(k, without_end(buffer_slice(&k->line)));

	/* The line stays: its end may still come, and to hear of an entry twice does no harm. */
	if (!k->overlong && !is_comment(line))
		entry(k, line);
}

void key_log_free(struct key_log *k)
{
	if (k->line.data)
		OPENSSL_cleanse(k->line.data, k->line.capacity);
	buffer_free(&k->line);
}
