/* What the benchmark compares: libraries that do the same conversions.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_BENCH_SUBJECT_H
#define EXECWIRE_BENCH_SUBJECT_H

#include "workload.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum operation {
    JSON_TO_WIRE,
    WIRE_TO_JSON,
    DECODE,
    ENCODE,
    JSON_READ,
    JSON_WRITE,
    ENCODED_SIZE,
    OPERATIONS
} operation;

/* One library, or a usual pair of them. Each operation converts message `i` of the workload that
 * was prepared, and returns how many bytes came out (for those that read: any number that depends
 * on what was read). NULL: the subject does not do this. Conversions of what was read before
 * (ENCODE, JSON_WRITE, ENCODED_SIZE) start from the subject's own structure, filled by prepare. */
typedef struct subject {
    const char *name;
    void (*prepare)(const workload *messages);
    size_t (*run[OPERATIONS])(const workload *messages, size_t i);
} subject;

extern const subject subject_execwire;
extern const subject subject_before;        /* another build of it, once it is loaded */
extern const subject subject_nanopb_writer; /* execwire as on a node: its encoder is nanopb */
extern const subject subject_nanopb;
extern const subject subject_protobuf_c; /* alone */
extern const subject subject_protobuf_c_jansson;
extern const subject subject_protobuf_c_cjson;
extern const subject subject_libprotobuf;
extern const subject subject_memcpy; /* the floor: copying the input */

/* Loads the shared library at `path` as subject_before. Exits with a message when it cannot. */
void subject_before_load(const char *path);

#ifdef __cplusplus
}
#endif

#endif
