package webchat

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// consent is the text a visitor agrees to before the first message, as a
// channel's settings have it.
type consent struct {
	Mode    string `json:"mode"` // "" for none; shown: by writing they agree; accept: they tick it first
	Text    string `json:"text"`
	Address bool   `json:"address"` // keep the visitor's address with it

	url string // the privacy link beside it
}

// consentOf reads a channel's settings; nil means that nothing is to be agreed to.
func consentOf(settings string) *consent {
	var s struct {
		Consent    consent `json:"consent"`
		PrivacyURL string  `json:"privacy_url"`
	}
	_ = json.Unmarshal([]byte(settings), &s) // unreadable settings are no settings
	c := s.Consent
	c.Text = line(c.Text, 2_000)
	c.url = webAddress(s.PrivacyURL)
	if c.Text == "" || (c.Mode != "shown" && c.Mode != "accept") {
		return nil
	}

	return &c
}

// id names the text and its link: another word is another version.
func (c *consent) id() string {
	sum := sha256.Sum256([]byte(c.Text + "\n" + c.url))

	return hex.EncodeToString(sum[:])
}

// consentView is what the widget shows.
type consentView struct {
	ID     string `json:"id"`
	Text   string `json:"text"`
	Accept bool   `json:"accept"`
}

func (c *consent) view() *consentView {
	if c == nil {
		return nil
	}

	return &consentView{ID: c.id(), Text: c.Text, Accept: c.Mode == "accept"}
}

// require refuses a first message without the consent its channel asks for.
func (c *consent) require(v *visitor, given string) error {
	if c == nil || c.Mode != "accept" || v.Contact != "" || v.Consent != "" || given == c.id() {
		return nil
	}

	return apierr.New(http.StatusForbidden, "consent_required", "Accept the text above the field first: send its id as `consent`.", map[string]any{"consent": c.view()})
}

// noteConsent keeps the evidence with the contact. The visitor's row is marked in
// the same transaction: until it is, the next message makes up for it.
func (r *Room) noteConsent(e *core.RequestEvent, v *visitor, contact string, c *consent, given string) error {
	if c == nil || given != c.id() || v.Consent == given {
		return nil
	}

	return e.App.RunInTransaction(func(txApp core.App) error {
		collection, err := txApp.FindCachedCollectionByNameOrId(collections.Consents)
		if err != nil {
			return err
		}
		kind, address := "shown", ""
		if c.Mode == "accept" {
			kind = "accepted"
		}
		if c.Address {
			address = e.RealIP()
		}
		record := core.NewRecord(collection)
		record.Load(map[string]any{
			"company": v.Company, "contact": contact, "channel": v.Channel, "kind": kind, "text": c.Text, "hash": given,
			"url": c.url, "address": address, "at": r.deps.Now(),
		})
		if err := txApp.SaveNoValidate(record); err != nil {
			return err
		}
		_, err = txApp.DB().Update(collections.WebchatVisitors, dbx.Params{"consent": given}, dbx.HashExp{"id": v.ID}).Execute()

		return err
	})
}
