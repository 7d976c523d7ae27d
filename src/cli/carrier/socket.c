/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/socket.h"

#include "cli/base/io.h"
#include "cli/base/report.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So long the node that is trusted may be silent before its hello from elsewhere is believed. */
#define SILENT_MS 30000

/* ---- Sockets ---- */

/* The addresses of "HOST:PORT", "[HOST]:PORT", ":PORT" or "PORT"; NULL: reported. */
static struct addrinfo *find_place(const char *place, int type, int flags)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = type, .ai_flags = flags};
    struct addrinfo *found = NULL;
    size_t size = strlen(place) + 1;
    char *copy = memcpy(reallocate(NULL, size), place, size);
    char *port = strrchr(copy, ':');
    char *host = port != NULL ? copy : NULL;
    int failure;

    if (port != NULL)
        *port++ = '\0';
    if (host != NULL && host[0] == '[' && host[strlen(host) - 1] == ']') {
        host[strlen(host) - 1] = '\0';
        host++;
    }
    if (host != NULL && host[0] == '\0')
        host = NULL;
    failure = getaddrinfo(host, port != NULL ? port : copy, &hints, &found);
    if (failure != 0)
        report("%s: %s", place, gai_strerror(failure));
    free(copy);
    return failure == 0 ? found : NULL;
}

/* A socket that `use` is good for, such as connect or bind; -1: reported. */
static int open_socket(const char *place, int type, int flags,
                       int (*use)(int fd, const struct sockaddr *address, socklen_t size))
{
    struct addrinfo *found = find_place(place, type, flags);
    int fd = -1;

    if (found == NULL)
        return -1;
    for (const struct addrinfo *a = found; a != NULL && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (fd >= 0 && use(fd, a->ai_addr, a->ai_addrlen) != 0) {
            int why = errno;

            close(fd);
            fd = -1;
            errno = why;
        }
    }
    if (fd < 0)
        (void)report_errno(place);
    freeaddrinfo(found);
    return fd;
}

bool udp_connect(udp_end *end, const char *place)
{
    *end = (udp_end){.fd = open_socket(place, SOCK_DGRAM, 0, connect)};
    return end->fd >= 0;
}

bool udp_bind(udp_end *end, const char *place)
{
    *end = (udp_end){.fd = open_socket(place, SOCK_DGRAM, AI_PASSIVE, bind)};
    return end->fd >= 0;
}

/* Binds again what a server before had, and listens. */
static int serve(int fd, const struct sockaddr *address, socklen_t size)
{
    const int again = 1;

    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &again, sizeof again) != 0 ||
        bind(fd, address, size) != 0)
        return -1;
    return listen(fd, SOMAXCONN);
}

bool tcp_listen(int *fd, const char *place)
{
    *fd = open_socket(place, SOCK_STREAM, AI_PASSIVE, serve);
    return *fd >= 0;
}

void udp_close(udp_end *end)
{
    if (end->fd > STDERR_FILENO)
        (void)io_close(end->fd);
    end->fd = -1;
}

static void answer_heard(udp_end *end)
{
    end->peer = end->heard;
    end->peer_size = end->heard_size;
}

void udp_meet(udp_end *end)
{
    char nothing;

    end->heard_size = sizeof end->heard;
    if (recvfrom(end->fd, &nothing, sizeof nothing, MSG_PEEK | MSG_DONTWAIT,
                 (struct sockaddr *)&end->heard, &end->heard_size) < 0)
        end->heard_size = 0;
    if (!end->trusted)
        answer_heard(end);
}

static bool is_peer(const udp_end *end)
{
    return end->heard_size == end->peer_size &&
           memcmp(&end->heard, &end->peer, end->heard_size) == 0;
}

void udp_trust(udp_end *end, udp_proof proof, uint64_t now)
{
    bool silent = now - end->trusted_at > SILENT_MS;

    if (end->heard_size == 0 || proof == UDP_NOTHING ||
        (proof == UDP_GOOD && end->trusted && !silent && !is_peer(end)))
        return;
    answer_heard(end);
    end->trusted = true;
    end->trusted_at = now;
}

void udp_send(const udp_end *end, const void *frame, size_t size)
{
    udp_send_to(end, &end->peer, end->peer_size, frame, size);
}

void udp_send_to(const udp_end *end, const void *address, size_t address_size, const void *frame,
                 size_t size)
{
    struct sockaddr_storage to;

    memcpy(&to, address, address_size); /* which may be unaligned */
    (void)sendto(end->fd, frame, size, 0, address_size > 0 ? (const struct sockaddr *)&to : NULL,
                 (socklen_t)address_size);
}
