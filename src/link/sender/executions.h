/* The table of executions that are open: whose ref is whose, and what is known of each.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_SENDER_EXECUTIONS_H
#define EXECWIRE_LINK_SENDER_EXECUTIONS_H

#include <execwire/link.h>

/* The flags of an execution. */
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

static inline void execwire_execution_clear(execwire_link_execution *execution, unsigned flags)
{
    execution->flags &= (uint8_t)~flags;
}

static inline bool execwire_execution_is_open(const execwire_link_execution *execution)
{
    const unsigned done = EXECWIRE_EXECUTION_ACKED | EXECWIRE_EXECUTION_TERMINAL;

    return execution->number != 0 && (execution->flags & done) != done;
}

/* How often the ref was given to another execution in this session. What a ref's own 8 bits cannot
 * count, all refs count together: each one's generation grows, if not by one. */
static inline uint32_t execwire_execution_generation(const execwire_link_sender *sender,
                                                     const execwire_link_execution *execution)
{
    return sender->generations + execution->generation;
}

static inline unsigned execwire_execution_ref(const execwire_link_sender *sender,
                                              const execwire_link_execution *execution)
{
    return (unsigned)(execution - sender->options.executions);
}

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

/* The newest state of an execution, from the caller; NULL when it has none any more, which ends the
 * execution. */
const execwire_state *execwire_execution_recall(const execwire_link_sender *sender,
                                                execwire_link_execution *execution);

#endif
