#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the test command in Debian roots of other releases, for their SDK, Orthanc and Python.
# Arguments: names of releases. Needs root; the mirror is that of this machine's apt sources.
set -eu

roots=${MATRIX_DIR:-build/matrix}
if [ "$(id -u)" -ne 0 ]; then
  echo "make matrix needs root: it makes Debian roots with debootstrap" >&2
  exit 1
fi
scripts/install_debian.sh debootstrap rsync

mirror=$(
  # shellcheck disable=SC2016  # the parentheses are apt's
  apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' |
    awk '$1 == "Debian" { print $2; exit }'
)
if [ -z "$mirror" ]; then
  echo "apt knows no Debian mirror: apt-get update, then once more" >&2
  exit 1
fi

make_root() {
  root=$1 release=$2
  if [ -e "$root/made" ]; then return; fi
  echo "Making a Debian root of $release in $root"
  rm -rf "$root"
  mkdir -p "$root"
  if ! debootstrap --variant=minbase --include=make,git,ca-certificates "$release" "$root" \
    "$mirror" </dev/null >"$root.log" 2>&1; then
    tail -n 5 "$root.log" >&2
    echo "debootstrap failed, see $root.log" >&2
    exit 1
  fi
  touch "$root/made"
}

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
      "$@" sh -c "cd /src && exec make test"
  ' sh "$root" "$@"
}

failed=
for release in "$@"; do
  root=$roots/$release
  make_root "$root" "$release"
  mkdir -p "$root/src"
  rsync -a --delete --exclude=/.git --exclude=/.venv --exclude=/build --exclude=/run \
    --exclude=__pycache__ --exclude='.*_cache' ./ "$root/src/"
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
  # Set on machines whose mirror is a snapshot.
  apt-config dump Acquire::Check-Valid-Until >"$root/etc/apt/apt.conf.d/99valid-until"
  set -- "PIP_INDEX_URL=${PIP_INDEX_URL-}" "http_proxy=${http_proxy-}" "https_proxy=${https_proxy-}"
  if [ -n "${PIP_CERT-}" ]; then
    cp -L "$PIP_CERT" "$root/etc/ssl/pip-cert.crt"
    set -- "$@" PIP_CERT=/etc/ssl/pip-cert.crt
  fi
  [ -n "${PIP_INDEX_URL-}" ] || shift
  echo "Testing on $release"
  run_tests "$root" "$@" </dev/null || failed="$failed $release"
done
if [ -n "$failed" ]; then
  echo "The tests failed on:$failed" >&2
  exit 1
fi
