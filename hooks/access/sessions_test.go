package access_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/recadotest"
)

// device is a browser that someone signed in on.
type device struct {
	app            *recadotest.App
	token, refresh string
	session        string
}

// signIn is what a browser does, with the account's password.
func signIn(t *testing.T, app *recadotest.App, user *core.Record) *device {
	t.Helper()
	answer := app.Do(http.MethodPost, "/api/collections/users/auth-with-password", "", map[string]any{
		"identity": user.Email(), "password": recadotest.Password,
	}).Must(t, http.StatusOK)
	meta, _ := answer.JSON["meta"].(map[string]any)

	return &device{app, answer.JSON["token"].(string), meta["refresh"].(string), meta["session"].(string)}
}

// me is the status of asking who one is.
func (d *device) me() recadotest.Response {
	return d.app.Do(http.MethodGet, "/api/recado/me", d.token, nil)
}

func (d *device) renew() recadotest.Response {
	return d.app.Do(http.MethodPost, "/api/recado/sessions/refresh", "", map[string]any{"refresh": d.refresh})
}

func (d *device) take(answer recadotest.Response) {
	d.token, d.refresh = answer.JSON["token"].(string), answer.JSON["refresh"].(string)
}

func (d *device) revoke(t *testing.T, body map[string]any) {
	t.Helper()
	d.app.Do(http.MethodPost, "/api/recado/sessions/revoke", d.token, body).Must(t, http.StatusNoContent)
}

// Parity: LS-auth-logout, LC-auth, DC-auth, WT-auth, WB-auth.
func TestASignInIsListedAndEnded(t *testing.T) {
	app := recadotest.New(t, nil, "RECADO_SESSION_ADDRESSES=on")
	company := app.Company()
	user := company.Member("agent").User
	for _, row := range sessionsOf(t, app, user) {
		if err := app.Delete(row); err != nil { // the one the helper began
			t.Fatal(err)
		}
	}
	office, home, phone := signIn(t, app, user), signIn(t, app, user), signIn(t, app, user)
	stranger := signIn(t, app, company.Member("owner").User)

	list := app.Do(http.MethodGet, "/api/collections/auth_sessions/records?sort=-last_seen", office.token, nil).Must(t, http.StatusOK)
	if got := len(list.Items()); got != 3 {
		t.Fatalf("%d sign-ins, want 3: %s", got, list.Raw)
	}
	row := app.Reload(sessionsOf(t, app, user)[0])
	if row.GetString("address") == "" || row.GetString("kind") != "sign_in" || row.GetString("method") != "password" {
		t.Errorf("the row says %v", row.PublicExport())
	}
	for _, secret := range []string{"refresh_hash", "family_hash", row.GetString("refresh_hash")} {
		if strings.Contains(string(list.Raw), secret) {
			t.Errorf("the list shows %s", secret)
		}
	}

	app.Do(http.MethodPost, "/api/recado/sessions/revoke", stranger.token, map[string]any{"session": home.session}).Must(t, http.StatusNotFound)
	home.me().Must(t, http.StatusOK)

	office.revoke(t, map[string]any{"session": home.session})
	if got := home.me(); got.Status != http.StatusUnauthorized || got.Code() != "session_expired" {
		t.Errorf("an ended sign-in: %d %s", got.Status, got.Raw)
	}
	// PocketBase shows a guest an empty list; who was signed out is told.
	app.Do(http.MethodGet, company.Records(collections.Contacts), home.token, nil).Must(t, http.StatusUnauthorized)
	home.renew().Must(t, http.StatusUnauthorized)

	office.revoke(t, map[string]any{"others": true})
	phone.me().Must(t, http.StatusUnauthorized)
	office.me().Must(t, http.StatusOK)
	office.revoke(t, map[string]any{})
	office.me().Must(t, http.StatusUnauthorized)
	stranger.me().Must(t, http.StatusOK)

	again, more := signIn(t, app, user), signIn(t, app, user)
	again.revoke(t, map[string]any{"all": true})
	again.me().Must(t, http.StatusUnauthorized)
	more.me().Must(t, http.StatusUnauthorized)

	// A token that is good for nothing does not keep its bearer from signing in.
	app.Do(http.MethodPost, "/api/collections/users/auth-with-password", again.token, map[string]any{
		"identity": user.Email(), "password": recadotest.Password,
	}).Must(t, http.StatusOK)
}

// sessionsOf are the sign-ins of a user.
func sessionsOf(t *testing.T, app *recadotest.App, user *core.Record) []*core.Record {
	t.Helper()
	rows, err := app.FindAllRecords(collections.AuthSessions, dbx.HashExp{"user": user.Id})
	if err != nil {
		t.Fatal(err)
	}

	return rows
}

// Parity: LC-auth, WB-auth, WT-auth.
func TestARefreshIsGoodOnce(t *testing.T) {
	app := recadotest.New(t, nil)
	d := signIn(t, app, app.Company().Member("agent").User)

	first := *d
	d.take(d.renew().Must(t, http.StatusOK))
	d.me().Must(t, http.StatusOK)
	second := *d
	d.take(d.renew().Must(t, http.StatusOK))

	if got := first.renew(); got.Status != http.StatusUnauthorized || got.Code() != "refresh_reused" {
		t.Fatalf("an old one: %d %s", got.Status, got.Raw)
	}
	d.me().Must(t, http.StatusUnauthorized)
	d.renew().Must(t, http.StatusUnauthorized)
	second.renew().Must(t, http.StatusUnauthorized)

	for _, wrong := range []string{"", "x", "a.b.c", d.session + ".guess.guess", d.refresh + "x.y"} {
		got := app.Do(http.MethodPost, "/api/recado/sessions/refresh", "", map[string]any{"refresh": wrong})
		if got.Status != http.StatusUnauthorized && got.Status != http.StatusBadRequest {
			t.Errorf("%q: %d", wrong, got.Status)
		}
	}

	// Who knows the sign-in but not its family can't end it.
	d = signIn(t, app, app.Company().Member("agent").User)
	app.Do(http.MethodPost, "/api/recado/sessions/refresh", "", map[string]any{"refresh": d.session + ".guess.guess"}).Must(t, http.StatusUnauthorized)
	d.renew().Must(t, http.StatusOK)
}

// Parity: LC-auth.
func TestOfManyRefreshesAtOnceOneWins(t *testing.T) {
	app := recadotest.New(t, nil)
	user := app.Company().Member("agent").User

	for range 10 {
		d := signIn(t, app, user)
		var won sync.Map
		var group sync.WaitGroup
		for i := range 4 {
			group.Go(func() {
				if got := d.renew(); got.Status == http.StatusOK {
					won.Store(i, got)
				} else if code := got.Code(); code != "refresh_used" && code != "refresh_reused" && code != "session_expired" {
					t.Errorf("a loser is told %d %s", got.Status, got.Raw)
				}
			})
		}
		group.Wait()
		wins := 0
		won.Range(func(any, any) bool { wins++; return true })
		if wins != 1 {
			t.Fatalf("%d of 4 won", wins)
		}
	}
}

// Parity: LC-auth, LC-prefs, DC-auth.
func TestSignInsEndByThemselves(t *testing.T) {
	clock := recadotest.NewClock(time.Now())
	app := recadotest.New(t, clock.Now)
	company := app.Company()
	user := company.Member("agent").User
	day := 24 * time.Hour

	t.Run("when nobody renews them", func(t *testing.T) {
		d := signIn(t, app, user)
		clock.Advance(6 * day)
		d.take(d.renew().Must(t, http.StatusOK)) // seven days from now on
		clock.Advance(6 * day)
		d.me().Must(t, http.StatusOK)
		clock.Advance(day)
		d.me().Must(t, http.StatusUnauthorized)
		if got := d.renew(); got.Code() != "session_expired" {
			t.Errorf("renewing it: %s", got.Raw)
		}
	})

	t.Run("when they rest, as their owner wants it", func(t *testing.T) {
		d := signIn(t, app, user)
		app.Do(http.MethodPatch, "/api/collections/users/records/"+user.Id, d.token, map[string]any{
			"preferences": map[string]any{"session_idle_minutes": 30},
		}).Must(t, http.StatusOK)
		for range 3 {
			clock.Advance(29 * time.Minute)
			d.me().Must(t, http.StatusOK)
		}
		if err := app.Access.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		clock.Advance(29 * time.Minute)
		if err := app.Access.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.me().Must(t, http.StatusOK)
		clock.Advance(30 * time.Minute)
		d.me().Must(t, http.StatusUnauthorized)
	})

	t.Run("or as a company of theirs wants it, whichever is shorter", func(t *testing.T) {
		d := signIn(t, app, user)
		fresh := app.Reload(company.Record)
		fresh.Set("settings", map[string]any{"session_idle_minutes": 5})
		if err := app.Save(fresh); err != nil {
			t.Fatal(err)
		}
		clock.Advance(4 * time.Minute)
		d.me().Must(t, http.StatusOK)
		clock.Advance(5 * time.Minute)
		if err := app.Access.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := app.FindRecordById(collections.AuthSessions, d.session); err == nil {
			t.Error("the row of a sign-in that is over stays")
		}
		d.me().Must(t, http.StatusUnauthorized)
	})
}

// TestLastSeenIsWrittenByTheMinute: requests write nothing.
func TestLastSeenIsWrittenByTheMinute(t *testing.T) {
	clock := recadotest.NewClock(time.Now())
	app := recadotest.New(t, clock.Now)
	d := signIn(t, app, app.Company().Member("agent").User)
	written := func() time.Time {
		row, err := app.FindRecordById(collections.AuthSessions, d.session)
		if err != nil {
			t.Fatal(err)
		}

		return row.GetDateTime("last_seen").Time()
	}

	before := written()
	clock.Advance(time.Hour)
	d.me().Must(t, http.StatusOK)
	if got := written(); !got.Equal(before) {
		t.Errorf("a request wrote %v", got)
	}
	if err := app.Access.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := written(); got.Sub(before) < time.Hour-time.Second {
		t.Errorf("the row says %v, an hour after %v", got, before)
	}
}

// Parity: LC-profile, LS-auth-update.
func TestANewPasswordEndsTheOtherSignIns(t *testing.T) {
	app := recadotest.New(t, nil)
	user := app.Company().Member("agent").User
	here, there := signIn(t, app, user), signIn(t, app, user)

	change := func(d *device, old string) recadotest.Response {
		return app.Do(http.MethodPost, "/api/recado/me/password", d.token, map[string]any{"oldPassword": old, "password": "another good one"})
	}
	if got := change(here, "wrong"); got.Status != http.StatusBadRequest || got.Code() != "wrong_password" {
		t.Fatalf("a wrong one: %d %s", got.Status, got.Raw)
	}
	stolen := *here
	here.take(change(here, recadotest.Password).Must(t, http.StatusOK))
	here.me().Must(t, http.StatusOK)
	stolen.me().Must(t, http.StatusUnauthorized)
	there.me().Must(t, http.StatusUnauthorized)
	there.renew().Must(t, http.StatusUnauthorized)
	here.take(here.renew().Must(t, http.StatusOK))

	// By the records API the token is refreshed instead.
	app.Do(http.MethodPatch, "/api/collections/users/records/"+user.Id, here.token, map[string]any{
		"oldPassword": "another good one", "password": recadotest.Password, "passwordConfirm": recadotest.Password,
	}).Must(t, http.StatusOK)
	here.me().Must(t, http.StatusUnauthorized)
	here.take(here.renew().Must(t, http.StatusOK))
	here.me().Must(t, http.StatusOK)

	// A superuser's hand ends them all.
	fresh := app.Reload(user)
	fresh.SetPassword("third good password")
	if err := app.Save(fresh); err != nil {
		t.Fatal(err)
	}
	here.renew().Must(t, http.StatusUnauthorized)
}

// Parity: LS-auth-logout, WT-realtime.
func TestEndingASignInClosesItsConnections(t *testing.T) {
	app := recadotest.New(t, nil)
	base := app.Listen()
	company := app.Company()
	user := company.Member("agent").User
	here, there := signIn(t, app, user), signIn(t, app, user)

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	open := func(d *device) (ended chan struct{}) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+company.URL("/api/recado/live"), nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", d.token)
		response, err := http.DefaultClient.Do(request)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("the feed: %v, %v", response, err)
		}
		lines := bufio.NewScanner(response.Body)
		for lines.Scan() && !strings.Contains(lines.Text(), `"hello"`) {
		}
		ended = make(chan struct{})
		go func() {
			defer response.Body.Close()
			for lines.Scan() {
			}
			close(ended)
		}()

		return ended
	}
	mine, theirs := open(here), open(there)

	here.revoke(t, map[string]any{"session": there.session})
	select {
	case <-theirs:
	case <-ctx.Done():
		t.Fatal("the feed of a sign-in that was ended goes on")
	}
	select {
	case <-mine:
		t.Fatal("the feed of another sign-in ended too")
	default:
	}
}

// TestPocketBasesOwnRefreshKeepsTheSignIn, and its superusers act for a time.
//
// Parity: LC-auth, DC-admin.
func TestPocketBasesOwnRefreshKeepsTheSignIn(t *testing.T) {
	app := recadotest.New(t, nil)
	user := app.Company().Member("agent").User
	d := signIn(t, app, user)
	refresh := func(token string) recadotest.Response {
		return app.Do(http.MethodPost, "/api/collections/users/auth-refresh", token, nil)
	}
	rows := len(sessionsOf(t, app, user))

	old := d.token
	d.token = refresh(d.token).Must(t, http.StatusOK).JSON["token"].(string)
	if got := d.me().Must(t, http.StatusOK).JSON["session"]; got != d.session {
		t.Errorf("the sign-in became %v", got)
	}
	d.renew().Must(t, http.StatusOK) // what renews it stays good
	app.Do(http.MethodPost, "/api/recado/sessions/revoke", d.token, nil).Must(t, http.StatusNoContent)
	refresh(old).Must(t, http.StatusUnauthorized)

	answer := app.Do(http.MethodPost, "/api/collections/users/impersonate/"+user.Id, app.Superuser(), map[string]any{"duration": 600}).Must(t, http.StatusOK)
	acting := &device{app: app, token: answer.JSON["token"].(string)}
	session := acting.me().Must(t, http.StatusOK).JSON["session"].(string)
	row, err := app.FindRecordById(collections.AuthSessions, session)
	if err != nil || row.GetString("kind") != "impersonation" {
		t.Fatalf("acting for a user is %v, %v", row, err)
	}
	if got := refresh(acting.token).Must(t, http.StatusOK).JSON["token"]; got != acting.token {
		t.Error("acting for a user can be prolonged")
	}
	if got := len(sessionsOf(t, app, user)); got != rows {
		t.Errorf("%d sign-ins, want %d", got, rows)
	}

	plain, err := user.NewAuthToken()
	if err != nil {
		t.Fatal(err)
	}
	app.Do(http.MethodGet, "/api/recado/me", plain, nil).Must(t, http.StatusUnauthorized)
}

// Parity: LS-auth-login, LC-auth.
func TestWhoWasLetOutOfEveryCompanyIsToldSo(t *testing.T) {
	app := recadotest.New(t, nil)
	member := app.Company().Member("agent")
	d := signIn(t, app, member.User)
	row := app.Reload(member.Record)
	row.Set("active", false)
	if err := app.Save(row); err != nil {
		t.Fatal(err)
	}

	got := app.Do(http.MethodPost, "/api/collections/users/auth-with-password", "", map[string]any{
		"identity": member.User.Email(), "password": recadotest.Password,
	})
	if got.Status != http.StatusForbidden || got.Code() != "account_inactive" {
		t.Errorf("signing in: %d %s", got.Status, got.Raw)
	}
	if got := d.renew(); got.Status != http.StatusForbidden {
		t.Errorf("renewing: %d %s", got.Status, got.Raw)
	}
	app.Do(http.MethodPost, "/api/collections/users/auth-with-password", "", map[string]any{
		"identity": member.User.Email(), "password": "wrong",
	}).Must(t, http.StatusBadRequest)
	if rows := sessionsOf(t, app, member.User); len(rows) != 2 {
		t.Errorf("a refused sign-in left a row: %d", len(rows))
	}
}

// Parity: LC-auth, WT-auth.
func TestTokensThatOpenFilesAreShort(t *testing.T) {
	app := recadotest.New(t, nil)
	users, err := app.FindCollectionByNameOrId(collections.Users)
	if err != nil {
		t.Fatal(err)
	}
	if users.FileToken.Duration > 120 || users.AuthToken.Duration > 3600 {
		t.Errorf("a file token is good for %d s, a token for %d s", users.FileToken.Duration, users.AuthToken.Duration)
	}
}

// Parity: WT-auth, DC-mobile.
func TestMe(t *testing.T) {
	app := recadotest.New(t, nil)
	one, two, former := app.Company(), app.Company(), app.Company()
	member := one.Member("agent")
	two.Join(member.User, "owner")
	out := former.Join(member.User, "agent")
	row := app.Reload(out.Record)
	row.Set("active", false)
	if err := app.Save(row); err != nil {
		t.Fatal(err)
	}

	answer := (&device{app: app, token: member.Token}).me().Must(t, http.StatusOK)
	if got := len(answer.JSON["companies"].([]any)); got != 2 {
		t.Errorf("%d companies, want 2", got)
	}
	user := answer.JSON["user"].(map[string]any)
	if user["email"] != member.User.Email() || user["password"] != nil || user["tokenKey"] != nil {
		t.Errorf("the user is %v", user)
	}
	app.Do(http.MethodGet, "/api/recado/me", "", nil).Must(t, http.StatusUnauthorized)
	app.Do(http.MethodGet, "/api/recado/me", app.Superuser(), nil).Must(t, http.StatusUnauthorized)
}
