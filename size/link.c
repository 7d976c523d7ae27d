/* The work of a node that encodes, and sends its states over the link layer.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "execwire-link.h"

#include "work.h"

#define MTU 222

static void drop(void *context, const void *frame, size_t size)
{
    (void)context;
    (void)frame;
    (void)size;
}

static const execwire_state *recall_state(void *context, unsigned ref)
{
    (void)ref;
    return context;
}

/* Every call of a sender. `buffer` holds what the caller lends: the sender, one execution, the
 * frame, words, and then the message. */
int work(const void *state, void *buffer, size_t capacity, void *back)
{
    struct lent {
        execwire_link_sender sender;
        execwire_link_execution executions[1];
        char words[EXECWIRE_LINK_WORDS_SIZE];
        execwire_link_packing packing;
        char frame[MTU];
    } *lent = buffer;
    uint8_t *message = (uint8_t *)buffer + sizeof *lent;
    const execwire_link_sender_options options = {.executions = lent->executions,
                                                  .execution_count = 1,
                                                  .frame = lent->frame,
                                                  .mtu = MTU,
                                                  .words = lent->words,
                                                  .word_capacity = sizeof lent->words,
                                                  .packing = &lent->packing,
                                                  .emit = drop,
                                                  .recall = recall_state,
                                                  .context = (void *)(uintptr_t)state};
    size_t size = 0;
    execwire_code code = execwire_encode(state, message, capacity - sizeof *lent, &size, NULL);

    (void)back;
    if (code == EXECWIRE_OK)
        code = execwire_link_sender_init(&lent->sender, &options, NULL);
    if (code != EXECWIRE_OK)
        return code;
    execwire_link_restore_session(&lent->sender, 0);
    code = execwire_link_update(&lent->sender, state, 0, NULL, NULL);
    execwire_link_sender_poll(&lent->sender, execwire_link_session(&lent->sender));
    /* a frame of its own is no feedback: it is refused after it was read */
    (void)execwire_link_feedback(&lent->sender, lent->frame, MTU, NULL);
    return code;
}
