# Recado in a container: docker build -t recado . && docker run -p 8090:8090 -v recado:/data recado

FROM node:22-alpine AS ui
WORKDIR /src/ui
COPY ui/package.json ui/package-lock.json ui/.npmrc ./
RUN npm ci
COPY ui ./
RUN npm run build

FROM golang:1.27 AS build
ARG VERSION=dev
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=ui /src/pb_public ./pb_public
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/recado .
# what an empty image lacks: a place for data and one for large uploads in the making
RUN mkdir -p /out/data /out/tmp && chmod 700 /out/data && chmod 1777 /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build --chown=65532:65532 /out/tmp /tmp
COPY --from=build /out/recado /recado
USER 65532:65532
ENV RECADO_HTTP=0.0.0.0:8090 RECADO_DIR=/data RECADO_MDNS=off
VOLUME /data
EXPOSE 8090
HEALTHCHECK --interval=30s --timeout=6s --start-period=20s CMD ["/recado", "health"]
ENTRYPOINT ["/recado"]
CMD ["serve"]
