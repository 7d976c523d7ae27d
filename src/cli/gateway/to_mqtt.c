/* States to the topics PREFIX/NODE/EXECUTION of a broker.
 *
 * What is not acknowledged is kept here, as well as by the library: a broker may refuse a message,
 * and have it later. The library gets messages while there is a connection alone, in their order:
 * it sends again what an earlier one left behind before it says so.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/gateway/engine.h"

#include "cli/base/log.h"
#include "cli/carrier/mqtt_broker.h"
#include "cli/gateway/encode_name.h"
#include "cli/gateway/refusals.h"
#include "cli/gateway/tally.h"
#include "cli/link.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#ifdef EXECWIRE_LIBMOSQUITTO

/* Messages that are published and not acknowledged, at most: less than there are packet
 * identifiers.
 */
#define WINDOW 1000
/* What was refused is published again after so long. */
#define AGAIN_MS 1000

/* A state on its way. */
typedef struct pending {
    struct pending *next;
    int id; /* of the library; 0: it is to be published */
    bool refused;
    size_t size;
    const char *message;
    char topic[]; /* and the message */
} pending;

typedef struct mqtt_engine {
    engine base; /* comes first */
    mqtt_broker *broker;
    bool retain;
    char *topic; /* PREFIX/, and room for names */
    size_t prefix_size;
    pthread_mutex_t mutex; /* for all below */
    pending *first;        /* in the order in which they came */
    pending **end;
    size_t published;
    size_t refused;  /* of those that wait */
    size_t given_up; /* since the last look */
    refusals refusals;
    bool connected;
    bool told;      /* that something is refused, since all was taken */
    uint64_t again; /* when what was refused is published again */
} mqtt_engine;

/* ---- Topics ---- */

/* Not what has a meaning in a topic, '%', and what is not printable ASCII. */
static bool may_stand(unsigned char byte)
{
    return byte > ' ' && byte < 0x7f && strchr("/+#%", byte) == NULL;
}

/* Writes the topic of a state, with its NUL. False: it would be too long. */
static bool write_topic(mqtt_engine *m, const delivery *d)
{
    execwire_str execution = d->state->compute_reference;
    size_t at = m->prefix_size;

    if (d->node.size + execution.size > MQTT_TOPIC_SIZE)
        return false;
    m->topic = reallocate(m->topic, m->prefix_size + ENCODED_NAME(d->node.size + execution.size) +
                                        sizeof "-/-");
    at += encode_level(m->topic + at, d->node, may_stand);
    m->topic[at++] = '/';
    at += encode_level(m->topic + at, execution, may_stand);
    m->topic[at] = '\0';
    return at <= MQTT_TOPIC_SIZE;
}

/* ---- On the connection's thread ---- */

static void on_connected(void *context, bool connected)
{
    mqtt_engine *m = context;

    (void)pthread_mutex_lock(&m->mutex);
    m->connected = connected;
    (void)pthread_mutex_unlock(&m->mutex);
    tally_wake(&m->base);
}

/* One waits no more. */
static void end_one(mqtt_engine *m, pending **link)
{
    pending *gone = *link;

    *link = gone->next;
    if (m->end == &gone->next)
        m->end = link;
    m->refused -= gone->refused;
    free(gone);
    tally_take(&m->base, 1);
}

/* An older state of the execution that was refused has no place behind the one that was taken,
 * where `link` leads to. Returns what leads there then. */
static pending **take_older(mqtt_engine *m, pending **link)
{
    const pending *newer = *link;
    pending **at = &m->first;

    if (m->refused == 0)
        return link;
    while (*at != newer)
        if ((*at)->refused && (*at)->id == 0 && strcmp((*at)->topic, newer->topic) == 0)
            end_one(m, at);
        else
            at = &(*at)->next;
    return at;
}

static void take(mqtt_engine *m, pending **link)
{
    refusals_taken(&m->refusals, (*link)->topic);
    end_one(m, take_older(m, link));
    if (m->told && m->refused == 0) {
        m->told = false;
        log_event(&(log_about){.event = "engine_takes", .at = m->base.name},
                  "--to %s: the broker refuses nothing any more", m->base.name);
    }
}

static void try_again(mqtt_engine *m, pending *p, const char *why)
{
    if (!m->told)
        log_event(&(log_about){LOG_LEVEL_WARNING, "engine_fails", {NULL, 0}, m->base.name},
                  "--to %s: the broker refuses %s: %s; it is tried again", m->base.name, p->topic,
                  why);
    m->told = true;
    m->again = link_now() + AGAIN_MS;
    m->refused += !p->refused;
    p->refused = true;
    p->id = 0;
}

/* What can never be taken need not be sent again by its node. */
static void give_up(mqtt_engine *m, pending **link, const char *why)
{
    log_event(&(log_about){LOG_LEVEL_ERROR, "state_refused", {NULL, 0}, m->base.name},
              "--to %s: the broker cannot take %s: %s", m->base.name, (*link)->topic, why);
    m->given_up++;
    end_one(m, link);
    m->told = m->told && m->refused > 0;
}

static void on_published(void *context, int id, mqtt_fate fate, const char *why)
{
    mqtt_engine *m = context;
    pending **link = &m->first;

    (void)pthread_mutex_lock(&m->mutex);
    while (*link != NULL && (*link)->id != id)
        link = &(*link)->next;
    if (*link != NULL) {
        m->published--;
        if (fate == MQTT_TAKEN)
            take(m, link);
        else if (fate == MQTT_INVALID || refusals_give_up(&m->refusals, (*link)->topic, link_now()))
            give_up(m, link, why);
        else
            try_again(m, *link, why);
    }
    (void)pthread_mutex_unlock(&m->mutex);
}

/* ---- States ---- */

/* Publishes one. Where the connection is lost just now, the library has it all the same. */
static bool publish(mqtt_engine *m, pending *p)
{
    mqtt_fate fate = mqtt_broker_publish(m->broker, p->topic, (execwire_str){p->message, p->size},
                                         1, m->retain, &p->id);

    if (fate == MQTT_INVALID)
        return false;
    m->base.repeated += p->refused;
    m->published++;
    return true;
}

/* What was refused must not come behind a newer state of its execution: first it is seen what
 * becomes of that. */
static bool has_newer(const pending *p)
{
    for (const pending *other = p->next; other != NULL; other = other->next)
        if (other->id != 0 && strcmp(other->topic, p->topic) == 0)
            return true;
    return false;
}

/* Publishes what can be, in order. */
static void publish_all(mqtt_engine *m)
{
    bool again = link_now() >= m->again;
    pending **link = &m->first;

    while (m->connected && *link != NULL && m->published < WINDOW) {
        pending *p = *link;

        if (p->id != 0 || (p->refused && (!again || has_newer(p))) || publish(m, p))
            link = &p->next;
        else
            give_up(m, link, "it is too large");
    }
}

static pending *new_pending(const char *topic, execwire_str message)
{
    size_t topic_size = strlen(topic) + 1;
    pending *p = reallocate(NULL, sizeof *p + topic_size + message.size);

    *p = (pending){.size = message.size, .message = p->topic + topic_size};
    memcpy(p->topic, topic, topic_size);
    if (message.size > 0)
        memcpy(p->topic + topic_size, message.data, message.size);
    return p;
}

/* Publishing is left to `settle`, which looks at all that wait. */
static outcome put(engine *e, const delivery *d)
{
    mqtt_engine *m = (mqtt_engine *)e;
    pending *p;

    if (!write_topic(m, d)) {
        log_event(&(log_about){LOG_LEVEL_ERROR, "state_refused", d->node, e->name},
                  "--to %s: a state's topic would have more than %d bytes", e->name,
                  MQTT_TOPIC_SIZE);
        e->refused++;
        return OUTCOME_DATA;
    }
    p = new_pending(m->topic, d->message);
    e->waiting++;
    (void)pthread_mutex_lock(&m->mutex);
    *m->end = p;
    m->end = &p->next;
    (void)pthread_mutex_unlock(&m->mutex);
    return OUTCOME_GOOD;
}

static bool settle(engine *e)
{
    mqtt_engine *m = (mqtt_engine *)e;
    size_t given_up;
    bool settled;

    (void)pthread_mutex_lock(&m->mutex);
    publish_all(m);
    given_up = m->given_up;
    m->given_up = 0;
    e->refuses = m->refused > 0;
    (void)pthread_mutex_unlock(&m->mutex);
    settled = tally_settle(e);
    e->refused += given_up;
    e->taken -= given_up;
    return settled;
}

/* ---- Start and end ---- */

/* A thread that does not end is left behind, with what it uses. */
static void close_mqtt(engine *e)
{
    mqtt_engine *m = (mqtt_engine *)e;

    if (!mqtt_broker_free(m->broker))
        return;
    while (m->first != NULL) {
        pending *next = m->first->next;

        free(m->first);
        m->first = next;
    }
    tally_close(e);
    (void)pthread_mutex_destroy(&m->mutex);
    free(m->topic);
    free(m);
}

static bool start(mqtt_engine *m)
{
    const url *u = mqtt_broker_url(m->broker);
    const mqtt_uses uses = {
        .reasons = true, .connected = on_connected, .published = on_published, .context = m};

    m->base.name = u->name;
    if (!tally_open(&m->base) || !mqtt_broker_topic(m->broker, u->path) ||
        !mqtt_broker_flag(m->broker, "retain", &m->retain))
        return false;
    m->prefix_size = strlen(u->path) + 1;
    m->topic = reallocate(NULL, m->prefix_size + 1);
    (void)format(m->topic, m->prefix_size + 1, "%s/", u->path);
    return mqtt_broker_start(m->broker, &uses);
}

engine *engine_open_mqtt(const char *text)
{
    static const engine_kind kind = {
        .scheme = "mqtt", .put = put, .settle = settle, .close = close_mqtt};
    static const char *const known[] = {MQTT_PARAMETERS, "retain", NULL};
    mqtt_broker *broker = mqtt_broker_new("--to mqtt://", text, known);
    mqtt_engine *m;

    if (broker == NULL)
        return NULL;
    m = reallocate(NULL, sizeof *m);
    *m = (mqtt_engine){
        .base = {.kind = &kind, .fd = -1}, .broker = broker, .refusals = {.separator = '/'}};
    m->end = &m->first;
    (void)pthread_mutex_init(&m->mutex, NULL);
    if (start(m))
        return &m->base;
    close_mqtt(&m->base);
    return NULL;
}

#else

engine *engine_open_mqtt(const char *text)
{
    (void)text;
    report("--to mqtt:// is not in this build, which has no libmosquitto");
    return NULL;
}

#endif
