/* Simulated jobs, one after the other: each is offered, bid for and run, prints something, and
 * ends, by itself or because somebody stopped it. All text is the job's own.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FIRMWARE_JOB_H
#define FIRMWARE_JOB_H

#include "execwire.h"

/* What is going to happen. */
typedef struct job_plan {
    const char *line; /* printed every JOB_LINE_TIME while it runs */
    const char *err;  /* printed when it ends; NULL: nothing */
    uint32_t lasts;   /* milliseconds that it runs */
    int32_t ends_as;  /* an execution state */
    uint32_t exit_code;
} job_plan;

#define JOB_LINE_TIME   20 /* milliseconds */
#define JOB_OUTPUT_SIZE 200
#define JOB_NAME_SIZE   12

typedef struct job {
    const job_plan *plan;
    uint32_t number;
    char reference[JOB_NAME_SIZE]; /* of this execution: "e-7" */
    size_t reference_size;
    char id[JOB_NAME_SIZE]; /* of the job: "j-7" */
    size_t id_size;
    uint32_t created; /* milliseconds, as clock_now */
    uint32_t entered; /* when it became as it is */
    uint32_t printed; /* when it printed its last line */
    int32_t state;
    uint32_t version; /* grows with each change */
    bool stopped;     /* on request */
    bool truncated;   /* it printed more than there is room for */
    char out[JOB_OUTPUT_SIZE];
    size_t out_size;
} job;

/* Starts execution `number`, whose plan follows from the number. */
void job_start(job *j, uint32_t number, uint32_t now);

/* Lets time pass; some time after the end of a job the next one takes its place. Says whether
 * anything has changed. */
bool job_advance(job *j, uint32_t now);

/* Stops it; false when it is over already. */
bool job_stop(job *j, uint32_t now);

/* Whether it is over. */
bool job_ended(const job *j);

#endif
