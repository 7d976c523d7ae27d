/* What taking datagrams costs at least: recvmmsg, and a copy of each. Until SIGTERM; then it prints
 * how many came.
 *
 * usage: gateway_base PORT
 *
 * SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* recvmmsg */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BATCH 64
#define ROOM  2048

static volatile sig_atomic_t ended;

static void end(int number)
{
    (void)number;
    ended = 1;
}

int main(int count, char **arguments)
{
    static char bytes[BATCH][ROOM], copy[1 << 20];
    static struct sockaddr_storage from[BATCH];
    static struct iovec parts[BATCH];
    static struct mmsghdr messages[BATCH];
    const struct sigaction action = {.sa_handler = end};
    const int size = 8 << 20;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    unsigned long taken = 0;
    size_t used = 0;

    at.sin_port = htons((uint16_t)(count > 1 ? atoi(arguments[1]) : 0));
    sigaction(SIGTERM, &action, NULL);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (bind(fd, (const struct sockaddr *)&at, sizeof at) != 0)
        return 2;
    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){bytes[i], ROOM};
        messages[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
                                              .msg_namelen = sizeof from[i],
                                              .msg_iov = &parts[i],
                                              .msg_iovlen = 1};
    }
    while (!ended) {
        int got = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);

        for (int i = 0; i < got; i++) {
            if (used + messages[i].msg_len > sizeof copy)
                used = 0;
            memcpy(copy + used, bytes[i], messages[i].msg_len);
            used += messages[i].msg_len;
            messages[i].msg_hdr.msg_namelen = sizeof from[i];
        }
        taken += got > 0 ? (unsigned long)got : 0;
    }
    fprintf(stderr, "%lu frames, %d\n", taken, copy[0]);
    return 0;
}
