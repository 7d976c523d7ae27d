/* States out of frames that are written field by field: what each field says, what is refused and
 * where. Expected states: docs/link.md.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/frames.h"
#include "support/link.h"

#include <stdio.h>
#include <string.h>

#define HASH "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n"
#define CID1 "bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
/* tests/test_link_ids.c */
#define HASH_RAW "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define CID1_RAW "05c048838ec3110a63f070526befd32265bee4909eb90791926e4d329256646de14ae154"

/* ---- The identity ---- */

static void test_an_identity(void **unused)
{
    execwire_state state = plain(9);

    (void)unused;
    open_session();
    state.node_id = EXECWIRE_STR(HASH);
    state.has_create_time = state.has_update_time = true;
    state.create_time = state.update_time = (execwire_time){1697545688 + 2, 7};
    begin_update(3, 9);
    put_hex(EXECWIRE_FRAME_IDS, IDS);
    put_number(EXECWIRE_FRAME_CREATED, (UINT64_C(2) << 30) + 7);
    put_check(&state, 0x12345, 9);
    put_number(EXECWIRE_FRAME_GENERATION, 0x12345);
    put_hex(EXECWIRE_FRAME_NODE, HASH_RAW);
    put_number(EXECWIRE_FRAME_SESSION, 5);
    assert_heard(EXECWIRE_LINK_STATE);
    assert_came_out(&state);
    assert_int_equal(w.event.number, 9);
    assert_int_equal(w.contexts[0].generation, 0x12345);
}

/* Of a session without a node, a job without a UUID. */
static void test_an_identity_of_little(void **unused)
{
    execwire_state state = plain(0);

    (void)unused;
    open_receiver();
    meet(5, NULL, false);
    state.job_id = state.compute_reference = state.node_id = (execwire_str){NULL, 0};
    begin_update(3, 0);
    put_hex(EXECWIRE_FRAME_IDS, "");
    put_check(&state, 0, 0);
    assert_heard(EXECWIRE_LINK_STATE);
    assert_came_out(&state);
    /* a time since an epoch that the session has not */
    begin_update(3, 1);
    put_hex(EXECWIRE_FRAME_IDS, "");
    put_number(EXECWIRE_FRAME_CREATED, 7);
    put_wrong_check();
    assert_heard(EXECWIRE_LINK_NO_SESSION);
    assert_true(w.receiver.peer.want_hello && w.contexts[0].want && w.contexts[0].suspect);
}

static void test_ids_that_are_none(void **unused)
{
    (void)unused;
    open_session();
    begin_update(3, 1);
    put_hex(EXECWIRE_FRAME_IDS, "00112233");
    put_wrong_check();
    assert_heard(EXECWIRE_LINK_MISMATCH);
    begin_update(3, 1);
    put_hex(EXECWIRE_FRAME_IDS, IDS);
    put_wrong_check();
    put_number(EXECWIRE_FRAME_PROFILE, 1);
    assert_heard(EXECWIRE_LINK_PROFILE);
    begin_update(3, 1);
    put_hex(EXECWIRE_FRAME_IDS, IDS);
    put_wrong_check();
    put_hex(EXECWIRE_FRAME_NODE, "ff"); /* a node that is no UTF-8 */
    assert_heard(EXECWIRE_LINK_MISMATCH);
}

/* ---- Facts ---- */

/* Results of IPFS, by both forms of a content identifier. */
static void test_content_identifiers(void **unused)
{
    static const char *const texts[] = {HASH, CID1}, *const raws[] = {HASH_RAW, CID1_RAW};

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        execwire_state state = plain(1);
        char name[80];
        int size = snprintf(name, sizeof name, "ipfs://%s", texts[i]);

        open_session();
        state.published_results.cid = (execwire_str){texts[i], strlen(texts[i])};
        state.published_results.name = (execwire_str){name, (size_t)size};
        state.published_results.has_storage_source = true;
        state.published_results.storage_source = 1;
        begin_update(3, 1);
        put_hex(EXECWIRE_FRAME_IDS, IDS);
        put_hex(EXECWIRE_FRAME_CID, raws[i]);
        put_check(&state, 0, 1);
        assert_heard(EXECWIRE_LINK_STATE);
        assert_came_out(&state);
    }
    begin_update(3, 2);
    put_hex(EXECWIRE_FRAME_CID, "0011");
    put_wrong_check();
    assert_heard(EXECWIRE_LINK_MISMATCH);
}

/* Update and check, where the number is the usual one of the state. */
#define HEAD_SIZE 6
/* Behind a number, a tag and a size, where it is not. */
#define VALUE_AT (HEAD_SIZE + 2 + 2)

static const struct {
    unsigned field;
    const char *path;
} texts[] = {{EXECWIRE_FRAME_BUCKET, "/bucket"},
             {EXECWIRE_FRAME_REGION, "/region"},
             {EXECWIRE_FRAME_OUT, "/out"},
             {EXECWIRE_FRAME_ERR, "/err"},
             {EXECWIRE_FRAME_STATUS, "/status"}};

static void test_texts_that_are_none(void **unused)
{
    (void)unused;
    open_session();
    hear_plain();
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        begin_update(3, 2);
        put_hex(texts[i].field, "c001"); /* a UUID of one byte */
        put_wrong_check();
        assert_refused(EXECWIRE_ERROR_LINK_TEXT, VALUE_AT, texts[i].path);
    }
    begin_update(3, 2);
    put_hex(EXECWIRE_FRAME_OUT, "f8"); /* the cid, which there is not */
    put_wrong_check();
    assert_heard(EXECWIRE_LINK_MISMATCH);
    begin_update(3, 2);
    put_hex(EXECWIRE_FRAME_OUT, "fc");
    put_wrong_check();
    assert_heard(EXECWIRE_LINK_NO_WORD);
    assert_true(w.receiver.peer.want_hello);
}

static void test_all_texts(void **unused)
{
    execwire_state state = plain(2);

    (void)unused;
    open_session();
    hear_plain();
    state.status = EXECWIRE_STR("E");
    state.has_run_output = state.run_output.has_exit_code = true;
    state.run_output.std_out = EXECWIRE_STR("C");
    state.run_output.std_err = EXECWIRE_STR("D");
    state.run_output.runner_error = EXECWIRE_STR("");
    state.run_output.has_stdouttruncated = state.run_output.has_stderrtruncated = true;
    state.published_results.has_storage_source = state.published_results.has_s3 = true;
    state.published_results.storage_source = 8;
    state.published_results.name = EXECWIRE_STR("s3://A/" JOB "/" REFERENCE "/");
    state.published_results.s3 =
        (execwire_s3_storage_spec){.bucket = EXECWIRE_STR("A"),
                                   .region = EXECWIRE_STR("B"),
                                   .key = EXECWIRE_STR(JOB "/" REFERENCE "/"),
                                   .checksum = EXECWIRE_STR(""),
                                   .version_id = EXECWIRE_STR("")};
    begin_update(3, 2);
    put_hex(EXECWIRE_FRAME_BUCKET, "41");
    put_hex(EXECWIRE_FRAME_REGION, "42");
    put_hex(EXECWIRE_FRAME_OUT, "43");
    put_hex(EXECWIRE_FRAME_ERR, "44");
    put_hex(EXECWIRE_FRAME_STATUS, "45");
    put_check(&state, 0, 2);
    assert_heard(EXECWIRE_LINK_STATE);
    assert_came_out(&state);
    begin_update(3, 3); /* none of them is left */
    state = plain(3);
    put_check(&state, 0, 3);
    assert_heard(EXECWIRE_LINK_STATE);
    assert_came_out(&state);
}

/* ---- What is different from the prediction ---- */

static void test_clear(void **unused)
{
    execwire_state state = plain(2);

    (void)unused;
    open_session();
    hear_plain();
    state.has_version = state.has_published_results = false;
    begin_update(3, 2);
    put_check(&state, 0, 2);
    put_hex(EXECWIRE_FRAME_CLEAR, "0b06"); /* fields 11 and 6 */
    assert_heard(EXECWIRE_LINK_STATE);
    assert_came_out(&state);
    begin_update(3, 3);
    put_wrong_check();
    put_hex(EXECWIRE_FRAME_CLEAR, "1f"); /* field 31; the tag of `clear` is two bytes */
    assert_refused(EXECWIRE_ERROR_LINK_FRAME, HEAD_SIZE + 3, "/clear");
}

/* Strings of a patch, which are in the frame at first. */
static void test_patch(void **unused)
{
    execwire_state state = plain(2);

    (void)unused;
    open_session();
    hear_plain();
    state.status = EXECWIRE_STR("status");
    begin_update(3, 2);
    put_hex(EXECWIRE_FRAME_PATCH, "4a06737461747573");
    put_check(&state, 0, 2);
    assert_heard(EXECWIRE_LINK_STATE);
    assert_came_out(&state);
    begin_update(3, 3);
    put_hex(EXECWIRE_FRAME_PATCH, "4a06ff7461747573"); /* no UTF-8, behind two bytes */
    put_wrong_check();
    assert_refused(EXECWIRE_ERROR_UTF8, HEAD_SIZE + 2 + 2, "/patch/Status");
    begin_update(3, 3);
    put_hex(EXECWIRE_FRAME_PATCH, "4a06ff");
    put_wrong_check();
    pack();
    assert_int_equal(execwire_link_receive(&w.receiver, w.frame, w.out.sink.size, 0, NULL, NULL),
                     EXECWIRE_ERROR_LENGTH);
}

/* A map in a patch is instead of the one that was predicted. */
static void test_maps(void **unused)
{
    execwire_entry one[] = {{.key = EXECWIRE_STR("a"), .value = EXECWIRE_STR("1")},
                            {.key = EXECWIRE_STR("b"), .value = EXECWIRE_STR("2")}};
    execwire_entry other[] = {{.key = EXECWIRE_STR("c"), .value = EXECWIRE_STR("3")}};
    execwire_state state = plain(2);

    (void)unused;
    open_session();
    hear_plain();
    state.published_results.metadata = (execwire_map){one, 2};
    begin_update(3, 2);
    put_hex(EXECWIRE_FRAME_PATCH, "321012060a01611201311206"
                                  "0a0162120132");
    put_check(&state, 0, 2);
    assert_heard(EXECWIRE_LINK_STATE);
    assert_came_out(&state);
    state.version = 3; /* the same map, and a patch of something else */
    state.status = EXECWIRE_STR("s");
    begin_update(3, 3);
    put_hex(EXECWIRE_FRAME_PATCH, "4a0173");
    put_check(&state, 0, 3);
    put_number(EXECWIRE_FRAME_BASE, 2);
    assert_heard(EXECWIRE_LINK_STATE);
    assert_came_out(&state);
    state.version = 4;
    state.published_results.metadata = (execwire_map){other, 1};
    begin_update(3, 4);
    put_hex(EXECWIRE_FRAME_PATCH, "320812060a0163120133");
    put_check(&state, 0, 4);
    put_number(EXECWIRE_FRAME_BASE, 3);
    assert_heard(EXECWIRE_LINK_STATE);
    assert_came_out(&state);
}

/* ---- Bases ---- */

static void test_bases(void **unused)
{
    execwire_state state = plain(6);

    (void)unused;
    open_session();
    hear_plain();
    begin_update(3, 3);
    put_wrong_check();
    put_number(EXECWIRE_FRAME_BASE, 2); /* which has not come */
    assert_heard(EXECWIRE_LINK_NO_BASE);
    assert_true(w.contexts[0].want && w.contexts[0].suspect);
    state.status = EXECWIRE_STR("s");
    begin_update(3, 6);
    put_hex(EXECWIRE_FRAME_STATUS, "73");
    put_check(&state, 0, 6);
    assert_heard(EXECWIRE_LINK_STATE);
    assert_false(w.contexts[0].want || w.contexts[0].suspect);
    for (unsigned number = 4; number <= 6; number++) { /* late ones want nothing */
        begin_update(3, number);
        put_wrong_check();
        put_number(EXECWIRE_FRAME_BASE, 2);
        assert_heard(EXECWIRE_LINK_REPEATED);
        assert_int_equal(w.event.number, 6);
        assert_false(w.contexts[0].want || w.contexts[0].suspect);
    }
    state.version = 7;
    begin_update(3, 7);
    put_check(&state, 0, 7);
    put_number(EXECWIRE_FRAME_BASE, 6);
    assert_heard(EXECWIRE_LINK_STATE);
    assert_came_out(&state); /* with the status, which was not said again */
}

/* ---- Room ---- */

/* With less text memory than a frame takes nothing is written behind it, and nothing is stored;
 * with all that it takes the state comes out. */
static size_t least_room(void (*put)(void))
{
    for (size_t room = 0; room < sizeof w.text; room++) {
        memset(w.text, 'T', sizeof w.text);
        w.receiver.options.text_capacity = room;
        w.contexts[0] = (execwire_link_context){.known = false};
        w.receiver.peer.owed = 0;
        put();
        assert_int_equal(hear(), EXECWIRE_OK);
        for (size_t i = room; i < sizeof w.text; i++)
            assert_int_equal(w.text[i], 'T');
        if (w.event.outcome == EXECWIRE_LINK_STATE)
            return room;
        assert_int_equal(w.event.outcome, EXECWIRE_LINK_NO_ROOM);
        assert_int_equal(w.receiver.peer.owed, 0);
        assert_false(w.contexts[0].known);
    }
    return 0;
}

static execwire_state results;

static void put_results(void)
{
    begin_update(3, 1);
    put_hex(EXECWIRE_FRAME_IDS, IDS);
    put_hex(EXECWIRE_FRAME_CID, HASH_RAW);
    put_hex(EXECWIRE_FRAME_STATUS, "73746174757320c0919108f752d143209bacf847db4148a8");
    put_check(&results, 0, 1);
}

static void test_every_text_capacity(void **unused)
{
    char bytes[1024];
    size_t size;

    (void)unused;
    open_session();
    results = plain(1);
    results.status = EXECWIRE_STR("status 919108f7-52d1-4320-9bac-f847db4148a8");
    results.published_results.cid = EXECWIRE_STR(HASH);
    results.published_results.name = EXECWIRE_STR("ipfs://" HASH);
    results.published_results.has_storage_source = true;
    results.published_results.storage_source = 1;
    assert_int_equal(execwire_encode(&results, bytes, sizeof bytes, &size, NULL), EXECWIRE_OK);
    /* what is put together, and the state itself */
    assert_int_equal(least_room(put_results), 36 + 38 + 46 + 43 + 7 + 46 + size);
    assert_came_out(&results);
}

static void test_entries_that_do_not_fit(void **unused)
{
    execwire_entry two[] = {{.key = EXECWIRE_STR("a"), .value = EXECWIRE_STR("1")},
                            {.key = EXECWIRE_STR("b"), .value = EXECWIRE_STR("2")}};
    execwire_state state = plain(2);

    (void)unused;
    state.published_results.metadata = (execwire_map){two, 2};
    open_session();
    hear_plain();
    for (size_t capacity = 0; capacity < 3; capacity++) {
        w.receiver.options.entry_capacity = capacity;
        w.receiver.options.entries = capacity > 0 ? w.entries : NULL;
        begin_update(3, 2);
        put_hex(EXECWIRE_FRAME_PATCH, "321012060a016112013112060a0162120132");
        put_check(&state, 0, 2);
        assert_heard(capacity < 2 ? EXECWIRE_LINK_NO_ROOM : EXECWIRE_LINK_STATE);
    }
    assert_came_out(&state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_identity),
        cmocka_unit_test(test_an_identity_of_little),
        cmocka_unit_test(test_ids_that_are_none),
        cmocka_unit_test(test_content_identifiers),
        cmocka_unit_test(test_texts_that_are_none),
        cmocka_unit_test(test_all_texts),
        cmocka_unit_test(test_clear),
        cmocka_unit_test(test_patch),
        cmocka_unit_test(test_maps),
        cmocka_unit_test(test_bases),
        cmocka_unit_test(test_every_text_capacity),
        cmocka_unit_test(test_entries_that_do_not_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
