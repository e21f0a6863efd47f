package webchat

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/channels"
	"recado/hooks/limits"
)

// createMessage takes a message in. The client's id makes it the same message
// however often an unsure browser sends it.
func (r *Room) createMessage(e *core.RequestEvent, v *visitor) error {
	if err := r.limit(e, v.ID, limits.VisitorMessages, limits.AddressMessages); err != nil {
		return err
	}
	var form struct {
		ClientID   string `json:"clientId"`
		Text       string `json:"text"`
		Payload    string `json:"payload"`
		Attachment string `json:"attachment"`
		Consent    string `json:"consent"`
	}
	if err := bind(e, &form); err != nil {
		return err
	}
	text := strings.TrimSpace(clean(form.Text))
	switch {
	case form.ClientID == "" || len(form.ClientID) > clientIDLimit:
		return apierr.Invalid("clientId", fmt.Sprintf("Send a clientId of 1 to %d characters, a new one for each message.", clientIDLimit))
	case utf8.RuneCountInString(text) > textLimit:
		return errTextTooLong()
	case text == "" && form.Attachment == "":
		return apierr.Invalid("text", "Write something, or attach a file.")
	case len(form.Payload) > 200:
		return apierr.Invalid("payload", "The payload is the id of one of the offered options.")
	}

	asked := consentOf(v.Settings)
	if err := asked.require(v, form.Consent); err != nil {
		return err
	}

	in := channels.Inbound{
		Company: v.Company, Channel: v.Channel,
		IdentityKind: "visitor", IdentityValue: v.Visitor, Name: v.Name, Email: v.Email, Locale: v.Locale,
		ExternalID: externalID(v.Visitor, form.ClientID), Kind: "text", Text: text, Payload: form.Payload,
	}
	if form.Attachment != "" {
		file, err := r.ownUpload(v, form.Attachment)
		if err != nil {
			return err
		}
		in.Attachments, in.Kind = []string{file.Id}, "document"
		if strings.HasPrefix(file.GetString("mime"), "image/") {
			in.Kind = "image"
		}
	}

	result, err := r.deps.Inbox.Ingest(e.Request.Context(), in)
	if err != nil {
		return err
	}
	if v.Known != result.Contact {
		r.remember(v, result.Contact)
	}
	if err := r.noteConsent(e, v, result.Contact, asked, form.Consent); err != nil {
		return err
	}
	r.hub.wake(v.Visitor)

	shown, err := r.show(result.Message, v)
	if err != nil {
		return err
	}

	return e.JSON(http.StatusCreated, shown)
}

// externalID is scoped by the visitor: someone else's clientId must not lead to
// someone else's message.
func externalID(visitor, client string) string { return visitor + "/" + client }

// clientID is what the sender called a message; "" for what the team wrote.
func clientID(direction, external string) string {
	if direction != "in" {
		return ""
	}
	_, client, _ := strings.Cut(external, "/")

	return client
}

func errTextTooLong() error {
	return apierr.New(http.StatusBadRequest, "text_too_long",
		fmt.Sprintf("The message is too long. Up to %d characters are possible.", textLimit), map[string]any{"max": textLimit})
}

// bind reads a JSON body.
func bind(e *core.RequestEvent, form any) error {
	err := e.BindBody(form)
	if err != nil && !errors.Is(err, apis.ErrRequestEntityTooLarge) {
		return apierr.Invalid("body", "Send a JSON object.")
	}

	return err
}

// remember writes down which contact the visitor became.
func (r *Room) remember(v *visitor, contact string) {
	_, err := r.app.DB().Update(collections.WebchatVisitors,
		dbx.Params{"contact": contact}, dbx.HashExp{"id": v.ID}).Execute()
	if err != nil {
		r.app.Logger().Warn("A visitor's contact was not noted", "error", err)
	}
}
