#!/usr/bin/env bash
# Makes an overlay for `go test -race` in a directory and prints its path. The race detector knows no
# exceptions; so the races that are known of whatsmeow are taken out of the copy of it that is tested,
# each by its name and with the reason, and whatever the detector still finds is Recado's. Where
# whatsmeow has changed there this fails: look whether the race is still in it.
set -euo pipefail
into=$1
whatsmeow=$(go list -m -f '{{.Dir}}' go.mau.fi/whatsmeow)
replaced=()

# mend FILE OLD NEW: replaces OLD, which is there once.
mend() {
  local copy source
  copy=$into/$(basename "$1")
  if [[ " ${replaced[*]} " != *" $1 "* ]]; then
    cat "$whatsmeow/$1" >"$copy"
    replaced+=("$1")
  fi
  source=$(<"$copy")
  if [ "$(grep -cF "$2" "$copy")" != 1 ]; then
    echo "$1 has not once: $2" >&2
    exit 1
  fi
  echo "${source/"$2"/"$3"}" >"$copy"
}

# NoiseSocket.Stop forgets the callback of its FrameSocket without the lock under which FrameSocket.Close
# reads it, when this side and the other end a connection at once. The callback is called once more or not.
mend socket/noisesocket.go 'ns.fs.OnDisconnect = nil' 'ns.fs.lock.Lock(); ns.fs.OnDisconnect = nil; ns.fs.lock.Unlock()'

{
  echo '{"Replace": {'
  for i in "${!replaced[@]}"; do
    [ "$i" = 0 ] || echo ','
    printf '"%s": "%s"' "$whatsmeow/${replaced[$i]}" "$into/$(basename "${replaced[$i]}")"
  done
  echo '}}'
} >"$into/overlay.json"
echo "$into/overlay.json"
