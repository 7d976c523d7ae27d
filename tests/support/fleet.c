/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka.h"

#include "fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_lost(fleet *f)
{
    f->seed = f->seed * 1664525 + 1013904223; /* Numerical Recipes' generator */
    return (f->seed >> 8) % 100 < f->loss;
}

static execwire_str str_of(const char *text)
{
    return (execwire_str){text, strlen(text)};
}

static void forget(void *context, uint32_t node, execwire_str name)
{
    fleet *f = context;

    (void)node;
    assert_true(name.size < sizeof f->forgotten);
    memset(f->forgotten, 0, sizeof f->forgotten);
    memcpy(f->forgotten, name.data, name.size);
}

/* What came out is what the node with that name had: nothing is mixed up. */
static void note(fleet *f)
{
    const execwire_state *state = f->last.link.state;
    unsigned execution;

    f->met += f->last.met;
    f->moved += f->last.moved;
    f->restarted += f->last.restarted;
    if (state == NULL)
        return;
    f->states++;
    execution = (unsigned)atoi(state->job_id.data + 1);
    for (unsigned i = 0; i < FLEET_NODES; i++) {
        fleet_node *n = &f->node[i];

        if (!n->started || state->node_id.size != strlen(n->name) ||
            memcmp(state->node_id.data, n->name, state->node_id.size) != 0)
            continue;
        n->got[execution] = state->version;
        f->wrong += state->version > n->newest[execution].version;
        return;
    }
    f->wrong++;
}

execwire_code fleet_hear(fleet *f, const char *address, const void *frame, size_t size)
{
    execwire_code code =
        execwire_gateway_receive(&f->gateway, str_of(address), frame, size, f->now, &f->last, NULL);

    note(f);
    return code;
}

static void emit(void *context, const void *frame, size_t size)
{
    fleet_node *n = context;

    n->said += size;
    memcpy(n->of->frame, frame, size);
    n->of->frame_size = size;
    if (!n->mute && !is_lost(n->of))
        assert_int_equal(fleet_hear(n->of, n->address, frame, size), EXECWIRE_OK);
}

static const execwire_state *recall(void *context, unsigned ref)
{
    return &((fleet_node *)context)->newest[ref];
}

void fleet_init(fleet *f)
{
    memset(f, 0, sizeof *f);
    f->seed = 1;
    f->options = (execwire_gateway_options){.seed = 7,
                                            .nodes = f->nodes,
                                            .node_count = FLEET_NODES,
                                            .sources = f->sources,
                                            .source_count = 4 * FLEET_NODES,
                                            .store = f->store,
                                            .store_capacity = sizeof f->store,
                                            .assemblies = f->assemblies,
                                            .assembly_count = 8,
                                            .pieces = f->pieces,
                                            .piece_capacity = sizeof f->pieces,
                                            .text = f->text,
                                            .text_capacity = sizeof f->text,
                                            .forget = forget,
                                            .context = f};
}

void fleet_open(fleet *f)
{
    assert_int_equal(execwire_gateway_init(&f->gateway, &f->options, NULL), EXECWIRE_OK);
}

void fleet_start(fleet *f, unsigned node, const char *name, const char *address, uint32_t stored)
{
    fleet_node *n = &f->node[node];
    execwire_link_sender_options options = {.mode = f->options.mode,
                                            .executions = n->executions,
                                            .execution_count = FLEET_REFS,
                                            .frame = n->frame,
                                            .mtu = sizeof n->frame,
                                            .words = n->words,
                                            .word_capacity = sizeof n->words,
                                            .packing = &n->packing,
                                            .emit = emit,
                                            .recall = recall,
                                            .context = n};

    *n = (fleet_node){.of = f, .started = true};
    snprintf(n->name, sizeof n->name, "%s", name);
    snprintf(n->address, sizeof n->address, "%s", address);
    options.node = str_of(n->name);
    assert_int_equal(execwire_link_sender_init(&n->sender, &options, NULL), EXECWIRE_OK);
    execwire_link_restore_session(&n->sender, stored);
}

void fleet_start_all(fleet *f, unsigned nodes)
{
    for (uint8_t i = 0; i < nodes; i++) {
        char name[16], address[16];

        snprintf(name, sizeof name, "node-%u", i);
        snprintf(address, sizeof address, "10.0.0.%u", i);
        fleet_start(f, i, name, address, 0);
    }
}

void fleet_begin(fleet *f, unsigned nodes)
{
    fleet_init(f);
    fleet_open(f);
    fleet_start_all(f, nodes);
}

size_t fleet_save(const fleet *f, uint32_t index, uint8_t record[FLEET_RECORD])
{
    size_t size;

    assert_int_equal(
        execwire_gateway_save(&f->gateway, index, f->now, record, FLEET_RECORD, &size, NULL),
        EXECWIRE_OK);
    return size;
}

void fleet_update(fleet *f, unsigned node, unsigned execution, int64_t version, const char *output)
{
    static const char jobs[FLEET_REFS][3] = {"j0", "j1", "j2", "j3", "j4", "j5", "j6", "j7"};
    fleet_node *n = &f->node[node];
    unsigned ref;
    execwire_state state = {.job_id = {jobs[execution], 2},
                            .node_id = str_of(n->name),
                            .has_create_time = true,
                            .create_time = {1697545688, 0},
                            .has_version = true,
                            .version = version,
                            .has_state = true,
                            .state = EXECWIRE_EXECUTION_STATE_BID_ACCEPTED};

    if (output != NULL) {
        state.has_run_output = true;
        state.run_output.std_out = str_of(output);
    }
    n->newest[execution] = state;
    assert_int_equal(execwire_link_update(&n->sender, &state, f->now, &ref, NULL), EXECWIRE_OK);
    assert_int_equal(ref, execution); /* updates are to begin with 0, 1, 2 .. */
}

/* Feedback goes to whoever is at that address. */
static void deliver(fleet *f, execwire_str source, const void *frame, size_t size)
{
    for (unsigned i = 0; i < FLEET_NODES; i++) {
        fleet_node *n = &f->node[i];

        if (!n->started || strlen(n->address) != source.size ||
            memcmp(n->address, source.data, source.size) != 0)
            continue;
        n->heard += size;
        if (!is_lost(f))
            assert_int_equal(execwire_link_feedback(&n->sender, frame, size, NULL), EXECWIRE_OK);
    }
}

static void answer(fleet *f)
{
    uint8_t frame[222];
    execwire_str source;
    uint64_t due;
    size_t size;

    do {
        due = execwire_gateway_poll(&f->gateway, f->now, frame, sizeof frame, &size, &source);
        if (size > 0)
            deliver(f, source, frame, size);
    } while (due <= f->now);
}

void fleet_run(fleet *f, uint64_t ms)
{
    for (uint64_t end = f->now + ms; f->now < end; f->now += 100) {
        answer(f);
        for (unsigned i = 0; i < FLEET_NODES; i++)
            while (f->node[i].started &&
                   execwire_link_sender_poll(&f->node[i].sender, f->now) <= f->now)
                ;
    }
}

uint32_t fleet_find(const fleet *f, const char *name)
{
    for (uint32_t i = 0; i < FLEET_NODES; i++) {
        char text[EXECWIRE_LINK_NODE_SIZE];
        execwire_str found = execwire_gateway_name(&f->gateway, i, text);

        if (found.data != NULL && found.size == strlen(name) &&
            memcmp(found.data, name, found.size) == 0)
            return i;
    }
    return EXECWIRE_GATEWAY_NO_NODE;
}
