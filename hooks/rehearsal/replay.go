package rehearsal

import (
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/routine"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/channels"
)

// replayTurn is what the customer wrote, what they were answered then, and what the
// draft answers.
type replayTurn struct {
	At   time.Time `json:"at"`
	Said []string  `json:"said"`
	Then []then    `json:"then"`
	Now  []line    `json:"now"`

	messages []said
}

// then is an answer that was really given.
type then struct {
	By   string `json:"by"` // bot, agent, human
	Text string `json:"text"`
}

// mostTurns bounds what a replay plays of a conversation, from its beginning.
const mostTurns = 40

// openReplay raises a stage as the company was when a conversation began, as far as
// that is known: the agenda without what was made since. The customer says what
// they said then; the draft answers in its own way, from the first word on.
func (r *Room) openReplay(s *session, agent, version, conversation *core.Record) error {
	turns, err := turnsOf(r.app, conversation)
	if err != nil {
		return err
	}
	if len(turns) == 0 {
		return apierr.New(409, "nothing_to_replay", "The customer has written nothing in this conversation.", nil)
	}
	began := turns[0].At
	params := bookedParams(agent, version, began, conversation.GetDateTime("created").Time())
	params["contact"], params["identity"] = conversation.GetString("contact"), conversation.GetString("identity")
	rows := slices.Concat(booked, furnished, []rowsOf{
		{collections.Contacts, "company = {:company} AND id = {:contact}"},
		{collections.Identities, "company = {:company} AND id = {:identity} AND contact = {:contact}"},
	})
	st, err := r.raise(began, rows, params, false)
	if err != nil {
		return err
	}
	if err := st.strip(); err != nil {
		_ = st.close()

		return err
	}
	// The draft answers them, whoever answered then.
	if _, err := st.app.NonconcurrentDB().NewQuery("UPDATE contacts SET bot_off = 0, owner = '', deleted = '', merged_into = ''").Execute(); err != nil {
		_ = st.close()

		return err
	}
	t := &talk{identity: channels.Address{Kind: "visitor", Value: "replay"}, locale: conversation.GetString("locale")}
	if identity, err := st.app.FindRecordById(collections.Identities, conversation.GetString("identity")); err == nil {
		t.identity = channels.Address{Kind: identity.GetString("kind"), Value: identity.GetString("value"), Scope: identity.GetString("scope")}
	}
	if err := s.begin(st, agent, version, t); err != nil {
		return err
	}
	s.state.Lock()
	s.total = len(turns)
	s.state.Unlock()
	r.work.Add(1)
	go func() {
		defer r.work.Done()
		err := routine.SafeWrap(func() error { return s.replay(turns) })()
		s.state.Lock()
		defer s.state.Unlock()
		s.done = true
		if err != nil && s.ctx.Err() == nil {
			s.fault = "error"
			r.app.Logger().Error("A replay failed", slog.Any("error", err))
		}
	}()

	return nil
}

// replay plays the turns one after the other.
func (s *session) replay(turns []replayTurn) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, turn := range turns {
		if s.ctx.Err() != nil {
			return nil
		}
		s.talk.stage.clock.CatchUp(turn.At)
		lines, err := s.talk.write(s.ctx, s.retold(turn.messages)...)
		if err != nil {
			return err
		}
		turn.Now = slices.DeleteFunc(slices.Clone(lines), func(l line) bool { return l.Who == "customer" })
		s.state.Lock()
		s.turns = append(s.turns, turn)
		s.state.Unlock()
	}

	return nil
}

// retold are messages as they can be said to the draft: a button that was tapped
// then is tapped if there is one with the same meaning now, else its words are said.
func (s *session) retold(messages []said) []said {
	list := slices.Clone(messages)
	for i, m := range list {
		if m.payload == "" {
			continue
		}
		option, ok := s.talk.button(kindOf(m.payload), m.text)
		if list[i].payload = ""; ok {
			list[i] = said{kind: m.kind, text: option.Label, payload: option.ID}
		}
	}

	return list
}

// kindOf is what a button of an agent means, "ai:yes:" of "ai:yes:x"; others mean
// what they say.
func kindOf(payload string) string {
	if at := strings.LastIndexByte(payload, ':'); strings.HasPrefix(payload, "ai:") {
		return payload[:at+1]
	}

	return ""
}

// turnsOf cuts a conversation into turns: what the customer wrote until they were
// answered, and the answers.
func turnsOf(app core.App, conversation *core.Record) ([]replayTurn, error) {
	var records []*core.Record
	err := app.RecordQuery(collections.Messages).AndWhere(dbx.HashExp{"conversation": conversation.Id}).
		AndWhere(dbx.NewExp("kind NOT IN ('note', 'system') AND deleted_at = ''")).OrderBy("id").Limit(2_000).All(&records)
	if err != nil {
		return nil, err
	}
	var turns []replayTurn
	for _, m := range records {
		last := len(turns) - 1
		if m.GetString("direction") == "out" {
			if last >= 0 {
				turns[last].Then = append(turns[last].Then, then{By: m.GetString("answered_by"), Text: m.GetString("text")})
			}

			continue
		}
		if last < 0 || len(turns[last].Then) > 0 {
			if len(turns) == mostTurns {
				break
			}
			at := m.GetDateTime("at").Time()
			if at.IsZero() {
				at = m.GetDateTime("created").Time()
			}
			turns = append(turns, replayTurn{At: at, Then: []then{}, Now: []line{}})
			last++
		}
		text := m.GetString("text")
		turns[last].messages = append(turns[last].messages, said{kind: m.GetString("kind"), text: text, payload: m.GetString("payload")})
		if text == "" {
			text = "[" + m.GetString("kind") + "]"
		}
		turns[last].Said = append(turns[last].Said, text)
	}

	return turns, nil
}
