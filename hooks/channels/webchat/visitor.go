package webchat

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
)

// visitor is who asks: one browser on one channel, and the contact it belongs to.
type visitor struct {
	ID       string
	Company  string
	Channel  string
	Visitor  string // public id, the value of the contact's identity
	Name     string
	Email    string
	Locale   string
	LastSeen string
	Known    string // contact as the visitor's row has it
	Contact  string // contact of the identity; empty before the first message
	Consent  string // hash of what they agreed to
	Settings string // of the channel
	Origins  string
	Active   bool
}

// hash is what is stored of a token: enough to recognise it, useless to whoever
// reads the database.
func hash(token string) string {
	sum := sha256.Sum256([]byte(token))

	return hex.EncodeToString(sum[:])
}

// random returns n random bytes written with the given alphabet encoder.
func (r *Room) random(n int, encode func([]byte) string) (string, error) {
	raw := make([]byte, n)
	if _, err := io.ReadFull(r.deps.Random, raw); err != nil {
		return "", err
	}

	return encode(raw), nil
}

// asVisitor lets in only requests with a visitor token, from an allowed page, to
// an open channel.
func (r *Room) asVisitor(handle func(*core.RequestEvent, *visitor) error) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		v, err := r.authenticate(e)
		if err != nil {
			return err
		}

		return handle(e, v)
	}
}

// whoisQuery leads to the contact by the identity, because a merge moves identities.
const whoisQuery = `
	SELECT v.id, v.company, v.channel, v.visitor, v.name, v.email, v.locale, v.last_seen, v.contact,
		v.consent, COALESCE(c.settings, ''), COALESCE(c.origins, ''), (c.active AND o.active), COALESCE(i.contact, '')
	FROM webchat_visitors v
	JOIN channels c ON c.id = v.channel
	JOIN companies o ON o.id = v.company
	LEFT JOIN identities i ON i.company = v.company AND i.kind = 'visitor' AND i.value = v.visitor AND i.scope = ''
	WHERE v.token_hash = ?`

// errUnknownVisitor makes the widget start a new session.
func errUnknownVisitor() error {
	return apierr.New(http.StatusUnauthorized, "visitor_unknown", "This visitor is not known (any more). Start a new session.", nil)
}

func (r *Room) authenticate(e *core.RequestEvent) (*visitor, error) {
	token, ok := strings.CutPrefix(e.Request.Header.Get("Authorization"), "Bearer ")
	if !ok || token == "" {
		return nil, errUnknownVisitor()
	}

	v := &visitor{}
	row, err := r.whois.row(r.app, hash(token))
	if err != nil {
		return nil, err
	}
	err = row.Scan(&v.ID, &v.Company, &v.Channel, &v.Visitor, &v.Name, &v.Email, &v.Locale, &v.LastSeen, &v.Known,
		&v.Consent, &v.Settings, &v.Origins, &v.Active, &v.Contact)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errUnknownVisitor()
	}
	if err != nil {
		return nil, err
	}

	if !r.reaches(e, v.Company) {
		return nil, errUnknownVisitor()
	}
	if err := r.allowOrigin(e, list(v.Origins)); err != nil {
		return nil, err
	}
	if !v.Active {
		return nil, errClosed()
	}

	return v, nil
}

// errClosed says that the channel or its company is switched off.
func errClosed() error {
	return apierr.New(http.StatusForbidden, "channel_closed", "This chat is closed at the moment.", nil)
}

// list reads a JSON array of strings; what is unreadable lists nothing.
func list(raw string) []string {
	var items []string
	_ = json.Unmarshal([]byte(raw), &items)

	return items
}

// touch notes, not too often, that the visitor was here.
func (r *Room) touch(v *visitor) {
	now := r.deps.Now()
	if last, err := types.ParseDateTime(v.LastSeen); err == nil && now.Sub(last.Time()) < seenEvery {
		return
	}
	_, err := r.app.DB().Update(collections.WebchatVisitors,
		dbx.Params{"last_seen": now.UTC().Format(types.DefaultDateLayout)}, dbx.HashExp{"id": v.ID}).Execute()
	if err != nil {
		r.app.Logger().Warn("A visitor's last visit was not noted", "error", err)
	}
}

// conversation is the visitor's newest conversation, an active one first; nil
// before the first message.
func (r *Room) conversation(v *visitor) (*core.Record, error) {
	if v.Contact == "" {
		return nil, nil
	}

	conversation := &core.Record{}
	err := r.app.RecordQuery(collections.Conversations).
		AndWhere(dbx.HashExp{"company": v.Company, "contact": v.Contact, "channel": v.Channel}).
		OrderBy("(status = 'closed')", "id DESC").Limit(1).One(conversation)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}

	return conversation, err
}
