package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	views "quorate/frontend/views/escalations"
	"quorate/frontend/views/layout"
	"quorate/panels/escalations"
	"quorate/server/base/access"
	"quorate/server/base/fault"
	"quorate/server/base/money"
)

func (s *Site) escalations() *escalations.Store { return &escalations.Store{DB: s.DB} }

// blockersPage lists what is stuck at the reader's forums.
func (s *Site) blockersPage(c *fiber.Ctx, actor access.Actor) error {
	list := views.List{Forum: c.Query("forum"), Resolved: c.Query("state") == "resolved", Table: c.Query("view") == "table"}
	var err error
	if list.BlockerList, err = s.escalations().ListBlockers(c.UserContext(), actor, list.Forum, list.Resolved); err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Blockers", Wide: true}, views.ListPage(list))
}

func (s *Site) blockerPage(c *fiber.Ctx, actor access.Actor) error {
	page, err := s.blockerAsked(c, actor)
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Blocker " + page.Reference(), Section: page.ForumName}, views.BlockerPage(page))
}

func (s *Site) blockerAsked(c *fiber.Ctx, actor access.Actor) (escalations.BlockerPage, error) {
	id, err := uuid.Parse(c.Params("blocker"))
	if err != nil {
		return escalations.BlockerPage{}, pageNotFound()
	}
	return s.escalations().ShowBlocker(c.UserContext(), actor, id)
}

// raisePage offers to raise a blocker from a meeting's item, about a case at a forum, or about a theme.
func (s *Site) raisePage(c *fiber.Ctx, actor access.Actor) error {
	return s.showRaise(c, actor, views.Raise{}, nil)
}

func (s *Site) showRaise(c *fiber.Ctx, actor access.Actor, form views.Raise, problem *fault.Fault) error {
	var item *uuid.UUID
	var caseNo int64
	forum := c.Query("forum")
	form.Back = "/blockers"
	if c.Params("item") != "" {
		id, err := uuid.Parse(c.Params("item"))
		if err != nil {
			return pageNotFound()
		}
		item = &id
		form.Back = "/meetings/" + url.PathEscape(c.Params("meeting"))
	} else if reference := c.Query("case"); reference != "" {
		number, err := strconv.ParseInt(strings.TrimPrefix(reference, "Q"), 10, 64)
		if err != nil {
			return pageNotFound()
		}
		caseNo = number
		form.Back = "/cases/" + url.PathEscape(reference)
	}
	offer, err := s.escalations().OfferRaise(c.UserContext(), actor, forum, item, caseNo)
	if err != nil {
		return err
	}
	if item != nil && offer.MeetingID.String() != c.Params("meeting") {
		return pageNotFound()
	}
	form.Offer, form.Action = offer, c.OriginalURL()
	info := layout.PageInfo{Title: "Raise a blocker", Section: offer.Forum.Name, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.RaisePage(form, info.Errors))
}

func (s *Site) raiseBlocker(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	form := views.Raise{
		Kind: typed("kind"), Theme: typed("theme"), Needed: typed("needed"), Details: typed("details"), Owner: typed("owner"),
		NeededBy: govuk.ReadDate(typed, "needed_by"), Weekly: typed("weekly"), YoungPeople: typed("young_people"), Linked: typed("linked_forum"),
	}
	var read reading
	raise := escalations.Raise{
		Kind: escalations.Kind(form.Kind), Theme: form.Theme, Needed: form.Needed, Details: form.Details,
		NeededBy: read.date("needed_by", form.NeededBy), LinkedForumID: read.id("linked_forum", form.Linked, "Select the other forum from the list"),
		YoungPeople: whole(form.YoungPeople),
	}
	if owner := read.id("owner", form.Owner, "Select who owns it"); owner != nil {
		raise.OwnerID = *owner
	}
	if form.Weekly != "" {
		pence, err := money.Parse(form.Weekly)
		read.form.Require(err == nil, "weekly", "Enter the weekly money, like 1204.50")
		raise.WeeklyPence = &pence
	}
	if err := s.aboutWhat(c, actor, &raise); err != nil {
		return err
	}
	blocker, err := saved(&read, func() (escalations.Blocker, error) {
		return s.escalations().RaiseBlocker(c.UserContext(), actor, raise)
	})
	if problem := mendable(err); problem != nil {
		return s.showRaise(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/blockers/"+blocker.ID.String(), "Blocker "+blocker.Reference()+" raised. Its owner is being told.")
}

// aboutWhat fills in what the address says the blocker is about.
func (s *Site) aboutWhat(c *fiber.Ctx, actor access.Actor, raise *escalations.Raise) error {
	if c.Params("item") != "" {
		item, err := uuid.Parse(c.Params("item"))
		if err != nil {
			return pageNotFound()
		}
		raise.ItemID = &item
		return nil
	}
	var caseNo int64
	if reference := c.Query("case"); reference != "" {
		number, err := strconv.ParseInt(strings.TrimPrefix(reference, "Q"), 10, 64)
		if err != nil {
			return pageNotFound()
		}
		caseNo = number
	}
	offer, err := s.escalations().OfferRaise(c.UserContext(), actor, c.Query("forum"), nil, caseNo)
	raise.ForumID, raise.CaseID = offer.Forum.ID, offer.CaseID
	return err
}

func (s *Site) moveBlockerPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showMoveBlocker(c, actor, views.Move{}, nil)
}

func (s *Site) showMoveBlocker(c *fiber.Ctx, actor access.Actor, form views.Move, problem *fault.Fault) (err error) {
	if form.BlockerPage, err = s.blockerToChange(c, actor); err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Move blocker " + form.Reference(), Section: form.ForumName, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.MovePage(form, info.Errors))
}

// blockerToChange is the blocker asked for, when the actor may still change it.
func (s *Site) blockerToChange(c *fiber.Ctx, actor access.Actor) (escalations.BlockerPage, error) {
	page, err := s.blockerAsked(c, actor)
	if err != nil {
		return page, err
	}
	if page.State != escalations.Open {
		return page, fault.New(fault.Conflict, "This blocker is resolved already.")
	}
	if !page.MayChange {
		return page, fault.New(fault.Denied, "Only the chair or clerk of the forum can change this blocker.")
	}
	return page, nil
}

func (s *Site) moveBlocker(c *fiber.Ctx, actor access.Actor) error {
	id, err := uuid.Parse(c.Params("blocker"))
	if err != nil {
		return pageNotFound()
	}
	typed := typedIn(c)
	form := views.Move{To: typed("level"), Reason: typed("reason")}
	err = s.escalations().MoveBlocker(c.UserContext(), actor, id, escalations.LevelKey(form.To), form.Reason, whole(typed("version")))
	if problem := mendable(err); problem != nil {
		return s.showMoveBlocker(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/blockers/"+id.String(), "The blocker has moved. Those who must know are being told.")
}

func (s *Site) resolveBlockerPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showResolveBlocker(c, actor, views.Resolve{}, nil)
}

func (s *Site) showResolveBlocker(c *fiber.Ctx, actor access.Actor, form views.Resolve, problem *fault.Fault) (err error) {
	if form.BlockerPage, err = s.blockerToChange(c, actor); err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Resolve blocker " + form.Reference(), Section: form.ForumName, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.ResolvePage(form, info.Errors))
}

func (s *Site) resolveBlocker(c *fiber.Ctx, actor access.Actor) error {
	id, err := uuid.Parse(c.Params("blocker"))
	if err != nil {
		return pageNotFound()
	}
	typed := typedIn(c)
	form := views.Resolve{Resolution: typed("resolution")}
	err = s.escalations().ResolveBlocker(c.UserContext(), actor, id, form.Resolution, whole(typed("version")))
	if problem := mendable(err); problem != nil {
		return s.showResolveBlocker(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/blockers/"+id.String(), "The blocker is resolved.")
}

// ladderPage shows how a forum's blockers climb.
func (s *Site) ladderPage(c *fiber.Ctx, actor access.Actor) error {
	page, err := s.escalations().ShowLadder(c.UserContext(), actor, c.Params("forum"))
	if err != nil {
		return err
	}
	return s.showLadder(c, actor, views.FillLadder(page), nil)
}

func (s *Site) showLadder(c *fiber.Ctx, actor access.Actor, form views.LadderForm, problem *fault.Fault) error {
	info := layout.PageInfo{Title: "How its blockers climb", Section: form.Page.Forum.Name, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.LadderPage(form, info.Errors))
}

func (s *Site) setLadder(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	form := views.LadderForm{
		ForumDays: typed("forum_days"), Dispute: typed("dispute"), DisputeDays: typed("dispute_days"),
		Heads: typed("heads"), HeadsName: typed("heads_name"), HeadsDays: typed("heads_days"), BoardDays: typed("board_days"),
	}
	var read reading
	wanted := escalations.LadderSetting{
		ForumDays: whole(form.ForumDays), Dispute: read.id("dispute", form.Dispute, "Select another forum that is not a board"), DisputeDays: whole(form.DisputeDays),
		Heads: read.id("heads", form.Heads, "Select a person from the list"), HeadsName: form.HeadsName, HeadsDays: whole(form.HeadsDays), BoardDays: whole(form.BoardDays),
	}
	slug := c.Params("forum")
	_, err := saved(&read, func() (struct{}, error) {
		return struct{}{}, s.escalations().SetLadder(c.UserContext(), actor, slug, wanted)
	})
	if problem := mendable(err); problem != nil {
		if form.Page, err = s.escalations().ShowLadder(c.UserContext(), actor, slug); err != nil {
			return err
		}
		return s.showLadder(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/forums/"+slug+"/ladder", "The levels are saved.")
}
