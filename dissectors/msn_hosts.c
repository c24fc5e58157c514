/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/msn_hosts.h"

#define HOST(name, purpose) {name, purpose},
static const struct {
	const char *name, *purpose;
} hosts[] = {
#include "dissectors/msn_hosts.def"
};
#undef HOST

/* Does the host lie below the pattern's, or is it that one? */
static bool fits(struct slice host, struct slice pattern)
{
	if (!slice_has_prefix(pattern, SLICE_LIT("*.")))
		return slice_case_eq(host, pattern);
	struct slice below = slice_sub(pattern, 1, pattern.len);
	return host.len > below.len && slice_case_eq(slice_sub(host, host.len - below.len, below.len), below);
}

const char *msn_host_purpose(struct slice host)
{
	if (slice_has_prefix(host, SLICE_LIT("*.")))
		host = slice_sub(host, 2, host.len);
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		if (fits(host, slice_str(hosts[i].name)))
			return hosts[i].purpose;
	return NULL;
}
