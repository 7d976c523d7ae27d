/* JSON values in a file, whatever stands between them and however they arrive: no byte of a good
 * one is looked at twice where it is all there, and where it is not the finder goes on where it
 * stopped.
 *
 * The linker puts the two that look at bytes behind these (tests.mk), which count.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/finder.h"
#include "cli/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

finder_result __real_finder_look(finder *f, const char *text, size_t size);
finder_result __wrap_finder_look(finder *f, const char *text, size_t size);
execwire_code __real_execwire_json_read_first(const void *in, size_t in_size, size_t *used,
                                              const execwire_json_options *options,
                                              execwire_scratch *scratch, execwire_state *state,
                                              execwire_error *error);
execwire_code __wrap_execwire_json_read_first(const void *in, size_t in_size, size_t *used,
                                              const execwire_json_options *options,
                                              execwire_scratch *scratch, execwire_state *state,
                                              execwire_error *error);

static uint64_t finder_bytes; /* that the finder has looked at */
static uint64_t reader_bytes; /* and the reader */

finder_result __wrap_finder_look(finder *f, const char *text, size_t size)
{
    size_t before = f->at;
    finder_result result = __real_finder_look(f, text, size);

    finder_bytes += f->at - before;
    return result;
}

execwire_code __wrap_execwire_json_read_first(const void *in, size_t in_size, size_t *used,
                                              const execwire_json_options *options,
                                              execwire_scratch *scratch, execwire_state *state,
                                              execwire_error *error)
{
    execwire_code code =
        __real_execwire_json_read_first(in, in_size, used, options, scratch, state, error);

    reader_bytes += code == EXECWIRE_OK ? *used : error->offset;
    return code;
}

/* ---- Files ---- */

#define COUNT 1000
#define SIZE  ((size_t)COUNT * 128)

typedef struct form {
    const char *before;
    const char *between;
    const char *after;
} form;

static const form forms[] = {
    {"", "\n", "\n"}, {"", "", ""}, {"", " ", "\n"}, {"[", ",", "]"}, {"[\n", ",\n", "\n]\n"},
};

/* What the input gets: `piece` bytes each time that it waits for more. */
typedef struct drip {
    const char *text;
    size_t size;
    size_t piece;
    int fd;
} drip;

static bool pour(void *context)
{
    drip *d = context;
    size_t size = d->size < d->piece ? d->size : d->piece;

    if (size == 0)
        close(d->fd);
    else
        assert_int_equal(write(d->fd, d->text, size), size);
    d->text += size;
    d->size -= size;
    return true;
}

/* Reads all values, which arrive in pieces; `bad` are no good. */
static void read_values(const char *text, size_t size, size_t piece, uint64_t bad)
{
    cli_options options = {.framing = &framing_delimited, .max_message = SIZE, .quiet = true};
    drip d = {.text = text, .size = size, .piece = piece};
    output out = {.fd = -1, .regular = true};
    source from = {.options = &options, .json = true};
    next_result next = NEXT_RECORD;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    d.fd = ends[1];
    input_use(&from.in, "values", ends[0], &out);
    values_init(&from.values, &from.in, options.max_message, NULL);
    from.in.wait = pour;
    from.in.wait_context = &d;
    finder_bytes = reader_bytes = 0;
    while (next != NEXT_END) {
        execwire_state state;
        record value;
        fault why;

        next = source_next(&from, &value, &state, &why);
        assert_int_not_equal(next, NEXT_FAILED);
        from.bad += next == NEXT_BAD;
        if (next == NEXT_RECORD)
            assert_true(state.version == (int64_t)value.number);
    }
    assert_int_equal(from.good + from.bad, COUNT);
    assert_int_equal(from.bad, bad);
    source_close(&from);
}

/* Values of all sizes, of ten one broken or none; returns how many bytes they have. */
static size_t make_values(char *text, const form *f, bool broken, size_t *size)
{
    size_t of_values = 0;

    *size = (size_t)sprintf(text, "%s", f->before);
    for (int i = 1; i <= COUNT; i++) {
        size_t start = *size;
        bool bad = broken && i % 10 == 3;

        *size += (size_t)sprintf(text + start, "{\"Version\":%d,\"Status\":\"%*s\"%s}", i, i % 60,
                                 "}", bad ? "!" : "");
        of_values += *size - start;
        *size += (size_t)sprintf(text + *size, "%s", i < COUNT ? f->between : f->after);
    }
    return of_values;
}

static void test_what_is_there_is_looked_at_once(void **unused)
{
    static char text[SIZE];

    (void)unused;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        size_t size;
        size_t of_values = make_values(text, &forms[i], false, &size);

        read_values(text, size, 60000, 0); /* less than a pipe has room for */
        assert_true(reader_bytes >= of_values);
        assert_true(reader_bytes <= of_values + 3 * 128); /* of those that were cut */
        assert_true(finder_bytes <= 3 * 128);
    }
}

/* One that was not all there is looked through once and read once more: not as often as bytes
 * arrive. */
static void test_what_arrives_in_bytes(void **unused)
{
    static char text[SIZE];

    (void)unused;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        size_t size;
        size_t of_values = make_values(text, &forms[i], false, &size);

        read_values(text, size, 1, 0);
        assert_int_equal(finder_bytes, of_values);
        assert_true(reader_bytes >= of_values && reader_bytes <= of_values + COUNT);
    }
}

/* Nor does a broken one cost more than itself, twice. */
static void test_broken_ones(void **unused)
{
    static char text[SIZE];
    size_t size;
    size_t of_values = make_values(text, &forms[0], true, &size);

    (void)unused;
    read_values(text, size, 60000, COUNT / 10);
    assert_true(reader_bytes <= of_values + of_values / 5);
    assert_true(finder_bytes <= of_values / 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_is_there_is_looked_at_once),
                                       cmocka_unit_test(test_what_arrives_in_bytes),
                                       cmocka_unit_test(test_broken_ones)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
