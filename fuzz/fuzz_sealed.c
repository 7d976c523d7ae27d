/* Sealed frames between a node and a gateway, and somebody in between who records, repeats, changes
 * and makes up frames, while both ends are started anew and lose their stores: nothing is opened
 * that was not sealed by the other end, nothing twice, no nonce seals two things, and in the end
 * both understand each other.
 *
 * Input: steps, each a byte of what is done and a byte of with which frame.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include "support/toy_crypto.h"

#include <string.h>

#define MOST     64 /* bytes of a sealed frame */
#define RECORDED 256

typedef struct recording {
    uint8_t bytes[MOST];
    size_t size;
} recording;

typedef struct air {
    toy crypto;
    execwire_seal_options options;
    execwire_seal_node node;
    execwire_seal_peer peer;
    uint32_t stored;
    recording up[RECORDED], down[RECORDED];
    unsigned up_count, down_count;
    uint16_t frames; /* each has its number in it */
    bool from_node[UINT16_MAX + 1], opened[UINT16_MAX + 1];
} air;

static const execwire_seal_key key = {.id = 9, .key = "sixteen bytes.."};

static bool reserve(void *context, uint32_t session)
{
    ((air *)context)->stored = session;
    return true;
}

static void start_node(air *a)
{
    FUZZ_REQUIRE(execwire_seal_node_init(&a->node, &a->options, &key, a->stored, reserve, a,
                                         NULL) == EXECWIRE_OK);
}

static void start_peer(air *a)
{
    FUZZ_REQUIRE(execwire_seal_peer_init(&a->peer, &a->options, &key, 1, NULL, NULL) ==
                 EXECWIRE_OK);
}

/* ---- Frames ---- */

static recording *record(recording *all, unsigned *count)
{
    return &all[(*count)++ % RECORDED];
}

static const recording *node_sends(air *a)
{
    recording *r = record(a->up, &a->up_count);
    uint16_t number = a->frames++;

    a->from_node[number] = true;
    FUZZ_REQUIRE(execwire_seal_node_write(&a->node, &number, sizeof number, r->bytes, MOST,
                                          &r->size, NULL) == EXECWIRE_OK);
    return r;
}

static const recording *peer_sends(air *a)
{
    recording *r = record(a->down, &a->down_count);
    uint16_t number = a->frames++;

    a->from_node[number] = false;
    FUZZ_REQUIRE(execwire_seal_peer_write(&a->peer, &number, sizeof number, r->bytes, MOST,
                                          &r->size, NULL) == EXECWIRE_OK);
    return r;
}

static const recording *peer_challenges(air *a)
{
    recording *r = record(a->down, &a->down_count);

    FUZZ_REQUIRE(execwire_seal_peer_challenge(&a->peer, r->bytes, MOST, &r->size, NULL) ==
                 EXECWIRE_OK);
    return r;
}

static void judge(air *a, bool from_node, execwire_seal_outcome outcome, const uint8_t *out,
                  size_t size)
{
    uint16_t number;

    FUZZ_REQUIRE((unsigned)outcome < EXECWIRE_SEAL_OUTCOME_COUNT);
    FUZZ_REQUIRE(size == (outcome == EXECWIRE_SEAL_OPENED ? sizeof number : 0));
    if (size == 0)
        return;
    memcpy(&number, out, sizeof number);
    FUZZ_REQUIRE(number < a->frames && a->from_node[number] == from_node);
    FUZZ_REQUIRE(!a->opened[number]);
    a->opened[number] = true;
}

static execwire_seal_outcome at_peer(air *a, const uint8_t *bytes, size_t size)
{
    execwire_seal_outcome outcome;
    uint8_t out[MOST];
    size_t opened;

    FUZZ_REQUIRE(execwire_seal_peer_open(&a->peer, bytes, size, out, MOST, &opened, &outcome,
                                         NULL) == EXECWIRE_OK);
    judge(a, true, outcome, out, opened);
    return outcome;
}

static execwire_seal_outcome at_node(air *a, const uint8_t *bytes, size_t size)
{
    execwire_seal_outcome outcome;
    uint8_t out[MOST];
    size_t opened;

    FUZZ_REQUIRE(execwire_seal_node_open(&a->node, bytes, size, out, MOST, &opened, &outcome,
                                         NULL) == EXECWIRE_OK);
    judge(a, false, outcome, out, opened);
    return outcome;
}

/* A frame that arrives, and what it is answered with. */
static execwire_seal_outcome talk(air *a)
{
    const recording *r = node_sends(a);
    execwire_seal_outcome outcome = at_peer(a, r->bytes, r->size);

    if (outcome == EXECWIRE_SEAL_UNPROVEN)
        r = peer_challenges(a);
    else if (a->peer.has_session)
        r = peer_sends(a);
    else
        return outcome;
    (void)at_node(a, r->bytes, r->size);
    return outcome;
}

/* ---- Steps ---- */

static void deliver(air *a, unsigned what, unsigned which)
{
    bool up = (what & 1) != 0;
    bool there = (what & 2) == 0; /* to whom it was sent */
    unsigned count = up ? a->up_count : a->down_count;
    recording r;

    if (count == 0)
        return;
    r = (up ? a->up : a->down)[which % (count < RECORDED ? count : RECORDED)];
    if ((what & 4) != 0)
        r.bytes[which % r.size] ^= (uint8_t)(1u << (which / 32));
    if ((what & 8) != 0)
        r.size = which % (r.size + 1);
    (void)(up == there ? at_peer(a, r.bytes, r.size) : at_node(a, r.bytes, r.size));
}

static void step(air *a, unsigned what, unsigned which)
{
    switch (what % 32) {
    case 0:
        start_node(a);
        break;
    case 1:
        a->stored = which % 64;
        start_node(a);
        break;
    case 2:
        start_peer(a);
        break;
    case 3:
        (void)peer_challenges(a);
        break;
    case 4:
        for (unsigned i = 0; i < which / 2; i++)
            (void)node_sends(a);
        break;
    case 5:
    case 6:
        (void)node_sends(a);
        break;
    case 7:
        if (a->peer.has_session)
            (void)peer_sends(a);
        break;
    default:
        if (what % 32 < 12)
            (void)talk(a);
        else
            deliver(a, what, which);
    }
}

static void run(const uint8_t *in, size_t size)
{
    static air a;
    unsigned more = 0;

    memset(&a, 0, sizeof a);
    toy_init(&a.crypto, size);
    a.options = (execwire_seal_options){.crypto = &a.crypto.crypto,
                                        .name = EXECWIRE_STR("node"),
                                        .cid = {1, 2},
                                        .cid_size = (uint8_t)(size % 3),
                                        .tag_size = 8};
    start_node(&a);
    start_peer(&a);
    for (size_t at = 0; at + 1 < size && at < 512; at += 2)
        step(&a, in[at], in[at + 1]);
    while (talk(&a) != EXECWIRE_SEAL_OPENED)
        FUZZ_REQUIRE(++more < 100);
    FUZZ_REQUIRE(a.crypto.repeated == 0);
    toy_free(&a.crypto);
}

const fuzz_target fuzz_this_target = {.name = "sealed", .run = run};
