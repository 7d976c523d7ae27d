/* link send: states to frames.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/session.h"
#include "cli/command.h"
#include "cli/link.h"
#include "cli/link_line.h"
#include "cli/link_lost.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* Two-way: with so many executions whose last state is not acknowledged, no more states are read.
 * The refs of the others can be given away. */
#define WINDOW (EXECWIRE_LINK_MAX_REFS / 2)
/* How long it may take, at least, until somebody answers. */
#define ANSWER_MS 3000

/* The newest state of an execution, as a message. */
typedef struct newest {
    char *message;
    size_t size;
    size_t capacity;
} newest;

typedef struct send_options {
    cli_options common;
    link_options link;
    const char *session; /* a file; may be NULL */
} send_options;

typedef struct sending {
    const send_options *options;
    output *out;
    execwire_link_mode mode;
    execwire_link_sender sender;
    bool started;
    execwire_link_execution executions[EXECWIRE_LINK_MAX_REFS];
    newest newest[EXECWIRE_LINK_MAX_REFS]; /* by ref */
    link_lost lost;
    char words[EXECWIRE_LINK_WORDS_SIZE];
    execwire_link_packing packing;
    void *frame;
    char *node;
    execwire_state recalled;
    execwire_scratch scratch; /* of `recalled` */
    link_line line;
    int states_fd;
    uint64_t since; /* when the first state was sent */
    bool answered;  /* somebody has */
    bool warned;    /* that nobody has */
} sending;

/* ---- What the sender calls ---- */

static void emit(void *context, const void *frame, size_t size)
{
    sending *s = context;

    link_line_put(&s->line, frame, size);
}

static const execwire_state *recall(void *context, unsigned ref)
{
    sending *s = context;
    const newest *of = &s->newest[ref];
    execwire_code code = execwire_decode(of->message, of->size, &s->scratch, &s->recalled, NULL);

    if (code == EXECWIRE_ERROR_NO_SPACE) {
        s->scratch.entry_capacity = s->scratch.entry_count;
        s->scratch.entries = reallocate_array(s->scratch.entries, s->scratch.entry_capacity,
                                              sizeof *s->scratch.entries);
        code = execwire_decode(of->message, of->size, &s->scratch, &s->recalled, NULL);
    }
    return code == EXECWIRE_OK ? &s->recalled : NULL;
}

static void remember(newest *of, const execwire_state *state)
{
    (void)execwire_encode(state, NULL, 0, &of->size, NULL);
    if (of->size > of->capacity) {
        of->capacity = 2 * of->size;
        of->message = reallocate(of->message, of->capacity);
    }
    (void)execwire_encode(state, of->message, of->capacity, &of->size, NULL);
}

/* What comes before the first state is of another sender. */
static void take_feedback(void *context, const void *frame, size_t size)
{
    sending *s = context;

    if (s->started && execwire_link_feedback(&s->sender, frame, size, NULL) == EXECWIRE_OK)
        s->answered = true;
}

/* ---- Waiting ---- */

static size_t count_waiting(const sending *s)
{
    return s->started ? execwire_link_waiting(&s->sender) : 0;
}

/* Says it, once, when the hello had to be repeated and nothing has been acknowledged: nobody is
 * there, or somebody who hears another node. */
static void warn_of_silence(sending *s, uint64_t now)
{
    const link_options *link = &s->options->link;
    const char *place = link->udp != NULL    ? link->udp
                        : link->back != NULL ? link->back
                                             : "the other end of the broker";

    if (s->mode != EXECWIRE_LINK_TWO_WAY || s->sender.stats.acks > 0 || s->warned ||
        s->options->common.quiet || s->sender.hello_tries < 2 || now - s->since < ANSWER_MS)
        return;
    s->warned = true;
    report(s->answered ? "nothing acknowledged by %s yet" : "no answer from %s yet", place);
}

/* Sends what is due, and returns when more is. */
static uint64_t send_due(sending *s)
{
    uint64_t now = link_now();
    uint64_t due;

    if (!s->started)
        return EXECWIRE_LINK_NEVER;
    do
        due = execwire_link_sender_poll(&s->sender, now);
    while (due <= now);
    warn_of_silence(s, now);
    return due;
}

static bool is_full(const sending *s)
{
    return link_line_fd(&s->line) >= 0 && count_waiting(s) >= WINDOW;
}

/* Keeps the link going until there is something to read from `states`; -1: until more states may be
 * sent. False: failed. */
static bool keep_going(sending *s, int states)
{
    for (;;) {
        uint64_t due = send_due(s);
        bool full = is_full(s);
        bool has_states = false;
        bool has_back = false;

        if (states < 0 && !full)
            due = 0;
        if (!output_settle(s->out) ||
            !link_wait(full ? -1 : states, &has_states, link_line_fd(&s->line), &has_back, due))
            return false;
        if (has_back)
            link_line_take(&s->line, take_feedback, s);
        if (states < 0 ? !is_full(s) : has_states)
            return true;
    }
}

static bool wait_for_states(void *context)
{
    sending *s = context;

    return keep_going(s, s->states_fd);
}

/* Repeats what has not arrived. False: failed. */
static bool see_through(sending *s)
{
    bool two_way = s->mode == EXECWIRE_LINK_TWO_WAY;

    for (;;) {
        uint64_t due = send_due(s);
        bool has_back;
        bool unused;

        if (!output_settle(s->out))
            return false;
        if (count_waiting(s) == 0 || (two_way && link_line_fd(&s->line) < 0))
            return true;
        if (!link_wait(-1, &unused, link_line_fd(&s->line), &has_back, due))
            return false;
        if (has_back)
            link_line_take(&s->line, take_feedback, s);
    }
}

/* ---- The start ---- */

/* Tells sessions apart that begin in the same second; 0 where there is no chance to be had. */
static uint32_t draw_salt(void)
{
    uint32_t salt = 0;

    return getrandom(&salt, sizeof salt, 0) == sizeof salt ? salt : 0;
}

/* The number for this session; without a file, seconds since 1970: they grow from one to the next
 * as well. */
static bool choose_session(sending *s)
{
    const char *path = s->options->session;
    uint32_t stored = (uint32_t)time(NULL) - 1;

    if (path != NULL && !session_read(path, &stored))
        return false;
    execwire_link_restore_session(&s->sender, stored);
    return path == NULL || session_write(path, execwire_link_session(&s->sender));
}

static bool start(sending *s, const execwire_state *first)
{
    execwire_link_sender_options options = {.mode = s->mode,
                                            .timing = &s->options->link.timing,
                                            .executions = s->executions,
                                            .execution_count = EXECWIRE_LINK_MAX_REFS,
                                            .mtu = link_mtu(&s->options->link),
                                            .salt = s->options->session == NULL ? draw_salt() : 0,
                                            .words = s->words,
                                            .word_capacity = sizeof s->words,
                                            .packing = &s->packing,
                                            .emit = emit,
                                            .recall = recall,
                                            .context = s};

    options.frame = s->frame = reallocate(NULL, options.mtu);
    if (first->node_id.data != NULL) {
        s->node = reallocate(NULL, first->node_id.size + 1);
        memcpy(s->node, first->node_id.data, first->node_id.size);
        options.node = (execwire_str){s->node, first->node_id.size};
    }
    s->since = link_now();
    s->started = execwire_link_sender_init(&s->sender, &options, NULL) == EXECWIRE_OK;
    return s->started && choose_session(s);
}

/* ---- What is not acknowledged ---- */

static outcome report_missing(const sending *s)
{
    size_t missing = s->lost.count;

    for (unsigned ref = 0; ref < EXECWIRE_LINK_MAX_REFS; ref++)
        missing += !execwire_link_acknowledged(&s->sender, ref);
    if (missing == 0)
        return OUTCOME_GOOD;
    report("executions whose last state was not acknowledged: %zu", missing);
    return OUTCOME_IO;
}

/* ---- States ---- */

/* Updates the sender, and notes whose ref that took. */
static execwire_code update(sending *s, const execwire_state *state, unsigned *ref,
                            execwire_error *error)
{
    execwire_link_execution before[EXECWIRE_LINK_MAX_REFS];
    bool missing[EXECWIRE_LINK_MAX_REFS];
    execwire_code code;
    uint32_t identity;

    memcpy(before, s->executions, sizeof before);
    for (unsigned i = 0; i < EXECWIRE_LINK_MAX_REFS; i++)
        missing[i] = !execwire_link_acknowledged(&s->sender, i);
    code = execwire_link_update(&s->sender, state, link_now(), ref, error);
    if (code != EXECWIRE_OK)
        return code;
    identity = s->executions[*ref].identity;
    link_find_again(&s->lost, identity);
    if (s->mode == EXECWIRE_LINK_TWO_WAY && missing[*ref] && before[*ref].identity != identity)
        link_lose(&s->lost, before[*ref].identity);
    return EXECWIRE_OK;
}

static outcome send_state(cli_job *job, const execwire_state *state, const record *from, fault *why)
{
    sending *s = job->own;
    unsigned ref;

    (void)from;
    if (!s->started && !start(s, state))
        return OUTCOME_IO;
    why->place = FAULT_AS_MESSAGE;
    if (update(s, state, &ref, &why->error) != EXECWIRE_OK)
        return OUTCOME_DATA;
    remember(&s->newest[ref], state);
    if (s->mode == EXECWIRE_LINK_TWO_WAY && !keep_going(s, -1))
        return OUTCOME_IO;
    return OUTCOME_GOOD;
}

static outcome open_sending(cli_job *job)
{
    sending *s = memset(reallocate(NULL, sizeof *s), 0, sizeof *s);
    const send_options *options = job->verb_options;
    outcome result = link_mode(&options->link, job->command->name, &s->mode);

    job->own = s;
    s->options = options;
    s->out = &job->out;
    if (result == OUTCOME_GOOD && !link_line_open(&s->line, &options->link, options->common.framing,
                                                  s->out, s->mode == EXECWIRE_LINK_TWO_WAY))
        result = OUTCOME_IO;
    return result;
}

static outcome send_file(cli_job *job, source *from)
{
    sending *s = job->own;
    outcome result = s == NULL ? open_sending(job) : OUTCOME_GOOD;

    if (result != OUTCOME_GOOD)
        return result;
    s = job->own;
    s->states_fd = from->in.fd;
    from->messages.as = &framing_delimited;
    from->in.wait = wait_for_states;
    from->in.wait_context = s;
    return command_each(job, from, send_state);
}

/* ---- The end ---- */

static outcome send_finish(cli_job *job, bool good)
{
    sending *s = job->own;
    outcome result = OUTCOME_GOOD;

    if (s == NULL)
        return result;
    if (good && s->started && !see_through(s))
        result = OUTCOME_IO;
    if (good && s->started && s->mode == EXECWIRE_LINK_TWO_WAY && result == OUTCOME_GOOD)
        result = report_missing(s);
    if (s->line.carrier != NULL && s->line.carrier->failed)
        result = OUTCOME_IO;
    for (size_t i = 0; i < EXECWIRE_LINK_MAX_REFS; i++)
        free(s->newest[i].message);
    link_forget_lost(&s->lost);
    free(s->scratch.entries);
    free(s->frame);
    free(s->node);
    link_line_close(&s->line);
    return result;
}

/* ---- The command ---- */

static const char *send_remedy(const void *verb_options)
{
    const send_options *options = verb_options;

    return options->link.udp == NULL && options->link.broker == NULL
               ? command_remedy(options->common.framing)
               : NULL;
}

/* States are read as delimited protobuf, not as JSON. */
static bool set_protobuf(void *out, const char *argument)
{
    (void)argument;
    *(bool *)out = false;
    return true;
}

/* One broker is enough. */
static bool set_broker(void *out, const char *argument, carrier_opener *open)
{
    link_options *link = out;

    if (*argument == '\0' || link->broker != NULL)
        return false;
    link->broker = argument;
    link->open_broker = open;
    return true;
}

static bool set_mqtt(void *out, const char *argument)
{
    return set_broker(out, argument, carrier_open_mqtt_node);
}

static bool set_nats(void *out, const char *argument)
{
    return set_broker(out, argument, carrier_open_nats_node);
}

static const cli_option of_sender[] = {
    {.name = "mqtt",
     .argument = "URL",
     .help = "frames at a node's topics of a broker: mqtt://HOST/TOPIC/NODE",
     .set = set_mqtt,
     .at = offsetof(send_options, link)},
    {.name = "nats",
     .argument = "URL",
     .help = "frames at a node's subjects of a server: nats://HOST/PREFIX/NODE",
     .set = set_nats,
     .at = offsetof(send_options, link)},
    {.name = "session",
     .argument = "FILE",
     .help = "keep the session's number in FILE",
     .set = option_text,
     .at = offsetof(send_options, session)},
    {.name = "protobuf",
     .help = "states are delimited protobuf, not JSON",
     .set = set_protobuf,
     .at = offsetof(send_options, common.from_json)},
};
static const option_group options_sender = {LINK_TITLE, of_sender, OPTION_COUNT(of_sender)};

static const send_options send_defaults = {.common = {CLI_DEFAULTS, .from_json = true},
                                           .link = {LINK_OPTIONS_DEFAULTS}};
static const option_use send_uses[] = {{&options_frames, 0},
                                       {&options_messages, 0},
                                       {&options_link, offsetof(send_options, link)},
                                       {&options_ends, offsetof(send_options, link)},
                                       {&options_sender, 0},
                                       {&options_at, 0},
                                       {&options_unknown, 0},
                                       {&options_run, 0},
                                       {NULL, 0}};
const cli_command link_send_command = {.name = "link send",
                                       .summary = "states to frames of a link",
                                       .example =
                                           "execwire link send --lossless -o frames states.jsonl",
                                       .options = send_uses,
                                       .defaults = &send_defaults,
                                       .options_size = sizeof send_defaults,
                                       .unknown = "unknown keys ignored",
                                       .writes_messages = true,
                                       .remedy = send_remedy,
                                       .file = send_file,
                                       .finish = send_finish};
