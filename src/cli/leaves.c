/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/leaves.h"

#include "cli/base/report.h"

#include <stdlib.h>
#include <string.h>

/* ---- Taking them ---- */

static leaf *add(leaves *l, const execwire_field_view *seen)
{
    leaf *added;

    if (l->count == l->capacity) {
        l->capacity = 2 * l->capacity + 32;
        l->list = reallocate_array(l->list, l->capacity, sizeof *l->list);
    }
    added = &l->list[l->count++];
    *added = (leaf){.seen = *seen, .depth = seen->depth};
    memcpy(added->path, l->path, (seen->depth + 1) * sizeof *l->path);
    return added;
}

/* What is inside of an entry: its key, and its value. */
static void complete_entry(leaf *entry, const execwire_field_view *seen)
{
    if (entry->key.data != NULL && seen->number == 1)
        entry->key = seen->bytes;
    else if (entry->key.data != NULL && seen->number == 2)
        entry->seen = *seen;
}

static void take_field(void *context, const execwire_field_view *seen)
{
    leaves *l = context;

    if (seen->depth > l->open_depth) {
        complete_entry(&l->list[l->count - 1], seen);
        return;
    }
    l->path[seen->depth] = (leaf_step){seen->name, seen->number};
    l->open_depth = seen->depth;
    if (seen->kind == EXECWIRE_KIND_MESSAGE)
        l->open_depth = EXECWIRE_FIELD_DEPTH;
    if (seen->kind == EXECWIRE_KIND_MAP) {
        leaf *entry = add(l, seen);

        entry->key = (execwire_str){"", 0};
        entry->seen.kind = EXECWIRE_KIND_STRING;
        entry->seen.bytes = (execwire_str){"", 0};
    } else if (seen->kind != EXECWIRE_KIND_MESSAGE || seen->bytes.size == 0) {
        (void)add(l, seen);
    }
}

execwire_code leaves_take(leaves *l, const execwire_state *state, execwire_error *error)
{
    execwire_code code = encoded_make(&l->message, state, error);

    l->count = 0;
    l->open_depth = EXECWIRE_FIELD_DEPTH;
    return code == EXECWIRE_OK
               ? execwire_visit_fields(l->message.data, l->message.size, take_field, l, error)
               : code;
}

void leaves_close(leaves *l)
{
    free(l->list);
    free(l->message.data);
}

/* ---- Comparing ---- */

bool leaf_is_empty(const leaf *of)
{
    return of->seen.kind == EXECWIRE_KIND_MESSAGE;
}

/* As maps are ordered: by bytes, of two of which one begins with the other the shorter first. */
static int compare_keys(execwire_str left, execwire_str right)
{
    size_t both = left.size < right.size ? left.size : right.size;
    int order = both > 0 ? memcmp(left.data, right.data, both) : 0;

    if (order != 0)
        return order;
    return (left.size > right.size) - (left.size < right.size);
}

/* The first depth at which they are not in the same message. */
static unsigned common_depth(const leaf *left, const leaf *right)
{
    unsigned depth = 0;

    while (depth <= left->depth && depth <= right->depth &&
           left->path[depth].number == right->path[depth].number)
        depth++;
    return depth;
}

int leaf_compare(const leaf *left, const leaf *right)
{
    unsigned depth = common_depth(left, right);

    if (depth > left->depth && depth > right->depth)
        return compare_keys(left->key, right->key);
    if (depth > left->depth || depth > right->depth)
        return depth > left->depth ? -1 : 1;
    return left->path[depth].number < right->path[depth].number ? -1 : 1;
}

bool leaf_is_inside(const leaf *inner, const leaf *outer)
{
    return inner->depth > outer->depth && common_depth(inner, outer) > outer->depth;
}

bool leaf_same(const leaf *left, const leaf *right)
{
    execwire_str one = left->seen.bytes;
    execwire_str other = right->seen.bytes;

    return one.size == other.size && (one.size == 0 || memcmp(one.data, other.data, one.size) == 0);
}
