/* The prediction (docs/link.md, profile 0), and what a state has otherwise.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/model/canonical.h"
#include "link/model/difference.h"
#include "link/model/predict.h"
#include "link/model/text.h"
#include "support/hex.h"

#include <string.h>

typedef struct expander {
    execwire_link_joiner joiner;
    const execwire_state *state;
    char room[512];
    size_t used;
} expander;

static bool join(execwire_link_joiner *joiner, const char *packed, size_t size,
                 execwire_str *member)
{
    expander *e = (expander *)joiner;
    const execwire_link_names names = {.state = e->state, .name_count = EXECWIRE_TEXT_ALL_NAMES};
    char *out = e->room + e->used;
    size_t joined;

    assert_int_equal(execwire_text_read((const uint8_t *)packed, size, &names, out,
                                        sizeof e->room - e->used, &joined),
                     EXECWIRE_TEXT_OK);
    e->used += joined;
    *member = (execwire_str){out, joined};
    return true;
}

static void assert_text(execwire_str text, const char *expected)
{
    assert_non_null(text.data);
    assert_int_equal(text.size, strlen(expected));
    assert_memory_equal(text.data, expected, text.size);
}

/* Completes a state that has what a frame says. */
static execwire_state predict(execwire_state facts, unsigned state)
{
    static expander e;

    e = (expander){.joiner = {join}, .state = &facts};
    facts.job_id = EXECWIRE_STR("job");
    facts.compute_reference = EXECWIRE_STR("e-1");
    execwire_link_predict(&facts, 4, state);
    assert_true(execwire_link_predict_large(&facts, &e.joiner));
    return facts;
}

static void test_what_follows_from_a_state(void **unused)
{
    /* the desired state (-1: none), whether there is output, whether the state is final */
    static const int expected[][3] = {{-1, 0, 0}, {-1, 0, 0}, {-1, 0, 0}, {-1, 0, 0},
                                      {2, 0, 1},  {1, 0, 0},  {2, 0, 1},  {2, 1, 1},
                                      {2, 1, 1},  {2, 0, 1},  {-1, 0, 0}};
    execwire_state none;

    (void)unused;
    for (unsigned i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        execwire_state state = predict((execwire_state){.has_state = false}, i);

        assert_int_equal(state.state, i);
        assert_int_equal(state.version, 4);
        assert_true(state.has_published_results);
        assert_int_equal(state.has_desired_state, expected[i][0] != -1);
        assert_int_equal(state.desired_state, expected[i][0] != -1 ? expected[i][0] : 0);
        assert_int_equal(state.has_run_output, expected[i][1]);
        assert_int_equal(execwire_link_is_final(&state), expected[i][2]);
        if (state.has_run_output)
            assert_int_equal(state.run_output.exit_code, (int)i - 7);
    }
    none = predict((execwire_state){.has_state = true, .state = 3}, EXECWIRE_LINK_NO_STATE);
    assert_false(none.has_state);
    assert_int_equal(none.state, 0);
    assert_false(execwire_link_is_final(&(execwire_state){.has_state = true, .state = 36}));
    assert_false(execwire_link_is_final(&(execwire_state){.state = 7}));
}

static void test_what_follows_from_results(void **unused)
{
    execwire_state ipfs;
    execwire_state s3 =
        predict((execwire_state){.published_results.s3 = {.bucket = EXECWIRE_STR("b"),
                                                          .region = EXECWIRE_STR("r")}},
                7);

    (void)unused;
    assert_text(s3.published_results.name, "s3://b/job/e-1/");
    assert_text(s3.published_results.s3.key, "job/e-1/");
    assert_text(s3.published_results.s3.region, "r");
    assert_text(s3.published_results.s3.checksum, "");
    assert_text(s3.published_results.s3.version_id, "");
    assert_true(s3.published_results.has_storage_source);
    assert_int_equal(s3.published_results.storage_source, 8);
    ipfs = predict((execwire_state){.published_results.cid = EXECWIRE_STR("Qm1")}, 7);
    assert_text(ipfs.published_results.cid, "Qm1");
    assert_text(ipfs.published_results.name, "ipfs://Qm1");
    assert_true(ipfs.published_results.has_storage_source);
    assert_int_equal(ipfs.published_results.storage_source, 1);
    s3 = predict((execwire_state){.published_results.s3.bucket = EXECWIRE_STR("b")}, 7);
    assert_text(s3.published_results.s3.region, "");
}

static void test_what_follows_from_output(void **unused)
{
    static const char cut[2045];
    execwire_state state = predict((execwire_state){.run_output.std_err = {cut, sizeof cut}}, 5);

    (void)unused;
    assert_true(state.has_run_output);
    assert_int_equal(state.run_output.exit_code, 0);
    assert_text(state.run_output.std_out, "");
    assert_false(state.run_output.stdouttruncated);
    assert_true(state.run_output.stderrtruncated);
    state = predict((execwire_state){.run_output.std_err = {cut, sizeof cut - 1}}, 5);
    assert_false(state.run_output.stderrtruncated);
    state = predict((execwire_state){.run_output.std_out = {cut, sizeof cut}}, 5);
    assert_true(state.run_output.stdouttruncated);
    assert_false(state.run_output.stderrtruncated);
    state = predict((execwire_state){.run_output.std_out = {cut, sizeof cut - 1}}, 5);
    assert_false(state.run_output.stdouttruncated);
}

/* What a patch and clear say of a state whose prediction is known. */
static void assert_different(const execwire_state *actual, const execwire_state *predicted,
                             const char *patch, const char *clear)
{
    uint8_t expected[64], out[64];
    size_t size = from_hex(patch, expected);
    execwire_buffer_sink sink = execwire_sink_buffer(out, sizeof out);

    execwire_canonical_patch(&sink.sink, actual, predicted);
    assert_int_equal(sink.sink.size, size);
    assert_memory_equal(out, expected, size);
    sink.sink.size = 0;
    size = from_hex(clear, expected);
    execwire_difference_clears(&sink.sink, predicted, actual);
    assert_int_equal(sink.sink.size, size);
    assert_memory_equal(out, expected, size);
}

static void test_what_is_different(void **unused)
{
    execwire_state predicted = predict((execwire_state){.has_state = false}, 7);
    execwire_state actual = predicted;
    execwire_entry entry = {.key = EXECWIRE_STR("k"), .value = EXECWIRE_STR("v")};

    (void)unused;
    assert_different(&actual, &predicted, "", "");
    actual.run_output.has_exit_code = false; /* field 7, and 1 in it: 7 + 32 * 1 */
    assert_different(&actual, &predicted, "", "27");
    actual.published_results.url = EXECWIRE_STR(""); /* field 6, and 10 in it */
    assert_different(&actual, &predicted, "32025200", "27");
    actual = predicted;
    actual.job_id = EXECWIRE_STR("joe");
    actual.published_results.metadata = (execwire_map){&entry, 1}; /* field 2 in field 6 */
    assert_different(&actual, &predicted, "22036a6f65320812060a016b120176", "");
    /* the same map, and a time of which one part is different, be it that it is 0 */
    predicted.has_create_time = predicted.has_update_time = true;
    predicted.create_time = predicted.update_time = (execwire_time){5, 6};
    actual = predicted;
    actual.update_time = (execwire_time){5, 0};
    assert_different(&actual, &predicted, "52021000", "");
    actual.has_create_time = false;
    assert_different(&actual, &predicted, "52021000", "02");
}

static void test_paths(void **unused)
{
    execwire_state state = {.has_run_output = true, .status = EXECWIRE_STR("s")};

    (void)unused;
    state.published_results.cid = EXECWIRE_STR("c"); /* of results that are not there */
    assert_ptr_equal(execwire_path_get(&state, EXECWIRE_PATH_STATUS), &state.status);
    assert_null(execwire_path_get(&state, EXECWIRE_PATH_CID));
    assert_null(execwire_path_get(&state, EXECWIRE_PATH_STD_OUT));
    state.run_output.std_out = EXECWIRE_STR("o");
    state.run_output.std_err = EXECWIRE_STR("e");
    assert_ptr_equal(execwire_path_get(&state, EXECWIRE_PATH_STD_OUT), &state.run_output.std_out);
    assert_ptr_equal(execwire_path_get(&state, EXECWIRE_PATH_STD_ERR), &state.run_output.std_err);
    state.has_published_results = state.published_results.has_s3 = true;
    assert_ptr_equal(execwire_path_get(&state, EXECWIRE_PATH_CID), &state.published_results.cid);
    assert_null(execwire_path_get(&state, EXECWIRE_PATH_BUCKET));
    state.published_results.s3.bucket = state.published_results.s3.region = EXECWIRE_STR("x");
    assert_ptr_equal(execwire_path_get(&state, EXECWIRE_PATH_BUCKET),
                     &state.published_results.s3.bucket);
    assert_ptr_equal(execwire_path_get(&state, EXECWIRE_PATH_REGION),
                     &state.published_results.s3.region);
}

static void test_clearing(void **unused)
{
    execwire_state state = predict((execwire_state){.has_state = false}, 7);

    (void)unused;
    assert_true(execwire_difference_clear(&state, 7 + 32 * 1));
    assert_false(state.run_output.has_exit_code);
    assert_true(state.run_output.has_stdouttruncated);
    state.run_output.has_exit_code = true;
    assert_true(execwire_difference_clear(&state, 7));
    assert_false(state.has_run_output);
    assert_false(state.run_output.has_exit_code);
    assert_false(state.run_output.has_stdouttruncated);
    assert_null(state.run_output.std_out.data);
    assert_false(execwire_difference_clear(&state, 7 + 32 * 31));
    assert_false(execwire_difference_clear(&state, 4 + 32 * 1)); /* a string has no fields */
    assert_false(execwire_difference_clear(&state, 0));
}

/* Puts so many texts together, and then has no room. */
typedef struct short_joiner {
    execwire_link_joiner joiner;
    unsigned left;
} short_joiner;

static bool join_few(execwire_link_joiner *joiner, const char *packed, size_t size,
                     execwire_str *member)
{
    short_joiner *j = (short_joiner *)joiner;

    *member = (execwire_str){packed, size};
    return j->left-- > 0;
}

/* Results of IPFS have a text that is put together, those of S3 have two. */
static void test_no_room(void **unused)
{
    const execwire_state ipfs = {.published_results.cid = EXECWIRE_STR("Qm1")};
    const execwire_state s3 = {.published_results.s3.bucket = EXECWIRE_STR("b")};

    (void)unused;
    for (unsigned room = 0; room < 3; room++) {
        short_joiner j = {{join_few}, room};
        execwire_state state = ipfs;

        assert_int_equal(execwire_link_predict_large(&state, &j.joiner), room >= 1);
        j.left = room;
        state = s3;
        assert_int_equal(execwire_link_predict_large(&state, &j.joiner), room >= 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_follows_from_a_state),
        cmocka_unit_test(test_what_follows_from_results),
        cmocka_unit_test(test_what_follows_from_output),
        cmocka_unit_test(test_what_is_different),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_clearing),
        cmocka_unit_test(test_no_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
