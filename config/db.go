package config

import (
	"database/sql"
	"net/url"
	"path/filepath"

	"github.com/pocketbase/dbx"
)

// DBConnect opens a database file the way Recado needs it. PocketBase calls it
// for every pool of data.db and auxiliary.db; tests use it as well, so that
// they run on the same settings as the product.
//
// They are PocketBase's own pragmas except for these, which must stand in
// the DSN because pooled connections come and go:
//   - synchronous(FULL): what was acknowledged survives a power cut. Logs
//     (auxiliary.db) may lose their last seconds and stay NORMAL.
//   - _txlock=immediate: with deferred transactions two processes on one file
//     lose the upgrade from reader to writer, and busy_timeout can't help.
//   - cache_size(-8000): 8 MB each, because the cache is per connection.
//
// Connections keep their compiled statements (statements.go).
func DBConnect(path string) (*dbx.DB, error) {
	synchronous := "FULL"
	if filepath.Base(path) == "auxiliary.db" {
		synchronous = "NORMAL"
	}

	// busy_timeout comes first: setting WAL may already have to wait.
	connector, err := newConnector(path + "?_pragma=busy_timeout(10000)" +
		"&_pragma=journal_mode(WAL)" +
		"&_pragma=journal_size_limit(200000000)" +
		"&_pragma=synchronous(" + synchronous + ")" +
		"&_pragma=foreign_keys(ON)" +
		"&_pragma=temp_store(MEMORY)" +
		"&_pragma=cache_size(-8000)" +
		"&_defensive=1" +
		"&_txlock=immediate")
	if err != nil {
		return nil, err
	}

	return dbx.NewFromDB(sql.OpenDB(connector), "sqlite"), nil
}

// The databases of the keys of linked WhatsApp numbers, real and simulated ones. They
// change with every message, and a copy of them that is brought back later spoils what
// it is used for: no backup has them.
const (
	LinksFile          = "whatsapp.db"
	SimulatedLinksFile = "whatsapp-simulated.db"
)

// LinksFiles are the names of all files of these databases.
func LinksFiles() []string {
	var names []string
	for _, name := range []string{LinksFile, SimulatedLinksFile} {
		names = append(names, name, name+"-wal", name+"-shm")
	}

	return names
}

// DBRead opens a database to look something up in it before anything else works
// on it. Nothing is written, not even when it is closed.
func DBRead(path string) (*dbx.DB, error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		return nil, err
	}

	return dbx.NewFromDB(db, "sqlite"), nil
}
