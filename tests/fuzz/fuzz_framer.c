/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Framing of arbitrary bytes.  The first byte says who speaks and whether the
 * stream starts at a command; 0xff 0xfe in the rest stands for a gap of as many
 * bytes as the byte behind says.  The same bytes are framed whole and one by
 * one: both must give the same pieces, which together are the whole stream.
 */
#include <stdlib.h>

#include "dissectors/msnp_framer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct record {
	uint64_t hash, count;
};

static void on_framed(void *ctx, const struct framed *f)
{
	struct record *r = ctx;
	struct slice parts[] = {f->message.line, f->message.payload, f->skipped};

	r->count++;
	for (size_t p = 0; p < sizeof(parts) / sizeof(parts[0]); p++)
		for (size_t i = 0; i < parts[p].len; i++)
			r->hash = (r->hash ^ parts[p].ptr[i]) * 0x100000001b3u;
	r->hash = (r->hash ^ f->skipped_bytes ^ f->start << 20 ^ f->end << 40 ^ f->message.recovered) * 0x100000001b3u;
	if (f->end < f->start)
		abort();
}

static struct record frame(struct slice data, uint8_t how, bool bytewise)
{
	static const struct msnp_context context = {.versions = {MSNP_FIRST, MSNP_NEWEST}};
	struct framer_budget budget = {0, FRAMER_BUDGET_DEFAULT};
	struct record r = {0xcbf29ce484222325u, 0};
	struct msnp_framer f;

	msnp_framer_init(&f, how & 1 ? MSNP_SERVER : MSNP_CLIENT, how & 2, &context, &budget, on_framed, &r);
	while (data.len) {
		size_t gap = slice_find(data, SLICE_LIT("\xff\xfe"));

		for (size_t i = 0; bytewise && i < gap; i++)
			msnp_framer_data(&f, slice_sub(data, i, 1));
		if (!bytewise && gap)
			msnp_framer_data(&f, slice_sub(data, 0, gap));
		data = slice_sub(data, gap, data.len);
		if (data.len > 2)
			msnp_framer_gap(&f, data.ptr[2]);
		data = slice_sub(data, 3, data.len);
	}
	msnp_framer_end(&f);
	msnp_framer_free(&f);
	if (budget.used)
		abort();
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_sub(slice_of(data, size), 1, size);

	if (size < 1)
		return 0;
	struct record whole = frame(rest, data[0], false), bytes = frame(rest, data[0], true);
	if (whole.hash != bytes.hash || whole.count != bytes.count)
		abort();
	return 0;
}
