// Package notifytest compares what a message says with a file that people have read.
package notifytest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quorate/notify"
)

var update = flag.Bool("update-mail", false, "write testdata/mail anew; read the difference before committing it")

// identifier is an id in a link, which no two runs share.
var identifier = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// secret is the token in a link that works without signing in, or in the address a calendar answers to.
var secret = regexp.MustCompile(`\b(?:[A-Z2-7]{26}|[a-z2-7]{26})\b`)

// Golden compares a notice, as it would be sent now, with testdata/mail/NAME.txt and NAME.html, and
// with NAME.ics when it holds something for the reader's calendar. The text begins with the kind and the
// subject; ids in links are written "ID", tokens "TOKEN", and the calendar's lines are not folded. Then
// the message is written once more with other words in every case, and has to stay the same.
func Golden(t *testing.T, post *notify.Store, n notify.Notice, name string) {
	t.Helper()
	m, send, err := post.Preview(t.Context(), n)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if !send {
		t.Fatalf("%s would not be sent", name)
	}
	says := written(n, m)
	for ending, text := range says {
		file := filepath.Join("testdata", "mail", name+ending)
		if *update {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("%s: %v; run the test with -update-mail and read what it wrote", name, err)
			continue
		}
		if diff := cmp.Diff(string(want), text); diff != "" {
			t.Errorf("%s says something else (-file +now):\n%s", file, diff)
		}
	}
	telling, err := tells(t.Context(), post, n)
	if err != nil {
		t.Errorf("%s, with other words in every case: %v", name, err)
	}
	for _, what := range telling {
		t.Errorf("%s %s", name, what)
	}
}

// written is a message as its files hold it, by their endings.
func written(n notify.Notice, m notify.Message) map[string]string {
	says := map[string]string{".txt": fmt.Sprintf("Kind: %s\nSubject: %s\n\n%s", n.Kind, m.Subject, m.Text), ".html": m.HTML}
	if m.Calendar != nil {
		says[".ics"] = strings.NewReplacer("\r\n ", "", "\r\n", "\n").Replace(string(m.Calendar.Text))
	}
	for ending, text := range says {
		says[ending] = secret.ReplaceAllString(identifier.ReplaceAllString(text, "ID"), "TOKEN")
	}
	return says
}

// NotSent checks that there is nothing to tell any more.
func NotSent(t *testing.T, post *notify.Store, n notify.Notice) {
	t.Helper()
	if m, send, err := post.Preview(t.Context(), n); err != nil || send {
		t.Errorf("%s would be sent (%v): %s", n.Kind, err, m.Subject)
	}
}
