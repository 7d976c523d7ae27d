/* SPDX-License-Identifier: Apache-2.0 */
/* promise: encode-errors */
/* promise: decoding-needs-no-text */
/* promise: nothing-half-made */
#include "support/wire.h"

#include "support/cmocka.h"

#include "support/json.h"
#include "wire/reader.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

static void *block(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);

    assert_non_null(memory);
    return memory;
}

static void check_same_error(const execwire_error *error, const execwire_error *expected)
{
    json_check_error(error, expected->code, expected->offset, expected->path, NULL);
}

/* ---- Reading ---- */

static void check_failed(const wire_message *m, size_t size)
{
    static const execwire_state absent;

    assert_memory_equal(&m->state, &absent, sizeof absent);
    assert_int_equal(m->error.code, m->code);
    assert_string_equal(m->error.text, execwire_code_text(m->code));
    assert_null(m->error.found);
    assert_in_range(m->error.offset, 0, size);
}

/* Nothing is stored, and everything else is the same. */
static void check_without_state(const wire_message *m, size_t size)
{
    execwire_error error;
    size_t unknown = 7;

    assert_int_equal(execwire_check(m->bytes, size, &unknown, &error), m->code);
    assert_int_equal(execwire_check(m->bytes, size, NULL, NULL), m->code);
    if (m->code == EXECWIRE_OK) {
        assert_int_equal(unknown, m->scratch.unknown_count);
    } else {
        assert_int_equal(unknown, 0);
        check_same_error(&error, &m->error);
    }
}

typedef struct walk {
    const uint8_t *end; /* of the last field at the outermost level */
    size_t unknown;
    bool in_order;
} walk;

static void visit(void *context, const execwire_wire_field *field)
{
    walk *seen = context;

    seen->in_order = seen->in_order && field->tag < field->payload && field->payload <= field->end;
    if (field->depth == 0) {
        seen->in_order = seen->in_order && field->tag == seen->end;
        seen->end = field->end;
    }
    seen->unknown += field->field == NULL;
}

/* A visitor is shown every byte of the outermost level once, and every unknown field. */
static void check_visitor(const wire_message *m, size_t size)
{
    walk seen = {(const uint8_t *)m->bytes, 0, true};
    execwire_wire_visitor visitor = {visit, &seen};

    assert_int_equal(execwire_wire_read(m->bytes, size, NULL, NULL, &visitor, NULL), m->code);
    assert_true(seen.in_order);
    if (m->code != EXECWIRE_OK)
        return;
    assert_ptr_equal(seen.end, m->bytes + size);
    assert_int_equal(seen.unknown, m->scratch.unknown_count);
}

void wire_decode(wire_message *m, const char *bytes, size_t size)
{
    execwire_error untouched;
    execwire_code measured;

    memset(m, 0, sizeof *m);
    m->bytes = block(size);
    memcpy(m->bytes, bytes, size);
    measured = execwire_decode(m->bytes, size, &m->scratch, NULL, NULL);
    m->scratch.entry_capacity = m->scratch.entry_count;
    m->scratch.entries = block(m->scratch.entry_capacity * sizeof(execwire_entry));
    m->code = execwire_decode(m->bytes, size, &m->scratch, &m->state, NULL);
    assert_int_equal(measured, m->code);
    memset(&m->state, 0xA5, sizeof m->state);
    memset(&m->error, 0xA5, sizeof m->error);
    untouched = m->error;
    assert_int_equal(execwire_decode(m->bytes, size, &m->scratch, &m->state, &m->error), m->code);
    if (m->code == EXECWIRE_OK)
        assert_memory_equal(&m->error, &untouched, sizeof untouched);
    else
        check_failed(m, size);
    assert_int_equal(m->scratch.text_size, 0);
    check_without_state(m, size);
    check_visitor(m, size);
}

void wire_accept(wire_message *m, const char *bytes, size_t size)
{
    wire_decode(m, bytes, size);
    if (m->code != EXECWIRE_OK)
        fail_msg("%s, byte %zu, %s", execwire_code_name(m->code), m->error.offset, m->error.path);
}

void wire_free(wire_message *m)
{
    free(m->bytes);
    free(m->scratch.entries);
    memset(m, 0, sizeof *m);
}

void wire_check_refusals(const wire_refusal *refusals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const wire_refusal *r = &refusals[i];
        wire_message m;

        wire_decode(&m, r->bytes, r->size);
        if (m.code != r->code || m.error.offset != r->offset)
            print_error("case %zu\n", i);
        assert_int_equal(m.code, r->code);
        json_check_error(&m.error, r->code, r->offset, r->path, NULL);
        wire_free(&m);
    }
}

/* ---- Writing ---- */

char *wire_encode(const execwire_state *state, size_t *size)
{
    execwire_error error;
    execwire_error untouched;
    size_t measured;
    char *bytes;

    memset(&error, 0xA5, sizeof error);
    untouched = error;
    if (execwire_encode(state, NULL, 0, &measured, &error) != EXECWIRE_OK)
        fail_msg("%s, byte %zu, %s", execwire_code_name(error.code), error.offset, error.path);
    assert_memory_equal(&error, &untouched, sizeof error);
    bytes = block(measured);
    assert_int_equal(execwire_encode(state, bytes, measured, size, NULL), EXECWIRE_OK);
    assert_int_equal(*size, measured);
    return bytes;
}

void wire_check_bytes(const char *got, size_t got_size, const char *expected, size_t size)
{
    assert_int_equal(got_size, size);
    assert_memory_equal(got, expected, size);
}

void wire_check_encoded(const execwire_state *state, const char *expected, size_t size)
{
    size_t got_size;
    char *got = wire_encode(state, &got_size);

    wire_check_bytes(got, got_size, expected, size);
    free(got);
}

/* ---- The test vectors ---- */

void wire_each_vector(wire_vector_check *check)
{
    glob_t files;

    assert_int_equal(glob("tests/vectors/*.json", 0, NULL, &files), 0);
    assert_in_range(files.gl_pathc, 12, 1000);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        char *path = files.gl_pathv[i];
        size_t json_size;
        size_t size;
        char *json = json_read_file(path, &json_size);
        char *bytes;

        print_message("%s\n", path);
        memcpy(strrchr(path, '.'), ".pb", sizeof ".pb");
        bytes = json_read_file(path, &size);
        assert_non_null(json);
        assert_non_null(bytes);
        check(bytes, size, json, json_size);
        free(bytes);
        free(json);
    }
    globfree(&files);
}

void wire_check_room(wire_write_call *write, const execwire_state *state, const char *expected,
                     size_t size)
{
    for (size_t capacity = 0; capacity <= size + 1; capacity++) {
        char *out = malloc(capacity + 1);
        execwire_error error = {.code = EXECWIRE_OK};
        size_t got = 0;

        assert_non_null(out);
        memset(out, 0x5A, capacity + 1);
        assert_int_equal(write(state, out, capacity, &got, &error),
                         capacity < size ? EXECWIRE_ERROR_NO_SPACE : EXECWIRE_OK);
        assert_int_equal(got, size);
        assert_int_equal(out[capacity], 0x5A);
        if (capacity >= size)
            assert_memory_equal(out, expected, size);
        else
            json_check_error(&error, EXECWIRE_ERROR_NO_SPACE, 0, "", NULL);
        free(out);
    }
}
