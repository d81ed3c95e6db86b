#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes .venv with the Python named as argument, unless it is there and fits.
set -eu

python=$1
root=$(pwd -P)
if ! command -v "$python" >/dev/null; then
  echo "there is no $python; PYTHON=... names another one" >&2
  exit 1
fi
if ! version=$("$python" -c 'import sys; print(sys.base_prefix, *sys.version_info[:2])'); then
  echo "$python does not run; PYTHON=... names another one" >&2
  exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "$python is too old: Python 3.11 or newer is needed, PYTHON=... names another one" >&2
  exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info[:3] == (3, 14, 0))'; then
  echo "$python is Python 3.14.0, which cannot be told the bounds of a C stack: 3.14.1 or newer" \
    "is needed, PYTHON=... names another one" >&2
  exit 1
fi

fits() {
  [ -x .venv/bin/pip ] || return 1
  # A tree that was moved or copied has an environment that points to the old place.
  grep -qF "$root/.venv" .venv/pyvenv.cfg || return 1
  [ "$(.venv/bin/python -c 'import sys; print(sys.base_prefix, *sys.version_info[:2])')" = "$version" ]
}
if fits; then exit 0; fi
[ ! -e .venv ] || echo "Replacing .venv, which belongs to another Python or folder"
if ! log=$("$python" -m venv --clear .venv 2>&1); then
  printf '%s\n' "$log" | tail -n 5 >&2
  echo "$python cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2
  exit 1
fi
