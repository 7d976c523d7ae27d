/* Fields taken out of a state. What is left is held against the bytes of the message without the
 * field's: canonical bytes have a field's bytes in one place.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/random_state.h"
#include "support/wire.h"

#include <execwire/fields.h>

#include <stdlib.h>

/* Every field of a message with its path. */
typedef struct found {
    uint32_t path[EXECWIRE_FIELD_DEPTH];
    execwire_field_view view;
} found;

typedef struct walk {
    found fields[64];
    uint32_t path[EXECWIRE_FIELD_DEPTH];
    size_t count;
} walk;

static void note(void *context, const execwire_field_view *view)
{
    walk *w = context;
    found *f = &w->fields[w->count];

    assert_true(w->count < sizeof w->fields / sizeof w->fields[0]);
    w->path[view->depth] = view->number;
    memcpy(f->path, w->path, sizeof f->path);
    f->view = *view;
    w->count++;
}

/* The lengths of the messages around a field shrink with it, so only fields of the outermost one
 * are cut out of the bytes. */
static void check_without(const execwire_state *state, const char *bytes, size_t size,
                          const found *field)
{
    execwire_state without = *state;
    size_t end = field->view.end;
    char *rest = malloc(size + 1);

    assert_non_null(rest);
    memcpy(rest, bytes, field->view.offset);
    memcpy(rest + field->view.offset, bytes + end, size - end);
    assert_true(execwire_clear_field(&without, field->path, 1));
    wire_check_encoded(&without, rest, size - (end - field->view.offset));
    assert_false(execwire_clear_field(&without, field->path, 1)); /* it is gone */
    free(rest);
}

static void test_outermost_fields(void **unused)
{
    random_source source = {.seed = 4};

    (void)unused;
    for (unsigned i = 0; i < 300; i++) {
        execwire_state state;
        walk w = {.count = 0};
        size_t size;
        char *bytes;

        random_state(&source, &state);
        bytes = wire_encode(&state, &size);
        assert_int_equal(execwire_visit_fields(bytes, size, note, &w, NULL), EXECWIRE_OK);
        for (size_t f = 0; f < w.count; f++) /* entries of a map make one field of several */
            if (w.fields[f].view.depth == 0 && w.fields[f].view.kind != EXECWIRE_KIND_MAP)
                check_without(&state, bytes, size, &w.fields[f]);
        free(bytes);
    }
}

static void clear(execwire_state *state, bool expected, size_t count, const uint32_t *path)
{
    assert_int_equal(execwire_clear_field(state, path, count), expected);
}

#define CLEAR(state, expected, ...)                                                                \
    clear(state, expected, sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t),             \
          (const uint32_t[]){__VA_ARGS__})

static void test_fields_inside(void **unused)
{
    execwire_state state = {.has_run_output = true, .has_create_time = true};

    (void)unused;
    state.create_time = (execwire_time){9, 9};
    state.run_output.std_out = EXECWIRE_STR("out");
    state.run_output.std_err = EXECWIRE_STR("err");
    state.run_output.exit_code = 3;
    state.run_output.has_exit_code = true;
    CLEAR(&state, true, 7, 5);
    assert_null(state.run_output.std_out.data);
    assert_int_equal(state.run_output.std_err.size, 3);
    assert_true(state.has_run_output);
    CLEAR(&state, false, 7, 5);
    CLEAR(&state, false, 2, 1); /* a time is whole or absent */
    CLEAR(&state, false, 5);    /* absent */
    CLEAR(&state, false, 6, 1); /* in what is absent */
    CLEAR(&state, false, 99);   /* none of the schema's */
    CLEAR(&state, false, 7, 99);
    assert_true(state.has_create_time);
    CLEAR(&state, true, 2);
    assert_false(state.has_create_time);
    assert_int_equal(state.create_time.seconds, 0);
    CLEAR(&state, true, 7);
    assert_false(state.has_run_output || state.run_output.has_exit_code);
    assert_null(state.run_output.std_err.data);
}

/* A flag that says what is there stands right before what it is about, or not. */
static void test_flags_go_with_their_fields(void **unused)
{
    execwire_state state = {.has_run_output = true,
                            .run_output = {.has_exit_code = true,
                                           .exit_code = 3,
                                           .has_stderrtruncated = true,
                                           .stderrtruncated = true,
                                           .has_stdouttruncated = true,
                                           .stdouttruncated = true}};

    (void)unused;
    CLEAR(&state, true, 7, 1);
    assert_false(state.run_output.has_exit_code);
    assert_int_equal(state.run_output.exit_code, 0);
    CLEAR(&state, true, 7, 4);
    assert_false(state.run_output.has_stderrtruncated || state.run_output.stderrtruncated);
    assert_true(state.run_output.has_stdouttruncated && state.run_output.stdouttruncated);
    CLEAR(&state, false, 7, 4);
    CLEAR(&state, true, 7);
    assert_false(state.run_output.has_stdouttruncated || state.run_output.stdouttruncated);
}

static void test_arguments(void **unused)
{
    static const uint32_t version = 11;
    execwire_state state = {.has_version = true, .version = 1};

    (void)unused;
    assert_false(execwire_clear_field(&state, &version, 0));
    assert_false(execwire_clear_field(&state, NULL, 1));
    assert_false(execwire_clear_field(NULL, &version, 1));
    assert_true(state.has_version);
    assert_true(execwire_clear_field(&state, &version, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outermost_fields),
        cmocka_unit_test(test_fields_inside),
        cmocka_unit_test(test_flags_go_with_their_fields),
        cmocka_unit_test(test_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
