/* Frames that come to nothing: how many compressed texts of them are looked into, and which of
 * several faults is said. Expected: docs/link.md, "Security".
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/frames.h"

/* tests/test_link_ids.c */
#define HASH_RAW "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const unsigned texts[] = {EXECWIRE_FRAME_BUCKET, EXECWIRE_FRAME_REGION, EXECWIRE_FRAME_OUT,
                                 EXECWIRE_FRAME_ERR, EXECWIRE_FRAME_STATUS};

/* ---- Compressed texts ---- */

/* A delta with the first so many texts, which all are these bytes, and a wrong check. */
static execwire_code hear_texts(unsigned count, const char *hex)
{
    begin_update(3, 2);
    for (unsigned i = 0; i < count; i++)
        put_hex(texts[i], hex);
    put_wrong_check();
    return hear();
}

/* a text of one byte, whose compressed form has none */
#define COMPRESSED "fa01"

/* Eight that come to nothing in a second are looked into, be they in one frame or in many. */
static void test_compressed_texts_that_come_to_nothing(void **unused)
{
    (void)unused;
    open_session();
    w.now = 1000000;
    hear_plain();
    for (unsigned i = 0; i < 20; i++) { /* others are not counted */
        assert_int_equal(hear_texts(5, "78"), EXECWIRE_OK);
        assert_int_equal(w.event.outcome, EXECWIRE_LINK_MISMATCH);
        assert_int_equal(hear_texts(5, ""), EXECWIRE_OK);
        assert_int_equal(w.event.outcome, EXECWIRE_LINK_MISMATCH);
    }
    for (unsigned second = 0; second < 3; second++) {
        static const unsigned first[] = {5, 3, 4};

        assert_int_equal(hear_texts(first[second], COMPRESSED), EXECWIRE_OK);
        assert_int_equal(w.event.outcome, EXECWIRE_LINK_MISMATCH);
        for (unsigned k = first[second]; second > 0 && k < 8; k++) {
            assert_int_equal(hear_texts(1, "fa"), EXECWIRE_ERROR_LINK_TEXT);
            w.now += 100;
        }
        assert_int_equal(hear_texts(second == 0 ? 5 : 1, COMPRESSED), EXECWIRE_OK);
        assert_int_equal(w.event.outcome, EXECWIRE_LINK_BUSY);
        w.now = 1000000 + 1000 * second + 999;
        assert_int_equal(hear_texts(1, COMPRESSED), EXECWIRE_OK);
        assert_int_equal(w.event.outcome, EXECWIRE_LINK_BUSY);
        w.now++;
    }
}

/* The compressed texts of a frame become 4,608 bytes at most, however little they are written
 * in. */
static void test_compressed_texts_that_are_too_large_together(void **unused)
{
    static const struct {
        const char *out, *err, *status;
        execwire_code code;
    } cases[] = {
        {"fa8010", "fa8010", "fa8004", EXECWIRE_OK}, /* 2,048, 2,048 and 512 */
        {"fa8010", "fa8010", "fa8104", EXECWIRE_ERROR_LINK_TEXT},
        {"fa8010", "faff0f", "fa8104", EXECWIRE_OK},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        open_session();
        hear_plain();
        begin_update(3, 2);
        put_hex(EXECWIRE_FRAME_OUT, cases[i].out);
        put_hex(EXECWIRE_FRAME_ERR, cases[i].err);
        put_hex(EXECWIRE_FRAME_STATUS, cases[i].status);
        put_wrong_check();
        assert_int_equal(hear(), cases[i].code);
        if (cases[i].code == EXECWIRE_OK)
            assert_int_equal(w.event.outcome, EXECWIRE_LINK_MISMATCH);
    }
}

/* Those that cannot be told right from wrong are counted as well: of a state that there is no room
 * for, and of one that no state may be. */
static void test_compressed_texts_of_no_state(void **unused)
{
    (void)unused;
    for (unsigned large = 0; large < 2; large++) {
        open_session();
        w.receiver.options.text_capacity = large ? 150 : sizeof w.text;
        for (unsigned i = 0; i < 9; i++) {
            begin_update(3, 1);
            put_hex(EXECWIRE_FRAME_IDS, large ? IDS : "");
            put_hex(EXECWIRE_FRAME_STATUS, COMPRESSED);
            put_wrong_check();
            if (!large)
                put_hex(EXECWIRE_FRAME_NODE, "ff");
            assert_int_equal(hear(), EXECWIRE_OK);
            assert_int_equal(w.event.outcome, i == 8  ? EXECWIRE_LINK_BUSY
                                              : large ? EXECWIRE_LINK_NO_ROOM
                                                      : EXECWIRE_LINK_MISMATCH);
        }
    }
}

/* However many come to something. */
static void test_compressed_texts_that_are_good(void **unused)
{
    char letter[] = "?";
    execwire_state state = plain(1);

    (void)unused;
    open_session();
    hear_plain();
    /* whatever it is that the bytes stand for */
    for (unsigned c = 0; c < 128; c++) {
        letter[0] = (char)c;
        state.status = (execwire_str){letter, 1};
        state.version = w.contexts[0].number + 1;
        begin_update(3, w.contexts[0].number + 1);
        put_hex(EXECWIRE_FRAME_STATUS, COMPRESSED);
        put_check(&state, 0, w.contexts[0].number + 1);
        w.now += 1000;
        assert_int_equal(hear(), EXECWIRE_OK);
        if (w.event.outcome == EXECWIRE_LINK_STATE)
            break;
    }
    w.now += 1000;
    for (unsigned i = 0; i < 20; i++) {
        state.version++;
        begin_update(3, (unsigned)state.version);
        put_hex(EXECWIRE_FRAME_STATUS, COMPRESSED);
        put_check(&state, 0, (uint32_t)state.version);
        assert_heard(EXECWIRE_LINK_STATE);
    }
}

/* ---- More than one fault ---- */

/* A word that has not come, as a text. */
#define NO_WORD "fc"

/* Of several faults the first one is said, and nothing of the others. */
static void test_the_first_fault_is_said(void **unused)
{
    static const struct {
        const char *ids, *cid, *region, *patch, *clear;
        size_t room;
        execwire_link_outcome outcome; /* COUNT: it is refused */
        const char *path;
    } cases[] = {
        {"0011", NULL, NO_WORD, NULL, NULL, 8192, EXECWIRE_LINK_MISMATCH, ""},
        {IDS, "0011", NO_WORD, NULL, NULL, 8192, EXECWIRE_LINK_MISMATCH, ""},
        {IDS, NULL, NO_WORD, NULL, NULL, 10, EXECWIRE_LINK_NO_ROOM, ""},
        {"", NULL, "f8", NULL, "1f", 8192, EXECWIRE_LINK_MISMATCH, ""},
        {"", NULL, "616263", NULL, "1f", 2, EXECWIRE_LINK_NO_ROOM, ""},
        {"", HASH_RAW, NULL, NULL, "1f", 60, EXECWIRE_LINK_NO_ROOM, ""},
        {"", NULL, "c001", "4a0173", NULL, 8192, EXECWIRE_LINK_OUTCOME_COUNT, "/region"},
        {"", NULL, NULL, "4a0173", "1f", 8192, EXECWIRE_LINK_OUTCOME_COUNT, "/clear"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        open_session();
        w.receiver.options.text_capacity = cases[i].room;
        begin_update(3, 1);
        put_hex(EXECWIRE_FRAME_IDS, cases[i].ids);
        if (cases[i].cid != NULL)
            put_hex(EXECWIRE_FRAME_CID, cases[i].cid);
        if (cases[i].region != NULL)
            put_hex(EXECWIRE_FRAME_REGION, cases[i].region);
        if (cases[i].patch != NULL)
            put_hex(EXECWIRE_FRAME_PATCH, cases[i].patch);
        put_wrong_check();
        if (cases[i].clear != NULL)
            put_hex(EXECWIRE_FRAME_CLEAR, cases[i].clear);
        if (cases[i].outcome != EXECWIRE_LINK_OUTCOME_COUNT) {
            assert_heard(cases[i].outcome);
            continue;
        }
        assert_int_not_equal(hear(), EXECWIRE_OK);
        assert_string_equal(w.error.path, cases[i].path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compressed_texts_that_come_to_nothing),
        cmocka_unit_test(test_compressed_texts_that_are_too_large_together),
        cmocka_unit_test(test_compressed_texts_of_no_state),
        cmocka_unit_test(test_compressed_texts_that_are_good),
        cmocka_unit_test(test_the_first_fault_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
