/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream/connection.h"

enum syn_verdict half_judge_syn(uint8_t *known, uint32_t *start, uint32_t syn_seq)
{
	uint32_t first = syn_seq + 1;

	if (*known != START_UNKNOWN && first != *start) {
		/* A SYN captured after the first data or acknowledgements. */
		if (*known >= START_SYN || *start - first > STREAM_NEAR)
			return SYN_NEW;
	}
	*start = first;
	if (*known < START_SYN)
		*known = START_SYN;
	return SYN_SAME;
}

void half_start(struct half *h, uint32_t start, enum start_known known)
{
	h->start = start;
	h->first = start;
	h->known = (uint8_t)known;
	h->next = STREAM_START;
}

void half_ack(struct half *h, uint32_t seq)
{
	if (h->known == START_UNKNOWN)
		half_start(h, seq, START_ACKED);
	uint64_t at = half_offset(h, seq);
	/* The latest, not the highest: a wrong one does no harm once it is contradicted. */
	if (!half_in_window(h, at) || at == h->acked)
		return;
	h->acked_before = h->acked;
	h->acked = at;
}

uint64_t half_sent(const struct half *h)
{
	uint64_t sent = reassembly_end(&h->waiting);

	if (sent < h->acked)
		sent = h->acked;
	return sent < h->next ? h->next : sent;
}

uint64_t half_acked_hole(const struct half *h)
{
	uint64_t end = h->fin && h->fin_at < h->acked ? h->fin_at : h->acked;

	/* One byte with nothing behind it is the FIN that the capture lacks. */
	if (!h->fin && h->waiting.count == 0 && (end == h->next + 1 || end == h->acked_before + 1))
		return end - 1;
	return end;
}

uint64_t half_final_hole(const struct half *h)
{
	return h->fin ? h->fin_at : half_acked_hole(h);
}
