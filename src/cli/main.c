/* execwire(1): execution states as JSON and as protobuf.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/completion.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ends with NULL */
static const cli_command *const commands[] = {&encode_command,
                                              &decode_command,
                                              &inspect_command,
                                              &stats_command,
                                              &check_command,
                                              &diff_command,
                                              &link_send_command,
                                              &link_recv_command,
                                              &gateway_command,
                                              &keys_command,
                                              NULL};

static const char help_input[] = "No FILE, or -, is standard input.\n";
static const char help_end[] =
    "Exit status: 0 all good, 1 bad data, 2 wrong usage, 3 input or output failed.\n";

static void tell_command(output *out, const cli_command *of)
{
    output_print(out, "usage: execwire %s [OPTION...]%s\n\n%s: %s\n", of->name,
                 of->no_files ? "" : " [FILE...]", of->name, of->summary);
    option_help(out, of->options);
    output_print(out, "\nExample:\n  %s\n", of->example);
    output_print(out, "\n%s%s", of->no_files ? "" : help_input, help_end);
}

static void tell_commands(output *out, const cli_command *of)
{
    (void)of;
    output_print(out, "usage: execwire COMMAND [OPTION...] [FILE...]\n\n"
                      "Execution states as JSON and as protobuf.\n\n");
    for (size_t i = 0; commands[i] != NULL; i++)
        output_print(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    output_print(out, "  %-10s %s\n", "completion", COMPLETION_SUMMARY);
    output_print(out, "\nSee execwire COMMAND --help, and execwire(1).\n");
}

static void tell_links(output *out, const cli_command *of)
{
    (void)of;
    output_print(out, "usage: execwire link COMMAND [OPTION...] [FILE...]\n\n"
                      "Execution states over links where bytes are dear.\n\n");
    for (size_t i = 0; commands[i] != NULL; i++)
        if (strchr(commands[i]->name, ' ') != NULL)
            output_print(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    output_print(out, "\nSee execwire link COMMAND --help, and execwire(1).\n");
}

static void tell_version(output *out, const cli_command *of)
{
    (void)of;
    output_print(out, "execwire %s\n", execwire_version());
}

/* Tells something on standard output. */
static outcome print(void (*tell)(output *out, const cli_command *of), const cli_command *of)
{
    output out;
    outcome result = output_open(&out, NULL);

    if (result != OUTCOME_GOOD)
        return result;
    tell(&out, of);
    return output_close(&out, true);
}

/* Standard streams that the caller closed are opened, so that no file takes their numbers and
 * is taken for them; reading and writing them fails then, as it should. */
static void hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
            exit(OUTCOME_IO);
}

/* How many of the words a command's name is; 0: it is not. */
static int match(const char *name, int count, char **words)
{
    const char *second = strchr(name, ' ');
    size_t first = second != NULL ? (size_t)(second - name) : strlen(name);

    if (strlen(words[0]) != first || memcmp(words[0], name, first) != 0)
        return 0;
    if (second == NULL)
        return 1;
    return count > 1 && strcmp(words[1], second + 1) == 0 ? 2 : 0;
}

/* The command that the first words name; `*used` of them. */
static const cli_command *find_command(int count, char **words, int *used)
{
    for (size_t i = 0; commands[i] != NULL; i++) {
        *used = match(commands[i]->name, count, words);
        if (*used > 0)
            return commands[i];
    }
    if (strcmp(words[0], "link") == 0 && count == 1)
        report("a command is missing: link send or link recv (see execwire link --help)");
    else if (strcmp(words[0], "link") == 0)
        report("no such command 'link %s' (see execwire --help)", words[1]);
    else
        report("no such command '%s' (see execwire --help)", words[0]);
    return NULL;
}

/* "help", or "help COMMAND"; "link" alone has commands of its own. */
static outcome help(int count, char **arguments)
{
    const cli_command *of;
    int used;

    if (count < 2)
        return print(tell_commands, NULL);
    if (count == 2 && strcmp(arguments[1], "link") == 0)
        return print(tell_links, NULL);
    of = find_command(count - 1, arguments + 1, &used);
    return of != NULL ? print(tell_command, of) : OUTCOME_USAGE;
}

/* Of all commands' options the only one that `name` is, or is the beginning of. */
static const char *find_option(const char *name, size_t size)
{
    const char *found = NULL;
    bool ambiguous = false;

    for (size_t i = 0; commands[i] != NULL; i++) {
        const cli_option *o;
        size_t at;

        for (size_t n = 0; (o = option_number(commands[i]->options, n, &at)) != NULL; n++) {
            if (strncmp(o->name, name, size) != 0)
                continue;
            if (o->name[size] == '\0')
                return o->name;
            ambiguous |= found != NULL && strcmp(found, o->name) != 0;
            found = o->name;
        }
    }
    return ambiguous ? NULL : found;
}

/* "completion SHELL" */
static outcome complete(int count, char **arguments)
{
    const completion *of = count == 2 ? completion_for(arguments[1]) : NULL;
    output out;
    outcome result;

    if (of == NULL) {
        report("completion is for one of: %s", COMPLETION_SHELLS);
        return OUTCOME_USAGE;
    }
    result = output_open(&out, NULL);
    if (result != OUTCOME_GOOD)
        return result;
    of->write(&out, commands);
    return output_close(&out, true);
}

/* `options` is the command's struct, with its defaults. */
static outcome run_with(const cli_command *command, void *options, int count, char **arguments)
{
    const option_verb verb = {command->name, command->options};
    int first = option_read(options, &verb, find_option, count, arguments);
    cli_options *common = options;

    if (first == 0)
        return OUTCOME_USAGE;
    if (common->help)
        return print(tell_command, command);
    if (common->version)
        return print(tell_version, command);
    options_complete(common, first, count, arguments);
    return command_run(command, options);
}

/* `arguments` begin with the last word of the command's name. */
static outcome run(const cli_command *command, int count, char **arguments)
{
    void *options = reallocate(NULL, command->options_size);
    outcome result;

    memcpy(options, command->defaults, command->options_size);
    result = run_with(command, options, count, arguments);
    free(options);
    return result;
}

static bool is_one_of(const char *text, const char *one, const char *other)
{
    return strcmp(text, one) == 0 || strcmp(text, other) == 0;
}

int main(int count, char **arguments)
{
    const cli_command *command;
    int used;

    hold_standard_streams();
    output_prepare_signals();
    if (count < 2) {
        report("a command is missing (see execwire --help)");
        return OUTCOME_USAGE;
    }
    if (is_one_of(arguments[1], "--help", "-h"))
        return (int)print(tell_commands, NULL);
    if (is_one_of(arguments[1], "--version", "-V"))
        return (int)print(tell_version, NULL);
    if (strcmp(arguments[1], "help") == 0)
        return (int)help(count - 1, arguments + 1);
    if (strcmp(arguments[1], "completion") == 0)
        return (int)complete(count - 1, arguments + 1);
    if (count == 3 && strcmp(arguments[1], "link") == 0 && is_one_of(arguments[2], "--help", "-h"))
        return (int)print(tell_links, NULL);
    command = find_command(count - 1, arguments + 1, &used);
    return command != NULL ? (int)run(command, count - used, arguments + used) : OUTCOME_USAGE;
}
