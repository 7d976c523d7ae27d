/* What both ends of a link share: the meaning of the options, descriptors that are named by number,
 * how long they wait, and which peer is trusted. The clock and poll are the test's own (--wrap).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/carrier/socket.h"
#include "cli/link.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NOW 12345678

static long nanoseconds = 678000000;

int __wrap_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    assert_int_equal(clock, CLOCK_MONOTONIC);
    *time = (struct timespec){.tv_sec = 12345, .tv_nsec = nanoseconds};
    return 0;
}

/* What poll says: of the last of `interruptions` + 1 calls. */
static int interruptions, result, milliseconds;
static short first, second;

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
    assert_int_equal(count, 2);
    assert_int_equal(fds[0].fd, 7);
    assert_int_equal(fds[1].fd, -1);
    assert_int_equal(fds[0].events, POLLIN);
    assert_int_equal(fds[1].events, POLLIN);
    milliseconds = timeout;
    errno = interruptions > 0 ? EINTR : EBADF;
    if (interruptions-- > 0)
        return -1;
    fds[0].revents = first;
    fds[1].revents = second;
    return result;
}

static void test_clock(void **state)
{
    (void)state;
    assert_int_equal(link_now(), NOW);
    nanoseconds = 678999999;
    assert_int_equal(link_now(), NOW);
}

static void check_wait(uint64_t due, int expected)
{
    bool one = true;
    bool other = true;

    interruptions = 2;
    result = 0;
    first = second = 0;
    assert_true(link_wait(7, &one, -1, &other, due));
    assert_int_equal(milliseconds, expected);
    assert_int_equal(interruptions, -1);
    assert_false(one || other);
}

static void test_how_long(void **state)
{
    (void)state;
    check_wait(EXECWIRE_LINK_NEVER, -1);
    check_wait(0, 0);
    check_wait(NOW, 0);
    check_wait(NOW + 1, 1);
    check_wait(NOW + 5000, 5000);
    check_wait((uint64_t)NOW + INT_MAX, INT_MAX);
    check_wait((uint64_t)NOW + INT_MAX + 1, INT_MAX);
    check_wait((uint64_t)1 << 60, INT_MAX);
}

static void test_which_is_ready(void **state)
{
    bool one;
    bool other;

    (void)state;
    for (int bits = 0; bits < 4; bits++) {
        first = bits & 1 ? POLLIN : 0;
        second = bits & 2 ? POLLHUP : 0;
        result = (bits & 1) + (bits >> 1);
        assert_true(link_wait(7, &one, -1, &other, 0));
        assert_int_equal(one, bits & 1);
        assert_int_equal(other, bits >> 1);
    }
    result = -1;
    assert_false(link_wait(7, &one, -1, &other, 0));
    assert_false(one || other);
}

static void test_modes(void **state)
{
    static const struct {
        link_options options;
        outcome expected;
        execwire_link_mode mode;
    } cases[] = {
        {{.back = "x"}, OUTCOME_GOOD, EXECWIRE_LINK_TWO_WAY},
        {{.udp = "x"}, OUTCOME_GOOD, EXECWIRE_LINK_TWO_WAY},
        {{.one_way = true}, OUTCOME_GOOD, EXECWIRE_LINK_ONE_WAY},
        {{.one_way = true, .udp = "x"}, OUTCOME_GOOD, EXECWIRE_LINK_ONE_WAY},
        {{.lossless = true}, OUTCOME_GOOD, EXECWIRE_LINK_LOSSLESS},
        {{.back = NULL}, OUTCOME_USAGE, EXECWIRE_LINK_TWO_WAY},
        {{.lossless = true, .back = "x"}, OUTCOME_USAGE, EXECWIRE_LINK_LOSSLESS},
        {{.one_way = true, .back = "x"}, OUTCOME_USAGE, EXECWIRE_LINK_ONE_WAY},
        {{.udp = "x", .back = "x"}, OUTCOME_USAGE, EXECWIRE_LINK_TWO_WAY},
        {{.lossless = true, .udp = "x"}, OUTCOME_USAGE, EXECWIRE_LINK_LOSSLESS},
        {{.one_way = true, .lossless = true}, OUTCOME_USAGE, EXECWIRE_LINK_LOSSLESS},
        {{.broker = "x"}, OUTCOME_GOOD, EXECWIRE_LINK_TWO_WAY},
        {{.one_way = true, .broker = "x"}, OUTCOME_GOOD, EXECWIRE_LINK_ONE_WAY},
        {{.broker = "x", .back = "x"}, OUTCOME_USAGE, EXECWIRE_LINK_TWO_WAY},
        {{.broker = "x", .udp = "x"}, OUTCOME_USAGE, EXECWIRE_LINK_TWO_WAY},
        {{.lossless = true, .broker = "x"}, OUTCOME_USAGE, EXECWIRE_LINK_LOSSLESS},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        execwire_link_mode mode = (execwire_link_mode)77;

        assert_int_equal(link_mode(&cases[i].options, "link", &mode), cases[i].expected);
        assert_int_equal(mode, cases[i].mode);
    }
}

static void check_number(const char *digits, int original)
{
    struct stat one;
    struct stat other;
    int fd;

    assert_true(link_open_back(digits, O_RDONLY, &fd));
    assert_int_not_equal(fd, original);
    assert_int_equal(fstat(original, &one), 0);
    assert_int_equal(fstat(fd, &other), 0);
    assert_int_equal(one.st_ino, other.st_ino);
    close(fd);
}

static void test_descriptors(void **state)
{
    static const char *const never[] = {"99999999999", "2147483647", "214748364", "4294967419"};
    int ends[2];
    int fd;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[0], 123), 123);
    check_number("123", 123);
    check_number("00123", 123);
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)

        assert_false(link_open_back(never[i], O_RDONLY, &fd));
    assert_true(link_open_back("/dev/null", O_RDONLY, &fd));
    assert_true(fd > 0);
    close(fd);
    close(123);
    assert_false(link_open_back("123", O_RDONLY, &fd));
    close(ends[0]);
    close(ends[1]);
}

/* ---- Who is trusted ---- */

static void hear(udp_end *end, unsigned char from)
{
    memset(&end->heard, from, 8);
    end->heard_size = 8;
}

static void check_peer(const udp_end *end, unsigned char who)
{
    assert_int_equal(end->peer_size, 8);
    assert_int_equal(((const unsigned char *)&end->peer)[7], who);
}

static void test_trust(void **state)
{
    udp_end end = {.fd = -1};

    (void)state;
    udp_trust(&end, UDP_NEWS, 1000); /* nobody was heard */
    assert_false(end.trusted);
    hear(&end, 1);
    udp_trust(&end, UDP_NOTHING, 1000);
    assert_false(end.trusted);
    udp_trust(&end, UDP_GOOD, 1000);
    assert_true(end.trusted);
    check_peer(&end, 1);
    hear(&end, 2);
    udp_trust(&end, UDP_GOOD, 31000); /* half a minute, and no more */
    check_peer(&end, 1);
    udp_trust(&end, UDP_GOOD, 31001);
    check_peer(&end, 2);
    assert_int_equal(end.trusted_at, 31001);
    udp_trust(&end, UDP_GOOD, 50000); /* itself */
    assert_int_equal(end.trusted_at, 50000);
    hear(&end, 3);
    udp_trust(&end, UDP_GOOD, 80000);
    check_peer(&end, 2);
    end.heard_size = 7; /* of another family */
    memset(&end.heard, 2, 7);
    udp_trust(&end, UDP_GOOD, 80000);
    check_peer(&end, 2);
    hear(&end, 3);
    udp_trust(&end, UDP_NEWS, 50001);
    check_peer(&end, 3);
    udp_trust(&end, UDP_NOTHING, 99999);
    assert_int_equal(end.trusted_at, 50001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clock),          cmocka_unit_test(test_how_long),
        cmocka_unit_test(test_which_is_ready), cmocka_unit_test(test_modes),
        cmocka_unit_test(test_descriptors),    cmocka_unit_test(test_trust)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
