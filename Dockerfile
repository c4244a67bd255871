# syntax=docker/dockerfile:1
# The image of all of Nova's services: which one runs is its command, such as `ingest`. `make image` builds it.

FROM maven:3.9-eclipse-temurin-25 AS build
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*

# A Java runtime of the modules that Nova asks for; jdk.security.auth tells the embedded PostgreSQL who runs it.
RUN jlink --strip-debug --no-header-files --no-man-pages --compress zip-6 --generate-cds-archive --output /opt/jre \
    --add-modules java.base,java.logging,java.management,java.naming,java.net.http,java.security.jgss,java.security.sasl,java.sql,java.xml,jdk.crypto.ec,jdk.jfr,jdk.management,jdk.net,jdk.security.auth,jdk.unsupported,jdk.zipfs

WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 tools/make-dist \
 && mkdir /opt/nova \
 && tar -xzf dist/nova-*.tar.gz -C /opt/nova --strip-components=1

# Debian 12: the worker's libraries need glibc 2.35 or later.
FROM debian:12-slim
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/nova --create-home nova \
 && install -d -o nova -g nova /var/cache/nova /var/lib/nova/data /var/lib/nova/media
COPY --from=build /opt/jre /opt/java
COPY --from=build /opt/nova /opt/nova
COPY deploy/image/healthy /usr/local/bin/healthy
ENV JAVA_HOME=/opt/java \
    CACHE_DIRECTORY=/var/cache/nova \
    NOVA_DATA=/var/lib/nova/data
USER nova
VOLUME /var/lib/nova/data
# RTMP; everything in one process; api; delivery; the health of transcode and of ingest
EXPOSE 1935 8080 8081 8082 8083 8084
ENTRYPOINT ["/opt/nova/bin/nova"]
CMD ["start"]
