/* What a state looks like as far as it follows from the execution's identity and from a few facts
 * (profile 0). Both ends run this very code; what a state has otherwise is sent beside it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_PREDICT_H
#define EXECWIRE_LINK_PREDICT_H

#include <execwire/link_frame.h>

/* The prediction's version, and that of packed text. */
#define EXECWIRE_PREDICTION_PROFILE 0

/* What follows from the update's number and the number of the state. */
void execwire_link_predict(execwire_state *state, uint32_t number, unsigned state_number);

/* Puts strings together, which the prediction cannot do itself: it has no memory. The result goes
 * into `member`, a string of the state that is predicted. False when there is no room. */
typedef struct execwire_link_joiner execwire_link_joiner;
struct execwire_link_joiner {
    /* `packed` is packed text (link/text.h) that refers to names of the state */
    bool (*join)(execwire_link_joiner *joiner, const char *packed, size_t size,
                 execwire_str *member);
};

/* What follows for the results and the output from the ids, cid, bucket, region, std_out and
 * std_err that are in the state already. */
bool execwire_link_predict_large(execwire_state *state, execwire_link_joiner *joiner);

/* Whether a state is one that does not change any more. */
bool execwire_link_is_final(const execwire_state *state);

#endif
