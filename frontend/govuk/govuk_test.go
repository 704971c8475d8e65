package govuk

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

func shown(t *testing.T, c templ.Component) string {
	t.Helper()
	var written bytes.Buffer
	if err := c.Render(context.Background(), &written); err != nil {
		t.Fatal(err)
	}
	return written.String()
}

// The clerk who reads "left" when the meeting is over its time invites people to an overrun.
func TestPlanSaysWhatIsLeftOrOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		plan  Plan
		words string
		share string
	}{
		{Plan{Used: 140, Available: 150, What: "planned"}, "140 of 150 minutes planned, 10 minutes left", "93"},
		{Plan{Used: 150, Available: 150}, "150 of 150 minutes", "100"},
		{Plan{Used: 151, Available: 150}, "151 of 150 minutes: 1 minute over", "100"},
		{Plan{Used: 0, Available: 90}, "0 of 90 minutes, 90 minutes left", "0"},
		{Plan{Used: 5, Available: 0}, "5 of 0 minutes: 5 minutes over", "100"},
	} {
		if c.plan.words() != c.words || c.plan.share() != c.share {
			t.Errorf("%+v: %q filled %s", c.plan, c.plan.words(), c.plan.share())
		}
	}
}

// A page nobody can reach hides the cases on it.
func TestPaginationReachesEveryEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		current, pages int
		want           []int
	}{
		{1, 1, []int{1}},
		{1, 3, []int{1, 2, 3}},
		{6, 14, []int{1, 0, 5, 6, 7, 0, 14}},
		{2, 14, []int{1, 2, 3, 0, 14}},
		{14, 14, []int{1, 0, 13, 14}},
	} {
		if got := (Pagination{Current: c.current, Pages: c.pages}).shown(); !slices.Equal(got, c.want) {
			t.Errorf("page %d of %d offers %v, not %v", c.current, c.pages, got, c.want)
		}
	}
	href := func(page int) string { return fmt.Sprintf("/cases?page=%d", page) }
	if got := shown(t, Pagination{Current: 1, Pages: 1, Href: href}); got != "" {
		t.Errorf("one page is paged: %s", got)
	}
	last := shown(t, Pagination{Current: 3, Pages: 3, Href: href})
	if strings.Contains(last, "page=4") || !strings.Contains(last, `rel="prev"`) || strings.Contains(last, `rel="next"`) {
		t.Errorf("the last page leads on: %s", last)
	}
}

// The names of split shares hold brackets; an id with them is never found by the error's link.
func TestIDIsSafeAndStable(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"weekly": "weekly", "share[asc]": "share-asc-", "item 4, Housing": "item-4--Housing", "a_b-C9": "a_b-C9"} {
		if got := ID(name); got != want {
			t.Errorf("ID(%q) is %q", name, got)
		}
	}
	if !strings.Contains(shown(t, Input{Name: "share[asc]", Label: "Share"}), `id="share-asc-" name="share[asc]"`) {
		t.Error("the control's id is not ID of its name")
	}
	if !strings.Contains(shown(t, ErrorSummary{Errors: Errors{{Name: "share[asc]", Sentence: "Enter a share"}}}), `href="#share-asc-"`) {
		t.Error("the summary does not lead to the control")
	}
}

// Told by colour alone, a red case is just a case to one man in twelve.
func TestRatingIsInWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rating Rating
		want   string
	}{
		{Rating{"red", "overdue 21 days"}, `<strong class="govuk-tag govuk-tag--red">Red – overdue 21 days</strong>`},
		{Rating{"amber", ""}, `<strong class="govuk-tag govuk-tag--orange">Amber</strong>`},
		{Rating{"", ""}, `<strong class="govuk-tag govuk-tag--grey">Not known</strong>`},
		{Rating{"purple", ""}, `<strong class="govuk-tag govuk-tag--grey">purple</strong>`},
	} {
		if got := shown(t, c.rating); got != c.want {
			t.Errorf("%+v: %s", c.rating, got)
		}
	}
}

// Two presses of Confirm must not be two decisions, and a button that needs script must not
// stand there doing nothing.
func TestButtons(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		button Button
		want   []string
		never  []string
	}{
		{Button{Text: "Confirm"}, []string{`type="submit"`, `data-prevent-double-click="true"`}, []string{"name=", "hidden"}},
		{Button{Text: "Up", Of: "item 4", Name: "move", Value: "up"}, []string{`name="move"`, `value="up"`, `<span class="govuk-visually-hidden"> item 4</span>`}, nil},
		{Button{Text: "Print", Plain: true, NoScript: true}, []string{`type="button"`, " hidden"}, []string{"prevent-double-click"}},
		{Button{Text: "Join", Href: "/meetings/1"}, []string{`<a href="/meetings/1"`, `role="button"`}, []string{"<button"}},
		{Button{Text: "Cancel", Kind: AsLink, Href: "/"}, []string{`class="govuk-link"`}, []string{`role="button"`}},
		{Button{Text: "Close", Disabled: true}, []string{" disabled"}, nil},
	} {
		got := shown(t, c.button)
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%+v lacks %q: %s", c.button, want, got)
			}
		}
		for _, never := range c.never {
			if strings.Contains(got, never) {
				t.Errorf("%+v has %q: %s", c.button, never, got)
			}
		}
	}
}

// Nothing known is said to be so: an empty cell looks like a page that failed.
func TestUnknownFactsSaySo(t *testing.T) {
	t.Parallel()
	if got := shown(t, SummaryList{Facts: []Fact{{Key: "Support plan"}}}); !strings.Contains(got, "Not known") {
		t.Errorf("an unknown fact is blank: %s", got)
	}
}
