// Package voice brings recordings of browsers into the one form that WhatsApp
// plays as a voice note: Opus in Ogg.
//
// In: what a browser recorded. Out: the same sound in Ogg. Chromium and its kin
// record Opus in WebM, which only has to be packed anew, packet by packet; what is
// no Opus has to be encoded, which ffmpeg does where it is installed.
package voice

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Most is how large a recording may be. Bytes.
const Most = 16 << 20

// ErrCannot is returned for a recording that can't become a voice note here.
var ErrCannot = errors.New("voice: not Opus, and there is no ffmpeg to make it so")

// Ogg returns the recording as Opus in Ogg. kind is its type as its bytes tell:
// audio/ogg stays as it is.
func Ogg(ctx context.Context, recording []byte, kind string) ([]byte, error) {
	switch kind {
	case "audio/ogg":
		return recording, nil
	case "video/webm", "audio/webm":
		return FromWebM(recording)
	case "video/mp4", "audio/mp4", "audio/x-m4a", "video/quicktime":
		return encode(ctx, recording)
	}

	return nil, ErrCannot
}

const encodeTimeout = time.Minute

// encode lets ffmpeg do it. The one format it may read is named: it knows others
// that make it read files nobody gave it.
func encode(ctx context.Context, recording []byte) ([]byte, error) {
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		return nil, ErrCannot
	}
	dir, err := os.MkdirTemp("", "recado-voice-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "in") // its index stands at the end: no pipe
	if err := os.WriteFile(path, recording, 0o600); err != nil {
		return nil, err
	}

	ctx, cancel := context.WithTimeout(ctx, encodeTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, program, "-hide_banner", "-loglevel", "error", "-nostdin", "-protocol_whitelist", "file,pipe",
		"-f", "mov", "-i", path, "-map", "0:a:0", "-ac", "1", "-ar", "48000", "-c:a", "libopus", "-b:a", "32k", "-fs", "16M", "-f", "ogg", "pipe:1")
	out, err := command.Output()
	if err != nil || !bytes.HasPrefix(out, []byte("OggS")) {
		return nil, ErrCannot
	}

	return out, nil
}
