/* Packed text: UTF-8 in which bytes that UTF-8 never uses stand for what both ends know already, or
 * compressed text after a byte that says so. The table of these bytes is in text.c.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_TEXT_H
#define EXECWIRE_LINK_TEXT_H

#include "link/sink.h"

#include <execwire/types.h>

/* What a text may refer to. Absent is what the other end does not know. */
typedef struct execwire_link_names {
    execwire_str job;
    execwire_str reference;
    execwire_str node;
    execwire_str cid;
    const char *words; /* one after the other, each after its size in one byte */
    unsigned word_count;
} execwire_link_names;

/* A word's text, by its index below word_count. */
execwire_str execwire_link_word(const execwire_link_names *names, unsigned index);

/* How a text is going to be packed: decided once, written as often as need be. */
typedef struct execwire_packed {
    execwire_str text;
    execwire_str tail; /* goes after the text and a NUL; may be absent */
    size_t size;       /* of the packed form */
    int word;          /* that is all of the text; -1: none */
    bool compressed;
} execwire_packed;

/* The index of the word that is all of a text and its tail; -1 when there is none. */
int execwire_text_find_word(execwire_str text, execwire_str tail, const execwire_link_names *names);

execwire_packed execwire_text_plan(execwire_str text, execwire_str tail,
                                   const execwire_link_names *names);
void execwire_text_write(const execwire_packed *packed, const execwire_link_names *names,
                         execwire_sink *sink);

typedef enum execwire_text_result {
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
