package web

import (
	"net/http"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/frontend/govuk"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/references"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// mostPairs is how many pairs of cases a page lists.
const mostPairs = 200

// caseNamed is the case of the address, for those who may see it.
func (s *Site) caseNamed(c *fiber.Ctx, actor access.Actor) (of tracker.Case, err error) {
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		of, err = tracker.CaseFor(tx, c.Params("case"))
		return err
	})
	return of, err
}

func (s *Site) referencesPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showReferences(c, actor, views.Page{}, nil)
}

func (s *Site) showReferences(c *fiber.Ctx, actor access.Actor, page views.Page, problem *fault.Fault) error {
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Case, err = tracker.CaseFor(tx, c.Params("case")); err != nil {
			return err
		}
		page.All, err = tracker.ReferencesOf(tx, page.Case)
		return err
	})
	if err != nil {
		return err
	}
	page.Problems = fieldsOf(problem)
	info := layout.PageInfo{Title: "References of " + page.Case.Reference(), Section: "Cases", Errors: page.Problems,
		Before: govuk.BackLink{Href: "/cases/" + page.Case.Reference(), Text: "Case " + page.Case.Reference()}}
	return s.render(c, actor, formStatus(problem), info, views.ReferencesPage(page))
}

func (s *Site) changeReference(c *fiber.Ctx, actor access.Actor) error {
	of, err := s.caseNamed(c, actor)
	if err != nil {
		return err
	}
	typed := typedIn(c)
	changed, err := tracker.ChangeReference(c.UserContext(), s.DB, actor, of.ID, whole(typed("version")), typed("reference"))
	if problem := mendable(err); problem != nil {
		return s.showReferences(c, actor, views.Page{Reference: typed("reference")}, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(changed), "The reference is changed. The one before still leads here.")
}

func (s *Site) undoReferenceChange(c *fiber.Ctx, actor access.Actor) error {
	id, err := formID(c, "change")
	if err != nil {
		return err
	}
	changed, err := tracker.UndoReferenceChange(c.UserContext(), s.DB, actor, id)
	if problem := mendable(err); problem != nil {
		return s.showReferences(c, actor, views.Page{}, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(changed), "The change is undone. The case has its reference of before.")
}

func (s *Site) mergePage(c *fiber.Ctx, actor access.Actor) error {
	return s.showMerge(c, actor, c.Query("other"), nil, nil)
}

// showMerge compares two cases. typed is what was chosen before, nil the first time.
func (s *Site) showMerge(c *fiber.Ctx, actor access.Actor, other string, typed func(string) string, problem *fault.Fault) error {
	page := views.Compare{From: map[tracker.Field]string{}}
	notFound := false
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Cases[0], err = tracker.CaseFor(tx, c.Params("case")); err != nil {
			return err
		}
		page.Cases[1], err = tracker.CaseFor(tx, other)
		notFound = fault.Is(err, fault.NotFound)
		return err
	})
	switch {
	case notFound && page.Cases[0].Number != 0:
		return s.showReferences(c, actor, views.Page{Other: other}, otherCase("There is no case with this number that you may see. Check the number"))
	case err != nil:
		return err
	case page.Cases[0].ID == page.Cases[1].ID:
		return s.showReferences(c, actor, views.Page{Other: other}, otherCase("This is the same case. Enter the number of the other one"))
	}
	page.Stays, page.Versions = page.Cases[0].Reference(), [2]int{page.Cases[0].Version, page.Cases[1].Version}
	if page.Cases[1].Number < page.Cases[0].Number {
		page.Stays = page.Cases[1].Reference()
	}
	if typed != nil {
		page.Stays = typed("stays")
	}
	for _, field := range views.Differing(page.Cases) {
		if page.From[field] = views.Suggested(page.Cases, field, page.Stays); typed != nil {
			page.From[field] = typed(string(field))
		}
	}
	page.Problems = fieldsOf(problem)
	info := layout.PageInfo{Title: "Compare " + page.Cases[0].Reference() + " and " + page.Cases[1].Reference(), Section: "Cases", Errors: page.Problems,
		Before: govuk.BackLink{Href: views.Href(page.Cases[0]), Text: "References"}}
	return s.render(c, actor, formStatus(problem), info, views.MergePage(page))
}

func otherCase(sentence string) *fault.Fault {
	return &fault.Fault{Kind: fault.Invalid, Sentence: sentence, Fields: []fault.Field{{Name: "other", Sentence: sentence}}}
}

func (s *Site) mergeCases(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	cases, err := s.bothCases(c, actor, typed("other"))
	if err != nil {
		return err
	}
	asked := tracker.Merge{KeptID: cases[0].ID, GoneID: cases[1].ID, KeptVersion: whole(typed("version")), GoneVersion: whole(typed("other_version"))}
	kept, gone := cases[0], cases[1]
	if typed("stays") == gone.Reference() {
		kept, gone = gone, kept
		asked = tracker.Merge{KeptID: kept.ID, GoneID: gone.ID, KeptVersion: asked.GoneVersion, GoneVersion: asked.KeptVersion}
	}
	var read reading
	read.form.Require(typed("stays") == kept.Reference(), "stays", "Choose which case stays")
	for _, field := range views.Differing(cases) {
		from := typed(string(field))
		read.form.Require(slices.Contains([]string{kept.Reference(), gone.Reference()}, from), string(field), "Choose which "+field.Label()+" is right")
		if from == gone.Reference() {
			asked.FromGone = append(asked.FromGone, field)
		}
	}
	_, err = saved(&read, func() (any, error) { return tracker.MergeCases(c.UserContext(), s.DB, actor, asked) })
	if problem := mendable(err); problem != nil {
		return s.showMerge(c, actor, typed("other"), typed, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(kept), gone.Reference()+" is merged into "+kept.Reference()+".")
}

// bothCases are the case of the address and another, by its number.
func (s *Site) bothCases(c *fiber.Ctx, actor access.Actor, other string) (cases [2]tracker.Case, err error) {
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		for i, number := range []string{c.Params("case"), other} {
			if cases[i], err = tracker.CaseFor(tx, number); err != nil {
				return err
			}
		}
		return nil
	})
	return cases, err
}

func (s *Site) undoMerge(c *fiber.Ctx, actor access.Actor) error {
	id, err := formID(c, "merge")
	if err != nil {
		return err
	}
	kept, err := tracker.UndoMerge(c.UserContext(), s.DB, actor, id)
	if problem := mendable(err); problem != nil {
		return s.showReferences(c, actor, views.Page{}, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/cases/"+tracker.CaseReference(kept)+"/references", "The merge is undone. Both are cases again.")
}

func (s *Site) sayDifferent(c *fiber.Ctx, actor access.Actor) error {
	cases, err := s.bothCases(c, actor, c.FormValue("other"))
	if err != nil {
		return err
	}
	if err := tracker.SayDifferent(c.UserContext(), s.DB, actor, cases[0].ID, cases[1].PersonReference); err != nil {
		return err
	}
	return s.redirect(c, views.Href(cases[0]), "They are different people. You are not asked again.")
}

// formID is an id a form sends along; what is none leads nowhere.
func formID(c *fiber.Ctx, name string) (uuid.UUID, error) {
	id, err := uuid.Parse(c.FormValue(name))
	if err != nil {
		return uuid.Nil, pageNotFound()
	}
	return id, nil
}

func (s *Site) pairsPage(c *fiber.Ctx, actor access.Actor) error {
	var page views.Pairs
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.List, page.Total, err = tracker.MaybeOnePerson(tx, mostPairs)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Cases that may be one person", Section: "Tracker", Wide: true, Before: govuk.BackLink{Href: "/tracker", Text: "Tracker"}}
	return s.render(c, actor, http.StatusOK, info, views.PairsPage(page))
}

// mostMaybe is how many rows of an import a page asks about.
const mostMaybe = 50

func (s *Site) maybeSamePage(c *fiber.Ctx, actor access.Actor) error {
	return s.showMaybeSame(c, actor, nil)
}

func (s *Site) showMaybeSame(c *fiber.Ctx, actor access.Actor, problem *fault.Fault) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	var page views.Maybe
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Import, err = tracker.ReadImport(tx, id); err != nil {
			return err
		}
		page.List, page.Total, err = tracker.MaybeSameRows(tx, id, mostMaybe)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Are these people held already?", Section: "Tracker", Wide: true, Errors: fieldsOf(problem), Before: govuk.BackLink{Href: "/tracker/imports/" + id.String(), Text: "Import"}}
	return s.render(c, actor, formStatus(problem), info, views.MaybePage(page))
}

func (s *Site) settleMaybeSame(c *fiber.Ctx, actor access.Actor) error {
	id, err := importID(c)
	if err != nil {
		return err
	}
	var of tracker.Case
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		of, err = tracker.CaseFor(tx, c.FormValue("case"))
		return err
	})
	if err != nil {
		return err
	}
	said := map[string]string{
		"same": "They are one person: " + of.Reference() + " has the row’s reference now.", "different": "They are different people. You are not asked again.",
	}[c.FormValue("answer")]
	if said == "" {
		return pageNotFound()
	}
	err = tracker.SettleMaybeSame(c.UserContext(), s.DB, actor, id, whole(c.FormValue("row")), of.ID, c.FormValue("answer") == "same")
	if problem := mendable(err); problem != nil {
		return s.showMaybeSame(c, actor, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/tracker/imports/"+id.String()+"/same", said)
}
