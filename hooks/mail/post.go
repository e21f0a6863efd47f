package mail

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"net/textproto"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/mailer"
	"github.com/pocketbase/pocketbase/tools/routine"
)

// Letter is an e-mail that is as good as a password: a code, a link to an account. It
// is no row, so that it lies in no database and no backup. If the process ends before
// it left, its reader asks for another one.
type Letter struct {
	To, ToName          string
	Subject, HTML, Text string
}

// post is what waits to be sent again.
type post struct {
	mu      sync.Mutex
	waiting []waitingLetter
	pending sync.WaitGroup
}

type waitingLetter struct {
	message  *mailer.Message
	due      time.Time
	attempts int
}

// letterAttempts is how often a letter is tried: what it carries is soon worth nothing.
const letterAttempts = 4

// Post sends a letter now, and again by and by where the server does not take it.
func (r *Room) Post(l Letter) {
	if kept := r.Kept(); kept != "" {
		r.app.Logger().Warn("An e-mail about an account was not sent.", slog.String("why", kept))

		return
	}
	sender := r.Sender()
	_, domain, _ := strings.Cut(sender, "@")
	message := &mailer.Message{
		From:    mail.Address{Name: "Recado", Address: sender},
		To:      []mail.Address{{Name: line(l.ToName), Address: l.To}},
		Subject: line(l.Subject), HTML: l.HTML, Text: l.Text,
		Headers: map[string]string{
			"Message-ID":     fmt.Sprintf("<%s@%s>", core.GenerateDefaultRandomId(), domain),
			"Auto-Submitted": "auto-generated",
		},
	}
	r.post.pending.Add(1)
	routine.FireAndForget(func() {
		defer r.post.pending.Done()
		r.tryLetter(waitingLetter{message: message})
	})
}

func (r *Room) tryLetter(w waitingLetter) {
	problem := r.hand(w.message)
	if problem == nil {
		return
	}
	w.attempts++
	if permanent(problem) || w.attempts >= letterAttempts {
		r.app.Logger().Warn("An e-mail about an account could not be sent.", slog.String("error", problem.Error()))

		return
	}
	w.due = r.deps.Now().Add(backoff << (w.attempts - 1))
	r.post.mu.Lock()
	defer r.post.mu.Unlock()
	r.post.waiting = append(r.post.waiting, w)
}

// postAgain sends the letters that are due again.
func (r *Room) postAgain() {
	now := r.deps.Now()
	r.post.mu.Lock()
	var due, rest []waitingLetter
	for _, w := range r.post.waiting {
		if w.due.After(now) {
			rest = append(rest, w)
		} else {
			due = append(due, w)
		}
	}
	r.post.waiting = rest
	r.post.mu.Unlock()
	for _, w := range due {
		r.tryLetter(w)
	}
}

// Drain waits until every letter was tried.
func (r *Room) Drain() { r.post.pending.Wait() }

// hand gives a message to the server. PocketBase's mailer knows no deadline, so a
// server that hangs is left to itself.
func (r *Room) hand(message *mailer.Message) error {
	done := make(chan error, 1)
	routine.FireAndForget(func() { done <- r.app.NewMailClient().Send(message) })
	select {
	case err := <-done:
		return r.clean(err)
	case <-time.After(r.deps.Patience):
		return errPatience
	}
}

// clean takes the password out of what the server said, which may repeat what it was
// told: it is stored, shown and logged.
func (r *Room) clean(err error) error {
	var said *textproto.Error
	if !errors.As(err, &said) {
		return err
	}
	words := said.Msg
	dashboard := r.app.Settings().SMTP
	for _, login := range [][2]string{{r.deps.SMTP.User, r.deps.SMTP.Password}, {dashboard.Username, dashboard.Password}} {
		user, password := login[0], login[1]
		if password == "" {
			continue
		}
		for _, secret := range []string{base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00" + password)), base64.StdEncoding.EncodeToString([]byte(password)), password} {
			words = strings.ReplaceAll(words, secret, "…")
		}
	}

	return &textproto.Error{Code: said.Code, Msg: words}
}

// errPatience ends a run: a server that doesn't answer would hold up every mail.
var errPatience = errors.New("the mail server did not answer in time")
