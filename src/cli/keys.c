/* keys: keys of sealed frames.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/keys.h"
#include "base/ascii.h"
#include "cli/carrier/crypto.h"
#include "cli/command.h"

#include <string.h>

typedef struct keys_options {
    cli_options common;
    const char *new_for; /* a node's name; may be NULL */
} keys_options;

/* What others need not know is not shown. */
static void show(output *out, const keys *k)
{
    for (size_t i = 0; i < k->count; i++)
        output_print(out, "%s %02x%02x %u\n", k->of[i].name, k->of[i].cid[0], k->of[i].cid[1],
                     k->of[i].key.id);
}

static bool has_cid(const keys *k, const uint8_t *cid)
{
    for (size_t i = 0; i < k->count; i++)
        if (memcmp(k->of[i].cid, cid, EXECWIRE_SEAL_CID_SIZE) == 0)
            return true;
    return false;
}

/* A connection id that nobody has, and the first key; of a node that has one, its id and the next
 * key. */
static bool make_key(const keys *others, const char *name, node_key *made)
{
    bool known = false;

    *made = (node_key){.name = ""};
    memcpy(made->name, name, strlen(name));
    for (size_t i = 0; i < others->count; i++)
        if (strcmp(others->of[i].name, name) == 0) {
            memcpy(made->cid, others->of[i].cid, sizeof made->cid);
            made->key.id = (others->of[i].key.id + 1u) % 32;
            known = true;
        }
    do {
        if (!crypto_random(NULL, made->key.key, sizeof made->key.key) ||
            (!known && !crypto_random(NULL, made->cid, sizeof made->cid)))
            return report_errno("getrandom") == OUTCOME_GOOD;
    } while (!known && has_cid(others, made->cid));
    return true;
}

static void put_key(output *out, const node_key *key)
{
    char digits[2 * EXECWIRE_SEAL_KEY_SIZE];

    for (size_t i = 0; i < sizeof digits; i++)
        digits[i] = execwire_hex_digit(key->key.key[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15u);
    output_print(out, "%s %02x%02x %u %.*s\n", key->name, key->cid[0], key->cid[1], key->key.id,
                 (int)sizeof digits, digits);
}

static bool is_name(const char *name)
{
    return strlen(name) <= EXECWIRE_SEAL_NAME_SIZE && name[strcspn(name, " \t\r\n#")] == '\0';
}

static outcome run_keys(cli_job *job)
{
    const keys_options *options = job->verb_options;
    const char *path = options->common.file_count > 0 ? options->common.files[0] : "-";
    bool has_file = strcmp(path, "-") != 0;
    keys k = {.count = 0};
    outcome result = OUTCOME_GOOD;
    node_key made;

    if (options->common.file_count > 1 || (!has_file && options->new_for == NULL) ||
        (options->new_for != NULL && !is_name(options->new_for))) {
        report("keys: one file, or --new NODE, or both; a NODE has 64 bytes at most and no blanks");
        return OUTCOME_USAGE;
    }
    if (has_file && !keys_read(&k, path))
        return OUTCOME_IO;
    if (options->new_for == NULL)
        show(&job->out, &k);
    else if (make_key(&k, options->new_for, &made))
        put_key(&job->out, &made);
    else
        result = OUTCOME_IO;
    keys_free(&k);
    return result;
}

static const cli_option of_keys[] = {
    {.name = "new",
     .argument = "NODE",
     .help = "a new key for NODE, that goes with those in FILE",
     .set = option_text,
     .at = offsetof(keys_options, new_for)},
};
static const option_group options_of_keys = {"Keys", of_keys, OPTION_COUNT(of_keys)};

static const keys_options keys_defaults = {.common = {CLI_DEFAULTS}};
static const option_use keys_uses[] = {{&options_of_keys, 0}, {&options_run, 0}, {NULL, 0}};
const cli_command keys_command = {.name = "keys",
                                  .summary = "keys of sealed frames",
                                  .example = "execwire keys --new node-1",
                                  .options = keys_uses,
                                  .defaults = &keys_defaults,
                                  .options_size = sizeof keys_defaults,
                                  .run = run_keys};
