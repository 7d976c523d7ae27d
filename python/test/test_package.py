# SPDX-License-Identifier: Apache-2.0
"""The package as its users get it: a wheel that is installed, its types, its documents, and the wrong library."""
import email
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap
import unittest

from support import BUILD, ROOT, VECTORS

EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "python/README.md").read_text(encoding="utf-8"), re.S)


def python(code, place, **environment):
    """Standard output of a program that has the package from there, or the last line of what it fails with."""
    env = {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.stdout.decode() if done.returncode == 0 else done.stderr.decode().strip().splitlines()[-1]


class Folder(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.place = pathlib.Path(cls.folder.name)


class Wheel(Folder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        [cls.wheel] = (BUILD / "python/dist").glob("*.whl")
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--root-user-action=ignore", "--no-index", "--no-deps", "--no-compile",
                        "--target", cls.place, cls.wheel], check=True)

    def test_it_has_all_files_and_no_others(self):
        installed = sorted(path.name for path in (self.place / "execwire").iterdir())
        self.assertEqual(installed, sorted(path.name for path in (BUILD / "python/execwire").iterdir() if path.is_file()))
        self.assertEqual([name for name in installed if name.startswith("lib")], ["libexecwire.so.0"])

    def test_it_needs_no_other_package(self):
        [metadata] = self.place.glob("execwire-*.dist-info/METADATA")
        message = email.message_from_string(metadata.read_text(encoding="utf-8"))
        self.assertEqual((message["Name"], message["Requires-Python"], message["Requires-Dist"]), ("execwire", ">=3.10", None))
        self.assertTrue(message["Version"] and message["Version"] in self.wheel.name)

    def test_it_is_for_the_c_library_that_it_says(self):
        """PEP 600: manylinux_2_17 asks for nothing of glibc that is newer, nor for other libraries."""
        self.assertRegex(self.wheel.name, r"^execwire-[\d.]+-py3-none-manylinux_2_17_\w+\.whl$")
        library = self.place / "execwire/libexecwire.so.0"
        symbols = subprocess.run(["objdump", "-T", library], stdout=subprocess.PIPE, check=True).stdout.decode()
        versions = [tuple(map(int, found.split("."))) for found in re.findall(r"GLIBC_([\d.]+)", symbols)]
        self.assertTrue(versions and max(versions) <= (2, 17), versions)
        head = subprocess.run(["objdump", "-p", library], stdout=subprocess.PIPE, check=True).stdout.decode()
        self.assertEqual(set(re.findall(r"NEEDED +(\S+)", head)), {"libc.so.6"})

    def test_it_is_imported_by_its_name(self):
        text, data = VECTORS["everything"]
        code = "import execwire; print(execwire.__file__); print(execwire.encode(execwire.from_json(%r)).hex())" % text
        self.assertEqual(python(code, self.place).splitlines(), [str(self.place / "execwire/__init__.py"), data.hex()])

    def test_examples(self):
        self.assertEqual(len(EXAMPLES), 4)
        self.assertEqual(python(EXAMPLES[0] + "print(len(data))", self.place).splitlines(), [
            "frost-17", '{"NodeId":"frost-17","RunOutput":{"stdout":"-3.4 °C\\n"},"State":"Completed"}',
            "2a0866726f73742d31374007", "25"])
        self.assertEqual(python("from execwire import from_json\n" + EXAMPLES[3], self.place).strip(),
                         re.search(r"# (EXECWIRE_.*)", EXAMPLES[3])[1])

    def test_the_repositorys_readme(self):
        example = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)[1]
        self.assertEqual(python(example, self.place), "12 ExecutionState(node_id='frost-17', "
                                                      "state=<ExecutionStateType.COMPLETED: 7>)\n")

    def test_the_packages_own_example(self):
        self.assertEqual(python("import doctest, execwire; print(doctest.testmod(execwire))", self.place),
                         "TestResults(failed=0, attempted=3)\n")


class Installed(Folder):
    """`make install install-python`: without a library of its own."""

    def make(self, *targets):
        env = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
        subprocess.run(["make", *targets, "BUILD=" + str(BUILD), "DESTDIR=" + str(self.place), "PREFIX=/usr", "PYTHON_DIR=/py"],
                       cwd=ROOT, env=env, stdout=subprocess.DEVNULL, check=True)

    def test_it_finds_the_library_and_goes_away_again(self):
        self.make("install", "install-python")
        package = self.place / "py/execwire"
        self.assertEqual(sorted(path.name for path in package.iterdir()), sorted(
            path.name for path in (BUILD / "python/execwire").iterdir() if path.suffix in (".py", ".typed")))
        self.assertEqual(python("import execwire; print(execwire._library.path)", self.place / "py",
                                LD_LIBRARY_PATH=str(self.place / "usr/lib")), "libexecwire.so.0\n")
        self.assertRegex(python("import execwire", self.place / "py"), "^ImportError: execwire: cannot load its library")
        self.make("uninstall", "uninstall-python")
        self.assertEqual([path for path in self.place.rglob("*") if not path.is_dir()], [])


class Library(Folder):
    """The wrong one is one sentence."""

    def refused(self, library):
        return python("import execwire", BUILD / "python", EXECWIRE_LIBRARY=str(library))

    def stub(self, code, *libraries):
        source, library = self.place / "stub.c", self.place / "stub.so"
        source.write_text(code)
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source, "-Wl,--no-as-needed", *libraries], check=True)
        return library

    def test_none(self):
        self.assertRegex(self.refused("/nowhere.so"),
                         r"^ImportError: execwire: cannot load its library \(/nowhere.so: .*\); libexecwire0 has it, or "
                         r"`make install` and `ldconfig`, or EXECWIRE_LIBRARY may say where it is$")

    def test_one_without_a_call(self):
        library = self.stub("int execwire_abi(void) { return 0; }")
        self.assertEqual(self.refused(library), "ImportError: execwire: %s is older than this package: it has no execwire_sizeof" % library)
        library = self.stub("int nothing;")
        self.assertEqual(self.refused(library), "ImportError: execwire: %s is older than this package: it has no execwire_abi" % library)

    def test_another_interface(self):
        library = self.stub("int execwire_abi(void) { return 99; }")
        self.assertEqual(self.refused(library), "ImportError: execwire: %s has the binary interface 99, this package is for 0" % library)

    def test_another_layout(self):
        """Of each struct that the package has an idea of."""
        for name in ("state", "storage_spec", "run_command_result", "s3_storage_spec", "str", "time", "map", "entry", "error", "scratch",
                     "json_options", "link_event", "link_receiver_options", "link_receiver_stats", "link_view"):
            library = self.stub("""#define _GNU_SOURCE
                #include <dlfcn.h>
                #include <string.h>
                size_t execwire_sizeof(const char *name)
                {
                    size_t (*other)(const char *) = (size_t (*)(const char *))dlsym(RTLD_NEXT, "execwire_sizeof");
                    return strcmp(name, "execwire_%s") == 0 ? 1 : other(name);
                }""" % name, BUILD / "python/execwire/libexecwire.so.0")
            self.assertRegex(python("import execwire", BUILD / "python", EXECWIRE_LIBRARY=str(library),
                                    LD_LIBRARY_PATH=str(BUILD / "python/execwire")),
                             r"^ImportError: execwire: %s is for another version of this package: its execwire_%s has 1 bytes, not \d+$"
                             % (library, name))


class Types(Folder):
    def mypy(self, program):
        path = self.place / "program.py"
        path.write_text(textwrap.dedent(program), encoding="utf-8")
        done = subprocess.run(["mypy", "--strict", "--cache-dir", self.place / "cache", "--no-error-summary", path], cwd=self.place,
                              env={**os.environ, "MYPYPATH": str(BUILD / "python")}, stdout=subprocess.PIPE)
        return done.stdout.decode()

    def test_the_package_itself(self):
        done = subprocess.run(["mypy", "--strict", "--cache-dir", self.place / "cache", BUILD / "python/execwire"], stdout=subprocess.PIPE)
        self.assertEqual(done.returncode, 0, done.stdout.decode())

    def test_what_the_documents_and_the_calls_say(self):
        self.assertEqual(self.mypy("def send(frame: bytes) -> None: ...\n" + "\n".join(EXAMPLES)), "")
        self.assertEqual(self.mypy("""
            import datetime, io
            from execwire import (ExecutionState, ExecutionStateType, ExecwireError, LinkReceiver, LinkView, StorageSpec, decode, encode,
                                  json_to_bytes, read_delimited, to_json, write_delimited)
            state = ExecutionState(state=ExecutionStateType.NEW, version=7, create_time=datetime.datetime.now(datetime.timezone.utc))
            state.state = 99
            state.published_results = StorageSpec(metadata={"a": "b"})
            count: int | None = decode(bytearray(encode(state))).version
            text: str = to_json(json_to_bytes(memoryview(b"{}"), ignore_unknown=True), form="api", enums="names", pretty=True)
            for each in read_delimited(io.BytesIO(), max_message=7):
                write_delimited([each], io.BytesIO())
            view: LinkView | None = LinkReceiver("one-way", max_message=100).view(0, 1.5)
            """), "")

    def test_what_is_wrong(self):
        wrong = ["ExecutionState(job_id=7)", "ExecutionState(JobID='x')", "ExecutionState('x')", "ExecutionState(version='7')",
                 "to_json(b'', form='Api')", "decode('00')", "decode(b'').run_output.exit_code", "LinkReceiver('both')",
                 "encode({'job_id': 'x'})", "StorageSpec(metadata={'a': 1})"]
        program = "from execwire import ExecutionState, LinkReceiver, StorageSpec, decode, encode, to_json\n"
        found = self.mypy(program + "".join(line + "\n" for line in wrong))
        self.assertEqual([int(line) for line in re.findall(r"^program.py:(\d+): error", found, re.M)], list(range(2, 2 + len(wrong))), found)


if __name__ == "__main__":
    unittest.main()
