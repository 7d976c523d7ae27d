/* The bytes that what is known of a node is kept as (docs/gateway.md has them in a table).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_GATEWAY_RECORD_H
#define EXECWIRE_GATEWAY_RECORD_H

#include "link/base/sink.h"
#include "wire/cursor.h"

#include <execwire/gateway.h>

/* The check at the end. */
#define EXECWIRE_RECORD_CHECK_SIZE 4

/* An execution; all but ref, number, generation and newer is about what is known. */
typedef struct execwire_record_execution {
    unsigned ref;
    uint32_t number;
    uint32_t generation;
    uint32_t newer;
    uint64_t age; /* since it was heard, in milliseconds */
    bool known;
    bool earlier;
    bool suspect;
    bool want;
    bool owed;
    execwire_str message;
} execwire_record_execution;

/* A node. Of the peer those members count that the record has: its flags, session, salt, epoch and
 * the check of the hello. */
typedef struct execwire_record {
    execwire_link_peer peer;
    bool known; /* it has given a state */
    execwire_str key;
    execwire_str source; /* empty: none */
    execwire_str words;
    uint64_t session_age;       /* since its session, and its source, were heard */
    uint64_t trusted_age;       /* in milliseconds */
    execwire_cursor executions; /* that are still to be read */
} execwire_record;

/* Writes one, but for the check at its end. */
void execwire_record_put(execwire_sink *sink, const execwire_record *record);
void execwire_record_put_execution(execwire_sink *sink, const execwire_record_execution *execution);

/* Reads a record, and looks through all of it.
 *
 * Errors: RECORD. */
execwire_code execwire_record_read(const void *in, size_t in_size, execwire_record *record,
                                   execwire_error *error);

/* Takes the next execution of a record that was read; false at its end. */
bool execwire_record_next(execwire_record *record, execwire_record_execution *execution);

#endif
