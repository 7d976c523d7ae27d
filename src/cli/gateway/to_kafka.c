/* States to a topic of Kafka, by librdkafka: kafka://HOST[:PORT][,HOST..]/TOPIC?PROPERTY=VALUE&..
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/gateway/letter.h"

#ifdef EXECWIRE_LIBRDKAFKA

#include "cli/base/log.h"
#include "cli/carrier/library.h"
#include "cli/carrier/url.h"
#include "cli/link.h"

#include <librdkafka/rdkafka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* What failed is tried again after so long. */
#define AGAIN_MS 1000
/* Why something is refused, as librdkafka says it. */
#define REASON_SIZE 512
#define TOPIC_SIZE  249
#define OF_TOPIC    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

#define CALLS(CALL)                                                                                \
    CALL(rd_kafka_conf_destroy)                                                                    \
    CALL(rd_kafka_conf_new)                                                                        \
    CALL(rd_kafka_conf_set)                                                                        \
    CALL(rd_kafka_conf_set_events)                                                                 \
    CALL(rd_kafka_conf_set_log_cb)                                                                 \
    CALL(rd_kafka_destroy)                                                                         \
    CALL(rd_kafka_err2str)                                                                         \
    CALL(rd_kafka_error_code)                                                                      \
    CALL(rd_kafka_error_destroy)                                                                   \
    CALL(rd_kafka_event_destroy)                                                                   \
    CALL(rd_kafka_event_error)                                                                     \
    CALL(rd_kafka_event_error_string)                                                              \
    CALL(rd_kafka_event_message_next)                                                              \
    CALL(rd_kafka_event_type)                                                                      \
    CALL(rd_kafka_fatal_error)                                                                     \
    CALL(rd_kafka_new)                                                                             \
    CALL(rd_kafka_produceva)                                                                       \
    CALL(rd_kafka_purge)                                                                           \
    CALL(rd_kafka_queue_destroy)                                                                   \
    CALL(rd_kafka_queue_get_main)                                                                  \
    CALL(rd_kafka_queue_io_event_enable)                                                           \
    CALL(rd_kafka_queue_poll)

static struct {
    CALLS(LIBRARY_MEMBER)
} kafka;
#define CALL_OF(call) {#call, &kafka.call},
static const library_call calls[] = {CALLS(CALL_OF)};

/* Letters are kept in their order until all have been taken. When one has failed it is sent again,
 * and so are those behind it, whatever became of them: of all states of an execution the newest is
 * the last in its partition. */
typedef struct kafka_engine {
    engine base; /* comes first */
    url place;
    rd_kafka_t *handle; /* NULL: failed for good, and is to be opened anew */
    rd_kafka_queue_t *queue;
    letter *first;
    letter **end;
    size_t sent;              /* letters that librdkafka has */
    uint64_t again_at;        /* when what has failed is sent again */
    bool too_large;           /* one of many is, for the broker; it is not known which */
    bool one_by_one;          /* so they are sent */
    rd_kafka_resp_err_t told; /* the error that was said last */
} kafka_engine;

/* ---- Properties ---- */

static bool set(rd_kafka_conf_t *conf, const char *name, const char *value, const char *of)
{
    char why[REASON_SIZE];

    if (kafka.rd_kafka_conf_set(conf, name, value, why, sizeof why) == RD_KAFKA_CONF_OK)
        return true;
    report("%s: %s", of, why);
    return false;
}

/* What a promise of the engine rests on, and what stands elsewhere in the URL. */
static bool is_ours(const char *name)
{
    static const char *const ours[] = {"acks",
                                       "bootstrap.servers",
                                       "enable.idempotence",
                                       "metadata.broker.list",
                                       "request.required.acks",
                                       "transactional.id"};

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (strcmp(ours[i], name) == 0)
            return true;
    return false;
}

/* A password goes nowhere unencrypted unless the URL says so. */
static bool set_user(rd_kafka_conf_t *conf, const url *u)
{
    return *u->user == '\0' || (set(conf, "security.protocol", "SASL_SSL", u->name) &&
                                set(conf, "sasl.mechanism", "PLAIN", u->name) &&
                                set(conf, "sasl.username", u->user, u->name) &&
                                set(conf, "sasl.password", u->password, u->name));
}

/* Those of the URL come last, and may take the place of ours. */
static bool set_all(rd_kafka_conf_t *conf, const url *u)
{
    if (!set(conf, "bootstrap.servers", u->hosts, u->name) ||
        !set(conf, "enable.idempotence", "true", u->name) || !set(conf, "acks", "all", u->name) ||
        !set(conf, "message.timeout.ms", "0", u->name) ||
        !set(conf, "client.id", "execwire", u->name) || !set_user(conf, u))
        return false;
    for (unsigned i = 0; i < u->parameter_count; i++) {
        const url_parameter *p = &u->parameters[i];

        if (strcmp(p->name, URL_PASSWORD_FILE) == 0)
            continue;
        if (is_ours(p->name)) {
            report("%s: %s is not to be changed", u->name, p->name);
            return false;
        }
        if (!set(conf, p->name, p->value, u->name))
            return false;
    }
    return true;
}

/* What librdkafka says beside its errors is for those who ask for it, with `debug`. */
static void log_line(const rd_kafka_t *handle, int level, const char *from, const char *text)
{
    (void)handle;
    (void)level;
    log_event(&(log_about){.event = "kafka"}, "kafka: %s: %s", from, text);
}

static void log_nothing(const rd_kafka_t *handle, int level, const char *from, const char *text)
{
    (void)handle;
    (void)level;
    (void)from;
    (void)text;
}

/* ---- Start and end ---- */

static bool open_handle(kafka_engine *k)
{
    static const uint64_t one = 1;
    rd_kafka_conf_t *conf = kafka.rd_kafka_conf_new();
    bool debug = url_parameter_of(&k->place, "debug") != NULL;

    kafka.rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
    kafka.rd_kafka_conf_set_log_cb(conf, debug ? log_line : log_nothing);
    if (set_all(conf, &k->place)) {
        char why[REASON_SIZE];

        k->handle = kafka.rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
        if (k->handle == NULL)
            report("%s: %s", k->base.name, why);
    }
    if (k->handle == NULL) {
        kafka.rd_kafka_conf_destroy(conf);
        return false;
    }
    k->queue = kafka.rd_kafka_queue_get_main(k->handle);
    kafka.rd_kafka_queue_io_event_enable(k->queue, k->base.fd, &one, sizeof one);
    return true;
}

/* What it had is ours again. */
static void close_handle(kafka_engine *k)
{
    if (k->handle == NULL)
        return;
    kafka.rd_kafka_queue_destroy(k->queue);
    kafka.rd_kafka_destroy(k->handle);
    k->handle = NULL;
    k->sent = 0;
    for (letter *l = k->first; l != NULL; l = l->next)
        if (l->mark == LETTER_SENT)
            l->mark = LETTER_NEW;
}

static void drop_letters(kafka_engine *k)
{
    while (k->first != NULL) {
        letter *next = k->first->next;

        free(k->first);
        k->first = next;
    }
    k->end = &k->first;
}

static void close_kafka(engine *e)
{
    kafka_engine *k = (kafka_engine *)e;

    close_handle(k);
    drop_letters(k);
    url_free(&k->place);
    (void)close(e->fd);
    free(k);
}

/* ---- What is said ---- */

/* An error is said once, until something is taken again. */
static void tell_error(kafka_engine *k, rd_kafka_resp_err_t code, const char *text)
{
    if (k->told == code)
        return;
    k->told = code;
    log_event(&(log_about){LOG_LEVEL_WARNING, "engine_fails", {NULL, 0}, k->base.name}, "%s: %s",
              k->base.name, text);
}

static void tell_taken(kafka_engine *k)
{
    if (k->told != RD_KAFKA_RESP_ERR_NO_ERROR)
        log_event(&(log_about){.event = "engine_takes", .at = k->base.name},
                  "%s takes states again", k->base.name);
    k->told = RD_KAFKA_RESP_ERR_NO_ERROR;
}

static void refuse(kafka_engine *k, letter *l, rd_kafka_resp_err_t code)
{
    execwire_str node = {l->bytes + l->key_size, l->node_size};

    l->mark = LETTER_REFUSED;
    k->base.waiting--;
    k->base.refused++;
    log_event(&(log_about){LOG_LEVEL_ERROR, "state_refused", node, k->base.name},
              "%s refuses a state, %.*s: %s", k->base.name, (int)l->key_size, l->bytes,
              kafka.rd_kafka_err2str(code));
}

/* ---- Sending ---- */

/* What is wrong with the state itself, which another time would not mend. */
static bool is_refusal(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ||
           code == RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE ||
           code == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE ||
           code == RD_KAFKA_RESP_ERR_INVALID_RECORD;
}

static void fail(kafka_engine *k, letter *l, rd_kafka_resp_err_t code)
{
    l->mark = LETTER_NEW;
    k->again_at = link_now() + AGAIN_MS;
    tell_error(k, code, kafka.rd_kafka_err2str(code));
}

/* Hands a letter over, whose memory is lent until librdkafka says what became of it. */
static void post(kafka_engine *k, letter *l)
{
    char *node = l->bytes + l->key_size;
    const rd_kafka_vu_t parts[] = {
        {RD_KAFKA_VTYPE_TOPIC, {.cstr = k->place.path}},
        {RD_KAFKA_VTYPE_KEY, {.mem = {l->bytes, l->key_size}}},
        {RD_KAFKA_VTYPE_VALUE, {.mem = {node + l->node_size, l->size}}},
        {RD_KAFKA_VTYPE_OPAQUE, {.ptr = l}},
        {RD_KAFKA_VTYPE_HEADER, {.header = {"Content-Type", ENGINE_CONTENT_TYPE, -1}}},
        {RD_KAFKA_VTYPE_HEADER, {.header = {"Execwire-Schema", ENGINE_SCHEMA, -1}}},
        {RD_KAFKA_VTYPE_HEADER, {.header = {"Execwire-Node", node, (ssize_t)l->node_size}}}};
    rd_kafka_error_t *error =
        kafka.rd_kafka_produceva(k->handle, parts, sizeof parts / sizeof *parts);
    rd_kafka_resp_err_t code = kafka.rd_kafka_error_code(error);

    if (error == NULL) {
        l->mark = LETTER_SENT;
        k->sent++;
        return;
    }
    if (is_refusal(code))
        refuse(k, l, code);
    else
        fail(k, l, code);
    kafka.rd_kafka_error_destroy(error);
}

/* Sends what has failed and all that is behind it, or one after the other. */
static void send_again(kafka_engine *k)
{
    bool failed = false;

    k->one_by_one = k->too_large;
    if (k->handle == NULL && !open_handle(k))
        return;
    for (letter *l = k->first; l != NULL; l = l->next) {
        failed = failed || l->mark == LETTER_NEW;
        if (!failed || l->mark == LETTER_REFUSED)
            continue;
        k->base.waiting += l->mark == LETTER_TAKEN;
        l->mark = LETTER_NEW;
        if (k->one_by_one && k->sent > 0)
            continue;
        k->base.repeated++;
        post(k, l);
    }
}

/* ---- States ---- */

static outcome put(engine *e, const delivery *d)
{
    kafka_engine *k = (kafka_engine *)e;
    letter *l = letter_new(d);

    *k->end = l;
    k->end = &l->next;
    e->waiting++;
    if (k->handle != NULL)
        post(k, l);
    return l->mark == LETTER_REFUSED ? OUTCOME_DATA : OUTCOME_GOOD;
}

/* ---- What librdkafka says ---- */

static void take_report(kafka_engine *k, const rd_kafka_message_t *message)
{
    letter *l = message->_private;

    k->sent--;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        l->mark = LETTER_TAKEN;
        k->base.waiting--;
        tell_taken(k);
    } else if (!is_refusal(message->err)) {
        fail(k, l, message->err);
    } else if (k->one_by_one) {
        refuse(k, l, message->err);
    } else {
        l->mark = LETTER_NEW; /* what one is too large for, all of its batch are told */
        k->too_large = true;
    }
}

/* A broker that is away, of many, is nothing that anybody misses. */
static void take_error(kafka_engine *k, rd_kafka_event_t *event)
{
    rd_kafka_resp_err_t code = kafka.rd_kafka_event_error(event);

    if (code != RD_KAFKA_RESP_ERR__TRANSPORT)
        tell_error(k, code, kafka.rd_kafka_event_error_string(event));
}

static void take_reports(kafka_engine *k, rd_kafka_event_t *event)
{
    const rd_kafka_message_t *message;

    while ((message = kafka.rd_kafka_event_message_next(event)) != NULL)
        take_report(k, message);
}

static void take_events(kafka_engine *k)
{
    rd_kafka_event_t *event;

    while ((event = kafka.rd_kafka_queue_poll(k->queue, 0)) != NULL) {
        if (kafka.rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR)
            take_error(k, event);
        else
            take_reports(k, event);
        kafka.rd_kafka_event_destroy(event);
    }
}

static bool settle(engine *e)
{
    kafka_engine *k = (kafka_engine *)e;
    uint64_t seen;

    (void)!read(e->fd, &seen, sizeof seen);
    if (k->handle != NULL)
        take_events(k);
    if (k->handle != NULL &&
        kafka.rd_kafka_fatal_error(k->handle, NULL, 0) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        close_handle(k);
        k->again_at = link_now() + AGAIN_MS;
    }
    if (e->waiting > 0 && k->sent == 0 && link_now() >= k->again_at)
        send_again(k);
    if (e->waiting > 0)
        return false;
    for (const letter *l = k->first; l != NULL; l = l->next)
        e->taken += l->mark == LETTER_TAKEN;
    drop_letters(k);
    k->too_large = k->one_by_one = false;
    return true;
}

/* ---- Opening ---- */

static bool has_topic(const url *u)
{
    size_t size = strlen(u->path);

    if (size > 0 && size <= TOPIC_SIZE && strspn(u->path, OF_TOPIC) == size)
        return true;
    report("%s: after the hosts stands /TOPIC, of at most %d letters, digits, '.', '_' and '-'",
           u->name, TOPIC_SIZE);
    return false;
}

engine *engine_open_kafka(const char *text)
{
    static const engine_kind kind = {
        .scheme = "kafka", .put = put, .settle = settle, .close = close_kafka};
    kafka_engine *k;

    if (!library_load(EXECWIRE_LIBRDKAFKA, "--to kafka://", calls, sizeof calls / sizeof *calls))
        return NULL;
    k = reallocate(NULL, sizeof *k);
    *k = (kafka_engine){.base = {.kind = &kind}};
    k->end = &k->first;
    if (!url_read(&k->place, text, NULL)) {
        free(k);
        return NULL;
    }
    k->base.name = k->place.name;
    k->base.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (k->base.fd < 0)
        (void)report_errno("eventfd");
    if (k->base.fd >= 0 && has_topic(&k->place) && open_handle(k))
        return &k->base;
    close_kafka(&k->base);
    return NULL;
}

#else

engine *engine_open_kafka(const char *text)
{
    (void)text;
    report("--to kafka:// is not in this build, which has no librdkafka");
    return NULL;
}

#endif
