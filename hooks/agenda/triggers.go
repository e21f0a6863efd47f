package agenda

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// The law. Two rows of occupancies that block the same resource never overlap,
// whoever writes them: a route, the records API, the dashboard, another process.
// The triggers below refuse it inside SQLite; everything else in this room only
// makes sure that people rarely meet them.

// activeStatuses are the ones that block time.
const activeStatuses = `('held','pending','confirmed','arrived')`

// longSeconds splits the search for what overlaps in two: nearly all rows are
// shorter, so only a day before a start has to be looked at; the few longer
// ones have an index of their own (the `long` index of occupancies).
const longSeconds = 86400

// blockingSQL is the condition under which a row blocks: active, and not a hold
// that ran out. now is an SQL expression.
func blockingSQL(row, now string) string {
	return fmt.Sprintf("%[1]sstatus IN %[3]s AND (%[1]sexpires_at = 0 OR %[1]sexpires_at > %[2]s)", row, now, activeStatuses)
}

// overlapSQL selects from the blocking rows of a resource that share an instant
// with [start, end). All arguments are SQL expressions.
func overlapSQL(columns, resource, start, end, now, also string) string {
	common := fmt.Sprintf("SELECT %s FROM occupancies AS o WHERE o.resource = %s AND o.blocked_start < %s AND o.blocked_end > %s AND %s%s",
		columns, resource, end, start, blockingSQL("o.", now), also)

	return fmt.Sprintf("%[1]s AND o.blocked_start > %[2]s - %[3]d UNION ALL %[1]s AND o.blocked_start <= %[2]s - %[3]d AND o.blocked_end - o.blocked_start > %[3]d",
		common, start, longSeconds)
}

const (
	takenMark   = "slot_taken"
	invalidMark = "slot_invalid"
)

// triggers are the statements by name.
func triggers() map[string]string {
	// A row must be whole seconds of positive length: text or a zero length
	// would compare as never overlapping.
	sane := "SELECT RAISE(ABORT, '" + invalidMark + "') WHERE typeof(NEW.blocked_start) <> 'integer' OR typeof(NEW.blocked_end) <> 'integer' " +
		"OR typeof(NEW.expires_at) <> 'integer' OR NEW.expires_at < 0 OR NEW.blocked_end <= NEW.blocked_start OR NEW.resource = '';"
	free := "SELECT RAISE(ABORT, '" + takenMark + "') WHERE NOT NEW.overbook AND " + blockingSQL("NEW.", "unixepoch()") + "%s AND EXISTS (" +
		overlapSQL("1", "NEW.resource", "NEW.blocked_start", "NEW.blocked_end", "unixepoch()", " AND o.id <> NEW.id") + ");"

	// An update is judged where the row starts to block, or blocks another time:
	// ticking off an appointment that has a squeeze-in beside it is neither.
	changed := " AND (OLD.overbook OR NEW.resource <> OLD.resource OR NEW.blocked_start <> OLD.blocked_start OR NEW.blocked_end <> OLD.blocked_end OR NOT (" +
		blockingSQL("OLD.", "unixepoch()") + "))"

	return map[string]string{
		"recado_occupancies_insert": "CREATE TRIGGER recado_occupancies_insert BEFORE INSERT ON occupancies BEGIN " + sane + " " + fmt.Sprintf(free, "") + " END",
		"recado_occupancies_update": "CREATE TRIGGER recado_occupancies_update BEFORE UPDATE ON occupancies BEGIN " + sane + " " + fmt.Sprintf(free, changed) + " END",
	}
}

// Triggers puts the law in force and tests it. It writes only where a trigger is
// missing or not as declared; an error means that no booking is safe, and must
// stop the start.
func Triggers(app core.App) error {
	current, err := triggersCurrent(app)
	if err != nil {
		return err
	}
	if !current {
		if err := app.RunInTransaction(createTriggers); err != nil {
			return err
		}
	}

	// Not even a rolled back savepoint may be committed: that would be a write.
	rollback := errors.New("self-test done")
	var failure error
	err = app.RunInTransaction(func(txApp core.App) error {
		failure = selfTest(txApp)

		return rollback
	})
	if err != nil && !errors.Is(err, rollback) {
		return err
	}
	if failure != nil {
		return fmt.Errorf("the triggers against double booking do not work, bookings would not be safe: %w", failure)
	}

	return nil
}

func triggersCurrent(app core.App) (bool, error) {
	for name, statement := range triggers() {
		var current string
		err := app.ConcurrentDB().NewQuery("SELECT coalesce((SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = {:name}), '')").
			Bind(dbx.Params{"name": name}).Row(&current)
		if err != nil || current != statement {
			return false, err
		}
	}

	return true, nil
}

func createTriggers(txApp core.App) error {
	if err := dropTriggers(txApp); err != nil {
		return err
	}
	for name, statement := range triggers() {
		if err := execute(txApp, statement); err != nil {
			return fmt.Errorf("failed to create trigger %s: %w", name, err)
		}
	}

	return nil
}

// dropTriggers takes the law out of the way of a change of the table, which
// SQLite refuses while a trigger names a column that goes.
func dropTriggers(txApp core.App) error {
	for name := range triggers() {
		if err := execute(txApp, "DROP TRIGGER IF EXISTS "+name); err != nil {
			return err
		}
	}

	return nil
}

func execute(txApp core.App, statements ...string) error {
	for _, statement := range statements {
		if _, err := txApp.NonconcurrentDB().NewQuery(statement).Execute(); err != nil {
			return err
		}
	}

	return nil
}

// selfTest breaks the law in every way and expects to be stopped. The caller
// rolls it back.
func selfTest(txApp core.App) error {
	// One statement for all rows: it is compiled once, with its triggers.
	db := txApp.NonconcurrentDB()
	put := func(id string, start, end int, status string, overbook bool, expires int) *dbx.Query {
		return db.NewQuery("INSERT INTO " + collections.Occupancies + " (id, resource, blocked_start, blocked_end, status, overbook, expires_at)" +
			" VALUES ({:id}, 'selftest', {:start}, {:end}, {:status}, {:overbook}, {:expires})").
			Bind(dbx.Params{"id": id, "start": start, "end": end, "status": status, "overbook": overbook, "expires": expires})
	}
	insert := func(id string, start, end int) *dbx.Query { return put(id, start, end, "confirmed", false, 0) }
	update := func(id, column string, value any) *dbx.Query {
		return db.Update(collections.Occupancies, dbx.Params{column: value}, dbx.HashExp{"id": id})
	}

	steps := []struct {
		query   *dbx.Query
		refused string
	}{
		{insert("st1", 1000, 2000), ""},
		{insert("st2", 1500, 2500), takenMark},
		{insert("st2", 0, 1001), takenMark},
		{insert("st2", 1200, 1300), takenMark},
		{insert("st2", 0, 200000), takenMark},
		{insert("st2", 2000, 2000), invalidMark},
		{insert("st2", 2000, 3000), ""},
		{update("st2", "blocked_start", 1999), takenMark},
		{put("st3", 1500, 2500, "cancelled", false, 0), ""},
		{update("st3", "status", "confirmed"), takenMark},
		{put("st4", 1500, 2500, "confirmed", true, 0), ""},
		{update("st4", "overbook", false), takenMark},
		{update("st1", "status", "arrived"), ""},
		{put("st5", 1500, 2500, "held", false, 1), ""},
		{update("st5", "expires_at", 0), takenMark},
		{insert("st6", 300000, 900000), ""},
		{insert("st7", 800000, 800060), takenMark},
	}

	for number, step := range steps {
		_, err := step.query.Execute()
		switch {
		case step.refused == "" && err != nil:
			return fmt.Errorf("step %d: %w", number+1, err)
		case step.refused != "" && (err == nil || !strings.Contains(err.Error(), step.refused)):
			return fmt.Errorf("step %d: expected %s, got %w", number+1, step.refused, err)
		}
	}

	return nil
}

// Overlaps counts the pairs of rows that break the law. It is 0, or something
// wrote past the triggers.
func Overlaps(app core.App) (int, error) {
	var pairs int
	err := app.ConcurrentDB().NewQuery("SELECT count(*) FROM occupancies AS a JOIN occupancies AS b" +
		" ON b.resource = a.resource AND b.id > a.id AND b.blocked_start < a.blocked_end AND b.blocked_end > a.blocked_start" +
		" WHERE NOT a.overbook AND NOT b.overbook AND " + blockingSQL("a.", "unixepoch()") + " AND " + blockingSQL("b.", "unixepoch()")).Row(&pairs)

	return pairs, err
}
