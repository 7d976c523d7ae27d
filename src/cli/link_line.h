/* The line of a sender: a carrier; or the output, and a file that what comes back stands in.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_LINK_LINE_H
#define EXECWIRE_CLI_LINK_LINE_H

#include "cli/framing.h"
#include "cli/link_options.h"

typedef struct link_line {
    const framing *as; /* of frames in files */
    output *out;
    carrier *carrier; /* NULL: it is files */
    input back;
    messages feedback;
    int fd;      /* of what comes back; -1: nothing comes back any more */
    bool ready;  /* it can be read once */
    bool dry;    /* it has been, and there may be more later */
    bool failed; /* it cannot be read */
} link_line;

/* Opens what the options say, as a line on which something comes back, or nothing. All zero before,
 * but for `as` and `out`. False: reported. */
EXECWIRE_MUST_USE bool link_line_open(link_line *line, const link_options *options, bool two_way);
void link_line_close(link_line *line);

void link_line_put(link_line *line, const void *frame, size_t size);

/* Takes the frames that are there, at least one when `fd` can be read. */
typedef void frame_taker(void *context, const void *frame, size_t size);
void link_line_take(link_line *line, frame_taker *take, void *context);

#endif
