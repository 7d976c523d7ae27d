/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

next_result command_next(cli_job *job, source *from, state_handler *handle, record *seen,
                         fault *why)
{
    execwire_state state;
    next_result next = source_next(from, seen, &state, why);
    outcome result;

    if (next != NEXT_RECORD || handle == NULL)
        return next;
    result = handle(job, &state, seen, why);
    if (result == OUTCOME_GOOD)
        return NEXT_RECORD;
    from->good--;
    return result == OUTCOME_DATA ? NEXT_BAD : NEXT_FAILED;
}

static outcome run_file(cli_job *job, const char *path)
{
    const cli_command *command = job->command;
    source from;
    outcome result = source_open(&from, job->options, command->options, path, &job->out);

    if (result == OUTCOME_GOOD)
        result = command->file(job, &from);
    if (result == OUTCOME_GOOD && from.good == 0 && !job->options->quiet)
        report("%s: no messages", from.in.name);
    job->unknown += from.unknown;
    job->dropped += from.messages.dropped;
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

const char *command_remedy(const framing *as)
{
    return as->text || as->raw ? NULL : "use --hex, or -o FILE";
}

/* There are bytes that a terminal takes for commands, or shows as nothing that anybody can read. A
 * serial line is a terminal as well, and is meant. False: reported. */
static bool may_show(const cli_job *job)
{
    const cli_command *command = job->command;
    const char *remedy = NULL;

    if (command->remedy != NULL && isatty(job->out.fd))
        remedy = command->remedy(job->verb_options);
    if (remedy != NULL)
        report("%s: a terminal cannot show protobuf (%s)", command->name, remedy);
    return remedy == NULL;
}

static bool is_one_message(const cli_command *command, const cli_options *options)
{
    return command->writes_messages && options->single;
}

/* Whether a pointer has something to point into; who compares looks for itself. */
static bool has_json(const cli_command *command, const cli_options *options)
{
    return options->at == NULL || options->from_json || command->compares;
}

/* Whether the files are as many as the command takes, and as --at needs them. False: reported. */
static bool may_read(const cli_command *command, const cli_options *options)
{
    bool named = options->file_count > 1 || strcmp(options->files[0], "-") != 0;
    bool many = options->file_count > 1 && is_one_message(command, options);

    if (command->no_files && named)
        report("%s takes no FILE: '%s' is one", command->name, options->files[0]);
    else if (!has_json(command, options))
        report("%s: --at is for JSON, not for protobuf", command->name);
    else if (many)
        report("%s --single takes one FILE: messages that follow each other are one",
               command->name);
    else
        return true;
    return false;
}

static outcome run_all(const cli_command *command, const void *verb_options)
{
    const cli_options *options = verb_options;
    cli_job job = {.command = command, .options = options, .verb_options = verb_options};
    outcome worst;
    outcome result;
    bool keep;

    if (!may_read(command, options))
        return OUTCOME_USAGE;
    worst = command->appends ? output_append_to(&job.out, options->output)
                             : output_open(&job.out, options->output);
    if (worst != OUTCOME_GOOD)
        return worst;
    if (!may_show(&job)) {
        (void)output_close(&job.out, false); /* nothing has been written */
        return OUTCOME_USAGE;
    }
    job.out.held = is_one_message(command, options);
    job.out.colour = colour_wanted(options->colour, job.out.fd);
    worst = command->run != NULL ? command->run(&job) : run_files(&job);
    keep = worst == OUTCOME_GOOD || (options->keep_going && !job.out.held) ||
           (command->compares && worst == OUTCOME_DATA);
    result = command->finish != NULL ? command->finish(&job, keep) : OUTCOME_GOOD;
    if (result > worst)
        worst = result;
    result = output_close(&job.out, keep);
    if (job.unknown > 0 && command->unknown != NULL && !options->quiet)
        report("%s: %" PRIu64, command->unknown, job.unknown);
    if (job.dropped > 0 && !options->quiet)
        report("frames dropped: %" PRIu64, job.dropped);
    free(job.own);
    return result > worst ? result : worst;
}

outcome command_run(const cli_command *command, const void *verb_options)
{
    outcome result = run_all(command, verb_options);

    return command->compares && result > OUTCOME_USAGE ? OUTCOME_USAGE : result;
}
