package live

// holdersSize bounds what is remembered about one company's rows.
const holdersSize = 50_000

// holder is what decides whose a row is: the member who has it and, where rows
// wait in queues, the queue.
type holder struct{ owner, queue string }

// holders remembers who has each row, as last announced, so that an event needs
// no query: a message follows its conversation, and a save made from an old copy
// of a record still reaches those who saw the newer one.
type holders map[row]holder

type row struct{ collection, id string }

func (h holders) set(collection, id string, is holder) {
	key := row{collection, id}
	if _, known := h[key]; !known && len(h) >= holdersSize {
		for any := range h {
			delete(h, any)

			break
		}
	}
	h[key] = is
}

func (h holders) get(collection, id string) (is holder, known bool) {
	is, known = h[row{collection, id}]

	return is, known
}

func (h holders) forget(collection, id string) {
	delete(h, row{collection, id})
}
