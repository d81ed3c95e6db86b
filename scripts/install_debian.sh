#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the Debian packages named as arguments, those that are missing, and starts no service.
set -eu

if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
  echo "Not a Debian system; the build needs the equivalents of: $*" >&2
  exit 0
fi

missing=
for package in "$@"; do
  # shellcheck disable=SC2016  # the braces are dpkg-query's
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
  [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    # shellcheck disable=SC2086  # one word per package
    exec sudo -n env http_proxy="${http_proxy-}" https_proxy="${https_proxy-}" \
      sh scripts/install_debian.sh $missing
  fi
  echo "Debian packages are missing; as root: apt-get install -y --no-install-recommends$missing" >&2
  exit 1
fi

# dpkg asks this program before it starts a service; an administrator's own is left alone.
policy=/usr/sbin/policy-rc.d
mark='# placed by Orthanc Runtime for the time of an installation'
remove_policy() {
  if grep -qsF "$mark" "$policy"; then rm -f "$policy"; fi
}
trap remove_policy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy"
  chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
apt() {
  apt-get -q -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 -o Acquire::http::Timeout=60 \
    -o Dpkg::Use-Pty=0 "$@" </dev/null
}
install() {
  # shellcheck disable=SC2086  # one word per package
  apt install -y --no-install-recommends -o Dpkg::Options::=--force-confold $missing
}

echo "Installing Debian packages:$missing"
log=$(mktemp)
if ! install >"$log" 2>&1; then
  echo "The package lists may be old: apt-get update, then once more"
  if ! { apt update && install; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    rm -f "$log"
    echo "apt-get could not install:$missing (see above; http_proxy names a proxy)" >&2
    exit 1
  fi
fi
rm -f "$log"

case "$missing " in
*" orthanc "*)
  # A first installation would start Orthanc at the next boot.
  if command -v systemctl >/dev/null 2>&1; then
    systemctl --quiet disable orthanc >/dev/null 2>&1 || true
  elif command -v update-rc.d >/dev/null 2>&1; then
    update-rc.d orthanc disable >/dev/null 2>&1 || true
  fi
  echo "Debian's service 'orthanc' is neither started nor enabled (systemctl enable --now orthanc)"
  ;;
esac
