package access

import (
	"context"
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// Work is what members have in hand in another room.
type Work interface {
	// InHand counts what nobody would look after if the member left.
	InHand(app core.App, member string) (int, error)

	// HandOver gives all there is of it to another member, or lets it go where to is
	// empty, in the caller's transaction. by is the member who says so, empty for
	// Recado itself.
	HandOver(txApp core.App, member, to, by string) error
}

// Portioned is work of which a member may have thousands.
type Portioned interface {
	// HandOverSome is HandOver of at most so many.
	HandOverSome(txApp core.App, member, to, by string, most int) error
}

// portion is how much of it one transaction hands over: a fraction of a second in
// which nobody else writes.
const portion = 100

// duty is a kind of work and what whoever takes it over must be allowed.
type duty struct {
	name, permission string
	Work
}

// queue, in the place of a member, leaves conversations to whoever takes them next.
const queue = "queue"

// HandsOver adds a kind of work that is asked for when somebody leaves. It is
// called before the app serves.
func (r *Room) HandsOver(name, permission string, work Work) {
	r.duties = append(r.duties, duty{name, permission, work})
}

// workOf counts a member's work by its kind, and adds it up.
func (r *Room) workOf(app core.App, member string) (counts map[string]any, total int, err error) {
	counts = map[string]any{}
	for _, d := range r.duties {
		n, err := d.InHand(app, member)
		if err != nil {
			return nil, 0, err
		}
		counts[d.name] = n
		total += n
	}

	return counts, total, nil
}

// takers says who takes over which kind of work: a member, or "queue". To is for
// all kinds that are not named.
type takers struct {
	To            string `json:"to"`
	Conversations string `json:"conversations"`
	Contacts      string `json:"contacts"`
	Appointments  string `json:"appointments"`
}

func (t takers) of(name string) string {
	return or(map[string]string{"conversations": t.Conversations, "contacts": t.Contacts, "appointments": t.Appointments}[name], t.To)
}

// bindLeaving refuses to let a member go who still has work in hand, whoever makes
// the change: [Room.letGo] hands it over before. What a key has in hand is let go.
func (r *Room) bindLeaving(app core.App) {
	app.OnRecordUpdate(collections.Members).BindFunc(func(e *core.RecordEvent) error {
		return collections.InTransaction(e, func() error {
			was, err := before(e.App, e.Record)
			if err != nil {
				return err
			}
			if !was.GetBool("active") || e.Record.GetBool("active") {
				return e.Next()
			}
			counts, total, err := r.workOf(e.App, e.Record.Id)
			if err != nil {
				return err
			}
			if total > 0 && e.Record.GetString("kind") != "key" {
				return errWorkLeft(counts)
			}
			for _, d := range r.duties {
				if err := d.HandOver(e.App, e.Record.Id, "", ""); err != nil {
					return err
				}
			}

			return e.Next()
		})
	})
}

func errWorkLeft(counts map[string]any) error {
	return apierr.New(http.StatusConflict, "work_left", "This member still has work in hand. Say who takes it over.", counts)
}

// share is a kind of work, how much there is, and who takes it over; empty: whoever
// does next.
type share struct {
	duty
	count int
	to    string
}

// shares says who takes over what the member has in hand, or what is wrong with that.
func (r *Room) shares(app core.App, member *core.Record, to takers) ([]share, error) {
	var list []share
	for _, d := range r.duties {
		n, err := d.InHand(app, member.Id)
		if err != nil {
			return nil, err
		}
		taker := to.of(d.name)
		switch {
		case n == 0:
			continue // what is left is let go by the change itself
		case taker == "":
			counts, _, err := r.workOf(app, member.Id)

			return nil, orElse(err, errWorkLeft(counts))
		case taker == queue && d.name == "conversations":
			taker = ""
		default:
			if err := takesOver(app, member, d, taker); err != nil {
				return nil, err
			}
		}
		list = append(list, share{d, n, taker})
	}

	return list, nil
}

// handOverAhead hands over most of what one has thousands of, portion by portion,
// before they are let go: others write meanwhile. Each portion is right by itself, so
// whoever is cut off finds a member who has less in hand, and begins again.
func (r *Room) handOverAhead(ctx context.Context, app core.App, member *core.Record, to takers, by string) error {
	for more := true; more; {
		more = false
		err := app.RunInTransaction(func(txApp core.App) error {
			fresh, err := txApp.FindRecordById(collections.Members, member.Id)
			if err != nil || !fresh.GetBool("active") {
				return err
			}
			if err := ownersStay(txApp, fresh); err != nil {
				return err
			}
			shares, err := r.shares(txApp, fresh, to)
			if err != nil {
				return err
			}
			for _, s := range shares {
				if work, ok := s.Work.(Portioned); ok && s.count > portion {
					more = true

					return work.HandOverSome(txApp, member.Id, s.to, by, portion)
				}
			}

			return nil
		})
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}

	return nil
}

// letGo deactivates a member after handing over what they have in hand, in the
// caller's transaction: nothing is left with somebody who can't get in. Those they
// managed are their own manager's from then on.
func (r *Room) letGo(txApp core.App, member *core.Record, to takers, by string) error {
	shares, err := r.shares(txApp, member, to)
	if err != nil {
		return err
	}
	for _, s := range shares {
		if err := s.HandOver(txApp, member.Id, s.to, by); err != nil {
			return err
		}
	}

	below, err := txApp.FindAllRecords(collections.Members, dbx.HashExp{"company": member.GetString("company"), "manager": member.Id})
	if err != nil {
		return err
	}
	for _, one := range below {
		one.Set("manager", member.GetString("manager"))
		one.IgnoreUnchangedFields(true)
		if err := txApp.Save(one); err != nil {
			return err
		}
	}
	member.Set("active", false)
	member.IgnoreUnchangedFields(true)

	return txApp.Save(member)
}

// takesOver checks that a member can take over a kind of work.
func takesOver(app core.App, from *core.Record, d duty, id string) error {
	to, err := app.FindRecordById(collections.Members, id)
	if err != nil || to.GetString("company") != from.GetString("company") || to.Id == from.Id ||
		!to.GetBool("active") || to.GetString("kind") == "key" {
		return apierr.Invalid(d.name, "Name another active member of this company.")
	}
	if !Holds(to, d.permission) {
		return apierr.Invalid(d.name, "This member may not do that work. Choose someone else, or allow it to them first.")
	}

	return nil
}

// memberWork is GET /api/recado/members/{id}/work: what would be left behind.
func (r *Room) memberWork(e *core.RequestEvent) error {
	member, me, err := r.colleague(e)
	if err != nil {
		return err
	}
	if member.Id != me.Id && !Holds(me, "members.manage") {
		return apierr.Forbidden("members.manage")
	}
	counts, _, err := r.workOf(e.App, member.Id)
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, counts)
}

// deactivate is POST /api/recado/members/{id}/deactivate: lets a member go, and
// hands over what they have in hand. Members may let themselves go.
func (r *Room) deactivate(e *core.RequestEvent) error {
	member, me, err := r.colleague(e)
	if err != nil {
		return err
	}
	var form takers
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("", `Send {"to"?: ID, "conversations"?: ID or "queue", "contacts"?: ID, "appointments"?: ID}.`)
	}
	if member.GetString("kind") == "key" {
		return errMemberIsKey()
	}
	if member.Id != me.Id {
		if !Holds(me, "members.manage") {
			return apierr.Forbidden("members.manage")
		}
		if err := withinOwn(e.App, me, member.GetString("role")); err != nil {
			return err
		}
	}

	if err := r.handOverAhead(e.Request.Context(), e.App, member, form, me.Id); err != nil {
		return err
	}
	err = e.App.RunInTransaction(func(txApp core.App) error {
		if member, err = txApp.FindRecordById(collections.Members, member.Id); err != nil {
			return err
		}

		return r.letGo(txApp, member, form, me.Id)
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, member)
}

// colleague is the member of the path, seen from a member of the same company.
func (r *Room) colleague(e *core.RequestEvent) (member, me *core.Record, err error) {
	me, err = Require(e, companyOf(e), "")
	if err != nil {
		return nil, nil, err
	}
	member, err = e.App.FindRecordById(collections.Members, e.Request.PathValue("id"))
	if err != nil || member.GetString("company") != me.GetString("company") {
		return nil, nil, apierr.NotFound("member")
	}

	return member, me, nil
}

func errMemberIsKey() error {
	return apierr.New(http.StatusBadRequest, "member_is_key", "This is an API key, not a person. Change or revoke it among the keys.", nil)
}
