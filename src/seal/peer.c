/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/bytes.h"
#include "seal/way.h"

#include <string.h>

/* The first frames of a session, and each sixteenth, are long: one of them has to arrive before the
 * node can open short ones. */
#define LONG_FIRST 4
#define LONG_EVERY 16

execwire_code execwire_seal_peer_init(execwire_seal_peer *peer,
                                      const execwire_seal_options *options,
                                      const execwire_seal_key *keys, size_t key_count,
                                      const execwire_seal_newest *newest, execwire_error *error)
{
    if (peer == NULL || !execwire_seal_options_valid(options) || keys == NULL || key_count < 1 ||
        key_count > 2 || keys[0].id > 31 ||
        (key_count == 2 && (keys[1].id > 31 || keys[0].id == keys[1].id)))
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    *peer = (execwire_seal_peer){.options = *options,
                                 .key_count = (uint8_t)key_count,
                                 .newest = newest != NULL ? *newest
                                                          : (execwire_seal_newest){.session = 0}};
    for (size_t i = 0; i < key_count; i++)
        peer->keys[i] = keys[i];
    return EXECWIRE_OK;
}

void execwire_seal_peer_end(execwire_seal_peer *peer)
{
    if (peer != NULL)
        execwire_seal_wipe(peer, sizeof *peer);
}

/* ---- Opening ---- */

/* The key that a frame names; key_count: none of ours. */
static unsigned find_key(const execwire_seal_peer *peer, const execwire_form *form)
{
    unsigned i = 0;

    if (form->kind == EXECWIRE_FORM_SHORT)
        return peer->active;
    while (i < peer->key_count && peer->keys[i].id != form->key)
        i++;
    return i;
}

static bool is_current(const execwire_seal_peer *peer, const execwire_form *form)
{
    return peer->has_session &&
           (form->kind == EXECWIRE_FORM_SHORT ||
            (form->session == peer->session && form->key == peer->keys[peer->active].id &&
             memcmp(form->salt, peer->salt, EXECWIRE_SEAL_SALT_SIZE) == 0));
}

/* Whether it echoes the challenge, so that the node has sent it after that. */
static bool is_fresh(const execwire_seal_peer *peer, const execwire_form *form)
{
    return peer->challenges && form->echo != NULL &&
           memcmp(form->echo, peer->challenge, EXECWIRE_SEAL_SALT_SIZE) == 0;
}

/* One-way: whether it is of the session that was the newest when the gateway was started. */
static bool goes_on(const execwire_seal_peer *peer, const execwire_form *form)
{
    return peer->options.one_way && form->session == peer->newest.session &&
           memcmp(form->salt, peer->newest.salt, EXECWIRE_SEAL_SALT_SIZE) == 0;
}

/* Whether a session that the node has begun is the node's newest, and not a recording. */
static execwire_seal_outcome judge_session(const execwire_seal_peer *peer,
                                           const execwire_form *form)
{
    if (peer->options.one_way)
        return form->session > peer->newest.session ||
                       (goes_on(peer, form) && form->s.number >= peer->newest.next)
                   ? EXECWIRE_SEAL_OPENED
                   : EXECWIRE_SEAL_OLD;
    return is_fresh(peer, form) ? EXECWIRE_SEAL_OPENED : EXECWIRE_SEAL_UNPROVEN;
}

/* The session that a frame is of is the node's from now on; two-way our salt in it is the challenge
 * that it echoes. */
static bool accept(execwire_seal_peer *peer, const execwire_form *form, unsigned key,
                   const execwire_seal_way *up)
{
    bool again = goes_on(peer, form);
    uint8_t salts[2 * EXECWIRE_SEAL_SALT_SIZE];

    peer->down.session = form->session;
    peer->down.direction = EXECWIRE_DOWN;
    (void)execwire_put_salt(execwire_put_salt(salts, form->salt), peer->challenge);
    if (!execwire_way_begin(&peer->down, &peer->options, &peer->keys[key], salts, sizeof salts)) {
        peer->has_session = false; /* whose way down is lost */
        return false;
    }
    memcpy(peer->own_salt, peer->challenge, sizeof peer->own_salt);
    memcpy(peer->salt, form->salt, EXECWIRE_SEAL_SALT_SIZE);
    peer->up = *up;
    if (again) {
        peer->up.next = peer->newest.next;
        memset(peer->up.opened, UINT8_MAX, sizeof peer->up.opened); /* as far as is known */
    }
    execwire_way_opened(&peer->up, form->s.number);
    peer->active = peer->claim_key = (uint8_t)key;
    peer->session = form->session;
    peer->has_session = true;
    peer->challenges = false;
    peer->has_claim = false;
    return true;
}

static execwire_seal_outcome open_new(execwire_seal_peer *peer, const execwire_form *form,
                                      unsigned key)
{
    execwire_seal_way up = {.session = form->session, .direction = EXECWIRE_UP};
    execwire_seal_outcome outcome = EXECWIRE_SEAL_FORGED;

    if (execwire_way_begin(&up, &peer->options, &peer->keys[key], form->salt,
                           EXECWIRE_SEAL_SALT_SIZE) &&
        execwire_way_open(&up, &peer->options, &form->s))
        outcome = judge_session(peer, form);
    if (outcome == EXECWIRE_SEAL_UNPROVEN) {
        peer->has_claim = true;
        peer->claim_key = (uint8_t)key;
        peer->claim = form->session;
        memcpy(peer->claim_salt, form->salt, EXECWIRE_SEAL_SALT_SIZE);
    }
    if (outcome == EXECWIRE_SEAL_OPENED && !accept(peer, form, key, &up))
        outcome = EXECWIRE_SEAL_FORGED;
    execwire_seal_wipe(&up, sizeof up);
    return outcome;
}

static execwire_seal_outcome open_sealed(execwire_seal_peer *peer, execwire_form *form)
{
    execwire_seal_outcome outcome;
    unsigned key;

    if (form->kind == EXECWIRE_FORM_NONE)
        return EXECWIRE_SEAL_FORGED;
    key = find_key(peer, form);
    if (key == peer->key_count)
        return EXECWIRE_SEAL_FORGED;
    if (peer->failures[key] >= EXECWIRE_SEAL_MOST_FAILURES)
        return EXECWIRE_SEAL_RETIRED;
    if (form->s.number >= EXECWIRE_SEAL_MOST_FRAMES)
        return EXECWIRE_SEAL_FORGED;
    if (is_current(peer, form))
        outcome = execwire_way_take(&peer->up, &peer->options, form);
    else if (form->kind == EXECWIRE_FORM_SHORT)
        outcome = EXECWIRE_SEAL_FORGED;
    else
        outcome = open_new(peer, form, key);
    if (outcome != EXECWIRE_SEAL_FORGED)
        return outcome;
    peer->failures[key]++;
    if (form->kind != EXECWIRE_FORM_SHORT || peer->options.one_way)
        return outcome;
    peer->has_claim = false; /* a question may find out */
    return EXECWIRE_SEAL_UNPROVEN;
}

execwire_code execwire_seal_peer_open(execwire_seal_peer *peer, const void *sealed, size_t size,
                                      void *out, size_t capacity, size_t *opened,
                                      execwire_seal_outcome *outcome, execwire_error *error)
{
    execwire_form form;

    if (peer == NULL || !execwire_seal_bytes_valid(sealed, size, out, capacity) || opened == NULL ||
        outcome == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    execwire_form_read_up(&peer->options, sealed, size, &form);
    *opened = form.s.frame_size;
    if (form.s.frame_size > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    form.s.to = out;
    *outcome = open_sealed(peer, &form);
    peer->outcomes[*outcome]++;
    if (*outcome != EXECWIRE_SEAL_OPENED) {
        *opened = 0;
        return EXECWIRE_OK;
    }
    peer->newest.session = peer->session;
    peer->newest.next = peer->up.next;
    memcpy(peer->newest.salt, peer->salt, sizeof peer->newest.salt);
    return EXECWIRE_OK;
}

/* ---- Writing ---- */

static execwire_code seal(const execwire_seal_peer *peer, const execwire_seal_way *way,
                          const execwire_form *form, const void *frame, size_t size, void *out,
                          size_t capacity, size_t *sealed, execwire_error *error)
{
    const execwire_seal_options *options = &peer->options;
    uint8_t bytes[EXECWIRE_FORM_SIZE];
    execwire_sealing s = {form->s.number, out,  execwire_form_write_down(options, form, bytes),
                          frame,          size, NULL};

    *sealed = s.form_size + size + options->tag_size;
    if (out == NULL || *sealed > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    s.to = (uint8_t *)memcpy(out, bytes, s.form_size) + s.form_size;
    if (execwire_way_seal(way, options, &s))
        return EXECWIRE_OK;
    *sealed = 0;
    return execwire_fail(error, EXECWIRE_ERROR_SEAL, 0);
}

execwire_code execwire_seal_peer_write(execwire_seal_peer *peer, const void *frame, size_t size,
                                       void *out, size_t capacity, size_t *sealed,
                                       execwire_error *error)
{
    execwire_form form = {.kind = EXECWIRE_FORM_SHORT};
    execwire_code code;

    if (peer == NULL || !peer->has_session ||
        !execwire_seal_bytes_valid(frame, size, out, capacity) || sealed == NULL ||
        peer->options.one_way)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    if (size > EXECWIRE_SEAL_MOST)
        return execwire_fail(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    if (peer->down.next >= EXECWIRE_SEAL_MOST_FRAMES)
        return execwire_fail(error, EXECWIRE_ERROR_SEAL, 0);
    if (peer->down.next < LONG_FIRST || peer->down.next % LONG_EVERY == 0)
        form = (execwire_form){
            .kind = EXECWIRE_FORM_LONG, .key = peer->keys[peer->active].id, .salt = peer->own_salt};
    form.s.number = peer->down.next;
    code = seal(peer, &peer->down, &form, frame, size, out, capacity, sealed, error);
    if (code != EXECWIRE_ERROR_NO_SPACE)
        peer->down.next++;
    return code;
}

execwire_code execwire_seal_peer_challenge(execwire_seal_peer *peer, void *out, size_t capacity,
                                           size_t *size, execwire_error *error)
{
    const execwire_seal_crypto *crypto = peer != NULL ? peer->options.crypto : NULL;
    bool question = peer != NULL && !peer->has_claim;
    execwire_form form = {.kind = question ? EXECWIRE_FORM_QUESTION : EXECWIRE_FORM_CHALLENGE};
    uint8_t salts[2 * EXECWIRE_SEAL_SALT_SIZE];
    const execwire_seal_key *key;
    execwire_seal_way way;
    execwire_code code;

    if (peer == NULL || (out == NULL && capacity > 0) || size == NULL || peer->options.one_way)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    if (!peer->challenges &&
        !crypto->random(crypto->context, peer->challenge, sizeof peer->challenge))
        return execwire_fail(error, EXECWIRE_ERROR_SEAL, 0);
    peer->challenges = true;
    key = &peer->keys[peer->claim_key];
    form.key = key->id;
    form.salt = peer->challenge;
    way.session = question ? 0 : peer->claim;
    way.direction = question ? EXECWIRE_DOWN_QUESTION : EXECWIRE_DOWN_CHALLENGE;
    (void)execwire_put_salt(execwire_put_salt(salts, form.salt), peer->claim_salt);
    if (!execwire_way_begin(&way, &peer->options, key, salts,
                            question ? EXECWIRE_SEAL_SALT_SIZE : sizeof salts))
        return execwire_fail(error, EXECWIRE_ERROR_SEAL, 0);
    code = seal(peer, &way, &form, NULL, 0, out, capacity, size, error);
    execwire_seal_wipe(&way, sizeof way);
    return code;
}
