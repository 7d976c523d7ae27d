/* A connection to a broker of MQTT, on a thread of its own, that is made again whenever it is lost.
 * All that is known of libmosquitto is behind it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_MQTT_BROKER_H
#define EXECWIRE_CLI_MQTT_BROKER_H

#include "cli/carrier/url.h"

#include <stdint.h>

/* The parameters that every URL may have. */
#define MQTT_PARAMETERS "ca", "cert", "key", "client"
/* The largest topic, in bytes. */
#define MQTT_TOPIC_SIZE 65535

typedef struct mqtt_broker mqtt_broker;

/* What became of a message that was published. */
typedef enum mqtt_fate {
    MQTT_TAKEN,   /* QoS 0: it is on its way */
    MQTT_REFUSED, /* for now: the broker may change its mind */
    MQTT_INVALID  /* for good */
} mqtt_fate;

/* What the connection tells; on its own thread. */
typedef struct mqtt_uses {
    char *subscription; /* a topic, with wildcards; NULL: none */
    bool session;       /* the broker keeps it, and what comes meanwhile */
    bool reasons;       /* it matters why something is refused, which takes MQTT 5 */
    int qos;            /* of the subscription */
    void (*connected)(void *context, bool connected);
    void (*message)(void *context, const char *topic, const void *payload, size_t size);
    void (*published)(void *context, int id, mqtt_fate fate, const char *why);
    void *context;
} mqtt_uses;

/* Reads a URL, mqtt://.. or mqtts://.., which may have the parameters `known`. NULL: reported, as
 * what `option` says. */
mqtt_broker *mqtt_broker_new(const char *option, const char *text, const char *const *known);
const url *mqtt_broker_url(const mqtt_broker *b);

/* Reads a parameter that is 0 or 1. False: reported. */
EXECWIRE_MUST_USE bool mqtt_broker_flag(const mqtt_broker *b, const char *name, bool *flag);

/* Whether a topic can be published to; not with wildcards, nor for those who share a subscription.
 * False: reported. */
EXECWIRE_MUST_USE bool mqtt_broker_topic(const mqtt_broker *b, const char *topic);

/* Connects, or goes on trying. What is not NULL in `uses` is valid as long as the connection.
 * False: reported. */
EXECWIRE_MUST_USE bool mqtt_broker_start(mqtt_broker *b, const mqtt_uses *uses);

/* Waits until it is connected, at most so long; says that it is not, unless something was said of
 * it. */
void mqtt_broker_wait(mqtt_broker *b, unsigned milliseconds);

/* Publishes a message, which `published` tells of by its id, in its turn even where this fails:
 * MQTT_REFUSED is a connection that is lost just now, and with QoS 1 the message is sent when it is
 * there again. */
mqtt_fate mqtt_broker_publish(mqtt_broker *b, const char *topic, execwire_str payload, int qos,
                              bool retain, int *id);

/* Sends what was published and not sent, as far as the connection is there. False: the thread is
 * still at work, as when it asks for an address, and so is what it uses. */
bool mqtt_broker_free(mqtt_broker *b);

#endif
