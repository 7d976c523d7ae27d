/* SPDX-License-Identifier: Apache-2.0 */
#include "schema/map.h"

#include <execwire/execwire.h>

#include <string.h>

int execwire_compare_keys(execwire_str left, execwire_str right)
{
    size_t shared = left.size < right.size ? left.size : right.size;
    int order = shared > 0 ? memcmp(left.data, right.data, shared) : 0;

    if (order != 0)
        return order;
    return (left.size > right.size) - (left.size < right.size);
}

static bool before(const execwire_entry *left, const execwire_entry *right)
{
    int order = execwire_compare_keys(left->key, right->key);

    return order < 0 || (order == 0 && left->position < right->position);
}

/* Restores the heap (largest entry on top) below `root`. */
static void sift_down(execwire_entry *entries, size_t root, size_t count)
{
    execwire_entry entry = entries[root];
    size_t child;

    while ((child = 2 * root + 1) < count) {
        if (child + 1 < count && before(&entries[child], &entries[child + 1]))
            child++;
        if (!before(&entry, &entries[child]))
            break;
        entries[root] = entries[child];
        root = child;
    }
    entries[root] = entry;
}

/* Most maps are in order already, because writers put them so. */
static bool is_sorted(const execwire_entry *entries, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (before(&entries[i], &entries[i - 1]))
            return false;
    return true;
}

void execwire_sort_entries(execwire_entry *entries, size_t count)
{
    if (is_sorted(entries, count))
        return;
    for (size_t i = count / 2; i-- > 0;)
        sift_down(entries, i, count);
    for (size_t i = count; i-- > 1;) {
        execwire_entry largest = entries[0];

        entries[0] = entries[i];
        entries[i] = largest;
        sift_down(entries, 0, i);
    }
}

execwire_status execwire_map_sort(execwire_map *map)
{
    if (map == NULL || (map->entries == NULL && map->count > 0))
        return EXECWIRE_ERROR_ARGUMENT;
    execwire_sort_entries(map->entries, map->count);
    for (size_t i = 1; i < map->count; i++)
        if (execwire_compare_keys(map->entries[i - 1].key, map->entries[i].key) == 0)
            return EXECWIRE_ERROR_DUPLICATE_KEY;
    return EXECWIRE_OK;
}
