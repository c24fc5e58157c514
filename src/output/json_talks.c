/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/json_talks.h"

#include "output/json_object.h"

static void write_texts(struct json *j, const struct talk *line)
{
	JSON_KEY(j, "who");
	json_known(j, line->who);
	JSON_KEY(j, "name");
	json_known(j, line->name);
	JSON_KEY(j, "whom");
	json_known(j, line->whom);
	JSON_KEY(j, "text");
	if (line->kind == TALK_TEXT)
		json_string(j, line->text);
	else
		json_known(j, line->text);
	JSON_KEY(j, "style");
	json_known(j, line->style);
}

static void write_talk(void *ctx, const struct talk *line)
{
	struct json_events *w = ctx;
	struct json *j = json_record_begin(w, "talk");

	JSON_KEY(j, "conversation");
	json_u64(j, line->conversation);
	JSON_KEY(j, "event");
	json_id(j, line->event);
	JSON_KEY(j, "time");
	json_time(j, line->time_ns, line->nanoseconds);
	JSON_KEY(j, "kind");
	json_str(j, talk_kind_name(line->kind));
	write_texts(j, line);
	JSON_KEY(j, "own");
	json_bool(j, line->own);
	JSON_KEY(j, "offline");
	json_bool(j, line->offline);
	JSON_KEY(j, "about");
	json_id(j, line->about);
	JSON_KEY(j, "object");
	if (line->object) {
		json_begin_object(j);
		JSON_KEY(j, "type");
		json_str(j, "object");
		json_object_members(j, line->object);
		json_end_object(j);
	} else {
		json_null(j);
	}
	w->nanoseconds = line->nanoseconds;
	json_record_end(w);
}

static void write_where(struct json *j, const struct conversation_info *c)
{
	JSON_KEY(j, "id");
	json_u64(j, c->id);
	JSON_KEY(j, "kind");
	json_str(j, conversation_kind_name(c->kind));
	JSON_KEY(j, "connection");
	json_id(j, c->connection);
	JSON_KEY(j, "session");
	json_id(j, c->session);
	JSON_KEY(j, "same_as");
	json_id(j, c->same_as);
	JSON_KEY(j, "user");
	json_known(j, c->user);
	JSON_KEY(j, "group");
	json_known(j, c->group);
	JSON_KEY(j, "switchboard_session");
	json_known(j, c->switchboard_session);
}

static void write_conversation(void *ctx, const struct conversation_info *c)
{
	struct json_events *w = ctx;
	struct json *j = json_record_begin(w, "conversation");

	write_where(j, c);
	JSON_KEY(j, "participants");
	json_begin_array(j);
	for (size_t i = 0; i < c->participant_count; i++)
		json_string(j, c->participants[i]);
	json_end_array(j);
	JSON_KEY(j, "participants_omitted");
	json_u64(j, c->participants_omitted);
	JSON_KEY(j, "start");
	json_time(j, c->start_ns, w->nanoseconds);
	JSON_KEY(j, "end");
	json_time(j, c->end_ns, w->nanoseconds);
	JSON_KEY(j, "texts");
	json_u64(j, c->texts);
	JSON_KEY(j, "typings");
	json_u64(j, c->typings);
	JSON_KEY(j, "nudges");
	json_u64(j, c->nudges);
	JSON_KEY(j, "objects");
	json_u64(j, c->objects);
	json_record_end(w);
}

struct event_sink json_talks_sink(struct json_events *w)
{
	const struct event_sink all = json_events_sink(w);

	return (struct event_sink){
		.capture = all.capture,
		.talk = write_talk,
		.conversation_end = write_conversation,
		.ctx = w,
	};
}
