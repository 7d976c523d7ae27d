/* The keys of sealed frames (docs/sealed.md) in a file: a line for each, NODE CID ID KEY, where CID
 * is a connection id of four digits of hex, ID a number from 0 to 31, and KEY 32 digits of hex.
 * What follows a '#' is a comment. Nobody but its owner may read the file.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_KEYS_H
#define EXECWIRE_CLI_KEYS_H

#include <execwire/seal.h>

/* A node's line. */
typedef struct node_key {
    char name[EXECWIRE_SEAL_NAME_SIZE + 1];
    uint8_t cid[EXECWIRE_SEAL_CID_SIZE];
    execwire_seal_key key;
} node_key;

typedef struct keys {
    node_key *of;
    size_t count;
    size_t capacity;
} keys;

/* Reads a file. False: reported, with the line. */
EXECWIRE_MUST_USE bool keys_read(keys *k, const char *path);
void keys_free(keys *k); /* wipes them */

/* Keeps the keys of one node: NULL is the only one that there is. Of two the last one is the newer.
 * False: reported. */
EXECWIRE_MUST_USE bool keys_select(keys *k, const char *name);

#endif
