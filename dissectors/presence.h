/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What accounts tell about themselves: personal message, media, endpoints.  It
 * stands in the Data of UUX and UBX, and from MSNP21 on in the blocks of
 * <user> that PUT and NFY carry.  Source: XML payloads 2 and 8.
 */
#ifndef MSNSCOPE_DISSECTORS_PRESENCE_H
#define MSNSCOPE_DISSECTORS_PRESENCE_H

#include "dissectors/msnp_value.h"
#include "dissectors/payload.h"
#include "dissectors/xml_add.h"

/* UUX and UBX: Data, EndpointData or PrivateEndpointData. */
payload_dissector presence_data_dissect;

/*
 * Adds the field that stands for the element, with what is in it: PSM,
 * CurrentMedia, EndpointData, Capabilities, State and all others of Data, of
 * the endpoints in it, and of the blocks "s" and "sep" of MSNP21.  Returns
 * false, and adds nothing, for an element that is not known, or that stands
 * there a second time where once is all, or far too often; the caller shows
 * these.
 */
bool presence_child(const struct xml_origin *x, struct field *parent, const struct xml_element *e);

/*
 * Adds to the summary what the fields directly below parent say:
 *	"at work", listening to "Tune - Band", endpoint desk (online)
 */
void presence_summarise(struct dissection *d, const struct field *parent);

/*
 * Breaks up the decoded text of CurrentMedia as children of parent, a
 * F_PRESENCE_MEDIA.  The range is where it stands, perhaps with entities; a
 * text that differs from its bytes there becomes a source of its own.
 *
 *	application \0 type \0 enabled \0 format \0 argument 0 \0 argument 1 ...
 *
 * where \0 are the two characters, no NUL byte.
 */
void current_media_dissect(struct dissection *d, struct field *parent, struct range r, struct slice text);

#endif
