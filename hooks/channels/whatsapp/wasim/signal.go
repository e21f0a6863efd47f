package wasim

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/libsignal/groups"
	groupRecord "go.mau.fi/libsignal/groups/state/record"
	"go.mau.fi/libsignal/keys/identity"
	"go.mau.fi/libsignal/keys/prekey"
	"go.mau.fi/libsignal/protocol"
	signalSession "go.mau.fi/libsignal/session"
	"go.mau.fi/libsignal/state/record"
	signalStore "go.mau.fi/libsignal/state/store"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
	"google.golang.org/protobuf/proto"
)

var serializer = store.SignalProtobufSerializer

// keyring is what a phone knows for encryption, in memory. It is the least that
// libsignal wants of a store.
type keyring struct {
	mu       sync.Mutex // held around every use: sessions are not safe for two at once
	id       uint32
	identity *keys.KeyPair
	signed   *keys.PreKey
	onetime  map[uint32]*keys.PreKey
	next     uint32
	sessions map[string][]byte
	senders  map[string]*groupRecord.SenderKey
}

var _ signalStore.SignalProtocol = (*keyring)(nil)

var errUnused = errors.New("the simulator does not use this")

func newKeyring() *keyring {
	pair := keys.NewKeyPair()

	return &keyring{
		id: rand.Uint32N(16380) + 1, identity: pair, signed: pair.CreateSignedPreKey(1), next: 1,
		onetime: map[uint32]*keys.PreKey{}, sessions: map[string][]byte{}, senders: map[string]*groupRecord.SenderKey{},
	}
}

// newOnetime makes a key for someone who begins a session.
func (k *keyring) newOnetime() *keys.PreKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	key := keys.NewPreKey(k.next)
	k.onetime[key.KeyID] = key
	k.next++

	return key
}

// knows says whether there is a session with a device.
func (k *keyring) knows(to types.JID) bool {
	k.mu.Lock()
	defer k.mu.Unlock()

	return k.sessions[to.SignalAddress().String()] != nil
}

// encrypt returns the kind of the ciphertext, pkmsg or msg, and the ciphertext.
// bundle begins a new session; without one the present session goes on.
func (k *keyring) encrypt(to types.JID, bundle *prekey.Bundle, message *waE2E.Message) (kind string, sealed []byte, err error) {
	plain, err := proto.Marshal(message)
	if err != nil {
		return "", nil, err
	}
	ctx := context.Background()
	k.mu.Lock()
	defer k.mu.Unlock()
	address := to.SignalAddress()
	builder := signalSession.NewBuilderFromSignal(k, address, serializer)
	if bundle != nil {
		if err := builder.ProcessBundle(ctx, bundle); err != nil {
			return "", nil, err
		}
	}
	text, err := signalSession.NewCipher(builder, address).Encrypt(ctx, pad(plain))
	if err != nil {
		return "", nil, err
	}
	kind = "msg"
	if text.Type() == protocol.PREKEY_TYPE {
		kind = "pkmsg"
	}

	return kind, text.Serialize(), nil
}

func (k *keyring) decrypt(from types.JID, kind string, sealed []byte) (*waE2E.Message, error) {
	ctx := context.Background()
	k.mu.Lock()
	defer k.mu.Unlock()
	address := from.SignalAddress()
	cipher := signalSession.NewCipher(signalSession.NewBuilderFromSignal(k, address, serializer), address)
	var plain []byte
	var err error
	switch kind {
	case "pkmsg":
		var m *protocol.PreKeySignalMessage
		if m, err = protocol.NewPreKeySignalMessageFromBytes(sealed, serializer.PreKeySignalMessage, serializer.SignalMessage); err == nil {
			plain, err = cipher.DecryptMessage(ctx, m)
		}
	case "msg":
		var m *protocol.SignalMessage
		if m, err = protocol.NewSignalMessageFromBytes(sealed, serializer.SignalMessage); err == nil {
			plain, err = cipher.Decrypt(ctx, m)
		}
	default:
		err = fmt.Errorf("a phone can't read a %q", kind)
	}
	if err != nil {
		return nil, err
	}
	if plain, err = unpad(plain); err != nil {
		return nil, err
	}
	message := &waE2E.Message{}

	return message, proto.Unmarshal(plain, message)
}

// distribute is the message that lets others read what the phone says in a group.
func (k *keyring) distribute(group, self types.JID) (*waE2E.Message, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	name := protocol.NewSenderKeyName(group.String(), self.SignalAddress())
	key, err := groups.NewGroupSessionBuilder(k, serializer).Create(context.Background(), name)
	if err != nil {
		return nil, err
	}

	return &waE2E.Message{SenderKeyDistributionMessage: &waE2E.SenderKeyDistributionMessage{
		GroupID: proto.String(group.String()), AxolotlSenderKeyDistributionMessage: key.Serialize(),
	}}, nil
}

// encryptGroup seals a message for everyone in a group.
func (k *keyring) encryptGroup(group, self types.JID, message *waE2E.Message) ([]byte, error) {
	plain, err := proto.Marshal(message)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	name := protocol.NewSenderKeyName(group.String(), self.SignalAddress())
	sealed, err := groups.NewGroupCipher(groups.NewGroupSessionBuilder(k, serializer), name, k).Encrypt(context.Background(), pad(plain))
	if err != nil {
		return nil, err
	}

	return sealed.SignedSerialize(), nil
}

// learn keeps the key by which a member of a group is read.
func (k *keyring) learn(group, member types.JID, message *waE2E.Message) error {
	raw := message.GetSenderKeyDistributionMessage().GetAxolotlSenderKeyDistributionMessage()
	key, err := protocol.NewSenderKeyDistributionMessageFromBytes(raw, serializer.SenderKeyDistributionMessage)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	name := protocol.NewSenderKeyName(group.String(), member.SignalAddress())

	return groups.NewGroupSessionBuilder(k, serializer).Process(context.Background(), name, key)
}

func (k *keyring) decryptGroup(group, member types.JID, sealed []byte) (*waE2E.Message, error) {
	text, err := protocol.NewSenderKeyMessageFromBytes(sealed, serializer.SenderKeyMessage)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	name := protocol.NewSenderKeyName(group.String(), member.SignalAddress())
	plain, err := groups.NewGroupCipher(groups.NewGroupSessionBuilder(k, serializer), name, k).Decrypt(context.Background(), text)
	if err != nil {
		return nil, err
	}
	if plain, err = unpad(plain); err != nil {
		return nil, err
	}
	message := &waE2E.Message{}

	return message, proto.Unmarshal(plain, message)
}

// pad hides the length: 1 to 15 bytes, each the number of them.
func pad(plain []byte) []byte {
	n := 1 + rand.N(15)
	for range n {
		plain = append(plain, byte(n))
	}

	return plain
}

func unpad(plain []byte) ([]byte, error) {
	if len(plain) == 0 || int(plain[len(plain)-1]) > len(plain) {
		return nil, errors.New("padded wrongly")
	}

	return plain[:len(plain)-int(plain[len(plain)-1])], nil
}

// --- the store libsignal asks ---

func pair(k *keys.KeyPair) *ecc.ECKeyPair {
	return ecc.NewECKeyPair(ecc.NewDjbECPublicKey(*k.Pub), ecc.NewDjbECPrivateKey(*k.Priv))
}

func (k *keyring) GetIdentityKeyPair() *identity.KeyPair {
	return identity.NewKeyPair(identity.NewKey(ecc.NewDjbECPublicKey(*k.identity.Pub)), ecc.NewDjbECPrivateKey(*k.identity.Priv))
}

func (k *keyring) GetLocalRegistrationID() uint32 { return k.id }

func (k *keyring) SaveIdentity(context.Context, *protocol.SignalAddress, *identity.Key) error {
	return nil
}

func (k *keyring) IsTrustedIdentity(context.Context, *protocol.SignalAddress, *identity.Key) (bool, error) {
	return true, nil
}

func (k *keyring) LoadPreKey(_ context.Context, id uint32) (*record.PreKey, error) {
	key := k.onetime[id]
	if key == nil {
		return nil, nil
	}

	return record.NewPreKey(id, pair(&key.KeyPair), nil), nil
}

func (k *keyring) StorePreKey(context.Context, uint32, *record.PreKey) error { return errUnused }

func (k *keyring) ContainsPreKey(_ context.Context, id uint32) (bool, error) {
	return k.onetime[id] != nil, nil
}

func (k *keyring) RemovePreKey(_ context.Context, id uint32) error {
	delete(k.onetime, id)

	return nil
}

func (k *keyring) GetSubDeviceSessions(context.Context, string) ([]uint32, error) {
	return nil, errUnused
}

func (k *keyring) LoadSession(_ context.Context, a *protocol.SignalAddress) (*record.Session, error) {
	raw := k.sessions[a.String()]
	if raw == nil {
		return record.NewSession(serializer.Session, serializer.State), nil
	}

	return record.NewSessionFromBytes(raw, serializer.Session, serializer.State)
}

func (k *keyring) StoreSession(_ context.Context, a *protocol.SignalAddress, s *record.Session) error {
	k.sessions[a.String()] = s.Serialize()

	return nil
}

func (k *keyring) ContainsSession(_ context.Context, a *protocol.SignalAddress) (bool, error) {
	return k.sessions[a.String()] != nil, nil
}

func (k *keyring) DeleteSession(_ context.Context, a *protocol.SignalAddress) error {
	delete(k.sessions, a.String())

	return nil
}

func (k *keyring) DeleteAllSessions(context.Context) error {
	clear(k.sessions)

	return nil
}

func (k *keyring) LoadSignedPreKey(_ context.Context, id uint32) (*record.SignedPreKey, error) {
	if id != k.signed.KeyID {
		return nil, nil
	}

	return record.NewSignedPreKey(id, 0, pair(&k.signed.KeyPair), *k.signed.Signature, nil), nil
}

func (k *keyring) LoadSignedPreKeys(context.Context) ([]*record.SignedPreKey, error) {
	return nil, errUnused
}

func (k *keyring) StoreSignedPreKey(context.Context, uint32, *record.SignedPreKey) error {
	return errUnused
}

func (k *keyring) ContainsSignedPreKey(context.Context, uint32) (bool, error) {
	return false, errUnused
}

func (k *keyring) RemoveSignedPreKey(context.Context, uint32) error { return errUnused }

func (k *keyring) StoreSenderKey(_ context.Context, name *protocol.SenderKeyName, key *groupRecord.SenderKey) error {
	k.senders[name.GroupID()+name.Sender().String()] = key

	return nil
}

func (k *keyring) LoadSenderKey(_ context.Context, name *protocol.SenderKeyName) (*groupRecord.SenderKey, error) {
	if key := k.senders[name.GroupID()+name.Sender().String()]; key != nil {
		return key, nil
	}

	return groupRecord.NewSenderKey(serializer.SenderKeyRecord, serializer.SenderKeyState), nil
}
