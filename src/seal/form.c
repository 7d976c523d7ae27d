/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/form.h"

#include <string.h>

#define LONG      0xC0u
#define CHALLENGE 0x80u
#define ECHOES    0x20u
#define QUESTION  0xA0u
#define KEY       0x1Fu
#define NUMBER    0x7Fu

static const uint8_t firsts[] = {[EXECWIRE_FORM_SHORT] = 0,
                                 [EXECWIRE_FORM_LONG] = LONG,
                                 [EXECWIRE_FORM_CHALLENGE] = CHALLENGE,
                                 [EXECWIRE_FORM_QUESTION] = QUESTION};

static size_t put_salt(uint8_t *out, size_t at, const uint8_t *salt)
{
    memcpy(out + at, salt, EXECWIRE_SEAL_SALT_SIZE);
    return at + EXECWIRE_SEAL_SALT_SIZE;
}

static size_t put_number(uint8_t *out, size_t at, uint32_t number)
{
    execwire_seal_store(out + at, number);
    return at + 4;
}

size_t execwire_form_write(const execwire_seal_options *options, execwire_direction direction,
                           const execwire_form *form, uint8_t out[EXECWIRE_FORM_SIZE])
{
    size_t at = options->cid_size;

    memcpy(out, options->cid, options->cid_size);
    if (form->kind == EXECWIRE_FORM_SHORT) {
        out[at] = (uint8_t)(form->number & NUMBER);
        return at + 1;
    }
    out[at++] = (uint8_t)(firsts[form->kind] | (form->echo != NULL ? ECHOES : 0) | form->key);
    if (direction == EXECWIRE_UP)
        at = put_number(out, at, form->session);
    at = put_salt(out, at, form->salt);
    if (form->kind == EXECWIRE_FORM_LONG)
        at = put_number(out, at, form->number);
    return form->echo != NULL ? put_salt(out, at, form->echo) : at;
}

/* The kind that the first byte says; a node sends no challenge, and a gateway echoes none. */
static execwire_form_kind kind_of(unsigned first, execwire_direction direction)
{
    bool up = direction == EXECWIRE_UP;

    if ((first & CHALLENGE) == 0)
        return EXECWIRE_FORM_SHORT;
    if ((first & LONG) == LONG)
        return up || (first & ECHOES) == 0 ? EXECWIRE_FORM_LONG : EXECWIRE_FORM_NONE;
    if (up)
        return EXECWIRE_FORM_NONE;
    return (first & QUESTION) == QUESTION ? EXECWIRE_FORM_QUESTION : EXECWIRE_FORM_CHALLENGE;
}

static size_t size_of(execwire_form_kind kind, execwire_direction direction, bool echoes)
{
    size_t size = 1;

    if (kind == EXECWIRE_FORM_SHORT)
        return size;
    size += EXECWIRE_SEAL_SALT_SIZE + (direction == EXECWIRE_UP ? 4u : 0);
    if (kind == EXECWIRE_FORM_LONG)
        size += 4;
    return size + (echoes ? EXECWIRE_SEAL_SALT_SIZE : 0u);
}

execwire_form execwire_form_read(const execwire_seal_options *options, execwire_direction direction,
                                 const uint8_t *sealed, size_t size)
{
    const execwire_form none = {.kind = EXECWIRE_FORM_NONE};
    const uint8_t *at = sealed + options->cid_size;
    execwire_form form = none;
    bool echoes;

    if (size <= options->cid_size || memcmp(sealed, options->cid, options->cid_size) != 0)
        return none;
    form.kind = kind_of(*at, direction);
    echoes = form.kind == EXECWIRE_FORM_LONG && (*at & ECHOES) != 0;
    form.size = options->cid_size + size_of(form.kind, direction, echoes);
    if (form.kind == EXECWIRE_FORM_NONE || size < form.size + options->tag_size)
        return none;
    form.frame_size = size - form.size - options->tag_size;
    if (form.frame_size > EXECWIRE_SEAL_MOST)
        return none;
    if (form.kind == EXECWIRE_FORM_SHORT) {
        form.number = *at & NUMBER;
        return form;
    }
    form.key = *at++ & KEY;
    if (direction == EXECWIRE_UP) {
        form.session = execwire_seal_load(at);
        at += 4;
    }
    form.salt = at;
    at += EXECWIRE_SEAL_SALT_SIZE;
    if (form.kind == EXECWIRE_FORM_LONG) {
        form.number = execwire_seal_load(at);
        at += 4;
    }
    form.echo = echoes ? at : NULL;
    return form;
}
