package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/frontend/views/cases"
	"quorate/frontend/views/decisions"
	historyViews "quorate/frontend/views/history"
	"quorate/frontend/views/layout"
	"quorate/panels"
	"quorate/panels/history"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

const (
	casesPageSize = 50
	historyLength = 50
)

// casesPage lists cases page by page, narrowed by locality.
func (s *Site) casesPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showCases(c, actor, cases.List{Locality: c.Query("locality"), Page: max(1, c.QueryInt("page", 1))})
}

// findCases searches. It is a form post, so that what was typed, a name perhaps, is in no address, no
// history and no log.
func (s *Site) findCases(c *fiber.Ctx, actor access.Actor) error {
	return s.showCases(c, actor, cases.List{Search: strings.TrimSpace(c.FormValue("search")), Page: 1})
}

func (s *Site) showCases(c *fiber.Ctx, actor access.Actor, list cases.List) error {
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		found, err := tracker.ListCases(tx, tracker.CaseFilter{
			Search: list.Search, Locality: list.Locality, Offset: (list.Page - 1) * casesPageSize, Limit: casesPageSize,
		})
		list.Cases, list.Total, list.Localities = found.Cases, found.Total, found.Localities
		return err
	})
	if err != nil {
		return err
	}
	list.Today = clock.DateOf(s.DB.Now())
	list.Pages = int((list.Total + casesPageSize - 1) / casesPageSize)
	list.CanImport = actor.MayAnywhere(access.ImportTracker)
	list.Href = func(page int) string {
		query := url.Values{}
		if list.Locality != "" {
			query.Set("locality", list.Locality)
		}
		query.Set("page", strconv.Itoa(page))
		return "/cases?" + query.Encode()
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Cases", Wide: true}, cases.ListPage(list))
}

func (s *Site) casePage(c *fiber.Ctx, actor access.Actor) error {
	return s.showCase(c, actor, http.StatusOK, nil)
}

func (s *Site) showCase(c *fiber.Ctx, actor access.Actor, code int, problem *fault.Fault) error {
	page := cases.Page{Today: clock.DateOf(s.DB.Now()), CanLink: actor.MayAnywhere(access.ImportTracker)}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Case, err = tracker.CaseFor(tx, c.Params("case")); err != nil {
			return err
		}
		if page.Supplied, err = tracker.Supplied(tx); err != nil {
			return err
		}
		if page.Ours, err = panels.OurPartnership(tx); err != nil {
			return err
		}
		page.Milestones = tracker.Milestones(page.Case, page.Supplied, page.Today)
		if page.History, err = tracker.History(tx, page.Case.ID, historyLength); err != nil {
			return err
		}
		if page.People, err = tracker.LinkedPeople(tx, page.Case.ID); err != nil {
			return err
		}
		if page.CanLink {
			if page.Presenters, err = tracker.Presenters(tx); err != nil {
				return err
			}
		}
		page.Sections, err = caseSections(tx, page.Case)
		return err
	})
	if err != nil {
		return err
	}
	if asked := strings.ToUpper(strings.TrimSpace(c.Params("case"))); asked != page.Case.Reference() && c.Method() == fiber.MethodGet {
		return s.redirect(c, cases.Href(page.Case), asked+" was merged into this case: they are one person.")
	}
	page.Problems = fieldsOf(problem)
	// The title holds the product's number alone: titles end up in histories and on shared screens.
	info := layout.PageInfo{Title: "Case " + page.Case.Reference(), Section: "Cases", Errors: page.Problems}
	return s.render(c, actor, code, info, cases.CasePage(page))
}

// caseSections are the parts of a case's page that other nouns add, in the order they are shown. Each
// reads only what the transaction's actor may see; one with nothing to show is left out.
func caseSections(tx db.Tx, of tracker.Case) ([]cases.Section, error) {
	items, err := agendas.ItemsOfCase(tx, of.ID)
	if err != nil {
		return nil, err
	}
	asked, err := requests.OfCase(tx, of.ID)
	if err != nil {
		return nil, err
	}
	decided, err := room.DecisionsOfCase(tx, of.ID)
	if err != nil {
		return nil, err
	}
	before, err := history.DecisionsOfCase(tx, of.ID)
	if err != nil {
		return nil, err
	}
	var sections []cases.Section
	if len(decided) > 0 {
		sections = append(sections, cases.Section{Title: "Decisions", Content: decisions.OfCase(decided)})
	}
	if len(before) > 0 {
		sections = append(sections, cases.Section{Title: "Decisions from before Quorate", Content: historyViews.OfCase(before)})
	}
	if len(items) > 0 {
		sections = append(sections, cases.Section{Title: "On agendas", Content: cases.Agendas(items)})
	}
	if len(asked) > 0 {
		sections = append(sections, cases.Section{Title: "Funding requests", Content: cases.Requests(asked)})
	}
	return sections, nil
}

func (s *Site) linkPerson(c *fiber.Ctx, actor access.Actor) error {
	person, err := uuid.Parse(c.FormValue("person"))
	if err != nil {
		return s.showCase(c, actor, http.StatusUnprocessableEntity, &fault.Fault{Kind: fault.Invalid, Sentence: "Choose a person", Fields: []fault.Field{{Name: "person", Sentence: "Choose a person"}}})
	}
	return s.changeLink(c, actor, func(of tracker.Case) error {
		return tracker.LinkPerson(c.UserContext(), s.DB, actor, of.ID, person, tracker.LinkKind(c.FormValue("kind")))
	}, "They can now see this case.")
}

func (s *Site) unlinkPerson(c *fiber.Ctx, actor access.Actor) error {
	person, err := uuid.Parse(c.FormValue("person"))
	if err != nil {
		return pageNotFound()
	}
	return s.changeLink(c, actor, func(of tracker.Case) error {
		return tracker.UnlinkPerson(c.UserContext(), s.DB, actor, of.ID, person, tracker.LinkKind(c.FormValue("kind")))
	}, "They are no longer linked to this case.")
}

func (s *Site) changeLink(c *fiber.Ctx, actor access.Actor, change func(tracker.Case) error, said string) error {
	var of tracker.Case
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		of, err = tracker.CaseFor(tx, c.Params("case"))
		return err
	})
	if err != nil {
		return err
	}
	if err := change(of); err != nil {
		return err
	}
	return s.redirect(c, cases.Href(of), said)
}
