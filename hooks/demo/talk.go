package demo

import (
	"time"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// said is a line with its moment.
type said struct {
	who  byte
	text string
	at   time.Time
}

// told gives the lines their moments, so that the last one is said at `ended`. A
// person's first word takes longest.
func (s *story) told(t talk, ended time.Time) []said {
	lines := make([]said, len(t.Lines))
	at, answered := ended, false
	for i, line := range t.Lines {
		switch {
		case i == 0:
		case line[0] == 'b':
			at = at.Add(2 * time.Second)
		case line[0] == 'p' && !answered:
			at, answered = at.Add(s.minutes(1, 2+s.dice.IntN(40))), true
		default:
			at = at.Add(s.minutes(1, 5))
		}
		lines[i] = said{line[0], line[2:], at}
	}
	for i := range lines {
		lines[i].at = lines[i].at.Add(ended.Sub(at))
	}

	return lines
}

// talk makes one conversation with its messages, as the people of the story would
// have left it: nobody, and no bot, has anything to answer but by hand.
func (s *story) talk(channel *core.Record, queue string, contact *core.Record, t talk, status string, ended time.Time) {
	lines := s.told(t, ended)
	first, last := lines[0].at, lines[len(lines)-1]
	person := pick(s, s.members)
	identity := s.add(collections.Identities, first, map[string]any{"contact": contact.Id, "kind": "visitor", "value": "demo-" + contact.Id})

	values := map[string]any{
		"contact": contact.Id, "channel": channel.Id, "identity": identity.Id, "queue": queue, "locale": contact.GetString("locale"),
		"status": status, "answerer": "waiting", "search": s.deps.SearchText(contact.GetString("name"), contact.GetString("email"), contact.GetString("phone"), ""), "greeted_at": first,
		"preview": shortened(last.text), "last_message_at": last.at, "last_direction": direction(last.who),
	}
	if s.chance(35) {
		values["tags"] = []string{s.tags[pick(s, s.home.Tags).Name]}
	}
	unread := 0
	var waits time.Time
	for _, line := range lines {
		if line.who == 'c' {
			unread++
			if waits.IsZero() {
				waits = line.at
			}

			continue
		}
		if values["first_reply_at"] == nil {
			values["first_reply_at"] = line.at
		}
		if line.who == 'p' {
			values["assignee"], values["answerer"], values["human_at"] = person.Id, "human", line.at
			if values["answered_at"] == nil {
				values["asked_at"], values["answered_at"] = waits, line.at
			}
		}
		unread, waits = 0, time.Time{}
	}
	closed := last.at.Add(s.minutes(2, 30))
	switch status {
	case "closed":
		values["closed_at"], values["answerer"] = closed, "bot"
	case "snoozed":
		values["snoozed_until"] = s.at(1+s.dice.IntN(3), 9*60)
	default:
		values["unread"] = unread
		if !waits.IsZero() {
			values["waiting_since"] = waits
		}
	}
	conversation := s.add(collections.Conversations, first, values)

	message := map[string]any{"conversation": conversation.Id, "contact": contact.Id, "channel": channel.Id}
	for i, line := range lines {
		values := merged(message, map[string]any{"direction": direction(line.who), "kind": "text", "text": line.text, "status": "received", "at": line.at})
		switch line.who {
		case 'b':
			values["status"], values["answered_by"] = "read", "bot"
		case 'p':
			values["status"], values["answered_by"], values["author"] = "read", "human", person.Id
		}
		s.add(collections.Messages, line.at, values)
		if i == 0 && s.chance(30) && status != "pending" {
			s.add(collections.Messages, line.at, merged(message, map[string]any{
				"direction": "out", "kind": "note", "text": pick(s, s.home.Internal), "status": "sent", "at": line.at.Add(20 * time.Second), "author": pick(s, s.members).Id,
			}))
		}
	}
	if status == "closed" && values["answered_at"] != nil && s.chance(60) {
		s.rate(conversation, contact, person, closed)
	}
}

// rate gives a conversation a score: most people are content.
func (s *story) rate(conversation, contact, person *core.Record, closed time.Time) {
	var settings struct {
		Scale int `json:"rating_scale"`
	}
	_ = s.company.UnmarshalJSONField("settings", &settings)
	score := []int{5, 5, 5, 5, 5, 5, 4, 4, 4, 3, 3, 2, 1}[s.dice.IntN(13)]
	if settings.Scale == 10 {
		score = max(0, 2*score-s.dice.IntN(2))
	} else {
		settings.Scale = 5
	}
	at := closed.Add(s.minutes(1, 25))
	s.add(collections.Ratings, closed, map[string]any{
		"conversation": conversation.Id, "contact": contact.Id, "member": person.Id, "score": score, "scale": settings.Scale,
		"status": "answered", "answered_at": at, "expires_at": closed.Add(24 * time.Hour),
	})
}

func direction(who byte) string {
	if who == 'c' {
		return "in"
	}

	return "out"
}

const previewMax = 140

func shortened(text string) string {
	if utf8.RuneCountInString(text) <= previewMax {
		return text
	}

	return string([]rune(text)[:previewMax-1]) + "…"
}

func merged(maps ...map[string]any) map[string]any {
	all := map[string]any{}
	for _, m := range maps {
		for key, value := range m {
			all[key] = value
		}
	}

	return all
}

// noShows writes how often each contact did not come.
func (s *story) noShows(missed map[string]int) {
	for _, contact := range s.contacts {
		if n := missed[contact.Id]; n > 0 {
			s.set(contact, dbx.Params{"no_shows": n})
		}
	}
}
