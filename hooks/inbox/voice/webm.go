package voice

import (
	"encoding/binary"
	"errors"
)

// ErrWebM is returned for bytes that are no WebM with one track of Opus.
var ErrWebM = errors.New("voice: not Opus in WebM")

// The elements of WebM that matter. Those that only hold others are entered; of
// recordings their size is often not known.
const (
	idEBML       = 0x1A45DFA3
	idSegment    = 0x18538067
	idTracks     = 0x1654AE6B
	idTrack      = 0xAE
	idCodec      = 0x86
	idHead       = 0x63A2 // of the codec: OpusHead
	idCluster    = 0x1F43B675
	idBlockGroup = 0xA0
	idBlock      = 0xA1
	idSimple     = 0xA3
)

// FromWebM packs the Opus of a WebM recording into Ogg.
func FromWebM(webm []byte) ([]byte, error) {
	var head []byte
	var packets [][]byte
	codec := ""
	err := elements(webm, func(id uint32, content []byte) error {
		switch id {
		case idCodec:
			if codec != "" {
				return ErrWebM // a second track
			}
			codec = string(content)
		case idHead:
			head = content
		case idSimple, idBlock:
			packet, err := packetOf(content)
			if err != nil {
				return err
			}
			packets = append(packets, packet)
		}

		return nil
	})
	if err != nil {
		return nil, err
	}
	if codec != "A_OPUS" || len(packets) == 0 {
		return nil, ErrWebM
	}
	if len(head) < 19 || string(head[:8]) != "OpusHead" || head[18] != 0 {
		head = defaultHead
	}

	return ogg(head, packets)
}

// elements calls with each element that holds no others, in their order. A last
// one that is cut off is left out.
func elements(data []byte, with func(id uint32, content []byte) error) error {
	if len(data) < 4 || binary.BigEndian.Uint32(data) != idEBML {
		return ErrWebM
	}
	for len(data) > 0 {
		id, n := number(data, true)
		if n == 0 {
			return nil
		}
		if n > 4 {
			return ErrWebM
		}
		size, m := number(data[n:], false)
		if m == 0 {
			return nil
		}
		data = data[n+m:]
		switch id {
		case idSegment, idTracks, idTrack, idCluster, idBlockGroup:
			continue
		}
		if size > uint64(len(data)) {
			return nil
		}
		if err := with(uint32(id), data[:size]); err != nil {
			return err
		}
		data = data[size:]
	}

	return nil
}

// number reads a number of variable length, with the bits that tell the length or
// without; n is how many bytes it has, 0 where it is cut off.
func number(data []byte, marked bool) (value uint64, n int) {
	if len(data) == 0 || data[0] == 0 {
		return 0, 0
	}
	n = 1
	for mask := byte(0x80); data[0]&mask == 0; mask >>= 1 {
		n++
	}
	if len(data) < n {
		return 0, 0
	}
	first := data[0]
	if !marked {
		first &= byte(0xFF >> n)
	}
	value = uint64(first)
	for _, b := range data[1:n] {
		value = value<<8 | uint64(b)
	}

	return value, n
}

// packetOf is the packet in a block: behind the number of the track, the time and
// the flags. Several in one are not what browsers write.
func packetOf(block []byte) ([]byte, error) {
	_, n := number(block, false)
	if n == 0 || len(block) < n+4 {
		return nil, ErrWebM
	}
	if block[n+2]&0x06 != 0 {
		return nil, ErrWebM
	}

	return block[n+3:], nil
}
