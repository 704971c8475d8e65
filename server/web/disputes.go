package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	views "quorate/frontend/views/escalations"
	"quorate/frontend/views/layout"
	"quorate/panels/escalations"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

// disputePage offers to open a dispute about a blocker.
func (s *Site) disputePage(c *fiber.Ctx, actor access.Actor) error {
	offer, err := s.disputeOffered(c, actor)
	if err != nil {
		return err
	}
	return s.showOpenDispute(c, actor, views.FillOpen(offer), nil)
}

func (s *Site) disputeOffered(c *fiber.Ctx, actor access.Actor) (escalations.DisputeForm, error) {
	id, err := idOf(c, "blocker")
	if err != nil {
		return escalations.DisputeForm{}, err
	}
	return s.escalations().OfferDispute(c.UserContext(), actor, id)
}

func (s *Site) showOpenDispute(c *fiber.Ctx, actor access.Actor, form views.OpenForm, problem *fault.Fault) error {
	info := layout.PageInfo{Title: "Agencies do not agree about blocker " + form.Reference(), Section: form.ForumName, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.OpenDisputePage(form, info.Errors))
}

func (s *Site) openDispute(c *fiber.Ctx, actor access.Actor) error {
	offer, err := s.disputeOffered(c, actor)
	if err != nil {
		return err
	}
	typed := typedIn(c)
	form := views.OpenForm{
		DisputeForm: offer, Kind: typed("kind"), About: typed("about"), Level: typed("level"), Chosen: ticked(c, "agencies"), PositionsBy: govuk.ReadDate(typed, "positions_by"),
	}
	var read reading
	wanted := escalations.NewDispute{
		Kind: escalations.DisputeKind(form.Kind), About: form.About, PositionsBy: read.date("positions_by", form.PositionsBy),
		DecidesAt: escalations.LevelKey(form.Level), Version: whole(typed("version")),
	}
	for _, chosen := range form.Chosen {
		if id := read.id("agencies", chosen, "Select agencies from the list"); id != nil {
			wanted.Agencies = append(wanted.Agencies, *id)
		}
	}
	_, err = saved(&read, func() (escalations.Dispute, error) {
		return s.escalations().OpenDispute(c.UserContext(), actor, offer.ID, wanted)
	})
	if problem := mendable(err); problem != nil {
		return s.showOpenDispute(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/blockers/"+offer.ID.String(), "The agencies are being asked for their positions.")
}

// disputeAsked is the dispute whose form is asked for.
func (s *Site) disputeAsked(c *fiber.Ctx, actor access.Actor) (escalations.DisputePage, error) {
	id, err := idOf(c, "dispute")
	if err != nil {
		return escalations.DisputePage{}, err
	}
	return s.escalations().ShowDispute(c.UserContext(), actor, id)
}

func backToDispute(page escalations.DisputePage) string {
	return "/blockers/" + page.Blocker.ID.String()
}

func disputeInfo(page escalations.DisputePage, title string, problem *fault.Fault) layout.PageInfo {
	return layout.PageInfo{Title: title + ", blocker " + page.Blocker.Reference(), Section: page.Blocker.ForumName, Errors: fieldsOf(problem)}
}

// positionPage offers to state what an agency says.
func (s *Site) positionPage(c *fiber.Ctx, actor access.Actor) error {
	page, err := s.disputeAsked(c, actor)
	if err != nil {
		return err
	}
	return s.showPosition(c, actor, views.FillPosition(page, c.Query("agency")), nil)
}

func (s *Site) showPosition(c *fiber.Ctx, actor access.Actor, form views.PositionForm, problem *fault.Fault) error {
	if !form.MayState() {
		return fault.New(fault.Denied, "Only somebody who holds a seat of one of these agencies states its position, or the clerk on its behalf.")
	}
	info := disputeInfo(form.DisputePage, form.Title(), problem)
	return s.render(c, actor, formStatus(problem), info, views.PositionPage(form, info.Errors))
}

func (s *Site) statePosition(c *fiber.Ctx, actor access.Actor) error {
	page, err := s.disputeAsked(c, actor)
	if err != nil {
		return err
	}
	typed := typedIn(c)
	form := views.PositionForm{DisputePage: page, Agency: typed("agency"), Words: typed("words"), Weekly: typed("weekly"), SaidBy: typed("said_by")}
	var read reading
	said := escalations.Statement{Words: form.Words, WeeklyPence: read.weekly(form.Weekly), SaidBy: form.SaidBy}
	read.form.Require(form.Agency != "", "agency", "Select the agency")
	if agency := read.id("agency", form.Agency, "Select one of the agencies in this dispute"); agency != nil {
		said.AgencyID = *agency
	}
	_, err = saved(&read, func() (struct{}, error) {
		return struct{}{}, s.escalations().StatePosition(c.UserContext(), actor, page.Dispute.ID, said)
	})
	if problem := mendable(err); problem != nil {
		return s.showPosition(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, backToDispute(page), "The position is recorded. The other agencies can read it.")
}

// interimPage offers to record who pays while a dispute runs.
func (s *Site) interimPage(c *fiber.Ctx, actor access.Actor) error {
	page, err := s.disputeAsked(c, actor)
	if err != nil {
		return err
	}
	return s.showInterim(c, actor, views.FillInterim(page), nil)
}

func (s *Site) showInterim(c *fiber.Ctx, actor access.Actor, form views.InterimForm, problem *fault.Fault) error {
	if !form.Dispute.MayInterim {
		return fault.New(fault.Denied, "Only the chair or clerk of the forum can change this blocker.")
	}
	info := disputeInfo(form.DisputePage, "Who pays meanwhile", problem)
	return s.render(c, actor, formStatus(problem), info, views.InterimPage(form, info.Errors))
}

func (s *Site) agreeInterim(c *fiber.Ctx, actor access.Actor) error {
	page, err := s.disputeAsked(c, actor)
	if err != nil {
		return err
	}
	typed := typedIn(c)
	form := views.InterimForm{DisputePage: page, Agency: typed("agency"), Weekly: typed("weekly"), AgreedBy: typed("agreed_by"), From: govuk.ReadDate(typed, "from")}
	var read reading
	meanwhile := escalations.Meanwhile{FromOn: read.date("from", form.From), WeeklyPence: read.weekly(form.Weekly)}
	read.form.Require(form.Agency != "", "agency", "Select which agency pays")
	if agency := read.id("agency", form.Agency, "Select one of the agencies in this dispute"); agency != nil {
		meanwhile.AgencyID = *agency
	}
	if by := read.id("agreed_by", form.AgreedBy, "Select who agreed to it from the list"); by != nil {
		meanwhile.AgreedBy = *by
	}
	_, err = saved(&read, func() (struct{}, error) {
		return struct{}{}, s.escalations().AgreeInterim(c.UserContext(), actor, page.Dispute.ID, meanwhile)
	})
	if problem := mendable(err); problem != nil {
		return s.showInterim(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, backToDispute(page), "It is recorded who pays meanwhile.")
}

// endDisputePage offers to record how a dispute ended.
func (s *Site) endDisputePage(c *fiber.Ctx, actor access.Actor) error {
	page, err := s.disputeAsked(c, actor)
	if err != nil {
		return err
	}
	return s.showEndDispute(c, actor, views.EndForm{DisputePage: page, On: govuk.TypeDate(s.today())}, nil)
}

func (s *Site) showEndDispute(c *fiber.Ctx, actor access.Actor, form views.EndForm, problem *fault.Fault) error {
	if !form.Dispute.MaySettle {
		return fault.New(fault.Denied, "Only whoever holds the blocker, or the chair or clerk of the forum that raised it, records how its dispute ended.")
	}
	info := disputeInfo(form.DisputePage, "How the dispute ended", problem)
	return s.render(c, actor, formStatus(problem), info, views.EndPage(form, info.Errors))
}

func (s *Site) endDispute(c *fiber.Ctx, actor access.Actor) error {
	page, err := s.disputeAsked(c, actor)
	if err != nil {
		return err
	}
	typed := typedIn(c)
	form := views.EndForm{DisputePage: page, Ending: typed("ending"), Words: typed("words"), Payer: typed("payer"), Frees: typed("frees"), On: govuk.ReadDate(typed, "settled_on")}
	var read reading
	outcome := escalations.Outcome{
		Ending: escalations.Ending(form.Ending), Words: form.Words, SettledOn: read.date("settled_on", form.On),
		PayerID: read.id("payer", form.Payer, "Select one of the agencies in this dispute"), Frees: form.Frees == "yes",
	}
	read.form.Require(form.Frees == "yes" || form.Frees == "no", "frees", "Select whether this frees the blocker")
	_, err = saved(&read, func() (struct{}, error) {
		return struct{}{}, s.escalations().SettleDispute(c.UserContext(), actor, page.Dispute.ID, outcome)
	})
	if problem := mendable(err); problem != nil {
		return s.showEndDispute(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, backToDispute(page), "The result is recorded. Everybody concerned is being told.")
}

// disputePeriodsPage shows how long a dispute may wait.
func (s *Site) disputePeriodsPage(c *fiber.Ctx, actor access.Actor) error {
	periods, err := s.escalations().DisputePeriods(c.UserContext(), actor)
	if err != nil {
		return err
	}
	return s.showPeriods(c, actor, views.FillPeriods(periods, actor.May(access.ChangeForums, uuid.Nil)), nil)
}

func (s *Site) showPeriods(c *fiber.Ctx, actor access.Actor, form views.PeriodsForm, problem *fault.Fault) error {
	info := layout.PageInfo{Title: "How long a dispute may wait", Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.PeriodsPage(form, info.Errors))
}

func (s *Site) setDisputePeriods(c *fiber.Ctx, actor access.Actor) error {
	periods, err := s.escalations().DisputePeriods(c.UserContext(), actor)
	if err != nil {
		return err
	}
	typed := typedIn(c)
	form := views.FillPeriods(periods, true)
	wanted := make([]escalations.DisputePeriod, len(form.Rows))
	for i := range form.Rows {
		row := &form.Rows[i]
		field := func(name string) string { return typed(string(row.Kind) + "_" + name) }
		row.TypedDays, row.Source = field("days"), field("source")
		wanted[i] = escalations.DisputePeriod{Kind: row.Kind, Days: whole(row.TypedDays), Source: row.Source, Version: whole(field("version"))}
	}
	err = s.escalations().SetDisputePeriods(c.UserContext(), actor, wanted)
	if problem := mendable(err); problem != nil {
		return s.showPeriods(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/disputes", "The days are saved.")
}
