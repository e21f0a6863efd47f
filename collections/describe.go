package collections

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// titles are the fields by which a row is known in PocketBase's dashboard, where
// something refers to it.
var titles = []string{"name", "label", "subject", "shortcut", "title", "email"}

// describe sets what the dashboard shows of a field beside its value: what the
// manual says of it, and whether a row is known by it.
func describe(def Def, field core.Field) core.Field {
	help := plain(manual[def.Name].fields[field.GetName()])
	known := field.GetName() == titleOf(def)
	switch f := field.(type) {
	case *core.TextField:
		f.Help, f.Presentable = help, known
	case *core.EmailField:
		f.Help, f.Presentable = help, known
	case *core.NumberField:
		f.Help = help
	case *core.BoolField:
		f.Help = help
	case *core.DateField:
		f.Help = help
	case *core.SelectField:
		f.Help = help
	case *core.RelationField:
		f.Help = help
	case *core.FileField:
		f.Help = help
	case *core.JSONField:
		f.Help = help
	}

	return field
}

// titleOf is the first of the titles that a collection has.
func titleOf(def Def) string {
	for _, title := range titles {
		if slices.ContainsFunc(def.Fields, func(f core.Field) bool { return f.GetName() == title && !f.GetHidden() }) {
			return title
		}
	}

	return ""
}

var markdownLink = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

var marks = strings.NewReplacer("`", "", "\n", " ")

// plain is a text of the manual without its marks.
func plain(text string) string {
	text = markdownLink.ReplaceAllString(text, "$1")
	text = marks.Replace(text)
	if runes := []rune(text); len(runes) > 250 {
		text = string(runes[:249]) + "…"
	}

	return text
}
