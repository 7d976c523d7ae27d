/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/bytes.h"

#define LONG_SIZE (4 + EXECWIRE_SEAL_SALT_SIZE + 4)

size_t execwire_form_write_up(const execwire_seal_node *node, uint8_t out[EXECWIRE_FORM_SIZE])
{
    unsigned first = node->up.next & EXECWIRE_FORM_NUMBER;
    uint8_t *at;

    if (node->asked)
        first = EXECWIRE_FORM_NOT_SHORT | EXECWIRE_FORM_IS_LONG | node->key.id |
                (node->echoes ? EXECWIRE_FORM_ECHOES : 0);
    at = execwire_put_first(&node->options, out, first);
    if (!node->asked)
        return (size_t)(at - out);
    at = execwire_put_number(at, node->up.session);
    at = execwire_put_salt(at, node->salts[0]);
    at = execwire_put_number(at, node->up.next);
    if (node->echoes)
        at = execwire_put_salt(at, node->salts[1]);
    return (size_t)(at - out);
}

/* A node sends no challenge. */
static execwire_forms forms_up = {
    [4] = EXECWIRE_FORM_NONE,
    [5] = EXECWIRE_FORM_NONE,
    [6] = EXECWIRE_FORM_OF(EXECWIRE_FORM_LONG, LONG_SIZE),
    [7] = EXECWIRE_FORM_OF(EXECWIRE_FORM_LONG, LONG_SIZE + EXECWIRE_SEAL_SALT_SIZE)};

void execwire_form_read_up(const execwire_seal_options *options, const uint8_t *sealed, size_t size,
                           execwire_form *form)
{
    const uint8_t *rest = execwire_take_form(options, forms_up, sealed, size, form);

    if (form->kind != EXECWIRE_FORM_LONG)
        return;
    form->session = execwire_take_number(rest);
    form->salt = rest + 4;
    form->s.number = execwire_take_number(rest + 4 + EXECWIRE_SEAL_SALT_SIZE);
    form->echo = (rest[-1] & EXECWIRE_FORM_ECHOES) != 0 ? rest + LONG_SIZE : NULL;
}
