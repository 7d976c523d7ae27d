/* What both directions ask of their options.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_JSON_OPTIONS_H
#define EXECWIRE_JSON_OPTIONS_H

#include <execwire/execwire.h>

/* NULL is all default. What has never been set may hold anything. */
static inline bool execwire_json_options_good(const execwire_json_options *options)
{
    return options == NULL || ((unsigned)options->form <= EXECWIRE_JSON_API &&
                               (unsigned)options->enums <= EXECWIRE_JSON_ENUM_NAMES);
}

#endif
