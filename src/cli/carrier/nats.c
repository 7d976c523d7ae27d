/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/carrier.h"

#include "cli/base/report.h"
#include "cli/carrier/frame_queue.h"
#include "cli/carrier/nats_partitions.h"

#include <stdlib.h>
#include <string.h>

#ifdef EXECWIRE_LIBNATS

typedef struct nats_carrier {
    carrier base; /* comes first */
    nats_server server;
    natsSubscription *subscription;
    nats_partitions *shared; /* frames come by these; NULL: as plain messages */
    frame_queue queue;
    char *room;
    const char *node; /* whose end it is; NULL: the gateway's */
    size_t prefix;    /* the size of what stands before NODE, with the '.' */
} nats_carrier;

#define UP   "up"
#define DOWN "down"

/* PREFIX.NODE.WHERE, to be freed. */
static char *subject_of(const nats_carrier *n, execwire_str node, const char *where)
{
    size_t size = n->prefix + node.size + sizeof "." + strlen(where);
    char *subject = reallocate(NULL, size);

    (void)format(subject, size, "%s.%.*s.%s", n->server.url.path, (int)node.size, node.data, where);
    return subject;
}

/* ---- In ---- */

/* Called by a thread of the library. */
static void on_frame(natsConnection *connection, natsSubscription *subscription, natsMsg *message,
                     void *closure)
{
    nats_carrier *n = closure;
    const char *node = nats.natsMsg_GetSubject(message) + n->prefix;

    (void)connection;
    (void)subscription;
    frame_queue_put(&n->queue,
                    n->node != NULL ? CARRIER_OTHER_END
                                    : (execwire_str){node, strlen(node) - strlen("." UP)},
                    nats.natsMsg_GetData(message), (size_t)nats.natsMsg_GetDataLength(message));
    nats.natsMsg_Destroy(message);
}

static void subscribe(nats_carrier *n)
{
    const char *node = n->node != NULL ? n->node : "*";
    char *subject = subject_of(n, (execwire_str){node, strlen(node)}, n->node != NULL ? DOWN : UP);
    natsStatus status;

    nats.natsSubscription_Destroy(n->subscription);
    n->subscription = NULL;
    status =
        nats.natsConnection_Subscribe(&n->subscription, n->server.connection, subject, on_frame, n);
    if (status != NATS_OK && status != NATS_CONNECTION_CLOSED) /* which is said, and made anew */
        report("--nats %s: %s", n->server.url.name, nats.natsStatus_GetText(status));
    free(subject);
}

/* Listens over a connection that is there for the first time. */
static void tend(nats_carrier *n)
{
    if (!nats_server_tend(&n->server))
        return;
    if (n->shared != NULL)
        nats_partitions_start(n->shared);
    else
        subscribe(n);
}

static unsigned receive(carrier *c, bool *more)
{
    nats_carrier *n = (nats_carrier *)c;

    tend(n);
    c->lost = frame_queue_dropped(&n->queue);
    return n->shared != NULL ? nats_partitions_take(n->shared, more)
                             : frame_queue_take(&n->queue, more);
}

static carrier_frame frame(const carrier *c, unsigned index)
{
    const nats_carrier *n = (const nats_carrier *)c;

    return n->shared != NULL ? nats_partitions_at(n->shared, index)
                             : frame_queue_at(&n->queue, index);
}

/* Plain messages are acknowledged to nobody. */
static void settle(carrier *c)
{
    nats_carrier *n = (nats_carrier *)c;

    if (n->shared != NULL)
        nats_partitions_settle(n->shared);
}

static void reread(carrier *c)
{
    nats_server_reread(&((nats_carrier *)c)->server);
}

/* ---- Out ---- */

static void *room(carrier *c)
{
    return ((nats_carrier *)c)->room;
}

static execwire_str node_of(nats_carrier *n, execwire_str source)
{
    if (n->node != NULL)
        return (execwire_str){n->node, strlen(n->node)};
    return n->shared != NULL ? nats_partitions_node(n->shared, source) : source;
}

/* What cannot be sent is lost. A node is what came as a token, so that it makes a subject. */
static void send_to(carrier *c, execwire_str source, size_t size)
{
    nats_carrier *n = (nats_carrier *)c;
    execwire_str node = node_of(n, source);
    char *subject;

    if (node.data == NULL)
        return;
    subject = subject_of(n, node, n->node != NULL ? UP : DOWN);
    if (n->server.connection != NULL)
        (void)nats.natsConnection_Publish(n->server.connection, subject, n->room, (int)size);
    free(subject);
}

/* ---- Start and end ---- */

static void release(void *owner)
{
    nats_carrier *n = owner;

    nats_partitions_free(n->shared);
    frame_queue_close(&n->queue);
    free(n->room);
    free(n);
}

static void close_nats(carrier *c)
{
    nats_carrier *n = (nats_carrier *)c;

    if (n->shared != NULL)
        nats_partitions_stop(n->shared);
    nats.natsSubscription_Destroy(n->subscription);
    nats_server_close(&n->server, release, n);
}

/* Of PREFIX/NODE, the node. False: reported. */
static bool split_node(nats_carrier *n)
{
    char *slash = strchr(n->server.url.path, '/');
    bool good = slash != NULL;

    if (good) {
        *slash = '\0';
        n->node = slash + 1;
        good = nats_is_subject(n->server.url.path) && nats_is_subject(n->node) &&
               strchr(n->node, '.') == NULL && strlen(n->node) <= CARRIER_SOURCE_SIZE;
    }
    if (!good)
        report(
            "--nats %s: a node's end is nats://HOST/PREFIX/NODE, where NODE has at most %d bytes "
            "and no '.'",
            n->server.url.name, CARRIER_SOURCE_SIZE);
    return good;
}

static const carrier_kind kind = {.name = "nats",
                                  .receive = receive,
                                  .frame = frame,
                                  .room = room,
                                  .send = send_to,
                                  .settle = settle,
                                  .reread = reread,
                                  .describe = carrier_describe_text,
                                  .close = close_nats};

static carrier *open_end(const char *text, size_t mtu, bool of_node)
{
    static const char *const of_gateway[] = {NATS_PARAMETERS, NATS_PARTITIONS_PARAMETERS, NULL};
    static const char *const of_one[] = {NATS_PARAMETERS, NULL};
    nats_carrier *n = memset(reallocate(NULL, sizeof *n), 0, sizeof *n);
    bool queued = frame_queue_open(&n->queue);

    if (!queued || !nats_server_open(&n->server, "--nats", text, of_node ? of_one : of_gateway)) {
        if (queued)
            frame_queue_close(&n->queue);
        free(n);
        return NULL;
    }
    n->base = (carrier){.kind = &kind, .fd = n->queue.fd};
    n->room = reallocate(NULL, mtu);
    if (of_node ? !split_node(n) : !nats_partitions_new(&n->shared, &n->server, &n->queue)) {
        close_nats(&n->base);
        return NULL;
    }
    n->prefix = strlen(n->server.url.path) + 1;
    tend(n);
    return &n->base;
}

carrier *carrier_open_nats(const char *text, size_t mtu)
{
    return open_end(text, mtu, false);
}

carrier *carrier_open_nats_node(const char *text, size_t mtu)
{
    return open_end(text, mtu, true);
}

#else

carrier *carrier_open_nats(const char *text, size_t mtu)
{
    (void)text;
    (void)mtu;
    report(NATS_MISSING, "--nats");
    return NULL;
}

carrier *carrier_open_nats_node(const char *text, size_t mtu)
{
    return carrier_open_nats(text, mtu);
}

#endif
