/* SPDX-License-Identifier: Apache-2.0 */
#include "link/sender/words.h"

#include "base/crc32.h"
#include "link/model/difference.h"

#define SHORTEST_NEW_WORD 6
#define LONGEST_WORD      96
/* All of a hello with one word, but the word: check, first_word, tag and size, session. */
#define AROUND_WORD 19

/* Texts that may become words. Those that recur as a rule are made words at once, others when they
 * come again. */
static const struct {
    uint16_t path;
    bool recurs;
} candidates[] = {
    {EXECWIRE_PATH_BUCKET, true},   {EXECWIRE_PATH_REGION, true},   {EXECWIRE_PATH_STATUS, false},
    {EXECWIRE_PATH_STD_OUT, false}, {EXECWIRE_PATH_STD_ERR, false},
};

/* Whether this text came lately; if not, it is remembered. */
static bool seen_before(execwire_link_sender *sender, const execwire_str *text)
{
    uint16_t hash = (uint16_t)execwire_crc32(0, text->data, text->size);
    uint16_t *seen = &sender->seen[hash % (sizeof sender->seen / sizeof sender->seen[0])];
    bool before = *seen == hash;

    *seen = hash;
    return before;
}

/* Whether there is room for a text as a word, and it is worth one: with the words that there are,
 * it is long even packed. */
static bool may_be_word(const execwire_link_sender *sender, const execwire_str *text)
{
    const execwire_link_names names = execwire_words_of(sender);
    execwire_sink packed = {NULL, 0};

    if (text->size > LONGEST_WORD || text->size + AROUND_WORD > sender->options.mtu ||
        sender->words_used + 1u + text->size > sender->options.word_capacity ||
        sender->word_count == EXECWIRE_LINK_MAX_WORDS)
        return false;
    execwire_text_write_plain(text, &names, &packed);
    return packed.size >= SHORTEST_NEW_WORD;
}

static void add_word(execwire_link_sender *sender, const execwire_str *text)
{
    char *out = sender->options.words + sender->words_used;

    *out++ = (char)text->size;
    memcpy(out, text->data, text->size);
    sender->words_used = (uint16_t)(sender->words_used + 1 + text->size);
    sender->word_count++;
}

bool execwire_words_learn(execwire_link_sender *sender, const execwire_state *state)
{
    unsigned before = sender->word_count;

    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++) {
        const execwire_str *text = execwire_path_get(state, candidates[i].path);

        if (text != NULL && may_be_word(sender, text) &&
            (candidates[i].recurs || seen_before(sender, text)))
            add_word(sender, text);
    }
    return sender->word_count != before;
}
