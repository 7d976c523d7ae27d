/* Texts as JSON strings.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_JSON_TEXT_H
#define EXECWIRE_CLI_JSON_TEXT_H

#include "cli/base/output.h"

/* A text as a JSON string that is safe to print; a byte that is no character is U+FFFD. */
void json_text_put(output *out, const char *text, size_t size);

#endif
