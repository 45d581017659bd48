# syntax=docker/dockerfile:1
# The mock alone, as users install it: the wheel, with the versions the tests ran with.

FROM python:3.11-slim AS build
WORKDIR /source
COPY . .
RUN python -m pip --disable-pip-version-check wheel --no-cache-dir --no-deps --wheel-dir /wheels . \
 && python -m venv /opt/tempolor \
 && /opt/tempolor/bin/pip --disable-pip-version-check install --no-cache-dir --constraint constraints.txt /wheels/*.whl

FROM python:3.11-slim
LABEL org.opencontainers.image.title="tempolor mock" \
      org.opencontainers.image.description="Stateful mock of useapi.net's TemPolor API v1" \
      org.opencontainers.image.licenses="(Apache-2.0 OR MIT) AND 0BSD AND Apache-2.0 AND BSD-3-Clause AND CC0-1.0 AND GPL-3.0-or-later WITH GCC-exception-3.1 AND IJG AND LGPL-2.0-or-later AND LGPL-2.1-only AND LGPL-2.1-or-later AND LGPL-3.0-or-later AND MIT AND MIT-0 AND MPL-2.0 AND PSF-2.0 AND Zlib AND LicenseRef-base-image"
COPY --from=build /opt/tempolor /opt/tempolor
COPY docs/docker/healthcheck.py /opt/tempolor/healthcheck.py
RUN useradd --uid 10001 --create-home tempolor && install --directory --owner tempolor /data
# Others reach the mock in its container, so it does not start without TEMPOLOR_MOCK_CONTROL_TOKEN.
ENV PATH=/opt/tempolor/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    TEMPOLOR_MOCK_HOST=0.0.0.0 \
    TEMPOLOR_MOCK_PORT=4010
USER 10001
WORKDIR /data
EXPOSE 4010
STOPSIGNAL SIGINT
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 CMD ["python", "/opt/tempolor/healthcheck.py"]
ENTRYPOINT ["tempolor"]
CMD ["mock"]
