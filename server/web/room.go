package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/frontend/govuk"
	"quorate/frontend/views/layout"
	meetingViews "quorate/frontend/views/meetings"
	views "quorate/frontend/views/room"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// roomSection is the way from a meeting's page into its room.
func roomSection(tx db.Tx, page panels.MeetingPage) (*meetingViews.Section, error) {
	if page.Meeting.Brought || page.Meeting.Status == panels.Cancelled || page.Meeting.Status == panels.Draft || !tx.Actor.May(access.EnterRoom, page.Meeting.ForumID) {
		return nil, nil
	}
	forum := page.Meeting.ForumID
	chairs, records := tx.Actor.May(access.RunMeeting, forum), tx.Actor.May(access.RecordMeeting, forum)
	return &meetingViews.Section{Heading: "Meeting room", Body: views.Enter(page.Meeting, chairs, records)}, nil
}

func (s *Site) roomPage(c *fiber.Ctx, actor access.Actor) error {
	id, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	editing, _ := uuid.Parse(c.Query("name")) // anything else is none
	votingOn, _ := uuid.Parse(c.Query("vote"))
	return s.showRoom(c, actor, id, views.Page{Editing: editing, VotingOn: votingOn})
}

// showRoom shows the room, with what was typed and what is wrong with it.
func (s *Site) showRoom(c *fiber.Ctx, actor access.Actor, meeting uuid.UUID, page views.Page) error {
	view, err := s.Room.Room(c.UserContext(), actor, meeting)
	if err != nil {
		return err
	}
	if view.Meeting.Kind == panels.Correspondence || view.Meeting.Kind == panels.ChairsAction {
		return s.showBetween(c, actor, meeting, page)
	}
	page.View, page.Now, page.Demo = view, s.DB.Now(), s.Demo
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		readings, err := agendas.Readings(tx, meeting)
		page.Reading = readings[meeting]
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{
		Title: view.Meeting.Forum, Section: "Meeting room", Live: true, Wide: true, Scripts: []string{"room.js"}, Errors: page.Errors(),
		Before: backToMeeting(actor, view.Meeting.ForumID, meeting),
	}
	return s.render(c, actor, formStatus(page.Problem), info, views.RoomPage(page))
}

// recorded says on the next page that a form did its work. It never holds case content.
var recorded = map[string]string{
	room.CastBallot{}.Type():        "Your position is recorded.",
	room.AgreeToConsent{}.Type():    "The position is recorded.",
	room.DecideConsent{}.Type():     "Everything on the consent list is agreed.",
	room.ConfirmDecision{}.Type():   "The decision is confirmed.",
	room.SecondDecision{}.Type():    "You have confirmed the decision.",
	room.SendBackDecision{}.Type():  "The decision is sent back. Nothing of it binds anybody.",
	room.EndorseDecision{}.Type():   "Your answer is recorded.",
	room.AuthoriseDecision{}.Type(): "Your answer is recorded.",
	room.RecordEvidence{}.Type():    "The evidence is recorded. It counts once it is accepted.",
	room.JudgeEvidence{}.Type():     "Your answer is recorded.",
	room.CorrectDecision{}.Type():   "Correction added.",
	room.WriteNote{}.Type():         "The notes are saved.",
	room.DeclareInterest{}.Type():   "The interest is declared.",
	room.RaiseAction{}.Type():       "The action is raised.",
	room.ApproveMinutes{}.Type():    "The minutes are approved as a correct record.",
	room.AnswerInterest{}.Type():    "The answer is recorded.",
	room.PauseMeeting{}.Type():      "The meeting is paused.",
	room.ResumeMeeting{}.Type():     "The meeting goes on.",
	room.AdjournMeeting{}.Type():    "The meeting is adjourned.",
	room.TakeChair{}.Type():         "You are in the chair.",
	room.HandChair{}.Type():         "The chair is handed over.",
	room.RecordPosition{}.Type():    "The position is recorded.",
	room.ConfirmPosition{}.Type():   "Your answer is recorded.",
}

// roomCommand takes the form post of any of the room's commands: the same use case as over the
// socket. The page's command id makes a form sent twice count once.
func (s *Site) roomCommand(c *fiber.Ctx, actor access.Actor) error {
	meeting, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	command, err := uuid.Parse(c.FormValue("command_id"))
	if err != nil {
		return fault.New(fault.Invalid, "This form is incomplete. Go back to the room, refresh the page and try again.")
	}
	if as := c.FormValue("as"); as != "" && as != actor.PersonID.String() {
		// The page is from before somebody else signed in, in another tab: what stands in it is not theirs to send.
		return s.render(c, actor, http.StatusConflict, layout.PageInfo{Title: "Somebody else opened that page"}, views.NotYoursPage(meeting))
	}
	form := roomForm{name: c.FormValue("form"), value: func(name string) string { return c.FormValue(name) }}
	for name := range c.Context().PostArgs().All() {
		form.sent = append(form.sent, string(name))
	}
	page := views.Page{Form: form.name, Typed: form.value}
	page.Editing, _ = uuid.Parse(form.text("item_id"))
	kind := c.Params("command")
	if fill := c.FormValue("do"); fill != "" && kind == (room.OpenVote{}).Type() {
		return s.fillSplit(c, actor, meeting, &form, page, fill)
	}

	change, err := form.change(kind)
	if decision, ok := change.(room.ConfirmDecision); err == nil && ok && c.FormValue("answers") != "checked" {
		if c.FormValue("answers") == "" {
			if page.Confirming, err = s.toBeChecked(c, actor, meeting, command, decision); err != nil {
				return err
			}
		}
		return s.showRoom(c, actor, meeting, page)
	}
	if err == nil {
		_, err = s.Room.Do(c.UserContext(), actor, meeting, room.Command{ID: command, Change: change})
	}
	aside := c.FormValue("page") == "interests" // the page the form stands on, where it is not the room's
	if problem := mendable(err); problem != nil {
		page.Problem = problem
		if aside {
			return s.showInterests(c, actor, meeting, page)
		}
		if problem.Kind != fault.Invalid {
			page.Kept = form.words() // the form may be gone with the vote
		}
		return s.showRoom(c, actor, meeting, page)
	}
	if f := fault.As(err); f != nil && f.Kind == fault.Denied {
		title := problemTitles[f.Kind]
		return s.render(c, actor, status(f.Kind), layout.PageInfo{Title: title}, views.RefusedPage(title, f.Sentence, form.words(), meeting))
	}
	if err != nil {
		return err
	}
	said := recorded[kind]
	if _, confirms := change.(room.ConfirmDecision); confirms && s.waitsForOther(c, actor, meeting) {
		said = "You have confirmed the decision. It waits for the other chair."
	}
	if said == "" {
		said = "Recorded."
	}
	if aside {
		return s.redirect(c, views.InterestsHref(meeting), said)
	}
	return s.redirect(c, views.Href(meeting), said)
}

// waitsForOther reports whether decisions of a meeting bind only once both chairs have confirmed them.
func (s *Site) waitsForOther(c *fiber.Ctx, actor access.Actor, meeting uuid.UUID) bool {
	view, err := s.Room.Room(c.UserContext(), actor, meeting)
	return err == nil && view.Meeting.BothConfirm
}

// toBeChecked is a decision as its chair looks at it before it is final.
func (s *Site) toBeChecked(c *fiber.Ctx, actor access.Actor, meeting, command uuid.UUID, decision room.ConfirmDecision) (*views.Confirming, error) {
	view, err := s.Room.Room(c.UserContext(), actor, meeting)
	if err != nil {
		return nil, err
	}
	confirming := views.Confirming{CommandID: command, Answers: views.Answers(view, decision)}
	for name, value := range c.Context().PostArgs().All() {
		if string(name) != "command_id" && string(name) != "answers" && string(name) != "as" {
			confirming.Fields = append(confirming.Fields, [2]string{string(name), string(value)})
		}
	}
	return &confirming, nil
}

// roomForm reads a form of the room's page: its fields are named "decide-reasons" in the form "decide".
type roomForm struct {
	name  string
	value func(name string) string
	sent  []string // the names of all fields
	reading
}

// names are what follows prefix in the names of the fields that begin with it.
func (f *roomForm) names(prefix string) []string {
	var names []string
	for _, name := range f.sent {
		if rest, begins := strings.CutPrefix(name, prefix); begins {
			names = append(names, rest)
		}
	}
	return names
}

// answered reads yes or no; neither is asked for again.
func (f *roomForm) answered(field string) bool {
	answer := f.text(field)
	f.form.Require(answer == "yes" || answer == "no", field, "Select one of the answers")
	return answer == "yes"
}

// words are what somebody wrote in the form, whatever it was for.
func (f *roomForm) words() []string {
	var words []string
	for _, field := range []string{"condition", "reason", "text", "wrong", "right", "reasons", "direction", "meanwhile", "missing", "what_next", "next_step", "refer_reason", "corrections"} {
		if typed := f.text(field); typed != "" {
			words = append(words, typed)
		}
	}
	return words
}

func (f *roomForm) text(field string) string { return strings.TrimSpace(f.value(f.name + "-" + field)) }
func (f *roomForm) yes(field string) bool    { return f.text(field) == "yes" }

// must reads an id that the page itself put into the form; nobody can mend it but by a fresh page.
func (f *roomForm) must(field string) uuid.UUID {
	id, err := uuid.Parse(f.text(field))
	f.form.Require(err == nil, field, "Refresh the page and try again")
	return id
}

// choice reads a choice from a list; nothing chosen is nil.
func (f *roomForm) choice(field string) *uuid.UUID {
	return f.id(field, f.text(field), "Choose from the list")
}

func (f *roomForm) chosen(field string) uuid.UUID {
	if id := f.choice(field); id != nil {
		return *id
	}
	return uuid.Nil
}

// picked reads a choice that must be made.
func (f *roomForm) picked(field, otherwise string) uuid.UUID {
	id := f.chosen(field)
	f.form.Require(id != uuid.Nil || f.text(field) != "", field, otherwise)
	return id
}

// minutes reads how long something lasts; nothing typed is 0.
func (f *roomForm) minutes(field string) int {
	typed := f.text(field)
	if typed == "" {
		return 0
	}
	n, err := strconv.Atoi(typed)
	f.form.Require(err == nil && n > 0, field, "Enter how many minutes it lasts, like 90")
	return n
}

func (f *roomForm) typedDate(field string) govuk.TypedDate {
	return govuk.ReadDate(f.value, f.name+"-"+field)
}

// change is the change a form asks for, or what could not be read of it.
func (f *roomForm) change(kind string) (room.Change, error) {
	change := f.read(kind)
	if change == nil {
		return nil, pageNotFound()
	}
	return change, f.form.Err()
}

func (f *roomForm) read(kind string) room.Change {
	switch kind {
	case room.StartMeeting{}.Type():
		return room.StartMeeting{}
	case room.AdjournMeeting{}.Type():
		return room.AdjournMeeting{Reason: f.text("reason"), On: f.date("on", f.typedDate("on")), At: f.text("at"), Minutes: f.minutes("minutes")}
	case room.PauseMeeting{}.Type():
		return room.PauseMeeting{Text: f.text("text")}
	case room.ResumeMeeting{}.Type():
		return room.ResumeMeeting{}
	case room.CloseMeeting{}.Type():
		return room.CloseMeeting{}
	case room.RecordAttendance{}.Type():
		return room.RecordAttendance{PersonID: f.chosen("person_id"), Present: f.yes("present"), Remote: f.yes("remote"), SeatID: f.choice("seat_id")}
	case room.DeclareInterest{}.Type():
		return room.DeclareInterest{ItemID: f.picked("item_id", "Choose the item"), PersonID: f.chosen("person_id"), Kind: room.InterestKind(f.text("kind")), Reason: f.text("reason")}
	case room.WithdrawInterest{}.Type():
		return room.WithdrawInterest{InterestID: f.must("interest_id"), Reason: f.text("reason")}
	case room.AnswerInterest{}.Type():
		return room.AnswerInterest{InterestID: f.must("interest_id"), Extent: room.Extent(f.text("extent")), Reason: f.text("reason")}
	case room.NameAuthoriser{}.Type():
		return room.NameAuthoriser{ItemID: f.must("item_id"), AgencyID: f.must("agency_id"), PersonID: f.picked("person_id", "Choose who is the independent authoriser")}
	case room.OpenItem{}.Type():
		return room.OpenItem{ItemID: f.must("item_id")}
	case room.MoveStage{}.Type():
		return room.MoveStage{ItemID: f.must("item_id"), Stage: room.Stage(f.text("stage"))}
	case room.FinishItem{}.Type():
		return room.FinishItem{ItemID: f.must("item_id")}
	case room.PassItem{}.Type():
		return room.PassItem{ItemID: f.must("item_id"), Reason: f.text("reason")}
	case room.OpenVote{}.Type():
		return room.OpenVote{
			ItemID: f.must("item_id"), Outcome: room.Outcome(f.text("outcome")), Text: f.text("text"), Split: f.split(),
			StartOn: f.date("start_on", f.typedDate("start_on")), EndOn: f.date("end_on", f.typedDate("end_on")), ReviewOn: f.date("review_on", f.typedDate("review_on")), Provisional: f.yes("provisional"),
		}
	case room.PutOnConsentList{}.Type():
		return room.PutOnConsentList{ItemID: f.picked("item_id", "Choose the item"), Reasons: f.text("reasons")}
	case room.ObjectToConsent{}.Type():
		return room.ObjectToConsent{ItemID: f.must("item_id"), Reason: f.text("reason")}
	case room.AgreeToConsent{}.Type():
		return room.AgreeToConsent{SeatID: f.must("seat_id"), Agreed: f.answered("agreed")}
	case room.DecideConsent{}.Type():
		return room.DecideConsent{}
	case room.CastBallot{}.Type():
		return room.CastBallot{VoteID: f.must("vote_id"), SeatID: f.must("seat_id"), Position: room.Position(f.text("position")), Condition: f.text("condition"), Reason: f.text("reason")}
	case room.RecordPosition{}.Type():
		return room.RecordPosition{VoteID: f.must("vote_id"), SeatID: f.must("seat_id"), Position: room.Position(f.text("position")), Condition: f.text("condition"), Reason: f.text("reason")}
	case room.ConfirmPosition{}.Type():
		f.form.Require(f.text("disputed") != "", "disputed", "Select yes or no")
		return room.ConfirmPosition{BallotID: f.must("ballot_id"), Disputed: f.yes("disputed"), Text: f.text("text")}
	case room.CloseVote{}.Type():
		return room.CloseVote{VoteID: f.must("vote_id")}
	case room.ConfirmDecision{}.Type():
		return f.decision()
	case room.SecondDecision{}.Type():
		return room.SecondDecision{DecisionID: f.must("decision_id")}
	case room.SendBackDecision{}.Type():
		return room.SendBackDecision{DecisionID: f.must("decision_id"), Reason: f.text("reason")}
	case room.TakeChair{}.Type():
		return room.TakeChair{}
	case room.HandChair{}.Type():
		return room.HandChair{PersonID: f.chosen("person_id")}
	case room.StopBetween{}.Type():
		return room.StopBetween{Reason: f.text("reason")}
	case room.RatifyDecision{}.Type():
		return room.RatifyDecision{ItemID: f.must("item_id"), DecisionID: f.must("decision_id"), Ratified: f.answered("ratified"), Reason: f.text("reason")}
	case room.CorrectDecision{}.Type():
		return room.CorrectDecision{DecisionID: f.must("decision_id"), Wrong: f.text("wrong"), Right: f.text("right"), Reason: f.text("reason")}
	case room.EndorseDecision{}.Type():
		return room.EndorseDecision{DecisionID: f.must("decision_id"), AgencyID: f.must("agency_id"), Agreed: f.answered("agreed"), Reason: f.text("reason")}
	case room.AuthoriseDecision{}.Type():
		return room.AuthoriseDecision{DecisionID: f.must("decision_id"), AgencyID: f.must("agency_id"), Agreed: f.answered("agreed"), Reason: f.text("reason")}
	case room.RecordEvidence{}.Type():
		return room.RecordEvidence{ConditionID: f.must("condition_id"), Text: f.text("text"), PaperID: f.choice("paper_id")}
	case room.JudgeEvidence{}.Type():
		judged := room.JudgeEvidence{ConditionID: f.must("condition_id"), EvidenceID: f.must("evidence_id"), Accepted: f.answered("accepted"), Reason: f.text("reason")}
		if !judged.Accepted {
			judged.DueOn = f.date("due_on", f.typedDate("due_on"))
		}
		return judged
	case room.WriteNote{}.Type():
		return room.WriteNote{NoteID: f.must("note_id"), ItemID: f.must("item_id"), BaseVersion: max(0, whole(f.text("base_version"))), Text: f.text("text"), ByForm: true}
	case room.TakePen{}.Type():
		return room.TakePen{ItemID: f.must("item_id")}
	case room.HandOverPen{}.Type():
		return room.HandOverPen{ItemID: f.must("item_id")}
	case room.ApproveMinutes{}.Type():
		return room.ApproveMinutes{ItemID: f.must("item_id"), MinutesOf: f.must("minutes_of"), Corrections: f.text("corrections")}
	case room.RaiseAction{}.Type():
		return f.action(f.choice("item_id"))
	case room.CompleteAction{}.Type():
		return room.CompleteAction{ActionID: f.must("action_id"), Text: f.text("text")}
	case room.NoteProgress{}.Type():
		return room.NoteProgress{ActionID: f.must("action_id"), Text: f.text("text")}
	case room.CarryAction{}.Type():
		return room.CarryAction{ActionID: f.must("action_id"), Text: f.text("text")}
	case room.ExtendAction{}.Type():
		return room.ExtendAction{ActionID: f.must("action_id"), DueOn: f.date("due_on", f.typedDate("due_on")), Text: f.text("text")}
	case room.ReopenAction{}.Type():
		return room.ReopenAction{ActionID: f.must("action_id"), DueOn: f.date("due_on", f.typedDate("due_on")), Text: f.text("text")}
	case room.UpdateList{}.Type():
		return f.listUpdate()
	}
	return nil
}
