package openapi

import (
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// addRecords describes the records API of every collection that members may list,
// and returns a schema for each kind of record.
func addRecords(add func(method, path string, operation object)) object {
	schemas := object{}
	for _, def := range collections.All() {
		name := def.Name
		schemas[name] = record(def)
		if def.Rules.List == nil {
			continue
		}

		list := "/api/collections/" + name + "/records"
		answer := func(schema object) object {
			return object{
				"200":     object{"description": "the answer", "content": object{"application/json": object{"schema": schema}}},
				"default": object{"description": "what is wrong", "content": object{"application/json": object{"schema": reference("error")}}},
			}
		}
		operation := func(verb string, parameters []object, body bool, responses object) object {
			o := object{"operationId": verb + "_" + name, "tags": []string{"records"}, "parameters": parameters, "responses": responses, "security": []object{{"token": []string{}}}}
			if body {
				o["requestBody"] = object{"content": object{"application/json": object{"schema": object{"type": "object"}}}}
			}

			return o
		}
		query := func(names ...string) []object {
			parameters := []object{}
			for _, name := range names {
				parameters = append(parameters, object{"name": name, "in": "query", "schema": object{"type": "string"}})
			}

			return parameters
		}
		one := func(names ...string) []object {
			return append(query(names...), object{"name": "id", "in": "path", "required": true, "schema": object{"type": "string"}})
		}
		page := object{"type": "object", "properties": object{
			"page": must("int", false), "perPage": must("int", false), "totalItems": must("int", false), "totalPages": must("int", false),
			"items": object{"type": "array", "items": reference(name)},
		}}
		nothing := object{"204": object{"description": "done"}, "default": answer(nil)["default"]}

		add("GET", list, operation("list", query("company", "filter", "sort", "page", "perPage", "expand", "fields", "skipTotal"), false, answer(page)))
		if def.Rules.View != nil {
			add("GET", list+"/{id}", operation("view", one("company", "expand", "fields"), false, answer(reference(name))))
		}
		if def.Rules.Create != nil {
			add("POST", list, operation("create", query("company", "expand", "fields"), true, answer(reference(name))))
		}
		if def.Rules.Update != nil {
			add("PATCH", list+"/{id}", operation("update", one("company", "expand", "fields"), true, answer(reference(name))))
		}
		if def.Rules.Delete != nil {
			add("DELETE", list+"/{id}", operation("delete", one("company"), false, nothing))
		}
	}

	return schemas
}

// record is the shape of a collection's records, as the API shows them. More may
// come with them: what was asked to be expanded, fields of an administrator's own.
func record(def collections.Def) object {
	properties := object{"id": must("string", false), "collectionId": must("string", false), "collectionName": must("string", false)}
	if def.Company {
		properties["company"] = must("string", false)
	}
	for _, field := range def.Fields {
		if !field.GetHidden() {
			properties[field.GetName()] = fieldSchema(field)
		}
	}
	for _, name := range []string{"created", "updated"} {
		properties[name] = must("string", false)
	}

	return object{"type": "object", "properties": properties, "required": []string{"id", "collectionName"}}
}

// fieldSchema is the value of a field in JSON. Dates are "2006-01-02 15:04:05.000Z" or "".
func fieldSchema(field core.Field) object {
	many := func(yes bool) object {
		if yes {
			return must("[string]", false)
		}

		return must("string", false)
	}
	switch field := field.(type) {
	case *core.BoolField:
		return must("bool", false)
	case *core.NumberField:
		if field.OnlyInt {
			return must("int", false)
		}

		return must("number", false)
	case *core.JSONField:
		return must("any", false)
	case *core.RelationField:
		return many(field.IsMultiple())
	case *core.FileField:
		return many(field.IsMultiple())
	case *core.SelectField:
		values := []any{""}
		for _, value := range field.Values {
			values = append(values, value)
		}
		one := object{"type": "string", "enum": slices.Clip(values)}
		if field.IsMultiple() {
			return object{"type": "array", "items": one}
		}

		return one
	default:
		return must("string", false)
	}
}
