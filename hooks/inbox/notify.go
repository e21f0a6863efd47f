package inbox

import (
	"maps"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/texts"
)

// Tell sends a contact a text of the server in the conversation they used last,
// in its language: an appointment was moved, say. It runs in the caller's
// transaction, so the customer is told if and only if it happened. A contact
// who never wrote on any channel can't be told; that is no error.
func (r *Room) Tell(txApp core.App, company, contact, key string, params map[string]any) error {
	conversation := &core.Record{}
	err := txApp.RecordQuery(collections.Conversations).
		AndWhere(dbx.HashExp{"company": company, "contact": contact}).
		OrderBy("last_message_at DESC", "id DESC").Limit(1).One(conversation)
	if isNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}

	turn, err := r.turn(txApp, conversation, nil)
	if err != nil {
		return err
	}
	locale := localeOf(conversation, turn.Contact, turn.Channel, turn.Company)
	params = r.spoken(locale, params)

	_, err = r.say(txApp, conversation, "bot", Reply{Text: texts.Get(locale, key, params, overrides(turn.Company, locale))})

	return err
}

// spoken writes the moments among the params as people say them, in the time
// zone each carries.
func (r *Room) spoken(locale string, params map[string]any) map[string]any {
	params = maps.Clone(params)
	for name, value := range params {
		if at, ok := value.(time.Time); ok {
			params[name] = texts.When(locale, at, r.deps.Now())
		}
	}

	return params
}

// overrides are the company's own wordings in one language.
func overrides(company *core.Record, locale string) map[string]string {
	var settings struct {
		Texts map[string]map[string]string `json:"texts"`
	}
	_ = company.UnmarshalJSONField("settings", &settings)

	return settings.Texts[locale]
}
