package migrations

import (
	"database/sql"
	"errors"
	"strings"
	"unicode"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Contacts are found by their notes too: those who have some get them into the
// text they are found by.
func init() {
	m.Register(notesInSearch, nil)
}

func notesInSearch(app core.App) error {
	_, err := app.FindCollectionByNameOrId("contacts")
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}

	const most = 1000
	for after := ""; ; {
		var rows []struct {
			ID     string `db:"id"`
			Search string `db:"search"`
			Notes  string `db:"notes"`
		}
		err := app.DB().NewQuery("SELECT id, search, notes FROM contacts WHERE id > {:after} AND notes != '' ORDER BY id LIMIT 500").
			Bind(dbx.Params{"after": after}).All(&rows)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			text := []rune(strings.TrimSpace(row.Search + " " + folded(row.Notes)))
			_, err := app.DB().Update("contacts", dbx.Params{"search": string(text[:min(len(text), most)])}, dbx.HashExp{"id": row.ID}).Execute()
			if err != nil {
				return err
			}
		}
		after = rows[len(rows)-1].ID
	}
}

// folded is the text in lower case without diacritics and with single spaces.
func folded(text string) string {
	plain, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), text)
	if err != nil {
		plain = text
	}

	return strings.Join(strings.Fields(strings.ToLower(plain)), " ")
}
