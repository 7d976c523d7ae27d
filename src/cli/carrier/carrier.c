/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/carrier.h"

#include "cli/base/format.h"

#include <string.h>

void carrier_send(carrier *c, execwire_str source, const void *frame, size_t size)
{
    memcpy(c->kind->room(c), frame, size);
    c->kind->send(c, source, size);
}

void carrier_flush(carrier *c)
{
    if (c->kind->flush != NULL)
        c->kind->flush(c);
}

void carrier_settle(carrier *c)
{
    if (c->kind->settle != NULL)
        c->kind->settle(c);
}

void carrier_reread(carrier *c)
{
    if (c->kind->reread != NULL)
        c->kind->reread(c);
}

void carrier_describe_text(execwire_str source, char text[CARRIER_NAME_SIZE])
{
    (void)format(text, CARRIER_NAME_SIZE, "%.*s", (int)source.size, source.data);
}
