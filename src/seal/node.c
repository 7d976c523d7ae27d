/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/bytes.h"
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
    node->up.session = session > 0 ? session - 1 : 0;
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
    uint32_t session = node->up.session + 1;

    if (!reserve_session(node, session) ||
        !crypto->random(crypto->context, node->salts[0], EXECWIRE_SEAL_SALT_SIZE))
        return false;
    node->up.session = session;
    if (!execwire_way_begin(&node->up, &node->options, &node->key, node->salts[0],
                            EXECWIRE_SEAL_SALT_SIZE))
        return false;
    node->silent = SILENT; /* the first frame says which session it is of */
    node->answered = false;
    node->begun = true;
    return true;
}

/* ---- Writing ---- */

/* While nobody has answered for long, a long one is due now and then. */
static void ask_while_silent(execwire_seal_node *node)
{
    uint32_t between = node->options.one_way ? LONG_ONE_WAY - 1 : LONG_WHILE - 1;

    if (node->silent >= SILENT && (node->up.next & between) == 0)
        node->asked = true;
}

execwire_code execwire_seal_node_write(execwire_seal_node *node, const void *frame, size_t size,
                                       void *out, size_t capacity, size_t *sealed,
                                       execwire_error *error)
{
    uint8_t form[EXECWIRE_FORM_SIZE];
    execwire_sealing s;

    s.form = out;
    s.from = frame;
    s.frame_size = size;
    if (node == NULL || !execwire_seal_bytes_valid(frame, size, out, capacity) || sealed == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    if (size > EXECWIRE_SEAL_MOST)
        return execwire_fail(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    if (node->up.next >= EXECWIRE_SEAL_MOST_FRAMES)
        node->begun = false;
    *sealed = 0;
    if (!node->begun && !begin(node))
        return execwire_fail(error, EXECWIRE_ERROR_SEAL, 0);
    ask_while_silent(node);
    s.form_size = execwire_form_write_up(node, form);
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
    uint8_t mixed[2 * EXECWIRE_SEAL_SALT_SIZE];
    const uint8_t *salts = mixed;
    size_t size = sizeof mixed;

    if (form->kind == EXECWIRE_FORM_SHORT || form->key != node->key.id)
        return false;
    way->direction = (uint8_t)form->kind;
    way->session = node->up.session;
    (void)execwire_put_salt(execwire_put_salt(mixed, form->salt), node->salts[0]);
    if (form->kind == EXECWIRE_FORM_LONG)
        salts = node->salts[0]; /* both that it has: the session is opened by its echo alone */
    if (form->kind == EXECWIRE_FORM_QUESTION) {
        way->session = 0;
        size = EXECWIRE_SEAL_SALT_SIZE;
    }
    return execwire_way_begin(way, &node->options, &node->key, salts, size);
}

/* A challenge of this session is answered by the next one, which echoes it: what is recorded of
 * this one is worth nothing in that. A question is answered by a long frame, and may be as old as
 * it likes. */
static void obey(execwire_seal_node *node, const execwire_form *form)
{
    node->asked = true;
    if (form->kind == EXECWIRE_FORM_QUESTION)
        return;
    (void)execwire_put_salt(node->salts[1], form->salt);
    node->echoes = true;
    node->begun = false;
}

static execwire_seal_outcome open_frame(execwire_seal_node *node, execwire_form *form,
                                        execwire_seal_way *way, size_t *opened)
{
    bool is_frame = form->kind <= EXECWIRE_FORM_LONG;
    execwire_seal_outcome outcome;

    if (form->kind == EXECWIRE_FORM_NONE || !node->begun || node->options.one_way)
        return EXECWIRE_SEAL_FORGED;
    if (is_frame)
        way = &node->down;
    if (!(is_frame && node->answered) && !begin_way(node, form, way))
        return EXECWIRE_SEAL_FORGED;
    outcome = execwire_way_take(way, &node->options, form);
    if (outcome != EXECWIRE_SEAL_OPENED)
        return outcome;
    if (!is_frame) {
        obey(node, form);
        return EXECWIRE_SEAL_CHALLENGED;
    }
    node->answered = true;
    node->echoes = false;
    node->silent = 0;
    *opened = form->s.frame_size;
    return outcome;
}

execwire_code execwire_seal_node_open(execwire_seal_node *node, const void *sealed, size_t size,
                                      void *out, size_t capacity, size_t *opened,
                                      execwire_seal_outcome *outcome, execwire_error *error)
{
    execwire_seal_outcome became = EXECWIRE_SEAL_RETIRED;
    execwire_seal_way once; /* of what is no frame */
    execwire_form form;

    if (node == NULL || !execwire_seal_bytes_valid(sealed, size, out, capacity) || opened == NULL ||
        outcome == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    execwire_form_read_down(&node->options, sealed, size, &form);
    form.s.to = out;
    *opened = form.s.frame_size;
    if (*opened > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    *opened = 0;
    if (node->outcomes[EXECWIRE_SEAL_FORGED] < EXECWIRE_SEAL_MOST_FAILURES)
        became = open_frame(node, &form, &once, opened);
    execwire_seal_wipe(&once, sizeof once);
    node->outcomes[became]++;
    *outcome = became;
    return EXECWIRE_OK;
}
