package access

import (
	"cmp"
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
)

// provider is where people have another account that lets them in here.
type provider struct {
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
}

// ways is GET /api/recado/sessions/ways: how people can sign in here.
func (r *Room) ways(e *core.RequestEvent) error {
	users, err := e.App.FindCachedCollectionByNameOrId(collections.Users)
	if err != nil {
		return err
	}
	providers := []provider{}
	if users.OAuth2.Enabled {
		for _, config := range users.OAuth2.Providers {
			if client, err := config.InitProvider(); err == nil {
				providers = append(providers, provider{config.Name, cmp.Or(client.DisplayName(), config.Name)})
			}
		}
	}

	return e.JSON(http.StatusOK, map[string]any{"mail": r.deps.Kept() == "", "signup": r.deps.SignupOpen, "providers": providers})
}

// bindOAuth makes an account for who comes from a provider without one, where there
// is an invite for their address or sign-up is open to everybody.
func (r *Room) bindOAuth(app core.App) {
	app.OnRecordAuthWithOAuth2Request(collections.Users).BindFunc(func(e *core.RecordAuthWithOAuth2RequestEvent) error {
		if e.Record == nil {
			if err := e.App.RunInTransaction(func(txApp core.App) (err error) {
				e.Record, err = r.newcomer(txApp, e.OAuth2User.Name, normal(e.OAuth2User.Email))

				return err
			}); err != nil {
				return err
			}
		}

		return e.Next()
	})
}

// newcomer is the account of one whose address a provider vouches for.
func (r *Room) newcomer(txApp core.App, name, email string) (*core.Record, error) {
	now, err := types.ParseDateTime(r.deps.Now())
	if err != nil {
		return nil, err
	}
	var invites []*core.Record
	err = txApp.RecordQuery(collections.Invites).
		AndWhere(dbx.And(dbx.HashExp{"email": email, "used_at": "", "revoked": false}, dbx.NewExp("expires > {:now}", dbx.Params{"now": now.String()}))).
		InnerJoin(collections.Companies, dbx.NewExp("companies.id = invites.company AND companies.active = 1")).All(&invites)
	if err != nil {
		return nil, err
	}
	if email == "" || len(invites) == 0 && !r.deps.SignupOpen {
		return nil, apierr.New(http.StatusForbidden, "no_account", "There is no account with this e-mail here. Ask for an invite to it.", nil)
	}

	user, err := createUser(txApp, Account{Name: or(name, email), Email: email, Password: security.RandomString(60)}, "")
	if err != nil {
		return nil, err
	}
	user.SetVerified(true)
	if err := txApp.Save(user); err != nil {
		return nil, err
	}
	for _, invite := range invites {
		if err := r.joinCompany(txApp, invite, user); err != nil {
			return nil, err
		}
	}

	return user, nil
}
