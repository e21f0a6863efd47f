package wasim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/coder/websocket"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/socket"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/gcmutil"
)

// fuzzed is the connection of a linked client whose other end reads nothing of
// what it gets.
func fuzzed(f *testing.F) *conn {
	s, err := New(Options{Seed: 1})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(s.Close)
	phone := s.NewPhone("5511999990001", "Shop")
	s.NewPhone("5511988880001", "Maria")

	accepted := make(chan *websocket.Conn, 1)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		accepted <- ws
		<-r.Context().Done()
	}))
	f.Cleanup(web.Close)
	other, _, err := websocket.Dial(context.Background(), web.URL, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = other.CloseNow() })
	other.SetReadLimit(-1)
	go func() {
		for {
			if _, _, err := other.Read(context.Background()); err != nil {
				return
			}
		}
	}()

	key, err := gcmutil.Prepare(make([]byte, 32))
	if err != nil {
		f.Fatal(err)
	}
	c := &conn{server: s, ws: <-accepted, session: &session{in: key, out: key}, answers: map[string]chan *waBinary.Node{}}
	d := &Device{JID: phone.PN, LID: phone.LID, phone: phone, active: true}
	d.JID.Device, d.LID.Device = 1, 1
	phone.devices[1], phone.last = d, 1
	c.device = d

	return c
}

// Whatever a client sends, the simulator goes on.
func FuzzStanza(f *testing.F) {
	c := fuzzed(f)
	maria := types.NewJID("5511988880001", types.DefaultUserServer)
	for _, stanza := range []node{
		{Tag: "message", Attrs: attrs{"to": maria, "id": "1", "type": "text"}, Content: []node{{Tag: "enc", Attrs: attrs{"type": "pkmsg", "v": "2"}, Content: []byte{1, 2, 3}}}},
		{Tag: "receipt", Attrs: attrs{"to": maria, "id": "1", "type": "retry"}, Content: []node{{Tag: "retry", Attrs: attrs{"count": "1"}}}},
		{Tag: "receipt", Attrs: attrs{"to": maria, "id": "1", "type": "server-error"}, Content: []node{{Tag: "rmr", Attrs: attrs{"jid": maria}}}},
		{Tag: "iq", Attrs: attrs{"id": "2", "xmlns": "encrypt", "type": "set"}, Content: []node{{Tag: "registration", Content: []byte{0, 0, 0, 1}}}},
		{Tag: "iq", Attrs: attrs{"id": "3", "xmlns": "usync", "type": "get"}, Content: []node{{Tag: "usync", Content: []node{{Tag: "list", Content: []node{{Tag: "user", Attrs: attrs{"jid": maria}}}}}}}},
		{Tag: "iq", Attrs: attrs{"id": "4", "xmlns": "w:m", "type": "set"}},
		{Tag: "iq", Attrs: attrs{"id": "5", "xmlns": "w:sync:app:state", "type": "set"}},
		{Tag: "iq", Attrs: attrs{"id": "6", "xmlns": "md", "type": "set"}, Content: []node{{Tag: "link_code_companion_reg", Attrs: attrs{"stage": "companion_hello"}}}},
		{Tag: "presence", Attrs: attrs{"type": "available"}}, {Tag: "ack", Attrs: attrs{"id": "1"}},
	} {
		raw, err := waBinary.Marshal(stanza)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw[1:])
	}
	f.Add([]byte("\xf80\xf8\x00")) // a list for a tag
	f.Fuzz(func(t *testing.T, raw []byte) {
		stanza, err := parse(raw)
		if err != nil || stanza == nil {
			return
		}
		c.handle(stanza)
	})
}

// Whatever stands in the place of a handshake, it ends with an error.
func FuzzHandshake(f *testing.F) {
	f.Add(socket.WAConnHeader, []byte{}, []byte{})
	f.Add([]byte("WA"), []byte{0x12, 0x22, 0x0a, 0x20}, []byte{0x22, 0x00})
	f.Fuzz(func(t *testing.T, header, hello, finish []byte) {
		frames := [][]byte{hello, finish}
		_, err := handshake(header, func() ([]byte, error) {
			if len(frames) == 0 {
				return nil, errors.New("the end")
			}
			frame := frames[0]
			frames = frames[1:]

			return frame, nil
		}, func([]byte) error { return nil })
		if err == nil {
			t.Error("a handshake with nobody")
		}
	})
}

// The remote control answers whatever it is sent.
func FuzzControl(f *testing.F) {
	s, err := New(Options{Seed: 1})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(s.Close)
	s.NewPhone("5511999990001", "Shop")
	s.NewPhone("5511988880001", "Maria")
	control := s.Control()
	f.Add("say", `{"number":"5511988880001","to":"5511999990001","text":"oi"}`)
	f.Add("attach", `{"number":"5511988880001","to":"5511999990001","kind":"voice","file":"AAAA"}`)
	f.Add("scan", `{"number":"5511999990001","text":"2@x,AA,AA,AA"}`)
	f.Add("phones", `{"number":"551198888000","name":"x"}`)
	f.Fuzz(func(t *testing.T, path, body string) {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		r := httptest.NewRequest("POST", "/", bytes.NewReader([]byte(body))).WithContext(ctx)
		r.URL.Path = "/" + path
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		control.ServeHTTP(w, r)
		if w.Code == http.StatusOK && !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s answered %q", path, w.Body)
		}
	})
}

// Whatever stands in the file that leads to a simulator, it leads nowhere but to this machine.
func FuzzEndpoint(f *testing.F) {
	f.Add([]byte(`{"address":"127.0.0.1:9","ca":"AAAA","root":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}`))
	f.Add([]byte(`{"address":"web.whatsapp.com:443"}`))
	f.Add([]byte(`{"address":"[::1]:9","root":""}`))
	f.Add([]byte(`[`))
	path := filepath.Join(f.TempDir(), "simulator.json")
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		e, err := ReadEndpoint(path)
		if err != nil {
			return
		}
		host, _, err := net.SplitHostPort(e.Address)
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() || len(e.Root) != 32 {
			t.Errorf("it leads to %+v", e)
		}
		_, _ = e.HTTP()
	})
}
