/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/foreign.h"

#include <stdio.h>

#include "capture/capture.h"

struct foreign_format {
	struct slice magic; /* the file begins with this */
	const char *name;
};

/* Magic numbers as in the openers of Wireshark's wiretap library and the formats' own documents. */
static const struct foreign_format analyzers[] = {
	{SLICE_LIT("RTSS"), "Network Monitor 1 capture"},
	{SLICE_LIT("GMBU"), "Network Monitor 2 capture"},
	{SLICE_LIT("snoop\0\0\0"), "snoop capture"}, /* RFC 1761 */
	{SLICE_LIT("TRSNIFF data    \x1a"), "Sniffer (DOS) capture"},
	{SLICE_LIT("XCP\0"), "Sniffer (Windows) or NetXRay capture"},
	{SLICE_LIT("VL\0\0"), "NetXRay capture"},
	{SLICE_LIT("iptrace 1.0"), "AIX iptrace 1.0 capture"},
	{SLICE_LIT("iptrace 2.0"), "AIX iptrace 2.0 capture"},
	{SLICE_LIT("\x01\x10\x4c\0\x01\x05"), "LANalyzer capture"},
	{SLICE_LIT("\x07\x10\x4c\0\x01\x05"), "LANalyzer capture"},
	{SLICE_LIT("\x05VNF"), "Visual Networks capture"},
	{SLICE_LIT("\x7fver"), "EtherPeek/OmniPeek capture"},
	{SLICE_LIT("\x42\xd2\0\x34\x12\x66\x22\x88"), "RADCOM capture"},
	{SLICE_LIT("TR\0d\0"), "HP-UX nettl capture"},
	{SLICE_LIT("\0\0\x02\0\x12\x05\0\x10"), "Tektronix K12xx capture"},
	{SLICE_LIT("+---------+---------------+----------+"), "Tektronix K12xx text capture"},
	{SLICE_LIT("btsnoop\0"), "Bluetooth btsnoop capture"},
};

static const struct foreign_format compressors[] = {
	{SLICE_LIT("\xfd"
		   "7zXZ\0"),
	 "xz"},
	{SLICE_LIT("BZh"), "bzip2"},
	{SLICE_LIT("\x28\xb5\x2f\xfd"), "zstd"},
	{SLICE_LIT("\x04\x22\x4d\x18"), "lz4"},
	{SLICE_LIT("PK\x03\x04"), "zip"},
	{SLICE_LIT("\x1f\x9d"), "compress"},
	{SLICE_LIT("7z\xbc\xaf\x27\x1c"), "7-Zip"},
	{SLICE_LIT("Rar!\x1a\x07"), "RAR"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *find(const struct foreign_format *formats, size_t count, struct slice first)
{
	for (size_t i = 0; i < count; i++)
		if (slice_has_prefix(first, formats[i].magic))
			return formats[i].name;
	return NULL;
}

bool foreign_message(struct slice first, char *message)
{
	const char *name = find(analyzers, COUNT(analyzers), first);

	if (name) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "%s; convert it with: editcap -F pcap IN OUT", name);
		return true;
	}
	name = find(compressors, COUNT(compressors), first);
	if (name)
		snprintf(message, CAPTURE_MESSAGE_MAX, "%s-compressed; decompress it first", name);
	return name != NULL;
}

bool foreign_is_text(struct slice first)
{
	size_t plain = 0;

	for (size_t i = 0; i < first.len; i++) {
		uint8_t c = first.ptr[i];

		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b) || c == 0x7f)
			return false;
		plain += c < 0x80;
	}
	return 2 * plain > first.len;
}
