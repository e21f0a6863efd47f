package collections

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Short constructors, so that a collection reads as a table of its fields.

func text(name string, max int) core.Field {
	return &core.TextField{Name: name, Max: max}
}

func pattern(name, regex string) core.Field {
	return &core.TextField{Name: name, Max: 255, Pattern: regex}
}

func email(name string) core.Field {
	return &core.EmailField{Name: name}
}

func number(name string) core.Field {
	return &core.NumberField{Name: name, OnlyInt: true}
}

// between is an integer with bounds. PocketBase reads "required" on a number as
// "not zero", so bounds are how a number is made mandatory.
func between(name string, lowest, highest float64) core.Field {
	return &core.NumberField{Name: name, OnlyInt: true, Min: types.Pointer(lowest), Max: types.Pointer(highest)}
}

func pointer(value float64) *float64 { return &value }

func flag(name string) core.Field {
	return &core.BoolField{Name: name}
}

func date(name string) core.Field {
	return &core.DateField{Name: name}
}

func choice(name string, values ...string) core.Field {
	return &core.SelectField{Name: name, Values: values, MaxSelect: 1}
}

// data is a JSON value; maxSize in bytes.
func data(name string, maxSize int64) core.Field {
	return &core.JSONField{Name: name, MaxSize: maxSize}
}

func relation(name, target string) core.Field {
	return &core.RelationField{Name: name, CollectionId: ID(target), MaxSelect: 1}
}

func relations(name, target string) core.Field {
	return &core.RelationField{Name: name, CollectionId: ID(target), MaxSelect: 999}
}

// required makes a field mandatory.
func required(field core.Field) core.Field {
	switch f := field.(type) {
	case *core.TextField:
		f.Required = true
	case *core.EmailField:
		f.Required = true
	case *core.DateField:
		f.Required = true
	case *core.SelectField:
		f.Required = true
	case *core.RelationField:
		f.Required = true
	case *core.FileField:
		f.Required = true
	}

	return field
}

// hidden keeps a field from everyone but superusers, for reading and writing.
func hidden(field core.Field) core.Field {
	field.SetHidden(true)

	return field
}
