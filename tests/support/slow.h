/* Where a test is slow: with sanitizers, without optimization as when coverage is measured, and
 * under another program, such as valgrind, which WRAPPER names (tools/run-tests). What is tried
 * there is less of the same; whoever runs the tests as they are has all of it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TESTS_SLOW_H
#define EXECWIRE_TESTS_SLOW_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#if !defined(__has_feature)
#define __has_feature(name) 0
#endif
#if !defined(__OPTIMIZE__) || __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define SLOW_BUILD true
#else
#define SLOW_BUILD false
#endif

static inline bool slow_wrapped(void)
{
    const char *wrapper = getenv("WRAPPER");

    return wrapper != NULL && wrapper[0] != '\0';
}

/* One in how many there is time for, of what is said once to be left out: `build` in a slow build,
 * `wrapped` under another program, else 1. */
static inline unsigned slow_one_in(unsigned build, unsigned wrapped, const char *what)
{
    static const char *said;
    unsigned share = slow_wrapped() ? wrapped : SLOW_BUILD ? build : 1;

    if (share > 1 && said != what)
        printf("skipped: all but one in %u of %s: slow here\n", share, what);
    said = what;
    return share;
}

/* Whether there is no time for something at all, which is said: under another program. */
static inline bool slow_leaves_out(const char *what)
{
    if (slow_wrapped())
        printf("skipped: %s: slow here\n", what);
    return slow_wrapped();
}

#endif
