package agenda

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

const longestKey = 200

// once runs do in a transaction and answers with its record. With an
// Idempotency-Key the answer is kept in the same transaction: the same request
// again gets the first answer and does nothing, another body under the same key
// is refused. A request that failed has left nothing, also no key.
func (r *Room) once(e *core.RequestEvent, company string, body any, do func(txApp core.App) (*core.Record, error)) error {
	key := e.Request.Header.Get("Idempotency-Key")
	if len(key) > longestKey {
		return apierr.Invalid("Idempotency-Key", "The idempotency key is longer than 200 characters.")
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	hash := hex.EncodeToString(sum[:])

	var response json.RawMessage
	err = e.App.RunInTransaction(func(txApp core.App) error {
		if key != "" {
			if response, err = firstAnswer(txApp, company, key, hash); response != nil || err != nil {
				return err
			}
		}
		record, err := do(txApp)
		if err != nil {
			return err
		}
		if err := apis.EnrichRecord(e, record); err != nil {
			return err
		}
		if response, err = json.Marshal(record); err != nil || key == "" {
			return err
		}

		return keepAnswer(txApp, company, key, hash, response)
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, response)
}

func firstAnswer(txApp core.App, company, key, hash string) (json.RawMessage, error) {
	kept := &core.Record{}
	err := txApp.RecordQuery(collections.IdempotencyKeys).AndWhere(dbx.HashExp{"company": company, "key": key}).Limit(1).One(kept)
	switch {
	case isNoRows(err):
		return nil, nil
	case err != nil:
		return nil, err
	case kept.GetString("body_hash") != hash:
		return nil, apierr.New(http.StatusUnprocessableEntity, "idempotency_mismatch", "This idempotency key was used for another request.", nil)
	default:
		return json.RawMessage(kept.GetString("response")), nil
	}
}

func keepAnswer(txApp core.App, company, key, hash string, response json.RawMessage) error {
	collection, err := txApp.FindCachedCollectionByNameOrId(collections.IdempotencyKeys)
	if err != nil {
		return err
	}
	kept := core.NewRecord(collection)
	kept.Load(map[string]any{"company": company, "key": key, "body_hash": hash, "response": response})

	return txApp.Save(kept)
}
