# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# docker build -t orthanc-runtime .      see docs/install.md; tested by scripts/test_container.sh
FROM debian:12-slim AS build
# Packages of PyPI that scripts need: --build-arg PACKAGES="pydicom numpy"
ARG PACKAGES=
WORKDIR /src
COPY . .
RUN scripts/container.sh build $PACKAGES

FROM debian:12-slim
WORKDIR /src
COPY scripts/container.sh scripts/install_debian.sh scripts/
RUN scripts/container.sh install
COPY --from=build /opt/orthanc-runtime /opt/orthanc-runtime
ENV PATH=/opt/orthanc-runtime/bin:/usr/sbin:/usr/bin:/sbin:/bin
ENV LANG=C.UTF-8
WORKDIR /var/lib/orthanc
USER orthanc
VOLUME /var/lib/orthanc
EXPOSE 8042 4242
HEALTHCHECK --interval=30s --timeout=10s --start-period=90s CMD ["/opt/orthanc-runtime/container/health.py"]
ENTRYPOINT ["/usr/bin/tini", "--", "/opt/orthanc-runtime/container/entrypoint.py"]
