/* Options of a link's ends that are lent the arrays of a struct, which have the options' names:
 * what each end cannot do without, and on their own words and entries. Whoever lends less than a
 * whole array says so afterwards.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TESTS_LENT_H
#define EXECWIRE_TESTS_LENT_H

#include <execwire/link.h>

/* A pointer, whose size says nothing of what it points to, does not compile. */
#define LENT_SIZE(array)                                                                           \
    (sizeof(array) + 0 * sizeof(struct {                                                           \
                         int it_is_an_array : !__builtin_types_compatible_p(                       \
                                                  __typeof__(array), __typeof__(&(array)[0]));     \
                     }))
#define LENT_COUNT(array) (LENT_SIZE(array) / sizeof(array)[0])

/* Members of execwire_link_sender_options; the frame's array is as large as the largest MTU. */
#define LENT_TO_SENDER(from)                                                                       \
    .executions = (from)->executions, .execution_count = LENT_COUNT((from)->executions),           \
    .frame = (from)->frame
#define LENT_TEXTS(from)                                                                           \
    .words = (from)->words, .word_capacity = LENT_SIZE((from)->words), .packing = &(from)->packing

/* Members of execwire_link_receiver_options. */
#define LENT_TO_RECEIVER(from)                                                                     \
    .contexts = (from)->contexts, .context_count = LENT_COUNT((from)->contexts),                   \
    .store = (from)->store, .store_capacity = LENT_SIZE((from)->store), .text = (from)->text,      \
    .text_capacity = LENT_SIZE((from)->text), .transfers = (from)->transfers,                      \
    .transfer_count = LENT_COUNT((from)->transfers), .pieces = (from)->pieces,                     \
    .piece_capacity = LENT_SIZE((from)->pieces)
#define LENT_ENTRIES(from) .entries = (from)->entries, .entry_capacity = LENT_COUNT((from)->entries)

#endif
