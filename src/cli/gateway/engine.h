/* Where states go that people have already: a broker, a log. An engine takes states in its own
 * time; a state is acknowledged to its node when all engines have it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_GATEWAY_ENGINE_H
#define EXECWIRE_CLI_GATEWAY_ENGINE_H

#include "cli/base/report.h"

#include <execwire/execwire.h>

#include <stdint.h>

/* What messages are, for those engines that can say so. */
#define ENGINE_CONTENT_TYPE "application/protobuf"
#define ENGINE_SCHEMA       "execwire.v1.ExecutionState"

typedef struct engine engine;

/* A state on its way; valid during the call. */
typedef struct delivery {
    execwire_str node; /* its name; may be absent */
    const execwire_state *state;
    execwire_str message; /* its canonical bytes */
} delivery;

typedef struct engine_kind {
    const char *scheme; /* of URLs: what stands before "://" */
    /* Takes a state into its queue, whatever room that takes: who calls it waits for `settle` after
     * some thousands. OUTCOME_DATA: the engine will never take it, as has been reported. */
    outcome (*put)(engine *e, const delivery *d);
    /* Does what there is to do without waiting, repeats what has failed, and says whether all that
     * was put has been taken. Called when `fd` can be read, and every now and then. */
    bool (*settle)(engine *e);
    /* Files with certificates are read again, for the next connection. NULL: there are none, or
     * they are read for each. */
    void (*reread)(engine *e);
    void (*close)(engine *e); /* what was not taken is lost */
} engine_kind;

/* What each engine begins with. */
struct engine {
    const engine_kind *kind;
    const char *name; /* for people, without passwords */
    int fd;           /* can be read when there is something to do */
    size_t waiting;   /* states that were put and are not taken yet */
    bool refuses;     /* some of them, which it is given again */
    uint64_t since;   /* when the first of them was put, after there were none */
    uint64_t taken;
    uint64_t refused;
    uint64_t repeated;
};

/* Opens an engine. It need not be there yet. NULL: reported. */
typedef engine *engine_opener(const char *url);

engine *engine_open_mqtt(const char *url);
engine *engine_open_nats(const char *url);
engine *engine_open_kafka(const char *url);

#endif
