/* All engines of a gateway.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_GATEWAY_ENGINES_H
#define EXECWIRE_CLI_GATEWAY_ENGINES_H

#include "cli/encoded.h"
#include "cli/gateway/engine.h"

#include <poll.h>

#define ENGINES_MOST 8
/* States that wait for an engine that refuses some, before no more are put. */
#define ENGINES_WAITING 4096

/* What the options ask for: URLs. */
typedef struct engine_urls {
    const char *of[ENGINES_MOST];
    unsigned count;
} engine_urls;

typedef struct engines {
    engine *of[ENGINES_MOST];
    unsigned count;
    encoded message;
    bool waits;     /* something was put that is not taken yet */
    uint64_t since; /* when that began, in milliseconds */
} engines;

/* Opens them. False: reported. */
EXECWIRE_MUST_USE bool engines_open(engines *e, const engine_urls *urls);
void engines_close(engines *e);

/* Files with certificates are read again. */
void engines_reread(const engines *e);

/* What to wait for. Returns how many. */
unsigned engines_fds(const engines *e, struct pollfd fds[ENGINES_MOST]);

/* Gives a state to each. OUTCOME_DATA: one of them will never take it, as has been reported. */
outcome engines_put(engines *e, execwire_str node, const execwire_state *state, uint64_t now);

/* Lets them do what there is to do, also where nothing was put. Whether all have what was. */
bool engines_settle(engines *e);

/* Whether more can be put: nothing waits, or not much, some of which is refused. What becomes of
 * other states shows whether it would ever be taken. */
bool engines_have_room(const engines *e);

/* States that one of them will never take. */
uint64_t engines_refused(const engines *e);

#endif
