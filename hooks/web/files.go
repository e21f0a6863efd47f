package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/pocketbase/pocketbase/core"
)

// file is one built file with the forms the build compressed it to. The build keeps
// no plain form beside them; the rare client that takes neither gets it unpacked.
type file struct {
	contentType string
	variants    []variant // best first; the plain one is last
}

type variant struct {
	encoding string // "br", "gzip", "" for plain
	etag     string
	body     []byte
}

// files reads built files once each. Embedded files have no modification
// time, so their hash is what a browser revalidates with.
type files struct {
	fsys fs.FS

	mu    sync.Mutex
	cache map[string]*file
}

func newFiles(fsys fs.FS) *files {
	return &files{fsys: fsys, cache: map[string]*file{}}
}

// encodings are the forms the build adds beside a file, smallest first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}, {"", ""}}

// get returns the named file, nil when there is none.
func (f *files) get(name string) (*file, error) {
	f.mu.Lock()
	defer f.mu.Unlock()

	if cached, ok := f.cache[name]; ok {
		return cached, nil
	}
	// compressed forms and dot files are no resources of their own
	if !fs.ValidPath(name) || strings.Contains("/"+name, "/.") || strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz") {
		return nil, nil
	}

	found := &file{}
	for _, encoding := range encodings {
		info, err := fs.Stat(f.fsys, name+encoding.suffix)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir() {
			continue
		}
		if err != nil {
			return nil, err
		}
		body, err := fs.ReadFile(f.fsys, name+encoding.suffix)
		if err != nil {
			return nil, err
		}
		found.variants = append(found.variants, newVariant(encoding.name, body))
	}
	if len(found.variants) == 0 {
		return nil, nil // a miss is not remembered: anybody can make up names
	}
	last := found.variants[len(found.variants)-1]
	if last.encoding != "" {
		plain, err := last.unpack()
		if err != nil {
			return nil, fmt.Errorf("unpack %s: %w", name, err)
		}
		found.variants = append(found.variants, plain)
	}
	found.contentType = contentType(name, found.variants[len(found.variants)-1].body)
	f.cache[name] = found

	return found, nil
}

func newVariant(encoding string, body []byte) variant {
	sum := sha256.Sum256(body)

	return variant{encoding: encoding, etag: `"` + hex.EncodeToString(sum[:12]) + `"`, body: body}
}

// unpack makes the plain form of a gzipped one.
func (v variant) unpack() (variant, error) {
	reader, err := gzip.NewReader(bytes.NewReader(v.body))
	if err != nil {
		return variant{}, err
	}
	body, err := io.ReadAll(reader)
	if err != nil {
		return variant{}, err
	}

	return newVariant("", body), nil
}

// write answers with the smallest form the client takes.
func (f *file) write(e *core.RequestEvent, cacheControl string) error {
	var chosen variant
	for _, chosen = range f.variants {
		if chosen.encoding == "" || accepts(e.Request.Header.Get("Accept-Encoding"), chosen.encoding) {
			break
		}
	}

	header := e.Response.Header()
	header.Set("Cache-Control", cacheControl)
	header.Set("ETag", chosen.etag)
	if len(f.variants) > 1 {
		header.Add("Vary", "Accept-Encoding")
	}
	if matches(e.Request.Header.Get("If-None-Match"), chosen.etag) {
		return e.NoContent(http.StatusNotModified)
	}

	header.Set("Content-Type", f.contentType)
	header.Set("Content-Length", strconv.Itoa(len(chosen.body)))
	if chosen.encoding != "" {
		header.Set("Content-Encoding", chosen.encoding)
	}
	e.Response.WriteHeader(http.StatusOK)
	if e.Request.Method == http.MethodHead {
		return nil
	}
	// a client that went away is no error of ours
	_, _ = bytes.NewReader(chosen.body).WriteTo(e.Response)

	return nil
}

// accepts reads an Accept-Encoding header: is the encoding named, and not with q=0?
func accepts(header, encoding string) bool {
	for item := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(item, ";")
		name = strings.TrimSpace(name)
		if name != encoding && name != "*" {
			continue
		}
		weight, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if q, err := strconv.ParseFloat(weight, 64); !ok || err != nil || q > 0 {
			return true
		}
	}

	return false
}

// matches reads an If-None-Match header.
func matches(header, etag string) bool {
	for item := range strings.SplitSeq(header, ",") {
		item = strings.TrimPrefix(strings.TrimSpace(item), "W/")
		if item == etag || item == "*" {
			return true
		}
	}

	return false
}

// types are the kinds of files a build makes. The operating system's table
// differs from machine to machine, and with nosniff a wrong type breaks a page.
var types = map[string]string{
	".css":         "text/css; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/x-icon",
	".jpg":         "image/jpeg",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".mp3":         "audio/mpeg",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".txt":         "text/plain; charset=utf-8",
	".wav":         "audio/wav",
	".webmanifest": "application/manifest+json",
	".webp":        "image/webp",
	".woff2":       "font/woff2",
}

func contentType(name string, body []byte) string {
	if known, ok := types[path.Ext(name)]; ok {
		return known
	}

	return http.DetectContentType(body)
}
