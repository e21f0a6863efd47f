#!/usr/bin/env bash
# Builds a release into dist/: one program for each system, and SHA256SUMS.
# The version is the commit's tag, or VERSION. The same commit built by the same
# Go and Node gives the same bytes, wherever and whenever.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=${VERSION:-$(git describe --tags --always --dirty)}
targets=${TARGETS:-linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64}

make --silent ui
rm -rf dist
mkdir dist
for target in $targets; do
	os=${target%/*} arch=${target#*/}
	name=recado-$version-$os-$arch
	if [ "$os" = windows ]; then name+=.exe; fi
	echo "$name"
	CGO_ENABLED=0 GOOS=$os GOARCH=$arch GOTOOLCHAIN=auto \
		go build -trimpath -buildvcs=false -ldflags "-s -w -buildid= -X main.version=$version" -o "dist/$name" .
done
(cd dist && sha256sum recado-* >SHA256SUMS)

# the one for this machine says which it is
own=dist/recado-$version-$(go env GOHOSTOS)-$(go env GOHOSTARCH)
if [ -x "$own" ] && [ "$("$own" version)" != "$version" ]; then
	echo "$own does not say $version" >&2
	exit 1
fi
