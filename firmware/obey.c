/* SPDX-License-Identifier: Apache-2.0 */
#include "obey.h"

#include "trace.h"

#include <string.h>

static bool same(execwire_str text, const char *data, size_t size)
{
    return text.size == size && text.data != NULL && memcmp(text.data, data, size) == 0;
}

bool obey(job *j, execwire_str request, uint32_t now)
{
    execwire_state wanted;

    if (execwire_decode(request.data, request.size, NULL, &wanted, NULL) != EXECWIRE_OK) {
        trace_word("undecoded");
        return false;
    }
    if (wanted.has_desired_state &&
        wanted.desired_state == EXECWIRE_EXECUTION_DESIRED_STATE_STOPPED &&
        same(wanted.compute_reference, j->reference, j->reference_size) && job_stop(j, now))
        return true;
    trace_word("ignored");
    return false;
}
