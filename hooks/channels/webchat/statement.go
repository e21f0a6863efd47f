package webchat

import (
	"database/sql"
	"errors"
	"sync"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// statement is a query that every request makes, compiled once: compiling it
// costs several times what running it does.
type statement struct {
	query string

	mu       sync.Mutex
	db       *sql.DB // the pool it was compiled for; a restore opens another
	compiled *sql.Stmt
}

var errNoPool = errors.New("the app's reading pool is not a database")

// row runs the query on the app's reading pool.
func (s *statement) row(app core.App, args ...any) (*sql.Row, error) {
	pool, ok := app.ConcurrentDB().(*dbx.DB)
	if !ok {
		return nil, errNoPool
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db != pool.DB() {
		compiled, err := pool.DB().Prepare(s.query)
		if err != nil {
			return nil, err
		}
		if s.compiled != nil {
			_ = s.compiled.Close()
		}
		s.db, s.compiled = pool.DB(), compiled
	}

	return s.compiled.QueryRow(args...), nil
}
