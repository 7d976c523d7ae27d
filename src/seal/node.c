/* SPDX-License-Identifier: Apache-2.0 */
#include "error/error.h"
#include "seal/way.h"

#include <string.h>

/* While nobody has answered in a session, or when nobody has for so many frames, each eighth frame
 * is long; one-way each 32nd. The numbers of short ones say where they belong among 128. */
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
    *node = (execwire_seal_node){.options = *options,
                                 .key = *key,
                                 .reserve = reserve,
                                 .context = context,
                                 .session = session > 0 ? session - 1 : 0,
                                 .reserved = session};
    return EXECWIRE_OK;
}

void execwire_seal_node_end(execwire_seal_node *node)
{
    if (node != NULL)
        execwire_seal_wipe(node, sizeof *node);
}

/* ---- Sessions ---- */

/* The next number, which nobody has used. */
static bool take_session(execwire_seal_node *node, uint32_t *session)
{
    if (node->session >= UINT32_MAX - EXECWIRE_SEAL_SESSIONS)
        return false;
    *session = node->session + 1;
    if (*session < node->reserved)
        return true;
    if (!node->reserve(node->context, *session + EXECWIRE_SEAL_SESSIONS))
        return false;
    node->reserved = *session + EXECWIRE_SEAL_SESSIONS;
    return true;
}

static bool begin(execwire_seal_node *node)
{
    const execwire_seal_crypto *crypto = node->options.crypto;
    uint32_t session;

    if (!take_session(node, &session) ||
        !crypto->random(crypto->context, node->salt, sizeof node->salt) ||
        !execwire_way_key(&node->options, &node->key, EXECWIRE_UP, session, node->salt, NULL,
                          node->up.key))
        return false;
    node->session = session;
    node->up.next = 0;
    node->heard_at = 0;
    node->answered = false;
    node->asked = false;
    node->begun = true;
    return true;
}

/* ---- Writing ---- */

static bool is_long(const execwire_seal_node *node)
{
    uint32_t number = node->up.next;

    if (node->options.one_way)
        return number % LONG_ONE_WAY == 0;
    return number == 0 || node->asked ||
           (number % LONG_WHILE == 0 && (!node->answered || number - node->heard_at >= SILENT));
}

execwire_code execwire_seal_node_write(execwire_seal_node *node, const void *frame, size_t size,
                                       void *out, size_t capacity, size_t *sealed,
                                       execwire_error *error)
{
    execwire_form form = {.kind = EXECWIRE_FORM_SHORT};
    execwire_sealing s;
    execwire_code code;

    if (node == NULL || (frame == NULL && size > 0) || (out == NULL && capacity > 0) ||
        sealed == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    if (size > EXECWIRE_SEAL_MOST)
        return execwire_fail(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    if (!node->begun || node->up.next >= EXECWIRE_SEAL_MOST_FRAMES) {
        node->begun = false;
        if (!begin(node))
            return execwire_fail(error, EXECWIRE_ERROR_SEAL, 0);
    }
    if (is_long(node))
        form = (execwire_form){.kind = EXECWIRE_FORM_LONG,
                               .key = node->key.id,
                               .session = node->session,
                               .salt = node->salt,
                               .echo = node->echoes && !node->answered ? node->peer_salt : NULL};
    form.number = node->up.next;
    s = (execwire_sealing){&node->options, node->up.key, EXECWIRE_UP, node->session, form.number};
    code = execwire_way_seal(&s, &form, frame, size, out, capacity, sealed, error);
    if (code != EXECWIRE_ERROR_NO_SPACE) {
        node->up.next++;
        node->asked = false;
    }
    return code;
}

/* ---- Opening ---- */

/* A challenge of this session is answered by the next one, which echoes it: what is recorded of
 * this one is worth nothing in that. A question is answered by a long frame, and may be as old as
 * it likes. */
static execwire_seal_outcome take_challenge(execwire_seal_node *node, const execwire_form *form,
                                            const uint8_t *sealed, uint8_t *out)
{
    bool question = form->kind == EXECWIRE_FORM_QUESTION;
    uint8_t key[EXECWIRE_SEAL_KEY_SIZE];
    const execwire_sealing s = {&node->options, key,
                                question ? EXECWIRE_DOWN_QUESTION : EXECWIRE_DOWN_CHALLENGE,
                                question ? 0 : node->session, 0};
    bool good = node->begun && form->key == node->key.id && !node->options.one_way &&
                execwire_way_key(&node->options, &node->key, s.direction, s.session, form->salt,
                                 question ? NULL : node->salt, key) &&
                execwire_way_open(&s, form, sealed, out);

    execwire_seal_wipe(key, sizeof key);
    if (!good)
        return EXECWIRE_SEAL_FORGED;
    if (question) {
        node->asked = true;
        return EXECWIRE_SEAL_CHALLENGED;
    }
    memcpy(node->peer_salt, form->salt, EXECWIRE_SEAL_SALT_SIZE);
    node->echoes = true;
    node->begun = false;
    node->answered = false;
    return EXECWIRE_SEAL_CHALLENGED;
}

/* The keys of what comes in this session. The first long frame says which salt the gateway has in
 * it; one that says another salt later does not open with these. */
static bool find_way(const execwire_seal_node *node, const execwire_form *form,
                     execwire_seal_way *way)
{
    *way = node->down;
    if (!node->begun || node->answered)
        return node->begun;
    *way = (execwire_seal_way){.next = 0};
    return form->kind == EXECWIRE_FORM_LONG && form->key == node->key.id &&
           execwire_way_key(&node->options, &node->key, EXECWIRE_DOWN, node->session, node->salt,
                            form->salt, way->key);
}

static execwire_seal_outcome open_frame(execwire_seal_node *node, const execwire_form *form,
                                        const uint8_t *sealed, uint8_t *out)
{
    execwire_seal_outcome outcome = EXECWIRE_SEAL_FORGED;
    execwire_seal_way way;

    if (find_way(node, form, &way))
        outcome = execwire_way_take(&way, &node->options, EXECWIRE_DOWN, node->session, form,
                                    sealed, out);
    if (outcome != EXECWIRE_SEAL_OPENED)
        return outcome;
    node->down = way;
    if (!node->answered)
        memcpy(node->peer_salt, form->salt, EXECWIRE_SEAL_SALT_SIZE);
    node->answered = true;
    node->heard_at = node->up.next;
    return outcome;
}

execwire_code execwire_seal_node_open(execwire_seal_node *node, const void *sealed, size_t size,
                                      void *out, size_t capacity, size_t *opened,
                                      execwire_seal_outcome *outcome, execwire_error *error)
{
    execwire_form form;

    if (node == NULL || (sealed == NULL && size > 0) || (out == NULL && capacity > 0) ||
        opened == NULL || outcome == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    form = execwire_form_read(&node->options, EXECWIRE_DOWN, sealed, size);
    if (execwire_way_room(&form, capacity, opened, error) != EXECWIRE_OK)
        return EXECWIRE_ERROR_NO_SPACE;
    if (node->failures >= EXECWIRE_SEAL_MOST_FAILURES)
        *outcome = EXECWIRE_SEAL_RETIRED;
    else if (form.kind == EXECWIRE_FORM_NONE)
        *outcome = EXECWIRE_SEAL_FORGED;
    else if (form.kind != EXECWIRE_FORM_SHORT && form.kind != EXECWIRE_FORM_LONG)
        *outcome = take_challenge(node, &form, sealed, out);
    else
        *outcome = open_frame(node, &form, sealed, out);
    node->failures += *outcome == EXECWIRE_SEAL_FORGED;
    node->outcomes[*outcome]++;
    if (*outcome == EXECWIRE_SEAL_OPENED)
        *opened = form.frame_size;
    return EXECWIRE_OK;
}
