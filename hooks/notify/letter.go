package notify

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"time"

	"recado/hooks/texts"
)

// letter is a mail about a visit.
type letter struct {
	Locale, Title, Hello, Intro string
	Company                     string
	Facts                       []fact
	Links                       []action
	Foot                        string
}

// fact is one line of what there is to know.
type fact struct{ Label, Value string }

// action is a link to do something.
type action struct {
	Label, URL string
	Main       bool
}

func letterOf(v visit, kind, link string) letter {
	get := func(key string) string { return v.text(key, time.Time{}) }
	l := letter{
		Locale: v.words.Locale(), Title: get("mail." + kind + ".title"), Company: v.company.GetString("name"),
		Facts: facts(v), Foot: get("mail.foot"),
	}
	if v.contact.GetString("name") != "" {
		l.Hello = get("mail.hello")
	}

	confirm := action{Label: get("mail.confirm"), URL: link + "/confirm", Main: true}
	change := []action{{Label: get("mail.move"), URL: link + "/move"}, {Label: get("mail.cancel"), URL: link + "/cancel"}}
	switch kind {
	case "confirmation", "moved":
		l.Intro, l.Links = get("mail.calendar"), change
	case "reminder":
		l.Links = change
		if v.appointment.GetString("confirmed_at") == "" {
			l.Intro, l.Links = get("mail.reminder.ask"), append([]action{confirm}, change...)
		}
	}

	return l
}

// facts of a visit, for mails and the page.
func facts(v visit) []fact {
	get := func(key string) string { return v.words.Get(key) }
	list := []fact{
		{get("mail.what"), v.service.GetString("name")},
		{get("mail.when"), texts.Capital(v.words.Date(v.start, time.Time{})) + " · " + v.words.Clock(v.start) + "–" + v.words.Clock(v.end) + " (" + v.start.Format("UTC-07:00") + ")"},
		{get("mail.with"), v.agenda.GetString("name")},
	}
	for _, own := range []fact{{get("mail.where"), settingsOf(v.company).Address}, {get("mail.phone"), settingsOf(v.company).Phone}} {
		if own.Value != "" {
			list = append(list, own)
		}
	}

	return list
}

//go:embed letter.html
var letterHTML string

var letterTemplate = template.Must(template.New("letter").Parse(letterHTML))

func (l letter) html() (string, error) {
	var out strings.Builder
	err := letterTemplate.Execute(&out, l)

	return out.String(), err
}

// plain says the same without pictures of it.
func (l letter) plain() string {
	var out strings.Builder
	for _, paragraph := range []string{l.Hello, l.Title} {
		if paragraph != "" {
			fmt.Fprintf(&out, "%s\n\n", paragraph)
		}
	}
	for _, f := range l.Facts {
		fmt.Fprintf(&out, "%s: %s\n", f.Label, f.Value)
	}
	if l.Intro != "" {
		fmt.Fprintf(&out, "\n%s\n", l.Intro)
	}
	for _, a := range l.Links {
		fmt.Fprintf(&out, "\n%s:\n%s\n", a.Label, a.URL)
	}
	fmt.Fprintf(&out, "\n--\n%s\n", l.Foot)

	return out.String()
}
