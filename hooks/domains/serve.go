package domains

import (
	"context"
	"crypto/tls"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// place is what a domain leads to. One that is off was proven once, and shows nothing:
// it lapsed, it was removed, or its company is switched off.
type place struct {
	company, slug string
	on            bool
}

// hosts are the domains that were ever proven, in memory: every request asks.
type hosts struct {
	mu   sync.RWMutex
	list map[string]place
}

func (h *hosts) at(name string) (place, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	where, found := h.list[name]

	return where, found
}

// reload reads which domains there are.
func (r *Room) reload(app core.App) error {
	r.hosts.mu.Lock() // while reading: who reads later knows more
	defer r.hosts.mu.Unlock()

	var rows []struct {
		Name    string `db:"name"`
		State   string `db:"state"`
		Company string `db:"company"`
		Slug    string `db:"slug"`
		Active  bool   `db:"active"`
	}
	err := app.DB().Select("d.name", "d.state", "d.company", "c.slug", "c.active").From(collections.CompanyDomains+" d").
		InnerJoin(collections.Companies+" c", dbx.NewExp("c.id = d.company")).Where(dbx.NewExp("d.verified != ''")).All(&rows)
	if err != nil {
		return err
	}
	gone, err := retired(app)
	if err != nil {
		return err
	}
	list := map[string]place{}
	for name := range gone {
		list[name] = place{}
	}
	for _, row := range rows {
		if is := (place{row.Company, row.Slug, row.State == "verified" && row.Active}); is.on || !list[row.Name].on {
			list[row.Name] = is
		}
	}
	r.hosts.list = list

	return nil
}

// retiredKey is the row of PocketBase's table of parameters with the names that were
// proven and removed, each with when that was.
const retiredKey = "recado_retired_domains"

func retired(app core.App) (map[string]time.Time, error) {
	var raw string
	err := app.DB().Select("value").From("_params").Where(dbx.HashExp{"id": retiredKey}).Row(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	names := map[string]time.Time{}
	if err == nil {
		err = json.Unmarshal([]byte(raw), &names)
	}

	return names, err
}

// retire remembers that a name shows nothing, for as long as its owner may take to
// point it elsewhere.
func retire(txApp core.App, name string, now time.Time) error {
	names := map[string]time.Time{}
	known, err := retired(txApp)
	if err != nil {
		return err
	}
	for other, at := range known {
		if now.Sub(at) < keep {
			names[other] = at
		}
	}
	names[name] = now.UTC()
	raw, err := json.Marshal(names)
	if err != nil {
		return err
	}
	_, err = txApp.DB().NewQuery(`INSERT INTO _params (id, value) VALUES ({:id}, {:value}) ON CONFLICT (id) DO UPDATE SET value = {:value}`).
		Bind(dbx.Params{"id": retiredKey, "value": string(raw)}).Execute()

	return err
}

// companyKey is where a request has the company whose domain it came to.
const companyKey = "recadoDomainOf"

// Only is the company whose domain a request came to: nothing of another one may be
// reached by it. "" where it came to this Recado's own address.
func Only(e *core.RequestEvent) string {
	company, _ := e.Get(companyKey).(string)

	return company
}

// guard lets requests to the domain of a company reach its booking page and its widget
// alone. What the widget asks for is held to the company by its own room ([Only]).
func (r *Room) guard(e *core.RequestEvent) error {
	name := hostOf(e.Request.Host)
	where, found := r.hosts.at(name)
	if !found || r.own(name) {
		return e.Next()
	}
	path := e.Request.URL.Path
	reads := e.Request.Method == http.MethodGet || e.Request.Method == http.MethodHead
	switch {
	case !where.on:
	case path == "/" && reads:
		return e.Redirect(http.StatusFound, "/book/"+url.PathEscape(where.slug))
	case path == "/book/page.css", path == "/book/page.js", path == "/widget.js" && reads,
		strings.HasPrefix(path, "/book/") && e.Request.PathValue("company") == where.slug,
		strings.HasPrefix(path, "/api/recado/webchat/"):
		e.Set(companyKey, where.company)

		return e.Next()
	}
	if strings.HasPrefix(path, "/api/") {
		return apierr.NotFound("page")
	}

	return e.String(http.StatusNotFound, "There is nothing at this address.\n")
}

// serves tells whether a name is the domain of a company that is open.
func (r *Room) serves(name string) bool {
	where, found := r.hosts.at(hostOf(name))

	return found && where.on
}

// ask is GET /api/recado/domains/ask?domain=: whether a certificate may be got for it.
// For reverse proxies that get them, such as Caddy.
func (r *Room) ask(e *core.RequestEvent) error {
	name := hostOf(e.Request.URL.Query().Get("domain"))
	if !r.serves(name) {
		return apierr.NotFound("domain")
	}

	return e.JSON(http.StatusOK, map[string]string{"domain": name})
}

// bindCertificates lets the HTTPS that Recado serves itself have the domains of
// companies too, and no name any more that it is not to serve, whatever certificates
// it has kept.
func (r *Room) bindCertificates(e *core.ServeEvent) {
	if e.CertManager == nil || e.Server == nil || e.Server.TLSConfig == nil {
		return
	}
	others := e.CertManager.HostPolicy
	allowed := func(ctx context.Context, host string) error {
		if r.serves(host) {
			return nil
		}

		return others(ctx, host)
	}
	e.CertManager.HostPolicy = allowed
	get := e.Server.TLSConfig.GetCertificate
	e.Server.TLSConfig.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if err := allowed(hello.Context(), hostOf(hello.ServerName)); err != nil {
			return nil, err
		}

		return get(hello)
	}
}
