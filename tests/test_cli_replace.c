/* How a file takes another one's place: in which order it goes to the disk, and what is left when a
 * step fails. fsync and rename are the test's own. What -o makes of it is in
 * test_command_output.sh.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/base/output.h"
#include "cli/base/replace.h"
#include "cli/carrier/session.h"
#include "cli/link.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- The system's calls, as they are made ---- */

static char folder[64];
static char calls[512];
static const char *failing; /* the call that fails, with `why` */
static int why;

static void note(const char *what)
{
    strcat(strcat(calls, what), " ");
}

static bool fails(const char *what)
{
    note(what);
    errno = why;
    return failing != NULL && strcmp(failing, what) == 0;
}

int fsync(int fd)
{
    struct stat about;

    assert_int_equal(fstat(fd, &about), 0);
    if (fails(S_ISDIR(about.st_mode) ? "sync-folder" : "sync-file"))
        return -1;
    return fdatasync(fd);
}

int rename(const char *from, const char *to)
{
    if (fails("rename"))
        return -1;
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

/* ---- Files ---- */

static const char *in_folder(const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void put_old(void)
{
    FILE *file = fopen(in_folder("file"), "w");

    assert_non_null(file);
    fputs("7\n", file);
    assert_int_equal(fclose(file), 0);
    calls[0] = '\0';
}

/* Fails the test unless the folder has this one file. */
static void expect_file(const char *text)
{
    char got[32] = "";
    FILE *file = fopen(in_folder("file"), "r");
    DIR *all = opendir(folder);
    size_t count = 0;

    assert_non_null(file);
    assert_non_null(all);
    assert_non_null(fgets(got, sizeof got, file));
    assert_string_equal(got, text);
    fclose(file);
    while (readdir(all) != NULL)
        count++;
    closedir(all);
    assert_int_equal(count, 3); /* ".", ".." and the file */
}

static outcome write_output(void)
{
    output out;

    if (output_open(&out, in_folder("file")) != OUTCOME_GOOD)
        return OUTCOME_IO;
    output_put(&out, "8\n", 2);
    return output_close(&out, true);
}

static outcome write_session(void)
{
    return session_write(in_folder("file"), 8) ? OUTCOME_GOOD : OUTCOME_IO;
}

/* ---- The order, and failures ---- */

static outcome (*const writers[])(void) = {write_output, write_session};

static void try_all(const char *fail, int code, outcome expected, const char *order,
                    const char *left)
{
    failing = fail;
    why = code;
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        put_old();
        assert_int_equal(writers[i](), expected);
        assert_string_equal(calls, order);
        expect_file(left);
    }
}

static void test_content_first_then_the_name_then_the_folder(void **unused)
{
    (void)unused;
    try_all(NULL, 0, OUTCOME_GOOD, "sync-file rename sync-folder ", "8\n");
}

static void test_what_cannot_be_flushed_takes_no_place(void **unused)
{
    (void)unused;
    try_all("sync-file", EIO, OUTCOME_IO, "sync-file ", "7\n");
    try_all("sync-file", ENOSPC, OUTCOME_IO, "sync-file ", "7\n");
}

static void test_a_rename_that_fails_leaves_the_old_file(void **unused)
{
    (void)unused;
    try_all("rename", EACCES, OUTCOME_IO, "sync-file rename ", "7\n");
}

/* Then a crash may bring the old one back, which is said. */
static void test_a_folder_that_cannot_be_flushed_is_an_error(void **unused)
{
    (void)unused;
    try_all("sync-folder", EIO, OUTCOME_IO, "sync-file rename sync-folder ", "8\n");
}

static void test_a_disk_that_has_no_flushing(void **unused)
{
    static const int codes[] = {EINVAL, ENOTSUP, EROFS};

    (void)unused;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        try_all("sync-file", codes[i], OUTCOME_GOOD, "sync-file rename sync-folder ", "8\n");
        try_all("sync-folder", codes[i], OUTCOME_GOOD, "sync-file rename sync-folder ", "8\n");
    }
}

/* As many as there may be at once, in an order of their own. */
static void test_two_at_a_time(void **unused)
{
    replacement one;
    replacement other;

    (void)unused;
    failing = NULL;
    for (int round = 0; round < 4; round++) {
        put_old();
        assert_true(replace_begin(&one, in_folder("file")));
        assert_true(replace_begin(&other, in_folder("file")));
        assert_string_not_equal(one.written, other.written);
        if (round % 2 == 0)
            replace_drop(&one);
        assert_int_equal(write(other.fd, "9\n", 2), 2);
        assert_true(replace_finish(&other));
        replace_drop(&one); /* again, or for the first time */
        expect_file("9\n");
    }
}

/* At an exit both are taken away. */
static void test_an_exit(void **unused)
{
    replacement one;
    replacement other;
    pid_t child = fork();
    int status;

    (void)unused;
    if (child == 0)
        exit(replace_begin(&one, in_folder("file")) && replace_begin(&other, in_folder("file")));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    expect_file("9\n");
}

static void test_permissions_stay(void **unused)
{
    static const mode_t modes[] = {0600, 0640, 0755, 0611, 0777};

    (void)unused;
    failing = NULL;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        struct stat about;

        put_old();
        assert_int_equal(chmod(in_folder("file"), modes[i]), 0);
        assert_int_equal(write_output(), OUTCOME_GOOD);
        assert_int_equal(stat(in_folder("file"), &about), 0);
        assert_int_equal(about.st_mode & 07777, modes[i]);
    }
    unlink(in_folder("file"));
}

static void test_only_files_are_replaced(void **unused)
{
    replacement r;

    (void)unused;
    assert_false(replace_begin(&r, "/dev/null"));
    assert_int_equal(r.fd, -1);
    assert_false(replace_begin(&r, folder));
    assert_false(replace_begin(&r, in_folder("missing/file")));
    replace_drop(&r);
}

static int make_folder(void **unused)
{
    (void)unused;
    strcpy(folder, "/tmp/execwire-test-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **unused)
{
    (void)unused;
    unlink(in_folder("file"));
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_content_first_then_the_name_then_the_folder),
        cmocka_unit_test(test_what_cannot_be_flushed_takes_no_place),
        cmocka_unit_test(test_a_rename_that_fails_leaves_the_old_file),
        cmocka_unit_test(test_a_folder_that_cannot_be_flushed_is_an_error),
        cmocka_unit_test(test_a_disk_that_has_no_flushing),
        cmocka_unit_test(test_two_at_a_time),
        cmocka_unit_test(test_an_exit),
        cmocka_unit_test(test_permissions_stay),
        cmocka_unit_test(test_only_files_are_replaced)};

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
