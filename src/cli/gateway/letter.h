/* States on their way to an engine that has them by a key, as long as they are kept.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_GATEWAY_LETTER_H
#define EXECWIRE_CLI_GATEWAY_LETTER_H

#include "cli/gateway/engine.h"

typedef enum letter_mark {
    LETTER_NEW, /* not sent, or in vain */
    LETTER_SENT,
    LETTER_TAKEN,
    LETTER_REFUSED
} letter_mark;

/* Its key, its node and its message follow each other in `bytes`. The key is NODE/EXECUTION, where
 * '%' and '/' in the node are written as URLs have them, and the execution is the compute node's
 * own name for it, or the job where there is none. */
typedef struct letter {
    struct letter *next;
    letter_mark mark;
    size_t key_size;
    size_t node_size;
    size_t size; /* of the message */
    char bytes[];
} letter;

/* One that is new, to be freed. */
letter *letter_new(const delivery *d);

#endif
