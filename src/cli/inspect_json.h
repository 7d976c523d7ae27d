/* What inspect shows, as JSON: an object a message, with its fields in the order of its bytes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_INSPECT_JSON_H
#define EXECWIRE_CLI_INSPECT_JSON_H

#include "cli/base/output.h"
#include "cli/link_show.h"
#include "cli/record.h"

/* Where a field stands: bytes of it that are its own, not those of fields inside it. */
typedef struct inspect_place {
    size_t offset; /* in the message */
    size_t size;   /* with all that is in it */
    unsigned depth;
    const uint8_t *bytes;
    const uint8_t *end;
    bool first; /* of the message's */
} inspect_place;

void inspect_json_open(output *out, const record *message);
/* One field; `text` is what it says to people. */
typedef void inspect_json_put(output *out, const inspect_place *at, const execwire_field_view *seen,
                              const char *text);

/* Of a message, as what it is in JSON. */
inspect_json_put inspect_json_field;
/* Of a link's frame, as its text. */
inspect_json_put inspect_json_frame_field;

/* `kind` is a frame's, or NULL; `error` is NULL when all is good. */
void inspect_json_close(output *out, const char *kind, const execwire_error *error);

#endif
