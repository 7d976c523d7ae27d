/* Options of the command line, as tables. A group of them fills in one struct; a verb names the
 * groups that it has, and where in its own struct theirs are. Reading, --help and the completion of
 * shells follow the tables.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_OPTION_H
#define EXECWIRE_CLI_OPTION_H

#include "cli/base/output.h"

/* Sets what an option is for. False: there is no such argument. */
typedef bool option_setter(void *out, const char *argument);

typedef struct cli_option {
    const char *name;
    const char *argument; /* its name in the help; NULL: it has none */
    const char *choices;  /* all that the argument can be, with blanks between; NULL: not a few */
    const char *help;
    option_setter *set; /* NULL: sets a bool */
    size_t at;          /* of what is set in the group's struct */
    char letter;        /* 0: none */
    bool many;          /* each adds to those before it; such an option has no letter */
} cli_option;

typedef struct option_group {
    const char *title;
    const cli_option *options;
    size_t count;
} option_group;

/* The count of an array of options. */
#define OPTION_COUNT(options) (sizeof(options) / sizeof *(options))

/* A verb's use of a group. */
typedef struct option_use {
    const option_group *group; /* NULL ends a verb's */
    size_t at;                 /* of the group's struct in the verb's */
} option_use;

/* A verb's options, as far as reading them needs to know. */
typedef struct option_verb {
    const char *name;
    const option_use *uses;
} option_verb;

/* The option of some other verb that `name`, of `size` bytes, means; NULL: none. */
typedef const char *option_elsewhere(const char *name, size_t size);

/* Reads the arguments that follow the first into the verb's struct, which has its defaults; moves
 * the files behind the options. Returns the number of the first file, or 0 when something is wrong,
 * which has been reported. */
int option_read(void *out, const option_verb *verb, option_elsewhere *elsewhere, int count,
                char **arguments);

/* Lists a verb's options under the titles of their groups. */
void option_help(output *out, const option_use *uses);

/* The n-th option of a verb, in the order of the help; NULL: there are no more. `*at` is where in
 * the verb's struct what it sets is. */
const cli_option *option_number(const option_use *uses, size_t n, size_t *at);

/* Whether a verb has the options of a group. */
bool option_has(const option_use *uses, const option_group *group);

/* ---- Setters ---- */

/* A text, which is not empty: a const char *. */
bool option_text(void *out, const char *argument);

/* A number from 1 to EXECWIRE_MAX_SIZE. Returns how many digits it has; 0 when it is none. */
size_t option_digits(const char *text, size_t *number);

/* Such a number and nothing else: a size_t. */
bool option_size(void *out, const char *argument);

#endif
