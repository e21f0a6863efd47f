package inbox

import (
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/contacts"
	"recado/hooks/hours"
)

// conversationFor returns the conversation an incoming message belongs to: the
// active one of this contact on this channel; else the one closed lately, which
// goes back to the same person without a greeting; else a new one.
func (r *Room) conversationFor(txApp core.App, channel, contact, identity *core.Record, locale string) (*core.Record, error) {
	last, err := latestConversation(txApp, channel.GetString("company"), contact.Id, channel.Id)
	if err != nil && !isNotFound(err) {
		return nil, err
	}

	if err == nil {
		if last.GetString("status") != "closed" {
			return last, nil
		}

		company, err := lookup(txApp, collections.Companies, channel.GetString("company"))
		if err != nil {
			return nil, err
		}
		window := settingsOf(company).reopen()
		if !last.GetBool("imported") && r.deps.Now().Sub(last.GetDateTime("closed_at").Time()) < window {
			return last, r.reopen(txApp, last)
		}
	} else {
		last = nil
	}

	return r.newConversation(txApp, channel, contact, identity, locale, last)
}

// latestConversation returns the newest conversation of the contact on the
// channel, an active one before any closed one.
func latestConversation(app core.App, company, contact, channel string) (*core.Record, error) {
	conversation := &core.Record{}
	err := app.RecordQuery(collections.Conversations).
		AndWhere(dbx.HashExp{"company": company, "contact": contact, "channel": channel}).
		OrderBy("(status = 'closed')", "imported", "id DESC").Limit(1).One(conversation)

	return conversation, err
}

func (r *Room) newConversation(txApp core.App, channel, contact, identity *core.Record, locale string, previous *core.Record) (*core.Record, error) {
	answerer, status := channel.GetString("answerer"), "pending"
	if contact.GetBool("bot_off") || answerer == "" || answerer == "none" {
		answerer = "waiting"
	}
	if contact.GetString("locale") != "" {
		locale = contact.GetString("locale")
	}

	conversation, err := newRecord(txApp, collections.Conversations, map[string]any{
		"company": channel.GetString("company"), "contact": contact.Id, "channel": channel.Id,
		"queue": channel.GetString("queue"), "status": status, "answerer": answerer, "locale": locale,
		"search": contacts.ConversationSearch(contact), "waiting_since": r.deps.Now(),
	})
	if err != nil {
		return nil, err
	}
	if identity != nil {
		conversation.Set("identity", identity.Id)
	}
	if previous != nil {
		conversation.Set("greeted_at", previous.GetDateTime("greeted_at"))
	}
	if identity != nil && identity.GetString("kind") == "group" {
		conversation.Set("is_group", true)
		leaveToPeople(conversation)
	}

	return conversation, txApp.SaveNoValidate(conversation)
}

// reopen makes a closed conversation active again. Who handled it last gets it
// back, with as much time to answer as after a message of their own; without
// such a person the bot does.
func (r *Room) reopen(txApp core.App, conversation *core.Record) error {
	conversation.Set("closed_at", "")
	switch {
	case conversation.GetBool("is_group"):
		leaveToPeople(conversation)
	case conversation.GetString("assignee") == "":
		conversation.Set("status", "pending")
	default:
		conversation.Set("status", "open")
		conversation.Set("answerer", "human")
		conversation.Set("human_at", r.deps.Now())
	}

	return save(txApp, conversation)
}

// leaveToPeople is how the conversation of a group is: nobody waits for an answer
// there, and no machine gives one.
func leaveToPeople(conversation *core.Record) {
	conversation.Load(map[string]any{"status": "open", "answerer": "human", "waiting_since": ""})
	forgetTriage(conversation)
}

// settings are the parts of companies.settings that the inbox reads. Hours; a
// missing or unusable value means the default. RatingScale is the highest score
// that is asked for at the end: 5, 10, or 0 for no question.
type settings struct {
	HumanHours    float64     `json:"human_hours"`
	ReopenHours   float64     `json:"reopen_hours"`
	GreetingHours float64     `json:"greeting_hours"`
	RatingScale   int         `json:"rating_scale"`
	RatingHours   float64     `json:"rating_hours"`
	Hours         hours.Hours `json:"hours"`
	Capacity      *int        `json:"capacity"` // conversations
}

func settingsOf(company *core.Record) settings {
	var s settings
	_ = company.UnmarshalJSONField("settings", &s) // unreadable settings are default settings

	return s
}

// human is how long a person keeps a conversation after their last message.
func (s settings) human() time.Duration { return max(lasting(s.HumanHours, 12), humanMin) }

// humanMin is the shortest time a person can keep a conversation.
const humanMin = 10 * time.Minute

// capacity is how many open conversations a member is given; 0 is any number.
func (s settings) capacity() int {
	if s.Capacity == nil || *s.Capacity < 0 {
		return 10
	}

	return *s.Capacity
}

// reopen is how long after closing a message still belongs to the conversation.
func (s settings) reopen() time.Duration { return lasting(s.ReopenHours, 24) }

// greeting is how often at most a contact is greeted.
func (s settings) greeting() time.Duration { return lasting(s.GreetingHours, 12) }

func lasting(value, standard float64) time.Duration {
	if value <= 0 {
		value = standard
	}

	return time.Duration(value * float64(time.Hour))
}

// localeOf is the language a conversation is held in: its own, else the
// contact's, the channel's, the company's.
func localeOf(conversation, contact, channel, company *core.Record) string {
	var settings struct {
		Locale string `json:"locale"`
	}
	_ = channel.UnmarshalJSONField("settings", &settings)

	for _, candidate := range []string{
		conversation.GetString("locale"), contact.GetString("locale"), settings.Locale, company.GetString("locale"),
	} {
		if locale, ok := knownLocale(candidate); ok {
			return locale
		}
	}

	return collections.Locales[0]
}

// knownLocale maps a language tag to one that Recado speaks: pt to pt-BR.
func knownLocale(tag string) (string, bool) {
	language, _, _ := strings.Cut(strings.ToLower(tag), "-")
	for _, locale := range collections.Locales {
		if known, _, _ := strings.Cut(strings.ToLower(locale), "-"); known == language {
			return locale, true
		}
	}

	return "", false
}
