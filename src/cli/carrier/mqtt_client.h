/* libmosquitto's calls, and a client of it as a URL wants it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_MQTT_CLIENT_H
#define EXECWIRE_CLI_MQTT_CLIENT_H

#include "cli/carrier/library.h"
#include "cli/carrier/url.h"

#include <mosquitto.h>

#define MQTT_CALLS(CALL)                                                                           \
    CALL(mosquitto_lib_init)                                                                       \
    CALL(mosquitto_new)                                                                            \
    CALL(mosquitto_destroy)                                                                        \
    CALL(mosquitto_threaded_set)                                                                   \
    CALL(mosquitto_int_option)                                                                     \
    CALL(mosquitto_max_inflight_messages_set)                                                      \
    CALL(mosquitto_username_pw_set)                                                                \
    CALL(mosquitto_tls_set)                                                                        \
    CALL(mosquitto_connect)                                                                        \
    CALL(mosquitto_reconnect)                                                                      \
    CALL(mosquitto_disconnect)                                                                     \
    CALL(mosquitto_loop)                                                                           \
    CALL(mosquitto_publish)                                                                        \
    CALL(mosquitto_subscribe)                                                                      \
    CALL(mosquitto_pub_topic_check)                                                                \
    CALL(mosquitto_validate_utf8)                                                                  \
    CALL(mosquitto_strerror)                                                                       \
    CALL(mosquitto_connack_string)                                                                 \
    CALL(mosquitto_reason_string)                                                                  \
    CALL(mosquitto_connect_callback_set)                                                           \
    CALL(mosquitto_subscribe_callback_set)                                                         \
    CALL(mosquitto_message_callback_set)                                                           \
    CALL(mosquitto_publish_v5_callback_set)                                                        \
    CALL(mosquitto_log_callback_set)

typedef struct mqtt_calls {
    MQTT_CALLS(LIBRARY_MEMBER)
} mqtt_calls;
extern mqtt_calls mosquitto; /* after mqtt_client_load */

/* Finds the library. False: reported, as what `option` needs. */
EXECWIRE_MUST_USE bool mqtt_client_load(const char *option);

/* A client with the URL's id, user and TLS, for which the broker keeps a session or none. NULL:
 * reported. */
struct mosquitto *mqtt_client_new(const url *u, bool session, void *context);

/* What is to hold for the next connection: the password, of a file that is read again. */
void mqtt_client_renew(struct mosquitto *client, url *u);

#endif
