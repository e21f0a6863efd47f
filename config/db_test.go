package config

import (
	"path/filepath"
	"testing"
)

func TestDBConnectPragmas(t *testing.T) {
	for file, synchronous := range map[string]string{"data.db": "2", "whatsapp.db": "2", "auxiliary.db": "1"} {
		db, err := DBConnect(filepath.Join(t.TempDir(), file))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()

		for pragma, want := range map[string]string{
			"synchronous": synchronous, "journal_mode": "wal", "foreign_keys": "1",
			"cache_size": "-8000", "busy_timeout": "10000", "temp_store": "2",
		} {
			var got string
			if err := db.NewQuery("PRAGMA " + pragma).Row(&got); err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("%s: %s is %s, want %s", file, pragma, got, want)
			}
		}

		// defensive mode: the schema table can't be written by SQL
		if _, err := db.NewQuery("CREATE TABLE a (b)").Execute(); err != nil {
			t.Fatal(err)
		}
		if _, err := db.NewQuery("PRAGMA writable_schema=ON").Execute(); err != nil {
			t.Fatal(err)
		}
		if _, err := db.NewQuery("UPDATE sqlite_master SET sql = '' WHERE name = 'a'").Execute(); err == nil {
			t.Errorf("%s: the schema can be overwritten", file)
		}
	}
}

// A transaction takes the write lock when it begins: only then does
// busy_timeout make a second process wait instead of fail.
func TestDBConnectTransactionsAreImmediate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	db, err := DBConnect(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.NewQuery("CREATE TABLE a (b)").Execute(); err != nil {
		t.Fatal(err)
	}

	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()

	other, err := DBConnect(path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.DB().SetMaxOpenConns(1)
	if _, err := other.NewQuery("PRAGMA busy_timeout=0").Execute(); err != nil {
		t.Fatal(err)
	}
	if _, err := other.NewQuery("INSERT INTO a VALUES (1)").Execute(); err == nil {
		t.Fatal("an open transaction must hold the write lock from its start")
	}
}
