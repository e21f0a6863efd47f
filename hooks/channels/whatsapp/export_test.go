package whatsapp

// DSN and SimulatedFile are the database of keys, for what stands beside Recado.
var DSN = dsn

const SimulatedFile = simulatedFileName

// LimitKeys puts a pragma on the database of keys: a quota, or no writing at all,
// as a full or a read-only disk has for it.
func (r *Room) LimitKeys(pragma string) error {
	r.storage.db.SetMaxIdleConns(1)
	r.storage.db.SetMaxOpenConns(1) // one connection, so that it holds for all
	_, err := r.storage.db.Exec("PRAGMA " + pragma)

	return err
}
