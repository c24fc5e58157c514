/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The services of offline messages: RSI lists, fetches and deletes them, OWS
 * stores them.  Their rows of service_entries use these.
 */
#ifndef MSNSCOPE_DISSECTORS_SERVICE_OIM_H
#define MSNSCOPE_DISSECTORS_SERVICE_OIM_H

#include "dissectors/service_table.h"

/* GetMetadata, GetMessage, DeleteMessages. */
extern const struct service_operation oim_rsi_operations[];
/* Store, Store2. */
extern const struct service_operation oim_ows_operations[];

/* Before the operations of RSI: the ticket of the reader. */
service_dissector oim_rsi_request;

/* Faults of both. */
service_dissector oim_fault;

#endif
