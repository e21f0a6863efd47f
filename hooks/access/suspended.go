package access

import (
	"net/http"
	"sync"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// suspended are the companies that whoever runs the instance has closed. They are
// asked for with every request, so they are kept in memory.
type suspended struct {
	mu  sync.RWMutex
	ids map[string]bool
}

func newSuspended(app core.App) *suspended {
	s := &suspended{ids: map[string]bool{}}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		var ids []string
		if err := e.App.DB().Select("id").From(collections.Companies).Where(dbx.HashExp{"suspended": true}).Column(&ids); err != nil {
			return err
		}
		for _, id := range ids {
			s.set(id, true)
		}

		return e.Next()
	})
	app.OnRecordAfterUpdateSuccess(collections.Companies).BindFunc(func(e *core.RecordEvent) error {
		s.set(e.Record.Id, e.Record.GetBool("suspended"))

		return e.Next()
	})

	return s
}

func (s *suspended) set(id string, is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if is {
		s.ids[id] = true
	} else {
		delete(s.ids, id)
	}
}

// refuse is the middleware that closes every route of a suspended company to all
// but superusers.
func (s *suspended) refuse(e *core.RequestEvent) error {
	if id := companyOf(e); id != "" && !e.HasSuperuserAuth() {
		s.mu.RLock()
		closed := s.ids[id]
		s.mu.RUnlock()
		if closed {
			return apierr.New(http.StatusForbidden, "company_suspended", "This company was suspended. Ask whoever runs this Recado.", nil)
		}
	}

	return e.Next()
}
