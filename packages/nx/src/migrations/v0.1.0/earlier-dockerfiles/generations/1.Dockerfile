# Image of order_history. Build it from the repository root:
#   docker build -f modules/order-history/Dockerfile --target production -t order_history:latest .

FROM oven/bun:1.4.5 AS base
WORKDIR /repo

# The build context in two parts: what an install reads, and what a bundle is made from. A change in one part leaves the
# steps that use the other cached. A named context called `manifests` or `sources` takes the place of its stage.
FROM base AS context
COPY . .
RUN mkdir /manifests \
    && find . -name node_modules -prune -o -type f \
        \( -name package.json -o -path ./bun.lock -o -path ./bunfig.toml -o -path './patches/*' \) \
        -exec cp --parents -t /manifests {} +

FROM scratch AS manifests
COPY --from=context /manifests /

FROM scratch AS sources
COPY --from=context /repo /

# Everything that the bundle may be made from. A private registry's token comes in as a secret and stays in no layer:
#   docker build --secret id=npmrc,src=.npmrc ...
FROM base AS deps
COPY --from=manifests / ./
RUN --mount=type=cache,target=/root/.bun/install/cache \
    --mount=type=secret,id=npmrc,target=/root/.npmrc \
    bun install --frozen-lockfile

# What may be loaded at run time.
FROM base AS prod-deps
COPY --from=manifests / ./
RUN --mount=type=cache,target=/root/.bun/install/cache \
    --mount=type=secret,id=npmrc,target=/root/.npmrc \
    bun install --frozen-lockfile --production \
    && mkdir -p node_modules

FROM deps AS build
COPY --from=sources / ./
RUN bun build modules/order-history/src/index.ts --target=bun --outdir=/out/dist \
    && cp modules/order-history/order-history.yml modules/order-history/roles.yml /out/

FROM base AS production
WORKDIR /app
COPY --from=prod-deps /repo/node_modules ./node_modules
COPY --from=build /out ./
ENV NODE_ENV=production HOST_NAME=0.0.0.0 PORT=3500
USER bun
EXPOSE 3500
# Refusal, time-out and 5xx fail. The health controller is served below the API's prefix and version; a 404 there leaves
# the answer to the bare path, and a server that knows neither still answers.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --start-interval=250ms --retries=3 \
    CMD ["bun", "-e", "for (const path of ['/api/v1/healthcheck', '/healthcheck']) { const { status } = await fetch(`http://127.0.0.1:${process.env.PORT}${path}`, { redirect: 'manual', signal: AbortSignal.timeout(2500) }); if (status !== 404) process.exit(status < 500 ? 0 : 1); }"]
ENTRYPOINT []
CMD ["bun", "dist/index.js"]
