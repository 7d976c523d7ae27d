/* A compute node: runs one job after the other, reports every state over the serial line, and stops
 * a job when the other end says so.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "board.h"
#include "execwire.h"
#include "job.h"
#include "trace.h"

#include <string.h>

#define REPORT_MAX  480 /* bytes of the longest report */
#define REQUEST_MAX 124 /* and of the longest request */
#define REPEAT_TIME 250 /* milliseconds after which a report is repeated: the line may lose it */
#define REST_TIME   300 /* milliseconds between the end of a job and the next one */
#define START_TIME  1767225600 /* the node has no calendar: its time begins on 2026-01-01 */

static job current;
static uint32_t reported; /* when */

/* A report is encoded behind the lead and then framed where it is. */
static uint8_t buffer[EXECWIRE_SERIAL_SIZE(REPORT_MAX)];

static uint8_t request[REQUEST_MAX + EXECWIRE_SERIAL_CRC_SIZE];
static execwire_serial_reader requests;

/* ---- Reporting ---- */

static execwire_str view(const char *data, size_t size)
{
    return (execwire_str){data, size};
}

static execwire_time time_of(uint32_t milliseconds)
{
    return (execwire_time){START_TIME + milliseconds / 1000,
                           (int32_t)(milliseconds % 1000) * 1000000};
}

static void fill_output(const job *j, execwire_state *state)
{
    state->has_run_output = j->out_size > 0 || job_ended(j);
    if (j->out_size > 0)
        state->run_output.std_out = view(j->out, j->out_size);
    state->run_output.has_stdouttruncated = j->truncated;
    state->run_output.stdouttruncated = j->truncated;
    if (!job_ended(j))
        return;
    state->run_output.has_exit_code = true;
    state->run_output.exit_code = j->plan->exit_code;
    if (j->plan->err != NULL)
        state->run_output.std_err = view(j->plan->err, strlen(j->plan->err));
}

static void fill(const job *j, execwire_state *state)
{
    memset(state, 0, sizeof *state);
    state->compute_reference = view(j->reference, j->reference_size);
    state->job_id = view(j->id, j->id_size);
    state->node_id = EXECWIRE_STR("cortex-m");
    state->has_create_time = true;
    state->create_time = time_of(j->created);
    state->has_update_time = true;
    state->update_time = time_of(j->entered);
    state->has_desired_state = true;
    state->desired_state = j->stopped ? EXECWIRE_EXECUTION_DESIRED_STATE_STOPPED
                                      : EXECWIRE_EXECUTION_DESIRED_STATE_RUNNING;
    state->has_state = true;
    state->state = j->state;
    state->has_version = true;
    state->version = j->version;
    fill_output(j, state);
}

static void report(const job *j, const char *word)
{
    uint8_t *message = buffer + EXECWIRE_SERIAL_LEAD(REPORT_MAX);
    execwire_state state;
    size_t size;

    fill(j, &state);
    if (execwire_encode(&state, message, REPORT_MAX, &size, NULL) != EXECWIRE_OK ||
        execwire_serial_write(message, size, buffer, sizeof buffer, &size, NULL) != EXECWIRE_OK) {
        trace_word("unsent");
        return;
    }
    trace_job(word, j);
    uart_send(buffer, size);
    reported = clock_now();
}

/* ---- Obeying ---- */

static bool same(execwire_str text, const char *data, size_t size)
{
    return text.size == size && text.data != NULL && memcmp(text.data, data, size) == 0;
}

/* A request is an execution state, of which the reference and the desired state count. */
static void obey(execwire_str message)
{
    execwire_state wanted;

    if (execwire_decode(message.data, message.size, NULL, &wanted, NULL) != EXECWIRE_OK) {
        trace_word("undecoded");
        return;
    }
    if (!wanted.has_desired_state ||
        wanted.desired_state != EXECWIRE_EXECUTION_DESIRED_STATE_STOPPED ||
        !same(wanted.compute_reference, current.reference, current.reference_size) ||
        !job_stop(&current, clock_now())) {
        trace_word("ignored");
        return;
    }
    report(&current, "stopped");
}

static void listen(void)
{
    uint8_t bytes[32];
    size_t size = uart_receive(bytes, sizeof bytes);

    for (size_t at = 0; at < size;) {
        execwire_str message;
        size_t used;

        if (execwire_serial_feed(&requests, bytes + at, size - at, &used, &message, NULL) !=
            EXECWIRE_OK)
            trace_word("damaged");
        if (message.data != NULL)
            obey(message);
        at += used;
    }
}

int main(void)
{
    uint32_t number = 1;

    board_start();
    execwire_serial_init(&requests, request, sizeof request);
    job_start(&current, number, clock_now());
    report(&current, "sent");
    for (;;) {
        uint32_t now = clock_now();

        if (job_advance(&current, now))
            report(&current, "sent");
        else if (job_ended(&current) && now - current.entered >= REST_TIME) {
            job_start(&current, ++number, now);
            report(&current, "sent");
        } else if (now - reported >= REPEAT_TIME)
            report(&current, "again");
        listen();
        clock_wait();
    }
}
