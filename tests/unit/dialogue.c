/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/dialogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/memory.h"

struct parser {
	struct dialogue *d;
	char names[DIALOGUE_CONNECTIONS_MAX][32];
	int current;
	const char *path;
	int line;
};

static void fail(const struct parser *p, const char *what)
{
	printf("Bail out! %s:%d: %s\n", p->path, p->line, what);
	exit(1);
}

static int connection_named(struct parser *p, const char *name)
{
	for (int i = 0; i < p->d->connections; i++)
		if (strcmp(p->names[i], name) == 0)
			return i;
	if (p->d->connections == DIALOGUE_CONNECTIONS_MAX)
		fail(p, "too many connections");
	snprintf(p->names[p->d->connections], sizeof(p->names[0]), "%s", name);
	return p->d->connections++;
}

static struct dialogue_step *add_step(struct parser *p, enum dialogue_step_kind kind)
{
	struct dialogue *d = p->d;

	d->steps = memory_realloc(d->steps, (d->step_count + 1) * sizeof(*d->steps));
	struct dialogue_step *s = &d->steps[d->step_count++];
	*s = (struct dialogue_step){.kind = kind, .connection = p->current};
	return s;
}

static void directive(struct parser *p, char *text)
{
	char word[32], name[32], client[64], server[64], side[32];
	int n = sscanf(text, "@%31s %31s %63s %63s", word, name, client, server);

	if (strcmp(word, "conn") == 0 && n >= 2) {
		p->current = connection_named(p, name);
		if (n == 4) {
			p->d->client_port[p->current] = (unsigned)atoi(strrchr(client, ':') + 1);
			p->d->server_port[p->current] = (unsigned)atoi(strrchr(server, ':') + 1);
		}
	} else if (strcmp(word, "midstream") == 0 && n >= 2) {
		p->d->midstream[connection_named(p, name)] = true;
	} else if (strcmp(word, "close") == 0 && n >= 3) {
		sscanf(client, "%31s", side);
		struct dialogue_step *s = add_step(p, STEP_CLOSE);
		s->connection = connection_named(p, name);
		s->from_client = strcmp(side, "client") == 0;
	} else if (strcmp(word, "gap") == 0 && n >= 3) {
		struct dialogue_step *s = add_step(p, STEP_GAP);
		s->from_client = strcmp(name, "client") == 0;
		s->gap = (size_t)atoi(client);
	} else if (strcmp(word, "raw") == 0) {
		p->d->raw = true;
	} else if (strcmp(word, "lose") == 0) {
		p->d->loses = true;
	}
}

static struct dialogue_step *last_command(struct parser *p)
{
	if (p->d->step_count == 0 || p->d->steps[p->d->step_count - 1].kind == STEP_CLOSE)
		fail(p, "no command to belong to");
	return &p->d->steps[p->d->step_count - 1];
}

static void payload_line(struct parser *p, const char *text)
{
	struct buffer *b = &last_command(p)->payload;

	if (text[1] == 'x' && (text[2] == ' ' || !text[2])) {
		for (const char *at = text + 2; *at;) {
			unsigned byte;
			int used = 0;

			if (sscanf(at, " %2x%n", &byte, &used) != 1)
				break;
			buffer_add_byte(b, (uint8_t)byte);
			at += used;
		}
	} else if (text[1] == '-') {
		buffer_add_str(b, text + 2 + (text[2] == ' '));
	} else {
		buffer_add_str(b, text + 1 + (text[1] == ' '));
		buffer_add_str(b, "\r\n");
	}
}

static void expectation_line(struct parser *p, char *text)
{
	struct dialogue_step *s = last_command(p);
	char *equals = strstr(text, " = ");

	if (!equals)
		fail(p, "expectation without ' = '");
	*equals = 0;
	s->expectations = memory_realloc(s->expectations, (s->expectation_count + 1) * sizeof(*s->expectations));
	s->expectations[s->expectation_count++] = (struct dialogue_expectation){text + 2, equals + 3};
}

static void command_line(struct parser *p, char *text)
{
	struct dialogue_step *s = add_step(p, STEP_COMMAND);

	s->from_client = text[0] == '>';
	s->line = slice_str(text + 4);
	s->has_length = strstr(text, "{len}") != NULL;
}

static void expected_line(struct parser *p, char *text)
{
	char what[32], side[32];
	unsigned bytes;

	if (strncmp(text, "=>>> ", 5) == 0 || strncmp(text, "=<<< ", 5) == 0) {
		command_line(p, text + 1);
		p->d->steps[p->d->step_count - 1].kind = STEP_EXPECTED;
		return;
	}
	if (sscanf(text, "=%31s %31s %u", what, side, &bytes) != 3)
		fail(p, "not understood");
	struct dialogue_step *s = add_step(p, strcmp(what, "lost") == 0 ? STEP_EXPECTED_LOST : STEP_EXPECTED_SKIPPED);
	s->from_client = strcmp(side, "client") == 0;
	s->gap = bytes;
}

static void parse_line(struct parser *p, char *text)
{
	if (strncmp(text, ">>> ", 4) == 0 || strncmp(text, "<<< ", 4) == 0)
		command_line(p, text);
	else if (text[0] == '=')
		expected_line(p, text);
	else if (text[0] == '|')
		payload_line(p, text);
	else if (text[0] == '?')
		expectation_line(p, text);
	else if (text[0] == '@')
		directive(p, text);
	else if (text[0] && text[0] != '#')
		fail(p, "not understood");
}

/* Puts the payload length where {len} stands. */
static void fill_length(struct dialogue_step *s)
{
	size_t at = slice_find(s->line, SLICE_LIT("{len}"));
	struct buffer line = {NULL, 0, 0};

	buffer_add_slice(&line, slice_sub(s->line, 0, at));
	buffer_add_u64(&line, s->payload.len);
	buffer_add_slice(&line, slice_sub(s->line, at + 5, s->line.len));
	s->line = buffer_slice(&line); /* freed with the program */
}

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct buffer b = {NULL, 0, 0};
	char part[4096];
	size_t n;

	if (!f) {
		printf("Bail out! cannot read %s\n", path);
		exit(1);
	}
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buffer_add(&b, part, n);
	fclose(f);
	buffer_add_byte(&b, 0);
	return (char *)b.data;
}

struct dialogue *dialogue_read(const char *path)
{
	struct parser p = {memory_zalloc(sizeof(*p.d)), {{0}}, 0, path, 0};
	char *next;

	p.d->text = read_file(path);
	for (char *at = p.d->text; at; at = next) {
		next = strchr(at, '\n');
		if (next)
			*next++ = 0;
		p.line++;
		parse_line(&p, at);
	}
	for (size_t i = 0; i < p.d->step_count; i++)
		if (p.d->steps[i].has_length)
			fill_length(&p.d->steps[i]);
	return p.d;
}

void dialogue_free(struct dialogue *d)
{
	for (size_t i = 0; i < d->step_count; i++) {
		buffer_free(&d->steps[i].payload);
		free(d->steps[i].expectations);
		if (d->steps[i].has_length)
			free((void *)d->steps[i].line.ptr);
	}
	free(d->steps);
	free(d->text);
	free(d);
}

size_t dialogue_size(const struct dialogue *d)
{
	size_t size = 0;

	for (size_t i = 0; i < d->step_count; i++)
		if (d->steps[i].kind == STEP_COMMAND)
			size += d->steps[i].line.len + 2 + d->steps[i].payload.len;
	return size;
}
