/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gateway/log.h"

#include "cli/base/log.h"

#include <inttypes.h>
#include <string.h>

/* What became of a node; NULL: nothing new. */
static const char *change_of(const execwire_gateway_event *event, const char **text)
{
    *text = event->met         ? "is new"
            : event->restarted ? "began another session"
            : event->moved     ? "moved"
                               : NULL;
    return event->met         ? "node_new"
           : event->restarted ? "node_restarted"
           : event->moved     ? "node_moved"
                              : NULL;
}

void log_node(const execwire_gateway *gateway, const execwire_gateway_event *event,
              const carriers *from, execwire_str source)
{
    char name[EXECWIRE_LINK_NODE_SIZE], place[CARRIER_NAME_SIZE];
    const char *text;
    log_about about = {.event = change_of(event, &text), .at = place};

    if (about.event == NULL)
        return;
    about.node = execwire_gateway_name(gateway, event->node, name);
    carriers_describe(from, source, place);
    log_event(&about, "gateway: node %.*s %s, at %s", (int)about.node.size,
              about.node.size > 0 ? about.node.data : "", text, place);
}

void log_forgotten(execwire_str name)
{
    log_event(&(log_about){LOG_LEVEL_WARNING, "node_forgotten", name, NULL},
              "gateway: node %.*s made room for others (--max-nodes)", (int)name.size,
              name.size > 0 ? name.data : "");
}

void log_damaged(const char *path, unsigned nodes)
{
    report("%s: damaged, of another version or something else: %u nodes were read, others say all "
           "again",
           path, nodes);
}

void log_no_room(size_t max_message)
{
    log_event(&(log_about){.level = LOG_LEVEL_WARNING, .event = "no_room"},
              "gateway: a state is larger than there is room for: raise --max-message (%zu)",
              max_message);
}

void log_waiting(uint64_t milliseconds)
{
    log_event(&(log_about){.level = LOG_LEVEL_WARNING, .event = "engines_wait"},
              "gateway: states have waited for --to for %" PRIu64 " s", milliseconds / 1000);
}

void log_settled(uint64_t milliseconds)
{
    log_event(&(log_about){.event = "engines_have_all"},
              "gateway: --to has taken all again, after %" PRIu64 " s", milliseconds / 1000);
}

void log_opened(const char *name, bool anew)
{
    log_event(&(log_about){.event = anew ? "output_opened" : "output_kept", .at = name},
              anew ? "gateway: %s is opened anew" : "gateway: %s stays as it is", name);
}

void log_keys(const char *path, bool anew)
{
    log_event(&(log_about){.event = anew ? "keys_read" : "keys_kept", .at = path},
              anew ? "gateway: keys are those of %s by now"
                   : "gateway: keys stay as they were in %s",
              path);
}

void log_summary(uint64_t frames, uint64_t lost, const execwire_gateway_stats *stats)
{
    log_event(&(log_about){.event = "end"},
              "gateway: %" PRIu64 " frames, %" PRIu32 " states of %" PRIu32 " nodes; %" PRIu64
              " bytes came, %" PRIu64 " went back; frames dropped: %" PRIu64,
              frames, stats->link.outcomes[EXECWIRE_LINK_STATE], stats->nodes, stats->link.bytes,
              stats->sent, stats->link.malformed + lost);
}

bool log_option(void *out, const char *argument)
{
    bool json = strcmp(argument, "json") == 0;

    (void)out;
    log_as_json(json);
    return json || strcmp(argument, "text") == 0;
}
