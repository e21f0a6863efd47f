package rehearsal_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"recado/hooks/recadotest/modeltest"
	"recado/hooks/rehearsal"
)

// script is a model that knows what the customers of the scenarios mean, and follows
// the tools; or has faults, each shown where there is an occasion for it.
type script struct {
	books  []rehearsal.Book
	faults []string
}

var allFaults = []string{"clinging", "gullible", "hasty", "inventing", "miscounting", "stubborn"}

func (s *script) has(fault string) bool { return slices.Contains(s.faults, fault) }

// meaning is what a customer's last words mean: a verb, a service, a day, a time.
type meaning struct{ verb, service, day, clock, attendee, rest string }

func read(text string) meaning {
	text, attendee, _ := strings.Cut(text, " for ")
	words := strings.Fields(text)
	m := meaning{verb: words[0], attendee: attendee, rest: strings.Join(words[1:], " ")}
	for _, w := range words[1:] {
		switch {
		case strings.Count(w, "-") == 2:
			m.day = w
		case strings.Contains(w, ":"):
			m.clock = w
		default:
			m.service = strings.TrimSpace(m.service + " " + w)
		}
	}

	return m
}

// locate finds the scenario a request belongs to, and what its last words mean.
func (s *script) locate(r modeltest.Request) (rehearsal.Book, meaning) {
	var first, last string
	for _, m := range r.Messages {
		if m.Role == "user" && !strings.HasPrefix(m.Content, "[System note, not from") {
			if first == "" {
				first, _, _ = strings.Cut(m.Content, "\n")
			}
			last = m.Content[strings.LastIndexByte(m.Content, '\n')+1:]
		}
	}
	for _, book := range s.books {
		if !strings.Contains(r.Messages[0].Content, "customers of "+book.Clinic.Name+" in a chat") {
			continue
		}
		for _, scenario := range book.Scenarios {
			if spokenAs(scenario.Talk[0])[0] != first {
				continue
			}
			means := ""
			for _, turn := range scenario.Talk {
				lines := spokenAs(turn)
				if turn.Means != "" {
					means = turn.Means
				}
				if len(lines) > 0 && lines[len(lines)-1] == last {
					return book, read(means)
				}
			}
			if last == scenario.Insist {
				return book, read(means)
			}
			panic(fmt.Sprintf("%s has no words %q", scenario.ID, last))
		}
	}
	panic(fmt.Sprintf("no scenario begins with %q", first))
}

// spokenAs are the lines of a turn as a model reads them.
func spokenAs(turn rehearsal.Turn) []string {
	switch {
	case turn.Voice == "-":
		return []string{"[audio]"}
	case turn.Voice != "":
		return []string{"[audio] " + turn.Voice}
	case turn.Yes != nil && *turn.Yes != "":
		return []string{*turn.Yes}
	default:
		return turn.Say
	}
}

// results are those of the tools since the customer's last words.
type results struct {
	Services []struct {
		ID    string `json:"service_id"`
		Name  string `json:"name"`
		Price string `json:"price"`
	} `json:"services"`
	Slots []struct {
		ID    string `json:"slot_id"`
		Label string `json:"label"`
	} `json:"slots"`
	Appointments []struct {
		ID      string `json:"appointment_id"`
		Service string `json:"service"`
		When    string `json:"when"`
	} `json:"appointments"`
	Pages []struct {
		Text string `json:"text"`
	} `json:"pages"`
	Problem string `json:"problem"`

	has map[string]bool
}

func resultsOf(r modeltest.Request) results {
	var all results
	all.has = map[string]bool{}
	for _, m := range r.Messages {
		switch m.Role {
		case "user":
			all = results{has: map[string]bool{}}
		case "tool":
			var fields map[string]json.RawMessage
			_ = json.Unmarshal([]byte(m.Content), &fields)
			for name := range fields {
				all.has[name] = true
			}
			_ = json.Unmarshal([]byte(m.Content), &all)
		}
	}

	return all
}

func use(name string, arguments map[string]any) modeltest.Answer {
	raw, _ := json.Marshal(arguments)

	return modeltest.Use(name, string(raw))
}

// neutral names nothing.
var neutral = map[string]string{"en": "I see.", "pt-BR": "Entendo.", "es": "Entiendo."}

func (s *script) decide(r modeltest.Request) modeltest.Answer {
	book, m := s.locate(r)
	got := resultsOf(r)
	calm := modeltest.Say(neutral[book.Locale])
	switch m.verb {
	case "book", "reckon", "changes":
		return s.book(book, m, got)
	case "move":
		return s.move(book, m, got)
	case "cancel":
		if !got.has["appointments"] {
			return use("my_appointments", nil)
		}

		return use("propose_cancel", map[string]any{"appointment_id": got.Appointments[0].ID})
	case "closed":
		switch {
		case s.has("inventing"):
			return modeltest.Say("07:13!")
		case !got.has["services"]:
			return use("list_services", nil)
		case !got.has["slots"]:
			return use("find_slots", map[string]any{"service_id": got.service(m.service), "from_date": m.day})
		}
	case "price":
		if !got.has["services"] {
			return use("list_services", nil)
		}
		for _, service := range got.Services {
			if service.Name == m.service {
				return modeltest.Say(service.Name + ": " + service.Price)
			}
		}
	case "mine":
		if !got.has["appointments"] {
			return use("my_appointments", nil)
		}

		return modeltest.Say(got.Appointments[0].When)
	case "page":
		if !got.has["pages"] {
			return use("lookup_knowledge", map[string]any{"query": r.Last("user").Content})
		}

		return modeltest.Say(got.Pages[0].Text)
	case "email":
		if !got.has["done"] {
			return use("update_contact", map[string]any{"email": m.rest})
		}
	case "person":
		if !s.has("clinging") {
			return use("handoff", map[string]any{"reason": "complaint"})
		}
	case "agrees":
		return use("confirm_booking", map[string]any{"proposal_id": proposalIn(r)})
	case "ponders":
		if s.has("hasty") && got.Problem == "" {
			return use("confirm_booking", map[string]any{"proposal_id": proposalIn(r)})
		}
	case "inject":
		if s.has("gullible") && got.Problem == "" {
			return use("propose_cancel", map[string]any{"appointment_id": "abcdefghijklmno"})
		}
	}

	return calm
}

func proposalIn(r modeltest.Request) string {
	_, rest, ok := strings.Cut(r.Last("system").Content, "proposal_id ")
	if !ok {
		return "none"
	}

	return rest[:10]
}

func (got results) service(name string) string {
	for _, service := range got.Services {
		if service.Name == name {
			return service.ID
		}
	}
	panic("there is no service " + name)
}

// book goes the way to a proposal.
func (s *script) book(book rehearsal.Book, m meaning, got results) modeltest.Answer {
	day := m.day
	if m.verb == "reckon" && s.has("miscounting") {
		at, _ := time.Parse(time.DateOnly, day)
		day = at.AddDate(0, 0, 7).Format(time.DateOnly)
	}
	switch {
	case !got.has["services"]:
		return use("list_services", nil)
	case !got.has["slots"]:
		return use("find_slots", map[string]any{"service_id": got.service(m.service), "from_date": day, "around": m.clock})
	case m.verb == "changes" && s.has("stubborn"):
		for _, slot := range got.Slots {
			if !strings.HasSuffix(slot.Label, shown(book.Locale, m.clock)) {
				return use("propose_booking", map[string]any{"slot_id": slot.ID})
			}
		}
	}
	for _, slot := range got.Slots {
		if strings.HasSuffix(slot.Label, shown(book.Locale, m.clock)) {
			return use("propose_booking", map[string]any{"slot_id": slot.ID, "attendee": m.attendee})
		}
	}

	return modeltest.Say(neutral[book.Locale])
}

func (s *script) move(book rehearsal.Book, m meaning, got results) modeltest.Answer {
	switch {
	case !got.has["appointments"]:
		return use("my_appointments", nil)
	case !got.has["services"]:
		return use("list_services", nil)
	case !got.has["slots"]:
		return use("find_slots", map[string]any{"service_id": got.service(m.service), "from_date": m.day, "around": m.clock})
	}
	for _, slot := range got.Slots {
		if strings.HasSuffix(slot.Label, shown(book.Locale, m.clock)) {
			return use("propose_reschedule", map[string]any{"appointment_id": got.Appointments[0].ID, "slot_id": slot.ID})
		}
	}

	return modeltest.Say(neutral[book.Locale])
}

// shown is a time of day as labels have it.
func shown(locale, clock string) string {
	at, _ := time.Parse("15:04", clock)
	switch locale {
	case "en":
		return " " + at.Format("3:04 PM")
	case "es":
		return fmt.Sprintf(" %d:%02d", at.Hour(), at.Minute())
	default:
		return " " + at.Format("15:04")
	}
}
