/* SPDX-License-Identifier: BSD-2-Clause */
/* Documents in, trees out; hostile documents; then each document cut at every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "dissectors/xml.h"
#include "tree.h"

struct row {
	const char *document;
	const char *tree;  /* as xml_fields has it, with a finding where the document is broken */
	const char *error; /* what the error holds, or NULL */
};

static const struct row rows[] = {
	{"<a/>", "[a]=\"\"", NULL},
	{"<a>x</a>", "[a]=\"x\"", NULL},
	{"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- c --><a> x </a>\n", "[a]=\" x \"", NULL},
	/* Local names; namespaces where they change. */
	{"<s:a xmlns:s=\"u:1\"><s:b>1</s:b><c xmlns=\"u:2\"><d/></c></s:a>",
	 "[a]{[@xmlns]=\"u:1\" [b]=\"1\" [c]{[@xmlns]=\"u:2\" [d]=\"\"}}", NULL},
	/* Attributes, and text beside them. */
	{"<a x='1' y=\"&lt;2&gt;\">t</a>", "[a]{[@x]=\"1\" [@y]=\"<2>\" [#text]=\"t\"}", NULL},
	{"<a>\n <b/>\n <b>2</b>\n</a>", "[a]{[b]=\"\" [b]=\"2\"}", NULL},
	/* Text in pieces: entities, character references, CDATA, elements in between. */
	{"<a>1 &amp; &#x7b;&#233;<![CDATA[<b>&amp;]]><b/>2<!-- c -->3<?p i?>4</a>",
	 "[a]{[#text]=\"1 & {\xc3\xa9<b>&amp;234\" [b]=\"\"}", NULL},
	/* Secrets. */
	{"<a><Password>1</Password><PassportCookie><t>2</t><p>3</p></PassportCookie><t>4</t></a>",
	 "[a]{[Password]=\"1\" [PassportCookie]{[t]=\"2\" [p]=\"3\"} [t]=\"4\"}", NULL},
	/* What is broken is read as far as possible. */
	{"<a><b>1</b><c>2", "[a]{[b]=\"1\" [c]=\"2\"}", "byte 15"},
	{"<a><b></a>", "[a]{[b]=\"\"}", "mismatch"},
	{"<a>1 & 2 &c=3; &d &amp; 4</a>", "[a]=\"1 & 2 &c=3; &d & 4\"", "byte 6"},
	{"<a>1 &nbsp; 2 &amp; 3</a>", "[a]=\"1 &nbsp; 2 & 3\"", "nbsp"},
	{"<a>&&amp;</a>", NULL, "byte"},
	{"<a></a><b/>", "[a]=\"\"", "Extra content"},
	{"<p:a>1</p:a>", "[a]=\"1\"", "prefix p"},
	{"<a>1\x01</a>", NULL, "Char"},
	{"<a>caf\xe9 ol\xc3\xa9</a>", "[a]=\"caf\xef\xbf\xbd ol\xc3\xa9\"", "byte 6: not UTF-8"},
	{"<?xml version='1.0' encoding='iso-8859-1'?><a>caf\xe9</a>", "[a]=\"caf\xc3\xa9\"", NULL},
	{"<?xml version='1.0' encoding='x-none'?><a>\xc3\xa9</a>", "[a]=\"\xc3\xa9\"", NULL},
	{"", "", "empty"},
	{" ", "", ""},
	{"no XML", "", "Start tag"},
	{"<", "", ""},
	/* Document types: nothing is declared, nothing expanded, nothing fetched. */
	{"<!DOCTYPE a><a>1</a>", "[a]=\"1\"", NULL},
	{"<!DOCTYPE a [<!ENTITY x \"yyyy\">]><a>&x;</a>", "[a]=\"&x;\"", "declares the entity \"x\""},
	{"<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a b=\"1\">&x;</a>",
	 "[a]{[@b]=\"1\" [#text]=\"&x;\"}", "declares the entity \"x\""},
	{"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a>&x;</a>", "[a]=\"&x;\"", ""},
	{"<!DOCTYPE a [<!ENTITY % p SYSTEM \"file:///etc/passwd\">%p;]><a>1</a>", "[a]=\"1\"", "declares the entity"},
	{"<!DOCTYPE a [<!ATTLIST a x CDATA \"default\">]><a/>", "[a]=\"\"", NULL},
};

static const char laughs[] =
	"<!DOCTYPE a [<!ENTITY l \"lol\"><!ENTITY m \"&l;&l;&l;&l;&l;&l;&l;&l;&l;&l;\">"
	"<!ENTITY n \"&m;&m;&m;&m;&m;&m;&m;&m;&m;&m;\"><!ENTITY o \"&n;&n;&n;&n;&n;&n;&n;&n;&n;&n;\">"
	"<!ENTITY p \"&o;&o;&o;&o;&o;&o;&o;&o;&o;&o;\"><!ENTITY q \"&p;&p;&p;&p;&p;&p;&p;&p;&p;&p;\">"
	"<!ENTITY r \"&q;&q;&q;&q;&q;&q;&q;&q;&q;&q;\"><!ENTITY s \"&r;&r;&r;&r;&r;&r;&r;&r;&r;&r;\">"
	"]><a b=\"&s;\">&s;</a>";

/* Every range lies in the text, and each element within its parent. */
static void check_ranges(const struct xml_element *e, size_t length)
{
	for (; e; e = e->next) {
		assert_true(e->offset <= length && e->length <= length - e->offset);
		assert_true(e->inner_offset >= e->offset);
		assert_true(e->inner_offset + e->inner_length <= e->offset + e->length);
		if (e->parent)
			assert_true(e->offset >= e->parent->inner_offset &&
				    e->offset + e->length <= e->parent->inner_offset + e->parent->inner_length);
		for (const struct xml_attribute *a = e->attributes; a; a = a->next)
			assert_true(a->offset >= e->offset && a->offset + a->length <= e->offset + e->length);
		check_ranges(e->first, length);
	}
}

/* Parses a copy without room behind it, and makes fields of it. */
static struct xml_document parse(struct arena *arena, struct dissection *d, struct slice text)
{
	uint8_t *copy = malloc(text.len ? text.len : 1);

	assert_non_null(copy);
	memcpy(copy, text.ptr, text.len);
	struct xml_document document = xml_parse(arena, slice_of(copy, text.len));
	free(copy);
	check_ranges(document.root, text.len);
	assert_true(document.broken == (document.error.len > 0));
	dissection_init(d, arena, SLICE_EMPTY, text);
	struct field *dict = field_add(d, &d->root, F_XML_DOCUMENT, SOURCE_PAYLOAD, 0, text.len);
	if (document.root)
		xml_fields(d, dict, document.root, SOURCE_PAYLOAD, 0);
	tree_check(d);
	return document;
}

static void test_documents(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct xml_document document = parse(&arena, &d, slice_str(rows[i].document));
		struct buffer tree = {0}, expected = {0};

		tree_write(&d, &tree);
		buffer_add_byte(&tree, 0);
		buffer_add_str(&expected, "xml.document");
		if (rows[i].tree && rows[i].tree[0])
			buffer_printf(&expected, "{%s}", rows[i].tree);
		buffer_add_byte(&expected, 0);
		if (rows[i].tree)
			assert_string_equal((const char *)tree.data, (const char *)expected.data);
		if (document.broken != (rows[i].error != NULL))
			fail_msg("%s: %.*s", rows[i].document, SLICE_ARG(document.error));
		if (rows[i].error && rows[i].error[0] &&
		    slice_find(document.error, slice_str(rows[i].error)) == document.error.len)
			fail_msg("%s: %.*s", rows[i].document, SLICE_ARG(document.error));
		buffer_free(&tree);
		buffer_free(&expected);
		arena_reset(&arena);
	}
	arena_free(&arena);
}

static void test_documents_cut(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t len = 0; len < strlen(rows[i].document); len++) {
			parse(&arena, &d, slice_of(rows[i].document, len));
			arena_reset(&arena);
		}
	arena_free(&arena);
}

static void assert_range(struct slice text, size_t offset, size_t length, const char *expected)
{
	assert_true(slice_eq_str(slice_sub(text, offset, length), expected));
}

static void test_ranges(void **state)
{
	struct slice text = SLICE_LIT("\xef\xbb\xbf <s:a  k='v&amp;w' m = \"n\" xmlns:s=\"u\" >t<b />"
				      "<c>&lt;&amp;</c ></s:a> ");
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	struct xml_document document = parse(&arena, &d, text);
	const struct xml_element *a = document.root, *b = xml_child(a, "b"), *c = xml_child(a, "c");
	assert_false(document.broken);
	assert_range(text, a->offset, a->length, "<s:a  k='v&amp;w' m = \"n\" xmlns:s=\"u\" >t<b /><c>&lt;&amp;</c ></s:a>");
	assert_range(text, a->inner_offset, a->inner_length, "t<b /><c>&lt;&amp;</c >");
	assert_range(text, b->offset, b->length, "<b />");
	assert_int_equal(b->inner_length, 0);
	assert_range(text, c->offset, c->length, "<c>&lt;&amp;</c >");
	assert_range(text, c->inner_offset, c->inner_length, "&lt;&amp;");
	const struct xml_attribute *m = xml_attribute(a, "m");
	assert_range(text, m->offset, m->length, "n");
	arena_free(&arena);
}

static void test_lookups(void **state)
{
	struct slice text = SLICE_LIT("<a><b><c> 1\n</c></b><b x=\"y\"><c>2</c></b></a>");
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	struct xml_document document = parse(&arena, &d, text);
	const struct xml_element *b = xml_child(document.root, "b");
	assert_true(slice_eq_str(xml_text(document.root, "b/c"), "1"));
	assert_true(slice_eq_str(xml_text(xml_same(b), "c"), "2"));
	assert_true(slice_eq_str(xml_attribute_value(xml_same(b), "x"), "y"));
	assert_true(slice_eq_str(xml_text(xml_path(b, "c"), ""), "1"));
	assert_null(xml_same(xml_same(b)));
	assert_null(xml_path(document.root, "b/d/e"));
	assert_null(xml_child(NULL, "b"));
	assert_null(xml_same(NULL));
	assert_null(xml_path(NULL, "b"));
	assert_null(xml_attribute(NULL, "x"));
	assert_int_equal(xml_text(NULL, "b").len, 0);
	assert_int_equal(xml_attribute_value(b, "x").len, 0);
	arena_free(&arena);
}

static void test_looks_like(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} texts[] = {
		{"<a", true},  {"\n <?xml", true}, {"\xef\xbb\xbf<!--", true}, {"<", false}, {"", false},
		{"< a", false}, {"a<b", false},     {"<1", false},              {"\x89PNG", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(xml_looks_like(slice_str(texts[i].text)), texts[i].is);
	assert_true(xml_looks_like(SLICE_LIT("\xff\xfe<\0a\0")));
}

static void test_secrets(void **state)
{
	struct slice text = SLICE_LIT("<a><Ticket passport=\"1\" appid=\"2\"/><t>3</t><Password>4</Password></a>");
	struct arena arena = {0};
	struct dissection d;
	unsigned secret = 0;

	(void)state;
	parse(&arena, &d, text);
	const struct field *a = d.root.first->first;
	for (const struct field *f = a->first; f; f = f->next) {
		secret += f->def->flags & FIELD_SECRET ? 1 : 0;
		for (const struct field *g = f->first; g; g = g->next)
			secret += g->def->flags & FIELD_SECRET ? 1 : 0;
	}
	assert_int_equal(secret, 2);
	arena_free(&arena);
}

/* Two bytes for each character of an ASCII text, behind the byte order mark when there is one. */
static struct slice wide(struct buffer *out, const char *text, bool big, bool mark)
{
	out->len = 0;
	if (mark)
		buffer_add(out, big ? "\xfe\xff" : "\xff\xfe", 2);
	for (; *text; text++) {
		uint8_t pair[2] = {(uint8_t)(big ? 0 : *text), (uint8_t)(big ? *text : 0)};

		buffer_add(out, pair, 2);
	}
	return buffer_slice(out);
}

static void test_utf16(void **state)
{
	const char *text = "<?xml version=\"1.0\" encoding=\"utf-16\"?><a><b>1</b></a>";
	struct arena arena = {0};
	struct buffer out = {0};
	struct dissection d;

	(void)state;
	for (unsigned form = 0; form < 4; form++) {
		struct slice s = wide(&out, text, form & 1, form & 2);
		struct xml_document document = parse(&arena, &d, s);

		assert_false(document.broken);
		assert_true(slice_eq_str(xml_text(document.root, "b"), "1"));
		assert_int_equal(document.root->length, s.len);
		for (size_t len = 0; len < s.len; len++)
			parse(&arena, &d, slice_sub(s, 0, len));
		arena_reset(&arena);
	}
	/* UCS-4 and other data with zeros. */
	assert_true(parse(&arena, &d, SLICE_LIT("<\0\0\0a\0\0\0")).broken);
	assert_true(parse(&arena, &d, SLICE_LIT("\0\0\0<\0\0\0a")).broken);
	assert_true(parse(&arena, &d, SLICE_LIT("<a>1\0002</a>")).broken);
	assert_true(parse(&arena, &d, SLICE_LIT("\x4c\x6f\xa7\x94")).broken);
	buffer_free(&out);
	arena_free(&arena);
}

/* --- hostile documents --- */

/* Parses part n times between a beginning and an end; the error must hold what. */
static void parse_repeated(const char *start, const char *part, size_t n, const char *end, const char *error)
{
	struct arena arena = {0};
	struct buffer text = {0};
	struct dissection d;

	buffer_add_str(&text, start);
	for (size_t i = 0; i < n; i++)
		buffer_add_str(&text, part);
	buffer_add_str(&text, end);
	struct xml_document document = parse(&arena, &d, buffer_slice(&text));
	assert_int_equal(document.broken, error != NULL);
	if (error && slice_find(document.error, slice_str(error)) == document.error.len)
		fail_msg("%.*s", SLICE_ARG(document.error));
	buffer_free(&text);
	arena_free(&arena);
}

static void hostile_documents(void)
{
	struct arena arena = {0};
	struct dissection d;
	struct xml_document document = parse(&arena, &d, slice_str(laughs));

	assert_true(document.broken);
	assert_true(document.root && document.root->text.len < 10);
	arena_free(&arena);
	/* UTF-16 of what looks like UTF-16. */
	assert_true(parse(&arena, &d, SLICE_LIT("<\0\0\0?\0\0\0\0?\0?")).broken);
	assert_true(parse(&arena, &d, SLICE_LIT("\xff\xfe<\0\0\0\0\0\0\0\0?\0?")).broken);
	arena_free(&arena);
	parse_repeated("", "<a>", 100000, "", "nested deeper");
	parse_repeated("<a>", "<b/>", XML_NODES_MAX + 10, "</a>", "more than");
	parse_repeated("<a b=\"", "xxxxxxxxxx", 100000, "\"/>", NULL);
	parse_repeated("<a>", "xxxxxxxxxx", 500000, "</a>", NULL);
	parse_repeated("<a>", "xxxxxxxxxx", 1000000, "</a>", "longer than");
	parse_repeated("<a ", "b='1' ", 100000, "/>", "");
	parse_repeated("<a>", "&", 200000, "</a>", "");
	parse_repeated("<a>", "&x;", 200000, "</a>", "");
	parse_repeated("<a>", "</b>", 200000, "</a>", "");
	parse_repeated("<a>", "\x01", 200000, "</a>", "");
	parse_repeated("<a", " xmlns:a='u'", 10000, "/>", "");
	parse_repeated("<!DOCTYPE a [", "<!ENTITY x \"y\">", 10000, "]><a/>", "declares");
	parse_repeated("<!DOCTYPE a [<!ATTLIST a x CDATA \"", "xxxxxxxxxx", 1000, "\">]><a/>", NULL);
}

/* The parser of the library prints by itself unless it is told otherwise. */
static void test_hostile_documents(void **state)
{
	FILE *caught = tmpfile();
	int saved = dup(STDERR_FILENO);

	(void)state;
	assert_non_null(caught);
	assert_true(saved >= 0 && dup2(fileno(caught), STDERR_FILENO) >= 0);
	hostile_documents();
	fflush(stderr);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	assert_int_equal(fseek(caught, 0, SEEK_END), 0);
	assert_int_equal(ftell(caught), 0);
	fclose(caught);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_documents), cmocka_unit_test(test_documents_cut),
		cmocka_unit_test(test_ranges),    cmocka_unit_test(test_lookups),
		cmocka_unit_test(test_looks_like), cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_utf16),     cmocka_unit_test(test_hostile_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
