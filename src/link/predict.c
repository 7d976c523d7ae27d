/* SPDX-License-Identifier: Apache-2.0 */
#include "link/predict.h"

#include <string.h>

/* Outputs are cut to 2,048 bytes, at a character: one this long is taken for cut. */
#define CUT_OUTPUT 2045

/* What the requester wants when an execution is in a state: -1 where nothing follows. */
static int desired_in(unsigned state)
{
    static const int8_t desired[] = {
        [EXECWIRE_EXECUTION_STATE_UNDEFINED] = -1,
        [EXECWIRE_EXECUTION_STATE_NEW] = -1,
        [EXECWIRE_EXECUTION_STATE_ASK_FOR_BID] = -1,
        [EXECWIRE_EXECUTION_STATE_ASK_FOR_BID_ACCEPTED] = -1,
        [EXECWIRE_EXECUTION_STATE_ASK_FOR_BID_REJECTED] = EXECWIRE_EXECUTION_DESIRED_STATE_STOPPED,
        [EXECWIRE_EXECUTION_STATE_BID_ACCEPTED] = EXECWIRE_EXECUTION_DESIRED_STATE_RUNNING,
        [EXECWIRE_EXECUTION_STATE_BID_REJECTED] = EXECWIRE_EXECUTION_DESIRED_STATE_STOPPED,
        [EXECWIRE_EXECUTION_STATE_COMPLETED] = EXECWIRE_EXECUTION_DESIRED_STATE_STOPPED,
        [EXECWIRE_EXECUTION_STATE_FAILED] = EXECWIRE_EXECUTION_DESIRED_STATE_STOPPED,
        [EXECWIRE_EXECUTION_STATE_CANCELLED] = EXECWIRE_EXECUTION_DESIRED_STATE_STOPPED,
    };

    return state < sizeof desired ? desired[state] : -1;
}

static void predict_output(const execwire_link_hints *hints, execwire_state *state)
{
    static const execwire_str empty = {"", 0};
    execwire_run_command_result *output = &state->run_output;
    bool ended = hints->state == EXECWIRE_EXECUTION_STATE_COMPLETED ||
                 hints->state == EXECWIRE_EXECUTION_STATE_FAILED;

    if (hints->out.data == NULL && hints->err.data == NULL && !(ended && hints->base == NULL))
        return;
    state->has_run_output = true;
    output->has_exit_code = true;
    output->exit_code = hints->state == EXECWIRE_EXECUTION_STATE_FAILED;
    output->runner_error = empty;
    output->std_out = hints->out.data != NULL ? hints->out : empty;
    output->std_err = hints->err.data != NULL ? hints->err : empty;
    output->has_stdouttruncated = true;
    output->stdouttruncated = output->std_out.size >= CUT_OUTPUT;
    output->has_stderrtruncated = true;
    output->stderrtruncated = output->std_err.size >= CUT_OUTPUT;
}

static bool predict_ipfs(const execwire_link_hints *hints, execwire_link_joiner *joiner,
                         execwire_storage_spec *results)
{
    const execwire_str name[] = {EXECWIRE_STR("ipfs://"), hints->cid};

    results->cid = hints->cid;
    results->has_storage_source = true;
    results->storage_source = EXECWIRE_STORAGE_SOURCE_IPFS;
    return joiner->join(joiner, name, 2, &results->name);
}

static bool predict_s3(const execwire_link_hints *hints, execwire_link_joiner *joiner,
                       execwire_storage_spec *results)
{
    const execwire_str slash = EXECWIRE_STR("/");
    const execwire_str name[] = {EXECWIRE_STR("s3://"), hints->bucket,    slash, hints->job, slash,
                                 hints->reference,      EXECWIRE_STR("/")};

    results->has_s3 = true;
    results->s3.bucket = hints->bucket;
    results->s3.region = hints->region;
    results->s3.checksum = EXECWIRE_STR("");
    results->s3.version_id = EXECWIRE_STR("");
    results->has_storage_source = true;
    results->storage_source = EXECWIRE_STORAGE_SOURCE_S3;
    return joiner->join(joiner, name, 7, &results->name) &&
           joiner->join(joiner, name + 3, 4, &results->s3.key);
}

static void predict_plain(const execwire_link_hints *hints, execwire_state *state)
{
    int desired = desired_in(hints->state);

    state->job_id = hints->job;
    state->compute_reference = hints->reference;
    state->node_id = hints->node;
    state->has_create_time = hints->has_created;
    state->create_time = hints->created;
    state->has_update_time = hints->has_updated;
    state->update_time = hints->updated;
    state->has_version = true;
    state->version = hints->number;
    state->has_state = hints->state != EXECWIRE_LINK_NO_STATE;
    if (state->has_state)
        state->state = (int32_t)hints->state;
    state->has_desired_state = desired >= 0;
    if (state->has_desired_state)
        state->desired_state = desired;
    state->has_published_results = true;
}

static void keep_large(const execwire_state *base, execwire_state *state)
{
    state->has_published_results = base->has_published_results;
    state->published_results = base->published_results;
    state->has_run_output = base->has_run_output;
    state->run_output = base->run_output;
    state->status = base->status;
}

bool execwire_link_predict(const execwire_link_hints *hints, execwire_link_joiner *joiner,
                           execwire_state *state)
{
    memset(state, 0, sizeof *state);
    predict_plain(hints, state);
    if (hints->base != NULL)
        keep_large(hints->base, state);
    if (hints->status.data != NULL)
        state->status = hints->status;
    predict_output(hints, state);
    if (hints->cid.data != NULL && !predict_ipfs(hints, joiner, &state->published_results))
        return false;
    return hints->bucket.data == NULL || predict_s3(hints, joiner, &state->published_results);
}
