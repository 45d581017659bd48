# syntax=docker/dockerfile:1
# The mock alone, as users install it: wheels, with the versions the tests ran with, on Debian's own Python.
#
# A release names its base by digest: docker build --build-arg BASE=debian:bookworm-slim@sha256:... .
# An image that decodes m4a uploads as well: --build-arg EXTRAS=m4a (FFmpeg under the GPL; the label is then not true).
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
ARG EXTRAS=
RUN apt-get update \
 && apt-get install --yes --no-install-recommends python3-pip python3-venv
WORKDIR /source
COPY . .
RUN python3 -m venv /build \
 && /build/bin/pip --disable-pip-version-check wheel --no-cache-dir --no-deps --wheel-dir /wheels . ./generated_client/python \
 && python3 -m venv --without-pip /opt/tempolor \
 && /build/bin/pip --disable-pip-version-check --python /opt/tempolor install --no-cache-dir \
      --constraint constraints.txt --find-links /wheels "$(echo /wheels/tempolor_kit-*.whl)${EXTRAS:+[$EXTRAS]}" \
 && /opt/tempolor/bin/python tools/licences.py > /opt/tempolor/LICENCES.txt \
 && cp deploy/healthcheck.py /opt/tempolor/healthcheck.py

FROM ${BASE}
# What /opt/tempolor/LICENCES.txt lists; licences of the base and of Python are in /usr/share/doc/*/copyright.
LABEL org.opencontainers.image.title="tempolor mock" \
      org.opencontainers.image.description="Stateful mock of useapi.net's TemPolor API v1" \
      org.opencontainers.image.licenses="(Apache-2.0 OR MIT) AND 0BSD AND Apache-2.0 AND BSD-2-Clause AND BSD-3-Clause AND CC0-1.0 AND GPL-3.0-or-later WITH GCC-exception-3.1 AND IJG AND LGPL-2.0-or-later AND LGPL-2.1-only AND LGPL-2.1-or-later AND LGPL-3.0-or-later AND MIT AND MIT-0 AND MPL-2.0 AND PSF-2.0 AND Zlib AND LicenseRef-base-image"
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates python3 \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log \
 && useradd --uid 10001 --create-home tempolor \
 && install --directory --owner tempolor /data
COPY --from=build /opt/tempolor /opt/tempolor
# Others reach the mock in its container, so it does not start without TEMPOLOR_MOCK_CONTROL_TOKEN.
ENV PATH=/opt/tempolor/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TEMPOLOR_MOCK_HOST=0.0.0.0 \
    TEMPOLOR_MOCK_PORT=4010
USER 10001
WORKDIR /data
EXPOSE 4010
STOPSIGNAL SIGINT
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 CMD ["python", "/opt/tempolor/healthcheck.py"]
ENTRYPOINT ["tempolor"]
CMD ["mock"]
