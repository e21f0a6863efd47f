package agenda

import (
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/agenda/slots"
	"recado/hooks/apierr"
)

// bindSettings keeps agendas, hours and services such that slots can be computed
// from them, and keeps what is in use from being deleted.
func (r *Room) bindSettings(app core.App) {
	app.OnRecordCreateRequest(collections.Agendas, collections.Services).BindFunc(activeUnlessSaid)
	app.OnRecordCreate(collections.Agendas).BindFunc(r.fillAgenda)
	app.OnRecordValidate(collections.Agendas).BindFunc(validated(r.validAgenda))
	app.OnRecordValidate(collections.Availabilities).BindFunc(validated(validAvailability))
	app.OnRecordValidate(collections.AvailabilityOverrides).BindFunc(validated(validOverride))
	app.OnRecordCreate(collections.Services).BindFunc(fillService)
	app.OnRecordValidate(collections.Services).BindFunc(validated(validService))
	app.OnRecordDelete(collections.Agendas).BindFunc(deleteAgenda)
	app.OnRecordDelete(collections.Services).BindFunc(deleteService)
}

func validated(check func(record *core.Record) error) func(e *core.RecordEvent) error {
	return func(e *core.RecordEvent) error {
		if err := check(e.Record); err != nil {
			return err
		}

		return e.Next()
	}
}

// activeUnlessSaid: what somebody makes is meant to be used; a missing flag would
// read as false.
func activeUnlessSaid(e *core.RecordRequestEvent) error {
	info, err := e.RequestInfo()
	if err != nil {
		return err
	}
	if _, said := info.Body["active"]; !said {
		e.Record.Set("active", true)
	}

	return e.Next()
}

// fillAgenda: an agenda is where its company is unless it says otherwise.
func (r *Room) fillAgenda(e *core.RecordEvent) error {
	if e.Record.GetString("timezone") == "" {
		company, err := e.App.FindRecordById(collections.Companies, e.Record.GetString("company"))
		if err != nil {
			return apierr.NotFound("company")
		}
		e.Record.Set("timezone", company.GetString("timezone"))
	}

	return e.Next()
}

func (r *Room) validAgenda(agenda *core.Record) error {
	if _, err := r.zone(agenda.GetString("timezone")); err != nil {
		return apierr.Invalid("timezone", err.Error())
	}

	return nil
}

func loadZone(name string) (*time.Location, error) {
	unknown := fmt.Errorf("%q is not a time zone; give an IANA name such as America/Sao_Paulo", name)
	if name == "" || name == "Local" {
		return nil, unknown
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, unknown
	}

	return zone, nil
}

func errWindow(field string) error {
	return apierr.Invalid(field, "A window starts within the day (0 to 1439) and ends 1 to 1440 minutes later.")
}

func validAvailability(a *core.Record) error {
	if w := (slots.Window{Start: a.GetInt("start"), End: a.GetInt("end")}); !w.Valid() {
		return errWindow("end")
	}

	return nil
}

func validOverride(o *core.Record) error {
	if _, err := slots.ParseDate(o.GetString("date")); err != nil {
		return apierr.Invalid("date", err.Error())
	}
	windows, err := parseWindows([]byte(o.GetString("windows")))
	if err != nil {
		return apierr.Invalid("windows", err.Error())
	}
	for _, w := range windows {
		if !w.Valid() {
			return errWindow("windows")
		}
	}

	return nil
}

// fillService: prices are in the company's currency unless said otherwise.
func fillService(e *core.RecordEvent) error {
	if e.Record.GetInt("capacity") == 0 {
		e.Record.Set("capacity", 1)
	}
	if e.Record.GetString("currency") == "" {
		company, err := e.App.FindRecordById(collections.Companies, e.Record.GetString("company"))
		if err != nil {
			return apierr.NotFound("company")
		}
		e.Record.Set("currency", company.GetString("currency"))
	}

	return e.Next()
}

func validService(service *core.Record) error {
	if service.GetInt("duration") < 1 {
		return apierr.Invalid("duration", "Say how many minutes the service takes.")
	}
	if service.GetInt("capacity") > 1 {
		return apierr.New(http.StatusBadRequest, "capacity_unsupported",
			"A service has one place per slot. Services for groups are not there yet: leave the capacity at 1.", map[string]any{"field": "capacity"})
	}

	return nil
}

// deleteAgenda refuses while appointments refer to it, and takes its hours and
// blocks along.
func deleteAgenda(e *core.RecordEvent) error {
	return collections.InTransaction(e, func() error {
		if err := unused(e.App, "agenda", e.Record.Id); err != nil {
			return err
		}
		for collection, field := range map[string]string{
			collections.Availabilities: "agenda", collections.AvailabilityOverrides: "agenda", collections.Occupancies: "resource",
		} {
			if err := deleteAll(e.App, collection, dbx.HashExp{field: e.Record.Id}); err != nil {
				return err
			}
		}

		return e.Next()
	})
}

func deleteService(e *core.RecordEvent) error {
	if err := unused(e.App, "service", e.Record.Id); err != nil {
		return err
	}

	return e.Next()
}

func unused(app core.App, field, id string) error {
	count, err := app.CountRecords(collections.Appointments, dbx.HashExp{field: id})
	if err != nil {
		return err
	}
	if count > 0 {
		return apierr.New(http.StatusConflict, "in_use",
			fmt.Sprintf("This %s has %d appointments. Make it inactive instead of deleting it.", field, count), map[string]any{"count": count})
	}

	return nil
}
