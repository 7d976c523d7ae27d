/* What the forms of both directions are made of.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_SEAL_BYTES_H
#define EXECWIRE_SEAL_BYTES_H

#include "seal/form.h"

/* The first byte. */
#define EXECWIRE_FORM_NOT_SHORT 0x80u
#define EXECWIRE_FORM_IS_LONG   0x40u
#define EXECWIRE_FORM_ECHOES    0x20u /* of a long one */
#define EXECWIRE_FORM_ASKS      0x20u /* of one that is neither: it is a question */
#define EXECWIRE_FORM_KEY       0x1Fu
#define EXECWIRE_FORM_KEY_BITS  5
#define EXECWIRE_FORM_NUMBER    0x7Fu

/* Each returns where the next byte belongs. */
uint8_t *execwire_put_bytes(uint8_t *out, const void *from, size_t size);
uint8_t *execwire_put_first(const execwire_seal_options *options, uint8_t *out, unsigned first);
uint8_t *execwire_put_salt(uint8_t *out, const uint8_t *salt);
uint8_t *execwire_put_number(uint8_t *out, uint32_t number);

uint32_t execwire_take_number(const uint8_t *from);

/* For each three bits that a first byte begins with the kind of form, and above that how many bytes
 * stand behind the first one. */
typedef const uint8_t execwire_forms[8];
#define EXECWIRE_FORM_KIND_BITS      3
#define EXECWIRE_FORM_KIND           7u
#define EXECWIRE_FORM_OF(kind, size) ((kind) | (size) << EXECWIRE_FORM_KIND_BITS)

/* Reads which form it is, and how much it has: of a short one its number, of another its key.
 * Returns what stands behind the first byte; NULL: it is none. */
const uint8_t *execwire_take_form(const execwire_seal_options *options, execwire_forms known,
                                  const uint8_t *sealed, size_t size, execwire_form *form);

#endif
