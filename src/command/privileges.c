/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "command/privileges.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/capability.h>
#include <sys/syscall.h>
#endif

#include "command/message.h"
#include "util/slice.h"

struct identity {
	uid_t uid;
	gid_t gid;
	const char *name; /* NULL: the user has none */
};

static bool failed(const char *what)
{
	message("%s: %s", what, strerror(errno));
	return false;
}

/* Numbers that sudo leaves in the environment. */
static bool environment_number(const char *name, unsigned *number)
{
	const char *value = getenv(name);
	uint64_t n;

	if (!value || !slice_u64(slice_str(value), &n) || n >= UINT32_MAX)
		return false;
	*number = (unsigned)n;
	return true;
}

/* The environment counts only where root set it: not in a setuid program that somebody else started. */
static void find_invoker(struct identity *who)
{
	unsigned uid, gid;

	*who = (struct identity){getuid(), getgid(), NULL};
	if (who->uid == 0 && environment_number("SUDO_UID", &uid) && environment_number("SUDO_GID", &gid)) {
		who->uid = uid;
		who->gid = gid;
	}
	const struct passwd *entry = getpwuid(who->uid);
	if (entry)
		who->name = entry->pw_name;
}

static bool find_user(const char *user, struct identity *who)
{
	const struct passwd *entry = getpwnam(user);

	if (!entry) {
		message("--user: there is no user '%s'", user);
		return false;
	}
	*who = (struct identity){entry->pw_uid, entry->pw_gid, entry->pw_name};
	if (geteuid() != 0 && who->uid != getuid()) {
		message("--user: only root can become another user");
		return false;
	}
	return true;
}

/* Groups first: a user who is no longer root cannot change them. */
static bool become(const struct identity *who)
{
	if (geteuid() == 0 && (who->name ? initgroups(who->name, who->gid) : setgroups(1, &who->gid)) != 0)
		return failed("privileges: groups");
	if (setregid(who->gid, who->gid) != 0)
		return failed("privileges: group");
	if (setreuid(who->uid, who->uid) != 0)
		return failed("privileges: user");
	if (setuid(0) == 0 || geteuid() != who->uid || getuid() != who->uid || getegid() != who->gid) {
		message("privileges could not be given up");
		return false;
	}
	return true;
}

static bool drop_capabilities(void)
{
#ifdef __linux__
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0, 0, 0}};

	if (syscall(SYS_capset, &header, none) != 0)
		return failed("privileges: capabilities");
#endif
	return true;
}

bool privileges_drop(const char *user)
{
	struct identity who;

	if (!user)
		find_invoker(&who);
	else if (!find_user(user, &who))
		return false;
	return who.uid == 0 || (become(&who) && drop_capabilities());
}
