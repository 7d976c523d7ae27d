/* What a sender says of itself: the hello, with node, epoch and words; the digest.
 *
 * Two-way, a hello is repeated until it is acknowledged, and words are used after that. One-way,
 * all hellos are said four times, then now and then; words are used after the fourth time.
 * Lossless, they are said once, and now and then for a receiver that was started anew. Lossless,
 * they are said once, and now and then for a receiver that was started anew.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "link/difference.h"
#include "link/frame.h"
#include "link/sender.h"
#include "text/crc32.h"
#include "wire/reader.h"

#include <string.h>

#define ROUNDS        4
#define MAX_TRIES     15 /* that count */
#define SHORTEST_WORD 6
#define LONGEST_WORD  96
/* All of a hello with one word, but the word: check, first_word, tag and size, session. */
#define AROUND_WORD 19
/* All of a hello but the node and the epoch: tag and size, check, session. */
#define AROUND_NODE 15
/* What goes around and after the last word: tag and size, session. */
#define AROUND_LAST 11
/* All of a digest but its entries: check, tag and size, session. */
#define AROUND_LIVE 16
/* Bytes of an entry, at most. */
#define LARGEST_LIVE 4

static execwire_buffer_sink frame_of(const execwire_link_sender *sender)
{
    return execwire_sink_buffer(sender->options.frame, sender->options.mtu);
}

/* The session's number, and its salt where there is one. */
static void write_session(const execwire_link_sender *sender, execwire_sink *sink, bool with_salt)
{
    execwire_sink_varint_field(sink, EXECWIRE_FRAME_SESSION, sender->session);
    if (!with_salt || sender->options.salt == 0)
        return;
    execwire_sink_tag(sink, EXECWIRE_FRAME_SALT, EXECWIRE_WIRE_FIXED32);
    execwire_sink_fixed32(sink, sender->options.salt);
}

/* Puts session and check in, and hands the frame out. Returns the check; for what is to be believed
 * of this node and session alone it goes on over the node and the salt, which others say. */
static uint32_t control_end(execwire_link_sender *sender, execwire_buffer_sink *out,
                            size_t check_at, bool of_session)
{
    uint8_t raw[EXECWIRE_LINK_NODE_SIZE];
    size_t raw_size = of_session ? execwire_draft_node(sender->options.node, raw) : 0;
    uint32_t crc;

    write_session(sender, &out->sink, !of_session);
    crc = execwire_frame_finish_check(out->data, out->sink.size, check_at,
                                      (execwire_str){(const char *)raw, raw_size},
                                      of_session ? sender->options.salt : 0);
    sender->stats.controls++;
    execwire_sender_emit(sender, out->sink.size);
    return crc;
}

/* ---- Hello ---- */

static execwire_link_names words_of(const execwire_link_sender *sender)
{
    return (execwire_link_names){.words = sender->options.words, .word_count = sender->word_count};
}

/* Node and epoch. Returns where the check goes. */
static size_t write_base(const execwire_link_sender *sender, execwire_sink *sink)
{
    execwire_str node = sender->options.node;
    size_t check_at = execwire_frame_put_check(sink);

    if (node.data != NULL) {
        uint8_t raw[EXECWIRE_LINK_NODE_SIZE];

        execwire_sink_bytes_field(sink, EXECWIRE_FRAME_NODE, raw, execwire_draft_node(node, raw));
    }
    if (sender->has_epoch)
        execwire_sink_varint_field(sink, EXECWIRE_FRAME_EPOCH, execwire_zigzag(sender->epoch));
    return check_at;
}

static void send_base(execwire_link_sender *sender)
{
    execwire_buffer_sink out = frame_of(sender);
    size_t check_at = write_base(sender, &out.sink);

    sender->hello_check = control_end(sender, &out, check_at, false);
    sender->parts_told = 1;
}

void execwire_announce_open(execwire_link_sender *sender)
{
    uint8_t raw[EXECWIRE_LINK_NODE_SIZE];
    size_t size = execwire_draft_node(sender->options.node, raw);

    if (size == 0 || size + AROUND_NODE > sender->options.mtu)
        sender->options.node = (execwire_str){NULL, 0};
}

static bool has_base_room(const execwire_link_sender *sender)
{
    execwire_sink size = {NULL, 0};

    write_base(sender, &size);
    write_session(sender, &size, true);
    return size.size <= sender->options.mtu;
}

/* Leaves the salt out, before it was said, where the hello has no room for it. */
static void choose_salt(execwire_link_sender *sender)
{
    if (!has_base_room(sender))
        sender->options.salt = 0;
}

/* Takes the first time that comes as epoch, where the hello has room for it. */
static void choose_epoch(execwire_link_sender *sender, const execwire_state *state)
{
    if (sender->has_epoch || !state->has_create_time)
        return;
    sender->epoch = state->create_time.seconds;
    sender->has_epoch = true;
    sender->has_epoch = has_base_room(sender);
}

/* The words from `first` on, as many as fit. */
static void send_words(execwire_link_sender *sender, unsigned first)
{
    const execwire_link_names names = words_of(sender);
    const execwire_link_names nothing = {.word_count = 0};
    execwire_buffer_sink out = frame_of(sender);
    unsigned next = first;
    size_t check_at;

    check_at = execwire_frame_put_check(&out.sink);
    if (first > 0)
        execwire_sink_varint_field(&out.sink, EXECWIRE_FRAME_FIRST_WORD, first);
    for (; next < sender->word_count; next++) {
        execwire_str text = execwire_link_word(&names, next);
        execwire_packed word;

        execwire_text_plan(&word, &text, &nothing);
        if (next > first && out.sink.size + AROUND_LAST + word.size > sender->options.mtu)
            break;
        execwire_sink_head(&out.sink, EXECWIRE_FRAME_WORDS, word.size);
        execwire_text_write(&word, &nothing, &out.sink);
    }
    sender->hello_check = control_end(sender, &out, check_at, true);
    sender->parts_told = (uint8_t)(1 + next);
}

/* Whether some of a number of parts are not among all that there is to announce. */
static bool lack(const execwire_link_sender *sender, unsigned parts)
{
    return parts <= sender->word_count;
}

/* Sends the next hello; where nothing comes back all that the receiver may lack, or everything when
 * it lacks nothing. */
static void send_hello(execwire_link_sender *sender)
{
    bool one_way = sender->options.mode == EXECWIRE_LINK_ONE_WAY;
    bool alone = sender->options.mode != EXECWIRE_LINK_TWO_WAY;
    unsigned parts = lack(sender, sender->parts_known) ? sender->parts_known : 0;

    do {
        if (parts == 0)
            send_base(sender);
        else
            send_words(sender, parts - 1);
        parts = sender->parts_told;
    } while (alone && lack(sender, parts));
    sender->hello_sent = sender->now;
    if (sender->hello_tries < MAX_TRIES)
        sender->hello_tries++;
    if (sender->options.mode == EXECWIRE_LINK_LOSSLESS ||
        (one_way && sender->hello_tries == ROUNDS))
        sender->parts_known = sender->parts_told;
}

/* Says all again that a receiver has to know, lossless: the hello, and with the next update of each
 * execution, or at once where it can be recalled, its identity. */
static void begin_again(execwire_link_sender *sender)
{
    unsigned wanted = sender->options.recall != NULL ? EXECWIRE_EXECUTION_WANTED : 0;

    for (size_t i = 0; i < sender->options.execution_count; i++) {
        execwire_link_execution *execution = &sender->options.executions[i];

        execution->flags &= (uint8_t)~EXECWIRE_EXECUTION_KNOWN;
        if (!execwire_execution_has(execution, EXECWIRE_EXECUTION_TERMINAL))
            execution->flags |= (uint8_t)wanted;
    }
    send_hello(sender);
}

/* The ticks from the last hello to the next one; 0: none is due. */
static uint32_t hello_interval(const execwire_link_sender *sender)
{
    execwire_link_mode mode = sender->options.mode;
    uint32_t urgent = sender->intervals[EXECWIRE_SENDER_URGENT];

    if (!lack(sender, sender->parts_known))
        return mode == EXECWIRE_LINK_TWO_WAY ? 0 : sender->intervals[EXECWIRE_SENDER_HELLO];
    if (mode == EXECWIRE_LINK_ONE_WAY || sender->hello_tries == 0)
        return urgent;
    return execwire_sender_backoff(urgent, sender->hello_tries - 1u);
}

/* Sends what is wanted of the hello, when that may be: the whole from its beginning; after the
 * first one at once, which may have been lost. Returns as execwire_announce_poll. */
static uint32_t poll_wanted(execwire_link_sender *sender)
{
    uint32_t wait = 0;

    if (!sender->hello_wanted)
        return EXECWIRE_SENDER_NEVER;
    if (execwire_sender_budget(sender) == 0)
        wait = execwire_sender_budget_wait(sender);
    else if (sender->hello_tries != 1)
        wait = execwire_sender_wait(sender, sender->hello_sent,
                                    sender->intervals[EXECWIRE_SENDER_WANT]);
    if (wait > 0)
        return wait;
    sender->hello_wanted = false;
    sender->parts_known = 0;
    sender->budget--;
    send_hello(sender);
    return 0;
}

/* Sends the hello by the clock. Returns as execwire_announce_poll. */
static uint32_t poll_hello(execwire_link_sender *sender)
{
    uint32_t interval = hello_interval(sender);
    uint32_t wait = 0;

    if (interval == 0)
        return EXECWIRE_SENDER_NEVER;
    if (sender->hello_tries > 0)
        wait = execwire_sender_wait(sender, sender->hello_sent, interval);
    if (wait > 0)
        return wait;
    if (sender->options.mode == EXECWIRE_LINK_LOSSLESS)
        begin_again(sender);
    else
        send_hello(sender);
    return 0;
}

uint32_t execwire_announce_poll(execwire_link_sender *sender)
{
    uint32_t wanted, wait;

    if (!sender->started)
        return EXECWIRE_SENDER_NEVER;
    wanted = poll_wanted(sender);
    wait = wanted > 0 ? poll_hello(sender) : 0;
    return wait < wanted ? wait : wanted;
}

void execwire_announce_start(execwire_link_sender *sender, const execwire_state *state)
{
    bool had_epoch = sender->has_epoch;

    if (!sender->started)
        choose_salt(sender);
    choose_epoch(sender, state);
    if (sender->started && sender->has_epoch == had_epoch) {
        if (sender->options.mode == EXECWIRE_LINK_LOSSLESS)
            (void)poll_hello(sender);
        return;
    }
    if (!sender->started)
        sender->digest_sent = sender->now;
    sender->started = true;
    sender->hello_tries = 0;
    sender->parts_known = 0;
    send_hello(sender);
}

void execwire_announce_known(execwire_link_sender *sender)
{
    sender->parts_known = sender->parts_told;
    sender->hello_tries = 0;
    sender->hello_check = 0;
}

/* ---- Words ---- */

/* Texts that may become words. Those that recur as a rule are made words at once, others when they
 * come again. */
static const struct {
    uint16_t path;
    bool recurs;
} candidates[] = {
    {EXECWIRE_PATH_BUCKET, true},   {EXECWIRE_PATH_REGION, true},   {EXECWIRE_PATH_STATUS, false},
    {EXECWIRE_PATH_STD_OUT, false}, {EXECWIRE_PATH_STD_ERR, false},
};

/* Whether this text came lately; if not, it is remembered. */
static bool seen_before(execwire_link_sender *sender, const execwire_str *text)
{
    uint16_t hash = (uint16_t)execwire_crc32(0, text->data, text->size);
    uint16_t *seen = &sender->seen[hash % (sizeof sender->seen / sizeof sender->seen[0])];
    bool before = *seen == hash;

    *seen = hash;
    return before;
}

/* Whether there is room for a text as a word, and it is worth one: with the words that there are,
 * it is long even packed. */
static bool may_be_word(const execwire_link_sender *sender, const execwire_str *text)
{
    const execwire_link_names names = words_of(sender);
    execwire_sink packed = {NULL, 0};

    if (text->size > LONGEST_WORD || text->size + AROUND_WORD > sender->options.mtu ||
        sender->words_used + 1u + text->size > sender->options.word_capacity ||
        sender->word_count == EXECWIRE_LINK_MAX_WORDS)
        return false;
    execwire_text_write_plain(text, &names, &packed);
    return packed.size >= SHORTEST_WORD;
}

static void add_word(execwire_link_sender *sender, const execwire_str *text)
{
    char *out = sender->options.words + sender->words_used;

    *out++ = (char)text->size;
    memcpy(out, text->data, text->size);
    sender->words_used = (uint16_t)(sender->words_used + 1 + text->size);
    sender->word_count++;
}

void execwire_announce_learn(execwire_link_sender *sender, const execwire_state *state)
{
    bool busy = lack(sender, sender->parts_known);
    unsigned before = sender->word_count;

    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++) {
        const execwire_str *text = execwire_path_get(state, candidates[i].path);

        if (text != NULL && may_be_word(sender, text) &&
            (candidates[i].recurs || seen_before(sender, text)))
            add_word(sender, text);
    }
    if (sender->word_count == before || (busy && sender->options.mode == EXECWIRE_LINK_TWO_WAY))
        return;
    sender->hello_tries = 0;
    send_hello(sender);
}

/* ---- Digest ---- */

static uint32_t live_entry(unsigned ref, const execwire_link_execution *execution)
{
    return (uint32_t)execution->number << 11 | (execution->generation & 15u) << 7 | ref;
}

/* Writes the entries from `ref` on, as many as fit. Returns the ref behind them. */
static unsigned put_live(const execwire_link_sender *sender, unsigned ref, execwire_sink *sink)
{
    size_t last = sink->size + sender->options.mtu - AROUND_LIVE - LARGEST_LIVE;

    for (; ref < sender->options.execution_count && sink->size <= last; ref++) {
        const execwire_link_execution *execution = &sender->options.executions[ref];

        if (execwire_execution_is_open(execution))
            execwire_sink_varint(sink, live_entry(ref, execution));
    }
    return ref;
}

static void send_digest(execwire_link_sender *sender)
{
    unsigned next = 0;

    sender->digest_sent = sender->now;
    while (next < sender->options.execution_count) {
        execwire_buffer_sink out = frame_of(sender);
        execwire_sink size = {NULL, 0};
        unsigned first = next;
        size_t check_at = execwire_frame_put_check(&out.sink);

        next = put_live(sender, first, &size);
        if (size.size == 0)
            return;
        execwire_sink_tag(&out.sink, EXECWIRE_FRAME_LIVE, EXECWIRE_WIRE_BYTES);
        execwire_sink_varint(&out.sink, size.size);
        (void)put_live(sender, first, &out.sink);
        (void)control_end(sender, &out, check_at, true);
    }
}

uint32_t execwire_announce_poll_digest(execwire_link_sender *sender)
{
    uint32_t wait = execwire_sender_wait(sender, sender->digest_sent,
                                         sender->intervals[EXECWIRE_SENDER_DIGEST]);
    execwire_sink size = {NULL, 0};

    (void)put_live(sender, 0, &size);
    if (sender->options.mode == EXECWIRE_LINK_LOSSLESS || size.size == 0)
        return EXECWIRE_SENDER_NEVER;
    if (wait == 0)
        send_digest(sender);
    return wait;
}
