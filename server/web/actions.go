package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/documents"
	"quorate/frontend/govuk"
	views "quorate/frontend/views/actions"
	"quorate/frontend/views/layout"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// actionsPage is the action tracker: the reader's own actions, until they ask for more.
func (s *Site) actionsPage(c *fiber.Ctx, actor access.Actor) error {
	query, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		return pageNotFound()
	}
	return s.showActions(c, actor, views.Page{Filter: views.ReadFilter(query), Bulk: views.Bulk{CommandID: uuid.NewString()}}, nil)
}

// showActions shows the tracker, with what was typed to change many at once and what is wrong with it.
func (s *Site) showActions(c *fiber.Ctx, actor access.Actor, page views.Page, problem *fault.Fault) error {
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.Today = tx.Today()
		page.Found, err = room.FindActions(tx, page.Asked())
		return err
	})
	if err != nil {
		return err
	}
	page.Problems = fieldsOf(problem)
	if page.Found.CaseSaid != "" {
		page.Problems = append(page.Problems, fault.Field{Name: "case", Sentence: page.Found.CaseSaid})
	}
	info := layout.PageInfo{Title: "Actions", Wide: true, Errors: page.Problems}
	return s.render(c, actor, formStatus(problem), info, views.ListPage(page))
}

// mostActions bounds a workbook: beyond it people narrow the list first.
const mostActions = 20_000

// actionsWorkbook is the list as it is filtered, every page of it.
func (s *Site) actionsWorkbook(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	var found room.FoundActions
	var today clock.Date
	err := s.DB.Read(r.Context(), actor, func(tx db.Tx) (err error) {
		asked := views.ReadFilter(r.URL.Query()).Asked()
		asked.Limit, asked.Offset = mostActions, 0
		today = tx.Today()
		found, err = room.FindActions(tx, asked)
		return err
	})
	switch {
	case err != nil:
		return err
	case found.CaseSaid != "":
		return fault.New(fault.Invalid, "%s.", found.CaseSaid)
	case found.Total > mostActions:
		return fault.New(fault.TooLarge, "These are %d actions. Choose a forum or a state first: one file holds up to %d.", found.Total, mostActions)
	}
	file, err := documents.ActionsWorkbook(found.Lines, today)
	if err != nil {
		return err
	}
	sendWorkbook(w, "actions-"+today.String()+".xlsx", file)
	return nil
}

// actionPage is one action with its history.
func (s *Site) actionPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showAction(c, actor, views.Show{}, nil)
}

func (s *Site) showAction(c *fiber.Ctx, actor access.Actor, page views.Show, problem *fault.Fault) error {
	id, err := idOf(c, "action")
	if err != nil {
		return err
	}
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.Today = tx.Today()
		page.ActionPage, err = room.ShowAction(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	page.Problems = formErrors(page.Form, problem)
	// The title stays in the browser's history, so it says nothing of what is to be done.
	info := layout.PageInfo{
		Title: "Action due " + page.DueOn.Long(), Section: "Actions", Errors: page.Problems,
		Before: govuk.BackLink{Href: views.MineHref, Text: "Back to the actions"},
	}
	return s.render(c, actor, formStatus(problem), info, views.ShowPage(page))
}

// formErrors names what is wrong after the form it was typed in: several on the page have a field "text".
func formErrors(form string, problem *fault.Fault) govuk.Errors {
	problems := fieldsOf(problem)
	for i, field := range problems {
		if field.Name != "" {
			problems[i].Name = form + "-" + field.Name
		}
	}
	return problems
}

// changeAction takes a form of an action's page: the same use case as in the room, in the log of the
// meeting that raised it.
func (s *Site) changeAction(form, done string, change func(id uuid.UUID, text string, due clock.Date) room.Change) func(*fiber.Ctx, access.Actor) error {
	return func(c *fiber.Ctx, actor access.Actor) error {
		typed := typedIn(c)
		id, err := idOf(c, "action")
		if err != nil {
			return err
		}
		command, err := uuid.Parse(typed("command"))
		if err != nil {
			return pageNotFound()
		}
		page := views.Show{Form: form, CommandID: command.String(), Typed: typed(form + "-text"), Due: govuk.ReadDate(typed, form+"-due_on")}
		var read reading
		due := read.date("due_on", page.Due)
		if err = read.form.Err(); err == nil {
			err = s.doToAction(c, actor, id, room.Command{ID: command, Change: change(id, page.Typed, due)})
		}
		if problem := mendable(err); problem != nil {
			return s.showAction(c, actor, page, problem)
		}
		if err != nil {
			return err
		}
		return s.redirect(c, views.Href(id), done)
	}
}

// doToAction makes a change in the meeting that raised an action the actor may see.
func (s *Site) doToAction(c *fiber.Ctx, actor access.Actor, id uuid.UUID, command room.Command) error {
	var meeting uuid.UUID
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		page, err := room.ShowAction(tx, id)
		meeting = page.MeetingID
		return err
	})
	if err == nil {
		_, err = s.Room.Do(c.UserContext(), actor, meeting, command)
	}
	return err
}

func completeAction(id uuid.UUID, text string, _ clock.Date) room.Change {
	return room.CompleteAction{ActionID: id, Text: text}
}

func noteProgress(id uuid.UUID, text string, _ clock.Date) room.Change {
	return room.NoteProgress{ActionID: id, Text: text}
}

func extendAction(id uuid.UUID, text string, due clock.Date) room.Change {
	return room.ExtendAction{ActionID: id, DueOn: due, Text: text}
}

func reopenAction(id uuid.UUID, text string, due clock.Date) room.Change {
	return room.ReopenAction{ActionID: id, DueOn: due, Text: text}
}

// changeActions marks as done, or gives another day to, all the actions that were chosen. Each is a change
// of its own: one that cannot be made holds up no other, and is named afterwards.
func (s *Site) changeActions(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	command, err := uuid.Parse(typed("command"))
	if err != nil {
		return pageNotFound()
	}
	back, err := url.ParseQuery(typed("back"))
	if err != nil {
		return pageNotFound()
	}
	page := views.Page{
		Filter: views.ReadFilter(back),
		Bulk:   views.Bulk{CommandID: command.String(), Ticked: ticked(c, "action"), Typed: typed("text"), Due: govuk.ReadDate(typed, "due_on")},
	}
	change, said := completeAction, " marked as done."
	var read reading
	due := read.date("due_on", page.Bulk.Due)
	if typed("do") == "extend" {
		change, said = extendAction, " given another day."
	} else {
		due, read = clock.Date{}, reading{}
	}
	read.form.Require(len(page.Bulk.Ticked) > 0, "bulk", "Choose at least one action in the list")
	read.form.Require(len(page.Bulk.Ticked) <= views.PageSize, "bulk", "Choose fewer actions: one page at most at a time")
	if err := read.form.Err(); err != nil {
		return s.showActions(c, actor, page, mendable(err))
	}
	changed := 0
	var refused []error
	for _, text := range page.Bulk.Ticked {
		id, err := uuid.Parse(text)
		if err != nil {
			return pageNotFound()
		}
		// The same form sent twice asks the same of each action, and each answers as it did.
		each := room.Command{ID: uuid.NewSHA1(command, id[:]), Change: change(id, page.Bulk.Typed, due)}
		switch err := s.doToAction(c, actor, id, each); {
		case err == nil:
			changed++
		case fault.As(err) == nil:
			return err
		default:
			refused = append(refused, err)
		}
	}
	if changed == 0 {
		if problem := mendable(refused[0]); problem != nil {
			return s.showActions(c, actor, page, problem)
		}
		return refused[0]
	}
	words := countedActions(changed) + said
	if len(refused) > 0 {
		var why *fault.Fault
		errors.As(refused[0], &why)
		words += " " + countedActions(len(refused)) + " could not be: " + why.Sentence
	}
	return s.redirect(c, page.Href(), words)
}

func countedActions(n int) string {
	if n == 1 {
		return "1 action"
	}
	return strconv.Itoa(n) + " actions"
}
