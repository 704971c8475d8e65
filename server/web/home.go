package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/requests"
	"quorate/frontend/govuk"
	actionViews "quorate/frontend/views/actions"
	agendaViews "quorate/frontend/views/agendas"
	dateViews "quorate/frontend/views/dates"
	decisionViews "quorate/frontend/views/decisions"
	"quorate/frontend/views/home"
	"quorate/frontend/views/layout"
	meetingViews "quorate/frontend/views/meetings"
	noticeViews "quorate/frontend/views/notices"
	positionViews "quorate/frontend/views/positions"
	roomViews "quorate/frontend/views/room"
	"quorate/notify"
	"quorate/panels"
	"quorate/panels/dates"
	"quorate/panels/escalations"
	"quorate/panels/room"
	"quorate/panels/room/letters"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// homePage answers "what needs me now" for whoever is signed in.
func (s *Site) homePage(c *fiber.Ctx, actor access.Actor) error {
	page := home.Page{Greeting: "Hello, " + actor.Name, AllMeetings: meetingViews.MineHref}
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		for _, part := range []func(db.Tx, *home.Page) error{needVotes, needInWriting, needConfirmations, needInterests, needPositions, needDecisionAnswers, needAuthorisers, needMinutes, needConditions, needReplies, needDates, needQuorum, needAnswers, needRequests, needActions, needLetters, needBlockers, needClashes, needMail, nextMeetings, placesToGo} {
			if err := part(tx, &page); err != nil {
				return err
			}
		}
		if !s.Demo {
			return nil
		}
		return tryInDemo(tx, &page)
	})
	if err != nil {
		return err
	}
	inbox := "Inbox"
	if unread := notify.Unread(session(c).Unread); unread != "" {
		inbox += " (" + unread + " new)"
	}
	page.Places = append([]govuk.Link{{Text: inbox, Href: noticeViews.Href}}, page.Places...)
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Home"}, home.HomePage(page))
}

// placesToGo are pages of the reader's own that stand in no other list.
func placesToGo(tx db.Tx, page *home.Page) error {
	page.Places = append(page.Places, govuk.Link{Text: "When you are away", Href: "/absences"})
	if tx.Actor.MayAnywhere(access.ReadDecisions) {
		page.Places = append(page.Places, govuk.Link{Text: "Register of decisions", Href: "/decisions"})
	}
	if tx.Actor.MayAnywhere(access.Schedule) {
		page.Places = append(page.Places, govuk.Link{Text: "Set up the year", Href: "/schedule"})
	}
	open, err := room.OpenActions(tx)
	if open > 0 {
		page.Places = append(page.Places, govuk.Link{Text: "Your actions (" + strconv.Itoa(open) + ")", Href: actionViews.MineHref})
	}
	return err
}

func needVotes(tx db.Tx, page *home.Page) error {
	votes, err := room.VotesWaiting(tx)
	for _, v := range votes {
		page.Needs = append(page.Needs, home.Need{
			Text: fmt.Sprintf("Vote on item %s of %s", v.Item, v.ForumName), Href: roomHref(v.MeetingID), Tag: "Open now", Urgent: true,
			Detail: "Your agency’s position is waited for.",
		})
	}
	return err
}

// needInWriting is what is decided between meetings and waits for the reader.
func needInWriting(tx db.Tx, page *home.Page) error {
	waiting, err := room.CorrespondenceWaiting(tx)
	for _, w := range waiting {
		need := home.Need{Text: "Answer the vote by correspondence of " + w.ForumName, Href: roomHref(w.MeetingID), Urgent: true}
		need.Tag, need.Detail = "Closes "+clock.DateOf(w.ClosesAt).Long(), "Your agency’s position is waited for."
		switch {
		case w.Confirms:
			need.Text, need.Tag, need.Detail = "Confirm the decision of "+w.ForumName+" between meetings", "Not decided yet", w.Kind.Words()
		case !w.Gives:
			need.Detail = "Say that you have read it: you count towards the quorum."
		}
		page.Needs = append(page.Needs, need)
	}
	return err
}

func needConfirmations(tx db.Tx, page *home.Page) error {
	decisions, err := room.DecisionsWaiting(tx)
	for _, d := range decisions {
		page.Needs = append(page.Needs, home.Need{
			Text: "A decision waits for your confirmation", Href: "/decisions/" + d.DecisionID.String(), Tag: "Not final", Urgent: true,
			Detail: fmt.Sprintf("%s, item %s of %s", d.ForumName, d.Item, clock.DateOf(d.StartsAt).Long()),
		})
	}
	return err
}

// needInterests are the declared interests that wait for the chair.
func needInterests(tx db.Tx, page *home.Page) error {
	waiting, err := room.InterestsWaiting(tx)
	for _, w := range waiting {
		text := "An interest waits for your answer"
		if w.Count > 1 {
			text = strconv.Itoa(w.Count) + " interests wait for your answer"
		}
		page.Needs = append(page.Needs, home.Need{
			Text: text, Href: roomViews.InterestsHref(w.MeetingID), Tag: "Not answered", Urgent: true, Detail: w.ForumName + ", " + clock.Moment(w.StartsAt),
		})
	}
	return err
}

// needPositions are what was written down for the reader, and what others dispute at the reader's forums.
func needPositions(tx db.Tx, page *home.Page) error {
	waiting, err := room.PositionsWaiting(tx)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		need := home.Need{Text: "Confirm or dispute what was written down for you", Href: positionViews.Href, Detail: fmt.Sprintf("1 position, %s, %s", w.ForumName, clock.DateOf(w.StartsAt).Long())}
		if w.Waiting > 1 {
			need.Detail = fmt.Sprintf("%d positions, %s, %s", w.Waiting, w.ForumName, clock.DateOf(w.StartsAt).Long())
		}
		need.Tag, need.Urgent = dueTag(tx.Today(), w.AnswerBy)
		page.Needs = append(page.Needs, need)
	}
	disputed, err := room.PositionsDisputed(tx)
	for _, d := range disputed {
		need := home.Need{
			Text: "Read a dispute about a recorded position", Href: decisionViews.MinutesHref(d.MeetingID), Tag: "Disputed",
			Detail: fmt.Sprintf("%s, item %s of %s", d.ForumName, d.Item, clock.DateOf(d.StartsAt).Long()),
		}
		if d.DecisionID != nil {
			need.Href = decisionViews.Href(*d.DecisionID)
		}
		page.Needs = append(page.Needs, need)
	}
	return err
}

func needDecisionAnswers(tx db.Tx, page *home.Page) error {
	waiting, err := room.AnswersWaiting(tx)
	for _, w := range waiting {
		text := "Endorse a decision for " + w.Agency + ", or refuse"
		if w.Kind == room.Authorisation {
			text = "Authorise a decision for " + w.Agency + ", or refuse"
		}
		page.Needs = append(page.Needs, home.Need{
			Text: text, Href: "/decisions/" + w.DecisionID.String() + "#answer", Tag: "Binds nobody yet", Urgent: true,
			Detail: fmt.Sprintf("%s, item %s of %s", w.ForumName, w.Item, clock.DateOf(w.StartsAt).Long()),
		})
	}
	return err
}

// needAuthorisers are the agencies for whom somebody independent is to be named.
func needAuthorisers(tx db.Tx, page *home.Page) error {
	waiting, err := room.AuthorisersWaiting(tx)
	for _, w := range waiting {
		page.Needs = append(page.Needs, home.Need{
			Text: "Name an independent authoriser for " + w.Agency, Href: roomViews.AuthorisersHref(w.ItemID), Tag: "Nobody can speak for it", Urgent: true,
			Detail: fmt.Sprintf("%s, item %s of %s", w.ForumName, w.Item, clock.Moment(w.StartsAt)),
		})
	}
	return err
}

// needMinutes are minutes to comment on, and for their clerk those whose time for comments is over.
func needMinutes(tx db.Tx, page *home.Page) error {
	open, err := room.MinutesToComment(tx)
	if err != nil {
		return err
	}
	for _, w := range open {
		need := home.Need{Text: "Read the minutes and say if something is not right", Href: decisionViews.MinutesHref(w.MeetingID), Detail: fmt.Sprintf("%s, %s", w.ForumName, clock.DateOf(w.StartsAt).Long())}
		need.Tag, need.Urgent = dueTag(tx.Today(), w.CommentsUntil)
		page.Needs = append(page.Needs, need)
	}
	over, err := room.MinutesToFinish(tx)
	for _, w := range over {
		need := home.Need{
			Text: "Make the minutes final: the time for comments is over", Href: decisionViews.MinutesHref(w.MeetingID), Tag: "Comments closed on " + w.CommentsUntil.Long(),
			Detail: fmt.Sprintf("%s, %s. Every comment has its answer", w.ForumName, clock.DateOf(w.StartsAt).Long()),
		}
		switch {
		case w.Unanswered == 1:
			need.Detail = fmt.Sprintf("%s, %s. 1 comment waits for an answer", w.ForumName, clock.DateOf(w.StartsAt).Long())
		case w.Unanswered > 1:
			need.Detail = fmt.Sprintf("%s, %s. %d comments wait for an answer", w.ForumName, clock.DateOf(w.StartsAt).Long(), w.Unanswered)
		}
		page.Needs = append(page.Needs, need)
	}
	return err
}

func needConditions(tx db.Tx, page *home.Page) error {
	waiting, err := room.ConditionsWaiting(tx)
	for _, w := range waiting {
		need := home.Need{Text: "Show that a condition is met", Href: "/decisions/" + w.DecisionID.String() + "#conditions", Detail: fmt.Sprintf("%s, item %s", w.ForumName, w.Item)}
		need.Tag, need.Urgent = dueTag(tx.Today(), w.DueOn)
		if w.Judge {
			need.Text, need.Tag, need.Urgent = "Accept the evidence for a condition, or ask again", "Evidence recorded", false
		}
		page.Needs = append(page.Needs, need)
	}
	return err
}

func needAnswers(tx db.Tx, page *home.Page) error {
	answers, err := escalations.AnswersWaiting(tx)
	for _, a := range answers {
		need := home.Need{
			Text: fmt.Sprintf("Answer escalation %s", escalations.Reference(a.Number)), Href: "/board/escalations/" + a.EscalationID.String(),
			Detail: a.BoardName,
		}
		need.Tag, need.Urgent = dueTag(tx.Today(), a.AnswerDueOn)
		page.Needs = append(page.Needs, need)
	}
	return err
}

// needDates are the dates that wait for the reader to say when they can come, or to choose one.
func needDates(tx db.Tx, page *home.Page) error {
	asked, err := dates.AnswersWaiting(tx)
	if err != nil {
		return err
	}
	for _, poll := range asked {
		need := home.Need{
			Text: "Say which dates suit you: " + poll.ForumName, Href: dateViews.Href(poll.PollID) + "/answer",
			Detail: "An extraordinary meeting. Answer by " + clock.Moment(poll.ClosesAt),
		}
		need.Tag, need.Urgent = dueTag(tx.Today(), clock.DateOf(poll.ClosesAt))
		page.Needs = append(page.Needs, need)
	}
	toChoose, err := dates.ChoicesWaiting(tx)
	for _, poll := range toChoose {
		need := home.Need{
			Text: "Choose a date for " + poll.ForumName, Href: dateViews.Href(poll.PollID),
			Detail: "Everybody has answered about an extraordinary meeting.", Tag: "All answered",
		}
		if !poll.Open {
			need.Detail, need.Tag = "Answers about an extraordinary meeting closed on "+clock.Moment(poll.ClosesAt), "Answers closed"
		}
		page.Needs = append(page.Needs, need)
	}
	return err
}

func needRequests(tx db.Tx, page *home.Page) error {
	waiting, err := requests.Waiting(tx)
	for _, r := range waiting {
		need := home.Need{
			Text: fmt.Sprintf("Table request %s or return it with questions", requests.Reference(r.Number)), Href: "/requests/" + r.ID.String(),
			Detail: r.ForumName, Tag: "Submitted",
		}
		if r.Late {
			need.Text, need.Tag = fmt.Sprintf("Say whether request %s may come late", requests.Reference(r.Number)), "Late"
		}
		if r.State == requests.Returned {
			need.Text, need.Tag = fmt.Sprintf("Answer the questions about request %s", requests.Reference(r.Number)), "Returned"
		}
		page.Needs = append(page.Needs, need)
	}
	return err
}

func needActions(tx db.Tx, page *home.Page) error {
	actions, err := room.ActionsWaiting(tx)
	for _, a := range actions {
		need := home.Need{Text: a.Text, Href: actionViews.Href(a.ActionID), Detail: "Action from " + a.ForumName}
		need.Tag, need.Urgent = dueTag(tx.Today(), a.DueOn)
		page.Needs = append(page.Needs, need)
	}
	return err
}

// needLetters counts the letters and authorisations that wait for a clerk.
func needLetters(tx db.Tx, page *home.Page) error {
	counts, err := letters.LettersWaiting(tx)
	for _, c := range counts {
		var parts []string
		for _, part := range []struct {
			n    int
			what string
		}{{c.Approve, "to check and approve"}, {c.Send, "to send"}, {c.Issue, "to issue as authorisations"}} {
			if part.n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
			}
		}
		need := home.Need{Text: "Letters of " + c.ForumName, Href: letters.ListHref(c.ForumSlug), Detail: strings.Join(parts, ", ")}
		if c.Approve+c.Send == 0 {
			need.Text, need.Href = "Authorisations of "+c.ForumName, "/authorisations?forum="+c.ForumSlug
		}
		if c.Late > 0 {
			need.Tag, need.Urgent = fmt.Sprintf("%d late", c.Late), true
		}
		page.Needs = append(page.Needs, need)
	}
	return err
}

func needBlockers(tx db.Tx, page *home.Page) error {
	blockers, err := escalations.BlockersOwned(tx)
	for _, b := range blockers {
		need := home.Need{
			Text: fmt.Sprintf("Free blocker %s", escalations.Reference(b.Number)), Href: "/blockers/" + b.BlockerID.String(),
			Detail: fmt.Sprintf("Raised at %s, now with %s", b.ForumName, b.LevelName), Tag: "You own it",
		}
		if !b.NeededBy.IsZero() {
			need.Tag, need.Urgent = dueTag(tx.Today(), b.NeededBy)
		}
		page.Needs = append(page.Needs, need)
	}
	if err != nil {
		return err
	}
	led, err := escalations.RecommendationsLed(tx)
	for _, r := range led {
		if r.Due.After(tx.Today().AddDays(28)) {
			continue // it is not what needs them now
		}
		need := home.Need{Text: "Carry out recommendation " + r.Reference(), Href: "/board/recommendations/" + r.ID.String(), Detail: r.Board}
		if r.Asked {
			need.Text = "Respond to recommendation " + r.Reference()
		}
		need.Tag, need.Urgent = dueTag(tx.Today(), r.Due)
		page.Needs = append(page.Needs, need)
	}
	return err
}

// nextMeetings are the reader's next meetings, by seat, by somebody's reply, or because they present
// an item there.
func nextMeetings(tx db.Tx, page *home.Page) error {
	mine, err := panels.MyMeetings(tx, 5)
	if err != nil {
		return err
	}
	presenting, err := room.PresentingAt(tx)
	if err != nil {
		return err
	}
	mine = slices.DeleteFunc(mine, func(m panels.MyMeeting) bool { // a guest whose item is over has no part there any more
		return m.OnlyItem && !slices.ContainsFunc(presenting, func(open panels.MeetingRow) bool { return open.ID == m.ID })
	})
	var next []panels.MyMeeting
	for _, m := range presenting {
		if !slices.ContainsFunc(mine, func(other panels.MyMeeting) bool { return other.ID == m.ID }) {
			next = append(next, panels.MyMeeting{MeetingRow: m})
		}
	}
	next = append(next, mine...)
	slices.SortStableFunc(next, func(a, b panels.MyMeeting) int { return a.StartsAt.Compare(b.StartsAt) })
	ids := make([]uuid.UUID, len(next))
	for i, m := range next {
		ids[i] = m.ID
	}
	readings, err := agendas.Readings(tx, ids...)
	for _, m := range next {
		page.Meetings = append(page.Meetings, nextMeeting(tx, m, readings[m.ID]))
	}
	return err
}

// nextMeeting shows one of them; the reading is of its agenda, if one is out for the reader.
func nextMeeting(tx db.Tx, m panels.MyMeeting, reading agendas.Reading) home.Meeting {
	of := "of " + m.ForumName + " on " + m.On().Long()
	shown := home.Meeting{Name: m.ForumName, When: clock.Moment(m.StartsAt), Where: m.Venue, Now: m.Status == panels.InSession}
	shown.Standing, shown.Unanswered = standing(m)
	if !m.PapersDueOn.IsZero() && m.AgendaVersion == 0 && !m.OnlyItem {
		shown.Papers = "Papers due " + m.PapersDueOn.LongWithWeekday()
	}
	if m.AgendaVersion > 0 {
		if m.Status == panels.InSession || m.StartsAt.Sub(tx.Now) < joinBefore {
			shown.Links = append(shown.Links, govuk.Link{Text: "Join", Of: of, Href: roomHref(m.ID)})
		}
		if tx.Actor.May(access.ReadAgenda, m.ForumID) {
			shown.Links = append(shown.Links, govuk.Link{Text: "Read the agenda", Of: of, Href: "/meetings/" + m.ID.String() + "/agenda"})
		} else if reading.Version > 0 {
			shown.Links = append(shown.Links, govuk.Link{Text: "Read your item", Of: of, Href: "/meetings/" + m.ID.String() + "/agenda/mine"})
		}
		if reading.Version > 0 {
			shown.Agenda, shown.AgendaNew = agendaViews.ReadingWords(reading), reading.New()
			shown.Links = append(shown.Links, govuk.Link{Text: "Read the pack", Of: of, Href: agendaViews.PackHref(m.ID, 0)})
		}
	} else if tx.Actor.May(access.BuildAgenda, m.ForumID) {
		shown.Links = append(shown.Links, govuk.Link{Text: "Build the agenda", Of: of, Href: "/meetings/" + m.ID.String() + "/agenda/edit"})
	}
	if tx.Actor.May(access.ReadMeeting, m.ForumID) {
		shown.Links = append(shown.Links, govuk.Link{Text: "See this meeting", Of: of, Href: "/meetings/" + m.ID.String()})
	}
	return shown
}

// standing says what the reader has replied, and whether an answer is still waited for.
func standing(m panels.MyMeeting) (words string, unanswered bool) {
	switch {
	case m.Answer == panels.Attending:
		return "You are coming", false
	case m.Answer == panels.Tentative:
		return "You said maybe", true
	case m.Answer == panels.Apologies:
		return "You sent apologies", false
	case m.Answer == panels.SendingDeputy:
		return "You are sending " + m.Deputy, false
	case m.SentBy != "":
		return "You come for " + m.SentBy, false
	case m.Asked:
		return "You have not replied", true
	}
	return "", false // presents an item, or deputises for somebody who may come
}

// joinBefore is how long before its start a meeting's room is offered on Home.
const joinBefore = 2 * time.Hour

func roomHref(meeting uuid.UUID) string { return "/meetings/" + meeting.String() + "/room" }

// dueTag says in words how a day stands to today.
func dueTag(today, due clock.Date) (words string, urgent bool) {
	switch days := today.DaysUntil(due); {
	case days < -1:
		return fmt.Sprintf("Overdue %d days", -days), true
	case days == -1:
		return "Overdue 1 day", true
	case days == 0:
		return "Due today", true
	default:
		return "Due " + due.Long(), false
	}
}

// tryInDemo is the demo's list of things to try. It ticks itself from what has been done since the
// demo was loaded.
func tryInDemo(tx db.Tx, page *home.Page) error {
	var imported, built, voted, answered bool
	err := tx.Raw(`
		select exists(select from tracker_import, demo where status = 'confirmed' and settled_at > loaded_at),
		       exists(select from agenda_version, demo where published_at > loaded_at),
		       exists(select from vote, demo where closed_at > loaded_at),
		       exists(select from board_answer, demo where answered_at > loaded_at)`).Row().Scan(&imported, &built, &voted, &answered)
	importing := "/tracker"
	if !tx.Actor.MayAnywhere(access.ImportTracker) {
		importing = "" // said, and done by being the clerk
	}
	page.Tasks = []govuk.Task{
		{Text: "Run a vote", Hint: "Two windows: the chair of MAPaC and the member for the NHS", Href: "/meetings", Done: voted, Status: "To\u00a0try"},
		{Text: "Import a tracker", Hint: "As the clerk", Href: importing, Done: imported, Status: "To\u00a0try"},
		{Text: "Build and publish an agenda", Hint: "As the clerk, from the calendar", Href: "/meetings", Done: built, Status: "To\u00a0try"},
		{Text: "Answer an escalation", Hint: "As the board chair, from the mailbox", Href: "/mailbox", Done: answered, Status: "To\u00a0try"},
	}
	return err
}
