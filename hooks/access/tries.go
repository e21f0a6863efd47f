package access

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"recado/hooks/apierr"
	"recado/hooks/limits"
)

// attempt counts a try to prove who one is as failed, for as long as it is not
// proven. account is what was typed, so that an account that does not exist is
// counted alike. The error is too_many_requests or locked (429).
func (r *Room) attempt(e *core.RequestEvent, allowance limits.Allowance, account string) (proven func(), err error) {
	address := e.RealIP()
	here := account + " " + address
	if wait, ok := r.limits.Take(allowance, here); !ok {
		return nil, limits.TooMany(e, wait)
	}
	counted := []struct {
		limits.Backoff
		who string
	}{{limits.WrongHere, here}, {limits.WrongAll, account}, {limits.WrongFrom, address}}
	for i, one := range counted {
		if wait, ok := r.limits.Try(one.Backoff, one.who); !ok {
			for _, before := range counted[:i] {
				r.limits.Forgive(before.Backoff, before.who)
			}

			return nil, locked(e, wait)
		}
	}

	return func() {
		r.limits.Give(allowance, here)
		r.limits.Clear(limits.WrongHere, here)
		r.limits.Forgive(limits.WrongAll, account)
		r.limits.Forgive(limits.WrongFrom, address)
	}, nil
}

// locked is the answer to who has been wrong too often: 429 and the time to wait.
func locked(e *core.RequestEvent, wait time.Duration) error {
	seconds := limits.RetryAfter(e, wait)

	return apierr.New(http.StatusTooManyRequests, "locked", "That was wrong too often. Wait a moment, then try again.", map[string]any{"retryAfter": seconds})
}

// allow takes one of each allowance; too_many_requests (429) where one is used up.
func (r *Room) allow(e *core.RequestEvent, asked ...asked) error {
	for _, one := range asked {
		if wait, ok := r.limits.Take(one.Allowance, one.who); !ok {
			return limits.TooMany(e, wait)
		}
	}

	return nil
}

type asked struct {
	limits.Allowance
	who string
}

// afterPassword are the refusals of who knew the password.
var afterPassword = []string{"second_factor", "second_factor_setup", "account_inactive", "system_invalid", "out_of_hours"}

// bindTries lets passwords be tried only so often, of people and superusers alike.
func (r *Room) bindTries(app core.App) {
	app.OnRecordAuthWithPasswordRequest().BindFunc(func(e *core.RecordAuthWithPasswordRequestEvent) error {
		proven, err := r.attempt(e.RequestEvent, limits.SignIn, e.Collection.Name+" "+normal(e.Identity))
		if err != nil {
			return err
		}
		err = e.Next()
		if err == nil || errors.Is(err, apis.ErrMFA) || slices.Contains(afterPassword, apierr.Code(err)) {
			proven()
		}

		return named(err)
	})
}

// named gives PocketBase's refusal of an account or its password a code, the same for
// both.
func named(err error) error {
	var refused *router.ApiError
	if !errors.As(err, &refused) || refused.Status != http.StatusBadRequest || refused.Message != "Failed to authenticate." {
		return err
	}

	return apierr.New(http.StatusBadRequest, "invalid_credentials", "E-mail address or password is not right.", nil)
}
