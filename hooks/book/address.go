package book

import (
	"net/url"

	"github.com/pocketbase/pocketbase/core"
)

// Address is where a company's booking page is, or "" if it has none.
func Address(base string, company *core.Record) string {
	var own settings
	_ = company.UnmarshalJSONField("settings", &own) // unreadable settings are no settings
	if !own.Booking.On || !company.GetBool("active") {
		return ""
	}

	return base + "/book/" + url.PathEscape(company.GetString("slug"))
}
