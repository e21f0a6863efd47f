package collections_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/recadotest"
)

const (
	planCompanies = 50
	planRows      = 2_000 // of each collection and company
)

// TestListsSeekAnIndex lists every collection in every order the UI offers, with
// 100,000 analysed rows of 50 companies, and reads the plan of the query that
// PocketBase made of rule, filter and sort.
//
// Parity: LS-agenda-appoints.
func TestListsSeekAnIndex(t *testing.T) {
	app := recadotest.New(t, nil)
	member := seedPlan(t, app)

	log := recordQueries(app)
	for _, def := range collections.OfCompany() {
		if small(def.Name) {
			continue
		}
		for _, sort := range def.Sorts {
			filter := planFilter(sort.Filter, member)
			t.Run(def.Name+" by "+sort.Order+" where "+sort.Filter, func(t *testing.T) {
				address := "/api/collections/" + def.Name + "/records?perPage=30&skipTotal=1&company=" + planID(1, 0) +
					"&sort=" + url.QueryEscape(sort.Order) + "&filter=" + url.QueryEscape(filter)

				log.reset()
				response := app.Do(http.MethodGet, address, app.Token(member.user), nil).Must(t, http.StatusOK)
				if len(response.Items()) == 0 {
					t.Errorf("the list is empty, so its plan proves nothing: %s", address)
				}
				for _, problem := range problems(app, log.selects(def.Name)) {
					t.Error(problem)
				}
			})
		}
	}
}

type planMember struct{ user, record *core.Record }

func planFilter(filter string, m planMember) string {
	return strings.NewReplacer("{member}", m.record.Id, "{contact}", planID(1, 7), "{conversation}", planID(1, 7), "{agenda}", planID(1, 7), "{tag}", planID(1, 7), "{appointment}", planID(1, 7), "{prompt}", planID(1, 7), "{agent}", planID(1, 7), "{version}", planID(1, 7), "{evaluation}", planID(1, 7)).Replace(filter)
}

// planID is the id of row k of a company, in every collection alike.
func planID(company, k int) string { return fmt.Sprintf("%07d%08d", company, k) }

// seedPlan fills every collection, or those named, by SQL and returns an owner of
// company 1.
func seedPlan(t *testing.T, app *recadotest.App, only ...string) planMember {
	t.Helper()

	real := app.Company()
	member := real.Member("owner")

	for _, def := range collections.All() {
		if def.Auth || len(only) > 0 && !slices.Contains(only, def.Name) {
			continue
		}
		rows := planRows
		if small(def.Name) {
			rows = 10
		}
		if _, err := app.NonconcurrentDB().NewQuery(planInsert(app, def, rows)).Execute(); err != nil {
			t.Fatalf("%s: %v", def.Name, err)
		}
	}

	// The owner is one of the seeded members of company 1.
	_, err := app.NonconcurrentDB().Update(collections.Members, dbx.Params{
		"user": member.User.Id, "permissions": member.GetString("permissions"), "active": true,
	}, dbx.HashExp{"id": planID(1, 3)}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.NonconcurrentDB().NewQuery("ANALYZE").Execute(); err != nil {
		t.Fatal(err)
	}

	record, err := app.FindRecordById(collections.Members, planID(1, 3))
	if err != nil {
		t.Fatal(err)
	}

	return planMember{user: member.User, record: record}
}

// small collections have a handful of rows in a company and may be sorted.
func small(collection string) bool {
	switch collection {
	case collections.Companies, collections.CompanyDomains, collections.Roles, collections.Members, collections.Queues, collections.Channels, collections.Invites,
		collections.Tags, collections.ContactFields, collections.QuickReplies, collections.APIKeys,
		collections.AIKeys, collections.Agents, collections.AgentPrompts:
		return true
	}

	return false
}

// planInsert makes rows of plausible shape for every company: relations stay
// inside it, times and numbers rise.
func planInsert(app core.App, def collections.Def, rows int) string {
	collection, _ := app.FindCachedCollectionByNameOrId(def.Name)

	names, values := []string{}, []string{}
	for _, field := range collection.Fields {
		names = append(names, "`"+field.GetName()+"`")
		values = append(values, planValue(def, field, rows))
	}

	companies := planCompanies
	if def.Name == collections.Companies {
		rows = 1
	}

	return fmt.Sprintf(`INSERT INTO %s (%s) SELECT %s FROM
		(WITH RECURSIVE n(c) AS (SELECT 1 UNION ALL SELECT c+1 FROM n WHERE c < %d) SELECT c FROM n),
		(WITH RECURSIVE n(k) AS (SELECT 0 UNION ALL SELECT k+1 FROM n WHERE k < %d) SELECT k FROM n)`,
		def.Name, strings.Join(names, ", "), strings.Join(values, ", "), companies, rows-1)
}

func planValue(def collections.Def, field core.Field, rows int) string {
	// Every moment is in its own minute, in 2026.
	const moment = `strftime('%Y-%m-%d %H:%M:%fZ', 1767225600 + k * 900 + c, 'unixepoch')`

	switch f := field.(type) {
	case *core.RelationField:
		switch {
		case f.Name == "company":
			return `printf('%07d%08d', c, 0)`
		case f.Name == "tags":
			return `CASE WHEN k % 5 = 0 THEN '[]' ELSE json_array(printf('%07d%08d', c, k % 10)) END`
		case f.Name == "mentioned":
			return `CASE WHEN k % 20 = 0 THEN json_array(printf('%07d%08d', c, k / 20 % 10)) ELSE '[]' END`
		case f.MaxSelect > 1:
			return `'[]'`
		case f.Name == "assignee" || f.Name == "owner" || f.Name == "member":
			return `CASE WHEN k % 3 = 0 THEN '' ELSE printf('%07d%08d', c, k % 10) END`
		case f.Name == "merged_into" || f.Name == "reply_to" || f.Name == "manager":
			return `''`
		case f.Name == "user":
			return `printf('%07d%08d', c, k)`
		default:
			return fmt.Sprintf(`printf('%%07d%%08d', c, k %% %d)`, min(rows, planSpread(def, f)))
		}
	case *core.AutodateField, *core.DateField:
		if field.GetName() == "deleted" {
			return "CASE WHEN k % 50 = 49 THEN " + moment + " ELSE '' END"
		}
		if name := field.GetName(); name == "triage_due" || name == "snoozed_until" {
			return `''`
		}

		return moment
	case *core.NumberField:
		switch f.Name {
		case "blocked_start":
			return `1767225600 + k * 7200`
		case "blocked_end":
			return `1767225600 + k * 7200 + 3600`
		case "expires_at":
			return `0`
		case "number":
			return `k`
		}

		return `k % 7`
	case *core.BoolField:
		if f.Name == "overbook" || f.Name == "revoked" {
			return `0`
		}
		if f.Name == "called" {
			return `k % 20 = 0`
		}

		return `1`
	case *core.SelectField:
		quoted := "'" + strings.Join(f.Values, "','") + "'"
		if f.Name == "key" {
			return `''`
		}

		return fmt.Sprintf(`(SELECT value FROM json_each(json_array(%s)) WHERE key = k %% %d)`, quoted, len(f.Values))
	case *core.JSONField:
		return `'[]'`
	default:
		switch {
		case field.GetName() == "id":
			return `printf('%07d%08d', c, k)`
		case field.GetName() == "date":
			return `date(1767225600 + k * 86400, 'unixepoch')`
		case field.GetName() == "locale" && def.Name == collections.Companies:
			return `'en'`
		}

		return `printf('%s-%d-%d', 'text', c, k)`
	}
}

// planSpread is how many rows of the target a relation's rows are spread over.
func planSpread(def collections.Def, field *core.RelationField) int {
	for _, small := range []string{collections.Channels, collections.Queues, collections.Roles, collections.Members, collections.Agents, collections.AIKeys, collections.AgentPrompts} {
		if field.CollectionId == collections.ID(small) {
			return 10
		}
	}
	if def.Name == collections.Conversations || def.Name == collections.AvailabilityOverrides || def.Name == collections.Ratings || def.Name == collections.AgentRuns || def.Name == collections.AgentEvaluations {
		return planRows // one active conversation for each contact, one override a day, one rating or run a conversation
	}

	return 50
}

// queryLog remembers the statements the read pool ran.
type queryLog struct {
	mu   sync.Mutex
	list []string
}

func recordQueries(app core.App) *queryLog {
	log := &queryLog{}
	db := app.ConcurrentDB().(*dbx.DB)
	db.QueryLogFunc = func(_ context.Context, _ time.Duration, statement string, _ *sql.Rows, _ error) {
		log.mu.Lock()
		defer log.mu.Unlock()
		log.list = append(log.list, statement)
	}

	return log
}

func (l *queryLog) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = nil
}

func (l *queryLog) selects(table string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()

	var found []string
	for _, statement := range l.list {
		if strings.Contains(statement, "FROM `"+table+"`") && strings.Contains(statement, "ORDER BY") {
			found = append(found, statement)
		}
	}

	return found
}

// problems are the lines of the plans that read a big table whole or sort it.
func problems(app core.App, statements []string) []string {
	if len(statements) == 0 {
		return []string{"no list query was seen"}
	}

	var list []string
	for _, statement := range statements {
		var plan []struct {
			Detail string `db:"detail"`
		}
		if err := app.DB().NewQuery("EXPLAIN QUERY PLAN " + statement).All(&plan); err != nil {
			return []string{err.Error()}
		}
		for _, line := range plan {
			if strings.HasPrefix(line.Detail, "SCAN ") || strings.Contains(line.Detail, "USE TEMP B-TREE FOR ORDER BY") {
				list = append(list, fmt.Sprintf("%s\n%s", line.Detail, statement))
			}
		}
	}

	return list
}
