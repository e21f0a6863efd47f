package webchat

import (
	"database/sql"
	"encoding/json"
	"errors"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/texts"
)

// message is what the visitor sees of one. Times are RFC 3339 in UTC.
type message struct {
	ID          string          `json:"id"`
	Direction   string          `json:"direction"`
	Kind        string          `json:"kind"`
	Text        string          `json:"text"`
	Options     json.RawMessage `json:"options"`
	Attachments []attachment    `json:"attachments"`
	At          string          `json:"at"`
	Status      string          `json:"status"`
	ClientID    string          `json:"clientId"`
	AnsweredBy  string          `json:"answeredBy"`
	AuthorName  string          `json:"authorName"`
	Quote       string          `json:"quote"` // the beginning of the message this one answers
}

type attachment struct {
	ID     string `json:"id" db:"id"`
	Name   string `json:"name" db:"name"`
	Mime   string `json:"mime" db:"mime"`
	Size   int64  `json:"size" db:"size"`
	Width  int    `json:"width" db:"width"`
	Height int    `json:"height" db:"height"`
}

// row is a message as it is stored.
type row struct {
	ID          string                  `db:"id"`
	Direction   string                  `db:"direction"`
	Kind        string                  `db:"kind"`
	Text        string                  `db:"text"`
	Options     string                  `db:"options"`
	Attachments types.JSONArray[string] `db:"attachments"`
	At          string                  `db:"at"`
	Status      string                  `db:"status"`
	ExternalID  string                  `db:"external_id"`
	AnsweredBy  string                  `db:"answered_by"`
	AuthorName  string                  `db:"author_name"`
	ReplyTo     string                  `db:"reply_to"`
	DeletedAt   string                  `db:"deleted_at"`
}

// visible are the messages a visitor may see: what was said, not what the team
// notes for itself, and nothing that never left.
const visible = `m.kind NOT IN ('note', 'system') AND m.status NOT IN ('failed', 'skipped')`

// transcript returns what the visitor and the team said after a message id, at
// most limit messages, in the order of ids, which is the order of commits.
func (r *Room) transcript(v *visitor, after string, limit int) ([]message, error) {
	if v.Contact == "" {
		return []message{}, nil
	}

	var rows []row
	err := r.app.DB().NewQuery(`
		SELECT m.id, m.direction, m.kind, m.text, COALESCE(m.options, '') AS options, COALESCE(m.attachments, '[]') AS attachments,
			m.at, m.status, m.external_id, m.answered_by, COALESCE(a.name, '') AS author_name,
			m.reply_to, m.deleted_at
		FROM messages m LEFT JOIN members a ON a.id = m.author
		WHERE m.conversation IN (SELECT id FROM conversations WHERE company = {:company} AND contact = {:contact} AND channel = {:channel})
			AND m.id > {:after} AND ` + visible + `
		ORDER BY m.id LIMIT {:limit}`).
		Bind(dbx.Params{"company": v.Company, "contact": v.Contact, "channel": v.Channel, "after": after, "limit": limit}).All(&rows)
	if err != nil {
		return nil, err
	}

	messages := make([]message, len(rows))
	for i, row := range rows {
		if messages[i], err = r.complete(row, v.Locale); err != nil {
			return nil, err
		}
	}

	return messages, nil
}

// show returns one stored message as its visitor sees it.
func (r *Room) show(m *core.Record, v *visitor) (message, error) {
	author := ""
	if id := m.GetString("author"); id != "" {
		_ = r.app.DB().Select("name").From(collections.Members).Where(dbx.HashExp{"id": id}).Row(&author) // a message without a name is a message
	}

	return r.complete(row{
		ID: m.Id, Direction: m.GetString("direction"), Kind: m.GetString("kind"), Text: m.GetString("text"),
		Options: m.GetString("options"), Attachments: m.GetStringSlice("attachments"), At: m.GetString("at"),
		Status: m.GetString("status"), ExternalID: m.GetString("external_id"), AnsweredBy: m.GetString("answered_by"),
		AuthorName: author, ReplyTo: m.GetString("reply_to"), DeletedAt: m.GetString("deleted_at"),
	}, v.Locale)
}

// complete turns a row into what is shown, with its files and what it answers.
// locale is the reader's.
func (r *Room) complete(row row, locale string) (message, error) {
	m := message{
		ID: row.ID, Direction: row.Direction, Kind: row.Kind, Text: row.Text, Options: json.RawMessage("[]"),
		Attachments: []attachment{}, At: strings.Replace(row.At, " ", "T", 1), Status: row.Status,
		ClientID: clientID(row.Direction, row.ExternalID), AnsweredBy: row.AnsweredBy, AuthorName: row.AuthorName,
	}
	if strings.HasPrefix(row.Options, "[") {
		m.Options = json.RawMessage(row.Options)
	}
	if m.Status == "queued" || m.Status == "sending" {
		m.Status = "sent" // for the visitor it is there
	}

	if row.DeletedAt != "" {
		m.Text = texts.Get(locale, "message.deleted", nil, nil)
	}
	if row.ReplyTo != "" {
		var err error
		if m.Quote, err = r.quote(row.ReplyTo); err != nil {
			return message{}, err
		}
	}

	for _, id := range row.Attachments {
		file := attachment{}
		err := r.app.DB().Select("id", "name", "mime", "size", "width", "height").From("files").
			Where(dbx.HashExp{"id": id}).One(&file)
		if err != nil {
			return message{}, err
		}
		m.Attachments = append(m.Attachments, file)
	}

	return m, nil
}

// quoteMax is how many characters of an answered message are shown.
const quoteMax = 140

// quote is the beginning of a message that another one answers: its words, or
// the name of its file.
func (r *Room) quote(id string) (string, error) {
	var said string
	err := r.app.DB().NewQuery(`
		SELECT CASE WHEN m.text != '' THEN m.text ELSE COALESCE((SELECT f.name FROM files f WHERE f.message = m.id ORDER BY f.id LIMIT 1), '') END
		FROM messages m WHERE m.id = {:id} AND ` + visible).Bind(dbx.Params{"id": id}).Row(&said)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if runes := []rune(said); len(runes) > quoteMax {
		said = string(runes[:quoteMax-1]) + "…"
	}

	return said, err
}
