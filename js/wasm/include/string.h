/* The part of <string.h> that the library asks for; memory.c has it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_WASM_STRING_H
#define EXECWIRE_WASM_STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *in, int value, size_t size);
size_t strlen(const char *text);

#endif
