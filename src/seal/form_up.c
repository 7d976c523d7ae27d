/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/bytes.h"

#define LONG_SIZE (4 + EXECWIRE_SEAL_SALT_SIZE + 4)

size_t execwire_form_write_up(const execwire_seal_node *node, bool is_long,
                              uint8_t out[EXECWIRE_FORM_SIZE])
{
    const unsigned is = EXECWIRE_FORM_NOT_SHORT | EXECWIRE_FORM_IS_LONG;
    bool echoes = node->echoes && !node->answered;
    uint32_t number = node->up.next;
    uint8_t *at;

    if (!is_long)
        return (size_t)(execwire_put_first(&node->options, out, number & EXECWIRE_FORM_NUMBER) -
                        out);
    at = execwire_put_first(&node->options, out,
                            is | (echoes ? EXECWIRE_FORM_ECHOES : 0) | node->key.id);
    at = execwire_put_number(at, node->session);
    at = execwire_put_salt(at, node->salt);
    at = execwire_put_number(at, number);
    if (echoes)
        at = execwire_put_salt(at, node->peer_salt);
    return (size_t)(at - out);
}

/* A node sends no challenge. */
static execwire_forms forms_up = {0, 0, LONG_SIZE, LONG_SIZE + EXECWIRE_SEAL_SALT_SIZE};

void execwire_form_read_up(const execwire_seal_options *options, const uint8_t *sealed, size_t size,
                           execwire_form *form)
{
    const uint8_t *rest = execwire_take_form(options, forms_up, sealed, size, form);

    if (form->kind != EXECWIRE_FORM_LONG)
        return;
    form->session = execwire_take_number(rest);
    form->salt = rest + 4;
    form->number = execwire_take_number(rest + 4 + EXECWIRE_SEAL_SALT_SIZE);
    form->echo = (rest[-1] & EXECWIRE_FORM_ECHOES) != 0 ? rest + LONG_SIZE : NULL;
}
