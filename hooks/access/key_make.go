package access

import (
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"recado/collections"
	"recado/hooks/apierr"
)

// newKey is what an API key is made of.
type newKey struct {
	Name        string    `json:"name"`
	Permissions []string  `json:"permissions"`
	Expires     time.Time `json:"expires"`   // zero: never
	Addresses   []string  `json:"addresses"` // empty: from anywhere
	Channel     string    `json:"channel"`   // empty: any
}

func (n newKey) check(now time.Time) error {
	if name := []rune(strings.TrimSpace(n.Name)); len(name) == 0 || len(name) > 80 {
		return apierr.Invalid("name", "Give the key a name of up to 80 characters, such as the program that uses it.")
	}
	if len(collections.Closure(n.Permissions)) == 0 {
		return apierr.Invalid("permissions", "Say what the key may do.")
	}
	if !n.Expires.IsZero() && !n.Expires.After(now) {
		return apierr.Invalid("expires", "A key expires in the future, or never.")
	}

	return checkAddresses(n.Addresses)
}

func checkAddresses(list []string) error {
	if len(list) > 50 {
		return apierr.Invalid("addresses", "Up to 50 addresses are possible. Name networks instead.")
	}
	for _, text := range list {
		if _, err := parseNetwork(text); err != nil {
			return apierr.Invalid("addresses", "Give addresses or networks, such as 203.0.113.7 or 203.0.113.0/24.")
		}
	}

	return nil
}

// makeKey is POST /api/recado/keys: a key that may do some of what its maker may.
// It is a user of its own with a row in members, so that the same rules decide. It
// is shown once; only its hash is kept.
func (r *Room) makeKey(e *core.RequestEvent) error {
	me, err := Require(e, companyOf(e), "members.manage")
	if err != nil {
		return err
	}
	var form newKey
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("", `Send {"name", "permissions": […], "expires"?, "addresses"?: […], "channel"?}.`)
	}
	if err := form.check(r.deps.Now()); err != nil {
		return err
	}
	if err := allHeld(me, form.Permissions); err != nil {
		return err
	}

	secret := keyPrefix + security.RandomString(40)
	var row *core.Record
	err = e.App.RunInTransaction(func(txApp core.App) error {
		role, err := txApp.FindFirstRecordByFilter(collections.Roles, "company = {:company} && key = 'agent'", dbx.Params{"company": me.GetString("company")})
		if err != nil {
			return err
		}
		m := maker{app: txApp}
		user := m.make(collections.Users, map[string]any{
			"name": strings.TrimSpace(form.Name), "kind": "key", "email": "key-" + strings.ToLower(security.RandomString(16)) + "@keys.invalid",
			"password": security.RandomString(60),
		})
		if m.err != nil {
			return m.err
		}
		m.company = me.GetString("company")
		member := m.make(collections.Members, map[string]any{
			"user": user.Id, "role": role.Id, "active": true, "exceptions": map[string]any{"only": collections.Closure(form.Permissions)},
		})
		if m.err != nil {
			return m.err
		}
		row = m.make(collections.APIKeys, map[string]any{
			"name": strings.TrimSpace(form.Name), "user": user.Id, "member": member.Id, "created_by": me.Id, "channel": form.Channel,
			"prefix": secret[:len(keyPrefix)+6], "key_hash": hash(secret), "addresses": form.Addresses, "permissions": collections.Closure(form.Permissions),
		})
		if m.err == nil && !form.Expires.IsZero() {
			row.Set("expires", form.Expires)
			m.err = txApp.Save(row)
		}

		return m.err
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"key": secret, "record": row})
}

// keyRequest lets name, expiry and addresses of a key be changed, and a key be
// revoked, which is for good: its connections end with it.
func (r *Room) keyRequest(e *core.RecordRequestEvent) error {
	if e.HasSuperuserAuth() {
		return e.Next()
	}
	me, err := Require(e.RequestEvent, e.Record.Original().GetString("company"), "members.manage")
	if err != nil {
		return err
	}
	if err := allHeld(me, e.Record.Original().GetStringSlice("permissions")); err != nil {
		return err
	}
	onlyChange(e.Record, "name", "expires", "addresses", "revoked")
	if e.Record.Original().GetBool("revoked") {
		e.Record.Set("revoked", true)
	}
	if err := checkAddresses(e.Record.GetStringSlice("addresses")); err != nil {
		return err
	}

	return e.Next()
}

// bindKeys lets what follows from a key's row follow: its user's name, the end of
// its membership, the one channel it may write on.
func bindKeys(app core.App) {
	app.OnRecordUpdate(collections.APIKeys).BindFunc(func(e *core.RecordEvent) error {
		return collections.InTransaction(e, func() error {
			was, err := before(e.App, e.Record)
			if err != nil {
				return err
			}
			if err := e.Next(); err != nil {
				return err
			}
			user, err := e.App.FindRecordById(collections.Users, e.Record.GetString("user"))
			if err != nil {
				return err
			}
			ended := e.Record.GetBool("revoked") && !was.GetBool("revoked")
			if !ended && was.GetString("name") == e.Record.GetString("name") {
				return nil
			}
			user.Set("name", e.Record.GetString("name"))
			if ended {
				user.RefreshTokenKey() // ends its connections
				member, err := e.App.FindRecordById(collections.Members, e.Record.GetString("member"))
				if err != nil {
					return err
				}
				member.Set("active", false)
				member.IgnoreUnchangedFields(true)
				if err := e.App.Save(member); err != nil {
					return err
				}
			}
			user.IgnoreUnchangedFields(true)

			return e.App.Save(user)
		})
	})
	app.OnRecordCreate(collections.Messages).BindFunc(func(e *core.RecordEvent) error {
		if e.Record.GetString("author") == "" {
			return e.Next()
		}
		var channel string
		err := e.App.DB().Select("channel").From(collections.APIKeys).Where(dbx.HashExp{"member": e.Record.GetString("author")}).Row(&channel)
		if err == nil && channel != "" && channel != e.Record.GetString("channel") {
			return apierr.New(http.StatusForbidden, "key_channel", "This key may write on one channel only, and this is another one.", nil)
		}

		return e.Next()
	})
}
