/* Entries found by a key, in the order in which they were last heard. Strangers, which have not
 * given a state yet, and those that are known have an order each.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_GATEWAY_TABLE_H
#define EXECWIRE_GATEWAY_TABLE_H

#include <execwire/gateway.h>

#define EXECWIRE_TABLE_NONE UINT32_MAX

typedef enum execwire_standing {
    EXECWIRE_STANDING_FREE,
    EXECWIRE_STANDING_STRANGER,
    EXECWIRE_STANDING_KNOWN
} execwire_standing;

/* `items` are `count` structs of `item_size` bytes that begin with an entry. */
void execwire_table_init(execwire_gateway_table *table, void *items, size_t item_size, size_t count,
                         uint64_t seed);

execwire_gateway_entry *execwire_table_at(const execwire_gateway_table *table, uint32_t index);

/* EXECWIRE_TABLE_NONE where there is none. */
uint32_t execwire_table_find(const execwire_gateway_table *table, execwire_str key);

/* The one to be removed before another is added: NONE where there is room. Where there is none,
 * strangers push each other out as soon as they are a quarter of all. */
uint32_t execwire_table_crowded(const execwire_gateway_table *table);

/* Adds a stranger, for which there has to be room. */
uint32_t execwire_table_add(execwire_gateway_table *table, execwire_str key);
void execwire_table_remove(execwire_gateway_table *table, uint32_t index);

bool execwire_table_is_known(const execwire_gateway_table *table, uint32_t index);

/* It has been heard. */
void execwire_table_touch(execwire_gateway_table *table, uint32_t index);
/* It is a stranger no more. */
void execwire_table_know(execwire_gateway_table *table, uint32_t index);

/* The place of an entry, and whether it has not been given to another since. One that is all zero
 * is nowhere. */
execwire_gateway_place execwire_table_place(const execwire_gateway_table *table, uint32_t index);
bool execwire_table_is_there(const execwire_gateway_table *table, execwire_gateway_place place);

#endif
