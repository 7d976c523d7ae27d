/* open(2), read(2), write(2), fsync(2) and close(2) that go on after a signal, and wait where a
 * descriptor does not block.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_IO_H
#define EXECWIRE_CLI_IO_H

#include <execwire/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* With O_NOCTTY; a new file has the permissions of any. -1 with errno. */
int io_open(const char *path, int flags);

/* False with errno: what was written may be lost. Closed it is in any case, after a signal as well:
 * that alone is no failure. */
bool io_close(int fd);

/* Nothing to do for those that have no disk. False with errno. */
EXECWIRE_MUST_USE bool io_flush_to_disk(int fd);

/* At most `size` bytes, 0 at the end, -1 with errno. */
ssize_t io_read(int fd, char *out, size_t size);

/* `size` bytes, or all there are, or -1 with errno. */
ssize_t io_read_all(int fd, char *out, size_t size);

/* All bytes, or false with errno. */
EXECWIRE_MUST_USE bool io_write(int fd, const char *text, size_t size);

/* Lets every byte pass as it is, when this is a terminal device: no line editing, no signals, no
 * flow control. Its speed stays as it is. False with errno. */
EXECWIRE_MUST_USE bool io_make_raw(int fd);

/* Whether both are the same regular file. False with errno. */
EXECWIRE_MUST_USE bool io_same_file(int one, int other, bool *same);

#endif
