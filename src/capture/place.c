/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/place.h"

#include <inttypes.h>
#include <stdio.h>

#include "capture/capture.h"

void place_append(char *message, uint64_t frame, uint64_t offset, bool compressed)
{
	size_t used = strlen(message);

	snprintf(message + used, CAPTURE_MESSAGE_MAX - used, ", at frame %" PRIu64 ", offset %" PRIu64 "%s", frame,
		 offset, compressed ? " of the decompressed data" : "");
}
