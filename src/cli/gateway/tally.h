/* What engines have taken, as threads of their libraries say it: the engine's descriptor counts it,
 * and can be read as long as there is something that `tally_settle` has not seen.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_GATEWAY_TALLY_H
#define EXECWIRE_CLI_GATEWAY_TALLY_H

#include "cli/gateway/engine.h"

/* Opens the engine's descriptor. False: reported. */
EXECWIRE_MUST_USE bool tally_open(engine *e);
void tally_close(engine *e);

/* So many more states have been taken; from any thread, which never waits. Each that was put is
 * told of once. */
void tally_take(const engine *e, size_t count);

/* Wakes who waits for the descriptor; from any thread. */
void tally_wake(const engine *e);

/* Counts what was taken since the last call. Returns whether nothing waits. */
EXECWIRE_MUST_USE bool tally_settle(engine *e);

#endif
