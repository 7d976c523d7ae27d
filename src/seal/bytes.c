/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/bytes.h"

#include "base/target.h"

#include <string.h>

uint8_t *execwire_put_number(uint8_t *out, uint32_t number)
{
    for (unsigned i = 4; i-- > 0; number >>= 8)
        out[i] = (uint8_t)number;
    return out + 4;
}

EXECWIRE_APART uint8_t *execwire_put_bytes(uint8_t *out, const void *from, size_t size)
{
    memcpy(out, from, size);
    return out + size;
}

uint8_t *execwire_put_salt(uint8_t *out, const uint8_t *salt)
{
    return execwire_put_bytes(out, salt, EXECWIRE_SEAL_SALT_SIZE);
}

uint8_t *execwire_put_first(const execwire_seal_options *options, uint8_t *out, unsigned first)
{
    out = execwire_put_bytes(out, options->cid, options->cid_size);
    *out = (uint8_t)first;
    return out + 1;
}

uint32_t execwire_take_number(const uint8_t *from)
{
    uint32_t number = 0;

    for (unsigned i = 0; i < 4; i++)
        number = number << 8 | from[i];
    return number;
}

const uint8_t *execwire_take_form(const execwire_seal_options *options, execwire_forms known,
                                  const uint8_t *sealed, size_t size, execwire_form *form)
{
    size_t form_size = options->cid_size;
    unsigned first, is;

    form->kind = EXECWIRE_FORM_NONE;
    form->s.frame_size = 0;
    if (size <= form_size || memcmp(sealed, options->cid, form_size) != 0)
        return NULL;
    first = sealed[form_size++];
    is = known[first >> EXECWIRE_FORM_KEY_BITS];
    form->key = (uint8_t)(first & EXECWIRE_FORM_KEY);
    form->s.number = is == EXECWIRE_FORM_SHORT ? first : 0;
    form->s.form = sealed;
    form->s.form_size = form_size + (is >> EXECWIRE_FORM_KIND_BITS);
    form->s.from = sealed + form->s.form_size;
    size -= form->s.form_size + options->tag_size;
    is &= EXECWIRE_FORM_KIND;
    if (is == EXECWIRE_FORM_NONE || size > EXECWIRE_SEAL_MOST)
        return NULL;
    form->kind = (execwire_form_kind)is;
    form->s.frame_size = size;
    return sealed + form_size;
}
