package book

import (
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/texts"
)

// visit is one request: whose page it is, in which language and colours.
type visit struct {
	texts.Printer

	Company  *core.Record // nil: there is no such page
	Settings settings
	Zone     *time.Location
	Now      time.Time // in Zone
	Colors   palette
	Nonce    string

	path  string // /book/{company}
	asked string // the language of ?lang=, kept in links
}

// settings are the parts of companies.settings that the page reads.
type settings struct {
	Address   string                       `json:"address"`
	Attendees bool                         `json:"attendees"`
	Texts     map[string]map[string]string `json:"texts"`
	Booking   struct {
		On    bool   `json:"on"`
		Color string `json:"color"`
		Intro string `json:"intro"`
	} `json:"booking"`
}

// visit finds out whose page is asked for. A company that is inactive or has no
// page is none.
func (r *Room) visit(e *core.RequestEvent) (*visit, error) {
	v := &visit{Now: r.deps.Now(), Zone: time.UTC}
	nonce := make([]byte, 16)
	if _, err := io.ReadFull(r.deps.Random, nonce); err != nil {
		return nil, err
	}
	v.Nonce = base64.RawURLEncoding.EncodeToString(nonce)

	slug := e.Request.PathValue("company")
	company := &core.Record{}
	err := e.App.RecordQuery(collections.Companies).AndWhere(dbx.HashExp{"slug": slug, "active": true}).Limit(1).One(company)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	var own string
	if err == nil {
		_ = company.UnmarshalJSONField("settings", &v.Settings) // unreadable settings are no settings
		if v.Settings.Booking.On {
			v.Company, own = company, company.GetString("locale")
			if zone, err := time.LoadLocation(company.GetString("timezone")); err == nil {
				v.Zone = zone
			}
		}
	}
	v.Now = v.Now.In(v.Zone)
	v.path = "/book/" + url.PathEscape(slug)
	if locale, ok := texts.Match(e.Request.URL.Query().Get("lang")); ok {
		v.asked = locale
	}
	locale := texts.First(append(append([]string{v.asked}, accepted(e.Request.Header.Get("Accept-Language"))...), own)...)
	v.Printer = texts.For(locale, v.Settings.Texts[locale])
	v.Colors = colors(r.color(e.App, v))

	return v, nil
}

// accepted are the languages of an Accept-Language header as they stand;
// browsers list them best first.
func accepted(header string) []string {
	var tags []string
	for item := range strings.SplitSeq(header, ",") {
		tag, _, _ := strings.Cut(item, ";")
		if tags = append(tags, strings.TrimSpace(tag)); len(tags) == 10 {
			break
		}
	}

	return tags
}

// color is the company's: the page's own, else that of its website chat.
func (r *Room) color(app core.App, v *visit) string {
	if v.Company == nil || v.Settings.Booking.Color != "" {
		return v.Settings.Booking.Color
	}
	var raw string
	err := app.ConcurrentDB().Select("settings").From(collections.Channels).
		Where(dbx.HashExp{"company": v.Company.Id, "kind": "webchat"}).OrderBy("active DESC", "created", "id").Limit(1).Row(&raw)
	var channel struct {
		Color string `json:"color"`
	}
	if err == nil {
		_ = json.Unmarshal([]byte(raw), &channel)
	}

	return channel.Color
}

// T is the text of a key; pairs are its parameters.
func (v *visit) T(key string, pairs ...any) string { return v.Get("booking."+key, pairs...) }

// CompanyName is what the page is headed with.
func (v *visit) CompanyName() string {
	if v.Company == nil {
		return ""
	}

	return v.Company.GetString("name")
}

// link is an address of this company's page in the visitor's language. service
// may be empty; pairs are names and values of the query, empty values are left out.
func (v *visit) link(service string, pairs ...string) string {
	path, query := v.path, url.Values{}
	if service != "" {
		path += "/" + url.PathEscape(service)
	}
	if v.asked != "" {
		query.Set("lang", v.asked)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}

	return path
}

// Home is the list of services.
func (v *visit) Home() string { return v.link("") }
