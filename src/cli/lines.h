/* Messages as lines of text: what hexadecimal digits and base64 have in common.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_LINES_H
#define EXECWIRE_CLI_LINES_H

#include "cli/framing.h"

/* The text of one message, which its bytes take the place of as they are read. */
typedef struct digits {
    char *text;
    size_t size;
    size_t at;
    size_t line_start;
    uint64_t before; /* bytes of the line that stand before the text */
    uint64_t line;   /* in the file, from 1 */
} digits;

/* The next character that is not white space; false when there is none. */
bool digits_next(digits *d, char *c);

/* What is wrong at the character that was just taken, or behind the last one. Returns NEXT_BAD. */
next_result digits_refuse(const digits *d, fault *why, const char *text);

typedef struct text_form {
    /* Puts the bytes at the start of the text, and says how many there are. */
    next_result (*read)(digits *d, size_t *size, fault *why);
    /* How many characters a message of so many bytes has, the newline as well. */
    size_t (*measure)(size_t message_size);
    /* Writes them. The message may lie in the second half of the room: what is written does not
     * reach a byte before it is read. */
    void (*put)(const char *message, size_t message_size, char *line);
} text_form;

/* The calls of a framing (cli/framing.h), for a form. */
next_result lines_next(messages *m, record *message, fault *why, const text_form *form);
execwire_code lines_write(const execwire_state *state, void *out, size_t capacity, size_t *size,
                          execwire_error *error, const text_form *form);
execwire_code lines_wrap(const void *message, size_t message_size, void *out, size_t capacity,
                         size_t *size, execwire_error *error, const text_form *form);

#endif
