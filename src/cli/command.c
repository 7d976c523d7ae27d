/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include <inttypes.h>
#include <stdlib.h>

outcome command_each(cli_job *job, source *from,
                     outcome (*handle)(struct cli_job *job, const execwire_state *state,
                                       const record *from))
{
    execwire_state state;
    record seen;

    for (;;) {
        outcome result = OUTCOME_GOOD;

        switch (source_next(from, &state, &seen)) {
        case NEXT_RECORD:
            result = handle != NULL ? handle(job, &state, &seen) : OUTCOME_GOOD;
            break;
        case NEXT_BAD:
            result = job->options->keep_going ? OUTCOME_GOOD : OUTCOME_DATA;
            break;
        case NEXT_FAILED:
            return OUTCOME_IO;
        case NEXT_END:
            return from->bad > 0 ? OUTCOME_DATA : OUTCOME_GOOD;
        }
        if (result != OUTCOME_GOOD)
            return result;
    }
}

static outcome run_file(cli_job *job, const char *path)
{
    source from;
    outcome result = source_open(&from, job->options, path,
                                 job->command->json || job->options->from_json, &job->out);

    if (result == OUTCOME_GOOD)
        result = job->command->file(job, &from);
    job->unknown += from.unknown;
    source_close(&from);
    return result;
}

static outcome run_files(cli_job *job)
{
    const cli_options *options = job->options;
    outcome worst = OUTCOME_GOOD;

    for (size_t i = 0; i < options->file_count; i++) {
        outcome result = run_file(job, options->files[i]);

        if (result > worst)
            worst = result;
        if (job->out.failed || (worst != OUTCOME_GOOD && !options->keep_going))
            break;
    }
    return worst;
}

outcome command_run(const cli_command *command, const cli_options *options)
{
    cli_job job = {.command = command, .options = options};
    outcome worst = output_open(&job.out, options->output);
    outcome result;
    bool keep;

    if (worst != OUTCOME_GOOD)
        return worst;
    job.out.held = options->single && command->joins_messages;
    worst = run_files(&job);
    keep = worst == OUTCOME_GOOD || (options->keep_going && !job.out.held);
    if (keep && command->finish != NULL && !job.out.failed) {
        result = command->finish(&job);
        worst = result > worst ? result : worst;
    }
    result = output_close(&job.out, keep && !job.out.failed);
    if (job.unknown > 0 && command->unknown != NULL && !options->quiet)
        report("%s: %" PRIu64, command->unknown, job.unknown);
    free(job.own);
    return result > worst ? result : worst;
}
