/* What a gateway tells of its engines and carriers, by a clock and engines that are the test's own.
 * Lines are expected as Prometheus' text format has them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/gateway/metrics.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HALF_A_MINUTE 30000

static engine slow = {.name = "kafka://h/a\"b\\c", .fd = -1};
static engine quick = {.name = "nats://h", .fd = -1, .taken = 7};
static const engines to = {.of = {&slow, &quick}, .count = 2};
static const carrier_kind udp = {.name = "udp"};
static carrier lossy = {.kind = &udp, .fd = -1, .lost = 18446744073709551615u};
static const carriers from = {.of = {&lossy}, .count = 1};

static execwire_gateway gateway;
static figures noted;
static const uint64_t written = 5;
static const figures_of all = {&gateway, &from, &to, &written};

/* All that is told at a time, with a NUL behind it. */
static char *told_at(uint64_t now, bool *trouble)
{
    output out;

    output_use(&out, "test", -1);
    out.held = true;
    if (trouble == NULL)
        figures_write(&out, &noted, &all, now);
    else
        *trouble = figures_trouble(&out, &all, now);
    output_put(&out, "", 1);
    return out.buffer;
}

static void expect_line(const char *text, const char *line)
{
    const char *at = strstr(text, line);

    if (at == NULL || (at > text && at[-1] != '\n') || at[strlen(line)] != '\n')
        fail_msg("no line %s in:\n%s", line, text);
}

static void test_figures(void **state)
{
    char *text;

    (void)state;
    slow.waiting = 3;
    slow.since = 1000;
    slow.refused = 2;
    slow.repeated = 4;
    text = told_at(1000 + 61999, NULL);
#define LABELS(kind, label, number) "{" kind "=\"" label "\",number=\"" number "\"} "
#define SLOW                        LABELS("engine", "kafka://h/a\\\"b\\\\c", "0")
#define QUICK                       LABELS("engine", "nats://h", "1")
    expect_line(text, "execwire_engine_waiting" SLOW "3");
    expect_line(text, "execwire_engine_wait_seconds" SLOW "61");
    expect_line(text, "execwire_engine_taken_total" SLOW "0");
    expect_line(text, "execwire_engine_refused_total" SLOW "2");
    expect_line(text, "execwire_engine_repeated_total" SLOW "4");
    expect_line(text, "execwire_engine_waiting" QUICK "0");
    expect_line(text, "execwire_engine_wait_seconds" QUICK "0");
    expect_line(text, "execwire_engine_taken_total" QUICK "7");
    expect_line(text, "execwire_carrier_lost_frames_total" LABELS("carrier", "udp",
                                                                  "0") "18446744073709551615");
    expect_line(text, "execwire_output_bytes_total 5");
    expect_line(text, "execwire_suspects 0");
    free(text);
    text = told_at(1000 + 62000, NULL);
    expect_line(text, "execwire_engine_wait_seconds" SLOW "62");
    free(text);
}

static void test_each_figure_of_the_gateway(void **state)
{
    char *text;

    (void)state;
    gateway.stats = (execwire_gateway_stats){
        .link = {.malformed = 11, .forgotten = 12, .feedbacks = 13, .bytes = 14},
        .met = 15,
        .moved = 16,
        .forgotten = 17,
        .asked = 18,
        .withheld = 19,
        .sent = 20,
        .nodes = 21,
        .sources = 22,
        .store_used = 23};
    for (unsigned i = 0; i < EXECWIRE_LINK_OUTCOME_COUNT; i++)
        gateway.stats.link.outcomes[i] = 100 + i;
    text = told_at(0, NULL);
    expect_line(text, "execwire_frames_total{outcome=\"STATE\"} 100");
    expect_line(text, "execwire_frames_total{outcome=\"REPEATED\"} 101");
    expect_line(text, "execwire_frames_total{outcome=\"BUSY\"} 115");
    expect_line(text, "execwire_frames_total{outcome=\"MALFORMED\"} 11");
    expect_line(text, "execwire_executions_forgotten_total 12");
    expect_line(text, "execwire_feedback_frames_total 13");
    expect_line(text, "execwire_received_bytes_total 14");
    expect_line(text, "execwire_nodes_met_total 15");
    expect_line(text, "execwire_nodes_moved_total 16");
    expect_line(text, "execwire_nodes_forgotten_total 17");
    expect_line(text, "execwire_hellos_asked_total 18");
    expect_line(text, "execwire_feedback_withheld_total 19");
    expect_line(text, "execwire_sent_bytes_total 20");
    expect_line(text, "execwire_nodes 21");
    expect_line(text, "execwire_sources 22");
    expect_line(text, "execwire_store_bytes 23");
    free(text);
    gateway.stats = (execwire_gateway_stats){.met = 0};
}

#define FRAMES_WITHIN(end, frames)                                                                 \
    expect_line(text, "execwire_frame_seconds_bucket{le=\"" end "\"} " frames)

/* Each end counts the frames that were as quick as that, those of lower ends with them. */
static void test_times_of_frames(void **state)
{
    char *text;

    (void)state;
    figures_note(&noted, 1, 1000);
    figures_note(&noted, 1, 1001);
    figures_note(&noted, 2, 20000); /* each of them half of it */
    figures_note(&noted, 0, 77);    /* which took no time of any frame */
    figures_note(&noted, 1, 1000000000);
    figures_note(&noted, 1, 1000000001);
    figures_note(&noted, 1, 100000000000);
    text = told_at(0, NULL);
    FRAMES_WITHIN("1e-06", "1");
    FRAMES_WITHIN("1e-05", "4");
    FRAMES_WITHIN("0.0001", "4");
    FRAMES_WITHIN("0.1", "4");
    FRAMES_WITHIN("1", "5");
    FRAMES_WITHIN("+Inf", "7");
    expect_line(text, "execwire_frame_seconds_sum 102.000022002");
    expect_line(text, "execwire_frame_seconds_count 7");
    free(text);
    noted = (figures){.seconds = 0};
}

static void test_trouble(void **state)
{
    bool trouble = true;
    char *text;

    (void)state;
    slow.waiting = 1;
    slow.since = 500;
    free(told_at(500 + HALF_A_MINUTE, &trouble));
    assert_false(trouble);
    for (unsigned i = 0; i < 2; i++) { /* also when all have waited */
        text = told_at(500 + HALF_A_MINUTE + 1, &trouble);
        assert_true(trouble);
        expect_line(text, "states have waited for kafka://h/a\"b\\c for 30 s");
        assert_int_equal(strstr(text, "nats") != NULL, i == 1);
        free(text);
        quick.waiting = 1;
        quick.since = 100;
    }
    text = told_at(500 + 31998, &trouble);
    expect_line(text, "states have waited for kafka://h/a\"b\\c for 31 s");
    free(text);
    slow.waiting = quick.waiting = 0;
    free(told_at(3600000, &trouble));
    assert_false(trouble); /* nothing waits, however long ago that began */
}

/* What a client is answered at a time. */
static void ask(metrics *m, const char *request, uint64_t now, char *reply, size_t size)
{
    struct sockaddr_in at;
    socklen_t at_size = sizeof at;
    int client = socket(AF_INET, SOCK_STREAM, 0);
    size_t got = 0;
    ssize_t more = 1;

    assert_int_equal(getsockname(m->fd, (struct sockaddr *)&at, &at_size), 0);
    assert_int_equal(connect(client, (struct sockaddr *)&at, at_size), 0);
    assert_int_equal(write(client, request, strlen(request)), strlen(request));
    for (unsigned i = 0; i < 2; i++) { /* the client, and what it asks */
        struct pollfd fds[METRICS_FDS];

        metrics_fds(m, fds);
        assert_true(poll(fds, METRICS_FDS, 10000) > 0);
        metrics_serve(m, fds, &all, now);
    }
    while (more > 0 && got < size - 1) {
        more = read(client, reply + got, size - 1 - got);
        got += more > 0 ? (size_t)more : 0;
    }
    reply[got] = '\0';
    close(client);
}

static void test_healthz(void **state)
{
    char reply[1000];
    metrics m;

    (void)state;
    assert_true(metrics_open(&m, "127.0.0.1:0"));
    slow.waiting = 1;
    slow.since = 0;
    quick.waiting = 0;
    ask(&m, "GET /healthz HTTP/1.1\r\n\r\n", HALF_A_MINUTE, reply, sizeof reply);
    assert_memory_equal(reply, "HTTP/1.1 200 OK\r\n", 17);
    assert_non_null(strstr(reply, "\r\n\r\nok\n"));
    ask(&m, "GET /healthz HTTP/1.1\r\n\r\n", HALF_A_MINUTE + 1, reply, sizeof reply);
    assert_memory_equal(reply, "HTTP/1.1 503 Service Unavailable\r\n", 34);
    assert_non_null(strstr(reply, "\r\n\r\nstates have waited for kafka://"));
    metrics_close(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures),         cmocka_unit_test(test_each_figure_of_the_gateway),
        cmocka_unit_test(test_times_of_frames), cmocka_unit_test(test_trouble),
        cmocka_unit_test(test_healthz),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
