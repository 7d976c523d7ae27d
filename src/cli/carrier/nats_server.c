/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/nats_server.h"

#include "cli/base/log.h"

#include <stdlib.h>
#include <string.h>

#ifdef EXECWIRE_LIBNATS

nats_library nats;

#define CALL_OF(call) {#call, &nats.call},

/* So long it waits for a server to answer, to take what is written, and before it tries again. */
#define CONNECT_MS 2000
#define WRITE_MS   5000
#define AGAIN_MS   500
/* A connection that is silent is asked for an answer, and given up after two that do not come. */
#define PING_MS      5000
#define PINGS        2
#define CLOSE_MS     10000
#define MOST_SERVERS 32
#define SERVER_SIZE  300

enum { STATE_NONE, STATE_MISSING, STATE_THERE, STATE_LOST, STATE_CLOSED };

/* ---- What the library calls ---- */

static void set_presence(nats_presence *p, int is)
{
    atomic_store(&p->is, is);
}

static void on_there(natsConnection *connection, void *closure)
{
    (void)connection;
    set_presence(closure, STATE_THERE);
}

static void on_lost(natsConnection *connection, void *closure)
{
    (void)connection;
    set_presence(closure, STATE_LOST);
}

static void on_closed(natsConnection *connection, void *closure)
{
    (void)connection;
    set_presence(closure, STATE_CLOSED);
}

/* The library would print errors itself. Those that matter show in `presence`, or where a call
 * fails.
 */
static void on_error(natsConnection *connection, natsSubscription *subscription, natsStatus status,
                     void *closure)
{
    (void)connection;
    (void)subscription;
    (void)status;
    (void)closure;
}

/* ---- Options ---- */

static bool refuse(const nats_server *s, const char *why)
{
    report("%s %s: %s", s->option, s->url.name, why);
    return false;
}

bool nats_is_subject(const char *text)
{
    for (;;) {
        size_t size = strcspn(text, ".");

        if (size == 0)
            return false;
        for (; size > 0; size--, text++)
            if ((unsigned char)*text <= ' ' || *text == 0x7f || *text == '*' || *text == '>')
                return false;
        if (*text++ == '\0')
            return true;
    }
}

/* All hosts, each as a URL. */
static natsStatus set_servers(const nats_server *s)
{
    char texts[MOST_SERVERS][SERVER_SIZE];
    const char *servers[MOST_SERVERS];
    int count = 0;

    for (const char *at = s->url.hosts; at != NULL && count < MOST_SERVERS; count++) {
        const char *comma = strchr(at, ',');

        (void)format(texts[count], SERVER_SIZE, "%s://%.*s", s->url.scheme, (int)strcspn(at, ","),
                     at);
        servers[count] = texts[count];
        at = comma != NULL ? comma + 1 : NULL;
    }
    return nats.natsOptions_SetServers(s->way.options, servers, count);
}

/* A user without a password is a token, as in other clients' URLs. */
static natsStatus set_user(const nats_server *s)
{
    const char *creds = url_parameter_of(&s->url, "creds");

    if (creds != NULL)
        return nats.natsOptions_SetUserCredentialsFromFiles(s->way.options, creds, NULL);
    if (*s->url.user == '\0')
        return NATS_OK;
    if (*s->url.password == '\0')
        return nats.natsOptions_SetToken(s->way.options, s->url.user);
    return nats.natsOptions_SetUserInfo(s->way.options, s->url.user, s->url.password);
}

/* False: reported. */
static bool set_tls(const nats_server *s)
{
    const char *ca = url_parameter_of(&s->url, "ca");
    const char *cert = url_parameter_of(&s->url, "cert");
    const char *key = url_parameter_of(&s->url, "key");

    if (strcmp(s->url.scheme, "tls") != 0)
        return (ca == NULL && cert == NULL && key == NULL) ||
               refuse(s, "ca, cert and key are for tls://");
    if ((cert == NULL) != (key == NULL))
        return refuse(s, "cert and key need each other");
    if (nats.natsOptions_SetSecure(s->way.options, true) != NATS_OK)
        return refuse(s, "the library has no TLS");
    if (ca != NULL && nats.natsOptions_LoadCATrustedCertificates(s->way.options, ca) != NATS_OK)
        return refuse(s, "no certificates can be read from the file of ca");
    if (cert != NULL &&
        nats.natsOptions_LoadCertificatesChain(s->way.options, cert, key) != NATS_OK)
        return refuse(s, "cert and key cannot be read, or do not fit");
    return true;
}

static natsStatus set_patience(nats_server *s)
{
    natsOptions *o = s->way.options;
    natsStatus status = nats.natsOptions_SetTimeout(o, CONNECT_MS);

    if (status == NATS_OK)
        status = nats.natsOptions_SetWriteDeadline(o, WRITE_MS);
    if (status == NATS_OK)
        status = nats.natsOptions_SetPingInterval(o, PING_MS);
    if (status == NATS_OK)
        status = nats.natsOptions_SetMaxPingsOut(o, PINGS);
    if (status == NATS_OK)
        status = nats.natsOptions_SetMaxReconnect(o, -1); /* for ever */
    if (status == NATS_OK)
        status = nats.natsOptions_SetReconnectWait(o, AGAIN_MS);
    if (status == NATS_OK)
        status = nats.natsOptions_SetRetryOnFailedConnect(o, true, on_there, s->way.presence);
    return status;
}

static natsStatus set_callbacks(nats_server *s)
{
    natsOptions *o = s->way.options;
    natsStatus status = nats.natsOptions_SetReconnectedCB(o, on_there, s->way.presence);

    if (status == NATS_OK)
        status = nats.natsOptions_SetDisconnectedCB(o, on_lost, s->way.presence);
    if (status == NATS_OK)
        status = nats.natsOptions_SetClosedCB(o, on_closed, s->way.presence);
    if (status == NATS_OK)
        status = nats.natsOptions_SetErrorHandler(o, on_error, s);
    return status;
}

/* Nothing was made of it. */
static void drop_way(const nats_way *way)
{
    nats.natsOptions_Destroy(way->options);
    free(way->presence);
}

static nats_presence *new_presence(nats_presence *before)
{
    nats_presence *made = reallocate(NULL, sizeof *made);

    atomic_init(&made->is, STATE_NONE);
    made->before = before;
    return made;
}

static bool set_options(nats_server *s)
{
    natsStatus status;

    s->way = (nats_way){.presence = new_presence(s->way.presence)};
    status = nats.natsOptions_Create(&s->way.options);
    if (status == NATS_OK)
        status = nats.natsOptions_SetName(s->way.options, "execwire");
    if (status == NATS_OK)
        status = set_servers(s);
    if (status == NATS_OK)
        status = set_user(s);
    if (status == NATS_OK)
        status = set_patience(s);
    if (status == NATS_OK)
        status = set_callbacks(s);
    return (status == NATS_OK || refuse(s, nats.natsStatus_GetText(status))) && set_tls(s);
}

/* ---- The connection ---- */

static void use_next(nats_server *s)
{
    if (s->next.options == NULL)
        return;
    nats.natsOptions_Destroy(s->way.options);
    s->way = s->next;
    s->next = (nats_way){.options = NULL};
}

static void connect_to(nats_server *s)
{
    natsStatus status;

    nats.natsConnection_Destroy(s->connection);
    s->connection = NULL;
    use_next(s);
    s->tried = nats.nats_Now();
    set_presence(s->way.presence, STATE_MISSING);
    status = nats.natsConnection_Connect(&s->connection, s->way.options);
    if (status == NATS_OK)
        set_presence(s->way.presence, STATE_THERE);
    else if (status != NATS_NOT_YET_CONNECTED)
        set_presence(s->way.presence, STATE_CLOSED);
    s->fresh = s->connection != NULL;
}

/* The library gives up a server that refuses user and password; they may be known to it later. */
static const char *why_closed(const nats_server *s)
{
    const char *why = NULL;

    if (s->connection != NULL)
        (void)nats.natsConnection_GetLastError(s->connection, &why);
    else
        why = nats.nats_GetLastError(NULL);
    return why != NULL && *why != '\0' ? why : "closed";
}

static void tell(nats_server *s)
{
    const log_about lost = {LOG_LEVEL_WARNING, "broker_lost", {NULL, 0}, s->url.name};
    const log_about back = {.event = "broker_back", .at = s->url.name};
    int state = atomic_load(&s->way.presence->is);

    if (state == s->told)
        return;
    if (state == STATE_MISSING && s->told == STATE_NONE)
        log_event(&lost, "%s %s: no server yet, which is tried again", s->option, s->url.name);
    else if (state == STATE_THERE && s->told != STATE_NONE)
        log_event(&back, "%s %s: the server is there", s->option, s->url.name);
    else if (state == STATE_LOST)
        log_event(&lost, "%s %s: the server is gone, which is tried again", s->option, s->url.name);
    else if (state == STATE_CLOSED)
        log_event(&lost, "%s %s: no server lets it in (%s), which is tried again", s->option,
                  s->url.name, why_closed(s));
    if (state != STATE_MISSING || s->told != STATE_CLOSED) /* another try is no news */
        s->told = state;
}

/* The library itself connects again as before. */
static bool has_to_connect(const nats_server *s)
{
    int state = atomic_load(&s->way.presence->is);
    int64_t now = nats.nats_Now();

    if (state == STATE_LOST && s->next.options != NULL)
        return true;
    return state == STATE_CLOSED && (now < s->tried || now - s->tried >= CONNECT_MS);
}

bool nats_server_tend(nats_server *s)
{
    bool fresh;

    tell(s);
    if (has_to_connect(s)) {
        connect_to(s);
        tell(s);
    }
    fresh = s->fresh;
    s->fresh = false;
    return fresh;
}

void nats_server_reread(nats_server *s)
{
    const nats_way now = s->way;
    nats_way made;
    bool good;

    if (strcmp(s->url.scheme, "tls") != 0 && url_parameter_of(&s->url, URL_PASSWORD_FILE) == NULL)
        return;
    if (!url_reread_password(&s->url))
        return;
    good = set_options(s);
    made = s->way;
    s->way = now;
    drop_way(good ? &s->next : &made);
    if (good)
        s->next = made;
}

bool nats_server_is_there(const nats_server *s)
{
    return s->connection != NULL &&
           nats.natsConnection_Status(s->connection) == NATS_CONN_STATUS_CONNECTED;
}

/* ---- Start and end ---- */

/* The servers that are open, and those that are closed but not released. */
static unsigned open_count;
static nats_server *closed;

static void free_server(nats_server *s)
{
    nats.natsOptions_Destroy(s->way.options);
    drop_way(&s->next);
    url_free(&s->url);
}

static void free_presences(nats_server *s)
{
    while (s->way.presence != NULL) {
        nats_presence *before = s->way.presence->before;

        free(s->way.presence);
        s->way.presence = before;
    }
}

bool nats_server_open(nats_server *s, const char *option, const char *text,
                      const char *const *known)
{
    static const library_call calls[] = {NATS_CALLS(CALL_OF)};

    *s = (nats_server){.option = option};
    if (!library_load(EXECWIRE_LIBNATS, option, calls, sizeof calls / sizeof *calls) ||
        !url_read(&s->url, text, known))
        return false;
    if ((!nats_is_subject(s->url.path) &&
         !refuse(s, "the path is a subject without wildcards, such as nats://HOST/nodes")) ||
        !set_options(s)) {
        free_server(s);
        free_presences(s);
        return false;
    }
    open_count++;
    connect_to(s);
    tell(s);
    return true;
}

/* Where threads do not end in time, memory that they may use stays. */
static void release_all(void)
{
    bool ended = nats.nats_CloseAndWait(CLOSE_MS) == NATS_OK;

    while (ended && closed != NULL) {
        nats_server *s = closed;

        closed = s->behind;
        free_presences(s);
        s->release(s->owner);
    }
}

void nats_server_close(nats_server *s, void (*release)(void *owner), void *owner)
{
    nats.natsConnection_Destroy(s->connection);
    free_server(s);
    s->release = release;
    s->owner = owner;
    s->behind = closed;
    closed = s;
    if (--open_count == 0)
        release_all();
}

#endif
