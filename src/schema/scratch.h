/* The memory that a reading call is lent.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_SCHEMA_SCRATCH_H
#define EXECWIRE_SCHEMA_SCRATCH_H

#include <execwire/execwire.h>

/* Nothing of it is used yet. False where it says that there is room, and there is no memory. */
static inline bool execwire_scratch_start(execwire_scratch *scratch)
{
    scratch->entry_count = 0;
    scratch->text_size = 0;
    scratch->unknown_count = 0;
    return (scratch->entries != NULL || scratch->entry_capacity == 0) &&
           (scratch->text != NULL || scratch->text_capacity == 0);
}

#endif
