package rehearsal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/config"
	"recado/hooks/channels"
)

// stage is a Recado of its own: the real one's tables with the few rows that are
// needed, in a folder that goes when it is closed. Its clock is moved by hand, its
// one channel hands every message to whoever looks.
type stage struct {
	Rooms

	app     core.App
	dir     string
	clock   *Clock
	channel string // id of its channel
	once    sync.Once

	mu   sync.Mutex
	sent []channels.Outgoing
}

// raise opens a stage at a time, with the rows of the real company that fill names:
// its tables in order, each with a condition in SQL that may use {:company}. A made-up
// company only borrows its id.
func (r *Room) raise(now time.Time, rows []rowsOf, params dbx.Params, madeUp bool) (*stage, error) {
	if err := os.MkdirAll(r.folder(), 0o700); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(r.folder(), "stage-")
	if err != nil {
		return nil, err
	}
	s := &stage{dir: dir, clock: NewClock(now)}
	if err := s.open(r, rows, params, madeUp); err != nil {
		return nil, errors.Join(err, s.close())
	}

	return s, nil
}

func (s *stage) open(r *Room, rows []rowsOf, params dbx.Params, madeUp bool) error {
	for _, name := range []string{"data.db", "auxiliary.db"} {
		if err := build(filepath.Join(r.app.DataDir(), name), filepath.Join(s.dir, name), rows, params); err != nil {
			return err
		}
	}
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: s.dir, DBConnect: config.DBConnect, DataMaxOpenConns: 8, DataMaxIdleConns: 4, AuxMaxOpenConns: 2, AuxMaxIdleConns: 1})
	s.app = app
	if err := app.Bootstrap(); err != nil {
		return err
	}
	// Nothing of it has to survive.
	for _, db := range []dbx.Builder{app.NonconcurrentDB(), app.AuxNonconcurrentDB()} {
		if _, err := db.NewQuery("PRAGMA synchronous = OFF").Execute(); err != nil {
			return err
		}
	}
	s.Rooms = r.deps.Rooms(app, s.clock.Now, madeUp)
	s.Channels.Add(channelKind, s)
	s.Inbox.Start()

	return nil
}

// channelKind is the kind the stage's channel says it is: one that greets nobody and
// shows buttons.
const channelKind = "webchat"

// halt ends what happens on the stage, whatever it waits for.
func (s *stage) halt() {
	s.once.Do(func() {
		if s.app != nil {
			_ = s.app.OnTerminate().Trigger(&core.TerminateEvent{App: s.app})
		}
	})
}

// close ends the stage and removes all of it.
func (s *stage) close() error {
	s.halt()
	var failure error
	if s.app != nil {
		failure = s.app.ClearBootstrap()
	}

	return errors.Join(failure, os.RemoveAll(s.dir))
}

// Start, Stop, Send and Capabilities implement channels.Channel.
func (s *stage) Start(context.Context) error { return nil }

func (s *stage) Stop(context.Context) error { return nil }

func (s *stage) Capabilities() channels.Capabilities { return channels.Capabilities{Options: 10} }

func (s *stage) Send(_ context.Context, out channels.Outgoing) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, out)

	return out.ExternalID, nil
}

// since are the messages that were sent after the first n, and how many there are.
func (s *stage) since(n int) ([]channels.Outgoing, int) {
	s.mu.Lock()
	defer s.mu.Unlock()

	return slices.Clone(s.sent[min(n, len(s.sent)):]), len(s.sent)
}

// rowsOf are rows to bring along; where is a condition in SQL.
type rowsOf struct{ table, where string }

// systemRows make an app of the same shape. Its settings, which have passwords, stay
// where they are.
var systemRows = []rowsOf{{"_collections", ""}, {"_migrations", ""}}

// build makes a database with the tables, indexes and triggers of another, and those
// of its rows that are asked for.
func build(source, target string, rows []rowsOf, params dbx.Params) error {
	db, err := config.DBConnect(target)
	if err != nil {
		return err
	}
	defer db.Close()
	db.DB().SetMaxOpenConns(1)
	for _, statement := range []string{"PRAGMA synchronous = OFF", "ATTACH DATABASE {:real} AS real"} {
		if _, err := db.NewQuery(statement).Bind(dbx.Params{"real": source}).Execute(); err != nil {
			return err
		}
	}

	return db.Transactional(func(tx *dbx.Tx) error {
		tables, triggers, err := shape(tx)
		if err != nil {
			return err
		}
		for _, r := range slices.Concat(systemRows, rows) {
			if !slices.Contains(tables, r.table) {
				continue // it is in the other database
			}
			statement := "INSERT INTO main.[[" + r.table + "]] SELECT * FROM real.[[" + r.table + "]]"
			if r.where != "" {
				statement += " WHERE " + r.where
			}
			if _, err := tx.NewQuery(statement).Bind(params).Execute(); err != nil {
				return err
			}
		}
		for _, trigger := range triggers { // last: what is there has been through them
			if _, err := tx.NewQuery(trigger).Execute(); err != nil {
				return err
			}
		}

		return nil
	})
}

// shape repeats the schema of the attached database but for its triggers. It lists
// the tables, and how the triggers are made.
func shape(tx *dbx.Tx) (tables, triggers []string, err error) {
	var parts []struct {
		Type string `db:"type"`
		Name string `db:"name"`
		SQL  string `db:"sql"`
	}
	err = tx.NewQuery("SELECT type, name, sql FROM real.sqlite_master WHERE sql != '' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type = 'view', type = 'index', rowid").All(&parts)
	if err != nil {
		return nil, nil, err
	}
	var virtual []string // whose own tables come with them
	for _, p := range parts {
		if strings.HasPrefix(strings.ToUpper(p.SQL), "CREATE VIRTUAL") {
			virtual = append(virtual, p.Name+"_")
		}
	}
	for _, p := range parts {
		if slices.ContainsFunc(virtual, func(prefix string) bool { return strings.HasPrefix(p.Name, prefix) }) {
			continue
		}
		if p.Type == "trigger" {
			triggers = append(triggers, p.SQL)

			continue
		}
		if _, err := tx.NewQuery(p.SQL).Execute(); err != nil {
			return nil, nil, err
		}
		if p.Type == "table" {
			tables = append(tables, p.Name)
		}
	}

	return tables, triggers, nil
}

// cast puts one agent on the stage, that works by one version of its instructions,
// and a channel it answers everyone on.
func (s *stage) cast(agent, version *core.Record) error {
	a, err := s.app.FindRecordById(collections.Agents, agent.Id)
	if err != nil {
		return err
	}
	limits := map[string]any{}
	_ = a.UnmarshalJSONField("limits", &limits)
	limits["replies"], limits["debounce"], limits["debounce_max"] = 1_000, 1, 1
	a.Load(map[string]any{
		"active": true, "shadow": false, "audience": "everyone", "hours": nil, "gate": 0, "limits": limits,
		"prompt": version.GetString("prompt"), "instructions": version.Id,
	})
	if err := save(s.app, a); err != nil {
		return err
	}
	_, err = s.app.NonconcurrentDB().NewQuery("UPDATE agent_prompt_versions SET state = CASE WHEN id = {:id} THEN 'live' ELSE 'retired' END, weight = CASE WHEN id = {:id} THEN 100 ELSE 0 END").
		Bind(dbx.Params{"id": version.Id}).Execute()
	if err != nil {
		return err
	}
	channel, err := create(s.app, collections.Channels, map[string]any{
		"company": agent.GetString("company"), "kind": channelKind, "name": "Stage", "answerer": "agent", "agent": agent.Id, "active": true,
	})
	if err != nil {
		return err
	}
	s.channel = channel.Id

	return nil
}

// casting are the rows an agent is made of.
var casting = []rowsOf{
	{collections.AIKeys, "company = {:company}"},
	{collections.Agents, "id = {:agent}"},
	{collections.AgentPrompts, "company = {:company}"},
	{collections.AgentPromptVersions, "company = {:company} AND (id = {:version} OR prompt = {:prompt})"},
}
