/* SPDX-License-Identifier: Apache-2.0 */
#include "schema/map.h"

#include "base/target.h"
#include "error/error.h"
#include "text/path.h"

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

static void swap(execwire_entry *left, execwire_entry *right)
{
    execwire_entry kept = *left;

    *left = *right;
    *right = kept;
}

static void heap_sort(execwire_entry *entries, size_t count)
{
    for (size_t i = count / 2; i-- > 0;)
        sift_down(entries, i, count);
    for (size_t i = count; i-- > 1;) {
        swap(&entries[0], &entries[i]);
        sift_down(entries, 0, i);
    }
}

#ifdef EXECWIRE_FAST_PATHS

/* A heap jumps about in memory, which for maps that are larger than the caches takes ten times as
 * long as quicksort. That in turn can be made to take n * n steps, so it has a budget of splits,
 * and the heap does the rest. */

#define FEW    12 /* entries that are not worth a split */
#define BUDGET 64 /* splits inside each other; twice as many as halving 2^32 entries takes */

static void insertion_sort(execwire_entry *entries, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        execwire_entry entry = entries[i];
        size_t at = i;

        for (; at > 0 && before(&entry, &entries[at - 1]); at--)
            entries[at] = entries[at - 1];
        entries[at] = entry;
    }
}

/* The middle one of the first, the middle and the last entry. */
static execwire_entry middle_of_three(const execwire_entry *entries, size_t count)
{
    const execwire_entry *low = &entries[0];
    const execwire_entry *middle = &entries[count / 2];
    const execwire_entry *high = &entries[count - 1];

    if (before(high, low)) {
        low = &entries[count - 1];
        high = &entries[0];
    }
    if (before(middle, low))
        return *low;
    return before(high, middle) ? *high : *middle;
}

/* Puts entries before those that they are not behind (Hoare's partition). Returns how many are in
 * the first part: neither part is empty, as of the three entries two are not the pivot. */
static size_t split(execwire_entry *entries, size_t count)
{
    execwire_entry pivot = middle_of_three(entries, count);
    size_t low = 0;
    size_t high = count - 1;

    for (;; low++, high--) {
        while (before(&entries[low], &pivot))
            low++;
        while (before(&pivot, &entries[high]))
            high--;
        if (low >= high)
            return high + 1;
        swap(&entries[low], &entries[high]);
    }
}

/* Recurses into the smaller part, so at most as deep as a size has bits. */
static void quick_sort(execwire_entry *entries, size_t count, unsigned budget)
{
    while (count > FEW) {
        size_t first;

        if (budget-- == 0) {
            heap_sort(entries, count);
            return;
        }
        first = split(entries, count);
        if (first < count - first) {
            quick_sort(entries, first, budget);
            entries += first;
            count -= first;
        } else {
            quick_sort(entries + first, count - first, budget);
            count = first;
        }
    }
    insertion_sort(entries, count);
}

#endif

void execwire_sort_entries(execwire_entry *entries, size_t count)
{
    if (is_sorted(entries, count))
        return;
#ifdef EXECWIRE_FAST_PATHS
    quick_sort(entries, count, BUDGET);
#else
    heap_sort(entries, count);
#endif
}

execwire_code execwire_map_sort(execwire_map *map, execwire_error *error)
{
    if (map == NULL || (map->entries == NULL && map->count > 0))
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    for (size_t i = 0; i < map->count; i++)
        if (map->entries[i].key.data == NULL)
            return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    execwire_sort_entries(map->entries, map->count);
    for (size_t i = 1; i < map->count; i++) {
        execwire_str key = map->entries[i].key;

        if (execwire_compare_keys(map->entries[i - 1].key, key) == 0)
            return execwire_fail_in(error, execwire_fail(error, EXECWIRE_ERROR_DUPLICATE_KEY, 0),
                                    key.data, key.size);
    }
    return EXECWIRE_OK;
}
