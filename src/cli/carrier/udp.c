/* Frames of many on one UDP port, many at a time. A source is a socket's address.
 *
 * SPDX-License-Identifier: Apache-2.0 */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
#define _GNU_SOURCE /* recvmmsg, sendmmsg */
#include "cli/base/format.h"
#include "cli/base/report.h"
#include "cli/carrier/carrier.h"
#include "cli/carrier/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* UDP's largest payload, over IPv4. */
#define LARGEST 65507
/* What comes while states are being written waits in the socket. */
#define SOCKET_BUFFER (8 << 20)

typedef struct udp_batch {
    struct mmsghdr messages[CARRIER_BATCH];
    struct iovec parts[CARRIER_BATCH];
    struct sockaddr_storage addresses[CARRIER_BATCH];
    char sources[CARRIER_BATCH][32];
    unsigned count;
    char *bytes;
} udp_batch;

typedef struct udp_carrier {
    carrier base; /* comes first */
    udp_batch *in;
    udp_batch *out;
    bool connected; /* to the one that there is */
} udp_carrier;

/* A batch whose datagrams have so much room each; what is not used of it takes no memory. */
static udp_batch *new_batch(size_t room)
{
    udp_batch *batch = memset(reallocate(NULL, sizeof *batch), 0, sizeof *batch);

    batch->bytes = reallocate_array(NULL, CARRIER_BATCH, room);
    for (unsigned i = 0; i < CARRIER_BATCH; i++) {
        struct msghdr *header = &batch->messages[i].msg_hdr;

        batch->parts[i] = (struct iovec){batch->bytes + i * room, room};
        header->msg_iov = &batch->parts[i];
        header->msg_iovlen = 1;
        header->msg_name = &batch->addresses[i];
    }
    return batch;
}

static void free_batch(udp_batch *batch)
{
    if (batch != NULL)
        free(batch->bytes);
    free(batch);
}

/* ---- Sources ---- */

/* A source is family, port and address, and in IPv6 the interface; nothing that two datagrams of
 * one sender may differ in. */
typedef struct source_key {
    uint16_t family;
    in_port_t port;
    union {
        struct in_addr v4;
        struct {
            struct in6_addr v6;
            uint32_t scope;
        };
    };
} source_key;
#define KEY_SIZE_4 (offsetof(source_key, v4) + sizeof(struct in_addr))
#define KEY_SIZE_6 sizeof(source_key)

static execwire_str write_source(const struct sockaddr_storage *address, char room[32])
{
    source_key key = {.family = address->ss_family};
    bool six = address->ss_family == AF_INET6;
    size_t size = six ? KEY_SIZE_6 : KEY_SIZE_4;

    if (six) {
        const struct sockaddr_in6 *from = (const struct sockaddr_in6 *)address;

        key.port = from->sin6_port;
        key.v6 = from->sin6_addr;
        key.scope = from->sin6_scope_id;
    } else {
        const struct sockaddr_in *from = (const struct sockaddr_in *)address;

        key.port = from->sin_port;
        key.v4 = from->sin_addr;
    }
    memcpy(room, &key, size);
    return (execwire_str){room, size};
}

static socklen_t read_source(execwire_str source, struct sockaddr_storage *address)
{
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
    struct sockaddr_in *four = (struct sockaddr_in *)address;
    source_key key = {.family = AF_UNSPEC};

    memcpy(&key, source.data, source.size);
    memset(address, 0, sizeof *address);
    if (key.family == AF_INET6) {
        *six = (struct sockaddr_in6){.sin6_family = AF_INET6,
                                     .sin6_port = key.port,
                                     .sin6_addr = key.v6,
                                     .sin6_scope_id = key.scope};
        return sizeof *six;
    }
    *four = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = key.port, .sin_addr = key.v4};
    return sizeof *four;
}

static void describe(execwire_str source, char text[CARRIER_NAME_SIZE])
{
    char address[INET6_ADDRSTRLEN] = "?";
    source_key key = {.family = AF_UNSPEC};
    bool six;

    memcpy(&key, source.data, source.size);
    six = key.family == AF_INET6;
    (void)inet_ntop(key.family, six ? (const void *)&key.v6 : (const void *)&key.v4, address,
                    sizeof address);
    format(text, CARRIER_NAME_SIZE, six ? "[%s]:%u" : "%s:%u", address, ntohs(key.port));
}

/* ---- Datagrams ---- */

static unsigned receive(carrier *c, bool *more)
{
    udp_batch *in = ((udp_carrier *)c)->in;
    int got;

    for (unsigned i = 0; i < CARRIER_BATCH; i++)
        in->messages[i].msg_hdr.msg_namelen = sizeof in->addresses[i];
    got = recvmmsg(c->fd, in->messages, CARRIER_BATCH, MSG_DONTWAIT, NULL);
    *more = got == CARRIER_BATCH;
    return got > 0 ? (unsigned)got : 0;
}

static carrier_frame frame(const carrier *c, unsigned index)
{
    const udp_carrier *u = (const udp_carrier *)c;
    udp_batch *in = u->in;

    return (carrier_frame){u->connected ? CARRIER_OTHER_END
                                        : write_source(&in->addresses[index], in->sources[index]),
                           {in->parts[index].iov_base, in->messages[index].msg_len}};
}

static void flush(carrier *c)
{
    udp_batch *out = ((udp_carrier *)c)->out;
    unsigned sent = 0;

    while (sent < out->count) {
        int now = sendmmsg(c->fd, out->messages + sent, out->count - sent, MSG_DONTWAIT);

        sent += now > 0 ? (unsigned)now : 1; /* one that cannot be sent is lost */
    }
    out->count = 0;
}

static void *room(carrier *c)
{
    udp_batch *out = ((udp_carrier *)c)->out;

    if (out->count == CARRIER_BATCH)
        flush(c);
    return out->parts[out->count].iov_base;
}

static void send_to(carrier *c, execwire_str source, size_t size)
{
    udp_carrier *u = (udp_carrier *)c;
    unsigned index = u->out->count++;

    u->out->parts[index].iov_len = size;
    u->out->messages[index].msg_hdr.msg_namelen =
        u->connected ? 0 : read_source(source, &u->out->addresses[index]);
}

/* ---- Start and end ---- */

static void close_udp(carrier *c)
{
    udp_carrier *u = (udp_carrier *)c;
    udp_end end = {.fd = c->fd};

    udp_close(&end);
    free_batch(u->in);
    free_batch(u->out);
    free(u);
}

static carrier *new_carrier(int fd, bool connected, size_t mtu)
{
    static const carrier_kind kind = {.name = "udp",
                                      .receive = receive,
                                      .frame = frame,
                                      .room = room,
                                      .send = send_to,
                                      .flush = flush,
                                      .describe = describe,
                                      .close = close_udp};
    udp_carrier *u = reallocate(NULL, sizeof *u);

    *u = (udp_carrier){{.kind = &kind, .fd = fd}, new_batch(LARGEST), new_batch(mtu), connected};
    return &u->base;
}

carrier *carrier_open_udp(const char *place, size_t mtu)
{
    const int size = SOCKET_BUFFER;
    udp_end end;

    if (!udp_bind(&end, place))
        return NULL;
    (void)setsockopt(end.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size); /* as much as it may */
    return new_carrier(end.fd, false, mtu);
}

carrier *carrier_use_udp(int fd, size_t mtu)
{
    struct sockaddr_storage bound = {.ss_family = AF_UNSPEC};
    socklen_t size = sizeof bound;
    int type = 0;
    socklen_t type_size = sizeof type;

    if (getsockname(fd, (struct sockaddr *)&bound, &size) != 0 ||
        getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) != 0 || type != SOCK_DGRAM ||
        (bound.ss_family != AF_INET && bound.ss_family != AF_INET6)) {
        report("LISTEN_FDS: descriptor %d is no socket for UDP", fd);
        return NULL;
    }
    return new_carrier(fd, false, mtu);
}

carrier *carrier_open_udp_node(const char *place, size_t mtu)
{
    udp_end end;

    return udp_connect(&end, place) ? new_carrier(end.fd, true, mtu) : NULL;
}
