/* A compute node: runs one job after the other, reports every state over the serial line, and stops
 * a job when the other end says so.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "board.h"
#include "line.h"
#include "obey.h"
#include "state.h"
#include "trace.h"

#define REPORT_MAX  480 /* bytes of the longest report */
#define REQUEST_MAX 124 /* and of the longest request */
#define REPEAT_TIME 250 /* milliseconds after which a report is repeated: the line may lose it */

static job current;
static uint32_t reported; /* when */

/* A report is encoded behind the lead and then framed where it is. */
static uint8_t buffer[EXECWIRE_SERIAL_SIZE(REPORT_MAX)];

static uint8_t request[REQUEST_MAX + EXECWIRE_SERIAL_CRC_SIZE];

static void report(const char *word)
{
    uint8_t *message = buffer + EXECWIRE_SERIAL_LEAD(REPORT_MAX);
    execwire_state state;
    size_t size;

    state_of(&current, &state);
    if (execwire_encode(&state, message, REPORT_MAX, &size, NULL) != EXECWIRE_OK ||
        execwire_serial_write(message, size, buffer, sizeof buffer, &size, NULL) != EXECWIRE_OK) {
        trace_word("unsent");
        return;
    }
    trace_job(word, &current);
    uart_send(buffer, size);
    reported = clock_now();
}

static void listen(void)
{
    execwire_str message;

    while ((message = line_next()).data != NULL)
        if (obey(&current, message, clock_now()))
            report("stopped");
}

int main(void)
{
    board_start();
    line_start(request, sizeof request);
    job_start(&current, 1, clock_now());
    report("sent");
    for (;;) {
        uint32_t now = clock_now();

        if (job_advance(&current, now))
            report("sent");
        else if (now - reported >= REPEAT_TIME)
            report("again");
        listen();
        clock_wait();
    }
}
