/* SPDX-License-Identifier: Apache-2.0 */
#include "schema/scratch.h"

bool execwire_scratch_start(execwire_scratch *scratch)
{
    scratch->entry_count = 0;
    scratch->text_size = 0;
    scratch->unknown_count = 0;
    return (scratch->entries != NULL || scratch->entry_capacity == 0) &&
           (scratch->text != NULL || scratch->text_capacity == 0);
}
