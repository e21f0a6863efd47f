package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/texts"
)

// NewCompany is what a company starts with. Only Name is needed: the rest has
// defaults in the words of the locale.
type NewCompany struct {
	Name      string `json:"name"`
	Kind      string `json:"kind"`
	KindOther string `json:"kind_other"` // which, where the kind is "other"
	Size      string `json:"size"`       // one of collections.CompanySizes
	Website   string `json:"website"`
	Phone     string `json:"phone"`
	Timezone  string `json:"timezone"` // IANA; default UTC
	Locale    string `json:"locale"`   // one of collections.Locales; default en
	Currency  string `json:"currency"` // three letters; default by locale

	Agenda NewAgenda `json:"-"`
	Widget Widget    `json:"-"`

	// model, where set, is the company that it begins as a copy of.
	model *core.Record
}

// NewAgenda is the owner's agenda and its first service.
type NewAgenda struct {
	Name    string     `json:"name"`
	Hours   []Hours    `json:"hours"` // default Monday to Friday, 9 to 18
	Service NewService `json:"service"`
}

// Hours is one weekly opening: weekday 0 is Sunday, start and end in minutes.
type Hours struct {
	Weekday int `json:"weekday"`
	Start   int `json:"start"`
	End     int `json:"end"`
}

// NewService is what can be booked. Duration in minutes, price in minor units.
type NewService struct {
	Name     string `json:"name"`
	Duration int    `json:"duration"`
	Price    int    `json:"price"`
}

// Widget is how the website's chat looks.
type Widget struct {
	Color string `json:"color"`
	Title string `json:"title"`
}

// Created is a new company and what it started with.
type Created struct {
	Company, Member, Queue, Channel, Agenda, Service *core.Record
}

// CreateCompany makes a company that works from the first minute: its roles, the
// owner's membership, a queue, a website channel, and an agenda with hours and
// a service. It runs in the caller's transaction. Without an owner, who is invited
// then, the agenda is the company's. Errors name the wrong field.
func CreateCompany(txApp core.App, n NewCompany, owner *core.Record) (Created, error) {
	name := ""
	if owner != nil {
		name = owner.GetString("name")
	}
	n = n.withDefaults(name)
	if err := n.check(); err != nil {
		return Created{}, err
	}
	slug, err := freeSlug(txApp, n.Name)
	if err != nil {
		return Created{}, err
	}

	m := maker{app: txApp}
	var c Created
	company := n.profile()
	maps.Copy(company, map[string]any{"name": n.Name, "slug": slug, "locale": n.Locale, "currency": n.Currency, "active": true})
	c.Company = m.make(collections.Companies, company)
	if m.err != nil {
		return Created{}, m.err
	}
	m.company = c.Company.Id

	words := seedWords[n.Locale]
	roles := map[string]*core.Record{}
	for i, key := range []string{"owner", "admin", "manager", "agent"} {
		roles[key] = m.make(collections.Roles, map[string]any{"name": words.roles[i], "key": key, "permissions": collections.RolePermissions(key)})
	}
	if m.err != nil {
		return Created{}, m.err
	}
	if n.model != nil {
		return copyCompany(txApp, n, c, roles, owner)
	}
	c.Queue = m.make(collections.Queues, map[string]any{"name": words.queue, "color": n.Widget.Color, "distribution": "off"})
	if m.err != nil {
		return Created{}, m.err
	}
	agenda := map[string]any{"name": n.Agenda.Name, "kind": "room", "timezone": n.Timezone, "color": n.Widget.Color, "active": true}
	if owner != nil {
		c.Member = m.make(collections.Members, map[string]any{"user": owner.Id, "role": roles["owner"].Id, "queues": []string{c.Queue.Id}, "active": true})
		if m.err != nil {
			return Created{}, m.err
		}
		agenda["kind"], agenda["member"] = "member", c.Member.Id
	}
	c.Channel = m.make(collections.Channels, n.website(c.Queue.Id))
	c.Agenda = m.make(collections.Agendas, agenda)
	if m.err != nil {
		return Created{}, m.err
	}
	for _, h := range n.Agenda.Hours {
		m.make(collections.Availabilities, map[string]any{"agenda": c.Agenda.Id, "weekday": h.Weekday, "start": h.Start, "end": h.End})
	}
	c.Service = m.make(collections.Services, map[string]any{
		"name": n.Agenda.Service.Name, "agendas": []string{c.Agenda.Id}, "duration": n.Agenda.Service.Duration,
		"price": n.Agenda.Service.Price, "currency": n.Currency, "horizon_days": 60, "capacity": 1, "active": true,
	})

	return c, m.err
}

// website is the channel of a new company's website.
func (n NewCompany) website(queue string) map[string]any {
	return map[string]any{
		"kind": "webchat", "name": seedWords[n.Locale].channel, "public_key": security.RandomString(24), "queue": queue,
		"answerer": "bot", "origins": []string{}, "active": true,
		"settings": map[string]any{"title": n.Widget.Title, "color": n.Widget.Color, "locale": n.Locale},
	}
}

// maker saves records of one company until the first error.
type maker struct {
	app     core.App
	company string
	err     error
}

func (m *maker) make(collection string, fields map[string]any) *core.Record {
	if m.err != nil {
		return nil
	}

	definition, err := m.app.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		m.err = err

		return nil
	}
	record := core.NewRecord(definition)
	record.Load(fields)
	if m.company != "" {
		record.Set("company", m.company)
	}
	if err := m.app.Save(record); err != nil {
		m.err = fmt.Errorf("failed to make %s: %w", collection, err)

		return nil
	}

	return record
}

func (n NewCompany) withDefaults(owner string) NewCompany {
	n.Name = strings.TrimSpace(n.Name)
	n.Timezone = or(n.Timezone, "UTC")
	n.Locale = or(n.Locale, "en")
	words, known := seedWords[n.Locale]
	if !known {
		return n // check says so
	}

	n.Currency = or(strings.ToUpper(n.Currency), words.currency)
	n.Widget.Color = or(n.Widget.Color, "#4f46e5")
	n.Widget.Title = or(n.Widget.Title, n.Name)
	n.Agenda.Name = or(n.Agenda.Name, owner, n.Name)
	n.Agenda.Service.Name = or(n.Agenda.Service.Name, words.service)
	if n.Agenda.Service.Duration == 0 {
		n.Agenda.Service.Duration = 30
	}
	if n.Agenda.Hours == nil {
		for weekday := 1; weekday <= 5; weekday++ {
			n.Agenda.Hours = append(n.Agenda.Hours, Hours{weekday, 9 * 60, 18 * 60})
		}
	}

	return n
}

// or is the first value that is more than space, trimmed.
func or(values ...string) string {
	for _, value := range values {
		if trimmed := strings.TrimSpace(value); trimmed != "" {
			return trimmed
		}
	}

	return ""
}

// check names the first wrong field in the words of the request.
func (n NewCompany) check() error {
	switch {
	case n.Name == "" || len([]rune(n.Name)) > 200:
		return apierr.Invalid("company.name", "Give the company a name of up to 200 characters.")
	case !slices.Contains(collections.Locales, n.Locale):
		return apierr.Invalid("company.locale", "The language must be one of "+strings.Join(collections.Locales, ", ")+".")
	case len(n.Currency) != 3 || strings.Trim(n.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
		return apierr.Invalid("company.currency", "Give the currency as three letters, such as EUR.")
	case n.Agenda.Service.Duration < 1 || n.Agenda.Service.Duration > 24*60:
		return apierr.Invalid("agenda.service.duration", "A service takes between 1 minute and a day.")
	case n.Agenda.Service.Price < 0:
		return apierr.Invalid("agenda.service.price", "A price is not negative.")
	case !color(n.Widget.Color):
		return apierr.Invalid("widget.color", "Give the colour as #rrggbb.")
	}
	if !timezone(n.Timezone) {
		return errTimezone("company.timezone")
	}
	for _, h := range n.Agenda.Hours {
		if h.Weekday < 0 || h.Weekday > 6 || h.Start < 0 || h.Start >= 24*60 || h.End <= h.Start || h.End > h.Start+24*60 {
			return apierr.Invalid("agenda.hours", "Opening hours start within their day and end after they start.")
		}
	}

	return nil
}

func timezone(name string) bool {
	_, err := time.LoadLocation(name)

	return err == nil && name != "" && name != "Local"
}

func errTimezone(field string) error {
	return apierr.Invalid(field, "Give a time zone by its IANA name, such as America/Sao_Paulo.")
}

func color(value string) bool {
	digits, found := strings.CutPrefix(strings.ToLower(value), "#")

	return found && len(digits) == 6 && strings.Trim(digits, "0123456789abcdef") == ""
}

// freeSlug makes the company's part of addresses: "Salão da Bia" → salao-da-bia,
// with a number where it is taken.
func freeSlug(txApp core.App, name string) (string, error) {
	base := or(texts.Slug(name), "company")
	for n := 1; ; n++ {
		slug := base
		if n > 1 {
			slug = fmt.Sprintf("%s-%d", base, n)
		}

		var taken int
		err := txApp.DB().Select("count(*)").From(collections.Companies).Where(dbx.HashExp{"slug": slug}).Row(&taken)
		if err != nil {
			return "", err
		}
		if taken == 0 {
			return slug, nil
		}
	}
}

// seed are the names a new company starts with, in the order owner, admin,
// manager, agent for the roles.
type seed struct {
	roles                             [4]string
	queue, channel, service, currency string
}

var seedWords = map[string]seed{
	"en":    {[4]string{"Owner", "Administrator", "Manager", "Agent"}, "Front desk", "Website", "Appointment", "USD"},
	"pt-BR": {[4]string{"Proprietário", "Administrador", "Gerente", "Atendente"}, "Recepção", "Site", "Atendimento", "BRL"},
	"es":    {[4]string{"Propietario", "Administrador", "Gerente", "Agente"}, "Recepción", "Sitio web", "Cita", "EUR"},
}
