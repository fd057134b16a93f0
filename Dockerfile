# syntax=docker/dockerfile:1@sha256:ecfaec9ed6d810b56388c508f4121597bfbba70d41a6dfeee4d8cad5f295fc32
# Three images of one tree: the learner, with libtorch (about 460 MB), and the actor, without it (about 20 MB), each on top of ASP.NET;
# and the bridge, which serves environments that are written in Python.
#   docker build --target learner -t agents-learner .
#   docker build --target actor -t agents-actor .
#   docker build --target bridge -t agents-bridge --build-arg PACKAGES="minigrid" .
# Images are named by digest, so that a build next year begins with the same bytes; docs/security.md says how to renew them.

FROM --platform=linux/amd64 mcr.microsoft.com/dotnet/sdk:10.0-noble@sha256:e70cdb7f80b0348f5cb85f19a8f670fca061f033d57eed12fa003d58b0e06317 AS source
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source
COPY . .

# A newer SDK may warn about more than the one the code was written with; that is for continuous integration to find.
FROM source AS build-learner
RUN --mount=type=cache,target=/root/.nuget/packages,sharing=locked \
    dotnet publish Cli -c Release -r linux-x64 --no-self-contained -o /publish \
        -p:PublishDocumentationFiles=false -p:TreatWarningsAsErrors=false -p:RestoreLockedMode=true

FROM source AS build-actor
RUN --mount=type=cache,target=/root/.nuget/packages,sharing=locked \
    dotnet publish Cli -c Release -r linux-x64 --no-self-contained -o /publish \
        -p:PublishDocumentationFiles=false -p:TreatWarningsAsErrors=false -p:RestoreLockedMode=true -p:WithoutLibtorch=true

FROM --platform=linux/amd64 python:3.13-slim-bookworm@sha256:ed86c82274b3c69b52fb5820f358f0bd7df0b603332063cb5c6e32bd220c3e6e AS bridge
# Further packages of pip: those of the environments.
ARG PACKAGES=""
COPY Environments.Remote/Bridge /source
RUN pip install --no-cache-dir /source $PACKAGES && rm -rf /source
# The user of the other images, whose certificates it reads.
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1
WORKDIR /tmp
USER 1654
EXPOSE 50061
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
    CMD ["agents-bridge", "health", "localhost:50061", "--authority", "/certificates/bridge/ca.pem"]
ENTRYPOINT ["agents-bridge"]
CMD ["serve", "--help"]

# The table of a cluster of workers, with the user of the other images, whose certificates it reads.
FROM --platform=linux/amd64 mcr.microsoft.com/dotnet/aspnet:10.0-noble@sha256:222759b391a1aaf241166672c8f99b2d4ada452e7b5319f3c6e8f265a37b5ad4 AS table
RUN apt-get update \
    && apt-get install -y --no-install-recommends redis-server redis-tools \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o 1654 -g 1654 -m 0750 /table /certificates /certificates/study
WORKDIR /table
USER 1654
EXPOSE 6379
HEALTHCHECK NONE
ENTRYPOINT ["/bin/sh", "-c"]
CMD ["exec redis-server --version"]

FROM --platform=linux/amd64 mcr.microsoft.com/dotnet/aspnet:10.0-noble@sha256:222759b391a1aaf241166672c8f99b2d4ada452e7b5319f3c6e8f265a37b5ad4 AS runtime
# Volumes take over owner and mode of the folders that they are mounted over.
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o "$APP_UID" -g "$APP_UID" -m 0750 /runs /certificates /certificates/learner /certificates/actors \
        /certificates/bridge /certificates/bridge-clients /certificates/study
# No diagnostic socket in /tmp: the root file system may be read-only.
ENV DOTNET_EnableDiagnostics=0 DOTNET_GCgen0size=0x1000000
WORKDIR /home/app
USER $APP_UID
ENTRYPOINT ["/app/agents-cli"]

FROM runtime AS actor
COPY --from=build-actor /publish /app
# An actor has no port to ask. It makes hanging environments anew by itself, waits for a learner that is away, and ends with an error
# where it cannot go on: whether it runs is all that there is to know.
HEALTHCHECK NONE
CMD ["actor", "--help"]

FROM runtime AS learner
COPY --from=build-learner /publish /app
EXPOSE 5051 9464
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["/app/agents-cli", "health", "--metrics", "https://localhost:9464", "--ca", "/certificates/learner/ca.pem"]
CMD ["learner", "--help"]
