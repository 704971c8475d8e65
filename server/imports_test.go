package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The house's one sentence, as a table: *a panel meets; a meeting has an agenda; the agenda is built
// from the tracker; in the room the panel decides; what is stuck is escalated; everyone is told.*
// A package may import those listed, its own sub-packages, and base; nothing else of the house.
var mayImport = map[string][]string{
	"server/base":                 {"server/base"},
	"server/base/dbtest":          {"server/base", "migrations"},
	"migrations":                  {"server/base"},
	"notify":                      {"server/base"},
	"panels/calendar":             {"server/base"},
	"panels":                      {"panels/calendar", "notify", "server/base"},
	"panels/invitations":          {"panels", "panels/calendar", "notify", "server/base"},
	"panels/dates":                {"panels/invitations", "panels", "panels/calendar", "notify", "server/base"},
	"agendas/tracker":             {"panels", "panels/calendar", "server/base"},
	"agendas/requests":            {"agendas/tracker", "panels", "panels/calendar", "notify", "server/base"},
	"agendas":                     {"agendas/requests", "agendas/tracker", "panels", "panels/calendar", "notify", "server/base"},
	"agendas/papers":              {"agendas", "agendas/requests", "agendas/tracker", "panels", "panels/calendar", "notify", "server/base"},
	"agendas/packs":               {"agendas/papers", "agendas", "agendas/requests", "agendas/tracker", "panels", "panels/calendar", "notify", "server/base"},
	"panels/room":                 {"agendas/papers", "agendas", "agendas/requests", "agendas/tracker", "panels", "panels/calendar", "notify", "server/base"},
	"panels/room/letters":         {"panels/room", "agendas", "agendas/requests", "agendas/tracker", "panels", "panels/calendar", "notify", "server/base"},
	"panels/escalations/measures": {"panels/room", "agendas/papers", "agendas", "agendas/requests", "agendas/tracker", "panels", "panels/calendar", "notify", "server/base"},
	"panels/escalations":          {"panels/escalations/measures", "panels/room", "agendas/papers", "agendas", "agendas/requests", "agendas/tracker", "panels", "panels/calendar", "notify", "server/base"},
	"panels/history":              {"panels/room", "agendas/papers", "agendas", "agendas/requests", "agendas/tracker", "panels", "panels/calendar", "notify", "server/base"},
	"frontend":                    {"panels", "agendas", "notify", "server/auth", "server/base"},
	"server/auth":                 {"panels", "notify", "server/base"},
	"server/jobs":                 {"server/base"},
	"server/web":                  {"panels", "agendas", "notify", "server/auth", "frontend", "server/base"},
	"server/api":                  {"panels", "agendas", "notify", "server/auth", "server/base"},
	"server/inbound":              {"panels", "notify", "server/base"},
	"server/live":                 {"panels", "agendas", "server/auth", "frontend", "server/base"},
	"server/demo":                 {"panels", "agendas", "notify", "server/auth", "server/base"},
	"server/bench":                {"panels", "agendas", "frontend", "notify", "server/auth", "server/live", "server/demo", "server/base", "migrations"},
	"server":                      {"panels", "agendas", "notify", "frontend", "migrations", "server"},
}

// Libraries that only the named rooms may open.
var keptTo = map[string][]string{
	"github.com/gofiber/fiber":     {"server/web", "server/api"},
	"github.com/gorilla/websocket": {"server/live", "server/bench"},
	"github.com/riverqueue/river":  {"server/base/db", "server/jobs", "migrations", "server"},
	"github.com/robfig/cron":       {"server/jobs"},
	"gocloud.dev":                  {"server/base/files"},
	"github.com/chromedp":          {"frontend/documents"},
	"github.com/gomutex/godocx":    {"frontend/documents"},
}

// Of these, naming one does not name those below it in the folders.
var exactOnly = []string{"panels", "panels/calendar", "panels/invitations", "panels/dates", "panels/history", "panels/room", "panels/room/letters", "panels/escalations", "panels/escalations/measures", "agendas", "agendas/tracker", "agendas/requests", "agendas/papers", "agendas/packs"}

func TestImportsPointToEarlierWords(t *testing.T) {
	t.Parallel()
	files := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || strings.HasPrefix(entry.Name(), ".") && path != "..") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		files++
		checkFile(t, filepath.ToSlash(strings.TrimPrefix(path, "../")), path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Fatalf("only %d files read: the test looked in the wrong place", files)
	}
}

func checkFile(t *testing.T, name, path string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	folder := name[:max(0, strings.LastIndex(name, "/"))]
	room := roomOf(folder)
	if room == "" {
		t.Errorf("%s: its folder is not in the graph; say in imports_test.go what it may import", name)
		return
	}
	isTest := strings.HasSuffix(name, "_test.go")
	for _, spec := range parsed.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		for library, rooms := range keptTo {
			if strings.HasPrefix(imported, library) && !slices.Contains(rooms, room) && !slices.Contains(rooms, folder) && !isTest {
				t.Errorf("%s imports %s, which only %v may", name, library, rooms)
			}
		}
		own, ours := strings.CutPrefix(imported, "quorate/")
		if !ours || allowed(room, own) {
			continue
		}
		if isTest && (own == "server/base/dbtest" || own == "migrations") {
			continue
		}
		t.Errorf("%s imports %s: that points to a later word of the sentence", name, own)
	}
}

// roomOf is the row of the table a folder belongs to: itself, or its nearest listed parent.
func roomOf(folder string) string {
	for at := folder; at != ""; at = at[:max(0, strings.LastIndex(at, "/"))] {
		if _, listed := mayImport[at]; listed {
			return at
		}
	}
	return ""
}

func allowed(room, imported string) bool {
	if imported == room || roomOf(imported) == room {
		return true
	}
	for _, permitted := range mayImport[room] {
		if imported == permitted {
			return true
		}
		if strings.HasPrefix(imported, permitted+"/") && !(slices.Contains(exactOnly, room) && slices.Contains(exactOnly, permitted)) {
			return permitted != "server/base" || imported != "server/base/dbtest" || room == "server/demo"
		}
	}
	return false
}
