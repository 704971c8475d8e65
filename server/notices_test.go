package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

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

// declaredKinds are the constants of type notify.Kind in the program's source, and where they are.
func declaredKinds(t *testing.T) map[notify.Kind]string {
	t.Helper()
	kinds := map[notify.Kind]string{}
	for _, folder := range []string{"../panels", "../agendas", "../notify", "."} {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				spec, ok := n.(*ast.ValueSpec)
				if !ok || spec.Type == nil || len(spec.Values) != 1 {
					return true
				}
				named, ok := spec.Type.(*ast.SelectorExpr)
				literal, text := spec.Values[0].(*ast.BasicLit)
				if ok && text && named.Sel.Name == "Kind" && named.X.(*ast.Ident).Name == "notify" {
					value, err := strconv.Unquote(literal.Value)
					if err != nil {
						t.Fatal(err)
					}
					kinds[notify.Kind(value)] = path
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return kinds
}
