/* What the sender's files share: emitting frames, and the announcements.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_SENDER_H
#define EXECWIRE_LINK_SENDER_H

#include "link/draft.h"

#include <execwire/link.h>

/* Ticks that never pass. */
#define EXECWIRE_SENDER_NEVER UINT32_MAX

/* The intervals of a sender, in the order of execwire_link_timing. */
enum {
    EXECWIRE_SENDER_URGENT,
    EXECWIRE_SENDER_REPEAT,
    EXECWIRE_SENDER_IDENTITY,
    EXECWIRE_SENDER_WANT,
    EXECWIRE_SENDER_HELLO,
    EXECWIRE_SENDER_DIGEST,
    EXECWIRE_SENDER_INTERVALS
};

/* Hands the frame out that is in the sender's frame buffer. */
void execwire_sender_emit(execwire_link_sender *sender, size_t size);

/* Writes a draft and hands it out: in one frame, or in pieces where that is larger than the MTU. Of
 * the pieces only those that have some of the bytes from `from` to before `to`. False: not all of
 * them, as what was asked for went beyond the budget. */
bool execwire_sender_send(execwire_link_sender *sender, const execwire_draft *draft, size_t from,
                          size_t to);

/* ---- What the receiver asks for: requests.c ---- */

/* Frames that are sent, at most, in an interval between wants because they are asked for. */
#define EXECWIRE_SENDER_BUDGET 32

/* What is left of them. */
unsigned execwire_sender_budget(execwire_link_sender *sender);
/* The ticks until there are as many again. */
uint32_t execwire_sender_budget_wait(const execwire_link_sender *sender);
/* Whether the next frame may go: one that is asked for is taken off the budget. */
bool execwire_sender_may_send(execwire_link_sender *sender);

/* ---- Announcements: announce.c ---- */

/* Leaves the node out of the options that no hello can name. */
void execwire_announce_open(execwire_link_sender *sender);

/* Sends the hello, or what lists the executions that are open, when that is due. Returns the ticks
 * until it is, 0 when it was sent. */
uint32_t execwire_announce_poll(execwire_link_sender *sender);
uint32_t execwire_announce_poll_digest(execwire_link_sender *sender);
/* Opens the session with the first state. */
void execwire_announce_start(execwire_link_sender *sender, const execwire_state *state);
/* The receiver has the hello that was sent last. */
void execwire_announce_known(execwire_link_sender *sender);
/* Makes words of texts of a state that recur, before it is sent. */
void execwire_announce_learn(execwire_link_sender *sender, const execwire_state *state);

/* ---- Executions: executions.c ---- */

/* The sender's clock: 16 bits of these many milliseconds (a power of 2), 2.3 hours. */
#define EXECWIRE_TICK 128u

/* Takes the intervals, with their defaults where they are 0, and the tries. */
void execwire_sender_set_timing(execwire_link_sender *sender);
/* An interval that doubles with each try, at most an hour. */
uint32_t execwire_sender_backoff(uint32_t interval, unsigned tries);
/* The ticks until an interval is over; 0: it is. */
uint32_t execwire_sender_wait(const execwire_link_sender *sender, uint16_t since,
                              uint32_t interval);

/* What never changes of an execution, as a number. */
uint32_t execwire_execution_identity(const execwire_state *state);
/* Notes the fields that may be large. Returns whether there are such, as they were before; once in
 * 4096 times wrongly, when they have changed: the check finds that. */
bool execwire_execution_keeps_large(execwire_link_execution *execution,
                                    const execwire_state *state);

/* The execution with this identity. Where there is none, it gets a ref: a free one, else of one
 * that is done with, else the oldest. */
execwire_link_execution *execwire_execution_of(execwire_link_sender *sender, uint32_t identity);
/* Begins anew with a ref. */
void execwire_execution_renew(execwire_link_sender *sender, execwire_link_execution *execution,
                              uint32_t identity);
unsigned execwire_execution_ref(const execwire_link_sender *sender,
                                const execwire_link_execution *execution);

/* Whether a state is the one of the execution's last frame. */
bool execwire_execution_is_last(const execwire_link_sender *sender,
                                const execwire_link_execution *execution,
                                const execwire_state *state);
/* The newest state of an execution, or NULL and an end of it. */
const execwire_state *execwire_execution_recall(const execwire_link_sender *sender,
                                                execwire_link_execution *execution);

/* The ticks after which an execution's state is to be sent again by itself; 0: not at all. */
uint32_t execwire_execution_interval(const execwire_link_sender *sender,
                                     const execwire_link_execution *execution);
unsigned execwire_execution_tries(const execwire_link_execution *execution);
void execwire_execution_set_tries(execwire_link_execution *execution, unsigned tries);

enum {
    EXECWIRE_EXECUTION_ACKED = 1,       /* the receiver has the last state, or need not have it */
    EXECWIRE_EXECUTION_TERMINAL = 2,    /* the last state is one that does not change any more */
    EXECWIRE_EXECUTION_KNOWN = 4,       /* the receiver has the identity, as far as one knows */
    EXECWIRE_EXECUTION_ONCE = 8,        /* one-way: the identity was sent once */
    EXECWIRE_EXECUTION_WANTED = 16,     /* the receiver wants the state with its identity */
    EXECWIRE_EXECUTION_IDENTIFIED = 32, /* the last frame was one with identity */
    EXECWIRE_EXECUTION_SESSION = 64,    /* and with the session's number */
    EXECWIRE_EXECUTION_REPAIRED = 128   /* parts of it were sent again */
};

static inline bool execwire_execution_has(const execwire_link_execution *execution, unsigned flag)
{
    return (execution->flags & flag) != 0;
}

/* How often the ref was given to another execution in this session. What a ref's own 8 bits cannot
 * count, all refs count together: each one's generation grows, if not by one. */
static inline uint32_t execwire_execution_generation(const execwire_link_sender *sender,
                                                     const execwire_link_execution *execution)
{
    return sender->generations + execution->generation;
}

static inline bool execwire_execution_is_open(const execwire_link_execution *execution)
{
    const unsigned done = EXECWIRE_EXECUTION_ACKED | EXECWIRE_EXECUTION_TERMINAL;

    return execution->number != 0 && (execution->flags & done) != done;
}

#endif
