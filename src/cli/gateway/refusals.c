/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gateway/refusals.h"

#include <string.h>

/* What was not refused for longer was not tried: the engine was away. */
#define GAP_MS 10000

unsigned refusals_lane(const char *place, size_t size)
{
    uint32_t hash = 2166136261; /* FNV-1a */

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)place[i]) * 16777619;
    return hash % REFUSALS_LANES;
}

static unsigned lane_of(const char *place)
{
    return refusals_lane(place, strlen(place));
}

static unsigned node_lane(const refusals *r, const char *place)
{
    return refusals_lane(place, (size_t)(strrchr(place, r->separator) - place));
}

static void forget(refusals *r, unsigned lane)
{
    r->count -= r->at[lane].since != 0;
    r->at[lane].since = 0;
}

void refusals_taken(refusals *r, const char *place)
{
    unsigned lane = lane_of(place);

    r->taken++;
    r->given_up[lane] = r->given_up[node_lane(r, place)] = false;
    forget(r, lane);
}

bool refusals_give_up(refusals *r, const char *place, uint64_t now)
{
    unsigned lane = lane_of(place);
    unsigned node = node_lane(r, place);
    bool first = r->at[lane].since == 0;

    r->count += first;
    if (first || r->taken == r->at[lane].taken || now - r->at[lane].last > GAP_MS) {
        r->at[lane].since = now;
        r->at[lane].taken = r->taken;
    }
    r->at[lane].last = now;
    if (now - r->at[lane].since < REFUSALS_PATIENCE_MS && !r->given_up[lane] && !r->given_up[node])
        return false;
    r->given_up[lane] = r->given_up[node] = true;
    forget(r, lane);
    return true;
}
