package knowledge

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/knowledge/extract"
	"recado/hooks/knowledge/pieces"
)

// A reading is a job: a row that is due and claimed. Its pieces are stored in
// batches under a new generation, and found from the moment the row names it; so a
// process may be killed at any moment, and what was known before is found until then.

const (
	readClaim    = 3 * time.Minute // a claim older than this belongs to a process that died
	readAttempts = 5               // of what failed for no fault of the source
	readBackoff  = time.Minute     // doubled with every attempt
	retryAfter   = 10 * time.Minute
	storeBatch   = 200 // pieces of one transaction
)

// errStopped means that the source was changed or claimed by another process.
var errStopped = errors.New("the source has changed")

// problem is why a source can't be read, for a person to do something about.
type problem string

func (p problem) Error() string { return "knowledge: " + string(p) }

// Problems beside those of extract and fetch.
const problemFull problem = "full"

func problemOf(err error) (problem, bool) {
	var p problem
	switch {
	case errors.As(err, &p):
		return p, true
	case errors.Is(err, extract.ErrOld):
		return "old", true
	case errors.Is(err, extract.ErrLocked):
		return "locked", true
	case errors.Is(err, extract.ErrEmpty):
		return "empty", true
	case errors.Is(err, extract.ErrTooLarge):
		return "too_large", true
	case errors.Is(err, extract.ErrSlow):
		return "slow", true
	case errors.Is(err, extract.ErrUnreadable):
		return "unreadable", true
	default:
		return "broken", false
	}
}

// Work reads what is due, then sees to the meaning of what was read, and returns when
// nothing is left to do now.
func (r *Room) Work(ctx context.Context) error {
	r.busy.Lock()
	defer r.busy.Unlock()

	for ctx.Err() == nil {
		var ids []string
		err := r.app.DB().Select("id").From(collections.Knowledge).Where(r.isDue()).OrderBy("due").Limit(1).Column(&ids)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return r.understand(ctx)
		}
		if err := r.read(ctx, ids[0]); err != nil {
			return err
		}
	}

	return ctx.Err()
}

func (r *Room) isDue() dbx.Expression {
	return dbx.NewExp("due != '' AND due <= {:now} AND claimed_until <= {:now}", dbx.Params{"now": stamp(r.deps.Now())})
}

// read claims one source and reads it. Only what concerns the job system itself is
// returned; a source that can't be read says so in its row.
func (r *Room) read(ctx context.Context, id string) error {
	s := &reading{room: r, id: id, claim: stamp(r.deps.Now().Add(readClaim))}
	err := s.set(dbx.Params{"claimed_until": s.claim, "state": stateReading, "total": 0}, r.isDue())
	if err == nil {
		err = s.run(ctx)
	}
	if errors.Is(err, errStopped) {
		return nil
	}

	return err
}

// reading is one source being read.
type reading struct {
	room   *Room
	id     string
	claim  string
	record *core.Record
}

func (s *reading) mine() dbx.Expression { return dbx.HashExp{"claimed_until": s.claim} }

// set changes columns of the row if it is as is says, and shows them.
func (s *reading) set(columns dbx.Params, is dbx.Expression) error {
	return s.room.app.RunInTransaction(func(txApp core.App) error { return s.setIn(txApp, columns, is) })
}

func (s *reading) setIn(txApp core.App, columns dbx.Params, is dbx.Expression) error {
	columns["updated"] = stamp(s.room.deps.Now())
	result, err := txApp.DB().Update(collections.Knowledge, columns, dbx.And(dbx.HashExp{"id": s.id}, is)).Execute()
	if err != nil {
		return err
	}
	if rows, err := result.RowsAffected(); err != nil || rows == 0 {
		return errors.Join(errStopped, err)
	}

	return s.room.deps.Live.Updated(txApp, collections.Knowledge, s.id)
}

func (s *reading) run(ctx context.Context) (err error) {
	if s.record, err = s.room.app.FindRecordById(collections.Knowledge, s.id); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return errStopped
		}

		return err
	}
	err = s.work(ctx)
	switch {
	case err == nil, errors.Is(err, errStopped):
		return err
	case ctx.Err() != nil: // Recado ends: whoever comes next may go on at once
		return s.set(dbx.Params{"claimed_until": "", "state": stateWaiting}, s.mine())
	default:
		return s.fail(err)
	}
}

func (s *reading) work(ctx context.Context) error {
	doc, size, err := s.document(ctx)
	if err != nil {
		return err
	}
	title := clip(cmp.Or(s.record.GetString("title"), doc.Title, s.record.GetString("name"), s.record.GetString("url")), 200)
	sum := sha256.Sum256([]byte(title + "\x00" + doc.Text))
	hash := hex.EncodeToString(sum[:])
	done := dbx.Params{
		"state": stateReady, "problem": "", "title": title, "size": size, "hash": hash, "attempts": 0,
		"claimed_until": "", "due": s.next(), "read_at": stamp(s.room.deps.Now()),
	}
	if hash == s.record.GetString("hash") { // as it was
		return s.set(done, s.mine())
	}

	parts := pieces.Cut(doc.Text)
	if len(parts) == 0 {
		return extract.ErrEmpty
	}
	letters := 0
	for _, part := range parts {
		letters += utf8.RuneCountInString(part.Text)
	}
	if err := s.fits(letters); err != nil {
		return err
	}
	generation := s.record.GetInt("generation") + 1
	if err := s.store(ctx, title, generation, parts); err != nil {
		return err
	}
	done["letters"], done["pieces"], done["total"], done["vectors"], done["generation"] = letters, len(parts), len(parts), 0, generation
	if err := s.set(done, s.mine()); err != nil {
		return err
	}

	return s.clear(generation)
}

// next is when a source is read again by itself.
func (s *reading) next() string {
	if s.record.GetString("kind") != kindAddress {
		return ""
	}

	return stamp(s.room.deps.Now().Add(s.room.deps.Limits.Refresh))
}

// document reads what the source is of.
func (s *reading) document(ctx context.Context) (doc extract.Document, size int64, err error) {
	switch s.record.GetString("kind") {
	case kindPage:
		text := s.record.GetString("text")
		doc, err = extract.Read(extract.Markdown, []byte(text))

		return doc, int64(len(text)), err
	case kindFile:
		content, err := s.file()
		if err != nil {
			return doc, 0, err
		}
		kind, err := extract.KindOf(s.record.GetString("name"), content)
		if err != nil {
			return doc, 0, err
		}
		doc, err = s.room.deps.Read(ctx, kind, content)

		return doc, int64(len(content)), err
	default:
		content, kind, err := s.room.fetch(ctx, s.record.GetString("url"))
		if err != nil {
			return doc, 0, err
		}
		doc, err = s.room.deps.Read(ctx, kind, content)

		return doc, int64(len(content)), err
	}
}

func (s *reading) file() ([]byte, error) {
	storage, err := s.room.app.NewFilesystem()
	if err != nil {
		return nil, err
	}
	defer storage.Close()
	content, err := storage.GetReader(s.record.BaseFilesPath() + "/" + s.record.GetString("file"))
	if err != nil {
		return nil, fmt.Errorf("the file of a source is gone: %w", err)
	}
	defer content.Close()

	return io.ReadAll(io.LimitReader(content, s.room.deps.Limits.Bytes))
}

// fits tells whether there is room for so many characters beside the company's
// other sources.
func (s *reading) fits(letters int) error {
	var others int
	err := s.room.app.DB().Select("coalesce(sum(letters), 0)").From(collections.Knowledge).
		Where(dbx.And(dbx.HashExp{"company": s.record.GetString("company")}, dbx.Not(dbx.HashExp{"id": s.id}))).Row(&others)
	if err != nil {
		return err
	}
	if others+letters > s.room.deps.Limits.Letters {
		return problemFull
	}

	return nil
}

// store writes the pieces of a new generation. What an earlier try left of it goes.
func (s *reading) store(ctx context.Context, title string, generation int, parts []pieces.Piece) error {
	if err := s.clear(generation - 1); err != nil {
		return err
	}
	for from := 0; from < len(parts); from += storeBatch {
		if err := ctx.Err(); err != nil {
			return err
		}
		upTo := min(from+storeBatch, len(parts))
		err := s.room.app.RunInTransaction(func(txApp core.App) error {
			for i, part := range parts[from:upTo] {
				if err := s.add(txApp, title, generation, from+i, part); err != nil {
					return err
				}
			}
			claim := stamp(s.room.deps.Now().Add(readClaim))
			err := s.setIn(txApp, dbx.Params{"total": len(parts), "pieces": upTo, "claimed_until": claim}, s.mine())
			if err == nil {
				s.claim = claim
			}

			return err
		})
		if err != nil {
			return err
		}
	}

	return nil
}

func (s *reading) add(txApp core.App, title string, generation, number int, part pieces.Piece) error {
	company := s.record.GetString("company")
	var key int64
	err := txApp.DB().NewQuery(`INSERT INTO knowledge_pieces (company, source, generation, number, heading, text)
		VALUES ({:company}, {:source}, {:generation}, {:number}, {:heading}, {:text}) RETURNING key`).
		Bind(dbx.Params{"company": company, "source": s.id, "generation": generation, "number": number, "heading": part.Heading, "text": part.Text}).Row(&key)
	if err != nil {
		return err
	}
	_, err = txApp.DB().NewQuery("INSERT INTO knowledge_words (rowid, company, title, words) VALUES ({:key}, {:company}, {:title}, {:words})").
		Bind(dbx.Params{"key": key, "company": company, "title": s.room.deps.Fold(title + " " + part.Heading), "words": s.room.deps.Fold(part.Text)}).Execute()

	return err
}

// clear takes out all but a generation.
func (s *reading) clear(generation int) error {
	for more := true; more; {
		err := s.room.app.RunInTransaction(func(txApp core.App) (err error) {
			more, err = removeOld(txApp, s.id, generation)

			return err
		})
		if err != nil {
			return err
		}
	}

	return nil
}

// fail says in the row why the source can't be read. What was known of it before is
// found on. An address is tried again later; what is no fault of the source, too.
func (s *reading) fail(cause error) error {
	why, known := problemOf(cause)
	attempts := s.record.GetInt("attempts") + 1
	columns := dbx.Params{"state": stateFailed, "problem": string(why), "claimed_until": "", "attempts": attempts, "due": ""}
	now := s.room.deps.Now()
	switch {
	case !known && attempts < readAttempts:
		columns["state"], columns["due"] = stateWaiting, stamp(now.Add(readBackoff<<(attempts-1)))
	case s.record.GetString("kind") == kindAddress:
		columns["due"] = stamp(now.Add(min(retryAfter<<min(attempts-1, 10), s.room.deps.Limits.Refresh)))
	}
	if !known {
		s.room.app.Logger().Error("A source of knowledge could not be read", slog.String("source", s.id), slog.Any("error", cause))
	}
	var kept int
	err := s.room.app.DB().Select("count(*)").From("knowledge_pieces").
		Where(dbx.HashExp{"source": s.id, "generation": s.record.GetInt("generation")}).Row(&kept)
	if err != nil {
		return err
	}
	columns["pieces"], columns["total"] = kept, kept

	return s.set(columns, s.mine())
}
