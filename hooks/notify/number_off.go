package notify

import (
	"context"
	"log/slog"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/mail"
	"recado/hooks/texts"
)

// NumberOff tells the owners and admins of a company who want to hear of it by mail
// that one of its numbers is off, once each time, for the schedule.
func (r *Room) NumberOff(ctx context.Context) error {
	if r.deps.Mail.Kept() != "" {
		return nil
	}
	var off []*core.Record
	err := r.app.RecordQuery(collections.Channels).AndWhere(channels.Off(r.deps.Now())).
		AndWhere(dbx.NewExp("off_told != off_since")).All(&off)
	if err != nil {
		return err
	}
	for _, channel := range off {
		if ctx.Err() != nil {
			return nil
		}
		err := r.app.RunInTransaction(func(txApp core.App) error { return r.tellOff(txApp, channel.Id) })
		if err != nil {
			r.app.Logger().Error("Nobody was told that a number is off", slog.String("channel", channel.Id), slog.Any("error", err))
		}
	}

	return nil
}

// tellOff writes the mails about a number, if it is still off.
func (r *Room) tellOff(txApp core.App, id string) error {
	channel := &core.Record{}
	err := txApp.RecordQuery(collections.Channels).AndWhere(channels.Off(r.deps.Now())).
		AndWhere(dbx.NewExp("off_told != off_since")).AndWhere(dbx.HashExp{"id": id}).One(channel)
	if err != nil {
		return ignoreMissing(err)
	}
	company, err := txApp.FindRecordById(collections.Companies, channel.GetString("company"))
	if err != nil {
		return err
	}
	waiting, err := channels.Waiting(txApp, id)
	if err != nil {
		return err
	}
	people, err := inCharge(txApp, company.Id)
	if err != nil {
		return err
	}
	for _, user := range people {
		if !r.wants(listener{user: user, company: company}, "channel_off") {
			continue
		}
		if err := r.writeOff(txApp, company, channel, user, waiting); err != nil {
			return err
		}
	}
	channel.Set("off_told", channel.GetDateTime("off_since"))
	channel.IgnoreUnchangedFields(true)

	return txApp.SaveNoValidate(channel)
}

// inCharge are the users who own or administer a company.
func inCharge(txApp core.App, company string) ([]*core.Record, error) {
	var users []*core.Record
	err := txApp.RecordQuery(collections.Users).
		InnerJoin(collections.Members+" m", dbx.NewExp("m.user = users.id AND m.company = {:company} AND m.active = 1", dbx.Params{"company": company})).
		InnerJoin(collections.Roles+" r", dbx.NewExp("r.id = m.role AND (r.[[key]] = 'owner' OR r.[[key]] = 'admin')")).
		AndWhere(dbx.NewExp("users.kind != 'key' AND users.email != ''")).OrderBy("users.id").All(&users)

	return users, err
}

func (r *Room) writeOff(txApp core.App, company, channel, user *core.Record, waiting int) error {
	locale := texts.First(user.GetString("locale"), company.GetString("locale"))
	words := texts.For(locale, nil)
	since := channel.GetDateTime("off_since").Time()
	if zone, err := time.LoadLocation(company.GetString("timezone")); err == nil {
		since = since.In(zone)
	}
	name, number := channel.GetString("name"), channel.GetString("number")
	l := letter{
		Locale: locale, Company: company.GetString("name"),
		Title: words.Get("mail.number_off.title", "name", name, "number", number),
		Facts: []fact{
			{words.Get("mail.number_off.since"), texts.Moment(locale, since)},
			{words.Get("mail.number_off.waiting"), words.Get("mail.number_off.messages", "count", waiting)},
		},
		Intro: words.Get("mail.number_off.do_" + advised(channel.GetString("state"))),
		Links: []action{{
			Label: words.Get("mail.number_off.look"), Main: true,
			URL: r.deps.Base() + "/c/" + company.Id + "/settings/channels/" + channel.Id,
		}},
		Foot: words.Get("mail.number_off.foot", "company", company.GetString("name")),
	}
	m := mail.Mail{
		Company: company.Id, To: user.Email(), ToName: user.GetString("name"), Kind: "number_off", Locale: locale,
		Subject: words.Get("mail.number_off.subject", "name", name, "number", number), Text: l.plain(),
	}
	var err error
	if m.HTML, err = l.html(); err != nil {
		return err
	}
	_, err = r.deps.Mail.Write(txApp, m)

	return err
}

// advised is the state whose advice is given: those we have none for are as if the
// connection were lost.
func advised(state string) string {
	switch state {
	case "throttled", "replaced", "logged_out", "banned", "outdated", "storage_full":
		return state
	}

	return "connecting"
}
