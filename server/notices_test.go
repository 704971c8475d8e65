package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"html"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels/invitations"
)

// A kind that nobody registered is never written, and its readers hear nothing; one without words cannot
// be chosen or understood on the page of choices.
func TestEveryKindOfNoticeIsRegisteredInWords(t *testing.T) {
	t.Parallel()
	var post notify.Store
	registerNotices(&post, invitations.Store{})
	registered, words := map[notify.Kind]bool{}, map[string]notify.Kind{}
	for _, kind := range post.Kinds() {
		registered[kind.Kind] = true
		if other, taken := words[kind.Words]; taken {
			t.Errorf("%s and %s are called the same: %s", other, kind.Kind, kind.Words)
		}
		words[kind.Words] = kind.Kind
		if strings.HasSuffix(kind.Words, ".") || kind.Fixed != "" && !strings.HasSuffix(kind.Fixed, ".") {
			t.Errorf("%s: words are a heading without a full stop, why it is fixed is a sentence: %q, %q", kind.Kind, kind.Words, kind.Fixed)
		}
	}
	declared := declaredKinds(t)
	if len(declared) < 50 {
		t.Fatalf("found only %d kinds in the source: %v", len(declared), declared)
	}
	for kind, file := range declared {
		if !registered[kind] {
			t.Errorf("%s declares %q, and nobody registers it", file, kind)
		}
	}
}

// golden is a message as its files hold it: of which kind, and what its HTML leads to.
type golden struct {
	file  string // without its ending
	kind  notify.Kind
	html  bool
	leads []string
}

// goldenLink is where the HTML of a golden file leads.
var goldenLink = regexp.MustCompile(`href="([^"]*)"`)

// goldenMail are the messages in every testdata/mail of the program.
func goldenMail(t *testing.T) (list []golden) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || strings.HasPrefix(entry.Name(), ".") && path != "..") {
			return fs.SkipDir
		}
		if entry.IsDir() || filepath.Ext(path) != ".txt" || !strings.HasSuffix(filepath.ToSlash(filepath.Dir(path)), "testdata/mail") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		first, _, _ := strings.Cut(string(text), "\n")
		g := golden{file: strings.TrimSuffix(path, ".txt"), kind: notify.Kind(strings.TrimPrefix(first, "Kind: "))}
		if page, err := os.ReadFile(g.file + ".html"); err == nil {
			g.html = true
			for _, link := range goldenLink.FindAllStringSubmatch(string(page), -1) {
				g.leads = append(g.leads, html.UnescapeString(link[1]))
			}
		}
		list = append(list, g)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A message that nobody has read before it leaves the building may say anything about anybody. Each kind
// has its files, which notifytest.Golden compares and proves to be the same whatever stands in a case.
func TestEveryKindOfNoticeHasItsGoldenFiles(t *testing.T) {
	t.Parallel()
	var post notify.Store
	registerNotices(&post, invitations.Store{})
	read, registered := map[notify.Kind]bool{}, map[notify.Kind]bool{}
	for _, kind := range post.Kinds() {
		registered[kind.Kind] = true
	}
	for _, g := range goldenMail(t) {
		switch {
		case !registered[g.kind]:
			t.Errorf("%s.txt begins with the kind %q, which nobody registers", g.file, g.kind)
		case !g.html:
			t.Errorf("%s.txt has no %s.html beside it", g.file, filepath.Base(g.file))
		case !comparedByATest(t, g.file):
			t.Errorf("no test beside testdata names %s: delete its files, or compare them", filepath.Base(g.file))
		default:
			read[g.kind] = true
		}
	}
	for kind := range registered {
		if !read[kind] {
			t.Errorf("%q has no file in any testdata/mail: compare it with notifytest.Golden, run the test with -update-mail and read what it wrote", kind)
		}
	}
}

// comparedByATest reports whether a test in the folder that a golden file belongs to names it, or names
// its beginning and puts the rest together.
func comparedByATest(t *testing.T, file string) bool {
	t.Helper()
	tests, err := filepath.Glob(filepath.Join(filepath.Dir(file), "..", "..", "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(file)
	for _, test := range tests {
		text, err := os.ReadFile(test)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "notifytest.Golden(") && (strings.Contains(string(text), strconv.Quote(name)) || strings.Contains(string(text), strconv.Quote(name[:strings.LastIndex(name, "_")+1]))) {
			return true
		}
	}
	return false
}

// A link in an email is opened by the programs that guard a council's mail, before anybody has read it.
// Each leads to a page that is asked for in TestAccess, where reading changes nothing.
func TestNoLinkOfANoticeActs(t *testing.T) {
	t.Parallel()
	var pages []string
	for _, l := range readGolden(t) {
		if l.method == http.MethodGet {
			pages = append(pages, l.path)
		}
	}
	followed := 0
	for _, g := range goldenMail(t) {
		for _, link := range g.leads {
			followed++
			address, err := url.Parse(link)
			if err != nil || address.Scheme != "https" || address.Host != "quorate.example.org" {
				t.Errorf("%s leads elsewhere: %s", g.file, link)
				continue
			}
			if !slices.ContainsFunc(pages, func(page string) bool { return leadsTo(address.Path, page) }) {
				t.Errorf("%s leads to %s, and testdata/access.golden has no page to read there", g.file, address.Path)
			}
		}
	}
	if followed < 200 {
		t.Errorf("only %d links were found in the golden files", followed)
	}
}

// leadsTo reports whether a path of a link, with "ID" or "TOKEN" in it, is a route's.
func leadsTo(path, route string) bool {
	parts, wanted := strings.Split(path, "/"), strings.Split(route, "/")
	return slices.EqualFunc(parts, wanted, func(part, want string) bool {
		if strings.HasPrefix(want, ":") || strings.HasPrefix(want, "{") {
			return part == "ID" || part == "TOKEN"
		}
		return part == want
	})
}

// What is kept of a notice until it is written are ids. A word among them would reach the outbox, and
// with it backups and administrators, of a case that they may not read.
func TestANoticeHoldsOnlyIDs(t *testing.T) {
	t.Parallel()
	allowed := map[string]reflect.Type{
		"Kind": reflect.TypeFor[notify.Kind](), "IDs": reflect.TypeFor[notify.IDs](), "To": reflect.TypeFor[uuid.UUID](),
		"Wait": reflect.TypeFor[time.Duration](), "Urgent": reflect.TypeFor[bool](),
	}
	notice := reflect.TypeFor[notify.Notice]()
	for i := range notice.NumField() {
		if f := notice.Field(i); allowed[f.Name] != f.Type {
			t.Errorf("a notice holds %s %s; it may hold ids, when it goes, and nothing anybody wrote", f.Name, f.Type)
		}
	}
	if ids := reflect.TypeFor[notify.IDs](); ids.Kind() != reflect.Map || ids.Key().Kind() != reflect.String || ids.Elem() != reflect.TypeFor[uuid.UUID]() {
		t.Errorf("what a notice is about is %s, and not ids by name", ids)
	}
	named := 0
	eachSource(t, func(path string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			made, ok := n.(*ast.CompositeLit)
			if !ok || !isNotify(made.Type, "IDs") {
				return true
			}
			for _, entry := range made.Elts {
				key, ok := entry.(*ast.KeyValueExpr).Key.(*ast.BasicLit)
				if !ok || !idName.MatchString(key.Value) {
					t.Errorf("%s names an id of a notice by what is no fixed word", path)
				}
				named++
			}
			return true
		})
	})
	if named < 50 {
		t.Errorf("only %d ids of notices were found in the source", named)
	}
}

// idName is what an id of a notice is called.
var idName = regexp.MustCompile(`^"[a-z]+(_[a-z]+)*"$`)

// isNotify reports whether an expression is a type of package notify, as another package names it.
func isNotify(e ast.Expr, name string) bool {
	named, ok := e.(*ast.SelectorExpr)
	if !ok || named.Sel.Name != name {
		return false
	}
	from, ok := named.X.(*ast.Ident)
	return ok && from.Name == "notify"
}

// declaredKinds are the constants of type notify.Kind in the program's source, and where they are.
func declaredKinds(t *testing.T) map[notify.Kind]string {
	t.Helper()
	kinds := map[notify.Kind]string{}
	eachSource(t, func(path string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 || !isNotify(spec.Type, "Kind") {
				return true
			}
			if literal, text := spec.Values[0].(*ast.BasicLit); text {
				value, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				kinds[notify.Kind(value)] = path
			}
			return true
		})
	})
	return kinds
}

// eachSource reads the program's source, its tests left out.
func eachSource(t *testing.T, fn func(path string, file *ast.File)) {
	t.Helper()
	for _, folder := range []string{"../panels", "../agendas", "../notify", "."} {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			fn(path, file)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
