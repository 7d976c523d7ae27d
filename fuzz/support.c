/* SPDX-License-Identifier: Apache-2.0 */
/* promise: scratch-bounds */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_stop(const char *file, int line, const char *what)
{
    fflush(stdout);
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

void *fuzz_block(size_t size)
{
    void *block = malloc(size);

    FUZZ_REQUIRE(block != NULL || size == 0);
    return block;
}

size_t fuzz_hash(const void *in, size_t size)
{
    uint32_t hash = 2166136261; /* FNV-1a */

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ ((const uint8_t *)in)[i]) * 16777619;
    return hash;
}

bool fuzz_same_bytes(const fuzz_bytes *left, const fuzz_bytes *right)
{
    return left->size == right->size &&
           (left->size == 0 || memcmp(left->data, right->data, left->size) == 0);
}

bool fuzz_good_error(const execwire_error *error, execwire_code code, size_t size)
{
    return error->code == code && error->offset <= size &&
           error->text == execwire_code_text(code) &&
           memchr(error->path, '\0', sizeof error->path) != NULL;
}

bool fuzz_same_error(const execwire_error *left, const execwire_error *right)
{
    return left->code == right->code && left->offset == right->offset &&
           left->text == right->text && left->found == right->found &&
           strcmp(left->path, right->path) == 0;
}

/* ---- Reading ---- */

typedef execwire_code read_call(const void *in, size_t size, execwire_scratch *scratch,
                                execwire_state *state, execwire_error *error);

static execwire_code read_strictly(const void *in, size_t size, execwire_scratch *scratch,
                                   execwire_state *state, execwire_error *error)
{
    return execwire_json_read(in, size, NULL, scratch, state, error);
}

static execwire_code read_leniently(const void *in, size_t size, execwire_scratch *scratch,
                                    execwire_state *state, execwire_error *error)
{
    static const execwire_json_options lenient = {.ignore_unknown = true};

    return execwire_json_read(in, size, &lenient, scratch, state, error);
}

/* With one entry or one character less than needed. */
static void require_no_space(const fuzz_record *record, read_call *read, const void *in,
                             size_t size)
{
    execwire_scratch small = record->scratch;
    execwire_state state;
    execwire_error error;

    if (small.entry_capacity + small.text_capacity == 0)
        return;
    if (small.entry_capacity > 0)
        small.entry_capacity--;
    else
        small.text_capacity--;
    small.entries = fuzz_block(small.entry_capacity * sizeof *small.entries);
    small.text = fuzz_block(small.text_capacity);
    memset(&state, 0xA5, sizeof state);
    FUZZ_REQUIRE(read(in, size, &small, &state, &error) == EXECWIRE_ERROR_NO_SPACE);
    FUZZ_REQUIRE(fuzz_all_absent(&state));
    FUZZ_REQUIRE(fuzz_good_error(&error, EXECWIRE_ERROR_NO_SPACE, size));
    FUZZ_REQUIRE(small.entry_count == record->scratch.entry_count);
    FUZZ_REQUIRE(small.text_size == record->scratch.text_size);
    free(small.text);
    free(small.entries);
}

static void read_record(fuzz_record *record, read_call *read, const void *in, size_t size)
{
    execwire_scratch *scratch = &record->scratch;
    execwire_scratch measured = {0};
    execwire_error error;
    execwire_code code = read(in, size, &measured, NULL, &error);

    memset(record, 0, sizeof *record);
    memset(&record->state, 0xA5, sizeof record->state);
    scratch->entry_capacity = measured.entry_count;
    scratch->text_capacity = measured.text_size;
    scratch->entries = fuzz_block(measured.entry_count * sizeof *scratch->entries);
    scratch->text = fuzz_block(measured.text_size);
    record->code = read(in, size, scratch, &record->state, &record->error);
    FUZZ_REQUIRE(read(in, size, NULL, NULL, NULL) == code);
    if (record->code == EXECWIRE_OK) {
        FUZZ_REQUIRE(code == EXECWIRE_OK);
        FUZZ_REQUIRE(scratch->entry_count == measured.entry_count);
        FUZZ_REQUIRE(scratch->text_size == measured.text_size);
        FUZZ_REQUIRE(scratch->unknown_count == measured.unknown_count);
        require_no_space(record, read, in, size);
        return;
    }
    FUZZ_REQUIRE(fuzz_all_absent(&record->state));
    FUZZ_REQUIRE(fuzz_good_error(&record->error, record->code, size));
    /* only with room for its keys can a map be seen to have one twice */
    if (code == EXECWIRE_OK ||
        (record->code == EXECWIRE_ERROR_DUPLICATE_KEY && record->error.offset < error.offset))
        FUZZ_REQUIRE(record->code == EXECWIRE_ERROR_DUPLICATE_KEY);
    else
        FUZZ_REQUIRE(fuzz_same_error(&error, &record->error));
}

void fuzz_decode(fuzz_record *record, const void *in, size_t size)
{
    read_record(record, execwire_decode, in, size);
    FUZZ_REQUIRE(record->scratch.text_size == 0);
    FUZZ_REQUIRE(record->scratch.entry_count <= size / 2);
}

void fuzz_json_read(fuzz_record *record, const void *in, size_t size, bool ignore_unknown)
{
    read_record(record, ignore_unknown ? read_leniently : read_strictly, in, size);
    FUZZ_REQUIRE(record->scratch.text_size <= size);
    FUZZ_REQUIRE(record->scratch.entry_count <= size / 6);
}

void fuzz_free_record(fuzz_record *record)
{
    free(record->scratch.entries);
    free(record->scratch.text);
}

/* ---- Writing ---- */

/* A writing call with its options: what is written, and where to. */
typedef struct writing {
    execwire_code (*write)(const struct writing *w, void *out, size_t capacity, size_t *size,
                           execwire_error *error);
    const execwire_state *state;
    const execwire_json_options *options;
} writing;

static execwire_code encode(const writing *w, void *out, size_t capacity, size_t *size,
                            execwire_error *error)
{
    return execwire_encode(w->state, out, capacity, size, error);
}

static execwire_code write_delimited(const writing *w, void *out, size_t capacity, size_t *size,
                                     execwire_error *error)
{
    return execwire_delimited_write(w->state, out, capacity, size, error);
}

static execwire_code write_json(const writing *w, void *out, size_t capacity, size_t *size,
                                execwire_error *error)
{
    return execwire_json_write(w->state, w->options, out, capacity, size, error);
}

static void require_refused(const writing *w, size_t capacity, size_t needed)
{
    uint8_t *out = fuzz_block(capacity);
    execwire_error error;
    size_t size = 0;
    /* malloc(0) may be NULL, which would measure */
    void *room = out != NULL ? out : (void *)&size;

    FUZZ_REQUIRE(w->write(w, room, capacity, &size, &error) == EXECWIRE_ERROR_NO_SPACE);
    FUZZ_REQUIRE(size == needed);
    FUZZ_REQUIRE(fuzz_good_error(&error, EXECWIRE_ERROR_NO_SPACE, 0));
    free(out);
}

/* Small capacities one after the other, large ones by chance, and one byte too few. */
static void require_small_room_refused(const writing *w, size_t needed, size_t vary)
{
    if (needed == 0)
        return;
    require_refused(w, vary % needed, needed);
    require_refused(w, vary % (needed < 16 ? needed : 16), needed);
    require_refused(w, needed - 1, needed);
}

static fuzz_bytes write_exactly(const writing *w, size_t vary)
{
    fuzz_bytes bytes;
    size_t needed;
    execwire_error error;

    FUZZ_REQUIRE(w->write(w, NULL, 0, &needed, &error) == EXECWIRE_OK);
    bytes.data = fuzz_block(needed > 0 ? needed : 1);
    FUZZ_REQUIRE(w->write(w, bytes.data, needed, &bytes.size, &error) == EXECWIRE_OK);
    FUZZ_REQUIRE(bytes.size == needed);
    require_small_room_refused(w, needed, vary);
    return bytes;
}

fuzz_bytes fuzz_encode(const execwire_state *state, size_t vary)
{
    writing w = {encode, state, NULL};

    return write_exactly(&w, vary);
}

fuzz_bytes fuzz_delimited_write(const execwire_state *state, size_t vary)
{
    writing w = {write_delimited, state, NULL};

    return write_exactly(&w, vary);
}

fuzz_bytes fuzz_json_write(const execwire_state *state, const execwire_json_options *options,
                           size_t vary)
{
    writing w = {write_json, state, options};

    return write_exactly(&w, vary);
}

execwire_json_options fuzz_json_form(unsigned i)
{
    return (execwire_json_options){
        .form = (i & 1) != 0 ? EXECWIRE_JSON_API : EXECWIRE_JSON_DOCUMENTED,
        .enums = (i & 2) != 0 ? EXECWIRE_JSON_ENUM_NAMES : EXECWIRE_JSON_ENUM_NUMBERS,
        .pretty = (i & 4) != 0};
}
