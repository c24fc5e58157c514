/* SPDX-License-Identifier: BSD-2-Clause */
/* The command table and how a command line is held against it. */
#ifndef MSNSCOPE_DISSECTORS_MSNP_TABLE_H
#define MSNSCOPE_DISSECTORS_MSNP_TABLE_H

#include "dissectors/dissection.h"
#include "dissectors/msnp.h"

enum trid_rule { TRID_YES, TRID_NO, TRID_ZERO, TRID_MAYBE };
enum confidence { CONFIDENCE_SURE, CONFIDENCE_LIKELY, CONFIDENCE_DISPUTED };

enum payload_kind {
	PAYLOAD_NONE,
	PAYLOAD_MIME_MSG,
	PAYLOAD_XML_ML,
	PAYLOAD_XML_DATA,
	PAYLOAD_XML_NOTIFICATION,
	PAYLOAD_XML_PAGE,
	PAYLOAD_XML_CONFIG,
	PAYLOAD_XML_POLICIES,
	PAYLOAD_ERROR_DETAIL,
	PAYLOAD_ROUTING,
	PAYLOAD_TEXT,
	PAYLOAD_UUN,
	PAYLOAD_UNKNOWN,
	PAYLOAD_SKYPE,
	PAYLOAD_SKYPE_XML,
	PAYLOAD_SKYPE_ROUTING,
};

/* Short name of a payload kind: "mime-msg", "xml:Data", ... */
const char *payload_kind_name(enum payload_kind kind);

/* What the word of a parameter looks like and how it is broken up. */
enum param_kind {
	PARAM_TEXT,              /* as it stands */
	PARAM_ENCODED,           /* percent-encoded UTF-8 */
	PARAM_SECRET,            /* as it stands, masked for readers */
	PARAM_WORD,              /* constant */
	PARAM_NUMBER,            /* decimal */
	PARAM_NUMBER_LOOSE,      /* decimal as a rule; a GUID or text from other software */
	PARAM_LENGTH,            /* decimal: payload length */
	PARAM_ENUM,              /* word of a set */
	PARAM_ENUM_NUMBER,       /* number of a set */
	PARAM_ADDRESS,           /* account: mail address, tel:number */
	PARAM_ADDRESS_OR_GUID,
	PARAM_ENDPOINT,          /* account[;{guid}] */
	PARAM_HANDLE,            /* network:account[;via=...][;epid=...] */
	PARAM_GUID,
	PARAM_ID_LIST,           /* comma-separated */
	PARAM_HOST_PORT,
	PARAM_CAPABILITIES,      /* decimal word */
	PARAM_CAPABILITIES_PAIR, /* word[:word] */
	PARAM_LIST_BITS,
	PARAM_MSNOBJECT,         /* percent-encoded XML, or 0 */
	PARAM_STAMP,             /* ISO 8601 time, or number */
	PARAM_PROTOCOL,          /* MSNPn or CVRn */
	PARAM_HOP_INFO,          /* base64 of header lines */
};

enum param_rule {
	WORD_REQUIRED,
	WORD_OPTIONAL,
	WORD_MANY,
	WORD_LITERAL,
	WORD_OPTIONAL_LITERAL,
	WORD_TAGGED,
	WORD_OPTIONAL_TAGGED,
	WORD_END,
};

struct msnp_param {
	enum param_rule rule;
	enum field_id field; /* P_... */
	const char *words;   /* literals parted by '|', or the tag */
};

struct msnp_form {
	const char *name; /* "USR"; "NNN" for errors */
	unsigned roles;
	enum msnp_sender sender;
	struct msnp_versions versions;
	enum trid_rule trid;
	const struct msnp_param *params; /* ended by a WORD_END */
	enum payload_kind payload;
	const char *reply_to;            /* comma-separated commands, "" for none */
	enum confidence confidence;
	const char *summary;             /* template; see summary.h */
	const char *meaning;
	const char *sources;
};

extern const struct msnp_form msnp_forms[];
extern const size_t msnp_forms_count;

/* Forms of that name are neighbours: returns the first and their number (0 when the name is not known). */
size_t msnp_forms_named(struct slice name, const struct msnp_form **first);

/* Is it an error number: exactly three digits? */
bool msnp_is_error_name(struct slice name);

/* Is it a parameter of commands, P_...? */
bool msnp_is_param(enum field_id id);

/* What a param of P_... looks like. */
enum param_kind msnp_param_kind(enum field_id param);

/* A command line cut into words at single spaces; the words point into the line. */
struct msnp_words {
	const struct slice *word; /* word[0] is the name */
	size_t count;
};

/* Does a reply_to list hold the name? */
bool msnp_replies_to(const struct msnp_form *form, struct slice request);

/* Words that one line can have: MSNP_LINE_MAX spaces would make one more. */
struct msnp_words msnp_split(struct slice line, struct arena *arena);

/* One word given to one param of a form. */
struct msnp_binding {
	enum field_id field; /* P_... */
	size_t word;         /* index into words */
	size_t skip;         /* bytes of the tag before the value */
};

enum msnp_fit {
	FIT_NONE,    /* no form of that name and sender at all */
	FIT_CLOSEST, /* no form fits; the closest is given, its params named by position */
	FIT_OTHER,   /* fits a form of another version or role */
	FIT_EXACT,
};

struct msnp_match {
	enum msnp_fit fit;
	const struct msnp_form *form;
	bool has_trid;
	uint64_t trid;                        /* word 1 when has_trid */
	const struct msnp_binding *bindings;  /* in order of words */
	size_t binding_count;                 /* words beyond are extra */
};

/* Finds the form that fits best.  Pure; bindings lie in the arena. */
struct msnp_match msnp_match(struct msnp_words words, enum msnp_sender sender, const struct msnp_context *context,
			     struct arena *arena);

/* What a line says about the connection it was seen on: the union of the forms that fit it best. */
struct msnp_evidence {
	unsigned roles;                /* 0 when no form fits */
	struct msnp_versions versions; /* from the first to the last version that has such a form */
};

struct msnp_evidence msnp_evidence(struct msnp_words words, enum msnp_sender sender, struct arena *arena);

/* Error table */
struct msnp_error {
	int number;
	const char *name, *meaning, *remarks, *sources;
};
extern const struct msnp_error msnp_errors[];
extern const size_t msnp_errors_count;
const struct msnp_error *msnp_error_find(uint64_t number);

#endif
