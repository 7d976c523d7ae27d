/* Many nodes that report over UDP to a gateway, each from a port of its own: all frames are made
 * first, then sent at a rate. What comes back is not read.
 *
 * usage: gateway_load PORT NODES EXECUTIONS UPDATES OUTPUT RATE SECONDS
 *
 * Each node has so many executions, each of them so many updates beside the first one, of which
 * every fourth has so many bytes of output; frames per second, and for how many seconds at most.
 * Prints how many frames were sent and in how many seconds.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <execwire/link.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MTU   1200
#define BURST 16 /* frames that go without a look at the clock */

typedef struct load {
    unsigned port, nodes, executions, updates, output, rate, seconds;
    char *bytes; /* all frames, each after its size */
    size_t used, capacity;
    size_t *starts; /* of each node's frames that are not sent yet, and one more */
    int *sockets;
} load;

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void *need(void *memory)
{
    if (memory == NULL)
        exit(2);
    return memory;
}

/* ---- Frames ---- */

static void keep(void *context, const void *frame, size_t size)
{
    load *l = context;
    uint16_t prefix = (uint16_t)size;

    if (l->used + size + sizeof prefix > l->capacity) {
        l->capacity = 2 * l->capacity + 65536;
        l->bytes = need(realloc(l->bytes, l->capacity));
    }
    memcpy(l->bytes + l->used, &prefix, sizeof prefix);
    memcpy(l->bytes + l->used + sizeof prefix, frame, size);
    l->used += sizeof prefix + size;
}

static const execwire_state *forget(void *context, unsigned ref)
{
    (void)context;
    (void)ref;
    return NULL;
}

/* Lines as a job prints them. */
static execwire_str print_output(unsigned seed, unsigned size, char *room)
{
    size_t used = 0;

    while (used < size) {
        unsigned loss = seed * 1664525 + 1013904223;

        seed = loss * 1664525 + 1013904223;
        used +=
            (size_t)snprintf(room + used, 100, "epoch %u: loss 0.%04u accuracy 0.%04u lr 1e-%u\n",
                             seed % 90, loss >> 20, seed >> 20, seed >> 30);
    }
    return (execwire_str){room, size};
}

static void make_state(const load *l, unsigned node, unsigned execution, unsigned update,
                       execwire_state *state, char texts[4][64], char *room)
{
    unsigned number = node * 1000 + execution;

    snprintf(texts[0], 64, "%08x-3acc-4672-884a-b649fcbce49b", number);
    snprintf(texts[1], 64, "e-%08x-d4f4-4a2a-bffc-d3c12ef89057", number);
    snprintf(texts[2], 64, "node-%u", node);
    *state = (execwire_state){.job_id = {texts[0], 36},
                              .compute_reference = {texts[1], 38},
                              .node_id = {texts[2], strlen(texts[2])},
                              .has_create_time = true,
                              .create_time = {1715074886, (int32_t)number},
                              .has_update_time = true,
                              .update_time = {1715074886 + (int64_t)update, (int32_t)number},
                              .has_version = true,
                              .version = 1 + (int64_t)update,
                              .has_state = true,
                              .state = EXECWIRE_EXECUTION_STATE_BID_ACCEPTED};
    if (l->output == 0 || update % 4 != 3)
        return;
    state->has_run_output = true;
    state->run_output.std_out = print_output(number + update, l->output, room);
}

static void make_frames(load *l, unsigned node)
{
    static execwire_link_execution executions[EXECWIRE_LINK_MAX_REFS];
    static char frame[MTU], words[256], room[4096], texts[4][64];
    static execwire_link_packing packing;
    execwire_state state;
    execwire_link_sender sender;
    execwire_link_sender_options options = {.executions = executions,
                                            .execution_count = l->executions,
                                            .frame = frame,
                                            .mtu = MTU,
                                            .words = words,
                                            .word_capacity = sizeof words,
                                            .packing = &packing,
                                            .emit = keep,
                                            .recall = forget,
                                            .context = l};

    make_state(l, node, 0, 0, &state, texts, room);
    options.node = state.node_id;
    if (execwire_link_sender_init(&sender, &options, NULL) != EXECWIRE_OK)
        exit(2);
    for (unsigned update = 0; update <= l->updates; update++)
        for (unsigned execution = 0; execution < l->executions; execution++) {
            static char others[4][64];

            make_state(l, node, execution, update, &state, others, room);
            if (execwire_link_update(&sender, &state, 0, NULL, NULL) != EXECWIRE_OK)
                exit(2);
        }
}

/* ---- Sockets ---- */

static void open_sockets(load *l)
{
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)l->port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct rlimit files;

    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    l->sockets = need(calloc(l->nodes, sizeof *l->sockets));
    for (unsigned i = 0; i < l->nodes; i++) {
        l->sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
        if (l->sockets[i] < 0 ||
            connect(l->sockets[i], (const struct sockaddr *)&to, sizeof to) != 0) {
            perror("gateway_load: a socket for each node (ulimit -n)");
            exit(2);
        }
    }
}

/* ---- Sending ---- */

/* Waits until so many frames may have been sent. Returns whether there is time left. */
static int pace(const load *l, double start, size_t sent)
{
    double due = start + (double)sent / l->rate;

    while (now() < due) {
        struct timespec nap = {0, 50000};

        nanosleep(&nap, NULL);
    }
    return now() - start < l->seconds;
}

/* A frame of each node in turn, until there are none. */
static size_t send_all(load *l, double start)
{
    size_t *at = need(malloc(l->nodes * sizeof *at));
    size_t sent = 0, left = l->nodes;

    memcpy(at, l->starts, l->nodes * sizeof *at);
    while (left > 0) {
        left = 0;
        for (unsigned i = 0; i < l->nodes; i++) {
            uint16_t size;

            if (at[i] == l->starts[i + 1])
                continue;
            memcpy(&size, l->bytes + at[i], sizeof size);
            (void)!send(l->sockets[i], l->bytes + at[i] + sizeof size, size, 0);
            at[i] += sizeof size + size;
            left += at[i] < l->starts[i + 1];
            if (++sent % BURST == 0 && !pace(l, start, sent)) {
                free(at);
                return sent;
            }
        }
    }
    free(at);
    return sent;
}

int main(int count, char **arguments)
{
    load l = {0};
    unsigned *numbers[] = {&l.port,   &l.nodes, &l.executions, &l.updates,
                           &l.output, &l.rate,  &l.seconds};
    double start;
    size_t sent;

    if (count != 8)
        return 2;
    for (int i = 0; i < 7; i++)
        *numbers[i] = (unsigned)atoi(arguments[i + 1]);
    open_sockets(&l);
    l.starts = need(calloc(l.nodes + 1, sizeof *l.starts));
    for (unsigned i = 0; i < l.nodes; i++) {
        make_frames(&l, i);
        l.starts[i + 1] = l.used;
    }
    puts("ready"); /* and waits for who measures */
    fflush(stdout);
    (void)getchar();
    start = now();
    sent = send_all(&l, start);
    printf("%zu %.6f\n", sent, now() - start);
    return 0;
}
