package demo

import (
	"embed"
	"encoding/json"
)

//go:embed data/*.json
var dataFiles embed.FS

// words are the people and sayings of one language.
type words struct {
	Contacts []struct {
		Name, Phone, Email, Lifecycle, Notes string
		Tags                                 []string
	}
	Talks []talk

	First, Last []string
	Phone       string // a pattern of numbers nobody has

	Members, Agendas, Queues []string
	Services                 []struct {
		Name            string
		Duration, Price int
		Color           string
	}
	Tags   []struct{ Name, Color string }
	Fields []struct {
		Label, Type string
		Choices     []string
	}
	Quick []struct{ Shortcut, Text string }

	Notes    []string // of contacts
	Internal []string // in conversations
	Visits   []string // of appointments
	Reasons  []string // for a cancellation
	Mail     struct{ Confirmation, Reminder, Text string }
	Pages    []struct{ Title, Text string } // of the knowledge
	File     string
}

// talk is a conversation: "c …" the customer, "b …" the bot, "p …" a person.
type talk struct {
	Status string
	Lines  []string
}

func read(locale string) (w words, err error) {
	raw, err := dataFiles.ReadFile("data/" + locale + ".json")
	if err != nil {
		return w, err
	}

	return w, json.Unmarshal(raw, &w)
}

// of returns the conversations of one status.
func (w words) of(status string) (list []talk) {
	for _, t := range w.Talks {
		if t.Status == status {
			list = append(list, t)
		}
	}

	return list
}
