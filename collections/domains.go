package collections

import "github.com/pocketbase/pocketbase/core"

// companyDomains are the domains on which a company's own pages are served once it
// has proven, by the TXT record txt, that they are its own. Many may claim one, of which
// one has it.
func companyDomains() Def {
	return Def{
		Name:    CompanyDomains,
		Company: true,
		Fields: []core.Field{
			required(text("name", 253)),
			text("txt", 80),
			choice("state", "pending", "verified"),
			choice("problem", "missing", "different", "unreachable", "taken"),
			date("checked"),
			date("verified"),
			hidden(date("missing_since")),
			hidden(date("due")),
		},
		Indexes: []Index{
			{Name: "company_name", Unique: true, Columns: "company, name"},
			{Name: "verified", Unique: true, Columns: "name", Where: "state = 'verified'"},
			{Name: "due", Columns: "due", Where: "due != ''"},
		},
		Rules: Rules{List: can("company.manage"), View: can("company.manage"), Create: can("company.manage"), Delete: can("company.manage")},
		Sorts: []Sort{{Order: "name"}},
	}
}
