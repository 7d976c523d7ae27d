/* Frames at the topics of a broker. A source is a NODE.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/carrier.h"

#include "cli/base/report.h"
#include "cli/carrier/frame_queue.h"
#include "cli/carrier/mqtt_broker.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#ifdef EXECWIRE_LIBMOSQUITTO

/* Frames that go out and are not sent yet, at most: a broker may be slow, or not be there. */
#define MOST_UNSENT 8192
/* A node waits so long for the broker before its first frame, which may be the only one of its
 * kind.
 */
#define GREETING_MS 3000

typedef struct mqtt_carrier {
    carrier base; /* comes first */
    mqtt_broker *broker;
    frame_queue in;
    char *topic;        /* TOPIC, or TOPIC/NODE at the node's end, and a slash */
    size_t topic_size;  /* with it */
    char *subscription; /* what comes */
    char *out;          /* where a frame goes to; has room for every source */
    bool is_node;       /* this is the node's end */
    int qos;            /* of both ways */
    atomic_long unsent; /* frames; a little less after a connection was lost */
    void *frame;        /* room for one */
} mqtt_carrier;

/* ---- On the connection's thread ---- */

/* What a connection had not sent is lost with it, and nobody tells of each. */
static void on_connected(void *context, bool connected)
{
    mqtt_carrier *m = context;

    if (!connected && m->qos == 0)
        atomic_store(&m->unsent, 0);
}

static void on_published(void *context, int id, mqtt_fate fate, const char *why)
{
    mqtt_carrier *m = context;

    (void)id;
    (void)fate;
    (void)why;
    if (atomic_fetch_sub(&m->unsent, 1) <= 0)
        atomic_store(&m->unsent, 0);
}

/* The node's end has subscribed to one topic, the gateway's to all TOPIC/NODE/up. */
static void on_message(void *context, const char *topic, const void *payload, size_t size)
{
    mqtt_carrier *m = context;
    execwire_str from = CARRIER_OTHER_END;

    if (!m->is_node)
        from = (execwire_str){topic + m->topic_size, strcspn(topic + m->topic_size, "/")};
    frame_queue_put(&m->in, from, payload, size);
}

/* ---- Frames ---- */

static unsigned receive(carrier *c, bool *more)
{
    mqtt_carrier *m = (mqtt_carrier *)c;

    c->lost = frame_queue_dropped(&m->in);
    return frame_queue_take(&m->in, more);
}

static carrier_frame frame(const carrier *c, unsigned index)
{
    return frame_queue_at(&((const mqtt_carrier *)c)->in, index);
}

static void *room(carrier *c)
{
    return ((mqtt_carrier *)c)->frame;
}

static void send_to(carrier *c, execwire_str source, size_t size)
{
    mqtt_carrier *m = (mqtt_carrier *)c;
    size_t at = m->topic_size;
    mqtt_fate fate;

    if (atomic_load(&m->unsent) >= MOST_UNSENT)
        return;
    if (!m->is_node) {
        memcpy(m->out + at, source.data, source.size);
        at += source.size;
        memcpy(m->out + at, "/down", sizeof "/down");
    }
    atomic_fetch_add(&m->unsent, 1);
    fate =
        mqtt_broker_publish(m->broker, m->out, (execwire_str){m->frame, size}, m->qos, false, NULL);
    if (fate == MQTT_INVALID || (fate == MQTT_REFUSED && m->qos == 0))
        atomic_fetch_sub(&m->unsent, 1);
}

/* ---- Start and end ---- */

/* The thread may have to be left behind, with what it uses. */
static void close_mqtt(carrier *c)
{
    mqtt_carrier *m = (mqtt_carrier *)c;

    if (!mqtt_broker_free(m->broker))
        return;
    frame_queue_close(&m->in);
    free(m->topic);
    free(m->subscription);
    free(m->out);
    free(m->frame);
    free(m);
}

static char *join(const char *one, const char *two)
{
    size_t size = strlen(one) + strlen(two) + 1;
    char *joined = reallocate(NULL, size);

    (void)format(joined, size, "%s%s", one, two);
    return joined;
}

static bool is_node_path(const url *u)
{
    const char *slash = strrchr(u->path, '/');
    size_t size = slash != NULL ? strlen(slash + 1) : 0;

    if (slash != NULL && slash > u->path && size > 0 && size <= CARRIER_SOURCE_SIZE)
        return true;
    report("%s: not TOPIC/NODE, with a NODE of %d bytes at most", u->name, CARRIER_SOURCE_SIZE);
    return false;
}

/* Sets up all but the connection. False: reported. */
static bool set_up(mqtt_carrier *m, size_t mtu, bool *session)
{
    const url *u = mqtt_broker_url(m->broker);
    bool qos = false;
    bool clean = true;

    if (!mqtt_broker_topic(m->broker, u->path) || (m->is_node && !is_node_path(u)) ||
        !mqtt_broker_flag(m->broker, "qos", &qos) || !mqtt_broker_flag(m->broker, "clean", &clean))
        return false;
    m->qos = qos;
    *session = !clean;
    m->topic = join(u->path, "/");
    m->topic_size = strlen(m->topic);
    m->subscription = join(m->topic, m->is_node ? "down" : "+/up");
    m->out = reallocate(NULL, m->topic_size + CARRIER_SOURCE_SIZE + sizeof "/down");
    (void)format(m->out, m->topic_size + sizeof "up", "%s%s", m->topic, m->is_node ? "up" : "");
    m->frame = reallocate(NULL, mtu);
    return true;
}

static bool start(mqtt_carrier *m, size_t mtu)
{
    mqtt_uses uses = {
        .connected = on_connected, .message = on_message, .published = on_published, .context = m};

    if (!set_up(m, mtu, &uses.session))
        return false;
    uses.subscription = m->subscription;
    uses.qos = m->qos;
    return mqtt_broker_start(m->broker, &uses);
}

static carrier *open_end(const char *text, bool is_node, size_t mtu)
{
    static const carrier_kind kind = {.name = "mqtt",
                                      .receive = receive,
                                      .frame = frame,
                                      .room = room,
                                      .send = send_to,
                                      .describe = carrier_describe_text,
                                      .close = close_mqtt};
    static const char *const known[] = {MQTT_PARAMETERS, "qos", "clean", NULL};
    mqtt_broker *broker = mqtt_broker_new("--mqtt", text, known);
    mqtt_carrier *m;

    if (broker == NULL)
        return NULL;
    m = reallocate(NULL, sizeof *m);
    *m = (mqtt_carrier){.base = {.kind = &kind}, .broker = broker, .is_node = is_node};
    if (!frame_queue_open(&m->in)) {
        (void)mqtt_broker_free(broker);
        free(m);
        return NULL;
    }
    m->base.fd = m->in.fd;
    if (start(m, mtu))
        return &m->base;
    close_mqtt(&m->base);
    return NULL;
}

carrier *carrier_open_mqtt(const char *text, size_t mtu)
{
    return open_end(text, false, mtu);
}

carrier *carrier_open_mqtt_node(const char *text, size_t mtu)
{
    carrier *c = open_end(text, true, mtu);

    if (c != NULL)
        mqtt_broker_wait(((mqtt_carrier *)c)->broker, GREETING_MS);
    return c;
}

#else

carrier *carrier_open_mqtt(const char *text, size_t mtu)
{
    (void)text;
    (void)mtu;
    report("--mqtt is not in this build, which has no libmosquitto");
    return NULL;
}

carrier *carrier_open_mqtt_node(const char *text, size_t mtu)
{
    return carrier_open_mqtt(text, mtu);
}

#endif
