package contacts

import (
	"hash/crc32"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// tagColors carry white text and can be told apart.
var tagColors = [...]string{"#0b7450", "#1864ab", "#5f3dc4", "#a61e4d", "#c92a2a", "#b5520b", "#5c6b00", "#364152"}

func bindTags(app core.App) {
	app.OnRecordCreate(collections.Tags).BindFunc(normalizeTag)
	app.OnRecordUpdate(collections.Tags).BindFunc(normalizeTag)
	app.OnRecordCreate(collections.Contacts, collections.Conversations).BindFunc(refuseArchived)
	app.OnRecordUpdate(collections.Contacts, collections.Conversations).BindFunc(refuseArchived)
}

// normalizeTag keeps names tidy and their keys folded, so that a tag is not made
// twice in two spellings, and gives every tag a colour.
func normalizeTag(e *core.RecordEvent) error {
	name := strings.Join(strings.Fields(e.Record.GetString("name")), " ")
	key := Fold(name)
	if key == "" {
		return apierr.Invalid("name", "A tag needs a name.")
	}
	e.Record.Set("name", name)
	e.Record.Set("key", key)
	if e.Record.GetString("color") == "" {
		e.Record.Set("color", tagColors[crc32.ChecksumIEEE([]byte(key))%uint32(len(tagColors))])
	}

	return e.Next()
}

// refuseArchived lets what carries an archived tag keep it, and nothing get it anew.
func refuseArchived(e *core.RecordEvent) error {
	added := missing(e.Record.Original().GetStringSlice("tags"), e.Record.GetStringSlice("tags"))
	if len(added) == 0 {
		return e.Next()
	}
	tags, err := e.App.FindRecordsByIds(collections.Tags, added)
	if err != nil {
		return err
	}
	for _, tag := range tags {
		if tag.GetBool("archived") {
			return apierr.Invalid("tags", "The tag "+tag.GetString("name")+" is archived. Take it out of the archive first, or choose another one.")
		}
	}

	return e.Next()
}

// missing returns what is in now and not in before.
func missing(before, now []string) []string {
	var list []string
	for _, value := range now {
		found := false
		for _, old := range before {
			found = found || old == value
		}
		if !found {
			list = append(list, value)
		}
	}

	return list
}
