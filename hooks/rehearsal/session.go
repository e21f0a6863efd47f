package rehearsal

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/channels"
)

const (
	mostSessions = 8 // stages that are open for people at a time
	mostOfMember = 2
	sessionIdle  = 15 * time.Minute
	mostMessage  = 4_000 // characters of one message
	mostTalk     = 200   // lines of one playground
)

// session is a playground or a replay, as long as somebody looks at it. It is
// nothing that has to survive: it lives in memory, and its stage in a folder.
type session struct {
	id      string
	company string
	member  string
	agent   string
	version string

	mu     sync.Mutex // one message at a time
	talk   *talk
	cancel context.CancelFunc
	ctx    context.Context

	state sync.Mutex // guards what follows
	used  time.Time
	turns []replayTurn
	total int
	done  bool
	fault string
}

// rehearse is POST /api/recado/agents/{id}/rehearsals {version, conversation?}: opens a
// playground, or with a conversation replays it.
func (r *Room) rehearse(e *core.RequestEvent) error {
	var form struct {
		Version      string `json:"version"`
		Conversation string `json:"conversation"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("version", "Say which version to try.")
	}
	agent, version, member, err := r.agentAndVersion(e, form.Version)
	if err != nil {
		return err
	}
	var conversation *core.Record
	if form.Conversation != "" {
		if conversation, err = r.conversation(e, agent.GetString("company"), form.Conversation); err != nil {
			return err
		}
	}
	s := &session{
		id: security.RandomString(20), company: agent.GetString("company"), member: member.Id, agent: agent.Id, version: version.Id, used: r.deps.Now(),
	}
	s.ctx, s.cancel = context.WithCancel(r.ctx)
	if err := r.enter(s); err != nil {
		return err
	}
	if conversation == nil {
		err = r.openPlayground(s, agent, version)
	} else {
		err = r.openReplay(s, agent, version, conversation)
	}
	if err != nil {
		r.leave(s)

		return err
	}

	return e.JSON(http.StatusOK, s.shown())
}

// enter keeps a session, if there is room for one more.
func (r *Room) enter(s *session) error {
	r.closeIdle()
	r.mu.Lock()
	defer r.mu.Unlock()
	own := 0
	for _, other := range r.sessions {
		if other.member == s.member {
			own++
		}
	}
	if len(r.sessions) >= mostSessions || own >= mostOfMember {
		return apierr.New(http.StatusTooManyRequests, "rehearsals_full", "Too many rehearsals are open. Close one, or try again in a few minutes.", nil)
	}
	r.sessions[s.id] = s

	return nil
}

// leave ends a session and takes its stage down.
func (r *Room) leave(s *session) {
	r.mu.Lock()
	_, known := r.sessions[s.id]
	delete(r.sessions, s.id)
	r.mu.Unlock()
	s.cancel()
	if !known {
		return
	}
	r.work.Add(1)
	go func() {
		defer r.work.Done()
		if t := s.stage(); t != nil {
			t.halt() // ends what the lock below waits for
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if t := s.stage(); t != nil {
			if err := t.close(); err != nil {
				r.app.Logger().Warn("A rehearsal left something behind", slog.Any("error", err))
			}
		}
	}()
}

func (s *session) stage() *stage {
	s.state.Lock()
	defer s.state.Unlock()
	if s.talk == nil {
		return nil
	}

	return s.talk.stage
}

func (r *Room) closeIdle() {
	now := r.deps.Now()
	for _, s := range r.all() {
		s.state.Lock()
		idle := now.Sub(s.used) > sessionIdle
		s.state.Unlock()
		if idle {
			r.leave(s)
		}
	}
}

func (r *Room) closeAll() {
	for _, s := range r.all() {
		r.leave(s)
	}
}

func (r *Room) all() (list []*session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.sessions {
		list = append(list, s)
	}

	return list
}

// session finds the caller's own session of the path.
func (r *Room) session(e *core.RequestEvent) (*session, error) {
	member, err := r.deps.Require(e, e.Request.URL.Query().Get("company"), "agents.manage")
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	s := r.sessions[e.Request.PathValue("id")]
	r.mu.Unlock()
	if s == nil || s.member != member.Id || s.company != member.GetString("company") {
		return nil, apierr.New(http.StatusNotFound, "rehearsal_over", "This rehearsal is over. Begin a new one.", nil)
	}
	s.state.Lock()
	s.used = r.deps.Now()
	s.state.Unlock()

	return s, nil
}

// show is GET /api/recado/rehearsals/{id}.
func (r *Room) show(e *core.RequestEvent) error {
	s, err := r.session(e)
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, s.shown())
}

// end is DELETE /api/recado/rehearsals/{id}.
func (r *Room) end(e *core.RequestEvent) error {
	s, err := r.session(e)
	if err != nil {
		return err
	}
	r.leave(s)

	return e.NoContent(http.StatusNoContent)
}

// shown is a session as screens show it. Turns are a replay's.
func (s *session) shown() map[string]any {
	s.state.Lock()
	defer s.state.Unlock()
	turns := s.turns
	if turns == nil {
		turns = []replayTurn{}
	}

	return map[string]any{
		"id": s.id, "agent": s.agent, "version": s.version, "turns": turns, "total": s.total, "done": s.done, "problem": s.fault,
	}
}

// furnished are the rows of a company in which an agent can book.
var furnished = append([]rowsOf{
	{collections.Companies, "id = {:company}"},
	{collections.Members, "company = {:company}"}, // who serves
	{collections.Queues, "company = {:company}"},
	{collections.Agendas, "company = {:company}"},
	{collections.Availabilities, "company = {:company}"},
	{collections.AvailabilityOverrides, "company = {:company}"},
	{collections.Services, "company = {:company}"},
}, casting...)

// booked are what stands in the agenda from a moment on, of what was made before
// another and not by one conversation.
var booked = []rowsOf{
	{collections.Appointments, "company = {:company} AND [[end]] > {:from} AND created < {:made_before} AND status IN ('held', 'pending', 'confirmed', 'arrived', 'done', 'no_show')"},
	{collections.Occupancies, "company = {:company} AND blocked_end > {:from_unix} AND created < {:made_before}"},
}

func bookedParams(agent, version *core.Record, from, madeBefore time.Time) dbx.Params {
	return dbx.Params{
		"company": agent.GetString("company"), "agent": agent.Id, "version": version.Id, "prompt": version.GetString("prompt"),
		"from": stamp(from), "from_unix": from.Unix(), "made_before": stamp(madeBefore),
	}
}

// openPlayground raises a stage with a copy of the agenda as it is now.
func (r *Room) openPlayground(s *session, agent, version *core.Record) error {
	now := r.deps.Now()
	rows := slices.Concat(booked, furnished)
	st, err := r.raise(now, rows, bookedParams(agent, version, now, now.Add(time.Hour)), false)
	if err != nil {
		return err
	}
	if err := st.strip(); err != nil {
		_ = st.close()

		return err
	}

	return s.begin(st, agent, version, &talk{identity: channels.Address{Kind: "visitor", Value: "playground"}, name: "Playground"})
}

// strip takes from the copied appointments what is said of people: the stage knows
// when somebody comes, not who.
func (s *stage) strip() error {
	_, err := s.app.NonconcurrentDB().NewQuery("UPDATE appointments SET note = '', attendee = '', cancel_reason = ''").Execute()

	return err
}

func (s *session) begin(st *stage, agent, version *core.Record, t *talk) error {
	if err := st.cast(agent, version); err != nil {
		_ = st.close()

		return err
	}
	t.stage, t.company, t.agent = st, agent.GetString("company"), agent.Id
	s.state.Lock()
	defer s.state.Unlock()
	s.talk = t

	return nil
}

// write is POST /api/recado/rehearsals/{id}/messages {text, payload?}: what the person
// at the playground says; the answer is what the agent says, and how it came about.
func (r *Room) write(e *core.RequestEvent) error {
	s, err := r.session(e)
	if err != nil {
		return err
	}
	var form struct {
		Text    string `json:"text"`
		Payload string `json:"payload"`
	}
	if err := e.BindBody(&form); err != nil || strings.TrimSpace(form.Text) == "" {
		return apierr.Invalid("text", "Write something.")
	}
	if len([]rune(form.Text)) > mostMessage {
		return apierr.Invalid("text", "The message is too long. Up to 4,000 characters are possible.")
	}
	if s.total > 0 {
		return apierr.New(http.StatusConflict, "rehearsal_replay", "A replay can only be looked at. Open the playground to write.", nil)
	}
	if !s.mu.TryLock() {
		return apierr.New(http.StatusConflict, "rehearsal_busy", "The agent is still answering.", nil)
	}
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return apierr.New(http.StatusNotFound, "rehearsal_over", "This rehearsal is over. Begin a new one.", nil)
	}
	if len(s.talk.lines) >= mostTalk {
		return apierr.New(http.StatusConflict, "rehearsal_long", "This talk is long enough. Begin a new one.", nil)
	}
	s.talk.stage.clock.CatchUp(r.deps.Now())
	lines, err := s.talk.write(s.ctx, said{text: form.Text, payload: form.Payload})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"lines": lines})
}

// conversation is one the caller may see, to be replayed.
func (r *Room) conversation(e *core.RequestEvent, company, id string) (*core.Record, error) {
	record, err := e.App.FindRecordById(collections.Conversations, id)
	if err != nil || record.GetString("company") != company {
		return nil, apierr.NotFound("conversation")
	}
	info, err := e.RequestInfo()
	if err != nil {
		return nil, err
	}
	if ok, err := e.App.CanAccessRecord(record, info, record.Collection().ViewRule); err != nil || !ok {
		return nil, apierr.NotFound("conversation")
	}

	return record, nil
}
