package access

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
)

// What a ticket is for.
const (
	forReset  = "reset"   // a new password, by link or code
	forSignIn = "sign_in" // a sign-in by an e-mailed code
	forFactor = "factor"  // the second half of a sign-in
	forEmail  = "email"   // another e-mail address
	forVerify = "verify"  // the address that the account has
	forSignup = "signup"  // an account to be
	forAlarm  = "alarm"   // "it wasn't me"
)

const (
	codeLasts  = 10 * time.Minute
	codeTries  = 5
	codeLength = 6
)

// ticket is a right for a short time. Whoever shows its token, or for its subject its
// code, has it; both are random and stored as hashes only.
type ticket struct {
	kind    string
	user    string // empty: an address without an account, whose ticket opens nothing
	subject string // see subjectOf; empty where there is no code
	lasts   time.Duration
	data    any
}

// subjectOf is how an e-mail address stands in a ticket.
func subjectOf(email string) string { return hash("address " + normal(email)) }

// normal is the form in which e-mail addresses are compared and counted.
func normal(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// issue makes a ticket in the caller's transaction; one of the same kind for the
// same subject is good for nothing any more.
func (r *Room) issue(txApp core.App, t ticket) (token, code string, err error) {
	if t.subject != "" {
		_, err := txApp.DB().Delete(collections.AuthTickets, dbx.HashExp{"subject": t.subject, "kind": t.kind}).Execute()
		if err != nil {
			return "", "", err
		}
	}
	collection, err := txApp.FindCachedCollectionByNameOrId(collections.AuthTickets)
	if err != nil {
		return "", "", err
	}

	row := core.NewRecord(collection)
	row.Id = core.GenerateDefaultRandomId()
	token = security.RandomString(40)
	code = security.RandomStringWithAlphabet(codeLength, "0123456789")
	expires, err := types.ParseDateTime(r.deps.Now().Add(t.lasts))
	if err != nil {
		return "", "", err
	}
	row.Load(map[string]any{
		"kind": t.kind, "user": t.user, "subject": t.subject, "expires": expires, "data": t.data, "token_hash": hash(token),
	})
	if t.subject != "" {
		sealed, err := r.codeHash(row.Id, code)
		if err != nil {
			return "", "", err
		}
		row.Set("code_hash", sealed)
	}

	return token, code, txApp.SaveNoValidate(row)
}

// codeHash is how a code is stored: six digits are soon guessed from a hash that
// needs no key.
func (r *Room) codeHash(ticket, code string) (string, error) {
	key, err := r.codeKey()
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(ticket + " " + code))

	return hex.EncodeToString(mac.Sum(nil)), nil
}

// ticketOf finds what a token is good for; link_gone (410) where there is nothing.
func (r *Room) ticketOf(app core.App, kind, token string) (*core.Record, error) {
	row, err := app.FindFirstRecordByFilter(collections.AuthTickets, "token_hash = {:hash} && kind = {:kind}",
		dbx.Params{"hash": hash(token), "kind": kind})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if err != nil || !r.deps.Now().Before(row.GetDateTime("expires").Time()) {
		return nil, apierr.New(http.StatusGone, "link_gone", "This was used already, or is too old. Ask for a new one.", nil)
	}

	return row, nil
}

// try holds a code against the ticket of a subject, in the caller's transaction. A
// wrong one is counted on the row, so refused is no error of the transaction.
func (r *Room) try(txApp core.App, kind, subject, code string) (row *core.Record, refused, err error) {
	wrong := apierr.New(http.StatusBadRequest, "code_wrong", "This code is not right, or not good any more. Ask for a new one.", map[string]any{"field": "code"})

	row, err = txApp.FindFirstRecordByFilter(collections.AuthTickets, "subject = {:subject} && kind = {:kind}",
		dbx.Params{"subject": subject, "kind": kind})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, wrong, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if row.GetString("code_hash") == "" || row.GetInt("tries") >= codeTries || !r.deps.Now().Before(row.GetDateTime("expires").Time()) {
		return nil, wrong, nil
	}
	given, err := r.codeHash(row.Id, strings.Join(strings.Fields(code), ""))
	if err != nil {
		return nil, nil, err
	}
	// a code that is right for an address without an account is as wrong as any
	if subtle.ConstantTimeCompare([]byte(given), []byte(row.GetString("code_hash"))) != 1 || row.GetString("user") == "" {
		return nil, wrong, countTry(txApp, row)
	}

	return row, nil, nil
}

// countTry notes a wrong code on the ticket it was tried for.
func countTry(txApp core.App, row *core.Record) error {
	row.Set("tries", row.GetInt("tries")+1)
	row.IgnoreUnchangedFields(true)

	return txApp.SaveNoValidate(row)
}

// forgetTickets removes those that are over.
func (r *Room) forgetTickets() error {
	now, err := types.ParseDateTime(r.deps.Now())
	if err != nil {
		return err
	}
	_, err = r.app.DB().Delete(collections.AuthTickets, dbx.NewExp("expires <= {:now}", dbx.Params{"now": now.String()})).Execute()

	return err
}
