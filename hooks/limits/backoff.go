package limits

import "time"

// Backoff makes who fails again and again wait: after Free failures First, then
// twice as long each time, up to Most. Failures older than Memory don't count.
type Backoff struct {
	Name        string
	Free        int
	First, Most time.Duration
	Memory      time.Duration
}

// failures is what is remembered of somebody.
type failures struct {
	count       int
	last, until time.Time
	memory      time.Duration
}

// Try counts an attempt as failed until [Limits.Forgive] or [Limits.Clear] says
// otherwise, so that many at once are as many. The duration is how long to wait if
// there may be none now.
func (l *Limits) Try(b Backoff, who string) (wait time.Duration, ok bool) {
	now := l.now()

	l.mu.Lock()
	defer l.mu.Unlock()

	key := bucketKey{b.Name, who}
	known := l.failed[key]
	if known == nil || now.Sub(known.last) > b.Memory {
		if len(l.failed) >= l.failedSweep {
			l.forgetFailures(now)
		}
		known = &failures{memory: b.Memory}
		l.failed[key] = known
	}
	if wait := known.until.Sub(now); wait > 0 {
		return wait, false
	}

	known.count++
	known.last = now
	if over := known.count - b.Free; over >= 0 {
		wait := b.Most
		if over < 20 {
			wait = min(b.First<<over, b.Most)
		}
		known.until = now.Add(wait)
	}

	return 0, true
}

// Forgive takes back one attempt, which did not fail after all.
func (l *Limits) Forgive(b Backoff, who string) {
	l.mu.Lock()
	defer l.mu.Unlock()

	if known := l.failed[bucketKey{b.Name, who}]; known != nil && known.count > 0 {
		known.count--
		known.until = time.Time{}
	}
}

// Clear forgets all failures of who.
func (l *Limits) Clear(b Backoff, who string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.failed, bucketKey{b.Name, who})
}

func (l *Limits) forgetFailures(now time.Time) {
	for key, known := range l.failed {
		if now.Sub(known.last) > known.memory {
			delete(l.failed, key)
		}
	}
	l.failedSweep = max(sweepAt, 2*len(l.failed))
}
