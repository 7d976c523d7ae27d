/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka.h"

#include "talk.h"

#include "base/crc32.h"
#include "hex.h"
#include "link.h"
#include "link/base/sink.h"

#include <string.h>

talk t;

static void say(void *context, const void *frame, size_t size)
{
    (void)context;
    assert_true(t.count < TALK_FRAMES && size <= t.options.mtu);
    memcpy(t.said[t.count], frame, size);
    t.size[t.count++] = size;
}

static const execwire_state *recall(void *context, unsigned ref)
{
    (void)context;
    assert_true(ref < t.options.execution_count);
    t.recalls++;
    return t.newest[ref];
}

void talk_init(execwire_link_mode mode)
{
    memset(&t, 0, sizeof t);
    t.options = (execwire_link_sender_options){.mode = mode,
                                               .timing = &t.timing,
                                               .node = EXECWIRE_STR(NODE),
                                               .executions = t.executions,
                                               .execution_count = TALK_EXECUTIONS,
                                               .frame = t.frame,
                                               .mtu = 222,
                                               .words = t.words,
                                               .word_capacity = sizeof t.words,
                                               .packing = &t.packing,
                                               .emit = say,
                                               .recall = recall};
}

void talk_open(void)
{
    assert_int_equal(execwire_link_sender_init(&t.sender, &t.options, NULL), EXECWIRE_OK);
}

void talk_begin(execwire_link_mode mode)
{
    talk_init(mode);
    talk_open();
}

unsigned talk_update(const execwire_state *state)
{
    unsigned ref = TALK_EXECUTIONS;

    assert_int_equal(execwire_link_update(&t.sender, state, t.now, &ref, NULL), EXECWIRE_OK);
    assert_true(ref < TALK_EXECUTIONS);
    t.newest[ref] = state;
    return ref;
}

uint64_t talk_poll(void)
{
    uint64_t due;

    do
        due = execwire_link_sender_poll(&t.sender, t.now);
    while (due <= t.now);
    return due;
}

uint64_t talk_until_said(void)
{
    uint64_t start = t.now;
    unsigned before = t.count;

    for (; t.count == before; t.now += 128) {
        assert_true(t.now - start < UINT64_C(10) * 3600000);
        (void)execwire_link_sender_poll(&t.sender, t.now);
    }
    t.now -= 128;
    return t.now - start;
}

execwire_frame talk_frame(unsigned index)
{
    execwire_frame frame;

    assert_true(index < t.count);
    assert_int_equal(execwire_frame_read(t.said[index], t.size[index], &frame, NULL), EXECWIRE_OK);
    return frame;
}

void talk_acknowledge(unsigned index)
{
    execwire_frame frame = talk_frame(index);
    uint8_t feedback[6] = {EXECWIRE_FRAME_ACKS << 3 | 2, 4};

    for (unsigned i = 0; i < 4; i++)
        feedback[2 + i] = (uint8_t)(frame.value[EXECWIRE_FRAME_CHECK] >> (8 * i));
    assert_int_equal(execwire_link_feedback(&t.sender, feedback, sizeof feedback, NULL),
                     EXECWIRE_OK);
}

static void feed(const uint8_t *fields, size_t size)
{
    uint8_t frame[256] = {EXECWIRE_FRAME_CHECK << 3 | 5};
    uint32_t crc = execwire_crc32(0, fields, size);

    for (unsigned i = 0; i < 4; i++)
        frame[1 + i] = (uint8_t)(crc >> (8 * i));
    memcpy(frame + 5, fields, size);
    assert_int_equal(execwire_link_feedback(&t.sender, frame, 5 + size, NULL), EXECWIRE_OK);
}

void talk_feed(const char *hex)
{
    uint8_t fields[200];

    feed(fields, from_hex(hex, fields));
}

void talk_want(unsigned ref)
{
    uint8_t fields[8];
    execwire_buffer_sink out = execwire_sink_buffer(fields, sizeof fields);
    execwire_sink size = {NULL, 0};

    execwire_sink_varint(&size, ref);
    execwire_sink_head(&out.sink, EXECWIRE_FRAME_WANTS, size.size);
    execwire_sink_varint(&out.sink, ref);
    feed(fields, out.sink.size);
}

void talk_want_repair(uint32_t head, uint32_t whole, uint32_t offset, uint32_t size)
{
    const uint32_t numbers[] = {head, whole, offset, size};
    uint8_t fields[32];
    execwire_buffer_sink out = execwire_sink_buffer(fields, sizeof fields);
    execwire_sink all = {NULL, 0};

    for (unsigned i = 0; i < 4; i++)
        execwire_sink_varint(&all, numbers[i]);
    execwire_sink_head(&out.sink, EXECWIRE_FRAME_REPAIRS, all.size);
    for (unsigned i = 0; i < 4; i++)
        execwire_sink_varint(&out.sink, numbers[i]);
    feed(fields, out.sink.size);
}
