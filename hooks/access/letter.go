package access

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/texts"
)

// Letter is an e-mail about an account. It is never stored, since what it carries is
// as good as a password.
type Letter struct {
	To, ToName          string
	Subject, HTML, Text string
}

// letter is one before it is written: kind names its words, link and code are what
// it carries.
type letter struct {
	kind, link, code string
	facts            []any // pairs for the words
}

//go:embed letter.html
var letterHTML string

var letterTemplate = template.Must(template.New("letter").Parse(letterHTML))

// write sends a letter to an address in its reader's language.
func (r *Room) write(to, name, locale string, l letter) error {
	words := texts.For(texts.First(locale), nil)
	get := func(key string) string { return words.Get("account."+l.kind+"."+key, l.facts...) }
	page := struct{ Locale, Title, Hello, Intro, Label, Link, CodeLabel, Code, Foot string }{
		Locale: words.Locale(), Title: get("title"), Intro: get("text"), Foot: words.Get("account.foot"),
		Link: l.link, Code: l.code,
	}
	if name != "" {
		page.Hello = words.Get("mail.hello", "name", name)
	}
	if l.link != "" {
		page.Label = get("link")
	}
	if l.code != "" {
		page.CodeLabel = words.Get("account.code")
	}

	var html, text strings.Builder
	if err := letterTemplate.Execute(&html, page); err != nil {
		return err
	}
	for _, part := range []string{page.Hello, page.Title, page.Intro} {
		if part != "" {
			fmt.Fprintf(&text, "%s\n\n", part)
		}
	}
	if l.code != "" {
		fmt.Fprintf(&text, "%s: %s\n\n", page.CodeLabel, l.code)
	}
	if l.link != "" {
		fmt.Fprintf(&text, "%s:\n%s\n\n", page.Label, l.link)
	}
	fmt.Fprintf(&text, "--\n%s\n", page.Foot)
	r.deps.Post(Letter{To: to, ToName: name, Subject: get("title"), HTML: html.String(), Text: text.String()})

	return nil
}

// writeTo sends a letter to the address of an account.
func (r *Room) writeTo(user *core.Record, l letter) error {
	return r.write(user.Email(), user.GetString("name"), user.GetString("locale"), l)
}

// link is the address of a page of ours that opens with a token. It stands behind
// the #, which browsers keep to themselves: no log and no other website sees it. The
// host is the configured one, never that of a request, which a stranger may choose.
func (r *Room) link(page, token string) string { return r.deps.Base() + "/auth/" + page + "#" + token }
