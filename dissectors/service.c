/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all web services have in common: SOAP envelopes, faults, operations,
 * and lifting fields out of XML.
 */
#include "dissectors/service.h"

#include "dissectors/known.h"
#include "dissectors/service_table.h"
#include "util/utf8.h"

/* Bytes of a text that the summary shows. */
#define SHOWN_MAX 80u

#define SOAP11 "http://schemas.xmlsoap.org/soap/envelope/"
#define SOAP12 "http://www.w3.org/2003/05/soap-envelope"

/* --- for the dissectors of services --- */

struct slice service_shown(struct slice text)
{
	return utf8_cut(text, SHOWN_MAX);
}

struct field *service_branch(const struct service_call *c, struct field *parent, enum field_id id,
			     const struct xml_element *e)
{
	return field_add(c->d, parent, id, c->source, e->offset, e->length);
}

/* "true", "false", "1", "0" */
static bool boolean(struct slice text, uint64_t *number)
{
	*number = slice_case_eq(text, SLICE_LIT("true")) || slice_eq_str(text, "1");
	return *number || slice_case_eq(text, SLICE_LIT("false")) || slice_eq_str(text, "0");
}

static void lift_text(const struct service_call *c, struct field *parent, enum field_id id, struct slice text,
		      size_t offset, size_t length)
{
	bool repeats = field_defs[id].flags & FIELD_REPEATS;
	uint64_t number;

	if (text.len == 0 || (!repeats && field_child(parent, &field_defs[id])))
		return;
	switch (field_defs[id].type) {
	case FIELD_UINT:
		if (slice_u64(text, &number))
			field_add_number(c->d, parent, id, number, c->source, offset, length);
		break;
	case FIELD_BOOL:
		if (boolean(text, &number))
			field_add_number(c->d, parent, id, number, c->source, offset, length);
		break;
	default:
		field_add_text(c->d, parent, id, text, c->source, offset, length);
		break;
	}
}

/* Follows the path down from e, into all elements of a name where the field may repeat. */
static bool lift(const struct service_call *c, struct field *parent, const struct xml_element *e, const char *path,
		 enum field_id id)
{
	size_t len = strcspn(path, "/@");
	struct slice name = slice_of(path, len);
	bool found = false;

	if (path[0] == '@') {
		const struct xml_attribute *a = xml_attribute(e, path + 1);

		if (a)
			lift_text(c, parent, id, a->value, a->offset, a->length);
		return a != NULL;
	}
	if (len == 0) {
		lift_text(c, parent, id, xml_text(e, ""), e->inner_offset, e->inner_length);
		return true;
	}
	for (const struct xml_element *child = e->first; child; child = child->next) {
		if (!slice_eq(child->name, name))
			continue;
		found |= lift(c, parent, child, path + len + (path[len] == '/'), id);
		if (found && !(field_defs[id].flags & FIELD_REPEATS))
			break;
	}
	return found;
}

void service_lift(const struct service_call *c, struct field *parent, const struct xml_element *e,
		  const struct service_lift *rows)
{
	for (; e && rows->path; rows++)
		lift(c, parent, e, rows->path, rows->field);
}

/* --- SOAP --- */

static const struct service_lift fault_rows[] = {
	/* SOAP 1.1 */
	{"faultcode", F_SOAP_FAULT_CODE},
	{"faultstring", F_SOAP_FAULT_STRING},
	{"faultactor", F_SOAP_FAULT_ACTOR},
	{"detail/errorcode", F_SOAP_ERROR_CODE},
	{"detail/errorstring", F_SOAP_ERROR_STRING},
	{"detail/machineName", F_SOAP_MACHINE},
	{"detail/additionalDetails/conflictObjectId", F_SOAP_CONFLICT},
	{"redirectUrl", F_SOAP_REDIRECT},
	/* SOAP 1.2 */
	{"Code/Value", F_SOAP_FAULT_CODE},
	{"Code/Subcode/Value", F_SOAP_FAULT_SUBCODE},
	{"Reason/Text", F_SOAP_FAULT_STRING},
	{"Detail/error/value", F_SOAP_ERROR_CODE},
	{"Detail/error/internalerror/text", F_SOAP_ERROR_STRING},
	{NULL, 0},
};

static struct slice fault_code(const struct xml_element *fault)
{
	static const char *const paths[] = {
		"detail/errorcode", "Code/Subcode/Value", "faultcode", "Code/Value",
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct slice code = xml_text(fault, paths[i]);

		if (code.len)
			return code;
	}
	return SLICE_LIT("without code");
}

static void soap_fault(const struct service_call *c, struct service_result *result)
{
	struct field *f = service_branch(c, &c->d->root, F_SOAP_FAULT, c->fault);
	struct slice text = xml_text(c->fault, "faultstring");

	if (text.len == 0)
		text = xml_text(c->fault, "Reason/Text");
	service_lift(c, f, c->fault, fault_rows);
	result->fault = true;
	result->fault_code = fault_code(c->fault);
	finding_add(c->d, RULE_SOAP_FAULT, f, "%.*s%s%.*s", SLICE_ARG(service_shown(result->fault_code)),
		    text.len ? ": " : "", SLICE_ARG(service_shown(text)));
	dissection_summary_add(c->d, "fault %.*s", SLICE_ARG(service_shown(result->fault_code)));
	if (c->entry->fault)
		c->entry->fault(c);
}

static void soap_fields(const struct service_call *c)
{
	struct dissection *d = c->d;
	struct slice uri = c->document->namespace_uri, namespace, operation;
	size_t tag = c->document->inner_offset - c->document->offset;

	if (slice_eq_str(uri, SOAP11) || slice_eq_str(uri, SOAP12))
		field_add_text(d, &d->root, F_SOAP_VERSION,
			       slice_eq_str(uri, SOAP11) ? SLICE_LIT("1.1") : SLICE_LIT("1.2"), c->source,
			       c->document->offset, tag);
	service_soap_action(c->m, &namespace, &operation);
	if (c->m->is_request && operation.len) {
		struct range r = service_header_range(d->sources[SOURCE_LINE].data, "SOAPAction");

		field_add_text(d, &d->root, F_SOAP_ACTION,
			       arena_printf(d->arena, "%.*s%.*s", SLICE_ARG(namespace), SLICE_ARG(operation)),
			       r.source, r.offset, r.length);
	}
	if (c->content && c->content->namespace_uri.len)
		field_add_text(d, &d->root, F_SOAP_NAMESPACE, c->content->namespace_uri, c->source,
			       c->content->offset, c->content->inner_offset - c->content->offset);
}

/* Finds the parts of the envelope; a document that is none is content itself. */
static void envelope(struct service_call *c)
{
	if (!c->document)
		return;
	if (!slice_eq_str(c->document->name, "Envelope")) {
		c->content = c->document;
		return;
	}
	c->header = xml_child(c->document, "Header");
	c->body = xml_child(c->document, "Body");
	c->fault = xml_child(c->body, "Fault");
	/* The token services put it beside the body. */
	if (!c->fault)
		c->fault = xml_child(c->document, "Fault");
	if (c->body && !c->fault)
		c->content = c->body->first;
}

/* Of a fault whose request was not seen: some name it as actor, "namespace/Operation". */
static struct slice operation_of_fault(const struct service_call *c)
{
	struct slice actor = xml_text(c->fault, "faultactor");
	size_t at = actor.len;

	while (at > 0 && actor.ptr[at - 1] != '/')
		at--;
	return service_namespace_in(actor) && at < actor.len ? slice_sub(actor, at, actor.len) : c->fault->name;
}

static struct slice operation_of(const struct service_call *c)
{
	struct slice namespace, operation;

	if (c->entry->operation)
		return slice_str(c->entry->operation);
	service_soap_action(c->m, &namespace, &operation);
	if (operation.len == 0 && c->content)
		operation = c->content->name;
	if (operation.len == 0 && c->fault)
		return operation_of_fault(c);
	/* The request was not seen, or had no SOAPAction. */
	if (!c->m->is_request && operation.len > strlen("Response") &&
	    slice_eq_str(slice_sub(operation, operation.len - strlen("Response"), operation.len), "Response"))
		operation.len -= strlen("Response");
	return operation;
}

/* --- all together --- */

static void dissect_operation(const struct service_call *c)
{
	const struct service_operation *o = c->entry->operations;
	bool request = c->m->is_request;
	service_dissector *common = request ? c->entry->request : c->entry->response;

	if (common)
		common(c);
	while (o && o->name && !slice_eq_str(c->operation, o->name))
		o++;
	if (o && o->name && c->content && (request ? o->request : o->response))
		(request ? o->request : o->response)(c);
}

/* A response would say no more than its request. */
static void check_operation(const struct service_call *c)
{
	const struct field *f = field_child(&c->d->root, &field_defs[F_SOAP_OPERATION]);

	if (f && c->m->is_request && !c->entry->operation && !known_operation(c->operation))
		finding_add(c->d, RULE_SOAP_UNKNOWN, f, "%.*s of %s", SLICE_ARG(service_shown(c->operation)),
			    c->entry->service.name);
}

static void add_document(const struct service_call *c, const struct xml_document *document)
{
	struct dissection *d = c->d;
	struct field *f = field_add(d, &d->root, F_XML_DOCUMENT, c->source, 0, c->m->body.len);

	xml_fields(d, f, document->root, c->source, 0);
	if (document->broken)
		finding_add(d, RULE_XML_BROKEN, f, "%.*s%s", SLICE_ARG(document->error),
			    c->m->body_cut ? " (the body is not complete)" : "");
}

/* "Operation: what was said", or what there is to say of an exchange that says nothing. */
static void summarise(const struct service_call *c, const struct service_result *result)
{
	struct dissection *d = c->d;
	struct slice said = arena_copy(d->arena, d->summary), scenario = SLICE_EMPTY;
	struct slice operation = service_shown(c->operation.len ? c->operation : slice_str(c->entry->service.name));

	if (c->m->is_request)
		scenario = service_shown(xml_text(c->header, "ABApplicationHeader/PartnerScenario"));
	if (c->m->is_request && said.len == 0 && !c->document && c->m->path.len > 1)
		said = arena_printf(d->arena, "%.*s %.*s", SLICE_ARG(service_shown(c->m->method)),
				    SLICE_ARG(service_shown(c->m->path)));
	if (!c->m->is_request && said.len == 0 && c->m->status >= 300)
		said = arena_printf(d->arena, "%d %.*s", c->m->status, SLICE_ARG(service_shown(c->m->reason)));
	else if (!c->m->is_request && said.len == 0)
		said = c->document || c->m->body.len == 0
			       ? SLICE_LIT("done")
			       : arena_printf(d->arena, "%zu bytes", c->m->body.len);
	else if (!c->m->is_request && !result->fault && c->content)
		return;
	dissection_summarise(d, "%.*s%s%.*s%s%s%.*s", SLICE_ARG(operation), scenario.len ? " (" : "",
			     SLICE_ARG(scenario), scenario.len ? ")" : "", said.len ? ": " : "", SLICE_ARG(said));
}

static const struct service_entry *find_entry(struct service_call *c, struct xml_document *document)
{
	struct slice body = c->m->body;

	c->entry = service_by_head(c->m);
	if (!xml_looks_like(body) || (!c->entry && !service_namespace_in(body)))
		return c->entry;
	*document = xml_parse(c->d->arena, body);
	c->document = document->root;
	envelope(c);
	if (!c->entry)
		c->entry = service_by_content(c);
	return c->entry;
}

struct service_result service_dissect(struct dissection *d, const struct service_message *m)
{
	struct service_call c = {.d = d, .m = m, .source = SOURCE_PAYLOAD};
	struct xml_document document = {0};
	struct service_result result = {0};

	if (!find_entry(&c, &document))
		return result;
	c.operation = operation_of(&c);
	result.service = &c.entry->service;
	result.operation = c.operation;
	service_http_head(d, m);
	if (c.header || c.body)
		soap_fields(&c);
	if (c.operation.len && (c.header || c.body || slice_eq_str(slice_str(c.entry->service.protocol), "soap")))
		field_add_text(d, &d->root, F_SOAP_OPERATION, c.operation, c.source, 0, 0);
	check_operation(&c);
	dissect_operation(&c);
	if (c.fault)
		soap_fault(&c, &result);
	if (c.document)
		add_document(&c, &document);
	else
		service_http_body(d, m, slice_eq_str(c.operation, "sha1auth"));
	if (document.broken && !c.document)
		finding_add(d, RULE_XML_BROKEN, NULL, "%.*s", SLICE_ARG(document.error));
	if (!m->is_request && m->status >= 400 && !c.fault)
		finding_add(d, RULE_HTTP_STATUS, field_child(&d->root, &field_defs[F_HTTP_STATUS]), "%d %.*s", m->status,
			    SLICE_ARG(service_shown(m->reason)));
	summarise(&c, &result);
	return result;
}

/* --- which exchanges are of interest --- */

static bool may_be_soap(const struct service_message *m)
{
	struct slice type = service_header(m, "Content-Type");

	if (m->is_request && (!slice_eq_str(m->method, "POST") || service_header(m, "SOAPAction").len > 2))
		return false;
	return slice_case_has_prefix(type, SLICE_LIT("text/xml")) ||
	       slice_case_has_prefix(type, SLICE_LIT("application/soap+xml"));
}

bool service_wanted(const struct service_message *m)
{
	if (service_by_head(m))
		return true;
	if (!may_be_soap(m))
		return false;
	return m->body.len == 0 || service_namespace_in(m->body);
}
