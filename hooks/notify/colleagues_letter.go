package notify

import (
	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/mail"
	"recado/hooks/texts"
)

// tellColleague writes what one listener is told: a mail for each conversation and
// appointment or, where these are many, one that names nobody.
func (r *Room) tellColleague(txApp core.App, all []news) error {
	to := all[0].to
	if len(all) > mostNews {
		l := r.letterTo(to)
		l.Title = l.words.Get("mail.notice.many", "count", len(all), "company", to.company.GetString("name"))
		l.open("mail.notice.look", "/inbox")

		return r.mailColleague(txApp, to, l, mail.Mail{Kind: "notice"})
	}
	for _, n := range all {
		if err := r.tellNews(txApp, n); err != nil {
			return err
		}
	}

	return nil
}

func (r *Room) tellNews(txApp core.App, n news) error {
	l := r.letterTo(n.to)
	name := n.contact.GetString("name")
	if name == "" {
		name = l.words.Get("mail.notice.somebody")
	}
	m := mail.Mail{Kind: "notice", Contact: n.contact.Id}
	if n.appointment == nil {
		l.Title = l.words.Get("mail.notice."+n.event, "name", name)
		l.open("mail.notice.conversation", "/inbox/"+n.conversation.Id)

		return r.mailColleague(txApp, n.to, l, m)
	}

	v, err := r.visit(txApp, n.appointment, person{contact: n.contact, company: n.to.company})
	if err != nil {
		return err
	}
	v.words = l.words
	l.Title = l.words.Get("mail.notice."+n.became, "name", name, "when", texts.Moment(l.words.Locale(), v.start))
	l.Facts = append([]fact{{l.words.Get("mail.notice.who"), name}}, facts(v)[:3]...)
	l.open("mail.notice.calendar", "/calendar")

	return r.mailColleague(txApp, n.to, l, m)
}

// staffLetter is a letter to somebody who works here, in their language.
type staffLetter struct {
	letter
	words texts.Printer
	home  string // the address of their company's screens
}

func (r *Room) letterTo(to listener) *staffLetter {
	words := texts.For(texts.First(to.user.GetString("locale"), to.company.GetString("locale")), nil)

	return &staffLetter{
		letter: letter{Locale: words.Locale(), Company: to.company.GetString("name"), Foot: words.Get("mail.notice.foot")},
		words:  words, home: r.deps.Base() + "/c/" + to.company.Id,
	}
}

// open adds the way to where it happened, and the one to hear no more of it.
func (l *staffLetter) open(label, path string) {
	l.Links = []action{
		{Label: l.words.Get(label), URL: l.home + path, Main: true},
		{Label: l.words.Get("mail.notice.change"), URL: l.home + "/settings/profile#notifications"},
	}
}

func (r *Room) mailColleague(txApp core.App, to listener, l *staffLetter, m mail.Mail) (err error) {
	m.Company, m.To, m.ToName, m.Locale = to.company.Id, to.user.Email(), to.user.GetString("name"), l.Locale
	m.Subject, m.Text = l.Title, l.plain()
	if m.HTML, err = l.html(); err != nil {
		return err
	}
	_, err = r.deps.Mail.Write(txApp, m)

	return err
}
