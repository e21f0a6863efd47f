package inbox

import (
	"net/http"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// mentionable makes sure that everyone a note calls can come: members at work
// who may see the conversation. Their screens hear of the note by the live feed.
func mentionable(app core.App, conversation *core.Record, members []string) error {
	for _, id := range members {
		member, err := lookup(app, collections.Members, id)
		if err != nil || member.GetString("company") != conversation.GetString("company") || !member.GetBool("active") {
			return apierr.NotFound("member")
		}
		may, err := maySee(app, member, conversation)
		if err != nil {
			return err
		}
		if !may {
			return apierr.New(http.StatusBadRequest, "mention_unseen",
				member.GetString("name")+" may not see this conversation. Assign it, or mention someone else.", map[string]any{"member": id})
		}
	}

	return nil
}

// callMembers remembers on the conversation whom a note calls, until they have
// looked: who was away finds it when they are back.
func callMembers(app core.App, conversation, note *core.Record) error {
	waiting := conversation.GetStringSlice("mentioned")
	called := slices.Clone(waiting)
	for _, id := range note.GetStringSlice("mentions") {
		if id != note.GetString("author") && !slices.Contains(called, id) {
			called = append(called, id)
		}
	}
	if len(called) == len(waiting) {
		return nil
	}
	conversation.Set("mentioned", called)
	conversation.Set("called", true)

	return save(app, conversation)
}

// seen ends a call: the member has looked at the conversation.
func (r *Room) seen(e *core.RequestEvent) error {
	info, err := e.RequestInfo()
	if err != nil {
		return err
	}
	err = e.App.RunInTransaction(func(txApp core.App) error {
		conversation, err := visible(txApp, info, collections.Conversations, e.Request.PathValue("id"), "conversation")
		if err != nil {
			return err
		}
		me, err := memberOf(txApp, e.Auth, conversation.GetString("company"))
		if err != nil {
			return err
		}
		waiting := conversation.GetStringSlice("mentioned")
		left := slices.DeleteFunc(slices.Clone(waiting), func(id string) bool { return id == me })
		if len(left) == len(waiting) {
			return nil
		}
		conversation.Set("mentioned", left)
		conversation.Set("called", len(left) > 0)

		return save(txApp, conversation)
	})
	if err != nil {
		return err
	}

	return e.NoContent(http.StatusNoContent)
}

// mentionableMembers lists whom a note in a conversation can call: [{id,name}].
func (r *Room) mentionableMembers(e *core.RequestEvent) error {
	info, err := e.RequestInfo()
	if err != nil {
		return err
	}
	conversation, err := visible(e.App, info, collections.Conversations, e.Request.PathValue("id"), "conversation")
	if err != nil {
		return err
	}
	members, err := e.App.FindRecordsByFilter(collections.Members, "company = {:company} && active = true && kind != 'key'", "name", 500, 0,
		map[string]any{"company": conversation.GetString("company")})
	if err != nil {
		return err
	}

	items := []map[string]string{}
	for _, member := range members {
		may, err := maySee(e.App, member, conversation)
		if err != nil {
			return err
		}
		if may {
			items = append(items, map[string]string{"id": member.Id, "name": member.GetString("name")})
		}
	}

	return e.JSON(http.StatusOK, map[string]any{"items": items})
}

// MaySee tells whether a member may see a conversation.
func (r *Room) MaySee(app core.App, member, conversation *core.Record) (bool, error) {
	return maySee(app, member, conversation)
}

// maySee asks the conversations' own rule on behalf of a member.
func maySee(app core.App, member, conversation *core.Record) (bool, error) {
	user, err := lookup(app, collections.Users, member.GetString("user"))
	if err != nil {
		return false, err
	}

	return app.CanAccessRecord(conversation, &core.RequestInfo{
		Context: core.RequestInfoContextDefault, Method: http.MethodGet, Auth: user,
		Query: map[string]string{"company": member.GetString("company")},
	}, conversation.Collection().ViewRule)
}
