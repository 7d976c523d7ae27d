/* SPDX-License-Identifier: Apache-2.0 */
#include "link/text.h"

#include "link/compress.h"
#include "link/ids.h"
#include "wire/cursor.h"

#include <string.h>

/* Bytes that are nowhere in UTF-8, and what they stand for in a packed text. */
enum {
    MARK_JOB = 0xC0,
    MARK_REFERENCE = 0xC1,
    MARK_NODE = 0xF5,
    MARK_CID = 0xF6,
    MARK_UUID = 0xF7, /* 16 bytes follow */
    MARK_HASH = 0xF8, /* 32 bytes follow: "Qm..." */
    MARK_WORD = 0xF9, /* a byte follows: the word's index */
    MARK_COMPRESSED =
        0xFA /* first byte; the text's size as varint and its compressed form follow */
};

/* Shorter texts are not worth a mark and an index. */
#define SHORTEST_WORD 3
/* Shorter ones are not worth the attempt. */
#define SHORTEST_COMPRESSED 8

execwire_str execwire_link_word(const execwire_link_names *names, unsigned index)
{
    const char *at = names->words;

    for (; index > 0; index--)
        at += 1 + (uint8_t)*at;
    return (execwire_str){at + 1, (uint8_t)*at};
}

/* ---- Writing ---- */

static bool begins_with(execwire_str text, execwire_str name)
{
    return name.size >= SHORTEST_WORD && name.size <= text.size &&
           memcmp(text.data, name.data, name.size) == 0;
}

static bool is_whole_word(execwire_str word, execwire_str text, execwire_str tail)
{
    if (tail.data == NULL)
        return word.size == text.size && begins_with(text, word);
    return word.size == text.size + 1 + tail.size && word.data[text.size] == '\0' &&
           memcmp(word.data, text.data, text.size) == 0 &&
           memcmp(word.data + text.size + 1, tail.data, tail.size) == 0;
}

int execwire_text_find_word(execwire_str text, execwire_str tail, const execwire_link_names *names)
{
    for (unsigned i = 0; i < names->word_count; i++)
        if (is_whole_word(execwire_link_word(names, i), text, tail))
            return (int)i;
    return -1;
}

static void put_marked(execwire_sink *sink, unsigned mark, const void *data, size_t size)
{
    execwire_sink_byte(sink, mark);
    execwire_sink_put(sink, data, size);
}

/* Writes a reference for the name that the text begins with. Returns how many bytes of the text it
 * stands for, 0 when there is none. */
static size_t write_name(execwire_str text, const execwire_link_names *names, execwire_sink *sink)
{
    const struct {
        uint8_t mark;
        const execwire_str *name;
    } table[] = {{MARK_JOB, &names->job},
                 {MARK_REFERENCE, &names->reference},
                 {MARK_NODE, &names->node},
                 {MARK_CID, &names->cid}};

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (begins_with(text, *table[i].name)) {
            execwire_sink_byte(sink, table[i].mark);
            return table[i].name->size;
        }
    for (unsigned i = 0; i < names->word_count; i++) {
        execwire_str word = execwire_link_word(names, i);
        uint8_t index = (uint8_t)i;

        if (begins_with(text, word)) {
            put_marked(sink, MARK_WORD, &index, 1);
            return word.size;
        }
    }
    return 0;
}

/* The same for an identifier that is written out in raw form. */
static size_t write_identifier(execwire_str text, execwire_sink *sink)
{
    uint8_t raw[EXECWIRE_HASH_RAW];

    if (text.size >= EXECWIRE_UUID_TEXT && text.data[8] == '-' &&
        execwire_uuid_read(text.data, raw)) {
        put_marked(sink, MARK_UUID, raw, EXECWIRE_UUID_RAW);
        return EXECWIRE_UUID_TEXT;
    }
    if (text.size >= EXECWIRE_HASH_TEXT && text.data[0] == 'Q' && text.data[1] == 'm' &&
        execwire_hash_read(text.data, raw)) {
        put_marked(sink, MARK_HASH, raw, EXECWIRE_HASH_RAW);
        return EXECWIRE_HASH_TEXT;
    }
    return 0;
}

static void write_plain(execwire_str text, const execwire_link_names *names, execwire_sink *sink)
{
    while (text.size > 0) {
        size_t taken = write_name(text, names, sink);

        if (taken == 0)
            taken = write_identifier(text, sink);
        if (taken == 0) {
            execwire_sink_put(sink, text.data, 1);
            taken = 1;
        }
        text.data += taken;
        text.size -= taken;
    }
}

static void write_compressed(execwire_str text, execwire_sink *sink)
{
    execwire_sink_byte(sink, MARK_COMPRESSED);
    execwire_sink_varint(sink, text.size);
    execwire_compress((const uint8_t *)text.data, text.size, sink);
}

void execwire_text_write(const execwire_packed *packed, const execwire_link_names *names,
                         execwire_sink *sink)
{
    uint8_t index = (uint8_t)packed->word;

    if (packed->word >= 0) {
        put_marked(sink, MARK_WORD, &index, 1);
        return;
    }
    if (packed->compressed) {
        write_compressed(packed->text, sink);
        return;
    }
    write_plain(packed->text, names, sink);
    if (packed->tail.data != NULL) {
        execwire_sink_byte(sink, 0);
        write_plain(packed->tail, names, sink);
    }
}

execwire_packed execwire_text_plan(execwire_str text, execwire_str tail,
                                   const execwire_link_names *names)
{
    execwire_packed packed = {text, tail, 0, -1, false};
    execwire_sink plain = {NULL, 0};
    execwire_sink compressed = {NULL, 0};

    packed.word = execwire_text_find_word(text, tail, names);
    execwire_text_write(&packed, names, &plain);
    packed.size = plain.size;
    if (plain.size < SHORTEST_COMPRESSED || text.size > EXECWIRE_COMPRESS_MAX || tail.data != NULL)
        return packed;
    write_compressed(text, &compressed);
    packed.compressed = compressed.size < plain.size;
    if (packed.compressed)
        packed.size = compressed.size;
    return packed;
}

/* ---- Reading ---- */

typedef struct reading {
    execwire_cursor in;
    const execwire_link_names *names;
    char *out;
    size_t capacity;
    size_t size;
} reading;

static execwire_text_result append(reading *r, const void *data, size_t size)
{
    if (size > r->capacity - r->size)
        return EXECWIRE_TEXT_NO_ROOM;
    memcpy(r->out + r->size, data, size);
    r->size += size;
    return EXECWIRE_TEXT_OK;
}

static execwire_text_result append_name(reading *r, execwire_str name)
{
    return name.data != NULL ? append(r, name.data, name.size) : EXECWIRE_TEXT_NO_NAME;
}

static execwire_text_result append_word(reading *r)
{
    execwire_cursor index;

    if (execwire_cursor_take(&r->in, 1, &index) != EXECWIRE_OK)
        return EXECWIRE_TEXT_MALFORMED;
    if (*index.at >= r->names->word_count)
        return EXECWIRE_TEXT_NO_WORD;
    return append_name(r, execwire_link_word(r->names, *index.at));
}

static execwire_text_result append_uuid(reading *r)
{
    execwire_cursor raw;
    char text[EXECWIRE_UUID_TEXT];

    if (execwire_cursor_take(&r->in, EXECWIRE_UUID_RAW, &raw) != EXECWIRE_OK)
        return EXECWIRE_TEXT_MALFORMED;
    execwire_uuid_write(raw.at, text);
    return append(r, text, sizeof text);
}

static execwire_text_result append_hash(reading *r)
{
    execwire_cursor raw;
    char text[EXECWIRE_HASH_TEXT];

    if (execwire_cursor_take(&r->in, EXECWIRE_HASH_RAW, &raw) != EXECWIRE_OK)
        return EXECWIRE_TEXT_MALFORMED;
    execwire_hash_write(raw.at, text);
    return append(r, text, sizeof text);
}

static execwire_text_result append_marked(reading *r, uint8_t byte)
{
    switch (byte) {
    case MARK_JOB:
        return append_name(r, r->names->job);
    case MARK_REFERENCE:
        return append_name(r, r->names->reference);
    case MARK_NODE:
        return append_name(r, r->names->node);
    case MARK_CID:
        return append_name(r, r->names->cid);
    case MARK_UUID:
        return append_uuid(r);
    case MARK_HASH:
        return append_hash(r);
    case MARK_WORD:
        return append_word(r);
    case MARK_COMPRESSED: /* only as the first byte, where it was taken */
        return EXECWIRE_TEXT_MALFORMED;
    default:
        return append(r, &byte, 1);
    }
}

static execwire_text_result read_compressed(reading *r)
{
    uint32_t size;

    r->in.at++;
    if (execwire_cursor_varint32(&r->in, EXECWIRE_ERROR_LENGTH, &size) != EXECWIRE_OK ||
        size > EXECWIRE_COMPRESS_MAX)
        return EXECWIRE_TEXT_MALFORMED;
    if (size > r->capacity)
        return EXECWIRE_TEXT_NO_ROOM;
    execwire_expand(r->in.at, (size_t)(r->in.end - r->in.at), (uint8_t *)r->out, size);
    r->size = size;
    return EXECWIRE_TEXT_OK;
}

execwire_text_result execwire_text_read(const uint8_t *packed, size_t packed_size,
                                        const execwire_link_names *names, char *out,
                                        size_t capacity, size_t *size)
{
    reading r = {{packed, packed + packed_size}, names, out, capacity, 0};
    execwire_text_result result = EXECWIRE_TEXT_OK;

    *size = 0;
    if (packed_size > 0 && *packed == MARK_COMPRESSED)
        result = read_compressed(&r);
    else
        while (result == EXECWIRE_TEXT_OK && r.in.at < r.in.end)
            result = append_marked(&r, *r.in.at++);
    if (result == EXECWIRE_TEXT_OK)
        *size = r.size;
    return result;
}
