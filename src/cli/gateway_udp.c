/* SPDX-License-Identifier: Apache-2.0 */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
#define _GNU_SOURCE /* recvmmsg, sendmmsg */
#include "cli/gateway_udp.h"

#include "cli/format.h"
#include "cli/link.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* UDP's largest payload, over IPv4. */
#define LARGEST 65507
/* What comes while states are being written waits in the socket. */
#define SOCKET_BUFFER (8 << 20)

struct hub_batch {
    struct mmsghdr messages[HUB_BATCH];
    struct iovec parts[HUB_BATCH];
    struct sockaddr_storage addresses[HUB_BATCH];
    char sources[HUB_BATCH][32];
    unsigned count;
    char *bytes;
};

/* A batch whose datagrams have so much room each; what is not used of it takes no memory. */
static hub_batch *new_batch(size_t room)
{
    hub_batch *batch = memset(reallocate(NULL, sizeof *batch), 0, sizeof *batch);

    batch->bytes = reallocate_array(NULL, HUB_BATCH, room);
    for (unsigned i = 0; i < HUB_BATCH; i++) {
        struct msghdr *header = &batch->messages[i].msg_hdr;

        batch->parts[i] = (struct iovec){batch->bytes + i * room, room};
        header->msg_iov = &batch->parts[i];
        header->msg_iovlen = 1;
        header->msg_name = &batch->addresses[i];
    }
    return batch;
}

static void free_batch(hub_batch *batch)
{
    if (batch != NULL)
        free(batch->bytes);
    free(batch);
}

bool hub_open(hub *h, const char *place, size_t mtu)
{
    const int size = SOCKET_BUFFER;
    udp_end end;

    *h = (hub){.fd = -1, .mtu = mtu};
    if (!udp_bind(&end, place))
        return false;
    h->fd = end.fd;
    (void)setsockopt(h->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size); /* as much as it may */
    h->in = new_batch(LARGEST);
    h->out = new_batch(mtu);
    return true;
}

void hub_close(hub *h)
{
    udp_end end = {.fd = h->fd};

    udp_close(&end);
    h->fd = -1;
    free_batch(h->in);
    free_batch(h->out);
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

const char *hub_name(execwire_str source, char text[80])
{
    char address[INET6_ADDRSTRLEN] = "?";
    source_key key = {.family = AF_UNSPEC};
    bool six;

    memcpy(&key, source.data, source.size);
    six = key.family == AF_INET6;
    (void)inet_ntop(key.family, six ? (const void *)&key.v6 : (const void *)&key.v4, address,
                    sizeof address);
    format(text, 80, six ? "[%s]:%u" : "%s:%u", address, ntohs(key.port));
    return text;
}

/* ---- Datagrams ---- */

unsigned hub_receive(hub *h)
{
    int got;

    for (unsigned i = 0; i < HUB_BATCH; i++)
        h->in->messages[i].msg_hdr.msg_namelen = sizeof h->in->addresses[i];
    got = recvmmsg(h->fd, h->in->messages, HUB_BATCH, MSG_DONTWAIT, NULL);
    return got > 0 ? (unsigned)got : 0;
}

execwire_str hub_frame(const hub *h, unsigned index)
{
    return (execwire_str){h->in->parts[index].iov_base, h->in->messages[index].msg_len};
}

execwire_str hub_source(const hub *h, unsigned index)
{
    return write_source(&h->in->addresses[index], h->in->sources[index]);
}

void *hub_room(hub *h)
{
    if (h->out->count == HUB_BATCH)
        hub_flush(h);
    return h->out->parts[h->out->count].iov_base;
}

void hub_send(hub *h, execwire_str source, size_t size)
{
    unsigned index = h->out->count++;

    h->out->parts[index].iov_len = size;
    h->out->messages[index].msg_hdr.msg_namelen = read_source(source, &h->out->addresses[index]);
}

void hub_flush(hub *h)
{
    unsigned sent = 0;

    while (sent < h->out->count) {
        int now = sendmmsg(h->fd, h->out->messages + sent, h->out->count - sent, MSG_DONTWAIT);

        sent += now > 0 ? (unsigned)now : 1; /* one that cannot be sent is lost */
    }
    h->out->count = 0;
}
