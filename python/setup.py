# SPDX-License-Identifier: Apache-2.0
"""Names the wheel after what it needs: any Python 3, and a processor and C library that the library in it is for."""
from setuptools import setup
from wheel.bdist_wheel import bdist_wheel


class PlatformWheel(bdist_wheel):
    def finalize_options(self):
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self):
        # the library asks for nothing that is newer (python/test/test_package.py)
        return "py3", "none", super().get_tag()[2].replace("linux_", "manylinux_2_17_", 1)


setup(cmdclass={"bdist_wheel": PlatformWheel})
