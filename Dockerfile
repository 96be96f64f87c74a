# Two stages: the first has pip, the sources and the build tools; the second only what runs.
FROM python:3.12.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv --without-pip /opt/wirewatch
COPY requirements.lock ./
RUN python -m pip --python /opt/wirewatch/bin/python install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY monitor monitor
COPY workers workers
COPY config config
COPY seeds seeds
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir /dist . \
 && python -m pip --python /opt/wirewatch/bin/python install --no-cache-dir --no-deps /dist/*.whl

FROM python:3.12.13-slim-bookworm
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin wirewatch \
 && install -d -o wirewatch -g wirewatch -m 0700 /data \
 && find / -xdev -perm /6000 -type f -exec chmod a-s {} +
COPY --from=build /opt/wirewatch /opt/wirewatch
# SAFEPATH: a file in the working folder is never imported in place of a module.
ENV PATH=/opt/wirewatch/bin:$PATH \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    WIREWATCH_DATA=/data
WORKDIR /data
USER 10001:10001
ENTRYPOINT ["wirewatch"]
CMD ["--help"]
