package collections

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// Markdown writes docs/records.md from the declared schema: what every
// collection holds, and who may do what with its rows. What only the server
// reads and writes is left out, as in [TypeScript].
func Markdown(w io.Writer) error {
	var out bytes.Buffer
	out.WriteString(`# Records

Every collection of Recado as the records API shows it: ` + "`/api/collections/{name}/records`" + `, see [api.md](api.md). Made
from the declared collections by ` + "`go generate ./collections`" + `; do not edit.

Besides its fields every record has ` + "`id`, `collectionId`, `collectionName`, `created` and `updated`" + `, and every record of a
company has ` + "`company`" + `, given when it is made and never changed. *Server* in the last column: what a client sends for the
field is replaced or ignored. A reach (own, team, all) is explained in [api.md](api.md#permissions). "Nobody" means that no
member may do it through the records API; the text says which route does.

`)
	for _, def := range All() {
		if def.Rules.List != nil {
			writeSection(&out, def)
		}
	}

	_, err := w.Write(out.Bytes())

	return err
}

func writeSection(out *bytes.Buffer, def Def) {
	fmt.Fprintf(out, "## %s\n\n%s\n\n", def.Name, manual[def.Name].about)
	fmt.Fprintf(out, "| list, view | create | update | delete |\n|---|---|---|---|\n| %s | %s | %s | %s |\n\n",
		whoMay(def, def.Rules.List), whoMay(def, def.Rules.Create), whoMay(def, def.Rules.Update), whoMay(def, def.Rules.Delete))

	out.WriteString("| field | type | |\n|---|---|---|\n")
	for _, field := range def.Fields {
		if field.GetHidden() {
			continue
		}
		kind := markdownType(field)
		if isRequired(field) {
			kind += ", required"
		}
		fmt.Fprintf(out, "| `%s` | %s | %s |\n", field.GetName(), kind, manual[def.Name].fields[field.GetName()])
	}
	out.WriteString("\n")
}

// whoMay puts a rule into words.
func whoMay(def Def, rule *string) string {
	switch {
	case rule == nil:
		return "nobody"
	case def.Name == Users, *rule == "user = @request.auth.id":
		return "the account itself"
	case def.Name == Companies && !strings.Contains(*rule, "permissions"):
		return "its members"
	case def.Name == Members && !strings.Contains(*rule, "permissions"):
		return "its account, and every member"
	}

	var needs []string
	for _, match := range namedPermission.FindAllStringSubmatch(*rule, -1) {
		switch name := match[1]; {
		case strings.HasSuffix(name, "_own"):
			needs = append(needs, "`"+strings.TrimSuffix(name, "_own")+"_…` by reach")
		case strings.HasSuffix(name, "_team"), strings.HasSuffix(name, "_all"):
			// the wider reaches of the one before
		default:
			needs = append(needs, "`"+name+"`")
		}
	}
	if len(needs) == 0 {
		return "every member"
	}

	return strings.Join(needs, " and ")
}

var namedPermission = regexp.MustCompile(`permissions \?~ '"([a-z]+\.[a-z_]+)"'`)

func markdownType(field core.Field) string {
	switch f := field.(type) {
	case *core.BoolField:
		return "true or false"
	case *core.DateField:
		return "datetime"
	case *core.JSONField:
		return "JSON"
	case *core.EmailField:
		return "e-mail"
	case *core.FileField:
		return "file"
	case *core.SelectField:
		return "`" + strings.Join(f.Values, "`, `") + "`"
	case *core.RelationField:
		link := fmt.Sprintf("[%s](#%[1]s)", nameOf(f.CollectionId))
		if f.IsMultiple() {
			return "ids of " + link
		}

		return "id of " + link
	case *core.NumberField:
		if f.Min != nil && f.Max != nil {
			return fmt.Sprintf("integer, %s to %s", grouped(*f.Min), grouped(*f.Max))
		}

		return "integer"
	case *core.TextField:
		if f.Pattern != "" {
			return "text like `" + f.Pattern + "`"
		}

		return fmt.Sprintf("text, up to %s", grouped(float64(f.Max)))
	}

	panic("no words for a field of type " + field.Type())
}

// grouped writes a whole number with its thousands apart: 20,000.
func grouped(n float64) string {
	text := fmt.Sprintf("%.0f", n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}

	return text
}

func isRequired(field core.Field) bool {
	switch f := field.(type) {
	case *core.TextField:
		return f.Required
	case *core.EmailField:
		return f.Required
	case *core.DateField:
		return f.Required
	case *core.SelectField:
		return f.Required
	case *core.RelationField:
		return f.Required
	case *core.FileField:
		return f.Required
	default:
		return false
	}
}
