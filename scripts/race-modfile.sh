#!/usr/bin/env bash
# Makes a go.mod for `go test -race -modfile` and prints its path. The race detector knows no
# exceptions; so the races that are known of whatsmeow are taken out of a copy of it, each by its name
# and with the reason, and whatever the detector still finds is Recado's. Where whatsmeow has changed
# there this fails: look whether the race is still in it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
module=go.mau.fi/whatsmeow
original=$(go list -m -f '{{.Dir}}' "$module")
into=${XDG_CACHE_HOME:-$HOME/.cache}/recado-race/$(basename "$original") # always the same: what was compiled is used again
mkdir -p "$(dirname "$into")"
rm -rf "$into"
cp -R "$original" "$into"
chmod -R u+w "$into"

# mend FILE OLD NEW: replaces OLD, which is there once.
mend() {
  local source
  if [ "$(grep -cF "$2" "$into/$1")" != 1 ]; then
    echo "$1 has not once: $2" >&2
    exit 1
  fi
  source=$(<"$into/$1")
  echo "${source/"$2"/"$3"}" >"$into/$1"
}

# NoiseSocket.Stop forgets the callback of its FrameSocket without the lock under which FrameSocket.Close
# reads it, when this side and the other end a connection at once. The callback is called once more or not.
mend socket/noisesocket.go 'ns.fs.OnDisconnect = nil' 'ns.fs.lock.Lock(); ns.fs.OnDisconnect = nil; ns.fs.lock.Unlock()'

cp go.mod "$into.mod"
cp go.sum "$into.sum"
echo "replace $module => $into" >>"$into.mod"
echo "$into.mod"
