/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/unlock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "command/message.h"
#include "secrets/tls_secrets.h"

static bool load_key_log(struct tls_secrets *s, const char *name)
{
	char why[TLS_SECRETS_MESSAGE_MAX];
	const char *path = name;

	if (strcmp(name, "env") == 0) {
		path = getenv("SSLKEYLOGFILE");
		if (!path || !*path) {
			message("--keylog=env: SSLKEYLOGFILE is not set");
			return false;
		}
	}
	if (tls_secrets_add_key_log(s, path, why))
		return true;
	message("%s: %s", path, why);
	return false;
}

static void tell_malformed(struct tls_secrets *s)
{
	struct tls_secrets_counters c = tls_secrets_counters(s);

	if (c.malformed == 1)
		message("%s: line %" PRIu64 " is no secret of a key log; passed over", c.malformed_in, c.malformed_line);
	else if (c.malformed)
		message("%s: line %" PRIu64 " and %" PRIu64 " more are no secrets of a key log; passed over", c.malformed_in,
			c.malformed_line, c.malformed - 1);
	if (c.refused)
		message("%" PRIu64 " secrets of the key logs are more than the %u that are kept; passed over", c.refused,
			TLS_SECRETS_MAX);
}

/* The first line of the file; false after a message. */
static bool read_passphrase(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "r");
	bool good = f && fgets(out, (int)size, f);

	if (good)
		out[strcspn(out, "\r\n")] = '\0';
	else
		message("%s: no passphrase can be read", path);
	if (f)
		fclose(f);
	return good;
}

static bool load_keys(struct options *o)
{
	char passphrase[PRIVATE_KEY_PASSPHRASE_MAX], why[TLS_SECRETS_MESSAGE_MAX];
	bool good = !o->rsa_passphrase || read_passphrase(o->rsa_passphrase, passphrase, sizeof(passphrase));

	for (size_t i = 0; i < o->rsa_key_count && good; i++) {
		const char *path;

		good = tls_secrets_add_private_key(o->pipeline.secrets, o->rsa_keys[i], o->rsa_passphrase ? passphrase : NULL, &path,
						   why);
		if (!good)
			message("%s: %s", path, why);
	}
	OPENSSL_cleanse(passphrase, sizeof(passphrase));
	return good;
}

bool unlock_load(struct options *o)
{
	if (!o->key_log_count && !o->rsa_key_count)
		return true;
	o->pipeline.secrets = tls_secrets_new();
	for (size_t i = 0; i < o->key_log_count; i++)
		if (!load_key_log(o->pipeline.secrets, o->key_logs[i]))
			return false;
	tell_malformed(o->pipeline.secrets);
	return load_keys(o);
}
