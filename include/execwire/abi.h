/* What the library was built with, for those who have no compiler to ask: bindings of other
 * languages, and programs that load the library while they run.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_ABI_H
#define EXECWIRE_ABI_H

#include <execwire/execwire.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The binary interface that these headers describe: the N of libexecwire.so.N. It grows when a
 * struct, a number or a call changes (docs/abi.md). */
#define EXECWIRE_ABI 0

/* That of the library that is linked. */
EXECWIRE_API int execwire_abi(void);

/* The size of a struct of the public headers, by its name: "execwire_state". 0 where there is no
 * such struct, and for NULL. */
EXECWIRE_API size_t execwire_sizeof(const char *name);

#ifdef __cplusplus
}
#endif

#endif
