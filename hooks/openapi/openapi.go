// Package openapi describes the API for machines: GET /api/recado/openapi.json.
//
// In: the table of our routes (routes.go), written by hand in a short notation
// (notation.go), and the declared collections (records.go). Out: one OpenAPI 3
// document. Tests compare the table with the routes that are served, and every
// answer the tests of the rooms get with what the table says of it.
package openapi

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/pocketbase/pocketbase/core"
)

// Path is where the document is served.
const Path = "/api/recado/openapi.json"

// Open registers the route. The document is made when it is first asked for.
func Open(app core.App, version func() string) {
	document := sync.OnceValues(func() ([]byte, error) { return Document(version()) })
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET(Path, func(e *core.RequestEvent) error {
			content, err := document()
			if err != nil {
				return err
			}
			e.Response.Header().Set("Cache-Control", "no-cache")

			return e.Blob(http.StatusOK, "application/json", content)
		})

		return e.Next()
	})
}

// object is a JSON object of the document.
type object = map[string]any

// Document is the whole description, as JSON.
func Document(version string) ([]byte, error) {
	paths := object{}
	add := func(method, path string, operation object) {
		item, ok := paths[path].(object)
		if !ok {
			item = object{}
			paths[path] = item
		}
		item[strings.ToLower(method)] = operation
	}
	for _, r := range Routes() {
		operation, err := r.operation()
		if err != nil {
			return nil, err
		}
		add(r.Method, r.Path, operation)
	}
	schemas := addRecords(add)
	schemas["error"] = must("{status: int, message: string, data: any}", false)

	return json.Marshal(object{
		"openapi": "3.0.3",
		"info": object{
			"title": "Recado", "version": cmp.Or(version, "dev"),
			"description": "The routes beside PocketBase's own. Every request of a member names the company: ?company=ID. Errors carry data.code.",
			"license":     object{"name": "MIT"},
		},
		"servers": []object{{"url": "/"}},
		"paths":   paths,
		"components": object{
			"schemas": schemas,
			"securitySchemes": object{
				"token":   object{"type": "apiKey", "in": "header", "name": "Authorization", "description": "The token of a sign-in with PocketBase."},
				"visitor": object{"type": "http", "scheme": "bearer", "description": "The token of a webchat session."},
			},
		},
	})
}

var pathParameter = regexp.MustCompile(`\{(\w+)\}`)

// operation is what OpenAPI calls a route.
func (r Route) operation() (object, error) {
	parameters := []object{}
	for _, match := range pathParameter.FindAllStringSubmatch(r.Path, -1) {
		parameters = append(parameters, object{"name": match[1], "in": "path", "required": true, "schema": object{"type": "string"}})
	}
	query := r.Query
	switch {
	case r.Who == member && query == "":
		query = "{company: string}"
	case r.Who == member:
		query = "{company: string, " + query[1:]
	}
	if query != "" {
		schema, err := parse(query, false)
		if err != nil {
			return nil, err
		}
		for _, name := range sorted(schema["properties"].(object)) {
			parameters = append(parameters, object{
				"name": name, "in": "query", "required": isRequired(schema, name), "schema": schema["properties"].(object)[name],
			})
		}
	}

	operation := object{
		"operationId": r.id(), "tags": []string{r.Tag}, "summary": r.Does, "parameters": parameters,
	}
	switch r.Who {
	case public:
		operation["security"] = []object{{}}
	case visitor:
		operation["security"] = []object{{"visitor": []string{}}}
	default:
		operation["security"] = []object{{"token": []string{}}}
	}
	if r.Body != "" {
		media := "application/json"
		if strings.HasPrefix(r.Body, "multipart ") {
			media = "multipart/form-data"
		}
		schema, err := parse(strings.TrimPrefix(r.Body, "multipart "), false)
		if err != nil {
			return nil, err
		}
		operation["requestBody"] = object{"content": object{media: object{"schema": schema}}}
	}

	answer, err := r.answer()
	if err != nil {
		return nil, err
	}
	operation["responses"] = object{
		strconv.Itoa(r.status()): answer,
		"default": object{
			"description": "what is wrong, and what to do",
			"content":     object{"application/json": object{"schema": reference("error")}},
		},
	}

	return operation, nil
}

func (r Route) status() int {
	switch {
	case r.Status != 0:
		return r.Status
	case r.Answer == "":
		return http.StatusNoContent
	default:
		return http.StatusOK
	}
}

func (r Route) answer() (object, error) {
	if r.Answer == "" {
		return object{"description": "done"}, nil
	}
	if media, ok := files[r.Answer]; ok {
		return object{"description": r.Answer, "content": object{media: object{"schema": object{"type": "string", "format": "binary"}}}}, nil
	}
	schema, err := parse(r.Answer, true)

	return object{"description": "the answer", "content": object{"application/json": object{"schema": schema}}}, err
}

// files are the answers that are no JSON object.
var files = map[string]string{
	"events": "text/event-stream", "lines": "application/x-ndjson", "table": "text/csv", "picture": "image/svg+xml", "archive": "application/zip", "file": "*/*",
}

// id names the operation for generated clients: getAgendasSlots.
func (r Route) id() string {
	var id strings.Builder
	id.WriteString(strings.ToLower(r.Method))
	for _, part := range strings.FieldsFunc(strings.TrimPrefix(strings.TrimPrefix(r.Path, "/api"), "/recado"), func(c rune) bool { return strings.ContainsRune("/-._", c) }) {
		if strings.HasPrefix(part, "{") {
			part = "by" + strings.ToUpper(part[1:2]) + strings.Trim(part[2:], "}")
		}
		id.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}

	return id.String()
}
