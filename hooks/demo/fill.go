package demo

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"recado/collections"
	"recado/hooks/agenda/slots"
	"recado/hooks/apierr"
	"recado/hooks/texts"
)

// What is made.
const (
	manyContacts = 300
	manyTalks    = 120
	daysTalked   = 56 // back to the oldest conversation
	weeksBefore  = 4
	weeksAfter   = 2
)

// story is a company being filled, in one transaction.
type story struct {
	*ledger
	deps    Deps
	company *core.Record
	now     time.Time
	zone    *time.Location
	today   slots.Date
	dice    *rand.Rand

	home   words   // in the company's language
	spoken []words // that first, then the others
	langs  []string

	members, queues, contacts []*core.Record
	tags                      map[string]string // by name
	founder                   string            // the member who has been there longest
}

// Fill makes the demo data of a company and returns how many contacts it made.
// Where it is already it says demo_there.
func (r *Room) Fill(app core.App, company string) (made int, err error) {
	err = app.RunInTransaction(func(txApp core.App) error {
		if rows, err := remembered(txApp, company); err != nil || rows != nil {
			return errors.Join(err, there(rows))
		}
		s, err := r.begin(txApp, company)
		if err != nil {
			return err
		}
		s.people()
		s.desk()
		s.talks()
		s.book()
		made = len(s.contacts)

		return s.remember()
	})
	if err == nil {
		r.deps.Renew(company)
	}

	return made, err
}

func there(rows map[string][]string) error {
	if rows == nil {
		return nil
	}

	return apierr.New(http.StatusConflict, "demo_there", "The sample data is there already.", nil)
}

func (r *Room) begin(txApp core.App, id string) (*story, error) {
	company, err := txApp.FindRecordById(collections.Companies, id)
	if err != nil {
		return nil, apierr.NotFound("company")
	}
	zone, err := time.LoadLocation(company.GetString("timezone"))
	if err != nil {
		return nil, err
	}
	s := &story{
		ledger:  &ledger{app: txApp, ids: r.deps.IDs, company: id, rows: map[string][]string{}},
		deps:    r.deps,
		company: company, now: r.deps.Now().UTC().Truncate(time.Second), zone: zone,
		dice: rand.New(rand.NewPCG(2026, 14)), // the same every time
		tags: map[string]string{},
	}
	s.today = slots.DateOf(s.now.In(zone))
	s.fail(txApp.DB().Select("id").From(collections.Members).Where(dbx.HashExp{"company": id, "active": true}).OrderBy("created", "id").Limit(1).Row(&s.founder))
	s.langs = []string{company.GetString("locale")}
	for _, locale := range collections.Locales {
		if locale != s.langs[0] {
			s.langs = append(s.langs, locale)
		}
	}
	for _, locale := range s.langs {
		w, err := read(locale)
		if err != nil {
			return nil, err
		}
		s.spoken = append(s.spoken, w)
	}
	s.home = s.spoken[0]

	return s, nil
}

// at is a wall clock of the company, days from today.
func (s *story) at(days, minute int) time.Time {
	return time.Unix(slots.Instant(s.zone, s.today+slots.Date(days), minute), 0).UTC()
}

// chance holds in so many of a hundred cases.
func (s *story) chance(percent int) bool { return s.dice.IntN(100) < percent }

// minutes is a random stretch of time.
func (s *story) minutes(least, most int) time.Duration {
	return time.Duration(least+s.dice.IntN(most-least+1)) * time.Minute
}

func pick[T any](s *story, list []T) T { return list[s.dice.IntN(len(list))] }

// people makes tags, fields and contacts. The first few have names of their own,
// the others draw them; of three, two speak the company's language.
func (s *story) people() {
	long := s.at(-90, 9*60)
	for _, tag := range s.home.Tags {
		key := s.deps.Key(tag.Name)
		s.tags[tag.Name] = s.own(collections.Tags, long, dbx.HashExp{"key": key}, map[string]any{"name": tag.Name, "color": tag.Color}).Id
	}
	var keys []string
	for i, field := range s.home.Fields {
		key := strings.ReplaceAll(texts.Slug(field.Label), "-", "_")
		keys = append(keys, key)
		values := map[string]any{"label": field.Label, "type": field.Type, "position": 100 + i}
		if len(field.Choices) > 0 {
			values["choices"] = field.Choices
		}
		s.own(collections.ContactFields, long, dbx.HashExp{"key": key}, values)
	}
	s.colleagues(long)

	taken := map[string]bool{}
	for i := range manyContacts {
		lang := 0
		if i >= len(s.home.Contacts) && i%3 == 2 {
			lang = 1 + i/3%2
		}
		w := s.spoken[lang]
		values := map[string]any{"lifecycle": pick(s, []string{"customer", "customer", "lead", "other"}), "locale": s.langs[lang]}
		if lang == 0 && i < len(w.Contacts) {
			c := w.Contacts[i]
			var tags []string
			for _, name := range c.Tags {
				if id := s.tags[name]; id != "" {
					tags = append(tags, id)
				}
			}
			values["name"], values["phone"], values["email"], values["lifecycle"], values["notes"], values["tags"] = c.Name, c.Phone, c.Email, c.Lifecycle, c.Notes, tags
		} else {
			name := pick(s, w.First) + " " + pick(s, w.Last)
			for taken[name] {
				name = pick(s, w.First) + " " + pick(s, w.Last) + " " + pick(s, w.Last)
			}
			values["name"] = name
			if s.chance(80) {
				values["phone"] = phone(w.Phone, i)
			}
			if s.chance(65) || values["phone"] == nil {
				values["email"] = fmt.Sprintf("%s%d@example.com", strings.ReplaceAll(texts.Slug(name), "-", "."), i)
			}
			if s.chance(25) {
				values["notes"] = pick(s, w.Notes)
			}
			if s.chance(45) {
				values["tags"] = []string{s.tags[pick(s, s.home.Tags).Name]}
			}
		}
		taken[values["name"].(string)] = true
		values["source"] = Source
		if values["lifecycle"] == "lead" {
			values["lead_status"] = "new"
		}
		if s.chance(70) {
			values["owner"] = pick(s, s.members).Id
		}
		if s.chance(40) {
			values["birthday"] = fmt.Sprintf("%d-%02d-%02d", 1950+s.dice.IntN(55), 1+s.dice.IntN(12), 1+s.dice.IntN(28))
		}
		if s.chance(50) {
			values["custom"] = map[string]any{keys[0]: pick(s, []string{"BlueCare", "Vida Azul", "Salus"}), keys[1]: pick(s, s.home.Fields[1].Choices), keys[2]: s.chance(50)}
		}
		text := func(key string) string { v, _ := values[key].(string); return v }
		values["search"] = s.deps.SearchText(text("name"), text("email"), text("phone"), text("notes"))
		s.contacts = append(s.contacts, s.add(collections.Contacts, s.at(-1-s.dice.IntN(80), 8*60+s.dice.IntN(600)), values))
	}
	for _, contact := range s.contacts[:8] {
		s.add(collections.ContactChanges, s.at(-1, 10*60), map[string]any{
			"contact": contact.Id, "member": s.members[0].Id, "changes": map[string]any{"lifecycle": []string{"lead", contact.GetString("lifecycle")}},
		})
	}
}

// phone is a number that was given to nobody. The American pattern has an area.
func phone(pattern string, i int) string {
	if strings.Count(pattern, "%") == 2 {
		return fmt.Sprintf(pattern, [...]string{"202", "303", "404", "512"}[i/100%4], i%100)
	}

	return fmt.Sprintf(pattern, 200+i)
}

// colleagues makes accounts nobody can sign in with, and their memberships.
func (s *story) colleagues(long time.Time) {
	for i, name := range s.home.Members {
		key := "agent"
		if i == 0 {
			key = "manager"
		}
		role := &core.Record{}
		s.fail(s.app.RecordQuery(collections.Roles).AndWhere(dbx.HashExp{"company": s.ledger.company, "key": key}).Limit(1).One(role))
		address := strings.ReplaceAll(texts.Slug(name), "-", ".") + "@" + s.company.GetString("slug") + ".example"
		user := s.add(collections.Users, long, map[string]any{"name": name, "email": address, "kind": "person", "locale": s.langs[0], "verified": true})
		s.members = append(s.members, s.add(collections.Members, long, map[string]any{
			"user": user.Id, "role": role.Id, "name": name, "email": address, "active": true,
			"permissions": collections.Closure(role.GetStringSlice("permissions")),
		}))
	}
}

// desk makes queues, quick replies, pages of knowledge and a line in the history of imports.
func (s *story) desk() {
	long := s.at(-90, 9*60)
	for i, name := range s.home.Queues {
		s.queues = append(s.queues, s.own(collections.Queues, long, dbx.HashExp{"name": name}, map[string]any{"color": [...]string{"#1864ab", "#b5520b"}[i%2], "distribution": "off"}))
	}
	ids := []string{s.queues[0].Id, s.queues[1].Id}
	for i, member := range s.members {
		s.set(member, dbx.Params{"queues": jsonList(ids[:1+i%2])})
	}
	for i, quick := range s.home.Quick {
		owner := ""
		if i >= len(s.home.Quick)-2 {
			owner = s.founder // two are a person's own
		}
		s.own(collections.QuickReplies, long, dbx.HashExp{"shortcut": quick.Shortcut, "owner": owner}, map[string]any{"text": quick.Text})
	}
	for _, page := range s.home.Pages { // the one thing that is due: it is read like any other
		s.own(collections.Knowledge, long, dbx.HashExp{"title": page.Title}, map[string]any{"kind": "page", "text": page.Text, "size": len(page.Text), "state": "waiting", "due": s.now})
	}
	s.add(collections.Invites, s.now.Add(-26*time.Hour), map[string]any{
		"role": s.members[1].GetString("role"), "email": "sam@" + s.company.GetString("slug") + ".example", "created_by": s.founder,
		"expires": s.at(6, 9*60), "token_hash": security.RandomStringWithAlphabet(64, "0123456789abcdef"), // of no link
	})
	s.add(collections.Imports, s.at(-40, 11*60), map[string]any{
		"member": s.members[0].Id, "name": s.home.File, "format": "csv", "state": "done", "mode": "skip",
		"headers": []string{"name", "phone", "email"}, "mapping": []string{"name", "phone", "email"},
		"total": 240, "done": 240, "added": 231, "skipped": 9,
	})
}

func jsonList(ids []string) string { return `["` + strings.Join(ids, `","`) + `"]` }

// webchat is the channel the conversations are on.
func (s *story) webchat() *core.Record {
	channel := &core.Record{}
	err := s.app.RecordQuery(collections.Channels).AndWhere(dbx.HashExp{"company": s.ledger.company, "kind": "webchat"}).OrderBy("created", "id").Limit(1).One(channel)
	if err != nil {
		channel = s.add(collections.Channels, s.at(-90, 9*60), map[string]any{"kind": "webchat", "name": "Demo", "answerer": "none", "origins": []string{}, "active": false})
	}

	return channel
}

// talks makes the conversations: a dozen wait, others are being had or are put
// off, most are over.
func (s *story) talks() {
	channel := s.webchat()
	var queue string
	for i := range manyTalks {
		contact := s.contacts[i]
		w := s.spoken[max(0, slices.Index(s.langs, contact.GetString("locale")))]
		status := "closed"
		switch {
		case i < 12:
			status = "pending"
		case i < 32:
			status = "open"
		case i < 38:
			status = "snoozed"
		}
		kind := status
		if status == "snoozed" {
			kind = "open"
		}
		list := w.of(kind)
		if kind == "closed" && i%4 != 0 { // most were answered by people
			list = slices.DeleteFunc(list, func(t talk) bool { return !strings.Contains(strings.Join(t.Lines, "\n"), "\np ") })
		}
		queue = channel.GetString("queue")
		if i%3 != 0 {
			queue = s.queues[i%2].Id
		}
		s.talk(channel, queue, contact, list[i%len(list)], status, s.ended(i, status))
	}
}

// ended is when the last word was said: lately for what waits, within a few days for
// what is going on, else some day of the last weeks, always at a busy hour.
func (s *story) ended(i int, status string) time.Time {
	var days int
	switch status {
	case "pending":
		return s.now.Add(-time.Duration(4+i*i*2) * time.Minute)
	case "closed":
		days = s.dice.IntN(daysTalked)
	default:
		days = (i - 12) / 5
	}
	at := s.at(-days, 9*60+s.dice.IntN(8*60))
	if at.After(s.now.Add(-2 * time.Hour)) {
		at = at.AddDate(0, 0, -1)
	}

	return at
}
