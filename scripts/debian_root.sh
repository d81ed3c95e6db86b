#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes a Debian root, once: RELEASE FOLDER [PACKAGES, separated by commas]. Needs root; the mirror
# is that of this machine's apt sources.
set -eu

release=$1 root=$2 packages=${3-}
if [ -e "$root/made" ]; then exit 0; fi
if [ "$(id -u)" -ne 0 ]; then
  echo "a Debian root is made by debootstrap, which needs root" >&2
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

echo "Making a Debian root of $release in $root"
rm -rf "$root"
mkdir -p "$root"
if ! debootstrap --variant=minbase ${packages:+--include="$packages"} "$release" "$root" "$mirror" \
  </dev/null >"$root.log" 2>&1; then
  tail -n 5 "$root.log" >&2
  echo "debootstrap failed, see $root.log" >&2
  exit 1
fi
# Set on machines whose mirror is a snapshot.
apt-config dump Acquire::Check-Valid-Until >"$root/etc/apt/apt.conf.d/99valid-until"
touch "$root/made"
