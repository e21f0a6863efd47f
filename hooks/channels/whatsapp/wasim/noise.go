package wasim

import (
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCert"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/socket"
	"go.mau.fi/whatsmeow/util/gcmutil"
	"go.mau.fi/whatsmeow/util/keys"
	"google.golang.org/protobuf/proto"
)

// root signs the certificates of all simulators of a process: whatsmeow looks
// for the key to believe in one place.
var root = sync.OnceValue(keys.NewKeyPair)

// noise is the responder's side of Noise_XX_25519_AESGCM_SHA256.
type noise struct {
	hash, salt []byte
	key        cipher.AEAD
	count      uint32
}

func newNoise(header []byte) (*noise, error) {
	start := []byte(socket.NoiseStartPattern) // 32 bytes: used as they are
	n := &noise{hash: start, salt: start}
	var err error
	if n.key, err = gcmutil.Prepare(start); err != nil {
		return nil, err
	}
	n.authenticate(header)

	return n, nil
}

func (n *noise) authenticate(data []byte) {
	sum := sha256.New()
	sum.Write(n.hash)
	sum.Write(data)
	n.hash = sum.Sum(nil)
}

// nonce numbers the frames of one direction.
func nonce(count uint32) []byte {
	iv := make([]byte, 12)
	binary.BigEndian.PutUint32(iv[8:], count)

	return iv
}

func (n *noise) encrypt(plain []byte) []byte {
	sealed := n.key.Seal(nil, nonce(n.count), plain, n.hash)
	n.count++
	n.authenticate(sealed)

	return sealed
}

func (n *noise) decrypt(sealed []byte) ([]byte, error) {
	plain, err := n.key.Open(nil, nonce(n.count), sealed, n.hash)
	n.count++
	if err == nil {
		n.authenticate(sealed)
	}

	return plain, err
}

// expand derives two keys from a secret.
func (n *noise) expand(secret []byte) (first, second []byte, err error) {
	both, err := hkdf.Key(sha256.New, secret, n.salt, "", 64)
	if err != nil {
		return nil, nil, err
	}

	return both[:32], both[32:], nil
}

// mix takes in the secret that two keys have in common.
func (n *noise) mix(private, public []byte) error {
	secret, err := agree(private, public)
	if err != nil {
		return err
	}
	salt, key, err := n.expand(secret)
	if err != nil {
		return err
	}
	n.count, n.salt = 0, salt
	n.key, err = gcmutil.Prepare(key)

	return err
}

// agree is X25519.
func agree(private, public []byte) ([]byte, error) {
	own, err := ecdh.X25519().NewPrivateKey(private)
	if err != nil {
		return nil, err
	}
	theirs, err := ecdh.X25519().NewPublicKey(public)
	if err != nil {
		return nil, err
	}

	return own.ECDH(theirs)
}

// chain is the certificate of a static key, by way of one in between.
func chain(static *keys.KeyPair) ([]byte, error) {
	between := keys.NewKeyPair()
	upper, err := certificate(1, whatsmeow.WACertIssuerSerial, between, root())
	if err != nil {
		return nil, err
	}
	leaf, err := certificate(2, 1, static, between)
	if err != nil {
		return nil, err
	}

	return proto.Marshal(&waCert.CertChain{Intermediate: upper, Leaf: leaf})
}

func certificate(serial, issuer uint32, key, signer *keys.KeyPair) (*waCert.CertChain_NoiseCertificate, error) {
	details, err := proto.Marshal(&waCert.CertChain_NoiseCertificate_Details{
		Serial: &serial, IssuerSerial: &issuer, Key: key.Pub[:],
		NotBefore: proto.Uint64(uint64(time.Now().Add(-time.Hour).Unix())),
		NotAfter:  proto.Uint64(uint64(time.Now().Add(365 * 24 * time.Hour).Unix())),
	})
	if err != nil {
		return nil, err
	}
	signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*signer.Priv), details)

	return &waCert.CertChain_NoiseCertificate{Details: details, Signature: signature[:]}, nil
}

// session is what a handshake leads to.
type session struct {
	payload *waWa6.ClientPayload // what the client says of itself
	static  []byte               // its key
	in, out cipher.AEAD
}

// handshake speaks to a client; read and write move whole frames.
func handshake(header []byte, read func() ([]byte, error), write func([]byte) error) (*session, error) {
	n, err := newNoise(header)
	if err != nil {
		return nil, err
	}
	raw, err := read()
	if err != nil {
		return nil, err
	}
	var message waWa6.HandshakeMessage
	if err := proto.Unmarshal(raw, &message); err != nil {
		return nil, err
	}
	theirs := message.GetClientHello().GetEphemeral()
	n.authenticate(theirs)

	ephemeral, static := keys.NewKeyPair(), keys.NewKeyPair()
	n.authenticate(ephemeral.Pub[:])
	if err := n.mix(ephemeral.Priv[:], theirs); err != nil {
		return nil, err
	}
	sealedStatic := n.encrypt(static.Pub[:])
	if err := n.mix(static.Priv[:], theirs); err != nil {
		return nil, err
	}
	certificates, err := chain(static)
	if err != nil {
		return nil, err
	}
	hello, err := proto.Marshal(&waWa6.HandshakeMessage{ServerHello: &waWa6.HandshakeMessage_ServerHello{
		Ephemeral: ephemeral.Pub[:], Static: sealedStatic, Payload: n.encrypt(certificates),
	}})
	if err != nil {
		return nil, err
	}
	if err := write(hello); err != nil {
		return nil, err
	}

	return n.finish(ephemeral, read)
}

// finish reads the client's last word and derives the keys of both directions.
func (n *noise) finish(ephemeral *keys.KeyPair, read func() ([]byte, error)) (*session, error) {
	raw, err := read()
	if err != nil {
		return nil, err
	}
	var message waWa6.HandshakeMessage
	if err := proto.Unmarshal(raw, &message); err != nil {
		return nil, err
	}
	s := &session{payload: &waWa6.ClientPayload{}}
	if s.static, err = n.decrypt(message.GetClientFinish().GetStatic()); err != nil {
		return nil, fmt.Errorf("the client's key: %w", err)
	}
	if err := n.mix(ephemeral.Priv[:], s.static); err != nil {
		return nil, err
	}
	plain, err := n.decrypt(message.GetClientFinish().GetPayload())
	if err != nil {
		return nil, fmt.Errorf("the client's payload: %w", err)
	}
	if err := proto.Unmarshal(plain, s.payload); err != nil {
		return nil, err
	}

	in, out, err := n.expand(nil) // the client writes with the first
	if err != nil {
		return nil, err
	}
	if s.in, err = gcmutil.Prepare(in); err != nil {
		return nil, err
	}
	s.out, err = gcmutil.Prepare(out)

	return s, err
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails since Go 1.24

	return b
}

func join(parts ...[]byte) []byte {
	var all []byte
	for _, part := range parts {
		all = append(all, part...)
	}

	return all
}
