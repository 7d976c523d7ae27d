/* Reading times so that a sanitizer sees every byte too far.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_TIME_H
#define TESTS_SUPPORT_TIME_H

#include <execwire/execwire.h>

#define FIRST_SECOND (-62135596800) /* date -u -d 0001-01-01 +%s */
#define LAST_SECOND  253402300799   /* date -u -d '9999-12-31 23:59:59' +%s */

/* Reads from a block of exactly the text's size. */
execwire_code read_time(const char *text, size_t size, execwire_time *time, execwire_error *error);

#endif
