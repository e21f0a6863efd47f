package wasim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"go.mau.fi/whatsmeow"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/util/cbcutil"
	"go.mau.fi/whatsmeow/util/gcmutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"google.golang.org/protobuf/proto"
)

// The media host keeps files it can't read: each is encrypted with a key that
// travels in its message.

const mediaMax = 128 << 20

func (s *Server) serveMedia(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost:
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mediaMax))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)

			return
		}
		path := s.store(r.URL.Query().Get("token"), body)
		fmt.Fprintf(w, `{"url":"https://%s%s","direct_path":%q}`, mediaHost, path, path)
	case http.MethodDelete:
	default:
		s.mu.Lock()
		content, ok := s.media[r.URL.Path]
		s.mu.Unlock()
		if !ok {
			http.NotFound(w, r)

			return
		}
		_, _ = w.Write(content)
	}
}

// store keeps a file. Clients append to the path, so it has a query already.
func (s *Server) store(token string, content []byte) (path string) {
	path = "/v/t62/" + token
	s.mu.Lock()
	s.media[path] = content
	s.mu.Unlock()

	return path + "?ccb=1"
}

// ExpireMedia forgets all files, as WhatsApp does after some weeks. Their phones
// can upload them again.
func (s *Server) ExpireMedia() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.media)
}

// DamageMedia spoils all files, as a bad transmission does.
func (s *Server) DamageMedia() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for path, content := range s.media {
		content = slices.Clone(content)
		content[len(content)/2] ^= 0xFF
		s.media[path] = content
	}
}

// LoseFiles makes the phone forget what it has sent: it can't upload it again.
func (p *Phone) LoseFiles() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.files)
}

// File is a file as a message has it.
type File struct {
	Path                   string
	Key, Sum, EncryptedSum []byte
	Length                 uint64
}

type mediaKeys struct{ iv, cipher, mac []byte }

func mediaKeysOf(key []byte, kind whatsmeow.MediaType) mediaKeys {
	all := hkdfutil.SHA256(key, nil, []byte(kind), 112)

	return mediaKeys{iv: all[:16], cipher: all[16:48], mac: all[48:80]}
}

// Upload encrypts a file and puts it on the media host.
func (p *Phone) Upload(content []byte, kind whatsmeow.MediaType) (File, error) {
	return p.uploadWith(randomBytes(32), content, kind)
}

func (p *Phone) uploadWith(key, content []byte, kind whatsmeow.MediaType) (File, error) {
	k := mediaKeysOf(key, kind)
	sealed, err := cbcutil.Encrypt(k.cipher, k.iv, append([]byte(nil), content...))
	if err != nil {
		return File{}, err
	}
	mac := hmac.New(sha256.New, k.mac)
	mac.Write(k.iv)
	mac.Write(sealed)
	blob := append(sealed, mac.Sum(nil)[:10]...)
	plain, encrypted := sha256.Sum256(content), sha256.Sum256(blob)

	return File{
		Path: p.server.store(base64.URLEncoding.EncodeToString(encrypted[:]), blob),
		Key:  key, Sum: plain[:], EncryptedSum: encrypted[:], Length: uint64(len(content)),
	}, nil
}

// Attachment is what a message that a phone received has attached, decrypted.
func (s *Server) Attachment(m *waE2E.Message) ([]byte, error) {
	var media interface {
		GetDirectPath() string
		GetMediaKey() []byte
	}
	var kind whatsmeow.MediaType
	switch {
	case m.GetImageMessage() != nil:
		media, kind = m.GetImageMessage(), whatsmeow.MediaImage
	case m.GetStickerMessage() != nil:
		media, kind = m.GetStickerMessage(), whatsmeow.MediaImage
	case m.GetVideoMessage() != nil:
		media, kind = m.GetVideoMessage(), whatsmeow.MediaVideo
	case m.GetAudioMessage() != nil:
		media, kind = m.GetAudioMessage(), whatsmeow.MediaAudio
	case m.GetDocumentMessage() != nil:
		media, kind = m.GetDocumentMessage(), whatsmeow.MediaDocument
	default:
		return nil, errors.New("the message has no file")
	}
	path, _, _ := cutQuery(media.GetDirectPath())
	s.mu.Lock()
	blob, ok := s.media[path]
	s.mu.Unlock()
	if !ok || len(blob) < 10 {
		return nil, errors.New("the file is gone")
	}
	k := mediaKeysOf(media.GetMediaKey(), kind)

	return cbcutil.Decrypt(k.cipher, k.iv, append([]byte(nil), blob[:len(blob)-10]...))
}

func cutQuery(path string) (before, after string, found bool) {
	for i := range len(path) {
		if path[i] == '?' {
			return path[:i], path[i+1:], true
		}
	}

	return path, "", false
}

// attached remembers a file so that it can be uploaded again.
func (p *Phone) attached(id string, key, content []byte, kind whatsmeow.MediaType) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.files == nil {
		p.files = map[string]attachedFile{}
	}
	p.files[id] = attachedFile{key: key, content: content, kind: kind}
}

type attachedFile struct {
	key, content []byte
	kind         whatsmeow.MediaType
}

// uploadAgain answers a client of the phone's own account that found a file
// gone. The request goes to the account's own phone; whoever sent the file has it.
func (p *Phone) uploadAgain(d *Device, n *waBinary.Node) {
	id := attr(n, "id")
	rmr := n.GetChildByTag("rmr")
	owner := p.server.account(jidOf(&rmr, "jid"))
	if author := p.server.account(jidOf(&rmr, "participant")); author != nil {
		owner = author
	}
	if attr(&rmr, "from_me") == "true" {
		owner = p
	}
	if owner == nil {
		return
	}
	owner.mu.Lock()
	file, ok := owner.files[id]
	owner.mu.Unlock()
	answer := node{Tag: "notification", Attrs: attrs{
		"from": p.PN, "id": id, "t": p.server.stamp(), "type": "mediaretry",
	}, Content: []node{{Tag: "rmr", Attrs: rmr.Attrs}}}
	content := answer.Content.([]node)
	if !ok {
		answer.Content = append(content, node{Tag: "error", Attrs: attrs{"code": "2"}})
		d.push(answer)

		return
	}
	stored, err := owner.uploadWith(file.key, file.content, file.kind)
	if err != nil {
		return
	}
	plain, err := proto.Marshal(&waMmsRetry.MediaRetryNotification{
		StanzaID: &id, DirectPath: &stored.Path, Result: waMmsRetry.MediaRetryNotification_SUCCESS.Enum(),
	})
	if err != nil {
		return
	}
	iv := randomBytes(12)
	sealed, err := gcmutil.Encrypt(hkdfutil.SHA256(file.key, nil, []byte("WhatsApp Media Retry Notification"), 32), iv, plain, []byte(id))
	if err != nil {
		return
	}
	answer.Content = append(content, node{Tag: "encrypt", Content: []node{{Tag: "enc_p", Content: sealed}, {Tag: "enc_iv", Content: iv}}})
	d.push(answer)
}
