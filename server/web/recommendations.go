package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/documents"
	"quorate/frontend/govuk"
	views "quorate/frontend/views/board"
	"quorate/frontend/views/layout"
	"quorate/panels/escalations"
	"quorate/server/base/access"
	"quorate/server/base/fault"
)

// readRecommendationFilter reads the filters of a register of recommendations; what cannot be read filters nothing.
func readRecommendationFilter(query func(name string) string) (escalations.RecommendationFilter, views.RecommendationsFilter) {
	typed := views.RecommendationsFilter{State: query("state"), Source: query("source"), Lead: query("lead")}
	filter := escalations.RecommendationFilter{State: escalations.RecommendationState(typed.State), Source: escalations.Source(typed.Source)}
	if filter.State.Words() == "" {
		filter.State, typed.State = "", ""
	}
	if filter.Source.Words() == "" {
		filter.Source, typed.Source = "", ""
	}
	if lead, err := uuid.Parse(typed.Lead); err == nil {
		filter.LeadID = &lead
	} else {
		typed.Lead = ""
	}
	return filter, typed
}

// recommendationsPage is a board's register of recommendations, as it is filtered.
func (s *Site) recommendationsPage(c *fiber.Ctx, actor access.Actor) error {
	filter, typed := readRecommendationFilter(func(name string) string { return c.Query(name) })
	list, err := s.escalations().ListRecommendations(c.UserContext(), actor, c.Params("board"), filter)
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Recommendations", Section: list.Board.Name, Wide: true}, views.RegisterPage(list, typed))
}

// recommendationsFile is the register as it is filtered, as a workbook.
func (s *Site) recommendationsFile(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return pageNotFound()
	}
	filter, _ := readRecommendationFilter(values.Get)
	list, err := s.escalations().ListRecommendations(r.Context(), actor, r.PathValue("board"), filter)
	if err != nil {
		return err
	}
	file, err := documents.RecommendationsExcel(list)
	if err != nil {
		return err
	}
	sendWorkbook(w, "recommendations-"+list.Today.String()+".xlsx", file)
	return nil
}

// fromAnswer is the escalation whose answer is to be kept in the register; nil: entered by hand.
func fromAnswer(c *fiber.Ctx) (*uuid.UUID, error) {
	typed := c.Query("escalation")
	if typed == "" {
		return nil, nil
	}
	id, err := uuid.Parse(typed)
	if err != nil {
		return nil, pageNotFound()
	}
	return &id, nil
}

func (s *Site) newRecommendationPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showNewRecommendation(c, actor, nil, nil)
}

func (s *Site) showNewRecommendation(c *fiber.Ctx, actor access.Actor, form *views.NewRecommendation, problem *fault.Fault) error {
	from, err := fromAnswer(c)
	if err != nil {
		return err
	}
	offer, err := s.escalations().OfferRecommendation(c.UserContext(), actor, c.Params("board"), from)
	if err != nil {
		return err
	}
	if form == nil {
		filled := views.FillRecommendation(offer)
		form = &filled
	}
	info := layout.PageInfo{Title: "Add a recommendation", Section: offer.Board.Name, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.AddPage(offer, *form, c.OriginalURL(), info.Errors))
}

func (s *Site) addRecommendation(c *fiber.Ctx, actor access.Actor) error {
	from, err := fromAnswer(c)
	if err != nil {
		return err
	}
	typed := typedIn(c)
	form := views.NewRecommendation{
		Source: typed("source"), SourceName: typed("source_name"), Text: typed("text"), MadeTo: typed("made_to"), Lead: typed("lead"),
		MadeOn: govuk.ReadDate(typed, "made_on"), ResponseDue: govuk.ReadDate(typed, "response_due"),
	}
	var read reading
	given := escalations.NewRecommendation{
		EscalationID: from, Source: escalations.Source(form.Source), SourceName: form.SourceName, Text: form.Text, MadeTo: form.MadeTo,
		MadeOn: read.date("made_on", form.MadeOn), ResponseDue: read.date("response_due", form.ResponseDue),
	}
	if lead := read.id("lead", form.Lead, "Select who responds"); lead != nil {
		given.LeadID = *lead
	}
	made, err := saved(&read, func() (escalations.Recommendation, error) {
		return s.escalations().AddRecommendation(c.UserContext(), actor, c.Params("board"), given)
	})
	if problem := mendable(err); problem != nil {
		return s.showNewRecommendation(c, actor, &form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/board/recommendations/"+made.ID.String(), "Recommendation "+made.Reference()+" added. Whoever responds is being told.")
}

func (s *Site) recommendationPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showRecommendation(c, actor, views.RecommendationTyped{}, nil)
}

func (s *Site) showRecommendation(c *fiber.Ctx, actor access.Actor, typed views.RecommendationTyped, problem *fault.Fault) error {
	id, err := idOf(c, "recommendation")
	if err != nil {
		return err
	}
	page, err := s.escalations().ShowRecommendation(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Recommendation " + page.Reference(), Section: page.Board.Name, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.RecommendationPage(page, typed, info.Errors))
}

// changeRecommendation runs a use case with what was typed into one of the forms of a recommendation's page.
func (s *Site) changeRecommendation(c *fiber.Ctx, actor access.Actor, read *reading, typed views.RecommendationTyped, done string, change func(id uuid.UUID, version int) error) error {
	id, err := idOf(c, "recommendation")
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(c.FormValue("version"))
	if err != nil {
		return pageNotFound()
	}
	_, err = saved(read, func() (struct{}, error) { return struct{}{}, change(id, version) })
	if problem := mendable(err); problem != nil {
		return s.showRecommendation(c, actor, typed, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/board/recommendations/"+id.String(), done)
}

func (s *Site) respondToRecommendation(c *fiber.Ctx, actor access.Actor) error {
	field := typedIn(c)
	typed := views.RecommendationTyped{Form: "response", Response: field("response"), Reason: field("reason"), DueOn: govuk.ReadDate(field, "due_on")}
	var read reading
	due := read.date("due_on", typed.DueOn)
	return s.changeRecommendation(c, actor, &read, typed, "The response is recorded.", func(id uuid.UUID, version int) error {
		return s.escalations().RespondToRecommendation(c.UserContext(), actor, id, escalations.Response(typed.Response), typed.Reason, due, version)
	})
}

func (s *Site) noteRecommendation(c *fiber.Ctx, actor access.Actor) error {
	typed := views.RecommendationTyped{Form: "progress", Progress: typedIn(c)("progress")}
	return s.changeRecommendation(c, actor, &reading{}, typed, "Added.", func(id uuid.UUID, version int) error {
		return s.escalations().NoteRecommendation(c.UserContext(), actor, id, typed.Progress, version)
	})
}

func (s *Site) finishRecommendation(c *fiber.Ctx, actor access.Actor) error {
	field := typedIn(c)
	typed := views.RecommendationTyped{Form: "done", DoneOn: govuk.ReadDate(field, "done_on"), Evidence: field("evidence")}
	var read reading
	on := read.date("done_on", typed.DoneOn)
	return s.changeRecommendation(c, actor, &read, typed, "Recorded as done.", func(id uuid.UUID, version int) error {
		return s.escalations().FinishRecommendation(c.UserContext(), actor, id, on, typed.Evidence, version)
	})
}

func (s *Site) passRecommendation(c *fiber.Ctx, actor access.Actor) error {
	typed := views.RecommendationTyped{Form: "lead", Lead: typedIn(c)("lead")}
	var read reading
	lead := read.id("lead", typed.Lead, "Select who it passes to")
	read.form.Require(lead != nil, "lead", "Select who it passes to")
	return s.changeRecommendation(c, actor, &read, typed, "Passed on. They are being told.", func(id uuid.UUID, version int) error {
		return s.escalations().PassRecommendation(c.UserContext(), actor, id, *lead, version)
	})
}
