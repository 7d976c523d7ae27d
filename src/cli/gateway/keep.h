/* What is known of nodes in files of a folder, for the gateway that is started next.
 *
 * Each of KEEP_FILES files has the records (execwire_gateway_save) of its share of the nodes, each
 * after its size in four bytes. One file for all would be written whole for every node that
 * changes; one for each node would have to be flushed to the disk and renamed for every node. A
 * file is written aside, and takes its place when it is whole.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_GATEWAY_KEEP_H
#define EXECWIRE_CLI_GATEWAY_KEEP_H

#include <execwire/gateway.h>

#define KEEP_FILES 64
/* A file is written so long after the first of its nodes has changed. */
#define KEEP_MS 10000

typedef struct keep {
    const char *folder;       /* NULL: nothing is kept */
    int fd;                   /* of the folder, which is locked */
    uint8_t *file_of;         /* each node's file */
    uint64_t due[KEEP_FILES]; /* when each is to be written */
    char *bytes;              /* of a file */
    size_t used;
    size_t capacity;
} keep;

/* Takes a folder for this gateway alone, which has so many nodes at most; NULL: nothing is kept.
 * False: reported. */
EXECWIRE_MUST_USE bool keep_open(keep *k, const char *folder, size_t max_nodes);
void keep_close(keep *k);

/* Reads what is there. What cannot be read is reported, and comes back from its nodes. */
void keep_load(keep *k, execwire_gateway *gateway, uint64_t now);

/* A node has been heard; or made room for others. */
void keep_note(keep *k, const execwire_gateway *gateway, uint32_t node, uint64_t now);
void keep_forget(keep *k, uint32_t node, uint64_t now);

/* When a file is to be written: EXECWIRE_LINK_NEVER where none is. */
uint64_t keep_due(const keep *k);

/* Writes one file that is due. All states that came have to be safe. False: reported; what the file
 * says stays, and it is tried again. */
bool keep_write_due(keep *k, const execwire_gateway *gateway, uint64_t now);

/* Writes all that has changed. False: reported. */
EXECWIRE_MUST_USE bool keep_write_all(keep *k, const execwire_gateway *gateway, uint64_t now);

#endif
