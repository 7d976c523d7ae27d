/* The target of this program without libFuzzer, on files: those that are named, or the committed
 * corpus and regressions. Each file is named before it is run, so that the last one named is the
 * one that stopped the program.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_ROOM 512

static unsigned passed;

static void run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *in;
    long size;

    printf("%s\n", path);
    fflush(stdout);
    FUZZ_REQUIRE(file != NULL);
    FUZZ_REQUIRE(fseek(file, 0, SEEK_END) == 0);
    size = ftell(file);
    FUZZ_REQUIRE(size >= 0);
    rewind(file);
    in = fuzz_block((size_t)size);
    FUZZ_REQUIRE(fread(in, 1, (size_t)size, file) == (size_t)size);
    fclose(file);
    fuzz_this_target.run(in, (size_t)size);
    free(in);
    passed++;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* The folder of this target below `root`; there may be none. */
static void run_folder(const char *root)
{
    char path[PATH_ROOM];
    struct dirent **entries;
    int count;

    snprintf(path, sizeof path, "%s/%s", root, fuzz_this_target.name);
    count = scandir(path, &entries, is_shown, alphasort);
    for (int i = 0; i < count; i++) {
        int size = snprintf(path, sizeof path, "%s/%s/%s", root, fuzz_this_target.name,
                            entries[i]->d_name);

        FUZZ_REQUIRE(size > 0 && (size_t)size < sizeof path);
        run_file(path);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

int main(int argc, char **argv)
{
    unsigned failed = 0;

    for (int i = 1; i < argc; i++)
        run_file(argv[i]);
    if (argc == 1) {
        run_folder("fuzz/corpus");
        run_folder("tests/regressions");
        if (fuzz_this_target.finish != NULL)
            failed = fuzz_this_target.finish();
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed > 0 || passed == 0;
}
