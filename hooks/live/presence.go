package live

import (
	"slices"
	"sync"
)

// roster is who has a connection open, for those who ask from outside the
// dispatcher.
type roster struct {
	mu      sync.Mutex
	online  map[string]map[string]int // connections by company and member
	arrived func(company string)
}

// Online lists the members of a company with at least one connection, by id.
func (r *Room) Online(company string) []string {
	r.roster.mu.Lock()
	defer r.roster.mu.Unlock()

	list := make([]string, 0, len(r.roster.online[company]))
	for id := range r.roster.online[company] {
		list = append(list, id)
	}
	slices.Sort(list)

	return list
}

// OnArrival names who is told of a company when one of its members comes online.
// It is called in the dispatcher, so it must not wait for anything. Call it
// before the app serves.
func (r *Room) OnArrival(arrived func(company string)) { r.roster.arrived = arrived }

func (o *roster) enter(company, member string) {
	o.mu.Lock()
	if o.online[company] == nil {
		o.online[company] = map[string]int{}
	}
	o.online[company][member]++
	first := o.online[company][member] == 1
	o.mu.Unlock()

	if first && o.arrived != nil {
		o.arrived(company)
	}
}

func (o *roster) leave(company, member string) {
	o.mu.Lock()
	defer o.mu.Unlock()

	decrement(o.online[company], member)
	if len(o.online[company]) == 0 {
		delete(o.online, company)
	}
}
