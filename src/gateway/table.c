/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/table.h"

#include "base/words.h"

#include <string.h>

#define NONE EXECWIRE_TABLE_NONE

execwire_gateway_entry *execwire_table_at(const execwire_gateway_table *table, uint32_t index)
{
    return (execwire_gateway_entry *)(void *)((char *)table->items + index * table->item_size);
}

void execwire_table_init(execwire_gateway_table *table, void *items, size_t item_size, size_t count,
                         uint64_t seed)
{
    *table = (execwire_gateway_table){.items = items,
                                      .item_size = item_size,
                                      .count = (uint32_t)count,
                                      .oldest = {NONE, NONE, NONE},
                                      .newest = {NONE, NONE, NONE},
                                      .seed = seed};
    memset(items, 0, count * item_size);
    for (uint32_t i = 0; i < count; i++) {
        execwire_table_at(table, i)->bucket = NONE;
        execwire_table_at(table, i)->next = i + 1 < count ? i + 1 : NONE;
    }
}

/* ---- By key ---- */

#define SPREAD UINT64_C(0x9E3779B97F4A7C15) /* 2^64 by the golden ratio */

/* Without the seed nobody can say which keys come together. */
static uint32_t bucket_of(const execwire_gateway_table *table, execwire_str key)
{
    uint64_t hash = table->seed ^ key.size;

    for (size_t at = 0; at < key.size; at += 8) {
        size_t left = key.size - at;

        hash ^= execwire_load(key.data + at, left < 8 ? left : 8);
        hash *= SPREAD;
        hash ^= hash >> 29 ^ table->seed;
    }
    return (uint32_t)((hash * SPREAD >> 32) %
                      table->count); /* the last bytes reach all bits, too */
}

static bool has_key(const execwire_gateway_entry *entry, execwire_str key)
{
    return entry->size == key.size && memcmp(entry->key, key.data, key.size) == 0;
}

uint32_t execwire_table_find(const execwire_gateway_table *table, execwire_str key)
{
    uint32_t index = execwire_table_at(table, bucket_of(table, key))->bucket;

    while (index != NONE && !has_key(execwire_table_at(table, index), key))
        index = execwire_table_at(table, index)->next;
    return index;
}

/* ---- By when they were heard ---- */

bool execwire_table_is_known(const execwire_gateway_table *table, uint32_t index)
{
    return execwire_table_at(table, index)->standing == EXECWIRE_STANDING_KNOWN;
}

static void link_in(execwire_gateway_table *table, uint32_t index, execwire_standing standing)
{
    execwire_gateway_entry *entry = execwire_table_at(table, index);

    entry->standing = (uint8_t)standing;
    entry->older = table->newest[standing];
    entry->newer = NONE;
    if (entry->older != NONE)
        execwire_table_at(table, entry->older)->newer = index;
    else
        table->oldest[standing] = index;
    table->newest[standing] = index;
    table->used[standing]++;
}

static void link_out(execwire_gateway_table *table, const execwire_gateway_entry *entry)
{
    if (entry->older != NONE)
        execwire_table_at(table, entry->older)->newer = entry->newer;
    else
        table->oldest[entry->standing] = entry->newer;
    if (entry->newer != NONE)
        execwire_table_at(table, entry->newer)->older = entry->older;
    else
        table->newest[entry->standing] = entry->older;
    table->used[entry->standing]--;
}

void execwire_table_touch(execwire_gateway_table *table, uint32_t index)
{
    execwire_standing standing = (execwire_standing)execwire_table_at(table, index)->standing;

    if (table->newest[standing] == index)
        return;
    link_out(table, execwire_table_at(table, index));
    link_in(table, index, standing);
}

void execwire_table_know(execwire_gateway_table *table, uint32_t index)
{
    link_out(table, execwire_table_at(table, index));
    link_in(table, index, EXECWIRE_STANDING_KNOWN);
}

/* ---- Coming and going ---- */

uint32_t execwire_table_crowded(const execwire_gateway_table *table)
{
    uint32_t strangers = table->used[EXECWIRE_STANDING_STRANGER];

    if (table->free != NONE)
        return NONE;
    return table->oldest[strangers >= table->count / 4 ? EXECWIRE_STANDING_STRANGER
                                                       : EXECWIRE_STANDING_KNOWN];
}

uint32_t execwire_table_add(execwire_gateway_table *table, execwire_str key)
{
    uint32_t index = table->free;
    execwire_gateway_entry *entry = execwire_table_at(table, index);
    uint32_t *bucket = &execwire_table_at(table, bucket_of(table, key))->bucket;

    table->free = entry->next;
    memcpy(entry->key, key.data, key.size);
    entry->size = (uint8_t)key.size;
    entry->life++;
    entry->next = *bucket;
    *bucket = index;
    link_in(table, index, EXECWIRE_STANDING_STRANGER);
    return index;
}

void execwire_table_remove(execwire_gateway_table *table, uint32_t index)
{
    execwire_gateway_entry *entry = execwire_table_at(table, index);
    execwire_str key = {entry->key, entry->size};
    uint32_t *link = &execwire_table_at(table, bucket_of(table, key))->bucket;

    while (*link != index)
        link = &execwire_table_at(table, *link)->next;
    *link = entry->next;
    link_out(table, entry);
    entry->standing = EXECWIRE_STANDING_FREE;
    entry->next = table->free;
    table->free = index;
}

/* ---- Places ---- */

execwire_gateway_place execwire_table_place(const execwire_gateway_table *table, uint32_t index)
{
    return (execwire_gateway_place){index, execwire_table_at(table, index)->life};
}

bool execwire_table_is_there(const execwire_gateway_table *table, execwire_gateway_place place)
{
    const execwire_gateway_entry *entry = execwire_table_at(table, place.index);

    return entry->standing != EXECWIRE_STANDING_FREE && entry->life == place.life;
}
