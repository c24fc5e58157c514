/* SPDX-License-Identifier: BSD-2-Clause */
/* One session as the lists and the presence of its user see it: commands and web services in, what is known out. */
#ifndef MSNSCOPE_TESTS_UNIT_ROSTER_LIFE_H
#define MSNSCOPE_TESTS_UNIT_ROSTER_LIFE_H

#include "dissectors/msnp_dissect.h"
#include "dissectors/service.h"
#include "session/roster.h"
#include "util/buffer.h"

#define SECOND INT64_C(1000000000)
#define ME "alice@example.com"
#define SOAP_BEGIN \
	"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><%s%s xmlns=" \
	"'http://www.msn.com/webservices/AddressBook'>"
#define GUID_1 "11111111-1111-4111-8111-111111111111"
#define GUID_2 "22222222-2222-4222-8222-222222222222"
#define GROUP_1 "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define GROUP_2 "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"

/* One session of alice's. */
struct life {
	struct roster *roster;
	struct arena arena;
	struct dissection d;
	struct connection connection;
	struct msnp_context context;
	uint64_t event;
	const char *user;
};

/* A session that speaks this version.  Ends with life_end. */
void life_begin(struct life *l, int version);

void life_end(struct life *l);

/* Returns the number of the event. */
uint64_t life_command(struct life *l, enum msnp_sender from, const char *line, const char *payload,
		      uint64_t reply_to);

/* A command of the server. */
void life_server(struct life *l, const char *line);

/* The line without its last word, the length, which is put in. */
uint64_t life_with(struct life *l, enum msnp_sender from, const char *line, const char *payload);

/* A request with payload, answered by that line; NULL: by nothing. */
void life_ask(struct life *l, const char *line, const char *payload, const char *answer);

/* A request (status 0) or response; returns the number of the event. */
uint64_t life_soap(struct life *l, const char *operation, const char *body, uint64_t reply_to, int status);

/* A call and its answer. */
void life_call(struct life *l, const char *operation, const char *request, const char *response);

/* One line each: account[*network] "name" lists (removed) [groups] status <message> {media} */
void life_expect_contacts(struct life *l, const char *expected);

void life_expect_groups(struct life *l, const char *expected);

/* #event who: status "name" <message> {media} cleared */
void life_expect_presence(struct life *l, const char *expected);

void life_expect_name(struct life *l, const char *account, const char *expected);

void life_expect_own_name(struct life *l, const char *expected);

#endif
