package reports

import (
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"recado/hooks/recadotest/template"
)

// TestReportsReadIndexesAlone: each query seeks the company and the stretch in an
// index that holds all it reads. Only one that is narrowed looks at more.
func TestReportsReadIndexesAlone(t *testing.T) {
	app := template.App(t)

	narrow := question{values: map[string]string{"queue": "q", "member": "m", "channel": "c"}}
	params := dbx.Params{"company": "c", "from": "a", "to": "b", "service": ""}
	where := narrow.ofConversation(params)
	for _, c := range []struct{ query, want string }{
		{openedSQL, "COVERING INDEX idx_conversations_report_opened (company=? AND created>? AND created<?)"},
		{openedSQL + where, "COVERING INDEX idx_conversations_report_opened (company=? AND created>? AND created<?)"},
		{closedSQL + where, "COVERING INDEX idx_conversations_report_closed (company=? AND closed_at>? AND closed_at<?)"},
		{answeredSQL + where, "COVERING INDEX idx_conversations_report_answered (company=? AND answered_at>? AND answered_at<?)"},
		{messagesSQL, "COVERING INDEX idx_messages_company_at (company=? AND at>? AND at<?)"},
		{narrowedSQL + where, "INDEX idx_messages_company_at (company=? AND at>? AND at<?)"},
		{ratingsSQL + where, "COVERING INDEX idx_ratings_report (company=? AND answered_at>? AND answered_at<?)"},
		{closedTimesSQL, "COVERING INDEX idx_occupancies_closed (company=? AND blocked_start<?)"},
		{appointmentsSQL, "COVERING INDEX idx_appointments_company_start (company=? AND start>? AND start<?)"},
	} {
		var steps []struct {
			Detail string `db:"detail"`
		}
		if err := app.DB().NewQuery("EXPLAIN QUERY PLAN SELECT count(*), group_concat(a), group_concat(b) FROM (" + c.query + ")").Bind(params).All(&steps); err != nil {
			t.Fatalf("%v: %s", err, c.query)
		}
		plan := ""
		for _, step := range steps {
			plan += step.Detail + "\n"
		}
		if !strings.Contains(plan, c.want) || strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s\nis planned as\n%s", c.query, plan)
		}
	}
}
