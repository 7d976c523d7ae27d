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
    bool has_updated;
    execwire_time updated; /* create_time and what elapsed since then */
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

#endif
