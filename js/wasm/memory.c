/* The mem functions. Long blocks are left to the processor's own instructions; short ones, as
 * nearly all are, are done before those have begun.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#define SHORT 32 /* bytes */

void *memcpy(void *to, const void *from, size_t size)
{
    unsigned char *t = to;
    const unsigned char *f = from;

    if (size > SHORT)
        return __builtin_memcpy(to, from, size);
    while (size-- > 0)
        *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    return __builtin_memmove(to, from, size);
}

void *memset(void *to, int value, size_t size)
{
    unsigned char *t = to;

    if (size > SHORT)
        return __builtin_memset(to, value, size);
    while (size-- > 0)
        *t++ = (unsigned char)value;
    return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *x = a;
    const unsigned char *y = b;

    for (; size > 0; size--, x++, y++) {
        if (*x != *y)
            return *x < *y ? -1 : 1;
    }
    return 0;
}

void *memchr(const void *in, int value, size_t size)
{
    const unsigned char *at = in;

    for (; size > 0; size--, at++) {
        if (*at == (unsigned char)value)
            return (void *)at;
    }
    return NULL;
}

size_t strlen(const char *text)
{
    const char *at = text;

    while (*at != '\0')
        at++;
    return (size_t)(at - text);
}
