/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include <string.h>

#define MOST_JOBS 256 /* a piece of the input for each, and what comes of it, is in memory */

static bool set_framing(void *out, const framing *as)
{
    *(const framing **)out = as;
    return true;
}

bool options_delimited(void *out, const char *argument)
{
    (void)argument;
    return set_framing(out, &framing_delimited);
}

static bool set_hex(void *out, const char *argument)
{
    (void)argument;
    return set_framing(out, &framing_hex);
}

static bool set_base64(void *out, const char *argument)
{
    (void)argument;
    return set_framing(out, &framing_base64);
}

static bool set_serial(void *out, const char *argument)
{
    (void)argument;
    return set_framing(out, &framing_serial);
}

static bool set_form(void *out, const char *argument)
{
    bool api = strcmp(argument, "api") == 0;

    *(execwire_json_form *)out = api ? EXECWIRE_JSON_API : EXECWIRE_JSON_DOCUMENTED;
    return api || strcmp(argument, "documented") == 0;
}

static bool set_enums(void *out, const char *argument)
{
    bool names = strcmp(argument, "name") == 0;

    *(execwire_json_enums *)out = names ? EXECWIRE_JSON_ENUM_NAMES : EXECWIRE_JSON_ENUM_NUMBERS;
    return names || strcmp(argument, "number") == 0;
}

static bool set_colour(void *out, const char *argument)
{
    static const char *const names[] = {
        [COLOUR_AUTO] = "auto", [COLOUR_ALWAYS] = "always", [COLOUR_NEVER] = "never"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        *(colour_when *)out = (colour_when)i;
        if (strcmp(names[i], argument) == 0)
            return true;
    }
    return false;
}

static bool set_jobs(void *out, const char *argument)
{
    return option_size(out, argument) && *(const size_t *)out <= MOST_JOBS;
}

static bool set_pointer(void *out, const char *argument)
{
    execwire_json_walk walk;

    *(const char **)out = argument;
    return execwire_json_walk_init(&walk, execwire_str_of(argument), NULL) == EXECWIRE_OK;
}

/* ---- The groups ---- */

#define MESSAGES "Messages"
#define JSON     "JSON"
#define RUNNING  "Running"

static const cli_option single[] = {
    {.name = "single",
     .help = "one message, without its length before it",
     .at = offsetof(cli_options, single)},
};
const option_group options_single = {MESSAGES, single, OPTION_COUNT(single)};

static const cli_option messages_of[] = {
    {.name = "hex",
     .help = "messages as hexadecimal digits, one on each line",
     .set = set_hex,
     .at = offsetof(cli_options, framing)},
    {.name = "base64",
     .help = "messages as base64, one on each line",
     .set = set_base64,
     .at = offsetof(cli_options, framing)},
    {.name = "serial",
     .help = "messages as frames on a serial line",
     .set = set_serial,
     .at = offsetof(cli_options, framing)},
    {.name = "max-message",
     .argument = "BYTES",
     .help = "refuse larger messages (default 1048576)",
     .set = option_size,
     .at = offsetof(cli_options, max_message)},
};
const option_group options_messages = {MESSAGES, messages_of, OPTION_COUNT(messages_of)};

static const cli_option wrapped[] = {
    {.name = "wrapped",
     .help = "digits of a message on many lines, up to a blank one",
     .at = offsetof(cli_options, wrapped)},
};
const option_group options_wrapped = {MESSAGES, wrapped, OPTION_COUNT(wrapped)};

static const cli_option json_input[] = {
    {.name = "json",
     .help = "read JSON instead of protobuf",
     .at = offsetof(cli_options, from_json)},
};
const option_group options_input = {JSON, json_input, OPTION_COUNT(json_input)};

static const cli_option at[] = {
    {.name = "at",
     .argument = "POINTER",
     .help = "states inside larger JSON, as /state/Executions",
     .set = set_pointer,
     .at = offsetof(cli_options, at)},
};
const option_group options_at = {JSON, at, OPTION_COUNT(at)};

static const cli_option unknown[] = {
    {.name = "ignore-unknown",
     .help = "skip and count unknown keys of JSON",
     .at = offsetof(cli_options, ignore_unknown)},
};
const option_group options_unknown = {JSON, unknown, OPTION_COUNT(unknown)};

static const cli_option keys[] = {
    {.name = "form",
     .argument = "FORM",
     .choices = "documented api",
     .help = "JSON keys: documented (default), api (SDK: numbers)",
     .set = set_form,
     .at = offsetof(execwire_json_options, form)},
    {.name = "enums",
     .argument = "KIND",
     .choices = "number name",
     .help = "JSON enums: number (default; Python's SDK) or name",
     .set = set_enums,
     .at = offsetof(execwire_json_options, enums)},
};
const option_group options_keys = {JSON, keys, OPTION_COUNT(keys)};

static const cli_option layout[] = {
    {.name = "pretty",
     .help = "JSON on many lines, indented",
     .at = offsetof(execwire_json_options, pretty)},
};
const option_group options_layout = {JSON, layout, OPTION_COUNT(layout)};

static const cli_option with_colour[] = {
    {.name = "color",
     .argument = "WHEN",
     .choices = "auto always never",
     .help = "colour: auto (default), always or never",
     .set = set_colour,
     .at = offsetof(cli_options, colour)},
};
const option_group options_colour = {RUNNING, with_colour, OPTION_COUNT(with_colour)};

static const cli_option with_jobs[] = {
    {.name = "jobs",
     .letter = 'j',
     .argument = "N",
     .help = "convert with N threads (default 1)",
     .set = set_jobs,
     .at = offsetof(cli_options, jobs)},
};
const option_group options_jobs = {RUNNING, with_jobs, OPTION_COUNT(with_jobs)};

static const cli_option run[] = {
    {.name = "output",
     .letter = 'o',
     .argument = "FILE",
     .help = "write to FILE, replaced only when all is done",
     .set = option_text,
     .at = offsetof(cli_options, output)},
    {.name = "keep-going",
     .help = "go on after bad messages and unreadable files",
     .at = offsetof(cli_options, keep_going)},
    {.name = "quiet",
     .letter = 'q',
     .help = "errors only: no summary, no notes, no progress bar",
     .at = offsetof(cli_options, quiet)},
    {.name = "version",
     .letter = 'V',
     .help = "say the version",
     .at = offsetof(cli_options, version)},
    {.name = "help", .letter = 'h', .help = "say this", .at = offsetof(cli_options, help)},
};
const option_group options_run = {RUNNING, run, OPTION_COUNT(run)};

/* ---- What follows ---- */

void options_complete(cli_options *o, int first, int count, char **arguments)
{
    static const char *const no_files[] = {"-"};
    bool some = first < count;

    if (o->single && o->framing == &framing_delimited)
        o->framing = &framing_single;
    o->files = some ? (const char *const *)arguments + first : no_files;
    o->file_count = some ? (size_t)(count - first) : 1;
}
