/* One message as the input has it, and where.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_RECORD_H
#define EXECWIRE_CLI_RECORD_H

#include "cli/input.h"

#include <execwire/execwire.h>

typedef struct record {
    const char *data; /* valid until the next record is asked for */
    size_t size;
    size_t prefix_size; /* bytes of the length before it */
    uint64_t offset;    /* of the length, or else of the data, in the file */
    uint64_t number;    /* from 1 */
} record;

typedef enum EXECWIRE_MUST_USE next_result {
    NEXT_RECORD,
    NEXT_END,
    NEXT_BAD,   /* the fault says why; there may be more records behind it */
    NEXT_FAILED /* reported; nothing more can be read */
} next_result;

/* What is wrong with a record, and what the error's offset counts. */
typedef struct fault {
    execwire_error error;
    uint64_t line; /* of FAULT_DIGIT, from 1 */
    enum {
        FAULT_BYTE,   /* bytes of the record */
        FAULT_LENGTH, /* nothing: the length before the record is at fault */
        FAULT_DIGIT,  /* characters of the line of text at fault */
        FAULT_FILE,   /* nothing: the file is at fault */
        /* nothing of the record, which is good, but cannot be written: */
        FAULT_AS_JSON,
        FAULT_AS_MESSAGE
    } place;
} fault;

/* So far nothing is wrong. The error is only written when something is: clearing all of it for each
 * message takes 3 % of the time of `decode`. */
static inline void fault_clear(fault *why)
{
    why->place = FAULT_BYTE;
    why->line = 0;
}

#endif
