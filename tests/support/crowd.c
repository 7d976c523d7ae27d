/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka.h"

#include "crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT  (16 << 10)
#define STORE (24 << 20)

crowd the_crowd;

static crowd *const c = &the_crowd;

uint32_t crowd_chance(uint32_t below)
{
    c->seed = c->seed * 1664525 + 1013904223; /* Numerical Recipes' generator */
    return (c->seed >> 8) % below;
}

/* ---- What comes out ---- */

/* A state is one that the node with its name had; who is no member may say what he likes. */
static void note(const execwire_state *state)
{
    char name[16] = "";
    crowd_node *m;
    unsigned execution;

    assert_true(state->node_id.size < sizeof name);
    memcpy(name, state->node_id.data, state->node_id.size);
    if (strncmp(name, "node-", 5) != 0)
        return;
    m = &c->nodes[atoi(name + 5)];
    execution = (unsigned)(state->job_id.data[1] - '0');
    if (state->version == m->newest[execution].version)
        c->wrong += !execwire_state_equal(state, &m->newest[execution]);
    else
        c->wrong += state->version > m->newest[execution].version;
    m->got[execution] = state->version;
}

void crowd_hear(uint32_t source, const void *frame, size_t size)
{
    const execwire_str key = {(const char *)&source, sizeof source};

    c->sources[source].said += size;
    c->unanswered++;
    if (execwire_gateway_receive(&c->gateway, key, frame, size, c->now, &c->last, NULL) !=
        EXECWIRE_OK)
        return;
    c->met += c->last.met;
    c->moved += c->last.moved;
    if (c->last.link.state != NULL)
        note(c->last.link.state);
}

static void deliver(uint32_t source, const void *frame, size_t size)
{
    crowd_node *m = &c->nodes[source % CROWD_MOST];

    if (source >= CROWD_HOSTILE || source % CROWD_MOST >= c->count || m->source != source ||
        crowd_chance(100) < c->loss)
        return;
    assert_int_equal(execwire_link_feedback(&m->sender, frame, size, NULL), EXECWIRE_OK);
    m->due = 0;
}

/* promise: three-times */
void crowd_answer(void)
{
    uint8_t frame[CROWD_MTU];
    execwire_str to;
    uint64_t due;
    size_t size;

    c->unanswered = 0;
    do {
        uint32_t source;

        due = execwire_gateway_poll(&c->gateway, c->now, frame, sizeof frame, &size, &to);
        if (size == 0)
            continue;
        memcpy(&source, to.data, sizeof source);
        c->sources[source].heard += size;
        assert_true(c->sources[source].heard <= 3 * c->sources[source].said);
        deliver(source, frame, size);
    } while (due <= c->now);
}

/* ---- Nodes ---- */

static void emit(void *context, const void *frame, size_t size)
{
    const crowd_node *m = context;

    memcpy(c->said, frame, size);
    c->said_size = size;
    c->said_at = m->source;
    if (crowd_chance(100) >= c->loss)
        crowd_hear(m->source, frame, size);
}

static const execwire_state *recall(void *context, unsigned ref)
{
    return &((crowd_node *)context)->newest[ref];
}

static void start(crowd_node *m, const char *name, uint32_t source, uint32_t session)
{
    execwire_link_sender_options options = {.executions = m->executions,
                                            .execution_count = CROWD_REFS,
                                            .frame = m->frame,
                                            .mtu = sizeof m->frame,
                                            .words = m->words,
                                            .word_capacity = sizeof m->words,
                                            .packing = &m->packing,
                                            .emit = emit,
                                            .recall = recall,
                                            .context = m};

    *m = (crowd_node){.source = source};
    snprintf(m->name, sizeof m->name, "%s", name);
    options.node = execwire_str_of(m->name);
    assert_int_equal(execwire_link_sender_init(&m->sender, &options, NULL), EXECWIRE_OK);
    execwire_link_restore_session(&m->sender, session);
}

void crowd_update(crowd_node *m, unsigned execution, int64_t version, const char *output)
{
    static const char *const jobs[CROWD_REFS] = {"j0", "j1"};
    unsigned ref;
    execwire_state state = {.job_id = execwire_str_of(jobs[execution]),
                            .node_id = execwire_str_of(m->name),
                            .has_create_time = true,
                            .create_time = {1697545688, 0},
                            .has_version = true,
                            .version = version,
                            .has_state = true,
                            .state = EXECWIRE_EXECUTION_STATE_BID_ACCEPTED,
                            .has_run_output = output != NULL,
                            .run_output.std_out = execwire_str_of(output)};

    m->newest[execution] = state;
    m->due = 0;
    assert_int_equal(execwire_link_update(&m->sender, &state, c->now, &ref, NULL), EXECWIRE_OK);
    assert_int_equal(ref, execution);
}

void crowd_run(uint64_t ms)
{
    for (uint64_t end = c->now + ms; c->now < end; c->now += CROWD_TICK) {
        for (unsigned i = 0; i < c->count; i++) {
            crowd_node *m = &c->nodes[i];

            while (m->due <= c->now)
                m->due = execwire_link_sender_poll(&m->sender, c->now);
            if (c->unanswered >= CROWD_BATCH)
                crowd_answer();
        }
        crowd_answer();
    }
}

void crowd_restart_gateway(void)
{
    assert_int_equal(execwire_gateway_init(&c->gateway, &c->options, NULL), EXECWIRE_OK);
}

void crowd_open(unsigned count)
{
    size_t known = count + count / 2 + 4;

    *c = (crowd){.seed = 1, .now = 1, .count = count};
    c->nodes = calloc(count, sizeof *c->nodes);
    c->sources = calloc(CROWD_SOURCES, sizeof *c->sources);
    c->options =
        (execwire_gateway_options){.seed = 7,
                                   .nodes = calloc(known, sizeof *c->options.nodes),
                                   .node_count = known,
                                   .sources = calloc(2 * known, sizeof *c->options.sources),
                                   .source_count = 2 * known,
                                   .store = malloc(STORE),
                                   .store_capacity = STORE,
                                   .assemblies = calloc(8, sizeof *c->options.assemblies),
                                   .assembly_count = 8,
                                   .pieces = malloc(8 * TEXT),
                                   .piece_capacity = 8 * TEXT,
                                   .text = malloc(TEXT),
                                   .text_capacity = TEXT};
    crowd_restart_gateway();
    for (unsigned i = 0; i < count; i++) {
        char name[16];

        snprintf(name, sizeof name, "node-%u", i);
        start(&c->nodes[i], name, i, 0);
    }
}

void crowd_close(void)
{
    free(c->options.text);
    free(c->options.pieces);
    free(c->options.assemblies);
    free(c->options.store);
    free(c->options.sources);
    free(c->options.nodes);
    free(c->sources);
    free(c->nodes);
}

/* ---- What is to be there ---- */

static uint32_t find(const char *name)
{
    for (uint32_t i = 0; i < c->options.node_count; i++) {
        char text[EXECWIRE_LINK_NODE_SIZE];
        execwire_str found = execwire_gateway_name(&c->gateway, i, text);

        if (found.size == strlen(name) && memcmp(found.data, name, found.size) == 0)
            return i;
    }
    return EXECWIRE_GATEWAY_NO_NODE;
}

void crowd_assert_none_is_missing(void)
{
    for (unsigned i = 0; i < c->count; i++) {
        const crowd_node *m = &c->nodes[i];

        for (unsigned j = 0; j < CROWD_REFS; j++) {
            assert_int_equal(m->got[j], m->newest[j].version);
            assert_true(c->loss > 0 || execwire_link_acknowledged(&m->sender, j));
        }
    }
    assert_int_equal(c->wrong, 0);
    for (unsigned i = 0; i < c->count; i += 1 + c->count / 50)
        for (unsigned j = 0; j < CROWD_REFS; j++) {
            char expected[512];
            execwire_link_view view;
            size_t size;

            assert_int_equal(
                execwire_encode(&c->nodes[i].newest[j], expected, sizeof expected, &size, NULL),
                EXECWIRE_OK);
            assert_true(
                execwire_gateway_view(&c->gateway, find(c->nodes[i].name), j, c->now, &view));
            assert_int_equal(view.message.size, size);
            assert_memory_equal(view.message.data, expected, size);
        }
}
