package inbox

import (
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/contacts"
)

// openConversation gives a member the active conversation with a contact on a
// channel, or makes one that the member has. Instead of a contact there may be a
// phone number: that of a contact, or of one who is made. What is out of the
// member's sight, a colleague's or another queue's, stays so.
func (r *Room) openConversation(e *core.RequestEvent) error {
	var form struct {
		Contact string `json:"contact"`
		Channel string `json:"channel"`
		Phone   string `json:"phone"`
		Name    string `json:"name"` // of whoever has the phone, if they are new
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("body", "Send the ids of a contact and a channel as JSON.")
	}
	info, err := e.RequestInfo()
	if err != nil {
		return err
	}
	company := e.Request.URL.Query().Get("company")
	me, err := memberOf(e.App, e.Auth, company)
	if err != nil {
		return err
	}
	member, err := lookup(e.App, collections.Members, me)
	if err != nil || !holds(member, "inbox.reply") {
		return apierr.Forbidden("inbox.reply")
	}
	channel, err := visible(e.App, info, collections.Channels, form.Channel, "channel")
	if err != nil {
		return err
	}
	var contact *core.Record
	if form.Contact == "" && form.Phone != "" {
		contact, err = r.personOf(e.App, info, member, channel, form.Phone, form.Name)
	} else {
		contact, err = visible(e.App, info, collections.Contacts, form.Contact, "contact")
	}
	if err != nil {
		return err
	}

	var conversation *core.Record
	err = e.App.RunInTransaction(func(txApp core.App) error {
		last, err := latestConversation(txApp, channel.GetString("company"), contact.Id, channel.Id)
		if err != nil && !isNotFound(err) {
			return err
		}
		if isNotFound(err) {
			conversation, err = r.writeFirst(txApp, channel, contact, me)

			return err
		}
		_, hidden := visible(txApp, info, collections.Conversations, last.Id, "conversation")
		active := last.GetString("status") != "closed"
		switch {
		case active && hidden != nil:
			return apierr.New(http.StatusConflict, "conversation_elsewhere", "A colleague or another queue is talking to this contact on this channel already.", nil)
		case active:
			conversation = last

			return nil
		case hidden != nil || last.GetBool("imported"):
			conversation, err = r.beginConversation(txApp, channel, contact, last, me)

			return err
		}
		conversation = last
		conversation.Set("assignee", me)

		return r.reopen(txApp, conversation)
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, conversation)
}

// personOf finds the contact who has a phone, or makes one, for a member who may.
func (r *Room) personOf(app core.App, info *core.RequestInfo, member, channel *core.Record, phone, name string) (contact *core.Record, err error) {
	company, err := lookup(app, collections.Companies, channel.GetString("company"))
	if err != nil {
		return nil, err
	}
	number, err := r.deps.Phone(phone, company.GetString("timezone"))
	if err != nil {
		return nil, apierr.Invalid("phone", "This is not a phone number. Write it with the country code, such as +55 11 98765-4321.")
	}
	err = app.RunInTransaction(func(txApp core.App) error {
		contact, _, err = r.deps.Contacts.Resolve(txApp, contacts.Person{
			Company: company.Id, Kind: "phone", Value: number, Channel: channel.GetString("kind"), Name: strings.TrimSpace(name),
		})
		if err != nil {
			return err
		}
		if contacts.Made(contact) {
			if !holds(member, "contacts.add") {
				return apierr.Forbidden("contacts.add")
			}
			contact.Set("owner", member.Id)

			return txApp.Save(contact)
		}
		if _, err := visible(txApp, info, collections.Contacts, contact.Id, "contact"); err != nil {
			return apierr.New(http.StatusConflict, "contact_elsewhere", "A colleague looks after the contact with this number.", nil)
		}

		return nil
	})

	return contact, err
}

// writeFirst makes the first conversation with a contact on a channel: where the
// channel reaches people by their phone, and the contact has one.
func (r *Room) writeFirst(txApp core.App, channel, contact *core.Record, me string) (*core.Record, error) {
	phone := contact.GetString("phone")
	if channel.GetString("kind") != "whatsapp" || phone == "" {
		return nil, apierr.New(http.StatusConflict, "no_address", "This contact has never written on this channel, so there is nowhere to send to.", nil)
	}
	owner, identity, err := r.deps.Contacts.Resolve(txApp, contacts.Person{
		Company: channel.GetString("company"), Kind: "phone", Value: phone, Channel: channel.GetString("kind"),
	})
	if err != nil {
		return nil, err
	}
	if owner.Id != contact.Id { // a family shares a phone: the chat is with whoever wrote from it first
		return nil, apierr.New(http.StatusConflict, "conversation_elsewhere", "The chat with this phone is with another contact.", map[string]any{"contact": owner.Id})
	}
	conversation, err := r.newConversation(txApp, channel, contact, identity, "", nil)
	if err != nil {
		return nil, err
	}
	conversation.Load(map[string]any{
		"assignee": me, "status": "open", "answerer": "human", "waiting_since": "", "human_at": r.deps.Now(), "last_message_at": r.deps.Now(),
	})

	return conversation, save(txApp, conversation)
}

// beginConversation makes a new conversation of a known contact that the member
// has, as if the member had taken it.
func (r *Room) beginConversation(txApp core.App, channel, contact, last *core.Record, me string) (*core.Record, error) {
	var identity *core.Record
	if id := last.GetString("identity"); id != "" {
		var err error
		if identity, err = lookup(txApp, collections.Identities, id); err != nil {
			return nil, err
		}
	}
	conversation, err := r.newConversation(txApp, channel, contact, identity, last.GetString("locale"), last)
	if err != nil {
		return nil, err
	}
	conversation.Load(map[string]any{"assignee": me, "status": "open", "answerer": "human", "waiting_since": "", "human_at": r.deps.Now()})

	return conversation, save(txApp, conversation)
}

// visible loads a record that the caller's view rule reaches; whatever else is
// wrong with it, the answer is that it doesn't exist.
func visible(app core.App, info *core.RequestInfo, collection, id, noun string) (*core.Record, error) {
	record, err := lookup(app, collection, id)
	if err != nil {
		return nil, apierr.NotFound(noun)
	}
	if ok, err := app.CanAccessRecord(record, info, record.Collection().ViewRule); err != nil || !ok {
		return nil, apierr.NotFound(noun)
	}

	return record, nil
}
