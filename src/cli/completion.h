/* What shells need to complete a command line: made from the tables of commands and options.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_COMPLETION_H
#define EXECWIRE_CLI_COMPLETION_H

#include "cli/command.h"

#define COMPLETION_SUMMARY "what a shell needs to complete all this"
#define COMPLETION_SHELLS  "bash zsh fish"

typedef struct completion {
    const char *shell;
    /* Writes its script; `commands` end with NULL. */
    void (*write)(output *out, const cli_command *const *commands);
} completion;

/* NULL: for a shell that is none of COMPLETION_SHELLS. */
const completion *completion_for(const char *shell);

#endif
