/* gateway: frames of many nodes to states.
 *
 * SPDX-License-Identifier: Apache-2.0 */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
#define _GNU_SOURCE /* ppoll */
#include "cli/command.h"
#include "cli/gateway_metrics.h"
#include "cli/gateway_udp.h"
#include "cli/link.h"
#include "cli/link_states.h"

#include <execwire/gateway.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_NODES 16384
#define FEWEST_NODES  4 /* as <execwire/gateway.h> has both */
#define MOST_NODES    16777216
/* What is known of a node's executions, as a rule: room is taken as it is used. */
#define STORE_A_NODE ((size_t)8 << 10)
/* Room for large frames of all nodes, as a rule, and for at least so many nodes. */
#define PIECES            ((size_t)256 << 20)
#define FEWEST_ASSEMBLIES 8
#define MOST_ASSEMBLIES   4096
/* So often it looks after those who ask for metrics and say nothing. */
#define LONGEST_WAIT_MS 1000
/* At its end it takes what has come for so long at most: more may come all the time. */
#define LAST_MS 1000
/* Batches that are taken before states are written out and nodes answered. */
#define BATCHES 4

typedef struct gateway_options {
    cli_options common;
    link_options link;
    link_states states;
    const char *metrics; /* a place; may be NULL */
    size_t max_nodes;
} gateway_options;

typedef struct gatewaying {
    cli_job *job;
    const gateway_options *options;
    execwire_gateway gateway;
    hub udp;
    metrics metrics;
    uint64_t frames; /* that are good */
    uint64_t bad;    /* states that cannot be written */
    bool told_room;  /* that something is too large */
} gatewaying;

static volatile sig_atomic_t is_to_end;

static void end(int number)
{
    (void)number;
    is_to_end = 1;
}

/* ---- What is said ---- */

static void tell_forgotten(void *context, uint32_t node, execwire_str name)
{
    const gatewaying *g = context;

    (void)node;
    if (!g->options->common.quiet)
        report("gateway: node %.*s made room for others (--max-nodes)", (int)name.size,
               name.size > 0 ? name.data : "");
}

static void tell_event(gatewaying *g, const execwire_gateway_event *event, execwire_str from)
{
    char text[EXECWIRE_LINK_NODE_SIZE], place[80];
    execwire_str name;
    const char *what = event->met         ? "is new"
                       : event->restarted ? "began another session"
                       : event->moved     ? "moved"
                                          : NULL;

    if (event->link.outcome == EXECWIRE_LINK_NO_ROOM && !g->told_room) {
        g->told_room = true;
        report("gateway: a state is larger than there is room for: raise --max-message (%zu)",
               g->options->common.max_message);
    }
    if (!g->options->states.status || what == NULL)
        return;
    name = execwire_gateway_name(&g->gateway, event->node, text);
    report("gateway: node %.*s %s, at %s", (int)name.size, name.size > 0 ? name.data : "", what,
           hub_name(from, place));
}

/* ---- Frames ---- */

/* A state that cannot be written is said, and the node need not send it again. */
static bool write_state(gatewaying *g, const execwire_state *state)
{
    fault why;
    outcome result =
        link_write_state(g->job, state, &g->options->states, g->options->common.framing, &why);

    if (result == OUTCOME_DATA) {
        g->bad++;
        (void)report_error("gateway", "", &why.error);
    }
    return result != OUTCOME_IO;
}

static bool take_frame(gatewaying *g, execwire_str place, execwire_str frame, uint64_t now)
{
    execwire_gateway_event event;

    if (execwire_gateway_receive(&g->gateway, place, frame.data, frame.size, now, &event, NULL) !=
        EXECWIRE_OK)
        return true;
    g->frames++;
    tell_event(g, &event, place);
    return event.link.state == NULL || write_state(g, event.link.state);
}

static uint64_t nanoseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Takes what there is, at most a few batches; `*all`: nothing was left. False: a state could not be
 * written. */
static bool take_frames(gatewaying *g, bool *all)
{
    unsigned count = HUB_BATCH;

    for (unsigned i = 0; i < BATCHES && count == HUB_BATCH; i++) {
        uint64_t before = nanoseconds();

        count = hub_receive(&g->udp);
        for (unsigned j = 0; j < count; j++)
            if (!take_frame(g, hub_source(&g->udp, j), hub_frame(&g->udp, j), before / 1000000))
                return false;
        metrics_note(&g->metrics, count, nanoseconds() - before);
    }
    *all = count < HUB_BATCH;
    return true;
}

/* Sends the feedback that is due at a time, and returns when more is. */
static uint64_t answer(gatewaying *g, uint64_t now)
{
    uint64_t due;

    do {
        void *room = hub_room(&g->udp);
        execwire_str place;
        size_t size;

        due = execwire_gateway_poll(&g->gateway, now, room, g->options->link.mtu, &size, &place);
        if (size > 0)
            hub_send(&g->udp, place, size);
    } while (due <= now);
    hub_flush(&g->udp);
    return due;
}

/* ---- Waiting ---- */

/* Waits until there are frames, something is due, or the end has come; meanwhile tells who asks. */
static bool wait_for_frames(gatewaying *g, uint64_t due, const sigset_t *others)
{
    struct pollfd fds[1 + METRICS_FDS] = {{.fd = g->udp.fd, .events = POLLIN}};
    uint64_t now = link_now();
    uint64_t left = due > now ? due - now : 0;
    struct timespec time;

    if (left > LONGEST_WAIT_MS)
        left = LONGEST_WAIT_MS;
    time = (struct timespec){(time_t)(left / 1000), (long)(left % 1000) * 1000000};
    metrics_fds(&g->metrics, fds + 1);
    if (ppoll(fds, 1 + METRICS_FDS, &time, others) < 0) {
        if (errno == EINTR)
            return true;
        (void)report_errno("poll");
        return false;
    }
    metrics_serve(&g->metrics, fds + 1, &g->gateway, link_now());
    return true;
}

/* SIGTERM and SIGINT end it in an orderly way, and come while it waits alone. */
static void take_signals(sigset_t *others)
{
    const struct sigaction action = {.sa_handler = end};
    sigset_t ours;

    sigemptyset(&ours);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGINT);
    sigprocmask(SIG_BLOCK, &ours, others);
    sigdelset(others, SIGTERM);
    sigdelset(others, SIGINT);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

/* A signal does not come while there are frames whenever it would wait. */
static bool has_to_end(void)
{
    sigset_t pending;

    sigemptyset(&pending);
    (void)sigpending(&pending);
    return is_to_end || sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
}

/* States are written out before they are acknowledged. */
static outcome run(gatewaying *g)
{
    sigset_t others;
    uint64_t last;
    bool good = true;

    take_signals(&others);
    while (good && !has_to_end()) {
        uint64_t due = answer(g, link_now());
        bool all;

        good =
            wait_for_frames(g, due, &others) && take_frames(g, &all) && output_settle(&g->job->out);
    }
    last = link_now() + LAST_MS;
    for (bool all = false; good && !all && link_now() < last;) /* what has come before the end */
        good = take_frames(g, &all);
    if (!good || !output_settle(&g->job->out))
        return OUTCOME_IO;
    (void)answer(g, link_now() + g->options->link.ack_ms);
    return g->bad > 0 ? OUTCOME_DATA : OUTCOME_GOOD;
}

/* ---- Start and end ---- */

static void lend_memory(execwire_gateway_options *lent, const gateway_options *options)
{
    size_t nodes = options->max_nodes;
    size_t most = options->common.max_message;
    size_t assemblies = PIECES / (EXECWIRE_GATEWAY_TRANSFERS * LINK_TRANSFER_OF(most));

    if (assemblies < FEWEST_ASSEMBLIES)
        assemblies = FEWEST_ASSEMBLIES;
    lent->assembly_count = assemblies < MOST_ASSEMBLIES ? assemblies : MOST_ASSEMBLIES;
    lent->node_count = nodes;
    lent->source_count = 2 * lent->node_count;
    lent->text_capacity = 2 * (most + LINK_FRAME_OVERHEAD);
    lent->store_capacity = nodes * STORE_A_NODE + 8 * lent->text_capacity;
    lent->entry_capacity = most / 4 + 1;
    lent->piece_capacity =
        lent->assembly_count * EXECWIRE_GATEWAY_TRANSFERS * LINK_TRANSFER_OF(most);
    lent->nodes = reallocate_array(NULL, lent->node_count, sizeof *lent->nodes);
    lent->sources = reallocate_array(NULL, lent->source_count, sizeof *lent->sources);
    lent->assemblies = reallocate_array(NULL, lent->assembly_count, sizeof *lent->assemblies);
    lent->store = reallocate(NULL, lent->store_capacity);
    lent->pieces = reallocate(NULL, lent->piece_capacity);
    lent->text = reallocate(NULL, lent->text_capacity);
    lent->entries = reallocate_array(NULL, lent->entry_capacity, sizeof *lent->entries);
}

static bool start(gatewaying *g)
{
    execwire_gateway_options lent = {.mode = g->options->link.one_way ? EXECWIRE_LINK_ONE_WAY
                                                                      : EXECWIRE_LINK_TWO_WAY,
                                     .ack_ms = g->options->link.ack_ms,
                                     .want_ms = g->options->link.want_ms,
                                     .fresh_ms = g->options->link.fresh_ms,
                                     .forget = tell_forgotten,
                                     .context = g};

    if (getrandom(&lent.seed, sizeof lent.seed, 0) != (ssize_t)sizeof lent.seed)
        return report_errno("getrandom") == OUTCOME_GOOD;
    lend_memory(&lent, g->options);
    return execwire_gateway_init(&g->gateway, &lent, NULL) == EXECWIRE_OK &&
           metrics_open(&g->metrics, g->options->metrics) &&
           hub_open(&g->udp, g->options->link.udp, g->options->link.mtu);
}

static outcome run_gateway(cli_job *job)
{
    const gateway_options *options = job->verb_options;
    gatewaying *g = memset(reallocate(NULL, sizeof *g), 0, sizeof *g);

    job->own = g;
    g->job = job;
    g->options = options;
    g->udp.fd = -1;
    (void)metrics_open(&g->metrics, NULL);
    if (options->link.udp == NULL) {
        report("gateway: --udp [HOST:]PORT says where frames come from");
        return OUTCOME_USAGE;
    }
    return start(g) ? run(g) : OUTCOME_IO;
}

static void tell_summary(const gatewaying *g)
{
    const execwire_gateway_stats *stats = &g->gateway.stats;

    report("gateway: %" PRIu64 " frames, %" PRIu32 " states of %" PRIu32 " nodes; %" PRIu64
           " bytes came, %" PRIu64 " went back; frames dropped: %" PRIu32,
           g->frames, stats->link.outcomes[EXECWIRE_LINK_STATE], stats->nodes, stats->link.bytes,
           stats->sent, stats->link.malformed);
}

static outcome gateway_finish(cli_job *job, bool good)
{
    gatewaying *g = job->own;
    const execwire_gateway_options *lent;

    (void)good;
    if (g == NULL)
        return OUTCOME_GOOD;
    lent = &g->gateway.options;
    if (g->udp.fd >= 0 && !g->options->common.quiet)
        tell_summary(g);
    hub_close(&g->udp);
    metrics_close(&g->metrics);
    free(lent->nodes);
    free(lent->sources);
    free(lent->assemblies);
    free(lent->store);
    free(lent->pieces);
    free(lent->text);
    free(lent->entries);
    return OUTCOME_GOOD;
}

/* ---- The command ---- */

static const char *gateway_remedy(const void *verb_options)
{
    const gateway_options *options = verb_options;

    return options->states.protobuf ? command_remedy(options->common.framing) : NULL;
}

static bool set_max_nodes(void *out, const char *argument)
{
    const size_t *nodes = out;

    return option_size(out, argument) && *nodes >= FEWEST_NODES && *nodes <= MOST_NODES;
}

static const cli_option of_gateway[] = {
    {.name = "metrics",
     .argument = "PLACE",
     .help = "figures for Prometheus at http://[HOST:]PORT/metrics",
     .set = link_place,
     .at = offsetof(gateway_options, metrics)},
    {.name = "max-nodes",
     .argument = "NUMBER",
     .help = "nodes that are known at a time (16384)",
     .set = set_max_nodes,
     .at = offsetof(gateway_options, max_nodes)},
};
static const option_group options_gateway = {LINK_TITLE, of_gateway, OPTION_COUNT(of_gateway)};

static const gateway_options gateway_defaults = {
    .common = {CLI_DEFAULTS}, .link = {LINK_OPTIONS_DEFAULTS}, .max_nodes = DEFAULT_NODES};
static const option_use gateway_uses[] = {{&options_messages, 0},
                                          {&options_link, offsetof(gateway_options, link)},
                                          {&options_states, offsetof(gateway_options, states)},
                                          {&options_gateway, 0},
                                          {&options_keys, offsetof(gateway_options, states.json)},
                                          {&options_run, 0},
                                          {NULL, 0}};
const cli_command gateway_command = {.name = "gateway",
                                     .summary = "frames of many nodes to states",
                                     .example = "execwire gateway --udp :4000 -o states.jsonl",
                                     .options = gateway_uses,
                                     .defaults = &gateway_defaults,
                                     .options_size = sizeof gateway_defaults,
                                     .appends = true,
                                     .no_files = true,
                                     .remedy = gateway_remedy,
                                     .run = run_gateway,
                                     .finish = gateway_finish};
