package agenda

import (
	"errors"
	"maps"
	"net/http"
	"strconv"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"recado/collections"
	"recado/hooks/apierr"
)

// bindRequests guards what comes straight through the records API: which fields
// a person may set, and that a customer hears of it.
func (r *Room) bindRequests(app core.App) {
	app.OnRecordCreateRequest(collections.Appointments).BindFunc(r.onCreateRequest)
	app.OnRecordUpdateRequest(collections.Appointments).BindFunc(r.onUpdateRequest)
	app.OnRecordCreateRequest(collections.Contacts).BindFunc(keepNoShows)
	app.OnRecordUpdateRequest(collections.Contacts).BindFunc(keepNoShows)
	app.OnBatchRequest().BindFunc(onBatchRequest)
}

func (r *Room) onCreateRequest(e *core.RecordRequestEvent) error {
	w, err := r.who(e.RequestEvent, e.Record.GetString("company"), "agenda")
	if err != nil {
		return err
	}
	if e.Record.GetBool("overbook") {
		if err := w.may("agenda.overbook"); err != nil {
			return err
		}
	}
	if !w.root || e.Record.GetString("source") == "" {
		e.Record.Set("source", w.source())
	}
	for _, field := range []string{"sequence", "confirmed_at", "cancelled_by"} {
		e.Record.Set(field, nil)
	}

	return e.Next()
}

func (r *Room) onUpdateRequest(e *core.RecordRequestEvent) error {
	w, err := r.who(e.RequestEvent, e.Record.Original().GetString("company"), "appointment")
	if err != nil {
		return err
	}
	was := e.Record.Original().Clone()
	if e.Record.GetBool("overbook") && differ(e.Record, was, "overbook", "start", "end", "agenda") {
		if err := w.may("agenda.overbook"); err != nil {
			return err
		}
	}
	if differ(e.Record, was, "agenda") {
		if err := r.mayEditAgenda(e.App, w, e.Record.GetString("agenda")); err != nil {
			return err
		}
	}
	for _, field := range []string{"source", "sequence", "confirmed_at", "cancelled_by"} {
		e.Record.SetRaw(field, was.GetRaw(field))
	}
	if e.Record.GetString("status") == "cancelled" && was.GetString("status") != "cancelled" {
		e.Record.Set("cancelled_by", ByMember)
	}

	outer := e.App
	defer func() { e.App = outer }()

	return outer.RunInTransaction(func(txApp core.App) error {
		e.App = txApp
		if err := e.Next(); err != nil {
			return err
		}

		return r.tell(txApp, was, e.Record, ByMember)
	})
}

// onBatchRequest answers a lost race in a batch as it is answered everywhere.
// PocketBase wraps the error of one request into a 400 of its own.
func onBatchRequest(e *core.BatchRequestEvent) error {
	err := e.Next()
	if err == nil {
		return nil
	}

	var outer *router.ApiError
	if !errors.As(err, &outer) {
		return err
	}
	raw, ok := outer.RawData().(error)
	if !ok {
		return err
	}
	var wrapped validation.Errors
	if !errors.As(raw, &wrapped) {
		return err
	}
	requests, _ := wrapped["requests"].(validation.Errors)
	for index, failure := range requests {
		resolver, ok := failure.(router.SafeErrorResolver)
		if !ok {
			continue
		}
		details, _ := resolver.Resolve(map[string]any{}).(map[string]any)
		inner, ok := details["response"].(*router.ApiError)
		if !ok || apierr.Code(inner) != takenMark {
			continue
		}
		extra := maps.Clone(inner.Data)
		extra["request"], _ = strconv.Atoi(index)

		return apierr.New(http.StatusConflict, takenMark, inner.Message, extra)
	}

	return err
}
