/* What a state looks like as far as it follows from the execution's identity and from a few facts
 * (profile 0). Both ends run this very code; what a state has otherwise is sent beside it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_PREDICT_H
#define EXECWIRE_LINK_PREDICT_H

#include <execwire/state.h>

/* The prediction's version, and that of packed text. */
#define EXECWIRE_PREDICTION_PROFILE 0
/* In place of a state's number: none, or one that does not fit. */
#define EXECWIRE_LINK_NO_STATE 15

typedef struct execwire_link_hints {
    /* the identity, as far as it is known */
    execwire_str job;
    execwire_str reference;
    execwire_str node;
    bool has_created;
    execwire_time created;
    /* this update */
    const execwire_state *base; /* its large fields are still the same; NULL: none */
    uint32_t number;
    unsigned state;
    int64_t elapsed; /* update_time minus create_time, ns */
    execwire_str cid, bucket, region, out, err, status;
} execwire_link_hints;

/* Puts strings together, which the prediction cannot do itself: it has no memory. The result goes
 * into `member`, a string of the state that is predicted. False when there is no room. */
typedef struct execwire_link_joiner execwire_link_joiner;
struct execwire_link_joiner {
    bool (*join)(execwire_link_joiner *joiner, const execwire_str *parts, size_t count,
                 execwire_str *member);
};

bool execwire_link_predict(const execwire_link_hints *hints, execwire_link_joiner *joiner,
                           execwire_state *state);

/* The time `elapsed` ns after another; nanos stay 0 to 999,999,999. False where no int64 holds the
 * seconds. */
bool execwire_time_after(const execwire_time *time, int64_t elapsed, execwire_time *after);

/* The ns from one valid time to another; false when they do not fit. */
bool execwire_time_between(const execwire_time *from, const execwire_time *to, int64_t *elapsed);

#endif
