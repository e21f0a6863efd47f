package webchat

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"golang.org/x/time/rate"

	"recado/hooks/apierr"
)

// allowance is a bucket: so many at once, so many a second on and on.
type allowance struct {
	name  string
	every rate.Limit
	burst int
}

// A person types a message in seconds; a queue that was offline comes at once.
// Behind one address there may be a whole office or a mobile network.
var (
	visitorMessages = allowance{"visitor messages", 4, 240}
	visitorFiles    = allowance{"visitor files", 0.5, 20}
	visitorSignals  = allowance{"visitor signals", 5, 100} // typing, read
	visitorReads    = allowance{"visitor reads", 10, 300}  // list, stream, files
	addressMessages = allowance{"address messages", 40, 2400}
	addressFiles    = allowance{"address files", 5, 200}
	addressSessions = allowance{"address sessions", 2, 200}
	addressReads    = allowance{"address reads", 100, 3000}
)

// limits keeps the buckets that are not full; a full one is as good as none.
type limits struct {
	now func() time.Time

	mu      sync.Mutex
	buckets map[bucketKey]*rate.Limiter
	sweep   int
}

type bucketKey struct{ name, who string }

func newLimits(now func() time.Time) *limits {
	return &limits{now: now, buckets: map[bucketKey]*rate.Limiter{}, sweep: sweepAt}
}

const sweepAt = 10_000

// take uses one of the allowance of who. The duration is how long to wait if
// there is none left.
func (l *limits) take(a allowance, who string) (wait time.Duration, ok bool) {
	now := l.now()

	l.mu.Lock()
	defer l.mu.Unlock()

	key := bucketKey{a.name, who}
	bucket := l.buckets[key]
	if bucket == nil {
		if len(l.buckets) >= l.sweep {
			l.forget(now)
		}
		bucket = rate.NewLimiter(a.every, a.burst)
		l.buckets[key] = bucket
	}

	reservation := bucket.ReserveN(now, 1)
	if wait = reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)

		return wait, false
	}

	return 0, true
}

// forget drops full buckets, and lets the table grow only with what is in use.
func (l *limits) forget(now time.Time) {
	for key, bucket := range l.buckets {
		if bucket.TokensAt(now) >= float64(bucket.Burst()) {
			delete(l.buckets, key)
		}
	}
	l.sweep = max(sweepAt, 2*len(l.buckets))
}

// limit refuses with 429 and the time to wait when visitor or address has asked
// too often. who may be empty: then only the address counts.
func (r *Room) limit(e *core.RequestEvent, who string, perVisitor, perAddress allowance) error {
	wait, ok := time.Duration(0), true
	if who != "" {
		wait, ok = r.limits.take(perVisitor, who)
	}
	if ok {
		wait, ok = r.limits.take(perAddress, e.RealIP())
	}
	if ok {
		return nil
	}

	return r.tooMany(e, wait)
}

func (r *Room) tooMany(e *core.RequestEvent, wait time.Duration) error {
	seconds := int(math.Ceil(wait.Seconds()))
	e.Response.Header().Set("Retry-After", strconv.Itoa(seconds))

	return apierr.New(http.StatusTooManyRequests, "too_many_requests",
		"Too many requests at once. Please try again in a moment.", map[string]any{"retryAfter": seconds})
}
