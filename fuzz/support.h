/* What the fuzz targets share: the shape of a target, memory of exactly the size needed, so that a
 * sanitizer sees every byte too far, and what holds of every call whatever its input.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_SUPPORT_H
#define FUZZ_SUPPORT_H

#include "mutate.h"

#include <execwire/execwire.h>

/* Each fuzz_<name>.c defines the one target of its program. libfuzzer.c and replay.c run it. */
typedef struct fuzz_target {
    const char *name; /* of its folders in fuzz/corpus and tests/regressions */
    void (*run)(const uint8_t *in, size_t size);
    /* after the committed inputs: how many expectations they did not meet; may be NULL */
    unsigned (*finish)(void);
    /* under libFuzzer, in place of its own; may be NULL */
    size_t (*mutate)(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity);
} fuzz_target;

extern const fuzz_target fuzz_this_target;

/* Ends the program with the condition's text unless it holds. */
#define FUZZ_REQUIRE(condition) ((condition) ? (void)0 : fuzz_stop(__FILE__, __LINE__, #condition))

_Noreturn void fuzz_stop(const char *file, int line, const char *what);

/* A block of exactly this size; to be freed. */
void *fuzz_block(size_t size);

/* A number that depends on every byte of the input: what to vary from input to input. */
size_t fuzz_hash(const void *in, size_t size);

typedef struct fuzz_bytes {
    uint8_t *data; /* to be freed */
    size_t size;
} fuzz_bytes;

bool fuzz_same_bytes(const fuzz_bytes *left, const fuzz_bytes *right);

/* Field by field, by the schema. */
bool fuzz_same_state(const execwire_state *left, const execwire_state *right);

/* Whether nothing is present and no byte is left over. */
bool fuzz_all_absent(const execwire_state *state);

/* Whether an error is filled in as the header promises, for an input of this size. */
bool fuzz_good_error(const execwire_error *error, execwire_code code, size_t size);

bool fuzz_same_error(const execwire_error *left, const execwire_error *right);

/* ---- Reading ---- */

/* The result of reading, with the memory that the state points into. */
typedef struct fuzz_record {
    execwire_state state;
    execwire_scratch scratch; /* exactly as large as measuring said */
    execwire_code code;
    execwire_error error; /* where the status is not OK */
} fuzz_record;

/* Measures, reads with exactly that much memory and sometimes with less, and stops if they
 * disagree or a failure leaves something behind. The record is to be freed. */
void fuzz_decode(fuzz_record *record, const void *in, size_t size);
void fuzz_json_read(fuzz_record *record, const void *in, size_t size, bool ignore_unknown);

void fuzz_free_record(fuzz_record *record);

/* ---- Writing ---- */

/* What is written for a state that was read, and so can be written: measured, then written with
 * exactly that much room. With less room, which `vary` chooses, it must be refused. */
fuzz_bytes fuzz_encode(const execwire_state *state, size_t vary);
fuzz_bytes fuzz_delimited_write(const execwire_state *state, size_t vary);
fuzz_bytes fuzz_json_write(const execwire_state *state, const execwire_json_options *options,
                           size_t vary);

/* Both JSON forms, with numbers and names, compact and pretty. */
#define FUZZ_JSON_FORMS 8
execwire_json_options fuzz_json_form(unsigned i);

#endif
