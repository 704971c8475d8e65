package web

import (
	"fmt"
	"net/http"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/papers"
	"quorate/frontend/govuk"
	views "quorate/frontend/views/agendas"
	"quorate/frontend/views/layout"
	meetingViews "quorate/frontend/views/meetings"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func (s *Site) agendas() agendas.Store { return agendas.Store{DB: s.DB} }

// idOf reads an id from the address; what is none is a page that is not there.
func idOf(c *fiber.Ctx, name string) (uuid.UUID, error) {
	id, err := uuid.Parse(c.Params(name))
	if err != nil {
		return uuid.Nil, pageNotFound()
	}
	return id, nil
}

// agendaSection is what a meeting's page says of its agenda.
func agendaSection(tx db.Tx, page panels.MeetingPage) (*meetingViews.Section, error) {
	forum := page.Meeting.ForumID
	mayRead, mayBuild := tx.Actor.May(access.ReadAgenda, forum), tx.Actor.May(access.BuildAgenda, forum)
	if !mayRead && !mayBuild || page.Meeting.Status == panels.Draft || page.Meeting.Brought {
		return nil, nil
	}
	return &meetingViews.Section{
		Heading: "Agenda", Body: views.Section(page.Meeting.ID, page.Meeting.AgendaVersion, mayRead, mayBuild && page.Meeting.Status == panels.Scheduled),
	}, nil
}

func (s *Site) agendaBuilderPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showBuilder(c, actor, views.Draft{}, nil)
}

// showBuilder shows the builder with what was typed and what is wrong with it.
func (s *Site) showBuilder(c *fiber.Ctx, actor access.Actor, draft views.Draft, problem *fault.Fault) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	return s.showBuilderOf(c, actor, id, draft, problem)
}

func (s *Site) showBuilderOf(c *fiber.Ctx, actor access.Actor, meetingID uuid.UUID, draft views.Draft, problem *fault.Fault) error {
	var arising templ.Component
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if draft.DraftPage, err = agendas.ShowDraft(tx, meetingID, room.WithheldItems); err != nil {
			return err
		}
		if draft.Papers, err = papers.Of(tx, meetingID); err != nil {
			return err
		}
		if arising, err = arisingAt(tx, draft.Meeting); err != nil || draft.Meeting.Status != panels.Scheduled {
			return err
		}
		draft.Outlooks, err = room.ForecastItems(tx, meetingID)
		return err
	})
	if err != nil {
		return err
	}
	draft.Problems = fieldsOf(problem)
	info := layout.PageInfo{
		Title: "Agenda for " + draft.Meeting.On().Long(), Section: draft.Forum.Name, Wide: true, Errors: draft.Problems,
		Before: govuk.BackLink{Href: meetingViews.Href(meetingID), Text: "Back to the meeting"},
	}
	return s.render(c, actor, formStatus(problem), info, templ.Join(views.BuilderPage(draft), arising))
}

// completenessPage proves that nobody who is due is left off an agenda.
func (s *Site) completenessPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	var page agendas.Completeness
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page, err = agendas.ShowCompleteness(tx, id, room.WithheldItems)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{
		Title: "Is anybody left off?", Section: page.Forum.Name, Wide: true,
		Before: govuk.BackLink{Href: views.EditHref(id), Text: "Back to the agenda"},
	}
	return s.render(c, actor, http.StatusOK, info, views.CompletenessPage(page))
}

func (s *Site) buildAgenda(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	built, err := s.agendas().BuildAgenda(c.UserContext(), actor, id)
	if problem := mendable(err); problem != nil {
		return s.showBuilder(c, actor, views.Draft{}, problem)
	}
	if err != nil {
		return err
	}
	if len(built.Gone) > 0 { // said on the page itself: it names cases
		return s.showBuilder(c, actor, views.Draft{Gone: built.Gone}, nil)
	}
	return s.redirect(c, views.EditHref(id), builtWords(built))
}

func builtWords(b agendas.Built) string {
	if b.Added+b.Changed+b.Dropped == 0 {
		return "The agenda is up to date. Nothing changed."
	}
	return fmt.Sprintf("Agenda built: %d added, %d changed, %d dropped. What you pinned, moved or took off was kept.", b.Added, b.Changed, b.Dropped)
}

func (s *Site) addCaseToAgenda(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	draft := views.Draft{CaseNumber: typed("case_number"), Reason: typed("reason")}
	item, err := s.agendas().AddCase(c.UserContext(), actor, id, draft.CaseNumber, draft.Reason)
	if problem := mendable(err); problem != nil {
		return s.showBuilder(c, actor, draft, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.TablingHref(item), "Case added to the agenda. Now record who told the young person.")
}

// itemChanged answers a form about one item: back to the builder, at the item's own place.
func (s *Site) itemChanged(c *fiber.Ctx, actor access.Actor, itemID, meetingID uuid.UUID, err error, anchor, said string) error {
	if problem := mendable(err); problem != nil && meetingID != uuid.Nil {
		field := views.Field(anchor, itemID)
		return s.showBuilderOf(c, actor, meetingID, views.Draft{Typed: map[string]string{field: c.FormValue(field)}}, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.EditHref(meetingID)+"#"+views.Field(anchor, itemID), said)
}

func (s *Site) pinItem(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "item")
	if err != nil {
		return err
	}
	meeting, err := s.agendas().PinItem(c.UserContext(), actor, id, c.FormValue("pinned") == "yes")
	return s.itemChanged(c, actor, id, meeting, err, "item", "")
}

// moveItem takes Up or Down from a button, or a place typed beside the item.
func (s *Site) moveItem(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "item")
	if err != nil {
		return err
	}
	if direction := c.FormValue("direction"); direction != "" {
		meeting, err := s.agendas().MoveItem(c.UserContext(), actor, id, agendas.Direction(direction))
		return s.itemChanged(c, actor, id, meeting, err, direction, "")
	}
	meeting, err := s.agendas().PlaceItem(c.UserContext(), actor, id, whole(c.FormValue(views.Field("place", id))))
	return s.itemChanged(c, actor, id, meeting, renamed(err, "place", id), "place", "")
}

func (s *Site) changeItemMinutes(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "item")
	if err != nil {
		return err
	}
	meeting, err := s.agendas().ChangeMinutes(c.UserContext(), actor, id, whole(c.FormValue("version")), whole(c.FormValue(views.Field("minutes", id))))
	return s.itemChanged(c, actor, id, meeting, renamed(err, "minutes", id), "minutes", "")
}

// renamed leads an error about a field to the item's own field.
func renamed(err error, field string, itemID uuid.UUID) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	mine := *f
	mine.Fields = nil
	for _, problem := range f.Fields {
		if problem.Name == field {
			problem.Name = views.Field(field, itemID)
		}
		mine.Fields = append(mine.Fields, problem)
	}
	return &mine
}

func (s *Site) restoreItem(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "item")
	if err != nil {
		return err
	}
	meeting, err := s.agendas().RestoreItem(c.UserContext(), actor, id, whole(c.FormValue("version")))
	return s.itemChanged(c, actor, id, meeting, err, "item", "Put back on the agenda.")
}

func (s *Site) removeItemPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showRemoval(c, actor, "", nil)
}

func (s *Site) showRemoval(c *fiber.Ctx, actor access.Actor, reason string, problem *fault.Fault) error {
	id, err := idOf(c, "item")
	if err != nil {
		return err
	}
	page := views.Removal{Reason: reason, Problems: fieldsOf(problem)}
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.Draft, page.Line, err = agendas.ShowItem(tx, id, room.WithheldItems)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{
		Title: "Take an item off the agenda", Section: page.Draft.Forum.Name, Errors: page.Problems,
		Before: govuk.BackLink{Href: views.EditHref(page.Draft.Meeting.ID), Text: "Back to the agenda"},
	}
	return s.render(c, actor, formStatus(problem), info, views.RemovePage(page))
}

func (s *Site) removeItem(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "item")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	meeting, err := s.agendas().RemoveItem(c.UserContext(), actor, id, whole(typed("version")), typed("reason"))
	if problem := mendable(err); problem != nil {
		return s.showRemoval(c, actor, typed("reason"), problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.EditHref(meeting), "Taken off the agenda.")
}

// agendaPage is the published agenda, for the forum's members.
func (s *Site) agendaPage(c *fiber.Ctx, actor access.Actor) error { return s.showAgenda(c, actor) }

// ownAgendaPage is the same for a presenter, who sees the items they present.
func (s *Site) ownAgendaPage(c *fiber.Ctx, actor access.Actor) error { return s.showAgenda(c, actor) }

func (s *Site) showAgenda(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	var page agendas.PublishedPage
	var attached map[uuid.UUID][]papers.Paper
	var arising templ.Component = templ.NopComponent
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page, err = agendas.ShowPublished(tx, id, max(whole(c.Query("version", "0")), 0), room.WithheldItems); err != nil {
			return err
		}
		attached, err = papers.Of(tx, id)
		if err == nil && !page.OnlyOwn {
			arising, err = arisingAt(tx, page.Meeting)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := s.agendas().RecordReading(c.UserContext(), actor, id, page.Version); err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Agenda for " + page.Meeting.On().Long(), Section: page.Forum.Name}
	if !page.OnlyOwn {
		info.Before = govuk.BackLink{Href: meetingViews.Href(id), Text: "Back to the meeting"}
	}
	return s.render(c, actor, http.StatusOK, info, templ.Join(views.PublishedPage(page, attached), arising))
}
