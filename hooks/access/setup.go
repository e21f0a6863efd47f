package access

import (
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"recado/hooks/apierr"
)

// setupMark is the row of PocketBase's table of parameters that says that set-up
// was done. It outlives what set-up made.
const setupMark = "recado_setup"

// Setup is what the first run asks.
type Setup struct {
	Code    string     `json:"code"`
	Owner   Account    `json:"owner"`
	Company NewCompany `json:"company"`
	Agenda  NewAgenda  `json:"agenda"`
	Widget  Widget     `json:"widget"`
}

// SetUp is what the first run made. The superuser's password is nowhere else.
type SetUp struct {
	Created
	User              *core.Record
	SuperuserEmail    string
	SuperuserPassword string
}

// Do makes the owner's account, the company and a superuser for the dashboard,
// in one transaction. It happens once in the life of a database: afterwards
// setup_done (403). Of many at once, one wins.
func (s Setup) Do(app core.App) (SetUp, error) {
	s.Owner.Email = strings.TrimSpace(s.Owner.Email)
	if err := s.Owner.check("owner."); err != nil {
		return SetUp{}, err
	}
	s.Company.Agenda, s.Company.Widget = s.Agenda, s.Widget

	var done SetUp
	err := app.RunInTransaction(func(txApp core.App) error {
		if needed, err := SetupNeeded(txApp); err != nil || !needed {
			return orElse(err, errSetupDone())
		}
		if _, err := txApp.DB().Insert("_params", dbx.Params{"id": setupMark, "value": "{}"}).Execute(); err != nil {
			return err
		}

		var err error
		if done.User, err = createUser(txApp, s.Owner, s.Company.Locale); err != nil {
			return err
		}
		if done.Created, err = CreateCompany(txApp, s.Company, done.User); err != nil {
			return err
		}

		if err := introduce(txApp, done.User, s.Owner); err != nil {
			return err
		}
		done.SuperuserEmail, done.SuperuserPassword = done.User.Email(), newPassword()

		return upsertSuperuser(txApp, done.SuperuserEmail, done.SuperuserPassword)
	})

	return done, err
}

// SetupNeeded tells whether this database has never been set up.
func SetupNeeded(app core.App) (bool, error) {
	var done int
	err := app.DB().NewQuery(`SELECT (SELECT count(*) FROM {{_params}} WHERE [[id]] = {:mark}) + (SELECT count(*) FROM {{companies}})`).
		Bind(dbx.Params{"mark": setupMark}).Row(&done)

	return done == 0, err
}

// upsertSuperuser: whoever prepared the data folder may have made one already.
func upsertSuperuser(txApp core.App, email, password string) error {
	superuser, err := txApp.FindAuthRecordByEmail(core.CollectionNameSuperusers, email)
	if err != nil {
		collection, err := txApp.FindCachedCollectionByNameOrId(core.CollectionNameSuperusers)
		if err != nil {
			return err
		}
		superuser = core.NewRecord(collection)
		superuser.SetEmail(email)
	}
	superuser.SetPassword(password)

	return txApp.Save(superuser)
}

// setupState is GET /api/recado/setup.
func (r *Room) setupState(e *core.RequestEvent) error {
	needed, err := SetupNeeded(e.App)
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]bool{"needed": needed, "codeRequired": needed && r.codeRequired()})
}

// setup is POST /api/recado/setup. One at a time: making passwords is slow, and
// all but the first would be in vain.
func (r *Room) setup(e *core.RequestEvent) error {
	r.mu.Lock()
	defer r.mu.Unlock()

	if needed, err := SetupNeeded(e.App); err != nil || !needed {
		return orElse(err, errSetupDone())
	}

	var form Setup
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("", "Send the set-up as JSON.")
	}
	if !r.loopback && !r.codeMatches(form.Code) {
		return apierr.New(http.StatusForbidden, "setup_code", "Enter the code that Recado printed when it started.", map[string]any{"field": "code"})
	}

	done, err := form.Do(e.App)
	if err != nil {
		return err
	}

	return r.signedIn(e, done.User, "setup", map[string]any{
		"company": done.Company, "channel": done.Channel,
		"superuser": map[string]string{"email": done.SuperuserEmail, "password": done.SuperuserPassword},
	})
}

// codeMatches is forgiving about case and the dash people read into it.
func (r *Room) codeMatches(code string) bool {
	given := strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))

	return r.code != "" && subtle.ConstantTimeCompare([]byte(given), []byte(r.code)) == 1
}

func (r *Room) codeRequired() bool {
	r.mu.Lock()
	defer r.mu.Unlock()

	return !r.loopback
}

// announceSetup prints the code where the wizard asks for one.
func (r *Room) announceSetup(e *core.ServeEvent) {
	r.mu.Lock()
	defer r.mu.Unlock()

	if e.Server != nil && e.Server.Addr != "" && !loopback(e.Server.Addr) {
		r.loopback = false
	}
	needed, err := SetupNeeded(e.App)
	if err != nil || !needed || r.loopback {
		return
	}

	r.code = security.RandomStringWithAlphabet(8, "ABCDEFGHJKMNPQRSTUVWXYZ23456789")
	fmt.Fprintf(r.deps.Out, "Set-up code: %s-%s (asked for by the wizard in the browser)\n", r.code[:4], r.code[4:])
}

// loopback tells whether only this machine reaches the address host:port.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)

	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func errSetupDone() error {
	return apierr.New(http.StatusForbidden, "setup_done", "Recado has been set up already. Sign in.", nil)
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}

	return otherwise
}
