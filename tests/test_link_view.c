/* Frames for tools: fields, and what is packed into them. The frames were written by
 * tests/support/link_frame.py, which is python3-protobuf with link.proto, from the numbers that
 * stand beside them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/fails.h"
#include "support/hex.h"

#include <execwire/link_frame.h>

/* update 5 | 3 << 7 | (12 * 2^30 + 345) << 14, number 2, created 7 * 2^30 + 1, the SHA-256 of no
 * bytes as cid */
static const char identity[] =
    "858359010000040302011a20919108f752d143209bacf847db4148a8c232ab00941411ecb3c89f6bdeced8462081"
    "8080801c30023a20e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555205706c6169"
    "6e5a03f520786201fc720258039201026e31";
/* epoch -2, salt 0xfffffffe */
static const char hello[] = "7d01000000980103d80109ed01feffffff";
/* update 5 | 3 << 7 | 2 << 11 | 7 << 14 | 9 << 18 | 2 << 32 */
static const char piece[] = "0085a3978120f403c80178797a";
/* live 5 | 6 << 7 | 1000 << 11 */
static const char digest[] = "7d01000000b2010385867dd80109";
static const char acks[] = "120801000000ffffffff";
/* wants 128 and 3, repairs 5, 500, 200, 44 */
static const char feedback[] = "120801000000ffffffff7d01000000c20103800103ca010605f403c8012c";

typedef struct walk {
    uint8_t bytes[256];
    size_t size;
    execwire_field_view fields[16];
    size_t count;
    execwire_frame_kind kind;
    execwire_error error;
} walk;

static void note(void *context, const execwire_field_view *field)
{
    walk *w = context;

    assert_true(w->count < sizeof w->fields / sizeof w->fields[0]);
    assert_ptr_equal(field->bytes.data, w->bytes + field->payload);
    assert_int_equal(field->bytes.size, field->end - field->payload);
    assert_int_equal(field->offset, w->count > 0 ? w->fields[w->count - 1].end : 0);
    w->fields[w->count++] = *field;
}

static execwire_code walk_over(walk *w, const char *hex)
{
    *w = (walk){.kind = EXECWIRE_FRAME_KIND_PIECE};
    w->size = from_hex(hex, w->bytes);
    return execwire_visit_frame(w->bytes, w->size, note, w, &w->kind, &w->error);
}

static const execwire_field_view *field_of(const walk *w, uint32_t number)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->fields[i].number == number)
            return &w->fields[i];
    fail_msg("no field %u", (unsigned)number);
    return NULL;
}

static void check_kind(const char *hex, execwire_frame_kind kind, const char *name)
{
    execwire_frame_kind alone = EXECWIRE_FRAME_KIND_IDENTITY;
    walk w;

    assert_int_equal(walk_over(&w, hex), EXECWIRE_OK);
    assert_int_equal(w.kind, kind);
    assert_string_equal(execwire_frame_kind_name(kind), name);
    assert_int_equal(w.fields[w.count - 1].end, w.size);
    assert_int_equal(execwire_visit_frame(w.bytes, w.size, NULL, NULL, &alone, NULL), EXECWIRE_OK);
    assert_int_equal(alone, kind);
}

static void test_kinds(void **unused)
{
    (void)unused;
    check_kind(identity, EXECWIRE_FRAME_KIND_IDENTITY, "identity");
    check_kind("850001020304", EXECWIRE_FRAME_KIND_DELTA, "delta");
    check_kind(hello, EXECWIRE_FRAME_KIND_HELLO, "hello");
    check_kind(digest, EXECWIRE_FRAME_KIND_DIGEST, "digest");
    check_kind(acks, EXECWIRE_FRAME_KIND_ACKS, "feedback");
    check_kind(feedback, EXECWIRE_FRAME_KIND_FEEDBACK, "feedback");
    check_kind(piece, EXECWIRE_FRAME_KIND_PIECE, "piece");
    assert_string_equal(execwire_frame_kind_name((execwire_frame_kind)7), "");
    assert_string_equal(execwire_frame_kind_name((execwire_frame_kind)-1), "");
}

static void check_field(const walk *w, uint32_t number, const char *name, const char *type,
                        execwire_kind kind, int64_t value)
{
    const execwire_field_view *field = field_of(w, number);

    assert_true(field->known);
    assert_string_equal(field->name, name);
    assert_string_equal(field->type, type);
    assert_int_equal(field->kind, kind);
    assert_int_equal(field->value, value);
}

static void test_fields(void **unused)
{
    walk w;

    (void)unused;
    assert_int_equal(walk_over(&w, identity), EXECWIRE_OK);
    assert_int_equal(w.count, 11);
    check_field(&w, 3, "ids", "bytes", EXECWIRE_KIND_STRING, 0);
    check_field(&w, 4, "created", "uint64", EXECWIRE_KIND_INT64, (INT64_C(7) << 30) + 1);
    check_field(&w, 14, "patch", "ExecutionState", EXECWIRE_KIND_MESSAGE, 0);
    check_field(&w, 15, "check", "fixed32", EXECWIRE_KIND_INT64, 0);
    assert_memory_equal(field_of(&w, 15)->bytes.data, "\4\3\2\1", 4);
    assert_int_equal(field_of(&w, 15)->wire_type, EXECWIRE_WIRE_FIXED32);
    assert_int_equal(walk_over(&w, hello), EXECWIRE_OK);
    check_field(&w, 19, "epoch", "sint64", EXECWIRE_KIND_SINT64, -2);
    check_field(&w, 27, "session", "uint32", EXECWIRE_KIND_INT64, 9);
    assert_int_equal(walk_over(&w, piece), EXECWIRE_OK);
    assert_int_equal(w.count, 4);
    assert_int_equal(w.fields[3].bytes.size, 3); /* all that is left */
    assert_memory_equal(w.fields[3].bytes.data, "xyz", 3);
}

/* All that is whole is shown, whatever is wrong with the frame. */
static void test_broken_frames(void **unused)
{
    walk w;

    (void)unused;
    assert_int_equal(walk_over(&w, "7d010000000807"), EXECWIRE_ERROR_LINK_FRAME); /* descends */
    assert_int_equal(w.error.offset, 5);
    assert_string_equal(w.error.path, "/update");
    assert_int_equal(w.count, 2);
    assert_int_equal(w.kind, EXECWIRE_FRAME_KIND_PIECE); /* as it was */
    assert_int_equal(walk_over(&w, "850001020304"
                                   "f00105"),
                     EXECWIRE_ERROR_LINK_FRAME); /* field 30 */
    assert_int_equal(w.count, 3);
    assert_false(w.fields[2].known);
    assert_null(w.fields[2].name);
    assert_null(w.fields[2].type);
    assert_int_equal(walk_over(&w, "850001020304"
                                   "f301"),
                     EXECWIRE_ERROR_LINK_FRAME); /* field 30, a group */
    assert_int_equal(w.count, 2);
    assert_int_equal(walk_over(&w, "8500010203"), EXECWIRE_ERROR_TRUNCATED);
    assert_int_equal(w.count, 1);
    assert_int_equal(walk_over(&w, "8500010203045a0578"), EXECWIRE_ERROR_TRUNCATED);
    assert_int_equal(w.count, 2);
    assert_int_equal(walk_over(&w, "850001020304"
                                   "0909"),
                     EXECWIRE_ERROR_LINK_FRAME); /* update twice, the second of eight bytes */
    assert_int_equal(w.count, 2);
    assert_int_equal(walk_over(&w, ""), EXECWIRE_ERROR_LINK_FRAME);
    assert_int_equal(w.count, 0);
}

static void check_parts(const execwire_update_parts *parts, unsigned ref, unsigned state,
                        uint32_t number, uint64_t generation)
{
    assert_int_equal(parts->ref, ref);
    assert_int_equal(parts->state, state);
    assert_int_equal(parts->number, number);
    assert_int_equal(parts->generation, generation);
}

static void test_parts(void **unused)
{
    execwire_update_parts parts;
    execwire_time elapsed;
    walk w;

    (void)unused;
    assert_int_equal(walk_over(&w, identity), EXECWIRE_OK);
    execwire_frame_update_parts((uint64_t)field_of(&w, 1)->value, false, &parts);
    check_parts(&parts, 5, 3, 3, 0); /* which `number` contradicts */
    assert_int_equal(parts.elapsed.seconds, 12);
    assert_int_equal(parts.elapsed.nanos, 345);
    execwire_frame_elapsed((uint64_t)field_of(&w, 4)->value, &elapsed);
    assert_int_equal(elapsed.seconds, 7);
    assert_int_equal(elapsed.nanos, 1);
    assert_int_equal(walk_over(&w, piece), EXECWIRE_OK);
    execwire_frame_update_parts((uint64_t)field_of(&w, 1)->value, true, &parts);
    check_parts(&parts, 5, 3, 9 * 8 + 2, 2 * 16 + 7);
    assert_int_equal(parts.elapsed.seconds, 0);
    assert_int_equal(walk_over(&w, digest), EXECWIRE_OK);
    execwire_frame_live_parts(5 | 6 << 7 | 1000 << 11, &parts);
    check_parts(&parts, 5, 0, 1000, 6);
}

static void test_repeated_values(void **unused)
{
    execwire_repair repair;
    execwire_str rest;
    uint32_t value;
    walk w;

    (void)unused;
    assert_int_equal(walk_over(&w, feedback), EXECWIRE_OK);
    rest = field_of(&w, EXECWIRE_FRAME_WANTS)->bytes;
    assert_true(execwire_frame_next_number(&rest, &value));
    assert_int_equal(value, EXECWIRE_WANT_HELLO);
    assert_true(execwire_frame_next_number(&rest, &value));
    assert_int_equal(value, 3);
    assert_false(execwire_frame_next_number(&rest, &value));
    rest = field_of(&w, EXECWIRE_FRAME_ACKS)->bytes;
    assert_true(execwire_frame_next_fixed32(&rest, &value));
    assert_int_equal(value, 1);
    rest = field_of(&w, EXECWIRE_FRAME_REPAIRS)->bytes;
    assert_true(execwire_frame_next_repair(&rest, &repair));
    assert_int_equal(repair.whole, 500);
    assert_false(execwire_frame_next_repair(&rest, &repair));
}

static void check_ids(const execwire_field_view *field, const char *expected)
{
    char text[EXECWIRE_FRAME_IDS_SIZE + 1];
    size_t size = execwire_frame_ids(field, text);

    assert_int_equal(size, strlen(expected));
    text[size] = '\0';
    assert_string_equal(text, expected);
}

static void test_ids(void **unused)
{
    static const execwire_field_view cid1 = {
        .number = EXECWIRE_FRAME_CID,
        .bytes = {"\x05\xc0\x48\x83\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
                  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfc",
                  36}};
    execwire_field_view odd = cid1;
    walk w;

    (void)unused;
    assert_int_equal(walk_over(&w, identity), EXECWIRE_OK);
    check_ids(field_of(&w, EXECWIRE_FRAME_IDS),
              "919108f7-52d1-4320-9bac-f847db4148a8 e-c232ab00-9414-11ec-b3c8-9f6bdeced846");
    check_ids(field_of(&w, EXECWIRE_FRAME_CID), "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n");
    check_ids(field_of(&w, EXECWIRE_FRAME_NODE), ""); /* "n1", which is itself */
    check_ids(&cid1, "bafybeih777777777777777777777777777777777777777777777777774");
    odd.number = EXECWIRE_FRAME_NODE;
    check_ids(&odd, "");
    odd.number = EXECWIRE_FRAME_IDS;
    check_ids(&odd, "");
    odd.bytes.size = 30;
    check_ids(&odd, "");
    odd.bytes = (execwire_str){"", 0};
    check_ids(&odd, "");
}

static void test_texts(void **unused)
{
    execwire_text_needs needs;
    execwire_error error;
    char text[8];
    size_t size;
    walk w;
    const execwire_str *packed;

    (void)unused;
    assert_int_equal(walk_over(&w, identity), EXECWIRE_OK);
    packed = &field_of(&w, EXECWIRE_FRAME_OUT)->bytes;
    for (size_t capacity = 0; capacity <= sizeof text; capacity++) {
        execwire_code code =
            execwire_frame_text(packed->data, packed->size, text, capacity, &size, &needs, &error);

        assert_int_equal(code, capacity < 5 ? EXECWIRE_ERROR_NO_SPACE : EXECWIRE_OK);
        assert_int_equal(size, capacity < 5 ? 0 : 5);
    }
    assert_memory_equal(text, "plain", 5);
    assert_int_equal(needs, EXECWIRE_TEXT_NEEDS_NOTHING);
    packed = &field_of(&w, EXECWIRE_FRAME_ERR)->bytes; /* the job's id */
    assert_int_equal(execwire_frame_text(packed->data, packed->size, text, 8, &size, &needs, NULL),
                     EXECWIRE_OK);
    assert_int_equal(needs, EXECWIRE_TEXT_NEEDS_IDS);
    assert_int_equal(size, 0);
    packed = &field_of(&w, EXECWIRE_FRAME_STATUS)->bytes; /* word 0 */
    assert_int_equal(execwire_frame_text(packed->data, packed->size, text, 8, &size, &needs, NULL),
                     EXECWIRE_OK);
    assert_int_equal(needs, EXECWIRE_TEXT_NEEDS_WORDS);
    assert_int_equal(execwire_frame_text("\xC0zz", 3, text, 8, &size, NULL, &error),
                     EXECWIRE_ERROR_LINK_TEXT); /* a UUID of two bytes */
    assert_int_equal(error.code, EXECWIRE_ERROR_LINK_TEXT);
}

static void test_arguments(void **unused)
{
    execwire_frame_kind kind;
    execwire_error error;
    size_t size = 9;

    (void)unused;
    FAILS(ARGUMENT, execwire_visit_frame(NULL, 1, note, NULL, &kind, &error));
    FAILS(LINK_FRAME, execwire_visit_frame(NULL, 0, note, NULL, &kind, &error));
    FAILS(ARGUMENT, execwire_frame_text(NULL, 1, NULL, 0, &size, NULL, &error));
    FAILS(ARGUMENT, execwire_frame_text("x", 1, NULL, 1, &size, NULL, &error));
    FAILS(ARGUMENT, execwire_frame_text("x", 1, NULL, 0, NULL, NULL, &error));
    assert_int_equal(execwire_frame_text(NULL, 0, NULL, 0, &size, NULL, &error), EXECWIRE_OK);
    assert_int_equal(size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),           cmocka_unit_test(test_fields),
        cmocka_unit_test(test_broken_frames),   cmocka_unit_test(test_parts),
        cmocka_unit_test(test_repeated_values), cmocka_unit_test(test_ids),
        cmocka_unit_test(test_texts),           cmocka_unit_test(test_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
