package limits

import (
	"time"

	"golang.org/x/time/rate"
)

// per is n in a span of time.
func per(n int, span time.Duration) rate.Limit { return rate.Limit(float64(n) / span.Seconds()) }

// The table: who may call what how often. A team behind one address, 20 people of a
// clinic, stays far below what is counted by address.
var (
	// SignIn is for passwords and second factors; those that are right don't count.
	SignIn = Allowance{Name: "sign-in", Who: "address and account", Every: per(10, time.Minute), Burst: 10,
		Routes: "`POST /api/collections/users/auth-with-password`, `POST /api/recado/sessions/factor`, `POST /api/recado/me/totp…`, `POST /api/recado/me/password`; right ones don't count"}

	// DomainChecks is for questions to the DNS.
	DomainChecks = Allowance{Name: "domain checks", Who: "company", Every: per(10, time.Minute), Burst: 10, Routes: "`POST /api/recado/domains/{id}/check`"}

	// Codes is for what sends an e-mail, EnterCode for entering what stood in it.
	Codes = Allowance{Name: "codes", Who: "e-mail address", Every: per(5, time.Hour), Burst: 5,
		Routes: "`POST /api/recado/password/forgot`, `POST /api/recado/sessions/code`, `POST /api/recado/me/email`, `POST /api/recado/me/verify`, mails of `POST /api/recado/signup`"}
	CodesOfAddress = Allowance{Name: "codes of an address", Who: "address", Every: per(60, time.Hour), Burst: 30, Routes: "the same"}
	EnterCode      = Allowance{Name: "entered codes", Who: "address and account", Every: per(5, time.Minute), Burst: 10,
		Routes: "`POST /api/recado/password/verify`, `POST /api/recado/sessions/code/verify`; and five tries for each code"}
	OpenLink = Allowance{Name: "opened links", Who: "address", Every: per(30, time.Minute), Burst: 60,
		Routes: "`POST /api/recado/password/reset`, `POST /api/recado/email/confirm`, `POST /api/recado/signup/confirm`, `POST /api/recado/sessions/not-me`, `GET`, `POST /api/recado/invites/{token}…`"}

	Join   = Allowance{Name: "join", Who: "address", Every: per(5, time.Minute), Burst: 10, Routes: "`POST /api/recado/companies/join`"}
	SignUp = Allowance{Name: "sign-up", Who: "address", Every: per(5, time.Hour), Burst: 5, Routes: "`POST /api/recado/signup`"}

	Keys = Allowance{Name: "keys", Who: "key", Every: per(600, time.Minute), Burst: 600, Routes: "everything, with an API key"}

	// Instance is for who shows the instance key, a wrong one or none.
	Instance = Allowance{Name: "instance", Who: "address", Every: per(60, time.Minute), Burst: 60,
		Routes: "`…/api/recado/admin/companies…` without a sign-in: with the instance key, a wrong one or none"}

	VisitorMessages = Allowance{Name: "visitor messages", Who: "visitor", Every: per(60, time.Minute), Burst: 50, Routes: "`POST /api/recado/webchat/messages`"}
	VisitorFiles    = Allowance{Name: "visitor files", Who: "visitor", Every: per(30, time.Minute), Burst: 20, Routes: "`POST /api/recado/webchat/files`"}
	VisitorSignals  = Allowance{Name: "visitor signals", Who: "visitor", Every: per(300, time.Minute), Burst: 100, Routes: "`POST /api/recado/webchat/typing`, `…/read`"}
	VisitorReads    = Allowance{Name: "visitor reads", Who: "visitor", Every: per(600, time.Minute), Burst: 300, Routes: "`GET /api/recado/webchat/messages`, `…/stream`, `…/files/{id}`"}
	AddressMessages = Allowance{Name: "address messages", Who: "address", Every: per(2400, time.Minute), Burst: 2400, Routes: "messages and signals of visitors"}
	AddressFiles    = Allowance{Name: "address files", Who: "address", Every: per(300, time.Minute), Burst: 200, Routes: "files of visitors"}
	AddressSessions = Allowance{Name: "address sessions", Who: "address", Every: per(120, time.Minute), Burst: 200, Routes: "`POST /api/recado/webchat/{publicKey}/sessions`"}
	AddressReads    = Allowance{Name: "address reads", Who: "address", Every: per(6000, time.Minute), Burst: 3000, Routes: "what visitors read"}

	PageViews           = Allowance{Name: "page views", Who: "address", Every: per(300, time.Minute), Burst: 200, Routes: "`GET /book/…`"}
	PageBookings        = Allowance{Name: "page bookings", Who: "address", Every: per(30, time.Hour), Burst: 10, Routes: "`POST /book/{company}/{service}`"}
	PageBookingsCompany = Allowance{Name: "page bookings of a company", Who: "company", Every: per(60, time.Hour), Burst: 60, Routes: "the same"}
)

// Table lists all of them, for the documentation and its test.
func Table() []Allowance {
	return []Allowance{
		SignIn, Codes, CodesOfAddress, EnterCode, OpenLink, Join, SignUp, Keys, Instance,
		VisitorMessages, VisitorFiles, VisitorSignals, VisitorReads, AddressMessages, AddressFiles, AddressSessions, AddressReads,
		PageViews, PageBookings, PageBookingsCompany, DomainChecks,
	}
}

// Whoever gets something wrong again and again waits, longer each time. An account
// is counted by the address it is tried from, so that a stranger elsewhere keeps
// nobody out; and, with more patience, from everywhere together.
var (
	WrongHere = Backoff{Name: "wrong here", Free: 10, First: 30 * time.Second, Most: 15 * time.Minute, Memory: time.Hour}
	WrongAll  = Backoff{Name: "wrong anywhere", Free: 50, First: 30 * time.Second, Most: 5 * time.Minute, Memory: time.Hour}
	WrongFrom = Backoff{Name: "wrong from an address", Free: 100, First: 10 * time.Second, Most: 15 * time.Minute, Memory: time.Hour}
)
