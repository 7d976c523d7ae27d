/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include "base/ascii.h"
#include "cli/format.h"

#include <getopt.h>
#include <limits.h>
#include <string.h>

/* What an option does with its argument. False: there is no such argument. */
typedef bool set_option(cli_options *o, const char *argument);

#define DEFAULT_MTU  222   /* LoRaWAN's largest payload */
#define LARGEST_MTU  65507 /* UDP's, over IPv4 */
#define MOST_TRIES   15
#define LARGEST_PORT 65535

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

static bool set_delimited(cli_options *o, const char *argument)
{
    (void)argument;
    o->framing = &framing_delimited;
    return true;
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

/* A number from 1 to EXECWIRE_MAX_SIZE. Returns how many digits it has; 0 when it is none. */
static size_t read_number(const char *text, size_t *number)
{
    size_t value = 0;
    size_t i = 0;

    for (; execwire_is_digit(text[i]) && value <= EXECWIRE_MAX_SIZE / 10; i++)
        value = value * 10 + (size_t)(text[i] - '0');
    *number = value;
    return value > 0 && value <= EXECWIRE_MAX_SIZE ? i : 0;
}

static bool set_max_message(cli_options *o, const char *argument)
{
    size_t digits = read_number(argument, &o->max_message);

    return digits > 0 && argument[digits] == '\0';
}

static bool set_mtu(cli_options *o, const char *argument)
{
    size_t digits = read_number(argument, &o->link.mtu);

    return digits > 0 && argument[digits] == '\0' && o->link.mtu >= EXECWIRE_LINK_MIN_MTU &&
           o->link.mtu <= LARGEST_MTU;
}

static bool set_back(cli_options *o, const char *argument)
{
    o->link.back = argument;
    return *argument != '\0';
}

static bool set_session(cli_options *o, const char *argument)
{
    o->link.session = argument;
    return *argument != '\0';
}

/* A port is a service's name, or a number from 1 to 65535. */
static bool set_udp(cli_options *o, const char *argument)
{
    const char *colon = strrchr(argument, ':');
    const char *port = colon != NULL ? colon + 1 : argument;
    bool name = port[strspn(port, "0123456789")] != '\0';
    size_t number;
    size_t digits = read_number(port, &number);

    o->link.udp = argument;
    return name || (digits > 0 && port[digits] == '\0' && number <= LARGEST_PORT);
}

static bool set_timer(cli_link_options *link, const char *name, size_t size, uint32_t value)
{
    const struct {
        const char *name;
        uint32_t *timer;
    } timers[] = {
        {"urgent", &link->timing.urgent_ms},
        {"repeat", &link->timing.repeat_ms},
        {"identity", &link->timing.identity_ms},
        {"hello", &link->timing.hello_ms},
        {"digest", &link->timing.digest_ms},
        {"ack", &link->ack_ms},
        {"want", &link->want_ms},
        {"fresh", &link->fresh_ms},
    };

    for (size_t i = 0; i < sizeof timers / sizeof *timers; i++)
        if (strlen(timers[i].name) == size && memcmp(timers[i].name, name, size) == 0) {
            *timers[i].timer = value;
            return true;
        }
    if (size != 5 || memcmp(name, "tries", size) != 0 || value > MOST_TRIES)
        return false;
    link->timing.tries = (uint8_t)value;
    return true;
}

/* "repeat=2000,tries=3" */
static bool set_timing(cli_options *o, const char *argument)
{
    for (;;) {
        size_t name = strcspn(argument, "=");
        size_t value = 0;
        size_t digits = argument[name] == '=' ? read_number(argument + name + 1, &value) : 0;

        if (digits == 0 || !set_timer(&o->link, argument, name, (uint32_t)value))
            return false;
        argument += name + 1 + digits;
        if (*argument != ',')
            break;
        argument++;
    }
    o->link.timing.want_ms = o->link.want_ms;
    return *argument == '\0';
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
     .flag = offsetof(cli_options, single),
     .concerns = CONCERNS_SINGLE},
    {.name = "delimited",
     .help = "frames after their lengths (the default)",
     .set = set_delimited,
     .concerns = CONCERNS_LINK},
    {.name = "hex", .help = "messages as hexadecimal digits, one on each line", .set = set_hex},
    {.name = "serial", .help = "messages as frames on a serial line", .set = set_serial},
    {.name = "link",
     .help = "frames of a link instead of states",
     .flag = offsetof(cli_options, link_frames),
     .concerns = CONCERNS_FRAMES},
    {.name = "udp",
     .argument = "PLACE",
     .help = "frames as datagrams: HOST:PORT; to receive, [HOST:]PORT",
     .set = set_udp,
     .concerns = CONCERNS_LINK},
    {.name = "mtu",
     .argument = "BYTES",
     .help = "the largest frame (222; at least 51)",
     .set = set_mtu,
     .concerns = CONCERNS_LINK},
    {.name = "one-way",
     .help = "nothing comes back: repeat by the clock",
     .flag = offsetof(cli_options, link.one_way),
     .concerns = CONCERNS_LINK},
    {.name = "lossless",
     .help = "nothing gets lost: no repeats, nothing back",
     .flag = offsetof(cli_options, link.lossless),
     .concerns = CONCERNS_LINK},
    {.name = "back",
     .argument = "FILE",
     .help = "the way back: a file, or a descriptor's number",
     .set = set_back,
     .concerns = CONCERNS_LINK},
    {.name = "session",
     .argument = "FILE",
     .help = "keep the session's number in FILE",
     .set = set_session,
     .concerns = CONCERNS_SENDER},
    {.name = "timing",
     .argument = "NAME=MS,..",
     .help = "timers, as execwire(1) has them",
     .set = set_timing,
     .concerns = CONCERNS_LINK},
    {.name = "protobuf",
     .help = "states are delimited protobuf, not JSON",
     .flag = offsetof(cli_options, link.protobuf),
     .concerns = CONCERNS_LINK},
    {.name = "status",
     .help = "say on standard error what is doubtful or wanted",
     .flag = offsetof(cli_options, link.status),
     .concerns = CONCERNS_RECEIVER},
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

static outcome apply(cli_options *o, const cli_option *found, const char *command,
                     unsigned concerns)
{
    if (found->concerns != 0 && (found->concerns & concerns) == 0) {
        report("%s has no option --%s (see execwire %s --help)", command, found->name, command);
        return OUTCOME_USAGE;
    }
    if (found->set == NULL)
        *(bool *)((char *)o + found->flag) = true;
    else if (!found->set(o, optarg)) {
        report("wrong argument '%s' of '--%s' (see execwire %s --help)", optarg, found->name,
               command);
        return OUTCOME_USAGE;
    }
    return OUTCOME_GOOD;
}

outcome options_read(cli_options *o, const char *command, unsigned concerns, int count,
                     char **arguments)
{
    static const char *const no_files[] = {"-"};
    struct option names[OPTION_COUNT + 1];
    char letters[2 * OPTION_COUNT + 2];
    int code;

    *o = (cli_options){.max_message = EXECWIRE_DEFAULT_MAX_MESSAGE,
                       .framing = &framing_delimited,
                       .link.mtu = DEFAULT_MTU};
    prepare(names, letters);
    while ((code = getopt_long(count, arguments, letters, names, NULL)) != -1) {
        if (code == '?' || code == ':')
            return refuse_option(command, code, arguments);
        if (apply(o, find_option(code), command, concerns) != OUTCOME_GOOD)
            return OUTCOME_USAGE;
    }
    if (o->single && o->framing == &framing_delimited)
        o->framing = &framing_single;
    o->files = optind < count ? (const char *const *)arguments + optind : no_files;
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
