/* Files as a carrier, of the sender: frames go to its output, and come from another file.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_LINK_FILES_H
#define EXECWIRE_CLI_LINK_FILES_H

#include "cli/carrier/carrier.h"
#include "cli/framing.h"

/* Opens it for frames of `mtu` bytes at most; `back` is --back, NULL: nothing comes. NULL:
 * reported. */
carrier *link_open_files(output *out, const framing *as, const char *back, size_t mtu);

#endif
