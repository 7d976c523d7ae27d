/* Nodes and a gateway under a channel that does as the input says, where what is known of nodes is
 * saved, damaged and loaded again: every state that comes out is one that its node had, no address
 * is sent more than three times what came from there, and a record that is refused changes nothing.
 *
 * Input: a list of steps, two bytes each: what to do, and with what.
 *
 * SPDX-License-Identifier: Apache-2.0 */
/* promise: three-times */
/* promise: record-that-is-older */
/* promise: record-is-whole */
#include "steps.h"
#include "support.h"
#include "support/lent.h"

#include "base/crc32.h"

#include <execwire/gateway.h>

#include <stdlib.h>
#include <string.h>

#define NODES   6 /* that there are */
#define PLACES  5 /* of nodes and of addresses that the gateway has */
#define REFS    3
#define KEPT    64 /* frames that the channel may deliver */
#define RECORDS 8
#define STEPS   14

typedef struct fleet fleet;

typedef struct node {
    fleet *of;
    execwire_link_sender sender;
    execwire_link_execution executions[REFS];
    char frame[EXECWIRE_LINK_MIN_MTU], words[100];
    execwire_link_packing packing;
    execwire_state newest[REFS];
    unsigned address;
} node;

/* A frame on its way. */
typedef struct letter {
    uint8_t bytes[EXECWIRE_LINK_MIN_MTU];
    size_t size;
    unsigned node;
} letter;

/* All that a gateway has. */
typedef struct everything {
    execwire_gateway gateway;
    execwire_gateway_node nodes[PLACES];
    execwire_gateway_source sources[PLACES];
    execwire_gateway_assembly assemblies[2];
    uint64_t store[(64 << 10) / 8];
} everything;

struct fleet {
    everything all;
    char text[8192], pieces[4096];
    node of[NODES];
    letter letters[KEPT];
    size_t letter_count;
    fuzz_history states;
    bool forged; /* a record that no gateway wrote was taken: from then on anything may come out */
    fuzz_bytes records[RECORDS];
    size_t came[NODES], went[NODES]; /* bytes, by address */
    uint64_t now;
};

static const execwire_str names[NODES] = {{"one", 3},  {"two", 3},  {"three", 5},
                                          {"four", 4}, {"five", 4}, {NULL, 0}};
static const char addresses[NODES + 1] = "ABCDEF";

/* ---- Both ends ---- */

static void emit(void *context, const void *frame, size_t size)
{
    node *n = context;
    letter *l = &n->of->letters[n->of->letter_count++ % KEPT];

    FUZZ_REQUIRE(size <= sizeof l->bytes);
    memcpy(l->bytes, frame, size);
    l->size = size;
    l->node = (unsigned)(n - n->of->of);
}

static const execwire_state *recall(void *context, unsigned ref)
{
    return &((node *)context)->newest[ref];
}

static void open_sender(fleet *f, unsigned number)
{
    node *n = &f->of[number];
    const execwire_link_sender_options options = {.node = names[number],
                                                  .salt = number,
                                                  LENT_TO_SENDER(n),
                                                  .mtu = sizeof n->frame,
                                                  LENT_TEXTS(n),
                                                  .emit = emit,
                                                  .recall = recall,
                                                  .context = n};
    uint32_t stored = n->sender.session;

    n->of = f;
    FUZZ_REQUIRE(execwire_link_sender_init(&n->sender, &options, NULL) == EXECWIRE_OK);
    execwire_link_restore_session(&n->sender, stored);
}

static void open_gateway(fleet *f)
{
    const execwire_gateway_options options = {.nodes = f->all.nodes,
                                              .node_count = PLACES,
                                              .sources = f->all.sources,
                                              .source_count = PLACES,
                                              .store = f->all.store,
                                              .store_capacity = sizeof f->all.store,
                                              .assemblies = f->all.assemblies,
                                              .assembly_count = 2,
                                              .pieces = f->pieces,
                                              .piece_capacity = sizeof f->pieces,
                                              .text = f->text,
                                              .text_capacity = sizeof f->text};

    FUZZ_REQUIRE(execwire_gateway_init(&f->all.gateway, &options, NULL) == EXECWIRE_OK);
    memset(f->came, 0, sizeof f->came);
    memset(f->went, 0, sizeof f->went);
}

/* ---- What holds ---- */

/* A state belongs to the node whose it is said to be. */
static void check_event(const fleet *f, const execwire_gateway_event *event)
{
    char text[EXECWIRE_LINK_NODE_SIZE];
    execwire_str name = execwire_gateway_name(&f->all.gateway, event->node, text);
    const execwire_state *state = event->link.state;

    if (state == NULL || f->forged)
        return;
    FUZZ_REQUIRE(fuzz_was_had(&f->states, event->link.message));
    FUZZ_REQUIRE(state->node_id.size == name.size &&
                 (name.size == 0 || memcmp(state->node_id.data, name.data, name.size) == 0));
}

/* What is shown are states, and of nodes that had them. */
static void check_views(fleet *f)
{
    for (uint32_t index = 0; index < PLACES; index++)
        for (unsigned ref = 0; ref < REFS; ref++) {
            execwire_link_view view;

            if (!execwire_gateway_view(&f->all.gateway, index, ref, f->now, &view))
                continue;
            FUZZ_REQUIRE(execwire_check(view.message.data, view.message.size, NULL, NULL) ==
                         EXECWIRE_OK);
            FUZZ_REQUIRE(f->forged || fuzz_was_had(&f->states, view.message));
        }
}

/* ---- Frames ---- */

static void update(fleet *f, uint8_t what)
{
    node *n = &f->of[what % NODES];
    execwire_state state;
    unsigned ref;

    if (!fuzz_new_state(&f->states, names[what % NODES], what, &state))
        return;
    FUZZ_REQUIRE(execwire_link_update(&n->sender, &state, f->now, &ref, NULL) == EXECWIRE_OK);
    n->newest[ref] = state;
}

static void deliver(fleet *f, size_t which, uint8_t flip, unsigned elsewhere)
{
    const letter *l = &f->letters[which % KEPT];
    unsigned address = (f->of[l->node].address + elsewhere) % NODES;
    uint8_t *frame;
    execwire_gateway_event event;

    if (l->size == 0)
        return;
    frame = fuzz_block(l->size);
    memcpy(frame, l->bytes, l->size);
    if (flip != 0)
        frame[flip % l->size] ^= (uint8_t)(1u << flip % 8);
    f->came[address] += l->size;
    (void)execwire_gateway_receive(&f->all.gateway, (execwire_str){&addresses[address], 1}, frame,
                                   l->size, f->now, &event, NULL);
    check_event(f, &event);
    free(frame);
}

static void answer(fleet *f, bool lost)
{
    uint8_t frame[EXECWIRE_LINK_MIN_MTU];
    execwire_str to;
    size_t size;
    unsigned address;

    (void)execwire_gateway_poll(&f->all.gateway, f->now, frame, sizeof frame, &size, &to);
    if (size == 0)
        return;
    FUZZ_REQUIRE(to.size == 1 && size <= sizeof frame);
    address = (unsigned)(*to.data - addresses[0]);
    f->went[address] += size;
    FUZZ_REQUIRE(f->forged || f->went[address] <= 3 * f->came[address]);
    for (unsigned i = 0; i < NODES && !lost; i++)
        if (f->of[i].address == address)
            (void)execwire_link_feedback(&f->of[i].sender, frame, size, NULL);
}

/* ---- Records ---- */

/* Of exactly the size that measuring said; of less it is refused. */
static void save(fleet *f, uint8_t which)
{
    const execwire_gateway *gateway = &f->all.gateway;
    fuzz_bytes *kept = &f->records[which % RECORDS];
    uint32_t index = which % PLACES;
    size_t size;
    uint8_t *out;

    if (execwire_gateway_save(gateway, index, f->now, NULL, 0, &size, NULL) != EXECWIRE_OK)
        return;
    out = fuzz_block(size);
    FUZZ_REQUIRE(execwire_gateway_save(gateway, index, f->now, out, size - 1, &size, NULL) ==
                 EXECWIRE_ERROR_NO_SPACE);
    FUZZ_REQUIRE(execwire_gateway_save(gateway, index, f->now, out, size, &size, NULL) ==
                 EXECWIRE_OK);
    free(kept->data);
    *kept = (fuzz_bytes){out, size};
}

/* A record that is refused changes nothing but what any call outdates. */
static bool load(fleet *f, const uint8_t *in, size_t size)
{
    everything *before = fuzz_block(sizeof *before);
    uint8_t *record = fuzz_block(size);
    execwire_error error;
    uint32_t index;
    execwire_code code;

    memcpy(record, in, size);
    memcpy(before, &f->all, sizeof *before);
    code = execwire_gateway_load(&f->all.gateway, record, size, 0, f->now, &index, &error);
    free(record);
    if (code == EXECWIRE_OK)
        FUZZ_REQUIRE(index < PLACES);
    else {
        FUZZ_REQUIRE(fuzz_good_error(&error, code, size) && code == EXECWIRE_ERROR_RECORD);
        FUZZ_REQUIRE(index == EXECWIRE_GATEWAY_NO_NODE);
        before->gateway.receiver.state = f->all.gateway.receiver.state;
        FUZZ_REQUIRE(memcmp(before, &f->all, sizeof *before) == 0);
    }
    free(before);
    return code == EXECWIRE_OK;
}

static void load_good(fleet *f, uint8_t which)
{
    const fuzz_bytes *kept = &f->records[which % RECORDS];

    if (kept->data != NULL)
        FUZZ_REQUIRE(load(f, kept->data, kept->size) || f->forged);
}

/* Cut, or with a byte that is another one: that is always found. */
static void load_damaged(fleet *f, uint8_t what, uint8_t with)
{
    const fuzz_bytes *kept = &f->records[what % RECORDS];

    if (kept->data == NULL)
        return;
    FUZZ_REQUIRE(!load(f, kept->data, with % kept->size));
    kept->data[with % kept->size] ^= (uint8_t)(what | 1);
    FUZZ_REQUIRE(!load(f, kept->data, kept->size));
    kept->data[with % kept->size] ^= (uint8_t)(what | 1);
}

/* Damaged on purpose, under a check that is right. It stays as it is, so that steps add up. */
static void load_forged(fleet *f, uint8_t what, uint8_t with)
{
    fuzz_bytes *kept = &f->records[what % RECORDS];
    uint32_t check;

    if (kept->data == NULL)
        return;
    f->forged = true;
    kept->data[with % (kept->size - 4)] ^= (uint8_t)(1 + what / RECORDS);
    check = execwire_crc32(0, kept->data, kept->size - 4);
    for (unsigned i = 0; i < 4; i++)
        kept->data[kept->size - 4 + i] = (uint8_t)(check >> (8 * i));
    (void)load(f, kept->data, kept->size);
}

/* ---- Steps ---- */

static void pass(fleet *f, uint8_t with)
{
    f->now += with * 200u;
    if (with >= 256 - NODES)
        open_sender(f, with % NODES);
}

/* Those from 10 on are of records. */
static void step_of_record(fleet *f, uint8_t what, uint8_t with)
{
    switch (what % STEPS) {
    case 10:
        save(f, with);
        break;
    case 11:
        load_good(f, with);
        break;
    case 12:
        load_damaged(f, what, with);
        break;
    default:
        load_forged(f, what, with);
    }
    check_views(f); /* what frames bring is seen in events */
}

static void step(fleet *f, uint8_t what, uint8_t with)
{
    switch (what % STEPS) {
    case 0:
    case 1:
        update(f, with);
        break;
    case 2:
        deliver(f, f->letter_count - 1 - with % 8, 0, 0);
        break;
    case 3:
        deliver(f, with, 0, what / STEPS);
        break;
    case 4:
        deliver(f, with, what, 0);
        break;
    case 5:
        (void)execwire_link_sender_poll(&f->of[with % NODES].sender, f->now);
        break;
    case 6:
        answer(f, with % 4 == 0);
        break;
    case 7:
        pass(f, with);
        break;
    case 8:
        f->of[with % NODES].address = with / NODES % NODES;
        break;
    case 9:
        open_gateway(f);
        break;
    default:
        step_of_record(f, what, with);
    }
}

static void run(const uint8_t *in, size_t size)
{
    fleet *f = fuzz_block(sizeof *f);

    memset(f, 0, sizeof *f);
    for (unsigned i = 0; i < NODES; i++) {
        f->of[i].address = i;
        open_sender(f, i);
    }
    open_gateway(f);
    for (; size >= 2; in += 2, size -= 2)
        step(f, in[0], in[1]);
    for (unsigned i = 0; i < RECORDS; i++)
        free(f->records[i].data);
    free(f);
}

static size_t mutate(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity)
{
    return fuzz_mutate_steps(c, data, size, capacity, STEPS);
}

const fuzz_target fuzz_this_target = {.name = "gateway", .run = run, .mutate = mutate};
