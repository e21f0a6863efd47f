package wasim

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
)

// Control is the remote control of the simulator: a page on which a person is the
// team's phone and its customers, and the same as JSON for tests in other
// processes. It must be served on loopback only.
func (s *Server) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(controlPage)
	})
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.state()) })
	for name, do := range map[string]func(context.Context, command) (any, error){
		"phones": s.doPhone, "scan": s.doScan, "code": s.doCode, "say": s.doSay, "type": s.doType,
		"attach": s.doAttach, "read": s.doRead, "unlink": s.doUnlink, "cut": s.doCut, "group": s.doGroup, "group-say": s.doGroupSay,
		"show": s.doShow, "history": s.doHistory,
	} {
		mux.HandleFunc("POST /"+name, func(w http.ResponseWriter, r *http.Request) {
			// A page of another website can't send this type without asking first.
			if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
				http.Error(w, "send JSON", http.StatusUnsupportedMediaType)

				return
			}
			var c command
			if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 8<<20)).Decode(&c); err != nil {
				http.Error(w, "send a JSON object", http.StatusBadRequest)

				return
			}
			ctx, cancel := context.WithTimeout(r.Context(), 30*time.Second)
			defer cancel()
			answer, err := do(ctx, c)
			if err != nil {
				w.WriteHeader(http.StatusConflict)
				answer = map[string]string{"error": err.Error()}
			}
			writeJSON(w, answer)
		})
	}

	return mux
}

//go:embed control.html
var controlPage []byte

// command is what someone lets a phone do. Number is the phone's own.
type command struct {
	Number string `json:"number"`
	Name   string `json:"name"`
	To     string `json:"to"`   // number of another phone
	Text   string `json:"text"` // words, or a code
	ID     string `json:"id"`   // of a message, or a group
	Kind   string `json:"kind"` // of a file: image, voice, …
	Mime   string `json:"mime"`
	File   []byte `json:"file"` // base64
}

type phoneState struct {
	Number   string         `json:"number"`
	Name     string         `json:"name"`
	Linked   int            `json:"linked"` // devices
	Online   bool           `json:"online"`
	Received []messageState `json:"received"`
}

type messageState struct {
	ID   string    `json:"id"`
	From string    `json:"from"`
	Text string    `json:"text"`
	Own  bool      `json:"own"`
	Kind string    `json:"kind"` // of a file, or ""
	At   time.Time `json:"at"`
}

// state is what all phones show.
func (s *Server) state() []phoneState {
	s.mu.Lock()
	var phones []*Phone
	for _, p := range s.numbers {
		phones = append(phones, p)
	}
	s.mu.Unlock()
	slices.SortFunc(phones, func(a, b *Phone) int { return strings.Compare(a.PN.User, b.PN.User) })

	list := make([]phoneState, len(phones))
	for i, p := range phones {
		state := phoneState{Number: p.PN.User, Name: p.Name, Received: []messageState{}}
		for _, d := range p.Devices() {
			state.Linked++
			state.Online = state.Online || d.Online()
		}
		for _, r := range p.received.All() {
			if r.Err == nil {
				state.Received = append(state.Received, messageState{ID: r.ID, From: r.From.User, Text: r.Text(), Own: r.Own, Kind: mediaType(r.Message), At: r.At})
			}
		}
		list[i] = state
	}

	return list
}

var errNoPhone = errors.New("there is no phone with this number")

func (s *Server) doPhone(_ context.Context, c command) (any, error) {
	if len(c.Number) < 8 || len(c.Number) > 15 || strings.Trim(c.Number, "0123456789") != "" {
		return nil, errors.New("a number is 8 to 15 digits with the country code")
	}
	if s.Phone(c.Number) == nil {
		s.NewPhone(c.Number, c.Name)
	}

	return map[string]string{"number": c.Number}, nil
}

func (s *Server) doScan(ctx context.Context, c command) (any, error) {
	p := s.Phone(c.Number)
	if p == nil {
		return nil, errNoPhone
	}
	d, err := p.Scan(ctx, strings.TrimSpace(c.Text))
	if err != nil {
		return nil, err
	}

	return map[string]string{"device": d.JID.String()}, nil
}

func (s *Server) doCode(ctx context.Context, c command) (any, error) {
	p := s.Phone(c.Number)
	if p == nil {
		return nil, errNoPhone
	}
	d, err := p.TypeCode(ctx, strings.TrimSpace(c.Text))
	if err != nil {
		return nil, err
	}

	return map[string]string{"device": d.JID.String()}, nil
}

func (s *Server) pair(c command) (from, to *Phone, err error) {
	if from, to = s.Phone(c.Number), s.Phone(c.To); from == nil || to == nil {
		return nil, nil, errNoPhone
	}

	return from, to, nil
}

func (s *Server) doSay(_ context.Context, c command) (any, error) {
	from, to, err := s.pair(c)
	if err != nil {
		return nil, err
	}
	id, err := from.Say(to, c.Text)
	if err != nil {
		return nil, err
	}

	return map[string]string{"id": id}, nil
}

func (s *Server) doAttach(_ context.Context, c command) (any, error) {
	from, to, err := s.pair(c)
	if err != nil {
		return nil, err
	}
	id, err := from.Attach(to, c.Kind, c.File, c.Mime, c.Text)
	if err != nil {
		return nil, err
	}

	return map[string]string{"id": id}, nil
}

func (s *Server) doType(_ context.Context, c command) (any, error) {
	from, to, err := s.pair(c)
	if err != nil {
		return nil, err
	}
	id, err := from.TypeOn(to, &waE2E.Message{Conversation: &c.Text})
	if err != nil {
		return nil, err
	}

	return map[string]string{"id": id}, nil
}

func (s *Server) doRead(_ context.Context, c command) (any, error) {
	from, to, err := s.pair(c)
	if err != nil {
		return nil, err
	}
	from.Read(to, c.ID)

	return map[string]string{}, nil
}

// doGroup makes a group of two phones.
func (s *Server) doGroup(_ context.Context, c command) (any, error) {
	from, to, err := s.pair(c)
	if err != nil {
		return nil, err
	}

	return map[string]string{"id": s.NewGroup(c.Name, from, to).JID.User}, nil
}

func (s *Server) doGroupSay(_ context.Context, c command) (any, error) {
	p, g := s.Phone(c.Number), s.group(types.NewJID(c.ID, types.GroupServer))
	if p == nil || g == nil {
		return nil, errNoPhone
	}
	id, err := g.Say(p, c.Text)
	if err != nil {
		return nil, err
	}

	return map[string]string{"id": id}, nil
}

// doShow makes a file the picture that others see of a phone.
func (s *Server) doShow(_ context.Context, c command) (any, error) {
	p := s.Phone(c.Number)
	if p == nil {
		return nil, errNoPhone
	}
	p.Show(c.File)

	return map[string]string{}, nil
}

// doHistory tells what the other phone wrote yesterday, with a picture where there is one.
func (s *Server) doHistory(_ context.Context, c command) (any, error) {
	p, other, err := s.pair(c)
	if err != nil {
		return nil, err
	}
	past := Past{ID: s.nextID(), Text: c.Text, At: s.options.Now().Add(-24 * time.Hour), File: c.File}
	for _, d := range p.Devices() {
		if err := p.ShareHistory(d, other, past); err != nil {
			return nil, err
		}
	}

	return map[string]string{"id": past.ID}, nil
}

func (s *Server) doUnlink(_ context.Context, c command) (any, error) {
	p := s.Phone(c.Number)
	if p == nil {
		return nil, errNoPhone
	}
	p.UnlinkAll()

	return map[string]string{}, nil
}

func (s *Server) doCut(_ context.Context, c command) (any, error) {
	p := s.Phone(c.Number)
	if p == nil {
		return nil, errNoPhone
	}
	for _, d := range p.Devices() {
		d.Cut()
	}

	return map[string]string{}, nil
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if err := json.NewEncoder(w).Encode(value); err != nil {
		fmt.Fprintln(w)
	}
}
