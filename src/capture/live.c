/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "capture/live.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <poll.h>

/* The kernel hands packets over when it has many, or after this time: few wake-ups, and nobody sees the delay. */
#define LIVE_BATCH_MS 100
/* What the kernel keeps of packets that were not yet taken. */
#define LIVE_BUFFER_BYTES (16 << 20)

/* What happened, in words that say what to do about it. */
static void explain(pcap_t *pcap, int status, char *message)
{
	const char *more = pcap_geterr(pcap);

	switch (status) {
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		snprintf(message, CAPTURE_MESSAGE_MAX,
			 "no permission to capture: run as root (sudo), or once as root: "
			 "setcap cap_net_raw,cap_net_admin+ep PROGRAM");
		break;
	case PCAP_ERROR_NO_SUCH_DEVICE:
		snprintf(message, CAPTURE_MESSAGE_MAX, "no such interface; -D lists them");
		break;
	case PCAP_ERROR_IFACE_NOT_UP:
		snprintf(message, CAPTURE_MESSAGE_MAX, "the interface is not up");
		break;
	default:
		snprintf(message, CAPTURE_MESSAGE_MAX, "%s", *more ? more : pcap_statustostr(status));
	}
}

static void configure(pcap_t *pcap)
{
	pcap_set_snaplen(pcap, CAPTURE_PACKET_MAX);
	pcap_set_promisc(pcap, 1);
	pcap_set_timeout(pcap, LIVE_BATCH_MS);
	pcap_set_buffer_size(pcap, LIVE_BUFFER_BYTES);
	/* Not everywhere to be had; what became of it is asked later. */
	pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
}

static bool set_filter(pcap_t *pcap, const char *filter, char *message)
{
	struct bpf_program program;
	bool good;

	if (!filter)
		return true;
	if (pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "capture filter '%s': %s", filter, pcap_geterr(pcap));
		return false;
	}
	good = pcap_setfilter(pcap, &program) == 0;
	if (!good)
		snprintf(message, CAPTURE_MESSAGE_MAX, "capture filter: %s", pcap_geterr(pcap));
	pcap_freecode(&program);
	return good;
}

static bool activate(struct live *l, const char *filter, char *message)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	int status;

	configure(l->pcap);
	status = pcap_activate(l->pcap);
	if (status < 0) {
		explain(l->pcap, status, message);
		return false;
	}
	if (!set_filter(l->pcap, filter, message))
		return false;
	if (pcap_setnonblock(l->pcap, 1, error) != 0) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "%s", error);
		return false;
	}
	l->linktype = pcap_datalink(l->pcap);
	l->nanoseconds = pcap_get_tstamp_precision(l->pcap) == PCAP_TSTAMP_PRECISION_NANO;
	return true;
}

bool live_open(struct live *l, const char *interface, const char *filter, char *message)
{
	char error[PCAP_ERRBUF_SIZE] = "";

	*l = (struct live){.pcap = pcap_create(interface, error)};
	if (!l->pcap) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "%s", error);
		return false;
	}
	if (activate(l, filter, message))
		return true;
	live_close(l);
	return false;
}

static enum capture_result fill(struct live *l, const struct pcap_pkthdr *header, const u_char *data,
				struct packet *packet)
{
	int64_t unit = l->nanoseconds ? 1 : 1000;

	packet->frame = ++l->frames;
	packet->time_ns = (int64_t)header->ts.tv_sec * 1000000000 + (int64_t)header->ts.tv_usec * unit;
	packet->linktype = l->linktype;
	packet->wire_len = header->len > header->caplen ? header->len : header->caplen;
	packet->data = slice_of(data, header->caplen);
	return CAPTURE_PACKET;
}

/* Until packets come, a signal does, or the time is over. */
static void wait_for_packets(struct live *l)
{
	struct pollfd fd = {.fd = pcap_get_selectable_fd(l->pcap), .events = POLLIN};

	poll(&fd, fd.fd >= 0, CAPTURE_WAIT_MS);
}

enum capture_result live_next(struct live *l, struct packet *packet, char *message)
{
	struct pcap_pkthdr *header;
	const u_char *data;
	int status = pcap_next_ex(l->pcap, &header, &data);

	if (status == 0) {
		wait_for_packets(l);
		/* Also when the time is over: not every system wakes who waits when its own is. */
		status = pcap_next_ex(l->pcap, &header, &data);
	}
	if (status == 1)
		return fill(l, header, data, packet);
	if (status == 0)
		return CAPTURE_NOTHING;
	explain(l->pcap, status, message);
	return CAPTURE_CUT;
}

const struct capture_drops *live_drops(struct live *l)
{
	struct pcap_stat now;

	if (pcap_stats(l->pcap, &now) == 0) {
		l->drops.late += now.ps_drop - l->last_drop;
		l->drops.interface += now.ps_ifdrop - l->last_ifdrop;
		l->last_drop = now.ps_drop;
		l->last_ifdrop = now.ps_ifdrop;
	}
	return &l->drops;
}

void live_close(struct live *l)
{
	if (l->pcap)
		pcap_close(l->pcap);
	l->pcap = NULL;
}

size_t capture_interfaces(void (*tell)(void *ctx, const char *name, const char *description), void *ctx, char *message)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	pcap_if_t *all = NULL;
	size_t count = 0;

	if (pcap_findalldevs(&all, error) != 0) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "%s", error);
		return 0;
	}
	for (const pcap_if_t *i = all; i; i = i->next, count++)
		tell(ctx, i->name, i->description);
	pcap_freealldevs(all);
	if (count == 0)
		snprintf(message, CAPTURE_MESSAGE_MAX, "no interface that can be captured from");
	return count;
}
