package reports

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// inboxTally is what is counted of conversations.
type inboxTally struct {
	opened, closed         int
	received, sent, byBot  int
	firstReply, resolution Spread
	scores                 Scores
}

// InboxFigures are the figures of the inbox. Messages that Sent counts were
// written by people, those of ByBot by the dialogue or an AI agent. FirstReply is
// from the customer's first message that waited for a person to the first reply
// of one; Resolution from the first moment of a conversation to its close.
type InboxFigures struct {
	Opened     int       `json:"opened"`
	Closed     int       `json:"closed"`
	Received   int       `json:"received"`
	Sent       int       `json:"sent"`
	ByBot      int       `json:"byBot"`
	FirstReply Durations `json:"firstReply"`
	Resolution Durations `json:"resolution"`
	Ratings    []Rating  `json:"ratings"`
}

func (t *inboxTally) figures() InboxFigures {
	return InboxFigures{
		Opened: t.opened, Closed: t.closed, Received: t.received, Sent: t.sent, ByBot: t.byBot,
		FirstReply: t.firstReply.Durations(), Resolution: t.resolution.Durations(), Ratings: t.scores.Ratings(),
	}
}

// inbox is GET /api/recado/reports/inbox?from=&to=&queue=&member=&channel=. A
// conversation is its assignee's, what was sent its author's, a rating that of
// whose conversation it was. Imported conversations don't count.
func (r *Room) inbox(e *core.RequestEvent) error {
	q, err := r.ask(e, "queue", "member", "channel")
	if err != nil {
		return err
	}
	s := newSheet[inboxTally](q.period, 3)
	for _, count := range []func(question, *sheet[inboxTally]) error{opened, closed, answered, messages, ratings} {
		if err := count(q, s); err != nil {
			return err
		}
	}
	groups := []group{{name: "member"}, {name: "queue"}, {name: "channel"}}
	for i, collection := range []string{collections.Members, collections.Queues, collections.Channels} {
		if groups[i].names, err = q.names(collection); err != nil {
			return err
		}
	}

	report := sumUp(s, (*inboxTally).figures, groups...)
	if q.csv {
		return writeCSV(e, q, "inbox", report, inboxHeadings, inboxCells)
	}

	return e.JSON(http.StatusOK, report.answer(q.period))
}

// ofConversation narrows a query whose conversations are called c.
func (q question) ofConversation(params dbx.Params) (where string) {
	for _, narrow := range [][2]string{{"queue", "c.queue"}, {"member", "c.assignee"}, {"channel", "c.channel"}} {
		if value := q.values[narrow[0]]; value != "" {
			params[narrow[0]] = value
			where += " AND " + narrow[1] + " = {:" + narrow[0] + "}"
		}
	}

	return where
}

// The queries, each over an index of its own that holds all it reads.
const (
	openedSQL = "SELECT c.created AS a, c.assignee AS b, c.queue AS c, c.channel AS d FROM conversations AS c" +
		" WHERE c.company = {:company} AND c.created >= {:from} AND c.created < {:to} AND c.imported = 0"
	closedSQL = "SELECT c.closed_at AS a, c.created AS b, c.assignee AS c, c.queue AS d, c.channel AS e FROM conversations AS c" +
		" WHERE c.company = {:company} AND c.closed_at != '' AND c.closed_at >= {:from} AND c.closed_at < {:to} AND c.imported = 0"
	answeredSQL = "SELECT c.answered_at AS a, c.asked_at AS b, c.assignee AS c, c.queue AS d, c.channel AS e FROM conversations AS c" +
		" WHERE c.company = {:company} AND c.answered_at != '' AND c.answered_at >= {:from} AND c.answered_at < {:to} AND c.imported = 0"
	ratingsSQL = "SELECT r.answered_at AS a, r.score AS b, r.scale AS c, r.member AS d, c.queue AS e, c.channel AS f" +
		" FROM ratings AS r CROSS JOIN conversations AS c ON c.id = r.conversation" +
		" WHERE r.company = {:company} AND r.status = 'answered' AND r.answered_at >= {:from} AND r.answered_at < {:to}"

	messagesSQL = "SELECT m.at AS a, iif(m.direction = 'in', 'in', m.answered_by) AS b, m.author AS c, m.channel AS d FROM messages AS m" + messagesWhere
	// narrowed to some conversations, each message is looked up
	narrowedSQL = "SELECT m.at AS a, iif(m.direction = 'in', 'in', m.answered_by) AS b, m.author AS c, m.channel AS d" +
		" FROM messages AS m CROSS JOIN conversations AS c ON c.id = m.conversation" + messagesWhere
	messagesWhere = " WHERE m.company = {:company} AND m.at >= {:from} AND m.at < {:to}" +
		" AND m.kind NOT IN ('note','system') AND m.status NOT IN ('failed','skipped')"
)

// read runs a query of the inbox on the period and the one before.
func (q question) read(query string, columns int, params dbx.Params, row func([]string)) error {
	return q.each(query, columns, params, q.period.Before().Start(), q.period.End(), row)
}

// count runs a query of the inbox on the period, and sums alone on the one before:
// of what is only counted nothing more is needed there.
func (q question) count(query string, columns int, params dbx.Params, row func([]string), sums string, into ...any) error {
	if err := q.each(query, columns, params, q.period.Start(), q.period.End(), row); err != nil {
		return err
	}
	params["from"], params["to"] = stamp(q.period.Before().Start()), stamp(q.period.Start())

	return q.app.ConcurrentDB().NewQuery("SELECT " + sums + " FROM (" + query + ")").Bind(params).Row(into...)
}

func opened(q question, s *sheet[inboxTally]) error {
	params := dbx.Params{}
	row := func(row []string) {
		s.at(moment(row[0]), func(t *inboxTally) { t.opened++ }, row[1], row[2], row[3])
	}

	return q.count(openedSQL+q.ofConversation(params), 4, params, row, "count(*)", &s.before.opened)
}

// lasted runs one of the queries of when something ended, and since when it lasted.
func (q question) lasted(query string, s *sheet[inboxTally], count func(t *inboxTally, seconds int64)) error {
	params := dbx.Params{}

	return q.read(query+q.ofConversation(params), 5, params, func(row []string) {
		at := moment(row[0])
		seconds := at - moment(row[1])
		s.at(at, func(t *inboxTally) { count(t, seconds) }, row[2], row[3], row[4])
	})
}

func closed(q question, s *sheet[inboxTally]) error {
	return q.lasted(closedSQL, s, func(t *inboxTally, seconds int64) { t.closed++; t.resolution.Add(seconds) })
}

func answered(q question, s *sheet[inboxTally]) error {
	return q.lasted(answeredSQL, s, func(t *inboxTally, seconds int64) { t.firstReply.Add(seconds) })
}

func messages(q question, s *sheet[inboxTally]) error {
	params := dbx.Params{}
	query := messagesSQL
	if where := q.ofConversation(params); where != "" {
		query = narrowedSQL + where
	}
	row := func(row []string) {
		at, by, author, channel := moment(row[0]), row[1], row[2], row[3]
		switch by {
		case "in":
			s.at(at, func(t *inboxTally) { t.received++ }, nowhere, nowhere, channel)
		case "human":
			s.at(at, func(t *inboxTally) { t.sent++ }, author, nowhere, channel)
		default:
			s.at(at, func(t *inboxTally) { t.byBot++ }, nowhere, nowhere, channel)
		}
	}
	const sums = "coalesce(sum(b = 'in'), 0), coalesce(sum(b = 'human'), 0), coalesce(sum(b NOT IN ('in','human')), 0)"

	return q.count(query, 4, params, row, sums, &s.before.received, &s.before.sent, &s.before.byBot)
}

func ratings(q question, s *sheet[inboxTally]) error {
	params := dbx.Params{}

	return q.read(ratingsSQL+q.ofConversation(params), 6, params, func(row []string) {
		score, _ := strconv.Atoi(row[1])
		scale, _ := strconv.Atoi(row[2])
		s.at(moment(row[0]), func(t *inboxTally) { t.scores.Add(scale, score) }, row[3], row[4], row[5])
	})
}

var inboxHeadings = []string{
	"opened", "closed", "received", "sent", "by_bot",
	"first_replies", "first_reply_median_seconds", "first_reply_p90_seconds",
	"resolution_median_seconds", "resolution_p90_seconds",
	"ratings", "rating_mean", "rating_scale",
}

func inboxCells(f InboxFigures) []string {
	cells := counts(f.Opened, f.Closed, f.Received, f.Sent, f.ByBot, f.FirstReply.Count)
	cells = append(append(cells, spans(f.FirstReply)...), spans(f.Resolution)...)
	if len(f.Ratings) == 0 {
		return append(cells, "0", "", "")
	}
	best := f.Ratings[0]

	return append(cells, strconv.Itoa(best.Count), fmt.Sprintf("%.2f", best.Mean), strconv.Itoa(best.Scale))
}

func counts(numbers ...int) []string {
	cells := make([]string, len(numbers))
	for i, n := range numbers {
		cells[i] = strconv.Itoa(n)
	}

	return cells
}

// spans are median and p90; of nothing there is neither.
func spans(d Durations) []string {
	if d.Count == 0 {
		return []string{"", ""}
	}

	return []string{strconv.FormatInt(d.Median, 10), strconv.FormatInt(d.P90, 10)}
}
