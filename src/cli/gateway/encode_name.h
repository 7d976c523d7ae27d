/* Names of nodes and executions as a part of a topic, a subject or a key.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_GATEWAY_ENCODE_NAME_H
#define EXECWIRE_CLI_GATEWAY_ENCODE_NAME_H

#include <execwire/types.h>

#include <stdbool.h>
#include <stddef.h>

/* Bytes that a name of `size` takes at most; of a level, one more. */
#define ENCODED_NAME(size) (3 * (size))

/* Writes a name, without a NUL; a byte that may not stand there is a '%' and two digits of hex, in
 * upper case as RFC 3986, section 2.1 has them. Returns how many bytes. */
size_t encode_name(char *out, execwire_str name, bool (*may_stand)(unsigned char byte));

/* A level of a topic or a token of a subject, which are not empty: "-" stands for no name, and so a
 * name that is "-" is encoded as well. */
size_t encode_level(char *out, execwire_str name, bool (*may_stand)(unsigned char byte));

#endif
