package collections

import (
	"fmt"

	"github.com/pocketbase/pocketbase/tools/types"
)

// Rules are the PocketBase API rules of a collection; nil means superusers only.
type Rules struct {
	List, View, Create, Update, Delete *string
}

// Scope says which permission noun guards a row and whose it is.
type Scope struct {
	// Noun is the first half of a scoped permission: contacts, inbox, agenda.
	// Empty means that every active member of the company may see the row.
	Noun string

	// Owner is the path from the row to the member it belongs to, for example
	// "owner" or "conversation.assignee".
	Owner string

	// OpenToAll lets a row without an owner be seen by whoever has the narrowest
	// scope: an unassigned conversation waits for anyone.
	OpenToAll bool

	// Queue, beside OpenToAll, is the path from the row to the queue it waits in,
	// for example "conversation.queue": without an owner it is then seen by the
	// members of that queue only. A row in no queue waits for anyone.
	Queue string
}

// member holds for an active member of the company named by ?company=, on rows
// of that company only. Without ?company= nothing matches. The company is a
// bound value on purpose: column-to-column comparison cannot use an index.
const member = `company = @request.query.company && ` + memberOfQuery

const memberOfQuery = `@collection.members.user ?= @request.auth.id && ` +
	`@collection.members.company ?= @request.query.company && ` +
	`@collection.members.active ?= true`

// has holds for a member with the permission. It is quoted within the JSON
// array of effective permissions: unquoted, inbox.view would match inbox.view_all.
func has(permission string) string {
	return fmt.Sprintf(`@collection.members.permissions ?~ '"%s"'`, permission)
}

// can is the rule for members who hold the permission.
func can(permission string) *string {
	return types.Pointer(member + " && " + has(permission))
}

// any is the rule for every active member of the company.
func anyMember() *string {
	return types.Pointer(member)
}

// within is the rule for members whose own, team or company-wide permission
// (`<noun>.<verb>_own|team|all`) reaches the row.
func (s Scope) within(verb string) string {
	own, team, all := s.Permission(verb, "own"), s.Permission(verb, "team"), s.Permission(verb, "all")

	reach := fmt.Sprintf("%s || @collection.members.id ?= %s || (%s && @collection.members.id ?= %s.manager)",
		has(all), s.Owner, has(team), s.Owner)
	switch {
	case s.OpenToAll && s.Queue != "":
		// The queues of a member are a JSON array of ids, and an id is never a part
		// of another one.
		reach += fmt.Sprintf(" || (%s = '' && (%s = '' || @collection.members.queues ?~ %s))", s.Owner, s.Queue, s.Queue)
	case s.OpenToAll:
		reach += fmt.Sprintf(" || %s = ''", s.Owner)
	}

	return fmt.Sprintf("%s && %s && (%s)", member, has(own), reach)
}

// Permission names a scoped permission, for example contacts.view_team.
func (s Scope) Permission(verb, reach string) string {
	return s.Noun + "." + verb + "_" + reach
}

// rule is [Scope.within] as a rule, narrowed by further permissions.
func (s Scope) rule(verb string, permissions ...string) *string {
	rule := s.within(verb)
	for _, permission := range permissions {
		rule += " && " + has(permission)
	}

	return types.Pointer(rule)
}

// readOnly lets the rows be seen within the scope and changed by no one but the server.
func (s Scope) readOnly() Rules {
	return Rules{List: s.rule("view"), View: s.rule("view")}
}

// managedBy lets every member read and the holders of one permission change.
func managedBy(permission string) Rules {
	return Rules{
		List: anyMember(), View: anyMember(),
		Create: can(permission), Update: can(permission), Delete: can(permission),
	}
}

// ownedBy keeps the rows to the holders of one permission.
func ownedBy(permission string) Rules {
	return Rules{
		List: can(permission), View: can(permission),
		Create: can(permission), Update: can(permission), Delete: can(permission),
	}
}
