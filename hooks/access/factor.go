package access

import (
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/config"
	"recado/hooks/access/totp"
	"recado/hooks/apierr"
	"recado/hooks/limits"
	"recado/hooks/qr"
)

const (
	factorLasts   = 5 * time.Minute
	setUpLasts    = 15 * time.Minute // an app has to be found first
	recoveryCodes = 10
)

// halfSignIn is what a ticket for a second factor remembers.
type halfSignIn struct {
	Method string `json:"method"`
	SetUp  bool   `json:"setUp"` // there is no factor yet, and a company wants one
}

// second refuses a sign-in that needs a second factor, and says how to go on: there
// is no sign-in until then, only a ticket.
func (r *Room) second(e *core.RequestEvent, user *core.Record, method string) error {
	factor, err := factorOf(e.App, user.Id)
	if err != nil {
		return err
	}
	half, lasts := halfSignIn{Method: method}, factorLasts
	code, message := "second_factor", "Enter the code of your authenticator app as well."
	if !confirmed(factor) {
		if must, err := mustHaveFactor(e.App, user.Id); err != nil || !must {
			return err
		}
		half.SetUp, lasts = true, setUpLasts
		code, message = "second_factor_setup", "Your company wants a second factor. Set up an authenticator app first."
	}

	var challenge string
	err = r.app.RunInTransaction(func(txApp core.App) error {
		challenge, _, err = r.issue(txApp, ticket{kind: forFactor, user: user.Id, lasts: lasts, data: half})

		return err
	})
	if err != nil {
		return err
	}

	return apierr.New(http.StatusUnauthorized, code, message, map[string]any{"challenge": challenge})
}

// factorOf is the authenticator app of an account, nil where there is none.
func factorOf(app core.App, user string) (*core.Record, error) {
	factor, err := app.FindFirstRecordByData(collections.AuthFactors, "user", user)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}

	return factor, err
}

func confirmed(factor *core.Record) bool { return factor != nil && factor.GetString("confirmed") != "" }

// mustHaveFactor tells whether a company of the person wants one of its people.
func mustHaveFactor(app core.App, user string) (bool, error) {
	var rows []struct {
		Settings types.JSONRaw `db:"settings"`
	}
	err := app.DB().Select("companies.settings").From(collections.Companies).
		InnerJoin(collections.Members, dbx.NewExp("members.company = companies.id")).
		Where(dbx.HashExp{"members.user": user, "members.active": true}).All(&rows)

	return slices.ContainsFunc(rows, func(row struct {
		Settings types.JSONRaw `db:"settings"`
	},
	) bool {
		var s struct {
			Require bool `json:"require_two_factor"`
		}
		_ = json.Unmarshal(row.Settings, &s)

		return s.Require
	}), err
}

// lacksFactor tells whether a sign-in may not go on: a company wants a second factor
// by now, and there is none.
func lacksFactor(app core.App, user string) (bool, error) {
	must, err := mustHaveFactor(app, user)
	if err != nil || !must {
		return false, err
	}
	factor, err := factorOf(app, user)

	return !confirmed(factor), err
}

// secret of a new app, as its owner sees it once.
type newSecret struct {
	Secret string `json:"secret"`
	URI    string `json:"uri"`
	QR     string `json:"qr"` // SVG
}

// newFactor makes a secret for the account, which counts when a code of it was shown.
func (r *Room) newFactor(txApp core.App, user *core.Record) (newSecret, error) {
	factor, err := factorOf(txApp, user.Id)
	if err != nil {
		return newSecret{}, err
	}
	if confirmed(factor) {
		return newSecret{}, apierr.New(http.StatusConflict, "factor_there", "You have an authenticator app already. Remove it first.", nil)
	}
	if factor == nil {
		collection, err := txApp.FindCachedCollectionByNameOrId(collections.AuthFactors)
		if err != nil {
			return newSecret{}, err
		}
		factor = core.NewRecord(collection)
		factor.Id = core.GenerateDefaultRandomId()
		factor.Set("user", user.Id)
	}

	key, err := r.deps.Key()
	if err != nil {
		return newSecret{}, err
	}
	secret := []byte(security.RandomString(totp.SecretLength))
	sealed, err := key.Seal(string(secret), config.SealedPlace(collections.AuthFactors, factor.Id, "secret"))
	if err != nil {
		return newSecret{}, err
	}
	factor.Load(map[string]any{"secret": sealed, "step": 0, "recovery": []string{}, "recovery_left": 0})
	address := totp.Address(secret, "Recado", user.Email())
	picture, err := qr.Draw(address)
	if err != nil {
		return newSecret{}, err
	}

	return newSecret{totp.Text(secret), address, picture}, txApp.Save(factor)
}

// prove holds a code of the app, or a recovery code, against the factor, and uses it
// up in the caller's transaction: of two who come with the same one, one wins.
func (r *Room) prove(txApp core.App, factor *core.Record, code string) (bool, error) {
	code = strings.ToLower(strings.NewReplacer(" ", "", "-", "").Replace(code))
	if len(code) == codeLength && strings.Trim(code, "0123456789") == "" {
		key, err := r.deps.Key()
		if err != nil {
			return false, err
		}
		secret, err := key.Open(factor.GetString("secret"), config.SealedPlace(collections.AuthFactors, factor.Id, "secret"))
		if err != nil {
			return false, err
		}
		step, ok := totp.Match([]byte(secret), code, r.deps.Now(), int64(factor.GetInt("step")))
		if !ok {
			return false, nil
		}
		factor.Set("step", step)

		return true, txApp.Save(factor)
	}

	if !confirmed(factor) {
		return false, nil
	}
	left := factor.GetStringSlice("recovery")
	at := slices.Index(left, hash(code))
	if at < 0 {
		return false, nil
	}
	setRecovery(factor, slices.Delete(slices.Clone(left), at, at+1))

	return true, txApp.Save(factor)
}

func setRecovery(factor *core.Record, hashes []string) {
	factor.Set("recovery", hashes)
	factor.Set("recovery_left", len(hashes))
}

// newRecovery gives the factor new recovery codes, to be shown once, in the place of
// those it had.
func newRecovery(factor *core.Record) []string {
	codes, hashes := make([]string, recoveryCodes), make([]string, recoveryCodes)
	for i := range codes {
		code := security.RandomStringWithAlphabet(12, "abcdefghjkmnpqrstuvwxyz23456789")
		codes[i] = code[:4] + "-" + code[4:8] + "-" + code[8:]
		hashes[i] = hash(code)
	}
	setRecovery(factor, hashes)

	return codes
}

// confirm makes a factor count, once a code of it is right.
func (r *Room) confirm(txApp core.App, factor *core.Record, code string) (recovery []string, ok bool, err error) {
	if ok, err = r.prove(txApp, factor, code); err != nil || !ok {
		return nil, ok, err
	}
	at, err := types.ParseDateTime(r.deps.Now())
	if err != nil {
		return nil, false, err
	}
	factor.Set("confirmed", at)
	recovery = newRecovery(factor)
	user, err := txApp.FindRecordById(collections.Users, factor.GetString("user"))
	if err != nil {
		return nil, false, err
	}
	if err := r.note(txApp, user, "second_factor_on"); err != nil {
		return nil, false, err
	}

	return recovery, true, txApp.Save(factor)
}

func errCode() error {
	return apierr.New(http.StatusBadRequest, "code_wrong", "This code is not right, or was used already. Wait for the next one.", map[string]any{"field": "code"})
}

// signInByFactor is POST /api/recado/sessions/factor: the second half of a sign-in.
// Where a company wants a factor that was just set up, the answer has its recovery
// codes.
func (r *Room) signInByFactor(e *core.RequestEvent) error {
	var form struct {
		Challenge string `json:"challenge"`
		Code      string `json:"code"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("code", `Send {"challenge", "code": of the app, or a recovery code}.`)
	}
	row, err := r.ticketOf(e.App, forFactor, form.Challenge)
	if err != nil {
		return err
	}
	proven, err := r.attempt(e, limits.SignIn, forFactor+" "+row.GetString("user"))
	if err != nil {
		return err
	}

	var user *core.Record
	var half halfSignIn
	var recovery []string
	var refused error
	err = e.App.RunInTransaction(func(txApp core.App) error {
		row, err := r.ticketOf(txApp, forFactor, form.Challenge)
		if err != nil {
			return err
		}
		if err := row.UnmarshalJSONField("data", &half); err != nil {
			return err
		}
		if user, err = txApp.FindRecordById(collections.Users, row.GetString("user")); err != nil {
			return err
		}
		factor, err := factorOf(txApp, user.Id)
		if err != nil {
			return err
		}
		ok := false
		switch {
		case factor == nil || row.GetInt("tries") >= codeTries:
		case half.SetUp && !confirmed(factor):
			recovery, ok, err = r.confirm(txApp, factor, form.Code)
		default:
			ok, err = r.prove(txApp, factor, form.Code)
		}
		if err != nil {
			return err
		}
		if !ok {
			refused = errCode()

			return countTry(txApp, row)
		}

		return txApp.Delete(row)
	})
	if err := orElse(err, refused); err != nil {
		return err
	}
	proven()
	if err := r.welcome(e.App, user, e.Request.URL.Query().Get("invite")); err != nil {
		return err
	}
	s, err := r.begin(e, user, half.Method, time.Time{})
	if err != nil {
		return err
	}
	parts := map[string]any{}
	if recovery != nil {
		parts["recovery"] = recovery
	}

	return s.answer(e, user, parts)
}

// setUpFactor is POST /api/recado/sessions/factor/setup: the secret of an app, for who
// can't sign in without one. A code of it then goes to sessions/factor.
func (r *Room) setUpFactor(e *core.RequestEvent) error {
	var form struct {
		Challenge string `json:"challenge"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("challenge", `Send {"challenge": what the sign-in answered}.`)
	}
	var made newSecret
	err := e.App.RunInTransaction(func(txApp core.App) error {
		row, err := r.ticketOf(txApp, forFactor, form.Challenge)
		if err != nil {
			return err
		}
		var half halfSignIn
		if err := row.UnmarshalJSONField("data", &half); err != nil {
			return err
		}
		if !half.SetUp {
			return apierr.New(http.StatusConflict, "factor_there", "You have an authenticator app already. Remove it first.", nil)
		}
		user, err := txApp.FindRecordById(collections.Users, row.GetString("user"))
		if err != nil {
			return err
		}
		made, err = r.newFactor(txApp, user)

		return err
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, made)
}

// makeFactor is POST /api/recado/me/totp: the secret of an app, for the password.
func (r *Room) makeFactor(e *core.RequestEvent) error {
	var form struct {
		Password string `json:"password"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("password", `Send {"password"}.`)
	}
	user, err := r.proveSelf(e, form.Password)
	if err != nil {
		return err
	}
	var made newSecret
	err = e.App.RunInTransaction(func(txApp core.App) error {
		made, err = r.newFactor(txApp, user)

		return err
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, made)
}

// confirmFactor is POST /api/recado/me/totp/confirm: from the first right code on the
// app is asked for at each sign-in.
func (r *Room) confirmFactor(e *core.RequestEvent) error {
	return r.withFactor(e, nil, func(txApp core.App, factor *core.Record, code string) ([]string, bool, error) {
		if confirmed(factor) {
			return nil, false, apierr.New(http.StatusConflict, "factor_there", "You have an authenticator app already. Remove it first.", nil)
		}

		return r.confirm(txApp, factor, code)
	})
}

// renewRecovery is POST /api/recado/me/totp/recovery: new recovery codes.
func (r *Room) renewRecovery(e *core.RequestEvent) error {
	return r.withFactor(e, r.proveSelf, func(txApp core.App, factor *core.Record, code string) ([]string, bool, error) {
		ok, err := r.prove(txApp, factor, code)
		if err != nil || !ok || !confirmed(factor) {
			return nil, false, err
		}
		codes := newRecovery(factor)

		return codes, true, txApp.Save(factor)
	})
}

// removeFactor is POST /api/recado/me/totp/remove: for the password and a code.
func (r *Room) removeFactor(e *core.RequestEvent) error {
	return r.withFactor(e, r.proveSelf, func(txApp core.App, factor *core.Record, code string) ([]string, bool, error) {
		must, err := mustHaveFactor(txApp, factor.GetString("user"))
		if err != nil {
			return nil, false, err
		}
		if must {
			return nil, false, apierr.New(http.StatusConflict, "factor_required", "A company you work in wants a second factor of everybody.", nil)
		}
		ok, err := r.prove(txApp, factor, code)
		if err != nil || !ok {
			return nil, false, err
		}

		if err := r.note(txApp, e.Auth, "second_factor_off"); err != nil {
			return nil, false, err
		}

		return nil, true, txApp.Delete(factor)
	})
}

// withFactor does something to the app of who is signed in, for a code and, where
// proving is given, the password. It answers with the recovery codes there are to show.
func (r *Room) withFactor(e *core.RequestEvent, proving func(*core.RequestEvent, string) (*core.Record, error),
	do func(txApp core.App, factor *core.Record, code string) (recovery []string, ok bool, err error),
) error {
	var form struct {
		Password string `json:"password"`
		Code     string `json:"code"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("code", `Send {"password", "code": of the app}.`)
	}
	if e.Auth == nil || SessionOf(e) == "" {
		return errSignIn()
	}
	if proving != nil {
		if _, err := proving(e, form.Password); err != nil {
			return err
		}
	}
	proven, err := r.attempt(e, limits.SignIn, forFactor+" "+e.Auth.Id)
	if err != nil {
		return err
	}

	var recovery []string
	err = e.App.RunInTransaction(func(txApp core.App) error {
		factor, err := factorOf(txApp, e.Auth.Id)
		if err != nil {
			return err
		}
		if factor == nil {
			return apierr.NotFound("authenticator app")
		}
		ok := false
		if recovery, ok, err = do(txApp, factor, form.Code); err == nil && !ok {
			err = errCode()
		}

		return err
	})
	if err != nil {
		return err
	}
	proven()
	if recovery == nil {
		return e.NoContent(http.StatusNoContent)
	}

	return e.JSON(http.StatusOK, map[string]any{"recovery": recovery})
}
