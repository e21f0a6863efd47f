package migrations

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Tags were texts on contacts and conversations. They become rows of their own
// that both refer to; every name is kept.
func init() {
	m.Register(func(app core.App) error {
		for _, name := range []string{"contacts", "conversations"} {
			if err := tagsToRows(app, name); err != nil {
				return fmt.Errorf("tags of %s: %w", name, err)
			}
		}

		return nil
	}, nil)
}

func tagsToRows(app core.App, name string) error {
	collection, err := app.FindCollectionByNameOrId(name)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	texts, ok := collection.Fields.GetByName("tags").(*core.JSONField)
	if !ok {
		return nil
	}
	tags, err := tagsCollection(app, collection)
	if err != nil {
		return err
	}

	// The old indexes of the list give way to ones that cover its filters.
	collection.RemoveIndex("idx_contacts_company_created")
	collection.RemoveIndex("idx_contacts_company_name")
	texts.SetName("tags_as_texts")
	collection.Fields.Add(&core.RelationField{Name: "tags", CollectionId: tags.Id, MaxSelect: 999})
	if err := app.Save(collection); err != nil {
		return err
	}

	var rows []struct {
		ID      string `db:"id"`
		Company string `db:"company"`
		Texts   string `db:"tags_as_texts"`
	}
	err = app.DB().Select("id", "company", "tags_as_texts").From(name).
		Where(dbx.NewExp("json_valid([[tags_as_texts]]) AND json_array_length([[tags_as_texts]]) > 0")).All(&rows)
	if err != nil {
		return err
	}
	known := map[string]string{}
	for _, row := range rows {
		var names, ids []string
		err := app.DB().NewQuery("SELECT value FROM json_each({:texts}) WHERE type = 'text'").Bind(dbx.Params{"texts": row.Texts}).Column(&names)
		if err != nil {
			return err
		}
		for _, text := range names {
			id, err := tagNamed(app, tags, known, row.Company, text)
			if err != nil {
				return err
			}
			if id != "" {
				ids = append(ids, `"`+id+`"`)
			}
		}
		_, err = app.DB().Update(name, dbx.Params{"tags": "[" + strings.Join(ids, ",") + "]"}, dbx.HashExp{"id": row.ID}).Execute()
		if err != nil {
			return err
		}
	}

	collection.Fields.RemoveByName("tags_as_texts")

	return app.Save(collection)
}

// tagsCollection makes the collection with what this migration fills; the rest
// is added when the collections are brought to their declared state.
func tagsCollection(app core.App, like *core.Collection) (*core.Collection, error) {
	tags, err := app.FindCollectionByNameOrId("tags")
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return tags, err
	}

	company, ok := like.Fields.GetByName("company").(*core.RelationField)
	if !ok {
		return nil, errors.New("there is no field company")
	}
	tags = core.NewBaseCollection("tags")
	tags.Fields.Add(
		&core.RelationField{Name: "company", CollectionId: company.CollectionId, MaxSelect: 1, Required: true},
		&core.TextField{Name: "name", Max: 40, Required: true},
		&core.TextField{Name: "key", Max: 80},
		&core.AutodateField{Name: "created", OnCreate: true},
		&core.AutodateField{Name: "updated", OnCreate: true, OnUpdate: true},
	)

	return tags, app.Save(tags)
}

func tagNamed(app core.App, tags *core.Collection, known map[string]string, company, text string) (string, error) {
	name := strings.Join(strings.Fields(text), " ")
	if cut := []rune(name); len(cut) > 40 {
		name = string(cut[:40])
	}
	key, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), strings.ToLower(name))
	if err != nil || key == "" {
		return "", err
	}
	if id := known[company+" "+key]; id != "" {
		return id, nil
	}

	existing, err := app.FindFirstRecordByFilter(tags, "company = {:company} && key = {:key}", dbx.Params{"company": company, "key": key})
	if errors.Is(err, sql.ErrNoRows) {
		existing = core.NewRecord(tags)
		existing.Load(map[string]any{"company": company, "name": name, "key": key})
		err = app.SaveNoValidate(existing)
	}
	if err != nil {
		return "", err
	}
	known[company+" "+key] = existing.Id

	return existing.Id, nil
}
