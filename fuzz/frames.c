/* Inputs that are a list of frames.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "mutate.h"

#include "link/frame/walk.h"

#include <string.h>

#define MOST_FRAMES 64

size_t fuzz_next_frame(const uint8_t **in, size_t *size)
{
    size_t frame = **in < *size - 1 ? **in : *size - 1;

    *in += 1 + frame;
    *size -= 1 + frame;
    return frame;
}

/* Where the frames begin, each with its size before it, and where the last one ends. */
static size_t find_frames(const execwire_fuzz_buffer *b, size_t starts[MOST_FRAMES + 1])
{
    const uint8_t *at = b->data;
    size_t size = b->size;
    size_t count = 0;

    while (count < MOST_FRAMES && size > 0) {
        starts[count++] = (size_t)(at - b->data);
        (void)fuzz_next_frame(&at, &size);
    }
    starts[count] = (size_t)(at - b->data);
    return count;
}

/* Bytes of a frame's fields without tags. */
static size_t head_size(const uint8_t *frame, size_t size)
{
    execwire_frame_walk walk = execwire_walk_frame(frame, size);
    execwire_frame_field field;

    while (walk.head->number != 0 && execwire_walk_tag(&walk, &field) == EXECWIRE_OK &&
           execwire_walk_value(&walk, &field) == EXECWIRE_OK)
        ;
    return (size_t)(walk.bytes.at - frame);
}

/* Puts a frame, mutated or not, in the place of `old` bytes: of a head its bytes are, else fields.
 */
static void put_frame(execwire_fuzz_chance *c, execwire_fuzz_buffer *b, size_t at, size_t old,
                      size_t from, size_t from_size)
{
    uint8_t frame[1 + UINT8_MAX];
    size_t head = head_size(b->data + from + 1, from_size - 1);
    execwire_fuzz_buffer fields = {frame + 1 + head, from_size - 1 - head, UINT8_MAX - head};

    memcpy(frame, b->data + from, from_size);
    if (head > 0 && execwire_fuzz_below(c, 2) == 0)
        (void)c->bytes(c, frame + 1, head, head);
    else if (execwire_fuzz_below(c, 4) > 0)
        execwire_fuzz_fields(c, &fields);
    frame[0] = (uint8_t)(head + fields.size);
    (void)execwire_fuzz_splice(b, at, old, frame, 1 + head + fields.size);
}

/* What follows from a frame, of a hello all that comes after it, has to be sealed too; it takes
 * time, and is not always done. */
size_t fuzz_mutate_frames(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity,
                          fuzz_seal *seal)
{
    execwire_fuzz_buffer b = {data, size, capacity};
    size_t starts[MOST_FRAMES + 1];
    size_t count = find_frames(&b, starts);
    size_t one, at, one_size;

    if (count == 0 || execwire_fuzz_below(c, 4) == 0)
        return c->bytes(c, data, size, capacity);
    one = execwire_fuzz_below(c, count);
    one_size = starts[one + 1] - starts[one];
    at = starts[execwire_fuzz_below(c, 4) > 0 ? one : execwire_fuzz_below(c, count)];
    if (execwire_fuzz_below(c, 8) == 0)
        (void)execwire_fuzz_splice(&b, at = starts[one], one_size, NULL, 0);
    else
        put_frame(c, &b, at, at == starts[one] ? one_size : 0, starts[one], one_size);
    seal(&b, at, execwire_fuzz_below(c, 4) > 0 ? at + 1 : b.size);
    return b.size;
}
