package access

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
)

// auditDays is how long the log is kept where a company does not say; 0 is for ever.
const auditDays = 365

// exportAudit is GET /api/recado/audit/export: the log as a table, the newest first,
// narrowed as on the screen.
func (r *Room) exportAudit(e *core.RequestEvent) error {
	me, err := Require(e, companyOf(e), "company.manage")
	if err != nil {
		return err
	}
	query := e.Request.URL.Query()
	where := dbx.HashExp{"company": me.GetString("company")}
	for _, name := range []string{"actor", "action", "collection", "record"} {
		if value := query.Get(name); value != "" {
			where[name] = value
		}
	}
	conditions := []dbx.Expression{where}
	for name, operator := range map[string]string{"from": ">=", "to": "<"} {
		if query.Get(name) == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, query.Get(name))
		if err != nil {
			return apierr.Invalid(name, "Give a time such as 2026-03-01T00:00:00Z.")
		}
		moment, _ := types.ParseDateTime(at)
		conditions = append(conditions, dbx.NewExp("created "+operator+" {:"+name+"}", dbx.Params{name: moment.String()}))
	}

	header := e.Response.Header()
	header.Set("Content-Type", "text/csv; charset=utf-8")
	header.Set("Content-Disposition", `attachment; filename="audit.csv"`)
	table := csv.NewWriter(e.Response)
	_ = table.Write([]string{"time", "actor", "kind", "action", "collection", "record", "address", "changes"})

	for last := ""; ; {
		page := conditions
		if last != "" {
			page = append(page, dbx.NewExp("id < {:last}", dbx.Params{"last": last}))
		}
		var rows []*core.Record
		err := e.App.RecordQuery(collections.Audit).AndWhere(dbx.And(page...)).OrderBy("id DESC").Limit(500).All(&rows)
		if err != nil || len(rows) == 0 {
			table.Flush()

			return err
		}
		for _, row := range rows {
			changes, _ := json.Marshal(row.Get("data"))
			_ = table.Write([]string{
				row.GetDateTime("created").String(), r.deps.Cell(row.GetString("actor_name")), row.GetString("actor_kind"), row.GetString("action"),
				row.GetString("collection"), row.GetString("record"), row.GetString("address"), r.deps.Cell(string(changes)),
			})
		}
		last = rows[len(rows)-1].Id
	}
}

// ForgetAudit removes what is older than each company keeps its log, some at a
// time so that nobody waits.
func (r *Room) ForgetAudit(ctx context.Context) error {
	companies, err := r.app.FindAllRecords(collections.Companies)
	if err != nil {
		return err
	}
	for _, company := range companies {
		var settings struct {
			Retention struct {
				Days *int `json:"audit_days"`
			} `json:"retention"`
		}
		_ = company.UnmarshalJSONField("settings", &settings) // unreadable settings are default settings
		days := auditDays
		if settings.Retention.Days != nil {
			days = *settings.Retention.Days
		}
		if days <= 0 {
			continue
		}
		before, _ := types.ParseDateTime(r.deps.Now().AddDate(0, 0, -days))
		for {
			result, err := r.app.NonconcurrentDB().NewQuery(`DELETE FROM audit WHERE id IN (
					SELECT id FROM audit WHERE company = {:company} AND created < {:before} LIMIT 500)`).
				Bind(dbx.Params{"company": company.Id, "before": before.String()}).WithContext(ctx).Execute()
			if err != nil {
				return err
			}
			if count, _ := result.RowsAffected(); count < 500 {
				break
			}
		}
	}

	return nil
}
