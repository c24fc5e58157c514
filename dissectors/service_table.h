/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of web services, for service.c and the file of each family of
 * services.  A service is one row: how to know it, and its operations with
 * what dissects them.
 */
#ifndef MSNSCOPE_DISSECTORS_SERVICE_TABLE_H
#define MSNSCOPE_DISSECTORS_SERVICE_TABLE_H

#include "dissectors/msnp_value.h"
#include "dissectors/service.h"
#include "dissectors/xml.h"

/* Bytes at the beginning of a body in which namespaces are looked for. */
#define SERVICE_SNIFFED_MAX 4096u

struct service_entry;

/* What the dissector of an operation gets. */
struct service_call {
	struct dissection *d;
	const struct service_message *m;
	const struct service_entry *entry;
	unsigned source;                    /* what document was parsed from */
	const struct xml_element *document; /* root of the XML in the body; NULL when that is no XML */
	const struct xml_element *header;   /* of a SOAP envelope, or NULL */
	const struct xml_element *body;     /* of a SOAP envelope, or NULL */
	const struct xml_element *content;  /* first element of the SOAP body, or the document when it is not SOAP; NULL for a fault */
	const struct xml_element *fault;    /* or NULL */
	struct slice operation;
};

/*
 * Adds the fields that matter below d->root, and what is to be said behind
 * "Operation: " to the summary (dissection_summary_add); nothing when there is
 * nothing to say.  http.*, soap.* and xml.document are already there.
 */
typedef void service_dissector(const struct service_call *c);

struct service_operation {
	const char *name;             /* NULL closes the list */
	service_dissector *request, *response; /* or NULL */
};

/* Each list is closed by NULL and may itself be NULL; one match is enough. */
struct service_entry {
	struct service service;
	const char *const *paths;      /* the path ends so; with "*" at the end: it holds the part before; case is ignored */
	const char *const *hosts;      /* "config.messenger.msn.com"; "*.x": any host below x */
	const char *const *namespaces; /* of SOAPAction, or of an element in the SOAP body or header: it begins so */
	const char *envelope;          /* namespace that the SOAP envelope must have when only namespaces tell, or NULL */
	bool (*is)(const struct service_message *m); /* looks at the head further, or NULL */
	const char *operation;         /* name of the only operation; NULL: the message names it */
	const struct service_operation *operations;  /* that have dissectors; others are shown generically */
	service_dissector *request, *response; /* for operations that are not in the list, and before those that are */
	service_dissector *fault;      /* detail of a fault, or NULL */
};

extern const struct service_entry service_entries[];
extern const size_t service_entries_count;

/* The row for a message going by its head, and for a response by that of its request; NULL when there is none. */
const struct service_entry *service_by_head(const struct service_message *m);
/* The row going by what the parsed body holds, or NULL. */
const struct service_entry *service_by_content(const struct service_call *c);
/* Is one of the namespaces of the table named at the beginning of a body? */
bool service_namespace_in(struct slice body);

/* "namespace/Operation" of the request's SOAPAction, in two parts; both empty when there is none. */
void service_soap_action(const struct service_message *m, struct slice *namespace, struct slice *operation);

/* http.* of a message, and its body where that is no XML (service_http.c). */
void service_http_head(struct dissection *d, const struct service_message *m);
void service_http_body(struct dissection *d, const struct service_message *m, bool secret);

/* Operations and dissectors of the families; see the files named after them. */
extern const struct service_operation service_ab_operations[];
service_dissector service_ab_request, service_ab_response, service_ab_fault;
extern const struct service_operation service_sharing_operations[];
extern const struct service_operation service_storage_operations[];
service_dissector service_storage_request;
extern const struct service_operation service_directory_operations[];
extern const struct service_operation service_feed_operations[];
extern const struct service_operation service_spaces_operations[];
service_dissector service_config_request, service_config_response, service_tabs_response, service_textad_response;
service_dissector service_nexus_response, service_login_request, service_login_response;
service_dissector service_web_login_request;
service_dissector service_rst_request, service_rst_response, service_rst_fault;
bool service_is_nexus(const struct service_message *m);
bool service_is_login(const struct service_message *m);
bool service_is_probe(const struct service_message *m);
bool service_is_link(const struct service_message *m);

/* --- for the dissectors --- */

/* One field lifted out of XML: element at a path below the one given, or "path@attribute". */
struct service_lift {
	const char *path;
	enum field_id field; /* FIELD_TEXT, FIELD_UINT or FIELD_BOOL; left out when the text is not such */
};

/*
 * Adds a field below parent for each row whose element is there and not empty:
 * for each of the name when the field may repeat.  A row ends the list with a
 * NULL path.
 */
void service_lift(const struct service_call *c, struct field *parent, const struct xml_element *e,
		  const struct service_lift *rows);

/* A branch over the element, below parent. */
struct field *service_branch(const struct service_call *c, struct field *parent, enum field_id id,
			     const struct xml_element *e);

/* Text of a header of the message, empty when there is none; and its range in the head, for ranges of its parts. */
struct slice service_header(const struct service_message *m, const char *name);
struct range service_header_range(struct slice head, const char *name);

/* A text from the wire for the summary: cut to a length that fits there. */
struct slice service_shown(struct slice text);

#endif
