package collections

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// TypeScript writes the web app's record types from the declared schema, one
// interface per collection as the API shows its rows to users: without hidden fields.
func TypeScript(w io.Writer) error {
	var out bytes.Buffer
	out.WriteString(`// Made from the declared collections by ` + "`go generate ./collections`" + `; do not edit.

/** What every record has. Times are UTC, as "2006-01-02 15:04:05.000Z". */
export interface BaseRecord {
  id: string
  collectionId: string
  collectionName: string
  created: string
  updated: string
  expand?: Record<string, unknown>
}
`)
	for _, def := range All() {
		writeInterface(&out, def)
	}

	out.WriteString("\n/** The record type of each collection. */\nexport interface Collections {\n")
	for _, def := range All() {
		fmt.Fprintf(&out, "  %s: %s\n", def.Name, interfaceName(def.Name))
	}
	out.WriteString("}\n\nexport type CollectionName = keyof Collections\n")

	_, err := w.Write(out.Bytes())

	return err
}

func writeInterface(out *bytes.Buffer, def Def) {
	fmt.Fprintf(out, "\nexport interface %s extends BaseRecord {\n", interfaceName(def.Name))
	if def.Auth {
		out.WriteString("  email: string\n  emailVisibility: boolean\n  verified: boolean\n")
	}
	var expand []string
	if def.Company {
		out.WriteString("  company: string\n")
		expand = append(expand, "company?: "+interfaceName(Companies))
	}
	for _, field := range def.Fields {
		if field.GetHidden() {
			continue
		}
		fmt.Fprintf(out, "  %s: %s\n", field.GetName(), typeOf(field))
		if relation, ok := field.(*core.RelationField); ok {
			target := interfaceName(nameOf(relation.CollectionId))
			if relation.IsMultiple() {
				target += "[]"
			}
			expand = append(expand, field.GetName()+"?: "+target)
		}
	}
	if len(expand) > 0 {
		fmt.Fprintf(out, "  expand?: { %s }\n", strings.Join(expand, "; "))
	}
	out.WriteString("}\n")
}

func typeOf(field core.Field) string {
	switch f := field.(type) {
	case *core.NumberField:
		return "number"
	case *core.BoolField:
		return "boolean"
	case *core.JSONField:
		return "unknown"
	case *core.SelectField:
		values := make([]string, 0, len(f.Values)+1)
		for _, value := range f.Values {
			values = append(values, "'"+value+"'")
		}
		if f.IsMultiple() {
			return "(" + strings.Join(values, " | ") + ")[]"
		}
		if !f.Required {
			values = append(values, "''")
		}

		return strings.Join(values, " | ")
	case core.MultiValuer:
		if f.IsMultiple() {
			return "string[]"
		}
	}

	return "string"
}

// interfaceName turns webchat_visitors into WebchatVisitorsRecord.
func interfaceName(collection string) string {
	var name strings.Builder
	for part := range strings.SplitSeq(collection, "_") {
		name.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}

	return name.String() + "Record"
}

// nameOf is the reverse of [ID].
func nameOf(id string) string {
	for _, def := range All() {
		if ID(def.Name) == id {
			return def.Name
		}
	}

	panic("a relation points to an undeclared collection: " + id)
}
