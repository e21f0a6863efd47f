package whatsapp

import "time"

// Hurry shortens what a connection is given to get somewhere. It is called before a
// number connects.
func (r *Room) Hurry(patience time.Duration) {
	r.patience.login, r.patience.progress, r.patience.every = patience, patience, patience/4
}

var (
	Turn   = turnOf
	Paced  = paced
	WarmUp = warmUp
)

func (s warmStep) Since() time.Duration { return s.since }
func (s warmStep) Limit() int           { return s.limit }
