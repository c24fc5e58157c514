/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The services.  Revival servers have them under other hosts, and old clients
 * write paths with two slashes: so the end of the path and SOAPAction tell, and
 * the host only where nothing else does.
 */
#include "dissectors/service_oim.h"
#include "dissectors/service_table.h"

#define LIST(...) (const char *const[]){__VA_ARGS__, NULL}
#define SOAP11 "http://schemas.xmlsoap.org/soap/envelope/"
#define SOAP12 "http://www.w3.org/2003/05/soap-envelope"
#define ADDRESS_BOOK "http://www.msn.com/webservices/AddressBook"
#define PPCRL "http://schemas.microsoft.com/Passport/SoapServices/"

const struct service_entry service_entries[] = {
	{
		.service = {"nexus", "http", "Passport nexus: where to sign in", "web services 1"},
		.paths = LIST("/rdr/pprdr.asp", "/nexus-mock"),
		.is = service_is_nexus,
		.operation = "nexus",
		.response = service_nexus_response,
	},
	{
		.service = {"login", "http", "Passport 1.4: a ticket for name and password", "web services 1"},
		.paths = LIST("/login2.srf"),
		.is = service_is_login,
		.operation = "login",
		.request = service_login_request,
		.response = service_login_response,
	},
	{
		.service = {"rst", "soap", "security tokens for sites, first form", "web services 2"},
		.paths = LIST("/rst.srf"),
		.namespaces = LIST(PPCRL),
		.envelope = SOAP11,
		.operation = "RST",
		.request = service_rst_request,
		.response = service_rst_response,
		.fault = service_rst_fault,
	},
	{
		.service = {"rst2", "soap", "security tokens for sites, second form", "web services 3"},
		.paths = LIST("/rst2.srf"),
		.namespaces = LIST(PPCRL),
		.envelope = SOAP12,
		.operation = "RST2",
		.request = service_rst_request,
		.response = service_rst_response,
		.fault = service_rst_fault,
	},
	{
		.service = {"notrst", "http", "token for name and password in headers, of a revival server", "web services 3"},
		.paths = LIST("/notrst.srf"),
		.operation = "NotRST",
	},
	{
		.service = {"sha1auth", "http", "web session for a token", "web services 3"},
		.paths = LIST("/ppsecure/sha1auth.srf"),
		.operation = "sha1auth",
		.request = service_web_login_request,
	},
	{
		.service = {"signin-config", "http", "configuration of the sign-in assistant", "web services 3"},
		.paths = LIST("/ppcrlconfig.srf", "/ppcrlconfig.bin", "/ppcrlconfig600.srf", "/ppcrlcheck.srf",
			      "/wlidsvcconfig.xml"),
		.operation = "configuration",
	},
	{
		.service = {"signin-probe", "http", "is the sign-in service there", "web services 3"},
		.is = service_is_probe,
		.operation = "probe",
	},
	{
		.service = {"abservice", "soap", "address book: contacts, groups, circles", "web services 4"},
		.paths = LIST("/abservice/abservice.asmx"),
		.namespaces = LIST(ADDRESS_BOOK),
		.operations = service_ab_operations,
		.request = service_ab_request,
		.response = service_ab_response,
		.fault = service_ab_fault,
	},
	{
		.service = {"sharing", "soap", "membership lists: who may see and write", "web services 5"},
		.paths = LIST("/abservice/sharingservice.asmx"),
		.namespaces = LIST(ADDRESS_BOOK),
		.operations = service_sharing_operations,
		.request = service_ab_request,
		.response = service_ab_response,
		.fault = service_ab_fault,
	},
	{
		.service = {"whatsnew", "soap", "what contacts did on the web", "web services 7"},
		.paths = LIST("/whatsnew/whatsnewservice.asmx"),
		.namespaces = LIST(ADDRESS_BOOK),
		.operations = service_feed_operations,
		.request = service_ab_request,
		.response = service_ab_response,
		.fault = service_ab_fault,
	},
	{
		.service = {"storage", "soap", "profile: names, personal message, pictures", "web services 6.1"},
		.paths = LIST("/storageservice/schematizedstore.asmx"),
		.namespaces = LIST("http://www.msn.com/webservices/storage/"),
		.operations = service_storage_operations,
		.request = service_storage_request,
	},
	{
		.service = {"picture", "http", "download of a stored picture", "web services 6.1"},
		.paths = LIST("/storage/usertile/*"),
		.hosts = LIST("storage.msn.com", "*.storage.msn.com"),
		.operation = "picture",
	},
	{
		.service = {"directory", "soap", "profile as a list of attributes", "web services 6.2"},
		.hosts = LIST("directory.services.live.com"),
		.namespaces = LIST("http://profile.live.com/"),
		.operations = service_directory_operations,
	},
	{
		.service = {"spaces", "soap", "contact card", "web services 7"},
		.namespaces = LIST("http://www.msn.com/webservices/spaces/"),
		.operations = service_spaces_operations,
	},
	{
		.service = {"oim-read", "soap", "offline messages: list, read, delete", "web services 8"},
		.paths = LIST("/rsi/rsi.asmx"),
		.namespaces = LIST("http://www.hotmail.msn.com/ws/2004/09/oim/rsi"),
		.operations = oim_rsi_operations,
		.request = oim_rsi_request,
		.fault = oim_fault,
	},
	{
		.service = {"oim-store", "soap", "offline messages: send", "web services 8"},
		.paths = LIST("/oimws/oim.asmx"),
		.namespaces = LIST("http://messenger.msn.com/ws/2004/09/oim", "http://messenger.live.com/ws/2006/09/oim"),
		.operations = oim_ows_operations,
		.fault = oim_fault,
	},
	{
		.service = {"config", "soap", "configuration of the client", "web services 9"},
		.paths = LIST("/config/msgrconfig.asmx"),
		.hosts = LIST("config.messenger.msn.com"),
		.namespaces = LIST("http://www.msn.com/webservices/Messenger/Client"),
		.operation = "GetClientConfig",
		.request = service_config_request,
		.response = service_config_response,
	},
	{
		.service = {"tabs", "http", "tabs and portal of clients before 6.0", "web services 10"},
		.paths = LIST("/svcs/mms/tabs.asp", "/svcs/mms/portal.asp"),
		.hosts = LIST("svcs.microsoft.com"),
		.operation = "tabs",
		.response = service_tabs_response,
	},
	{
		.service = {"text-advert", "http", "text advertisement", "web services 10"},
		.paths = LIST("/text-ad-service"),
		.operation = "advert",
		.response = service_textad_response,
	},
	{
		.service = {"advert", "http", "banner advertisement", "web services 10"},
		.hosts = LIST("rad.msn.com"),
		.operation = "advert",
	},
	{
		.service = {"link", "http", "target of a link in the client's menus", "web services 10"},
		.is = service_is_link,
		.operation = "link",
	},
	{
		.service = {"telemetry", "http", "quality measurements of the client", "web services 10"},
		.hosts = LIST("sqm.msn.com"),
		.operation = "telemetry",
	},
	{
		.service = {"applications", "http", "directory of games and activities", "web services 10"},
		.hosts = LIST("appdirectory.messenger.msn.com"),
		.operation = "applications",
	},
	{
		.service = {"images", "http", "winks, backgrounds", "web services 10"},
		.hosts = LIST("images.messenger.msn.com", "*.edge.messenger.live.com"),
		.operation = "image",
	},
	{
		.service = {"soap", "soap", "another web service of MSN", "web services 0.3"},
		.namespaces = LIST("http://www.msn.com/webservices/", "http://www.hotmail.msn.com/ws/",
				   "http://messenger.msn.com/ws/", "http://messenger.live.com/ws/"),
	},
};

const size_t service_entries_count = sizeof(service_entries) / sizeof(service_entries[0]);

/* --- matching --- */

static bool ends_with(struct slice s, struct slice end)
{
	return s.len >= end.len && slice_case_eq(slice_sub(s, s.len - end.len, end.len), end);
}

/* Case is ignored; the part is in lower case. */
static bool holds(struct slice s, struct slice part)
{
	for (size_t at = 0; at + part.len <= s.len; at++)
		if (slice_case_eq(slice_sub(s, at, part.len), part))
			return true;
	return false;
}

static bool path_fits(const struct service_entry *e, const struct service_message *m)
{
	for (const char *const *p = e->paths; p && *p; p++) {
		struct slice path = slice_str(*p);

		if (path.ptr[path.len - 1] == '*' ? holds(m->path, slice_sub(path, 0, path.len - 1))
						  : ends_with(m->path, path))
			return true;
	}
	return false;
}

static bool host_fits(const struct service_entry *e, const struct service_message *m)
{
	for (const char *const *h = e->hosts; h && *h; h++)
		if ((*h)[0] == '*' ? ends_with(m->host, slice_str(*h + 1)) : slice_case_eq(m->host, slice_str(*h)))
			return true;
	return false;
}

static bool namespace_fits(const struct service_entry *e, struct slice namespace)
{
	for (const char *const *n = e->namespaces; n && *n; n++)
		if (slice_case_has_prefix(namespace, slice_str(*n)))
			return true;
	return false;
}

static bool has_operation(const struct service_entry *e, struct slice operation)
{
	for (const struct service_operation *o = e->operations; o && o->name; o++)
		if (slice_eq_str(operation, o->name))
			return true;
	return false;
}

/* The row for a namespace: several share one, then the operation tells. */
static const struct service_entry *by_namespace(struct slice namespace, struct slice operation, const char *envelope)
{
	const struct service_entry *found = NULL;

	for (const struct service_entry *e = service_entries; namespace.len && e < service_entries + service_entries_count;
	     e++) {
		if (!namespace_fits(e, namespace))
			continue;
		if (e->envelope && envelope && strcmp(e->envelope, envelope) != 0)
			continue;
		if (has_operation(e, operation))
			return e;
		if (!found)
			found = e;
	}
	return found;
}

const struct service_entry *service_by_head(const struct service_message *m)
{
	const struct service_entry *end = service_entries + service_entries_count;
	struct slice namespace, operation;

	for (const struct service_entry *e = service_entries; e < end; e++)
		if (path_fits(e, m))
			return e;
	service_soap_action(m, &namespace, &operation);
	const struct service_entry *found = by_namespace(namespace, operation, NULL);
	for (const struct service_entry *e = service_entries; !found && e < end; e++)
		if (host_fits(e, m) || (e->is && e->is(m)))
			found = e;
	return found;
}

/* "ABFindAllResponse" is an answer of ABFindAll. */
static struct slice without_response(struct slice name)
{
	struct slice suffix = SLICE_LIT("Response");

	return ends_with(name, suffix) ? slice_sub(name, 0, name.len - suffix.len) : name;
}

/* The first row of which a namespace is named in the body. */
static const struct service_entry *by_text(struct slice body)
{
	for (const struct service_entry *e = service_entries; e < service_entries + service_entries_count; e++)
		for (const char *const *n = e->namespaces; n && *n; n++)
			if (slice_find(body, slice_str(*n)) < body.len)
				return e;
	return NULL;
}

/* A fault names its service in actor or detail, or only in a declaration: <faultcode xmlns:q0="...">. */
static const struct service_entry *by_fault(const struct service_call *c, const char *envelope)
{
	const struct xml_element *detail = xml_child(c->fault, "detail");
	const struct service_entry *found = by_namespace(xml_text(c->fault, "faultactor"), SLICE_EMPTY, envelope);

	for (const struct xml_element *e = detail ? detail->first : NULL; e && !found; e = e->next)
		found = by_namespace(e->namespace_uri, SLICE_EMPTY, envelope);
	return found ? found : by_text(slice_sub(c->m->body, 0, SERVICE_SNIFFED_MAX));
}

const struct service_entry *service_by_content(const struct service_call *c)
{
	const struct service_entry *found = NULL;
	const char *envelope = NULL;

	if (!c->document || !slice_eq_str(c->document->name, "Envelope"))
		return NULL;
	if (slice_eq_str(c->document->namespace_uri, SOAP11))
		envelope = SOAP11;
	else if (slice_eq_str(c->document->namespace_uri, SOAP12))
		envelope = SOAP12;
	if (c->content)
		found = by_namespace(c->content->namespace_uri, without_response(c->content->name), envelope);
	for (const struct xml_element *e = c->header ? c->header->first : NULL; e && !found; e = e->next)
		found = by_namespace(e->namespace_uri, SLICE_EMPTY, envelope);
	if (!found && c->fault)
		found = by_fault(c, envelope);
	return found;
}

bool service_namespace_in(struct slice body)
{
	return by_text(slice_sub(body, 0, SERVICE_SNIFFED_MAX)) != NULL;
}
