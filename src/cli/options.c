/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include "cli/format.h"

#include <getopt.h>
#include <limits.h>
#include <string.h>

/* What an option does with its argument. False: there is no such argument. */
typedef bool set_option(cli_options *o, const char *argument);

typedef struct cli_option {
    const char *name;
    const char *argument; /* its name in the help; NULL: it has none */
    const char *help;
    set_option *set;   /* NULL: it sets `flag` */
    size_t flag;       /* offset of a bool in cli_options */
    unsigned concerns; /* 0: all commands */
    char letter;
} cli_option;

static bool set_output(cli_options *o, const char *argument)
{
    o->output = argument;
    return *argument != '\0';
}

static bool set_hex(cli_options *o, const char *argument)
{
    (void)argument;
    o->framing = &framing_hex;
    return true;
}

static bool set_serial(cli_options *o, const char *argument)
{
    (void)argument;
    o->framing = &framing_serial;
    return true;
}

static bool set_form(cli_options *o, const char *argument)
{
    bool api = strcmp(argument, "api") == 0;

    o->json.form = api ? EXECWIRE_JSON_API : EXECWIRE_JSON_DOCUMENTED;
    return api || strcmp(argument, "documented") == 0;
}

static bool set_enums(cli_options *o, const char *argument)
{
    bool names = strcmp(argument, "name") == 0;

    o->json.enums = names ? EXECWIRE_JSON_ENUM_NAMES : EXECWIRE_JSON_ENUM_NUMBERS;
    return names || strcmp(argument, "number") == 0;
}

static bool set_max_message(cli_options *o, const char *argument)
{
    size_t value = 0;
    size_t i = 0;

    for (; argument[i] >= '0' && argument[i] <= '9' && value <= EXECWIRE_MAX_SIZE / 10; i++)
        value = value * 10 + (size_t)(argument[i] - '0');
    o->max_message = value;
    return i > 0 && argument[i] == '\0' && value > 0 && value <= EXECWIRE_MAX_SIZE;
}

/* In the order of the help. */
static const cli_option known[] = {
    {.name = "output",
     .letter = 'o',
     .argument = "FILE",
     .help = "write to FILE, replaced only when all is done",
     .set = set_output},
    {.name = "single",
     .help = "one message, without its length before it",
     .flag = offsetof(cli_options, single)},
    {.name = "hex", .help = "messages as hexadecimal digits, one on each line", .set = set_hex},
    {.name = "serial", .help = "messages as frames on a serial line", .set = set_serial},
    {.name = "json",
     .help = "read JSON instead of protobuf",
     .flag = offsetof(cli_options, from_json),
     .concerns = CONCERNS_INPUT},
    {.name = "form",
     .argument = "FORM",
     .help = "JSON keys to write: documented (default) or api",
     .set = set_form,
     .concerns = CONCERNS_KEYS},
    {.name = "enums",
     .argument = "KIND",
     .help = "JSON enums to write: number (default) or name",
     .set = set_enums,
     .concerns = CONCERNS_KEYS},
    {.name = "pretty",
     .help = "JSON on many lines, indented",
     .flag = offsetof(cli_options, json.pretty),
     .concerns = CONCERNS_LAYOUT},
    {.name = "ignore-unknown",
     .help = "skip and count unknown keys of JSON",
     .flag = offsetof(cli_options, json.ignore_unknown),
     .concerns = CONCERNS_UNKNOWN_KEYS},
    {.name = "keep-going",
     .help = "go on after bad messages and unreadable files",
     .flag = offsetof(cli_options, keep_going)},
    {.name = "max-message",
     .argument = "BYTES",
     .help = "refuse larger messages (default 1048576)",
     .set = set_max_message},
    {.name = "quiet",
     .letter = 'q',
     .help = "errors only: no summary, no notes, no progress bar",
     .flag = offsetof(cli_options, quiet)},
    {.name = "version",
     .letter = 'V',
     .help = "say the version",
     .flag = offsetof(cli_options, version)},
    {.name = "help", .letter = 'h', .help = "say this", .flag = offsetof(cli_options, help)},
};
#define OPTION_COUNT (sizeof known / sizeof *known)

/* What getopt_long returns for an option is its letter, or this and its place in the table. */
#define BY_NAME (UCHAR_MAX + 1)

static const cli_option *find_option(int code)
{
    const cli_option *o = known;

    if (code >= BY_NAME)
        return &known[code - BY_NAME];
    while (o->letter != code)
        o++;
    return o;
}

/* The table as getopt_long wants it. `letters` says by ":" that errors are for us to report. */
static void prepare(struct option names[OPTION_COUNT + 1], char letters[2 * OPTION_COUNT + 2])
{
    memset(&names[OPTION_COUNT], 0, sizeof *names);
    *letters++ = ':';
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        int has = known[i].argument != NULL ? required_argument : no_argument;

        names[i] = (struct option){known[i].name, has, NULL, BY_NAME + (int)i};
        if (known[i].letter != 0)
            *letters++ = known[i].letter;
        if (known[i].letter != 0 && has == required_argument)
            *letters++ = ':';
    }
    *letters = '\0';
}

/* Says what is wrong with the option that getopt_long has just looked at. */
static outcome refuse_option(const char *command, int code, char **arguments)
{
    const char letter[] = {'-', (char)optopt, '\0'};
    const char *text = optopt != 0 && optopt < BY_NAME ? letter : arguments[optind - 1];

    if (code == ':')
        report("an argument is missing after '%s' (see execwire %s --help)", text, command);
    else
        report("no such option '%s' (see execwire %s --help)", text, command);
    return OUTCOME_USAGE;
}

static outcome apply(cli_options *o, const cli_option *found, const char *command)
{
    if (found->set == NULL)
        *(bool *)((char *)o + found->flag) = true;
    else if (!found->set(o, optarg)) {
        report("wrong argument '%s' of '--%s' (see execwire %s --help)", optarg, found->name,
               command);
        return OUTCOME_USAGE;
    }
    return OUTCOME_GOOD;
}

outcome options_read(cli_options *o, unsigned concerns, int count, char **arguments)
{
    static char standard_input[] = "-";
    static char *no_files[] = {standard_input};
    struct option names[OPTION_COUNT + 1];
    char letters[2 * OPTION_COUNT + 2];
    const char *command = arguments[0];
    int code;

    *o = (cli_options){.max_message = EXECWIRE_DEFAULT_MAX_MESSAGE, .framing = &framing_delimited};
    prepare(names, letters);
    while ((code = getopt_long(count, arguments, letters, names, NULL)) != -1) {
        if (code == '?' || code == ':')
            return refuse_option(command, code, arguments);
        if (apply(o, find_option(code), command) != OUTCOME_GOOD)
            return OUTCOME_USAGE;
    }
    if (o->from_json && (concerns & CONCERNS_INPUT) == 0) {
        report("%s has no option --json (see execwire %s --help)", command, command);
        return OUTCOME_USAGE;
    }
    if (o->single && o->framing == &framing_delimited)
        o->framing = &framing_single;
    o->files = optind < count ? arguments + optind : no_files;
    o->file_count = optind < count ? (size_t)(count - optind) : 1;
    return OUTCOME_GOOD;
}

void options_help(output *out, unsigned concerns)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const cli_option *o = &known[i];
        char name[32];

        if (o->concerns != 0 && (o->concerns & concerns) == 0)
            continue;
        format(name, sizeof name, "--%s%s%s", o->name, o->argument != NULL ? " " : "",
               o->argument != NULL ? o->argument : "");
        output_print(out, "  %c%c%c %-20s %s\n", o->letter != 0 ? '-' : ' ',
                     o->letter != 0 ? o->letter : ' ', o->letter != 0 ? ',' : ' ', name, o->help);
    }
}
