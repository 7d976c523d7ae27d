/* What a file looks like that cannot be read as what it should be.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_HINT_H
#define EXECWIRE_CLI_HINT_H

#include "cli/options.h"

/* What reads a file that begins with these bytes and is none of the messages or frames that the
 * options tell of, for a verb that takes these; NULL where nobody knows. */
const char *hint_for(const char *start, size_t size, const cli_options *options,
                     const option_use *takes);

#endif
