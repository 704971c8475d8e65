// Package frontend holds the styles, scripts and pictures that pages ask the
// browser to fetch.
package frontend

import (
	"embed"
	"encoding/json"
	"io/fs"
	"path"
	"strings"
	"sync"
)

// AssetPath is where the server answers for the files of this package.
const AssetPath = "/assets/"

//go:embed all:dist
var dist embed.FS

// Files are the built files, to be served below AssetPath. Before the first
// `npm run build` there are none but a placeholder.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the directive above guarantees the folder
	}
	return files
}

// Built says whether the styles and scripts are in this program.
func Built() bool { return len(manifest()) > 0 }

// Asset gives the address of a file by the name people use for it: "app.css",
// "app.js", "room.js", "favicon.svg". A script or style's address changes
// whenever its content does, so browsers may keep it for ever.
func Asset(name string) string {
	if file, ok := manifest()[name]; ok {
		return AssetPath + file
	}
	return AssetPath + name
}

// Has says whether the build made a script or style of that name.
func Has(name string) bool {
	_, ok := manifest()[name]
	return ok
}

// Lasting says whether a file's name carries the hash of its content.
func Lasting(file string) bool {
	for _, hashed := range manifest() {
		if file == hashed {
			return true
		}
	}
	return false
}

var manifest = sync.OnceValue(func() map[string]string {
	written, err := fs.ReadFile(Files(), "manifest.json")
	if err != nil {
		return nil
	}
	names, err := readManifest(written)
	if err != nil {
		panic(err) // the file is compiled in: only a broken build gets here
	}
	return names
})

// readManifest turns Vite's list of sources and their outputs into names as
// people use them: src/room/room.ts is "room.js", its styles are "room.css".
func readManifest(written []byte) (map[string]string, error) {
	var entries map[string]struct {
		File string   `json:"file"`
		CSS  []string `json:"css"`
	}
	if err := json.Unmarshal(written, &entries); err != nil {
		return nil, err
	}
	names := make(map[string]string)
	for source, entry := range entries {
		base := path.Base(source)
		stem := strings.TrimSuffix(base, path.Ext(base))
		switch path.Ext(base) {
		case ".ts", ".js":
			names[stem+".js"] = entry.File
		case ".scss", ".css":
			names[stem+".css"] = entry.File
		default:
			names[base] = entry.File
		}
		if len(entry.CSS) > 0 {
			names[stem+".css"] = entry.CSS[0]
		}
	}
	return names, nil
}
