package agents

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/dialogue/phrases"
)

// verdict is what the customer says to a proposal.
type verdict int

const (
	neither verdict = iota
	yes
	no
	// instead is a no with more to it: another wish, which has to be heard.
	instead
	// perhaps is a yes with more to it, which only holds if the model, too, reads
	// it as one: "yes, perfect, see you then".
	perhaps
)

// consent reads the customer's messages after a proposal, oldest first. The last
// word counts: who says yes and then no has said no. It returns the message that
// decided.
func consent(p *proposal, messages []*core.Record, locale string) (verdict, *core.Record) {
	result, by := neither, (*core.Record)(nil)
	for _, message := range messages {
		if message.Id <= p.Seen {
			continue
		}
		switch v := judge(p, message, locale); {
		case result == no && v == neither && !courtesy(message, locale):
			result = instead // what they say after the no is the rest of it
		case result == instead && message.GetString("payload") == "":
			// Only a button takes back what they want instead.
		case v != neither:
			result, by = v, message
		case result == yes || result == perhaps:
			// They went on after the yes: somebody, or the model, has to read it.
			result = perhaps
		}
	}

	return result, by
}

func judge(p *proposal, message *core.Record, locale string) verdict {
	if id, ok := payloadOf(message, payloadYes); ok {
		if id == p.ID {
			return yes
		}

		return neither // the button of another proposal
	}
	if id, ok := payloadOf(message, payloadNo); ok {
		if id == p.ID {
			return no
		}

		return neither
	}
	text := strings.TrimSpace(message.GetString("text"))
	rest, refused := phrases.Refused(locale, text)
	switch {
	case message.GetString("payload") != "", message.GetString("kind") != "text":
		return neither
	case rest != "":
		return instead
	case strings.ContainsAny(text, "?¿"): // a question is no answer
		return neither
	case text == "1", phrases.Said(locale, text, phrases.Yes): // 1: the first option, where options are numbered
		return yes
	case text == "2", refused, phrases.Said(locale, text, phrases.Stop):
		return no
	case beginsWithYes(locale, text) && unconditional(text):
		return perhaps
	default:
		return neither
	}
}

// courtesy tells whether a message says thanks or goodbye, and nothing else.
func courtesy(message *core.Record, locale string) bool {
	text := message.GetString("text")

	return phrases.Said(locale, text, phrases.Thanks) || phrases.Said(locale, text, phrases.Bye)
}

// clause is the text up to its first comma or the like.
func clause(text string) string {
	if end := strings.IndexAny(text, ",.;!\n–—"); end > 0 {
		return text[:end]
	}

	return ""
}

func beginsWithYes(locale, text string) bool {
	first, _, _ := strings.Cut(text, " ")

	return phrases.Said(locale, clause(text), phrases.Yes) || phrases.Said(locale, first, phrases.Yes)
}

// against are words after which a yes is none.
var against = []string{
	"but", "not", "no", "dont", "cant", "except", "instead", "other", "another", "change", "cancel", "wait", "if", "unless", "rather", "later", "earlier",
	"mas", "porem", "nao", "outro", "outra", "mudar", "troca", "trocar", "cancela", "cancelar", "espera", "se", "so que", "antes", "depois", "melhor",
	"pero", "sino", "otro", "otra", "cambiar", "cambia", "cancela", "espera", "si es", "mejor", "despues", "tampoco", "nunca",
}

// unconditional: no question, no figures (another time?), no word against.
func unconditional(text string) bool {
	if strings.ContainsAny(text, "?¿0123456789") || len(text) > 200 {
		return false
	}
	folded := " " + fold(text) + " "
	for _, word := range against {
		if containsWord(folded, word) {
			return false
		}
	}

	return true
}

// fold brings text to lower case without diacritics, words apart by one space.
func fold(text string) string {
	return strings.Join(strings.FieldsFunc(phrases.Fold(text), func(r rune) bool {
		return !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r > 127)
	}), " ")
}

// containsWord looks for whole words in folded text with a space at both ends.
func containsWord(folded, word string) bool { return strings.Contains(folded, " "+word+" ") }
