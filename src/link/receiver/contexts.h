/* What is known of an execution, beside what a frame says of it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_RECEIVER_CONTEXTS_H
#define EXECWIRE_LINK_RECEIVER_CONTEXTS_H

#include "link/model/numbers.h"

#include <execwire/link.h>

/* Whether a context can be what frames of this session speak of. */
static inline bool execwire_context_is_present(const execwire_link_context *context)
{
    return context->known && !context->earlier;
}

/* Whether an update of it, by the low bits of its ref's generation and its number, is not newer
 * than what is known. */
static inline bool execwire_context_knows(const execwire_link_context *context,
                                          unsigned low_generation, uint64_t number)
{
    return execwire_context_is_present(context) &&
           low_generation == execwire_generation_low(context->generation) &&
           number <= context->number;
}

#endif
