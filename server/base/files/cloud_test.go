package files_test

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"quorate/server/base/files"
)

// cloud speaks as much of the two services' protocols as keeping a file takes: whole objects, and Azure's
// blocks.
type cloud struct {
	mu   sync.Mutex
	kept map[string]string // by path
	part map[string]string // of an Azure blob whose blocks are not committed yet
	auth []string          // how each request was signed
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c.auth = append(c.auth, r.Header.Get("Authorization"))
	content, known := c.kept[r.URL.Path]
	switch {
	case r.Method == http.MethodPut && r.URL.Query().Get("comp") == "block":
		c.part[r.URL.Path] += string(body)
		w.WriteHeader(http.StatusCreated)
	case r.Method == http.MethodPut && r.URL.Query().Get("comp") == "blocklist":
		c.kept[r.URL.Path] = c.part[r.URL.Path]
		w.WriteHeader(http.StatusCreated)
	case r.Method == http.MethodPut:
		c.kept[r.URL.Path] = string(body)
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("X-Ms-Version") != "" {
			w.WriteHeader(http.StatusCreated)
		}
	case !known:
		w.Header().Set("Content-Type", "application/xml")
		w.Header().Set("X-Ms-Error-Code", "BlobNotFound")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<Error><Code>NoSuchKey</Code></Error>")
	case r.Method == http.MethodDelete && r.Header.Get("X-Ms-Version") != "":
		delete(c.kept, r.URL.Path)
		w.WriteHeader(http.StatusAccepted)
	case r.Method == http.MethodDelete:
		delete(c.kept, r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Last-Modified", "Mon, 23 Nov 2026 09:30:00 GMT")
		w.Header().Set("ETag", `"1"`)
		_, _ = io.WriteString(w, content)
	}
}

// A council that has set a bucket believes its papers are in it: each service is asked in its own way, with
// its own signature, and gives back what was kept.
func TestPapersAreKeptWhereTheAddressSays(t *testing.T) {
	for name, c := range map[string]struct {
		address func(host string) string
		setting func(host string) map[string]string
		signed  string
	}{
		"S3": {
			func(host string) string {
				return "s3://quorate-papers?region=eu-west-2&use_path_style=true&endpoint=http://" + host
			},
			func(string) map[string]string {
				return map[string]string{"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
			},
			"AWS4-HMAC-SHA256 Credential=key/",
		},
		"Azure": {
			func(string) string { return "azblob://quorate-papers" },
			func(host string) map[string]string {
				return map[string]string{
					"AZURE_STORAGE_ACCOUNT": "marlshire", "AZURE_STORAGE_KEY": base64.StdEncoding.EncodeToString([]byte("secret")),
					"AZURE_STORAGE_DOMAIN": host, "AZURE_STORAGE_PROTOCOL": "http", "AZURE_STORAGE_IS_LOCAL_EMULATOR": "true",
				}
			},
			"SharedKey marlshire:",
		},
	} {
		t.Run(name, func(t *testing.T) {
			service := &cloud{kept: map[string]string{}, part: map[string]string{}}
			server := httptest.NewServer(service)
			defer server.Close()
			host := strings.TrimPrefix(server.URL, "http://")
			for key, value := range c.setting(host) {
				t.Setenv(key, value)
			}
			store, err := files.Open(t.Context(), c.address(host))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.Open(t.Context(), "papers/1"); !errors.Is(err, files.ErrMissing) {
				t.Errorf("before anything is kept: %v", err)
			}
			if size, err := store.Write(t.Context(), "papers/1", strings.NewReader("what it says")); err != nil || size != 12 {
				t.Fatalf("%d bytes: %v", size, err)
			}
			file, err := store.Open(t.Context(), "papers/1")
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(file)
			if err != nil || file.Close() != nil || string(content) != "what it says" {
				t.Errorf("gives back %q: %v", content, err)
			}
			if err := store.Delete(t.Context(), "papers/1"); err != nil {
				t.Error(err)
			}
			service.mu.Lock()
			defer service.mu.Unlock()
			if len(service.kept) != 0 {
				t.Errorf("still kept: %v", service.kept)
			}
			for _, signature := range service.auth {
				if !strings.HasPrefix(signature, c.signed) {
					t.Errorf("signed %q", signature)
				}
			}
		})
	}
}
