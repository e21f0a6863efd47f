package collections

import "github.com/pocketbase/pocketbase/core"

// aiKeys are the accounts at endpoints that speak OpenAI's protocol. The key
// itself is written as `key`, sealed, and never shown; last4 tells it from others.
// problem names what the last test found wrong: unreachable, refused, unknown_model,
// no_tools, rate_limited, slow, broken, locked.
func aiKeys() Def {
	return Def{
		Name:    AIKeys,
		Company: true,
		Fields: []core.Field{
			required(text("name", 80)),
			required(text("base_url", 500)),
			text("last4", 4),
			flag("stream"),
			text("transcribe_model", 200),
			data("models", 50_000),
			text("embedding_model", 200),
			between("embedding_price", 0, 1e9),
			text("problem", 40),
			date("tested_at"),
			hidden(text("sealed", 4_000)),
		},
		Indexes: []Index{{Name: "company_name", Columns: "company, name, id"}},
		Rules:   ownedBy("agents.manage"),
		Sorts:   []Sort{{Order: "name"}},
	}
}

// agents are the AI agents of a company. tools: the names it may use; hours as a
// queue's; handover_words: what hands over at once; limits: see the agents room.
// Prices are minor units for a million tokens. instructions is the version it
// works by, kept by the server where prompt has a live one.
func agents() Def {
	return Def{
		Name:    Agents,
		Company: true,
		Fields: []core.Field{
			required(text("name", 80)),
			flag("active"),
			relation("ai_key", AIKeys),
			text("model", 200),
			relation("fallback_key", AIKeys),
			text("fallback_model", 200),
			&core.NumberField{Name: "temperature", Min: pointer(0), Max: pointer(2)},
			between("max_tokens", 0, 16_000),
			text("persona", 2_000),
			choice("language", "customer", "company", "en", "pt-BR", "es"),
			relation("prompt", AgentPrompts),
			relation("instructions", AgentPromptVersions),
			data("tools", 5_000),
			choice("knowledge_reach", "all", "chosen"),
			relations("knowledge", Knowledge),
			choice("audience", "nobody", "new", "everyone"),
			flag("shadow"),
			data("hours", 20_000),
			data("handover_words", 5_000),
			choice("fallback", "dialogue", "person"),
			data("limits", 5_000),
			between("price_in", 0, 1e9),
			between("price_out", 0, 1e9),
			between("gate", 0, 100),
		},
		Indexes: []Index{
			{Name: "company_name", Columns: "company, name, id"},
			{Name: "key", Columns: "ai_key"},
			{Name: "fallback_key", Columns: "fallback_key", Where: "fallback_key != ''"},
			{Name: "prompt", Columns: "prompt", Where: "prompt != ''"},
		},
		Rules: managedBy("agents.manage"),
		Sorts: []Sort{{Order: "name"}},
	}
}

// agentPrompts are instructions that go through versions.
func agentPrompts() Def {
	return Def{
		Name:    AgentPrompts,
		Company: true,
		Fields:  []core.Field{required(text("name", 80))},
		Indexes: []Index{{Name: "company_name", Columns: "company, name, id"}},
		Rules:   ownedBy("agents.manage"),
		Sorts:   []Sort{{Order: "name"}},
	}
}

// agentPromptVersions never change: what they say is fixed by hash. Only state and
// weight move, by the server: weight is their share of the contacts, in percent.
func agentPromptVersions() Def {
	return Def{
		Name:    AgentPromptVersions,
		Company: true,
		Fields: []core.Field{
			required(relation("prompt", AgentPrompts)),
			number("number"),
			required(text("text", 30_000)),
			text("note", 500),
			relation("author", Members),
			relation("parent", AgentPromptVersions),
			text("hash", 64),
			choice("state", "draft", "tested", "live", "retired"),
			between("weight", 0, 100),
		},
		Indexes: []Index{
			{Name: "number", Unique: true, Columns: "prompt, number"},
			{Name: "company_prompt", Columns: "company, prompt, number, id"},
			{Name: "live", Columns: "prompt", Where: "state = 'live'"},
		},
		Rules: Rules{List: can("agents.manage"), View: can("agents.manage"), Create: can("agents.manage")},
		Sorts: []Sort{{Filter: "prompt = '{prompt}'", Order: "-number"}},
	}
}

// agentRuns are what agents did, and jobs: one that is not done is due at `due`. At
// most one of a conversation is not done. inbound is the last message it read.
// steps: [{kind: model|tool|note, …}] in order. cited: [{knowledge, title, heading,
// url}], what the answer says it is from. cost and reserved are millionths
// of the minor unit. draft is what it would have said, in shadow mode.
func agentRuns() Def {
	scope := Scope{Noun: "inbox", Owner: "conversation.assignee", Queue: "conversation.queue", OpenToAll: true}

	return Def{
		Name:    AgentRuns,
		Company: true,
		TimeIDs: true,
		Scope:   scope,
		Fields: []core.Field{
			required(relation("agent", Agents)),
			required(relation("conversation", Conversations)),
			required(relation("contact", Contacts)),
			relation("version", AgentPromptVersions),
			relation("ai_key", AIKeys),
			text("model", 200),
			required(choice("status", "waiting", "running", "done")),
			date("due"),
			date("asked_at"),
			text("inbound", 15),
			text("since", 15),
			flag("shadow"),
			relation("requested_by", Members),
			text("draft", 20_000),
			text("prompt_text", 60_000),
			data("steps", 1_000_000),
			data("cited", 20_000),
			number("tokens_in"),
			number("tokens_out"),
			number("cost"),
			number("reserved"),
			choice("outcome", "answered", "proposed", "booked", "moved", "cancelled", "kept", "handed_over", "fallback", "drafted",
				"sent", "taken", "dropped", "discarded", "taken_over"),
			text("reason", 200),
			date("started"),
			date("ended"),
			number("ms"),
			choice("feedback", "good", "bad"),
			text("feedback_note", 1_000),
			relation("feedback_by", Members),
			hidden(text("claim", 15)),
			hidden(date("claimed_until")),
			hidden(number("attempts")),
		},
		Indexes: []Index{
			{Name: "one", Unique: true, Columns: "conversation", Where: "status != 'done'"},
			{Name: "due", Columns: "due", Where: "status != 'done'"},
			{Name: "conversation", Columns: "conversation, id"},
			{Name: "company_conversation", Columns: "company, conversation, created, id"},
			{Name: "company_created", Columns: "company, created, id"},
			{Name: "contact", Columns: "contact, created, outcome"},
			{Name: "agent", Columns: "agent, created"},
			{Name: "version", Columns: "version", Where: "version != ''"},
		},
		Rules: scope.readOnly(),
		Sorts: []Sort{
			{Filter: "conversation = '{conversation}'", Order: "-created,-id"},
			{Order: "-created,-id"},
		},
	}
}

// agentSpend is what an agent has used on a day of the company, booked before each
// call of a model and put right after it. What rehearsals used is part of it. The row
// without an agent is what the meaning of the company's knowledge cost.
func agentSpend() Def {
	return Def{
		Name:    AgentSpend,
		Company: true,
		Fields: []core.Field{
			relation("agent", Agents),
			required(pattern("day", `^\d{4}-\d{2}-\d{2}$`)),
			number("tokens"),
			number("cost"),
			number("runs"),
			number("trial_tokens"),
			number("trial_cost"),
		},
		Indexes: []Index{
			{Name: "day", Unique: true, Columns: "company, day, agent"},
			{Name: "agent", Columns: "agent"},
		},
		Rules: Rules{List: can("agents.manage"), View: can("agents.manage")},
		Sorts: []Sort{{Order: "-day"}},
	}
}

// agentEvaluations are tries of a version of the instructions on the scenarios, and
// jobs: one that is not done is due at `due`. share is of the scenarios that passed,
// in percent. model is the one it was tried with; complete: on all scenarios.
func agentEvaluations() Def {
	return Def{
		Name:    AgentEvaluations,
		Company: true,
		TimeIDs: true,
		Fields: []core.Field{
			required(relation("agent", Agents)),
			required(relation("version", AgentPromptVersions)),
			relation("member", Members),
			text("model", 200),
			data("scenarios", 50_000),
			required(choice("status", "waiting", "running", "done", "cancelled", "failed")),
			text("reason", 200),
			number("total"),
			number("done"),
			number("passed"),
			number("share"),
			flag("complete"),
			number("tokens_in"),
			number("tokens_out"),
			number("cost"),
			date("started"),
			date("ended"),
			date("due"),
			hidden(date("claimed_until")),
			hidden(number("attempts")),
		},
		Indexes: []Index{
			{Name: "due", Columns: "due", Where: "status = 'waiting' OR status = 'running'"},
			{Name: "one", Unique: true, Columns: "agent, version", Where: "status = 'waiting' OR status = 'running'"},
			{Name: "company_agent", Columns: "company, agent, id"},
			{Name: "company_version", Columns: "company, version, id"},
			{Name: "version", Columns: "version, agent, status, share"},
		},
		Rules: Rules{List: can("agents.manage"), View: can("agents.manage")},
		Sorts: []Sort{{Filter: "agent = '{agent}'", Order: "-id"}, {Filter: "version = '{version}'", Order: "-id"}},
	}
}

// agentTrials are the scenarios of an evaluation that have been played: whether each
// passed, what was wrong with the end ([{code, text}]), and what was said and done.
func agentTrials() Def {
	return Def{
		Name:    AgentTrials,
		Company: true,
		TimeIDs: true,
		Fields: []core.Field{
			required(relation("evaluation", AgentEvaluations)),
			required(text("scenario", 80)),
			flag("passed"),
			data("problems", 20_000),
			data("talk", 500_000),
			number("tokens_in"),
			number("tokens_out"),
			number("cost"),
			number("ms"),
		},
		Indexes: []Index{
			{Name: "scenario", Unique: true, Columns: "evaluation, scenario"},
			{Name: "company_evaluation", Columns: "company, evaluation, id"},
		},
		Rules: Rules{List: can("agents.manage"), View: can("agents.manage")},
		Sorts: []Sort{{Filter: "evaluation = '{evaluation}'", Order: "id"}},
	}
}
