/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/way.h"

#include "error/error.h"

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

bool execwire_way_key(const execwire_seal_options *options, const execwire_seal_key *key,
                      execwire_direction direction, uint32_t session, const uint8_t *salt,
                      const uint8_t *other, uint8_t out[EXECWIRE_SEAL_KEY_SIZE])
{
    uint8_t salts[2 * EXECWIRE_SEAL_SALT_SIZE];
    uint8_t info[INFO_SIZE];
    size_t salts_size = EXECWIRE_SEAL_SALT_SIZE;
    size_t size = LABEL_SIZE;

    memcpy(salts, salt, EXECWIRE_SEAL_SALT_SIZE);
    if (other != NULL) {
        memcpy(salts + EXECWIRE_SEAL_SALT_SIZE, other, EXECWIRE_SEAL_SALT_SIZE);
        salts_size = sizeof salts;
    }
    memcpy(info, label, LABEL_SIZE);
    info[size++] = (uint8_t)direction;
    info[size++] = options->tag_size;
    execwire_seal_store(info + size, session);
    size += 4;
    memcpy(info + size, options->name.data, options->name.size);
    size += options->name.size;
    return options->crypto->derive(options->crypto->context, key->key, salts, salts_size, info,
                                   size, out, EXECWIRE_SEAL_KEY_SIZE);
}

/* ---- Frames ---- */

static void make_nonce(const execwire_sealing *s, uint8_t nonce[EXECWIRE_SEAL_NONCE_SIZE])
{
    memset(nonce, 0, EXECWIRE_SEAL_NONCE_SIZE);
    nonce[0] = (uint8_t)s->direction;
    execwire_seal_store(nonce + 1, s->session);
    execwire_seal_store(nonce + EXECWIRE_SEAL_NONCE_SIZE - 4, s->number);
}

execwire_code execwire_way_seal(const execwire_sealing *s, const execwire_form *form,
                                const void *frame, size_t size, void *out, size_t capacity,
                                size_t *sealed, execwire_error *error)
{
    const execwire_seal_crypto *crypto = s->options->crypto;
    uint8_t nonce[EXECWIRE_SEAL_NONCE_SIZE];
    uint8_t head[EXECWIRE_FORM_SIZE];
    size_t head_size = execwire_form_write(s->options, s->direction, form, head);

    *sealed = head_size + size + s->options->tag_size;
    if (*sealed > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    memcpy(out, head, head_size);
    make_nonce(s, nonce);
    if (!crypto->encrypt(crypto->context, s->key, nonce, head, head_size, frame, size,
                         (uint8_t *)out + head_size, s->options->tag_size)) {
        *sealed = 0;
        return execwire_fail(error, EXECWIRE_ERROR_SEAL, 0);
    }
    return EXECWIRE_OK;
}

execwire_code execwire_way_room(const execwire_form *form, size_t capacity, size_t *opened,
                                execwire_error *error)
{
    bool enough = form->kind == EXECWIRE_FORM_NONE || form->frame_size <= capacity;

    *opened = enough ? 0 : form->frame_size;
    return enough ? EXECWIRE_OK : execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
}

bool execwire_way_open(const execwire_sealing *s, const execwire_form *form, const uint8_t *sealed,
                       uint8_t *out)
{
    const execwire_seal_crypto *crypto = s->options->crypto;
    uint8_t nonce[EXECWIRE_SEAL_NONCE_SIZE];

    make_nonce(s, nonce);
    return crypto->decrypt(crypto->context, s->key, nonce, sealed, form->size, sealed + form->size,
                           form->frame_size, out, s->options->tag_size);
}

/* ---- Numbers ---- */

/* The number whose low bits those are that is next to the one that is expected. False: there is
 * none. */
static bool find_number(const execwire_seal_way *way, uint32_t low, uint32_t *number)
{
    uint32_t ahead = (low - way->next) & ((1u << LOW_BITS) - 1);
    uint32_t behind = (1u << LOW_BITS) - ahead;

    if (ahead < 1u << (LOW_BITS - 1)) {
        *number = way->next + ahead;
        return *number < EXECWIRE_SEAL_MOST_FRAMES;
    }
    *number = way->next - behind;
    return behind <= way->next;
}

/* Whether a number was opened before, or is too old to say (RFC 4303, section 3.4.3). */
static bool is_replayed(const execwire_seal_way *way, uint32_t number)
{
    uint32_t age = way->next - 1 - number;

    if (number >= way->next)
        return false;
    return age >= WINDOW || (way->opened >> age & 1) != 0;
}

void execwire_way_opened(execwire_seal_way *way, uint32_t number)
{
    if (number < way->next) {
        way->opened |= UINT64_C(1) << (way->next - 1 - number);
        return;
    }
    way->opened = number - way->next >= WINDOW - 1 ? 0 : way->opened << (number - way->next + 1);
    way->opened |= 1;
    way->next = number + 1;
}

execwire_seal_outcome execwire_way_take(execwire_seal_way *way,
                                        const execwire_seal_options *options,
                                        execwire_direction direction, uint32_t session,
                                        const execwire_form *form, const uint8_t *sealed,
                                        uint8_t *out)
{
    execwire_sealing s = {options, way->key, direction, session, form->number};

    if (form->kind == EXECWIRE_FORM_SHORT && !find_number(way, form->number, &s.number))
        return EXECWIRE_SEAL_FORGED;
    if (is_replayed(way, s.number))
        return EXECWIRE_SEAL_REPLAYED;
    if (!execwire_way_open(&s, form, sealed, out))
        return EXECWIRE_SEAL_FORGED;
    execwire_way_opened(way, s.number);
    return EXECWIRE_SEAL_OPENED;
}

void execwire_seal_wipe(void *memory, size_t size)
{
    volatile uint8_t *bytes = memory;

    for (size_t i = 0; i < size; i++)
        bytes[i] = 0;
}
