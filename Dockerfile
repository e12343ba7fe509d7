# The balancer's image: the runtime and the published output, which adds 3 MB to it; nothing that builds.
#   docker build -t aspirelb .
#   docker run -p 8080:8080 -e Backends=http://10.0.0.1:8000,http://10.0.0.2:8000 aspirelb
# Needs no write access and no privileges: --read-only --tmpfs /tmp --cap-drop=ALL works.
ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0
ARG RUNTIME=mcr.microsoft.com/dotnet/aspnet:10.0

# The compiler runs natively, whatever the target is.
FROM --platform=$BUILDPLATFORM ${SDK} AS build
ARG TARGETARCH
WORKDIR /source
# What decides the packages comes first, so that the restored layer outlives changes of code.
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props BannedSymbols.txt ./
COPY LoadBalancer/LoadBalancer.csproj LoadBalancer/
COPY LoadBalancer/Memory/Memory.props LoadBalancer/Memory/
COPY Balancing/Balancing.csproj Balancing/
COPY EventLoops/EventLoops.csproj EventLoops/
COPY ServiceDefaults/ServiceDefaults.csproj ServiceDefaults/
COPY eng/OptionsGenerator/OptionsGenerator.csproj eng/OptionsGenerator/
RUN dotnet restore LoadBalancer --arch "$TARGETARCH"
COPY .editorconfig ./
COPY eng/OptionsGenerator/ eng/OptionsGenerator/
COPY ServiceDefaults/ ServiceDefaults/
COPY EventLoops/ EventLoops/
COPY Balancing/ Balancing/
COPY LoadBalancer/ LoadBalancer/
# The version that --version and telemetry show; default: that of Directory.Build.props.
ARG VERSION
RUN dotnet publish LoadBalancer --no-restore --configuration Release --arch "$TARGETARCH" --no-self-contained -p:UseAppHost=false \
    ${VERSION:+-p:Version=$VERSION} --output /app

FROM ${RUNTIME}
LABEL org.opencontainers.image.title="AspireLB" \
      org.opencontainers.image.description="HTTP load balancer on YARP" \
      org.opencontainers.image.licenses="MIT"
WORKDIR /app
COPY --from=build /app ./
# All addresses for clients; the admin listener stays on the container's loopback unless Admin__Urls and Admin__Token say otherwise.
# Diagnostics off: their IPC socket wants a writable /tmp and lets whoever shares it look into the process.
ENV ASPNETCORE_URLS=http://*:8080 ASPNETCORE_HTTP_PORTS= \
    DOTNET_EnableDiagnostics=0
EXPOSE 8080 9090
# By number, so that Kubernetes' runAsNonRoot can tell; 1654 is the "app" user of Microsoft's images.
USER ${APP_UID:-1654}
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["dotnet", "LoadBalancer.dll", "health"]
ENTRYPOINT ["dotnet", "LoadBalancer.dll"]
