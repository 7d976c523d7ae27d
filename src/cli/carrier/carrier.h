/* A way for frames: a socket, the topics of a broker, a device. What comes says where it came from,
 * its *source*, in bytes that mean something to this carrier alone; what goes is sent to a source.
 * A carrier may lose frames, and never waits.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_CARRIER_H
#define EXECWIRE_CLI_CARRIER_H

#include <execwire/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Frames that are taken at once, at most. */
#define CARRIER_BATCH 64
/* The longest source, in bytes; and its name for people, with the NUL. */
#define CARRIER_SOURCE_SIZE 59
#define CARRIER_NAME_SIZE   96

typedef struct carrier carrier;

typedef struct carrier_frame {
    execwire_str source;
    execwire_str bytes;
} carrier_frame;

typedef struct carrier_kind {
    const char *name; /* of the option */
    /* Takes the frames that are there, at most CARRIER_BATCH, and returns how many are for us; they
     * are valid until the next call. `*more`: there may be others, also where it returns 0. */
    unsigned (*receive)(carrier *c, bool *more);
    carrier_frame (*frame)(const carrier *c, unsigned index);
    /* Room for a frame of the MTU, and sends so many bytes of it to a source, or loses them; they
     * may wait for `flush`. NULL: nothing waits. */
    void *(*room)(carrier *c);
    void (*send)(carrier *c, execwire_str source, size_t size);
    void (*flush)(carrier *c);
    /* All that was received is safe, and need not be given again. NULL: it is not, ever. */
    void (*settle)(carrier *c);
    /* Files with certificates are read again, for the next connection. NULL: there are none, or
     * they are read for each. */
    void (*reread)(carrier *c);
    /* A source for people, such as "[::1]:4000". */
    void (*describe)(execwire_str source, char text[CARRIER_NAME_SIZE]);
    void (*close)(carrier *c);
} carrier_kind;

/* What each carrier begins with. */
struct carrier {
    const carrier_kind *kind;
    int fd;        /* can be read when there are frames; -1: nothing comes */
    bool failed;   /* and said so: frames may be missing */
    uint64_t lost; /* frames that came and were too many or not for us */
};

/* Sends a frame of at most the MTU from anywhere; it may wait for `flush`. */
void carrier_send(carrier *c, execwire_str source, const void *frame, size_t size);

/* `flush`, `settle` and `reread` of a carrier, where it has them. */
void carrier_flush(carrier *c);
void carrier_settle(carrier *c);
void carrier_reread(carrier *c);

/* `describe` of those whose sources are text. */
void carrier_describe_text(execwire_str source, char text[CARRIER_NAME_SIZE]);

/* Opens a carrier for frames of `mtu` bytes at most that go out. NULL: reported. */
typedef carrier *carrier_opener(const char *place, size_t mtu);

/* A socket that is bound to "[HOST:]PORT": all that send datagrams there. */
carrier *carrier_open_udp(const char *place, size_t mtu);
/* The same with a socket that is bound already. Its buffer is whoever's that opened it. */
carrier *carrier_use_udp(int fd, size_t mtu);
/* The node's end: a socket that only talks with "HOST:PORT". There is one source, as at the node's
 * end of every carrier, and it is CARRIER_OTHER_END. */
carrier *carrier_open_udp_node(const char *place, size_t mtu);
#define CARRIER_OTHER_END ((execwire_str){"/", 1})

/* The topics TOPIC/NODE/up and TOPIC/NODE/down of a broker: mqtt://HOST/TOPIC. A source is a NODE.
 */
carrier *carrier_open_mqtt(const char *url, size_t mtu);
/* The node's end: mqtt://HOST/TOPIC/NODE. */
carrier *carrier_open_mqtt_node(const char *url, size_t mtu);

/* The subjects PREFIX.NODE.up and PREFIX.NODE.down of a server: nats://HOST/PREFIX. A source is a
 * NODE. */
carrier *carrier_open_nats(const char *url, size_t mtu);
/* The node's end: nats://HOST/PREFIX/NODE. */
carrier *carrier_open_nats_node(const char *url, size_t mtu);

/* A device with one node behind it, framed as <execwire/serial.h> has it. */
carrier *carrier_open_serial(const char *device, size_t mtu);

#endif
