# Attune in Debian 13, whose FFmpeg 7.1 and OpenCV 4.10 it is built with.
#
# The service, with everything it needs, its data in a volume (see compose.yaml):
#
#   docker build -t attune .
#   docker run --name attune -p 127.0.0.1:8080:8080 -v attune:/data attune
#   docker logs attune                  has the link with which you make your account
#   docker exec attune cat /data/token  is a token for programs
#
# One film without a service:
#
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/films" attune analyze visit.mp4
#
# With --user the results belong to whoever runs it, and their folder need not
# be open to others.

# The scripts and styles of the pages.
FROM debian:trixie-slim AS assets
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /assets
COPY internal/web/page/assets/package.json internal/web/page/assets/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY internal/web/page/assets ./
RUN npm run build

FROM golang:1.26-trixie AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
      g++ pkg-config libavcodec-dev libavdevice-dev libavfilter-dev libavformat-dev libavutil-dev \
      libswresample-dev libswscale-dev libopencv-dev libopencv-contrib-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=assets /assets/dist internal/web/page/assets/dist
ARG VERSION=unknown
RUN go build -ldflags "-X main.version=$VERSION" -o /attune ./cmd/attune

FROM debian:trixie-slim
# ffmpeg draws the sample film and brings libav; opencv-data are the cascades of the reduced mode;
# redis-server is the service's private queue.
RUN apt-get update && apt-get install -y --no-install-recommends \
      ca-certificates ffmpeg libavdevice61 opencv-data redis-server \
      libopencv-calib3d410 libopencv-dnn410 libopencv-features2d410 libopencv-highgui410 libopencv-imgcodecs410 \
      libopencv-objdetect410 libopencv-photo410 libopencv-video410 libopencv-videoio410 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 attune && mkdir /films /data && chown attune /films /data && chmod 700 /data
COPY --from=build /attune /usr/local/bin/attune
USER attune
# Models, if they are wanted: attune models fetch --dir /data/models, then ATTUNE_MODELS=/data/models.
ENV ATTUNE_DATA=/data ATTUNE_ADDR=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
WORKDIR /films
ENTRYPOINT ["attune"]
CMD ["serve"]
