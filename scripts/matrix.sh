#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the test command in Debian roots of other releases, for their SDK, Orthanc and Python.
# Arguments: names of releases; the variable TESTS selects tests, as for "make test". Needs root; the
# mirror is that of this machine's apt sources.
set -eu

roots=${MATRIX_DIR:-build/matrix}
export TESTS="${TESTS-}"
if [ "$(id -u)" -ne 0 ]; then
  echo "make matrix needs root: it makes Debian roots with debootstrap" >&2
  exit 1
fi

# The mounts and all processes end with this shell's namespaces: nothing is left, and removing
# build/ cannot reach /dev.
run_tests() {
  root=$1
  shift
  # shellcheck disable=SC2016  # expanded by the inner shell
  unshare --mount --pid --fork --kill-child sh -c '
    root=$1
    shift
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    exec chroot "$root" env -i HOME=/root LANG=C.UTF-8 CI=true \
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      "$@" "TESTS=$TESTS" sh -c "cd /src && exec make test TESTS=\"\$TESTS\""
  ' sh "$root" "$@"
}

failed=
summary=
for release in "$@"; do
  root=$roots/$release
  scripts/debian_root.sh "$release" "$root" make,git,ca-certificates
  mkdir -p "$root/src"
  rsync -a --delete --exclude=/.git --exclude=/.venv --exclude=/build --exclude=/run \
    --exclude=__pycache__ --exclude='.*_cache' ./ "$root/src/"
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
  set -- "PIP_INDEX_URL=${PIP_INDEX_URL-}" "http_proxy=${http_proxy-}" "https_proxy=${https_proxy-}"
  if [ -n "${PIP_CERT-}" ]; then
    cp -L "$PIP_CERT" "$root/etc/ssl/pip-cert.crt"
    set -- "$@" PIP_CERT=/etc/ssl/pip-cert.crt
  fi
  [ -n "${PIP_INDEX_URL-}" ] || shift
  echo "Testing on $release"
  log=$root.tests.log
  rm -f "$log.failed"
  { run_tests "$root" "$@" </dev/null || touch "$log.failed"; } 2>&1 | tee "$log"
  summary="$summary
$release: $(grep -E '^=+ .*(passed|failed|error)' "$log" | tail -n 1 | tr -d = | xargs)"
  [ ! -e "$log.failed" ] || failed="$failed $release"
done
echo "$summary"
if [ -n "$failed" ]; then
  echo "The tests failed on:$failed" >&2
  exit 1
fi
