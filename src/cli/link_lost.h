/* Executions whose ref was given to another one before their last state was acknowledged.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_LINK_LOST_H
#define EXECWIRE_CLI_LINK_LOST_H

#include <stddef.h>
#include <stdint.h>

/* All zero before the first. */
typedef struct link_lost {
    uint32_t *identities;
    size_t count;
    size_t capacity;
} link_lost;

void link_lose(link_lost *of, uint32_t identity);

/* It is sent again; nothing where it was not lost. */
void link_find_again(link_lost *of, uint32_t identity);

/* Frees. */
void link_forget_lost(link_lost *of);

#endif
