/* SPDX-License-Identifier: Apache-2.0 */
#include "link/model/predict.h"

#include "link/model/text.h"

/* Outputs are cut to 2,048 bytes, at a character: one this long is taken for cut. */
#define CUT_OUTPUT 2045

/* A text that is not known is empty. */
static void fill(execwire_str *text)
{
    if (text->data == NULL)
        *text = EXECWIRE_STR("");
}

bool execwire_link_is_final(const execwire_state *state)
{
    const unsigned final =
        1u << EXECWIRE_EXECUTION_STATE_ASK_FOR_BID_REJECTED |
        1u << EXECWIRE_EXECUTION_STATE_BID_REJECTED | 1u << EXECWIRE_EXECUTION_STATE_COMPLETED |
        1u << EXECWIRE_EXECUTION_STATE_FAILED | 1u << EXECWIRE_EXECUTION_STATE_CANCELLED;

    return state->has_state && (uint32_t)state->state < 32 && (final >> state->state & 1) != 0;
}

void execwire_link_predict(execwire_state *state, uint32_t number, unsigned state_number)
{
    int32_t desired = EXECWIRE_EXECUTION_DESIRED_STATE_PENDING;

    state->has_version = true;
    state->version = number;
    state->has_state = state_number != EXECWIRE_LINK_NO_STATE;
    state->state = state->has_state ? (int32_t)state_number : 0;
    if (state_number == EXECWIRE_EXECUTION_STATE_BID_ACCEPTED)
        desired = EXECWIRE_EXECUTION_DESIRED_STATE_RUNNING;
    else if (execwire_link_is_final(state))
        desired = EXECWIRE_EXECUTION_DESIRED_STATE_STOPPED;
    state->has_desired_state = desired != EXECWIRE_EXECUTION_DESIRED_STATE_PENDING;
    state->desired_state = desired;
}

static void predict_output(execwire_state *state)
{
    execwire_run_command_result *output = &state->run_output;
    bool failed = state->has_state && state->state == EXECWIRE_EXECUTION_STATE_FAILED;
    bool completed = state->has_state && state->state == EXECWIRE_EXECUTION_STATE_COMPLETED;

    if (output->std_out.data == NULL && output->std_err.data == NULL && !failed && !completed)
        return;
    fill(&output->std_out);
    fill(&output->std_err);
    fill(&output->runner_error);
    state->has_run_output = true;
    output->has_exit_code = true;
    output->exit_code = failed;
    output->has_stdouttruncated = true;
    output->stdouttruncated = output->std_out.size >= CUT_OUTPUT;
    output->has_stderrtruncated = true;
    output->stderrtruncated = output->std_err.size >= CUT_OUTPUT;
}

static bool predict_ipfs(execwire_storage_spec *results, execwire_link_joiner *joiner)
{
    static const char name[] = "ipfs://" EXECWIRE_TEXT_CID;

    results->has_storage_source = true;
    results->storage_source = EXECWIRE_STORAGE_SOURCE_IPFS;
    return joiner->join(joiner, name, sizeof name - 1, &results->name);
}

static bool predict_s3(execwire_storage_spec *results, execwire_link_joiner *joiner)
{
    static const char name[] =
        "s3://" EXECWIRE_TEXT_BUCKET "/" EXECWIRE_TEXT_JOB "/" EXECWIRE_TEXT_REFERENCE "/";
    const size_t key = 7; /* where that begins in the name */

    results->has_storage_source = true;
    results->storage_source = EXECWIRE_STORAGE_SOURCE_S3;
    results->has_s3 = true;
    fill(&results->s3.checksum);
    fill(&results->s3.region);
    fill(&results->s3.version_id);
    return joiner->join(joiner, name, sizeof name - 1, &results->name) &&
           joiner->join(joiner, name + key, sizeof name - 1 - key, &results->s3.key);
}

bool execwire_link_predict_large(execwire_state *state, execwire_link_joiner *joiner)
{
    execwire_storage_spec *results = &state->published_results;

    predict_output(state);
    state->has_published_results = true;
    if (results->cid.data != NULL && !predict_ipfs(results, joiner))
        return false;
    return results->s3.bucket.data == NULL || predict_s3(results, joiner);
}
