/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/bytes.h"

#include <string.h>

uint8_t *execwire_put_number(uint8_t *out, uint32_t number)
{
    for (unsigned i = 4; i-- > 0; number >>= 8)
        out[i] = (uint8_t)number;
    return out + 4;
}

uint8_t *execwire_put_salt(uint8_t *out, const uint8_t *salt)
{
    memcpy(out, salt, EXECWIRE_SEAL_SALT_SIZE);
    return out + EXECWIRE_SEAL_SALT_SIZE;
}

uint8_t *execwire_put_first(const execwire_seal_options *options, uint8_t *out, unsigned first)
{
    memcpy(out, options->cid, options->cid_size);
    out[options->cid_size] = (uint8_t)first;
    return out + options->cid_size + 1;
}

uint32_t execwire_take_number(const uint8_t *from)
{
    uint32_t number = 0;

    for (unsigned i = 0; i < 4; i++)
        number = number << 8 | from[i];
    return number;
}

const uint8_t *execwire_take_form(const execwire_seal_options *options, execwire_forms forms,
                                  const uint8_t *sealed, size_t size, execwire_form *form)
{
    static const uint8_t kinds[] = {EXECWIRE_FORM_CHALLENGE, EXECWIRE_FORM_QUESTION,
                                    EXECWIRE_FORM_LONG, EXECWIRE_FORM_LONG};
    const uint8_t *first;
    unsigned kind = EXECWIRE_FORM_SHORT;

    form->kind = EXECWIRE_FORM_NONE;
    form->frame_size = 0;
    form->number = 0;
    if (size <= options->cid_size || memcmp(sealed, options->cid, options->cid_size) != 0)
        return NULL;
    first = sealed + options->cid_size;
    form->size = options->cid_size + 1u;
    if ((*first & EXECWIRE_FORM_NOT_SHORT) == 0) {
        form->number = *first;
    } else {
        unsigned index = *first >> EXECWIRE_FORM_KEY_BITS & 3;

        if (forms[index] == 0)
            return NULL;
        kind = kinds[index];
        form->size += forms[index];
        form->key = *first & EXECWIRE_FORM_KEY;
    }
    if (size < form->size + options->tag_size ||
        size - form->size - options->tag_size > EXECWIRE_SEAL_MOST)
        return NULL;
    form->kind = (execwire_form_kind)kind;
    form->frame_size = size - form->size - options->tag_size;
    return first + 1;
}
