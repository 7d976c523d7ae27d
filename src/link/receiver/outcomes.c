/* The names of outcomes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <execwire/link.h>

static const struct {
    const char *name;
    const char *text;
} outcomes[] = {
#define OUTCOME(name, text) {"EXECWIRE_LINK_" #name, text},
    EXECWIRE_LINK_OUTCOME_LIST(OUTCOME)
#undef OUTCOME
        {"", "not an outcome"}};

static unsigned outcome_index(execwire_link_outcome outcome)
{
    return (unsigned)outcome < EXECWIRE_LINK_OUTCOME_COUNT ? outcome : EXECWIRE_LINK_OUTCOME_COUNT;
}

const char *execwire_link_outcome_name(execwire_link_outcome outcome)
{
    return outcomes[outcome_index(outcome)].name;
}

const char *execwire_link_outcome_text(execwire_link_outcome outcome)
{
    return outcomes[outcome_index(outcome)].text;
}
