/* The line of a sender: a carrier, whose frames may be sealed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_LINK_LINE_H
#define EXECWIRE_CLI_LINK_LINE_H

#include "cli/framing.h"
#include "cli/link_options.h"

typedef struct link_line {
    carrier *carrier;
    bool two_way;
} link_line;

/* Opens what the options say, as a line on which something comes back, or nothing; of frames in
 * files `as` and `out`. False: reported. */
EXECWIRE_MUST_USE bool link_line_open(link_line *line, const link_options *options,
                                      const framing *as, output *out, bool two_way);
void link_line_close(link_line *line);

/* Of what comes back; -1: nothing comes back any more. */
int link_line_fd(const link_line *line);

void link_line_put(link_line *line, const void *frame, size_t size);

/* Takes the frames that are there, at least one when the descriptor can be read. */
typedef void frame_taker(void *context, const void *frame, size_t size);
void link_line_take(link_line *line, frame_taker *take, void *context);

#endif
