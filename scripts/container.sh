#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# The steps of the Dockerfile. "build [PACKAGE...]": the plugin and packages of PyPI in a virtual
# environment. "install": Orthanc, its user, and what that environment needs.
set -eu

place=/opt/orthanc-runtime

case $1 in
build)
  shift
  scripts/install_debian.sh make ca-certificates
  make debian
  scripts/build_dist.sh python3
  python3 -m venv "$place"
  "$place/bin/pip" install --disable-pip-version-check --no-cache-dir dist/*.whl "$@"
  ln -s "$("$place/bin/orthanc-runtime" plugin-path)" "$place/libOrthancRuntime.so"
  cp -r config/container "$place/container"
  cp config/container.json "$place/container/"
  ;;
install)
  # Numbers that stay, so that a volume of an older image keeps its owner.
  groupadd --system --gid 842 orthanc
  useradd --system --uid 842 --gid orthanc --home-dir /var/lib/orthanc --no-create-home \
    --shell /usr/sbin/nologin orthanc
  scripts/install_debian.sh ca-certificates orthanc python3 tini
  scripts/install_debian.sh "$(python3 -c 'import sys; print("libpython%d.%d" % sys.version_info[:2])')"
  # Only what is mounted there counts.
  rm -rf /etc/orthanc/*.json /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/dpkg.log
  ;;
*)
  echo "usage: container.sh build [PACKAGE...] | install" >&2
  exit 2
  ;;
esac
