/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <pcap/pcap.h>

#include "capture/capture.h"

/*
 * Most link types have the same number in files (LINKTYPE_) and in libpcap
 * (DLT_).  These do not, as DLT_ values differed between systems, or have no name
 * in libpcap; see https://www.tcpdump.org/linktypes.html.
 */
static const struct {
	int linktype;
	const char *name;
} names[] = {
	{12, "RAW"},          {14, "RAW"},         {100, "ATM_RFC1483"}, {101, "RAW"},
	{102, "SLIP_BSDOS"},  {103, "PPP_BSDOS"},  {104, "C_HDLC"},    {106, "ATM_CLIP"},    {50, "PPP_SERIAL"},
	{51, "PPP_ETHER"},    {246, "PFSYNC"},     {252, "WIRESHARK_UPPER_PDU"}, {258, "PKTAP"},
};

const char *capture_linktype_name(int linktype)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].linktype == linktype)
			return names[i].name;
	return pcap_datalink_val_to_name(linktype);
}
