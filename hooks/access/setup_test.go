package access_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/recadotest"
)

func setupForm() map[string]any {
	return map[string]any{
		"owner":   map[string]any{"name": "Bia Souza", "email": "bia@example.com", "password": "segredo123"},
		"company": map[string]any{"name": "Salão da Bia", "kind": "salon", "timezone": "America/Sao_Paulo", "locale": "pt-BR", "currency": "BRL"},
		"agenda": map[string]any{
			"name":    "Bia",
			"hours":   []map[string]any{{"weekday": 2, "start": 540, "end": 1080}, {"weekday": 6, "start": 540, "end": 780}},
			"service": map[string]any{"name": "Corte", "duration": 45, "price": 8000},
		},
		"widget": map[string]any{"color": "#0ea5e9", "title": "Fale com a Bia"},
	}
}

const setupPath = "/api/recado/setup"

func TestSetupMakesACompanyThatWorks(t *testing.T) {
	app := recadotest.New(t, nil)
	if state := app.Do("GET", setupPath, "", nil).Must(t, 200).JSON; state["needed"] != true || state["codeRequired"] != false {
		t.Fatalf("before: %v", state)
	}

	answer := app.Do("POST", setupPath, "", setupForm()).Must(t, 200).JSON
	token := answer["token"].(string)
	company := answer["company"].(map[string]any)
	if company["slug"] != "salao-da-bia" || company["timezone"] != "America/Sao_Paulo" || company["active"] != true {
		t.Errorf("company %v", company)
	}
	if user := answer["record"].(map[string]any); user["email"] != "bia@example.com" || user["name"] != "Bia Souza" {
		t.Errorf("user %v", user)
	}
	if channel := answer["channel"].(map[string]any); len(channel["public_key"].(string)) != 24 || channel["kind"] != "webchat" || channel["answerer"] != "bot" {
		t.Errorf("channel %v", channel)
	}

	// All of it is there, and the owner sees it.
	for collection, want := range map[string]int{
		collections.Members: 1, collections.Roles: 4, collections.Queues: 1, collections.Channels: 1,
		collections.Agendas: 1, collections.Availabilities: 2, collections.Services: 1,
	} {
		got := app.Do("GET", "/api/collections/"+collection+"/records?company="+company["id"].(string), token, nil).Must(t, 200).Items()
		if len(got) != want {
			t.Errorf("%s: the owner sees %d, want %d", collection, len(got), want)
		}
	}
	member, err := app.FindFirstRecordByData(collections.Members, "email", "bia@example.com")
	if err != nil || !slices.Equal(member.GetStringSlice("permissions"), collections.Permissions()) || member.GetString("name") != "Bia Souza" {
		t.Errorf("the owner's membership: %v %v", member, err)
	}
	roles, err := app.FindAllRecords(collections.Roles)
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range roles {
		if want := collections.RolePermissions(role.GetString("key")); !slices.Equal(role.GetStringSlice("permissions"), want) {
			t.Errorf("role %s may %v, want %v", role.GetString("key"), role.GetStringSlice("permissions"), want)
		}
	}

	// The superuser's password opens the dashboard, and is not the owner's.
	super := answer["superuser"].(map[string]any)
	app.Do("POST", "/api/collections/_superusers/auth-with-password", "", map[string]any{"identity": super["email"], "password": super["password"]}).Must(t, 200)
	app.Do("POST", "/api/collections/_superusers/auth-with-password", "", map[string]any{"identity": super["email"], "password": "segredo123"}).Must(t, 400)
	app.Do("POST", "/api/collections/users/auth-with-password", "", map[string]any{"identity": "bia@example.com", "password": "segredo123"}).Must(t, 200)

	// For ever after, even with everything gone.
	if state := app.Do("GET", setupPath, "", nil).Must(t, 200).JSON; state["needed"] != false {
		t.Errorf("after: %v", state)
	}
	if response := app.Do("POST", setupPath, "", setupForm()).Must(t, 403); response.Code() != "setup_done" {
		t.Errorf("again: %s", response.Raw)
	}
	for _, table := range []string{"members", "companies", "users"} {
		if _, err := app.DB().NewQuery("DELETE FROM " + table).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	app.Do("POST", setupPath, "", setupForm()).Must(t, 403)
}

func TestOfFiftySetupsAtOnceOneWins(t *testing.T) {
	app := recadotest.New(t, nil)

	var won, done atomic.Int32
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() {
			switch response := app.Do("POST", setupPath, "", setupForm()); {
			case response.Status == 200:
				won.Add(1)
			case response.Status == 403 && response.Code() == "setup_done":
				done.Add(1)
			default:
				t.Errorf("status %d: %s", response.Status, response.Raw)
			}
		})
	}
	wait.Wait()

	if won.Load() != 1 || done.Load() != 49 {
		t.Errorf("%d won, %d were told it is done", won.Load(), done.Load())
	}
	for _, collection := range []string{collections.Companies, collections.Users, collections.Members, collections.Channels} {
		if n, err := app.CountRecords(collection); err != nil || n != 1 {
			t.Errorf("%d %s (%v)", n, collection, err)
		}
	}
}

func TestSetupBeyondLoopbackNeedsTheCode(t *testing.T) {
	app := recadotest.New(t, nil, "RECADO_HTTP=0.0.0.0:8090")
	if state := app.Do("GET", setupPath, "", nil).Must(t, 200).JSON; state["codeRequired"] != true {
		t.Fatalf("state %v", state)
	}

	form := setupForm()
	for _, code := range []string{"", "AAAA-AAAA", "-"} {
		form["code"] = code
		if response := app.Do("POST", setupPath, "", form).Must(t, 403); response.Code() != "setup_code" {
			t.Errorf("code %q: %s", code, response.Raw)
		}
	}
	form["code"] = strings.ToLower(app.Rooms.Access.SetupCode())
	app.Do("POST", setupPath, "", form).Must(t, 200)
	if state := app.Do("GET", setupPath, "", nil).Must(t, 200).JSON; state["codeRequired"] != false {
		t.Errorf("after: %v", state)
	}
}

func TestSetupLooksAtTheAddressItListensOn(t *testing.T) {
	for address, want := range map[string]bool{
		"": false, "127.0.0.1:8090": false, "localhost:80": false, "[::1]:8090": false,
		":443": true, "0.0.0.0:8090": true, "192.168.1.5:8090": true,
	} {
		app := recadotest.New(t, nil)
		router, err := apis.NewRouter(app)
		if err != nil {
			t.Fatal(err)
		}
		event := &core.ServeEvent{App: app, Router: router, Server: &http.Server{Addr: address}}
		if err := app.OnServe().Trigger(event, func(*core.ServeEvent) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if got := app.Do("GET", setupPath, "", nil).JSON["codeRequired"]; got != want {
			t.Errorf("listening on %q: code required %v, want %v", address, got, want)
		}
	}
}

func TestSetupNamesWhatIsWrongAndKeepsNothing(t *testing.T) {
	app := recadotest.New(t, nil)

	for field, change := range map[string]func(form map[string]any){
		"owner.name":       func(f map[string]any) { f["owner"].(map[string]any)["name"] = " " },
		"owner.email":      func(f map[string]any) { f["owner"].(map[string]any)["email"] = "bia" },
		"owner.password":   func(f map[string]any) { f["owner"].(map[string]any)["password"] = "short" },
		"company.name":     func(f map[string]any) { f["company"].(map[string]any)["name"] = "" },
		"company.timezone": func(f map[string]any) { f["company"].(map[string]any)["timezone"] = "Mars/Olympus" },
		"company.locale":   func(f map[string]any) { f["company"].(map[string]any)["locale"] = "xx" },
		"company.currency": func(f map[string]any) { f["company"].(map[string]any)["currency"] = "reais" },
		"agenda.hours": func(f map[string]any) {
			f["agenda"].(map[string]any)["hours"] = []map[string]any{{"weekday": 9, "start": 1, "end": 2}}
		},
		"agenda.service.duration": func(f map[string]any) { f["agenda"].(map[string]any)["service"].(map[string]any)["duration"] = -5 },
		"widget.color":            func(f map[string]any) { f["widget"].(map[string]any)["color"] = "red" },
	} {
		form := setupForm()
		change(form)
		response := app.Do("POST", setupPath, "", form).Must(t, 400)
		if data := response.JSON["data"].(map[string]any); data["field"] != field {
			t.Errorf("%s: %s", field, response.Raw)
		}
	}

	for _, collection := range []string{collections.Companies, collections.Users, collections.Roles} {
		if n, err := app.CountRecords(collection); err != nil || n != 0 {
			t.Errorf("%d %s kept (%v)", n, collection, err)
		}
	}
	app.Do("POST", setupPath, "", setupForm()).Must(t, 200)
}

// Parity: LS-auth-register.
func TestAccountsComeFromSetupSignupAndInvitesOnly(t *testing.T) {
	app := recadotest.New(t, nil)
	account := map[string]any{"email": "x@example.com", "password": "segredo123", "passwordConfirm": "segredo123"}

	for name, token := range map[string]string{"guest": "", "owner": app.Company().Member("owner").Token} {
		if status := app.Do("POST", "/api/collections/users/records", token, account).Status; status < 400 {
			t.Errorf("%s made an account: status %d", name, status)
		}
	}
	if status := app.Do("POST", "/api/collections/members/records", "", account).Status; status < 400 {
		t.Errorf("a guest made a membership: status %d", status)
	}
}

// Parity: LS-auth-register, LS-company-list, WB-auth.
func TestSignup(t *testing.T) {
	form := map[string]any{
		"name": "Ana", "email": "ana@example.com", "password": "segredo123",
		"company": map[string]any{"name": "Ana Ltda", "timezone": "America/Sao_Paulo", "locale": "pt-BR"},
	}
	const path = "/api/recado/signup"

	closed := recadotest.New(t, nil)
	if response := closed.Do("POST", path, "", form).Must(t, http.StatusForbidden); response.Code() != "signup_closed" {
		t.Errorf("closed: %s", response.Raw)
	}

	app := recadotest.New(t, nil, "RECADO_SIGNUP=open")
	app.Do("POST", setupPath, "", setupForm()).Must(t, 200)
	answer := app.Do("POST", path, "", form).Must(t, 200).JSON
	company := answer["company"].(map[string]any)
	if company["currency"] != "BRL" || company["slug"] != "ana-ltda" {
		t.Errorf("company %v", company)
	}

	// Its own company, and nothing of the other.
	mine := app.Do("GET", "/api/collections/companies/records", answer["token"].(string), nil).Must(t, 200).Items()
	if !slices.Equal(mine, []string{company["id"].(string)}) {
		t.Errorf("sees companies %v", mine)
	}

	if response := app.Do("POST", path, "", form).Must(t, http.StatusConflict); response.Code() != "email_taken" {
		t.Errorf("again: %s", response.Raw)
	}
	form["email"] = "ana2@example.com"
	if second := app.Do("POST", path, "", form).Must(t, 200).JSON["company"].(map[string]any); second["slug"] != "ana-ltda-2" {
		t.Errorf("a second company of the name has the slug %v", second["slug"])
	}
	form["email"] = "nobody"
	app.Do("POST", path, "", form).Must(t, http.StatusBadRequest)
}
