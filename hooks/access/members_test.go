package access_test

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"recado/collections"
	"recado/hooks/recadotest"
)

func newClock() *recadotest.Clock {
	return recadotest.NewClock(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))
}

// invited makes an invite over HTTP and returns its id and token.
func invited(t *testing.T, app *recadotest.App, company *recadotest.Company, by *recadotest.Member, role, email string) (id, token string) {
	t.Helper()
	answer := app.Do("POST", company.URL("/api/recado/members/invite"), by.Token,
		map[string]any{"role": company.Roles[role].Id, "email": email}).Must(t, 200).JSON
	address := answer["url"].(string)

	return answer["id"].(string), address[strings.LastIndex(address, "/")+1:]
}

func account(email string) map[string]any {
	return map[string]any{"name": "Caio", "email": email, "password": "segredo123"}
}

// Parity: LS-company-list, LS-members, DC-users.
func TestInvite(t *testing.T) {
	when := newClock()
	app := recadotest.New(t, when.Now)
	company := app.Company()
	owner := company.Member("owner")

	_, token := invited(t, app, company, owner, "agent", "")
	view := app.Do("GET", "/api/recado/invites/"+token, "", nil).Must(t, 200).JSON
	if view["company"].(map[string]any)["name"] != company.GetString("name") || view["role"].(map[string]any)["key"] != "agent" {
		t.Errorf("view %v", view)
	}

	answer := app.Do("POST", "/api/recado/invites/"+token+"/accept", "", account("caio@example.com")).Must(t, 200).JSON
	seen := app.Do("GET", company.Records(collections.Members), answer["token"].(string), nil).Must(t, 200)
	if len(seen.Items()) != 2 {
		t.Errorf("the new member sees %s", seen.Raw)
	}
	member, err := app.FindFirstRecordByData(collections.Members, "email", "caio@example.com")
	if err != nil || !slices.Equal(member.GetStringSlice("permissions"), collections.RolePermissions("agent")) {
		t.Errorf("membership %v %v", member, err)
	}

	// Somebody who has an account joins as who they are.
	other := app.Company().Member("owner")
	_, token = invited(t, app, company, owner, "manager", "")
	app.Do("POST", "/api/recado/invites/"+token+"/accept", other.Token, map[string]any{}).Must(t, 200)
	companies := app.Do("GET", "/api/collections/companies/records", other.Token, nil).Must(t, 200).Items()
	if len(companies) != 2 {
		t.Errorf("member of two companies sees %v", companies)
	}
}

func TestInvitesThatDoNotWork(t *testing.T) {
	when := newClock()
	app := recadotest.New(t, when.Now)
	company := app.Company()
	owner := company.Member("owner")
	accept := func(token, by string, body any, status int, code string) {
		t.Helper()
		if response := app.Do("POST", "/api/recado/invites/"+token+"/accept", by, body); response.Status != status || response.Code() != code {
			t.Errorf("got %d %s, want %d %s", response.Status, response.Raw, status, code)
		}
	}

	accept("nonsense", "", account("a@example.com"), 404, "invite_unknown")
	app.Do("GET", "/api/recado/invites/nonsense", "", nil).Must(t, 404)

	id, token := invited(t, app, company, owner, "agent", "")
	app.Do("PATCH", company.URL("/api/collections/invites/records/"+id), owner.Token, map[string]any{"revoked": true}).Must(t, 200)
	accept(token, "", account("a@example.com"), 410, "invite_revoked")
	app.Do("GET", "/api/recado/invites/"+token, "", nil).Must(t, 410)

	_, token = invited(t, app, company, owner, "agent", "")
	when.Advance(7 * 24 * time.Hour)
	accept(token, "", account("a@example.com"), 410, "invite_expired")

	_, token = invited(t, app, company, owner, "agent", "")
	when.Advance(7*24*time.Hour - time.Second)
	accept(token, "", map[string]any{"name": "A", "email": "a@example.com", "password": "short"}, 400, "invalid")
	accept(token, "", account("a@example.com"), 200, "")
	accept(token, "", account("b@example.com"), 410, "invite_used")

	_, token = invited(t, app, company, owner, "agent", "wanted@example.com")
	accept(token, "", account("other@example.com"), 403, "invite_other_email")
	accept(token, owner.Token, map[string]any{}, 403, "invite_other_email")
	accept(token, "", account("wanted@example.com"), 200, "")

	_, token = invited(t, app, company, owner, "agent", "")
	accept(token, "", account("wanted@example.com"), 409, "email_taken")
	accept(token, owner.Token, map[string]any{}, 409, "already_member")
	accept(token, app.Superuser(), map[string]any{}, 403, "not_a_person")

	// Deactivated people don't come back by a link.
	former := company.Member("agent")
	app.Do("PATCH", company.RecordURL(former.Record), owner.Token, map[string]any{"active": false}).Must(t, 200)
	accept(token, former.Token, map[string]any{}, 403, "member_inactive")

	company.Set("active", false)
	if err := app.Save(company.Record); err != nil {
		t.Fatal(err)
	}
	accept(token, "", account("late@example.com"), 410, "company_inactive")
	if n, _ := app.CountRecords(collections.Users); n != 4 {
		t.Errorf("%d accounts, want 4: refused ones leave nothing behind", n)
	}
}

// Parity: LS-members.
func TestAnInviteWorksOnce(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	_, token := invited(t, app, company, company.Member("owner"), "agent", "")

	var in atomic.Int32
	var wait sync.WaitGroup
	for i := range 10 {
		wait.Go(func() {
			email := string(rune('a'+i)) + "@example.com"
			response := app.Do("POST", "/api/recado/invites/"+token+"/accept", "", account(email))
			if response.Status == 200 {
				in.Add(1)
			} else if response.Code() != "invite_used" {
				t.Errorf("status %d: %s", response.Status, response.Raw)
			}
		})
	}
	wait.Wait()
	if n, _ := app.CountRecords(collections.Members); in.Load() != 1 || n != 2 {
		t.Errorf("%d got in, %d members", in.Load(), n)
	}
}

// Parity: LS-members.
func TestWhoMayInvite(t *testing.T) {
	app := recadotest.New(t, nil)
	company, other := app.Company(), app.Company()
	path := company.URL("/api/recado/members/invite")
	admin := company.Member("admin")

	for name, try := range map[string]struct {
		token, role string
		status      int
		code        string
	}{
		"guest":              {"", company.Roles["agent"].Id, 401, "sign_in"},
		"agent":              {company.Member("agent").Token, company.Roles["agent"].Id, 403, "forbidden"},
		"manager":            {company.Member("manager").Token, company.Roles["agent"].Id, 403, "forbidden"},
		"other company":      {other.Member("owner").Token, company.Roles["agent"].Id, 403, "not_a_member"},
		"superuser":          {app.Superuser(), company.Roles["agent"].Id, 401, "sign_in"},
		"admin":              {admin.Token, company.Roles["admin"].Id, 200, ""},
		"admin, an owner":    {admin.Token, company.Roles["owner"].Id, 403, "beyond_own"},
		"role of the others": {admin.Token, other.Roles["agent"].Id, 400, "invalid"},
	} {
		if response := app.Do("POST", path, try.token, map[string]any{"role": try.role}); response.Status != try.status || response.Code() != try.code {
			t.Errorf("%s: %d %s, want %d %s", name, response.Status, response.Raw, try.status, try.code)
		}
	}

	// An invite can be revoked, not turned into another.
	id, _ := invited(t, app, company, admin, "agent", "")
	app.Do("PATCH", company.URL("/api/collections/invites/records/"+id), admin.Token,
		map[string]any{"role": company.Roles["owner"].Id, "expires": "2099-01-01 00:00:00.000Z", "token_hash": "x"}).Must(t, 200)
	invite, err := app.FindRecordById(collections.Invites, id)
	if err != nil || invite.GetString("role") != company.Roles["agent"].Id || invite.GetDateTime("expires").Time().Year() == 2099 {
		t.Errorf("the invite became %v (%v)", invite, err)
	}
	if strings.Contains(string(app.Do("GET", company.Records(collections.Invites), admin.Token, nil).Must(t, 200).Raw), "token_hash") {
		t.Error("an invite shows its hash")
	}
}

// Parity: LS-members.
func TestMembersAreChangedByThoseWhoMay(t *testing.T) {
	app := recadotest.New(t, nil)
	company, other := app.Company(), app.Company()
	owner, admin, agent := company.Member("owner"), company.Member("admin"), company.Member("agent")

	change := func(name string, who *recadotest.Member, whom *recadotest.Member, body map[string]any, status int, code string) {
		t.Helper()
		response := app.Do("PATCH", company.RecordURL(whom.Record), who.Token, body)
		if response.Status != status || response.Code() != code {
			t.Errorf("%s: %d %s, want %d %s", name, response.Status, response.Raw, status, code)
		}
	}
	change("agent raises themselves", agent, agent, map[string]any{"role": company.Roles["owner"].Id}, 404, "")
	change("other company", other.Member("owner"), agent, map[string]any{"active": false}, 404, "")
	change("admin raises themselves", admin, admin, map[string]any{"role": company.Roles["owner"].Id}, 403, "beyond_own")
	change("admin lowers the owner", admin, owner, map[string]any{"role": company.Roles["agent"].Id}, 403, "beyond_own")
	change("role of another company", owner, agent, map[string]any{"role": other.Roles["agent"].Id}, 400, "invalid")
	change("own manager", admin, agent, map[string]any{"manager": agent.Id}, 400, "invalid")
	change("admin raises an agent", admin, agent, map[string]any{"role": company.Roles["manager"].Id}, 200, "")

	fresh := app.Reload(agent.Record)
	if !slices.Equal(fresh.GetStringSlice("permissions"), collections.RolePermissions("manager")) {
		t.Errorf("permissions after the change of role: %v", fresh.GetStringSlice("permissions"))
	}

	// What a request claims about permissions, names and users is not heard.
	change("claims", admin, agent, map[string]any{"permissions": collections.Permissions(), "name": "Boss", "user": owner.User.Id}, 200, "")
	fresh = app.Reload(agent.Record)
	if len(fresh.GetStringSlice("permissions")) == len(collections.Permissions()) || fresh.GetString("name") == "Boss" || fresh.GetString("user") != agent.User.Id {
		t.Errorf("claims were heard: %v", fresh)
	}

	// Deactivated: out at once.
	change("deactivate", admin, agent, map[string]any{"active": false}, 200, "")
	if seen := app.Do("GET", company.Records(collections.Contacts), agent.Token, nil).Items(); len(seen) != 0 {
		t.Error("a deactivated member still sees contacts")
	}
	app.Do("POST", company.URL("/api/recado/members/invite"), agent.Token, map[string]any{"role": company.Roles["agent"].Id}).Must(t, 403)
}

// Parity: LS-company-update, LS-roles.
func TestEffectivePermissionsFollow(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner, agent := company.Member("owner"), company.Member("agent")
	held := func() []string { return app.Reload(agent.Record).GetStringSlice("permissions") }

	app.Do("PATCH", company.RecordURL(company.Roles["agent"]), owner.Token,
		map[string]any{"permissions": []string{"contacts.view_team", "nonsense.thing"}}).Must(t, 200)
	if want := []string{"contacts.view_own", "contacts.view_team"}; !slices.Equal(held(), want) {
		t.Errorf("after the role changed: %v, want %v", held(), want)
	}

	role := app.Reload(company.Roles["agent"])
	role.Set("permissions", []string{"contacts.view_all", "contacts.edit_all", "inbox.reply", "reports.view"})
	if err := app.Save(role); err != nil {
		t.Fatal(err)
	}
	company.Set("active", false)
	if err := app.Save(company.Record); err != nil {
		t.Fatal(err)
	}
	if want := []string{"contacts.view_own", "contacts.view_team", "contacts.view_all"}; !slices.Equal(held(), want) {
		t.Errorf("in an inactive company: %v, want %v", held(), want)
	}
	company.Set("active", true)
	if err := app.Save(company.Record); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(held(), "inbox.reply") {
		t.Errorf("in the company active again: %v", held())
	}

	app.Do("PATCH", "/api/collections/users/records/"+agent.User.Id, agent.Token, map[string]any{"name": "Novo Nome", "kind": "key"}).Must(t, 200)
	if name := app.Reload(agent.Record).GetString("name"); name != "Novo Nome" {
		t.Errorf("the member's name is %q", name)
	}
	if kind := app.Reload(agent.User).GetString("kind"); kind != "person" {
		t.Errorf("the account made itself a %s", kind)
	}
}

// Parity: LS-roles.
func TestRolesAllowNoMoreThanTheirMakerMay(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner, admin, agent := company.Member("owner"), company.Member("admin"), company.Member("agent")
	make := func(who *recadotest.Member, permissions ...string) recadotest.Response {
		return app.Do("POST", company.Records(collections.Roles), who.Token,
			map[string]any{"company": company.Id, "name": "Role " + strings.Join(permissions, " "), "key": "owner", "permissions": permissions})
	}

	if response := make(agent, "contacts.view_own"); response.Status < 400 {
		t.Error("an agent made a role")
	}
	if response := make(admin, "billing.manage"); response.Code() != "beyond_own" {
		t.Errorf("an admin made a role beyond their own: %s", response.Raw)
	}
	made := make(admin, "contacts.view_all").Must(t, 200).JSON
	if made["key"] != "" {
		t.Error("a made role took a seeded key")
	}

	patch := func(who *recadotest.Member, role string, permissions ...string) recadotest.Response {
		return app.Do("PATCH", company.RecordURL(company.Roles[role]), who.Token, map[string]any{"permissions": permissions})
	}
	if response := patch(admin, "owner", "contacts.view_own"); response.Status != 403 {
		t.Errorf("an admin changed the owner's role: %s", response.Raw)
	}
	if response := patch(owner, "owner", "contacts.view_own"); response.Code() != "owner_role_fixed" {
		t.Errorf("an owner changed the owner's role: %s", response.Raw)
	}
	if response := app.Do("PATCH", company.RecordURL(company.Roles["agent"]), app.Superuser(), map[string]any{"key": "owner"}); response.Code() != "key_fixed" {
		t.Errorf("a key changed: %s", response.Raw)
	}

	if response := app.Do("DELETE", company.RecordURL(company.Roles["agent"]), owner.Token, nil); response.Code() != "role_in_use" {
		t.Errorf("a role in use was deleted: %s", response.Raw)
	}
	invited(t, app, company, owner, "manager", "")
	app.Do("DELETE", company.RecordURL(company.Roles["manager"]), owner.Token, nil).Must(t, 204)
}

// Parity: LS-members.
func TestTheLastOwnerStays(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner := company.Member("owner")
	root := app.Superuser()

	for name, token := range map[string]string{"API": owner.Token, "dashboard": root} {
		for _, body := range []map[string]any{{"active": false}, {"role": company.Roles["admin"].Id}} {
			if response := app.Do("PATCH", company.RecordURL(owner.Record), token, body); response.Code() != "last_owner" {
				t.Errorf("%s, %v: %d %s", name, body, response.Status, response.Raw)
			}
		}
	}
	if response := app.Do("DELETE", company.RecordURL(owner.Record), root, nil); response.Code() != "member_kept" {
		t.Errorf("a member was deleted: %s", response.Raw)
	}

	// Five owners leave at once: one stays.
	owners := []*recadotest.Member{owner}
	for range 4 {
		owners = append(owners, company.Member("owner"))
	}
	var left atomic.Int32
	var wait sync.WaitGroup
	for _, o := range owners {
		wait.Go(func() {
			if app.Do("PATCH", company.RecordURL(o.Record), o.Token, map[string]any{"active": false}).Status == 200 {
				left.Add(1)
			}
		})
	}
	wait.Wait()
	active, err := app.CountRecords(collections.Members, nil)
	if err != nil || left.Load() != 4 || active != 5 {
		t.Errorf("%d of 5 owners left (%d members, %v)", left.Load(), active, err)
	}
}

// Parity: LS-members.
func TestResetPassword(t *testing.T) {
	app := recadotest.New(t, nil)
	company, other := app.Company(), app.Company()
	owner, admin, agent := company.Member("owner"), company.Member("admin"), company.Member("agent")
	second := company.Member("admin") // a reset ends sign-ins, so not the admin who tries
	shared := company.Member("agent")
	other.Join(shared.User, "agent")
	stranger := other.Member("owner")
	path := func(m *recadotest.Member) string {
		return company.URL("/api/recado/members/" + m.Id + "/reset-password")
	}

	for name, try := range map[string]struct {
		token  string
		whom   *recadotest.Member
		status int
		code   string
	}{
		"guest":                  {"", agent, 401, "sign_in"},
		"agent":                  {agent.Token, shared, 403, "forbidden"},
		"other company":          {stranger.Token, agent, 403, "not_a_member"},
		"member of other":        {owner.Token, stranger, 404, "not_found"},
		"works elsewhere too":    {owner.Token, shared, 403, "member_elsewhere"},
		"admin, the owner's":     {admin.Token, owner, 403, "beyond_own"},
		"owner, their own admin": {owner.Token, second, 200, ""},
	} {
		if response := app.Do("POST", path(try.whom), try.token, nil); response.Status != try.status || response.Code() != try.code {
			t.Errorf("%s: %d %s, want %d %s", name, response.Status, response.Raw, try.status, try.code)
		}
	}

	password := app.Do("POST", path(agent), admin.Token, nil).Must(t, 200).JSON["password"]
	login := func(password any) int {
		return app.Do("POST", "/api/collections/users/auth-with-password", "", map[string]any{"identity": agent.User.Email(), "password": password}).Status
	}
	if login(password) != 200 || login(recadotest.Password) != 400 {
		t.Error("the new password does not replace the old one")
	}
	app.Do("POST", "/api/collections/users/auth-refresh", agent.Token, nil).Must(t, 401)
}
