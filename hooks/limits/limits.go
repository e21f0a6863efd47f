// Package limits counts how often somebody asks, and how often they fail.
//
// In: an allowance (table.go has them all) and who asks. Out: whether they may, else
// how long to wait. It is for what strangers can reach; who signed in is known by name.
package limits

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

// Allowance is a bucket: Burst at once, Every a second on and on.
type Allowance struct {
	Name  string
	Every rate.Limit
	Burst int

	// Who is counted, and on which routes, in words for the documentation.
	Who, Routes string
}

// Limits keeps the buckets that are not full; a full one is as good as none. It also
// remembers who failed (backoff.go).
type Limits struct {
	now func() time.Time

	mu      sync.Mutex
	buckets map[bucketKey]*rate.Limiter
	sweep   int

	failed      map[bucketKey]*failures
	failedSweep int
}

type bucketKey struct{ name, who string }

// New makes empty Limits that go by the clock.
func New(now func() time.Time) *Limits {
	return &Limits{
		now: now, buckets: map[bucketKey]*rate.Limiter{}, sweep: sweepAt,
		failed: map[bucketKey]*failures{}, failedSweep: sweepAt,
	}
}

const sweepAt = 10_000

// Take uses one of the allowance of who. The duration is how long to wait if
// there is none left.
func (l *Limits) Take(a Allowance, who string) (wait time.Duration, ok bool) {
	now := l.now()

	l.mu.Lock()
	defer l.mu.Unlock()

	key := bucketKey{a.Name, who}
	bucket := l.buckets[key]
	if bucket == nil {
		if len(l.buckets) >= l.sweep {
			l.forget(now)
		}
		bucket = rate.NewLimiter(a.Every, a.Burst)
		l.buckets[key] = bucket
	}

	reservation := bucket.ReserveN(now, 1)
	if wait = reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)

		return wait, false
	}

	return 0, true
}

// Give puts one back that was taken for nothing.
func (l *Limits) Give(a Allowance, who string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if bucket := l.buckets[bucketKey{a.Name, who}]; bucket != nil {
		bucket.AllowN(l.now(), -1) // a bucket holds no more than its burst, whatever is put into it
	}
}

// forget drops full buckets, and lets the table grow only with what is in use.
func (l *Limits) forget(now time.Time) {
	for key, bucket := range l.buckets {
		if bucket.TokensAt(now) >= float64(bucket.Burst()) {
			delete(l.buckets, key)
		}
	}
	l.sweep = max(sweepAt, 2*len(l.buckets))
}

// TooMany is the answer to who has asked too often: 429 and the time to wait.
func TooMany(e *core.RequestEvent, wait time.Duration) error {
	return apierr.New(http.StatusTooManyRequests, "too_many_requests",
		"Too many requests at once. Please try again in a moment.", map[string]any{"retryAfter": RetryAfter(e, wait)})
}

// RetryAfter says in a header when to come again, and returns the seconds.
func RetryAfter(e *core.RequestEvent, wait time.Duration) int {
	seconds := int(math.Ceil(wait.Seconds()))
	e.Response.Header().Set("Retry-After", strconv.Itoa(seconds))

	return seconds
}
