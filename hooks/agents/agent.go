package agents

import (
	"cmp"
	"hash/fnv"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/dialogue/phrases"
	"recado/hooks/hours"
	"recado/hooks/inbox"
)

// limits are what one agent may use. Seconds, unless said; tokens and cost (minor
// units) of 0 are without limit, everything else of 0 is the standard.
type limits struct {
	Rounds      int     `json:"rounds"`       // questions to the model in one run
	Calls       int     `json:"calls"`        // uses of tools in one run
	Same        int     `json:"same"`         // uses of a tool with the same arguments
	CallSeconds float64 `json:"call_seconds"` // one question to the model
	RunSeconds  float64 `json:"run_seconds"`
	Replies     int     `json:"replies"`      // to one contact in 24 hours
	Debounce    float64 `json:"debounce"`     // quiet time before a run begins
	DebounceMax float64 `json:"debounce_max"` // longest wait for quiet

	ConversationTokens int `json:"conversation_tokens"`
	DayTokens          int `json:"day_tokens"`   // of the agent
	MonthTokens        int `json:"month_tokens"` // of all agents of the company
	ConversationCost   int `json:"conversation_cost"`
	DayCost            int `json:"day_cost"`
	MonthCost          int `json:"month_cost"`
}

func limitsOf(agent *core.Record) limits {
	var l limits
	_ = agent.UnmarshalJSONField("limits", &l) // unreadable limits are standard limits

	return l.complete()
}

func (l limits) complete() limits {
	standard := func(value *int, n, most int) { *value = min(cmp.Or(max(0, *value), n), most) }
	standard(&l.Rounds, 6, 20)
	standard(&l.Calls, 12, 50)
	standard(&l.Same, 3, 10)
	standard(&l.Replies, 20, 1_000)
	seconds := func(value *float64, n, most float64) { *value = min(cmp.Or(max(0, *value), n), most) }
	seconds(&l.CallSeconds, 30, 30)
	seconds(&l.RunSeconds, 90, 90)
	seconds(&l.Debounce, 3, 60)
	seconds(&l.DebounceMax, 20, 120)

	return l
}

func span(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }

// bindAgents keeps what an agent is made of in order.
func (r *Room) bindAgents() {
	check := func(e *core.RecordEvent) error {
		a := e.Record
		known := map[string]bool{}
		for _, tool := range r.tools {
			known[tool.Name] = true
		}
		for _, name := range a.GetStringSlice("tools") {
			if !known[name] {
				return apierr.Invalid("tools", "There is no tool "+name+".")
			}
		}
		if a.GetString("audience") == "" {
			a.Set("audience", "nobody")
		}
		if a.GetBool("active") && (a.GetString("ai_key") == "" || a.GetString("model") == "") {
			return apierr.Invalid("model", "An active agent needs a key and a model.")
		}
		if err := gateChange(e.App, a); err != nil {
			return err
		}

		return e.Next()
	}
	r.app.OnRecordCreate(collections.Agents).BindFunc(check)
	r.app.OnRecordUpdate(collections.Agents).BindFunc(check)
	r.app.OnRecordDelete(collections.Agents).BindFunc(func(e *core.RecordEvent) error {
		return collections.InTransaction(e, func() error {
			for _, collection := range []string{collections.Channels, collections.Queues} {
				if err := unused(e.App, collection, dbx.HashExp{"agent": e.Record.Id}, "agent_in_use",
					"Channels or queues are answered by this agent. Give them another one first."); err != nil {
					return err
				}
			}
			var runs int
			if err := e.App.DB().Select("count(*)").From(collections.AgentRuns).Where(dbx.HashExp{"agent": e.Record.Id}).Row(&runs); err != nil {
				return err
			}
			if runs > 0 {
				return apierr.New(409, "agent_has_runs", "This agent has answered customers; what it did is kept. Make it inactive instead.", map[string]any{"count": runs})
			}
			if err := forgetEvaluations(e.App, "agent", e.Record.Id); err != nil {
				return err
			}

			return e.Next()
		})
	})
}

// assigned is the agent of a conversation, or nil: the queue's, else the channel's, if
// it is active.
func assigned(app core.App, conversation, channel *core.Record) (*core.Record, error) {
	id := ""
	if queue := conversation.GetString("queue"); queue != "" {
		record, err := app.FindRecordById(collections.Queues, queue)
		if err != nil {
			return nil, err
		}
		id = record.GetString("agent")
	}
	if id = cmp.Or(id, channel.GetString("agent")); id == "" {
		return nil, nil
	}
	agent, err := app.FindRecordById(collections.Agents, id)
	if err != nil || !agent.GetBool("active") {
		return nil, err
	}

	return agent, nil
}

// agentFor is the agent that answers a conversation now, or nil: the one assigned to
// it, in its hours and if it is meant for this contact.
func (r *Room) agentFor(app core.App, turn inbox.Turn) (*core.Record, error) {
	agent, err := assigned(app, turn.Conversation, turn.Channel)
	if err != nil || agent == nil || !openNow(agent, turn.Company, r.deps.Now()) {
		return nil, err
	}
	meant, err := r.meantFor(app, agent, turn)
	if err != nil || !meant {
		return nil, err
	}

	return agent, nil
}

func openNow(agent, company *core.Record, now time.Time) bool {
	open, _ := hours.Parse(agent.GetString("hours")).At(now.In(zoneOf(company)))

	return open
}

func zoneOf(company *core.Record) *time.Location {
	zone, err := time.LoadLocation(company.GetString("timezone"))
	if err != nil {
		return time.UTC
	}

	return zone
}

// meantFor: a new contact is one without an older conversation and without an
// appointment of the past.
func (r *Room) meantFor(app core.App, agent *core.Record, turn inbox.Turn) (bool, error) {
	switch agent.GetString("audience") {
	case "everyone":
		return true, nil
	case "new":
		var known int
		err := app.DB().NewQuery(`SELECT EXISTS (SELECT 1 FROM conversations WHERE company = {:company} AND contact = {:contact} AND id < {:conversation})
			OR EXISTS (SELECT 1 FROM appointments WHERE company = {:company} AND contact = {:contact} AND [[start]] < {:now} AND status != 'cancelled')`).
			Bind(dbx.Params{"company": turn.Company.Id, "contact": turn.Contact.Id, "conversation": turn.Conversation.Id, "now": stamp(r.deps.Now())}).Row(&known)

		return known == 0, err
	default:
		return false, nil
	}
}

// mayUse tells whether the agent may use a tool. Without a list it may look, and
// hand over.
func mayUse(agent *core.Record, tool Tool) bool {
	if tool.Always {
		return true
	}
	allowed := agent.GetStringSlice("tools")
	if len(allowed) == 0 {
		return !tool.Writes
	}

	return slices.Contains(allowed, tool.Name)
}

// callsForPerson tells whether the customer asks for a person, or says one of the
// words at which this agent hands over.
func callsForPerson(agent *core.Record, locale, text string) bool {
	if phrases.Said(locale, text, phrases.Human) {
		return true
	}
	folded := " " + fold(text) + " "
	for _, word := range agent.GetStringSlice("handover_words") {
		if w := fold(word); w != "" && containsWord(folded, w) {
			return true
		}
	}

	return false
}

// versionFor is the version of the instructions for a contact: of those that are
// live, by their weight, always the same one for the same contact.
func versionFor(app core.App, agent *core.Record, contact string) (*core.Record, error) {
	var live []*core.Record
	if prompt := agent.GetString("prompt"); prompt != "" {
		err := app.RecordQuery(collections.AgentPromptVersions).
			AndWhere(dbx.HashExp{"prompt": prompt, "state": "live"}).OrderBy("number").All(&live)
		if err != nil {
			return nil, err
		}
	}
	if chosen := pick(live, agent.GetString("prompt")+contact); chosen != nil {
		return chosen, nil
	}
	if id := agent.GetString("instructions"); id != "" {
		return app.FindRecordById(collections.AgentPromptVersions, id)
	}

	return nil, nil
}

// pick chooses by weight; the same seed is the same choice while the weights stay.
func pick(versions []*core.Record, seed string) *core.Record {
	total := 0
	for _, v := range versions {
		total += max(0, v.GetInt("weight"))
	}
	if total == 0 {
		if len(versions) == 0 {
			return nil
		}

		return versions[len(versions)-1]
	}
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(seed))
	at := int(sum.Sum32() % uint32(total))
	for _, v := range versions {
		if at -= max(0, v.GetInt("weight")); at < 0 {
			return v
		}
	}

	return nil
}
