/* All carriers of a gateway. A source is the number of its carrier, a byte, and what that says.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_GATEWAY_CARRIERS_H
#define EXECWIRE_CLI_GATEWAY_CARRIERS_H

#include "cli/carrier/carrier.h"
#include "cli/carrier/keys.h"

#include <poll.h>

#define CARRIERS_MOST 16

/* What the options ask for. */
typedef struct carrier_places {
    struct {
        carrier_opener *open;
        const char *place;
    } of[CARRIERS_MOST];
    unsigned count;
} carrier_places;

typedef struct carriers {
    carrier *of[CARRIERS_MOST];
    unsigned count;
} carriers;

/* Opens them for frames of `mtu` bytes at most that go out, behind those that were inherited.
 * False: reported. */
EXECWIRE_MUST_USE bool carriers_open(carriers *c, const carrier_places *places, size_t mtu);
void carriers_close(carriers *c);

/* From now on their frames are sealed. False: reported. */
EXECWIRE_MUST_USE bool carriers_seal(carriers *c, size_t mtu, const keys *k);

/* Files with certificates are read again. */
void carriers_reread(carriers *c);
/* Those that are sealed have these keys from now on. False: reported. */
EXECWIRE_MUST_USE bool carriers_rekey(carriers *c, const keys *k);

/* What to wait for. Returns how many. */
unsigned carriers_fds(const carriers *c, struct pollfd fds[CARRIERS_MOST]);

/* The source of a frame; in `room`. */
execwire_str carriers_source(unsigned number, execwire_str source,
                             char room[1 + CARRIER_SOURCE_SIZE]);

/* Sends a frame to a source; carriers_flush sends what waits. */
void carriers_send(carriers *c, execwire_str source, const void *frame, size_t size);
void carriers_flush(carriers *c);

/* All that was received is safe. */
void carriers_settle(carriers *c);

/* A source for people. */
void carriers_describe(const carriers *c, execwire_str source, char text[CARRIER_NAME_SIZE]);

/* Frames that came and were dropped before anybody looked at them. */
uint64_t carriers_lost(const carriers *c);

#endif
