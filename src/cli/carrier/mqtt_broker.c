/* SPDX-License-Identifier: Apache-2.0 */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
#define _GNU_SOURCE /* pthread_timedjoin_np */
#include "cli/carrier/mqtt_broker.h"

#ifdef EXECWIRE_LIBMOSQUITTO

#include "cli/base/log.h"
#include "cli/carrier/mqtt_client.h"

#include <mqtt_protocol.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define PORT     1883
#define PORT_TLS 8883
/* So often a connection says that it is there, in seconds; one that is not is noticed after half as
 * long again. */
#define KEEPALIVE 30
/* How long the thread may sleep in the library. */
#define LOOP_MS 1000
/* Pauses between tries grow from one to the other, and start anew after a connection that stood for
 * so long; each is up to twice as long, so that many do not come back at once. */
#define PAUSE_MS         500
#define LONGEST_PAUSE_MS 16000
#define STOOD_MS         10000
/* The end does not wait longer for a thread, which may be asking for an address. */
#define END_MS 2000
/* What has been said of the connection. */
typedef enum told {
    TOLD_NOTHING,
    TOLD_ABSENT, /* nobody is there */
    TOLD_REFUSED /* somebody is, who does not want us, or whom we do not trust */
} told;

struct mqtt_broker {
    url address;
    struct mosquitto *client;
    mqtt_uses uses;
    bool started;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool ending;    /* as the next two, under the mutex */
    bool connected; /* and has been told so */
    told told;
    /* ---- the thread's own ---- */
    bool greeted;        /* the broker has taken the connection */
    bool with_reasons;   /* by MQTT 5, which the broker may not know */
    bool older;          /* it has just said so */
    uint64_t since;      /* it is connected, in milliseconds */
    unsigned pause;      /* before the next try, in milliseconds */
    const char *refusal; /* what the broker said of the connection; may be NULL */
    char detail[160];    /* what OpenSSL said of it */
};

/* ---- What the library calls ---- */

static void on_connect(struct mosquitto *client, void *context, int result)
{
    mqtt_broker *b = context;

    b->greeted = result == 0;
    if (b->with_reasons && result == MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION) {
        b->with_reasons = false;
        b->older = true;
        (void)mosquitto.mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V311);
    }
    if (result != 0)
        b->refusal = b->with_reasons ? mosquitto.mosquitto_reason_string(result)
                                     : mosquitto.mosquitto_connack_string(result);
    else if (b->uses.subscription != NULL)
        (void)mosquitto.mosquitto_subscribe(client, NULL, b->uses.subscription, b->uses.qos);
}

static void on_subscribe(struct mosquitto *client, void *context, int id, int count,
                         const int *granted)
{
    const mqtt_broker *b = context;

    (void)client;
    (void)id;
    if (count > 0 && granted[0] >= 0x80)
        log_event(&(log_about){LOG_LEVEL_ERROR, "subscription_refused", {NULL, 0}, b->address.name},
                  "%s: the broker refuses the subscription to %s", b->address.name,
                  b->uses.subscription);
}

static void on_message(struct mosquitto *client, void *context,
                       const struct mosquitto_message *message)
{
    const mqtt_broker *b = context;

    (void)client;
    b->uses.message(b->uses.context, message->topic, message->payload, (size_t)message->payloadlen);
}

static mqtt_fate fate_of(int reason)
{
    if (reason < 0x80)
        return MQTT_TAKEN;
    return reason == MQTT_RC_TOPIC_NAME_INVALID || reason == MQTT_RC_PACKET_TOO_LARGE ||
                   reason == MQTT_RC_PAYLOAD_FORMAT_INVALID
               ? MQTT_INVALID
               : MQTT_REFUSED;
}

static void on_publish(struct mosquitto *client, void *context, int id, int reason,
                       const mosquitto_property *properties)
{
    const mqtt_broker *b = context;

    (void)client;
    (void)properties;
    b->uses.published(b->uses.context, id, fate_of(reason),
                      mosquitto.mosquitto_reason_string(reason));
}

/* Of an error of TLS the library's status says nothing else. What counts stands behind the last
 * colon: "OpenSSL Error[0]: error:0A000086:SSL routines::certificate verify failed". */
static void on_log(struct mosquitto *client, void *context, int level, const char *text)
{
    mqtt_broker *b = context;
    const char *colon = strrchr(text, ':');

    (void)client;
    if (level == MOSQ_LOG_ERR && strncmp(text, "OpenSSL", strlen("OpenSSL")) == 0)
        (void)format(b->detail, sizeof b->detail, "%s", colon != NULL ? colon + 1 : text);
}

/* ---- The thread ---- */

static uint64_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static struct timespec in_time(clockid_t clock, unsigned long wait)
{
    struct timespec end;

    clock_gettime(clock, &end);
    end.tv_nsec += (long)(wait % 1000) * 1000000;
    end.tv_sec += (time_t)(wait / 1000) + end.tv_nsec / 1000000000;
    end.tv_nsec %= 1000000000;
    return end;
}

/* Returns what was so before. */
static bool set_connected(mqtt_broker *b, bool connected)
{
    bool before;

    (void)pthread_mutex_lock(&b->mutex);
    before = b->connected;
    b->connected = connected;
    (void)pthread_cond_broadcast(&b->changed);
    (void)pthread_mutex_unlock(&b->mutex);
    if (before != connected && b->uses.connected != NULL)
        b->uses.connected(b->uses.context, connected);
    return before;
}

/* Returns what was so before. */
static told set_told(mqtt_broker *b, told now)
{
    told before;

    (void)pthread_mutex_lock(&b->mutex);
    before = b->told;
    b->told = now;
    (void)pthread_mutex_unlock(&b->mutex);
    return before;
}

static bool has_to_end(mqtt_broker *b)
{
    bool ending;

    (void)pthread_mutex_lock(&b->mutex);
    ending = b->ending;
    (void)pthread_mutex_unlock(&b->mutex);
    return ending;
}

/* The library has sent again what was not acknowledged when it returns from a loop in which the
 * broker took the connection: what is published after this comes later, as it should. */
static void greet(mqtt_broker *b)
{
    if (set_told(b, TOLD_NOTHING) != TOLD_NOTHING)
        log_event(&(log_about){.event = "broker_back", .at = b->address.name}, "%s: connected",
                  b->address.name);
    b->since = milliseconds();
    (void)set_connected(b, true);
}

static void tell_absence(const mqtt_broker *b, const char *what, const char *why)
{
    log_event(&(log_about){LOG_LEVEL_WARNING, "broker_lost", {NULL, 0}, b->address.name},
              "%s: %s%s", b->address.name, what, why);
}

/* Says why there is no connection, unless the like has been said. */
static void tell(mqtt_broker *b, int result)
{
    const char *why = mosquitto.mosquitto_strerror(result);
    told now = TOLD_ABSENT;

    if (b->refusal != NULL || b->detail[0] != '\0') {
        why = b->refusal != NULL ? b->refusal : b->detail;
        now = TOLD_REFUSED;
    }
    if (set_told(b, now) != now)
        tell_absence(b, "no connection: ", why);
}

static void lose(mqtt_broker *b, int result)
{
    bool stood = set_connected(b, false) && milliseconds() - b->since >= STOOD_MS;

    if (!has_to_end(b) && !b->older)
        tell(b, result);
    b->older = false;
    if (stood || b->pause == 0)
        b->pause = PAUSE_MS;
    else if (b->pause < LONGEST_PAUSE_MS)
        b->pause *= 2;
}

static void stay_connected(mqtt_broker *b, int result)
{
    b->greeted = false;
    while (result == MOSQ_ERR_SUCCESS && (b->greeted || !has_to_end(b))) {
        bool greeted = b->greeted;

        result = mosquitto.mosquitto_loop(b->client, LOOP_MS, 1);
        if (result == MOSQ_ERR_SUCCESS && b->greeted && !greeted)
            greet(b);
    }
    lose(b, result);
    b->refusal = NULL;
    b->detail[0] = '\0';
}

/* Returns false when it has to end. */
static bool wait_for_next(mqtt_broker *b)
{
    unsigned char chance = 0;
    struct timespec end;
    bool ending;

    (void)!getrandom(&chance, sizeof chance, 0);
    end = in_time(CLOCK_MONOTONIC, b->pause + (unsigned long)b->pause * chance / 256);
    (void)pthread_mutex_lock(&b->mutex);
    while (!b->ending && pthread_cond_timedwait(&b->changed, &b->mutex, &end) == 0)
        ;
    ending = b->ending;
    (void)pthread_mutex_unlock(&b->mutex);
    return !ending;
}

/* The library sets TLS up with the first connection that has it, and two threads that do so at once
 * are too many for it: such connections are made one after the other. */
static int connect_to(mqtt_broker *b, bool again)
{
    static pthread_mutex_t one_by_one = PTHREAD_MUTEX_INITIALIZER;
    bool tls = strcmp(b->address.scheme, "mqtts") == 0;
    unsigned port = tls ? PORT_TLS : PORT;
    int result;

    if (b->address.port != 0)
        port = b->address.port;
    if (tls)
        (void)pthread_mutex_lock(&one_by_one);
    if (again)
        result = mosquitto.mosquitto_reconnect(b->client);
    else
        result = mosquitto.mosquitto_connect(b->client, b->address.host, (int)port, KEEPALIVE);
    if (tls)
        (void)pthread_mutex_unlock(&one_by_one);
    return result;
}

static void *work(void *context)
{
    mqtt_broker *b = context;

    stay_connected(b, connect_to(b, false));
    while (wait_for_next(b)) {
        mqtt_client_renew(b->client, &b->address);
        stay_connected(b, connect_to(b, true));
    }
    return NULL;
}

/* ---- The start ---- */

static bool is_for_us(const url *u)
{
    if (strcmp(u->scheme, "mqtt") != 0 && strcmp(u->scheme, "mqtts") != 0)
        report("%s: not mqtt:// or mqtts://", u->name);
    else if (strchr(u->hosts, ',') != NULL)
        report("%s: one broker is enough", u->name);
    else
        return true;
    return false;
}

mqtt_broker *mqtt_broker_new(const char *option, const char *text, const char *const *known)
{
    pthread_condattr_t attributes;
    mqtt_broker *b;
    url address;

    if (!url_read(&address, text, known))
        return NULL;
    if (!is_for_us(&address) || !mqtt_client_load(option)) {
        url_free(&address);
        return NULL;
    }
    b = reallocate(NULL, sizeof *b);
    *b = (mqtt_broker){.address = address};
    (void)pthread_mutex_init(&b->mutex, NULL);
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&b->changed, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    return b;
}

static void set_callbacks(mqtt_broker *b)
{
    mosquitto.mosquitto_connect_callback_set(b->client, on_connect);
    mosquitto.mosquitto_log_callback_set(b->client, on_log);
    mosquitto.mosquitto_subscribe_callback_set(b->client, on_subscribe);
    if (b->uses.message != NULL)
        mosquitto.mosquitto_message_callback_set(b->client, on_message);
    mosquitto.mosquitto_publish_v5_callback_set(b->client, on_publish);
}

bool mqtt_broker_start(mqtt_broker *b, const mqtt_uses *uses)
{
    b->uses = *uses;
    b->with_reasons = uses->reasons;
    b->client = mqtt_client_new(&b->address, uses->session, b);
    if (b->client == NULL)
        return false;
    if (uses->reasons)
        (void)mosquitto.mosquitto_int_option(b->client, MOSQ_OPT_PROTOCOL_VERSION,
                                             MQTT_PROTOCOL_V5);
    set_callbacks(b);
    b->started = pthread_create(&b->thread, NULL, work, b) == 0;
    if (!b->started)
        report("%s: no thread for it", b->address.name);
    return b->started;
}

const url *mqtt_broker_url(const mqtt_broker *b)
{
    return &b->address;
}

bool mqtt_broker_flag(const mqtt_broker *b, const char *name, bool *flag)
{
    const char *value = url_parameter_of(&b->address, name);

    if (value == NULL)
        return true;
    *flag = strcmp(value, "1") == 0;
    if (*flag || strcmp(value, "0") == 0)
        return true;
    report("%s: parameter %s is 0 or 1", b->address.name, name);
    return false;
}

bool mqtt_broker_topic(const mqtt_broker *b, const char *topic)
{
    size_t size = strlen(topic);

    if (size > 0 && topic[size - 1] != '/' && strncmp(topic, "$share/", strlen("$share/")) != 0 &&
        mosquitto.mosquitto_pub_topic_check(topic) == MOSQ_ERR_SUCCESS &&
        mosquitto.mosquitto_validate_utf8(topic, (int)size) == MOSQ_ERR_SUCCESS)
        return true;
    report("%s: the topic is empty, ends in '/', is a shared one, or has '+', '#' or bytes that no "
           "topic has",
           b->address.name);
    return false;
}

/* ---- While it is there ---- */

void mqtt_broker_wait(mqtt_broker *b, unsigned wait)
{
    struct timespec end = in_time(CLOCK_MONOTONIC, wait);

    bool untold;

    (void)pthread_mutex_lock(&b->mutex);
    while (!b->connected && pthread_cond_timedwait(&b->changed, &b->mutex, &end) == 0)
        ;
    untold = !b->connected && b->told == TOLD_NOTHING;
    if (untold)
        b->told = TOLD_ABSENT;
    (void)pthread_mutex_unlock(&b->mutex);
    if (untold)
        tell_absence(b, "no connection yet", "");
}

mqtt_fate mqtt_broker_publish(mqtt_broker *b, const char *topic, execwire_str payload, int qos,
                              bool retain, int *id)
{
    switch (mosquitto.mosquitto_publish(b->client, id, topic, (int)payload.size, payload.data, qos,
                                        retain)) {
    case MOSQ_ERR_SUCCESS:
        return MQTT_TAKEN;
    case MOSQ_ERR_INVAL:
    case MOSQ_ERR_MALFORMED_UTF8:
    case MOSQ_ERR_PAYLOAD_SIZE:
    case MOSQ_ERR_OVERSIZE_PACKET:
        return MQTT_INVALID;
    default: /* of all that there are, or will be */
        return MQTT_REFUSED;
    }
}

/* ---- The end ---- */

static bool has_ended(const mqtt_broker *b)
{
    struct timespec end = in_time(CLOCK_REALTIME, END_MS);

    return pthread_timedjoin_np(b->thread, NULL, &end) == 0;
}

bool mqtt_broker_free(mqtt_broker *b)
{
    (void)pthread_mutex_lock(&b->mutex);
    b->ending = true;
    (void)pthread_cond_broadcast(&b->changed);
    (void)pthread_mutex_unlock(&b->mutex);
    if (b->started) {
        (void)mosquitto.mosquitto_disconnect(b->client);
        if (!has_ended(b))
            return false;
    }
    if (b->client != NULL)
        mosquitto.mosquitto_destroy(b->client);
    (void)pthread_cond_destroy(&b->changed);
    (void)pthread_mutex_destroy(&b->mutex);
    url_free(&b->address);
    free(b);
    return true;
}

#endif
