package access

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/limits"
)

// keyPrefix begins every key, so that one is known for what it is wherever it lies.
const keyPrefix = "rk_"

// keys are the API keys that asked lately. Who changes the row of one takes it out
// of memory.
type keys struct {
	app    core.App
	now    func() time.Time
	limits *limits.Limits

	mu    sync.RWMutex
	known map[string]*key // by hash
}

// key is what a request that shows it is held against.
type key struct {
	id, user  string
	expires   time.Time // zero: never
	addresses []netip.Prefix
	used      atomic.Int64 // Unix milliseconds of the last request
	stored    atomic.Int64 // of used, what the row says
}

func newKeys(app core.App, now func() time.Time, allowances *limits.Limits) *keys {
	k := &keys{app: app, now: now, limits: allowances, known: map[string]*key{}}
	forget := func(e *core.RecordEvent) error {
		k.mu.Lock()
		delete(k.known, e.Record.GetString("key_hash"))
		k.mu.Unlock()

		return e.Next()
	}
	app.OnRecordAfterUpdateSuccess(collections.APIKeys).BindFunc(forget)
	app.OnRecordAfterDeleteSuccess(collections.APIKeys).BindFunc(forget)

	return k
}

// find returns the key of a hash, nil where there is none that is good. It is read
// while writers of the map wait, so that a revoked one can't come back.
func (k *keys) find(hash string) (*key, error) {
	k.mu.RLock()
	found := k.known[hash]
	k.mu.RUnlock()
	if found != nil {
		return found, nil
	}

	k.mu.Lock()
	defer k.mu.Unlock()
	row, err := k.app.FindFirstRecordByData(collections.APIKeys, "key_hash", hash)
	if errors.Is(err, sql.ErrNoRows) || err == nil && row.GetBool("revoked") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	found = &key{
		id: row.Id, user: row.GetString("user"),
		expires: row.GetDateTime("expires").Time(), addresses: networks(row.GetStringSlice("addresses")),
	}
	used := row.GetDateTime("last_used").Time().UnixMilli()
	found.used.Store(used)
	found.stored.Store(used)
	k.known[hash] = found

	return found, nil
}

// networks reads addresses and networks; what is neither matches nothing, so that
// a list with a mistake in it does not open a key to all.
func networks(list []string) []netip.Prefix {
	found := make([]netip.Prefix, 0, len(list))
	for _, text := range list {
		if network, err := parseNetwork(text); err == nil {
			found = append(found, network)
		} else {
			found = append(found, netip.Prefix{})
		}
	}

	return found
}

func parseNetwork(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		network, err := netip.ParsePrefix(text)

		return network.Masked(), err
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}

	return netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen()), nil
}

// allows tells whether the key may be shown from the address.
func (k *key) allows(ip string) bool {
	if len(k.addresses) == 0 {
		return true
	}
	address, err := netip.ParseAddr(ip)

	return err == nil && slices.ContainsFunc(k.addresses, func(n netip.Prefix) bool { return n.IsValid() && n.Contains(address.Unmap()) })
}

// admitKey is the middleware before PocketBase's reading of the token: a request
// that shows a key is its user's.
func (r *Room) admitKey(e *core.RequestEvent) error {
	token := bearer(e)
	if !strings.HasPrefix(token, keyPrefix) || r.byInstanceKey(e) {
		return e.Next()
	}
	refuse := func(message string) error {
		return apierr.New(http.StatusUnauthorized, "key_refused", message, nil)
	}
	found, err := r.keys.find(hash(token))
	switch {
	case err != nil:
		return err
	case found == nil:
		return refuse("This key does not exist, or was revoked.")
	case !found.expires.IsZero() && !r.deps.Now().Before(found.expires):
		return refuse("This key has expired. Make a new one.")
	case !found.allows(e.RealIP()):
		return refuse("This key may not be used from this address.")
	}
	if wait, ok := r.keys.limits.Take(limits.Keys, found.id); !ok {
		return limits.TooMany(e, wait)
	}

	user, err := e.App.FindRecordById(collections.Users, found.user)
	if err != nil {
		return err
	}
	found.used.Store(r.deps.Now().UnixMilli())
	e.Auth = user

	return e.Next()
}

// Tick writes down when each key was last used.
func (k *keys) Tick(ctx context.Context) error {
	k.mu.RLock()
	defer k.mu.RUnlock()
	for _, one := range k.known {
		used := one.used.Load()
		if used <= one.stored.Load() {
			continue
		}
		at, _ := types.ParseDateTime(time.UnixMilli(used))
		_, err := k.app.DB().Update(collections.APIKeys, dbx.Params{"last_used": at}, dbx.HashExp{"id": one.id}).WithContext(ctx).Execute()
		if err != nil {
			return err
		}
		one.stored.Store(used)
	}

	return nil
}
