/* How protobuf messages stand in a file: each after its length, or one as hexadecimal digits on
 * each line, or as frames on a serial line, or as datagrams, or a single one. A framing is its
 * calls; an option chooses it (options.c).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_FRAMING_H
#define EXECWIRE_CLI_FRAMING_H

#include "cli/record.h"

typedef struct framing framing;

/* The messages of one file. */
typedef struct messages {
    input *in;
    const framing *as;
    size_t max_message;
    uint64_t number; /* of the current message */
    size_t pending;  /* bytes of the current message, to be taken */
    execwire_delimited_reader delimited;
    bool skip_rest;   /* the rest of a message that is too large, up to its end, is to be taken */
    uint64_t dropped; /* damaged frames */
    bool wrapped;  /* text may stand on many lines, up to a blank one; then the next three count */
    bool blank;    /* of the line that is skipped nothing but white space was seen */
    uint64_t line; /* lines that were taken */
    uint64_t before; /* bytes of the next that were */
    bool done;       /* the file has nothing more that could be read */
} messages;

struct framing {
    /* As messages_next; `pending` has been taken. */
    next_result (*next)(messages *m, record *message, fault *why);
    /* As the calls of the library, but that `out` is never NULL. NO_SPACE says how much room is
     * enough: what is needed, or a few bytes more where that is not known before. */
    execwire_code (*write)(const execwire_state *state, void *out, size_t capacity, size_t *size,
                           execwire_error *error);
    /* The same with a message that is there; it does not lie in `out`. */
    execwire_code (*wrap)(const void *message, size_t message_size, void *out, size_t capacity,
                          size_t *size, execwire_error *error);
    /* How many of the bytes that are there, which begin with a message, are whole ones; all when
     * something is wrong. NULL: whoever reads them changes them. */
    size_t (*whole)(const messages *m);
    bool raw;  /* a terminal device must let every byte pass as it is */
    bool text; /* a terminal can show it */
};

extern const framing framing_delimited;
extern const framing framing_single;
extern const framing framing_hex;
extern const framing framing_base64;
extern const framing framing_serial;
extern const framing framing_datagrams;

void messages_init(messages *m, input *in, const framing *as, size_t max_message);

/* The next message. A record that is cut off has what there is of it. After NEXT_FAILED it may be
 * called again when only input's `wait` gave up. */
next_result messages_next(messages *m, record *message, fault *why);

/* Takes what is done with, so that others can read on. False, and nothing: something is open, or
 * they could not. */
bool messages_settle(messages *m);

/* ---- For framings ---- */

/* The message of `size` bytes that stands `prefix_size` bytes behind what has been taken. */
void messages_describe(messages *m, record *message, size_t prefix_size, size_t size);

/* The bytes from here to the next `end`, without it; `*whole` when it is there. NEXT_BAD when there
 * are more than `max`. */
next_result messages_find(messages *m, char end, uint64_t max, size_t *size, bool *whole);

/* Takes what `skip_rest` tells of, and the `end` behind it, without room for it. */
input_result messages_skip(messages *m, char end);

/* Says what is wrong with the current message. Returns NEXT_BAD. */
next_result messages_refuse(fault *why, execwire_code code, size_t offset);

#endif
