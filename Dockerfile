# Attune in Debian 13, whose FFmpeg 7.1 and OpenCV 4.10 it is built with.
#
#   docker build -t attune .
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/films" attune analyze visit.mp4
#
# With --user the results belong to whoever runs it, and their folder need not
# be open to others.
FROM golang:1.26-trixie AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
      g++ pkg-config libavcodec-dev libavdevice-dev libavfilter-dev libavformat-dev libavutil-dev \
      libswresample-dev libswscale-dev libopencv-dev libopencv-contrib-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=unknown
RUN go build -ldflags "-X main.version=$VERSION" -o /attune ./cmd/attune

FROM debian:trixie-slim
# ffmpeg draws the sample film and brings libav; opencv-data are the cascades of the reduced mode.
RUN apt-get update && apt-get install -y --no-install-recommends \
      ca-certificates ffmpeg libavdevice61 opencv-data \
      libopencv-calib3d410 libopencv-dnn410 libopencv-features2d410 libopencv-highgui410 libopencv-imgcodecs410 \
      libopencv-objdetect410 libopencv-photo410 libopencv-video410 libopencv-videoio410 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home attune && mkdir /films && chown attune /films
COPY --from=build /attune /usr/local/bin/attune
USER attune
# The face model, if it is wanted: attune models fetch --dir /films, then --models /films.
WORKDIR /films
ENTRYPOINT ["attune"]
CMD ["--help"]
