# Image of order_history. Build it from the repository root:
#   docker build -f modules/order-history/Dockerfile --target production -t order_history:latest .

# Packages that stay out of the bundle, with spaces between them: those that load native code or files of their own. Nx
# finds them by itself; a build without Nx takes what stands here.
ARG EXTERNAL=""

FROM oven/bun:1.4.5 AS base

# The build context in two parts: what an install reads, and what a bundle is made from. A change in one part leaves the
# steps that use the other cached. A named context called `manifests`, `sources` or `runtime` takes the place of its
# stage: Nx hands in only what this service needs.
FROM base AS context
WORKDIR /repo
COPY . .
RUN mkdir /manifests \
    && find . -name node_modules -prune -o -type f \
        \( -name package.json -o -path ./bun.lock -o -path ./bunfig.toml -o -path './patches/*' \
            -o -name '*.patch' -o -name '*.tgz' -o -name '*.tar.gz' \) \
        -exec cp --parents -t /manifests {} +

FROM scratch AS manifests
COPY --from=context /manifests /

FROM scratch AS sources
COPY --from=context /repo /

# What is installed beside the bundle.
FROM manifests AS runtime

# Everything that the bundle may be made from. A private registry's token comes in as a secret and stays in no layer:
#   docker build --secret id=npmrc,src=.npmrc ...
FROM base AS deps
WORKDIR /repo
COPY --from=manifests / ./
RUN --mount=type=cache,target=/root/.bun/install/cache \
    --mount=type=secret,id=npmrc,target=/root/.npmrc \
    bun install --frozen-lockfile

# What may be loaded at run time: the packages that stay out of the bundle, and what they need. Every file of the image
# has the same time, so that the same contents are the same layers.
FROM base AS prod-deps
ARG EXTERNAL
WORKDIR /repo
COPY --from=runtime / ./
RUN --mount=type=cache,target=/root/.bun/install/cache \
    --mount=type=secret,id=npmrc,target=/root/.npmrc \
    if [ -n "$EXTERNAL" ]; then bun install --frozen-lockfile --production; fi \
    && mkdir -p node_modules /image/app \
    && mv node_modules /image/app/ \
    && find /image -exec touch -h -d @0 {} +

# The bundle, tried beside what it loads: an import that leads nowhere ends the build here, and not the service when it
# starts. Only one inside of try and catch may lead nowhere. It is tried from a folder without a bunfig.toml, whose preloads
# are not for here.
FROM deps AS build
ARG EXTERNAL
COPY --from=sources / ./
RUN --mount=type=bind,from=prod-deps,source=/image/app/node_modules,target=/image/node_modules \
    bun build modules/order-history/src/index.ts --target=bun --outdir=/image/app/dist \
        $(for name in $EXTERNAL; do echo "--external=$name"; done) \
    && cp modules/order-history/order-history.yml modules/order-history/roles.yml /image/app/ \
    && find /image/app -exec touch -h -d @0 {} + \
    && cd /image && bun -e " \
        const { isBuiltin } = require('node:module'), external = (process.env.EXTERNAL ?? '').split(' '), missing = new Set(); \
        for (const file of new Bun.Glob('**/*.js').scanSync('/image/app/dist')) \
        for (const { path, kind } of new Bun.Transpiler({ loader: 'js' }).scanImports(await Bun.file('/image/app/dist/' + file).text())) { \
          const name = path.split('/', path.startsWith('@') ? 2 : 1).join('/'); \
          if (isBuiltin(path) || path === 'bun' || /^(bun:|[.]|[/])/.test(path)) continue; \
          if (kind !== 'import-statement' && !external.includes(name)) continue; \
          try { Bun.resolveSync(path, '/image/app/dist') } catch { missing.add(name) } \
        } \
        for (const name of missing) console.error('BUNDLE_INCOMPLETE: the bundle imports ' + name + \
          ', which the image does not hold; remedy: bun add ' + name + ', and name it under image.external of modules/order-history/order-history.yml'); \
        process.exit(missing.size > 0 ? 1 : 0); \
    "

FROM base AS production
COPY --from=prod-deps /image /
COPY --from=build /image/app /app
WORKDIR /app
ENV NODE_ENV=production HOST_NAME=0.0.0.0 PORT=3500
USER bun
EXPOSE 3500
# Refusal, time-out and 5xx fail. The health controller is served below the API's prefix and version; a 404 there leaves
# the answer to the bare path, and a server that knows neither still answers.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --start-interval=250ms --retries=3 \
    CMD ["bun", "-e", "for (const path of ['/api/v1/healthcheck', '/healthcheck']) { const { status } = await fetch(`http://127.0.0.1:${process.env.PORT}${path}`, { redirect: 'manual', signal: AbortSignal.timeout(2500) }); if (status !== 404) process.exit(status < 500 ? 0 : 1); }"]
# An image that is based on this one is another one, and does not inherit the key that Nx finds this one by.
ONBUILD LABEL dev.ooneex.nx.key=""
ENTRYPOINT []
CMD ["bun", "dist/index.js"]
