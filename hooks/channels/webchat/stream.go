package webchat

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/limits"
)

// streamBatch is how many messages are read and written at a time.
const streamBatch = 100

// event is one line of the stream.
type event struct {
	Type    string   `json:"type"` // message, typing, read
	Message *message `json:"message,omitempty"`
	On      *bool    `json:"on,omitempty"`
	UpTo    string   `json:"upTo,omitempty"`
}

// stream sends everything after the cursor, then what comes, until the browser
// leaves. What was written is on its way to a screen: it is delivered.
func (r *Room) stream(e *core.RequestEvent, v *visitor) error {
	if err := r.limit(e, v.ID, limits.VisitorReads, limits.AddressReads); err != nil {
		return err
	}

	s := r.hub.join(v, e.RealIP())
	if s == nil {
		return limits.TooMany(e, time.Minute)
	}
	defer r.hub.leave(s)

	header := e.Response.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no")

	out := &writer{e: e, control: http.NewResponseController(e.Response)}
	_ = out.control.SetReadDeadline(time.Time{}) // the server's ends requests that take minutes; where there is none, well
	r.touch(v)

	cursor, readUpTo := e.Request.URL.Query().Get("after"), ""
	if err := out.comment("hello"); err != nil {
		return nil
	}

	ping := time.NewTicker(r.pingEvery)
	defer ping.Stop()
	for {
		var err error
		select {
		case <-e.Request.Context().Done():
			return nil
		case <-s.ended:
			return nil
		case <-ping.C:
			// Another process on the same data has no way to wake this one: so look.
			if err = out.comment("ping"); err == nil {
				err = r.catchUp(out, v, &cursor, &readUpTo)
			}
		case on := <-s.dots:
			err = out.event(event{Type: "typing", On: &on})
		case id := <-s.edits:
			err = r.resend(out, v, id)
		case <-s.woken:
			err = r.catchUp(out, v, &cursor, &readUpTo)
		}
		if err != nil {
			// The line is gone, or the database could not be read: the browser
			// comes back with its cursor either way.
			r.app.Logger().Debug("A visitor's stream ended", "error", err)

			return nil
		}
	}
}

// resend writes a message that was changed, if the visitor may see it.
func (r *Room) resend(out *writer, v *visitor, id string) error {
	if ok, err := r.inTranscript(v, id); err != nil || !ok {
		return err
	}
	record, err := r.app.FindRecordById(collections.Messages, id)
	if err != nil {
		return err
	}
	message, err := r.show(record, v)
	if err != nil {
		return err
	}

	return out.event(event{Type: "message", Message: &message})
}

// catchUp writes what is new since the cursor, and how far the team has read.
func (r *Room) catchUp(out *writer, v *visitor, cursor, readUpTo *string) error {
	if v.Contact == "" {
		if err := r.identify(v); err != nil {
			return err
		}
	}

	for {
		batch, err := r.transcript(v, *cursor, streamBatch)
		if err != nil {
			return err
		}
		var arrived []string
		for i := range batch {
			if err := out.queue(event{Type: "message", Message: &batch[i]}); err != nil {
				return err
			}
			if batch[i].Direction == "out" && batch[i].Status == "sent" {
				arrived = append(arrived, batch[i].ID)
			}
			*cursor = batch[i].ID
		}
		if err := out.flush(); err != nil {
			return err
		}
		if len(arrived) > 0 {
			if err := r.deps.Inbox.Receipt(out.e.Request.Context(), arrived, "delivered"); err != nil {
				return err
			}
		}
		if len(batch) < streamBatch {
			break
		}
	}

	upTo, err := r.readByTeam(v)
	if err != nil || upTo <= *readUpTo {
		return err
	}
	*readUpTo = upTo

	return out.event(event{Type: "read", UpTo: upTo})
}

// identify looks whether the visitor has become a contact since the stream opened.
func (r *Room) identify(v *visitor) error {
	var contacts []string
	err := r.app.DB().Select("contact").From(collections.Identities).
		Where(dbx.HashExp{"company": v.Company, "kind": "visitor", "value": v.Visitor, "scope": ""}).
		Limit(1).Column(&contacts)
	if len(contacts) > 0 {
		v.Contact = contacts[0]
	}

	return err
}

// readByTeam is the last of the visitor's messages that the team has read:
// unread counts those after it. "" if there is none.
func (r *Room) readByTeam(v *visitor) (string, error) {
	conversation, err := r.conversation(v)
	if conversation == nil || err != nil {
		return "", err
	}

	var ids []string
	err = r.app.DB().Select("id").From(collections.Messages).
		Where(dbx.HashExp{"conversation": conversation.Id, "direction": "in"}).
		OrderBy("id DESC").Limit(1).Offset(int64(conversation.GetInt("unread"))).Column(&ids)
	if len(ids) == 0 {
		return "", err
	}

	return ids[0], err
}

// writer writes server-sent events. The stream as a whole has no deadline; each
// write has one, so that a browser that is gone without a word is noticed.
type writer struct {
	e       *core.RequestEvent
	control *http.ResponseController
}

func (w *writer) queue(ev event) error {
	data, err := json.Marshal(ev)
	if err != nil {
		return err
	}

	return w.write("data: " + string(data) + "\n\n")
}

func (w *writer) event(ev event) error {
	if err := w.queue(ev); err != nil {
		return err
	}

	return w.flush()
}

func (w *writer) comment(text string) error {
	if err := w.write(": " + text + "\n\n"); err != nil {
		return err
	}

	return w.flush()
}

func (w *writer) write(text string) error {
	if err := w.patience(writeTimeout); err != nil {
		return err
	}
	_, err := fmt.Fprint(w.e.Response, text)

	return err
}

// flush sends what was written and takes the deadline away again.
func (w *writer) flush() error {
	if err := w.control.Flush(); err != nil {
		return err
	}

	return w.patience(0)
}

// patience sets how long a write may take from now; 0 is for ever. Where the
// connection knows no deadlines (tests, HTTP/2 behind a wrapper) it has none.
func (w *writer) patience(d time.Duration) error {
	deadline := time.Time{}
	if d > 0 {
		deadline = time.Now().Add(d) // the operating system's clock, not the room's
	}
	if err := w.control.SetWriteDeadline(deadline); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}

	return nil
}
