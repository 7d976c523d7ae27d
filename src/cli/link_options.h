/* The options of the ends of links.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_LINK_OPTIONS_H
#define EXECWIRE_CLI_LINK_OPTIONS_H

#include "cli/carrier/carrier.h"
#include "cli/options.h"

#include <execwire/link.h>

typedef struct link_options {
    bool one_way;
    bool lossless;
    size_t mtu;
    const char *back;   /* a file, or a descriptor's number; may be NULL, as the next two */
    const char *keys;   /* a file, as the next; may be NULL */
    const char *node;   /* whose keys */
    const char *udp;    /* a place */
    const char *broker; /* of the sender: a URL, that `open_broker` takes */
    carrier_opener *open_broker;
    execwire_link_timing timing;
    uint32_t ack_ms; /* of the receiver, as the next two */
    uint32_t want_ms;
    uint32_t fresh_ms;
} link_options;

#define LINK_OPTIONS_DEFAULTS .mtu = 222 /* LoRaWAN's largest payload */

/* For a link_options: what all ends have, and what only those have that meet one other end. */
extern const option_group options_link; /* --mtu, --one-way, --timing */
extern const option_group options_ends; /* --udp, --lossless, --back, --keys, --node */

/* --delimited, for a cli_options: the default, where --hex and --serial are others. */
extern const option_group options_frames;

/* Sets a place, a const char *: its port is a service's name, or a number from 1 to 65535. */
bool link_place(void *out, const char *argument);

#define LINK_TITLE "Link"

#endif
