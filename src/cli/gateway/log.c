/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gateway/log.h"

#include "cli/base/report.h"

#include <inttypes.h>

void log_node(const execwire_gateway *gateway, const execwire_gateway_event *event,
              const carriers *from, execwire_str source)
{
    char text[EXECWIRE_LINK_NODE_SIZE], place[CARRIER_NAME_SIZE];
    execwire_str name;
    const char *what = event->met         ? "is new"
                       : event->restarted ? "began another session"
                       : event->moved     ? "moved"
                                          : NULL;

    if (what == NULL)
        return;
    name = execwire_gateway_name(gateway, event->node, text);
    carriers_describe(from, source, place);
    report("gateway: node %.*s %s, at %s", (int)name.size, name.size > 0 ? name.data : "", what,
           place);
}

void log_forgotten(execwire_str name)
{
    report("gateway: node %.*s made room for others (--max-nodes)", (int)name.size,
           name.size > 0 ? name.data : "");
}

void log_no_room(size_t max_message)
{
    report("gateway: a state is larger than there is room for: raise --max-message (%zu)",
           max_message);
}

void log_waiting(uint64_t milliseconds)
{
    report("gateway: states have waited for --to for %" PRIu64 " s", milliseconds / 1000);
}

void log_settled(uint64_t milliseconds)
{
    report("gateway: --to has taken all again, after %" PRIu64 " s", milliseconds / 1000);
}
