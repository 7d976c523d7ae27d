/* SPDX-License-Identifier: Apache-2.0 */
#include "support/toy_crypto.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a, stirred. */
static uint64_t sum(uint64_t so_far, const void *data, size_t size)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++)
        so_far = (so_far ^ bytes[i]) * UINT64_C(0x100000001B3);
    so_far ^= so_far >> 29;
    return so_far * UINT64_C(0xBF58476D1CE4E5B9) ^ size;
}

static bool fails(toy *t)
{
    return t->fail_after > 0 && --t->fail_after == 0;
}

static void spread(uint64_t seed, uint8_t *out, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        seed = sum(seed, &i, sizeof i);
        out[i] = (uint8_t)(seed >> 32);
    }
}

static bool derive(void *context, const uint8_t key[EXECWIRE_SEAL_KEY_SIZE], const uint8_t *salt,
                   size_t salt_size, const uint8_t *info, size_t info_size, uint8_t *out,
                   size_t size)
{
    uint64_t seed = sum(sum(sum(1, key, EXECWIRE_SEAL_KEY_SIZE), salt, salt_size), info, info_size);

    spread(seed, out, size);
    return !fails(context);
}

static void mask(const uint8_t *key, const uint8_t *nonce, const uint8_t *from, size_t size,
                 uint8_t *out)
{
    uint64_t seed = sum(sum(2, key, EXECWIRE_SEAL_KEY_SIZE), nonce, EXECWIRE_SEAL_NONCE_SIZE);

    for (size_t i = 0; i < size; i++) {
        seed = sum(seed, &i, sizeof i);
        out[i] = (uint8_t)(from[i] ^ seed >> 32);
    }
}

static void make_tag(const uint8_t *key, const uint8_t *nonce, const uint8_t *head,
                     size_t head_size, const uint8_t *sealed, size_t size, uint8_t tag[8])
{
    uint64_t seed = sum(sum(3, key, EXECWIRE_SEAL_KEY_SIZE), nonce, EXECWIRE_SEAL_NONCE_SIZE);

    spread(sum(sum(seed, head, head_size), sealed, size), tag, 8);
}

/* The place of a key and nonce in a table that is half empty. */
static toy_use *find_use(toy_use *uses, size_t capacity, const uint8_t *key, const uint8_t *nonce)
{
    uint64_t at = sum(sum(6, key, EXECWIRE_SEAL_KEY_SIZE), nonce, EXECWIRE_SEAL_NONCE_SIZE);

    for (;; at++) {
        toy_use *use = &uses[at & (capacity - 1)];

        if (!use->used || (memcmp(use->key, key, EXECWIRE_SEAL_KEY_SIZE) == 0 &&
                           memcmp(use->nonce, nonce, EXECWIRE_SEAL_NONCE_SIZE) == 0))
            return use;
    }
}

static void grow(toy *t)
{
    size_t capacity = t->use_capacity > 0 ? 2 * t->use_capacity : 256;
    toy_use *uses = calloc(capacity, sizeof *uses);

    if (uses == NULL)
        abort();
    for (size_t i = 0; i < t->use_capacity; i++)
        if (t->uses[i].used)
            *find_use(uses, capacity, t->uses[i].key, t->uses[i].nonce) = t->uses[i];
    free(t->uses);
    t->uses = uses;
    t->use_capacity = capacity;
}

static void note(toy *t, const uint8_t *key, const uint8_t *nonce, uint64_t what)
{
    toy_use *use;

    if (2 * t->use_count >= t->use_capacity)
        grow(t);
    use = find_use(t->uses, t->use_capacity, key, nonce);
    t->repeated += use->used && use->what != what;
    t->use_count += !use->used;
    memcpy(use->key, key, EXECWIRE_SEAL_KEY_SIZE);
    memcpy(use->nonce, nonce, EXECWIRE_SEAL_NONCE_SIZE);
    use->what = what;
    use->used = true;
}

static bool encrypt(void *context, const uint8_t key[EXECWIRE_SEAL_KEY_SIZE],
                    const uint8_t nonce[EXECWIRE_SEAL_NONCE_SIZE], const uint8_t *head,
                    size_t head_size, const uint8_t *plain, size_t size, uint8_t *out,
                    size_t tag_size)
{
    uint8_t tag[8];

    note(context, key, nonce, sum(sum(4, head, head_size), plain, size));
    mask(key, nonce, plain, size, out);
    make_tag(key, nonce, head, head_size, out, size, tag);
    memcpy(out + size, tag, tag_size);
    return !fails(context);
}

static bool decrypt(void *context, const uint8_t key[EXECWIRE_SEAL_KEY_SIZE],
                    const uint8_t nonce[EXECWIRE_SEAL_NONCE_SIZE], const uint8_t *head,
                    size_t head_size, const uint8_t *sealed, size_t size, uint8_t *out,
                    size_t tag_size)
{
    uint8_t tag[8];

    (void)context;
    make_tag(key, nonce, head, head_size, sealed, size, tag);
    if (memcmp(tag, sealed + size, tag_size) != 0)
        return false;
    mask(key, nonce, sealed, size, out);
    return true;
}

static bool random_bytes(void *context, uint8_t *out, size_t size)
{
    toy *t = context;

    spread(sum(5, &t->next_random, sizeof t->next_random), out, size);
    t->next_random++;
    return !fails(t);
}

void toy_init(toy *t, uint64_t seed)
{
    *t = (toy){.next_random = seed << 32};
    t->crypto = (execwire_seal_crypto){derive, encrypt, decrypt, random_bytes, t};
}

void toy_free(toy *t)
{
    free(t->uses);
    t->uses = NULL;
}
