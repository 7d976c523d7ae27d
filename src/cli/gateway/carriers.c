/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gateway/carriers.h"

#include "cli/base/report.h"
#include "cli/carrier/inherited.h"
#include "cli/carrier/sealed.h"

#include <string.h>

/* False: reported. */
static bool take_inherited(carriers *c, size_t mtu)
{
    unsigned count = inherited_count();

    if (count > CARRIERS_MOST) {
        report("LISTEN_FDS: more than %d sockets", CARRIERS_MOST);
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        c->of[i] = carrier_use_udp(INHERITED_FIRST + (int)i, mtu);
        if (c->of[i] == NULL)
            return false;
        c->count++;
    }
    return true;
}

bool carriers_open(carriers *c, const carrier_places *places, size_t mtu)
{
    *c = (carriers){.count = 0};
    if (!take_inherited(c, mtu))
        return false;
    for (unsigned i = 0; i < places->count; i++) {
        carrier *opened = NULL;

        if (c->count == CARRIERS_MOST)
            report("more than %d ways for frames", CARRIERS_MOST);
        else
            opened = places->of[i].open(places->of[i].place, mtu);
        if (opened == NULL)
            return false;
        c->of[c->count++] = opened;
    }
    return true;
}

void carriers_close(carriers *c)
{
    for (unsigned i = 0; i < c->count; i++)
        c->of[i]->kind->close(c->of[i]);
    c->count = 0;
}

bool carriers_seal(carriers *c, size_t mtu, const keys *k)
{
    for (unsigned i = 0; i < c->count; i++) {
        carrier *sealed = carrier_seal_gateway(c->of[i], mtu, k, NULL);

        if (sealed == NULL) { /* which has closed the one below */
            c->of[i] = c->of[--c->count];
            return false;
        }
        c->of[i] = sealed;
    }
    return true;
}

void carriers_reread(carriers *c)
{
    for (unsigned i = 0; i < c->count; i++)
        carrier_reread(c->of[i]);
}

bool carriers_rekey(carriers *c, const keys *k)
{
    for (unsigned i = 0; i < c->count; i++)
        if (!carrier_sealed_rekey(c->of[i], k))
            return false;
    return true;
}

unsigned carriers_fds(const carriers *c, struct pollfd fds[CARRIERS_MOST])
{
    for (unsigned i = 0; i < c->count; i++)
        fds[i] = (struct pollfd){.fd = c->of[i]->fd, .events = POLLIN};
    return c->count;
}

/* ---- Sources ---- */

execwire_str carriers_source(unsigned number, execwire_str source,
                             char room[1 + CARRIER_SOURCE_SIZE])
{
    room[0] = (char)number;
    memcpy(room + 1, source.data, source.size);
    return (execwire_str){room, 1 + source.size};
}

static carrier *carrier_of(const carriers *c, execwire_str source, execwire_str *own)
{
    unsigned number = (unsigned char)source.data[0];

    *own = (execwire_str){source.data + 1, source.size - 1};
    return number < c->count ? c->of[number] : NULL;
}

void carriers_describe(const carriers *c, execwire_str source, char text[CARRIER_NAME_SIZE])
{
    execwire_str own;
    const carrier *of = carrier_of(c, source, &own);

    text[0] = '\0';
    if (of != NULL)
        of->kind->describe(own, text);
}

/* ---- Frames ---- */

/* A source may be of a carrier that there is no longer. */
void carriers_send(carriers *c, execwire_str source, const void *frame, size_t size)
{
    execwire_str own;
    carrier *of = carrier_of(c, source, &own);

    if (of == NULL)
        return;
    carrier_send(of, own, frame, size);
}

void carriers_flush(carriers *c)
{
    for (unsigned i = 0; i < c->count; i++)
        carrier_flush(c->of[i]);
}

void carriers_settle(carriers *c)
{
    for (unsigned i = 0; i < c->count; i++)
        carrier_settle(c->of[i]);
}

uint64_t carriers_lost(const carriers *c)
{
    uint64_t lost = 0;

    for (unsigned i = 0; i < c->count; i++)
        lost += c->of[i]->lost;
    return lost;
}
