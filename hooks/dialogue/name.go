package dialogue

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"recado/hooks/dialogue/phrases"
	"recado/hooks/texts"
)

// askName asks who the appointment is for; the slot is booked with the answer.
func (t *turn) askName(slot Slot) error {
	service, err := t.serviceName()
	if err != nil {
		return err
	}
	t.s.Chosen = &slot

	return t.ask(stepName, t.tr.Get("book.name", "service", service, "when", t.when(slot.Start)), nil)
}

// readName takes the answer to askName.
func (t *turn) readName(text string) (bool, error) {
	if t.s.Step != stepName || t.s.Chosen == nil {
		return false, nil
	}
	if containsDigit(text) && t.wish(text, phrases.BareNothing) != nil || t.says(text, phrases.Book) {
		return false, nil // another time instead of a name
	}
	name := nameIn(text)
	if name == "" || t.says(text, phrases.Yes, phrases.No, phrases.Hello, phrases.Thanks, phrases.Bye) {
		return false, nil
	}
	slot := *t.s.Chosen
	t.out.Name = name
	t.in.Name = name

	return true, t.bookAs(slot, name)
}

// introduction is what people write before their name.
var introduction = regexp.MustCompile(`(?i)^(?:(?:ol[aá]|oi|hi|hello|hola)[,!. ]+)?(?:(?:o )?meu nome (?:é|e)|(?:eu )?me chamo|(?:eu )?sou (?:a|o)|pode (?:ser|colocar) (?:em nome d[eoa])?|` +
	`my name is|my name's|i am|i'm|i’m|this is|it's|it’s|mi nombre es|me llamo|soy|a nombre de|em nome de|in the name of)\s+`)

// nameIn reads a person's name; empty: this is none. Names are short, made of
// letters, and never a question.
func nameIn(text string) string {
	text = strings.TrimRight(strings.TrimSpace(introduction.ReplaceAllString(text, "")), ".!, ")
	letters := 0
	for _, r := range text {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.Is(unicode.M, r), r == ' ', r == '\'', r == '’', r == '-', r == '.':
		default:
			return ""
		}
	}
	parts := strings.Fields(text)
	if letters < 2 || utf8.RuneCountInString(text) > 80 || len(parts) > 6 {
		return ""
	}
	if text == strings.ToLower(text) {
		for i, part := range parts {
			if !particles[part] {
				parts[i] = texts.Capital(part)
			}
		}
	}

	return strings.Join(parts, " ")
}

// particles of names stay small.
var particles = map[string]bool{"de": true, "da": true, "do": true, "dos": true, "das": true, "e": true, "del": true, "la": true, "y": true, "van": true, "von": true}

// firstName is how a person is addressed.
func firstName(name string) string {
	if parts := strings.Fields(name); len(parts) > 0 {
		return parts[0]
	}

	return name
}
