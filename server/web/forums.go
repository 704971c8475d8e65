package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	views "quorate/frontend/views/forums"
	"quorate/frontend/views/layout"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/money"
)

func (s *Site) panels() panels.Store { return panels.Store{DB: s.DB, Keepers: s.Keepers} }

func (s *Site) forumsPage(c *fiber.Ctx, actor access.Actor) error {
	var list []panels.ForumRow
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		list, err = panels.ListForums(tx)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Forums", Wide: true}, views.ListPage(list, actor.MayAnywhere(access.ChangeForums), actor.MayAnywhere(access.Schedule), actor.MayAnywhere(access.BringHistory)))
}

func (s *Site) forumPage(c *fiber.Ctx, actor access.Actor) error {
	var page panels.ForumPage
	var between views.Between
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page, err = panels.ShowForum(tx, c.Params("forum")); err != nil {
			return err
		}
		between.MayBegin = !page.Forum.Board && actor.May(access.TableRequest, page.Forum.ID)
		between.Open, err = room.BetweenMeetings(tx, page.Forum.ID)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: page.Forum.Name, Section: "Forums", Wide: true, Before: govuk.Breadcrumbs{{Text: "Forums", Href: "/forums"}}}
	return s.render(c, actor, http.StatusOK, info, views.ShowPage(page, between))
}

// newForumPage asks for the kind of forum, then for what the kind does not say.
func (s *Site) newForumPage(c *fiber.Ctx, actor access.Actor) error {
	template, chosen := panels.TemplateByKey(c.Query("template"))
	if !chosen {
		info := layout.PageInfo{Title: "What kind of forum is it?", Section: "Forums", Before: govuk.BackLink{Href: "/forums"}}
		return s.render(c, actor, http.StatusOK, info, views.ChoosePage(panels.Templates))
	}
	return s.showNewForum(c, actor, template, views.NewForum{}, nil)
}

func (s *Site) showNewForum(c *fiber.Ctx, actor access.Actor, template panels.Template, form views.NewForum, problem *fault.Fault) error {
	var forums []panels.Forum
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		forums, err = panels.Forums(tx)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Create a forum", Section: "Forums", Before: govuk.BackLink{Href: "/forums/new"}, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.NewPage(template, form, forums, info.Errors))
}

func (s *Site) createForum(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	form := views.NewForum{
		Name: typed("name"), Locality: typed("locality"), Mailbox: typed("mailbox_email"), EscalatesTo: typed("escalates_to"),
		InForceOn: govuk.ReadDate(typed, "in_force_on"),
	}
	template, known := panels.TemplateByKey(typed("template"))
	if !known {
		return fault.New(fault.Invalid, "Choose the kind of forum first.")
	}
	wanted := panels.NewForum{Template: template.Key, Name: form.Name, Locality: form.Locality, MailboxEmail: form.Mailbox}
	var read reading
	wanted.InForceOn = read.date("in_force_on", form.InForceOn)
	wanted.EscalatesTo = read.id("escalates_to", form.EscalatesTo, "Choose a forum from the list")
	forum, err := saved(&read, func() (panels.Forum, error) { return s.panels().CreateForum(c.UserContext(), actor, wanted) })
	if problem := mendable(err); problem != nil {
		return s.showNewForum(c, actor, template, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(forum), "Forum created. Now fill its seats and schedule its meetings.")
}

func (s *Site) editForumPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showEditForum(c, actor, nil, nil)
}

// showEditForum shows the forum to be changed, or what was typed with what is wrong in it.
func (s *Site) showEditForum(c *fiber.Ctx, actor access.Actor, typed *views.EditForum, problem *fault.Fault) error {
	var forum panels.Forum
	var forums []panels.Forum
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if forum, err = forumToChange(tx, c, access.ChangeForums); err != nil {
			return err
		}
		forums, err = panels.Forums(tx)
		return err
	})
	if err != nil {
		return err
	}
	form := views.TypeForum(forum)
	if typed != nil {
		typed.Version = form.Version // who sends it again has seen the forum as it is now
		form = *typed
	}
	template, _ := panels.TemplateByKey(forum.Template)
	info := layout.PageInfo{Title: "Change the forum", Section: forum.Name, Before: govuk.BackLink{Href: views.Href(forum), Text: "Back to " + forum.Name}, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.EditPage(forum, form, template.PerLocality, forums, info.Errors))
}

func (s *Site) changeForum(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	form := views.EditForum{Version: whole(typed("version")), Name: typed("name"), Locality: typed("locality"), Mailbox: typed("mailbox_email"), EscalatesTo: typed("escalates_to")}
	var read reading
	wanted := panels.Forum{Version: form.Version, Name: form.Name, Locality: form.Locality, MailboxEmail: form.Mailbox}
	wanted.EscalatesTo = read.id("escalates_to", form.EscalatesTo, "Choose a forum from the list")
	forum, err := saved(&read, func() (panels.Forum, error) {
		err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
			found, err := forumToChange(tx, c, access.ChangeForums)
			wanted.ID = found.ID
			return err
		})
		if err != nil {
			return wanted, err
		}
		return s.panels().ChangeForum(c.UserContext(), actor, wanted)
	})
	if problem := mendable(err); problem != nil {
		return s.showEditForum(c, actor, &form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(forum), "Forum saved.")
}

func (s *Site) termsVersionPage(c *fiber.Ctx, actor access.Actor) error {
	number, err := strconv.Atoi(c.Params("number"))
	if err != nil {
		return pageNotFound()
	}
	var forum panels.Forum
	var version *panels.Terms
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if forum, err = panels.ForumBySlug(tx, c.Params("forum")); err != nil {
			return err
		}
		versions, err := panels.TermsVersions(tx, forum.ID)
		for i := range versions {
			if versions[i].Number == number {
				version = &versions[i]
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if version == nil {
		return pageNotFound()
	}
	info := layout.PageInfo{Title: "Terms of reference, version " + strconv.Itoa(number), Section: forum.Name, Before: govuk.BackLink{Href: views.Href(forum), Text: "Back to " + forum.Name}}
	return s.render(c, actor, http.StatusOK, info, views.VersionPage(forum, *version))
}

func (s *Site) termsPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showTerms(c, actor, nil, nil)
}

// showTerms shows the latest terms to be changed, or what was typed with what is wrong in it.
func (s *Site) showTerms(c *fiber.Ctx, actor access.Actor, typed *views.Terms, problem *fault.Fault) error {
	var forum panels.Forum
	var versions []panels.Terms
	var seats []panels.TableSeat
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if forum, err = forumToChange(tx, c, access.ChangeForums); err != nil {
			return err
		}
		if versions, err = panels.TermsVersions(tx, forum.ID); err != nil {
			return err
		}
		seats, err = panels.SeatsOn(tx, forum.ID, tx.Today())
		return err
	})
	if err != nil {
		return err
	}
	form := views.TypeTerms(versions[0])
	if typed != nil {
		form = *typed
		form.BasedOn = versions[0].Number // who sends it again has been told of the version in between
	}
	info := layout.PageInfo{Title: "Change the terms of reference", Section: forum.Name, Before: govuk.BackLink{Href: views.Href(forum), Text: "Back to " + forum.Name}, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.TermsPage(forum, form, seats, info.Errors))
}

func (s *Site) changeTerms(c *fiber.Ctx, actor access.Actor) error {
	typed := typedIn(c)
	form := views.Terms{
		BasedOn: whole(typed("based_on")), InForceOn: govuk.ReadDate(typed, "in_force_on"), Review: govuk.ReadDate(typed, "review_date"),
		Purpose: typed("purpose"), QuorumMembers: typed("quorum_members"), Agencies: ticked(c, "quorum_agencies"),
		Chairing: typed("chairing"), BothConfirm: typed("both_chairs_confirm") == "yes",
		VotingMethod: typed("voting_method"), VotingRule: typed("voting_rule"), CastingVote: typed("casting_vote") == "yes", ByLegalBody: typed("by_legal_body") == "yes",
		Decides: typed("decides") == "yes", Private: typed("private_deliberation") == "yes", ListMode: typed("list_mode") == "yes",
		Cadence: cadenceIn(c), StartTime: typed("start_time"), Duration: typed("duration_minutes"), PerItem: typed("minutes_per_item"),
		PapersDue: typed("papers_due_days"), AgendaOut: typed("agenda_out_days"), MinutesOut: typed("minutes_out_days"), Letters: typed("letter_days"), Answers: typed("answer_days"), Confirm: typed("confirm_days"), LetterApproval: typed("letter_approval"),
		ItemsBefore: typed("items_before"), ItemsAfter: typed("items_after"), Observers: typed("observers_max"),
		EscalateAfter: typed("escalate_after_days"), FirstReview: typed("first_review_months"), WeeksPY: typed("weeks_per_year"),
	}
	var read reading
	terms := readTerms(&read, form)
	var forum panels.Forum
	_, err := saved(&read, func() (_ panels.Terms, err error) {
		err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
			forum, err = forumToChange(tx, c, access.ChangeForums)
			return err
		})
		if err != nil {
			return terms, err
		}
		return s.panels().ChangeTerms(c.UserContext(), actor, forum.ID, form.BasedOn, terms)
	})
	if problem := mendable(err); problem != nil {
		return s.showTerms(c, actor, &form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(forum), "Terms of reference saved. They apply from "+terms.InForceOn.Long()+".")
}

// readTerms reads the form. A number that is none becomes -1, which the use case refuses in its own words.
func readTerms(read *reading, form views.Terms) panels.Terms {
	terms := panels.Terms{
		Purpose: form.Purpose, QuorumMembers: whole(form.QuorumMembers),
		Chairing: panels.Chairing(form.Chairing), BothChairsConfirm: form.BothConfirm,
		VotingMethod: panels.VotingMethod(form.VotingMethod), VotingRule: panels.VotingRule(form.VotingRule),
		CastingVote: form.CastingVote, ByLegalBody: form.ByLegalBody, Decides: form.Decides, PrivateDeliberation: form.Private, ListMode: form.ListMode,
		Cadence: read.cadence(form.Cadence), StartTime: read.timeOfDay("start_time", form.StartTime), DurationMinutes: whole(form.Duration), MinutesPerItem: whole(form.PerItem),
		PapersDueDays: whole(form.PapersDue), AgendaOutDays: whole(form.AgendaOut), MinutesOutDays: whole(form.MinutesOut), LetterDays: whole(form.Letters), AnswerDays: whole(form.Answers), ConfirmDays: whole(form.Confirm), LetterApproval: panels.LetterApproval(form.LetterApproval),
		ObserversMax: whole(form.Observers), EscalateAfterDays: whole(form.EscalateAfter), FirstReviewMonths: whole(form.FirstReview),
		WeeksPerYearThousandths: whole(form.WeeksPY), StandingItems: []panels.StandingItem{},
		InForceOn: read.date("in_force_on", form.InForceOn), ReviewDate: read.date("review_date", form.Review),
	}
	for _, kind := range form.Agencies {
		terms.QuorumAgencies = append(terms.QuorumAgencies, panels.AgencyKind(kind))
	}
	terms.StandingItems = append(terms.StandingItems, standingItems(form.ItemsBefore, false)...)
	terms.StandingItems = append(terms.StandingItems, standingItems(form.ItemsAfter, true)...)
	return terms
}

// standingItems reads a line an item: "Welcome and apologies, 2".
func standingItems(lines string, after bool) []panels.StandingItem {
	var items []panels.StandingItem
	for line := range strings.Lines(lines) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		item := panels.StandingItem{Title: line, Minutes: -1, After: after}
		if comma := strings.LastIndex(line, ","); comma >= 0 {
			item.Title, item.Minutes = strings.TrimSpace(line[:comma]), whole(line[comma+1:])
		}
		items = append(items, item)
	}
	return items
}

func (s *Site) newSeatPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showNewSeat(c, actor, views.Seat{Office: string(access.Member), Standing: string(access.Deciding)}, nil)
}

func (s *Site) showNewSeat(c *fiber.Ctx, actor access.Actor, form views.Seat, problem *fault.Fault) error {
	var forum panels.Forum
	var agencies []panels.Agency
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if forum, err = forumToChange(tx, c, access.ChangeForums); err != nil {
			return err
		}
		agencies, err = panels.Agencies(tx)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "Add a seat", Section: forum.Name, Before: govuk.BackLink{Href: views.Href(forum), Text: "Back to " + forum.Name}, Errors: fieldsOf(problem)}
	return s.render(c, actor, formStatus(problem), info, views.NewSeatPage(forum, form, agencies, info.Errors))
}

func (s *Site) addSeat(c *fiber.Ctx, actor access.Actor) error {
	form := seatIn(c)
	forum, err := s.arrangeSeat(c, actor, uuid.Nil, form)
	if problem := mendable(err); problem != nil {
		return s.showNewSeat(c, actor, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(forum)+"#seats", "Seat added.")
}

func (s *Site) changeSeat(c *fiber.Ctx, actor access.Actor) error {
	id, err := uuid.Parse(c.Params("seat"))
	if err != nil {
		return pageNotFound()
	}
	form := seatIn(c)
	forum, err := s.arrangeSeat(c, actor, id, form)
	if problem := mendable(err); problem != nil {
		return s.showSeat(c, actor, &form, views.Holding{}, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, views.Href(forum)+"#seats", "Seat saved.")
}

func (s *Site) arrangeSeat(c *fiber.Ctx, actor access.Actor, id uuid.UUID, form views.Seat) (forum panels.Forum, err error) {
	var read reading
	seat := panels.Seat{
		ID: id, Version: form.Version, Name: form.Name, Office: access.Office(form.Office), Standing: access.Standing(form.Standing),
		AgencyID: read.id("agency", form.Agency, "Choose an agency from the list"), DelegatedLimitPence: read.pounds("delegated_limit", form.Limit),
	}
	_, err = saved(&read, func() (panels.Seat, error) {
		err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
			forum, err = forumToChange(tx, c, access.ChangeForums)
			return err
		})
		if err != nil {
			return seat, err
		}
		seat.ForumID = forum.ID
		return s.panels().ArrangeSeat(c.UserContext(), actor, seat)
	})
	return forum, err
}

func (s *Site) seatPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showSeat(c, actor, nil, views.Holding{}, nil)
}

func (s *Site) showSeat(c *fiber.Ctx, actor access.Actor, form *views.Seat, holding views.Holding, problem *fault.Fault) error {
	id, err := uuid.Parse(c.Params("seat"))
	if err != nil {
		return pageNotFound()
	}
	page := views.SeatPage{Holding: holding, Problem: fieldsOf(problem)}
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		page.Today = tx.Today()
		if page.Forum, err = forumToChange(tx, c, access.FillSeats); err != nil {
			return err
		}
		seats, err := panels.SeatsOn(tx, page.Forum.ID, page.Today)
		if err != nil {
			return err
		}
		for _, seat := range seats {
			if seat.ID == id {
				page.Seat = seat
			}
		}
		if page.Seat.ID != id {
			return pageNotFound()
		}
		if page.Holdings, err = panels.Holdings(tx, id); err != nil {
			return err
		}
		if page.People, err = panels.People(tx); err != nil {
			return err
		}
		page.MayChange = actor.May(access.ChangeForums, page.Forum.ID)
		page.Agencies, err = panels.Agencies(tx)
		return err
	})
	if err != nil {
		return err
	}
	page.Form = views.TypeSeat(page.Seat.Seat)
	if form != nil {
		form.Version = page.Form.Version
		page.Form = *form
	}
	info := layout.PageInfo{Title: page.Seat.Name, Section: page.Forum.Name, Before: govuk.BackLink{Href: views.Href(page.Forum), Text: "Back to " + page.Forum.Name}, Errors: page.Problem}
	return s.render(c, actor, formStatus(problem), info, views.ShowSeatPage(page))
}

func (s *Site) fillSeat(c *fiber.Ctx, actor access.Actor) error {
	seat, err := uuid.Parse(c.Params("seat"))
	if err != nil {
		return pageNotFound()
	}
	typed := typedIn(c)
	form := views.Holding{Person: typed("person"), Place: typed("deputy_order"), From: govuk.ReadDate(typed, "from"), To: govuk.ReadDate(typed, "to")}
	var read reading
	wanted := panels.NewHolding{SeatID: seat, DeputyOrder: whole(form.Place), From: read.date("from", form.From), To: read.date("to", form.To)}
	if person := read.id("person", form.Person, "Choose a person"); person != nil {
		wanted.PersonID = *person
	}
	handed, handing := handingIn(c)
	wanted.Handing = handing
	asked, err := s.asksHandover(c, actor, wanted)
	if err != nil {
		return err
	}
	if read.form.Err() == nil && len(asked.Things) > 0 {
		return s.showReplacing(c, actor, wanted, form, asked, nil, nil)
	}
	_, err = saved(&read, func() (panels.SeatHolding, error) { return s.panels().FillSeat(c.UserContext(), actor, wanted) })
	if problem := mendable(err); problem != nil {
		if c.FormValue("handing") != "" && aboutHanding(problem) {
			c.Request().PostArgs().Del("handing")
			if asked, err = s.asksHandover(c, actor, wanted); err != nil {
				return err
			}
			return s.showReplacing(c, actor, wanted, form, asked, &handed, problem)
		}
		return s.showSeat(c, actor, nil, form, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, "/forums/"+c.Params("forum")+"/seats/"+seat.String(), "Seat filled.")
}

// forumToChange finds the forum of the address for an actor who may do action on it.
func forumToChange(tx db.Tx, c *fiber.Ctx, action access.Action) (panels.Forum, error) {
	forum, err := panels.ForumBySlug(tx, c.Params("forum"))
	if err != nil {
		return forum, err
	}
	return forum, tx.Actor.Check(action, forum.ID)
}

func seatIn(c *fiber.Ctx) views.Seat {
	typed := typedIn(c)
	return views.Seat{
		Version: whole(typed("version")), Name: typed("name"), Agency: typed("agency"), Office: typed("office"), Standing: typed("standing"), Limit: typed("delegated_limit"),
	}
}

func cadenceIn(c *fiber.Ctx) views.Cadence {
	typed := typedIn(c)
	return views.Cadence{Often: typed("cadence"), Day: typed("cadence_day"), Nth: ticked(c, "cadence_nth"), Rule: typed("cadence_rule")}
}

func (r *reading) cadence(c views.Cadence) string {
	rule, problem := c.ReadRule()
	r.form.Require(problem == "", "cadence", problem)
	return rule
}

func (r *reading) pounds(field, typed string) int64 {
	if typed == "" {
		return 0
	}
	pence, err := money.Parse(typed)
	r.form.Require(err == nil, field, "Enter an amount in pounds, like 50000")
	return pence
}
