/* Packed text: UTF-8 in which bytes that UTF-8 never uses stand for what both ends know already, or
 * compressed text after a byte that says so.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_TEXT_H
#define EXECWIRE_LINK_TEXT_H

#include "link/base/sink.h"

#include <execwire/error.h>
#include <execwire/link.h>
#include <execwire/state.h>

/* Bytes that are nowhere in UTF-8, and what they stand for in a packed text. */
enum {
    EXECWIRE_MARK_UUID = 0xC0,       /* 16 bytes follow */
    EXECWIRE_MARK_HASH,              /* 32 bytes follow: "Qm..." */
    EXECWIRE_MARK_NAME = 0xF5,       /* job, reference, node, cid and bucket have a byte each */
    EXECWIRE_MARK_COMPRESSED = 0xFA, /* first byte; the text's size as varint and its compressed
                                        form follow */
    EXECWIRE_MARK_WORD,              /* a byte follows: the word's index */
    EXECWIRE_MARK_FIRST_WORDS        /* words 0 to 3 have a byte each */
};
/* The names' bytes as strings. */
#define EXECWIRE_TEXT_JOB       "\xF5"
#define EXECWIRE_TEXT_REFERENCE "\xF6"
#define EXECWIRE_TEXT_CID       "\xF8"
#define EXECWIRE_TEXT_BUCKET    "\xF9"

/* Names that a text may refer to. The bucket is for what is predicted alone, as it is packed
 * itself. */
#define EXECWIRE_TEXT_NAMES     4
#define EXECWIRE_TEXT_ALL_NAMES 5

/* Texts that have a field each in a frame: the field, and path and member that it is for. */
#define EXECWIRE_TEXT_FIELDS(FIELD)                                                                \
    FIELD(BUCKET, BUCKET, published_results.s3.bucket)                                             \
    FIELD(REGION, REGION, published_results.s3.region)                                             \
    FIELD(OUT, STD_OUT, run_output.std_out)                                                        \
    FIELD(ERR, STD_ERR, run_output.std_err)                                                        \
    FIELD(STATUS, STATUS, status)
#define EXECWIRE_TEXT_FIELD_COUNT 5

/* What a text may refer to. */
typedef struct execwire_link_names {
    const execwire_state
        *state;          /* that has the names; absent is what the other end does not know */
    unsigned name_count; /* 0: `state` may be NULL */
    const char *words;   /* one after the other, each after its size in one byte */
    unsigned word_count;
} execwire_link_names;

/* A word's text, by its index below word_count. */
execwire_str execwire_link_word(const execwire_link_names *names, unsigned index);

/* Writes a text without compressing it. */
void execwire_text_write_plain(const execwire_str *text, const execwire_link_names *names,
                               execwire_sink *sink);

/* How a text is going to be packed: decided once, written as often as need be. */
typedef struct execwire_packed {
    const execwire_str *text;
    execwire_link_packing *memory;
    const uint8_t *kept; /* the packed form, or NULL: it is to be made again */
    size_t size;         /* of the packed form */
    bool compressed;
} execwire_packed;

/* What there is to plan with: memory without which no text is compressed, and room in which
 * compressed forms are kept, from its end on. The next text has what is left of it. */
typedef struct execwire_text_room {
    execwire_link_packing *memory;
    uint8_t *kept;
    size_t capacity;
} execwire_text_room;

void execwire_text_plan(execwire_packed *packed, const execwire_str *text,
                        const execwire_link_names *names, execwire_text_room *room);
void execwire_text_write(const execwire_packed *packed, const execwire_link_names *names,
                         execwire_sink *sink);

/* Whether a packed text is compressed, so that reading it takes time. */
bool execwire_text_is_compressed(const uint8_t *packed, size_t size);

typedef enum EXECWIRE_MUST_USE execwire_text_result {
    EXECWIRE_TEXT_OK,
    EXECWIRE_TEXT_MALFORMED,
    EXECWIRE_TEXT_NO_NAME, /* refers to something of the execution that is absent */
    EXECWIRE_TEXT_NO_WORD, /* refers to a word that has not come */
    EXECWIRE_TEXT_NO_ROOM
} execwire_text_result;

/* Reads packed text into at most `capacity` bytes. Whatever the packed bytes are, no more are
 * written, and no more than EXECWIRE_COMPRESS_MAX bytes are decompressed. */
execwire_text_result execwire_text_read(const uint8_t *packed, size_t packed_size,
                                        const execwire_link_names *names, char *out,
                                        size_t capacity, size_t *size);

#endif
