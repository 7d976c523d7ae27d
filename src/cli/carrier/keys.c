/* SPDX-License-Identifier: Apache-2.0 */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
#define _DEFAULT_SOURCE /* explicit_bzero */
#include "cli/carrier/keys.h"

#include "base/ascii.h"
#include "cli/base/io.h"
#include "cli/base/report.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A line is shorter. */
#define LINE 256
/* And a file. */
#define MOST ((off_t)64 << 20)

/* ---- Lines ---- */

/* The next word of a line; NULL: there is none. */
static char *take_word(char **line)
{
    char *word = *line + strspn(*line, " \t\r");
    size_t size = strcspn(word, " \t\r");

    if (size == 0)
        return NULL;
    *line = word + size;
    if (**line != '\0')
        *(*line)++ = '\0';
    return word;
}

static bool read_hex(const char *digits, uint8_t *out, size_t size)
{
    if (digits == NULL || strlen(digits) != 2 * size)
        return false;
    for (size_t i = 0; i < size; i++) {
        int high = execwire_hex_value(digits[2 * i]);
        int low = execwire_hex_value(digits[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(16 * high + low);
    }
    return true;
}

static bool read_id(const char *text, uint8_t *id)
{
    unsigned value = 0;

    if (text == NULL || strlen(text) > 2)
        return false;
    for (; *text != '\0'; text++) {
        if (!execwire_is_digit(*text))
            return false;
        value = 10 * value + (unsigned)(*text - '0');
    }
    *id = (uint8_t)value;
    return value < 32;
}

/* What is wrong with a line; NULL: nothing. */
static const char *read_line(char *line, node_key *out)
{
    const char *name = take_word(&line);

    *out = (node_key){.name = ""};
    if (strlen(name) > EXECWIRE_SEAL_NAME_SIZE)
        return "the node's name is longer than 64 bytes";
    memcpy(out->name, name, strlen(name));
    if (!read_hex(take_word(&line), out->cid, sizeof out->cid))
        return "the connection id is not four digits of hex";
    if (!read_id(take_word(&line), &out->key.id))
        return "the key's id is not a number from 0 to 31";
    if (!read_hex(take_word(&line), out->key.key, sizeof out->key.key))
        return "the key is not 32 digits of hex";
    return take_word(&line) != NULL ? "more than NODE CID ID KEY" : NULL;
}

/* A node has one connection id, which no other has, and two keys at most. */
static const char *fits(const keys *k, const node_key *next)
{
    unsigned others = 0;

    for (size_t i = 0; i < k->count; i++) {
        const node_key *one = &k->of[i];
        bool same_name = strcmp(one->name, next->name) == 0;
        bool same_cid = memcmp(one->cid, next->cid, sizeof one->cid) == 0;

        if (same_name != same_cid)
            return same_name ? "the node has another connection id above"
                             : "another node has this connection id";
        if (same_name && one->key.id == next->key.id)
            return "the node has a key with this id above";
        others += same_name;
    }
    return others < 2 ? NULL : "the node has two keys above";
}

/* ---- Nodes ---- */

bool keys_select(keys *k, const char *name)
{
    const char *wanted = name;
    size_t count = 0;

    for (size_t i = 0; i < k->count; i++) {
        if (wanted == NULL)
            wanted = k->of[i].name;
        if (strcmp(wanted, k->of[i].name) == 0)
            k->of[count++] = k->of[i];
        else if (name == NULL) {
            report("--keys: the file has several nodes' keys: give --node as well");
            return false;
        }
    }
    k->count = count;
    if (count > 0)
        return true;
    if (name == NULL)
        report("--keys: there is no key in the file");
    else
        report("--keys: there is no key of node %s in the file", name);
    return false;
}

/* ---- Files ---- */

static bool is_private(int fd, const char *path, size_t *size)
{
    struct stat about;

    if (fstat(fd, &about) != 0)
        return report_errno(path) == OUTCOME_GOOD;
    if ((about.st_mode & 077) != 0) {
        report("%s: others than its owner may use it: chmod 600", path);
        return false;
    }
    if (about.st_size > MOST) {
        report("%s: larger than any file of keys", path);
        return false;
    }
    *size = (size_t)about.st_size;
    return true;
}

/* All of an open file, with a NUL; NULL: reported. */
static char *read_open(int fd, const char *path, size_t *size)
{
    char *text;
    ssize_t got;

    if (!is_private(fd, path, size))
        return NULL;
    text = reallocate(NULL, *size + 1);
    got = io_read_all(fd, text, *size);
    if (got < 0) {
        (void)report_errno(path);
        free(text);
        return NULL;
    }
    *size = (size_t)got;
    text[*size] = '\0';
    return text;
}

static char *read_all(const char *path, size_t *size)
{
    int fd = io_open(path, O_RDONLY);
    char *text;

    if (fd < 0) {
        (void)report_errno(path);
        return NULL;
    }
    text = read_open(fd, path, size);
    (void)io_close(fd);
    return text;
}

/* Reads a line into the place behind the others; what is wrong with it, or NULL. */
static const char *take_line(keys *k, char *line)
{
    const char *wrong;

    line[strcspn(line, "#")] = '\0';
    if (line[strspn(line, " \t\r")] == '\0')
        return NULL;
    wrong = read_line(line, &k->of[k->count]);
    if (wrong == NULL)
        wrong = fits(k, &k->of[k->count]);
    if (wrong == NULL)
        k->count++;
    return wrong;
}

static size_t count_lines(const char *text)
{
    size_t count = 1;

    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

bool keys_read(keys *k, const char *path)
{
    size_t size = 0;
    char *text = read_all(path, &size);
    const char *wrong = NULL;

    *k = (keys){.count = 0};
    if (text == NULL)
        return false;
    k->capacity = count_lines(text);
    k->of = reallocate_array(NULL, k->capacity, sizeof *k->of);
    if (strlen(text) != size)
        report("%s: %s", path, wrong = "not a file of keys: there is a NUL in it");
    for (size_t at = 0, number = 1; wrong == NULL && at < size; number++) {
        size_t length = strcspn(text + at, "\n");

        text[at + length] = '\0';
        wrong = take_line(k, text + at);
        if (wrong != NULL)
            report("%s: line %zu: %s", path, number, wrong);
        at += length + 1;
    }
    explicit_bzero(text, size);
    free(text);
    if (wrong != NULL)
        keys_free(k);
    return wrong == NULL;
}

void keys_free(keys *k)
{
    if (k->of != NULL)
        explicit_bzero(k->of, k->capacity * sizeof *k->of);
    free(k->of);
    *k = (keys){.count = 0};
}
