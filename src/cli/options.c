/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

/* What an option does with its argument. False: there is no such argument. */
typedef bool set_option(cli_options *o, const char *argument);

typedef struct option {
    const char *name;
    char letter;
    bool has_argument;
    set_option *set;
} option;

static bool set_output(cli_options *o, const char *argument)
{
    o->output = argument;
    return *argument != '\0';
}

static bool set_single(cli_options *o, const char *argument)
{
    (void)argument;
    return o->single = true;
}

static bool set_hex(cli_options *o, const char *argument)
{
    (void)argument;
    return o->hex = true;
}

static bool set_json(cli_options *o, const char *argument)
{
    (void)argument;
    return o->from_json = true;
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

static bool set_pretty(cli_options *o, const char *argument)
{
    (void)argument;
    return o->json.pretty = true;
}

static bool set_ignore_unknown(cli_options *o, const char *argument)
{
    (void)argument;
    return o->json.ignore_unknown = true;
}

static bool set_keep_going(cli_options *o, const char *argument)
{
    (void)argument;
    return o->keep_going = true;
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

static bool set_quiet(cli_options *o, const char *argument)
{
    (void)argument;
    return o->quiet = true;
}

static bool set_version(cli_options *o, const char *argument)
{
    (void)argument;
    return o->version = true;
}

static bool set_help(cli_options *o, const char *argument)
{
    (void)argument;
    return o->help = true;
}

static const option known[] = {
    {"output", 'o', true, set_output},
    {"single", 0, false, set_single},
    {"hex", 0, false, set_hex},
    {"json", 0, false, set_json},
    {"form", 0, true, set_form},
    {"enums", 0, true, set_enums},
    {"pretty", 0, false, set_pretty},
    {"ignore-unknown", 0, false, set_ignore_unknown},
    {"keep-going", 0, false, set_keep_going},
    {"max-message", 0, true, set_max_message},
    {"quiet", 'q', false, set_quiet},
    {"version", 0, false, set_version},
    {"help", 'h', false, set_help},
};

/* The option with this name or letter, and what is written behind it: "=argument" or
 * "argument". */
static const option *find_option(const char *text, const char **behind)
{
    const char *name = text + 2;
    size_t size = strcspn(name, "=");

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const option *o = &known[i];

        if (text[1] == '-' && strncmp(o->name, name, size) == 0 && o->name[size] == '\0') {
            *behind = name[size] != '\0' ? name + size + 1 : NULL;
            return o;
        }
        if (text[1] != '-' && o->letter == text[1]) {
            *behind = text[2] != '\0' ? text + 2 : NULL;
            return o;
        }
    }
    return NULL;
}

static outcome refuse(const char *command, const char *what, const char *text)
{
    report("%s '%s' (see execwire %s --help)", what, text, command);
    return OUTCOME_USAGE;
}

/* Reads the option at arguments[*at], and its argument, which may be the next one. */
static outcome read_option(cli_options *o, const char *command, int count, char **arguments,
                           int *at)
{
    const char *text = arguments[*at];
    const char *argument = NULL;
    const option *found = find_option(text, &argument);

    if (found == NULL)
        return refuse(command, "unknown option", text);
    if (!found->has_argument && argument != NULL)
        return refuse(command, "no argument belongs to option", text);
    if (found->has_argument && argument == NULL) {
        if (*at + 1 == count)
            return refuse(command, "an argument is missing after option", text);
        argument = arguments[++*at];
    }
    if (found->set(o, argument))
        return OUTCOME_GOOD;
    report("wrong argument '%s' of option '--%s' (see execwire %s --help)", argument, found->name,
           command);
    return OUTCOME_USAGE;
}

outcome options_read(cli_options *o, const char *command, int count, char **arguments)
{
    bool only_files = false;

    *o = (cli_options){.max_message = EXECWIRE_DEFAULT_MAX_MESSAGE};
    o->files = reallocate(NULL, ((size_t)count + 1) * sizeof *o->files);
    for (int i = 0; i < count; i++) {
        const char *text = arguments[i];
        outcome result = OUTCOME_GOOD;

        if (only_files || text[0] != '-' || text[1] == '\0')
            o->files[o->file_count++] = text;
        else if (strcmp(text, "--") == 0)
            only_files = true;
        else
            result = read_option(o, command, count, arguments, &i);
        if (result != OUTCOME_GOOD)
            return result;
    }
    if (o->file_count == 0)
        o->files[o->file_count++] = "-";
    return OUTCOME_GOOD;
}
