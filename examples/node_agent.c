/* node_agent: runs a command and reports its life as execution states.
 *
 *     node_agent [--job-id ID] [--execution-id ID] [--node-id ID] [--udp HOST:PORT --session FILE]
 *                -- COMMAND [ARG...]
 *     node_agent -- make | execwire decode
 *     node_agent --node-id n-17 --udp gateway:4000 --session /var/lib/node/session -- make
 *     node_agent --node-id n-17 -- make |
 *         execwire link send --protobuf --mqtt mqtt://broker/site/n-17 --session FILE
 *
 * Standard output carries the states and nothing else, as delimited protobuf; with --udp they go as
 * frames of the link layer to `execwire link recv --udp`, in sessions counted in FILE. They are:
 * new, running (bid accepted), then completed, failed or, when the agent was told to stop,
 * cancelled. What the command prints is in the last state: the last 2,048 bytes of each stream, as
 * Bacalhau keeps them, because the end of an output says why it ended.
 *
 * The exit status is the command's, 128 + N when signal N killed it, 126 or 127 when it could not
 * be run, and 125 when the agent itself failed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <execwire/execwire.h>

#include "udp_report.h"

enum {
    KEPT_BYTES = 2048, /* of each of the command's outputs */
    TEXT_SIZE = 512,   /* a status or runner error */
    UUID_SIZE = 37,    /* with its NUL */
    ID_SIZE = 2 + UUID_SIZE,
    GRACE_READS = 512,  /* enough for what the largest pipe can hold */
    WAIT_MS = 100,      /* how soon the command's end is noticed when its pipes stay open */
    AGENT_FAILED = 125, /* as env(1) and timeout(1) */
    NOT_EXECUTABLE = 126,
    NOT_FOUND = 127
};

/* One output of the command. */
typedef struct capture {
    int fd;                      /* -1 once it has ended */
    char bytes[2 * KEPT_BYTES];  /* the last KEPT_BYTES read are always among them */
    size_t size;                 /* of bytes */
    char mended[6 * KEPT_BYTES]; /* the same as UTF-8 */
    bool cut;                    /* something before them is gone */
} capture;

/* The command from start to end. */
typedef struct execution {
    pid_t pid;
    int start_errno; /* why it could not be run; 0 when it could */
    int wait_status; /* as waitpid says it */
    capture out;
    capture err;
} execution;

/* Where states go over UDP; NULL: to standard output. */
static const char *udp_place;

/* The command's process while it runs, and the signal that the agent was told to stop it with. */
static volatile sig_atomic_t running_pid;
static volatile sig_atomic_t stop_signal;

static _Noreturn void fail(const char *what, const char *why)
{
    (void)fprintf(stderr, "node_agent: %s: %s\n", what, why);
    exit(AGENT_FAILED);
}

/* ---- Identifiers and times ---------------------------------------------------------------- */

/* A random UUID (RFC 9562, version 4). */
static void make_uuid(char out[UUID_SIZE])
{
    unsigned char b[16];
    FILE *random = fopen("/dev/urandom", "rb");
    if (random == NULL || fread(b, 1, sizeof b, random) != sizeof b) {
        fail("/dev/urandom", strerror(errno));
    }
    (void)fclose(random);
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    (void)snprintf(out, UUID_SIZE,
                   "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
                   b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
                   b[14], b[15]);
}

/* `given`, or else `prefix` and a new UUID, in memory of the caller's. */
static execwire_str identifier(const char *given, const char *prefix, char out[ID_SIZE])
{
    if (given != NULL) {
        return execwire_str_of(given);
    }
    char uuid[UUID_SIZE];
    make_uuid(uuid);
    (void)snprintf(out, ID_SIZE, "%s%s", prefix, uuid);
    return execwire_str_of(out);
}

static execwire_time now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (execwire_time){time.tv_sec, (int32_t)time.tv_nsec};
}

/* ---- Reporting ---------------------------------------------------------------------------- */

static void write_all(const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, size);
        if (written < 0 && errno != EINTR) {
            fail("standard output", strerror(errno));
        }
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        }
    }
}

static void write_state(const execwire_state *state)
{
    static uint8_t message[16384];
    execwire_error error;
    size_t size;
    if (execwire_delimited_write(state, message, sizeof message, &size, &error) != EXECWIRE_OK) {
        fail(error.path, error.text);
    }
    write_all(message, size);
}

/* With --udp, ends the agent when something went wrong. */
static void expect_sent(const char *why)
{
    if (why != NULL) {
        fail(udp_place, why);
    }
}

/* Moves the execution on to another state and sends it. */
static void report(execwire_state *state, enum execwire_execution_state_type type)
{
    state->has_state = true;
    state->state = (int32_t)type;
    state->version++;
    state->update_time = now();
    if (!state->has_create_time) {
        state->has_create_time = true;
        state->create_time = state->update_time;
    }
    if (udp_place == NULL) {
        write_state(state);
    } else {
        expect_sent(udp_report_send(state));
    }
}

/* ---- The command's output ----------------------------------------------------------------- */

/* Reads once what has come. Returns false when nothing has. */
static bool capture_read(capture *output, short events)
{
    if (output->fd < 0 || events == 0) {
        return false;
    }
    if (output->size == sizeof output->bytes) {
        memcpy(output->bytes, output->bytes + KEPT_BYTES, KEPT_BYTES);
        output->size = KEPT_BYTES;
        output->cut = true;
    }
    ssize_t got =
        read(output->fd, output->bytes + output->size, sizeof output->bytes - output->size);
    if (got > 0) {
        output->size += (size_t)got;
    } else if (got == 0 || errno != EINTR) {
        close(output->fd);
        output->fd = -1;
    }
    return true;
}

/* Where the last KEPT_BYTES of a text begin, past the rest of a character that was cut apart.
 *
 * cut  something before the text is gone already */
static size_t tail_start(const char *text, size_t size, bool cut)
{
    size_t start = size > KEPT_BYTES ? size - KEPT_BYTES : 0;
    if (!cut && start == 0) {
        return 0;
    }
    for (int torn = 0; torn < 3 && start < size; torn++) {
        if (((unsigned char)text[start] & 0xc0) != 0x80) {
            break;
        }
        start++;
    }
    return start;
}

/* Text of any program as UTF-8, in three times as much room, which is always enough. */
static execwire_str mend(const char *text, size_t size, char *room, size_t capacity)
{
    execwire_str mended = {room, 0};
    if (execwire_utf8_mend(text, size, room, capacity, &mended.size, NULL) != EXECWIRE_OK) {
        fail("UTF-8", execwire_code_text(EXECWIRE_ERROR_NO_SPACE));
    }
    return mended;
}

/* The end of the output, as UTF-8 of at most KEPT_BYTES. */
static execwire_str capture_text(capture *output)
{
    /* Cut before mending: half a character at the cut is no bad byte of the command's. Mending
     * can make it longer, so cut once more. */
    size_t first = tail_start(output->bytes, output->size, output->cut);
    execwire_str whole =
        mend(output->bytes + first, output->size - first, output->mended, sizeof output->mended);
    size_t second = tail_start(whole.data, whole.size, false);
    output->cut = output->cut || first > 0 || second > 0;
    return (execwire_str){whole.data + second, whole.size - second};
}

/* ---- The command -------------------------------------------------------------------------- */

static void stop(int signal_number)
{
    stop_signal = signal_number;
    if (running_pid > 0) {
        kill((pid_t)running_pid, signal_number);
    }
}

/* A pipe that the command does not inherit. */
static void make_pipe(int ends[2])
{
    if (pipe(ends) != 0) {
        fail("pipe", strerror(errno));
    }
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
}

static _Noreturn void become(char **command, int out, int err, int failure)
{
    (void)signal(SIGPIPE, SIG_DFL);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    execvp(command[0], command);
    int why = errno;
    while (write(failure, &why, sizeof why) < 0 && errno == EINTR) {
    }
    _exit(NOT_FOUND);
}

/* Starts the command, and returns when it runs or is known not to. */
static void run_start(execution *run, char **command)
{
    int out[2];
    int err[2];
    int failure[2]; /* closed by a successful exec, otherwise carries errno */
    make_pipe(out);
    make_pipe(err);
    make_pipe(failure);
    run->pid = fork();
    if (run->pid < 0) {
        fail("fork", strerror(errno));
    }
    if (run->pid == 0) {
        become(command, out[1], err[1], failure[1]);
    }
    running_pid = run->pid;
    if (stop_signal != 0) {
        kill(run->pid, stop_signal);
    }
    close(out[1]);
    close(err[1]);
    close(failure[1]);
    run->out.fd = out[0];
    run->err.fd = err[0];
    ssize_t got;
    do {
        got = read(failure[0], &run->start_errno, sizeof run->start_errno);
    } while (got < 0 && errno == EINTR);
    close(failure[0]);
}

/* Collects both outputs, whichever has something, until they and the command have ended. A
 * background process of the command's that keeps them open is not waited for. */
static void run_finish(execution *run)
{
    bool ended = false;
    int grace = GRACE_READS;
    while ((run->out.fd >= 0 || run->err.fd >= 0) && grace > 0) {
        if (udp_place != NULL) {
            udp_report_tend();
        }
        struct pollfd pipes[2] = {{.fd = run->out.fd, .events = POLLIN},
                                  {.fd = run->err.fd, .events = POLLIN}};
        if (poll(pipes, 2, ended ? 0 : WAIT_MS) < 0) {
            continue;
        }
        bool got_out = capture_read(&run->out, pipes[0].revents);
        bool got_err = capture_read(&run->err, pipes[1].revents);
        if (ended && !got_out && !got_err) {
            break;
        }
        if (ended) {
            grace--;
        } else {
            ended = waitpid(run->pid, &run->wait_status, WNOHANG) == run->pid;
        }
    }
    while (!ended) {
        ended = waitpid(run->pid, &run->wait_status, 0) == run->pid;
    }
    running_pid = 0;
}

/* ---- How it ended ------------------------------------------------------------------------- */

/* The command's exit status, as a shell says it. */
static int exit_status(const execution *run)
{
    if (run->start_errno != 0) {
        return run->start_errno == ENOENT ? NOT_FOUND : NOT_EXECUTABLE;
    }
    if (WIFSIGNALED(run->wait_status)) {
        return 128 + WTERMSIG(run->wait_status);
    }
    return WEXITSTATUS(run->wait_status);
}

/* Why there is no exit status, as UTF-8; empty when there is one. */
static execwire_str runner_error(const execution *run, const char *command)
{
    static char mended[3 * TEXT_SIZE];
    char text[TEXT_SIZE] = "";
    if (run->start_errno != 0) {
        (void)snprintf(text, sizeof text, "cannot run %s: %s", command, strerror(run->start_errno));
    } else if (WIFSIGNALED(run->wait_status)) {
        int number = WTERMSIG(run->wait_status);
        (void)snprintf(text, sizeof text, "killed by signal %d: %s", number, strsignal(number));
    }
    return mend(text, strlen(text), mended, sizeof mended);
}

static execwire_run_command_result result_of(execution *run, const char *command)
{
    execwire_run_command_result result = {0};
    result.runner_error = runner_error(run, command);
    result.has_exit_code = true;
    result.exit_code = result.runner_error.size > 0 ? -1 : exit_status(run);
    result.std_out = capture_text(&run->out);
    result.has_stdouttruncated = true;
    result.stdouttruncated = run->out.cut;
    result.std_err = capture_text(&run->err);
    result.has_stderrtruncated = true;
    result.stderrtruncated = run->err.cut;
    return result;
}

/* Reports the last state. */
static void report_end(execwire_state *state)
{
    static char status[4 * TEXT_SIZE];
    const execwire_run_command_result *result = &state->run_output;
    enum execwire_execution_state_type type = EXECWIRE_EXECUTION_STATE_FAILED;
    if (result->exit_code == 0) {
        type = EXECWIRE_EXECUTION_STATE_COMPLETED;
    } else if (stop_signal != 0) {
        type = EXECWIRE_EXECUTION_STATE_CANCELLED;
        state->status = EXECWIRE_STR("stopped on request");
    } else if (result->runner_error.size > 0) {
        (void)snprintf(status, sizeof status, "execution failed: %.*s",
                       (int)result->runner_error.size, result->runner_error.data);
        state->status = execwire_str_of(status);
    } else {
        (void)snprintf(status, sizeof status, "execution failed: exit code %d",
                       (int)result->exit_code);
        state->status = execwire_str_of(status);
    }
    report(state, type);
}

static int run_and_report(execwire_state *state, char **command)
{
    static execution run; /* too large for the stack of a small machine */

    state->has_version = true;
    state->has_update_time = true;
    state->has_published_results = true; /* there and empty: there are none yet */
    report(state, EXECWIRE_EXECUTION_STATE_NEW);

    run_start(&run, command);
    state->has_desired_state = true;
    if (run.start_errno == 0) {
        state->desired_state = EXECWIRE_EXECUTION_DESIRED_STATE_RUNNING;
        report(state, EXECWIRE_EXECUTION_STATE_BID_ACCEPTED);
    }
    run_finish(&run);

    state->desired_state = EXECWIRE_EXECUTION_DESIRED_STATE_STOPPED;
    state->has_run_output = true;
    state->run_output = result_of(&run, command[0]);
    report_end(state);
    if (udp_place != NULL) {
        expect_sent(udp_report_close());
    }
    return exit_status(&run);
}

static _Noreturn void usage(void)
{
    (void)fputs("usage: node_agent [--job-id ID] [--execution-id ID] [--node-id ID]\n"
                "                  [--udp HOST:PORT --session FILE] -- COMMAND [ARG...]\n",
                stderr);
    exit(AGENT_FAILED);
}

int main(int argc, char **argv)
{
    const char *job = NULL;
    const char *reference = NULL;
    const char *node = NULL;
    const char *session = NULL;
    const struct {
        const char *name;
        const char **value;
    } options[] = {{"--job-id", &job},
                   {"--execution-id", &reference},
                   {"--node-id", &node},
                   {"--udp", &udp_place},
                   {"--session", &session}};
    const size_t count = sizeof options / sizeof options[0];
    int i = 1;
    for (; i + 1 < argc && strcmp(argv[i], "--") != 0; i += 2) {
        size_t option = 0;
        while (option < count && strcmp(argv[i], options[option].name) != 0) {
            option++;
        }
        if (option == count) {
            usage();
        }
        *options[option].value = argv[i + 1];
    }
    if (i + 1 >= argc || (udp_place == NULL) != (session == NULL)) {
        usage();
    }

    (void)signal(SIGPIPE, SIG_IGN); /* a reader that left is an error, and is said */
    sigaction(SIGINT, &(struct sigaction){.sa_handler = stop}, NULL);
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = stop}, NULL);
    char ids[3][ID_SIZE];
    execwire_state state = {0};
    state.job_id = identifier(job, "", ids[0]);
    state.compute_reference = identifier(reference, "e-", ids[1]);
    state.node_id = identifier(node, "n-", ids[2]);
    if (udp_place != NULL) {
        expect_sent(udp_report_open(udp_place, session, state.node_id));
    }
    return run_and_report(&state, argv + i + 1);
}
