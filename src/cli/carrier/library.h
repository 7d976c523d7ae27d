/* Libraries that are looked for when they are used: a command that talks to no broker starts
 * without those that do, and where they are missing it says which.
 *
 *     #define CALLS(CALL) CALL(mosquitto_new) CALL(mosquitto_destroy)
 *     static struct { CALLS(LIBRARY_MEMBER) } mosquitto;
 *     #define CALL_OF(call) {#call, &mosquitto.call},
 *     static const library_call calls[] = {CALLS(CALL_OF)};
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_LIBRARY_H
#define EXECWIRE_CLI_LIBRARY_H

#include <execwire/error.h>

#include <stdbool.h>
#include <stddef.h>

/* A call of a library, and where its address goes to: a pointer to such a function. */
typedef struct library_call {
    const char *name;
    void *at;
} library_call;

/* A member of a struct that has the pointers to all calls under their own names. */
#define LIBRARY_MEMBER(call) __typeof__(call) *call;

/* Finds all calls of the library with this soname, once, for as long as the command runs. False:
 * reported, as what `option` needs. */
EXECWIRE_MUST_USE bool library_load(const char *soname, const char *option,
                                    const library_call *calls, size_t count);

#endif
