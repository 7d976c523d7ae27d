/* SPDX-License-Identifier: Apache-2.0 */
#include "link_sim.h"
#include "support/lent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP_MS 50
/* The slowest that a packet gets through when it is not late: one step, as packets are looked at
 * once a step. Nothing can be known of an update before. */
#define LATENCY_MS STEP_MS
/* How long after its last update an execution is looked at, and the channel is still there. */
#define OBSERVED_MS 30000
#define DRAIN_MS    900000
#define STORE_SIZE  (512 << 10)
#define PIECES_SIZE (64 << 10)

typedef struct packet {
    uint64_t at;
    uint64_t order; /* packets of the same time keep their order */
    bool back;
    size_t size;
    uint8_t *data;
} packet;

typedef struct run run;

typedef struct node {
    run *run;
    execwire_link_sender sender;
    execwire_link_receiver receiver;
    execwire_link_execution executions[EXECWIRE_LINK_MAX_REFS];
    execwire_link_context contexts[EXECWIRE_LINK_MAX_REFS];
    execwire_link_transfer transfers[8];
    char words[256];
    execwire_link_packing packing;
    char frame[2048];
    char store[STORE_SIZE], text[STORE_SIZE], pieces[PIECES_SIZE];
    packet *packets; /* on their way */
    size_t packet_count;
    unsigned execution_of[EXECWIRE_LINK_MAX_REFS]; /* whose ref it is, for the sender */
    unsigned knows[EXECWIRE_LINK_MAX_REFS];        /* whose ref it is, for the receiver; 0 none */
    uint32_t stored_session;
    uint64_t sender_next, receiver_next;
    bool in_burst;         /* what is sent now is lost */
    uint64_t line_free[2]; /* when what was sent before has gone out: forward, back */
} node;

/* What is known of an execution on both sides. */
typedef struct course {
    const update *newest; /* of the sender; NULL before the first */
    const update *got;    /* of the receiver */
    unsigned ref;
    uint64_t given; /* when the sender had the newest */
} course;

struct run {
    const load *all;
    const conditions *conditions;
    results results;
    node *nodes;
    course *courses;
    uint64_t now, order, seed;
    size_t given; /* updates that the senders had so far */
};

/* ---- The channel ---- */

/* The two states of Gilbert's channel (1960), of which one loses everything. How long it stays in
 * each is by chance, in steps, so that `loss` of all time is bursts. */
static void change_channel(node *n)
{
    const conditions *c = n->run->conditions;
    double over = (double)STEP_MS / c->burst_ms; /* the chance that a burst is over */
    double loss = c->loss / 1e6;
    double change = n->in_burst ? over : over * loss / (1 - loss);

    if (by_chance(&n->run->seed, (unsigned)(1e6 * change)))
        n->in_burst = !n->in_burst;
}

static bool is_lost(node *n)
{
    const conditions *c = n->run->conditions;

    return c->burst_ms != 0 ? n->in_burst : by_chance(&n->run->seed, c->loss);
}

/* When a frame that is sent now has gone out: frames wait for those before them. */
static uint64_t gone_out(node *n, bool back, size_t size)
{
    run *r = n->run;
    uint64_t *line_free = &n->line_free[back];

    if (r->conditions->rate == 0)
        return r->now;
    if (*line_free < r->now)
        *line_free = r->now;
    return *line_free += 1000 * size / r->conditions->rate;
}

static void put_packet(node *n, bool back, const void *data, size_t size, uint64_t out_at)
{
    run *r = n->run;
    packet p = {.at = out_at + 5 + next_random(&r->seed) % 20, .back = back, .size = size};

    if (r->conditions->mode == EXECWIRE_LINK_LOSSLESS)
        p.at = out_at;
    if (by_chance(&r->seed, r->conditions->late))
        p.at += next_random(&r->seed) % 5000;
    p.order = r->order++;
    p.data = malloc(size);
    memcpy(p.data, data, size);
    if (by_chance(&r->seed, r->conditions->damage))
        p.data[next_random(&r->seed) % size] ^= (uint8_t)(1u << next_random(&r->seed) % 8);
    n->packets = realloc(n->packets, (n->packet_count + 1) * sizeof *n->packets);
    n->packets[n->packet_count++] = p;
}

static void transmit(node *n, bool back, const void *data, size_t size)
{
    run *r = n->run;
    uint64_t out_at = gone_out(n, back, size);

    r->results.frames++;
    *(back ? &r->results.back : &r->results.forward) += size;
    if (!is_lost(n))
        put_packet(n, back, data, size, out_at);
    if (by_chance(&r->seed, r->conditions->duplicates))
        put_packet(n, back, data, size, out_at);
}

static void emit(void *context, const void *frame, size_t size)
{
    node *n = context;

    if (size > n->run->conditions->mtu) {
        fprintf(stderr, "link_sim: a frame of %zu bytes\n", size);
        exit(1);
    }
    if (n->run->conditions->tap != NULL)
        n->run->conditions->tap(n->run->conditions->tap_context, frame, size);
    transmit(n, false, frame, size);
}

static const execwire_state *recall(void *context, unsigned ref)
{
    node *n = context;
    const course *c = &n->run->courses[n->execution_of[ref]];

    return c->newest != NULL ? &c->newest->state : NULL;
}

/* ---- Both ends ---- */

static void start_sender(node *n)
{
    const conditions *c = n->run->conditions;
    execwire_link_sender_options options = {.mode = c->mode,
                                            LENT_TO_SENDER(n),
                                            .mtu = c->mtu,
                                            LENT_TEXTS(n),
                                            .node = n->sender.options.node,
                                            .emit = emit,
                                            .recall = recall,
                                            .context = n};

    options.execution_count = c->refs;
    if (execwire_link_sender_init(&n->sender, &options, NULL) != EXECWIRE_OK)
        exit(1);
    execwire_link_restore_session(&n->sender, n->stored_session);
    n->stored_session = execwire_link_session(&n->sender);
    n->sender_next = 0;
}

static void start_receiver(node *n)
{
    const conditions *c = n->run->conditions;
    execwire_link_receiver_options options = {.mode = c->mode, LENT_TO_RECEIVER(n)};

    options.context_count = c->refs;
    if (execwire_link_receiver_init(&n->receiver, &options, NULL) != EXECWIRE_OK)
        exit(1);
    memset(n->knows, 0, sizeof n->knows);
    n->receiver_next = 0;
}

/* The update that a state that came out is: NULL when no sender had it. */
static const update *find_update(const run *r, execwire_str message)
{
    for (size_t i = r->given; i-- > 0;) {
        const update *u = &r->all->updates[i];

        if (u->wire.size == message.size && memcmp(u->wire.data, message.data, message.size) == 0)
            return u;
    }
    return NULL;
}

static void receive(node *n, const packet *p)
{
    run *r = n->run;
    execwire_link_event event;
    const update *u;

    (void)execwire_link_receive(&n->receiver, p->data, p->size, r->now, &event, NULL);
    n->receiver_next = 0;
    if (event.state == NULL)
        return;
    u = find_update(r, event.message);
    if (u == NULL || &r->nodes[u->node] != n) {
        r->results.wrong++;
        return;
    }
    n->knows[event.ref] = u->execution + 1;
    r->courses[u->execution].ref = event.ref;
    if (r->courses[u->execution].got == NULL || u > r->courses[u->execution].got)
        r->courses[u->execution].got = u;
}

static void deliver(node *n)
{
    run *r = n->run;

    for (;;) {
        size_t first = n->packet_count;
        packet p;

        for (size_t i = 0; i < n->packet_count; i++)
            if (n->packets[i].at <= r->now &&
                (first == n->packet_count || n->packets[i].at < n->packets[first].at ||
                 (n->packets[i].at == n->packets[first].at &&
                  n->packets[i].order < n->packets[first].order)))
                first = i;
        if (first == n->packet_count)
            return;
        p = n->packets[first];
        n->packets[first] = n->packets[--n->packet_count];
        if (p.back)
            (void)execwire_link_feedback(&n->sender, p.data, p.size, NULL);
        else
            receive(n, &p);
        n->sender_next = p.back ? 0 : n->sender_next;
        free(p.data);
    }
}

static void poll_node(node *n)
{
    run *r = n->run;
    uint8_t out[256];
    size_t size;

    if (r->conditions->burst_ms != 0)
        change_channel(n);
    deliver(n);
    while (n->sender_next <= r->now) {
        n->sender_next = execwire_link_sender_poll(&n->sender, r->now);
        if (n->sender_next > r->now)
            break;
    }
    while (n->receiver_next <= r->now) {
        size_t room = r->conditions->mtu < sizeof out ? r->conditions->mtu : sizeof out;

        n->receiver_next = execwire_link_receiver_poll(&n->receiver, r->now, out, room, &size);
        if (size > 0)
            transmit(n, true, out, size);
    }
}

/* ---- Time ---- */

static void give(run *r, const update *u)
{
    node *n = &r->nodes[u->node];
    unsigned ref = 0;

    if (by_chance(&r->seed, r->conditions->reboots))
        start_sender(n);
    if (by_chance(&r->seed, r->conditions->reboots))
        start_receiver(n);
    r->given++;
    r->courses[u->execution].newest = u;
    r->courses[u->execution].given = r->now;
    if (execwire_link_update(&n->sender, &u->state, r->now, &ref, NULL) != EXECWIRE_OK)
        exit(1);
    n->execution_of[ref] = u->execution;
    n->sender_next = 0;
    r->results.updates++;
    deliver(n);
}

/* Whether the receiver says of its state that there may be a newer one. It does not of an execution
 * whose ref it has for another one since. */
static bool is_flagged(const run *r, const course *c)
{
    const node *n = &r->nodes[c->newest->node];
    execwire_link_view view;

    return n->knows[c->ref] == c->newest->execution + 1 &&
           execwire_link_receiver_view(&n->receiver, c->ref, r->now, &view) && view.suspect;
}

static void observe(run *r)
{
    for (unsigned i = 0; i < r->all->executions; i++) {
        const course *c = &r->courses[i];

        if (c->newest == NULL || (c->newest->last && r->now > c->newest->ms + OBSERVED_MS))
            continue;
        r->results.observed += STEP_MS;
        if (c->got == c->newest || r->now < c->given + LATENCY_MS)
            continue;
        r->results.stale += STEP_MS;
        if (c->got == NULL || !is_flagged(r, c))
            r->results.unflagged += STEP_MS;
    }
}

static void add_stats(results *to, const execwire_link_sender_stats *from)
{
    const uint32_t *source = &from->updates;
    uint32_t *sum = &to->sender.updates;

    do
        *sum += *source++;
    while (sum++ < &to->sender.reused);
}

void add_results(results *to, const results *from)
{
    const uint64_t *source = &from->forward;
    uint64_t *sum = &to->forward;

    do
        *sum += *source++;
    while (sum++ < &to->wrong);
    add_stats(to, &from->sender);
}

static void open_run(run *r)
{
    const size_t count = r->all->nodes;

    r->nodes = calloc(count, sizeof *r->nodes);
    r->courses = calloc(r->all->executions, sizeof *r->courses);
    for (size_t i = 0; i < r->all->count; i++)
        r->nodes[r->all->updates[i].node].sender.options.node = r->all->updates[i].state.node_id;
    for (size_t i = 0; i < count; i++) {
        node *n = &r->nodes[i];

        n->run = r;
        start_sender(n);
        start_receiver(n);
    }
}

static void close_run(run *r)
{
    for (unsigned i = 0; i < r->all->executions; i++)
        r->results.missing += r->courses[i].got == NULL || !r->courses[i].got->last;
    for (size_t i = 0; i < r->all->nodes; i++) {
        node *n = &r->nodes[i];

        add_stats(&r->results, &n->sender.stats);
        for (size_t j = 0; j < n->packet_count; j++)
            free(n->packets[j].data);
        free(n->packets);
    }
    free(r->nodes);
    free(r->courses);
}

results simulate(const load *all, const conditions *c)
{
    run r = {.all = all, .conditions = c, .seed = c->seed};
    uint64_t end = all->updates[all->count - 1].ms + DRAIN_MS;

    open_run(&r);
    for (r.now = 0; r.now < end; r.now += STEP_MS) {
        while (r.given < all->count && all->updates[r.given].ms <= r.now)
            give(&r, &all->updates[r.given]);
        for (size_t i = 0; i < all->nodes; i++)
            poll_node(&r.nodes[i]);
        observe(&r);
    }
    close_run(&r);
    return r.results;
}
