package inbox

import (
	"cmp"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// InHand counts the conversations of a member that are not closed.
func (r *Room) InHand(app core.App, member string) (count int, err error) {
	err = app.DB().Select("count(*)").From(collections.Conversations).Where(inHand(member)).Row(&count)

	return count, err
}

// HandOver gives these conversations to a colleague or, where to is empty, back to
// who waits in their queue, each with a line that says so.
func (r *Room) HandOver(txApp core.App, member, to, by string) error {
	return r.HandOverSome(txApp, member, to, by, 0)
}

// HandOverSome gives at most so many, 0 for all; those that came first go first.
func (r *Room) HandOverSome(txApp core.App, member, to, by string, most int) error {
	query := txApp.RecordQuery(collections.Conversations).AndWhere(inHand(member)).OrderBy("id")
	if most > 0 {
		query.Limit(int64(most))
	}
	var conversations []*core.Record
	if err := query.All(&conversations); err != nil {
		return err
	}
	for _, conversation := range conversations {
		conversation.Set("assignee", to)
		conversation.SetRaw(byMember, cmp.Or(by, member))
		conversation.IgnoreUnchangedFields(true)
		if err := txApp.Save(conversation); err != nil {
			return err
		}
	}

	return nil
}

func inHand(member string) dbx.Expression {
	return dbx.And(
		dbx.NewExp("company = (SELECT company FROM members WHERE id = {:member})", dbx.Params{"member": member}), // for the index
		dbx.HashExp{"assignee": member}, dbx.NewExp("status != 'closed'"),
	)
}
