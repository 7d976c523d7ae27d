/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/link_options.h"

#include <string.h>

#define LARGEST_MTU  65507 /* UDP's, over IPv4 */
#define MOST_TRIES   15
#define LARGEST_PORT 65535

static bool set_mtu(void *out, const char *argument)
{
    const size_t *mtu = out;

    return option_size(out, argument) && *mtu >= EXECWIRE_LINK_MIN_MTU && *mtu <= LARGEST_MTU;
}

bool link_place(void *out, const char *argument)
{
    const char *colon = strrchr(argument, ':');
    const char *port = colon != NULL ? colon + 1 : argument;
    bool name = port[strspn(port, "0123456789")] != '\0';
    size_t number;
    size_t digits = option_digits(port, &number);

    *(const char **)out = argument;
    return name || (digits > 0 && port[digits] == '\0' && number <= LARGEST_PORT);
}

static bool set_timer(link_options *link, const char *name, size_t size, uint32_t value)
{
    const struct {
        const char *name;
        uint32_t *timer;
    } timers[] = {
        {"urgent", &link->timing.urgent_ms},
        {"repeat", &link->timing.repeat_ms},
        {"identity", &link->timing.identity_ms},
        {"hello", &link->timing.hello_ms},
        {"digest", &link->timing.digest_ms},
        {"ack", &link->ack_ms},
        {"want", &link->want_ms},
        {"fresh", &link->fresh_ms},
    };

    for (size_t i = 0; i < sizeof timers / sizeof *timers; i++)
        if (strlen(timers[i].name) == size && memcmp(timers[i].name, name, size) == 0) {
            *timers[i].timer = value;
            return true;
        }
    if (size != 5 || memcmp(name, "tries", size) != 0 || value > MOST_TRIES)
        return false;
    link->timing.tries = (uint8_t)value;
    return true;
}

/* "repeat=2000,tries=3" */
static bool set_timing(void *out, const char *argument)
{
    link_options *link = out;

    for (;;) {
        size_t name = strcspn(argument, "=");
        size_t value = 0;
        size_t digits = argument[name] == '=' ? option_digits(argument + name + 1, &value) : 0;

        if (digits == 0 || !set_timer(link, argument, name, (uint32_t)value))
            return false;
        argument += name + 1 + digits;
        if (*argument != ',')
            break;
        argument++;
    }
    link->timing.want_ms = link->want_ms;
    return *argument == '\0';
}

static const cli_option frames[] = {
    {.name = "delimited",
     .help = "frames after their lengths (the default)",
     .set = options_delimited,
     .at = offsetof(cli_options, framing)},
};
const option_group options_frames = {"Messages", frames, OPTION_COUNT(frames)};

static const cli_option all_ends[] = {
    {.name = "mtu",
     .argument = "BYTES",
     .help = "the largest frame (222; at least 51)",
     .set = set_mtu,
     .at = offsetof(link_options, mtu)},
    {.name = "one-way",
     .help = "nothing comes back: repeat by the clock",
     .at = offsetof(link_options, one_way)},
    {.name = "timing",
     .argument = "NAME=MS,..",
     .help = "timers, as execwire(1) has them",
     .set = set_timing},
};
const option_group options_link = {LINK_TITLE, all_ends, OPTION_COUNT(all_ends)};

static const cli_option two_ends[] = {
    {.name = "udp",
     .argument = "PLACE",
     .help = "frames as datagrams: HOST:PORT; to receive, [HOST:]PORT",
     .set = link_place,
     .at = offsetof(link_options, udp)},
    {.name = "lossless",
     .help = "nothing gets lost: no repeats, nothing back",
     .at = offsetof(link_options, lossless)},
    {.name = "back",
     .argument = "FILE",
     .help = "the way back: a file, or a descriptor's number",
     .set = option_text,
     .at = offsetof(link_options, back)},
    {.name = "keys",
     .argument = "FILE",
     .help = "frames are sealed with the node's key; a node counts in FILE.session",
     .set = option_text,
     .at = offsetof(link_options, keys)},
    {.name = "node",
     .argument = "NAME",
     .help = "whose key of several",
     .set = option_text,
     .at = offsetof(link_options, node)},
};
const option_group options_ends = {LINK_TITLE, two_ends, OPTION_COUNT(two_ends)};
