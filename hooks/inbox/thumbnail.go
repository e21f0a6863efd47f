package inbox

import (
	"github.com/pocketbase/pocketbase/core"
)

const (
	smallWidth  = 640        // pixels: what a conversation shows of a picture, twice
	smallPixels = 25_000_000 // a larger picture would take too much memory to make smaller
	smallBytes  = 128 << 10  // one that is smaller is small enough
)

// serveSmall serves a picture in the size a conversation shows it in. It is made
// when it is first asked for, one at a time, and kept beside the picture. What
// can't be made smaller is served as it is.
func (r *Room) serveSmall(e *core.RequestEvent, file *core.Record) error {
	kind := file.GetString("mime")
	width, height := file.GetInt("width"), file.GetInt("height")
	if kind != "image/jpeg" && kind != "image/png" || file.GetInt("size") < smallBytes || width <= smallWidth || width*height > smallPixels {
		return ServeFile(e, file)
	}
	small, err := r.makeSmall(e.App, file)
	if err != nil {
		return ServeFile(e, file) // broken, or too odd: as it is
	}

	return serve(e, file, small, kind)
}

func (r *Room) makeSmall(app core.App, file *core.Record) (stored string, err error) {
	storage, err := app.NewFilesystem()
	if err != nil {
		return "", err
	}
	defer storage.Close()
	base, name := file.BaseFilesPath()+"/", file.GetString("file")
	small := "thumbs_" + name + "/small_" + name // where PocketBase keeps its own

	r.shrinking.Lock()
	defer r.shrinking.Unlock()
	if there, err := storage.Exists(base + small); err == nil && there {
		return small, nil
	}

	return small, storage.CreateThumb(base+name, base+small, "640x0")
}
