/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/link_line.h"

#include "cli/base/report.h"
#include "cli/carrier/sealed.h"
#include "cli/link.h"
#include "cli/link_files.h"

#include <string.h>

/* ---- Start and end ---- */

/* The counter of the sessions that seal frames stands beside the keys. */
static carrier *seal(carrier *over, const link_options *options, const node_key *key, bool one_way)
{
    static const char ending[] = ".session";
    size_t size = strlen(options->keys);
    char *path = reallocate(NULL, size + sizeof ending);

    memcpy(path, options->keys, size);
    memcpy(path + size, ending, sizeof ending);
    return carrier_seal_node(over, link_mtu(options), key, path, one_way);
}

static carrier *open_carrier(const link_options *options, const framing *as, output *out)
{
    if (options->udp != NULL)
        return carrier_open_udp_node(options->udp, options->mtu);
    if (options->broker != NULL)
        return options->open_broker(options->broker, options->mtu);
    return link_open_files(out, as, options->back, options->mtu);
}

bool link_line_open(link_line *line, const link_options *options, const framing *as, output *out,
                    bool two_way)
{
    keys k = {.count = 0};
    bool sealed = options->keys != NULL;

    line->two_way = two_way;
    if (sealed && !keys_read(&k, options->keys))
        return false;
    if (!sealed || keys_select(&k, options->node))
        line->carrier = open_carrier(options, as, out);
    if (line->carrier != NULL && sealed)
        line->carrier = seal(line->carrier, options, &k.of[k.count - 1], !two_way);
    keys_free(&k);
    return line->carrier != NULL;
}

void link_line_close(link_line *line)
{
    if (line->carrier != NULL)
        line->carrier->kind->close(line->carrier);
}

/* ---- Frames ---- */

int link_line_fd(const link_line *line)
{
    return line->two_way ? line->carrier->fd : -1;
}

void link_line_put(link_line *line, const void *frame, size_t size)
{
    carrier_send(line->carrier, CARRIER_OTHER_END, frame, size);
    carrier_flush(line->carrier);
}

void link_line_take(link_line *line, frame_taker *take, void *context)
{
    carrier *c = line->carrier;
    bool more;

    do {
        unsigned count = c->kind->receive(c, &more);

        for (unsigned i = 0; i < count; i++) {
            carrier_frame frame = c->kind->frame(c, i);

            take(context, frame.bytes.data, frame.bytes.size);
        }
    } while (more);
}
