package search

import (
	"database/sql"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	pbsearch "github.com/pocketbase/pocketbase/tools/search"

	"recado/collections"
	"recado/hooks/apierr"
)

const (
	mostWords    = 8    // of a query; the rest is ignored
	mostPeople   = 8    // contacts of an answer
	mostMessages = 30   // messages of an answer
	candidates   = 300  // hits of the index one query weighs
	mostRounds   = 10   // such queries of one request
	mostTail     = 5000 // messages looked through without the index
)

// hit is a message that has the words.
type hit struct {
	ID           string `db:"id" json:"id"`
	Conversation string `db:"conversation" json:"conversation"`
	Contact      string `db:"contact" json:"contact"`
	Name         string `db:"name" json:"name"`
	Text         string `db:"text" json:"text"`
	Kind         string `db:"kind" json:"kind"`
	Direction    string `db:"direction" json:"direction"`
	At           string `db:"at" json:"at"`
	Key          int64  `db:"hit" json:"-"`
}

type someone struct {
	ID    string `db:"id" json:"id"`
	Name  string `db:"name" json:"name"`
	Phone string `db:"phone" json:"phone"`
	Email string `db:"email" json:"email"`
}

// find is GET /api/recado/search?q=: the contacts and messages that have all the
// words, the last one as the beginning of a word. cursor goes on where the last
// answer ended.
func (r *Room) find(e *core.RequestEvent) error {
	query := e.Request.URL.Query()
	if _, err := r.deps.Require(e, query.Get("company"), ""); err != nil {
		return err
	}
	words := r.words(query.Get("q"))
	if len(words) == 0 {
		return apierr.Invalid("q", "Say what to look for, with at least two letters or digits.")
	}
	before, err := parseCursor(query.Get("cursor"))
	if err != nil {
		return err
	}
	info, err := e.RequestInfo()
	if err != nil {
		return err
	}

	s := &searcher{room: r, app: e.App, info: info, company: query.Get("company"), words: words}
	people := []someone{}
	if before == 0 {
		if people, err = s.people(query.Get("q")); err != nil {
			return err
		}
	}
	messages, cursor, err := s.messages(before)
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"contacts": people, "messages": messages, "cursor": cursor})
}

// words cuts a query into folded words, as the index cuts texts.
func (r *Room) words(q string) []string {
	words := cut(r.deps.Fold(q))
	letters := 0
	for _, word := range words {
		letters += len([]rune(word))
	}
	if letters < 2 {
		return nil
	}

	return words[:min(len(words), mostWords)]
}

func cut(folded string) []string {
	return strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

func parseCursor(raw string) (int64, error) {
	if raw == "" {
		return 0, nil
	}
	before, err := strconv.ParseInt(raw, 36, 64)
	if err != nil || before <= 0 {
		return 0, apierr.Invalid("cursor", "Send the cursor of the last answer as it was.")
	}

	return before, nil
}

// searcher answers one request.
type searcher struct {
	room    *Room
	app     core.App
	info    *core.RequestInfo
	company string
	words   []string

	query string // of the index
}

// visible narrows a query on a collection to what the caller may list.
func (s *searcher) visible(name string, query *dbx.SelectQuery) error {
	collection, err := s.app.FindCachedCollectionByNameOrId(name)
	if err != nil {
		return err
	}
	resolver := core.NewRecordFieldResolver(s.app, collection, s.info, true)
	rule, err := pbsearch.FilterData(*collection.ListRule).BuildExpr(resolver)
	if err != nil {
		return err
	}

	return resolver.UpdateQuery(query.AndWhere(rule))
}

// people finds contacts by name, e-mail or digits of the phone.
func (s *searcher) people(q string) ([]someone, error) {
	query := s.app.DB().Select("contacts.id", "contacts.name", "contacts.phone", "contacts.email").From(collections.Contacts).
		AndWhere(dbx.HashExp{"contacts.deleted": "", "contacts.merged_into": ""}).
		OrderBy("contacts.created DESC").Limit(mostPeople)
	if err := s.visible(collections.Contacts, query); err != nil {
		return nil, err
	}
	if digits := onlyDigits(q); len(digits) >= 4 {
		query.AndWhere(dbx.Like("contacts.search", digits))
	} else {
		query.AndWhere(dbx.Like("contacts.search", s.words...))
	}
	people := []someone{}

	return people, query.All(&people)
}

// onlyDigits returns the digits of what looks like a phone number, else "".
func onlyDigits(q string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}

		return -1
	}, q)
	if strings.IndexFunc(q, unicode.IsLetter) >= 0 {
		return ""
	}

	return digits
}

// messages finds what was said, newest first: what the index has not reached,
// then by the index. cursor is empty at the end.
func (s *searcher) messages(before int64) (hits []hit, cursor string, err error) {
	hits = []hit{}
	if before == 0 {
		if hits, err = s.tail(); err != nil {
			return nil, "", err
		}
		slices.Reverse(hits)
		hits = hits[:min(len(hits), mostMessages)]
		before = 1 << 62
	}

	for range mostRounds {
		found, last, more, err := s.indexed(before)
		if err != nil {
			return nil, "", err
		}
		for _, one := range found {
			if len(hits) == mostMessages {
				return hits, strconv.FormatInt(before, 36), nil
			}
			hits = append(hits, one)
			before = one.Key
		}
		switch {
		case !more:
			return hits, "", nil
		case len(hits) == mostMessages:
			return hits, strconv.FormatInt(before, 36), nil
		}
		before = last
	}

	return hits, strconv.FormatInt(before, 36), nil
}

// match is the query of the index: the company and all the words.
func (s *searcher) match() (string, error) {
	if s.query != "" {
		return s.query, nil
	}
	terms := []string{`company : "` + s.company + `"`}
	for i, word := range s.words {
		term := `"` + word + `"`
		if i == len(s.words)-1 {
			var err error
			if term, err = s.beginning(word); err != nil {
				return "", err
			}
		}
		terms = append(terms, "words : "+term)
	}
	s.query = strings.Join(terms, " AND ")

	return s.query, nil
}

const (
	// indexed beginnings have this many letters at most (see the schema)
	indexedLetters = 3

	// mostWordsAlike is how many words that begin alike are looked for.
	mostWordsAlike = 60
)

// beginning looks for the words that begin like this one: a short beginning is in
// the index, of a long one its words are, the first of them in the alphabet. To
// merge what thousands of words lead to would take seconds.
func (s *searcher) beginning(word string) (string, error) {
	if len([]rune(word)) <= indexedLetters {
		return `"` + word + `" *`, nil
	}
	var alike []string
	err := s.app.DB().NewQuery("SELECT term FROM search_words WHERE term >= {:from} AND term < {:to} LIMIT {:n}").
		Bind(dbx.Params{"from": word, "to": word + string(unicode.MaxRune), "n": mostWordsAlike}).Column(&alike)
	if err != nil || len(alike) == 0 {
		return `"` + word + `"`, err
	}

	return `("` + strings.Join(alike, `" OR "`) + `")`, nil
}

// indexed weighs the next hits of the index: it reads their messages in the
// order of the hits and keeps those the caller may see. last is the oldest hit
// that was weighed; more tells whether there may be others.
func (s *searcher) indexed(before int64) (found []hit, last int64, more bool, err error) {
	match, err := s.match()
	if err != nil {
		return nil, 0, false, err
	}
	params := dbx.Params{"match": match, "before": before, "n": candidates}
	const hitsSQL = "SELECT rowid FROM search_messages WHERE search_messages MATCH {:match} AND rowid < {:before} ORDER BY rowid DESC LIMIT {:n}"

	var weighed int
	var oldest sql.NullInt64
	err = s.app.DB().NewQuery("SELECT count(*), min(rowid) FROM ("+hitsSQL+")").Bind(params).Row(&weighed, &oldest)
	if err != nil || weighed == 0 {
		return nil, 0, false, err
	}

	// CROSS JOIN keeps the order: from the hits to their messages, never through
	// all messages of the company.
	query := s.app.DB().Select("messages.id", "messages.conversation", "messages.contact", "messages.text", "messages.kind",
		"messages.direction", "messages.at", "hits.rowid AS hit", "people.name").
		From("("+hitsSQL+") hits").
		Join("CROSS JOIN", "search_documents", dbx.NewExp("search_documents.key = hits.rowid")).
		Join("CROSS JOIN", collections.Messages, dbx.NewExp("messages.id = search_documents.message")).
		Join("CROSS JOIN", "contacts people", dbx.NewExp("people.id = messages.contact AND people.deleted = ''"))
	if err := s.visible(collections.Messages, query); err != nil {
		return nil, 0, false, err
	}
	err = query.AndWhere(dbx.NewExp("1 = 1", params)).OrderBy("hit DESC").Limit(mostMessages).All(&found)

	return found, oldest.Int64, weighed == candidates || len(found) == mostMessages, err
}

// tail looks through the messages the index has not reached, oldest first.
func (s *searcher) tail() ([]hit, error) {
	query := s.app.DB().Select("messages.id", "messages.conversation", "messages.contact", "messages.text", "messages.kind",
		"messages.direction", "messages.at", "people.name").
		// by id alone: an index of the company would lead through all it ever said
		From("(SELECT id FROM messages WHERE id > (SELECT last FROM search_state) ORDER BY id DESC LIMIT {:n}) newest").
		Join("CROSS JOIN", collections.Messages, dbx.NewExp("messages.id = newest.id")).
		Join("CROSS JOIN", "contacts people", dbx.NewExp("people.id = messages.contact AND people.deleted = ''"))
	if err := s.visible(collections.Messages, query); err != nil {
		return nil, err
	}
	rows := []hit{}
	err := query.AndWhere(dbx.NewExp("messages.text != '' AND messages.kind != 'system'", dbx.Params{"n": mostTail})).
		OrderBy("messages.id").All(&rows)

	return slices.DeleteFunc(rows, func(one hit) bool { return !s.has(one.Text) }), err
}

// has tells whether a text has all the words, as the index would.
func (s *searcher) has(text string) bool {
	said := cut(s.room.deps.Fold(text))
	for i, word := range s.words {
		last := i == len(s.words)-1
		if !slices.ContainsFunc(said, func(one string) bool { return one == word || last && strings.HasPrefix(one, word) }) {
			return false
		}
	}

	return true
}

func isNotFound(err error) bool { return errors.Is(err, sql.ErrNoRows) }
