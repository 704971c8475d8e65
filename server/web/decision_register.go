package web

import (
	"net/http"
	"net/url"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	views "quorate/frontend/views/decisions"
	"quorate/frontend/views/layout"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

const (
	registerPage = 50
	registerFile = 20_000 // decisions in a workbook: more than any forum takes in ten years
)

// decisionsPage is the register of a forum's decisions; of the first whose decisions the reader may
// read, when they name none.
func (s *Site) decisionsPage(c *fiber.Ctx, actor access.Actor) error {
	page := views.RegisterPage{Page: pageNumber(c, "page")}
	var problem *fault.Fault
	page.Filter, page.Typed, problem = registerFilter(func(name string) string { return c.Query(name) })
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Forums, page.Forum, err = registers(tx, c.Query("forum")); err != nil {
			return err
		}
		page.Lines, page.Total, err = room.Register(tx, page.Forum.ID, page.Filter, (page.Page-1)*registerPage, registerPage)
		page.Pages = (page.Total + registerPage - 1) / registerPage
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{
		Title: "Register of decisions", Section: page.Forum.Name, Wide: true, Errors: fieldsOf(problem),
		Before: govuk.BackLink{Href: "/forums/" + page.Forum.Slug, Text: "Back to " + page.Forum.Name},
	}
	return s.render(c, actor, formStatus(problem), info, views.Register(page, info.Errors))
}

// registers are the forums whose decisions the actor may read, and the one they ask for.
func registers(tx db.Tx, slug string) (list []panels.Forum, chosen panels.Forum, err error) {
	all, err := panels.Forums(tx)
	if err != nil {
		return nil, chosen, err
	}
	for _, forum := range all {
		if !tx.Actor.May(access.ReadDecisions, forum.ID) {
			continue
		}
		list = append(list, forum)
		if forum.Slug == slug || slug == "" && chosen.ID == uuid.Nil {
			chosen = forum
		}
	}
	if chosen.ID == uuid.Nil {
		return nil, chosen, pageNotFound()
	}
	return list, chosen, nil
}

// registerFilter reads the filters, those that can be read.
func registerFilter(query func(name string) string) (room.RegisterFilter, views.RegisterTyped, *fault.Fault) {
	var read reading
	typed := views.RegisterTyped{Case: query("case"), From: govuk.ReadDate(query, "from"), To: govuk.ReadDate(query, "to")}
	filter := room.RegisterFilter{
		Outcome: room.Outcome(query("outcome")), State: room.RegisterState(query("state")), Kind: panels.MeetingKind(query("kind")), Case: typed.Case,
		From: read.date("from", typed.From), To: read.date("to", typed.To),
	}
	if filter.Outcome.Words() == "" {
		filter.Outcome = ""
	}
	if filter.Kind.Words() == "" && filter.Kind != panels.Held {
		filter.Kind = ""
	}
	if filter.State.Words() == "" {
		filter.State = ""
	}
	return filter, typed, fault.As(read.form.Err())
}

// decisionsFile is the register as it is filtered, as a workbook.
func (s *Site) decisionsFile(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return pageNotFound()
	}
	filter, _, _ := registerFilter(values.Get)
	var forum panels.Forum
	var lines []room.RegisterLine
	err = s.DB.Read(r.Context(), actor, func(tx db.Tx) (err error) {
		if _, forum, err = registers(tx, values.Get("forum")); err != nil {
			return err
		}
		lines, _, err = room.Register(tx, forum.ID, filter, 0, registerFile)
		return err
	})
	if err != nil {
		return err
	}
	file, err := room.RegisterWorkbook(forum.Name, lines)
	if err != nil {
		return err
	}
	sendWorkbook(w, "decisions-"+forum.Slug+".xlsx", file)
	return nil
}
