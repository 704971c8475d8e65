package frontend

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// ContentSecurityPolicy is what the pages of this package need, and all they need: files of this
// server and nothing written into the page.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Handler answers below AssetPath. A file whose name carries its hash may be kept for a year;
// scripts and styles go out compressed.
func Handler() http.Handler { return serve(built(), Lasting) }

func serve(files map[string]file, lasting func(name string) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, AssetPath)
		found, ok := files[name]
		if !ok || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
			http.NotFound(w, r)
			return
		}
		header := w.Header()
		header.Set("Content-Type", found.kind)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Vary", "Accept-Encoding")
		if lasting(name) {
			header.Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			header.Set("Cache-Control", "public, max-age=3600")
		}
		content := found.content
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && len(found.zipped) < len(content) {
			header.Set("Content-Encoding", "gzip")
			content = found.zipped
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	})
}

type file struct {
	kind            string // its media type
	content, zipped []byte
}

// built reads and compresses every file once.
var built = sync.OnceValue(func() map[string]file {
	files := make(map[string]file)
	err := fs.WalkDir(Files(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), ".") || name == "manifest.json" {
			return err
		}
		content, err := fs.ReadFile(Files(), name)
		if err != nil {
			return err
		}
		files[name] = file{kind: mediaType(name), content: content, zipped: zip(content)}
		return nil
	})
	if err != nil {
		panic(err) // the files are compiled in
	}
	return files
})

// mediaType does not ask the machine, whose own table may say text/plain for a script.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

func zip(content []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is a valid one
	_, _ = w.Write(content)                                 // a buffer takes everything
	_ = w.Close()
	return out.Bytes()
}
