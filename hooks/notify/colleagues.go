package notify

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
)

// Who works here is told by e-mail of what they asked for. What happened is read
// from the messages and from the log of changes, a little later: by then most of it
// has been seen on a screen, and needs no mail. Of a conversation one hears once
// until one has looked at it.

const (
	// patience is how long something may wait to be seen before it is mailed.
	patience = 2 * time.Minute
	// stale is what happened so long ago that nobody is mailed of it any more: the
	// server was off meanwhile.
	stale = time.Hour
	// mostNews is how many mails one person gets at once; of more there is one.
	mostNews = 3
	// mostLines is how many lines are read at once.
	mostLines = 2000
)

// listener is a member who is told of something by e-mail.
type listener struct{ member, user, company *core.Record }

// news is what one listener is told: of a conversation, or of an appointment, to
// which became (booked, moved, cancelled) belongs.
type news struct {
	to                        listener
	event, became             string
	contact                   *core.Record
	conversation, appointment *core.Record
}

// Colleagues mails the people who work here what they asked for and have not seen,
// for the schedule.
func (r *Room) Colleagues(ctx context.Context) error {
	if r.deps.Mail.Kept() != "" {
		return nil
	}
	listening, err := r.listeners()
	if err != nil {
		return err
	}
	now := r.deps.Now()
	until := collections.IDFrom(now.Add(-patience))
	if len(listening) == 0 {
		r.unheard = until

		return nil
	}
	from, err := r.toldUntil()
	if err != nil {
		return err
	}
	from = max(from, r.unheard, collections.IDFrom(now.Add(-stale)))
	if from >= until {
		return nil
	}

	of := span{from: from, until: until, companies: slices.Collect(maps.Keys(listening))}
	talks, err := r.talks(&of)
	if err != nil {
		return err
	}
	moves, err := r.moves(of)
	if err != nil || len(talks)+len(moves) == 0 || ctx.Err() != nil {
		return err
	}

	var all []news
	for id, t := range talks {
		found, err := r.newsOfTalk(of, id, t, listening)
		if err != nil {
			return err
		}
		all = append(all, found...)
	}
	for id, m := range moves {
		found, err := r.newsOfMove(id, m, listening)
		if err != nil {
			return err
		}
		all = append(all, found...)
	}

	return r.app.RunInTransaction(func(txApp core.App) error {
		for _, of := range byListener(all) {
			if err := r.tellColleague(txApp, of); err != nil {
				return err
			}
		}

		return rememberTold(txApp, of.until, now)
	})
}

// byListener puts together what each is told, in a steady order.
func byListener(all []news) [][]news {
	about := func(n news) string {
		if n.conversation != nil {
			return n.conversation.Id
		}

		return n.appointment.Id
	}
	slices.SortFunc(all, func(a, b news) int {
		return cmp.Or(cmp.Compare(a.to.member.Id, b.to.member.Id), cmp.Compare(about(a), about(b)))
	})
	var groups [][]news
	for from := 0; from < len(all); {
		to := from
		for to < len(all) && all[to].to.member.Id == all[from].to.member.Id {
			to++
		}
		groups = append(groups, all[from:to])
		from = to
	}

	return groups
}

// listeners are the members who may want an e-mail, by company.
func (r *Room) listeners() (map[string][]listener, error) {
	var members []*core.Record
	err := r.app.RecordQuery(collections.Members).
		InnerJoin(collections.Users+" u", dbx.NewExp(`u.id = members.user AND u.kind != 'key' AND u.email != '' AND u.preferences LIKE '%"email"%'`)).
		AndWhere(dbx.NewExp("members.active = 1")).
		AndWhere(dbx.NewExp("EXISTS (SELECT 1 FROM companies WHERE companies.id = members.company AND companies.active = 1 AND companies.suspended = 0)")).
		OrderBy("members.id").All(&members)
	if err != nil {
		return nil, err
	}

	listening := map[string][]listener{}
	for _, member := range members {
		user, err := r.app.FindRecordById(collections.Users, member.GetString("user"))
		if err != nil {
			return nil, err
		}
		company, err := r.app.FindRecordById(collections.Companies, member.GetString("company"))
		if err != nil {
			return nil, err
		}
		listening[company.Id] = append(listening[company.Id], listener{member, user, company})
	}

	return listening, nil
}

func (r *Room) wants(l listener, event string) bool {
	return r.deps.Wants == nil || r.deps.Wants(l.user, l.company.Id, event)
}

// span is a stretch of the log: ids after from and before until.
type span struct {
	from, until string
	companies   []string
}

func (s span) params() (string, dbx.Params) {
	raw, _ := json.Marshal(s.companies)

	return "id > {:from} AND id < {:until} AND +company IN (SELECT value FROM json_each({:companies}))",
		dbx.Params{"from": s.from, "until": s.until, "companies": string(raw), "most": mostLines}
}

// talk is what happened in a conversation.
type talk struct {
	first  string            // the customer's first message
	called map[string]bool   // members a colleague called
	given  map[string]string // event by member who was given it
}

// talks reads what happened in conversations. Where there is more than can be read
// at once, the span ends earlier.
func (r *Room) talks(of *span) (map[string]*talk, error) {
	var lines []struct {
		ID           string                  `db:"id"`
		Conversation string                  `db:"conversation"`
		Direction    string                  `db:"direction"`
		Kind         string                  `db:"kind"`
		Author       string                  `db:"author"`
		Mentions     types.JSONArray[string] `db:"mentions"`
		Data         types.JSONRaw           `db:"data"`
	}
	within, params := of.params()
	err := r.app.DB().NewQuery(`SELECT id, conversation, direction, kind, author, mentions, data FROM messages
		WHERE ` + within + ` AND (direction = 'in' OR kind = 'note' OR kind = 'system') ORDER BY id LIMIT {:most}`).Bind(params).All(&lines)
	if err != nil {
		return nil, err
	}
	if len(lines) == mostLines {
		of.until = lines[mostLines-1].ID
		lines = lines[:mostLines-1]
	}

	found := map[string]*talk{}
	for _, line := range lines {
		t := found[line.Conversation]
		if t == nil {
			t = &talk{called: map[string]bool{}, given: map[string]string{}}
			found[line.Conversation] = t
		}
		switch {
		case line.Direction == "in":
			t.first = cmp.Or(t.first, line.ID)
		case line.Kind == "note":
			for _, member := range line.Mentions {
				if member != line.Author {
					t.called[member] = true
				}
			}
		default:
			var what struct{ Event, Assignee string }
			_ = json.Unmarshal(line.Data, &what)
			if what.Assignee != "" && what.Assignee != line.Author {
				switch what.Event {
				case "assigned", "transferred":
					t.given[what.Assignee] = "assigned"
				case "woken":
					t.given[what.Assignee] = "follow_ups"
				}
			}
		}
	}

	return found, nil
}

// newsOfTalk says who is told of a conversation, each for the weightiest reason.
func (r *Room) newsOfTalk(of span, id string, t *talk, listening map[string][]listener) ([]news, error) {
	conversation, err := r.app.FindRecordById(collections.Conversations, id)
	if err != nil {
		return nil, ignoreMissing(err)
	}
	contact, err := r.app.FindRecordById(collections.Contacts, conversation.GetString("contact"))
	if err != nil {
		return nil, ignoreMissing(err)
	}
	assignee, unseen := conversation.GetString("assignee"), false
	unread := conversation.GetInt("unread")
	if t.first != "" && unread > 0 {
		// those before the span have been told already
		var since int
		err := r.app.DB().NewQuery("SELECT count(*) FROM messages WHERE conversation = {:id} AND id > {:from} AND direction = 'in'").
			Bind(dbx.Params{"id": id, "from": of.from}).Row(&since)
		if err != nil {
			return nil, err
		}
		unseen = unread <= since
	}
	isNew := false
	if unseen {
		if isNew, err = r.wroteNeverBefore(contact.Id, t.first); err != nil {
			return nil, err
		}
	}

	var all []news
	for _, l := range listening[conversation.GetString("company")] {
		me := l.member.Id
		reasons := []struct {
			event string
			holds bool
		}{
			{"mentions", t.called[me] && slices.Contains(conversation.GetStringSlice("mentioned"), me)},
			{t.given[me], t.given[me] != "" && assignee == me && conversation.GetString("status") != "closed"},
			{"new_leads", isNew && (assignee == me || assignee == "")},
			{"messages", unseen && assignee == me},
		}
		for _, reason := range reasons {
			if !reason.holds || !r.wants(l, reason.event) {
				continue
			}
			may, err := r.deps.Inbox.MaySee(r.app, l.member, conversation)
			if err != nil {
				return nil, err
			}
			if may {
				all = append(all, news{to: l, event: reason.event, contact: contact, conversation: conversation})
			}

			break
		}
	}

	return all, nil
}

// wroteNeverBefore tells whether a message is the first one of a contact.
func (r *Room) wroteNeverBefore(contact, message string) (bool, error) {
	var one int
	err := r.app.DB().NewQuery(`SELECT 1 FROM conversations c JOIN messages m ON m.conversation = c.id
		WHERE c.contact = {:contact} AND m.id < {:message} AND m.direction = 'in' LIMIT 1`).
		Bind(dbx.Params{"contact": contact, "message": message}).Row(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}

	return false, err
}

// move is what happened to an appointment, and the user it is by.
type move struct {
	booked, moved, cancelled bool
	by                       string
}

// moves reads what happened to appointments.
func (r *Room) moves(of span) (map[string]*move, error) {
	var lines []struct {
		Actor  string        `db:"actor"`
		Action string        `db:"action"`
		Record string        `db:"record"`
		Data   types.JSONRaw `db:"data"`
	}
	within, params := of.params()
	err := r.app.DB().NewQuery("SELECT actor, action, record, data FROM audit WHERE " + within +
		" AND +collection = 'appointments' AND action != 'delete' ORDER BY id LIMIT {:most}").Bind(params).All(&lines)
	if err != nil {
		return nil, err
	}

	found := map[string]*move{}
	for _, line := range lines {
		var changed map[string]json.RawMessage
		_ = json.Unmarshal(line.Data, &changed)
		var status [2]string
		_ = json.Unmarshal(changed["status"], &status)
		stood, stands := expected(status[0]), expected(status[1])
		_, start := changed["start"]
		_, agenda := changed["agenda"]

		m := found[line.Record]
		if m == nil {
			m = &move{}
		}
		switch {
		case stands && !stood && (line.Action == "create" || status[0] == "held"):
			m.booked = true
		case line.Action == "update" && status[1] == "cancelled" && stood:
			m.cancelled = true
		case line.Action == "update" && (start || agenda):
			m.moved = true
		default:
			continue
		}
		m.by, found[line.Record] = line.Actor, m
	}

	return found, nil
}

func expected(status string) bool { return status == "pending" || status == "confirmed" }

// newsOfMove says who is told of an appointment: those on whose agenda it is.
func (r *Room) newsOfMove(id string, m *move, listening map[string][]listener) ([]news, error) {
	a, err := r.app.FindRecordById(collections.Appointments, id)
	if err != nil {
		return nil, ignoreMissing(err)
	}
	became := ""
	switch {
	case a.GetString("status") == "cancelled" && m.cancelled && !m.booked:
		became = "cancelled"
	case stands(a) && m.booked:
		became = "booked"
	case stands(a) && m.moved:
		became = "moved"
	}
	if became == "" || !a.GetDateTime("start").Time().After(r.deps.Now()) {
		return nil, nil
	}
	agenda, err := r.app.FindRecordById(collections.Agendas, a.GetString("agenda"))
	if err != nil {
		return nil, ignoreMissing(err)
	}
	contact, err := r.app.FindRecordById(collections.Contacts, a.GetString("contact"))
	if err != nil {
		return nil, ignoreMissing(err)
	}

	var all []news
	for _, l := range listening[a.GetString("company")] {
		mine := agenda.GetString("member") == l.member.Id || slices.Contains(a.GetStringSlice("members"), l.member.Id)
		if mine && l.user.Id != m.by && r.wants(l, "appointments") {
			all = append(all, news{to: l, event: "appointments", became: became, contact: contact, appointment: a})
		}
	}

	return all, nil
}

// toldRow is where it is kept up to which id colleagues have been told.
const toldRow = "recadoColleaguesTold"

func (r *Room) toldUntil() (string, error) {
	var raw, id string
	err := r.app.DB().Select("value").From("_params").Where(dbx.HashExp{"id": toldRow}).Row(&raw)
	if err != nil {
		return "", ignoreMissing(err)
	}

	return id, json.Unmarshal([]byte(raw), &id)
}

func rememberTold(txApp core.App, id string, now time.Time) error {
	value, err := json.Marshal(id)
	if err != nil {
		return err
	}
	_, err = txApp.DB().NewQuery(`INSERT INTO _params (id, value, created, updated) VALUES ({:id}, {:value}, {:now}, {:now})
		ON CONFLICT (id) DO UPDATE SET value = excluded.value, updated = excluded.updated`).
		Bind(dbx.Params{"id": toldRow, "value": string(value), "now": stamp(now)}).Execute()

	return err
}
