/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/io.h"
#include "cli/base/report.h"

#ifdef EXECWIRE_LIBMOSQUITTO

#include "cli/carrier/mqtt_client.h"

#include <fcntl.h>
#include <string.h>

/* What is published before an acknowledgment; all that may be at a time. */
#define INFLIGHT 65535

mqtt_calls mosquitto;

bool mqtt_client_load(const char *option)
{
#define CALL_OF(call) {#call, &mosquitto.call},
    static const library_call calls[] = {MQTT_CALLS(CALL_OF)};
    static bool loaded; /* and in use by threads */

    if (loaded)
        return true;
    if (!library_load(EXECWIRE_LIBMOSQUITTO, option, calls, sizeof calls / sizeof *calls))
        return false;
    (void)mosquitto.mosquitto_lib_init();
    loaded = true;
    return true;
}

/* A key with a passphrase is not asked for one: nobody may be there. */
static int no_passphrase(char *text, int size, int writing, void *context)
{
    (void)text;
    (void)size;
    (void)writing;
    (void)context;
    return 0;
}

static bool is_readable(const char *path)
{
    int fd = path != NULL ? io_open(path, O_RDONLY | O_CLOEXEC) : -1;

    if (path != NULL && fd < 0)
        (void)report_errno(path);
    if (fd >= 0)
        (void)io_close(fd);
    return path == NULL || fd >= 0;
}

static bool set_tls(struct mosquitto *client, const url *u)
{
    const char *ca = url_parameter_of(u, "ca");
    const char *cert = url_parameter_of(u, "cert");
    const char *key = url_parameter_of(u, "key");
    int result = MOSQ_ERR_SUCCESS;

    if (strcmp(u->scheme, "mqtts") != 0) {
        if (ca == NULL && cert == NULL && key == NULL)
            return true;
        report("%s: ca, cert and key are for mqtts://", u->name);
        return false;
    }
    if ((cert == NULL) != (key == NULL) || (cert != NULL && ca == NULL)) {
        report("%s: cert and key go together, and with ca", u->name);
        return false;
    }
    if (!is_readable(ca) || !is_readable(cert) || !is_readable(key))
        return false;
    if (ca == NULL)
        result = mosquitto.mosquitto_int_option(client, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
    else
        result = mosquitto.mosquitto_tls_set(client, ca, NULL, cert, key, no_passphrase);
    if (result != MOSQ_ERR_SUCCESS)
        report("%s: TLS: %s", u->name, mosquitto.mosquitto_strerror(result));
    return result == MOSQ_ERR_SUCCESS;
}

static bool set_user(struct mosquitto *client, const url *u)
{
    return *u->user == '\0' ||
           mosquitto.mosquitto_username_pw_set(
               client, u->user, *u->password != '\0' ? u->password : NULL) == MOSQ_ERR_SUCCESS;
}

void mqtt_client_renew(struct mosquitto *client, url *u)
{
    if (url_reread_password(u))
        (void)set_user(client, u);
}

struct mosquitto *mqtt_client_new(const url *u, bool session, void *context)
{
    const char *id = url_parameter_of(u, "client");
    struct mosquitto *client;

    if (session && id == NULL) {
        report("%s: clean=0 needs client=ID, by which the broker knows whom it is for", u->name);
        return NULL;
    }
    client = mosquitto.mosquitto_new(id, !session, context);
    if (client == NULL) {
        (void)report_errno(u->name);
        return NULL;
    }
    (void)mosquitto.mosquitto_threaded_set(client, true);
    (void)mosquitto.mosquitto_max_inflight_messages_set(client, INFLIGHT);
    if (set_user(client, u) && set_tls(client, u))
        return client;
    mosquitto.mosquitto_destroy(client);
    return NULL;
}

#endif
