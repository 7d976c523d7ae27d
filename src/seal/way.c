/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/way.h"

#include "seal/bytes.h"

#include <string.h>

/* Frames that are remembered to be opened. */
#define WINDOW 64
/* A short number has so many bits. */
#define LOW_BITS 7

static const char label[] = "execwire seal";
#define LABEL_SIZE (sizeof label - 1)
#define INFO_SIZE  (LABEL_SIZE + 1 + 1 + 4 + EXECWIRE_SEAL_NAME_SIZE)

bool execwire_seal_options_valid(const execwire_seal_options *options)
{
    const execwire_seal_crypto *crypto = options != NULL ? options->crypto : NULL;

    return crypto != NULL && crypto->derive != NULL && crypto->encrypt != NULL &&
           crypto->decrypt != NULL && crypto->random != NULL && options->name.data != NULL &&
           options->name.size > 0 && options->name.size <= EXECWIRE_SEAL_NAME_SIZE &&
           options->cid_size <= EXECWIRE_SEAL_CID_SIZE &&
           (options->tag_size == 8 || options->tag_size == 4);
}

bool execwire_seal_bytes_valid(const void *from, size_t size, const void *out, size_t capacity)
{
    return (from != NULL || size == 0) && (out != NULL || capacity == 0);
}

bool execwire_way_begin(execwire_seal_way *way, const execwire_seal_options *options,
                        const execwire_seal_key *key, const uint8_t *salts, size_t size)
{
    uint8_t info[INFO_SIZE];
    uint8_t *end = execwire_put_bytes(info, label, LABEL_SIZE);

    *end++ = way->direction;
    *end++ = options->tag_size;
    end = execwire_put_number(end, way->session);
    end = execwire_put_bytes(end, options->name.data, options->name.size);
    way->next = 0;
    return options->crypto->derive(options->crypto->context, key->key, salts, size, info,
                                   (size_t)(end - info), way->key, EXECWIRE_SEAL_KEY_SIZE);
}

/* ---- Frames ---- */

/* Both directions of AES-CCM, which have the same arguments. */
typedef bool crypt(void *context, const uint8_t key[EXECWIRE_SEAL_KEY_SIZE],
                   const uint8_t nonce[EXECWIRE_SEAL_NONCE_SIZE], const uint8_t *head,
                   size_t head_size, const uint8_t *from, size_t size, uint8_t *out,
                   size_t tag_size);

static bool run(const execwire_seal_way *way, const execwire_seal_options *options,
                const execwire_sealing *s, crypt *call)
{
    uint8_t nonce[EXECWIRE_SEAL_NONCE_SIZE];
    uint8_t *at = nonce;

    *at++ = way->direction;
    at = execwire_put_number(at, way->session);
    at = execwire_put_number(at, 0);
    (void)execwire_put_number(at, s->number);
    return call(options->crypto->context, way->key, nonce, s->form, s->form_size, s->from,
                s->frame_size, s->to, options->tag_size);
}

bool execwire_way_seal(const execwire_seal_way *way, const execwire_seal_options *options,
                       const execwire_sealing *s)
{
    return run(way, options, s, options->crypto->encrypt);
}

bool execwire_way_open(const execwire_seal_way *way, const execwire_seal_options *options,
                       const execwire_sealing *s)
{
    return run(way, options, s, options->crypto->decrypt);
}

/* ---- Numbers ---- */

/* The number with these low bits that is next to the one that is expected; beyond all where there
 * is none. */
static uint32_t nearest(const execwire_seal_way *way, uint32_t low)
{
    const uint32_t half = 1u << (LOW_BITS - 1);

    return way->next + ((low - way->next + half) & (2 * half - 1)) - half;
}

/* Whether a number was opened before, or is too old to say (RFC 4303, section 3.4.3). */
static bool is_replayed(const execwire_seal_way *way, uint32_t number)
{
    return number < way->next &&
           (way->next - number > WINDOW || (way->opened[number / 8 % 8] >> number % 8 & 1) != 0);
}

/* The numbers that a new one leaves behind were not opened: of the last ones each takes the place
 * of one that is too old. */
void execwire_way_opened(execwire_seal_way *way, uint32_t number)
{
    uint32_t next = way->next;

    if (number >= next + WINDOW)
        next = number - (WINDOW - 1);
    for (; next <= number; next++)
        way->opened[next / 8 % 8] &= (uint8_t) ~(1u << next % 8);
    way->next = next;
    way->opened[number / 8 % 8] |= (uint8_t)(1u << number % 8);
}

execwire_seal_outcome execwire_way_take(execwire_seal_way *way,
                                        const execwire_seal_options *options, execwire_form *form)
{
    uint32_t number = form->s.number;

    if (form->kind == EXECWIRE_FORM_SHORT)
        number = nearest(way, number);
    form->s.number = number;
    if (number >= EXECWIRE_SEAL_MOST_FRAMES)
        return EXECWIRE_SEAL_FORGED;
    if (is_replayed(way, number))
        return EXECWIRE_SEAL_REPLAYED;
    if (!execwire_way_open(way, options, &form->s))
        return EXECWIRE_SEAL_FORGED;
    execwire_way_opened(way, number);
    return EXECWIRE_SEAL_OPENED;
}

void execwire_seal_wipe(void *memory, size_t size)
{
    volatile uint8_t *bytes = memory;

    for (size_t i = 0; i < size; i++)
        bytes[i] = 0;
}
