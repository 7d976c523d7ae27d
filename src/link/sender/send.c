/* SPDX-License-Identifier: Apache-2.0 */
#include "link/sender/send.h"

#include "link/frame/parity.h"
#include "link/model/predict.h"
#include "link/sender/executions.h"
#include "link/sender/hello.h"
#include "link/sender/pieces.h"

#define MAX_NUMBER UINT16_MAX
/* So many bytes more than without it, a state has with its identity, as a rule. */
#define MOST_OF_IDENTITY 40

/* Notes in the flags what the next frame says of the identity. */
static void mark_identity(const execwire_link_sender *sender, execwire_link_execution *execution,
                          bool identity)
{
    bool one_way = sender->options.mode == EXECWIRE_LINK_ONE_WAY;
    unsigned flags = execution->flags;

    flags &= ~(unsigned)(EXECWIRE_EXECUTION_IDENTIFIED | EXECWIRE_EXECUTION_SESSION |
                         EXECWIRE_EXECUTION_REPAIRED);
    if (identity) {
        if (!one_way || (flags & EXECWIRE_EXECUTION_ONCE) != 0)
            flags |= EXECWIRE_EXECUTION_KNOWN;
        if (one_way || sender->parts_known == 0)
            flags |= EXECWIRE_EXECUTION_SESSION;
        flags |= EXECWIRE_EXECUTION_ONCE | EXECWIRE_EXECUTION_IDENTIFIED;
    }
    execution->flags = (uint8_t)flags;
}

/* Where a repeat of a frame begins that nobody can ask for the rest of: at its end, which is
 * parity, where it went in pieces before, and those are not too many. */
static size_t begin_parity(const execwire_link_sender *sender, size_t size)
{
    size_t mtu = sender->options.mtu;

    return size - mtu - MOST_OF_IDENTITY < EXECWIRE_PARITY_MTUS * mtu ? size : 0;
}

/* `base` as in a draft. One-way, a large frame always has the identity, so that pieces of its
 * repeats go together. False: not all of it was sent. */
static bool deliver(execwire_link_sender *sender, execwire_link_execution *execution,
                    const execwire_state *state, unsigned form, uint32_t base)
{
    bool one_way = sender->options.mode == EXECWIRE_LINK_ONE_WAY;
    execwire_draft draft;
    size_t from = 0;

    for (;; form |= EXECWIRE_SEND_IDENTITY) {
        mark_identity(sender, execution, (form & EXECWIRE_SEND_IDENTITY) != 0);
        execwire_draft_make(&draft, sender, execution, state, base);
        if ((form & EXECWIRE_SEND_IDENTITY) != 0 || !one_way || draft.size <= sender->options.mtu)
            break;
    }
    execution->check = draft.check;
    execution->sent = sender->now;
    if ((form & EXECWIRE_SEND_IDENTITY) != 0)
        sender->stats.identities++;
    else
        sender->stats.deltas++;
    if ((form & EXECWIRE_SEND_PART) != 0)
        from = one_way ? begin_parity(sender, draft.size) : draft.size - 1;
    return execwire_pieces_send(sender, &draft, from, draft.size);
}

/* The number of the execution's next state: its version where that fits. */
static uint16_t next_number(const execwire_link_execution *execution, const execwire_state *state)
{
    int64_t version = state->has_version ? state->version : 0;

    if (version > execution->number && version <= MAX_NUMBER)
        return (uint16_t)version;
    return (uint16_t)(execution->number + 1u);
}

/* Notes in the flags that the last state is this one. */
static void mark_new(const execwire_link_sender *sender, execwire_link_execution *execution,
                     const execwire_state *state)
{
    execution->tries = 0;
    execwire_execution_clear(execution, EXECWIRE_EXECUTION_ACKED | EXECWIRE_EXECUTION_TERMINAL |
                                            EXECWIRE_EXECUTION_WANTED);
    if (execwire_link_is_final(state))
        execution->flags |= EXECWIRE_EXECUTION_TERMINAL;
    if (sender->options.mode == EXECWIRE_LINK_LOSSLESS)
        execution->flags |= EXECWIRE_EXECUTION_ACKED;
}

void execwire_send_new(execwire_link_sender *sender, execwire_link_execution *execution,
                       const execwire_state *state)
{
    uint32_t base = 0, last;
    bool identity, same;

    execwire_hello_learn(sender, state);
    if (execution->number == MAX_NUMBER)
        execwire_execution_renew(sender, execution, execution->identity);
    last = execution->number;
    execution->number = next_number(execution, state);
    identity = !execwire_execution_has(execution, EXECWIRE_EXECUTION_KNOWN);
    same = execwire_execution_keeps_large(execution, state);
    if (same && !identity && execwire_execution_has(execution, EXECWIRE_EXECUTION_ACKED) &&
        sender->options.mode == EXECWIRE_LINK_TWO_WAY)
        base = last;
    mark_new(sender, execution, state);
    (void)deliver(sender, execution, state, identity ? EXECWIRE_SEND_IDENTITY : 0, base);
}

bool execwire_send_again(execwire_link_sender *sender, execwire_link_execution *execution,
                         const execwire_state *state, unsigned form)
{
    return deliver(sender, execution, state, form, 0);
}
