/* SPDX-License-Identifier: Apache-2.0 */
#include "state.h"

#include "support.h"

#include <string.h>

/* As std::string compares, which is what orders libprotobuf's map. */
static int compare(const execwire_str *left, const execwire_str *right)
{
    size_t shared = left->size < right->size ? left->size : right->size;
    int order = shared > 0 ? memcmp(left->data, right->data, shared) : 0;

    return order != 0 ? order : (left->size > right->size) - (left->size < right->size);
}

void oracle_put_entry(execwire_map *map, execwire_entry entry)
{
    size_t at = 0;

    while (at < map->count && compare(&map->entries[at].key, &entry.key) < 0)
        at++;
    if (at == map->count || compare(&map->entries[at].key, &entry.key) != 0) {
        FUZZ_REQUIRE(map->count < ORACLE_ENTRIES);
        memmove(&map->entries[at + 1], &map->entries[at], (map->count - at) * sizeof entry);
        map->count++;
    }
    map->entries[at] = entry;
}

void oracle_write(const execwire_state *state, uint8_t *out, size_t capacity, size_t *size)
{
    if (execwire_encode(state, out, capacity, size, NULL) != EXECWIRE_OK)
        *size = SIZE_MAX;
}
