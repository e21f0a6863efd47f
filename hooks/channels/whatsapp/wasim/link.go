package wasim

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/whatsmeow"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waAdv"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"go.mau.fi/whatsmeow/util/keys"
	"google.golang.org/protobuf/proto"
)

// offer is a client that wants to be linked: by the QR code it shows, or by a
// code that is typed on the phone.
type offer struct {
	conn *conn

	// of a typed code
	number   string
	hello    []byte      // the client's key, wrapped with the code
	identity []byte      // set before finished
	finished chan []byte // the client's last word, wrapped
}

const refs = 6 // the client shows the first for 60 s and each of the others for 20

// offerLink gives a new client the refs of its QR codes.
func (c *conn) offerLink() {
	var list []node
	for range refs {
		ref := "2@" + base64.StdEncoding.EncodeToString(randomBytes(60))
		c.server.keep(ref, &offer{conn: c})
		list = append(list, node{Tag: "ref", Content: []byte(ref)})
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		_, _ = c.ask(ctx, node{Attrs: attrs{"type": "set", "xmlns": "md"}, Content: []node{{Tag: "pair-device", Content: list}}})
	}()
}

func (s *Server) keep(ref string, o *offer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offers[ref] = o
}

func (s *Server) offer(ref string) *offer {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.offers[ref]
}

// Scan links the client that shows the QR code; text is what the code says.
func (p *Phone) Scan(ctx context.Context, text string) (*Device, error) {
	parts := strings.Split(strings.TrimPrefix(text, "https://wa.me/settings/linked_devices#"), ",")
	if len(parts) < 4 {
		return nil, errors.New("this is not the QR code of a client")
	}
	o := p.server.offer(parts[0])
	if o == nil {
		return nil, errors.New("this QR code has run out")
	}
	noise, err1 := base64.StdEncoding.DecodeString(parts[1])
	identity, err2 := base64.StdEncoding.DecodeString(parts[2])
	secret, err3 := base64.StdEncoding.DecodeString(parts[3])
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	if string(noise) != string(o.conn.static) {
		return nil, errors.New("the QR code is of another client")
	}

	return p.link(ctx, o.conn, identity, secret)
}

// link signs the client's identity, sees it signed in return, and lets it begin anew.
func (p *Phone) link(ctx context.Context, c *conn, identity, secret []byte) (*Device, error) {
	p.mu.Lock()
	p.last++
	number := p.last
	p.mu.Unlock()

	container, err := p.vouch(number, identity, secret)
	if err != nil {
		return nil, err
	}
	d := &Device{JID: p.PN, LID: p.LID, phone: p, noise: c.static, identity: identity}
	d.JID.Device, d.LID.Device = number, number
	pairing := c.payload.GetDevicePairingData()
	d.registration = uint32Of(pairing.GetERegid())
	d.signed = publicKey{
		id:  uint32Of(append([]byte{0}, pairing.GetESkeyID()...)),
		key: pairing.GetESkeyVal(), signature: pairing.GetESkeySig(),
	}

	answer, err := c.ask(ctx, node{Attrs: attrs{"type": "set", "xmlns": "md", "t": strconv.FormatInt(time.Now().Unix(), 10)}, Content: []node{{
		Tag: "pair-success", Content: []node{
			{Tag: "device-identity", Content: container},
			{Tag: "device", Attrs: attrs{"jid": d.JID, "lid": d.LID}},
			{Tag: "platform", Attrs: attrs{"name": "android"}},
		},
	}}})
	if err != nil {
		return nil, err
	}
	if attr(answer, "type") != "result" {
		return nil, ErrRefused
	}
	if err := p.verify(answer, identity); err != nil {
		return nil, err
	}

	p.mu.Lock()
	p.devices[number] = d
	p.mu.Unlock()
	err = c.streamError("515", "")
	c.cutLater()

	return d, err
}

// ErrRefused is returned where the client does not want to be linked to this number.
var ErrRefused = errors.New("the client refused to be linked to this number")

// vouch is the phone's word for a client, sealed with the secret in its code.
func (p *Phone) vouch(number uint16, identity, secret []byte) ([]byte, error) {
	details, err := proto.Marshal(&waAdv.ADVDeviceIdentity{
		RawID: proto.Uint32(1), Timestamp: proto.Uint64(uint64(time.Now().Unix())), KeyIndex: proto.Uint32(uint32(number)),
		AccountType: waAdv.ADVEncryptionType_E2EE.Enum(), DeviceType: waAdv.ADVEncryptionType_E2EE.Enum(),
	})
	if err != nil {
		return nil, err
	}
	signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*p.keys.identity.Priv),
		join(whatsmeow.AdvAccountSignaturePrefix, details, identity))
	signed, err := proto.Marshal(&waAdv.ADVSignedDeviceIdentity{
		Details: details, AccountSignatureKey: p.keys.identity.Pub[:], AccountSignature: signature[:],
	})
	if err != nil {
		return nil, err
	}
	seal := hmac.New(sha256.New, secret)
	seal.Write(signed)

	return proto.Marshal(&waAdv.ADVSignedDeviceIdentityHMAC{Details: signed, HMAC: seal.Sum(nil)})
}

// verify checks the client's own signature below the phone's.
func (p *Phone) verify(answer *waBinary.Node, identity []byte) error {
	var own waAdv.ADVSignedDeviceIdentity
	if err := proto.Unmarshal(bytesOf(answer.GetChildByTag("pair-device-sign", "device-identity")), &own); err != nil {
		return err
	}
	if len(own.DeviceSignature) != 64 || len(identity) != 32 || !ecc.VerifySignature(ecc.NewDjbECPublicKey([32]byte(identity)),
		join(whatsmeow.AdvDeviceSignaturePrefix, own.Details, identity, p.keys.identity.Pub[:]), [64]byte(own.DeviceSignature)) {
		return errors.New("the client signed wrongly")
	}

	return nil
}

// --- codes typed on the phone ---

func (c *conn) linkByCode(query *waBinary.Node, step node) {
	switch attr(&step, "stage") {
	case "companion_hello":
		ref := base64.StdEncoding.EncodeToString(randomBytes(24))
		c.server.keep(ref, &offer{
			conn: c, number: jidOf(&step, "jid").User, finished: make(chan []byte, 1),
			hello: bytesOf(step.GetChildByTag("link_code_pairing_wrapped_companion_ephemeral_pub")),
		})
		c.result(query, node{Tag: "link_code_companion_reg", Attrs: attrs{"stage": "companion_hello"},
			Content: []node{{Tag: "link_code_pairing_ref", Content: []byte(ref)}}})
	case "companion_finish":
		c.result(query)
		o := c.server.offer(string(bytesOf(step.GetChildByTag("link_code_pairing_ref"))))
		if o != nil && o.finished != nil {
			o.identity = bytesOf(step.GetChildByTag("companion_identity_public"))
			select {
			case o.finished <- bytesOf(step.GetChildByTag("link_code_pairing_wrapped_key_bundle")):
			default: // it has said so before
			}
		}
	}
}

const codeRounds = 2 << 16

// withCode wraps and unwraps a key by the code.
func withCode(code string, salt, iv, data []byte) ([]byte, error) {
	key, err := pbkdf2.Key(sha256.New, code, salt, codeRounds, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	out := make([]byte, len(data))
	cipher.NewCTR(block, iv).XORKeyStream(out, data)

	return out, nil
}

// TypeCode links the client that asked for a code for this number; code is what
// it shows, "ABCD-EFGH".
func (p *Phone) TypeCode(ctx context.Context, code string) (*Device, error) {
	code = strings.ReplaceAll(code, "-", "")
	ref, o := p.server.offerFor(p.PN.User)
	if o == nil || len(o.hello) != 80 {
		return nil, errors.New("no client waits for a code of this number")
	}
	theirs, err := withCode(code, o.hello[:32], o.hello[32:48], o.hello[48:])
	if err != nil {
		return nil, err
	}
	own, salt, iv := keys.NewKeyPair(), randomBytes(32), randomBytes(16)
	wrapped, err := withCode(code, salt, iv, own.Pub[:])
	if err != nil {
		return nil, err
	}
	err = o.conn.send(node{Tag: "notification", Attrs: attrs{
		"from": types.ServerJID, "id": p.server.nextID(), "t": p.server.stamp(), "type": "link_code_companion_reg",
	}, Content: []node{{Tag: "link_code_companion_reg", Attrs: attrs{"stage": "primary_hello"}, Content: []node{
		{Tag: "link_code_pairing_wrapped_primary_ephemeral_pub", Content: join(salt, iv, wrapped)},
		{Tag: "primary_identity_pub", Content: p.keys.identity.Pub[:]},
		{Tag: "link_code_pairing_ref", Content: []byte(ref)},
	}}}})
	if err != nil {
		return nil, err
	}

	var bundle []byte
	select {
	case bundle = <-o.finished:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	identity, secret, err := p.openBundle(bundle, own, theirs)
	if err != nil {
		return nil, err
	}

	return p.link(ctx, o.conn, identity, secret)
}

// offerFor finds the client that waits for a code of the number, the latest one.
func (s *Server) offerFor(number string) (ref string, o *offer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for r, candidate := range s.offers {
		if _, open := s.conns[candidate.conn]; open && candidate.number == number {
			ref, o = r, candidate
		}
	}

	return ref, o
}

// openBundle reads the client's identity and derives the secret that a QR code
// would have told.
func (p *Phone) openBundle(bundle []byte, own *keys.KeyPair, theirs []byte) (identity, secret []byte, err error) {
	if len(bundle) < 44 {
		return nil, nil, errors.New("the client's answer is too short")
	}
	shared, err := agree(own.Priv[:], theirs)
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(hkdfutil.SHA256(shared, bundle[:32], []byte("link_code_pairing_key_bundle_encryption_key"), 32))
	if err != nil {
		return nil, nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, nil, err
	}
	plain, err := gcm.Open(nil, bundle[32:44], bundle[44:], nil)
	if err != nil || len(plain) != 96 {
		return nil, nil, fmt.Errorf("this is not the code that the client shows")
	}
	identity = plain[:32]
	between, err := agree(p.keys.identity.Priv[:], identity)
	if err != nil {
		return nil, nil, err
	}

	return identity, hkdfutil.SHA256(join(shared, between, plain[64:]), nil, []byte("adv_secret"), 32), nil
}
