package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/mailer"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
)

const (
	claim    = 2 * time.Minute // a claim older than this belongs to a process that died
	attempts = 8
	backoff  = 30 * time.Second // doubled with every attempt: the last one is after an hour
	batch    = 50
)

// Tick sends what is due.
func (r *Room) Tick(ctx context.Context) error {
	if r.Kept() != "" {
		return nil
	}
	r.postAgain()

	var ids []string
	err := r.app.DB().Select("m.id").From(collections.Mails+" m").
		InnerJoin(collections.Companies+" c", dbx.NewExp("c.id = m.company AND c.active = 1")).
		Where(dbx.NewExp("m.status = 'queued'")).AndWhere(due("m.", r.deps.Now())).
		OrderBy("m.due").Limit(batch).Column(&ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if ctx.Err() != nil {
			return nil
		}
		if err := r.deliver(id); errors.Is(err, errPatience) {
			return nil // it is on the row; the rest is for the next run
		} else if err != nil {
			return err
		}
	}

	return nil
}

func due(table string, now time.Time) dbx.Expression {
	return dbx.NewExp(table+"due <= {:now} AND "+table+"claimed_until <= {:now}", dbx.Params{"now": stamp(now)})
}

func queuedOf(appointment string) dbx.Expression {
	return dbx.HashExp{"appointment": appointment, "status": "queued"}
}

// stamp is a moment as PocketBase stores it.
func stamp(t time.Time) string { return t.UTC().Format(types.DefaultDateLayout) }

// deliver sends one mail, for this process alone. One that can't be sent now is
// due again later; after too many tries, or where the server refuses it for
// good, it has failed. The error is a fault of the database, or errPatience.
func (r *Room) deliver(id string) error {
	now := r.deps.Now()
	result, err := r.app.DB().Update(collections.Mails, dbx.Params{"claimed_until": stamp(now.Add(claim))},
		dbx.And(dbx.HashExp{"id": id, "status": "queued"}, due("", now))).Execute()
	if err != nil {
		return err
	}
	if claimed, _ := result.RowsAffected(); claimed == 0 {
		return nil // another process was faster, or it is superseded
	}

	row, err := r.app.FindRecordById(collections.Mails, id)
	if err != nil {
		return err
	}
	problem := r.send(row)
	if err := r.finish(id, problem); err != nil {
		return err
	}
	if errors.Is(problem, errPatience) {
		return errPatience
	}

	return nil
}

// finish records how an attempt ended.
func (r *Room) finish(id string, problem error) error {
	return r.app.RunInTransaction(func(txApp core.App) error {
		row, err := txApp.FindRecordById(collections.Mails, id)
		if err != nil {
			return err
		}
		attempt := row.GetInt("attempts") + 1
		row.Load(map[string]any{"attempts": attempt, "claimed_until": ""})
		switch {
		case problem == nil:
			row.Load(map[string]any{"status": "sent", "sent_at": r.deps.Now().UTC(), "error": ""})
		case row.GetString("status") != "queued": // superseded meanwhile
		case permanent(problem) || attempt >= attempts:
			row.Load(map[string]any{"status": "failed", "error": cut(problem.Error(), 1000)})
			r.app.Logger().Warn("A mail could not be sent.", slog.String("mail", id), slog.String("error", problem.Error()))
		default:
			row.Load(map[string]any{"error": cut(problem.Error(), 1000), "due": r.deps.Now().Add(backoff << (attempt - 1)).UTC()})
		}

		return save(txApp, row)
	})
}

// permanent: the server refuses this mail, and will refuse it again. Being
// refused oneself (a wrong password) is put right by an administrator.
func permanent(err error) bool {
	var answer *textproto.Error
	if !errors.As(err, &answer) {
		return false
	}
	switch answer.Code {
	case 530, 534, 535, 538:
		return false
	default:
		return answer.Code >= 500
	}
}

// send hands the mail to the server. What a server that hung took after all comes
// again under the same Message-ID.
func (r *Room) send(row *core.Record) error {
	message, err := r.message(row)
	if err != nil {
		return err
	}

	return r.hand(message)
}

func (r *Room) message(row *core.Record) (*mailer.Message, error) {
	var content body
	if err := row.UnmarshalJSONField("body", &content); err != nil || content.HTML == "" {
		return nil, errors.New("the text of this mail is gone")
	}
	company, err := r.app.FindRecordById(collections.Companies, row.GetString("company"))
	if err != nil {
		return nil, err
	}

	sender := r.Sender()
	_, domain, _ := strings.Cut(sender, "@")
	message := &mailer.Message{
		From:    mail.Address{Name: line(company.GetString("name")), Address: sender},
		To:      []mail.Address{{Name: line(row.GetString("to_name")), Address: row.GetString("to")}},
		Subject: line(row.GetString("subject")),
		HTML:    content.HTML, Text: content.Text,
		Headers: map[string]string{
			"Message-ID":     fmt.Sprintf("<%s@%s>", row.Id, domain),
			"Auto-Submitted": "auto-generated",
		},
	}
	if content.ICS != "" {
		message.Attachments = map[string]io.Reader{"invite.ics": strings.NewReader(content.ICS)}
	}

	return message, nil
}

// line keeps what people typed from becoming headers.
func line(text string) string { return strings.Join(strings.Fields(text), " ") }
