/* What the oracles that fill an execwire_state share.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_ORACLES_STATE_H
#define FUZZ_ORACLES_STATE_H

#include <execwire/execwire.h>

/* Entries of the map that an oracle reads: more than fit into the inputs. */
#define ORACLE_ENTRIES 4096

/* Puts an entry where it belongs; of several with the same key the last one stays. */
void oracle_put_entry(execwire_map *map, execwire_entry entry);

/* The state's canonical bytes, as oracle_read wants them. */
void oracle_write(const execwire_state *state, uint8_t *out, size_t capacity, size_t *size);

#endif
