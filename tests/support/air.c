/* SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/air.h"

#include <string.h>

recorded_air air;

void air_start(bool one_way)
{
    pair_start(one_way, 0, 8);
    memset(&air, 0, sizeof air);
}

const air_frame *air_node_sends(void)
{
    air_frame *s = &air.up[air.up_count++];
    unsigned number = air.frame_count++;

    assert_in_range(air.up_count, 1, AIR_RECORDED);
    s->number = number;
    assert_int_equal(execwire_seal_node_write(&pair.node, &number, sizeof number, s->bytes,
                                              AIR_MOST, &s->size, NULL),
                     EXECWIRE_OK);
    return s;
}

const air_frame *air_peer_sends(void)
{
    air_frame *s = &air.down[air.down_count++];
    unsigned number = air.frame_count++;

    assert_in_range(air.down_count, 1, AIR_RECORDED);
    s->number = number;
    assert_int_equal(execwire_seal_peer_write(&pair.peer, &number, sizeof number, s->bytes,
                                              AIR_MOST, &s->size, NULL),
                     EXECWIRE_OK);
    return s;
}

const air_frame *air_peer_challenges(void)
{
    air_frame *s = &air.down[air.down_count++];

    s->number = UINT32_MAX;
    assert_int_equal(execwire_seal_peer_challenge(&pair.peer, s->bytes, AIR_MOST, &s->size, NULL),
                     EXECWIRE_OK);
    return s;
}

/* What is opened was sealed by the other end, and is opened once in all. */
static void judge(execwire_seal_outcome outcome, const uint8_t *out, size_t size)
{
    unsigned number;

    assert_int_equal(size, outcome == EXECWIRE_SEAL_OPENED ? sizeof number : 0);
    if (outcome != EXECWIRE_SEAL_OPENED)
        return;
    memcpy(&number, out, sizeof number);
    assert_in_range(number, 0, air.frame_count - 1);
    assert_false(air.was_opened[number]);
    air.was_opened[number] = true;
}

execwire_seal_outcome air_at_peer(const void *bytes, size_t size)
{
    execwire_seal_outcome outcome;
    uint8_t out[AIR_MOST];
    size_t opened;

    assert_int_equal(
        execwire_seal_peer_open(&pair.peer, bytes, size, out, AIR_MOST, &opened, &outcome, NULL),
        EXECWIRE_OK);
    judge(outcome, out, opened);
    return outcome;
}

execwire_seal_outcome air_at_node(const void *bytes, size_t size)
{
    execwire_seal_outcome outcome;
    uint8_t out[AIR_MOST];
    size_t opened;

    assert_int_equal(
        execwire_seal_node_open(&pair.node, bytes, size, out, AIR_MOST, &opened, &outcome, NULL),
        EXECWIRE_OK);
    judge(outcome, out, opened);
    return outcome;
}

void air_talk(unsigned frames)
{
    for (unsigned i = 0; i < frames; i++) {
        const air_frame *s = air_node_sends();

        if (air_at_peer(s->bytes, s->size) == EXECWIRE_SEAL_UNPROVEN) {
            s = air_peer_challenges();
            (void)air_at_node(s->bytes, s->size);
        } else if (pair.peer.has_session && !pair.options.one_way) {
            s = air_peer_sends();
            (void)air_at_node(s->bytes, s->size);
        }
    }
}

void air_assert_well(void)
{
    const air_frame *s;

    air_talk(80);
    s = air_node_sends();
    assert_int_equal(air_at_peer(s->bytes, s->size), EXECWIRE_SEAL_OPENED);
    if (pair.options.one_way)
        return;
    s = air_peer_sends();
    assert_int_equal(air_at_node(s->bytes, s->size), EXECWIRE_SEAL_OPENED);
    assert_int_equal(pair.crypto.repeated, 0);
}

void air_replay_to_peer(void)
{
    for (unsigned i = 0; i < air.up_count; i++)
        assert_int_not_equal(air_at_peer(air.up[i].bytes, air.up[i].size), EXECWIRE_SEAL_OPENED);
}
