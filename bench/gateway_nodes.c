/* Many nodes that live on while their gateway is started anew: each has a port, a sender and
 * executions, and hears what comes back.
 *
 * usage: gateway_nodes PORT NODES EXECUTIONS DIGEST_MS
 *
 * Commands on standard input, a line each, are answered with one:
 *
 *     update N   each node has news of execution N, all within a second
 *     wait       answered when all is acknowledged
 *     count      how many bytes went and came so far
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <execwire/link.h>

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MTU        1200
#define EXECUTIONS 8
#define TICK_MS    20

typedef struct node {
    execwire_link_sender sender;
    execwire_link_execution executions[EXECUTIONS];
    execwire_state newest[EXECUTIONS];
    char frame[MTU], name[16], jobs[EXECUTIONS][48], references[EXECUTIONS][48];
    char outputs[EXECUTIONS][48];
} node;

static node *nodes;
static struct pollfd *sockets; /* of each node, and standard input behind them */
static unsigned count, executions;
static size_t went, came;

static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

static void *need(void *memory)
{
    if (memory == NULL)
        exit(2);
    return memory;
}

/* ---- Nodes ---- */

static void emit(void *context, const void *frame, size_t size)
{
    node *n = context;

    went += size;
    (void)!send(sockets[n - nodes].fd, frame, size, 0);
}

static const execwire_state *recall(void *context, unsigned ref)
{
    return &((node *)context)->newest[ref];
}

static int open_socket(unsigned port)
{
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof to) != 0) {
        perror("gateway_nodes: a socket for each node (ulimit -n)");
        exit(2);
    }
    return fd;
}

static void open_node(unsigned number, unsigned digest_ms)
{
    const execwire_link_timing timing = {.digest_ms = digest_ms};
    node *n = &nodes[number];
    execwire_link_sender_options options = {.timing = &timing,
                                            .salt = number + 1,
                                            .executions = n->executions,
                                            .execution_count = executions,
                                            .frame = n->frame,
                                            .mtu = MTU,
                                            .emit = emit,
                                            .recall = recall,
                                            .context = n};

    snprintf(n->name, sizeof n->name, "node-%u", number);
    options.node = (execwire_str){n->name, strlen(n->name)};
    for (unsigned i = 0; i < executions; i++) {
        snprintf(n->jobs[i], sizeof n->jobs[i], "%08x-3acc-4672-884a-b649fcbce49b", number);
        snprintf(n->references[i], sizeof n->references[i], "e-%08x-d4f4-4a2a-bffc-d3c12ef8%04x",
                 number, i);
    }
    if (execwire_link_sender_init(&n->sender, &options, NULL) != EXECWIRE_OK)
        exit(2);
}

/* Every second one has another output: those between are based on it. */
static void update(node *n, unsigned execution)
{
    int64_t version = n->newest[execution].version + 1;
    unsigned ref;
    execwire_state state = {
        .job_id = {n->jobs[execution], strlen(n->jobs[execution])},
        .compute_reference = {n->references[execution], strlen(n->references[execution])},
        .node_id = {n->name, strlen(n->name)},
        .has_create_time = true,
        .create_time = {1715074886, 0},
        .has_update_time = true,
        .update_time = {1715074886 + version, 0},
        .has_version = true,
        .version = version,
        .has_state = true,
        .state = EXECWIRE_EXECUTION_STATE_BID_ACCEPTED};

    snprintf(n->outputs[execution], sizeof n->outputs[execution], "step %" PRId64 " of %u\n",
             version / 2, (unsigned)(n - nodes));
    state.has_run_output = true;
    state.run_output.std_out = (execwire_str){n->outputs[execution], strlen(n->outputs[execution])};
    if (execwire_link_update(&n->sender, &state, now(), &ref, NULL) != EXECWIRE_OK)
        exit(2);
    n->newest[ref] = state;
}

/* ---- Time ---- */

static void hear(unsigned number)
{
    char frame[MTU];
    ssize_t size;

    while ((size = recv(sockets[number].fd, frame, sizeof frame, MSG_DONTWAIT)) > 0) {
        came += (size_t)size;
        (void)execwire_link_feedback(&nodes[number].sender, frame, (size_t)size, NULL);
    }
}

/* Hears and repeats for a moment. Returns whether a command waits. */
static int live(void)
{
    if (poll(sockets, count + 1, TICK_MS) < 0)
        exit(2);
    for (unsigned i = 0; i < count; i++) {
        if (sockets[i].revents != 0)
            hear(i);
        while (execwire_link_sender_poll(&nodes[i].sender, now()) <= now())
            ;
    }
    return sockets[count].revents != 0;
}

static size_t waiting(void)
{
    size_t all = 0;

    for (unsigned i = 0; i < count; i++)
        all += execwire_link_waiting(&nodes[i].sender);
    return all;
}

static void update_all(unsigned execution)
{
    uint64_t start = now();

    for (unsigned i = 0; i < count; i++) {
        while (now() - start < (uint64_t)i * 1000 / count)
            (void)live();
        update(&nodes[i], execution);
    }
}

int main(int argc, char **arguments)
{
    char line[64];

    if (argc != 5)
        return 2;
    count = (unsigned)atoi(arguments[2]);
    executions = (unsigned)atoi(arguments[3]) % (EXECUTIONS + 1);
    nodes = need(calloc(count, sizeof *nodes));
    sockets = need(calloc(count + 1, sizeof *sockets));
    for (unsigned i = 0; i < count; i++) {
        sockets[i] = (struct pollfd){open_socket((unsigned)atoi(arguments[1])), POLLIN, 0};
        open_node(i, (unsigned)atoi(arguments[4]));
    }
    sockets[count] = (struct pollfd){STDIN_FILENO, POLLIN, 0};
    setvbuf(stdin, NULL, _IONBF, 0); /* what was read ahead cannot be waited for */
    for (;;) {
        while (!live())
            ;
        if (fgets(line, sizeof line, stdin) == NULL)
            return 0;
        if (strncmp(line, "update ", 7) == 0)
            update_all((unsigned)atoi(line + 7) % executions);
        while (line[0] == 'w' && waiting() > 0)
            (void)live();
        printf("%zu %zu\n", went, came);
        fflush(stdout);
    }
}
