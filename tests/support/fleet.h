/* Many nodes and a gateway in one program. Each node has a source, which is its address; executions
 * are numbers, which their job ids say.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TESTS_FLEET_H
#define EXECWIRE_TESTS_FLEET_H

#include <execwire/gateway.h>

#define FLEET_NODES  64
#define FLEET_REFS   8
#define FLEET_OUTPUT 6000
#define FLEET_RECORD (64 << 10)

typedef struct fleet fleet;

typedef struct fleet_node {
    fleet *of;
    char name[16];
    char address[16];
    execwire_link_sender sender;
    execwire_link_execution executions[FLEET_REFS];
    uint8_t frame[222];
    char words[200];
    execwire_link_packing packing;
    execwire_state newest[FLEET_REFS];
    int64_t got[FLEET_REFS]; /* the version of each that came out of the gateway */
    uint64_t said;           /* bytes */
    uint64_t heard;          /* bytes of feedback that went to its address */
    bool started;
    bool mute; /* what it says gets lost */
} fleet_node;

struct fleet {
    execwire_gateway gateway;
    execwire_gateway_options options;
    execwire_gateway_node nodes[FLEET_NODES];
    execwire_gateway_source sources[4 * FLEET_NODES];
    execwire_gateway_assembly assemblies[8];
    uint64_t store[(256 << 10) / 8];
    char text[16 << 10], pieces[8 * (32 << 10)];
    fleet_node node[FLEET_NODES];
    uint64_t now;
    unsigned loss; /* of a hundred frames, both ways */
    uint32_t seed;
    execwire_gateway_event last; /* of the last frame; its pointers may be outdated */
    unsigned states, met, moved, restarted, wrong;
    uint8_t frame[222]; /* that a node said last */
    size_t frame_size;
    char forgotten[16]; /* the name of the node that made room last */
};

/* Sets the options as they are as a rule; the test may change them before it opens the gateway. */
void fleet_init(fleet *f);
void fleet_open(fleet *f);

/* Starts a node's sender anew, in the session after that one, at that address. */
void fleet_start(fleet *f, unsigned node, const char *name, const char *address, uint32_t stored);

/* So many of them: "node-0" at 10.0.0.0 and so on. */
void fleet_start_all(fleet *f, unsigned nodes);

/* All of that, with the options as they are as a rule. */
void fleet_begin(fleet *f, unsigned nodes);

/* Writes the record of the node with this number in the gateway. Returns its size. */
size_t fleet_save(const fleet *f, uint32_t index, uint8_t record[FLEET_RECORD]);

/* A node has news of one of its executions; `output` may be NULL. */
void fleet_update(fleet *f, unsigned node, unsigned execution, int64_t version, const char *output);

/* A frame arrives from somewhere. */
execwire_code fleet_hear(fleet *f, const char *address, const void *frame, size_t size);

/* All do what is due, ten times a second, for so long. */
void fleet_run(fleet *f, uint64_t ms);

/* The number that the gateway has for a node; EXECWIRE_GATEWAY_NO_NODE. */
uint32_t fleet_find(const fleet *f, const char *name);

#endif
