/* SPDX-License-Identifier: Apache-2.0 */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
#define _GNU_SOURCE /* ppoll */
#include "cli/gateway/work.h"

#include "cli/base/io.h"
#include "cli/gateway/log.h"
#include "cli/link.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

/* So often it looks after those who ask for metrics and say nothing, and after engines. */
#define LONGEST_WAIT_MS 1000
/* At its end it takes what has come for so long at most: more may come all the time. */
#define LAST_MS 1000
/* And waits so long for engines. */
#define DRAIN_MS 10000
/* Batches of each carrier that are taken before states are written out and nodes answered; with
 * engines, which may be far away, more. */
#define BATCHES        4
#define ENGINE_BATCHES 32
/* When states have waited for so long, that is said. */
#define WAIT_TOLD_MS 5000

static volatile sig_atomic_t is_to_end;
static volatile sig_atomic_t is_to_open_anew;

static void note_signal(int number)
{
    if (number == SIGHUP)
        is_to_open_anew = 1;
    else
        is_to_end = 1;
}

/* ---- Frames ---- */

/* A state that cannot be written is said, and the node need not send it again. */
static bool write_state(gateway_work *w, const execwire_gateway_event *event, uint64_t now)
{
    const gateway_options *options = w->options;
    const execwire_state *state = event->link.state;
    outcome result = OUTCOME_GOOD;
    fault why;

    if (options->to.count == 0 || options->common.output != NULL) {
        result = link_write_state(w->job, state, &options->states, options->common.framing, &why);
        if (result == OUTCOME_DATA)
            (void)report_error("gateway", "", &why.error);
    }
    if (result == OUTCOME_GOOD) {
        char text[EXECWIRE_LINK_NODE_SIZE];
        execwire_str node = execwire_gateway_name(&w->gateway, event->node, text);

        result = engines_put(&w->to, node, state, now);
    }
    w->bad += result == OUTCOME_DATA;
    return result != OUTCOME_IO;
}

static void tell(gateway_work *w, const execwire_gateway_event *event, execwire_str from)
{
    if (event->link.outcome == EXECWIRE_LINK_NO_ROOM && !w->told_room) {
        w->told_room = true;
        log_no_room(w->options->common.max_message);
    }
    if (w->options->states.status)
        log_node(&w->gateway, event, &w->from, from);
}

static bool take_frame(gateway_work *w, execwire_str from, execwire_str frame, uint64_t now)
{
    execwire_gateway_event event;

    if (execwire_gateway_receive(&w->gateway, from, frame.data, frame.size, now, &event, NULL) !=
        EXECWIRE_OK)
        return true;
    w->frames++;
    keep_note(&w->kept, &w->gateway, event.node, now);
    tell(w, &event, from);
    return event.link.state == NULL || write_state(w, &event, now);
}

static uint64_t nanoseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Takes what a carrier has, at most a few batches; `*all`, where nothing was left. False: a state
 * could not be written. */
static bool take_frames_of(gateway_work *w, unsigned number, bool *all)
{
    carrier *c = w->from.of[number];
    unsigned batches = w->to.count > 0 ? ENGINE_BATCHES : BATCHES;
    bool more = true;

    for (unsigned i = 0; i < batches && more; i++) {
        uint64_t before = nanoseconds();
        unsigned count = c->kind->receive(c, &more);

        for (unsigned j = 0; j < count; j++) {
            carrier_frame frame = c->kind->frame(c, j);
            char room[1 + CARRIER_SOURCE_SIZE];

            if (!take_frame(w, carriers_source(number, frame.source, room), frame.bytes,
                            before / 1000000))
                return false;
        }
        figures_note(&w->metrics.figures, count, nanoseconds() - before);
    }
    *all = !more;
    return true;
}

static bool take_frames(gateway_work *w, bool *all)
{
    *all = true;
    for (unsigned i = 0; i < w->from.count; i++) {
        bool all_of = false;

        if (!take_frames_of(w, i, &all_of))
            return false;
        *all = *all && all_of;
    }
    return true;
}

/* Sends the feedback that is due at a time, and returns when more is. */
static uint64_t answer(gateway_work *w, uint64_t now)
{
    uint64_t due;

    do {
        execwire_str from;
        size_t size;

        due = execwire_gateway_poll(&w->gateway, now, w->feedback, w->mtu, &size, &from);
        if (size > 0)
            carriers_send(&w->from, from, w->feedback, size);
    } while (due <= now);
    carriers_flush(&w->from);
    return due;
}

/* ---- Engines ---- */

/* Whether all that came is safe, so that it can be acknowledged. */
static bool is_settled(gateway_work *w, uint64_t now)
{
    if (w->to.count == 0)
        return true;
    if (!engines_settle(&w->to)) {
        if (!w->told_wait && now - w->to.since >= WAIT_TOLD_MS) {
            w->told_wait = true;
            log_waiting(now - w->to.since);
        }
        return false;
    }
    if (w->told_wait)
        log_settled(now - w->to.since);
    w->told_wait = false;
    return true;
}

/* ---- What is kept ---- */

/* What a record has is not told again: it has to be on the disk before. */
static bool flush_output(gateway_work *w)
{
    if (io_flush_to_disk(w->job->out.fd))
        return true;
    (void)report_errno(w->job->out.name);
    return false;
}

/* Writes what is due to be kept, one file at a time, as all that came is safe; `*due`, when more
 * is, unless something else is before. False: reported. What could not be kept is tried again. */
static bool keep_some(gateway_work *w, uint64_t now, uint64_t *due)
{
    if (keep_due(&w->kept) <= now) {
        if (!flush_output(w))
            return false;
        (void)keep_write_due(&w->kept, &w->gateway, now);
    }
    if (keep_due(&w->kept) < *due)
        *due = keep_due(&w->kept);
    return true;
}

/* ---- Waiting ---- */

/* Waits until there are frames, where `frames` are wanted, or something else is to be done;
 * meanwhile tells who asks. False: reported. */
static bool wait_for_work(gateway_work *w, bool frames, uint64_t due)
{
    struct pollfd fds[METRICS_FDS + ENGINES_MOST + CARRIERS_MOST];
    nfds_t count = METRICS_FDS;
    uint64_t now = link_now();
    uint64_t left = due > now ? due - now : 0;
    struct timespec time;

    if (left > LONGEST_WAIT_MS)
        left = LONGEST_WAIT_MS;
    time = (struct timespec){(time_t)(left / 1000), (long)(left % 1000) * 1000000};
    metrics_fds(&w->metrics, fds);
    count += engines_fds(&w->to, fds + count);
    if (frames)
        count += carriers_fds(&w->from, fds + count);
    if (ppoll(fds, count, &time, &w->others) < 0) {
        if (errno == EINTR)
            return true;
        (void)report_errno("poll");
        return false;
    }
    metrics_serve(&w->metrics, fds,
                  &(figures_of){&w->gateway, &w->from, &w->to, &w->job->out.written}, link_now());
    return true;
}

/* Those that end it in an orderly way, and the one that another program's renaming is followed by.
 */
static const int signals[] = {SIGTERM, SIGINT, SIGHUP};

void gateway_take_signals(gateway_work *w)
{
    const struct sigaction action = {.sa_handler = note_signal};
    sigset_t ours;

    sigemptyset(&ours);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaddset(&ours, signals[i]);
    sigprocmask(SIG_BLOCK, &ours, &w->others);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        sigdelset(&w->others, signals[i]);
        sigaction(signals[i], &action, NULL);
    }
}

/* A signal does not come while there are frames whenever it would wait: those that do are taken
 * here. */
static void look_for_signals(void)
{
    const struct timespec none = {0, 0};
    sigset_t ours;
    int number;

    sigemptyset(&ours);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaddset(&ours, signals[i]);
    while ((number = sigtimedwait(&ours, NULL, &none)) > 0)
        note_signal(number);
}

static bool has_to_end(void)
{
    look_for_signals();
    return is_to_end;
}

/* ---- After SIGHUP ---- */

static bool read_keys_anew(gateway_work *w)
{
    bool good;
    keys k;

    if (!keys_read(&k, w->options->link.keys))
        return false;
    good = carriers_rekey(&w->from, &k);
    keys_free(&k);
    return good;
}

static void open_anew(gateway_work *w)
{
    log_opened(w->job->out.name, output_open_anew(&w->job->out));
    if (w->options->link.keys != NULL)
        log_keys(w->options->link.keys, read_keys_anew(w));
    carriers_reread(&w->from);
    engines_reread(&w->to);
}

/* ---- The work ---- */

/* Nodes are answered when all that they said is safe, and as a rule more is taken then: that bounds
 * what waits for engines. */
static bool work(gateway_work *w)
{
    uint64_t due = EXECWIRE_LINK_NEVER;
    bool settled = is_settled(w, link_now());
    bool more = settled || engines_have_room(&w->to);
    bool all;

    if (settled) {
        carriers_settle(&w->from);
        due = answer(w, link_now());
        if (!keep_some(w, link_now(), &due))
            return false;
    }
    if (!wait_for_work(w, more, due) || (more && !take_frames(w, &all)) ||
        !output_settle(&w->job->out))
        return false;
    if (is_to_open_anew) {
        is_to_open_anew = 0;
        open_anew(w);
    }
    return !w->job->out.failed;
}

/* Takes what has come before the end, and lets engines have it. Without them it is not
 * acknowledged. */
static bool drain(gateway_work *w)
{
    uint64_t now = link_now();
    uint64_t last = now + DRAIN_MS;
    bool settled = is_settled(w, now);

    for (bool all = false; settled && !all && link_now() < now + LAST_MS;)
        if (!take_frames(w, &all))
            return false;
    if (!output_settle(&w->job->out))
        return false;
    while (!(settled = is_settled(w, link_now())) && link_now() < last)
        if (!wait_for_work(w, false, last))
            return false;
    if (!settled) {
        report("gateway: what --to has not taken comes again from its nodes");
        return false;
    }
    carriers_settle(&w->from);
    (void)answer(w, link_now() + w->options->link.ack_ms);
    return w->options->state == NULL ||
           (flush_output(w) && keep_write_all(&w->kept, &w->gateway, link_now()));
}

outcome gateway_run(gateway_work *w)
{
    bool good = true;

    while (good && !has_to_end())
        good = work(w);
    if (!good || !drain(w))
        return OUTCOME_IO;
    return w->bad > 0 || engines_refused(&w->to) > 0 ? OUTCOME_DATA : OUTCOME_GOOD;
}
