/* SPDX-License-Identifier: BSD-2-Clause */
/* The hosts of the service by name. */
#ifndef MSNSCOPE_DISSECTORS_MSN_HOSTS_H
#define MSNSCOPE_DISSECTORS_MSN_HOSTS_H

#include "util/slice.h"

/* What the host is for, or NULL when it is not known; "*.x", as in certificates, counts as x. */
const char *msn_host_purpose(struct slice host);

#endif
