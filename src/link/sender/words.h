/* Texts that recur, and are said once for the session: its words.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_SENDER_WORDS_H
#define EXECWIRE_LINK_SENDER_WORDS_H

#include "link/model/text.h"

#include <execwire/link.h>

/* All words, as texts may refer to them. */
static inline execwire_link_names execwire_words_of(const execwire_link_sender *sender)
{
    return (execwire_link_names){.words = sender->options.words, .word_count = sender->word_count};
}

/* Makes words of texts of a state that recur. Returns whether there are new ones. */
bool execwire_words_learn(execwire_link_sender *sender, const execwire_state *state);

#endif
