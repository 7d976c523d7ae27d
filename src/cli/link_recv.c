/* link recv: frames to states.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/link.h"
#include "cli/link_states.h"
#include "cli/recv_line.h"

#include <execwire/link_frame.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TRANSFERS 16
/* With --status, how often the age of what is known is looked at, in milliseconds. */
#define STATUS_MS 1000

/* What is known of an execution. */
typedef enum standing {
    STANDING_NONE,
    STANDING_CURRENT,
    STANDING_SILENT,
    STANDING_SUSPECT
} standing;

typedef struct recv_options {
    cli_options common;
    link_options link;
    link_states states;
    const char *state; /* a file; may be NULL */
} recv_options;

typedef struct receiving {
    const recv_options *options;
    output *out;
    execwire_link_mode mode;
    execwire_link_receiver receiver;
    execwire_link_context contexts[EXECWIRE_LINK_MAX_REFS];
    execwire_link_transfer transfers[TRANSFERS];
    standing told[EXECWIRE_LINK_MAX_REFS]; /* by --status */
    recv_line line;
    void *feedback; /* room for a frame */
    int frames_fd;
    uint64_t dropped; /* damaged frames */
    bool told_node;   /* that another node sends here */
    bool told_room;   /* that something is too large */
    uint64_t unheard; /* frames before the first hello, where nothing gets lost */
} receiving;

/* ---- Status ---- */

static standing standing_of(const receiving *r, unsigned ref)
{
    execwire_link_view view;

    if (!execwire_link_receiver_view(&r->receiver, ref, link_now(), &view))
        return STANDING_NONE;
    if (view.suspect)
        return STANDING_SUSPECT;
    return view.current ? STANDING_CURRENT : STANDING_SILENT;
}

/* Says what has changed; that a new execution is current goes without saying. */
static void tell_standings(receiving *r)
{
    static const char *const texts[] = {"forgotten", "current", "silent", "suspect"};

    for (unsigned ref = 0; ref < EXECWIRE_LINK_MAX_REFS; ref++) {
        standing now = standing_of(r, ref);

        if (now != r->told[ref] && (r->told[ref] != STANDING_NONE || now != STANDING_CURRENT))
            report("ref %u: %s", ref, texts[now]);
        r->told[ref] = now;
    }
}

static void tell_wants(void *context, const execwire_field_view *field)
{
    execwire_str rest = field->bytes;
    uint32_t want;

    (void)context;
    while (field->number == EXECWIRE_FRAME_WANTS && execwire_frame_next_number(&rest, &want))
        if (want == EXECWIRE_WANT_HELLO)
            report("wants the hello");
        else
            report("wants ref %" PRIu32, want);
}

/* ---- The way back ---- */

/* Sends the feedback that is due, and returns when more is. */
static uint64_t answer(receiving *r)
{
    uint64_t now = link_now();

    for (;;) {
        size_t size;
        uint64_t due = execwire_link_receiver_poll(&r->receiver, now, r->feedback,
                                                   link_mtu(&r->options->link), &size);

        if (size > 0 && r->options->states.status)
            (void)execwire_visit_frame(r->feedback, size, tell_wants, NULL, NULL,
                                       NULL); /* a good one */
        if (size > 0)
            recv_line_put(&r->line, r->feedback, size);
        if (due > now)
            return due;
    }
}

/* The input's `wait`. */
static bool wait_for_frames(void *context)
{
    receiving *r = context;

    for (;;) {
        uint64_t due = answer(r);
        bool has_frames;
        bool unused;

        if (r->options->states.status) {
            uint64_t next = link_now() + STATUS_MS;

            tell_standings(r);
            due = due < next ? due : next;
        }
        if (!output_settle(r->out) || !recv_line_settle(&r->line) ||
            !link_wait(r->frames_fd, &has_frames, -1, &unused, due))
            return false;
        if (has_frames) {
            recv_line_meet(&r->line);
            return true;
        }
    }
}

/* ---- Frames ---- */

/* Where nothing gets lost, a receiver that was started after its sender hears what it cannot use
 * until the next hello: it waits for that. */
static bool waits_for_hello(receiving *r, const execwire_link_event *event)
{
    if (r->mode != EXECWIRE_LINK_LOSSLESS || event->outcome != EXECWIRE_LINK_NO_SESSION)
        return false;
    if (r->unheard++ == 0)
        report("link recv: waits for the sender's next hello; what comes before it is lost");
    return true;
}

/* Says that a frame gave nothing. Where nothing gets lost, that is an error. */
static void tell_event(receiving *r, source *from, const record *frame,
                       const execwire_link_event *event)
{
    const char *text = execwire_link_outcome_text(event->outcome);
    bool lossless = r->mode == EXECWIRE_LINK_LOSSLESS;

    if (event->outcome <= EXECWIRE_LINK_PIECE || (!lossless && !r->options->states.status) ||
        waits_for_hello(r, event))
        return;
    from->bad += lossless;
    if (event->has_ref)
        report("%s: message %" PRIu64 ": ref %u: %s", from->in.name, frame->number, event->ref,
               text);
    else
        report("%s: message %" PRIu64 ": %s", from->in.name, frame->number, text);
}

/* What somebody has to do something about is said once, whatever the link. */
static void tell_trouble(receiving *r, const execwire_link_event *event)
{
    if (event->outcome == EXECWIRE_LINK_OTHER_NODE && !r->told_node) {
        r->told_node = true;
        report(
            "link recv: a second node sends here, and is not heard: each needs a link recv of its "
            "own");
    }
    if (event->outcome == EXECWIRE_LINK_NO_ROOM && !r->told_room) {
        r->told_room = true;
        report("link recv: a state is larger than there is room for: raise --max-message (%zu)",
               r->options->common.max_message);
    }
}

/* How much a frame says of who sent it. What can be recorded and sent again says little. */
static udp_proof proof_of(execwire_link_outcome result)
{
    if (result == EXECWIRE_LINK_STATE)
        return UDP_NEWS;
    return result == EXECWIRE_LINK_HELLO || result == EXECWIRE_LINK_DIGEST ? UDP_GOOD : UDP_NOTHING;
}

/* A state that cannot be written is an error on every link. */
static outcome write_state(cli_job *job, source *from, const record *frame,
                           const execwire_state *state)
{
    const recv_options *options = job->verb_options;
    fault why;
    outcome result = link_write_state(job, state, &options->states, &framing_delimited, &why);

    if (result != OUTCOME_DATA)
        return result;
    from->good--;
    source_refuse(from, frame, &why);
    return OUTCOME_GOOD;
}

static outcome take_frame(cli_job *job, source *from, const record *frame, fault *why)
{
    receiving *r = job->own;
    execwire_link_event event;
    execwire_str opened;
    bool failed;

    if (!recv_line_take(&r->line, frame, &opened, &failed)) {
        (void)messages_refuse(why, EXECWIRE_ERROR_SEAL, 0);
        why->error.text = "not sealed with the node's key, or perhaps a recording";
        return failed ? OUTCOME_IO : OUTCOME_DATA;
    }
    if (execwire_link_receive(&r->receiver, opened.data, opened.size, link_now(), &event,
                              &why->error) != EXECWIRE_OK)
        return OUTCOME_DATA;
    from->good++;
    recv_line_trust(&r->line, proof_of(event.outcome), link_now());
    tell_trouble(r, &event);
    tell_event(r, from, frame, &event);
    return event.state != NULL ? write_state(job, from, frame, event.state) : OUTCOME_GOOD;
}

/* On a link that loses frames a damaged one is nothing unusual. */
static void refuse(receiving *r, source *from, const record *frame, const fault *why)
{
    if (r->mode == EXECWIRE_LINK_LOSSLESS) {
        source_refuse(from, frame, why);
        return;
    }
    r->dropped++;
    if (r->options->states.status)
        source_report(from, frame, why);
}

static outcome take_frames(cli_job *job, source *from)
{
    while (from->bad == 0 || job->options->keep_going) {
        record frame;
        fault why;
        outcome result = OUTCOME_DATA;
        next_result next = source_next_record(from, &frame, &why);

        if (next == NEXT_END)
            break;
        if (next == NEXT_RECORD)
            result = take_frame(job, from, &frame, &why);
        if (next == NEXT_FAILED || result == OUTCOME_IO)
            return OUTCOME_IO;
        if (result == OUTCOME_DATA)
            refuse(job->own, from, &frame, &why);
    }
    return from->bad > 0 ? OUTCOME_DATA : OUTCOME_GOOD;
}

/* ---- Start and end ---- */

static bool start(receiving *r)
{
    size_t most = r->options->common.max_message;
    execwire_link_receiver_options options = {.mode = r->mode,
                                              .ack_ms = r->options->link.ack_ms,
                                              .want_ms = r->options->link.want_ms,
                                              .fresh_ms = r->options->link.fresh_ms,
                                              .contexts = r->contexts,
                                              .context_count = EXECWIRE_LINK_MAX_REFS,
                                              .store_capacity = 8 * most,
                                              .text_capacity = 2 * (most + LINK_FRAME_OVERHEAD),
                                              .entry_capacity = most / 4 + 1,
                                              .transfers = r->transfers,
                                              .transfer_count = TRANSFERS,
                                              .piece_capacity = TRANSFERS * LINK_TRANSFER_OF(most)};

    options.store = reallocate(NULL, options.store_capacity);
    options.text = reallocate(NULL, options.text_capacity);
    options.entries = reallocate_array(NULL, options.entry_capacity, sizeof *options.entries);
    options.pieces = reallocate(NULL, options.piece_capacity);
    r->feedback = reallocate(NULL, r->options->link.mtu);
    return execwire_link_receiver_init(&r->receiver, &options, NULL) == EXECWIRE_OK;
}

/* Where nobody can be asked whether a sealed frame is a recording, what was heard has to be kept.
 */
static outcome check_state(const recv_options *options, execwire_link_mode mode)
{
    bool sealed_one_way = options->link.keys != NULL && mode != EXECWIRE_LINK_TWO_WAY;

    if (sealed_one_way == (options->state != NULL))
        return OUTCOME_GOOD;
    report(sealed_one_way ? "link recv: --keys needs --state where nothing comes back"
                          : "link recv: --state is for --keys where nothing comes back");
    return OUTCOME_USAGE;
}

static outcome open_receiving(cli_job *job)
{
    receiving *r = memset(reallocate(NULL, sizeof *r), 0, sizeof *r);
    const recv_options *options = job->verb_options;
    outcome result = link_mode(&options->link, job->command->name, &r->mode);

    job->own = r;
    r->options = options;
    r->out = &job->out;
    r->out->regular = false; /* a link that never ends is ended by a signal */
    if (result == OUTCOME_GOOD)
        result = check_state(options, r->mode);
    if (result == OUTCOME_GOOD &&
        (!recv_line_open(&r->line, &options->link, options->common.framing, options->state) ||
         !start(r)))
        result = OUTCOME_IO;
    return result;
}

static outcome recv_file(cli_job *job, source *from)
{
    outcome result = job->own == NULL ? open_receiving(job) : OUTCOME_GOOD;
    receiving *r = job->own;

    if (result == OUTCOME_GOOD && r->options->link.udp != NULL) {
        result = recv_line_listen(&r->line, r->options->link.udp, &from->in);
        from->messages.as = &framing_datagrams;
    }
    if (result != OUTCOME_GOOD)
        return result;
    r->frames_fd = from->in.fd;
    from->in.wait = wait_for_frames;
    from->in.wait_context = r;
    return take_frames(job, from);
}

static outcome recv_finish(cli_job *job, bool good)
{
    receiving *r = job->own;
    outcome result;

    (void)good;
    if (r == NULL)
        return OUTCOME_GOOD;
    result = recv_line_close(&r->line);
    if (r->unheard > 0) {
        report("link recv: frames before the first hello: %" PRIu64, r->unheard);
        result = OUTCOME_DATA;
    }
    if (r->dropped > 0 && !r->options->common.quiet)
        report("frames dropped: %" PRIu64, r->dropped);
    free(r->receiver.options.store);
    free(r->receiver.options.text);
    free(r->receiver.options.entries);
    free(r->receiver.options.pieces);
    free(r->feedback);
    return result;
}

/* ---- The command ---- */

static const char *recv_remedy(const void *verb_options)
{
    const recv_options *options = verb_options;

    return options->states.protobuf ? "leave --protobuf out, or use -o FILE" : NULL;
}

static const cli_option of_receiver[] = {
    {.name = "state",
     .argument = "FILE",
     .help = "with --keys where nothing comes back: what was heard, across restarts",
     .set = option_text,
     .at = offsetof(recv_options, state)},
};
static const option_group options_receiver = {LINK_TITLE, of_receiver, OPTION_COUNT(of_receiver)};

static const recv_options recv_defaults = {.common = {CLI_DEFAULTS, .frames = true},
                                           .link = {LINK_OPTIONS_DEFAULTS}};
static const option_use recv_uses[] = {{&options_frames, 0},
                                       {&options_messages, 0},
                                       {&options_link, offsetof(recv_options, link)},
                                       {&options_ends, offsetof(recv_options, link)},
                                       {&options_receiver, 0},
                                       {&options_states, offsetof(recv_options, states)},
                                       {&options_keys, offsetof(recv_options, states.json)},
                                       {&options_layout, offsetof(recv_options, states.json)},
                                       {&options_run, 0},
                                       {NULL, 0}};
const cli_command link_recv_command = {.name = "link recv",
                                       .summary = "frames of a link to states",
                                       .example = "execwire link recv --lossless frames",
                                       .options = recv_uses,
                                       .defaults = &recv_defaults,
                                       .options_size = sizeof recv_defaults,
                                       .remedy = recv_remedy,
                                       .file = recv_file,
                                       .finish = recv_finish};
