/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/link_states.h"

#include "cli/link_options.h"

outcome link_write_state(cli_job *job, const execwire_state *state, const link_states *wanted,
                         const framing *as, fault *why)
{
    return wanted->protobuf ? command_write_message(job, state, as, why)
                            : command_write_json(job, state, &wanted->json, why);
}

static const cli_option states[] = {
    {.name = "protobuf",
     .help = "states are delimited protobuf, not JSON",
     .at = offsetof(link_states, protobuf)},
    {.name = "status",
     .help = "say on standard error what is doubtful or wanted",
     .at = offsetof(link_states, status)},
};
const option_group options_states = {LINK_TITLE, states, OPTION_COUNT(states)};
