/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/relay.h"

#include "cli/base/io.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/* Bytes of a file that a thread takes at a time, if so many are there: few enough for its caches.
 */
#define PIECE_SIZE ((size_t)256 << 10)

/* Pieces for each thread: while one waits for its turn, its thread works on another. */
#define PIECES_OF_A_THREAD 2

/* What one thread works on, and what came of it until its turn comes. */
typedef struct piece {
    struct relay *of;
    cli_job job; /* whose output is memory */
    source from;
    uint64_t end; /* of its good messages, in the file; then what is counted of them */
    size_t size;  /* bytes of output */
    uint64_t good;
    uint64_t unknown;
    bool whole; /* there is no more in the piece */
    bool done;  /* and not let out; of the relay's mutex */
} piece;

typedef struct relay {
    cli_job *job;
    source *from;
    state_handler *handle;
    piece *pieces; /* piece N of the file is in place N % count */
    size_t count;
    pthread_mutex_t reading; /* of the input of `from`, and of `cut` */
    uint64_t cut;            /* pieces so far */
    int stop[2];             /* a pipe: there is something in it when reading is over */
    pthread_mutex_t mutex;   /* of what follows */
    pthread_cond_t turned;
    uint64_t turn;    /* the piece that goes out next */
    bool letting_out; /* a thread has `job->out`, and what `from` counts */
    bool stopped;     /* no other piece goes out */
} relay;

/* ---- Reading ---- */

static bool is_readable(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    return poll(&wait, 1, 0) > 0;
}

/* Waits until there is something to read. False: reading is over. */
static bool wait_for_input(const relay *r)
{
    struct pollfd wait[2] = {{.fd = r->from->in.fd, .events = POLLIN},
                             {.fd = r->stop[0], .events = POLLIN}};
    int ready;

    do
        ready = poll(wait, 2, -1);
    while (ready < 0 && errno == EINTR);
    return wait[1].revents == 0;
}

/* Reads a piece, or what is there without waiting; waits for what is the beginning of no more than
 * one message. Returns how many bytes are whole messages. */
static size_t read_piece(relay *r)
{
    input *in = &r->from->in;

    while (input_size(in) < PIECE_SIZE && !in->at_end) {
        if (!is_readable(in->fd)) {
            size_t whole = source_whole(r->from, true);

            if (whole > 0)
                return whole;
            if (!wait_for_input(r))
                return 0;
        }
        if (!input_read_ahead(in))
            break;
    }
    return source_whole(r->from, false);
}

/* For the piece that is cut next: so many wait for their turn at most. NULL: none is cut any more.
 */
static piece *wait_for_place(relay *r)
{
    bool stopped;

    (void)pthread_mutex_lock(&r->mutex);
    while (!r->stopped && r->cut - r->turn >= r->count)
        (void)pthread_cond_wait(&r->turned, &r->mutex);
    stopped = r->stopped;
    (void)pthread_mutex_unlock(&r->mutex);
    return stopped ? NULL : &r->pieces[r->cut % r->count];
}

/* NULL: there is no more for threads. */
static piece *cut_piece(relay *r)
{
    piece *p;
    size_t size;

    (void)pthread_mutex_lock(&r->reading);
    p = wait_for_place(r);
    size = p != NULL ? read_piece(r) : 0;
    if (size > 0) {
        source_split(r->from, &p->from, size);
        r->cut++;
    }
    (void)pthread_mutex_unlock(&r->reading);
    return size > 0 ? p : NULL;
}

/* ---- Converting ---- */

/* So far all is good and nothing is open. */
static void mark(piece *p)
{
    p->end = p->from.in.offset;
    p->size = p->job.out.size;
    p->good = p->from.good;
    p->unknown = p->from.unknown;
}

/* Up to the first message that is not good, or that is inside of something. */
static void convert(piece *p)
{
    next_result next = NEXT_RECORD;
    record seen;
    fault why;

    p->job.out.size = 0;
    mark(p);
    while (next == NEXT_RECORD && source_settle(&p->from)) {
        mark(p);
        next = command_next(&p->job, &p->from, p->of->handle, &seen, &why);
    }
    p->whole = next == NEXT_END;
    if (p->whole)
        mark(p);
    else
        source_retake(&p->from, p->end);
    p->from.good = p->good;
    p->from.unknown = p->unknown;
}

/* ---- Handing over ---- */

/* Lets out what came of a piece, whose turn it is. False: nothing goes out behind it. */
static bool let_out(piece *p)
{
    relay *r = p->of;
    output *out = &r->job->out;

    output_pass(out, p->job.out.buffer, p->size);
    source_follow(r->from, &p->from);
    progress_show(&r->from->in.progress, p->end);
    return p->whole && output_settle(out);
}

/* The next one, if it is done. */
static piece *due_piece(relay *r)
{
    piece *p = &r->pieces[r->turn % r->count];

    return p->done && !r->stopped ? p : NULL;
}

/* Lets out the piece, if it is its turn, and those behind it that are done. Where another thread
 * does that, it goes on with this one. */
static void hand_over(piece *p)
{
    relay *r = p->of;

    (void)pthread_mutex_lock(&r->mutex);
    p->done = true;
    while (!r->letting_out && (p = due_piece(r)) != NULL) {
        bool go_on;

        r->letting_out = true;
        (void)pthread_mutex_unlock(&r->mutex);
        go_on = let_out(p);
        if (!go_on)
            (void)io_write(r->stop[1], "", 1);
        (void)pthread_mutex_lock(&r->mutex);
        r->letting_out = false;
        r->stopped = !go_on;
        p->done = false;
        r->turn++;
        (void)pthread_cond_broadcast(&r->turned);
    }
    (void)pthread_mutex_unlock(&r->mutex);
}

/* ---- The threads ---- */

/* From this one on, if there is one. */
static void run_pieces(relay *r, piece *p)
{
    for (; p != NULL; p = cut_piece(r)) {
        convert(p);
        hand_over(p);
    }
}

static void *run_thread(void *of)
{
    run_pieces(of, cut_piece(of));
    return NULL;
}

/* In the order of the file. */
static int compare_pieces(const void *a, const void *b)
{
    uint64_t one = ((const piece *)a)->from.in.offset;
    uint64_t other = ((const piece *)b)->from.in.offset;

    return (one > other) - (one < other);
}

/* What is read and has not gone out is the source's again. */
static void put_back(relay *r)
{
    const input **left = reallocate_array(NULL, r->count, sizeof *left);
    size_t used = 0;

    for (size_t i = 0; i < r->count; i++)
        if (r->pieces[i].done)
            source_retake(&r->pieces[i].from, r->pieces[i].from.first);
    qsort(r->pieces, r->count, sizeof *r->pieces, compare_pieces);
    for (size_t i = 0; i < r->count; i++)
        if (input_size(&r->pieces[i].from.in) > 0)
            left[used++] = &r->pieces[i].from.in;
    input_unite(&r->from->in, left, used);
    free(left);
}

/* With this thread. As many as can be had. */
static void run_threads(relay *r, piece *first)
{
    size_t jobs = r->job->options->jobs;
    pthread_t *threads = reallocate_array(NULL, jobs, sizeof *threads);
    size_t wanted = r->from->in.at_end ? 1 : jobs; /* nobody else reads yet */
    size_t running = 1;

    while (running < wanted && pthread_create(&threads[running], NULL, run_thread, r) == 0)
        running++;
    run_pieces(r, first);
    while (--running > 0)
        (void)pthread_join(threads[running], NULL);
    free(threads);
}

static void open_pieces(relay *r)
{
    r->pieces = reallocate_array(NULL, r->count, sizeof *r->pieces);
    for (size_t i = 0; i < r->count; i++) {
        r->pieces[i] = (piece){.of = r, .job = *r->job};
        output_use_memory(&r->pieces[i].job.out);
    }
}

static void close_pieces(relay *r)
{
    for (size_t i = 0; i < r->count; i++) {
        free(r->pieces[i].job.out.buffer);
        source_close(&r->pieces[i].from);
    }
    free(r->pieces);
}

void relay_run(cli_job *job, source *from, state_handler *handle)
{
    relay r = {.job = job,
               .from = from,
               .handle = handle,
               .count = PIECES_OF_A_THREAD * (size_t)job->options->jobs,
               .reading = PTHREAD_MUTEX_INITIALIZER,
               .mutex = PTHREAD_MUTEX_INITIALIZER,
               .turned = PTHREAD_COND_INITIALIZER};
    piece *first;

    if (!output_settle(&job->out) || pipe(r.stop) != 0)
        return;
    open_pieces(&r);
    first = cut_piece(&r);
    if (first != NULL)
        run_threads(&r, first);
    put_back(&r);
    close_pieces(&r);
    (void)io_close(r.stop[0]);
    (void)io_close(r.stop[1]);
}
