/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gateway/letter.h"

#include "cli/gateway/encode_name.h"

#include <string.h>

static bool may_stand(unsigned char byte)
{
    return byte != '%' && byte != '/';
}

static size_t write_key(execwire_str node, execwire_str execution, char *out)
{
    size_t size = encode_name(out, node, may_stand);

    out[size++] = '/';
    if (execution.size > 0)
        memcpy(out + size, execution.data, execution.size);
    return size + execution.size;
}

static execwire_str execution_of(const execwire_state *state)
{
    return state->compute_reference.size > 0 ? state->compute_reference : state->job_id;
}

letter *letter_new(const delivery *d)
{
    execwire_str execution = execution_of(d->state);
    size_t most = ENCODED_NAME(d->node.size) + 1 + execution.size + d->node.size + d->message.size;
    letter *l = reallocate(NULL, sizeof *l + most);
    char *at = l->bytes;

    *l = (letter){.node_size = d->node.size, .size = d->message.size};
    l->key_size = write_key(d->node, execution, at);
    at += l->key_size;
    if (d->node.size > 0)
        memcpy(at, d->node.data, d->node.size);
    if (d->message.size > 0)
        memcpy(at + d->node.size, d->message.data, d->message.size);
    return l;
}
