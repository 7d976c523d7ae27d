/* What the two ends of `execwire link` share: the clock, and the options' meaning.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_LINK_H
#define EXECWIRE_CLI_LINK_H

#include "cli/link_options.h"

/* What a frame has beside its state, at most; and what a large one of states of `most` bytes takes
 * of what a receiver is lent for pieces, where a byte costs itself and a bit. */
#define LINK_FRAME_OVERHEAD    4096
#define LINK_TRANSFER_OF(most) (((most) + LINK_FRAME_OVERHEAD) / 8 * 9 + 18)

/* Milliseconds of a clock that never goes back. */
uint64_t link_now(void);

/* What the options say of the link; a contradiction is reported. */
outcome link_mode(const link_options *link, const char *command, execwire_link_mode *mode);

/* The largest frame of the link: the MTU, less what sealing takes. */
size_t link_mtu(const link_options *link);

/* Whether that is enough. False: reported. */
EXECWIRE_MUST_USE bool link_seal_fits(const link_options *link, const char *command);

/* Opens --back, a number or a name; `flags` as those of open. False: reported. */
EXECWIRE_MUST_USE bool link_open_back(const char *back, int flags, int *fd);

/* Appends a frame as it stands in a file. */
void link_put(output *out, const framing *as, const void *frame, size_t size);

/* Waits until one of the descriptors has something to read (-1: none; `*has` says so) or the time
 * has come. False: reported. */
EXECWIRE_MUST_USE bool link_wait(int one, bool *has_one, int other, bool *has_other, uint64_t due);

#endif
