package frontend

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A browser that keeps last week's script under this week's page shows a broken meeting room.
func TestReadManifest(t *testing.T) {
	t.Parallel()
	got, err := readManifest([]byte(`{
		"src/app.scss": {"file": "style-B1.css", "isEntry": true},
		"src/app.ts": {"file": "app-C2.js", "isEntry": true},
		"src/room/room.ts": {"file": "room-D3.js", "isEntry": true, "css": ["room-E4.css"]},
		"src/picture.svg": {"file": "picture-F5.svg"}
	}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"app.css": "style-B1.css", "app.js": "app-C2.js",
		"room.js": "room-D3.js", "room.css": "room-E4.css", "picture.svg": "picture-F5.svg",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, not %q", name, got[name], want)
		}
	}
}

// An unhashed name kept for a year would never be replaced; a script sent as text would be refused.
func TestServe(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("let seats = 5;\n", 100)
	server := serve(map[string]file{
		"app-C2.js":   {kind: mediaType("app-C2.js"), content: []byte(long), zipped: zip([]byte(long))},
		"favicon.svg": {kind: mediaType("favicon.svg"), content: []byte("<svg/>"), zipped: zip([]byte("<svg/>"))},
	}, func(name string) bool { return name == "app-C2.js" })

	for _, c := range []struct {
		method, path, accept          string
		status                        int
		kind, caching, coding, inBody string
	}{
		{"GET", "/assets/app-C2.js", "", 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "", "seats"},
		{"GET", "/assets/app-C2.js", "gzip, br", 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "gzip", "\x1f\x8b"},
		{"GET", "/assets/favicon.svg", "gzip", 200, "image/svg+xml", "public, max-age=3600", "", "<svg/>"},
		{"GET", "/assets/manifest.json", "", 404, "", "", "", ""},
		{"GET", "/assets/../go.mod", "", 404, "", "", "", ""},
		{"GET", "/assets/", "", 404, "", "", "", ""},
		{"POST", "/assets/favicon.svg", "", 404, "", "", "", ""},
	} {
		asked := httptest.NewRequest(c.method, c.path, nil)
		asked.Header.Set("Accept-Encoding", c.accept)
		answer := httptest.NewRecorder()
		server.ServeHTTP(answer, asked)
		if answer.Code != c.status {
			t.Errorf("%s %s answers %d, not %d", c.method, c.path, answer.Code, c.status)
			continue
		}
		if c.status != http.StatusOK {
			continue
		}
		header := answer.Header()
		if got := [3]string{header.Get("Content-Type"), header.Get("Cache-Control"), header.Get("Content-Encoding")}; got != [3]string{c.kind, c.caching, c.coding} {
			t.Errorf("%s with %q: %q", c.path, c.accept, got)
		}
		if body, _ := io.ReadAll(answer.Body); !strings.Contains(string(body), c.inBody) {
			t.Errorf("%s: the body lacks %q", c.path, c.inBody)
		}
	}
}

// The program must compile and answer before the first build of the styles.
func TestAssetWithoutABuild(t *testing.T) {
	t.Parallel()
	if got := Asset("never-built.css"); got != "/assets/never-built.css" {
		t.Errorf("a file that is not there is at %q", got)
	}
}
