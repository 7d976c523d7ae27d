/* SPDX-License-Identifier: Apache-2.0 */
#include "error/error.h"
#include "seal/way.h"

#include <string.h>

/* When nobody has answered for so many frames, as in a session that begins, each eighth frame is
 * long; one-way each 32nd. The numbers of short ones say where they belong among 128. */
#define SILENT       48
#define LONG_WHILE   8
#define LONG_ONE_WAY 32

execwire_code execwire_seal_node_init(execwire_seal_node *node,
                                      const execwire_seal_options *options,
                                      const execwire_seal_key *key, uint32_t session,
                                      bool (*reserve)(void *context, uint32_t session),
                                      void *context, execwire_error *error)
{
    if (node == NULL || !execwire_seal_options_valid(options) || key == NULL || key->id > 31 ||
        reserve == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    memset(node, 0, sizeof *node);
    node->options = *options;
    node->key = *key;
    node->reserve = reserve;
    node->context = context;
    node->session = session > 0 ? session - 1 : 0;
    return EXECWIRE_OK;
}

void execwire_seal_node_end(execwire_seal_node *node)
{
    if (node != NULL)
        execwire_seal_wipe(node, sizeof *node);
}

/* ---- Sessions ---- */

/* Whether a number is one that nobody has used. */
static bool reserve_session(execwire_seal_node *node, uint32_t session)
{
    if (session < node->reserved)
        return true;
    if (session > UINT32_MAX - EXECWIRE_SEAL_SESSIONS ||
        !node->reserve(node->context, session + EXECWIRE_SEAL_SESSIONS))
        return false;
    node->reserved = session + EXECWIRE_SEAL_SESSIONS;
    return true;
}

static bool begin(execwire_seal_node *node)
{
    const execwire_seal_crypto *crypto = node->options.crypto;
    uint32_t session = node->session + 1;

    if (!reserve_session(node, session) ||
        !crypto->random(crypto->context, node->salt, sizeof node->salt) ||
        !execwire_way_begin(&node->up, &node->options, EXECWIRE_UP, session, &node->key, node->salt,
                            NULL))
        return false;
    node->session = session;
    node->silent = SILENT; /* the first frame says which session it is of */
    node->answered = false;
    node->begun = true;
    return true;
}

/* ---- Writing ---- */

static bool is_long(const execwire_seal_node *node)
{
    uint32_t between = node->options.one_way ? LONG_ONE_WAY - 1 : LONG_WHILE - 1;

    return node->asked || (node->silent >= SILENT && (node->up.next & between) == 0);
}

execwire_code execwire_seal_node_write(execwire_seal_node *node, const void *frame, size_t size,
                                       void *out, size_t capacity, size_t *sealed,
                                       execwire_error *error)
{
    uint8_t form[EXECWIRE_FORM_SIZE];
    execwire_sealing s = {.form = out, .from = frame, .frame_size = size};

    if (node == NULL || !execwire_seal_bytes_valid(frame, size, out, capacity) || sealed == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    if (size > EXECWIRE_SEAL_MOST)
        return execwire_fail(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    if (node->up.next >= EXECWIRE_SEAL_MOST_FRAMES)
        node->begun = false;
    *sealed = 0;
    if (!node->begun && !begin(node))
        return execwire_fail(error, EXECWIRE_ERROR_SEAL, 0);
    s.form_size = execwire_form_write_up(node, is_long(node), form);
    *sealed = s.form_size + size + node->options.tag_size;
    if (*sealed > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    s.to = (uint8_t *)memcpy(out, form, s.form_size) + s.form_size;
    s.number = node->up.next++;
    node->asked = false;
    node->silent++;
    if (execwire_way_seal(&node->up, &node->options, &s))
        return EXECWIRE_OK;
    *sealed = 0;
    return execwire_fail(error, EXECWIRE_ERROR_SEAL, 0);
}

/* ---- Opening ---- */

/* What a key is made for says the kind of the frame. */
_Static_assert((int)EXECWIRE_FORM_LONG == (int)EXECWIRE_DOWN &&
                   (int)EXECWIRE_FORM_CHALLENGE == (int)EXECWIRE_DOWN_CHALLENGE &&
                   (int)EXECWIRE_FORM_QUESTION == (int)EXECWIRE_DOWN_QUESTION,
               "kinds of frames that come down");

/* Begins a way with what the frame says: of the session's first long one, whose salt the gateway
 * has in it, of a challenge, or of a question. */
static bool begin_way(const execwire_seal_node *node, const execwire_form *form,
                      execwire_seal_way *way)
{
    uint32_t session = node->session;
    const uint8_t *first = form->salt;
    const uint8_t *second = node->salt;

    if (form->kind == EXECWIRE_FORM_SHORT || form->key != node->key.id)
        return false;
    if (form->kind == EXECWIRE_FORM_LONG) {
        first = node->salt;
        second = form->salt;
    }
    if (form->kind == EXECWIRE_FORM_QUESTION) {
        session = 0;
        second = NULL;
    }
    return execwire_way_begin(way, &node->options, (execwire_direction)form->kind, session,
                              &node->key, first, second);
}

/* A challenge of this session is answered by the next one, which echoes it: what is recorded of
 * this one is worth nothing in that. A question is answered by a long frame, and may be as old as
 * it likes. */
static void obey(execwire_seal_node *node, const execwire_form *form)
{
    node->asked = true;
    if (form->kind == EXECWIRE_FORM_QUESTION)
        return;
    memcpy(node->peer_salt, form->salt, EXECWIRE_SEAL_SALT_SIZE);
    node->echoes = true;
    node->begun = false;
    node->answered = false;
}

static execwire_seal_outcome open_frame(execwire_seal_node *node, const execwire_form *form,
                                        const uint8_t *sealed, uint8_t *out)
{
    bool is_frame = form->kind <= EXECWIRE_FORM_LONG;
    execwire_seal_outcome outcome = EXECWIRE_SEAL_FORGED;
    execwire_seal_way first = {.next = 0};
    execwire_seal_way *way = is_frame ? &node->down : &first;

    if (form->kind == EXECWIRE_FORM_NONE || !node->begun || node->options.one_way)
        return outcome;
    if ((is_frame && node->answered) || begin_way(node, form, way))
        outcome = execwire_way_take(way, &node->options, form, sealed, out);
    execwire_seal_wipe(&first, sizeof first);
    if (outcome != EXECWIRE_SEAL_OPENED)
        return outcome;
    if (!is_frame) {
        obey(node, form);
        return EXECWIRE_SEAL_CHALLENGED;
    }
    node->answered = true;
    node->silent = 0;
    return outcome;
}

execwire_code execwire_seal_node_open(execwire_seal_node *node, const void *sealed, size_t size,
                                      void *out, size_t capacity, size_t *opened,
                                      execwire_seal_outcome *outcome, execwire_error *error)
{
    execwire_seal_outcome became = EXECWIRE_SEAL_RETIRED;
    execwire_form form;

    if (node == NULL || !execwire_seal_bytes_valid(sealed, size, out, capacity) || opened == NULL ||
        outcome == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    execwire_form_read_down(&node->options, sealed, size, &form);
    *opened = form.frame_size;
    if (form.frame_size > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    if (node->failures < EXECWIRE_SEAL_MOST_FAILURES)
        became = open_frame(node, &form, sealed, out);
    node->failures += became == EXECWIRE_SEAL_FORGED;
    node->outcomes[became]++;
    *outcome = became;
    if (became != EXECWIRE_SEAL_OPENED)
        *opened = 0;
    return EXECWIRE_OK;
}
