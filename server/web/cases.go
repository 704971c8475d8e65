package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
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
	"quorate/panels/escalations"
	"quorate/panels/history"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

const casesPageSize = 50

// casesPage lists cases page by page, narrowed by locality.
func (s *Site) casesPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showCases(c, actor, cases.List{Locality: c.Query("locality"), Page: pageNumber(c, "page")})
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
	return s.showCase(c, actor, cases.Page{}, nil)
}

// showCase shows a case with what was typed into the page's own forms and what is wrong with it.
func (s *Site) showCase(c *fiber.Ctx, actor access.Actor, page cases.Page, problem *fault.Fault) error {
	page.Today, page.CanLink = s.today(), actor.MayAnywhere(access.ImportTracker)
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Case, err = tracker.CaseFor(tx, c.Params("case")); err != nil {
			return err
		}
		return readCase(tx, &page, pageNumber(c, "history"))
	})
	if err != nil {
		return err
	}
	if asked := strings.ToUpper(strings.TrimSpace(c.Params("case"))); asked != page.Case.Reference() && c.Method() == fiber.MethodGet {
		return s.redirect(c, cases.Href(page.Case), asked+" was merged into this case: they are one person.")
	}
	if !page.Revealed {
		page.Case = page.Case.WithoutAddress()
	}
	page.Problems = fieldsOf(problem)
	// The title holds the product's number alone: titles end up in histories and on shared screens.
	info := layout.PageInfo{Title: "Case " + page.Case.Reference(), Section: "Cases", Errors: page.Problems}
	return s.render(c, actor, formStatus(problem), info, cases.CasePage(page))
}

// readCase reads what a case's page shows beside the case.
func readCase(tx db.Tx, page *cases.Page, historyPage int) (err error) {
	of := page.Case
	if page.Supplied, err = tracker.Supplied(tx); err != nil {
		return err
	}
	if page.Ours, err = panels.OurPartnership(tx); err != nil {
		return err
	}
	limits, err := agendas.LimitsFor(tx, of)
	if err != nil {
		return err
	}
	stepped := of
	if stepped.MentalCapacityOn, err = tracker.LastJudged(tx, of.ID); err != nil {
		return err
	}
	page.Milestones = tracker.Milestones(stepped, page.Supplied, limits, page.Today)
	if page.History, err = tracker.History(tx, of.ID, historyPage); err != nil {
		return err
	}
	if page.People, err = tracker.LinkedPeople(tx, of.ID); err != nil {
		return err
	}
	if page.CanLink {
		if page.Presenters, err = tracker.Presenters(tx); err != nil {
			return err
		}
	}
	if page.MayRecord, err = tracker.MayRecord(tx, of.ID); err != nil {
		return err
	}
	heard, err := tracker.LastHeard(tx, []uuid.UUID{of.ID})
	if err != nil {
		return err
	}
	page.LastHeard = heard[of.ID]
	if page.Views, err = tracker.ViewsOf(tx, of.ID); err != nil {
		return err
	}
	if page.Capacity, err = tracker.CapacityOf(tx, of.ID); err != nil {
		return err
	}
	if page.Siblings, err = tracker.SiblingsOf(tx, of.ID); err != nil {
		return err
	}
	if page.InForce, err = room.MoneyInForce(tx, of.ID); err != nil {
		return err
	}
	if page.WeeksYear, err = weeksOfLocality(tx, of.Locality); err != nil {
		return err
	}
	return caseSections(tx, page)
}

// weeksOfLocality is how many weeks, in thousandths, the forum of a locality counts in a year; 52
// where none says.
func weeksOfLocality(tx db.Tx, locality string) (int, error) {
	forums, err := panels.Forums(tx)
	if err != nil {
		return 0, err
	}
	for _, forum := range forums {
		if locality != "" && strings.EqualFold(forum.Locality, locality) {
			terms, err := panels.TermsInForce(tx, forum.ID, tx.Today())
			if fault.Is(err, fault.NotFound) { // its terms begin later
				break
			}
			return terms.WeeksPerYearThousandths, err
		}
	}
	return 52000, nil
}

// caseSections are the parts of a case's page that other nouns add, in the order they are shown. Each
// reads only what the transaction's actor may see; one with nothing to show is left out.
func caseSections(tx db.Tx, page *cases.Page) error {
	of := page.Case.ID
	items, err := agendas.ItemsOfCase(tx, of)
	if err != nil {
		return err
	}
	asked, err := requests.OfCase(tx, of)
	if err != nil {
		return err
	}
	decided, err := room.DecisionsOfCase(tx, of)
	if err != nil {
		return err
	}
	before, err := history.DecisionsOfCase(tx, of)
	if err != nil {
		return err
	}
	todo, err := room.ActionsOfCase(tx, of)
	if err != nil {
		return err
	}
	stuck, err := escalations.BlockersOfCase(tx, of)
	if err != nil {
		return err
	}
	raiseAt, err := escalations.ForumsToRaiseAt(tx, of)
	if err != nil {
		return err
	}
	answered, err := escalations.AnswersOfCase(tx, of)
	if err != nil {
		return err
	}
	page.CourtItem = beforeCourt(items, page.Case.CourtDateOn, page.Today)
	add := func(count int, title string, content templ.Component) {
		if count > 0 {
			page.Sections = append(page.Sections, cases.Section{Title: title, Content: content})
		}
	}
	add(len(stuck)+len(raiseAt), "Blockers", cases.Blockers(stuck, page.Case.Reference(), raiseAt))
	add(len(answered), "What the board answered", cases.BoardAnswers(answered))
	add(len(todo), "Open actions", cases.Actions(todo, page.Today))
	add(len(items), "On agendas", cases.Agendas(items))
	add(len(decided), "Decisions", decisions.OfCase(decided))
	add(len(before), "Decisions from before Quorate", historyViews.OfCase(before))
	add(len(asked), "Funding requests", cases.Requests(asked))
	return nil
}

// beforeCourt is where a case is tabled last before a court's day, from today on; nil when nowhere.
func beforeCourt(items []agendas.CaseItemLine, court, today clock.Date) *agendas.CaseItemLine {
	for i, item := range items { // the latest first
		if on := clock.DateOf(item.StartsAt); !on.After(court) && !on.Before(today) {
			return &items[i]
		}
	}
	return nil
}

func (s *Site) linkPerson(c *fiber.Ctx, actor access.Actor) error {
	person, err := uuid.Parse(c.FormValue("person"))
	if err != nil {
		return s.showCase(c, actor, cases.Page{Typed: map[string]string{"kind": c.FormValue("kind")}}, onField("person", fault.New(fault.Invalid, "Choose a person")))
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
	of, err := s.caseNamed(c, actor)
	if err != nil {
		return err
	}
	if err := change(of); err != nil {
		return err
	}
	return s.redirect(c, cases.Href(of), said)
}
