/* SPDX-License-Identifier: Apache-2.0 */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
#define _GNU_SOURCE /* accept4 */
#include "cli/gateway/metrics.h"

#include "cli/base/io.h"
#include "cli/carrier/socket.h"

#include <inttypes.h>
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

/* Frames that were taken together share what they took. */
void metrics_note(metrics *m, unsigned frames, uint64_t nanoseconds)
{
    uint64_t most = 1000;
    unsigned step = 0;

    if (frames == 0)
        return;
    for (; step < METRICS_TIMES - 1 && nanoseconds / frames > most; step++)
        most *= 10;
    m->frames_in[step] += frames;
    m->seconds += (double)nanoseconds / 1e9;
}

/* ---- What is told ---- */

static void put(output *out, const char *name, const char *type, const char *help, uint64_t value)
{
    output_print(out, "# HELP execwire_%s %s\n# TYPE execwire_%s %s\nexecwire_%s %" PRIu64 "\n",
                 name, help, name, type, name, value);
}

static void put_outcomes(output *out, const execwire_link_receiver_stats *stats)
{
    output_print(out, "# HELP execwire_frames_total Frames by what became of them.\n"
                      "# TYPE execwire_frames_total counter\n");
    for (unsigned i = 0; i < EXECWIRE_LINK_OUTCOME_COUNT; i++)
        output_print(out, "execwire_frames_total{outcome=\"%s\"} %" PRIu32 "\n",
                     execwire_link_outcome_name((execwire_link_outcome)i) +
                         strlen("EXECWIRE_LINK_"),
                     stats->outcomes[i]);
    output_print(out, "execwire_frames_total{outcome=\"MALFORMED\"} %" PRIu32 "\n",
                 stats->malformed);
}

static void put_times(output *out, const metrics *m)
{
    static const char *const ends[METRICS_TIMES] = {"1e-06", "1e-05", "0.0001", "0.001",
                                                    "0.01",  "0.1",   "1",      "+Inf"};
    uint64_t frames = 0;

    output_print(out,
                 "# HELP execwire_frame_seconds Time for a frame, as the mean of those that were "
                 "taken together.\n# TYPE execwire_frame_seconds histogram\n");
    for (unsigned i = 0; i < METRICS_TIMES; i++) {
        frames += m->frames_in[i];
        output_print(out, "execwire_frame_seconds_bucket{le=\"%s\"} %" PRIu64 "\n", ends[i],
                     frames);
    }
    output_print(out, "execwire_frame_seconds_sum %.9f\nexecwire_frame_seconds_count %" PRIu64 "\n",
                 m->seconds, frames);
}

static void put_all(output *out, const metrics *m, const execwire_gateway_stats *stats)
{
    put_outcomes(out, &stats->link);
    put_times(out, m);
    put(out, "nodes", "gauge", "Nodes that are known.", stats->nodes);
    put(out, "sources", "gauge", "Addresses that frames came from.", stats->sources);
    put(out, "store_bytes", "gauge", "Bytes of what is known of executions.", stats->store_used);
    put(out, "nodes_met_total", "counter", "Nodes that were not known before.", stats->met);
    put(out, "nodes_moved_total", "counter", "Nodes that went on at another address.",
        stats->moved);
    put(out, "nodes_forgotten_total", "counter", "Nodes that made room for others.",
        stats->forgotten);
    put(out, "executions_forgotten_total", "counter",
        "Executions that made room for others of their node.", stats->link.forgotten);
    put(out, "hellos_asked_total", "counter", "Addresses that were asked for a hello.",
        stats->asked);
    put(out, "feedback_frames_total", "counter", "Frames that were sent back.",
        stats->link.feedbacks);
    put(out, "feedback_withheld_total", "counter",
        "Frames that would have been more than an address may be sent.", stats->withheld);
    put(out, "received_bytes_total", "counter", "Bytes of frames that came.", stats->link.bytes);
    put(out, "sent_bytes_total", "counter", "Bytes of frames that were sent back.", stats->sent);
}

/* ---- HTTP ---- */

static bool asks_for(const char *request, const char *path)
{
    size_t size = strlen(path);

    return strncmp(request, "GET ", 4) == 0 && strncmp(request + 4, path, size) == 0 &&
           (request[4 + size] == ' ' || request[4 + size] == '?');
}

/* Answers in one piece: what the client does not take at once it does not get. */
static void answer(int client, const char *request, const metrics *m,
                   const execwire_gateway *gateway)
{
    bool metrics_asked = asks_for(request, "/metrics");
    bool good = metrics_asked || asks_for(request, "/healthz");
    output body, all;

    output_use(&body, "HTTP", -1);
    output_use(&all, "HTTP", -1);
    if (metrics_asked)
        put_all(&body, m, &gateway->stats);
    else
        output_print(&body, "%s\n", good ? "ok" : "not found: there are /metrics and /healthz");
    output_print(&all,
                 "HTTP/1.1 %s\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
                 "Content-Length: %zu\r\nConnection: close\r\n\r\n",
                 good ? "200 OK" : "404 Not Found", body.size);
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
void metrics_serve(metrics *m, const struct pollfd fds[METRICS_FDS],
                   const execwire_gateway *gateway, uint64_t now)
{
    for (unsigned i = 0; i < METRICS_CLIENTS; i++) {
        char request[REQUEST + 1];
        ssize_t got;

        if (m->clients[i] < 0 || (fds[1 + i].revents == 0 && now - m->since[i] <= PATIENCE_MS))
            continue;
        got = recv(m->clients[i], request, REQUEST, MSG_DONTWAIT);
        request[got > 0 ? got : 0] = '\0';
        if (got > 0)
            answer(m->clients[i], request, m, gateway);
        leave(m, i);
    }
    if (m->fd >= 0 && fds[0].revents != 0)
        accept_client(m, now);
}
