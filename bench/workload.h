/* The messages that all subjects of the benchmark convert.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_BENCH_WORKLOAD_H
#define EXECWIRE_BENCH_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bytes {
    char *data;
    size_t size;
} bytes;

/* The same messages in both forms. JSON is minified, in documented keys, enums as numbers. */
typedef struct workload {
    const char *name;
    size_t count;
    bool server_order; /* members as a server orders them; else in the schema's order */
    bytes *json;
    bytes *wire;
} workload;

/* Generated messages: "small" (a fresh state), "typical" (the updates of executions in the mix that
 * a gateway sees), "server" (these, with members in a server's order) or "large" (2 KB of stdout
 * and of stderr, with escape sequences). */
#define WORKLOADS 4
extern const char *const workload_names[WORKLOADS];
workload workload_generate(const char *name);

/* The messages of a JSON Lines file, in either key form. Exits with a message when it cannot. */
workload workload_load(const char *path);

#ifdef __cplusplus
}
#endif

#endif
