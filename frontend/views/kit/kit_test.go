package kit_test

import (
	"context"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"quorate/frontend/govuk"
	"quorate/frontend/views/kit"
	"quorate/frontend/views/layout"
)

// page is the kit as a browser would parse it.
func page(t *testing.T, info layout.PageInfo) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(render(t, kit.Page(info))))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// elements are those of the tree for which wanted holds, in order.
func elements(root *html.Node, wanted func(*html.Node) bool) []*html.Node {
	var found []*html.Node
	for node := range root.Descendants() {
		if node.Type == html.ElementNode && wanted(node) {
			found = append(found, node)
		}
	}
	return found
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasClass(node *html.Node, class string) bool {
	for c := range strings.FieldsSeq(attribute(node, "class")) {
		if c == class {
			return true
		}
	}
	return false
}

func named(names ...string) func(*html.Node) bool {
	return func(node *html.Node) bool {
		for _, name := range names {
			if node.Data == name {
				return true
			}
		}
		return false
	}
}

func byID(root *html.Node) map[string]*html.Node {
	ids := make(map[string]*html.Node)
	for _, node := range elements(root, func(n *html.Node) bool { return attribute(n, "id") != "" }) {
		ids[attribute(node, "id")] = node
	}
	return ids
}

func isControl(node *html.Node) bool {
	return named("input", "select", "textarea")(node) && attribute(node, "type") != "hidden"
}

// A control without a label cannot be filled in by someone who does not see the screen.
func TestEveryControlHasOneLabel(t *testing.T) {
	t.Parallel()
	root := page(t, layout.PageInfo{Title: "Kit"})
	labels := make(map[string]int)
	for _, label := range elements(root, named("label")) {
		labels[attribute(label, "for")]++
	}
	controls := elements(root, isControl)
	if len(controls) < 20 {
		t.Fatalf("the kit shows only %d controls", len(controls))
	}
	for _, control := range controls {
		if id := attribute(control, "id"); labels[id] != 1 {
			t.Errorf("%s named %q with id %q has %d labels", control.Data, attribute(control, "name"), id, labels[id])
		}
	}
}

// Two elements of one id send an error's link, and a label, to the wrong control.
func TestIdsAreUnique(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, node := range elements(page(t, layout.PageInfo{Title: "Kit", Errors: kit.Errors}), func(n *html.Node) bool { return attribute(n, "id") != "" }) {
		id := attribute(node, "id")
		if seen[id] {
			t.Errorf("id %q is used twice", id)
		}
		seen[id] = true
	}
}

// A description that leads nowhere is a hint or an error nobody is told.
func TestDescriptionsLeadSomewhere(t *testing.T) {
	t.Parallel()
	root := page(t, layout.PageInfo{Title: "Kit", Errors: kit.Errors})
	ids := byID(root)
	led := 0
	for _, node := range elements(root, func(*html.Node) bool { return true }) {
		for _, name := range []string{"aria-describedby", "aria-labelledby", "aria-controls", "data-aria-controls", "for"} {
			for id := range strings.FieldsSeq(attribute(node, name)) {
				led++
				if ids[id] == nil {
					t.Errorf("%s of <%s> leads to %q, which is not there", name, node.Data, id)
				}
			}
		}
	}
	if led < 40 {
		t.Errorf("only %d references were found", led)
	}
}

// An error that is seen but not tied to its control is not read out with it.
func TestErrorsBelongToTheirControls(t *testing.T) {
	t.Parallel()
	root := page(t, layout.PageInfo{Title: "Kit"})
	described := make(map[string]bool)
	for _, node := range elements(root, func(n *html.Node) bool { return isControl(n) || n.Data == "fieldset" }) {
		for id := range strings.FieldsSeq(attribute(node, "aria-describedby")) {
			described[id] = true
		}
	}
	messages := elements(root, func(n *html.Node) bool { return hasClass(n, "govuk-error-message") })
	if want := len(kit.Errors) - 1; len(messages) != want {
		t.Fatalf("%d errors are shown beside controls, not %d", len(messages), want)
	}
	for _, message := range messages {
		if id := attribute(message, "id"); !described[id] {
			t.Errorf("no control is described by the error %q", id)
		}
	}
}

// The summary's link must reach something that can take the focus, or the keyboard is stranded.
func TestSummaryLeadsToControls(t *testing.T) {
	t.Parallel()
	root := page(t, layout.PageInfo{Title: "Kit", Errors: kit.Errors})
	ids := byID(root)
	links := 0
	for _, link := range elements(root, named("a")) {
		if link.Parent.Parent == nil || !hasClass(link.Parent.Parent, "govuk-error-summary__list") {
			continue
		}
		links++
		target := strings.TrimPrefix(attribute(link, "href"), "#")
		if control := ids[target]; control == nil || !isControl(control) {
			t.Errorf("the summary leads to %q, which is no control", target)
		}
	}
	if want := len(kit.Errors) - 1; links != want {
		t.Errorf("the summary has %d links, not %d", links, want)
	}
}

// What the content security policy refuses would be missing without a word.
func TestNothingInline(t *testing.T) {
	t.Parallel()
	for _, node := range elements(page(t, layout.PageInfo{Title: "Kit", Errors: kit.Errors}), func(*html.Node) bool { return true }) {
		for _, a := range node.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s> carries %s=%q", node.Data, a.Key, a.Val)
			}
		}
		if node.Data == "style" || node.Data == "script" && attribute(node, "src") == "" {
			t.Errorf("an inline <%s>", node.Data)
		}
	}
}

// Without caption and scope a table read aloud is a string of numbers.
func TestTablesNameTheirCells(t *testing.T) {
	t.Parallel()
	root := page(t, layout.PageInfo{Title: "Kit"})
	tables := elements(root, named("table"))
	if len(tables) < 2 {
		t.Fatalf("the kit shows only %d tables", len(tables))
	}
	for _, table := range tables {
		if len(elements(table, named("caption"))) != 1 {
			t.Errorf("table %q has no caption", attribute(table, "id"))
		}
		for _, heading := range elements(table, named("th")) {
			if scope := attribute(heading, "scope"); scope != "col" && scope != "row" {
				t.Errorf("a heading of table %q has scope %q", attribute(table, "id"), scope)
			}
		}
	}
	for _, pane := range elements(root, func(n *html.Node) bool { return hasClass(n, "q-scroll") }) {
		if attribute(pane, "tabindex") != "0" || attribute(pane, "role") != "region" || attribute(pane, "aria-labelledby")+attribute(pane, "aria-label") == "" {
			t.Errorf("a pane that scrolls cannot be reached or named: %v", pane.Attr)
		}
	}
}

// What was typed must come back with the error, or it is typed twice.
func TestWhatWasTypedIsKept(t *testing.T) {
	t.Parallel()
	ids := byID(page(t, layout.PageInfo{Title: "Kit"}))
	for id, want := range map[string]string{"email-wrong": "clerk", "weekly-wrong": "about 1200", "review-wrong": "4", "review-wrong-month": "3"} {
		if got := attribute(ids[id], "value"); got != want {
			t.Errorf("%s holds %q, not %q", id, got, want)
		}
	}
	if text := ids["need"].FirstChild.Data; text != "A home near college.\nSomeone awake at night." {
		t.Errorf("the text area holds %q", text)
	}
	if !strings.Contains(render(t, govuk.Textarea{Name: "n", Label: "Note", Value: "</textarea><script>"}), "&lt;/textarea&gt;&lt;script&gt;") {
		t.Error("what was typed is not escaped")
	}
}

func render(t *testing.T, shown templ.Component) string {
	t.Helper()
	var written strings.Builder
	if err := shown.Render(context.Background(), &written); err != nil {
		t.Fatal(err)
	}
	return written.String()
}
