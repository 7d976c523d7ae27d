/* SPDX-License-Identifier: Apache-2.0 */
#include "job.h"

#include "text.h"

#include <string.h>

#define FOREVER    UINT32_MAX
#define OFFER_TIME 40  /* milliseconds in each state before it runs */
#define REST_TIME  300 /* milliseconds between the end of a job and the next one */
#define KILLED     137

/* One plan after the other, over and over. The last one needs somebody who stops it. */
static const job_plan plans[] = {
    {"0.7 \xC2\xB0"
     "C\n",
     NULL, 100, EXECWIRE_EXECUTION_STATE_COMPLETED, 0},
    {"reading...\n", "sensor 4: no answer\n", 60, EXECWIRE_EXECUTION_STATE_FAILED, 3},
    {"tick\n", NULL, FOREVER, EXECWIRE_EXECUTION_STATE_CANCELLED, KILLED},
};

/* The way to running. */
static const int32_t offers[] = {
    EXECWIRE_EXECUTION_STATE_NEW,
    EXECWIRE_EXECUTION_STATE_ASK_FOR_BID,
    EXECWIRE_EXECUTION_STATE_ASK_FOR_BID_ACCEPTED,
    EXECWIRE_EXECUTION_STATE_BID_ACCEPTED,
};

static size_t name(char letter, uint32_t number, char out[JOB_NAME_SIZE])
{
    out[0] = letter;
    out[1] = '-';
    return 2 + text_number(number, out + 2);
}

void job_start(job *j, uint32_t number, uint32_t now)
{
    memset(j, 0, sizeof *j);
    j->plan = &plans[(number - 1) % (sizeof plans / sizeof *plans)];
    j->number = number;
    j->reference_size = name('e', number, j->reference);
    j->id_size = name('j', number, j->id);
    j->created = now;
    j->entered = now;
    j->state = offers[0];
    j->version = 1;
}

bool job_ended(const job *j)
{
    return j->state > EXECWIRE_EXECUTION_STATE_BID_ACCEPTED;
}

static bool enter(job *j, int32_t state, uint32_t now)
{
    j->state = state;
    j->entered = now;
    j->printed = now;
    j->version++;
    return true;
}

static bool print_line(job *j, uint32_t now)
{
    size_t size = strlen(j->plan->line);

    j->printed = now;
    if (j->truncated)
        return false;
    j->version++;
    j->truncated = size > JOB_OUTPUT_SIZE - j->out_size;
    if (j->truncated)
        return true;
    memcpy(j->out + j->out_size, j->plan->line, size);
    j->out_size += size;
    return true;
}

bool job_advance(job *j, uint32_t now)
{
    if (job_ended(j)) {
        if (now - j->entered < REST_TIME)
            return false;
        job_start(j, j->number + 1, now);
        return true;
    }
    if (j->state == EXECWIRE_EXECUTION_STATE_BID_ACCEPTED) {
        if (now - j->entered >= j->plan->lasts)
            return enter(j, j->plan->ends_as, now);
        return now - j->printed >= JOB_LINE_TIME && print_line(j, now);
    }
    if (now - j->entered < OFFER_TIME)
        return false;
    for (size_t i = 0;; i++)
        if (offers[i] == j->state)
            return enter(j, offers[i + 1], now);
}

bool job_stop(job *j, uint32_t now)
{
    if (job_ended(j))
        return false;
    j->stopped = true;
    return enter(j, EXECWIRE_EXECUTION_STATE_CANCELLED, now);
}
