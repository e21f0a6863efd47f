package openapi

import (
	"slices"
	"strings"
)

// Route is one line of the table. Query, Body and Answer are in the notation;
// an Answer may also be one of files, and "" is none (204).
type Route struct {
	Method, Path, Tag string
	Who               string
	Does              string
	Query             string
	Body              string // "multipart {…}" for a form
	Answer            string
	Status            int // 0: 200, or 204 without an answer
}

// Who may call: everyone; a visitor of the widget; who has signed in, whatever the
// company; a member, who names the company.
const (
	public  = "public"
	visitor = "visitor"
	person  = "person"
	member  = "member"
)

// Find returns the route of a request, false where it is none of ours.
func Find(method, path string) (Route, bool) {
	parts := strings.Split(path, "/")
	var best Route
	found := false
	for _, r := range Routes() {
		pattern := strings.Split(r.Path, "/")
		fits := r.Method == method && len(pattern) == len(parts)
		for i := 0; fits && i < len(parts); i++ {
			fits = pattern[i] == parts[i] || strings.HasPrefix(pattern[i], "{")
		}
		// the one with fewer parameters is meant
		if fits && (!found || strings.Count(r.Path, "{") < strings.Count(best.Path, "{")) {
			best, found = r, true
		}
	}

	return best, found
}

// Public tells whether a route is for everyone, signed in or not. Of PocketBase's
// own those are by which people sign in; of the rest, what is not an API.
func Public(method, path string) bool {
	if strings.HasPrefix(path, "/api/recado/") {
		route, ours := Find(method, path)

		return !ours || route.Who == public || route.Who == visitor
	}
	if action, found := strings.CutPrefix(path, "/api/collections/users/"); found {
		return !strings.HasPrefix(action, "records") && action != "auth-refresh"
	}

	return !strings.HasPrefix(path, "/api/") || path == "/api/health"
}

const (
	described = `kind?: string, kind_other?: string, size?: string, website?: string, phone?: string`
	company   = `{name: string, ` + described + `, timezone?: string, locale?: string, currency?: string}`
	tokens    = `token: string, refresh: string, record: @users`
	secret    = `{secret: string, uri: string, qr: string}`
	signIn    = `{` + tokens + `, company: @companies}`
	slot      = `start: time, end: time, label: string, members: [string], seatsLeft: int`
	span      = `{service: string, from: time, to: time, tz?: string, exclude?: string}`
	talkRun   = `{outcome: string, reason?: string, steps?: any, tokens_in: int, tokens_out: int, cost: int, ms: int}`
	talkLine  = `{who: customer|agent|event, kind?: string, text?: string, options?: [{id: string, label: string}], runs?: [` + talkRun + `]}`
	rehearsal = `{id: string, agent: string, version: string, turns: [{at: time, said: [string], then: [{by: string, text: string}], now: [` + talkLine + `]}], total: int, done: bool, problem: string}`
	told      = `{*: any}`
	guarded   = `{login_notifications: bool, session_timeout: int, session_minutes: int, session_days: int, two_factor: bool, last_password_change: string, api_keys: [{id: string, name: string, prefix: string}]}`
	chosen    = `{language: string, theme: string, timezone: string, default_view: string, items_per_page: int, auto_save: bool, compact_mode: bool, export_format: csv|xlsx, export_notes: bool}`
	hour      = `{weekday: int, start: int, end: int}`
)

// Routes is the table.
func Routes() []Route {
	return slices.Concat(start(), people(), conversations(), contacts(), agenda(), mail(), webchat(), reports(), agents(), running())
}

func start() []Route {
	const tag = "start"

	return []Route{
		{Method: "GET", Path: "/api/recado/setup", Tag: tag, Who: public, Does: "Whether Recado has still to be set up.",
			Answer: `{needed: bool, codeRequired: bool}`},
		{Method: "POST", Path: "/api/recado/setup", Tag: tag, Who: public, Does: "Sets Recado up, once.",
			Body: `{code?: string, owner: {name: string, email: string, password: string, phone?: string, job_title?: string}, company: ` + company + `,
				agenda?: {name?: string, hours?: [` + hour + `], service?: {name?: string, duration?: int, price?: int}}, widget?: {color?: string, title?: string}}`,
			Answer: `{` + tokens + `, company: @companies, channel: @channels, superuser: {email: string, password: string}}`},
		{Method: "POST", Path: "/api/recado/signup", Tag: tag, Who: public, Does: "Makes an account with a company of its own, where that is allowed.",
			Body: `{name: string, email: string, password: string, phone?: string, job_title?: string, company: ` + company + `}`, Answer: `{sent?: bool, token?: string, refresh?: string, record?: any, company?: any}`},
		{Method: "POST", Path: "/api/recado/signup/confirm", Tag: tag, Who: public, Does: "Finishes it, by the link of the e-mail.",
			Body: `{token: string}`, Answer: signIn},
		{Method: "GET", Path: "/api/recado/address", Tag: tag, Who: person, Does: "Where other devices find this Recado.",
			Answer: `{url: string, addresses: [string]}`},
		{Method: "GET", Path: "/api/recado/address/qr.svg", Tag: tag, Who: public, Does: "One of these addresses as a QR code.",
			Query: `{of: string}`, Answer: "picture"},
		{Method: "GET", Path: "/api/recado/demo", Tag: tag, Who: member, Does: "Whether the company is filled with made-up data.", Answer: `{filled: bool, contacts: int}`},
		{Method: "POST", Path: "/api/recado/demo", Tag: tag, Who: member, Does: "Fills it. Needs company.manage.", Answer: `{filled: bool, contacts: int}`},
		{Method: "DELETE", Path: "/api/recado/demo", Tag: tag, Who: member, Does: "Takes all of it away again. Needs company.manage.", Answer: `{filled: bool, contacts: int, kept: any}`},
		{Method: "GET", Path: Path, Tag: tag, Who: public, Does: "This document.", Answer: `object`},
	}
}

func agents() []Route {
	const tag = "agents"

	return []Route{
		{Method: "POST", Path: "/api/recado/ai-keys/{id}/test", Tag: tag, Who: member, Does: "Tries a key, with a model if one is named; problem says in a word what is wrong. Needs agents.manage.",
			Body: `{model?: string}`, Answer: `@ai_keys`},
		{Method: "POST", Path: "/api/recado/agent-prompt-versions/{id}/release", Tag: tag, Who: member, Does: "Moves a version: live alone, live with a share of the contacts, tested, retired. Needs agents.manage.",
			Body: `{state: draft|tested|live|retired, weight?: int}`, Answer: `@agent_prompt_versions`},
		{Method: "POST", Path: "/api/recado/agent-runs/{id}/draft", Tag: tag, Who: member, Does: "Sends what an agent drafted, as it is or changed, takes it to go on writing, or drops it. Needs inbox.reply.",
			Body: `{action: send|take|drop, text?: string}`, Answer: `@agent_runs`},
		{Method: "POST", Path: "/api/recado/agents/drafts", Tag: tag, Who: member, Does: "Asks the agent that is assigned to a conversation for a draft, whoever answers there; the run is live when it is done. Needs inbox.reply.",
			Body: `{conversation: string}`, Answer: `@agent_runs`},
		{Method: "POST", Path: "/api/recado/agent-runs/{id}/feedback", Tag: tag, Who: member, Does: "What I think of an answer.",
			Body: `{feedback: string, note?: string}`, Answer: `@agent_runs`},
		{Method: "GET", Path: "/api/recado/agents/tools", Tag: tag, Who: member, Does: "What an agent can be allowed. Needs agents.manage.",
			Answer: `{items: [{name: string, writes: bool, always: bool}]}`},
		{Method: "GET", Path: "/api/recado/knowledge/find", Tag: tag, Who: member, Does: "What an agent would find for a question, the likeliest first. Needs agents.manage.",
			Query:  `{q: string, agent?: string}`,
			Answer: `{items: [{knowledge: string, kind: page|file|address, title: string, url: string, number: int, heading: string, text: string, by: [string]}]}`},
		{Method: "POST", Path: "/api/recado/knowledge/{id}/refresh", Tag: tag, Who: member, Does: "Reads a source again. Needs agents.manage.", Answer: `@knowledge`},
		{Method: "GET", Path: "/api/recado/agents/costs", Tag: tag, Who: member, Does: "What each agent, and without one the knowledge, used on each day; cost in millionths of the minor unit. Needs agents.manage.",
			Query:  `{from: string, to: string, by?: day|conversation}`,
			Answer: `{items: [{day?: string, agent: string, name: string, tokens: int, cost: int, runs: int, trials?: int, conversation?: string, contact?: string}]}`},
		{Method: "GET", Path: "/api/recado/agents/versions", Tag: tag, Who: member, Does: "How the versions of instructions did with customers, beside each other; cost in millionths of the minor unit. Needs agents.manage.",
			Query: `{prompt: string, from: string, to: string}`,
			Answer: `{items: [{version: string, conversations: int, booked: int, handedOver: int, fallback: int, answers: int, tokens: int, cost: int, good: int, bad: int,
				appointments: int, noShows: int, cancelled: int}]}`},
		{Method: "GET", Path: "/api/recado/agents/scenarios", Tag: tag, Who: member, Does: "What evaluations play. Needs agents.manage.",
			Answer: `{items: [{id: string, locale: string, about: string, title: string, catches: [string]}]}`},
		{Method: "POST", Path: "/api/recado/agents/{id}/evaluations", Tag: tag, Who: member, Does: "Plays the scenarios, all or those named, with a version of the agent's instructions, in the background. Needs agents.manage.",
			Body: `{version: string, scenarios?: [string]}`, Answer: `@agent_evaluations`},
		{Method: "POST", Path: "/api/recado/agent-evaluations/{id}/cancel", Tag: tag, Who: member, Does: "Ends an evaluation. Needs agents.manage.",
			Answer: `@agent_evaluations`},
		{Method: "POST", Path: "/api/recado/agents/{id}/rehearsals", Tag: tag, Who: member, Does: "Opens a playground for a version, or replays a conversation with it. Nothing of it is written or sent. Needs agents.manage.",
			Body: `{version: string, conversation?: string}`, Answer: rehearsal},
		{Method: "GET", Path: "/api/recado/rehearsals/{id}", Tag: tag, Who: member, Does: "How far my replay is. Needs agents.manage.", Answer: rehearsal},
		{Method: "DELETE", Path: "/api/recado/rehearsals/{id}", Tag: tag, Who: member, Does: "Closes my playground or replay. Needs agents.manage."},
		{Method: "POST", Path: "/api/recado/rehearsals/{id}/messages", Tag: tag, Who: member, Does: "Says something in my playground; the answer is what the agent says, and how it came about. Needs agents.manage.",
			Body: `{text: string, payload?: string}`, Answer: `{lines: [` + talkLine + `]}`},
	}
}

func people() []Route {
	const (
		tag      = "people"
		invite   = `{id: string, url: string, expires: string, sent: bool}`
		ceilings = `{members?: int, channels?: int, contacts?: int, messages?: int}`
		tenant   = `{id: string, name: string, slug: string, kind: string, timezone: string, locale: string, currency: string,
			active: bool, suspended: bool, removal: string, limits: any, created: string}`
	)

	return []Route{
		{Method: "POST", Path: "/api/recado/members/invite", Tag: tag, Who: member, Does: "Makes a link by which a person joins. Needs members.manage.",
			Body:   `{role: string, email?: string, manager?: string, days?: int, send?: bool}`,
			Answer: invite},
		{Method: "POST", Path: "/api/recado/invites/{token}/resend", Tag: tag, Who: member, Does: "Another link for the invite with this id. Needs members.manage.",
			Answer: invite},
		{Method: "GET", Path: "/api/recado/invites/{token}", Tag: tag, Who: public, Does: "What an invite is for.",
			Answer: `{company: {name: string}, role: {name: string, key: string}, email: string, expires: string}`},
		{Method: "POST", Path: "/api/recado/invites/{token}/accept", Tag: tag, Who: public, Does: "Joins, with a new account or the one that is signed in.",
			Body: `{name?: string, email?: string, password?: string}`, Answer: signIn},
		{Method: "POST", Path: "/api/recado/members", Tag: tag, Who: member, Does: "Makes an account and its membership. Without a password one is made, and shown once. Needs members.manage.",
			Body:   `{name: string, email: string, role: string, password?: string, manager?: string, queues?: [string], exceptions?: {add?: [string], remove?: [string]}}`,
			Answer: `{member: @members, password: string}`},
		{Method: "GET", Path: "/api/recado/members/{id}/work", Tag: tag, Who: member, Does: "What a member has in hand: somebody takes it over when they leave. Needs members.manage, or to be them.",
			Answer: `{conversations: int, contacts: int, appointments: int}`},
		{Method: "POST", Path: "/api/recado/members/{id}/deactivate", Tag: tag, Who: member, Does: "Lets a member go, and hands over what they have in hand. Needs members.manage, or to be them.",
			Body: `{to?: string, conversations?: string, contacts?: string, appointments?: string}`, Answer: `@members`},
		{Method: "POST", Path: "/api/recado/members/{id}/reset-password", Tag: tag, Who: member, Does: "A new password for a member. Needs members.manage.",
			Answer: `{password: string}`},
		{Method: "GET", Path: "/api/recado/admin/overview", Tag: tag, Who: person, Does: "All companies with their people, channels and use; messages of the last days. For superusers.",
			Answer: `{companies: [{id: string, name: string, slug: string, active: bool, suspended: bool, removal: string, created: string, limits: any,
				contacts: int, messages_in: int, messages_out: int, bytes: int,
				members: [{id: string, user: string, name: string, email: string, role: string, role_key: string, active: bool, last_seen: string}],
				channels: [{id: string, name: string, kind: string, active: bool, state: string, state_since: string, state_reason: string}]}],
				total: {*: int}, days: int, disk?: {free: int, size: int}}`},
		{Method: "GET", Path: "/api/recado/admin/companies", Tag: tag, Who: person, Does: "All companies, the oldest first. For superusers and the instance key.",
			Answer: `{items: [` + tenant + `]}`},
		{Method: "POST", Path: "/api/recado/admin/companies", Tag: tag, Who: person, Does: "A company, and an invite for its owner. For superusers and the instance key.",
			Body: `{name: string, ` + described + `, timezone?: string, locale?: string, currency?: string, limits?: ` + ceilings + `,
				owner?: {email: string, days?: int, send?: bool}}`,
			Answer: `{company: ` + tenant + `, invite?: ` + invite + `}`},
		{Method: "PATCH", Path: "/api/recado/admin/companies/{id}", Tag: tag, Who: person, Does: "Changes a company, its limits, and whether it is suspended. For superusers and the instance key.",
			Body:   `{name?: string, kind?: string, kind_other?: string, timezone?: string, locale?: string, currency?: string, suspended?: bool, limits?: ` + ceilings + `}`,
			Answer: `{company: ` + tenant + `}`},
		{Method: "POST", Path: "/api/recado/admin/companies/{id}/invite", Tag: tag, Who: person, Does: "A link that makes who has the address an owner. For superusers and the instance key.",
			Body: `{email: string, days?: int, send?: bool}`, Answer: invite},
		{Method: "POST", Path: "/api/recado/companies", Tag: tag, Who: person, Does: "Another company, as a copy of one that I own or from the start. For owners, or everybody where sign-up is open.",
			Body:   `{name: string, ` + described + `, timezone?: string, locale?: string, currency?: string, copy?: string}`,
			Answer: `{company: @companies, member: @members}`},
		{Method: "POST", Path: "/api/recado/companies/join", Tag: tag, Who: public, Does: "Joins the company of a code, with a new account or the one that is signed in.",
			Body: `{code: string, name?: string, email?: string, password?: string}`, Answer: signIn},
		{Method: "POST", Path: "/api/recado/companies/{id}/invite-code", Tag: tag, Who: person, Does: "A new code to join by, in the place of the last; shown once. Needs members.manage.",
			Body: `{off?: bool}`, Answer: `{code: string}`},
		{Method: "POST", Path: "/api/recado/companies/{id}/owner", Tag: tag, Who: person, Does: "Makes another member an owner, and me an administrator. For owners.",
			Body: `{member: string, stay?: bool}`, Answer: `@members`},
		{Method: "POST", Path: "/api/recado/companies/{id}/delete", Tag: tag, Who: person, Does: "Closes a company, and removes it after 30 days. For owners.",
			Body: `{name: string}`, Answer: `@companies`},
		{Method: "POST", Path: "/api/recado/companies/{id}/restore", Tag: tag, Who: person, Does: "Takes that back. For owners.", Answer: `@companies`},
		{Method: "POST", Path: "/api/recado/domains/{id}/check", Tag: tag, Who: member, Does: "Asks the DNS whether a domain is the company's. Needs company.manage.", Answer: `@company_domains`},
		{Method: "GET", Path: "/api/recado/domains/ask", Tag: tag, Who: public, Does: "Whether a name is the domain of a company, for reverse proxies that get certificates.",
			Query: `{domain: string}`, Answer: `{domain: string}`},
		{Method: "POST", Path: "/api/recado/exports", Tag: tag, Who: member, Does: "Begins to write everything the company has into one archive. Needs company.manage and contacts.export.", Answer: `@exports`},
		{Method: "GET", Path: "/api/recado/exports/{id}/file", Tag: tag, Who: member, Does: "The archive, when it is done.", Answer: "archive"},
		{Method: "POST", Path: "/api/recado/keys", Tag: tag, Who: member, Does: "A key for a program, shown once. Needs members.manage.",
			Body:   `{name: string, permissions: [string], expires?: string, addresses?: [string], channel?: string}`,
			Answer: `{key: string, record: @api_keys}`},
		{Method: "GET", Path: "/api/recado/audit/export", Tag: tag, Who: member, Does: "The log of changes as CSV. Needs company.manage.",
			Query: `{actor?: string, action?: string, collection?: string, record?: string, from?: string, to?: string}`, Answer: "table"},
		{Method: "GET", Path: "/api/recado/me", Tag: tag, Who: person, Does: "Who I am, and what I may do in each of my companies.",
			Answer: `{user: @users, session: string, companies: [{company: @companies, member: @members, role: @roles}]}`},
		{Method: "GET", Path: "/api/recado/me/preferences", Tag: tag, Who: person, Does: "What I have chosen for myself; with a company, what it may tell me.",
			Query: `{company?: string}`, Answer: `{profile: {name: string, email: string, locale: string}, notifications: ` + told + `, security: ` + guarded + `, app: ` + chosen + `}`},
		{Method: "PATCH", Path: "/api/recado/me/preferences/notifications", Tag: tag, Who: person, Does: "Changes what I am told and how, in a company or, without one, in those where I have chosen nothing.",
			Query: `{company?: string}`, Body: `{*: any}`, Answer: told},
		{Method: "PATCH", Path: "/api/recado/me/preferences/security", Tag: tag, Who: person, Does: "Changes how long my sign-ins last, and whether I hear of new ones.",
			Body: `{login_notifications?: bool, session_timeout?: int, session_minutes?: int, session_days?: int}`, Answer: guarded},
		{Method: "PATCH", Path: "/api/recado/me/preferences/app", Tag: tag, Who: person, Does: "Changes how the screens and my exports look.",
			Body: `{language?: string, theme?: light|dark|auto, timezone?: string, default_view?: inbox|board|calendar|contacts|reports, items_per_page?: int,
				auto_save?: bool, compact_mode?: bool, export_format?: csv|xlsx, export_notes?: bool}`, Answer: chosen},
		{Method: "POST", Path: "/api/recado/me/password", Tag: tag, Who: person, Does: "A new password. It ends every other sign-in.",
			Body: `{oldPassword: string, password: string}`, Answer: `{` + tokens + `}`},
		{Method: "POST", Path: "/api/recado/sessions/refresh", Tag: tag, Who: public, Does: "A new token of a sign-in, for what came with the last one. That is good once.",
			Body: `{refresh: string}`, Answer: `{` + tokens + `}`},
		{Method: "GET", Path: "/api/recado/sessions/ways", Tag: tag, Who: public, Does: "How people can sign in here.",
			Answer: `{mail: bool, signup: bool, providers: [{name: string, displayName: string}]}`},
		{Method: "POST", Path: "/api/recado/sessions/code", Tag: tag, Who: public, Does: "E-mails a code that signs in.", Body: `{email: string}`},
		{Method: "POST", Path: "/api/recado/sessions/code/verify", Tag: tag, Who: public, Does: "Signs in by that code.",
			Body: `{email: string, code: string}`, Answer: `{` + tokens + `}`},
		{Method: "POST", Path: "/api/recado/sessions/factor", Tag: tag, Who: public, Does: "The second half of a sign-in: a code of the authenticator app, or a recovery code.",
			Body: `{challenge: string, code: string}`, Answer: `{` + tokens + `, recovery?: [string]}`},
		{Method: "POST", Path: "/api/recado/sessions/factor/setup", Tag: tag, Who: public, Does: "The secret of an authenticator app, for who can't sign in without one.",
			Body: `{challenge: string}`, Answer: secret},
		{Method: "POST", Path: "/api/recado/sessions/not-me", Tag: tag, Who: public, Does: "Somebody else signed in: ends every sign-in and takes the password back.",
			Body: `{token: string}`, Answer: `{resetToken: string}`},
		{Method: "POST", Path: "/api/recado/password/forgot", Tag: tag, Who: public, Does: "E-mails a link and a code for a new password.", Body: `{email: string}`},
		{Method: "POST", Path: "/api/recado/password/verify", Tag: tag, Who: public, Does: "What the code is worth: a token that sets a password.",
			Body: `{email: string, otp: string}`, Answer: `{resetToken: string}`},
		{Method: "POST", Path: "/api/recado/password/reset", Tag: tag, Who: public, Does: "Sets a new password, and ends every sign-in.", Body: `{resetToken: string, password: string}`},
		{Method: "POST", Path: "/api/recado/email/confirm", Tag: tag, Who: public, Does: "What a mailed link to a new or present address leads to.",
			Body: `{token: string, password?: string}`, Answer: `{email: string}`},
		{Method: "POST", Path: "/api/recado/me/email", Tag: tag, Who: person, Does: "Mails a link to a new address.", Body: `{email: string, password: string}`},
		{Method: "POST", Path: "/api/recado/me/verify", Tag: tag, Who: person, Does: "Mails a link to the present address."},
		{Method: "POST", Path: "/api/recado/me/totp", Tag: tag, Who: person, Does: "The secret of an authenticator app.", Body: `{password: string}`, Answer: secret},
		{Method: "POST", Path: "/api/recado/me/totp/confirm", Tag: tag, Who: person, Does: "Makes the app count, by its first code.",
			Body: `{code: string}`, Answer: `{recovery: [string]}`},
		{Method: "POST", Path: "/api/recado/me/totp/recovery", Tag: tag, Who: person, Does: "New recovery codes.",
			Body: `{password: string, code: string}`, Answer: `{recovery: [string]}`},
		{Method: "POST", Path: "/api/recado/me/totp/remove", Tag: tag, Who: person, Does: "Goes without the app again.", Body: `{password: string, code: string}`},
		{Method: "POST", Path: "/api/recado/sessions/revoke", Tag: tag, Who: person, Does: "Signs out: here, there, everywhere else, or everywhere.",
			Body: `{session?: string, others?: bool, all?: bool}`},
		{Method: "POST", Path: "/api/recado/away", Tag: tag, Who: member, Does: "Whether I am given conversations for now.", Body: `{on: bool}`},
	}
}

func conversations() []Route {
	const (
		tag  = "conversations"
		link = `{state: string, since: string, reason: string, number: string, qr: string, picture: string, code: string, expires: string, problem: string, waiting: int,
			cold: {limit: int, used: int, until: string, waiting: int}, history: {days: int, added: int, parts: int}}`
	)

	return []Route{
		{Method: "POST", Path: "/api/recado/conversations", Tag: tag, Who: member, Does: "The conversation with a contact, or with whoever has a phone, on a channel, to write first. Needs inbox.reply.",
			Body: `{contact?: string, channel: string, phone?: string, name?: string}`, Answer: `@conversations`},
		{Method: "POST", Path: "/api/recado/conversations/{id}/transfer", Tag: tag, Who: member, Does: "Hands it to a queue, a colleague, or a colleague in a queue.",
			Body: `{queue?: string, assignee?: string, note?: string}`, Answer: `@conversations`},
		{Method: "POST", Path: "/api/recado/conversations/{id}/typing", Tag: tag, Who: member, Does: "Shows that I am typing.", Body: `{on: bool}`},
		{Method: "POST", Path: "/api/recado/conversations/{id}/view", Tag: tag, Who: member, Does: "Shows colleagues what I am looking at.", Body: `{on: bool}`},
		{Method: "POST", Path: "/api/recado/conversations/{id}/seen", Tag: tag, Who: member, Does: "I have looked, and am no longer among its mentioned."},
		{Method: "GET", Path: "/api/recado/conversations/{id}/mentionable", Tag: tag, Who: member, Does: "Whom a note can call.",
			Answer: `{items: [{id: string, name: string}]}`},
		{Method: "POST", Path: "/api/recado/messages/{id}/edit", Tag: tag, Who: member, Does: "Changes the words of my message.", Body: `{text: string}`, Answer: `@messages`},
		{Method: "POST", Path: "/api/recado/messages/{id}/delete", Tag: tag, Who: member, Does: "Takes back what a message said.", Answer: `@messages`},
		{Method: "POST", Path: "/api/recado/messages/{id}/react", Tag: tag, Who: member, Does: "My reaction; an empty one takes it back.", Body: `{emoji: string}`, Answer: `@messages`},
		{Method: "POST", Path: "/api/recado/messages/{id}/forward", Tag: tag, Who: member, Does: "Its words and files, into all of these conversations or none.",
			Body: `{conversations: [string]}`, Answer: `{items: [@messages]}`},
		{Method: "POST", Path: "/api/recado/messages/{id}/fetch", Tag: tag, Who: member, Does: "Tries again to get a file that could not be had."},
		{Method: "GET", Path: "/api/recado/channels/capabilities", Tag: tag, Who: person, Does: "What each kind of channel can do; edit and delete are seconds, 0 never, -1 always.",
			Answer: `{*: {options: int, text_limit: int, file_limit: int, quote: bool, react: bool, edit: int, delete: int}}`},
		{Method: "GET", Path: "/api/recado/channels/{id}/link", Tag: tag, Who: member, Does: "How a WhatsApp number is, and the codes to link it by. Needs channels.manage.", Answer: link},
		{Method: "POST", Path: "/api/recado/channels/{id}/connect", Tag: tag, Who: member,
			Does: "Links a number, by QR or by a code for the phone that is named; or connects one again. Needs channels.manage.", Body: `{phone?: string}`, Answer: link},
		{Method: "POST", Path: "/api/recado/channels/{id}/disconnect", Tag: tag, Who: member, Does: "Unlinks a number. Its conversations stay. Needs channels.manage.", Answer: link},
		{Method: "GET", Path: "/api/recado/channels/{id}/answering", Tag: tag, Who: member, Does: "The chats of the last day that would have been answered without a person. Needs channels.manage.",
			Query: `{answer: new|everyone}`, Answer: `{total: int, chats: [{contact: string, name: string, phone: string}]}`},
		{Method: "POST", Path: "/api/recado/quick-replies/{id}/use", Tag: tag, Who: member, Does: "A quick reply as one contact reads it.",
			Body: `{conversation: string}`, Answer: `{text: string, files: [@files]}`},
		{Method: "GET", Path: "/api/recado/files/{id}", Tag: tag, Who: person, Does: "The bytes of an attachment.", Query: `{size?: string}`, Answer: "file"},
		{Method: "GET", Path: "/api/recado/live", Tag: tag, Who: member, Does: "The live feed, as server-sent events.", Answer: "events"},
	}
}

func contacts() []Route {
	const (
		tag     = "contacts"
		mapping = `{mapping: [string], mode: skip|update|create}`
	)

	return []Route{
		{Method: "GET", Path: "/api/recado/contacts/count", Tag: tag, Who: member, Does: "How many contacts a filter matches.", Query: `{filter?: string}`, Answer: `{count: int}`},
		{Method: "POST", Path: "/api/recado/contacts/bulk", Tag: tag, Who: member, Does: "One change to many contacts; tells how far it is, line by line.",
			Body:   `{action: tag|untag|assign|delete|restore, tag?: string, owner?: string, filter?: string, ids?: [string], confirmed?: bool}`,
			Answer: "lines"},
		{Method: "GET", Path: "/api/recado/contacts/{id}/timeline", Tag: tag, Who: member, Does: "What happened with a contact, newest first.",
			Query: `{before?: string}`, Answer: `{items: [{kind: conversation|appointment|change|note, at: string, record: object}], next: string}`},
		{Method: "GET", Path: "/api/recado/contacts/{id}/export", Tag: tag, Who: member, Does: "Everything that is known of a contact. Needs contacts.export.", Answer: "archive"},
		{Method: "POST", Path: "/api/recado/contacts/{id}/erase", Tag: tag, Who: member, Does: "Removes a contact at once and for good. Needs contacts.delete.", Query: `{confirmed?: string}`},
		{Method: "GET", Path: "/api/recado/contacts/{id}/duplicates", Tag: tag, Who: member, Does: "Who may be the same person, the likeliest first.",
			Answer: `{items: [{contact: @contacts, reasons: [phone|email|name]}]}`},
		{Method: "GET", Path: "/api/recado/contacts/{id}/merge", Tag: tag, Who: member, Does: "What merging another contact into this one would do. Needs to edit both.",
			Query: `{with: string}`, Answer: `{moves: any, closes: int, learns: any}`},
		{Method: "POST", Path: "/api/recado/contacts/{id}/merge", Tag: tag, Who: member, Does: "Makes another contact part of this one. Needs to edit both.",
			Body: `{with: string}`, Answer: `@contact_merges`},
		{Method: "POST", Path: "/api/recado/contacts/{id}/merges/{merge}/undo", Tag: tag, Who: member, Does: "Takes that back, within 30 days.", Answer: `@contact_merges`},
		{Method: "GET", Path: "/api/recado/search", Tag: tag, Who: member, Does: "People and what was said.", Query: `{q: string, cursor?: string}`,
			Answer: `{contacts: [{id: string, name: string, phone: string, email: string}],
				messages: [{id: string, conversation: string, contact: string, name: string, text: string, kind: string, direction: in|out, at: string}], cursor: string}`},
		{Method: "POST", Path: "/api/recado/contacts/import", Tag: tag, Who: member, Does: "Takes in a table, CSV or XLSX, and guesses what its columns are. Needs contacts.import.",
			Body: `multipart {file: file}`, Answer: `{import: @imports, targets: any}`},
		{Method: "POST", Path: "/api/recado/contacts/import/{id}/preview", Tag: tag, Who: member, Does: "What would become of its first rows.",
			Body: mapping, Answer: `{rows: [{row: int, outcome: create|update|skip|error, values?: any, name?: string, error?: any}]}`},
		{Method: "POST", Path: "/api/recado/contacts/import/{id}/start", Tag: tag, Who: member, Does: "Starts it.", Body: mapping, Answer: `@imports`},
		{Method: "POST", Path: "/api/recado/contacts/import/{id}/cancel", Tag: tag, Who: member, Does: "Stops it.", Answer: `@imports`},
		{Method: "POST", Path: "/api/recado/contacts/import/{id}/undo", Tag: tag, Who: member, Does: "Takes back what it did.", Answer: `@imports`},
		{Method: "GET", Path: "/api/recado/contacts/import/{id}/errors", Tag: tag, Who: member, Does: "The rows that could not be taken over, and why.", Query: `{locale?: string}`, Answer: "table"},
		{Method: "GET", Path: "/api/recado/contacts/export", Tag: tag, Who: member, Does: "Contacts as a table. Needs contacts.export.",
			Query: `{format?: csv|xlsx, filter?: string}`, Answer: "table"},
	}
}

func agenda() []Route {
	const tag = "agenda"

	return []Route{
		{Method: "GET", Path: "/api/recado/agendas/{id}/slots", Tag: tag, Who: member, Does: "The free times of a service, at most 92 days.", Query: span,
			Answer: `{slots: [{` + slot + `}], timezone: string}`},
		{Method: "GET", Path: "/api/recado/agendas/{id}/slots/explain", Tag: tag, Who: member, Does: "Every possible start, and what refuses it.", Query: span,
			Answer: `{candidates: [{start: time, end: time, label: string, rule: int, name: string, blocker?: any}], offered: any, timezone: string}`},
		{Method: "GET", Path: "/api/recado/services/{id}/next", Tag: tag, Who: member, Does: "The next free times of a service over all its agendas.",
			Query:  `{n?: int, from?: time, agenda?: string, tz?: string, exclude?: string}`,
			Answer: `{slots: [{` + slot + `, agenda: string, timezone: string}]}`},
		{Method: "POST", Path: "/api/recado/agendas/{id}/book", Tag: tag, Who: member, Does: "Books. Takes an Idempotency-Key.",
			Body: `{service: string, start: time, contact?: string, visitor?: {name: string, phone?: string, email?: string}, attendee?: string,
				conversation?: string, note?: string, overbook?: bool, hold?: int}`, Answer: `@appointments`},
		{Method: "POST", Path: "/api/recado/agendas/{id}/block", Tag: tag, Who: member, Does: "Time that can't be booked. Takes an Idempotency-Key.",
			Body: `{start: time, end: time, title?: string, overbook?: bool}`, Answer: `@occupancies`},
		{Method: "DELETE", Path: "/api/recado/occupancies/{id}", Tag: tag, Who: member, Does: "Takes a block away."},
		{Method: "POST", Path: "/api/recado/appointments/{id}/reschedule", Tag: tag, Who: member, Does: "Moves it, in one step.",
			Body: `{start: time, agenda?: string, overbook?: bool}`, Answer: `@appointments`},
		{Method: "POST", Path: "/api/recado/appointments/{id}/cancel", Tag: tag, Who: member, Does: "Cancels it.", Body: `{reason?: string}`, Answer: `@appointments`},
		{Method: "POST", Path: "/api/recado/appointments/{id}/confirm", Tag: tag, Who: member, Does: "Confirms it, or books a held slot.", Answer: `@appointments`},
		{Method: "POST", Path: "/api/recado/appointments/{id}/arrived", Tag: tag, Who: member, Does: "They are here.", Answer: `@appointments`},
		{Method: "POST", Path: "/api/recado/appointments/{id}/done", Tag: tag, Who: member, Does: "It has taken place.", Answer: `@appointments`},
		{Method: "POST", Path: "/api/recado/appointments/{id}/no-show", Tag: tag, Who: member, Does: "Nobody came.", Answer: `@appointments`},
		{Method: "GET", Path: "/api/recado/appointments/unreachable", Tag: tag, Who: member, Does: "Appointments whose customer nothing reaches.", Query: `{expand?: string}`,
			Answer: `{items: [{appointment: @appointments, reason: none|no_mail|away|failed, detail: string, phone: string, email: string, conversation: string}]}`},
	}
}

func mail() []Route {
	const tag = "mail"

	return []Route{
		{Method: "GET", Path: "/api/recado/mail/settings", Tag: tag, Who: member, Does: "The mail server in effect. Needs company.manage, like all of mail.",
			Answer: `{kept: string, source: string, host: string, port: int, user: string, tls: bool, password: bool, sender: string, base: string}`},
		{Method: "POST", Path: "/api/recado/mail/test", Tag: tag, Who: member, Does: "Sends me a mail, now.", Answer: `@mails`},
		{Method: "GET", Path: "/api/recado/mails/{id}/preview", Tag: tag, Who: member, Does: "How a mail looks.", Answer: `{html: string, text: string, ics?: string}`},
		{Method: "POST", Path: "/api/recado/mails/{id}/resend", Tag: tag, Who: member, Does: "Sends it again.", Answer: `@mails`},
	}
}

func webchat() []Route {
	const (
		tag     = "webchat"
		message = `any`
	)

	return []Route{
		{Method: "GET", Path: "/api/recado/webchat/{publicKey}/config", Tag: tag, Who: public, Does: "How the channel looks.", Answer: `object`},
		{Method: "POST", Path: "/api/recado/webchat/{publicKey}/sessions", Tag: tag, Who: public, Does: "Begins a visit.",
			Body: `{locale?: string, page?: string, name?: string, email?: string}`, Answer: `{token: string, visitor: string}`},
		{Method: "POST", Path: "/api/recado/webchat/messages", Tag: tag, Who: visitor, Does: "Writes. The same clientId is the same message.", Status: 201,
			Body: `{clientId: string, text?: string, payload?: string, attachment?: string}`, Answer: message},
		{Method: "GET", Path: "/api/recado/webchat/messages", Tag: tag, Who: visitor, Does: "What was said after a message.", Query: `{after?: string}`, Answer: `{items: [any]}`},
		{Method: "GET", Path: "/api/recado/webchat/stream", Tag: tag, Who: visitor, Does: "What is said, as server-sent events.", Query: `{after?: string}`, Answer: "events"},
		{Method: "POST", Path: "/api/recado/webchat/files", Tag: tag, Who: visitor, Does: "Takes in a file for a message.", Body: `multipart {file: file}`, Answer: `object`},
		{Method: "GET", Path: "/api/recado/webchat/files/{id}", Tag: tag, Who: visitor, Does: "The bytes of a file.", Answer: "file"},
		{Method: "POST", Path: "/api/recado/webchat/typing", Tag: tag, Who: visitor, Does: "Shows that the visitor is typing.", Body: `{on: bool}`},
		{Method: "POST", Path: "/api/recado/webchat/read", Tag: tag, Who: visitor, Does: "The visitor has read up to a message.", Body: `{upTo: string}`},
	}
}

func reports() []Route {
	const tag = "reports"

	return []Route{
		{Method: "GET", Path: "/api/recado/reports/inbox", Tag: tag, Who: member, Does: "What happened in the inbox, by local days. Needs reports.view.",
			Query: `{from: string, to: string, queue?: string, member?: string, channel?: string, format?: json|csv}`, Answer: `object`},
		{Method: "GET", Path: "/api/recado/reports/agenda", Tag: tag, Who: member, Does: "What happened on the agendas, by local days. Needs reports.view.",
			Query: `{from: string, to: string, agenda?: string, service?: string, member?: string, format?: json|csv}`, Answer: `object`},
	}
}

func running() []Route {
	const (
		tag    = "running"
		report = `{name: string, everySeconds: number, lastRun: string, milliseconds: number, nextRun: string, ok: bool, running: bool, failures: int, error: string}`
		advice = `{code: string, job?: string, message: string}`
	)

	return []Route{
		{Method: "GET", Path: "/status", Tag: tag, Who: public, Does: "Answers while the process does.", Answer: `{status: string}`},
		{Method: "GET", Path: "/api/recado/health", Tag: tag, Who: public, Does: "How the parts are doing.",
			Answer: `{status: ok|degraded|failing, version: string, database: {ok: bool, milliseconds: number, error?: string},
				disk: {ok: bool, low: bool, freeBytes?: int, totalBytes?: int, path?: string}, channels: {*: int}, jobs: [` + report + `], advice: [` + advice + `]}`},
		{Method: "GET", Path: "/api/recado/system", Tag: tag, Who: person, Does: "How this Recado runs, for whoever runs it.",
			Answer: `{status: ok|degraded|failing, version: string, advice: [` + advice + `], database: object, jobs: [` + report + `], queues: [object], storage: any, backup: object}`},
		{Method: "POST", Path: "/api/recado/system/jobs/{name}/run", Tag: tag, Who: person, Does: "Runs a job now.", Status: 202, Answer: `{job: string}`},
		{Method: "POST", Path: "/api/recado/system/queues/{name}/{id}/retry", Tag: tag, Who: person, Does: "Tries a row again.", Answer: `{queue: string, id: string}`},
	}
}
