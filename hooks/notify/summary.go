package notify

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/mail"
)

// The hours of a person's morning in which the summary of the day is sent. Where the
// server was off until later there is none: it would be of a day that is half over.
const summaryFrom, summaryTo = 8, 12

// Summaries mails those who want it what the day brings, once a day in their own
// morning, for the schedule.
func (r *Room) Summaries(ctx context.Context) error {
	if r.deps.Mail.Kept() != "" {
		return nil
	}
	listening, err := r.listeners()
	if err != nil {
		return err
	}
	for _, members := range listening {
		for _, l := range members {
			if ctx.Err() != nil {
				return nil
			}
			now := r.deps.Now().In(r.zone(l))
			if now.Hour() < summaryFrom || now.Hour() >= summaryTo || !r.wants(l, "daily_summary") {
				continue
			}
			err := r.app.RunInTransaction(func(txApp core.App) error { return r.summarise(txApp, l, now) })
			if err != nil {
				r.app.Logger().Error("A summary of the day was not written", slog.String("member", l.member.Id), slog.Any("error", err))
			}
		}
	}

	return nil
}

func (r *Room) zone(l listener) *time.Location {
	if r.deps.Zone == nil {
		return time.UTC
	}

	return r.deps.Zone(l.user, l.company)
}

// summarise writes a member's summary, if today's has not been written and there is
// something in it. now is in their own zone.
func (r *Room) summarise(txApp core.App, l listener, now time.Time) error {
	day := now.Format(time.DateOnly)
	var written string
	if err := txApp.DB().Select("summary_day").From(collections.Members).Where(dbx.HashExp{"id": l.member.Id}).Row(&written); err != nil || written == day {
		return ignoreMissing(err)
	}
	// Nobody sees it: there is nothing to announce.
	if _, err := txApp.DB().Update(collections.Members, dbx.Params{"summary_day": day}, dbx.HashExp{"id": l.member.Id}).Execute(); err != nil {
		return err
	}

	letter := r.letterTo(l)
	for _, count := range counts(l, now) {
		var n int
		if err := txApp.DB().NewQuery(count.sql).Bind(count.params).Row(&n); err != nil {
			return err
		}
		if n > 0 {
			letter.Facts = append(letter.Facts, fact{letter.words.Get("mail.summary." + count.of), strconv.Itoa(n)})
		}
	}
	if len(letter.Facts) == 0 {
		return nil
	}
	letter.Title = letter.words.Get("mail.summary.title", "company", l.company.GetString("name"))
	letter.open("mail.notice.look", "/inbox")

	return r.mailColleague(txApp, l, letter, mail.Mail{Kind: "daily_summary"})
}

// count is one line of a summary.
type count struct {
	of, sql string
	params  dbx.Params
}

// counts are what a summary tells: today's appointments on the member's agendas, the
// conversations of theirs in which somebody waits, those nobody has that they may
// take, calls they have not looked at, and who came since yesterday, if they may see
// everybody.
func counts(l listener, now time.Time) []count {
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	params := dbx.Params{
		"company": l.company.Id, "me": l.member.Id, "all": l.holds("inbox.view_all"),
		"from": stamp(midnight), "to": stamp(midnight.AddDate(0, 0, 1)), "yesterday": stamp(midnight.AddDate(0, 0, -1)),
		"queues": l.member.GetString("queues"),
	}
	list := []count{
		{"appointments", `SELECT count(*) FROM appointments a JOIN agendas g ON g.id = a.agenda WHERE a.company = {:company} AND g.member = {:me}
			AND a.start >= {:from} AND a.start < {:to} AND a.status IN ('pending', 'confirmed')`, params},
		{"mine", `SELECT count(*) FROM conversations WHERE company = {:company} AND assignee = {:me} AND status IN ('open', 'pending') AND unread > 0`, params},
		{"mentions", `SELECT count(*) FROM conversations WHERE company = {:company} AND called = 1
			AND {:me} IN (SELECT value FROM json_each(mentioned))`, params},
	}
	if l.holds("inbox.view_own") {
		list = append(list, count{"unassigned", `SELECT count(*) FROM conversations WHERE company = {:company} AND assignee = '' AND answerer = 'waiting'
			AND status IN ('open', 'pending') AND ({:all} OR queue = '' OR queue IN (SELECT value FROM json_each({:queues})))`, params})
	}
	if l.holds("contacts.view_all") {
		list = append(list, count{"new_leads", `SELECT count(*) FROM contacts WHERE company = {:company} AND created >= {:yesterday}
			AND deleted = '' AND source != 'import' AND source != 'demo'`, params})
	}

	return list
}

// holds tells whether a listener has a permission.
func (l listener) holds(permission string) bool {
	return slices.Contains(l.member.GetStringSlice("permissions"), permission)
}
