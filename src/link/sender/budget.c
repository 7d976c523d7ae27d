/* SPDX-License-Identifier: Apache-2.0 */
#include "link/sender/budget.h"

#include "link/sender/timers.h"

unsigned execwire_sender_budget(execwire_link_sender *sender)
{
    if (execwire_sender_budget_wait(sender) == 0) {
        sender->budget = EXECWIRE_SENDER_BUDGET;
        sender->budget_since = sender->now;
    }
    return sender->budget;
}

uint32_t execwire_sender_budget_wait(const execwire_link_sender *sender)
{
    return execwire_sender_wait(sender, sender->budget_since,
                                sender->intervals[EXECWIRE_SENDER_WANT]);
}

bool execwire_sender_may_send(execwire_link_sender *sender)
{
    if (!sender->asked)
        return true;
    if (sender->budget == 0)
        return false;
    sender->budget--;
    return true;
}
