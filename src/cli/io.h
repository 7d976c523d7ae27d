/* read(2) and write(2) that go on after a signal, and wait where a descriptor does not block.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_IO_H
#define EXECWIRE_CLI_IO_H

#include <execwire/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* At most `size` bytes, 0 at the end, -1 with errno. */
ssize_t io_read(int fd, char *out, size_t size);

/* All bytes, or false with errno. */
EXECWIRE_MUST_USE bool io_write(int fd, const char *text, size_t size);

/* Lets every byte pass as it is, when this is a terminal device: no line editing, no signals, no
 * flow control. Its speed stays as it is. False with errno. */
EXECWIRE_MUST_USE bool io_make_raw(int fd);

/* Whether both are the same regular file. */
bool io_same_file(int one, int other);

#endif
