package webchat

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/limits"
)

// config is what the widget needs to look like its company.
type config struct {
	Title      string `json:"title"`
	Greeting   string `json:"greeting"`
	Color      string `json:"color"`
	Locale     string `json:"locale"`
	PrivacyURL string `json:"privacyUrl"`
	Launcher   string `json:"launcher"`
	Company    string `json:"company"`
	MaxFile    int64  `json:"maxFile"`

	Consent *consentView `json:"consent,omitempty"`
}

func (r *Room) viewConfig(e *core.RequestEvent) error {
	if err := r.limit(e, "", limits.VisitorReads, limits.AddressReads); err != nil {
		return err
	}
	channel, company, err := r.channel(e)
	if err != nil {
		return err
	}

	var settings struct {
		Title      string `json:"title"`
		Greeting   string `json:"greeting"`
		Color      string `json:"color"`
		Locale     string `json:"locale"`
		PrivacyURL string `json:"privacy_url"`
		Launcher   string `json:"launcher"`
	}
	_ = channel.UnmarshalJSONField("settings", &settings) // unreadable settings are no settings

	e.Response.Header().Set("Cache-Control", "no-cache")

	return e.JSON(http.StatusOK, config{
		Title: settings.Title, Greeting: settings.Greeting, Color: settings.Color, Locale: settings.Locale,
		PrivacyURL: webAddress(settings.PrivacyURL), Launcher: settings.Launcher,
		Company: company.GetString("name"), MaxFile: r.deps.UploadMaxBytes,
		Consent: consentOf(channel.GetString("settings")).view(),
	})
}

// reaches tells whether the domain a request came to is this Recado's, or the company's.
func (r *Room) reaches(e *core.RequestEvent, company string) bool {
	if r.deps.Only == nil {
		return true
	}
	only := r.deps.Only(e)

	return only == "" || only == company
}

// channel finds the open channel of the key in the path and checks the page.
func (r *Room) channel(e *core.RequestEvent) (channel, company *core.Record, err error) {
	key := e.Request.PathValue("key")
	channel, err = r.app.FindFirstRecordByData(collections.Channels, "public_key", key)
	if err != nil || key == "" || channel.GetString("kind") != Kind || !r.reaches(e, channel.GetString("company")) {
		return nil, nil, apierr.NotFound("chat")
	}
	if err := r.allowOrigin(e, list(channel.GetString("origins"))); err != nil {
		return nil, nil, err
	}
	company, err = r.app.FindRecordById(collections.Companies, channel.GetString("company"))
	if err != nil {
		return nil, nil, err
	}
	if !channel.GetBool("active") || !company.GetBool("active") {
		return nil, nil, errClosed()
	}

	return channel, company, nil
}
