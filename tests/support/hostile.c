/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka.h"

#include "heads.h"
#include "hostile.h"

#include "link/base/sink.h"
#include "link/frame/control.h"
#include "link/frame/update.h"

#include <execwire/link.h>
#include <execwire/link_frame.h>

#include <string.h>

#define LATER_MS 3600000

uint32_t hostile_chance(hostile *h, uint32_t below)
{
    h->seed = h->seed * 1664525 + 1013904223; /* Numerical Recipes' generator */
    return (h->seed >> 8) % below;
}

void hostile_garbage(hostile *h)
{
    h->size = 1 + hostile_chance(h, sizeof h->frame);
    for (size_t i = 0; i < h->size; i++)
        h->frame[i] = (uint8_t)hostile_chance(h, 256);
}

/* ---- What a sender would say ---- */

static void keep(void *context, const void *frame, size_t size)
{
    hostile *h = context;

    memcpy(h->frame, frame, size);
    h->size = size;
}

static const execwire_state *recall(void *context, unsigned ref)
{
    (void)context;
    (void)ref;
    return NULL;
}

static void say(hostile *h, const char *name, uint32_t stored, bool hello)
{
    static execwire_link_sender sender;
    static execwire_link_execution executions[2];
    static uint8_t frame[HOSTILE_FRAME];
    const execwire_state state = {.job_id = EXECWIRE_STR("j0"),
                                  .node_id = execwire_str_of(name),
                                  .has_version = true,
                                  .version = 1};
    execwire_link_sender_options options = {.executions = executions,
                                            .execution_count = 2,
                                            .frame = frame,
                                            .mtu = sizeof frame,
                                            .node = execwire_str_of(name),
                                            .emit = keep,
                                            .recall = recall,
                                            .context = h};

    memset(executions, 0, sizeof executions);
    assert_int_equal(execwire_link_sender_init(&sender, &options, NULL), EXECWIRE_OK);
    execwire_link_restore_session(&sender, stored);
    assert_int_equal(execwire_link_update(&sender, &state, 0, NULL, NULL), EXECWIRE_OK);
    if (hello)
        (void)execwire_link_sender_poll(&sender, LATER_MS);
}

void hostile_hello(hostile *h, const char *name, uint32_t stored)
{
    say(h, name, stored, true);
}

void hostile_state(hostile *h, const char *name, uint32_t stored)
{
    say(h, name, stored, false);
}

/* ---- What no sender would say ---- */

void hostile_want(hostile *h)
{
    execwire_buffer_sink out = execwire_sink_buffer(h->frame, sizeof h->frame);

    (void)execwire_control_put_check(&out.sink);
    execwire_sink_bytes_field(&out.sink, EXECWIRE_FRAME_WANTS, "\x80\x01\x00\x01\x02\x03", 6);
    h->size = out.sink.size;
}

void hostile_texts(hostile *h)
{
    static const unsigned fields[] = {EXECWIRE_FRAME_OUT, EXECWIRE_FRAME_ERR,
                                      EXECWIRE_FRAME_STATUS};
    uint8_t text[20] = {0xFA, 0x80, 0x0C}; /* compressed, of 1,536 bytes: three are the most */
    execwire_buffer_sink out = execwire_sink_buffer(h->frame, sizeof h->frame);

    for (size_t i = 3; i < sizeof text; i++)
        text[i] = (uint8_t)hostile_chance(h, 256);
    execwire_sink_varint_field(&out.sink, EXECWIRE_FRAME_UPDATE,
                               1 << 7 | hostile_chance(h, 8) << 11);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        execwire_sink_bytes_field(&out.sink, fields[i], text, sizeof text);
    execwire_sink_tag(&out.sink, EXECWIRE_FRAME_CHECK, EXECWIRE_WIRE_FIXED32);
    execwire_sink_fixed32(&out.sink, hostile_chance(h, UINT32_MAX));
    h->size = pack_frame(h->frame, out.sink.size);
}
