/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/error_detail.h"

#include "dissectors/contact_list.h"
#include "dissectors/payload_xml.h"

/* Other XML than a list of contacts is shown with all that is in it. */
static void xml_dissect(struct dissection *d, struct field *parent, struct range r)
{
	struct payload_xml p;

	if (!payload_xml_parse(&p, d, parent, r, RULE_XML_BROKEN))
		return;
	xml_add_other(&p.x, parent, p.root);
	struct slice text = xml_text(p.root, "");
	dissection_summary_add(d, "<%.*s>%s%.*s", SLICE_ARG(payload_xml_cut(p.root->name)), text.len ? " " : "",
			       SLICE_ARG(payload_xml_cut(text)));
	payload_xml_finish(&p);
}

void payload_other_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			   const struct msnp_context *context)
{
	struct range r = {source, offset, length};

	(void)context;
	if (xml_looks_like(slice_sub(d->sources[source].data, offset, length)))
		xml_dissect(d, parent, r);
	else if (length)
		payload_xml_shown(d, parent, r);
}

/* Is the first element <ml>, with or without attributes? */
static bool is_contact_list(struct slice text)
{
	size_t at = slice_find(text, SLICE_LIT("<ml"));
	struct slice behind = slice_sub(text, at + 3, 1);

	return at == slice_find_byte(text, '<') && behind.len &&
	       (behind.ptr[0] == '>' || behind.ptr[0] == '/' || behind.ptr[0] <= ' ');
}

void error_detail_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			  const struct msnp_context *context)
{
	struct slice text = slice_sub(d->sources[source].data, offset, length);

	if (is_contact_list(text))
		contact_list_refused(d, parent, source, offset, length, context);
	else
		payload_other_dissect(d, parent, source, offset, length, context);
}
