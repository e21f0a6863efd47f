package preferences_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"recado/collections"
	"recado/hooks/recadotest"
)

const path = "/api/recado/me/preferences"

type desk struct {
	*recadotest.App
	t       *testing.T
	clock   *recadotest.Clock
	company *recadotest.Company
	me      *recadotest.Member
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, clock: recadotest.NewClock(time.Date(2040, 3, 5, 8, 0, 0, 0, time.UTC))}
	d.App = recadotest.New(t, d.clock.Now)
	d.company = d.Company()
	d.me = d.company.Member("manager")

	return d
}

// all are my preferences, in the company.
func (d *desk) all() map[string]any {
	d.t.Helper()

	return d.Do(http.MethodGet, d.company.URL(path), d.me.Token, nil).Must(d.t, http.StatusOK).JSON
}

func (d *desk) change(section string, body any) recadotest.Response {
	d.t.Helper()

	return d.Do(http.MethodPatch, d.company.URL(path+"/"+section), d.me.Token, body)
}

// at is a value deep in an answer.
func at(value any, keys ...string) any {
	for _, key := range keys {
		object, _ := value.(map[string]any)
		value = object[key]
	}

	return value
}

// Parity: LC-prefs.
func TestAllPreferencesComeInOneCall(t *testing.T) {
	d := newDesk(t)
	all := d.all()
	for want, keys := range map[any][]string{
		d.me.User.Email(): {"profile", "email"},
		true:              {"notifications", "messages", "app"},
		"inbox":           {"app", "default_view"},
		"csv":             {"app", "export_format"},
		0.0:               {"security", "session_timeout"},
	} {
		if got := at(all, keys...); got != want {
			t.Errorf("%v is %v, want %v", keys, got, want)
		}
	}
	for _, keys := range [][]string{{"notifications", "messages", "email"}, {"notifications", "daily_summary", "email"}, {"security", "two_factor"}, {"app", "compact_mode"}} {
		if got := at(all, keys...); got != false {
			t.Errorf("%v is %v", keys, got)
		}
	}
	d.Do(http.MethodGet, path, "", nil).Must(t, http.StatusUnauthorized)
	if answer := d.Do(http.MethodGet, d.Company().URL(path), d.me.Token, nil); answer.Status < 400 {
		t.Errorf("a foreign company answers %s", answer.Raw)
	}
}

// Parity: LC-prefs.
func TestASectionIsSavedAlone(t *testing.T) {
	d := newDesk(t)
	d.change("app", map[string]any{"default_view": "calendar", "items_per_page": 25, "language": "es"}).Must(t, http.StatusOK)
	d.change("security", map[string]any{"session_timeout": 30}).Must(t, http.StatusOK)
	answer := d.change("notifications", map[string]any{"messages": map[string]any{"email": true}, "sound": false}).Must(t, http.StatusOK)
	if at(answer.JSON, "messages", "email") != true || at(answer.JSON, "messages", "app") != true || at(answer.JSON, "sound") != false {
		t.Errorf("the section answers %s", answer.Raw)
	}
	d.change("app", map[string]any{"compact_mode": true}).Must(t, http.StatusOK)

	all := d.all()
	for _, one := range []struct {
		want any
		keys []string
	}{
		{"calendar", []string{"app", "default_view"}}, {25.0, []string{"app", "items_per_page"}}, {true, []string{"app", "compact_mode"}},
		{"es", []string{"app", "language"}}, {"es", []string{"profile", "locale"}}, {30.0, []string{"security", "session_timeout"}},
		{true, []string{"notifications", "messages", "email"}}, {false, []string{"notifications", "sound"}},
	} {
		if got := at(all, one.keys...); got != one.want {
			t.Errorf("%v is %v, want %v", one.keys, got, one.want)
		}
	}
}

// Parity: LC-prefs.
func TestNotificationsAreOfOneCompany(t *testing.T) {
	d := newDesk(t)
	other := d.Company()
	other.Join(d.me.User, "agent")
	wants := func(url string) any {
		t.Helper()

		return at(d.Do(http.MethodGet, url, d.me.Token, nil).Must(t, http.StatusOK).JSON, "notifications", "mentions", "email")
	}
	on := map[string]any{"mentions": map[string]any{"email": true}}
	d.change("notifications", on).Must(t, http.StatusOK)
	if here, there := wants(d.company.URL(path)), wants(other.URL(path)); here != true || there != false {
		t.Errorf("here %v, there %v", here, there)
	}
	d.Do(http.MethodPatch, path+"/notifications", d.me.Token, on).Must(t, http.StatusOK)
	d.change("notifications", map[string]any{"mentions": map[string]any{"email": false}}).Must(t, http.StatusOK)
	if here, there := wants(d.company.URL(path)), wants(other.URL(path)); here != false || there != true {
		t.Errorf("with a general one: here %v, there %v", here, there)
	}
	if answer := d.Do(http.MethodPatch, d.Company().URL(path+"/notifications"), d.me.Token, on); answer.Status < 400 {
		t.Errorf("a foreign company answers %s", answer.Raw)
	}
}

// Parity: LC-prefs, LC-errors.
func TestWhatMeansNothingIsRefused(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct {
		section, field string
		body           any
	}{
		{"app", "defaultView", map[string]any{"defaultView": "inbox"}},
		{"app", "default_view", map[string]any{"default_view": "kitchen"}},
		{"app", "items_per_page", map[string]any{"items_per_page": 33}},
		{"app", "items_per_page", map[string]any{"items_per_page": []int{10}}},
		{"app", "compact_mode", map[string]any{"compact_mode": "yes"}},
		{"app", "timezone", map[string]any{"timezone": "Mars/Olympus"}},
		{"app", "sound", map[string]any{"sound": true}},
		{"app", "", "a text"},
		{"security", "session_timeout", map[string]any{"session_timeout": 3}},
		{"security", "session_timeout", map[string]any{"session_timeout": 1e9}},
		{"security", "two_factor", map[string]any{"two_factor": true}},
		{"security", "last_password_change", map[string]any{"last_password_change": "2026-01-01"}},
		{"notifications", "meteors", map[string]any{"meteors": map[string]any{"app": true}}},
		{"notifications", "messages", map[string]any{"messages": true}},
		{"notifications", "messages.pigeon", map[string]any{"messages": map[string]any{"pigeon": true}}},
		{"notifications", "daily_summary.app", map[string]any{"daily_summary": map[string]any{"app": true}}},
		{"notifications", "messages.email", map[string]any{"messages": map[string]any{"email": 1}}},
	} {
		answer := d.change(c.section, c.body)
		if answer.Status != http.StatusBadRequest || at(answer.JSON, "data", "field") != c.field {
			t.Errorf("%s %v answers %d %s", c.section, c.body, answer.Status, answer.Raw)
		}
	}
	if got := d.Reload(d.me.User).GetString("preferences"); got != "null" && got != "" {
		t.Errorf("something was kept: %s", got)
	}

	record := d.company.RecordURL(d.me.User)
	for field, preferences := range map[string]any{
		"nonsense":             map[string]any{"nonsense": 1},
		"preferences.theme":    map[string]any{"theme": "pink"},
		"messages.pigeon":      map[string]any{"notifications": map[string]any{"all": map[string]any{"messages": map[string]any{"pigeon": true}}}},
		"preferences":          []int{1},
		"preferences.timezone": map[string]any{"timezone": 3},
	} {
		answer := d.Do(http.MethodPatch, record, d.me.Token, map[string]any{"preferences": preferences})
		if answer.Status != http.StatusBadRequest || at(answer.JSON, "data", "field") != field {
			t.Errorf("the records API takes %v: %s", preferences, answer.Raw)
		}
	}
	d.Do(http.MethodPatch, record, d.me.Token, map[string]any{"preferences": map[string]any{"theme": "dark", "desktop": true}}).Must(t, http.StatusOK)
	if got := at(d.all(), "notifications", "browser_push"); got != true {
		t.Errorf("browser_push is %v", got)
	}
}

// What there is no feature for yet is kept. Parity: LC-prefs.
func TestWhatIsToComeIsKept(t *testing.T) {
	d := newDesk(t)
	for _, event := range []string{"hot_leads", "conversions"} {
		for _, way := range []string{"app", "email", "browser"} {
			for _, on := range []bool{true, false} {
				d.change("notifications", map[string]any{event: map[string]any{way: on}}).Must(t, http.StatusOK)
				if got := at(d.all(), "notifications", event, way); got != on {
					t.Errorf("%s %s is %v, want %v", event, way, got, on)
				}
			}
		}
	}
}

// Parity: LC-prefs.
func TestSecurityTellsWhatIsReadOnly(t *testing.T) {
	d := newDesk(t)
	admin := d.company.Join(d.User(), "admin")
	d.me = admin
	before := fmt.Sprint(at(d.all(), "security", "last_password_change"))
	if !strings.HasPrefix(before, "2040-03-05 08:00") {
		t.Errorf("a new account's password is of %q", before)
	}
	d.clock.Advance(time.Hour)
	fresh := d.Reload(admin.User)
	fresh.Set("name", "Ana")
	if err := d.Save(fresh); err != nil {
		t.Fatal(err)
	}
	if now := fmt.Sprint(at(d.all(), "security", "last_password_change")); now != before {
		t.Errorf("another name makes it %q", now)
	}
	key := d.Do(http.MethodPost, d.company.URL("/api/recado/keys"), admin.Token, map[string]any{"name": "Robot", "permissions": []string{"contacts.view_all"}}).Must(t, http.StatusOK)
	keys, _ := at(d.all(), "security", "api_keys").([]any)
	if len(keys) != 1 || at(keys[0], "name") != "Robot" || strings.Contains(fmt.Sprint(keys), fmt.Sprint(key.JSON["key"])) {
		t.Errorf("the keys are %v", keys)
	}

	answer := d.Do(http.MethodPost, "/api/recado/me/password", admin.Token, map[string]any{"oldPassword": recadotest.Password, "password": "another good one"}).Must(t, http.StatusOK)
	d.me.Token = answer.JSON["token"].(string)
	if now := fmt.Sprint(at(d.all(), "security", "last_password_change")); !strings.HasPrefix(now, "2040-03-05 09:00") {
		t.Errorf("a new password is of %q", now)
	}
	if d.Reload(d.Create(collections.Users, map[string]any{"name": "Bo", "email": "bo@example.com", "password": "correct horse battery", "kind": "person"})).GetString("preferences") == "{}" {
		t.Error("a new account has preferences")
	}
}

// Parity: LC-prefs.
func TestSessionTimeoutEndsSignIns(t *testing.T) {
	d := newDesk(t)
	signedIn := d.Do(http.MethodPost, "/api/collections/users/auth-with-password", "", map[string]any{"identity": d.me.User.Email(), "password": recadotest.Password}).Must(t, http.StatusOK)
	d.me.Token = signedIn.JSON["token"].(string)
	d.change("security", map[string]any{"session_timeout": 5}).Must(t, http.StatusOK)
	d.clock.Advance(4 * time.Minute)
	d.all()
	d.clock.Advance(7 * time.Minute)
	if answer := d.Do(http.MethodGet, path, d.me.Token, nil); answer.Status != http.StatusUnauthorized {
		t.Errorf("after a rest it answers %s", answer.Raw)
	}
}

// Parity: LC-prefs, LC-export.
func TestExportsComeAsPreferred(t *testing.T) {
	d := newDesk(t)
	d.company.Create(collections.Contacts, map[string]any{"name": "Ana", "notes": "likes tea"})
	export := func(query string) (kind string, notes bool) {
		t.Helper()
		answer := d.Do(http.MethodGet, d.company.URL("/api/recado/contacts/export"+query), d.me.Token, nil).Must(t, http.StatusOK)

		return answer.Header.Get("Content-Type"), strings.Contains(string(answer.Raw), "likes tea")
	}
	if kind, notes := export(""); !strings.HasPrefix(kind, "text/csv") || !notes {
		t.Errorf("at first it is %s with notes %v", kind, notes)
	}
	d.change("app", map[string]any{"export_notes": false}).Must(t, http.StatusOK)
	if _, notes := export(""); notes {
		t.Error("the notes are still there")
	}
	if _, notes := export("?notes=1"); !notes {
		t.Error("the notes are not there where they are asked for")
	}
	d.change("app", map[string]any{"export_format": "xlsx"}).Must(t, http.StatusOK)
	if kind, _ := export(""); !strings.Contains(kind, "spreadsheetml") {
		t.Errorf("it is %s", kind)
	}
	if kind, _ := export("?format=csv"); !strings.HasPrefix(kind, "text/csv") {
		t.Errorf("csv is %s", kind)
	}
}
