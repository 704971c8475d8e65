package layout

import (
	"context"
	"strings"
	"testing"

	"quorate/frontend/govuk"
)

// People with many tabs, and everyone who cannot see the page, find it by its title.
func TestHeadline(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		page PageInfo
		want string
	}{
		{PageInfo{Title: "Agenda for 4 March 2027", Section: "MAPaC"}, "Agenda for 4 March 2027 – MAPaC – Quorate"},
		{PageInfo{Title: "Home"}, "Home – Quorate"},
		{PageInfo{Title: "Meetings", Section: "Meetings"}, "Meetings – Quorate"},
		{PageInfo{Title: "Sign in", Errors: govuk.Errors{{Name: "email", Sentence: "Enter your email address"}}}, "Error: Sign in – Quorate"},
	} {
		if got := c.page.Headline(); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}

func written(t *testing.T, p PageInfo) string {
	t.Helper()
	var page strings.Builder
	if err := Page(p).Render(context.Background(), &page); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

// "Saved" beside "There is a problem" leaves people not knowing which is true.
func TestErrorsPushOutTheFlash(t *testing.T) {
	t.Parallel()
	p := PageInfo{Title: "Split", Flash: &Flash{Kind: govuk.Success, Text: "The split is saved"}}
	if page := written(t, p); !strings.Contains(page, "The split is saved") {
		t.Error("what was done is not told")
	}
	p.Errors = govuk.Errors{{Name: "health", Sentence: "The shares are 1p short"}}
	page := written(t, p)
	if strings.Contains(page, "The split is saved") || !strings.Contains(page, "The shares are 1p short") {
		t.Error("the banner stands beside the errors, or the errors are missing")
	}
}

// A second live region, or one with words in it at load, reads over what the person came to hear.
func TestOneEmptyLiveRegionOnLivePagesOnly(t *testing.T) {
	t.Parallel()
	const region = `<div class="govuk-visually-hidden" role="status" aria-atomic="true" id="live-status"></div>`
	if page := written(t, PageInfo{Title: "Room", Live: true}); strings.Count(page, region) != 1 || strings.Count(page, `role="status"`) != 1 {
		t.Error("a live page does not have exactly one empty region")
	}
	if strings.Contains(written(t, PageInfo{Title: "Help"}), `role="status"`) {
		t.Error("a still page has a live region")
	}
}

// A sheet left on a desk must say how it is to be kept; one person's drafts must not reach another.
func TestMarkingAndPersonAreOnTheBody(t *testing.T) {
	t.Parallel()
	page := written(t, PageInfo{Title: "Case", Marking: OfficialSensitive, Person: &Person{Key: "p1", Name: "Morgan <b>Example</b>", Roles: []string{"Clerk", "Auditor"}}})
	for _, want := range []string{`q-marking--official-sensitive`, `data-person="p1"`, `Morgan &lt;b&gt;Example&lt;/b&gt;</strong>, Clerk, Auditor`, `action="/sign-out"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if page := written(t, PageInfo{Title: "Case", Marking: "RESTRICTED: panel"}); strings.Contains(page, "q-marking--") || !strings.Contains(page, ">RESTRICTED: panel</p>") {
		t.Error("a council's own marking is not printed, or chose a sheet that is not there")
	}
	if page := written(t, PageInfo{Title: "Sign in"}); strings.Contains(page, "data-person") || strings.Contains(page, "q-marking") || !strings.Contains(page, `href="/sign-in"`) {
		t.Error("a page of nobody carries a person or a marking, or no way to sign in")
	}
}
