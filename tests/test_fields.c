/* The walk over a message's fields, and reading some of them. The message that is walked is put
 * together by hand; what is peeked at is held against slices of whole messages.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/json.h"
#include "support/random_state.h"
#include "support/wire.h"

#include <execwire/fields.h>

#include <stdlib.h>

#define NODE_ID 5
#define STATE   8
#define VERSION 11
#define BIT(n)  (UINT32_C(1) << (n))

/* ---- Visiting ---- */

/* create_time 1 s and 2 ns; state 7; the unknown fields 15, a group with a varint, and 40, four
 * bytes; a version; one entry of published_results' metadata; an exit code of -1; a state that has
 * no name; desired_state 2 */
static const char message[] = "\x12\x04\x08\x01\x10\x02"
                              "\x40\x07"
                              "\x7B\x08\x05\x7C"
                              "\xC5\x02\x01\x02\x03\x04"
                              "\x58\x80\x01"
                              "\x32\x08\x12\x06\x0A\x01k\x12\x01v"
                              "\x3A\x02\x08\x01"
                              "\x40\x63"
                              "\x2A\x03nod";

static const execwire_field_view expected[] = {
    {.known = true,
     .kind = EXECWIRE_KIND_TIME,
     .name = "create_time",
     .type = "Timestamp",
     .number = 2,
     .wire_type = 2,
     .depth = 0,
     .offset = 0,
     .payload = 2,
     .end = 6,
     .time = {1, 2}},
    {.known = true,
     .kind = EXECWIRE_KIND_INT64,
     .name = "seconds",
     .type = "int64",
     .number = 1,
     .wire_type = 0,
     .depth = 1,
     .offset = 2,
     .payload = 3,
     .end = 4,
     .value = 1},
    {.known = true,
     .kind = EXECWIRE_KIND_INT32,
     .name = "nanos",
     .type = "int32",
     .number = 2,
     .wire_type = 0,
     .depth = 1,
     .offset = 4,
     .payload = 5,
     .end = 6,
     .value = 2},
    {.known = true,
     .kind = EXECWIRE_KIND_ENUM,
     .name = "state",
     .type = "ExecutionStateType",
     .value_name = "EXECUTION_STATE_COMPLETED",
     .number = 8,
     .wire_type = 0,
     .depth = 0,
     .offset = 6,
     .payload = 7,
     .end = 8,
     .value = 7},
    {.number = 15, .wire_type = 3, .depth = 0, .offset = 8, .payload = 9, .end = 12},
    {.number = 40, .wire_type = 5, .depth = 0, .offset = 12, .payload = 14, .end = 18},
    {.known = true,
     .kind = EXECWIRE_KIND_INT64,
     .name = "version",
     .type = "int64",
     .number = 11,
     .wire_type = 0,
     .depth = 0,
     .offset = 18,
     .payload = 19,
     .end = 21,
     .value = 128},
};

typedef struct walk {
    const char *in;
    size_t seen;
    execwire_field_view views[32];
} walk;

static void note(void *context, const execwire_field_view *view)
{
    walk *w = context;

    assert_in_range(w->seen, 0, sizeof w->views / sizeof w->views[0] - 1);
    assert_ptr_equal(view->bytes.data, w->in + view->payload);
    assert_int_equal(view->bytes.size, view->end - view->payload);
    w->views[w->seen++] = *view;
}

static void check_text(const char *got, const char *wanted)
{
    if (wanted == NULL)
        assert_null(got);
    else
        assert_string_equal(got, wanted);
}

static void check_view(const execwire_field_view *got, const execwire_field_view *wanted)
{
    assert_int_equal(got->known, wanted->known);
    if (wanted->known)
        assert_int_equal(got->kind, wanted->kind);
    check_text(got->name, wanted->name);
    check_text(got->type, wanted->type);
    check_text(got->value_name, wanted->value_name);
    assert_int_equal(got->number, wanted->number);
    assert_int_equal(got->wire_type, wanted->wire_type);
    assert_int_equal(got->depth, wanted->depth);
    assert_int_equal(got->offset, wanted->offset);
    assert_int_equal(got->payload, wanted->payload);
    assert_int_equal(got->end, wanted->end);
    assert_int_equal(got->value, wanted->value);
    assert_int_equal(got->time.seconds, wanted->time.seconds);
    assert_int_equal(got->time.nanos, wanted->time.nanos);
}

static void test_each_field_is_shown(void **unused)
{
    walk w = {.in = message};
    const size_t listed = sizeof expected / sizeof expected[0];

    (void)unused;
    assert_int_equal(execwire_visit_fields(message, sizeof message - 1, note, &w, NULL),
                     EXECWIRE_OK);
    assert_true(w.seen > listed);
    for (size_t i = 0; i < listed; i++)
        check_view(&w.views[i], &expected[i]);
    /* a number without a name */
    assert_string_equal(w.views[w.seen - 2].name, "state");
    assert_int_equal(w.views[w.seen - 2].value, 99);
    assert_null(w.views[w.seen - 2].value_name);
    assert_string_equal(w.views[w.seen - 1].name, "node_id");
    assert_string_equal(w.views[w.seen - 1].type, "string");
    assert_int_equal(w.views[w.seen - 1].bytes.size, 3);
}

/* The numbers of all kinds, also inside a message, as the protobuf specification has their bytes.
 */
static void test_values(void **unused)
{
    static const struct {
        const char *bytes;
        size_t size;
        int64_t value;
    } values[] = {
        {WIRE("\x58\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), -1}, /* int64 */
        {WIRE("\x40\xFF\xFF\xFF\xFF\x07"), INT32_MAX},              /* an open enum */
        {WIRE("\x78\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), -1}, /* unknown */
        {WIRE("\x3A\x02\x08\x03"), -2},                             /* sint64 */
        {WIRE("\x3A\x02\x20\x00"), 0},                              /* bool */
        {WIRE("\x3A\x02\x20\x02"), 1},
        {WIRE("\x12\x06\x10\x85\x80\x80\x80\x20"), 5}, /* int32: the low bits */
    };

    (void)unused;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        walk w = {.in = values[i].bytes};

        assert_int_equal(execwire_visit_fields(values[i].bytes, values[i].size, note, &w, NULL),
                         EXECWIRE_OK);
        assert_in_range(w.seen, 1, 2);
        assert_int_equal(w.views[w.seen - 1].value, values[i].value);
    }
}

/* A time whose nanos are -1 is not all that is there. */
static void test_times(void **unused)
{
    static const struct {
        const char *bytes;
        size_t size;
        execwire_time time;
    } times[] = {
        {WIRE("\x12\x00"), {0, 0}},
        {WIRE("\x12\x02\x08\x07"), {7, 0}},
        {WIRE("\x12\x02\x10\x07"), {0, 7}},
        {WIRE("\x12\x06\x08\x07\x10\x08\x08\x09"), {9, 8}},
        {WIRE("\x12\x0B\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), {-1, 0}},
        {WIRE("\x12\x04\x08\x07\x18\x01"), {0, -1}},
        {WIRE("\x12\x04\x18\x01\x08\x07"), {0, -1}},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        walk w = {.in = times[i].bytes};

        assert_int_equal(execwire_visit_fields(times[i].bytes, times[i].size, note, &w, NULL),
                         EXECWIRE_OK);
        assert_int_equal(w.views[0].time.seconds, times[i].time.seconds);
        assert_int_equal(w.views[0].time.nanos, times[i].time.nanos);
    }
}

/* promise: visit-before-error */
static void test_what_is_wrong(void **unused)
{
    walk w = {.in = message};
    execwire_error error;

    (void)unused;
    assert_int_equal(execwire_visit_fields(message, 7, note, &w, &error), EXECWIRE_ERROR_TRUNCATED);
    json_check_error(&error, EXECWIRE_ERROR_TRUNCATED, 7, "/State", NULL);
    assert_int_equal(w.seen, 3);
    assert_int_equal(execwire_visit_fields(message, 7, NULL, NULL, &error),
                     EXECWIRE_ERROR_ARGUMENT);
    json_check_error(&error, EXECWIRE_ERROR_ARGUMENT, 0, "", NULL);
    assert_int_equal(execwire_visit_fields(NULL, 1, note, &w, &error), EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_visit_fields(NULL, 0, note, &w, &error), EXECWIRE_OK);
    assert_int_equal(w.seen, 3);
}

/* ---- Peeking ---- */

/* The bytes of the outermost fields, as they stand one after the other. */
typedef struct slices {
    const char *in;
    size_t end; /* of the last one */
    uint32_t wanted;
    char *out;
    size_t size;
} slices;

static void slice(void *context, const execwire_field_view *view)
{
    slices *s = context;

    if (view->depth > 0)
        return;
    assert_int_equal(view->offset, s->end);
    s->end = view->end;
    if ((s->wanted >> view->number & 1) == 0)
        return;
    memcpy(s->out + s->size, s->in + view->offset, view->end - view->offset);
    s->size += view->end - view->offset;
}

/* What is read of a message as execwire_encode writes it is what its wanted fields alone encode. */
static void check_peek(const char *bytes, size_t size, uint32_t wanted)
{
    execwire_entry entries[8];
    execwire_scratch scratch = {.entries = entries, .entry_capacity = 8};
    slices s = {.in = bytes, .wanted = wanted, .out = malloc(size + 1)};
    execwire_state state;

    assert_non_null(s.out);
    assert_int_equal(execwire_visit_fields(bytes, size, slice, &s, NULL), EXECWIRE_OK);
    assert_int_equal(s.end, size);
    assert_int_equal(execwire_peek(bytes, size, wanted, &scratch, &state, NULL), EXECWIRE_OK);
    wire_check_encoded(&state, s.out, s.size);
    free(s.out);
}

static void test_peeks_are_slices(void **unused)
{
    random_source source = {.seed = 10};

    (void)unused;
    for (unsigned i = 0; i < 300; i++) {
        execwire_state state;
        size_t size;
        char *bytes;

        random_state(&source, &state);
        bytes = wire_encode(&state, &size);
        check_peek(bytes, size, 0);
        check_peek(bytes, size, UINT32_MAX);
        for (unsigned number = 1; number < 32; number++)
            check_peek(bytes, size, BIT(number));
        for (unsigned many = 0; many < 20; many++)
            check_peek(bytes, size, (uint32_t)random_next(&source));
        free(bytes);
    }
}

/* The others are gone past, whatever they hold: here no UTF-8, no time, and a type of its own. */
static void test_others_may_be_wrong(void **unused)
{
    static const char bytes[] = "\x0A\x02\xFF\xFE"
                                "\x12\x02\x10\x7F"
                                "\x2D"
                                "abcd"
                                "\x40\x07"
                                "\x58\x09";
    execwire_scratch scratch = {.entry_capacity = 0};
    execwire_state state;
    execwire_error error;

    (void)unused;
    assert_int_equal(execwire_peek(WIRE(bytes), BIT(STATE) | BIT(VERSION), &scratch, &state, NULL),
                     EXECWIRE_OK);
    assert_int_equal(state.state, 7);
    assert_int_equal(state.version, 9);
    assert_false(state.has_create_time);
    assert_int_equal(scratch.unknown_count, 3);
    assert_int_equal(execwire_peek(WIRE(bytes), BIT(1), NULL, &state, &error), EXECWIRE_ERROR_UTF8);
    json_check_error(&error, EXECWIRE_ERROR_UTF8, 2, "/ComputeReference", NULL);
    assert_int_equal(execwire_peek(WIRE(bytes), BIT(NODE_ID), NULL, &state, &error),
                     EXECWIRE_ERROR_FIELD_TYPE);
    json_check_error(&error, EXECWIRE_ERROR_FIELD_TYPE, 8, "/NodeId", NULL);
}

/* What is cut off may be any field. */
static void test_cuts(void **unused)
{
    execwire_state state, nothing;
    execwire_error error;

    (void)unused;
    memset(&nothing, 0, sizeof nothing);
    assert_int_equal(execwire_peek("\x2A\x05nod", 5, BIT(VERSION), NULL, &state, &error),
                     EXECWIRE_ERROR_TRUNCATED);
    json_check_error(&error, EXECWIRE_ERROR_TRUNCATED, 1, "", NULL);
    assert_memory_equal(&state, &nothing, sizeof state);
    assert_int_equal(execwire_peek("\x58\x01\x7C", 3, BIT(VERSION), NULL, &state, &error),
                     EXECWIRE_ERROR_GROUP);
    json_check_error(&error, EXECWIRE_ERROR_GROUP, 2, "", NULL);
    assert_memory_equal(&state, &nothing, sizeof state);
}

static void test_arguments(void **unused)
{
    execwire_scratch bad = {.entry_capacity = 1};
    execwire_state state;
    execwire_error error;

    (void)unused;
    assert_int_equal(execwire_peek("", 0, 1, NULL, NULL, &error), EXECWIRE_ERROR_ARGUMENT);
    json_check_error(&error, EXECWIRE_ERROR_ARGUMENT, 0, "", NULL);
    assert_int_equal(execwire_peek(NULL, 1, 1, NULL, &state, &error), EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_peek("", 0, 1, &bad, &state, &error), EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_peek(NULL, 0, 1, NULL, &state, &error), EXECWIRE_OK);
    assert_int_equal(execwire_peek("x", (size_t)EXECWIRE_MAX_SIZE + 1, 1, NULL, &state, &error),
                     EXECWIRE_ERROR_TOO_LARGE);
}

/* A map needs room for its entries, as when all is read. */
static void test_a_map(void **unused)
{
    static const char bytes[] = "\x32\x10\x12\x06\x0A\x01k\x12\x01v\x12\x06\x0A\x01j\x12\x01w";
    execwire_entry entries[2];
    execwire_scratch scratch = {.entries = entries, .entry_capacity = 1};
    execwire_state state;

    (void)unused;
    assert_int_equal(execwire_peek(WIRE(bytes), BIT(6), &scratch, &state, NULL),
                     EXECWIRE_ERROR_NO_SPACE);
    assert_int_equal(scratch.entry_count, 2);
    scratch.entry_capacity = 2;
    assert_int_equal(execwire_peek(WIRE(bytes), BIT(6), &scratch, &state, NULL), EXECWIRE_OK);
    assert_int_equal(state.published_results.metadata.count, 2);
    assert_memory_equal(state.published_results.metadata.entries[0].key.data, "j", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_field_is_shown),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_what_is_wrong),
        cmocka_unit_test(test_peeks_are_slices),
        cmocka_unit_test(test_others_may_be_wrong),
        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_a_map),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
