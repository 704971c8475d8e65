package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/documents"
	"quorate/frontend/govuk"
	views "quorate/frontend/views/escalations"
	"quorate/frontend/views/layout"
	"quorate/panels/escalations"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
	"quorate/server/base/money"
)

func (s *Site) escalations() *escalations.Store {
	store := &escalations.Store{DB: s.DB}
	if s.Printer != nil && s.Printer.Prints() {
		store.Draw = s.Printer.Picture
	}
	return store
}

// blockersPage lists what is stuck at the reader's forums.
func (s *Site) blockersPage(c *fiber.Ctx, actor access.Actor) error {
	list := views.List{Filter: views.ReadFilter(func(name string) string { return c.Query(name) }), Table: c.Query("view") == "table", Page: pageNumber(c, "page")}
	list.Filter.Offset = (list.Page - 1) * views.PageSize
	var err error
	if list.BlockerList, err = s.escalations().ListBlockers(c.UserContext(), actor, list.Filter); err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Blockers", Wide: true}, views.ListPage(list))
}

// mostBlockers bounds a workbook: beyond it people narrow the list first.
const mostBlockers = 20_000

// blockersFile is the list as it is filtered, every page of it.
func (s *Site) blockersFile(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	filter := views.ReadFilter(r.URL.Query().Get)
	filter.Limit = mostBlockers
	list, err := s.escalations().ListBlockers(r.Context(), actor, filter)
	switch {
	case err != nil:
		return err
	case list.Total > mostBlockers:
		return fault.New(fault.TooLarge, "These are %d blockers. Choose a forum or a kind first: one file holds up to %d.", list.Total, mostBlockers)
	}
	file, err := documents.BlockersWorkbook(list.Blockers)
	if err != nil {
		return err
	}
	sendWorkbook(w, "blockers-"+clock.DateOf(s.Clock()).String()+".xlsx", file)
	return nil
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
		Cases: typed("cases"), Decisions: ticked(c, "decisions"), Same: typed("same"),
	}
	var read reading
	raise := escalations.Raise{
		Kind: escalations.Kind(form.Kind), Theme: form.Theme, Needed: form.Needed, Details: form.Details,
		NeededBy: read.date("needed_by", form.NeededBy), LinkedForumID: read.id("linked_forum", form.Linked, "Select the other forum from the list"),
		Cases: form.Cases,
	}
	if form.YoungPeople != "" {
		raise.YoungPeople = whole(form.YoungPeople)
		read.form.Require(raise.YoungPeople > 0, "young_people", "Enter how many young people it affects, like 12")
	}
	for _, ticked := range form.Decisions {
		if id := read.id("decisions", ticked, "Select decisions from the list"); id != nil {
			raise.Decisions = append(raise.Decisions, *id)
		}
	}
	if owner := read.id("owner", form.Owner, "Select who owns it"); owner != nil {
		raise.OwnerID = *owner
	}
	raise.WeeklyPence = read.weekly(form.Weekly)
	if err := s.aboutWhat(c, actor, &raise); err != nil {
		return err
	}
	if read.form.Err() == nil && form.Same != "new" {
		var err error
		if form.Likely, err = s.escalations().LikelySame(c.UserContext(), actor, raise.Kind, raise.Theme); err != nil {
			return err
		}
	}
	if len(form.Likely) > 0 {
		return s.raiseOrAdd(c, actor, form, raise)
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

// raiseOrAdd asks whether what is stuck has the cause of a blocker that is open already, and adds it there if so.
func (s *Site) raiseOrAdd(c *fiber.Ctx, actor access.Actor, form views.Raise, raise escalations.Raise) error {
	into, err := uuid.Parse(form.Same)
	if err != nil {
		return s.showRaise(c, actor, form, fault.As(errorOn("same", "Select whether it is the same cause as a blocker that is open already")))
	}
	blocker, err := s.escalations().AddToBlocker(c.UserContext(), actor, into, raise)
	if problem := mendable(err); problem != nil {
		return s.showRaise(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/blockers/"+blocker.ID.String(), "Added to blocker "+blocker.Reference()+". Its owner is being told.")
}

// errorOn is one problem with one field.
func errorOn(field, sentence string) error {
	var form fault.Form
	form.Add(field, "%s", sentence)
	return form.Err()
}

func (s *Site) joinBlockersPage(c *fiber.Ctx, actor access.Actor) error {
	page, err := s.joinOffered(c, actor, c.Query("with"))
	if err != nil {
		return err
	}
	return s.showJoin(c, actor, views.FillJoin(page), nil)
}

// joinOffered is the blocker asked for beside the one it may be joined with, "B14"; "" when none is chosen yet.
func (s *Site) joinOffered(c *fiber.Ctx, actor access.Actor, with string) (escalations.JoinPage, error) {
	id, err := idOf(c, "blocker")
	if err != nil {
		return escalations.JoinPage{}, err
	}
	var number int64
	if with != "" {
		if number, err = strconv.ParseInt(strings.TrimPrefix(with, "B"), 10, 64); err != nil || number < 1 {
			return escalations.JoinPage{}, pageNotFound()
		}
	}
	return s.escalations().OfferJoin(c.UserContext(), actor, id, number)
}

func (s *Site) showJoin(c *fiber.Ctx, actor access.Actor, form views.Join, problem *fault.Fault) error {
	info := layout.PageInfo{Title: "Join blocker " + form.Reference() + " with another", Section: form.ForumName, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.JoinPage(form, info.Errors))
}

func (s *Site) joinBlockers(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	page, err := s.joinOffered(c, actor, typed("with"))
	if err != nil {
		return err
	}
	form := views.Join{JoinPage: page, YoungPeople: typed("young_people"), Weekly: typed("weekly"), Reason: typed("reason")}
	if page.With == nil {
		return s.showJoin(c, actor, form, fault.As(errorOn("with", "Select the blocker that has the same cause")))
	}
	var read reading
	join := escalations.Join{
		OneID: page.ID, OtherID: page.With.ID, OneVersion: whole(typed("version")), OtherVersion: whole(typed("with_version")),
		YoungPeople: whole(form.YoungPeople), WeeklyPence: read.weekly(form.Weekly), Reason: form.Reason,
	}
	stays, err := saved(&read, func() (escalations.Blocker, error) {
		return s.escalations().JoinBlockers(c.UserContext(), actor, join)
	})
	if problem := mendable(err); problem != nil {
		return s.showJoin(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/blockers/"+stays.ID.String(), "Joined. Blocker "+stays.Reference()+" goes on for both.")
}

// weekly reads money a week; nothing typed is Not known.
func (r *reading) weekly(typed string) *int64 {
	if typed == "" {
		return nil
	}
	pence, err := money.Parse(typed)
	r.form.Require(err == nil, "weekly", "Enter the weekly money, like 1204.50")
	return &pence
}

func (s *Site) splitBlockerPage(c *fiber.Ctx, actor access.Actor) error {
	page, err := s.splitOffered(c, actor)
	if err != nil {
		return err
	}
	return s.showSplit(c, actor, views.FillSplit(page), nil)
}

func (s *Site) splitOffered(c *fiber.Ctx, actor access.Actor) (escalations.SplitPage, error) {
	id, err := idOf(c, "blocker")
	if err != nil {
		return escalations.SplitPage{}, err
	}
	return s.escalations().OfferSplit(c.UserContext(), actor, id)
}

func (s *Site) showSplit(c *fiber.Ctx, actor access.Actor, form views.Split, problem *fault.Fault) error {
	info := layout.PageInfo{Title: "Split blocker " + form.Reference(), Section: form.ForumName, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.SplitPage(form, info.Errors))
}

func (s *Site) splitBlocker(c *fiber.Ctx, actor access.Actor) error {
	page, err := s.splitOffered(c, actor)
	if err != nil {
		return err
	}
	typed := typedIn(c)
	form := views.Split{
		SplitPage: page, Chosen: ticked(c, "cases"), Theme: typed("theme"), Needed: typed("needed"), Owner: typed("owner"), Weekly: typed("weekly"), Reason: typed("reason"),
	}
	var read reading
	split := escalations.Split{Theme: form.Theme, Needed: form.Needed, WeeklyPence: read.weekly(form.Weekly), Reason: form.Reason, Version: whole(typed("version"))}
	if owner := read.id("owner", form.Owner, "Select who owns it"); owner != nil {
		split.OwnerID = *owner
	}
	for _, ticked := range form.Chosen {
		if id := read.id("cases", ticked, "Select cases from the list"); id != nil {
			split.Cases = append(split.Cases, *id)
		}
	}
	part, err := saved(&read, func() (escalations.Blocker, error) {
		return s.escalations().SplitBlocker(c.UserContext(), actor, page.ID, split)
	})
	if problem := mendable(err); problem != nil {
		return s.showSplit(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/blockers/"+part.ID.String(), "Blocker "+part.Reference()+" is split off. Its owner is being told.")
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
	return s.render(c, actor, formStatus(problem), info, views.LadderPage(form, clock.DateOf(s.Clock()), info.Errors))
}

// setLadder saves a forum's levels, or says what that would do.
func (s *Site) setLadder(c *fiber.Ctx, actor access.Actor) error {
	slug, typed := c.Params("forum"), typedIn(c)
	form := views.ReadLadder(typed)
	wanted, rows, wrong := form.Wanted(whole)
	var read reading
	for _, field := range wrong {
		read.form.Add(field, "Enter its place, like 2")
	}
	preview, err := saved(&read, func() (*escalations.LadderPreview, error) {
		if typed("preview") != "" {
			seen, err := s.escalations().PreviewLadder(c.UserContext(), actor, slug, wanted)
			return &seen, err
		}
		return nil, s.escalations().SetLadder(c.UserContext(), actor, slug, wanted)
	})
	problem := mendable(err)
	if err != nil && problem == nil {
		return err
	}
	if problem == nil && preview == nil {
		return s.redirect(c, "/forums/"+slug+"/ladder", "The levels are saved.")
	}
	page, err := s.escalations().ShowLadder(c.UserContext(), actor, slug)
	if err != nil {
		return err
	}
	form = form.Again(page)
	form.Preview = preview
	if problem != nil {
		form.Preview = nil
		problem = onRows(problem, rows)
	}
	return s.showLadder(c, actor, form, problem)
}

// onRows moves problems from the place a level has on the ladder to the row in which it was typed.
func onRows(problem *fault.Fault, rows []int) *fault.Fault {
	moved := *problem
	moved.Fields = slices.Clone(problem.Fields)
	for i, field := range moved.Fields {
		var place int
		var name string
		if n, _ := fmt.Sscanf(field.Name, "level_%d_%s", &place, &name); n == 2 && place >= 1 && place <= len(rows) && name != "order" {
			moved.Fields[i].Name = fmt.Sprintf("level_%d_%s", rows[place-1]+1, name)
		}
	}
	return &moved
}

func (s *Site) acknowledgeBlocker(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "blocker")
	if err != nil {
		return err
	}
	if err := s.escalations().Acknowledge(c.UserContext(), actor, id); err != nil {
		return err
	}
	return s.redirect(c, "/blockers/"+id.String(), "Acknowledged. Its story says so.")
}

func (s *Site) acknowledgeEscalation(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "escalation")
	if err != nil {
		return err
	}
	if err := s.escalations().AcknowledgeEscalation(c.UserContext(), actor, id); err != nil {
		return err
	}
	return s.redirect(c, "/board/escalations/"+id.String(), "Acknowledged. The forum sees that the board has it.")
}

func (s *Site) snoozePage(c *fiber.Ctx, actor access.Actor) error {
	return s.showSnooze(c, actor, views.Snooze{}, nil)
}

func (s *Site) showSnooze(c *fiber.Ctx, actor access.Actor, form views.Snooze, problem *fault.Fault) (err error) {
	if form.BlockerPage, err = s.blockerToChange(c, actor); err != nil {
		return err
	}
	if form.Level == escalations.BoardLevel {
		return fault.New(fault.Conflict, "It waits for the board’s answer, so it cannot be put off.")
	}
	info := layout.PageInfo{Title: "Put blocker " + form.Reference() + " off", Section: form.ForumName, Errors: fieldsOf(problem)}
	form.Warns = form.AllTheSame || info.Errors.For("all_the_same") != ""
	return s.render(c, actor, formStatus(problem), info, views.SnoozePage(form, info.Errors))
}

func (s *Site) snoozeBlocker(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "blocker")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	form := views.Snooze{Until: govuk.ReadDate(typed, "until"), Reason: typed("reason"), AllTheSame: typed("all_the_same") == "yes"}
	var read reading
	snooze := escalations.Snooze{Until: read.date("until", form.Until), Reason: form.Reason, AllTheSame: form.AllTheSame, Version: whole(typed("version"))}
	_, err = saved(&read, func() (struct{}, error) {
		return struct{}{}, s.escalations().SnoozeBlocker(c.UserContext(), actor, id, snooze)
	})
	if problem := mendable(err); problem != nil {
		return s.showSnooze(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/blockers/"+id.String(), "Put off until "+snooze.Until.Long()+".")
}

func (s *Site) wakeBlocker(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "blocker")
	if err != nil {
		return err
	}
	if err := s.escalations().WakeBlocker(c.UserContext(), actor, id, whole(c.FormValue("version"))); err != nil {
		return err
	}
	return s.redirect(c, "/blockers/"+id.String(), "It is no longer put off.")
}
