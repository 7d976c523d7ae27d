/* What the library makes of inputs, for the tests of other languages to be held against.
 *
 * Each line of standard input is "decode HEX" or "json HEX". The answer is a line too: "ok HEX",
 * the state's bytes, or "CODE OFFSET FOUND PATH", FOUND with its blanks as underscores or "-".
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <execwire/execwire.h>

#include <stdio.h>
#include <string.h>

#define ROOM    65536
#define ENTRIES 8192

static char line[2 * ROOM + 16];
static unsigned char in[ROOM];
static unsigned char out[ROOM];
static char text[ROOM];
static execwire_entry entries[ENTRIES];

static size_t read_hex(const char *hex)
{
    size_t size = 0;
    unsigned byte;

    for (; size < ROOM && sscanf(hex, "%2x", &byte) == 1; hex += 2)
        in[size++] = (unsigned char)byte;
    return size;
}

static void tell_error(const execwire_error *error)
{
    printf("%s %zu ", execwire_code_name(error->code), error->offset);
    for (const char *c = error->found != NULL ? error->found : "-"; *c != '\0'; c++)
        putchar(*c == ' ' ? '_' : *c);
    printf(" %s\n", error->path);
}

static void answer(bool json, const char *hex)
{
    execwire_scratch scratch = {entries, ENTRIES, text, ROOM, 0, 0, 0};
    execwire_state state;
    execwire_error error;
    size_t size = read_hex(hex);
    execwire_code code = json ? execwire_json_read(in, size, NULL, &scratch, &state, &error)
                              : execwire_decode(in, size, &scratch, &state, &error);

    if (code == EXECWIRE_OK)
        code = execwire_encode(&state, out, ROOM, &size, &error);
    if (code != EXECWIRE_OK) {
        tell_error(&error);
        return;
    }
    printf("ok ");
    for (size_t i = 0; i < size; i++)
        printf("%02x", out[i]);
    printf("\n");
}

int main(void)
{
    while (fgets(line, sizeof line, stdin) != NULL) {
        bool json = strncmp(line, "json ", 5) == 0;

        answer(json, line + (json ? 5 : 7));
    }
    return 0;
}
