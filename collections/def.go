// Package collections declares what is stored and who may see it.
//
// One file per collection (or per small family of them) declares fields,
// indexes and who may do what; rules.go turns the latter into PocketBase API
// rules; ensure.go brings a database to the declared state. Nothing here
// decides what happens: that is the work of the rooms in hooks/.
package collections

import (
	"fmt"
	"hash/crc32"
	"sync"

	"github.com/pocketbase/pocketbase/core"
)

// The names of the collections.
const (
	Users                 = "users"
	AuthSessions          = "auth_sessions"
	AuthFactors           = "auth_factors"
	AuthTickets           = "auth_tickets"
	Companies             = "companies"
	CompanyDomains        = "company_domains"
	Roles                 = "roles"
	Members               = "members"
	Invites               = "invites"
	APIKeys               = "api_keys"
	Queues                = "queues"
	Channels              = "channels"
	WebchatVisitors       = "webchat_visitors"
	ChannelEvents         = "channel_events"
	Tags                  = "tags"
	Contacts              = "contacts"
	ContactFields         = "contact_fields"
	ContactChanges        = "contact_changes"
	Identities            = "identities"
	Consents              = "consents"
	Conversations         = "conversations"
	Messages              = "messages"
	Files                 = "files"
	QuickReplies          = "quick_replies"
	Ratings               = "ratings"
	Agendas               = "agendas"
	Availabilities        = "availabilities"
	AvailabilityOverrides = "availability_overrides"
	Services              = "services"
	Appointments          = "appointments"
	Occupancies           = "occupancies"
	Mails                 = "mails"
	Reminders             = "reminders"
	IdempotencyKeys       = "idempotency_keys"
	Audit                 = "audit"
	Imports               = "imports"
	ImportBatches         = "import_batches"
	Exports               = "exports"
	AIKeys                = "ai_keys"
	Agents                = "agents"
	AgentPrompts          = "agent_prompts"
	AgentPromptVersions   = "agent_prompt_versions"
	AgentRuns             = "agent_runs"
	AgentSpend            = "agent_spend"
	Knowledge             = "knowledge"
	AgentEvaluations      = "agent_evaluations"
	AgentTrials           = "agent_trials"
	ContactMerges         = "contact_merges"
	ContactPhotos         = "contact_photos"
)

// Def declares one collection.
type Def struct {
	Name string
	Auth bool

	// Company marks a collection whose rows belong to one company: it gets a
	// required `company` relation that never changes and that no delete cascades over.
	Company bool

	// TimeIDs gives the rows ids that sort by time of commit (ids.go).
	TimeIDs bool

	Fields  []core.Field
	Indexes []Index

	// Scope says whose a row is. Rules and the live feed read the same declaration.
	Scope Scope
	Rules Rules

	// Sorts are the orders the UI offers, with the filter it sends along; the
	// query-plan test walks them.
	Sorts []Sort
}

// Index declares one index; its name is derived from the collection and Name.
type Index struct {
	Name    string
	Unique  bool
	Columns string
	Where   string
}

// Sort is one list order of the UI. Filter is a PocketBase filter sent with it
// (may be empty); Order is PocketBase's sort expression.
type Sort struct {
	Filter string
	Order  string
}

// All returns the declarations, referenced collections first wherever the
// references have no cycle.
func All() []Def {
	return []Def{
		users(), authSessions(), authFactors(), authTickets(), companies(), companyDomains(), roles(), members(), invites(), queues(),
		channels(), apiKeys(), tags(), contacts(), contactFields(), contactChanges(), contactMerges(), contactPhotos(), identities(), consents(), webchatVisitors(), channelEvents(),
		conversations(), messages(), files(), quickReplies(), ratings(),
		agendas(), availabilities(), availabilityOverrides(), services(), appointments(), occupancies(),
		mails(), reminders(),
		idempotencyKeys(), audit(),
		imports(), importBatches(), exports(),
		aiKeys(), knowledge(), agentPrompts(), agentPromptVersions(), agents(), agentRuns(), agentSpend(), agentEvaluations(), agentTrials(),
	}
}

// OfCompany returns the declarations of the collections whose rows belong to a company.
func OfCompany() []Def {
	var list []Def
	for _, def := range All() {
		if def.Company {
			list = append(list, def)
		}
	}

	return list
}

// Find returns the declaration of the named collection, to look at: others see the
// same fields.
func Find(name string) (Def, bool) {
	def, ok := byName()[name]

	return def, ok
}

var byName = sync.OnceValue(func() map[string]Def {
	list := map[string]Def{}
	for _, def := range All() {
		list[def.Name] = def
	}

	return list
})

// ID returns the stable id of a declared collection. It is computed as
// PocketBase does for a new collection, so that a relation can be declared
// before its target exists.
func ID(name string) string {
	if name == Users {
		return "_pb_users_auth_"
	}

	return fmt.Sprintf("pbc_%d", crc32.ChecksumIEEE([]byte(core.CollectionTypeBase+name)))
}
