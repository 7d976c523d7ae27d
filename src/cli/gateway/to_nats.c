/* States to a JetStream stream. At most one state of a subject is on its way at a time, so that
 * none that is published again comes behind a newer one.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/gateway/engine.h"

#include "cli/base/log.h"
#include "cli/carrier/nats_server.h"

#if defined(EXECWIRE_LIBNATS) && defined(EXECWIRE_LIBCRYPTO)

#include "cli/gateway/nats_state.h"
#include "cli/gateway/refusals.h"
#include "cli/gateway/tally.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A state that is not acknowledged within this time is published again. */
#define ACK_MS 5000
/* So long it waits after a refusal before it publishes again. */
#define AGAIN_MS 500
/* The server's errors that come back with any try: the message is larger than the stream takes. */
#define TOO_LARGE_FOR_STREAM 10054

/* A message that waits: to be published, or for the gateway's thread after it has failed. */
typedef struct publication publication;
struct publication {
    publication *next;
    natsMsg *message;
    char why[64]; /* it failed */
};

typedef struct publications {
    publication *first;
    publication *last;
} publications;

typedef struct nats_engine {
    engine base; /* comes first */
    nats_server server;
    jsCtx *stream;
    const char *stream_name; /* may be NULL */
    publications ready;      /* in the order of `put` */
    pthread_mutex_t mutex;   /* of what follows */
    publications failed;
    publications refused; /* that will never be taken, or are given up */
    refusals refusals;
    bool lanes[REFUSALS_LANES]; /* one of these subjects is on its way, or in `failed` */
    bool told;                  /* that some failed, and why */
    int64_t failed_at;
} nats_engine;

/* ---- Lists ---- */

static void add_last(publications *list, natsMsg *message)
{
    publication *p = reallocate(NULL, sizeof *p);

    *p = (publication){.message = message};
    if (list->first == NULL)
        list->first = p;
    else
        list->last->next = p;
    list->last = p;
}

/* All of `from` comes before what is in `list`. */
static void prepend(publications *list, publications *from)
{
    if (from->first == NULL)
        return;
    from->last->next = list->first;
    if (list->first == NULL)
        list->last = from->last;
    list->first = from->first;
    *from = (publications){.first = NULL};
}

static void drop_all(publications *list)
{
    while (list->first != NULL) {
        publication *p = list->first;

        list->first = p->next;
        nats.natsMsg_Destroy(p->message);
        free(p);
    }
    list->last = NULL;
}

/* ---- What becomes of a message ---- */

static size_t lane_number(const natsMsg *message)
{
    const char *subject = nats.natsMsg_GetSubject(message);

    return refusals_lane(subject, strlen(subject));
}

static bool *lane_of(nats_engine *e, const natsMsg *message)
{
    return &e->lanes[lane_number(message)];
}

static uint64_t milliseconds(void)
{
    return (uint64_t)nats.nats_Now();
}

static void add_failed(nats_engine *e, natsMsg *message, const jsPubAckErr *failed)
{
    const char *subject = nats.natsMsg_GetSubject(message);
    bool too_large = failed->ErrCode == TOO_LARGE_FOR_STREAM;
    publications *list = too_large || refusals_give_up(&e->refusals, subject, milliseconds())
                             ? &e->refused
                             : &e->failed;
    const char *why = failed->ErrText;

    if (too_large)
        why = "it is larger than the stream takes";
    else if (failed->Err == NATS_NO_RESPONDERS)
        why = "no stream takes its subjects";
    add_last(list, message);
    (void)format(list->last->why, sizeof list->last->why, "%s", why);
}

/* Called by a thread of the library. */
/* cppcheck-suppress constParameter ; the library's type */
static void on_answer(jsCtx *stream, natsMsg *message, jsPubAck *taken, jsPubAckErr *failed,
                      void *closure)
{
    nats_engine *e = closure;

    (void)stream;
    (void)pthread_mutex_lock(&e->mutex);
    if (taken != NULL) {
        *lane_of(e, message) = false;
        refusals_taken(&e->refusals, nats.natsMsg_GetSubject(message));
    } else {
        add_failed(e, message, failed);
    }
    (void)pthread_mutex_unlock(&e->mutex);
    if (taken == NULL) {
        tally_wake(&e->base);
        return;
    }
    nats.natsMsg_Destroy(message);
    tally_take(&e->base, 1);
}

static void refuse(nats_engine *e, natsMsg *message, const char *why)
{
    log_event(&(log_about){LOG_LEVEL_ERROR, "state_refused", {NULL, 0}, e->base.name},
              "--to %s: %s is refused: %s", e->base.name, nats.natsMsg_GetSubject(message), why);
    nats.natsMsg_Destroy(message);
    e->base.refused++;
}

/* Returns how many there are. */
static size_t free_lanes(nats_engine *e, const publications *list)
{
    size_t count = 0;

    for (const publication *p = list->first; p != NULL; p = p->next, count++)
        *lane_of(e, p->message) = false;
    return count;
}

/* What has failed is published again after a while, before what came later. */
static void take_back(nats_engine *e)
{
    publications refused;

    (void)pthread_mutex_lock(&e->mutex);
    if (e->failed.first != NULL) {
        if (!e->told)
            log_event(&(log_about){LOG_LEVEL_WARNING, "engine_fails", {NULL, 0}, e->base.name},
                      "--to %s: %s, which is tried again", e->base.name, e->failed.last->why);
        e->told = true;
        e->failed_at = nats.nats_Now();
        e->base.repeated += free_lanes(e, &e->failed);
    }
    prepend(&e->ready, &e->failed);
    e->base.refuses = e->refusals.count > 0;
    (void)free_lanes(e, &e->refused);
    refused = e->refused;
    e->refused = (publications){.first = NULL};
    (void)pthread_mutex_unlock(&e->mutex);
    for (publication *p = refused.first; p != NULL; p = p->next) {
        refuse(e, p->message, p->why);
        p->message = NULL;
        e->base.waiting--;
    }
    drop_all(&refused);
}

/* ---- Publishing ---- */

/* Its answer may come before this returns. */
static natsStatus publish(nats_engine *e, natsMsg **message)
{
    bool *lane = lane_of(e, *message);
    jsPubOptions options;
    natsStatus status = nats.jsPubOptions_Init(&options);

    options.MaxWait = ACK_MS;
    options.ExpectStream = e->stream_name;
    (void)pthread_mutex_lock(&e->mutex);
    *lane = true;
    (void)pthread_mutex_unlock(&e->mutex);
    if (status == NATS_OK)
        status = nats.js_PublishMsgAsync(e->stream, message, &options);
    if (status != NATS_OK) {
        (void)pthread_mutex_lock(&e->mutex);
        *lane = false;
        (void)pthread_mutex_unlock(&e->mutex);
    }
    return status;
}

/* Publishes what waits, except for what comes behind another of its subject. `busy` is what lanes
 * were before the first was looked at: one that becomes free meanwhile is not for what comes
 * behind another that waits. False: no more can be published now. */
static bool publish_first(nats_engine *e, publication *p, bool busy[REFUSALS_LANES])
{
    size_t lane = lane_number(p->message);
    natsStatus status;

    if (busy[lane])
        return true;
    busy[lane] = true;
    status = publish(e, &p->message);
    if (status == NATS_MAX_PAYLOAD) {
        refuse(e, p->message, nats.natsStatus_GetText(status));
        p->message = NULL;
        e->base.waiting--;
        return true;
    }
    return status == NATS_OK;
}

static void publish_all(nats_engine *e)
{
    publications waiting = e->ready;
    publications kept = {.first = NULL};
    bool busy[REFUSALS_LANES];
    int64_t now = nats.nats_Now();
    bool more = nats_server_is_there(&e->server) && e->stream != NULL &&
                (now < e->failed_at || now - e->failed_at >= AGAIN_MS);

    if (!more)
        return;
    e->ready = (publications){.first = NULL};
    (void)pthread_mutex_lock(&e->mutex);
    memcpy(busy, e->lanes, sizeof busy);
    (void)pthread_mutex_unlock(&e->mutex);
    while (more && waiting.first != NULL) {
        publication *p = waiting.first;

        more = publish_first(e, p, busy);
        waiting.first = p->next;
        if (p->message != NULL)
            add_last(&kept, p->message);
        free(p);
    }
    prepend(&waiting, &kept);
    e->ready = waiting;
}

/* ---- The engine ---- */

static outcome put(engine *base, const delivery *d)
{
    nats_engine *e = (nats_engine *)base;
    natsMsg *message = nats_state_message(d, e->server.url.path);
    int64_t most =
        e->server.connection != NULL ? nats.natsConnection_GetMaxPayload(e->server.connection) : 0;

    if (most > 0 && (int64_t)d->message.size > most) {
        refuse(e, message, "it is larger than the server takes (max_payload)");
        return OUTCOME_DATA;
    }
    add_last(&e->ready, message);
    base->waiting++;
    return OUTCOME_GOOD;
}

/* What was on its way over a connection that is gone for good is published over the next. */
static void use_connection(nats_engine *e)
{
    jsOptions options;
    natsMsgList list = {.Msgs = NULL};
    publications lost = {.first = NULL};

    if (e->stream != NULL && nats.js_PublishAsyncGetPendingList(&list, e->stream) == NATS_OK) {
        for (int i = 0; i < list.Count; i++) {
            add_last(&lost, list.Msgs[i]);
            list.Msgs[i] = NULL;
        }
        nats.natsMsgList_Destroy(&list);
    }
    nats.jsCtx_Destroy(e->stream);
    e->stream = NULL;
    (void)pthread_mutex_lock(&e->mutex);
    memset(e->lanes, 0, sizeof e->lanes);
    prepend(&e->failed, &lost);
    (void)pthread_mutex_unlock(&e->mutex);
    (void)nats.jsOptions_Init(&options);
    options.PublishAsync.AckHandler = on_answer;
    options.PublishAsync.AckHandlerClosure = e;
    if (nats.natsConnection_JetStream(&e->stream, e->server.connection, &options) != NATS_OK)
        e->stream = NULL; /* tried again */
}

static bool settle(engine *base)
{
    nats_engine *e = (nats_engine *)base;

    if (nats_server_tend(&e->server) || (e->stream == NULL && e->server.connection != NULL))
        use_connection(e);
    (void)tally_settle(base);
    take_back(e);
    if (e->told && !base->refuses) {
        log_event(&(log_about){.event = "engine_takes", .at = base->name},
                  "--to %s: states are taken again", base->name);
        e->told = false;
    }
    publish_all(e);
    return base->waiting == 0;
}

static void reread(engine *base)
{
    nats_server_reread(&((nats_engine *)base)->server);
}

/* ---- Start and end ---- */

static void release(void *owner)
{
    nats_engine *e = owner;

    drop_all(&e->ready);
    drop_all(&e->failed);
    drop_all(&e->refused);
    tally_close(&e->base);
    (void)pthread_mutex_destroy(&e->mutex);
    free(e);
}

static void close_engine(engine *base)
{
    nats_engine *e = (nats_engine *)base;

    nats.jsCtx_Destroy(e->stream);
    nats_server_close(&e->server, release, e);
}

engine *engine_open_nats(const char *text)
{
    static const char *const known[] = {NATS_PARAMETERS, "stream", NULL};
    static const engine_kind kind = {
        .scheme = "nats", .put = put, .settle = settle, .reread = reread, .close = close_engine};
    nats_engine *e = memset(reallocate(NULL, sizeof *e), 0, sizeof *e);

    e->base = (engine){.kind = &kind, .fd = -1};
    e->refusals.separator = '.';
    if (!nats_state_load() || !tally_open(&e->base) ||
        !nats_server_open(&e->server, "--to", text, known)) {
        tally_close(&e->base);
        free(e);
        return NULL;
    }
    (void)pthread_mutex_init(&e->mutex, NULL); /* never fails where mutexes are plain memory */
    e->base.name = e->server.url.name;
    e->stream_name = url_parameter_of(&e->server.url, "stream");
    if (nats_server_tend(&e->server))
        use_connection(e);
    return &e->base;
}

#else

engine *engine_open_nats(const char *text)
{
    (void)text;
    report(NATS_MISSING " or no libcrypto", "--to nats://");
    return NULL;
}

#endif
