package access

import (
	"net/url"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// otherKind is the kind of business that is said in kind_other.
const otherKind = "other"

// bindProfiles brings into one form what companies and people say of themselves, and
// refuses what means nothing. It is there to be read: none of it ever decides who may
// see or do what.
func (r *Room) bindProfiles(app core.App) {
	app.OnRecordValidate(collections.Companies).BindFunc(func(e *core.RecordEvent) error {
		was, err := before(e.App, e.Record)
		if err != nil {
			return err
		}
		if err := r.describe(e.Record, was); err != nil {
			return err
		}

		return e.Next()
	})
	app.OnRecordValidate(collections.Users).BindFunc(func(e *core.RecordEvent) error {
		was, err := before(e.App, e.Record)
		if err != nil {
			return err
		}
		e.Record.Set("job_title", strings.TrimSpace(e.Record.GetString("job_title")))
		if phone := e.Record.GetString("phone"); phone != was.GetString("phone") {
			zone, err := zoneOf(e.App, e.Record.Id)
			if err != nil {
				return err
			}
			if phone, err = r.phone("phone", phone, zone); err != nil {
				return err
			}
			e.Record.Set("phone", phone)
		}

		return e.Next()
	})
}

// describe looks at what changed of a company's profile: kind and, where that is
// "other", kind_other; size; website; phone.
func (r *Room) describe(company, was *core.Record) error {
	changed := func(field string) bool { return company.GetString(field) != was.GetString(field) }

	other := strings.TrimSpace(company.GetString("kind_other"))
	switch {
	case company.GetString("kind") != otherKind && other != "" && changed("kind_other"):
		return apierr.Invalid("kind_other", `Only a company of the kind "other" says which.`)
	case company.GetString("kind") != otherKind:
		other = "" // it was of another kind before
	case other == "" && (changed("kind") || changed("kind_other")):
		return apierr.Invalid("kind_other", "Say which kind of business it is.")
	}
	company.Set("kind_other", other)

	if size := company.GetString("size"); size != "" && changed("size") && !slices.Contains(collections.CompanySizes, size) {
		return apierr.Invalid("size", "The size is one of "+strings.Join(collections.CompanySizes, ", ")+" people.")
	}
	if changed("website") {
		website, ok := webAddress(company.GetString("website"))
		if !ok {
			return apierr.Invalid("website", "This is not the address of a website, such as https://clinic.example.com.")
		}
		company.Set("website", website)
	}
	if changed("phone") {
		phone, err := r.phone("phone", company.GetString("phone"), company.GetString("timezone"))
		if err != nil {
			return err
		}
		company.Set("phone", phone)
	}

	return nil
}

func (r *Room) phone(field, number, timezone string) (string, error) {
	if r.deps.Phone == nil {
		return number, nil
	}
	phone, err := r.deps.Phone(number, timezone)
	if err != nil {
		return "", apierr.Invalid(field, "This is "+err.Error()+".")
	}

	return phone, nil
}

// webAddress is an http or https address of a host in the internet, as it is meant
// where people leave out the beginning. Empty stays empty.
func webAddress(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", true
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	at, err := url.Parse(text)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.User != nil {
		return "", false
	}
	host := at.Hostname()
	if !strings.Contains(strings.Trim(host, "."), ".") || strings.ContainsAny(host, " %<>\"'") {
		return "", false
	}

	return text, true
}

// zoneOf is the time zone of the first company somebody works in, "" where there is
// none: in its country their phone is dialled without a country code.
func zoneOf(app core.App, user string) (string, error) {
	var zones []string
	err := app.DB().Select("companies.timezone").From(collections.Members).
		InnerJoin(collections.Companies, dbx.NewExp("companies.id = members.company")).
		Where(dbx.HashExp{"members.user": user, "members.active": true}).OrderBy("members.created", "members.id").Limit(1).Column(&zones)

	return or(zones...), err
}

// introduce keeps what somebody said of themselves when they began, in the caller's
// transaction.
func introduce(txApp core.App, user *core.Record, a Account) error {
	if a.Phone == "" && a.JobTitle == "" {
		return nil
	}
	user.Set("phone", a.Phone)
	user.Set("job_title", a.JobTitle)

	return txApp.Save(user)
}

// profile are the fields of what a company says of itself.
func (n NewCompany) profile() map[string]any {
	return map[string]any{"kind": n.Kind, "kind_other": n.KindOther, "size": n.Size, "website": n.Website, "phone": n.Phone, "timezone": n.Timezone}
}

// described tells whether a company could begin so, before anything is made.
func (r *Room) described(app core.App, n NewCompany, a Account) error {
	collection, err := app.FindCachedCollectionByNameOrId(collections.Companies)
	if err != nil {
		return err
	}
	company := core.NewRecord(collection)
	company.Load(n.profile())
	if err := r.describe(company, core.NewRecord(collection)); err != nil {
		return err
	}
	if len([]rune(a.JobTitle)) > collections.JobTitleMax {
		return apierr.Invalid("job_title", "Say it in up to 100 characters.")
	}
	_, err = r.phone("phone", a.Phone, n.Timezone)

	return err
}
