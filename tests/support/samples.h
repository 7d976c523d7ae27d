/* The whole command, with its own main, in the process of a test: what it writes and says of what
 * it reads, whatever the pieces in which that comes. It has no files, clock or chance
 * (fuzz/outside.h).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_SAMPLES_H
#define TESTS_SUPPORT_SAMPLES_H

#include "support/cmocka.h"

#include "../fuzz/outside.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MOST_WORDS 16
#define MOST_TEXT  200

#define BYTES(text)                                                                                \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }
#define NOTHING BYTES("")

typedef struct bytes {
    const char *data;
    size_t size;
} bytes;

/* Two states as JSON, and as delimited messages. */
#define ONE "{\"Version\":1}"
#define TWO "{\"Version\":2}"
#define PB1 "\x02\x58\x01"
#define PB2 "\x02\x58\x02"

/* A command line, its words apart by blanks, and what comes of it. */
typedef struct sample {
    const char *line;
    bytes in;
    bytes out;
    const char *err; /* all of it; NULL: not looked at */
    int status;
} sample;

static inline outside run(const char *line, bytes in, size_t piece, int *status)
{
    char text[MOST_TEXT] = "execwire ";
    char *words[MOST_WORDS];
    int count = 0;
    outside o = {.standard = {.in = (const uint8_t *)in.data, .in_size = in.size}, .piece = piece};

    assert_in_range(strlen(line), 1, sizeof text - strlen(text) - 1);
    strcat(text, line);
    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
        assert_in_range(count, 0, MOST_WORDS - 2);
        words[count++] = word;
    }
    words[count] = NULL;
    *status = outside_run(&o, count, words);
    return o;
}

static inline void forget(outside *o)
{
    free(o->standard.out);
    free(o->error.out);
}

static inline void expect(const char *line, const char *what, const outside_file *file,
                          bytes expected)
{
    bool same = file->out_size == expected.size &&
                (expected.size == 0 || memcmp(file->out, expected.data, expected.size) == 0);

    if (!same)
        print_message("execwire %s: %s:\n%.*s\nexpected:\n%.*s\n", line, what, (int)file->out_size,
                      file->out_size > 0 ? file->out : "", (int)expected.size, expected.data);
    assert_true(same);
}

static inline void check_in_pieces(const sample *s, size_t piece)
{
    int status;
    outside o = run(s->line, s->in, piece, &status);

    expect(s->line, "output", &o.standard, s->out);
    if (s->err != NULL)
        expect(s->line, "error", &o.error, (bytes){s->err, strlen(s->err)});
    assert_int_equal(status, s->status);
    forget(&o);
}

static inline void check(const sample *s)
{
    static const size_t pieces[] = {0, 1, 2, 3, 7};

    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        check_in_pieces(s, pieces[i]);
}

#define CHECK_ALL(samples)                                                                         \
    for (size_t sample_number = 0; sample_number < sizeof(samples) / sizeof *(samples);            \
         sample_number++)                                                                          \
    check(&(samples)[sample_number])

#endif
