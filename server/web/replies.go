package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"quorate/frontend/govuk"
	"quorate/frontend/views/home"
	"quorate/frontend/views/layout"
	meetingViews "quorate/frontend/views/meetings"
	views "quorate/frontend/views/replies"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// replySection asks whoever is asked to come whether they will.
func replySection(tx db.Tx, page panels.MeetingPage) (*meetingViews.Section, error) {
	asked, err := panels.ShowReply(tx, page.Meeting.ID, uuid.Nil)
	if fault.Is(err, fault.Denied) || fault.Is(err, fault.NotFound) || err == nil && asked.Closed != "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &meetingViews.Section{Heading: "Will you come?", Body: views.Mine(views.Form{Action: views.Href(page.Meeting.ID), Page: asked, Kind: govuk.Secondary})}, nil
}

// comingSection shows those who run the forum who is coming.
func comingSection(tx db.Tx, page panels.MeetingPage) (*meetingViews.Section, error) {
	replies, shown, err := panels.ShowReplies(tx, page.Meeting)
	if err != nil || !shown {
		return nil, err
	}
	return &meetingViews.Section{Heading: "Who is coming", Body: views.Coming(replies)}, nil
}

func (s *Site) replyPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showReply(c, actor, "", nil)
}

// showReply asks the reader whether they will come, with what they chose and what is wrong with it.
func (s *Site) showReply(c *fiber.Ctx, actor access.Actor, chosen string, problem *fault.Fault) error {
	page, err := s.readReply(c, actor, uuid.Nil)
	if err != nil {
		return err
	}
	form := views.Form{Action: views.Href(page.Meeting.ID), Page: page, Chosen: chosen}
	info := layout.PageInfo{
		Title: "Will you come?", Section: page.Forum.Name, Errors: replyErrors(problem),
		Before: backToMeeting(actor, page.Forum.ID, page.Meeting.ID),
	}
	form.Problem = govuk.Errors(info.Errors).For("answer")
	return s.render(c, actor, formStatus(problem), info, views.AskPage(form))
}

func (s *Site) readReply(c *fiber.Ctx, actor access.Actor, person uuid.UUID) (page panels.ReplyPage, err error) {
	meeting, err := idOf(c, "meeting")
	if err != nil {
		return page, err
	}
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		page, err = panels.ShowReply(tx, meeting, person)
		return err
	})
	return page, err
}

// replyErrors are what the error summary lists. A deputy is chosen in the same question.
func replyErrors(problem *fault.Fault) []fault.Field {
	fields := slices.Clone(fieldsOf(problem))
	for i := range fields {
		if fields[i].Name == "deputy" {
			fields[i].Name = "answer"
		}
	}
	return fields
}

func (s *Site) reply(c *fiber.Ctx, actor access.Actor) error {
	meeting, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	chosen := c.FormValue("answer")
	_, err = s.takeReply(c, actor, meeting, uuid.Nil, chosen)
	if problem := mendable(err); problem != nil {
		return s.showReply(c, actor, chosen, problem)
	}
	if err != nil {
		return err
	}
	page, err := s.readReply(c, actor, uuid.Nil)
	if err != nil {
		return err
	}
	to := views.Href(meeting)
	if actor.May(access.ReadMeeting, page.Forum.ID) {
		to = meetingViews.Href(meeting)
	}
	return s.redirect(c, to, views.Words(page.Attendee))
}

func (s *Site) takeReply(c *fiber.Ctx, actor access.Actor, meeting, person uuid.UUID, chosen string) (panels.Reply, error) {
	answer, deputy := views.Chosen(chosen)
	return s.panels().ReplyToMeeting(c.UserContext(), actor, panels.NewReply{
		MeetingID: meeting, PersonID: person, Answer: answer, DeputyID: deputy, Via: panels.ByPage, Sequence: whole(c.FormValue("sequence")),
	})
}

// myRepliesPage asks the reader about all their meetings to come at once.
func (s *Site) myRepliesPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showMyReplies(c, actor, nil)
}

func (s *Site) showMyReplies(c *fiber.Ctx, actor access.Actor, problem *fault.Fault) error {
	info := layout.PageInfo{Title: "Will you come?", Section: "Calendar", Errors: fieldsOf(problem)}
	var forms []views.Form
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		pages, err := panels.ShowMyReplies(tx)
		for _, page := range pages {
			form := views.Form{Action: views.MyHref, Page: page, Several: true}
			form.Chosen, form.Problem = c.FormValue(form.Field()), govuk.Errors(info.Errors).For(form.Field())
			forms = append(forms, form)
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.render(c, actor, formStatus(problem), info, views.MyPage(forms))
}

func (s *Site) replyToSeveral(c *fiber.Ctx, actor access.Actor) error {
	var said []panels.NewReply
	for name, value := range c.Context().PostArgs().All() {
		id, isAnswer := strings.CutPrefix(string(name), views.FieldPrefix)
		meeting, err := uuid.Parse(id)
		if !isAnswer || err != nil || len(value) == 0 {
			continue
		}
		answer, deputy := views.Chosen(string(value))
		said = append(said, panels.NewReply{
			MeetingID: meeting, Answer: answer, DeputyID: deputy, Via: panels.ByPage, Sequence: whole(c.FormValue("sequence-" + id)),
		})
	}
	given, err := s.panels().ReplyToMeetings(c.UserContext(), actor, said)
	if problem := mendable(err); problem != nil {
		return s.showMyReplies(c, actor, problem)
	}
	if err != nil {
		return err
	}
	switch given {
	case 0:
		return s.redirect(c, views.MyHref, "Nothing was changed.")
	case 1:
		return s.redirect(c, views.MyHref, "Your reply is saved.")
	default:
		return s.redirect(c, views.MyHref, fmt.Sprintf("Your %d replies are saved.", given))
	}
}

func (s *Site) recordReplyPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showRecordReply(c, actor, "", nil)
}

func (s *Site) showRecordReply(c *fiber.Ctx, actor access.Actor, chosen string, problem *fault.Fault) error {
	person, err := idOf(c, "person")
	if err != nil {
		return err
	}
	page, err := s.readReply(c, actor, person)
	if err != nil {
		return err
	}
	form := views.Form{Action: views.RecordHref(page.Meeting.ID, person), Page: page, Chosen: chosen, For: page.Attendee.Name}
	info := layout.PageInfo{
		Title: "Record a reply", Section: page.Forum.Name, Errors: replyErrors(problem),
		Before: govuk.BackLink{Href: meetingViews.Href(page.Meeting.ID) + "#replies", Text: "Back to the meeting"},
	}
	form.Problem = govuk.Errors(info.Errors).For("answer")
	return s.render(c, actor, formStatus(problem), info, views.RecordPage(form))
}

func (s *Site) recordReply(c *fiber.Ctx, actor access.Actor) error {
	meeting, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	person, err := idOf(c, "person")
	if err != nil {
		return err
	}
	if _, err := s.readReply(c, actor, person); err != nil { // nobody answers for themselves this way
		return err
	}
	chosen := c.FormValue("answer")
	_, err = s.takeReply(c, actor, meeting, person, chosen)
	if problem := mendable(err); problem != nil {
		return s.showRecordReply(c, actor, chosen, problem)
	}
	if err != nil {
		return err
	}
	return s.redirect(c, meetingViews.Href(meeting)+"#replies", "Reply recorded.")
}

func (s *Site) chaseReplies(c *fiber.Ctx, actor access.Actor) error {
	meeting, err := idOf(c, "meeting")
	if err != nil {
		return err
	}
	chased, err := s.panels().ChaseReplies(c.UserContext(), actor, meeting)
	if err != nil {
		return err
	}
	return s.redirect(c, meetingViews.Href(meeting)+"#replies", chasedWords(chased))
}

func chasedWords(c panels.Chased) string {
	already := ""
	if c.Already > 0 {
		already = fmt.Sprintf(" %s had been chased today already: nobody is chased more than once a day.", counted(c.Already))
	}
	switch {
	case c.Sent > 0:
		return counted(c.Sent) + " who had not answered got an email with a link to reply." + already
	case c.Already > 0:
		return "Nobody else was chased." + already
	default:
		return "Everybody has answered, so nobody was chased."
	}
}

func counted(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}

// replyLinkPage is what a link in an email opens. It changes nothing: mail programs open every link.
func (s *Site) replyLinkPage(c *fiber.Ctx, actor access.Actor) error {
	return s.showReplyLink(c, actor, "", nil)
}

func (s *Site) showReplyLink(c *fiber.Ctx, actor access.Actor, chosen string, problem *fault.Fault) error {
	asked, err := s.readReplyLink(c, actor)
	if fault.As(err) != nil {
		return s.refuseReplyLink(c, actor, asked, fault.As(err))
	}
	if err != nil {
		return err
	}
	page := panels.ReplyPage{Meeting: asked.Meeting, Forum: asked.Forum, Attendee: asked.Attendee}
	form := views.Form{Action: c.Path(), Page: page, Chosen: chosen}
	info := layout.PageInfo{Title: "Will you come?", Section: page.Forum.Name, Errors: replyErrors(problem)}
	form.Problem = govuk.Errors(info.Errors).For("answer")
	return s.render(c, actor, formStatus(problem), info, views.LinkPage(form))
}

func (s *Site) readReplyLink(c *fiber.Ctx, actor access.Actor) (asked panels.AskedByLink, err error) {
	err = s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		asked, err = panels.ReadReplyLink(tx, c.Params("token"))
		return err
	})
	return asked, err
}

// refuseReplyLink says why a link does not work any more and leads to the page where a reply is given
// after signing in.
func (s *Site) refuseReplyLink(c *fiber.Ctx, actor access.Actor, asked panels.AskedByLink, problem *fault.Fault) error {
	href := "/sign-in"
	if asked.Meeting.ID != uuid.Nil {
		href = views.Href(asked.Meeting.ID)
	}
	if asked.Used && c.Method() == fiber.MethodGet {
		return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "You have replied"}, views.RefusedPage("You have replied", problem.Sentence, href))
	}
	const title = "This link cannot be used"
	return s.render(c, actor, status(problem.Kind), layout.PageInfo{Title: title}, views.RefusedPage(title, problem.Sentence, href))
}

func (s *Site) replyByLink(c *fiber.Ctx, actor access.Actor) error {
	asked, err := s.readReplyLink(c, actor)
	if fault.As(err) != nil {
		return s.refuseReplyLink(c, actor, asked, fault.As(err))
	}
	if err != nil {
		return err
	}
	chosen := c.FormValue("answer")
	answer, deputy := views.Chosen(chosen)
	reply, err := s.panels().ReplyByLink(c.UserContext(), c.Params("token"), answer, deputy)
	if problem := fault.As(err); problem != nil && problem.Kind == fault.Invalid {
		return s.showReplyLink(c, actor, chosen, problem)
	} else if problem != nil {
		return s.refuseReplyLink(c, actor, asked, problem)
	}
	if err != nil {
		return err
	}
	asked.Attendee.Reply = &reply
	return s.redirect(c, c.Path(), "Thank you for your reply. "+views.Words(asked.Attendee))
}

// needReplies asks for the replies that are waited for.
func needReplies(tx db.Tx, page *home.Page) error {
	meetings, err := panels.RepliesWaiting(tx)
	if err != nil {
		return err
	}
	if len(meetings) > 2 {
		page.Needs = append(page.Needs, home.Need{
			Text: fmt.Sprintf("Reply to %d meetings: will you come?", len(meetings)), Href: views.MyHref,
			Detail: "The next is " + meetings[0].ForumName + ", " + clock.Moment(meetings[0].StartsAt),
		})
		return nil
	}
	for _, m := range meetings {
		page.Needs = append(page.Needs, home.Need{
			Text: "Reply: will you come to " + m.ForumName + " on " + m.On().Long() + "?", Href: views.Href(m.ID), Detail: clock.Moment(m.StartsAt),
		})
	}
	return nil
}

// capitalised begins words with a capital.
func capitalised(words string) string {
	first, size := utf8.DecodeRuneInString(words)
	return string(unicode.ToUpper(first)) + words[size:]
}

// needQuorum warns those who run a forum of meetings that may not be able to decide anything.
func needQuorum(tx db.Tx, page *home.Page) error {
	meetings, err := panels.MeetingsInDoubt(tx)
	for _, m := range meetings {
		need := home.Need{
			Text: "See who is missing from " + m.ForumName + " on " + m.On().Long(), Href: meetingViews.Href(m.ID) + "#replies", Detail: capitalised(m.Forecast.Why()),
			Tag: "Not yet quorate",
		}
		if m.Forecast.Outlook == panels.NotQuorate {
			need.Tag, need.Urgent = "Not quorate", true
		}
		page.Needs = append(page.Needs, need)
	}
	return err
}
