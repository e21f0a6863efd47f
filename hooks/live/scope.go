package live

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// scope decides who sees the rows of one collection. It is derived from the
// declaration the API rules are built from, so the feed and the API agree.
type scope struct {
	collection string

	// needs are the permissions without which nothing is seen.
	needs []string

	// team and all widen what is seen; empty where the collection has no owner.
	team, all string
	scoped    bool
	openToAll bool

	// owner is the field holding the member; via, where set, the relation that
	// leads to the row of target that has it.
	owner, via, target string

	// queue is the field beside owner that says who sees a row nobody has; empty
	// where rows don't wait in queues.
	queue string
}

// visibility is what one connection may see.
type visibility struct {
	member      string
	permissions []string
	team        []string // members whose manager is member
	queues      []string // those the member is in
}

func (v visibility) equal(other visibility) bool {
	return v.member == other.member && slices.Equal(v.permissions, other.permissions) &&
		slices.Equal(v.team, other.team) && slices.Equal(v.queues, other.queues)
}

var namedPermission = regexp.MustCompile(`permissions \?~ '"([a-z]+\.[a-z_]+)"'`)

// scopes derives the scope of every collection that members may list. What no
// member may list (visitors, raw events) is never announced, nor is the log of
// changes, which would double each event for those who may read it.
func scopes(defs []collections.Def) map[string]scope {
	list := map[string]scope{}
	for _, def := range defs {
		if (!def.Company && def.Name != collections.Companies) || def.Rules.List == nil || def.Name == collections.Audit {
			continue
		}
		list[def.Name] = newScope(def, defs)
	}

	return list
}

func newScope(def collections.Def, defs []collections.Def) scope {
	s := scope{collection: def.Name}
	if def.Scope.Noun == "" {
		for _, match := range namedPermission.FindAllStringSubmatch(*def.Rules.List, -1) {
			s.needs = append(s.needs, match[1])
		}

		return s
	}

	s.scoped = true
	s.needs = []string{def.Scope.Permission("view", "own")}
	s.team = def.Scope.Permission("view", "team")
	s.all = def.Scope.Permission("view", "all")
	s.openToAll = def.Scope.OpenToAll

	via, owner, found := strings.Cut(def.Scope.Owner, ".")
	if !found {
		s.owner, s.queue = def.Scope.Owner, def.Scope.Queue

		return s
	}
	if def.Scope.Queue != "" {
		if s.queue, found = strings.CutPrefix(def.Scope.Queue, via+"."); !found {
			panic(fmt.Sprintf("live: owner and queue of %s are not of the same row", def.Name))
		}
	}

	s.via, s.owner, s.target = via, owner, relationTarget(def, via, defs)
	if s.target == "" || strings.Contains(owner, ".") {
		panic(fmt.Sprintf("live: cannot follow the owner path %q of %s", def.Scope.Owner, def.Name))
	}

	return s
}

func relationTarget(def collections.Def, field string, defs []collections.Def) string {
	for _, f := range def.Fields {
		relation, ok := f.(*core.RelationField)
		if !ok || relation.Name != field {
			continue
		}
		for _, other := range defs {
			if collections.ID(other.Name) == relation.CollectionId {
				return other.Name
			}
		}
	}

	return ""
}

// holder reads who has a row of the scope's own collection; it is not for rows
// that have their owner by way of another.
func (s scope) holder(record *core.Record) holder {
	h := holder{owner: record.GetString(s.owner)}
	if s.queue != "" {
		h.queue = record.GetString(s.queue)
	}

	return h
}

// sees tells whether a connection may see a row that is held so.
func (s scope) sees(v *visibility, is holder) bool {
	for _, permission := range s.needs {
		if !slices.Contains(v.permissions, permission) {
			return false
		}
	}

	switch {
	case !s.scoped, slices.Contains(v.permissions, s.all):
		return true
	case is.owner == "":
		return s.openToAll && (is.queue == "" || slices.Contains(v.queues, is.queue))
	case is.owner == v.member:
		return true
	default:
		return slices.Contains(v.team, is.owner) && slices.Contains(v.permissions, s.team)
	}
}
