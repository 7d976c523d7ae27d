/* SPDX-License-Identifier: Apache-2.0 */
#include "link/sender/hello.h"

#include "link/frame/control.h"
#include "link/model/identity.h"
#include "link/sender/budget.h"
#include "link/sender/control.h"
#include "link/sender/executions.h"
#include "link/sender/timers.h"
#include "link/sender/words.h"
#include "wire/format.h"

#include <execwire/link_frame.h>

#define ROUNDS          6
#define MAX_HELLO_TRIES 15 /* that count */
/* All of a hello but the node and the epoch: tag and size, check, session. */
#define AROUND_NODE 15
/* What goes around and after the last word: tag and size, session. */
#define AROUND_LAST 11

/* Node and epoch. Returns where the check goes. */
static size_t write_base(const execwire_link_sender *sender, execwire_sink *sink)
{
    execwire_str node = sender->options.node;
    size_t check_at = execwire_control_put_check(sink);

    if (node.data != NULL) {
        uint8_t raw[EXECWIRE_LINK_NODE_SIZE];

        execwire_sink_bytes_field(sink, EXECWIRE_FRAME_NODE, raw,
                                  execwire_identity_pack_node(node, raw));
    }
    if (sender->has_epoch)
        execwire_sink_varint_field(sink, EXECWIRE_FRAME_EPOCH, execwire_zigzag(sender->epoch));
    return check_at;
}

static void send_base(execwire_link_sender *sender)
{
    execwire_buffer_sink out = execwire_sender_frame(sender);
    size_t check_at = write_base(sender, &out.sink);

    sender->hello_check = execwire_sender_end_control(sender, &out, check_at, false);
    sender->parts_told = 1;
}

void execwire_hello_open(execwire_link_sender *sender)
{
    uint8_t raw[EXECWIRE_LINK_NODE_SIZE];
    size_t size = execwire_identity_pack_node(sender->options.node, raw);

    if (size == 0 || size + AROUND_NODE > sender->options.mtu)
        sender->options.node = (execwire_str){NULL, 0};
}

static bool has_base_room(const execwire_link_sender *sender)
{
    execwire_sink size = {NULL, 0};

    write_base(sender, &size);
    execwire_sender_put_session(sender, &size, true);
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

/* The words from `first` on, as many as fit: one does at least (words.c). */
static void send_words(execwire_link_sender *sender, unsigned first)
{
    const execwire_link_names names = execwire_words_of(sender);
    const execwire_link_names nothing = {.word_count = 0};
    execwire_text_room room = {.memory = sender->options.packing}; /* the frame is being written */
    execwire_buffer_sink out = execwire_sender_frame(sender);
    unsigned next = first;
    size_t check_at;

    check_at = execwire_control_put_check(&out.sink);
    if (first > 0)
        execwire_sink_varint_field(&out.sink, EXECWIRE_FRAME_FIRST_WORD, first);
    for (; next < sender->word_count; next++) {
        execwire_str text = execwire_link_word(&names, next);
        execwire_packed word;

        execwire_text_plan(&word, &text, &nothing, &room);
        if (out.sink.size + AROUND_LAST + word.size > sender->options.mtu)
            break;
        execwire_sink_head(&out.sink, EXECWIRE_FRAME_WORDS, word.size);
        execwire_text_write(&word, &nothing, &out.sink);
    }
    sender->hello_check = execwire_sender_end_control(sender, &out, check_at, true);
    sender->parts_told = (uint8_t)(1 + next);
}

/* Whether some of a number of parts are not among all that a hello says. */
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
    if (sender->hello_tries < MAX_HELLO_TRIES)
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

        execwire_execution_clear(execution, EXECWIRE_EXECUTION_KNOWN);
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
    if (sender->hello_tries == 0)
        return urgent;
    return execwire_sender_backoff(urgent, sender->hello_tries - 1u);
}

/* Sends what is wanted of the hello, when that may be: the whole from its beginning; after the
 * first one at once, which may have been lost. Returns as execwire_hello_poll. */
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

/* Sends the hello by the clock. Returns as execwire_hello_poll. */
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

uint32_t execwire_hello_poll(execwire_link_sender *sender)
{
    uint32_t wanted, wait;

    if (!sender->started)
        return EXECWIRE_SENDER_NEVER;
    wanted = poll_wanted(sender);
    wait = wanted > 0 ? poll_hello(sender) : 0;
    return wait < wanted ? wait : wanted;
}

void execwire_hello_start(execwire_link_sender *sender, const execwire_state *state)
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

void execwire_hello_acked(execwire_link_sender *sender)
{
    sender->parts_known = sender->parts_told;
    sender->hello_tries = 0;
}

void execwire_hello_learn(execwire_link_sender *sender, const execwire_state *state)
{
    bool busy = lack(sender, sender->parts_known);

    if (!execwire_words_learn(sender, state) ||
        (busy && sender->options.mode == EXECWIRE_LINK_TWO_WAY))
        return;
    sender->hello_tries = 0;
    send_hello(sender);
}
