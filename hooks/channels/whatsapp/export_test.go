package whatsapp

import (
	"context"
	"time"
)

// SimulatedFile is the database of keys, for what stands beside Recado.
const SimulatedFile = simulatedFileName

// DueSQL is how events that are due are read.
const DueSQL = dueSQL

// LimitKeys puts a pragma on the database of keys: a quota, or no writing at all,
// as a full or a read-only disk has for it.
func (r *Room) LimitKeys(pragma string) error {
	const all = 8 // connections there may be
	r.storage.db.SetMaxIdleConns(all)
	for range all {
		connection, err := r.storage.db.Conn(context.Background())
		if err != nil {
			return err
		}
		defer connection.Close()
		if _, err := connection.ExecContext(context.Background(), "PRAGMA "+pragma); err != nil {
			return err
		}
	}

	return nil
}

// Hurry shortens what a connection is given to get somewhere. It is called before a
// number connects.
func (r *Room) Hurry(patience time.Duration) {
	r.patience.login, r.patience.progress, r.patience.every = patience, patience, patience/4
}

var (
	Turn   = turnOf
	Paced  = paced
	WarmUp = warmUp
)

func (s warmStep) Since() time.Duration { return s.since }
func (s warmStep) Limit() int           { return s.limit }
