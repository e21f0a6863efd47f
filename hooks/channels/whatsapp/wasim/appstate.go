package wasim

import (
	"context"
	"sync"
	"time"

	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"go.mau.fi/whatsmeow/store"
	waLog "go.mau.fi/whatsmeow/util/log"
	"google.golang.org/protobuf/proto"
)

// appState is what the phone tells all its clients: one key, and the first patch
// of each collection.
type appState struct {
	store.NoopStore

	id, key []byte

	mu      sync.Mutex
	patches map[string][]byte
}

func newAppState() *appState {
	return &appState{id: randomBytes(6), key: randomBytes(32), patches: map[string][]byte{}}
}

func (a *appState) GetAppStateSyncKey(context.Context, []byte) (*store.AppStateSyncKey, error) {
	return &store.AppStateSyncKey{Data: a.key}, nil
}

func (a *appState) GetAppStateMutationMAC(context.Context, string, []byte) ([]byte, error) {
	return nil, nil
}

// ShareState gives a client the key of the app state and with it the name of the
// account, without which it can't show itself.
func (p *Phone) ShareState(d *Device) error {
	a := p.apps
	info := appstate.BuildSettingPushName(p.Name)
	processor := appstate.NewProcessor(&store.Device{AppStateKeys: a, AppState: a, Log: waLog.Noop}, waLog.Noop)
	raw, err := processor.EncodePatch(context.Background(), a.id, appstate.HashState{}, info)
	if err != nil {
		return err
	}
	var patch waServerSync.SyncdPatch
	if err := proto.Unmarshal(raw, &patch); err != nil {
		return err
	}
	patch.Version = &waServerSync.SyncdVersion{Version: proto.Uint64(1)}
	if raw, err = proto.Marshal(&patch); err != nil {
		return err
	}
	a.mu.Lock()
	a.patches[string(info.Type)] = raw
	a.mu.Unlock()

	return p.peer(d, &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_APP_STATE_SYNC_KEY_SHARE.Enum(),
		AppStateSyncKeyShare: &waE2E.AppStateSyncKeyShare{Keys: []*waE2E.AppStateSyncKey{{
			KeyID: &waE2E.AppStateSyncKeyId{KeyID: a.id},
			KeyData: &waE2E.AppStateSyncKeyData{
				KeyData: a.key, Timestamp: proto.Int64(time.Now().UnixMilli()),
				Fingerprint: &waE2E.AppStateSyncKeyFingerprint{RawID: proto.Uint32(1), CurrentIndex: proto.Uint32(0), DeviceIndexes: []uint32{0, 1}},
			},
		}}},
	})
}

// collection answers a client that asks for what is new in a collection.
func (a *appState) collection(asked node) node {
	name := attr(&asked, "name")
	answer := node{Tag: "collection", Attrs: attrs{"name": name, "version": "0"}}
	a.mu.Lock()
	patch := a.patches[name]
	a.mu.Unlock()
	if patch != nil && intOf(&asked, "version") < 1 {
		answer.Attrs["version"] = "1"
		answer.Content = []node{{Tag: "patches", Content: []node{{Tag: "patch", Content: patch}}}}
	}

	return answer
}
