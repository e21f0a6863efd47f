package rehearsal

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// Book is the scenarios of one language, and the clinic they happen in. Times are
// "2027-03-12 15:00" by the clinic's wall clock.
type Book struct {
	Locale    string     `json:"locale"`
	Clinic    Clinic     `json:"clinic"`
	Scenarios []Scenario `json:"scenarios"`
}

// Clinic is a small company that nobody but scenarios knows.
type Clinic struct {
	Name     string    `json:"name"`
	Timezone string    `json:"timezone"`
	Currency string    `json:"currency"`
	Phone    string    `json:"phone"`
	Address  string    `json:"address"`
	Now      string    `json:"now"` // when scenarios begin that don't say
	Agenda   string    `json:"agenda"`
	Open     []Opening `json:"open"`
	Services []Service `json:"services"`
	Pages    []Page    `json:"pages"`
}

// Opening are the hours of some days of the week, 0 being Sunday.
type Opening struct {
	Weekdays []int  `json:"weekdays"`
	From     string `json:"from"` // 09:00
	To       string `json:"to"`
}

// Service is what can be booked: minutes, price in minor units.
type Service struct {
	Name    string `json:"name"`
	Minutes int    `json:"minutes"`
	Price   int    `json:"price"`
	Notice  int    `json:"notice"` // minutes before which it has to be booked
}

// Page is what the clinic tells about itself.
type Page struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Scenario is one customer's talk, and how it has to end.
type Scenario struct {
	ID    string `json:"id"`
	About string `json:"about"` // dates, change, burst, lost, notice, shared, voice, injection, …
	Title string `json:"title"`
	Now   string `json:"now,omitempty"`

	// Given are appointments that stand before: "Cleaning 2027-03-12 15:00", of the
	// customer, or of Sofia Prado, whom nobody may hear of, after a "!".
	Given []string `json:"given,omitempty"`
	Talk  []Turn   `json:"talk"`

	// Insist is what the customer says when a question they wait for does not come.
	Insist string `json:"insist,omitempty"`
	Expect Expect `json:"expect"`

	// Catches names the faults it is meant to find: miscounting, stubborn, hasty,
	// inventing, gullible, clinging.
	Catches []string `json:"catches,omitempty"`
}

// Turn is something the customer does, or that happens. One of its parts is set.
type Turn struct {
	Say   []string `json:"say,omitempty"`   // messages in a burst
	Voice string   `json:"voice,omitempty"` // a voice note, written out; "-" where it could not be
	Yes   *string  `json:"yes,omitempty"`   // to the server's question: "" the button, else in these words
	No    *string  `json:"no,omitempty"`
	Pick  bool     `json:"pick,omitempty"` // the first of the times that were offered as buttons
	Take  string   `json:"take,omitempty"` // somebody else takes this time
	Wait  string   `json:"wait,omitempty"` // time passes: "11m"

	// Means is what was said in the plainest form, for who reads the scenario and for
	// scripted models; the agent never sees it.
	Means string `json:"means,omitempty"`
}

// Expect is the end of a scenario.
type Expect struct {
	// Appointments are all the customer then has: "Cleaning 2027-03-12 15:00", with
	// " for João" where somebody else comes, "*" for any time of day.
	Appointments []string `json:"appointments"`
	HandedOver   bool     `json:"handed_over,omitempty"`
	Contact      *Person  `json:"contact,omitempty"`
	Told         []string `json:"told,omitempty"`   // facts, not words: a price, a time
	Untold       []string `json:"untold,omitempty"` // what must not come over its lips
}

// Person is what is kept of the customer; empty fields are not looked at.
type Person struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
}

//go:embed scenarios/*.json
var shipped embed.FS

// Books are the scenarios that come with Recado, by language.
var Books = sync.OnceValues(func() ([]Book, error) {
	files, err := fs.Glob(shipped, "scenarios/*.json")
	if err != nil {
		return nil, err
	}
	var list []Book
	for _, name := range files {
		raw, err := shipped.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var book Book
		if err := json.Unmarshal(raw, &book); err != nil {
			return nil, fmt.Errorf("scenarios %s: %w", name, err)
		}
		for i := range book.Scenarios {
			book.Scenarios[i].ID = book.Locale + "/" + book.Scenarios[i].ID
		}
		list = append(list, book)
	}

	return list, nil
})

// find returns a scenario and the book it is in.
func find(books []Book, id string) (Book, Scenario, bool) {
	for _, book := range books {
		at := slices.IndexFunc(book.Scenarios, func(s Scenario) bool { return s.ID == id })
		if at >= 0 {
			return book, book.Scenarios[at], true
		}
	}

	return Book{}, Scenario{}, false
}

// wall reads a wall clock of the clinic.
func (c Clinic) wall(text string) (time.Time, error) {
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return time.Time{}, err
	}

	return time.ParseInLocation("2006-01-02 15:04", text, zone)
}

// appointment reads "Cleaning 2027-03-12 15:00[ for João]".
func (c Clinic) appointment(text string) (service, when, attendee string, ok bool) {
	text, attendee, _ = strings.Cut(text, " for ")
	words := strings.Fields(text)
	if len(words) < 3 {
		return "", "", "", false
	}

	return strings.Join(words[:len(words)-2], " "), strings.Join(words[len(words)-2:], " "), attendee, true
}

// listScenarios is GET /api/recado/agents/scenarios: what evaluations play.
func (r *Room) listScenarios(e *core.RequestEvent) error {
	if _, err := r.deps.Require(e, e.Request.URL.Query().Get("company"), "agents.manage"); err != nil {
		return err
	}
	books, err := Books()
	if err != nil {
		return err
	}
	list := []map[string]any{}
	for _, book := range books {
		for _, s := range book.Scenarios {
			catches := s.Catches
			if catches == nil {
				catches = []string{}
			}
			list = append(list, map[string]any{"id": s.ID, "locale": book.Locale, "about": s.About, "title": s.Title, "catches": catches})
		}
	}

	return e.JSON(http.StatusOK, map[string]any{"items": list})
}
