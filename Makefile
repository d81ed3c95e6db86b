# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# All paths are relative, so that the tree may lie in a folder whose name has spaces.

PYTHON = /usr/bin/python3
LOAD = 1
JOBS = 2
SDK = /usr/include
TESTS =
RELEASES = trixie sid

DEBIAN_BUILD = orthanc orthanc-dev g++ cmake ninja-build nlohmann-json3-dev
ifeq ($(PYTHON),/usr/bin/python3)
DEBIAN_BUILD += python3 python3-dev python3-venv
endif
DEBIAN_TEST = cadaver chromium-headless-shell curl dcmtk doctest-dev openssl
DEBIAN_CHECK = clang-format clang-tidy

.DEFAULT_GOAL := help
.PHONY: help run test build check tidy sanitize matrix test-newer-sdk coverage-sdk bench bench-plots docs dist test-container test-install clean distclean debian venv
.NOTPARALLEL:

help:
	@echo 'make run        build, start Orthanc with samples/computation, measure it, serve until Ctrl-C'
	@echo '                LOAD=0 leaves the measurement out'
	@echo 'make test       build, run all tests; JOBS=1 for one file after the other'
	@echo '                TESTS="tests/unit tests/orthanc/test_jobs.py" for some of them'
	@echo 'make build      build the plugin and install it into .venv'
	@echo 'make check      formats, types, linters, unit tests'
	@echo 'make tidy       clang-tidy'
	@echo 'make sanitize   the C++ tests under AddressSanitizer'
	@echo 'make matrix     the tests in Debian roots of newer releases (root only); RELEASES=sid for one,'
	@echo '                TESTS="tests/orthanc/test_samples_*.py" for some of them'
	@echo 'make coverage-sdk   what became of each function of the SDK; SDK=/other/include'
	@echo 'make test-newer-sdk SDK=/include   a plugin for a newer Orthanc, in the installed one'
	@echo 'make bench      compare with the reference plugin; ONLY=question ROUNDS=9 JSON=results.json'
	@echo 'make bench-plots    pictures of such results for the pages; JSON=results.json'
	@echo 'make docs       the pages of docs/ in site/, warnings are errors'
	@echo 'make dist       source distribution and wheel, in dist/'
	@echo 'make test-container   the image of the Dockerfile, built and run without Docker (root only)'
	@echo 'make test-install     docs/install.md in a fresh Debian that runs systemd (root only)'
	@echo 'make clean      remove what was built, and the storage of make run'
	@echo 'make distclean  also remove .venv'
	@echo 'PYTHON=/path/to/python3 builds for another Python than that of Debian'

debian:
	@scripts/install_debian.sh $(DEBIAN_BUILD)

venv: debian
	@scripts/make_venv.sh '$(PYTHON)'

build: venv
	@scripts/install_python.sh build run samples
	@scripts/build.sh OFF

run: build
	@exec .venv/bin/python scripts/run_sample.py --load='$(LOAD)'

test:
	@scripts/install_debian.sh $(DEBIAN_BUILD) $(DEBIAN_TEST)
	@scripts/make_venv.sh '$(PYTHON)'
	@scripts/install_python.sh build run samples test
	@scripts/build.sh ON
	$(if $(TESTS),,@scripts/test_cpp.sh)
	.venv/bin/pytest -m "not soak" -n '$(JOBS)' --dist loadfile $(TESTS)

check:
	@scripts/install_debian.sh $(DEBIAN_BUILD) $(DEBIAN_TEST) $(DEBIAN_CHECK)
	@scripts/make_venv.sh '$(PYTHON)'
	@scripts/install_python.sh build run samples test lint
	@scripts/build.sh ON
	scripts/check_python.sh
	scripts/check_cpp.sh format
	.venv/bin/pytest -q -m unit

tidy:
	@scripts/install_debian.sh $(DEBIAN_BUILD) $(DEBIAN_TEST) $(DEBIAN_CHECK)
	@scripts/make_venv.sh '$(PYTHON)'
	@scripts/install_python.sh build run samples
	@scripts/build.sh ON
	scripts/check_cpp.sh tidy

sanitize:
	@scripts/install_debian.sh $(DEBIAN_BUILD) $(DEBIAN_TEST)
	@scripts/make_venv.sh '$(PYTHON)'
	@scripts/install_python.sh build
	scripts/test_sanitized.sh

matrix:
	@TESTS='$(TESTS)' scripts/matrix.sh $(RELEASES)

# Nothing is built: only the generator runs.
coverage-sdk: venv
	@scripts/install_python.sh build
	@scripts/coverage_sdk.sh '$(SDK)'

test-newer-sdk:
	@scripts/install_debian.sh $(DEBIAN_BUILD) $(DEBIAN_TEST)
	@scripts/make_venv.sh '$(PYTHON)'
	@scripts/install_python.sh build run samples test
	@scripts/test_newer_sdk.sh '$(SDK)'

bench: build
	@scripts/install_python.sh bench
	.venv/bin/python -m benchmarks

bench-plots: build
	@scripts/install_python.sh plot
	.venv/bin/python -m benchmarks.plot '$(JSON)' docs/images/benchmarks

docs: venv
	@scripts/install_python.sh build run docs
	@scripts/build_docs.sh

dist: debian
	@scripts/build_dist.sh '$(PYTHON)'

test-container:
	@scripts/test_container.sh

test-install:
	@scripts/test_install.sh

clean:
	rm -rf build run dist site .mypy_cache .pytest_cache .ruff_cache .venv/requirements/built
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

distclean: clean
	rm -rf .venv
