package contacts

import (
	"encoding/json"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// Somebody may leave while an import is under way that gives them contacts: because
// rows name them, or because it is theirs. Whoever takes over what they had takes over
// that as well: the import's row remembers who, and each batch looks there.

// passOn lets imports under way know that a member's contacts are another one's, or
// nobody's, from now on. What was said before stands where it is nobody's.
func passOn(txApp core.App, member, to string) error {
	company, err := companyOfMember(txApp, member)
	if err != nil {
		return err
	}
	var imports []struct {
		ID     string `db:"id"`
		Handed string `db:"handed"`
	}
	err = txApp.DB().Select("id", "coalesce(handed, '') AS handed").From(collections.Imports).
		Where(dbx.HashExp{"company": company, "state": []any{"queued", "running"}}).All(&imports)
	if err != nil {
		return err
	}
	for _, one := range imports {
		handed := handedIn(one.Handed)
		if _, said := handed[member]; said && to == "" {
			continue
		}
		handed[member] = to
		raw, err := json.Marshal(handed)
		if err != nil {
			return err
		}
		if _, err := txApp.DB().Update(collections.Imports, dbx.Params{"handed": string(raw)}, dbx.HashExp{"id": one.ID}).Execute(); err != nil {
			return err
		}
	}

	return nil
}

func handedIn(raw string) map[string]string {
	handed := map[string]string{}
	if json.Unmarshal([]byte(raw), &handed) != nil || handed == nil { // null is nobody, too
		return map[string]string{}
	}

	return handed
}

// heir is who a member's new contacts go to: themselves while they are active, else
// who took over from them, and so on; nobody where that leads nowhere.
func heir(member string, active map[string]bool, handed map[string]string) string {
	for range len(handed) + 1 {
		if member == "" || active[member] {
			return member
		}
		member = handed[member]
	}

	return ""
}

// heirs reads, in the transaction of a batch, who gets what this import gives to whom.
func heirs(app core.App, company, id string) (of func(member string) string, err error) {
	var ids []string
	err = app.DB().Select("id").From(collections.Members).Where(dbx.HashExp{"company": company, "active": true}).Column(&ids)
	if err != nil {
		return nil, err
	}
	active := map[string]bool{}
	for _, one := range ids {
		active[one] = true
	}
	raw := ""
	err = app.DB().Select("coalesce(handed, '')").From(collections.Imports).Where(dbx.HashExp{"id": id}).Row(&raw)
	handed := handedIn(raw)

	return func(member string) string { return heir(member, active, handed) }, err
}
