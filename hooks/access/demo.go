package access

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

//go:embed demo/*.json
var demoFiles embed.FS

// demoSource marks the contacts that demo data is about; everything else hangs
// on them.
const demoSource = "demo"

// demoData is a day at the front desk: people, what they wrote, what they
// booked. Contacts are named by their index.
type demoData struct {
	Contacts []struct {
		Name, Phone, Email, Lifecycle, Notes string
		Tags                                 []string
	}
	Conversations []struct {
		Contact int
		Status  string
		Hours   int      // ago
		Lines   []string // "c …" the customer, "b …" the bot, "p …" a person
	}
	Appointments []struct {
		Contact      int
		Day          int // from today
		Note, Status string
	}
}

// FillDemo gives the first company people, conversations and appointments to
// look at, in its language. Where there is demo data already it changes nothing.
// It returns how many contacts it made.
func FillDemo(app core.App, now time.Time) (made int, err error) {
	err = app.RunInTransaction(func(txApp core.App) error {
		company, err := firstCompany(txApp)
		if err != nil {
			return err
		}
		if there, err := demoContacts(txApp, company.Id); err != nil || len(there) > 0 {
			return err
		}

		data, err := readDemo(company.GetString("locale"))
		if err != nil {
			return err
		}
		d := demo{maker: maker{app: txApp, company: company.Id}, data: data, now: now}
		if err := d.fill(); err != nil {
			return err
		}
		made = len(d.contacts)

		return nil
	})

	return made, err
}

// ClearDemo removes the demo contacts and everything that hangs on them. It
// returns how many contacts it removed.
func ClearDemo(app core.App) (removed int, err error) {
	err = app.RunInTransaction(func(txApp core.App) error {
		company, err := firstCompany(txApp)
		if err != nil {
			return err
		}
		contacts, err := demoContacts(txApp, company.Id)
		if err != nil {
			return err
		}

		for _, contact := range contacts {
			for _, collection := range []string{collections.Messages, collections.Appointments, collections.Conversations, collections.Identities, collections.ContactChanges} {
				if err := deleteOf(txApp, collection, contact.Id); err != nil {
					return fmt.Errorf("failed to clear %s: %w", collection, err)
				}
			}
			if err := txApp.Delete(contact); err != nil {
				return err
			}
		}
		removed = len(contacts)

		return clearTags(txApp, contacts)
	})

	return removed, err
}

// clearTags removes the tags of the demo contacts that nothing else carries.
func clearTags(txApp core.App, demo []*core.Record) error {
	seen := map[string]bool{}
	for _, contact := range demo {
		for _, id := range contact.GetStringSlice("tags") {
			if seen[id] {
				continue
			}
			seen[id] = true

			var used int
			err := txApp.DB().NewQuery("SELECT EXISTS (SELECT 1 FROM {{contacts}} WHERE [[company]] = {:company} AND [[tags]] LIKE {:tag})" +
				" OR EXISTS (SELECT 1 FROM {{conversations}} WHERE [[company]] = {:company} AND [[tags]] LIKE {:tag})").
				Bind(dbx.Params{"company": contact.GetString("company"), "tag": "%" + id + "%"}).Row(&used)
			if err != nil {
				return err
			}
			if used == 1 {
				continue
			}
			if _, err := txApp.DB().Delete(collections.Tags, dbx.HashExp{"id": id}).Execute(); err != nil {
				return err
			}
		}
	}

	return nil
}

func firstCompany(txApp core.App) (*core.Record, error) {
	company := &core.Record{}
	err := txApp.RecordQuery(collections.Companies).OrderBy("created", "id").Limit(1).One(company)
	if err != nil {
		return nil, errors.New("there is no company yet: set Recado up first, in the browser or with `recado setup`")
	}

	return company, nil
}

func demoContacts(txApp core.App, company string) (contacts []*core.Record, err error) {
	err = txApp.RecordQuery(collections.Contacts).AndWhere(dbx.HashExp{"company": company, "source": demoSource}).All(&contacts)

	return contacts, err
}

func deleteOf(txApp core.App, collection, contact string) error {
	var records []*core.Record
	if err := txApp.RecordQuery(collection).AndWhere(dbx.HashExp{"contact": contact}).All(&records); err != nil {
		return err
	}
	for _, record := range records {
		if err := txApp.Delete(record); err != nil {
			return err
		}
	}

	return nil
}

func readDemo(locale string) (demoData, error) {
	raw, err := demoFiles.ReadFile("demo/" + locale + ".json")
	if err != nil {
		return demoData{}, err
	}

	var data demoData

	return data, json.Unmarshal(raw, &data)
}

// demo makes demo data in one transaction.
type demo struct {
	maker
	data     demoData
	now      time.Time
	contacts []*core.Record
}

func (d *demo) fill() error {
	channel, err := d.first(collections.Channels, "kind", "webchat")
	if err != nil {
		return err
	}
	person, err := d.first(collections.Members, "active", true)
	if err != nil {
		return err
	}

	for _, c := range d.data.Contacts {
		d.contacts = append(d.contacts, d.make(collections.Contacts, map[string]any{
			"name": c.Name, "phone": c.Phone, "email": c.Email, "lifecycle": c.Lifecycle,
			"tags": d.tags(c.Tags), "notes": c.Notes, "source": demoSource, "owner": person.Id,
		}))
	}
	for _, c := range d.data.Conversations {
		if d.err == nil {
			d.err = d.converse(channel, person, d.contacts[c.Contact], c.Status, d.now.Add(-time.Duration(c.Hours)*time.Hour), c.Lines)
		}
	}
	if d.err != nil {
		return d.err
	}

	return d.book()
}

// tags returns the ids of the company's tags of these names, made where they are missing.
func (d *demo) tags(names []string) []string {
	var ids []string
	for _, name := range names {
		if tag, err := d.first(collections.Tags, "name", name); err == nil {
			ids = append(ids, tag.Id)
		} else if tag := d.make(collections.Tags, map[string]any{"name": name}); tag != nil {
			ids = append(ids, tag.Id)
		}
	}

	return ids
}

func (d *demo) first(collection, field string, value any) (*core.Record, error) {
	record := &core.Record{}
	err := d.app.RecordQuery(collection).AndWhere(dbx.HashExp{"company": d.company, field: value}).OrderBy("created", "id").Limit(1).One(record)
	if err != nil {
		return nil, fmt.Errorf("the company has no %s: %w", collection, err)
	}

	return record, nil
}

// converse makes a conversation that ended at the given time, a line a minute.
// It is left as the people of the story would have left it: nobody, and no bot,
// has anything to answer.
func (d *demo) converse(channel, person, contact *core.Record, status string, ended time.Time, lines []string) error {
	identity := d.make(collections.Identities, map[string]any{"contact": contact.Id, "kind": "visitor", "value": "demo-" + contact.Id})
	if d.err != nil {
		return d.err
	}
	conversation := d.make(collections.Conversations, map[string]any{
		"contact": contact.Id, "channel": channel.Id, "identity": identity.Id, "queue": channel.GetString("queue"),
		"status": "pending", "answerer": "bot",
	})

	unread, attended := 0, false
	for i, line := range lines {
		message := map[string]any{
			"conversation": conversation.Id, "contact": contact.Id, "channel": channel.Id, "kind": "text", "text": line[2:],
			"at": ended.Add(time.Duration(i+1-len(lines)) * time.Minute),
		}
		switch line[0] {
		case 'c':
			message["direction"], message["status"] = "in", "received"
			unread++
		case 'b':
			message["direction"], message["status"], message["answered_by"] = "out", "read", "bot"
		default:
			message["direction"], message["status"], message["answered_by"], message["author"] = "out", "read", "human", person.Id
			unread, attended = 0, true
		}
		d.make(collections.Messages, message)
		if d.err != nil {
			return d.err
		}
	}

	conversation, err := d.app.FindRecordById(collections.Conversations, conversation.Id)
	if err != nil {
		return err
	}
	answerer := "waiting"
	switch {
	case status == "closed":
		answerer, unread = "bot", 0
		conversation.Set("closed_at", ended)
	case attended:
		answerer = "human"
		conversation.Set("assignee", person.Id)
	}
	conversation.Load(map[string]any{"status": status, "answerer": answerer, "unread": unread, "triage_due": ""})

	return d.app.SaveNoValidate(conversation)
}

// book makes the appointments: each at the first free time of its day, counted
// in days on which the agenda is open.
func (d *demo) book() error {
	agenda, err := d.first(collections.Agendas, "active", true)
	if err != nil {
		return err
	}
	service := &core.Record{}
	err = d.app.RecordQuery(collections.Services).
		AndWhere(dbx.HashExp{"company": d.company, "active": true}).
		AndWhere(dbx.Like("agendas", agenda.Id)).Limit(1).One(service)
	if err != nil {
		return nil // an agenda nobody can book has no appointments to show
	}
	days, err := d.openDays(agenda)
	if err != nil {
		return err
	}

	length := time.Duration(max(service.GetInt("duration"), 1)) * time.Minute
	for _, a := range d.data.Appointments {
		if a.Day > len(days) {
			continue
		}
		for start := days[a.Day-1].from; !start.Add(length).After(days[a.Day-1].to); start = start.Add(length) {
			taken, err := d.appoint(agenda, service, d.contacts[a.Contact], start, or(a.Status, "confirmed"), a.Note)
			if err != nil {
				return err
			}
			if !taken {
				break
			}
		}
	}

	return nil
}

// appoint saves one appointment; taken tells that the time isn't free.
func (d *demo) appoint(agenda, service, contact *core.Record, start time.Time, status, note string) (taken bool, err error) {
	definition, err := d.app.FindCachedCollectionByNameOrId(collections.Appointments)
	if err != nil {
		return false, err
	}
	record := core.NewRecord(definition)
	record.Load(map[string]any{
		"company": d.company, "agenda": agenda.Id, "service": service.Id, "contact": contact.Id,
		"start": start, "status": status, "source": "member", "note": note,
	})

	err = d.app.Save(record)
	if apierr.Code(err) != "" {
		return true, nil
	}

	return false, err
}

type openDay struct{ from, to time.Time }

// openDays are the next days, from tomorrow on, with the agenda's first window
// of each.
func (d *demo) openDays(agenda *core.Record) ([]openDay, error) {
	zone, err := time.LoadLocation(agenda.GetString("timezone"))
	if err != nil {
		return nil, err
	}
	var windows []struct {
		Weekday int `db:"weekday"`
		Start   int `db:"start"`
		End     int `db:"end"`
	}
	err = d.app.DB().Select("weekday", "start", "end").From(collections.Availabilities).
		Where(dbx.HashExp{"agenda": agenda.Id}).OrderBy("weekday", "start").All(&windows)
	if err != nil {
		return nil, err
	}

	var days []openDay
	today := d.now.In(zone)
	for n := 1; n <= 14; n++ {
		date := time.Date(today.Year(), today.Month(), today.Day()+n, 0, 0, 0, 0, zone)
		for _, w := range windows {
			if w.Weekday == int(date.Weekday()) {
				at := func(minute int) time.Time {
					return time.Date(date.Year(), date.Month(), date.Day(), 0, minute, 0, 0, zone)
				}
				days = append(days, openDay{at(w.Start), at(w.End)})

				break
			}
		}
	}

	return days, nil
}
