# What reads states at the other end of a gateway.
#
# SPDX-License-Identifier: Apache-2.0

# without a lock: optional parts for other systems, which a mirror may not have, are no part of it
recipes/node_modules/.package-lock.json: recipes/package.json
	$(call say,NPM)
	$(Q)cd recipes && npm install --silent --no-audit --no-fund --no-package-lock && touch node_modules/.package-lock.json

## recipes: tests the recipes for ClickHouse, DuckDB, Python and JavaScript; with what they need from npm, 620 MB on disk
.PHONY: recipes
recipes: all
	@tools/install-packages test
	@command -v npm >/dev/null || tools/install-packages npm
	@$(MAKE) --no-print-directory recipes/node_modules/.package-lock.json
	@tools/run-tests tests/test_recipes.sh
