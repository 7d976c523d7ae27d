/* Whose hello a frame is.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "link/model/identity.h"
#include "link/receiver/session.h"

bool execwire_link_hello_node(const void *frame, size_t size, char text[EXECWIRE_LINK_NODE_SIZE],
                              execwire_str *node)
{
    execwire_frame parts;
    execwire_str packed;

    if (node != NULL)
        *node = (execwire_str){NULL, 0};
    if (frame == NULL || text == NULL || node == NULL ||
        execwire_frame_read(frame, size, &parts, NULL) != EXECWIRE_OK ||
        !execwire_session_is_hello(&parts, &packed) || packed.size > EXECWIRE_LINK_NODE_SIZE)
        return false;
    *node = execwire_identity_unpack_node(packed, text);
    return true;
}
