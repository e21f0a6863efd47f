package agenda

import (
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/agenda/slots"
	"recado/hooks/apierr"
)

// longestRange bounds what one request may ask for.
const longestRange = 92 * 24 * time.Hour

// Query asks for the free slots of a service on an agenda whose start lies in
// [From, To), at most 92 days apart. Exclude is an appointment that counts as if
// it weren't there: the one that is to be moved.
type Query struct {
	Company, Agenda, Service string
	From, To                 time.Time
	Exclude                  string
}

// SlotList is the answer: the slots in order, the time zone of the agenda and
// the members who would serve them.
type SlotList struct {
	Slots   []slots.Slot
	Zone    *time.Location
	Members []string
}

// Slots lists what can be booked. What it lists can be booked, what it doesn't
// list can't.
func (r *Room) Slots(app core.App, q Query) (SlotList, error) {
	question, offer, err := r.ask(app, q)
	if err != nil {
		return SlotList{}, err
	}
	list := SlotList{Zone: offer.Zone, Members: offer.members()}
	if offer.Open {
		list.Slots = slots.List(question)
	}

	return list, nil
}

func (r *Room) ask(app core.App, q Query) (slots.Question, offer, error) {
	if !q.From.Before(q.To) || q.To.Sub(q.From) > longestRange {
		return slots.Question{}, offer{}, apierr.New(http.StatusBadRequest, "range_invalid",
			"The end of the range must be after its start, and at most 92 days later.", map[string]any{"field": "to"})
	}

	offer, err := r.offer(app, q.Company, q.Agenda, q.Service)
	if err != nil {
		return slots.Question{}, offer, err
	}
	question, err := r.question(app, offer, ceilSecond(q.From), ceilSecond(q.To), q.Exclude)

	return question, offer, err
}

// ceilSecond is the first whole second at or after t: slots start on whole ones.
func ceilSecond(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}

	return t.Unix()
}

// shownSlot is a slot as the API writes it. Label is the wall clock with its
// offset, in the zone the viewer asked for.
type shownSlot struct {
	Start     string   `json:"start"`
	End       string   `json:"end"`
	Label     string   `json:"label"`
	Members   []string `json:"members"`
	SeatsLeft int      `json:"seatsLeft"`
}

const labelLayout = "2006-01-02 15:04 -07:00"

func show(s slots.Slot, zone *time.Location, members []string) shownSlot {
	return shownSlot{
		Start: rfc3339(s.Start), End: rfc3339(s.End),
		Label:   time.Unix(s.Start, 0).In(zone).Format(labelLayout),
		Members: members, SeatsLeft: s.SeatsLeft,
	}
}

func rfc3339(at int64) string { return time.Unix(at, 0).UTC().Format(time.RFC3339) }

// listSlots is GET /api/recado/agendas/{id}/slots.
func (r *Room) listSlots(e *core.RequestEvent) error {
	q, zone, err := r.slotsRequest(e)
	if err != nil {
		return err
	}
	list, err := r.Slots(e.App, q)
	if err != nil {
		return err
	}
	if zone == nil {
		zone = list.Zone
	}

	shown := make([]shownSlot, len(list.Slots))
	for i, s := range list.Slots {
		shown[i] = show(s, zone, list.Members)
	}

	return e.JSON(http.StatusOK, map[string]any{"slots": shown, "timezone": list.Zone.String()})
}

// verdict is what explain says of one candidate.
type verdict struct {
	Start   string            `json:"start"`
	End     string            `json:"end"`
	Label   string            `json:"label"`
	Rule    int               `json:"rule"`
	Name    string            `json:"name"`
	Blocker map[string]string `json:"blocker,omitzero"`
}

// explainSlots is GET /api/recado/agendas/{id}/slots/explain: every start of the
// grid with the rule that refuses it (0 free).
func (r *Room) explainSlots(e *core.RequestEvent) error {
	q, zone, err := r.slotsRequest(e)
	if err != nil {
		return err
	}
	question, offer, err := r.ask(e.App, q)
	if err != nil {
		return err
	}
	if zone == nil {
		zone = offer.Zone
	}

	candidates := []verdict{}
	for _, v := range slots.Explain(question) {
		s := show(v.Slot, zone, nil)
		c := verdict{Start: s.Start, End: s.End, Label: s.Label, Rule: int(v.Rule), Name: v.Rule.String()}
		if v.Rule == slots.Busy {
			c.Blocker = map[string]string{"start": rfc3339(v.Blocker.Start), "end": rfc3339(v.Blocker.End)}
		}
		candidates = append(candidates, c)
	}

	return e.JSON(http.StatusOK, map[string]any{"candidates": candidates, "offered": offer.Open, "timezone": offer.Zone.String()})
}

// slotsRequest reads the query of both routes. zone is the viewer's, or nil.
func (r *Room) slotsRequest(e *core.RequestEvent) (q Query, zone *time.Location, err error) {
	agenda, _, err := r.agendaFor(e)
	if err != nil {
		return q, nil, err
	}

	values := e.Request.URL.Query()
	q = Query{Company: agenda.GetString("company"), Agenda: agenda.Id, Service: values.Get("service"), Exclude: values.Get("exclude")}
	if q.From, err = instant("from", values.Get("from")); err != nil {
		return q, nil, err
	}
	if q.To, err = instant("to", values.Get("to")); err != nil {
		return q, nil, err
	}
	if name := values.Get("tz"); name != "" {
		if zone, err = r.zone(name); err != nil {
			return q, nil, apierr.Invalid("tz", err.Error())
		}
	}

	return q, zone, nil
}

// instant reads an RFC 3339 time, as JSON and URLs carry it.
func instant(field, value string) (time.Time, error) {
	// An offset's plus sign, not escaped in a URL, arrives as a blank.
	t, err := time.Parse(time.RFC3339, strings.ReplaceAll(value, " ", "+"))
	if err != nil {
		return t, apierr.Invalid(field, "Give "+field+" as a time in RFC 3339 form, for example 2026-03-09T15:00:00Z.")
	}

	return t.UTC(), nil
}
