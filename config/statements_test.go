package config

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/pocketbase/dbx"
)

// oneConnection is a database of one connection with a table of ten rows.
func oneConnection(t *testing.T) *dbx.DB {
	t.Helper()
	db, err := DBConnect(filepath.Join(t.TempDir(), "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.DB().SetMaxOpenConns(1)

	run(t, db, "CREATE TABLE a (n INTEGER PRIMARY KEY, word TEXT)")
	for n := range 10 {
		run(t, db, "INSERT INTO a (n, word) VALUES ({:n}, {:word})", dbx.Params{"n": n, "word": fmt.Sprint("w", n)})
	}

	return db
}

func run(t *testing.T, db dbx.Builder, query string, params ...dbx.Params) {
	t.Helper()
	statement := db.NewQuery(query)
	for _, p := range params {
		statement.Bind(p)
	}
	if _, err := statement.Execute(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func TestAStatementUsedWhileItIsReadGivesBothTheirRows(t *testing.T) {
	db := oneConnection(t)

	const query = "SELECT n FROM a WHERE n >= {:from} ORDER BY n"
	read := func(tx *dbx.Tx, from int, each func(n int)) {
		rows, err := tx.NewQuery(query).Bind(dbx.Params{"from": from}).Rows()
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				t.Fatal(err)
			}
			each(n)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}

	for range 3 { // the later rounds run on kept statements
		var pairs int
		err := db.Transactional(func(tx *dbx.Tx) error {
			read(tx, 0, func(outer int) {
				expected := outer
				read(tx, outer, func(inner int) {
					if inner != expected {
						t.Fatalf("row %d inside of %d, expected %d", inner, outer, expected)
					}
					expected++
					pairs++
				})
			})

			return nil
		})
		if err != nil || pairs != 55 {
			t.Fatalf("%d pairs, %v", pairs, err)
		}
	}
}

func TestAKeptStatementFollowsTheSchema(t *testing.T) {
	db := oneConnection(t)

	columns := func() int {
		rows, err := db.NewQuery("SELECT * FROM a WHERE n = 1").Rows()
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		names, err := rows.Columns()
		if err != nil || !rows.Next() {
			t.Fatal(err)
		}

		return len(names)
	}

	before := columns()
	run(t, db, "ALTER TABLE a ADD COLUMN more TEXT DEFAULT ''")
	if after := columns(); before != 2 || after != 3 {
		t.Errorf("%d columns, then %d", before, after)
	}

	run(t, db, "DROP TABLE a") // what is kept holds nothing locked
	if _, err := db.NewQuery("SELECT * FROM a WHERE n = 1").Rows(); err == nil {
		t.Error("a dropped table can be read")
	}
}

func TestAFailedStatementCanRunAgain(t *testing.T) {
	db := oneConnection(t)

	for range 3 {
		if _, err := db.NewQuery("INSERT INTO a (n) VALUES ({:n})").Bind(dbx.Params{"n": 1}).Execute(); err == nil {
			t.Fatal("a row stands twice")
		}
	}
	run(t, db, "INSERT INTO a (n) VALUES ({:n})", dbx.Params{"n": 100})
}

func TestStatementsKeptAreBounded(t *testing.T) {
	db := oneConnection(t)

	for round := range 2 {
		for i := range 3 * statementsKept {
			var n int
			if err := db.NewQuery(fmt.Sprintf("SELECT n + %d FROM a WHERE n = 3", i)).Row(&n); err != nil || n != 3+i {
				t.Fatalf("round %d: statement %d gives %d, %v", round, i, n, err)
			}
		}
	}

	connection, err := db.DB().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	err = connection.Raw(func(driverConn any) error {
		kept := driverConn.(*conn).kept
		if len(kept.byQuery) != statementsKept || kept.order.Len() != statementsKept {
			return fmt.Errorf("%d statements kept, in an order of %d", len(kept.byQuery), kept.order.Len())
		}

		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
