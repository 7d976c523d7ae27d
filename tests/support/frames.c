/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka.h"

#include "frames.h"

#include "base/crc32.h"
#include "heads.h"
#include "hex.h"
#include "lent.h"
#include "link.h"
#include "link/frame/control.h"
#include "link/model/check.h"

#include <string.h>

world w;

void open_receiver(void)
{
    const execwire_link_receiver_options options = {LENT_TO_RECEIVER(&w), LENT_ENTRIES(&w)};

    memset(&w, 0, sizeof w);
    assert_int_equal(execwire_link_receiver_init(&w.receiver, &options, NULL), EXECWIRE_OK);
}

/* ---- Writing frames ---- */

void begin(void)
{
    w.out = execwire_sink_buffer(w.frame, sizeof w.frame);
}

void put_number(unsigned field, uint64_t value)
{
    execwire_sink_varint_field(&w.out.sink, field, value);
}

void put_hex(unsigned field, const char *hex)
{
    uint8_t bytes[256];
    size_t size = from_hex(hex, bytes);

    execwire_sink_bytes_field(&w.out.sink, field, bytes, size);
}

void put_fixed32(unsigned field, uint32_t value)
{
    execwire_sink_tag(&w.out.sink, field, 5);
    execwire_sink_fixed32(&w.out.sink, value);
}

void put_check(const execwire_state *state, uint32_t generation, uint32_t number)
{
    uint32_t crc = execwire_link_check_start(w.session, 0, generation, number);
    char bytes[4096];
    size_t size;

    assert_int_equal(execwire_encode(state, bytes, sizeof bytes, &size, NULL), EXECWIRE_OK);
    put_fixed32(EXECWIRE_FRAME_CHECK, execwire_crc32(crc, bytes, size) ^ w.salt);
}

void put_wrong_check(void)
{
    put_fixed32(EXECWIRE_FRAME_CHECK, 0x12345678);
}

void pack(void)
{
    w.out.sink.size = pack_frame(w.frame, w.out.sink.size);
}

execwire_code hear(void)
{
    execwire_code code;

    pack();
    w.error = (execwire_error){.offset = 999};
    code = execwire_link_receive(&w.receiver, w.frame, w.out.sink.size, w.now, &w.event, &w.error);
    memset(w.frame, 0xEE, w.out.sink.size);
    return code;
}

void assert_heard(execwire_link_outcome expected)
{
    assert_int_equal(hear(), EXECWIRE_OK);
    assert_int_equal(w.event.outcome, expected);
    assert_int_equal(w.event.state != NULL, expected == EXECWIRE_LINK_STATE);
}

void assert_refused(execwire_code code, size_t offset, const char *path)
{
    const execwire_link_event nothing = {.has_ref = false};

    assert_int_equal(hear(), code);
    assert_int_equal(w.error.code, code);
    assert_int_equal(w.error.offset, offset);
    assert_string_equal(w.error.path, path);
    assert_memory_equal(&w.event, &nothing, sizeof nothing);
}

void meet(uint32_t session, const char *node, bool has_epoch)
{
    size_t check_at;

    begin();
    check_at = execwire_control_put_check(&w.out.sink);
    if (node != NULL)
        execwire_sink_bytes_field(&w.out.sink, EXECWIRE_FRAME_NODE, node, strlen(node));
    if (has_epoch)
        put_number(EXECWIRE_FRAME_EPOCH, 2 * UINT64_C(1697545688)); /* zigzag */
    put_number(EXECWIRE_FRAME_SESSION, session);
    (void)execwire_control_finish(w.frame, w.out.sink.size, check_at, (execwire_str){NULL, 0}, 0);
    assert_heard(EXECWIRE_LINK_HELLO);
    w.session = session;
}

void open_session(void)
{
    open_receiver();
    meet(5, "node", true);
}

void begin_update(unsigned state, uint32_t number)
{
    begin();
    put_number(EXECWIRE_FRAME_UPDATE, state << 7);
    if (state != 3 || number != 3)
        put_number(EXECWIRE_FRAME_NUMBER, number);
}

execwire_state plain(int64_t version)
{
    return (execwire_state){.job_id = EXECWIRE_STR(JOB),
                            .compute_reference = EXECWIRE_STR(REFERENCE),
                            .node_id = EXECWIRE_STR("node"),
                            .has_version = true,
                            .version = version,
                            .has_state = true,
                            .state = 3,
                            .has_published_results = true};
}

void assert_came_out(const execwire_state *expected)
{
    char bytes[4096], got[4096];
    execwire_link_view view;
    size_t size, got_size;

    assert_int_equal(execwire_encode(expected, bytes, sizeof bytes, &size, NULL), EXECWIRE_OK);
    assert_int_equal(w.event.message.size, size);
    assert_memory_equal(w.event.message.data, bytes, size);
    assert_int_equal(execwire_encode(w.event.state, got, sizeof got, &got_size, NULL), EXECWIRE_OK);
    assert_int_equal(got_size, size);
    assert_memory_equal(got, bytes, size);
    assert_true(w.event.has_ref);
    assert_true(execwire_link_receiver_view(&w.receiver, w.event.ref, w.now, &view));
    assert_int_equal(view.message.size, size);
    assert_memory_equal(view.message.data, bytes, size);
    assert_int_equal(view.number, w.event.number);
}

void hear_plain(void)
{
    const execwire_state state = plain(1);

    begin_update(3, 1);
    put_hex(EXECWIRE_FRAME_IDS, IDS);
    put_check(&state, 0, 1);
    assert_heard(EXECWIRE_LINK_STATE);
    assert_came_out(&state);
}
