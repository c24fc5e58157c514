/* SPDX-License-Identifier: BSD-2-Clause */
/* Published answers to challenges, for both algorithms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dissectors/challenge.h"

static const struct {
	enum challenge_method method;
	const char *product_id, *challenge, *answer;
} vectors[] = {
	{CHALLENGE_MD5, "msmsgs@msnmsgr.com", "12345678901234567890", "8ba1bb9d6dbf624fee31a2053af5fdd0"},
	{CHALLENGE_MD5, "msmsgs@msnmsgr.com", "15570131571988941333", "8f2f5a91b72102cd28355e9fc9000d6e"},
	{CHALLENGE_MSNP11, "PROD0090YUAUV{2B", "22210219642164014968", "85ecb0db8f32113df79ce0892b9a102c"},
	{CHALLENGE_MSNP11, "PROD0090YUAUV{2B", "36819795137093047918", "e7ad3cb09d3e9e4e7c720175984809e9"},
	{CHALLENGE_MSNP11, "PROD0090YUAUV{2B", "21948129323261853323", "59bcf63ed21f44906c3d3e121ddbed65"},
	{CHALLENGE_MSNP11, "PROD0090YUAUV{2B", "41525959199453244913", "dcb8ff529e4dd12cc43389851128d2db"},
	{CHALLENGE_MSNP11, "PROD0113H11T8$X_", "11533365622852247127", "f086d1ded067186deca8dba2231602cf"},
	{CHALLENGE_MSNP11, "PROD0113H11T8$X_", "13038318816579321232", "3b25f5aab8143dd9a47971541666ae0e"},
	{CHALLENGE_MSNP11, "PROD0113H11T8$X_", "13676118092332012962", "e9ccbb3e90fabb047bad055f1d025cde"},
	{CHALLENGE_MSNP11, "PROD0113H11T8$X_", "237191752526424888127371168", "65b6b623c649c25629af048d34066040"},
	/* Lock key of an offline message: the same algorithm. */
	{CHALLENGE_MSNP11, "PROD0114ES4Z%Q5W", "19990805111111111111", "3b39a220088844d5c5389fbb541c0670"},
	/* Text of a multiple of eight characters: eight more are added. */
	{CHALLENGE_MSNP11, "PROD0090YUAUV{2B", "12345678", "94f9daab06a66c447a2eb85c3333cdb5"},
	{CHALLENGE_MSNP11, "PROD0090YUAUV{2B", "", "b3acb151bf9bdf3d0967f5074c955ba4"},
};

static void test_answers(void **state)
{
	char answer[CHALLENGE_DIGEST_LEN + 1] = "";

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct slice id = slice_str(vectors[i].product_id);
		const struct challenge_key *key = challenge_key_find(id);

		assert_non_null(key);
		assert_true(challenge_answer(vectors[i].method, slice_str(vectors[i].challenge), id,
					     slice_str(key->key), answer));
		assert_string_equal(answer, vectors[i].answer);
	}
}

static void test_verdicts(void **state)
{
	enum challenge_method method;

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct slice id = slice_str(vectors[i].product_id);
		struct slice challenge = slice_str(vectors[i].challenge);
		struct slice answer = slice_str(vectors[i].answer);

		assert_int_equal(challenge_verify(challenge, id, answer, &method), CHALLENGE_RIGHT);
		assert_int_equal(method, vectors[i].method);
		assert_int_equal(challenge_verify(SLICE_LIT("1"), id, answer, &method), CHALLENGE_WRONG);
		for (size_t len = 0; len < answer.len; len++)
			assert_int_equal(challenge_verify(challenge, id, slice_sub(answer, 0, len), &method),
					 CHALLENGE_WRONG);
	}
}

static void test_unknown(void **state)
{
	static const uint8_t long_text[CHALLENGE_TEXT_MAX + 1];
	const struct slice too_long = slice_of(long_text, sizeof(long_text));
	const struct slice longest = slice_of(long_text, CHALLENGE_TEXT_MAX);
	enum challenge_method method;
	char answer[CHALLENGE_DIGEST_LEN];

	(void)state;
	assert_null(challenge_key_find(SLICE_LIT("PROD")));
	assert_null(challenge_key_find(SLICE_EMPTY));
	assert_int_equal(challenge_verify(SLICE_LIT("1"), SLICE_LIT("PROD"), SLICE_LIT("2"), &method),
			 CHALLENGE_UNKNOWN_KEY);
	assert_int_equal(challenge_verify(SLICE_LIT("1"), SLICE_LIT("PROD008955JTJ_S7"), SLICE_LIT("2"), &method),
			 CHALLENGE_UNKNOWN_KEY);
	assert_int_equal(challenge_verify(too_long, SLICE_LIT("PROD0090YUAUV{2B"), SLICE_LIT("2"), &method),
			 CHALLENGE_WRONG);
	assert_false(challenge_answer(CHALLENGE_MSNP11, too_long, SLICE_EMPTY, SLICE_EMPTY, answer));
	assert_false(challenge_answer(CHALLENGE_MSNP11, SLICE_EMPTY, too_long, SLICE_EMPTY, answer));
	assert_true(challenge_answer(CHALLENGE_MSNP11, longest, longest, SLICE_EMPTY, answer));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
