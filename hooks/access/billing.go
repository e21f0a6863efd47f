package access

import (
	"encoding/json"
	"net/mail"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// billing is whom a company's invoices are for.
type billing struct {
	LegalName string `json:"legal_name"`
	TaxID     string `json:"tax_id"`
	Address   string `json:"address"`
	Email     string `json:"email"` // the payer's
}

// bindBilling keeps companies.billing to those who hold company.manage. The field is
// hidden, so that nobody filters or sorts by what they can't see, and neither the feed
// nor an expanded relation shows it; what is asked of the company itself does.
func bindBilling(app core.App) {
	app.OnRecordEnrich(collections.Companies).BindFunc(func(e *core.RecordEnrichEvent) error {
		asked := e.RequestInfo.Context != core.RequestInfoContextExpand && e.RequestInfo.Context != core.RequestInfoContextRealtime
		if auth := e.RequestInfo.Auth; asked && auth != nil && auth.Collection().Name == collections.Users {
			member, err := Member(e.App, auth.Id, e.Record.Id)
			if err == nil && Holds(member, "company.manage") {
				e.Record.Unhide("billing")
			}
		}

		return e.Next()
	})
	app.OnRecordValidate(collections.Companies).BindFunc(func(e *core.RecordEvent) error {
		raw := e.Record.GetString("billing")
		if blankJSON(raw) {
			return e.Next()
		}
		b, err := billingOf(raw)
		if err != nil {
			return err
		}
		e.Record.Set("billing", b)

		return e.Next()
	})
}

// takeBilling sets what somebody who may change the company sends: PocketBase takes
// hidden fields out of what it has read.
func takeBilling(e *core.RecordRequestEvent) error {
	body := map[string]any{}
	if err := e.BindBody(&body); err != nil {
		return err
	}
	if sent, ok := body["billing"]; ok {
		e.Record.Set("billing", sent)
	}

	return nil
}

// billingOf reads the whole of it; what is not named is empty.
func billingOf(raw string) (b billing, err error) {
	decoder := json.NewDecoder(strings.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&b); err != nil {
		return b, apierr.Invalid("billing", `Give billing as {"legal_name", "tax_id", "address", "email"}.`)
	}
	for _, field := range []struct {
		name string
		text *string
		most int
	}{{"legal_name", &b.LegalName, 200}, {"tax_id", &b.TaxID, 40}, {"address", &b.Address, 500}, {"email", &b.Email, 255}} {
		*field.text = strings.TrimSpace(*field.text)
		if len([]rune(*field.text)) > field.most {
			return b, apierr.Invalid("billing."+field.name, "This is too long.")
		}
	}
	if b.Email != "" {
		if at, err := mail.ParseAddress(b.Email); err != nil || at.Address != b.Email {
			return b, apierr.Invalid("billing.email", "This is not an e-mail address.")
		}
	}

	return b, nil
}

func blankJSON(raw string) bool { return raw == "" || raw == "null" || raw == `""` }
