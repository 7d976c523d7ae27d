# The Python package: generated from the schema, over the shared library.
#
# SPDX-License-Identifier: Apache-2.0

PY := $(BUILD)/python
PY_PACKAGE := $(PY)/execwire
PY_SRC := $(sort $(wildcard python/execwire/*.py)) python/execwire/py.typed
PY_MADE := $(addprefix $(PY_PACKAGE)/,schema.py _layout.py _build.py)

$(PY_PACKAGE)/schema.py $(PY_PACKAGE)/_layout.py &: $(GEN)/execution_state.pbset python/generate.py $(GENERATOR)
	$(call say,PY)
	$(Q)$(PYTHON) python/generate.py $< $(PY_PACKAGE)

$(PY_PACKAGE)/_build.py: include/execwire/execwire.h include/execwire/abi.h
	$(call say,PY)
	$(Q)printf '%s\n' '# Generated. SPDX-License-Identifier: Apache-2.0' 'VERSION = "$(VERSION)"' 'ABI = $(SOVERSION)' >$@

$(PY_PACKAGE)/%: python/execwire/%
	$(call say,PY)
	$(Q)cp $< $@

# without what debuggers want
$(PY_PACKAGE)/libexecwire.so.$(SOVERSION): $(OUT)/libexecwire.so.$(SOVERSION)
	$(call say,PY)
	$(Q)objcopy --strip-debug $< $@

.PHONY: python-modules
python-modules: $(PY_SRC:python/%=$(PY)/%) $(PY_MADE)

.PHONY: python-package
python-package: python-modules $(PY_PACKAGE)/libexecwire.so.$(SOVERSION)

## python: build/python, the Python package execwire, with the library in it: PYTHONPATH=build/python
.PHONY: python
python:
	@tools/install-packages test
	@$(MAKE) --no-print-directory python-package

# what setuptools is to see, and nothing that is left of an earlier wheel
PY_WHEEL := $(PY)/wheel

.PHONY: python-wheel-package
python-wheel-package: python-package
	@rm -rf $(PY_WHEEL) $(PY)/dist
	@mkdir -p $(PY_WHEEL)/execwire
	@cp python/pyproject.toml python/setup.py python/README.md LICENSE $(PY_WHEEL)
	@cp $(PY_PACKAGE)/*.py $(PY_PACKAGE)/py.typed $(PY_PACKAGE)/libexecwire.so.$(SOVERSION) $(PY_WHEEL)/execwire
	@$(PYTHON) -m pip wheel --quiet --no-build-isolation --no-deps --no-index -w $(PY)/dist $(PY_WHEEL)
	@ls $(PY)/dist/*.whl

## python-wheel: the same as a wheel, in build/python/dist
.PHONY: python-wheel
python-wheel:
	@tools/install-packages test python
	@$(MAKE) --no-print-directory python-wheel-package

# where python3 looks for what is not Debian's own
PYTHON_DIR ?= $(shell $(PYTHON) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

## install-python: the Python package into DESTDIR, PYTHON_DIR; for the library that `make install` puts there
.PHONY: install-python
install-python: python-modules
	install -d "$(DESTDIR)$(PYTHON_DIR)/execwire"
	install -m 644 $(PY_SRC:python/%=$(PY)/%) $(PY_MADE) "$(DESTDIR)$(PYTHON_DIR)/execwire"

## uninstall-python: takes away what install-python put there
.PHONY: uninstall-python
uninstall-python:
	rm -rf "$(DESTDIR)$(PYTHON_DIR)/execwire"

# ---- Tests ---------------------------------------------------------------------------------------

.PHONY: python-check
python-check: python-wheel-package all $(BUILD)/js-results
	@BUILD=$(BUILD) $(PYTHON) -B -m unittest discover -s python/test

## python-test: the Python package: vectors, errors, streams, links, types by mypy, and its wheel
.PHONY: python-test
python-test:
	@tools/install-packages test python
	@$(MAKE) --no-print-directory python-check

## bench-python: speed in Python beside python3-protobuf
.PHONY: bench-python
bench-python:
	@tools/install-packages test
	@$(MAKE) --no-print-directory python-package
	@BUILD=$(BUILD) $(PYTHON) -B python/bench/bench.py
