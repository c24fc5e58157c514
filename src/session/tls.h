/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TLS connections: those with hosts of the service, and those with something of
 * the service inside, have events of their own: the handshake, what went wrong
 * with decrypting, and, where it stays encrypted, the end.
 */
#ifndef MSNSCOPE_SESSION_TLS_H
#define MSNSCOPE_SESSION_TLS_H

#include "session/conversation.h"
#include "transport/tls_report.h"

/* A copy of what transport/ reported, for as long as the event of it waits. */
struct tls_told;

/* The callback to give to transport/. */
struct tls_consumer tls_session_consumer(struct session *s);

/* The record of the connection, told from now on, that web services inside TLS belong to; NULL when there is no TLS around c. */
struct web_connection *tls_web_connection(struct session *s, const struct stream_connection *c);

/* MSNP was found inside. */
void tls_conversation(struct conversation *v, const struct stream_connection *c);

/* emit.c: fills the event of an ITEM_TLS. */
void tls_fill_event(struct session *s, const struct item *item, struct event *e);
void tls_told_free(struct tls_told *told);

/* Tells at the end of a file of connections that were passed over. */
void tls_end_file(struct session *s);

#endif
