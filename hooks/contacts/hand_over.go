package contacts

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// InHand counts the contacts a member looks after, those in the bin aside.
func (r *Room) InHand(app core.App, member string) (count int, err error) {
	company, err := companyOfMember(app, member)
	if err != nil {
		return 0, err
	}
	err = app.DB().Select("count(*)").From(collections.Contacts).
		Where(dbx.HashExp{"company": company, "owner": member, "deleted": "", "merged_into": ""}).Row(&count)

	return count, err
}

// HandOver gives all contacts of a member to another one, or to nobody. Each says so
// in its history and to open screens. What a running import brings them from now on is
// the other one's, too.
func (r *Room) HandOver(txApp core.App, member, to, by string) error {
	if err := r.HandOverSome(txApp, member, to, by, 0); err != nil {
		return err
	}

	return passOn(txApp, member, to)
}

// HandOverSome gives at most so many, 0 for all.
func (r *Room) HandOverSome(txApp core.App, member, to, by string, most int) error {
	company, err := companyOfMember(txApp, member)
	if err != nil {
		return err
	}
	var mine []*core.Record
	query := txApp.RecordQuery(collections.Contacts).AndWhere(dbx.HashExp{"company": company, "owner": member})
	if most > 0 { // those that count as in hand
		query.AndWhere(dbx.HashExp{"deleted": "", "merged_into": ""}).Limit(int64(most))
	}
	if err := query.All(&mine); err != nil {
		return err
	}
	for _, contact := range mine {
		contact.Set("owner", to)
		contact.SetRaw(byMember, by)
		contact.IgnoreUnchangedFields(true)
		if err := txApp.SaveNoValidate(contact); err != nil {
			return err
		}
	}

	return nil
}

// companyOfMember leads to the index, which begins with the company.
func companyOfMember(app core.App, member string) (company string, err error) {
	err = app.DB().Select("company").From(collections.Members).Where(dbx.HashExp{"id": member}).Row(&company)

	return company, err
}
