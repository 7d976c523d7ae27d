/* Both ends of sealed frames, over cryptography that is a toy, and what goes from one to the other.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_PAIR_H
#define TESTS_SUPPORT_PAIR_H

#include "support/toy_crypto.h"

#define PAIR_MOST 256

typedef struct sealed_pair {
    toy crypto;
    execwire_seal_options options;
    execwire_seal_key key;
    execwire_seal_node node;
    execwire_seal_peer peer;
    uint32_t stored; /* the node's session */
    unsigned stores; /* how often it was */
    bool store_fails;
} sealed_pair;

typedef struct pair_frame {
    uint8_t bytes[PAIR_MOST];
    size_t size;
} pair_frame;

extern sealed_pair pair;

/* The last of a group of tests. */
int pair_clean(void **unused);

/* Both anew, with key 3 of a node-7. */
void pair_start(bool one_way, uint8_t cid_size, uint8_t tag_size);
void pair_start_node(void);
void pair_start_peer(const execwire_seal_newest *newest);

pair_frame pair_from_node(const char *frame);
pair_frame pair_from_peer(const char *frame);
pair_frame pair_challenge(void);

/* What becomes of it; what is opened has to be as expected. */
execwire_seal_outcome pair_at_peer(const pair_frame *s, const char *expected);
execwire_seal_outcome pair_at_node(const pair_frame *s, const char *expected);

/* The gateway proves the node, which then has its session. */
void pair_meet(void);

#endif
