/* SPDX-License-Identifier: Apache-2.0 */
#include "state.h"

#include <string.h>

#define START_TIME 1767225600 /* the node has no calendar: its time begins on 2026-01-01 */

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

void state_of(const job *j, execwire_state *state)
{
    memset(state, 0, sizeof *state);
    state->compute_reference = view(j->reference, j->reference_size);
    state->job_id = view(j->id, j->id_size);
    state->node_id = NODE_ID;
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
