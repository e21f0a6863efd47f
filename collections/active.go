package collections

import "github.com/pocketbase/dbx"

// OfActiveCompany holds for the rows of companies that are not switched off: what is
// due in the others waits. It is for queries of one table with a `company`.
func OfActiveCompany() dbx.Expression {
	return dbx.NewExp("EXISTS (SELECT 1 FROM companies WHERE companies.id = company AND companies.active = 1)")
}
