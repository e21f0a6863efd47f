package agenda

import (
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

const longestBlock = 366 * 24 * time.Hour

// block is POST /api/recado/agendas/{id}/block {start, end, title?, overbook?}:
// time that cannot be booked, without an appointment.
func (r *Room) block(e *core.RequestEvent) error {
	agenda, who, err := r.agendaFor(e)
	if err != nil {
		return err
	}
	if err := who.mayEdit(agenda, "agenda.book"); err != nil {
		return err
	}
	var form struct {
		Start    string `json:"start"`
		End      string `json:"end"`
		Title    string `json:"title"`
		Overbook bool   `json:"overbook"`
	}
	if err := e.BindBody(&form); err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}
	start, err := instant("start", form.Start)
	if err != nil {
		return err
	}
	end, err := instant("end", form.End)
	if err != nil {
		return err
	}
	if start.Unix() >= end.Unix() || end.Sub(start) > longestBlock {
		return apierr.Invalid("end", "The end must be after the start, and at most a year later.")
	}
	if form.Overbook {
		if err := who.may("agenda.overbook"); err != nil {
			return err
		}
	}

	return r.once(e, agenda.GetString("company"), []any{"block", agenda.Id, form}, func(txApp core.App) (*core.Record, error) {
		if err := r.endHolds(txApp, agenda.Id); err != nil {
			return nil, err
		}
		collection, err := txApp.FindCachedCollectionByNameOrId(collections.Occupancies)
		if err != nil {
			return nil, err
		}
		block := core.NewRecord(collection)
		block.Load(map[string]any{
			"company": agenda.GetString("company"), "kind": "block", "resource": agenda.Id, "title": strings.TrimSpace(form.Title),
			"blocked_start": start.Unix(), "blocked_end": end.Unix(), "status": "confirmed", "overbook": form.Overbook,
		})

		return block, txApp.Save(block)
	})
}

// unblock is DELETE /api/recado/occupancies/{id}. Only blocks: what an
// appointment occupies goes with the appointment.
func (r *Room) unblock(e *core.RequestEvent) error {
	block, err := e.App.FindRecordById(collections.Occupancies, e.Request.PathValue("id"))
	if err != nil {
		return apierr.NotFound("block")
	}
	who, err := r.who(e, block.GetString("company"), "block")
	if err != nil {
		return err
	}
	agenda, err := e.App.FindRecordById(collections.Agendas, block.GetString("resource"))
	if err != nil {
		return err
	}
	if err := who.mayEdit(agenda, "agenda.book"); err != nil {
		return err
	}
	if block.GetString("kind") != "block" {
		return apierr.New(http.StatusConflict, "not_a_block", "This time belongs to an appointment. Move or cancel the appointment instead.", nil)
	}
	if err := e.App.Delete(block); err != nil {
		return err
	}

	return e.NoContent(http.StatusNoContent)
}
