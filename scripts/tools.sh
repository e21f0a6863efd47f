#!/usr/bin/env bash
# Makes sure of what the tests need besides Go and Node: a C compiler for the race
# detector, and Chromium for the browser tests. Installs them where it can
# (apt-get as root), else says in one sentence what to do.
set -euo pipefail

chromium() {
  if [ -n "${CHROMIUM:-}" ]; then
    [ -x "$CHROMIUM" ]
    return
  fi
  command -v chromium || command -v chromium-browser || command -v google-chrome-stable || command -v google-chrome
}

missing=()
{ command -v cc || command -v gcc || command -v clang; } >/dev/null || missing+=(gcc libc6-dev)
chromium >/dev/null || missing+=(chromium)
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  apt-get install -y -q --no-install-recommends "${missing[@]}"
else
  echo "The tests need ${missing[*]}: install them with your package manager and run this again (CHROMIUM=/path/to/browser names another Chromium)." >&2
  exit 1
fi
