# syntax=docker/dockerfile:1
# One image for linux/amd64 and linux/arm64:
#   docker buildx build --platform linux/amd64,linux/arm64 --tag polyfolio:TAG .

ARG NODE=22-bookworm-slim

FROM node:${NODE} AS build
WORKDIR /app
# What a native module needs where nobody has built it for this platform yet.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends g++ make python3 \
  && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json ./
COPY dashboard/package.json dashboard/
# Scripts run once the sources are there: the package builds itself by one of them.
RUN npm ci --ignore-scripts
COPY . .
RUN npm rebuild better-sqlite3 esbuild \
  && npm run prepare \
  && npm prune --omit=dev --ignore-scripts

FROM node:${NODE}
# openssl makes the certificate of a first start.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates openssl \
  && rm -rf /var/lib/apt/lists/* \
  && install --directory --owner=node --group=node --mode=0700 /data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/bin bin
COPY --from=build /app/dist dist
COPY --from=build /app/presets presets
COPY --from=build /app/docs docs
COPY --chmod=0755 deploy/entrypoint.sh deploy/
ENV NODE_ENV=production POLYFOLIO_HOME=/data
USER node
WORKDIR /data
VOLUME /data
EXPOSE 8420
HEALTHCHECK --interval=30s --timeout=5s --start-period=90s --retries=3 \
  CMD ["node", "/app/deploy/healthy.mjs"]
COPY --chmod=0755 deploy/healthy.mjs /app/deploy/
ENTRYPOINT ["/app/deploy/entrypoint.sh"]
CMD ["serve", "/app/presets/demo.yaml", "--store", "/data/polyfolio.db", "--seed", "26", "--from", "2023-01-01", \
  "--to", "2030-12-31", "--speed", "5760", "--speed-from", "2025-01-01", "--listen", "0.0.0.0", "--lan", \
  "--host-name", "localhost"]
