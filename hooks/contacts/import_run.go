package contacts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/texts"
)

// An import is a job: a row that is due. It is worked off in batches, each one
// transaction that writes contacts, journal and progress together, so a process
// may be killed at any moment: the next one goes on after the last batch. Hooks
// of contacts don't run for its rows; what they would do is done here, and the
// live feed is told once a batch, by the import's own record.

const (
	importBatch    = 500         // rows of one transaction
	importClaim    = time.Minute // a claim older than this belongs to a process that died
	importAttempts = 8
	importBackoff  = 5 * time.Second // doubled with every attempt
)

// errStopped means that the import was cancelled, or claimed by another process.
var errStopped = errors.New("the import was stopped")

// RunImports works off what is due and returns when nothing is.
func (r *Room) RunImports(ctx context.Context) error {
	r.busy.Lock()
	defer r.busy.Unlock()

	for ctx.Err() == nil {
		var ids []string
		err := r.app.DB().Select("id").From(collections.Imports).Where(r.importDue()).OrderBy("due").Limit(1).Column(&ids)
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := r.runImport(ctx, ids[0]); err != nil {
			return err
		}
	}

	return nil
}

func (r *Room) importDue() dbx.Expression {
	now := stamp(r.deps.Now())

	return dbx.NewExp("due != '' AND due <= {:now} AND claimed_until <= {:now}", dbx.Params{"now": now})
}

// runImport claims one import and does its work. Only what concerns the job
// system itself is returned; an import that can't go on says so in its row.
func (r *Room) runImport(ctx context.Context, id string) error {
	im := &importer{room: r, id: id, claim: stamp(r.deps.Now().Add(importClaim))}
	result, err := r.app.DB().Update(collections.Imports, dbx.Params{"claimed_until": im.claim},
		dbx.And(dbx.HashExp{"id": id}, r.importDue())).Execute()
	if err != nil {
		return err
	}
	if claimed, err := result.RowsAffected(); err != nil || claimed == 0 {
		return err
	}

	err = im.work(ctx)
	switch {
	case err == nil, errors.Is(err, errStopped):
		return nil
	case ctx.Err() != nil: // Recado ends: whoever comes next may go on at once
		_, err := r.app.DB().Update(collections.Imports, dbx.Params{"claimed_until": ""},
			dbx.HashExp{"id": id, "claimed_until": im.claim}).Execute()

		return err
	default:
		r.app.Logger().Error("An import failed", slog.String("import", id), slog.Any("error", err))

		return im.fail(err)
	}
}

// importer works off one import.
type importer struct {
	room  *Room
	id    string
	claim string

	record  *core.Record
	company string
	mode    string
	reading reading
	may     func(owner string) bool
	owner   string // of contacts whose row names none

	insert, update, rename *dbx.Query // prepared once a batch
}

func (im *importer) work(ctx context.Context) error {
	record, err := im.room.app.FindRecordById(collections.Imports, im.id)
	if err != nil {
		return err
	}
	im.record, im.company = record, record.GetString("company")

	if record.GetString("state") == "undoing" {
		return im.undo(ctx)
	}
	if err := im.prepare(); err != nil {
		return err
	}
	content, err := im.room.importFile(record)
	if err != nil {
		return err
	}
	defer content.Close()

	return im.run(ctx, content, record.GetInt("done"))
}

// prepare reads what rows are read by.
func (im *importer) prepare() (err error) {
	app, record := im.room.app, im.record
	im.mode = record.GetString("mode")
	if im.reading, err = newReading(app, im.company, record.GetStringSlice("mapping")); err != nil {
		return err
	}
	im.may, im.owner, err = reach(app, im.company, record.GetString("member"))

	return err
}

func newReading(app core.App, company string, mapping []string) (reading, error) {
	row, err := app.FindRecordById(collections.Companies, company)
	if err != nil {
		return reading{}, err
	}
	members, err := app.FindAllRecords(collections.Members, dbx.HashExp{"company": company})
	if err != nil {
		return reading{}, err
	}
	owners := map[string]string{}
	for _, member := range members {
		if member.GetBool("active") {
			owners[Fold(member.GetString("name"))] = member.Id
		}
	}
	for _, member := range members { // an address is surer than a name, and those who left still own some
		owners[Fold(member.GetString("email"))] = member.Id
	}
	delete(owners, "")

	labels, err := app.FindAllRecords(collections.Tags, dbx.HashExp{"company": company})
	if err != nil {
		return reading{}, err
	}
	tags := map[string]string{}
	for _, tag := range labels {
		tags[tag.GetString("key")] = tag.Id
	}

	own, err := Fields(app, company)
	if err != nil {
		return reading{}, err
	}
	fields := map[string]Field{}
	for _, field := range own {
		fields[customPrefix+field.Key] = field
	}

	return reading{mapping: mapping, timezone: row.GetString("timezone"), owners: owners, tags: tags, fields: fields}, nil
}

// reach says whose contacts a member may change, as the rule of contacts has it,
// and who owns those they bring in: themselves, where they would see no other.
func reach(app core.App, company, id string) (may func(owner string) bool, owner string, err error) {
	member, err := app.FindRecordById(collections.Members, id)
	if err != nil {
		return nil, "", err
	}
	held := member.GetStringSlice("permissions")
	var team []string
	err = app.DB().Select("id").From(collections.Members).Where(dbx.HashExp{"company": company, "manager": id}).Column(&team)

	may = func(owner string) bool {
		return slices.Contains(held, "contacts.edit_all") ||
			owner == id && slices.Contains(held, "contacts.edit_own") ||
			owner != "" && slices.Contains(team, owner) && slices.Contains(held, "contacts.edit_team")
	}
	if !slices.Contains(held, "contacts.view_all") {
		owner = id
	}

	return may, owner, err
}

// numbered is a row waiting for its batch.
type numbered struct {
	row     int
	values  values
	problem *problem
}

// run works off the rows after the first `done`.
func (im *importer) run(ctx context.Context, content io.Reader, done int) error {
	at := 0
	batch := make([]numbered, 0, importBatch)
	err := eachRow(content, func(row int, cells []string) error {
		if at++; at <= done {
			return nil
		}
		read, problem := im.reading.read(cells)
		if batch = append(batch, numbered{row, read, problem}); len(batch) < importBatch {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		began := time.Now()
		err := im.commit(at-len(batch), batch)
		batch = batch[:0]
		time.Sleep(time.Since(began) / 4) // others are waiting for the machine; nobody waits for the last row

		return err
	})
	if err != nil {
		return err
	}

	return im.finish(at-len(batch), batch)
}

// journal is what a batch did.
type journal struct {
	Created []string       `json:"created,omitempty"`
	Changed []journalEntry `json:"changed,omitempty"`
	Errors  []rowError     `json:"errors,omitempty"`
	updated int            // rows that changed someone
}

type journalEntry struct {
	ID     string `json:"id"`
	Before values `json:"before"`
}

type rowError struct {
	Row int `json:"row"`
	problem
}

func (im *importer) commit(first int, batch []numbered) error {
	return im.room.app.RunInTransaction(func(txApp core.App) error { return im.store(txApp, first, batch, "running") })
}

// finish stores what is left and ends the import.
func (im *importer) finish(first int, batch []numbered) error {
	return im.room.app.RunInTransaction(func(txApp core.App) error { return im.store(txApp, first, batch, "done") })
}

// store writes a batch with its journal and moves the import on.
func (im *importer) store(txApp core.App, first int, batch []numbered, state string) error {
	now := stamp(im.room.deps.Now())
	done := journal{}
	if len(batch) > 0 {
		known, err := im.find(txApp, batch)
		if err != nil {
			return err
		}
		if done, err = im.apply(txApp, known, batch, now); err != nil {
			return err
		}
		if err := im.remember(txApp, first, done, now); err != nil {
			return err
		}
	}

	due, claim := now, stamp(im.room.deps.Now().Add(importClaim))
	if state == "done" {
		due, claim = "", ""
	}
	result, err := txApp.DB().NewQuery(`UPDATE imports SET state = {:state}, done = done + {:rows}, added = added + {:added},
			changed = changed + {:changed}, failed = failed + {:failed}, skipped = skipped + {:skipped},
			attempts = 0, error = '', due = {:due}, claimed_until = {:claim}, updated = {:now}
		WHERE id = {:id} AND state IN ('queued', 'running') AND claimed_until = {:mine}`).Bind(dbx.Params{
		"id": im.id, "state": state, "rows": len(batch), "added": len(done.Created), "changed": done.updated, "failed": len(done.Errors),
		"skipped": len(batch) - len(done.Created) - done.updated - len(done.Errors),
		"due":     due, "claim": claim, "now": now, "mine": im.claim,
	}).Execute()
	if err != nil {
		return err
	}
	if moved, err := result.RowsAffected(); err != nil || moved == 0 {
		return errors.Join(errStopped, err)
	}
	im.claim = claim

	return im.room.deps.Live.Updated(txApp, collections.Imports, im.id)
}

// find reads the stored contacts a batch may speak of.
func (im *importer) find(app core.App, batch []numbered) (people, error) {
	return findPeople(app, im.company, im.mode, batch)
}

func findPeople(app core.App, company, mode string, batch []numbered) (people, error) {
	known := people{}
	if mode == "create" {
		return known, nil
	}
	keys := map[string][]string{}
	for _, row := range batch {
		for _, key := range keysOf(row.values["id"], row.values["phone"], row.values["email"]) {
			kind, value, _ := strings.Cut(key, ":")
			keys[kind] = append(keys[kind], value)
		}
	}

	columns := "contacts.id, contacts.updated, contacts." + strings.Join(imported, ", contacts.")
	// The conditions on emptiness are those of the partial indexes; each plus keeps
	// SQLite from walking the whole company instead.
	for _, query := range []struct{ kind, sql string }{
		{"id", "FROM contacts WHERE +company = {:company} AND id IN"},
		{"phone", "FROM contacts WHERE company = {:company} AND phone != '' AND phone IN"},
		{"email", "FROM contacts WHERE company = {:company} AND email != '' AND email IN"},
		{"phone", "FROM identities JOIN contacts ON contacts.id = identities.contact WHERE identities.company = {:company} AND identities.kind = 'phone' AND identities.value IN"},
	} {
		if len(keys[query.kind]) == 0 {
			continue
		}
		list, err := json.Marshal(keys[query.kind])
		if err != nil {
			return nil, err
		}
		var rows []dbx.NullStringMap
		err = app.DB().NewQuery("SELECT " + columns + " " + query.sql + " (SELECT value FROM json_each({:keys})) AND contacts.deleted = '' AND contacts.merged_into = '' ORDER BY +contacts.created, contacts.id").
			Bind(dbx.Params{"company": company, "keys": string(list)}).All(&rows)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if known["id:"+row["id"].String] != nil {
				continue
			}
			who := &person{id: row["id"].String, updated: row["updated"].String, values: values{}}
			for _, field := range imported {
				who.values[field] = row[field].String
			}
			known.add(who)
		}
	}

	return known, nil
}

// apply writes what the rows make of the people.
func (im *importer) apply(txApp core.App, known people, batch []numbered, now string) (done journal, err error) {
	heir, err := heirs(txApp, im.company, im.id)
	if err != nil {
		return done, err
	}
	var made, changed []*person
	for _, row := range batch {
		problem := row.problem
		if problem == nil {
			var outcome string
			var who *person
			if row.values["owner"] != "" { // one who left is none that is named
				row.values["owner"] = heir(row.values["owner"])
			}
			if row.values["tags"], err = im.reading.tagIDs(row.values["tags"], im.makeTag(txApp)); err != nil {
				return done, err
			}
			outcome, who, problem = known.plan(row.values, im.mode, im.may, core.GenerateDefaultRandomId)
			switch {
			case outcome == outcomeCreate:
				if who.values["owner"] == "" {
					who.values["owner"] = heir(im.owner)
				}
				made = append(made, who)
			case outcome == outcomeUpdate:
				done.updated++
				if !who.fresh && !slices.Contains(changed, who) {
					changed = append(changed, who)
				}
			}
		}
		if problem != nil {
			done.Errors = append(done.Errors, rowError{row.row, *problem})
		}
	}

	defer im.close()
	for _, who := range made {
		done.Created = append(done.Created, who.id)
		if _, err := prepared(txApp, &im.insert, insertContactSQL, im.params(who, now)).Execute(); err != nil {
			return done, err
		}
	}
	for _, who := range changed {
		done.Changed = append(done.Changed, journalEntry{who.id, who.before})
		if err := im.rewrite(txApp, who, now); err != nil {
			return done, err
		}
	}

	return done, nil
}

// tagIDs makes ids of a JSON array of names; a tag there is not yet is made.
func (r reading) tagIDs(names string, create func(name string) (string, error)) (string, error) {
	if names == "" {
		return "", nil
	}
	var list []string
	if err := json.Unmarshal([]byte(names), &list); err != nil {
		return "", err
	}
	for i, name := range list {
		id := r.tags[Fold(name)]
		if id == "" {
			var err error
			if id, err = create(name); err != nil {
				return "", err
			}
			r.tags[Fold(name)] = id
		}
		list[i] = id
	}
	raw, err := json.Marshal(list)

	return string(raw), err
}

// makeTag makes tags in the transaction of the batch. After a rollback the
// import begins anew, and with it what is known of tags.
func (im *importer) makeTag(txApp core.App) func(name string) (string, error) {
	return func(name string) (string, error) {
		collection, err := txApp.FindCachedCollectionByNameOrId(collections.Tags)
		if err != nil {
			return "", err
		}
		tag := core.NewRecord(collection)
		tag.Load(map[string]any{"company": im.company, "name": name})

		err = txApp.Save(tag)

		return tag.Id, err
	}
}

const insertContactSQL = `
	INSERT INTO contacts (id, company, name, phone, email, locale, birthday, lifecycle, lead_status, category, source,
		owner, tags, notes, custom, search, created, updated)
	VALUES ({:id}, {:company}, {:name}, {:phone}, {:email}, {:locale}, {:birthday}, {:lifecycle}, {:lead_status}, {:category}, {:source},
		{:owner}, {:tags}, {:notes}, coalesce({:custom}, 'null'), {:search}, {:now}, {:now})`

const updateContactSQL = `
	UPDATE contacts SET name = {:name}, phone = {:phone}, email = {:email}, locale = {:locale}, birthday = {:birthday},
		lifecycle = {:lifecycle}, lead_status = {:lead_status}, category = {:category}, source = {:source},
		owner = {:owner}, tags = {:tags}, notes = {:notes}, custom = coalesce({:custom}, custom), search = {:search}, updated = {:now}
	WHERE id = {:id} AND company = {:company}`

const renameConversationsSQL = `
	UPDATE conversations SET search = {:search} WHERE company = {:company} AND contact = {:id} AND search != {:search}`

func (im *importer) params(who *person, now string) dbx.Params {
	v := who.values
	tags := v["tags"]
	if tags == "" {
		tags = "[]"
	}
	var custom any // nothing is said of it: it stays
	if v["custom"] != "" {
		custom = v["custom"]
	}

	return dbx.Params{
		"id": who.id, "company": im.company, "name": v["name"], "phone": v["phone"], "email": v["email"], "locale": v["locale"],
		"birthday": v["birthday"], "lifecycle": v["lifecycle"], "lead_status": v["lead_status"], "category": v["category"],
		"source": v["source"], "owner": v["owner"], "tags": tags, "notes": v["notes"], "custom": custom,
		"search": SearchText(v["name"], v["email"], v["phone"], v["notes"]), "now": now,
	}
}

// rewrite stores a changed contact and lets its conversations be found by it.
func (im *importer) rewrite(txApp core.App, who *person, now string) error {
	params := im.params(who, now)
	if _, err := prepared(txApp, &im.update, updateContactSQL, params).Execute(); err != nil {
		return err
	}
	v := who.values
	_, err := prepared(txApp, &im.rename, renameConversationsSQL,
		dbx.Params{"search": SearchText(v["name"], v["email"], v["phone"], ""), "company": im.company, "id": who.id}).Execute()

	return err
}

// prepared prepares a statement the first time it is needed.
func prepared(txApp core.App, query **dbx.Query, sql string, params dbx.Params) *dbx.Query {
	if *query == nil {
		*query = txApp.DB().NewQuery(sql).Prepare()
	}

	return (*query).Bind(params)
}

func (im *importer) close() {
	for _, query := range []**dbx.Query{&im.insert, &im.update, &im.rename} {
		if *query != nil {
			_ = (*query).Close()
			*query = nil
		}
	}
}

// remember writes the journal of a batch.
func (im *importer) remember(txApp core.App, first int, done journal, now string) error {
	entries, err := json.Marshal(done)
	if err != nil {
		return err
	}
	_, err = txApp.DB().Insert(collections.ImportBatches, dbx.Params{
		"id": im.room.deps.IDs.Next(), "company": im.company, "import": im.id, "first": first, "stamp": now,
		"entries": string(entries), "undone": false, "created": now, "updated": now,
	}).Execute()

	return err
}

// fail lets the import be tried again later or, after too many tries, ends it.
func (im *importer) fail(problem error) error {
	return im.room.app.RunInTransaction(func(txApp core.App) error {
		record, err := txApp.FindRecordById(collections.Imports, im.id)
		if err != nil {
			return err
		}
		attempts := record.GetInt("attempts") + 1
		params := dbx.Params{
			"attempts": attempts, "error": problem.Error(), "claimed_until": "", "updated": stamp(im.room.deps.Now()),
			"due": stamp(im.room.deps.Now().Add(importBackoff << (attempts - 1))),
		}
		if attempts >= importAttempts {
			params["due"], params["state"] = "", "failed"
		}
		_, err = txApp.DB().Update(collections.Imports, params, dbx.HashExp{"id": im.id, "claimed_until": im.claim}).Execute()
		if err != nil {
			return err
		}

		return im.room.deps.Live.Updated(txApp, collections.Imports, im.id)
	})
}

// importFile opens the normalized file of an import.
func (r *Room) importFile(record *core.Record) (io.ReadCloser, error) {
	storage, err := r.app.NewFilesystem()
	if err != nil {
		return nil, err
	}
	content, err := storage.GetReader(record.BaseFilesPath() + "/" + record.GetString("file"))
	if err != nil {
		_ = storage.Close()

		return nil, fmt.Errorf("the file of the import is gone: %w", err)
	}

	return closing{content, storage}, nil
}

// closing closes the storage with the file.
type closing struct {
	io.ReadCloser
	storage io.Closer
}

func (c closing) Close() error { return errors.Join(c.ReadCloser.Close(), c.storage.Close()) }

// sentence says a problem in a language. labels are those of the company's own
// fields, by target.
func (p problem) sentence(locale string, labels map[string]string) string {
	label := labels[p.Field]
	if label == "" {
		label = texts.Get(locale, "field."+p.Field, nil, nil)
	}

	return texts.Get(locale, "import."+p.Code, map[string]any{"field": label}, nil)
}
