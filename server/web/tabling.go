package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/frontend/govuk"
	views "quorate/frontend/views/agendas"
	"quorate/frontend/views/layout"
	requestViews "quorate/frontend/views/requests"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func (s *Site) tablingPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showTabling(c, actor, nil, nil)
}

// showTabling shows the form; typed nil means as it was recorded, or as the last one suggests.
func (s *Site) showTabling(c *fiber.Ctx, actor access.Actor, typed *views.TablingForm, problem *fault.Fault) error {
	id, err := idOf(c, "item")
	if err != nil {
		return err
	}
	var page agendas.TablingPage
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page, err = agendas.ShowTabling(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	form := views.TablingForm{
		TablingPage: page, Version: page.Tabling.Version, ToldOn: govuk.TypeDate(page.Tabling.ToldOn),
		Representative: map[agendas.Told]string{page.Tabling.Told: page.Tabling.Representative},
	}
	if typed != nil {
		recorder, at := form.Tabling.Recorder, form.Tabling.RecordedAt
		form.Tabling, form.ToldOn, form.Representative = typed.Tabling, typed.ToldOn, typed.Representative
		form.Tabling.Version, form.Tabling.Recorder, form.Tabling.RecordedAt = form.Version, recorder, at
		problem = ofField(problem, "representative", views.RepresentativeField(typed.Tabling.Told))
	}
	form.Problems = fieldsOf(problem)
	form.BackHref = afterTabling(page)
	info := layout.PageInfo{Title: "Who told the young person", Section: page.ForumName, Errors: form.Problems, Before: govuk.BackLink{Href: form.BackHref, Text: "Back"}}
	return s.render(c, actor, formStatus(problem), info, views.TablingPage(form))
}

func (s *Site) recordTabling(c *fiber.Ctx, actor access.Actor) error {
	item, err := idOf(c, "item")
	if err != nil {
		return err
	}
	typed := typedIn(c)
	form := views.TablingForm{ToldOn: govuk.ReadDate(typed, "told_on"), Representative: map[agendas.Told]string{}}
	for _, told := range agendas.ToldWhom {
		form.Representative[told] = typed(views.RepresentativeField(told))
	}
	form.Tabling = agendas.Tabling{
		Told: agendas.Told(typed("told")), ToldBy: typed("told_by"), Response: agendas.Response(typed("response")), Said: typed("said"),
		WhyNotTold: typed("why_not_told"), Basis: agendas.Basis(typed("basis")), BasisDetail: typed("basis_detail"),
	}
	form.Tabling.Representative = form.Representative[form.Tabling.Told]
	var read reading
	if form.Tabling.Told != agendas.ToldNobody {
		form.Tabling.ToldOn = read.date("told_on", form.ToldOn)
	} else {
		form.Tabling.ToldOn = clock.Date{}
	}
	_, err = saved(&read, func() (any, error) {
		return nil, s.agendas().RecordTabling(c.UserContext(), actor, item, whole(typed("version")), form.Tabling)
	})
	if problem := mendable(err); problem != nil {
		return s.showTabling(c, actor, &form, problem)
	}
	if err != nil {
		return err
	}
	var page agendas.TablingPage
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page, err = agendas.ShowTabling(tx, item)
		return err
	})
	if err != nil {
		return err
	}
	return s.redirect(c, afterTabling(page), "What was recorded about telling them is saved.")
}

// afterTabling is where the reader came from: the agenda they build, or the item they present.
func afterTabling(page agendas.TablingPage) string {
	switch {
	case page.MayBuild:
		return views.EditHref(page.Item.MeetingID) + "#" + views.Field("item", page.Item.ID)
	case page.Item.Number != "":
		return views.Href(page.Item.MeetingID, 0) + "/mine"
	default:
		return "/requests"
	}
}

// nextAfterTabling asks who told the young person, once their request is on an agenda and nobody has
// said so yet; else it leads back to the request.
func (s *Site) nextAfterTabling(c *fiber.Ctx, actor access.Actor, request, meeting uuid.UUID) string {
	next := requestViews.Href(request)
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		item, untold, err := agendas.UntoldRequest(tx, meeting, request)
		if untold {
			next = views.TablingHref(item)
		}
		return err
	})
	if err != nil { // the request is on the agenda all the same
		return requestViews.Href(request)
	}
	return next
}
