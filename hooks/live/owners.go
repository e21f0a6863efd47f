package live

// ownersSize bounds what is remembered about one company's rows.
const ownersSize = 50_000

// owners remembers the member each row belongs to, as last announced, so that
// an event needs no query: a message follows its conversation, and a save made
// from an old copy of a record still reaches those who saw the newer one.
type owners map[row]string

type row struct{ collection, id string }

func (o owners) set(collection, id, owner string) {
	key := row{collection, id}
	if _, known := o[key]; !known && len(o) >= ownersSize {
		for any := range o {
			delete(o, any)

			break
		}
	}
	o[key] = owner
}

func (o owners) get(collection, id string) (owner string, known bool) {
	owner, known = o[row{collection, id}]

	return owner, known
}

func (o owners) forget(collection, id string) {
	delete(o, row{collection, id})
}
