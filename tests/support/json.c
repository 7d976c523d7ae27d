/* SPDX-License-Identifier: Apache-2.0 */
/* promise: nothing-half-made */
#include "support/json.h"

#include "support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_quote(char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] == '\'')
            text[i] = '"';
}

static void *block(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);

    assert_non_null(memory);
    return memory;
}

static bool is_all_absent(const execwire_state *state)
{
    static const execwire_state absent;

    return memcmp(state, &absent, sizeof absent) == 0;
}

void json_read(json_document *d, const char *text, size_t size, bool ignore_unknown)
{
    execwire_json_options options = {.ignore_unknown = ignore_unknown};
    execwire_error measured;
    execwire_error untouched;
    execwire_code code;

    memset(d, 0, sizeof *d);
    d->text = block(size);
    memcpy(d->text, text, size);
    code = execwire_json_read(d->text, size, &options, &d->scratch, NULL, &measured);
    d->scratch.entry_capacity = d->scratch.entry_count;
    d->scratch.text_capacity = d->scratch.text_size;
    d->scratch.entries = block(d->scratch.entry_capacity * sizeof(execwire_entry));
    d->scratch.text = block(d->scratch.text_capacity);
    d->code = execwire_json_read(d->text, size, &options, &d->scratch, &d->state, NULL);
    memset(&d->state, 0xA5, sizeof d->state);
    memset(&d->error, 0xA5, sizeof d->error);
    untouched = d->error;
    assert_int_equal(execwire_json_read(d->text, size, &options, &d->scratch, &d->state, &d->error),
                     d->code);
    if (d->code == EXECWIRE_OK)
        assert_memory_equal(&d->error, &untouched, sizeof untouched);
    if (d->code != EXECWIRE_OK)
        assert_true(is_all_absent(&d->state));
    if (d->code != EXECWIRE_OK && d->code != EXECWIRE_ERROR_DUPLICATE_KEY)
        assert_int_equal(code, d->code);
    if (code != EXECWIRE_OK)
        json_check_error(&d->error, measured.code, measured.offset, measured.path, measured.found);
}

void json_read_quoted(json_document *d, const char *text, size_t size, bool ignore_unknown)
{
    char *quoted = block(size);

    memcpy(quoted, text, size);
    json_quote(quoted, size);
    json_read(d, quoted, size, ignore_unknown);
    free(quoted);
}

void json_accept(json_document *d, const char *text)
{
    json_read_quoted(d, text, strlen(text), false);
    if (d->code != EXECWIRE_OK)
        fail_msg("%s: %s, byte %zu, %s", text, execwire_code_name(d->code), d->error.offset,
                 d->error.path);
}

void json_free(json_document *d)
{
    free(d->text);
    free(d->scratch.entries);
    free(d->scratch.text);
    memset(d, 0, sizeof *d);
}

void json_check_error(const execwire_error *error, execwire_code code, size_t offset,
                      const char *path, const char *found)
{
    assert_string_equal(execwire_code_name(error->code), execwire_code_name(code));
    assert_int_equal(error->offset, offset);
    assert_string_equal(error->path, path);
    assert_string_equal(error->text, execwire_code_text(code));
    if (found == NULL)
        assert_null(error->found);
    else
        assert_non_null(error->found);
    if (found != NULL)
        assert_string_equal(error->found, found);
}

void json_check_refusals(const json_refusal *refusals, size_t count, bool ignore_unknown)
{
    for (size_t i = 0; i < count; i++) {
        const json_refusal *r = &refusals[i];
        size_t size = r->before_size + r->after_size;
        char *text = block(size);
        json_document d;

        memcpy(text, r->before, r->before_size);
        memcpy(text + r->before_size, r->after, r->after_size);
        json_read_quoted(&d, text, size, ignore_unknown);
        if (d.code != r->code || d.error.offset != r->before_size)
            print_error("case %zu: %s | %s: %s at %zu in %s\n", i, r->before, r->after,
                        execwire_code_name(d.code), d.error.offset, d.error.path);
        assert_int_equal(d.code, r->code);
        json_check_error(&d.error, r->code, r->before_size, r->path, r->found);
        json_free(&d);
        free(text);
    }
}

char *json_write(const execwire_state *state, const execwire_json_options *options, size_t *size)
{
    execwire_error error;
    execwire_error untouched;
    size_t measured;
    char *text;

    memset(&error, 0xA5, sizeof error);
    untouched = error;
    assert_int_equal(execwire_json_write(state, options, NULL, 0, &measured, &error), EXECWIRE_OK);
    text = block(measured + 1);
    assert_int_equal(execwire_json_write(state, options, text, measured, size, &error),
                     EXECWIRE_OK);
    assert_memory_equal(&error, &untouched, sizeof error);
    assert_int_equal(*size, measured);
    text[measured] = '\0';
    return text;
}

char *json_read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long end;

    if (file == NULL)
        return NULL;
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    end = ftell(file);
    assert_true(end >= 0);
    rewind(file);
    *size = (size_t)end;
    text = block(*size + 1);
    assert_int_equal(fread(text, 1, *size, file), *size);
    text[*size] = '\0';
    fclose(file);
    return text;
}

bool json_is(execwire_str view, const char *text)
{
    if (text == NULL)
        return view.data == NULL;
    return view.data != NULL && view.size == strlen(text) &&
           memcmp(view.data, text, view.size) == 0;
}
