/* SPDX-License-Identifier: BSD-2-Clause */
/* What the TUI shows of a sample. */
#ifndef MSNSCOPE_TESTS_UNIT_SAMPLE_MODEL_H
#define MSNSCOPE_TESTS_UNIT_SAMPLE_MODEL_H

#include "tui/model.h"

/* Reads samples/NAME into a new model; NULL: an empty one.  Ends with tui_model_free. */
struct tui_model *sample_model(const char *name);

#endif
