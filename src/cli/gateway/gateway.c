/* gateway: frames of many nodes to states.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/inherited.h"
#include "cli/carrier/sealed.h"
#include "cli/gateway/log.h"
#include "cli/gateway/work.h"
#include "cli/link.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define DEFAULT_NODES 16384
#define FEWEST_NODES  4 /* as <execwire/gateway.h> has both */
#define MOST_NODES    16777216
/* What is known of a node's executions, as a rule: room is taken as it is used. */
#define STORE_A_NODE ((size_t)8 << 10)
/* Room for large frames of all nodes, as a rule, and for at least so many nodes. */
#define PIECES            ((size_t)256 << 20)
#define FEWEST_ASSEMBLIES 8
#define MOST_ASSEMBLIES   4096

/* ---- Start and end ---- */

static void forget(void *context, uint32_t node, execwire_str name)
{
    gateway_work *w = context;

    keep_forget(&w->kept, node, link_now());
    if (!w->options->common.quiet)
        log_forgotten(name);
}

static void lend_memory(execwire_gateway_options *lent, const gateway_options *options)
{
    size_t nodes = options->max_nodes;
    size_t most = options->common.max_message;
    size_t assemblies = PIECES / (EXECWIRE_GATEWAY_TRANSFERS * LINK_TRANSFER_OF(most));

    if (assemblies < FEWEST_ASSEMBLIES)
        assemblies = FEWEST_ASSEMBLIES;
    lent->assembly_count = assemblies < MOST_ASSEMBLIES ? assemblies : MOST_ASSEMBLIES;
    lent->node_count = nodes;
    lent->source_count = 2 * lent->node_count;
    lent->text_capacity = 2 * (most + LINK_FRAME_OVERHEAD);
    lent->store_capacity = nodes * STORE_A_NODE + 8 * lent->text_capacity;
    lent->entry_capacity = most / 4 + 1;
    lent->piece_capacity =
        lent->assembly_count * EXECWIRE_GATEWAY_TRANSFERS * LINK_TRANSFER_OF(most);
    lent->nodes = reallocate_array(NULL, lent->node_count, sizeof *lent->nodes);
    lent->sources = reallocate_array(NULL, lent->source_count, sizeof *lent->sources);
    lent->assemblies = reallocate_array(NULL, lent->assembly_count, sizeof *lent->assemblies);
    lent->store = reallocate(NULL, lent->store_capacity);
    lent->pieces = reallocate(NULL, lent->piece_capacity);
    lent->text = reallocate(NULL, lent->text_capacity);
    lent->entries = reallocate_array(NULL, lent->entry_capacity, sizeof *lent->entries);
}

static bool seal_carriers(gateway_work *w)
{
    bool good;
    keys k;

    if (w->options->link.keys == NULL)
        return true;
    if (!keys_read(&k, w->options->link.keys))
        return false;
    good = carriers_seal(&w->from, w->mtu, &k);
    keys_free(&k);
    return good;
}

static bool start(gateway_work *w)
{
    execwire_gateway_options lent = {.mode = w->options->link.one_way ? EXECWIRE_LINK_ONE_WAY
                                                                      : EXECWIRE_LINK_TWO_WAY,
                                     .ack_ms = w->options->link.ack_ms,
                                     .want_ms = w->options->link.want_ms,
                                     .fresh_ms = w->options->link.fresh_ms,
                                     .forget = forget,
                                     .context = w};

    if (getrandom(&lent.seed, sizeof lent.seed, 0) != (ssize_t)sizeof lent.seed)
        return report_errno("getrandom") == OUTCOME_GOOD;
    lend_memory(&lent, w->options);
    if (execwire_gateway_init(&w->gateway, &lent, NULL) != EXECWIRE_OK ||
        !keep_open(&w->kept, w->options->state, w->options->max_nodes))
        return false;
    keep_load(&w->kept, &w->gateway, link_now());
    return metrics_open(&w->metrics, w->options->metrics) &&
           engines_open(&w->to, &w->options->to) &&
           carriers_open(&w->from, &w->options->from, w->options->link.mtu) && seal_carriers(w);
}

static outcome run_gateway(cli_job *job)
{
    const gateway_options *options = job->verb_options;
    gateway_work *w = memset(reallocate(NULL, sizeof *w), 0, sizeof *w);

    job->own = w;
    w->job = job;
    w->options = options;
    w->mtu = link_mtu(&options->link);
    w->feedback = reallocate(NULL, options->link.mtu);
    (void)metrics_open(&w->metrics, NULL);
    if (options->from.count == 0 && inherited_count() == 0) {
        report("gateway: say where frames come from, such as --udp [HOST:]PORT");
        return OUTCOME_USAGE;
    }
    if (options->link.keys != NULL && options->link.one_way) {
        report("gateway: --keys needs a way back, to tell nodes from recordings; without one, link "
               "recv --keys --state for each node");
        return OUTCOME_USAGE;
    }
    if (!link_seal_fits(&options->link, "gateway"))
        return OUTCOME_USAGE;
    gateway_take_signals(w);
    w->started = start(w);
    return w->started ? gateway_run(w) : OUTCOME_IO;
}

static outcome gateway_finish(cli_job *job, bool good)
{
    gateway_work *w = job->own;
    const execwire_gateway_options *lent;

    (void)good;
    if (w == NULL)
        return OUTCOME_GOOD;
    lent = &w->gateway.options;
    if (w->started && !w->options->common.quiet)
        log_summary(w->frames, carriers_lost(&w->from), &w->gateway.stats);
    carriers_close(&w->from);
    engines_close(&w->to);
    metrics_close(&w->metrics);
    keep_close(&w->kept);
    free(w->feedback);
    free(lent->nodes);
    free(lent->sources);
    free(lent->assemblies);
    free(lent->store);
    free(lent->pieces);
    free(lent->text);
    free(lent->entries);
    return OUTCOME_GOOD;
}

/* ---- The command ---- */

static const char *gateway_remedy(const void *verb_options)
{
    const gateway_options *options = verb_options;

    return options->states.protobuf ? command_remedy(options->common.framing) : NULL;
}

static bool set_max_nodes(void *out, const char *argument)
{
    const size_t *nodes = out;

    return option_size(out, argument) && *nodes >= FEWEST_NODES && *nodes <= MOST_NODES;
}

static bool add_place(void *out, const char *argument, carrier_opener *open)
{
    carrier_places *from = out;

    if (from->count == CARRIERS_MOST)
        return false;
    from->of[from->count].open = open;
    from->of[from->count++].place = argument;
    return true;
}

static bool add_udp(void *out, const char *argument)
{
    const char *place;

    return link_place(&place, argument) && add_place(out, argument, carrier_open_udp);
}

static bool add_mqtt(void *out, const char *argument)
{
    return add_place(out, argument, carrier_open_mqtt);
}

static bool add_nats(void *out, const char *argument)
{
    return add_place(out, argument, carrier_open_nats);
}

static bool add_serial(void *out, const char *argument)
{
    return add_place(out, argument, carrier_open_serial);
}

static bool add_engine(void *out, const char *argument)
{
    engine_urls *to = out;

    if (to->count == ENGINES_MOST || *argument == '\0')
        return false;
    to->of[to->count++] = argument;
    return true;
}

static const cli_option of_gateway[] = {
    {.name = "udp",
     .argument = "PLACE",
     .help = "frames as datagrams at PORT or HOST:PORT",
     .set = add_udp,
     .at = offsetof(gateway_options, from),
     .many = true},
    {.name = "mqtt",
     .argument = "URL",
     .help = "frames at topics of a broker: mqtt://HOST/TOPIC",
     .set = add_mqtt,
     .at = offsetof(gateway_options, from),
     .many = true},
    {.name = "nats",
     .argument = "URL",
     .help = "frames at subjects of a server: nats://HOST/PREFIX",
     .set = add_nats,
     .at = offsetof(gateway_options, from),
     .many = true},
    {.name = "device",
     .argument = "FILE",
     .help = "frames of one node on a serial line",
     .set = add_serial,
     .at = offsetof(gateway_options, from),
     .many = true},
    {.name = "to",
     .argument = "URL",
     .help = "an engine that takes the states",
     .set = add_engine,
     .at = offsetof(gateway_options, to),
     .many = true},
    {.name = "keys",
     .argument = "FILE",
     .help = "frames are sealed with the nodes' keys",
     .set = option_text,
     .at = offsetof(gateway_options, link.keys)},
    {.name = "metrics",
     .argument = "PLACE",
     .help = "figures for Prometheus at http://[HOST:]PORT/metrics",
     .set = link_place,
     .at = offsetof(gateway_options, metrics)},
    {.name = "log",
     .argument = "KIND",
     .choices = "text json",
     .help = "what is said on standard error: text (default) or json",
     .set = log_option},
    {.name = "state",
     .argument = "FOLDER",
     .help = "keep what is known of nodes there, across restarts",
     .set = option_text,
     .at = offsetof(gateway_options, state)},
    {.name = "max-nodes",
     .argument = "NUMBER",
     .help = "nodes that are known at a time (16384)",
     .set = set_max_nodes,
     .at = offsetof(gateway_options, max_nodes)},
};
static const option_group options_gateway = {LINK_TITLE, of_gateway, OPTION_COUNT(of_gateway)};

static const gateway_options gateway_defaults = {
    .common = {CLI_DEFAULTS}, .link = {LINK_OPTIONS_DEFAULTS}, .max_nodes = DEFAULT_NODES};
static const option_use gateway_uses[] = {{&options_messages, 0},
                                          {&options_link, offsetof(gateway_options, link)},
                                          {&options_states, offsetof(gateway_options, states)},
                                          {&options_gateway, 0},
                                          {&options_keys, offsetof(gateway_options, states.json)},
                                          {&options_run, 0},
                                          {NULL, 0}};
const cli_command gateway_command = {.name = "gateway",
                                     .summary = "frames of many nodes to states",
                                     .example = "execwire gateway --udp :4000 -o states.jsonl",
                                     .options = gateway_uses,
                                     .defaults = &gateway_defaults,
                                     .options_size = sizeof gateway_defaults,
                                     .appends = true,
                                     .no_files = true,
                                     .remedy = gateway_remedy,
                                     .run = run_gateway,
                                     .finish = gateway_finish};
