/* What the node says about itself, through semihosting: to QEMU, or to a debugger. The test of the
 * firmware holds what arrives at the other end of the line against it. A node without a debugger
 * must leave this out: the instruction that it is made of stops the processor.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FIRMWARE_TRACE_H
#define FIRMWARE_TRACE_H

#include "job.h"

/* A line: the word, and the execution as it is now, its members divided by tabs. */
void trace_job(const char *word, const job *j);

/* A line of one word. */
void trace_word(const char *word);

#endif
