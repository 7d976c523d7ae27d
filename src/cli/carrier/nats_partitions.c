/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/nats_partitions.h"

#ifdef EXECWIRE_LIBNATS

#include "cli/base/log.h"
#include "cli/base/option.h"
#include "cli/carrier/nats_consumer.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

/* So long a request to the server may take. */
#define REQUEST_MS 1000
/* So often it tries to begin, without a bucket. */
#define BEGIN_MS 1000
/* A lease is renewed so often within its TTL, and so much of it before its end, one part of these,
 * the partition is worked no more: clocks and whoever takes it next are given that. */
#define PARTS_OF_TTL 5
#define UP           ".up"
/* Of the subject before the partition, in bytes. */
#define PREFIX_MOST   255
#define SUBJECT_SIZE  (PREFIX_MOST + sizeof ".64.*" UP)
#define CONSUMER      "execwire-%u"
#define CONSUMER_SIZE sizeof "execwire-64"
#define ACKNOWLEDGED  "+ACK"

typedef enum part {
    PART_OTHERS, /* another gateway's, or nobody's */
    PART_WORKED,
    PART_LEAVING, /* no more frames are taken */
    PART_LEFT     /* and all that were taken are safe */
} part;

typedef struct partition {
    nats_partitions *of;
    unsigned number;
    uint64_t revision;        /* of the lease */
    natsSubscription *frames; /* these two are the thread's alone */
    part part;
    uint64_t until; /* when the lease is as good as over, in milliseconds */
    unsigned epoch; /* how often it was taken */
    char *reply;    /* where what was taken is acknowledged; NULL: it is */
} partition;

/* What stands before a frame in the queue, with the reply's text behind it. */
typedef struct ticket {
    unsigned partition;
    unsigned epoch;
    size_t size; /* of the text, with its NUL */
} ticket;

struct nats_partitions {
    const nats_server *server;
    size_t prefix; /* the size of what stands before PARTITION, with the '.' */
    const char *stream_name;
    const char *bucket_name;
    frame_queue *queue;
    bool running;
    jsCtx *stream;
    nats_leases leases; /* the thread's */
    pthread_t thread;
    atomic_bool stopping;
    int wake;
    const char *told;      /* what it waits for; NULL: nothing */
    pthread_mutex_t mutex; /* of what partitions have but for the thread's */
    partition all[NATS_LEASES_MOST];
    unsigned count;
    unsigned kept[CARRIER_BATCH]; /* of what was taken of the queue */
};

static uint64_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- What is said ---- */

static void say(const partition *one, log_level level, const char *event, const char *what)
{
    const char *name = one->of->server->url.name;

    log_event(&(log_about){level, event, {NULL, 0}, name}, "--nats %s: partition %u %s", name,
              one->number, what);
}

/* Once, until it works again or waits for something else. */
static void complain(nats_partitions *p, const char *of, const char *why)
{
    const char *name = p->server->url.name;

    if (p->told != of)
        log_event(&(log_about){LOG_LEVEL_WARNING, "partitions_wait", {NULL, 0}, name},
                  "--nats %s: %s: %s, which is tried again", name, of, why);
    p->told = of;
}

/* ---- Frames that come ---- */

/* Called by a thread of the library. */
static void on_frame(natsConnection *connection, natsSubscription *subscription, natsMsg *message,
                     void *closure)
{
    const partition *one = closure;
    nats_partitions *p = one->of;
    const char *source = nats.natsMsg_GetSubject(message) + p->prefix;
    const char *reply = nats.natsMsg_GetReply(message);
    size_t size = (size_t)nats.natsMsg_GetDataLength(message);
    ticket made = {one->number, 0, reply != NULL ? strlen(reply) + 1 : 0};
    char *queued = reallocate(NULL, sizeof made + made.size + size);

    (void)connection;
    (void)subscription;
    (void)pthread_mutex_lock(&p->mutex);
    made.epoch = one->epoch;
    (void)pthread_mutex_unlock(&p->mutex);
    memcpy(queued, &made, sizeof made);
    if (made.size > 0)
        memcpy(queued + sizeof made, reply, made.size);
    if (size > 0)
        memcpy(queued + sizeof made + made.size, nats.natsMsg_GetData(message), size);
    frame_queue_put(p->queue, (execwire_str){source, strlen(source) - strlen(UP)}, queued,
                    sizeof made + made.size + size);
    free(queued);
    nats.natsMsg_Destroy(message);
}

static ticket ticket_of(carrier_frame queued)
{
    ticket made;

    memcpy(&made, queued.bytes.data, sizeof made);
    return made;
}

/* With the mutex. */
static bool is_worked(const partition *one)
{
    return (one->part == PART_WORKED || one->part == PART_LEAVING) && milliseconds() < one->until;
}

/* Frames that came under a lease of before come again under the next, whoever has that. */
static bool keep(nats_partitions *p, carrier_frame queued)
{
    ticket made = ticket_of(queued);
    partition *one = &p->all[made.partition];

    if (one->part != PART_WORKED || !is_worked(one) || one->epoch != made.epoch || made.size == 0)
        return false;
    one->reply = reallocate(one->reply, made.size);
    memcpy(one->reply, queued.bytes.data + sizeof made, made.size);
    return true;
}

unsigned nats_partitions_take(nats_partitions *p, bool *more)
{
    unsigned taken = frame_queue_take(p->queue, more);
    unsigned kept = 0;

    (void)pthread_mutex_lock(&p->mutex);
    for (unsigned i = 0; i < taken; i++)
        if (keep(p, frame_queue_at(p->queue, i)))
            p->kept[kept++] = i;
    (void)pthread_mutex_unlock(&p->mutex);
    return kept;
}

carrier_frame nats_partitions_at(const nats_partitions *p, unsigned index)
{
    carrier_frame queued = frame_queue_at(p->queue, p->kept[index]);
    size_t before = sizeof(ticket) + ticket_of(queued).size;

    return (carrier_frame){queued.source, {queued.bytes.data + before, queued.bytes.size - before}};
}

/* An acknowledgment is of all before it as well. */
void nats_partitions_settle(nats_partitions *p)
{
    const uint64_t one_more = 1;

    (void)pthread_mutex_lock(&p->mutex);
    for (partition *one = p->all; one < p->all + p->count; one++) {
        if (one->reply != NULL && is_worked(one) && p->server->connection != NULL)
            (void)nats.natsConnection_Publish(p->server->connection, one->reply, ACKNOWLEDGED,
                                              (int)strlen(ACKNOWLEDGED));
        free(one->reply);
        one->reply = NULL;
        if (one->part == PART_LEAVING) {
            one->part = PART_LEFT;
            (void)!write(p->wake, &one_more, sizeof one_more);
        }
    }
    (void)pthread_mutex_unlock(&p->mutex);
}

execwire_str nats_partitions_node(nats_partitions *p, execwire_str source)
{
    const char *dot = memchr(source.data, '.', source.size);
    unsigned long number = strtoul(source.data, NULL, 10);
    execwire_str node = {NULL, 0};

    if (dot == NULL || number >= p->count)
        return node;
    (void)pthread_mutex_lock(&p->mutex);
    if (is_worked(&p->all[number]))
        node = (execwire_str){dot + 1, source.size - (size_t)(dot + 1 - source.data)};
    (void)pthread_mutex_unlock(&p->mutex);
    return node;
}

/* ---- Taking and leaving ---- */

/* False: `*why`. */
static bool consume(partition *one, const char **why)
{
    nats_partitions *p = one->of;
    char name[CONSUMER_SIZE];
    char subject[SUBJECT_SIZE];
    jsSubOptions options;
    natsStatus status;

    (void)format(name, sizeof name, CONSUMER, one->number);
    (void)format(subject, sizeof subject, "%s.%u.*" UP, p->server->url.path, one->number);
    if (!nats_consumer_make(p->stream, p->stream_name, name, subject, why))
        return false;
    say(one, LOG_LEVEL_INFO, "partition_taken", "is worked here");
    (void)nats.jsSubOptions_Init(&options);
    options.Stream = p->stream_name;
    options.Consumer = name;
    options.ManualAck = true;
    status =
        nats.js_Subscribe(&one->frames, p->stream, subject, on_frame, one, NULL, &options, NULL);
    if (status != NATS_OK)
        say(one, LOG_LEVEL_INFO, "partition_left", "is left to others");
    *why = nats.natsStatus_GetText(status);
    return status == NATS_OK;
}

static void end_consuming(partition *one)
{
    nats.natsSubscription_Destroy(one->frames);
    one->frames = NULL;
}

static part part_of(partition *one)
{
    part is;

    (void)pthread_mutex_lock(&one->of->mutex);
    is = one->part;
    (void)pthread_mutex_unlock(&one->of->mutex);
    return is;
}

static void set_part(partition *one, part becomes)
{
    (void)pthread_mutex_lock(&one->of->mutex);
    one->part = becomes;
    (void)pthread_mutex_unlock(&one->of->mutex);
}

static void set_until(partition *one, uint64_t since)
{
    uint64_t ttl = one->of->leases.ttl;

    (void)pthread_mutex_lock(&one->of->mutex);
    one->until = since + ttl - ttl / PARTS_OF_TTL;
    (void)pthread_mutex_unlock(&one->of->mutex);
}

static void give_up(partition *one)
{
    end_consuming(one);
    set_part(one, PART_OTHERS);
    say(one, LOG_LEVEL_INFO, "partition_left", "is left to others");
    nats_leases_drop(&one->of->leases, one->number);
}

static void lose(partition *one)
{
    end_consuming(one);
    set_part(one, PART_OTHERS);
    say(one, LOG_LEVEL_WARNING, "partition_lost", "is lost: its lease could not be renewed");
}

/* False: it cannot be worked here. */
static bool take(partition *one)
{
    nats_partitions *p = one->of;
    uint64_t now = milliseconds();
    const char *why;

    if (!nats_leases_take(&p->leases, one->number, &one->revision))
        return true; /* another gateway was faster */
    set_until(one, now);
    (void)pthread_mutex_lock(&p->mutex);
    one->part = PART_WORKED;
    one->epoch++;
    (void)pthread_mutex_unlock(&p->mutex);
    if (consume(one, &why))
        return true;
    complain(p, p->stream_name, why);
    set_part(one, PART_OTHERS);
    nats_leases_drop(&p->leases, one->number);
    return false;
}

/* Returns how many partitions are worked here. */
static unsigned renew_all(nats_partitions *p)
{
    unsigned worked = 0;
    bool good = true;

    for (partition *one = p->all; one < p->all + p->count; one++) {
        uint64_t now = milliseconds();

        if (part_of(one) == PART_LEFT)
            give_up(one);
        if (part_of(one) == PART_OTHERS)
            continue;
        good = good && nats_leases_renew(&p->leases, one->number, &one->revision);
        if (good)
            set_until(one, now);
        else if (milliseconds() >= one->until)
            lose(one);
        worked += part_of(one) == PART_WORKED;
    }
    return worked;
}

/* What is above this gateway's share is for those that came later. */
static void share_out(nats_partitions *p, unsigned worked)
{
    unsigned share = nats_leases_share(&p->leases);

    for (partition *one = p->all; one < p->all + p->count; one++) {
        if (worked > share && part_of(one) == PART_WORKED) {
            end_consuming(one);
            set_part(one, PART_LEAVING);
            worked--;
        } else if (worked < share && part_of(one) == PART_OTHERS && !p->leases.has[one->number]) {
            if (!take(one))
                return;
            worked += part_of(one) == PART_WORKED;
        }
    }
    p->told = NULL;
}

/* ---- The thread ---- */

static void look_after(nats_partitions *p)
{
    const char *why;
    unsigned worked;

    if (p->leases.bucket == NULL &&
        !nats_leases_open(&p->leases, p->count, p->stream, p->bucket_name, &why)) {
        complain(p, p->bucket_name, why);
        return;
    }
    worked = renew_all(p);
    if (nats_leases_look(&p->leases))
        share_out(p, worked);
    else
        complain(p, p->bucket_name, "it cannot be read and written");
}

static void *work(void *closure)
{
    nats_partitions *p = closure;
    struct pollfd woken = {.fd = p->wake, .events = POLLIN};
    uint64_t count;

    while (!atomic_load(&p->stopping)) {
        look_after(p);
        (void)poll(&woken, 1,
                   p->leases.bucket != NULL ? (int)(p->leases.ttl / PARTS_OF_TTL) : BEGIN_MS);
        (void)!read(p->wake, &count, sizeof count);
    }
    for (partition *one = p->all; one < p->all + p->count; one++)
        if (part_of(one) != PART_OTHERS)
            give_up(one);
    nats_leases_close(&p->leases);
    nats.nats_ReleaseThreadMemory();
    return NULL;
}

/* ---- Start and end ---- */

static bool refuse(const nats_server *s, const char *why)
{
    report("--nats %s: %s", s->url.name, why);
    return false;
}

static bool read_count(unsigned *count, const char *text)
{
    size_t number;

    if (!option_size(&number, text) || number == 0 || number > NATS_LEASES_MOST)
        return false;
    *count = (unsigned)number;
    return true;
}

bool nats_partitions_new(nats_partitions **made, const nats_server *server, frame_queue *frames)
{
    const char *number = url_parameter_of(&server->url, "partitions");
    const char *stream = url_parameter_of(&server->url, "stream");
    const char *bucket = url_parameter_of(&server->url, "bucket");
    unsigned count;
    nats_partitions *p;

    *made = NULL;
    if (number == NULL && stream == NULL && bucket == NULL)
        return true;
    if (number == NULL || stream == NULL || bucket == NULL)
        return refuse(server, "partitions, stream and bucket need each other");
    if (!read_count(&count, number))
        return refuse(server, "partitions is a number from 1 to 64");
    if (strlen(server->url.path) > PREFIX_MOST)
        return refuse(server, "the prefix is longer than 255 bytes");
    p = memset(reallocate(NULL, sizeof *p), 0, sizeof *p);
    *p = (nats_partitions){.server = server,
                           .prefix = strlen(server->url.path) + 1,
                           .stream_name = stream,
                           .bucket_name = bucket,
                           .queue = frames,
                           .count = count,
                           .wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    for (unsigned i = 0; i < count; i++)
        p->all[i] = (partition){.of = p, .number = i};
    (void)pthread_mutex_init(&p->mutex, NULL); /* never fails where mutexes are plain memory */
    *made = p;
    return true;
}

void nats_partitions_free(nats_partitions *p)
{
    if (p == NULL)
        return;
    for (unsigned i = 0; i < p->count; i++)
        free(p->all[i].reply);
    (void)close(p->wake);
    (void)pthread_mutex_destroy(&p->mutex);
    free(p);
}

void nats_partitions_start(nats_partitions *p)
{
    jsOptions options;

    nats_partitions_stop(p);
    (void)nats.jsOptions_Init(&options);
    options.Wait = REQUEST_MS;
    if (nats.natsConnection_JetStream(&p->stream, p->server->connection, &options) != NATS_OK)
        out_of_memory();
    atomic_store(&p->stopping, false);
    p->running = true;
    if (pthread_create(&p->thread, NULL, work, p) != 0)
        out_of_memory();
}

void nats_partitions_stop(nats_partitions *p)
{
    const uint64_t one = 1;

    if (!p->running)
        return;
    atomic_store(&p->stopping, true);
    (void)!write(p->wake, &one, sizeof one);
    (void)pthread_join(p->thread, NULL);
    nats.jsCtx_Destroy(p->stream);
    p->stream = NULL;
    p->running = false;
}

#endif
