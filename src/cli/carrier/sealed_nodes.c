/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/sealed_nodes.h"

#include "cli/base/report.h"

#include <stdlib.h>
#include <string.h>

#define CIDS 65536

execwire_seal_options sealed_options(const execwire_seal_crypto *crypto, const node_key *key,
                                     char name[EXECWIRE_SEAL_NAME_SIZE + 1], bool one_way)
{
    memcpy(name, key->name, sizeof key->name);
    return (execwire_seal_options){.crypto = crypto,
                                   .name = {name, strlen(name)},
                                   .cid = {key->cid[0], key->cid[1]},
                                   .cid_size = sizeof key->cid,
                                   .tag_size = 8,
                                   .one_way = one_way};
}

static size_t index_of(const uint8_t cid[EXECWIRE_SEAL_CID_SIZE])
{
    return (size_t)cid[0] << 8 | cid[1];
}

sealed_node *sealed_nodes_find(const sealed_nodes *s, const char cid[EXECWIRE_SEAL_CID_SIZE])
{
    return s->by_cid[index_of((const uint8_t *)cid)];
}

static sealed_node **new_table(void)
{
    return memset(reallocate_array(NULL, CIDS, sizeof(sealed_node *)), 0,
                  CIDS * sizeof(sealed_node *));
}

static void free_node(sealed_node *node)
{
    if (node != NULL)
        execwire_seal_peer_end(&node->peer);
    free(node);
}

static void free_table(sealed_node **table)
{
    for (size_t i = 0; table != NULL && i < CIDS; i++)
        free_node(table[i]);
    free(table);
}

/* A node's second key stands anywhere behind its first one. */
static bool add_key(sealed_node **table, const execwire_seal_crypto *crypto, const node_key *key,
                    const execwire_seal_newest *newest)
{
    sealed_node **at = &table[index_of(key->cid)];
    execwire_seal_key of_node[2];
    execwire_seal_options options;
    size_t count = 0;

    if (*at == NULL)
        *at = memset(reallocate(NULL, sizeof **at), 0, sizeof **at);
    else
        of_node[count++] = (*at)->peer.keys[0];
    of_node[count++] = key->key;
    options = sealed_options(crypto, key, (*at)->name, newest != NULL);
    return execwire_seal_peer_init(&(*at)->peer, &options, of_node, count, newest, NULL) ==
           EXECWIRE_OK;
}

static bool has_same_keys(const sealed_node *one, const sealed_node *other)
{
    bool same = strcmp(one->name, other->name) == 0 && one->peer.key_count == other->peer.key_count;

    for (size_t i = 0; same && i < one->peer.key_count; i++) {
        const execwire_seal_key *a = &one->peer.keys[i];
        const execwire_seal_key *b = &other->peer.keys[i];

        same = a->id == b->id && memcmp(a->key, b->key, sizeof a->key) == 0;
    }
    return same;
}

static void keep_sessions(sealed_node **table, sealed_node **before)
{
    for (size_t i = 0; i < CIDS; i++)
        if (table[i] != NULL && before[i] != NULL && has_same_keys(table[i], before[i])) {
            free_node(table[i]);
            table[i] = before[i];
            before[i] = NULL;
        }
}

bool sealed_nodes_set(sealed_nodes *s, const execwire_seal_crypto *crypto, const keys *k,
                      const execwire_seal_newest *newest)
{
    sealed_node **table = new_table();

    for (size_t i = 0; i < k->count; i++)
        if (!add_key(table, crypto, &k->of[i], newest)) {
            report("--keys: node %s cannot be set up", k->of[i].name);
            free_table(table);
            return false;
        }
    if (s->by_cid != NULL)
        keep_sessions(table, s->by_cid);
    free_table(s->by_cid);
    s->by_cid = table;
    return true;
}

void sealed_nodes_free(sealed_nodes *s)
{
    free_table(s->by_cid);
    s->by_cid = NULL;
}
