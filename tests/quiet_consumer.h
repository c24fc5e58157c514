/* SPDX-License-Identifier: BSD-2-Clause */
/* A consumer of the transport stage that takes everything and does nothing. */
#ifndef MSNSCOPE_TESTS_QUIET_CONSUMER_H
#define MSNSCOPE_TESTS_QUIET_CONSUMER_H

#include "transport/transport.h"

/* Its tls is empty, and no exchange is wanted. */
struct transport_consumer quiet_consumer(void);

#endif
