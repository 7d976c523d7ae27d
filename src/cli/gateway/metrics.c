/* SPDX-License-Identifier: Apache-2.0 */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
#define _GNU_SOURCE /* accept4 */
#include "cli/gateway/metrics.h"

#include "cli/base/io.h"
#include "cli/carrier/socket.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 1000
#define REQUEST     1024

bool metrics_open(metrics *m, const char *place)
{
    *m = (metrics){.fd = -1};
    for (unsigned i = 0; i < METRICS_CLIENTS; i++)
        m->clients[i] = -1;
    return place == NULL || tcp_listen(&m->fd, place);
}

static void leave(metrics *m, unsigned client)
{
    (void)io_close(m->clients[client]);
    m->clients[client] = -1;
}

void metrics_close(metrics *m)
{
    for (unsigned i = 0; i < METRICS_CLIENTS; i++)
        if (m->clients[i] >= 0)
            leave(m, i);
    if (m->fd >= 0)
        (void)io_close(m->fd);
}

/* ---- HTTP ---- */

static bool asks_for(const char *request, const char *path)
{
    size_t size = strlen(path);

    return strncmp(request, "GET ", 4) == 0 && strncmp(request + 4, path, size) == 0 &&
           (request[4 + size] == ' ' || request[4 + size] == '?');
}

/* Answers in one piece: what the client does not take at once it does not get. */
static void answer(int client, const char *request, const metrics *m, const figures_of *of,
                   uint64_t now)
{
    const char *status = "200 OK";
    output body, all;

    output_use(&body, "HTTP", -1);
    output_use(&all, "HTTP", -1);
    body.held = all.held = true;
    if (asks_for(request, "/metrics"))
        figures_write(&body, &m->figures, of, now);
    else if (!asks_for(request, "/healthz")) {
        output_print(&body, "not found: there are /metrics and /healthz\n");
        status = "404 Not Found";
    } else if (figures_trouble(&body, of, now))
        status = "503 Service Unavailable";
    else
        output_print(&body, "ok\n");
    output_print(&all,
                 "HTTP/1.1 %s\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
                 "Content-Length: %zu\r\nConnection: close\r\n\r\n",
                 status, body.size);
    output_put(&all, body.buffer, body.size);
    (void)!send(client, all.buffer, all.size, MSG_DONTWAIT | MSG_NOSIGNAL);
    free(body.buffer);
    free(all.buffer);
}

static void accept_client(metrics *m, uint64_t now)
{
    int client = accept4(m->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    for (unsigned i = 0; client >= 0 && i < METRICS_CLIENTS; i++)
        if (m->clients[i] < 0) {
            m->clients[i] = client;
            m->since[i] = now;
            return;
        }
    if (client >= 0)
        (void)io_close(client);
}

void metrics_fds(const metrics *m, struct pollfd fds[METRICS_FDS])
{
    fds[0] = (struct pollfd){.fd = m->fd, .events = POLLIN};
    for (unsigned i = 0; i < METRICS_CLIENTS; i++)
        fds[1 + i] = (struct pollfd){.fd = m->clients[i], .events = POLLIN};
}

/* What a client asks for is in the first piece that it sends. */
void metrics_serve(metrics *m, const struct pollfd fds[METRICS_FDS], const figures_of *of,
                   uint64_t now)
{
    for (unsigned i = 0; i < METRICS_CLIENTS; i++) {
        char request[REQUEST + 1];
        ssize_t got;

        if (m->clients[i] < 0 || (fds[1 + i].revents == 0 && now - m->since[i] <= PATIENCE_MS))
            continue;
        got = recv(m->clients[i], request, REQUEST, MSG_DONTWAIT);
        request[got > 0 ? got : 0] = '\0';
        if (got > 0)
            answer(m->clients[i], request, m, of, now);
        leave(m, i);
    }
    if (m->fd >= 0 && fds[0].revents != 0)
        accept_client(m, now);
}
