package help

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A guide that names a button nobody finds sends a chair looking for it while the panel waits.
func TestGuidesCallThingsWhatTheScreensCallThem(t *testing.T) {
	t.Parallel()
	screens := readScreens(t)
	for _, guide := range Guides() {
		named := 0
		for _, part := range guide.parts {
			for _, line := range part.lines {
				words := spans(line)
				if len(words)%2 == 0 {
					t.Errorf("%s: asterisks without their pair: %s", guide.Title, line)
				}
				for i := 1; i < len(words); i += 2 {
					named++
					if !screens.isCalled(words[i]) {
						t.Errorf("%s: no screen has anything called %q", guide.Title, words[i])
					}
				}
			}
		}
		if named < 10*guide.Pages {
			t.Errorf("%s names %d things: it cannot say what to press", guide.Title, named)
		}
	}
	for _, never := range []string{"Close the", "Open the ballot"} {
		if screens.isCalled(never) {
			t.Errorf("%q is no name, and was taken for one", never)
		}
	}
}

// Pictures that nothing shows are weight in everybody's copy; a picture without its file or size is a hole in the page.
func TestGuidesShowThePicturesThatThereAre(t *testing.T) {
	t.Parallel()
	shown := map[string]bool{}
	for _, guide := range Guides() {
		for _, part := range guide.parts {
			if p := part.picture; p != nil {
				shown[p.file] = true
				if p.width() == 0 || p.height() == 0 {
					t.Errorf("pictures.json has no size for %s", p.file)
				}
				if len(p.alt) < 40 {
					t.Errorf("%s: %q does not say what the picture shows", p.file, p.alt)
				}
			}
		}
	}
	files, err := os.ReadDir("../../public/help")
	if err != nil {
		t.Fatal(err)
	}
	var bytes int64
	for _, file := range files {
		name := strings.TrimSuffix(file.Name(), ".webp")
		if !shown[name] {
			t.Errorf("no guide shows %s", file.Name())
		}
		delete(shown, name)
		info, err := file.Info()
		if err != nil {
			t.Fatal(err)
		}
		bytes += info.Size()
	}
	for name := range shown {
		t.Errorf("there is no picture %s", name)
	}
	if bytes > 400_000 {
		t.Errorf("the pictures weigh %d bytes together", bytes)
	}
}

// screens is the source of what people see: pages in markup, and words in Go and TypeScript.
type screens struct{ pages, words string }

// isCalled reports whether a screen has a name, whole: a quoted text or the text of an element, or what
// stands before the value that ends it, as in "Finish item 4".
func (s screens) isCalled(name string) bool {
	name = regexp.QuoteMeta(name)
	quoted := regexp.MustCompile("[\"'`]" + name + "(: | )?[\"'`{$]")
	element := regexp.MustCompile(`(?m)(>|\}|^)\s*` + name + `(: | )?\s*(<|\{|$)`)
	return quoted.MatchString(s.pages) || quoted.MatchString(s.words) || element.MatchString(s.pages)
}

func readScreens(t *testing.T) (s screens) {
	t.Helper()
	var pages, words strings.Builder
	for _, root := range []string{"..", "../../src/room", "../../../panels/room", "../../../server/web"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && (entry.Name() == "help" || entry.Name() == "testdata"):
				return fs.SkipDir
			case entry.IsDir(), strings.HasSuffix(path, "_test.go"), strings.HasSuffix(path, "_templ.go"), strings.HasSuffix(path, ".test.ts"):
				return nil
			}
			source, err := os.ReadFile(path)
			switch filepath.Ext(path) {
			case ".templ", ".svelte":
				pages.Write(source)
			case ".ts", ".go":
				words.Write(source)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return screens{pages: pages.String(), words: words.String()}
}
