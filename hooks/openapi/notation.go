package openapi

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// The notation of docs/api.md, a little stricter:
//
//	{name: string, phone?: string}   an object; ? for what may be missing
//	{*: int}                         an object with keys of any name
//	[string]                         a list
//	string int number bool time any  (time: RFC 3339)
//	null                             nothing
//	@contacts                        a record as the records API shows it
//	free|busy                        one of these words
//
// parse makes a JSON schema of it. A closed object has no other fields.
func parse(notation string, closed bool) (object, error) {
	p := parser{rest: notation, closed: closed}
	schema, err := p.value()
	if err == nil && p.space() != "" {
		err = fmt.Errorf("%q: %q is too much", notation, p.rest)
	}
	if err != nil {
		return nil, fmt.Errorf("the notation %q: %w", notation, err)
	}

	return schema, nil
}

func must(notation string, closed bool) object {
	schema, err := parse(notation, closed)
	if err != nil {
		panic(err)
	}

	return schema
}

type parser struct {
	rest   string
	closed bool
}

func (p *parser) space() string {
	p.rest = strings.TrimSpace(p.rest)

	return p.rest
}

func (p *parser) take(token string) bool {
	rest, ok := strings.CutPrefix(p.space(), token)
	if ok {
		p.rest = rest
	}

	return ok
}

func (p *parser) word() string {
	end := strings.IndexFunc(p.space()+" ", func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-@*", r)
	})
	word := p.rest[:end]
	p.rest = p.rest[end:]

	return word
}

func (p *parser) value() (object, error) {
	switch {
	case p.take("["):
		items, err := p.value()
		if err == nil && !p.take("]") {
			err = fmt.Errorf("a list isn't closed before %q", p.rest)
		}

		return object{"type": "array", "items": items}, err
	case p.take("{"):
		return p.fields()
	}

	words := []any{p.word()}
	for p.take("|") {
		words = append(words, p.word())
	}
	if len(words) > 1 {
		return object{"type": "string", "enum": words}, nil
	}

	return named(words[0].(string))
}

func named(word string) (object, error) {
	switch word {
	case "string", "number":
		return object{"type": word}, nil
	case "int":
		return object{"type": "integer"}, nil
	case "bool":
		return object{"type": "boolean"}, nil
	case "time":
		return object{"type": "string", "format": "date-time"}, nil
	case "file":
		return object{"type": "string", "format": "binary"}, nil
	case "any":
		return object{"nullable": true}, nil
	case "object":
		return object{"type": "object"}, nil
	}
	if record, ok := strings.CutPrefix(word, "@"); ok {
		return reference(record), nil
	}

	return nil, fmt.Errorf("there is no %q", word)
}

func reference(name string) object { return object{"$ref": "#/components/schemas/" + name} }

func (p *parser) fields() (object, error) {
	properties, required := object{}, []any{}
	schema := object{"type": "object"}
	for !p.take("}") {
		name := p.word()
		optional := p.take("?")
		if name == "" || !p.take(":") {
			return nil, fmt.Errorf("a name and a colon are expected before %q", p.rest)
		}
		value, err := p.value()
		if err != nil {
			return nil, err
		}
		p.take(",")
		if name == "*" {
			schema["additionalProperties"] = value

			continue
		}
		properties[name] = value
		if !optional {
			required = append(required, name)
		}
	}
	if len(properties) > 0 {
		schema["properties"] = properties
	}
	if len(required) > 0 {
		schema["required"] = required
	}
	if _, mapped := schema["additionalProperties"]; !mapped && p.closed {
		schema["additionalProperties"] = false
	}

	return schema, nil
}

func sorted(properties object) []string { return slices.Sorted(maps.Keys(properties)) }

func isRequired(schema object, name string) bool {
	required, _ := schema["required"].([]any)

	return slices.Contains(required, any(name))
}
