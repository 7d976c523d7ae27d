/* SPDX-License-Identifier: Apache-2.0 */
#include "link/model/text.h"

#include "link/base/ids.h"
#include "link/model/compress.h"
#include "wire/cursor.h"

#include <stddef.h>
#include <string.h>

/* Shorter texts are not worth a mark and an index. */
#define SHORTEST_WORD 3
/* Shorter ones are not worth the attempt. */
#define SHORTEST_COMPRESSED 8
/* Words that have a mark of their own. */
#define FIRST_WORDS (0x100u - EXECWIRE_MARK_FIRST_WORDS)

static const execwire_str *name_at(const execwire_link_names *names, unsigned index)
{
    static const uint16_t offsets[EXECWIRE_TEXT_ALL_NAMES] = {
        offsetof(execwire_state, job_id),
        offsetof(execwire_state, compute_reference),
        offsetof(execwire_state, node_id),
        offsetof(execwire_state, published_results.cid),
        offsetof(execwire_state, published_results.s3.bucket),
    };
    const char *state = (const char *)names->state;

    return (const execwire_str *)(const void *)(state + offsets[index]);
}

execwire_str execwire_link_word(const execwire_link_names *names, unsigned index)
{
    const char *at = names->words;

    for (; index > 0; index--)
        at += 1 + (uint8_t)*at;
    return (execwire_str){at + 1, (uint8_t)*at};
}

/* ---- Writing ---- */

static bool begins_with(const execwire_str *text, const execwire_str *name)
{
    return name->data != NULL && name->size >= SHORTEST_WORD && name->size <= text->size &&
           memcmp(text->data, name->data, name->size) == 0;
}

/* Writes a reference for the name or the word that the text begins with. Returns how many bytes of
 * the text it stands for, 0 when there is none. */
static size_t write_name(const execwire_str *text, const execwire_link_names *names,
                         execwire_sink *sink)
{
    for (unsigned i = 0; i < names->name_count; i++) {
        const execwire_str *name = name_at(names, i);

        if (begins_with(text, name)) {
            execwire_sink_byte(sink, EXECWIRE_MARK_NAME + i);
            return name->size;
        }
    }
    for (unsigned i = 0; i < names->word_count; i++) {
        execwire_str word = execwire_link_word(names, i);

        if (begins_with(text, &word)) {
            if (i >= FIRST_WORDS)
                execwire_sink_byte(sink, EXECWIRE_MARK_WORD);
            execwire_sink_byte(sink, i >= FIRST_WORDS ? i : EXECWIRE_MARK_FIRST_WORDS + i);
            return word.size;
        }
    }
    return 0;
}

/* The same for an identifier that is written out in raw form. */
static size_t write_identifier(const execwire_str *text, execwire_sink *sink)
{
    static const uint8_t sizes[] = {
        [EXECWIRE_ID_UUID] = EXECWIRE_UUID_TEXT, [EXECWIRE_ID_HASH] = EXECWIRE_HASH_TEXT};

    for (unsigned id = 0; id < sizeof sizes; id++) {
        const execwire_str begin = {text->data, sizes[id]};
        uint8_t raw[EXECWIRE_HASH_RAW];
        size_t raw_size = 0;

        if (begin.size <= text->size)
            raw_size = execwire_id_read((execwire_id)id, &begin, raw);
        if (raw_size > 0) {
            execwire_sink_byte(sink, EXECWIRE_MARK_UUID + id);
            execwire_sink_put(sink, raw, raw_size);
            return begin.size;
        }
    }
    return 0;
}

void execwire_text_write_plain(const execwire_str *text, const execwire_link_names *names,
                               execwire_sink *sink)
{
    execwire_str rest = *text;

    while (rest.size > 0) {
        size_t taken = write_name(&rest, names, sink);

        if (taken == 0)
            taken = write_identifier(&rest, sink);
        if (taken == 0) {
            execwire_sink_put(sink, rest.data, 1);
            taken = 1;
        }
        rest.data += taken;
        rest.size -= taken;
    }
}

static void write_compressed(const execwire_packed *packed, execwire_sink *sink)
{
    execwire_sink_byte(sink, EXECWIRE_MARK_COMPRESSED);
    execwire_sink_varint(sink, packed->text->size);
    execwire_compress((const uint8_t *)packed->text->data, packed->text->size, packed->memory,
                      sink);
}

void execwire_text_write(const execwire_packed *packed, const execwire_link_names *names,
                         execwire_sink *sink)
{
    if (packed->kept != NULL)
        execwire_sink_put(sink, packed->kept, packed->size);
    else if (packed->compressed)
        write_compressed(packed, sink);
    else
        execwire_text_write_plain(packed->text, names, sink);
}

/* Moves a packed form from the begin of the room to its end, where it is kept. */
static void keep_packed(execwire_packed *packed, execwire_text_room *room)
{
    uint8_t *end = room->kept + room->capacity;

    for (size_t i = packed->size; i > 0; i--)
        *--end = room->kept[i - 1];
    packed->kept = end;
    room->capacity -= packed->size;
}

void execwire_text_plan(execwire_packed *packed, const execwire_str *text,
                        const execwire_link_names *names, execwire_text_room *room)
{
    execwire_sink plain = {NULL, 0};
    execwire_buffer_sink compressed = execwire_sink_buffer(room->kept, room->capacity);

    execwire_text_write_plain(text, names, &plain);
    *packed = (execwire_packed){text, room->memory, NULL, plain.size, false};
    if (room->memory == NULL || plain.size < SHORTEST_COMPRESSED ||
        text->size > EXECWIRE_COMPRESS_MAX)
        return;
    write_compressed(packed, &compressed.sink);
    if (compressed.sink.size >= plain.size)
        return;
    packed->size = compressed.sink.size;
    packed->compressed = true;
    if (packed->size <= room->capacity)
        keep_packed(packed, room);
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

static execwire_text_result append_name(reading *r, unsigned index)
{
    const execwire_str *name;

    if (index >= r->names->name_count)
        return EXECWIRE_TEXT_NO_NAME;
    name = name_at(r->names, index);
    return name->data != NULL ? append(r, name->data, name->size) : EXECWIRE_TEXT_NO_NAME;
}

static execwire_text_result append_word(reading *r, unsigned index)
{
    execwire_str word;

    if (index >= r->names->word_count)
        return EXECWIRE_TEXT_NO_WORD;
    word = execwire_link_word(r->names, index);
    return append(r, word.data, word.size);
}

static execwire_text_result append_index(reading *r)
{
    execwire_cursor index;

    if (execwire_cursor_take(&r->in, 1, &index) != EXECWIRE_OK)
        return EXECWIRE_TEXT_MALFORMED;
    return append_word(r, *index.at);
}

static execwire_text_result append_id(reading *r, execwire_id id, size_t raw_size)
{
    execwire_cursor raw;
    char text[EXECWIRE_HASH_TEXT];

    if (execwire_cursor_take(&r->in, raw_size, &raw) != EXECWIRE_OK)
        return EXECWIRE_TEXT_MALFORMED;
    return append(r, text, execwire_id_write(id, raw.at, text));
}

static execwire_text_result append_marked(reading *r, uint8_t byte)
{
    if (byte >= EXECWIRE_MARK_FIRST_WORDS)
        return append_word(r, (unsigned)byte - EXECWIRE_MARK_FIRST_WORDS);
    if (byte == EXECWIRE_MARK_WORD)
        return append_index(r);
    if (byte == EXECWIRE_MARK_COMPRESSED) /* only as the first byte, where it was taken */
        return EXECWIRE_TEXT_MALFORMED;
    if (byte >= EXECWIRE_MARK_NAME)
        return append_name(r, (unsigned)byte - EXECWIRE_MARK_NAME);
    if (byte == EXECWIRE_MARK_UUID)
        return append_id(r, EXECWIRE_ID_UUID, EXECWIRE_UUID_RAW);
    if (byte == EXECWIRE_MARK_HASH)
        return append_id(r, EXECWIRE_ID_HASH, EXECWIRE_HASH_RAW);
    return append(r, &byte, 1);
}

bool execwire_text_is_compressed(const uint8_t *packed, size_t size)
{
    return size > 0 && *packed == EXECWIRE_MARK_COMPRESSED;
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
    if (execwire_text_is_compressed(packed, packed_size))
        result = read_compressed(&r);
    else
        while (result == EXECWIRE_TEXT_OK && r.in.at < r.in.end)
            result = append_marked(&r, *r.in.at++);
    if (result == EXECWIRE_TEXT_OK)
        *size = r.size;
    return result;
}
