package voice

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// element writes one element of WebM; unknown leaves its size open.
func element(id uint32, content []byte, unknown bool) []byte {
	var out []byte
	var raw [4]byte
	binary.BigEndian.PutUint32(raw[:], id)
	out = append(out, bytes.TrimLeft(raw[:], "\x00")...)
	if unknown {
		return append(append(out, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF), content...)
	}
	out = append(out, 0x08, 0, 0, 0, 0)
	binary.BigEndian.PutUint32(out[len(out)-4:], uint32(len(content)))

	return append(out, content...)
}

// recording is what Chromium's recorder writes: everything open-ended.
func recording(packets ...[]byte) []byte {
	track := element(idTrack, append(element(idCodec, []byte("A_OPUS"), false), element(idHead, defaultHead, false)...), false)
	var cluster []byte
	for i, packet := range packets {
		cluster = append(cluster, element(idSimple, append([]byte{0x81, 0, byte(i * 20), 0x80}, packet...), false)...)
	}
	segment := append(element(idTracks, track, false), element(idCluster, cluster, true)...)

	return append(element(idEBML, nil, false), element(idSegment, segment, true)...)
}

// pages reads an Ogg stream back: its packets and where it ends.
func pages(t testing.TB, stream []byte) (packets [][]byte, position uint64) {
	t.Helper()
	for number := uint32(0); len(stream) > 0; number++ {
		if len(stream) < 27 || string(stream[:4]) != "OggS" || binary.LittleEndian.Uint32(stream[18:]) != number {
			t.Fatalf("page %d is none", number)
		}
		laces := stream[27 : 27+int(stream[26])]
		content := stream[27+len(laces):]
		size := 0
		for _, lace := range laces {
			size += int(lace)
		}
		page := bytes.Clone(stream[:27+len(laces)+size])
		sum := binary.LittleEndian.Uint32(page[22:])
		copy(page[22:26], []byte{0, 0, 0, 0})
		if checksum(page) != sum {
			t.Fatalf("the checksum of page %d is wrong", number)
		}
		position = binary.LittleEndian.Uint64(stream[6:])
		packet := []byte{}
		for _, lace := range laces {
			packet, content = append(packet, content[:lace]...), content[lace:]
			if lace < 255 {
				packets, packet = append(packets, packet), []byte{}
			}
		}
		stream = stream[len(page):]
	}

	return packets, position
}

func TestARecordingOfABrowserBecomesAVoiceNote(t *testing.T) {
	var sound [][]byte
	for i := range 200 {
		sound = append(sound, append([]byte{0x78, byte(i)}, make([]byte, i*3)...)) // 20 ms each
	}
	stream, err := Ogg(t.Context(), recording(sound...), "video/webm")
	if err != nil {
		t.Fatal(err)
	}
	packets, position := pages(t, stream)
	if len(packets) != 202 || string(packets[0][:8]) != "OpusHead" || string(packets[1][:8]) != "OpusTags" || position != 200*960 {
		t.Fatalf("%d packets, ends at %d", len(packets), position)
	}
	for i, packet := range packets[2:] {
		if !bytes.Equal(packet, sound[i]) {
			t.Fatalf("packet %d is another one", i)
		}
	}
	if stream[5] != pageFirst || checksum([]byte("OggS")) == 0 {
		t.Error("the first page does not say so")
	}
}

func TestWhatIsNoOpusNeedsFFmpeg(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := Ogg(t.Context(), []byte("mp4"), "audio/mp4"); err != ErrCannot {
		t.Errorf("without ffmpeg: %v", err)
	}
	if _, err := Ogg(t.Context(), []byte("mp3"), "audio/mpeg"); err != ErrCannot {
		t.Errorf("a type nobody records: %v", err)
	}
	script := "#!/bin/sh\nprintf OggS; /bin/cat \"${12}\" 2>/dev/null\nexit 0\n"
	if err := os.WriteFile(filepath.Join(os.Getenv("PATH"), "ffmpeg"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := Ogg(t.Context(), []byte("mp4"), "audio/mp4"); err != nil || !bytes.HasPrefix(out, []byte("OggS")) {
		t.Errorf("with ffmpeg: %q, %v", out, err)
	}
}

// Whatever bytes are uploaded as a recording: no panic, and what comes out is Ogg.
func FuzzFromWebM(f *testing.F) {
	f.Add(recording([]byte{0x78, 1}))
	f.Add(recording([]byte{0x7B, 0x03, 1, 2}, []byte{0x78}))
	f.Add(recording())
	f.Add([]byte{0x1A, 0x45, 0xDF, 0xA3, 0x80, 0xA3, 0x84})
	f.Fuzz(func(t *testing.T, webm []byte) {
		stream, err := FromWebM(webm)
		if err == nil {
			pages(t, stream)
		}
	})
}
