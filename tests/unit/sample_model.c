/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/sample_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pipeline.h"

struct tui_model *sample_model(const char *name)
{
	struct tui_model *model = tui_model_new();
	struct event_sink sink = tui_model_sink(model);
	struct pipeline_options options = {0};
	const char *source = getenv("srcdir");
	char path[512], message[CAPTURE_MESSAGE_MAX];

	if (!name)
		return model;
	snprintf(path, sizeof(path), "%s/samples/%s", source ? source : ".", name);
	struct pipeline *p = pipeline_new(&options, &sink);
	assert_int_equal(pipeline_file(p, path, message), PIPELINE_DONE);
	pipeline_free(p);
	return model;
}
