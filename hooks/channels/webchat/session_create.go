package webchat

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/mail"
	"net/url"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/limits"
)

// createSession makes a visitor and gives its browser the token. The token is
// in this answer and nowhere else.
func (r *Room) createSession(e *core.RequestEvent) error {
	if err := r.limit(e, "", limits.VisitorMessages, limits.AddressSessions); err != nil {
		return err
	}
	channel, _, err := r.channel(e)
	if err != nil {
		return err
	}
	var form struct {
		Locale string `json:"locale"`
		Page   string `json:"page"`
		Name   string `json:"name"`
		Email  string `json:"email"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("body", "Send locale, page, name and email as a JSON object; each may be left out.")
	}

	token, err := r.random(32, base64.RawURLEncoding.EncodeToString)
	if err != nil {
		return err
	}
	public, err := r.random(10, hex.EncodeToString)
	if err != nil {
		return err
	}

	collection, err := e.App.FindCachedCollectionByNameOrId(collections.WebchatVisitors)
	if err != nil {
		return err
	}
	record := core.NewRecord(collection)
	record.Load(map[string]any{
		"company": channel.GetString("company"), "channel": channel.Id, "token_hash": hash(token), "visitor": public,
		"name": line(form.Name, 200), "email": address(form.Email), "locale": line(form.Locale, 20),
		"page": line(webAddress(form.Page), 1000), "last_seen": r.deps.Now(),
	})
	if err := e.App.Save(record); err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]string{"token": token, "visitor": public})
}

// line is a text in one line, cut to a number of characters. What a visitor
// says of themselves is never a reason to refuse them.
func line(s string, limit int) string {
	runes := []rune(strings.Join(strings.Fields(clean(s)), " "))

	return string(runes[:min(len(runes), limit)])
}

// clean drops what no keyboard writes: control characters other than tab and
// line feed, and broken UTF-8.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")

	return strings.Map(func(c rune) rune {
		switch {
		case c == '\r':
			return '\n'
		case c == '\n' || c == '\t':
			return c
		case c < ' ' || c == 0x7f:
			return -1
		}

		return c
	}, s)
}

// address is a plausible e-mail address, or nothing.
func address(s string) string {
	parsed, err := mail.ParseAddress(line(s, 255))
	if err != nil || !strings.Contains(parsed.Address, ".") {
		return ""
	}

	return parsed.Address
}

// webAddress is an http(s) address, or nothing: it will be shown as a link.
func webAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}

	return s
}
