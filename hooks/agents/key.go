package agents

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/config"
	"recado/hooks/agents/model"
	"recado/hooks/apierr"
	"recado/hooks/outgoing"
)

// A key comes in as `key`, which is no field: it is sealed into a hidden one and
// leaves only in requests to its endpoint.

const keyMax = 2_000

func (r *Room) bindKeys() {
	r.app.OnRecordCreate(collections.AIKeys).BindFunc(r.sealKey)
	r.app.OnRecordUpdate(collections.AIKeys).BindFunc(r.sealKey)
	r.app.OnRecordDelete(collections.AIKeys).BindFunc(r.keepUsedKey)
	// What a caller sends for fields that are the server's is not theirs to say.
	own := func(e *core.RecordRequestEvent) error {
		for _, field := range []string{"last4", "models", "problem", "tested_at", "sealed"} {
			e.Record.SetRaw(field, e.Record.Original().GetRaw(field))
		}
		info, err := e.RequestInfo()
		if err != nil {
			return err
		}
		if key, ok := info.Body["key"].(string); ok {
			e.Record.SetRaw("key", key)
		}

		return e.Next()
	}
	r.app.OnRecordCreateRequest(collections.AIKeys).BindFunc(own)
	r.app.OnRecordUpdateRequest(collections.AIKeys).BindFunc(own)
}

func (r *Room) sealKey(e *core.RecordEvent) error {
	record := e.Record
	plain := strings.TrimSpace(record.GetString("key"))
	record.SetRaw("key", nil) // it stays nowhere
	address := strings.TrimSpace(record.GetString("base_url"))
	record.Set("base_url", address)
	if at, err := url.Parse(address); err != nil || (at.Scheme != "http" && at.Scheme != "https") || at.Host == "" || at.User != nil || at.RawQuery != "" {
		return apierr.Invalid("base_url", "Give the address of the endpoint, for example https://api.openai.com/v1.")
	}
	if len(plain) > keyMax {
		return apierr.Invalid("key", "This key is too long.")
	}
	// A key is never sent to another address than the one it was entered for.
	moved := !record.IsNew() && host(record.Original().GetString("base_url")) != host(address)
	if plain == "" && moved && record.GetString("sealed") != "" {
		return apierr.Invalid("key", "Enter the key again: the address has changed.")
	}
	if plain != "" {
		if record.Id == "" {
			record.Id = core.GenerateDefaultRandomId()
		}
		key, err := r.deps.Key()
		if err != nil {
			return err
		}
		sealed, err := key.Seal(plain, sealedPlace(record.Id))
		if err != nil {
			return err
		}
		record.Set("sealed", sealed)
		record.Set("last4", last4(plain))
	}
	if plain != "" || moved {
		record.Set("problem", "")
		record.Set("tested_at", nil)
	}

	return e.Next()
}

func host(address string) string {
	at, err := url.Parse(address)
	if err != nil {
		return ""
	}

	return at.Scheme + "://" + at.Host
}

func sealedPlace(id string) string { return config.SealedPlace(collections.AIKeys, id, "sealed") }

// last4 tells a key from others. A short key would be given away by it.
func last4(key string) string {
	if runes := []rune(key); len(runes) >= 12 {
		return string(runes[len(runes)-4:])
	}

	return "····"
}

func (r *Room) keepUsedKey(e *core.RecordEvent) error {
	return collections.InTransaction(e, func() error {
		id := e.Record.Id
		if err := unused(e.App, collections.Agents, dbx.Or(dbx.HashExp{"ai_key": id}, dbx.HashExp{"fallback_key": id}),
			"key_in_use", "Agents use this key. Give them another one first."); err != nil {
			return err
		}

		return e.Next()
	})
}

// unused refuses to remove what rows of a collection refer to, and names them.
func unused(app core.App, collection string, where dbx.Expression, code, message string) error {
	var names []string
	err := app.DB().Select("name").From(collection).Where(where).OrderBy("name").Limit(50).Column(&names)
	if err != nil || len(names) == 0 {
		return err
	}

	return apierr.New(http.StatusConflict, code, message, map[string]any{"count": len(names), "names": names})
}

// endpoint opens a key for use.
func (r *Room) endpoint(record *core.Record) (model.Endpoint, error) {
	endpoint := model.Endpoint{BaseURL: record.GetString("base_url"), Stream: record.GetBool("stream"), Client: r.deps.Client}
	sealed := record.GetString("sealed")
	if sealed == "" {
		return endpoint, nil // a local server asks for none
	}
	key, err := r.deps.Key()
	if err != nil {
		return endpoint, err
	}
	endpoint.Key, err = key.Open(sealed, sealedPlace(record.Id))

	return endpoint, err
}

const testTimeout = 30 * time.Second

// testKey is POST /api/recado/ai-keys/{id}/test {model?}: whether the endpoint can
// be used, what is wrong if not, and which models it has.
func (r *Room) testKey(e *core.RequestEvent) error {
	record, err := e.App.FindRecordById(collections.AIKeys, e.Request.PathValue("id"))
	if err != nil {
		return apierr.NotFound("key")
	}
	if _, err := r.deps.Require(e, record.GetString("company"), "agents.manage"); err != nil {
		if apierr.Code(err) == "not_a_member" {
			return apierr.NotFound("key")
		}

		return err
	}
	var form struct {
		Model string `json:"model"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("body", "Send the model to try as JSON, or nothing.")
	}

	ctx, cancel := context.WithTimeout(e.Request.Context(), testTimeout)
	defer cancel()
	problem, models := r.try(ctx, record, form.Model)
	if e.Request.Context().Err() != nil {
		return e.Request.Context().Err()
	}
	record.Set("problem", problem)
	record.Set("tested_at", r.deps.Now().UTC())
	if models != nil {
		record.Set("models", models)
	}
	record.IgnoreUnchangedFields(true)
	if err := e.App.SaveNoValidate(record); err != nil {
		return err
	}
	if err := apis.EnrichRecord(e, record); err != nil {
		return err
	}

	return e.JSON(http.StatusOK, record)
}

// try looks for what is wrong with a key; models is nil where none are listed.
func (r *Room) try(ctx context.Context, record *core.Record, name string) (problem string, models []string) {
	endpoint, err := r.endpoint(record)
	if errors.Is(err, config.ErrSealed) || err != nil {
		return "locked", nil
	}
	models, err = endpoint.Models(ctx)
	if err != nil {
		// Not every endpoint lists its models; then the question itself shows.
		if p := model.ProblemOf(err); p == model.Unreachable || p == model.Slow || name == "" {
			return string(p), nil
		}
		models = nil
	}
	if name == "" {
		return "", models
	}
	if err := endpoint.Test(ctx, name); err != nil {
		return string(model.ProblemOf(err)), models
	}

	return "", models
}

// guardedClient reaches any address an administrator names, a model on the same
// machine as well.
func guardedClient() *http.Client {
	return &http.Client{
		Transport: outgoing.Policy(outgoing.Trusted).Transport(true),
		// The key goes nowhere it was not entered for.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
