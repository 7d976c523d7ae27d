/* What a sender says of itself: the hello, with node, epoch and words; the digest.
 *
 * Two-way, a hello is repeated until it is acknowledged, and words are used after that. One-way,
 * all hellos are said three times, then now and then; words are used after the third time.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "link/frame.h"
#include "link/sender.h"
#include "text/crc32.h"
#include "wire/reader.h"

#define ROUNDS        3
#define MAX_TRIES     15 /* that count */
#define SHORTEST_WORD 6
#define LONGEST_WORD  96
/* All of a hello with one word, but the word: check, first_word, tag and size, session. */
#define AROUND_WORD 19
/* All of a hello but the node and the epoch: tag and size, check, session. */
#define AROUND_NODE 14
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

/* Puts session and check in, and hands the frame out. Returns the check; it goes on over the node
 * for what is to be believed of this node alone. */
static uint32_t control_end(execwire_link_sender *sender, execwire_buffer_sink *out,
                            size_t check_at, bool of_node)
{
    uint8_t raw[EXECWIRE_LINK_NODE_SIZE];
    size_t raw_size = of_node ? execwire_draft_node(sender->options.node, raw) : 0;
    uint32_t crc;

    execwire_sink_varint_field(&out->sink, EXECWIRE_FRAME_SESSION, sender->session);
    crc = execwire_frame_finish_check(out->data, out->sink.size, check_at,
                                      (execwire_str){(const char *)raw, raw_size});
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
    size_t check_at;

    if (node.data != NULL) {
        uint8_t raw[EXECWIRE_LINK_NODE_SIZE];

        execwire_sink_bytes_field(sink, EXECWIRE_FRAME_NODE, raw, execwire_draft_node(node, raw));
    }
    check_at = execwire_frame_put_check(sink);
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

/* Takes the first time that comes as epoch, where the hello has room for it. */
static void choose_epoch(execwire_link_sender *sender, const execwire_state *state)
{
    execwire_sink size = {NULL, 0};

    if (sender->has_epoch || !state->has_create_time)
        return;
    sender->epoch = state->create_time.seconds;
    sender->has_epoch = true;
    write_base(sender, &size);
    execwire_sink_varint_field(&size, EXECWIRE_FRAME_SESSION, sender->session);
    sender->has_epoch = size.size <= sender->options.mtu;
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
        execwire_packed word =
            execwire_text_plan(execwire_link_word(&names, next), (execwire_str){NULL, 0}, &nothing);

        if (next > first && out.sink.size + AROUND_LAST + word.size > sender->options.mtu)
            break;
        execwire_sink_tag(&out.sink, EXECWIRE_FRAME_WORDS, EXECWIRE_WIRE_BYTES);
        execwire_sink_varint(&out.sink, word.size);
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

/* Sends the next hello; one-way all that the receiver may lack, or everything when it lacks
 * nothing. */
static void send_hello(execwire_link_sender *sender)
{
    bool one_way = sender->options.mode == EXECWIRE_LINK_ONE_WAY;
    unsigned parts = lack(sender, sender->parts_known) ? sender->parts_known : 0;

    do {
        if (parts == 0)
            send_base(sender);
        else
            send_words(sender, parts - 1);
        parts = sender->parts_told;
    } while (one_way && lack(sender, parts));
    sender->hello_sent = sender->now;
    if (sender->hello_tries < MAX_TRIES)
        sender->hello_tries++;
    if (sender->options.mode == EXECWIRE_LINK_LOSSLESS ||
        (one_way && sender->hello_tries == ROUNDS))
        sender->parts_known = sender->parts_told;
}

/* The ticks from the last hello to the next one; 0: none is due. */
static uint32_t hello_interval(const execwire_link_sender *sender)
{
    bool one_way = sender->options.mode == EXECWIRE_LINK_ONE_WAY;
    uint32_t urgent = sender->intervals[EXECWIRE_SENDER_URGENT];

    if (!lack(sender, sender->parts_known))
        return one_way ? sender->intervals[EXECWIRE_SENDER_HELLO] : 0;
    if (one_way || sender->hello_tries == 0)
        return urgent;
    return execwire_sender_backoff(urgent, sender->hello_tries - 1u);
}

uint32_t execwire_announce_poll(execwire_link_sender *sender)
{
    uint32_t interval = hello_interval(sender);
    uint32_t wait = 0;

    if (!sender->started || interval == 0)
        return EXECWIRE_SENDER_NEVER;
    if (sender->hello_tries > 0)
        wait = execwire_sender_wait(sender, sender->hello_sent, interval);
    if (wait == 0)
        send_hello(sender);
    return wait;
}

void execwire_announce_start(execwire_link_sender *sender, const execwire_state *state)
{
    bool had_epoch = sender->has_epoch;

    choose_epoch(sender, state);
    if (sender->started && sender->has_epoch == had_epoch)
        return;
    if (!sender->started)
        sender->digest_sent = sender->now;
    sender->started = true;
    execwire_announce_again(sender);
    send_hello(sender);
}

void execwire_announce_again(execwire_link_sender *sender)
{
    sender->hello_tries = 0;
    sender->parts_known = 0;
}

void execwire_announce_known(execwire_link_sender *sender)
{
    sender->parts_known = sender->parts_told;
    sender->hello_tries = 0;
    sender->hello_check = 0;
}

/* ---- Words ---- */

/* Whether this text came lately; if not, it is remembered. */
static bool seen_before(execwire_link_sender *sender, execwire_str text)
{
    uint16_t hash = (uint16_t)execwire_crc32(0, text.data, text.size);
    uint16_t *seen = &sender->seen[hash % (sizeof sender->seen / sizeof sender->seen[0])];
    bool before = *seen == hash;

    *seen = hash;
    return before;
}

/* Makes a word of a text, and where `tail` is not NULL of what goes after it and a NUL. Texts
 * without recur less: they are made one when they come again. */
static void learn(execwire_link_sender *sender, const execwire_str *text, const execwire_str *tail)
{
    const execwire_link_sender_options *options = &sender->options;
    const execwire_link_names names = words_of(sender);
    size_t at = sender->words_used + 1u; /* behind the word's size */
    execwire_buffer_sink out;
    execwire_str word;

    if (text->data == NULL || at > options->word_capacity ||
        sender->word_count == EXECWIRE_LINK_MAX_WORDS)
        return;
    out = execwire_sink_buffer(options->words + at, options->word_capacity - at);
    execwire_sink_put(&out.sink, text->data, text->size);
    if (tail != NULL && tail->data != NULL) {
        execwire_sink_byte(&out.sink, '\0');
        execwire_sink_put(&out.sink, tail->data, tail->size);
    }
    word = (execwire_str){options->words + at, out.sink.size};
    if (word.size < SHORTEST_WORD || word.size > LONGEST_WORD || word.size > out.capacity ||
        word.size + AROUND_WORD > options->mtu ||
        execwire_text_find_word(word, (execwire_str){NULL, 0}, &names) >= 0 ||
        (tail == NULL && !seen_before(sender, word)))
        return;
    options->words[sender->words_used] = (char)word.size;
    sender->words_used = (uint16_t)(at + word.size);
    sender->word_count++;
}

void execwire_announce_learn(execwire_link_sender *sender, const execwire_state *state)
{
    const execwire_s3_storage_spec *s3 = &state->published_results.s3;
    bool busy = lack(sender, sender->parts_known);
    unsigned before = sender->word_count;

    learn(sender, &s3->bucket, &s3->region);
    learn(sender, &state->status, NULL);
    learn(sender, &state->run_output.std_out, NULL);
    learn(sender, &state->run_output.std_err, NULL);
    if (sender->word_count == before || (busy && sender->options.mode == EXECWIRE_LINK_TWO_WAY))
        return;
    sender->hello_tries = 0;
    send_hello(sender);
}

/* ---- Digest ---- */

static uint32_t live_entry(unsigned ref, const execwire_link_execution *execution)
{
    return (uint32_t)execution->number << 11 | execwire_execution_generation(execution) << 7 | ref;
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
