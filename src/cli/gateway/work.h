/* A gateway at work: frames in, states out, and feedback when they are safe.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_GATEWAY_WORK_H
#define EXECWIRE_CLI_GATEWAY_WORK_H

#include "cli/command.h"
#include "cli/gateway/carriers.h"
#include "cli/gateway/engines.h"
#include "cli/gateway/keep.h"
#include "cli/gateway/metrics.h"
#include "cli/link_options.h"
#include "cli/link_states.h"

#include <signal.h>

typedef struct gateway_options {
    cli_options common;
    link_options link;
    link_states states;
    carrier_places from;
    engine_urls to;
    const char *metrics; /* a place; may be NULL */
    const char *state;   /* a folder; may be NULL */
    size_t max_nodes;
} gateway_options;

typedef struct gateway_work {
    cli_job *job;
    const gateway_options *options;
    execwire_gateway gateway;
    carriers from;
    engines to;
    metrics metrics;
    keep kept;
    size_t mtu;      /* of the link's frames */
    void *feedback;  /* room for one */
    uint64_t frames; /* that are good */
    uint64_t bad;    /* states that cannot be written */
    sigset_t others; /* what is blocked while it waits */
    bool started;
    bool told_room; /* that something is too large */
    bool told_wait; /* that states wait for engines */
} gateway_work;

/* From now on SIGTERM, SIGINT and SIGHUP come while it waits alone. */
void gateway_take_signals(gateway_work *w);

/* Works until SIGTERM or SIGINT, or until something fails, which has been reported. */
outcome gateway_run(gateway_work *w);

#endif
