package whatsapp

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/channels"
	"recado/hooks/qr"
)

func (r *Room) routes(root *router.Router[*core.RequestEvent]) {
	group := root.Group("/api/recado/channels/{id}")
	group.Bind(apis.RequireAuth(collections.Users))
	group.GET("/link", r.managed(r.viewLink))
	group.POST("/connect", r.managed(r.connect))
	group.POST("/disconnect", r.managed(r.disconnect))
	group.GET("/answering", r.managed(r.answering))
}

// managed lets in whoever manages the channels of the company that the channel
// belongs to.
func (r *Room) managed(do func(e *core.RequestEvent, channel *core.Record) error) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		company := e.Request.URL.Query().Get("company")
		if _, err := r.deps.Require(e, company, "channels.manage"); err != nil {
			return err
		}
		channel, err := e.App.FindRecordById(collections.Channels, e.Request.PathValue("id"))
		if err != nil || channel.GetString("company") != company || channel.GetString("kind") != Kind {
			return apierr.NotFound("channel")
		}

		return do(e, channel)
	}
}

// linkAnswer is how a number is. The codes are for the eyes of who links it.
type linkAnswer struct {
	State   string `json:"state"`
	Since   string `json:"since"` // RFC 3339, or ""
	Reason  string `json:"reason"`
	Number  string `json:"number"`
	QR      string `json:"qr"`      // what the QR code says
	Picture string `json:"picture"` // the code as a data: address of a picture
	Code    string `json:"code"`
	Expires string `json:"expires"`
	Problem string `json:"problem"`
	Waiting int    `json:"waiting"` // messages that wait to be sent

	Cold    budget       `json:"cold"`    // people who never wrote and may be written to
	History historyState `json:"history"` // what was said before the link
}

func (r *Room) viewLink(e *core.RequestEvent, channel *core.Record) error {
	answer, err := r.linkOf(channel)
	if err != nil {
		return err
	}
	e.Response.Header().Set("Cache-Control", "no-store")

	return e.JSON(http.StatusOK, answer)
}

func (r *Room) linkOf(channel *core.Record) (linkAnswer, error) {
	answer := linkAnswer{
		State: channel.GetString("state"), Reason: channel.GetString("state_reason"), Number: channel.GetString("number"),
	}
	if since := channel.GetDateTime("state_since"); !since.IsZero() {
		answer.Since = since.Time().Format(time.RFC3339)
	}
	if n := r.number(channel.Id); n != nil {
		n.mu.Lock()
		answer.State, answer.Reason = n.state, n.reason // also where it could not be written
		answer.QR, answer.Code, answer.Problem = n.link.QR, n.link.Code, n.link.Problem
		if !n.link.Expires.IsZero() {
			answer.Expires = n.link.Expires.UTC().Format(time.RFC3339)
		}
		n.mu.Unlock()
	}
	if answer.QR != "" {
		picture, err := qr.Draw(answer.QR)
		if err != nil {
			return answer, err
		}
		answer.Picture = "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(picture))
	}
	if answer.State == "" {
		answer.State = stateUnlinked
	}
	if answer.State == stateUnlinked { // why linking failed
		answer.Problem, answer.Reason = answer.Reason, ""
	}
	var errs [3]error
	answer.Waiting, errs[0] = channels.Waiting(r.app, channel.Id)
	answer.Cold, errs[1] = r.budgetOf(channel)
	answer.History, errs[2] = r.historyOf(channel)

	return answer, errors.Join(errs[:]...)
}

// connect links a number, or connects again one that is linked and was sent away.
func (r *Room) connect(e *core.RequestEvent, channel *core.Record) error {
	var form struct {
		Phone string `json:"phone"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("body", "Send a JSON object; phone is the number to link by a code, if not by QR.")
	}
	phone := digitsOf(form.Phone)
	switch {
	case form.Phone != "" && (len(phone) < 8 || len(phone) > 15 || phone[0] == '0'):
		return apierr.Invalid("phone", "Give the number in international form, such as +5511987654321.")
	case !channel.GetBool("active"):
		return apierr.New(http.StatusConflict, "channel_off", "This channel is switched off. Switch it on first.", nil)
	case !r.begun.Load():
		return elsewhere()
	}

	if err := r.update(channel.Id, answerNobody); err != nil {
		return err
	}
	if channel.GetString("device") != "" {
		r.supervise(channel, nil)
	} else {
		r.supervise(channel, &wish{phone: phone})
	}

	return r.viewLink(e, channel)
}

func (r *Room) disconnect(e *core.RequestEvent, channel *core.Record) error {
	if err := r.unlink(e.Request.Context(), channel); err != nil {
		return err
	}
	fresh, err := e.App.FindRecordById(collections.Channels, channel.Id)
	if err != nil {
		return err
	}

	return r.viewLink(e, fresh)
}

// answeringMax bounds the list of the preview.
const answeringMax = 20

// answering names the chats that would have been answered without a person in
// the last day, for who is about to switch that on.
func (r *Room) answering(e *core.RequestEvent, channel *core.Record) error {
	mode := e.Request.URL.Query().Get("answer")
	if mode != "new" && mode != "everyone" {
		return apierr.Invalid("answer", "Ask for new or everyone.")
	}
	since := stamp(r.deps.Now().Add(-24 * time.Hour))
	condition := ""
	if mode == "new" {
		condition = " AND contacts.created >= {:since}"
	}
	rows := []answered{}
	err := e.App.ConcurrentDB().NewQuery(`SELECT contacts.id AS contact, contacts.name AS name, contacts.phone AS phone
		FROM conversations JOIN contacts ON contacts.id = conversations.contact
		WHERE conversations.company = {:company} AND conversations.channel = {:channel} AND conversations.last_message_at >= {:since}
			AND conversations.answerer != 'human' AND contacts.bot_off = 0 AND contacts.deleted = ''` + condition + `
			AND EXISTS (SELECT 1 FROM messages WHERE messages.conversation = conversations.id AND messages.direction = 'in' AND messages.at >= {:since})
		ORDER BY conversations.last_message_at DESC LIMIT 1000`).
		Bind(dbx.Params{"company": channel.GetString("company"), "channel": channel.Id, "since": since}).All(&rows)
	if err != nil {
		return err
	}
	total := len(rows)
	if total > answeringMax {
		rows = rows[:answeringMax]
	}

	return e.JSON(http.StatusOK, map[string]any{"total": total, "chats": rows})
}

// answered is a chat that would have been answered.
type answered struct {
	Contact string `db:"contact" json:"contact"`
	Name    string `db:"name" json:"name"`
	Phone   string `db:"phone" json:"phone"`
}

func digitsOf(text string) string {
	return strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}

		return c
	}, text)
}

// Typing shows the customer of a conversation that a person is typing.
func (r *Room) Typing(conversation *core.Record, on bool) {
	client := r.number(conversation.GetString("channel")).ready()
	if client == nil {
		return
	}
	identity, err := r.app.FindRecordById(collections.Identities, conversation.GetString("identity"))
	if err != nil {
		return
	}
	to, ok := jidOf(channels.Address{Kind: identity.GetString("kind"), Value: identity.GetString("value")})
	if !ok {
		return
	}
	go showTypingTo(r.ctx, client, to, on)
}
