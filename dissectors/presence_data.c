/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Presence data.
 *
 *	<Data><PSM/><CurrentMedia/><MachineGuid/><DDP/><SignatureSound/><Scene/><ColorScheme/>
 *	  <EndpointData id="{..}"><Capabilities>1:0</Capabilities></EndpointData>...
 *	  <PrivateEndpointData id="{..}"><EpName/><Idle/><ClientType/><State/></PrivateEndpointData>...</Data>
 *
 * A UUX has Data, EndpointData or PrivateEndpointData, a UBX has Data.
 */
#include "dissectors/presence.h"

#include "dissectors/msg_plus.h"
#include "dissectors/payload_xml.h"
#include "util/encoding.h"
#include "util/utf8.h"

/* Endpoints of an account that become fields; further ones are shown as XML. */
#define ENDPOINTS_MAX 256u
/* Bytes of a text, and endpoints, that the summary shows. */
#define TEXT_SHOWN 160u
#define ENDPOINTS_SHOWN 3u

enum kind {
	KIND_TEXT,
	KIND_GUID,
	KIND_NUMBER,
	KIND_BOOL,
	KIND_COLOR,
	KIND_STATUS,
	KIND_MEDIA,
	KIND_OBJECT,       /* an MSNObject, escaped or as an element */
	KIND_OBJECT_OR_NAME,
	KIND_CAPABILITIES,
	KIND_ENDPOINT,
};

struct known {
	const char *name;
	enum field_id id;
	enum kind kind;
};

static const struct known elements[] = {
	{"PSM", F_PRESENCE_PSM, KIND_TEXT},
	{"CurrentMedia", F_PRESENCE_MEDIA, KIND_MEDIA},
	{"MachineGuid", F_PRESENCE_MACHINE_GUID, KIND_GUID},
	{"SignatureSound", F_PRESENCE_SIGNATURE_SOUND, KIND_OBJECT_OR_NAME},
	{"DDP", F_PRESENCE_DYNAMIC_PICTURE, KIND_OBJECT},
	{"Scene", F_PRESENCE_SCENE, KIND_OBJECT},
	{"ColorScheme", F_PRESENCE_COLOR_SCHEME, KIND_COLOR},
	{"UserTileLocation", F_PRESENCE_PICTURE, KIND_OBJECT},
	{"UTL", F_PRESENCE_PICTURE, KIND_OBJECT},
	{"FriendlyName", F_PRESENCE_FRIENDLY_NAME, KIND_TEXT},
	{"MFN", F_PRESENCE_FRIENDLY_NAME, KIND_TEXT},
	{"RUM", F_PRESENCE_RUM, KIND_TEXT},
	{"RMU", F_PRESENCE_RMU, KIND_TEXT},
	{"PHMEnabled", F_PRESENCE_PHM_ENABLED, KIND_TEXT},
	{"MNIEnabled", F_PRESENCE_MNI_ENABLED, KIND_TEXT},
	{"LastSpaceUpdate", F_PRESENCE_LAST_SPACE_UPDATE, KIND_TEXT},
	{"LastStorageError", F_PRESENCE_LAST_STORAGE_ERROR, KIND_TEXT},
	{"FIR", F_PRESENCE_FIR, KIND_TEXT},
	{"Status", F_PRESENCE_STATUS, KIND_STATUS},
	{"EndpointData", F_PRESENCE_ENDPOINT, KIND_ENDPOINT},
	{"PrivateEndpointData", F_PRESENCE_PRIVATE_ENDPOINT, KIND_ENDPOINT},
	{"Capabilities", F_PRESENCE_CAPABILITIES, KIND_CAPABILITIES},
	{"EpName", F_PRESENCE_ENDPOINT_NAME, KIND_TEXT},
	{"Idle", F_PRESENCE_IDLE, KIND_BOOL},
	{"ClientType", F_PRESENCE_CLIENT_TYPE, KIND_NUMBER},
	{"State", F_PRESENCE_STATE, KIND_STATUS},
	{"VER", F_PRESENCE_CLIENT_VERSION, KIND_TEXT},
	{"TYP", F_PRESENCE_CLIENT_KIND, KIND_NUMBER},
};

/* --- elements --- */

/* The object's XML: escaped text, perhaps percent-encoded too, or an element. */
static struct slice object_text(const struct xml_origin *x, const struct xml_element *e)
{
	const struct xml_element *child = xml_child(e, "msnobj");
	struct slice text = xml_text(e, "");

	if (child)
		return slice_sub(x->d->sources[x->source].data, x->base + child->offset, child->length);
	return slice_case_has_prefix(text, SLICE_LIT("%3c")) ? percent_decode(x->d->arena, text) : text;
}

static void add_object(const struct xml_origin *x, struct field *parent, const struct known *known,
		       const struct xml_element *e)
{
	struct slice text = object_text(x, e);
	struct field *f = xml_add_decoded(x, parent, known->id, e, text);

	if (text.len == 0 || slice_eq_str(text, "0"))
		return;
	if (slice_has_prefix(text, SLICE_LIT("<")))
		msnobject_dissect(x->d, f, dissection_add_source(x->d, "msnobj", text));
	else if (known->kind == KIND_OBJECT)
		finding_add(x->d, x->rule, f, "%s is no MSNObject: \"%.*s\"", known->name,
			    SLICE_ARG(payload_xml_cut(text)));
}

/* Decimal, below zero where the client holds it as a signed number. */
static void add_color(const struct xml_origin *x, struct field *parent, const struct known *known,
		      const struct xml_element *e)
{
	struct field *f = xml_add_branch(x, parent, known->id, e);
	struct slice text = xml_text(e, "");
	bool negative = slice_has_prefix(text, SLICE_LIT("-"));
	uint64_t number;

	f->has_value = slice_u64(slice_sub(text, negative, text.len), &number) && number <= UINT32_MAX;
	if (f->has_value)
		f->value.number = negative ? UINT32_MAX & (0 - number) : number;
	else if (text.len)
		finding_add(x->d, x->rule, f, "%s is no colour: \"%.*s\"", known->name,
			    SLICE_ARG(payload_xml_cut(text)));
}

static void add_media(const struct xml_origin *x, struct field *parent, const struct known *known,
		      const struct xml_element *e)
{
	struct field *f = xml_add_decoded(x, parent, known->id, e, e->text);

	current_media_dissect(x->d, f, (struct range){x->source, x->base + e->inner_offset, e->inner_length}, e->text);
}

static void add_capabilities(const struct xml_origin *x, struct field *parent, const struct known *known,
			     const struct xml_element *e)
{
	struct field *f = xml_add_text(x, parent, known->id, e);
	struct slice text = xml_text(e, "");

	if (text.len)
		capabilities_dissect(x->d, f, payload_xml_range(x->d, f, text, "capabilities"));
}

static void add_status(const struct xml_origin *x, struct field *parent, const struct known *known,
		       const struct xml_element *e)
{
	const struct field *f = xml_add_text(x, parent, known->id, e);

	if (f->value.text.len && !field_enum(f))
		finding_add(x->d, RULE_MSNP_UNKNOWN_VALUE, f, "not a known value: \"%.*s\"",
			    SLICE_ARG(payload_xml_cut(f->value.text)));
}

static void check_guid(const struct xml_origin *x, const struct field *f, const char *name)
{
	if (f && f->value.text.len && !is_guid(f->value.text))
		finding_add(x->d, x->rule, f, "%s is no GUID: \"%.*s\"", name,
			    SLICE_ARG(payload_xml_cut(f->value.text)));
}

static void add_endpoint(const struct xml_origin *x, struct field *parent, const struct known *known,
			 const struct xml_element *e)
{
	static const struct payload_xml_row attributes[] = {{"id", F_PRESENCE_ENDPOINT_ID}, {NULL, 0}};
	struct field *f = xml_add_branch(x, parent, known->id, e);

	payload_xml_attributes(x, f, e, attributes);
	check_guid(x, field_child(f, &field_defs[F_PRESENCE_ENDPOINT_ID]), "id");
	for (const struct xml_element *child = e->first; child; child = child->next)
		if (!presence_child(x, f, child))
			xml_add_other(x, f, child);
}

/* What a field that is a text or number cannot hold. */
static void add_inner(const struct xml_origin *x, struct field *parent, const struct known *known,
		      const struct xml_element *e)
{
	bool object = known->kind == KIND_OBJECT || known->kind == KIND_OBJECT_OR_NAME;

	for (const struct xml_attribute *a = e->attributes; a; a = a->next)
		xml_add_other_attribute(x, parent, e, a);
	for (const struct xml_element *child = e->first; child; child = child->next)
		if (!object || child != xml_child(e, "msnobj"))
			xml_add_other(x, parent, child);
}

/* What people write themselves may have marks of Messenger Plus!. */
static void add_plain(const struct xml_origin *x, struct field *parent, const struct field *f)
{
	if (f->def == &field_defs[F_PRESENCE_PSM])
		msg_plus_add(x->d, parent, F_PRESENCE_PLAIN_PSM, f);
	else if (f->def == &field_defs[F_PRESENCE_FRIENDLY_NAME])
		msg_plus_add(x->d, parent, F_PRESENCE_PLAIN_NAME, f);
}

static void add_known(const struct xml_origin *x, struct field *parent, const struct known *known,
		      const struct xml_element *e)
{
	bool empty = xml_text(e, "").len == 0;

	switch (known->kind) {
	case KIND_TEXT:
		add_plain(x, parent, xml_add_decoded(x, parent, known->id, e, e->text));
		break;
	case KIND_GUID:
		check_guid(x, xml_add_text(x, parent, known->id, e), known->name);
		break;
	case KIND_NUMBER:
		empty ? xml_add_branch(x, parent, known->id, e) : xml_add_number(x, parent, known->id, e);
		break;
	case KIND_BOOL:
		empty ? xml_add_branch(x, parent, known->id, e) : xml_add_bool(x, parent, known->id, e);
		break;
	case KIND_COLOR:
		add_color(x, parent, known, e);
		break;
	case KIND_STATUS:
		add_status(x, parent, known, e);
		break;
	case KIND_MEDIA:
		add_media(x, parent, known, e);
		break;
	case KIND_OBJECT:
	case KIND_OBJECT_OR_NAME:
		add_object(x, parent, known, e);
		break;
	case KIND_CAPABILITIES:
		add_capabilities(x, parent, known, e);
		break;
	case KIND_ENDPOINT:
		add_endpoint(x, parent, known, e);
		break;
	}
}

/* Keeps the number of children small, so that looking among them for each element takes no long time. */
static bool has_room(const struct field *parent, const struct known *known)
{
	size_t count = 0;

	for (const struct field *f = parent->first; f; f = f->next)
		count += f->def == &field_defs[known->id];
	return count < (known->kind == KIND_ENDPOINT ? ENDPOINTS_MAX : 1);
}

bool presence_child(const struct xml_origin *x, struct field *parent, const struct xml_element *e)
{
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
		const struct known *known = &elements[i];

		if (!slice_eq_str(e->name, known->name))
			continue;
		if (!has_room(parent, known))
			return false;
		add_known(x, parent, known, e);
		if (known->kind != KIND_ENDPOINT)
			add_inner(x, parent, known, e);
		return true;
	}
	return false;
}

/* --- summary --- */

static struct slice text_of(const struct field *parent, enum field_id id)
{
	const struct field *f = field_child(parent, &field_defs[id]);

	return f && f->has_value && f->def->type == FIELD_TEXT ? f->value.text : SLICE_EMPTY;
}

static struct slice name_of(const struct field *parent, enum field_id id)
{
	const struct field *f = field_child(parent, &field_defs[id]);
	const struct enum_row *row = f && f->has_value ? field_enum(f) : NULL;

	return row ? slice_str(row->name) : text_of(parent, id);
}

static const char *dots(struct slice text)
{
	return text.len > TEXT_SHOWN ? "..." : "";
}

static void summarise_media(struct dissection *d, const struct field *parent)
{
	const struct field *media = field_child(parent, &field_defs[F_PRESENCE_MEDIA]);
	const struct field *enabled = media ? field_child(media, &field_defs[F_MEDIA_ENABLED]) : NULL;
	struct slice text = media ? text_of(media, F_MEDIA_TEXT) : SLICE_EMPTY;
	struct slice type = media ? text_of(media, F_MEDIA_TYPE) : SLICE_EMPTY;
	const char *verb = "shows";

	if (!enabled || !enabled->has_value || !enabled->value.number || text.len == 0)
		return;
	if (slice_eq_str(type, "Music"))
		verb = "listening to";
	else if (slice_eq_str(type, "Games"))
		verb = "game";
	else if (slice_eq_str(type, "Office"))
		verb = "working on";
	dissection_summary_add(d, "%s \"%.*s\"%s", verb, SLICE_ARG(utf8_cut(text, TEXT_SHOWN)), dots(text));
}

static void summarise_objects(struct dissection *d, const struct field *parent)
{
	static const struct {
		enum field_id id;
		const char *what;
	} objects[] = {
		{F_PRESENCE_PICTURE, "a picture"},
		{F_PRESENCE_DYNAMIC_PICTURE, "a dynamic picture"},
		{F_PRESENCE_SCENE, "a scene"},
		{F_PRESENCE_SIGNATURE_SOUND, "a signature sound"},
	};

	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		if (text_of(parent, objects[i].id).len)
			dissection_summary_add(d, "%s", objects[i].what);
}

/* `endpoint desk (online, idle)` */
static void summarise_endpoint(struct dissection *d, const struct field *f)
{
	struct slice name = text_of(f, F_PRESENCE_ENDPOINT_NAME), id = text_of(f, F_PRESENCE_ENDPOINT_ID);
	struct slice state = name_of(f, F_PRESENCE_STATE), capabilities = text_of(f, F_PRESENCE_CAPABILITIES);
	const struct field *idle = field_child(f, &field_defs[F_PRESENCE_IDLE]);
	struct slice shown = name.len ? name : id;

	if (state.len == 0 && shown.len == 0)
		state = capabilities.len ? arena_printf(d->arena, "capabilities %.*s",
							SLICE_ARG(payload_xml_cut(capabilities)))
					 : SLICE_EMPTY;
	dissection_summary_add(d, "endpoint%s%.*s%s%.*s%s%s", shown.len ? " " : "", SLICE_ARG(payload_xml_cut(shown)),
			       state.len ? " (" : "", SLICE_ARG(payload_xml_cut(state)),
			       state.len && idle && idle->value.number ? ", idle" : "", state.len ? ")" : "");
}

/* Endpoints that are described as private ones are not told a second time. */
static void summarise_endpoints(struct dissection *d, const struct field *parent)
{
	bool privately = field_child(parent, &field_defs[F_PRESENCE_PRIVATE_ENDPOINT]);
	enum field_id id = privately ? F_PRESENCE_PRIVATE_ENDPOINT : F_PRESENCE_ENDPOINT;
	size_t count = 0;

	for (const struct field *f = parent->first; f; f = f->next)
		if (f->def == &field_defs[id] && ++count <= ENDPOINTS_SHOWN)
			summarise_endpoint(d, f);
	if (count > ENDPOINTS_SHOWN)
		dissection_summary_add(d, "and %zu more", count - ENDPOINTS_SHOWN);
}

void presence_summarise(struct dissection *d, const struct field *parent)
{
	struct slice status = name_of(parent, F_PRESENCE_STATUS), name = text_of(parent, F_PRESENCE_FRIENDLY_NAME);
	struct slice psm = text_of(parent, F_PRESENCE_PSM);

	if (name.len)
		dissection_summary_add(d, "named \"%.*s\"%s", SLICE_ARG(utf8_cut(name, TEXT_SHOWN)), dots(name));
	if (status.len)
		dissection_summary_add(d, "%.*s", SLICE_ARG(payload_xml_cut(status)));
	if (psm.len)
		dissection_summary_add(d, "\"%.*s\"%s", SLICE_ARG(utf8_cut(psm, TEXT_SHOWN)), dots(psm));
	summarise_media(d, parent);
	summarise_objects(d, parent);
	summarise_endpoints(d, parent);
}

/* --- the payload --- */

/* Stands for "<" in texts that were mended. */
#define LESS_THAN 0x7f

/* Elements that hold what people write, which servers do not always escape. */
static const char *const written[][2] = {
	{"<PSM>", "</PSM>"},
	{"<CurrentMedia>", "</CurrentMedia>"},
	{"<FriendlyName>", "</FriendlyName>"},
};

/* The text with all "<" inside these elements made LESS_THAN, so that the rest can be parsed; itself when it has none. */
static struct slice mended(struct arena *arena, struct slice text)
{
	struct slice copy = SLICE_EMPTY;

	if (slice_find_byte(text, LESS_THAN) < text.len)
		return text;
	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		struct slice open = slice_str(written[i][0]);
		size_t start = slice_find(text, open) + open.len;
		size_t length = slice_find(slice_sub(text, start, text.len), slice_str(written[i][1]));

		if (start + length >= text.len)
			continue;
		if (copy.len == 0)
			copy = arena_copy(arena, text);
		uint8_t *to = (uint8_t *)(uintptr_t)copy.ptr;
		for (size_t at = start; at < start + length; at++)
			if (to[at] == '<')
				to[at] = LESS_THAN;
	}
	return copy.len ? copy : text;
}

static void restore(struct xml_element *e)
{
	for (; e; e = e->next)
		for (size_t i = 0; i < e->text.len; i++)
			if (e->text.ptr[i] == LESS_THAN)
				((uint8_t *)(uintptr_t)e->text.ptr)[i] = '<';
}

/* One server sends messages such as "a <b> c" without escaping them. */
static void mend(struct payload_xml *p)
{
	struct dissection *d = p->x.d;
	struct slice text = slice_sub(d->sources[p->x.source].data, p->x.base, p->length);
	struct slice sound = mended(d->arena, text);

	if (sound.ptr == text.ptr)
		return;
	struct xml_document document = xml_parse(d->arena, sound);
	if (!document.root)
		return;
	restore(document.root->first);
	p->root = document.root;
}

static void data_dissect(const struct payload_xml *p)
{
	static const struct payload_xml_row attributes[] = {{NULL, 0}};
	struct field *data = xml_add_branch(&p->x, p->parent, F_PRESENCE_DATA, p->root);
	size_t before = p->x.d->summary.len;

	for (const struct xml_element *e = p->root->first; e; e = e->next)
		if (!presence_child(&p->x, data, e))
			xml_add_other(&p->x, data, e);
	payload_xml_attributes(&p->x, data, p->root, attributes);
	presence_summarise(p->x.d, data);
	if (p->x.d->summary.len == before)
		dissection_summary_add(p->x.d, "no message");
}

void presence_data_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			   const struct msnp_context *context)
{
	struct payload_xml p;

	(void)context;
	if (!payload_xml_parse(&p, d, parent, (struct range){source, offset, length}, RULE_PRESENCE_VALUE))
		return;
	if (p.broken)
		mend(&p);
	if (payload_xml_named(p.root, "Data")) {
		data_dissect(&p);
	} else if (payload_xml_named(p.root, "EndpointData") || payload_xml_named(p.root, "PrivateEndpointData")) {
		presence_child(&p.x, parent, p.root);
		presence_summarise(d, parent);
	} else {
		payload_xml_wrong_root(&p);
	}
	payload_xml_finish(&p);
}
