package whatsapp

import "context"

// DSN and SimulatedFile are the database of keys, for what stands beside Recado.
var DSN = dsn

const SimulatedFile = simulatedFileName

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
