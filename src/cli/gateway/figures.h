/* What a gateway counts, as Prometheus' text, and whether something is to be done.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_GATEWAY_FIGURES_H
#define EXECWIRE_CLI_GATEWAY_FIGURES_H

#include "cli/base/output.h"
#include "cli/gateway/carriers.h"
#include "cli/gateway/engines.h"

#include <execwire/gateway.h>

/* Upper ends of the times that are told, 1 µs to 1 s in steps of ten, and what is beyond. */
#define FIGURES_TIMES 8

/* What is counted here. */
typedef struct figures {
    uint64_t frames_in[FIGURES_TIMES];
    double seconds; /* all frames took */
} figures;

/* What counts for itself. */
typedef struct figures_of {
    execwire_gateway *gateway;
    const carriers *from;
    const engines *to;
    const uint64_t *written; /* bytes */
} figures_of;

/* So many frames took so long together. */
void figures_note(figures *f, unsigned frames, uint64_t nanoseconds);

void figures_write(output *out, const figures *f, const figures_of *of, uint64_t now);

/* Says what is wrong, a line each. False: nothing is. */
bool figures_trouble(output *out, const figures_of *of, uint64_t now);

#endif
