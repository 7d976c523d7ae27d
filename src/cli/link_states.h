/* What the receiving ends of links write: states.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_LINK_STATES_H
#define EXECWIRE_CLI_LINK_STATES_H

#include "cli/command.h"

typedef struct link_states {
    execwire_json_options json;
    bool protobuf; /* states are written as protobuf, not as JSON */
    bool status;   /* what is known or wanted is said */
} link_states;

/* --protobuf, --status, for a link_states. */
extern const option_group options_states;

/* Writes a state, as a message of this framing where that is asked for; as a state_handler does. */
outcome link_write_state(cli_job *job, const execwire_state *state, const link_states *wanted,
                         const framing *as, fault *why);

#endif
