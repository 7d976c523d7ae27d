/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/nats_leases.h"

#ifdef EXECWIRE_LIBNATS

#include "cli/base/format.h"

#include <stdlib.h>
#include <string.h>

#define OF_PARTITION "partition."
#define OF_GATEWAY   "gateway."
#define KEY_SIZE     96
/* A shorter TTL leaves no time to renew. */
#define SHORTEST_TTL_MS 1000

typedef struct lease_key {
    char text[KEY_SIZE];
} lease_key;

static lease_key key_of(unsigned partition)
{
    lease_key key = {""};

    (void)format(key.text, KEY_SIZE, OF_PARTITION "%u", partition);
    return key;
}

static lease_key own_key(const nats_leases *l)
{
    lease_key key = {""};

    (void)format(key.text, KEY_SIZE, OF_GATEWAY "%s", l->id);
    return key;
}

/* ---- Start and end ---- */

static natsStatus read_ttl(nats_leases *l)
{
    kvStatus *kept = NULL;
    natsStatus status = nats.kvStore_Status(&kept, l->bucket);

    if (status == NATS_OK)
        l->ttl = (uint64_t)nats.kvStatus_TTL(kept) / 1000000;
    nats.kvStatus_Destroy(kept);
    return status;
}

bool nats_leases_open(nats_leases *l, unsigned count, jsCtx *stream, const char *bucket,
                      const char **why)
{
    natsStatus status;

    *l = (nats_leases){.count = count};
    status = nats.js_KeyValue(&l->bucket, stream, bucket);
    *why = status == NATS_NOT_FOUND ? "there is no bucket of this name"
                                    : nats.natsStatus_GetText(status);
    if (status != NATS_OK)
        return false;
    status = read_ttl(l);
    if (status == NATS_OK && l->ttl >= SHORTEST_TTL_MS)
        status = nats.natsInbox_Create(&l->inbox);
    *why = status == NATS_OK ? "the bucket needs a TTL of a second at least"
                             : nats.natsStatus_GetText(status);
    if (l->inbox != NULL) {
        l->id = strrchr(l->inbox, '.') + 1;
        return true;
    }
    nats.kvStore_Destroy(l->bucket);
    l->bucket = NULL;
    return false;
}

void nats_leases_close(nats_leases *l)
{
    if (l->bucket == NULL)
        return;
    (void)nats.kvStore_Delete(l->bucket, own_key(l).text);
    nats.natsInbox_Destroy(l->inbox);
    nats.kvStore_Destroy(l->bucket);
    l->bucket = NULL;
}

/* ---- Others ---- */

static void look_at(nats_leases *l, const char *key)
{
    if (strncmp(key, OF_GATEWAY, strlen(OF_GATEWAY)) == 0) {
        l->gateways++;
    } else if (strncmp(key, OF_PARTITION, strlen(OF_PARTITION)) == 0) {
        unsigned long partition = strtoul(key + strlen(OF_PARTITION), NULL, 10);

        if (partition < l->count)
            l->has[partition] = true;
    }
}

bool nats_leases_look(nats_leases *l)
{
    kvKeysList keys = {.Keys = NULL};
    uint64_t revision;

    if (nats.kvStore_PutString(&revision, l->bucket, own_key(l).text, "") != NATS_OK ||
        nats.kvStore_Keys(&keys, l->bucket, NULL) != NATS_OK)
        return false;
    l->gateways = 0;
    memset(l->has, 0, sizeof l->has);
    for (int i = 0; i < keys.Count; i++)
        look_at(l, keys.Keys[i]);
    nats.kvKeysList_Destroy(&keys);
    return l->gateways > 0;
}

unsigned nats_leases_share(const nats_leases *l)
{
    return (l->count + l->gateways - 1) / l->gateways;
}

/* ---- Leases ---- */

bool nats_leases_take(nats_leases *l, unsigned partition, uint64_t *revision)
{
    return nats.kvStore_CreateString(revision, l->bucket, key_of(partition).text, l->id) == NATS_OK;
}

bool nats_leases_renew(nats_leases *l, unsigned partition, uint64_t *revision)
{
    return nats.kvStore_UpdateString(revision, l->bucket, key_of(partition).text, l->id,
                                     *revision) == NATS_OK;
}

void nats_leases_drop(nats_leases *l, unsigned partition)
{
    (void)nats.kvStore_Delete(l->bucket, key_of(partition).text);
}

#endif
