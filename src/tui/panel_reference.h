/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSNSCOPE_TUI_PANEL_REFERENCE_H
#define MSNSCOPE_TUI_PANEL_REFERENCE_H

#include "tui/app.h"
#include "tui/reference_entries.h"

/* The entry that is to be explained: under the cursor of the list, or like what is being typed. */
const struct reference_entry *panel_reference_entry(struct panel *p);

#endif
