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
	conversations, err := txApp.FindAllRecords(collections.Conversations, inHand(member))
	if err != nil {
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
