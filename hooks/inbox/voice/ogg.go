package voice

import (
	"encoding/binary"
)

// defaultHead describes mono sound without anything to skip.
var defaultHead = []byte("OpusHead\x01\x01\x00\x00\x80\xBB\x00\x00\x00\x00\x00\x00\x00")[:19]

// pageMost is how much sound a page holds, in samples of 48 kHz: one second.
const pageMost = 48_000

const (
	pageFirst = 2
	pageLast  = 4
)

// ogg packs packets of Opus. A packet nobody could play is an error.
func ogg(head []byte, packets [][]byte) ([]byte, error) {
	w := &oggWriter{}
	w.page(pageFirst, 0, head)
	w.page(0, 0, []byte("OpusTags\x06\x00\x00\x00Recado\x00\x00\x00\x00"))

	var position, onPage uint64
	var segments int
	var batch [][]byte
	for i, packet := range packets {
		samples := samplesOf(packet)
		if samples == 0 {
			return nil, ErrWebM
		}
		laces := len(packet)/255 + 1
		if laces > 255 {
			return nil, ErrWebM
		}
		if len(batch) > 0 && (segments+laces > 255 || onPage+samples > pageMost) {
			w.page(0, position, batch...)
			batch, segments, onPage = nil, 0, 0
		}
		batch, segments = append(batch, packet), segments+laces
		position, onPage = position+samples, onPage+samples
		if i == len(packets)-1 {
			w.page(pageLast, position, batch...)
		}
	}

	return w.out, nil
}

// oggWriter writes the pages of one stream.
type oggWriter struct {
	out    []byte
	serial uint32 // of the page
}

// page writes whole packets. position is where the sound is after them.
func (w *oggWriter) page(flags byte, position uint64, packets ...[]byte) {
	at := len(w.out)
	header := make([]byte, 27)
	copy(header, "OggS")
	header[5] = flags
	binary.LittleEndian.PutUint64(header[6:], position)
	binary.LittleEndian.PutUint32(header[14:], 0x52656361) // the stream
	binary.LittleEndian.PutUint32(header[18:], w.serial)
	var laces []byte
	for _, packet := range packets {
		for range len(packet) / 255 {
			laces = append(laces, 255)
		}
		laces = append(laces, byte(len(packet)%255))
	}
	header[26] = byte(len(laces))
	w.out = append(append(w.out, header...), laces...)
	for _, packet := range packets {
		w.out = append(w.out, packet...)
	}
	binary.LittleEndian.PutUint32(w.out[at+22:], checksum(w.out[at:]))
	w.serial++
}

// samplesOf is how long a packet plays, in samples of 48 kHz, 0 for one that
// can't be read: its first byte says how long its frames are and how many.
func samplesOf(packet []byte) uint64 {
	if len(packet) == 0 {
		return 0
	}
	config, frames := packet[0]>>3, uint64(0)
	switch packet[0] & 3 {
	case 0:
		frames = 1
	case 1, 2:
		frames = 2
	default:
		if len(packet) < 2 {
			return 0
		}
		frames = uint64(packet[1] & 0x3F)
	}
	var each uint64
	switch {
	case config < 12:
		each = [4]uint64{480, 960, 1920, 2880}[config%4]
	case config < 16:
		each = [2]uint64{480, 960}[config%2]
	default:
		each = [4]uint64{120, 240, 480, 960}[config%4]
	}
	if frames*each > 5760 { // 120 ms is the most there may be
		return 0
	}

	return frames * each
}

// checksum is Ogg's own: CRC-32 with the usual polynomial, but not mirrored.
func checksum(page []byte) (sum uint32) {
	for _, b := range page {
		sum ^= uint32(b) << 24
		for range 8 {
			if sum&0x80000000 != 0 {
				sum = sum<<1 ^ 0x04C11DB7
			} else {
				sum <<= 1
			}
		}
	}

	return sum
}
