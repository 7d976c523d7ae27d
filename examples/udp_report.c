/* SPDX-License-Identifier: Apache-2.0 */
#include "udp_report.h"

#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <execwire/link.h>

enum {
    MTU = 1200, /* goes through everywhere in one packet */
    FEEDBACK_SIZE = 1500,
    LONGEST_WAIT_MS = 12000,
    NAME_SIZE = 256,
    PATH_SIZE = 4096,
    NUMBER_SIZE = 16
};

/* All of a sender: no heap. */
static struct {
    execwire_link_sender sender;
    execwire_link_execution executions[1];
    uint8_t frame[MTU];
    char words[128];
    execwire_link_packing packing;
    const execwire_state *newest;
    int fd;
} report = {.fd = -1};

/* ---- What the sender calls ---------------------------------------------------------------- */

static void emit(void *context, const void *frame, size_t size)
{
    (void)context;
    (void)send(report.fd, frame, size, 0); /* what cannot be sent is lost, and repeated */
}

static const execwire_state *recall(void *context, unsigned ref)
{
    (void)context;
    (void)ref;
    return report.newest;
}

/* Milliseconds of a clock that never goes back. */
static uint64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- Start -------------------------------------------------------------------------------- */

/* A socket whose other end is `place`. */
static const char *open_socket(const char *place)
{
    static char name[NAME_SIZE];
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    const char *colon = strrchr(place, ':');
    if (colon == NULL || (size_t)(colon - place) >= sizeof name) {
        return "not HOST:PORT";
    }
    memcpy(name, place, (size_t)(colon - place));
    name[colon - place] = '\0';
    int failure = getaddrinfo(name, colon + 1, &hints, &found);
    if (failure != 0) {
        return gai_strerror(failure);
    }
    report.fd = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, found->ai_protocol);
    bool good = report.fd >= 0 && connect(report.fd, found->ai_addr, found->ai_addrlen) == 0;
    freeaddrinfo(found);
    return good ? NULL : strerror(errno);
}

/* The number in a session's file; 0 when there is no file. */
static const char *read_session(const char *path, uint32_t *stored)
{
    char line[NUMBER_SIZE] = "";
    char *end = line;
    FILE *file = fopen(path, "r");
    *stored = 0;
    if (file == NULL) {
        return errno == ENOENT ? NULL : strerror(errno);
    }
    if (fgets(line, sizeof line, file) != NULL) {
        unsigned long number = strtoul(line, &end, 10);
        *stored = number <= UINT32_MAX ? (uint32_t)number : UINT32_MAX;
    }
    (void)fclose(file);
    return end != line && *end == '\n' ? NULL : "not the number of a session";
}

/* Puts another number in the place of the one in the file, or leaves that as it is. */
static const char *write_session(const char *path, uint32_t session)
{
    char other[PATH_SIZE];
    if (snprintf(other, sizeof other, "%s.new", path) >= (int)sizeof other) {
        return "name too long";
    }
    FILE *file = fopen(other, "w");
    if (file == NULL) {
        return strerror(errno);
    }
    bool good = fprintf(file, "%" PRIu32 "\n", session) > 0 && fflush(file) == 0 &&
                fsync(fileno(file)) == 0;
    good = fclose(file) == 0 && good && rename(other, path) == 0;
    return good ? NULL : strerror(errno);
}

/* Begins a session: its number is stored before the first frame goes out, so that it never comes
 * again. */
static const char *begin_session(const char *path)
{
    uint32_t stored;
    const char *why = read_session(path, &stored);
    if (why != NULL) {
        return why;
    }
    execwire_link_restore_session(&report.sender, stored);
    return write_session(path, execwire_link_session(&report.sender));
}

const char *udp_report_open(const char *place, const char *session, execwire_str node)
{
    const execwire_link_sender_options options = {.mode = EXECWIRE_LINK_TWO_WAY,
                                                  .node = node,
                                                  .executions = report.executions,
                                                  .execution_count = 1,
                                                  .frame = report.frame,
                                                  .mtu = sizeof report.frame,
                                                  .words = report.words,
                                                  .word_capacity = sizeof report.words,
                                                  .packing = &report.packing,
                                                  .emit = emit,
                                                  .recall = recall};
    execwire_error error;
    if (execwire_link_sender_init(&report.sender, &options, &error) != EXECWIRE_OK) {
        return error.text;
    }
    const char *why = begin_session(session);
    return why != NULL ? why : open_socket(place);
}

/* ---- Sending ------------------------------------------------------------------------------ */

const char *udp_report_send(const execwire_state *state)
{
    execwire_error error;
    if (execwire_link_update(&report.sender, state, clock_ms(), NULL, &error) != EXECWIRE_OK) {
        return error.text;
    }
    report.newest = state;
    return NULL;
}

/* Takes all that has come back, and sends all that is due. Returns when more is. */
static uint64_t tend(void)
{
    uint8_t feedback[FEEDBACK_SIZE];
    ssize_t got;
    while ((got = recv(report.fd, feedback, sizeof feedback, MSG_DONTWAIT)) >= 0) {
        (void)execwire_link_feedback(&report.sender, feedback, (size_t)got, NULL);
    }
    uint64_t now = clock_ms();
    uint64_t due;
    do {
        due = execwire_link_sender_poll(&report.sender, now);
    } while (due <= now);
    return due;
}

void udp_report_tend(void)
{
    (void)tend();
}

const char *udp_report_close(void)
{
    uint64_t end = clock_ms() + LONGEST_WAIT_MS;
    uint64_t due = tend();
    while (due != EXECWIRE_LINK_NEVER && clock_ms() < end) {
        struct pollfd back = {.fd = report.fd, .events = POLLIN};
        uint64_t now = clock_ms();
        uint64_t until = due < end ? due : end;
        (void)poll(&back, 1, until > now ? (int)(until - now) : 0);
        due = tend();
    }
    close(report.fd);
    report.fd = -1;
    return due == EXECWIRE_LINK_NEVER && report.sender.stats.given_up == 0
               ? NULL
               : "the last state was not acknowledged";
}
