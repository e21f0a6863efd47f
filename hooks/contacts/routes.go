package contacts

import (
	"net/http"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"
	"github.com/pocketbase/pocketbase/tools/search"

	"recado/collections"
	"recado/hooks/apierr"
)

func (r *Room) routes(root *router.Router[*core.RequestEvent]) {
	group := root.Group("/api/recado/contacts")
	group.Bind(apis.RequireAuth())

	group.GET("/count", r.count)
	group.POST("/bulk", r.bulk)
	group.GET("/{id}/timeline", r.timeline)
	group.GET("/{id}/export", r.personExport)
	group.POST("/{id}/erase", r.erase)
	group.GET("/{id}/duplicates", r.duplicates)
	group.GET("/{id}/merge", r.previewMerge)
	group.POST("/{id}/merge", r.mergeContacts)
	group.POST("/{id}/merges/{merge}/undo", r.undoMerge)
}

// count answers how many contacts a filter of the records API matches, of those
// the caller may see.
func (r *Room) count(e *core.RequestEvent) error {
	info, err := e.RequestInfo()
	if err != nil {
		return err
	}
	query, err := matching(e.App, info, collections.Contacts, e.Request.URL.Query().Get("filter"))
	if err != nil {
		return err
	}
	var count int
	if err := query.Select("count(DISTINCT {{contacts}}.[[id]])").Row(&count); err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]int{"count": count})
}

// matching selects the rows of a collection that its list rule shows to the
// caller and a filter of the records API matches.
func matching(app core.App, info *core.RequestInfo, collection, filter string) (*dbx.SelectQuery, error) {
	definition, err := app.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		return nil, err
	}

	return reaching(app, info, definition, definition.ListRule, filter)
}

// reaching selects the rows of a collection that a rule of it lets the caller
// reach and a filter of the records API matches. A filter can't look where the
// records API wouldn't let it either: at hidden fields and other collections.
func reaching(app core.App, info *core.RequestInfo, definition *core.Collection, rule *string, filter string) (*dbx.SelectQuery, error) {
	query := app.RecordQuery(definition)
	resolver := core.NewRecordFieldResolver(app, definition, info, true)

	if !info.HasSuperuserAuth() {
		if rule == nil {
			return nil, apierr.NotFound(definition.Name)
		}
		expr, err := search.FilterData(*rule).BuildExpr(resolver)
		if err != nil {
			return nil, err
		}
		query.AndWhere(expr)

		for _, forbidden := range []string{"@collection.", "@request."} {
			if strings.Contains(filter, forbidden) {
				return nil, apierr.Invalid("filter", "A filter can't use "+forbidden+"*.")
			}
		}
		resolver.SetAllowHiddenFields(false)
	}
	if filter != "" {
		expr, err := search.FilterData(filter).BuildExpr(resolver)
		if err != nil {
			return nil, apierr.Invalid("filter", "This filter can't be read. It is written as for the list of records.")
		}
		query.AndWhere(expr)
	}

	return query, resolver.UpdateQuery(query)
}
