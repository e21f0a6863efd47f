package config

import (
	"container/list"
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"

	"modernc.org/sqlite"
)

// Compiling a statement costs SQLite as much as running a typical one, and
// PocketBase and Recado send the same few over and over. So each connection
// keeps what it compiled last and uses it again; SQLite itself compiles a kept
// statement anew when the schema has changed.

const (
	// statementsKept is per connection: more than one screen or one job needs.
	statementsKept = 64

	// statementMax is the longest text kept, in bytes.
	statementMax = 16 << 10
)

// connector opens connections that keep their statements.
type connector struct {
	driver driver.Driver
	dsn    string
}

func newConnector(dsn string) (*connector, error) {
	// opens nothing: it asks for the driver as it was registered
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	defer db.Close()

	return &connector{db.Driver(), dsn}, nil
}

func (c *connector) Driver() driver.Driver { return c.driver }

func (c *connector) Connect(context.Context) (driver.Conn, error) {
	opened, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	inner, ok := opened.(sqliteConn)
	if !ok {
		return nil, fmt.Errorf("the SQLite driver's %T is not the connection this was written for", opened)
	}

	return &conn{inner, newStatements()}, nil
}

// sqliteConn is what the driver's connections offer; all of it stays reachable.
type sqliteConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	NewBackup(dstURI string) (*sqlite.Backup, error)
}

// conn runs what it is given by kept statements. Like every driver.Conn it is
// used by one goroutine at a time.
type conn struct {
	sqliteConn

	kept *statements
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if !keepable(query) {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}

	statement, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	defer c.kept.put(query, statement)

	return statement.ExecContext(ctx, args)
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if !keepable(query) {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}

	statement, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := statement.QueryContext(ctx, args)
	if err != nil {
		c.kept.put(query, statement)

		return nil, err
	}
	inner, ok := result.(sqliteRows)
	if !ok {
		return nil, fmt.Errorf("the SQLite driver's %T are not the rows this was written for", result)
	}

	return &rows{inner, func() { c.kept.put(query, statement) }}, nil
}

func (c *conn) Close() error {
	c.kept.closeAll()

	return c.sqliteConn.Close()
}

// statement takes a kept statement out or compiles a new one. Whoever has it has
// it alone: the same text may be running already, half read.
func (c *conn) statement(ctx context.Context, query string) (sqliteStatement, error) {
	if statement := c.kept.take(query); statement != nil {
		return statement, nil
	}

	prepared, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}

	return prepared.(sqliteStatement), nil
}

type sqliteStatement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// sqliteRows are the rows with all they tell about their columns.
type sqliteRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

type rows struct {
	sqliteRows

	done func() // gives the statement back
}

func (r *rows) Close() error {
	err := r.sqliteRows.Close()
	if r.done != nil {
		r.done()
		r.done = nil
	}

	return err
}

// keepable tells the statements that come again from scripts, pragmas and
// changes of the schema.
func keepable(query string) bool {
	if len(query) > statementMax {
		return false
	}
	verb, _, _ := strings.Cut(strings.TrimLeft(query, " \t\r\n"), " ")

	switch strings.ToUpper(strings.TrimSpace(verb)) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH":
		return true
	default:
		return false
	}
}

// statements are the compiled statements of one connection that nobody uses,
// the last used first.
type statements struct {
	byQuery map[string]*list.Element
	order   *list.List // of keptStatement
}

type keptStatement struct {
	query     string
	statement sqliteStatement
}

func newStatements() *statements {
	return &statements{map[string]*list.Element{}, list.New()}
}

// take hands a statement out, or nil.
func (s *statements) take(query string) sqliteStatement {
	element, ok := s.byQuery[query]
	if !ok {
		return nil
	}
	delete(s.byQuery, query)

	return s.order.Remove(element).(keptStatement).statement
}

// put keeps a statement, in the place of the one that was not used for longest.
func (s *statements) put(query string, statement sqliteStatement) {
	if _, double := s.byQuery[query]; double {
		_ = statement.Close()

		return
	}
	s.byQuery[query] = s.order.PushFront(keptStatement{query, statement})

	if s.order.Len() > statementsKept {
		oldest := s.order.Remove(s.order.Back()).(keptStatement)
		delete(s.byQuery, oldest.query)
		_ = oldest.statement.Close()
	}
}

func (s *statements) closeAll() {
	for element := s.order.Front(); element != nil; element = element.Next() {
		_ = element.Value.(keptStatement).statement.Close()
	}
	clear(s.byQuery)
	s.order.Init()
}
