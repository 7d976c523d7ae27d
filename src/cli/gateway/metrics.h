/* What a gateway says of itself over HTTP: Prometheus' text at /metrics, and /healthz.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_GATEWAY_METRICS_H
#define EXECWIRE_CLI_GATEWAY_METRICS_H

#include "cli/gateway/figures.h"

#include <poll.h>

/* Who may ask at the same time. */
#define METRICS_CLIENTS 8
#define METRICS_FDS     (1 + METRICS_CLIENTS)

typedef struct metrics {
    int fd; /* that listens; -1: nobody is told */
    int clients[METRICS_CLIENTS];
    uint64_t since[METRICS_CLIENTS]; /* when each came, in milliseconds */
    figures figures;
} metrics;

/* Listens at "[HOST:]PORT"; a `place` of NULL: it does not. False: reported. */
EXECWIRE_MUST_USE bool metrics_open(metrics *m, const char *place);
void metrics_close(metrics *m);

/* What is to be waited for; and what to do when that has come. A client that says nothing for a
 * second is sent away. */
void metrics_fds(const metrics *m, struct pollfd fds[METRICS_FDS]);
void metrics_serve(metrics *m, const struct pollfd fds[METRICS_FDS], const figures_of *of,
                   uint64_t now);

#endif
