/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gateway/figures.h"

#include <inttypes.h>
#include <string.h>

/* When states have waited for an engine for so long, something is to be done. */
#define LONGEST_WAIT_MS 30000

/* Frames that were taken together share what they took. */
void figures_note(figures *f, unsigned frames, uint64_t nanoseconds)
{
    uint64_t most = 1000;
    unsigned step = 0;

    if (frames == 0)
        return;
    for (; step < FIGURES_TIMES - 1 && nanoseconds / frames > most; step++)
        most *= 10;
    f->frames_in[step] += frames;
    f->seconds += (double)nanoseconds / 1e9;
}

/* ---- What is told ---- */

static void put_head(output *out, const char *name, const char *type, const char *help)
{
    output_print(out, "# HELP execwire_%s %s\n# TYPE execwire_%s %s\n", name, help, name, type);
}

static void put(output *out, const char *name, const char *type, const char *help, uint64_t value)
{
    put_head(out, name, type, help);
    output_print(out, "execwire_%s %" PRIu64 "\n", name, value);
}

static void put_outcomes(output *out, const execwire_link_receiver_stats *stats)
{
    put_head(out, "frames_total", "counter", "Frames by what became of them.");
    for (unsigned i = 0; i < EXECWIRE_LINK_OUTCOME_COUNT; i++)
        output_print(out, "execwire_frames_total{outcome=\"%s\"} %" PRIu32 "\n",
                     execwire_link_outcome_name((execwire_link_outcome)i) +
                         strlen("EXECWIRE_LINK_"),
                     stats->outcomes[i]);
    output_print(out, "execwire_frames_total{outcome=\"MALFORMED\"} %" PRIu32 "\n",
                 stats->malformed);
}

static void put_times(output *out, const figures *f)
{
    static const char *const ends[FIGURES_TIMES] = {"1e-06", "1e-05", "0.0001", "0.001",
                                                    "0.01",  "0.1",   "1",      "+Inf"};
    uint64_t frames = 0;

    put_head(out, "frame_seconds", "histogram",
             "Time for a frame, as the mean of those that were taken together.");
    for (unsigned i = 0; i < FIGURES_TIMES; i++) {
        frames += f->frames_in[i];
        output_print(out, "execwire_frame_seconds_bucket{le=\"%s\"} %" PRIu64 "\n", ends[i],
                     frames);
    }
    output_print(out, "execwire_frame_seconds_sum %.9f\nexecwire_frame_seconds_count %" PRIu64 "\n",
                 f->seconds, frames);
}

static void put_nodes(output *out, const execwire_gateway_stats *stats)
{
    put(out, "nodes", "gauge", "Nodes that are known.", stats->nodes);
    put(out, "sources", "gauge", "Addresses that frames came from.", stats->sources);
    put(out, "store_bytes", "gauge", "Bytes of what is known of executions.", stats->store_used);
    put(out, "nodes_met_total", "counter", "Nodes that were not known before.", stats->met);
    put(out, "nodes_moved_total", "counter", "Nodes that went on at another address.",
        stats->moved);
    put(out, "nodes_forgotten_total", "counter", "Nodes that made room for others.",
        stats->forgotten);
    put(out, "executions_forgotten_total", "counter",
        "Executions that made room for others of their node.", stats->link.forgotten);
    put(out, "hellos_asked_total", "counter", "Addresses that were asked for a hello.",
        stats->asked);
}

static void put_bytes(output *out, const execwire_gateway_stats *stats, uint64_t written)
{
    put(out, "feedback_frames_total", "counter", "Frames that were sent back.",
        stats->link.feedbacks);
    put(out, "feedback_withheld_total", "counter",
        "Frames that would have been more than an address may be sent.", stats->withheld);
    put(out, "received_bytes_total", "counter", "Bytes of frames that came.", stats->link.bytes);
    put(out, "sent_bytes_total", "counter", "Bytes of frames that were sent back.", stats->sent);
    put(out, "output_bytes_total", "counter", "Bytes of states that were written.", written);
}

/* ---- Executions ---- */

static uint64_t count_suspects(execwire_gateway *gateway, uint64_t now)
{
    uint64_t suspects = 0;

    for (uint32_t node = 0; node < gateway->options.node_count; node++)
        for (unsigned ref = 0; ref < EXECWIRE_LINK_MAX_REFS; ref++) {
            execwire_link_view view;

            suspects += execwire_gateway_view(gateway, node, ref, now, &view) && view.suspect;
        }
    return suspects;
}

/* ---- Carriers and engines ---- */

/* The labels of one of several: what it is, and which, as two may be called the same. */
static void put_one(output *out, const char *name, const char *kind, const char *label,
                    unsigned number, uint64_t value)
{
    output_print(out, "execwire_%s{%s=\"", name, kind);
    for (; *label != '\0'; label++)
        output_print(out, *label == '"' || *label == '\\' ? "\\%c" : "%c", *label);
    output_print(out, "\",number=\"%u\"} %" PRIu64 "\n", number, value);
}

static void put_carriers(output *out, const carriers *from)
{
    put_head(out, "carrier_lost_frames_total", "counter",
             "Frames that came and were dropped before anybody looked at them.");
    for (unsigned i = 0; i < from->count; i++)
        put_one(out, "carrier_lost_frames_total", "carrier", from->of[i]->kind->name, i,
                from->of[i]->lost);
}

static uint64_t waited_ms(const engine *e, uint64_t now)
{
    return e->waiting > 0 && now > e->since ? now - e->since : 0;
}

/* What is told of each engine, and in the same order its figures. */
static const struct {
    const char *name, *type, *help;
} of_engine[] = {
    {"engine_waiting", "gauge", "States that were given to an engine and are not taken yet."},
    {"engine_wait_seconds", "gauge", "Time since an engine had taken all."},
    {"engine_taken_total", "counter", "States that an engine has taken."},
    {"engine_refused_total", "counter", "States that an engine will never take."},
    {"engine_repeated_total", "counter", "States that were given to an engine again."}};
#define OF_ENGINE (sizeof of_engine / sizeof *of_engine)

static uint64_t figure_of(const engine *e, size_t which, uint64_t now)
{
    const uint64_t all[OF_ENGINE] = {e->waiting, waited_ms(e, now) / 1000, e->taken, e->refused,
                                     e->repeated};

    return all[which];
}

static void put_engines(output *out, const engines *to, uint64_t now)
{
    for (size_t i = 0; i < OF_ENGINE; i++) {
        put_head(out, of_engine[i].name, of_engine[i].type, of_engine[i].help);
        for (unsigned j = 0; j < to->count; j++)
            put_one(out, of_engine[i].name, "engine", to->of[j]->name, j,
                    figure_of(to->of[j], i, now));
    }
}

/* ---- All ---- */

void figures_write(output *out, const figures *f, const figures_of *of, uint64_t now)
{
    const execwire_gateway_stats *stats = &of->gateway->stats;

    put_outcomes(out, &stats->link);
    put_times(out, f);
    put_nodes(out, stats);
    put(out, "suspects", "gauge", "Executions of which there may be a newer state.",
        count_suspects(of->gateway, now));
    put_bytes(out, stats, *of->written);
    put_carriers(out, of->from);
    put_engines(out, of->to, now);
}

bool figures_trouble(output *out, const figures_of *of, uint64_t now)
{
    bool trouble = false;

    for (unsigned i = 0; i < of->to->count; i++) {
        const engine *e = of->to->of[i];

        if (waited_ms(e, now) <= LONGEST_WAIT_MS)
            continue;
        trouble = true;
        output_print(out, "states have waited for %s for %" PRIu64 " s\n", e->name,
                     waited_ms(e, now) / 1000);
    }
    return trouble;
}
