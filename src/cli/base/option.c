/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/option.h"

#include "base/ascii.h"
#include "cli/base/format.h"

#include <execwire/execwire.h>

#include <getopt.h>
#include <limits.h>
#include <string.h>

/* More than any verb has. */
#define MOST_OPTIONS 64

/* What getopt_long returns for an option is its letter, or this and its number. */
#define BY_NAME (UCHAR_MAX + 1)

/* ---- Looking through the tables ---- */

const cli_option *option_number(const option_use *uses, size_t n, size_t *at)
{
    for (; uses->group != NULL; uses++) {
        if (n < uses->group->count) {
            *at = uses->at + uses->group->options[n].at;
            return &uses->group->options[n];
        }
        n -= uses->group->count;
    }
    *at = 0;
    return NULL;
}

bool option_has(const option_use *uses, const option_group *group)
{
    while (uses->group != NULL && uses->group != group)
        uses++;
    return uses->group != NULL;
}

/* The option that getopt_long's code means. */
static const cli_option *find_option(const option_use *uses, int code, size_t *at)
{
    size_t n = code >= BY_NAME ? (size_t)(code - BY_NAME) : 0;
    const cli_option *o = option_number(uses, n, at);

    while (code < BY_NAME && o->letter != code)
        o = option_number(uses, ++n, at);
    return o;
}

/* ---- Reading ---- */

/* The tables as getopt_long wants them. */
typedef struct wanted {
    struct option names[MOST_OPTIONS + 1];
    char letters[2 * MOST_OPTIONS + 2];
} wanted;

/* The tables were zero. `letters` says by ":" that errors are for us to report. */
static void prepare(wanted *w, const option_use *uses)
{
    char *letter = w->letters;
    const cli_option *o;
    size_t n = 0;
    size_t at;

    *letter++ = ':';
    for (; n < MOST_OPTIONS && (o = option_number(uses, n, &at)) != NULL; n++) {
        int has = o->argument != NULL ? required_argument : no_argument;

        w->names[n] = (struct option){o->name, has, NULL, BY_NAME + (int)n};
        if (o->letter != 0)
            *letter++ = o->letter;
        if (o->letter != 0 && has == required_argument)
            *letter++ = ':';
    }
}

/* Says what is wrong with the option that getopt_long has just looked at. */
static void refuse(const option_verb *verb, option_elsewhere *elsewhere, int code, char **arguments)
{
    const char letter[] = {'-', (char)optopt, '\0'};
    const char *text = optopt != 0 && optopt < BY_NAME ? letter : arguments[optind - 1];
    const char *found = NULL;

    if (code != ':' && optopt == 0)
        found = elsewhere(text + 2, strcspn(text + 2, "="));
    if (found != NULL)
        report("%s has no option --%s (see execwire %s --help)", verb->name, found, verb->name);
    else if (code == ':')
        report("an argument is missing after '%s' (see execwire %s --help)", text, verb->name);
    else
        report("no such option '%s' (see execwire %s --help)", text, verb->name);
}

static bool apply(void *out, const option_verb *verb, int code)
{
    size_t at;
    const cli_option *o = find_option(verb->uses, code, &at);
    void *what = (char *)out + at;

    if (o->set == NULL)
        *(bool *)what = true;
    else if (!o->set(what, optarg)) {
        report("wrong argument '%s' of '--%s' (see execwire %s --help)", optarg, o->name,
               verb->name);
        return false;
    }
    return true;
}

int option_read(void *out, const option_verb *verb, option_elsewhere *elsewhere, int count,
                char **arguments)
{
    wanted w = {0};
    int code;

    prepare(&w, verb->uses);
    while ((code = getopt_long(count, arguments, w.letters, w.names, NULL)) != -1) {
        if (code == '?' || code == ':') {
            refuse(verb, elsewhere, code, arguments);
            return 0;
        }
        if (!apply(out, verb, code))
            return 0;
    }
    return optind;
}

/* ---- Help ---- */

static void tell_option(output *out, const cli_option *o)
{
    char name[32];

    format(name, sizeof name, "--%s%s%s", o->name, o->argument != NULL ? " " : "",
           o->argument != NULL ? o->argument : "");
    output_print(out, "  %c%c%c %-20s %s%s\n", o->letter != 0 ? '-' : ' ',
                 o->letter != 0 ? o->letter : ' ', o->letter != 0 ? ',' : ' ', name, o->help,
                 o->many ? ", any number of times" : "");
}

void option_help(output *out, const option_use *uses)
{
    const char *title = "";

    for (; uses->group != NULL; uses++) {
        const option_group *group = uses->group;

        if (strcmp(group->title, title) != 0)
            output_print(out, "\n%s:\n", group->title);
        title = group->title;
        for (size_t i = 0; i < group->count; i++)
            tell_option(out, &group->options[i]);
    }
}

/* ---- Setters ---- */

bool option_text(void *out, const char *argument)
{
    *(const char **)out = argument;
    return *argument != '\0';
}

size_t option_digits(const char *text, size_t *number)
{
    size_t value = 0;
    size_t i = 0;

    for (; execwire_is_digit(text[i]) && value <= EXECWIRE_MAX_SIZE / 10; i++)
        value = value * 10 + (size_t)(text[i] - '0');
    *number = value;
    return value > 0 && value <= EXECWIRE_MAX_SIZE ? i : 0;
}

bool option_size(void *out, const char *argument)
{
    size_t digits = option_digits(argument, out);

    return digits > 0 && argument[digits] == '\0';
}
