/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/bytes.h"

/* The first byte of each kind. */
static const uint8_t firsts[] = {
    [EXECWIRE_FORM_SHORT] = 0,
    [EXECWIRE_FORM_LONG] = EXECWIRE_FORM_NOT_SHORT | EXECWIRE_FORM_IS_LONG,
    [EXECWIRE_FORM_CHALLENGE] = EXECWIRE_FORM_NOT_SHORT,
    [EXECWIRE_FORM_QUESTION] = EXECWIRE_FORM_NOT_SHORT | EXECWIRE_FORM_ASKS};

size_t execwire_form_write_down(const execwire_seal_options *options, const execwire_form *form,
                                uint8_t out[EXECWIRE_FORM_SIZE])
{
    uint8_t *at;

    if (form->kind == EXECWIRE_FORM_SHORT)
        return (size_t)(execwire_put_first(options, out, form->s.number & EXECWIRE_FORM_NUMBER) -
                        out);
    at = execwire_put_first(options, out, (unsigned)firsts[form->kind] | form->key);
    at = execwire_put_salt(at, form->salt);
    if (form->kind == EXECWIRE_FORM_LONG)
        at = execwire_put_number(at, form->s.number);
    return (size_t)(at - out);
}

/* A gateway echoes no challenge. */
static execwire_forms forms_down = {
    [4] = EXECWIRE_FORM_OF(EXECWIRE_FORM_CHALLENGE, EXECWIRE_SEAL_SALT_SIZE),
    [5] = EXECWIRE_FORM_OF(EXECWIRE_FORM_QUESTION, EXECWIRE_SEAL_SALT_SIZE),
    [6] = EXECWIRE_FORM_OF(EXECWIRE_FORM_LONG, EXECWIRE_SEAL_SALT_SIZE + 4),
    [7] = EXECWIRE_FORM_NONE};

void execwire_form_read_down(const execwire_seal_options *options, const uint8_t *sealed,
                             size_t size, execwire_form *form)
{
    form->salt = execwire_take_form(options, forms_down, sealed, size, form);
    if (form->kind == EXECWIRE_FORM_LONG)
        form->s.number = execwire_take_number(form->salt + EXECWIRE_SEAL_SALT_SIZE);
}
