package notify

import (
	"database/sql"
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/texts"
)

// person is a customer with what it takes to tell them something.
type person struct {
	contact, company *core.Record

	// conversation is where they wrote last, on an active channel; nil: nowhere.
	// It is live if they are likely to see what is written there.
	conversation *core.Record
	channelKind  string
	live         bool
}

// webchatLive is how long after their last sign of life a visitor of a website
// counts as one who will see what is written there. A phone is always at hand.
const webchatLive = 48 * time.Hour

func (r *Room) person(txApp core.App, company, contact string) (person, error) {
	var p person
	var err error
	if p.company, err = txApp.FindRecordById(collections.Companies, company); err != nil {
		return p, err
	}
	if p.contact, err = txApp.FindRecordById(collections.Contacts, contact); err != nil {
		return p, err
	}

	var id, state, seen string
	err = txApp.DB().NewQuery(`SELECT c.id, h.kind, h.state, max(
			coalesce((SELECT max(m.at) FROM messages AS m WHERE m.conversation = c.id AND m.direction = 'in'), ''),
			coalesce((SELECT max(v.last_seen) FROM webchat_visitors AS v WHERE v.contact = c.contact), ''))
		FROM conversations AS c JOIN channels AS h ON h.id = c.channel
		WHERE c.company = {:company} AND c.contact = {:contact} AND h.active = 1
		ORDER BY c.last_message_at DESC, c.id DESC LIMIT 1`).
		Bind(dbx.Params{"company": company, "contact": contact}).Row(&id, &p.channelKind, &state, &seen)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	if p.channelKind == "webchat" {
		p.live = seen >= stamp(r.deps.Now().Add(-webchatLive))
	} else {
		p.live = state == "" || state == "online"
	}
	p.conversation, err = txApp.FindRecordById(collections.Conversations, id)

	return p, err
}

func (p person) email() string { return p.contact.GetString("email") }

// locale is the language to speak to them in.
func (p person) locale() string {
	spoken := ""
	if p.conversation != nil {
		spoken = p.conversation.GetString("locale")
	}

	return texts.First(p.contact.GetString("locale"), spoken, p.company.GetString("locale"))
}

func (p person) words() texts.Printer {
	return texts.For(p.locale(), settingsOf(p.company).Texts[p.locale()])
}

// settings of a company that the room reads.
type settings struct {
	Address string                       `json:"address"`
	Phone   string                       `json:"phone_text"`
	Mails   string                       `json:"mails"` // fallback or always
	Texts   map[string]map[string]string `json:"texts"`
}

func settingsOf(company *core.Record) settings {
	var s settings
	_ = company.UnmarshalJSONField("settings", &s) // unreadable settings are default settings

	return s
}

// mailed tells whether a notice goes by e-mail: where no chat reaches them, or
// where the company always wants it.
func (p person) mailed() bool {
	return p.email() != "" && !p.absent() && (!p.live || settingsOf(p.company).Mails == "always")
}

// demoSource marks the contacts of demo data: nobody is behind their addresses.
const demoSource = "demo"

// absent: in the bin, part of another contact, or made up.
func (p person) absent() bool {
	return p.contact.GetString("source") == demoSource || p.contact.GetString("deleted") != "" || p.contact.GetString("merged_into") != ""
}
