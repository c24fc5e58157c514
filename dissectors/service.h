/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Web services beside the MSNP stream: names the service and operation of an
 * HTTP message and dissects its head and body.
 */
#ifndef MSNSCOPE_DISSECTORS_SERVICE_H
#define MSNSCOPE_DISSECTORS_SERVICE_H

#include "dissectors/dissection.h"
#include "util/header.h"

/* One HTTP message as dissectors see it.  SOURCE_LINE of the dissection is the head, SOURCE_PAYLOAD the body. */
struct service_message {
	bool is_request;
	struct slice method, target, host, path, query; /* of the request, for responses too; empty when not seen */
	int status;                                     /* responses */
	struct slice reason;
	const struct header *headers;
	size_t header_count;
	const struct header *request_headers;           /* responses: of the request */
	size_t request_header_count;
	struct slice request_body;                      /* responses */
	struct slice body;
	bool body_cut;                                  /* over the limit, or incomplete */
	struct slice lock_challenge;                    /* Store: latest lock key challenge the client got, empty when none was seen */
};

/* Rows of service_table: how an exchange is told, and what it is. */
struct service {
	const char *name;       /* "abservice", "rst2", "oim-store", ... */
	const char *protocol;   /* "soap" or "http" */
	const char *meaning;
	const char *reference;  /* section of the specification */
};

struct service_result {
	const struct service *service; /* NULL: not MSN-related */
	struct slice operation;        /* "FindMembership"; for HTTP without SOAP a name of ours */
	bool fault;
	struct slice fault_code;
};

/*
 * Is the exchange MSN-related?  Told by host, path, SOAPAction, content type
 * and, when the body is given, by its beginning.  Cheap; for dropping the rest
 * of the web.
 */
bool service_wanted(const struct service_message *request);

/*
 * Dissects into d (dissection_init was called with head and body): fields
 * http.*, soap.* and those of the service, findings, summary.
 */
struct service_result service_dissect(struct dissection *d, const struct service_message *m);

#endif
