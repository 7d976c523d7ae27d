/* The work whose cost is measured. Each program has one of these; `state`, `buffer` and `back` are
 * the caller's, so that the figures are the library's alone.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_SIZE_WORK_H
#define EXECWIRE_SIZE_WORK_H

#include <stddef.h>

/* Encodes `state` into `buffer`, and whatever else the configuration does with what comes out;
 * `back` is for what is decoded. Returns 0, or what went wrong. */
int work(const void *state, void *buffer, size_t capacity, void *back);

#endif
