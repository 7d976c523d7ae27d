/* The order of map entries.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_SCHEMA_MAP_H
#define EXECWIRE_SCHEMA_MAP_H

#include <execwire/types.h>

/* Compares keys by their bytes, as memcmp does: negative, 0 or positive. */
int execwire_compare_keys(execwire_str left, execwire_str right);

/* Orders entries by key, those with equal keys by position. O(n log n), in place. */
void execwire_sort_entries(execwire_entry *entries, size_t count);

#endif
