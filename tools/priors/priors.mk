# What text compression knows beforehand.
#
# SPDX-License-Identifier: Apache-2.0

## priors: src/link/model/priors.h anew: another wire format. From messages of Debian's packages and made-up logs
.PHONY: priors
priors:
	@mkdir -p $(BUILD)/priors
	@rm -rf $(BUILD)/priors/texts
	@tools/priors/texts.py $(BUILD)/priors/texts
	@$(CC) -O2 -D_DEFAULT_SOURCE tools/priors/train.c -o $(BUILD)/priors/train -lm
	@$(BUILD)/priors/train $(BUILD)/priors/texts tools/priors/sample.txt >$(BUILD)/priors/priors.h
	@clang-format $(BUILD)/priors/priors.h >src/link/model/priors.h
